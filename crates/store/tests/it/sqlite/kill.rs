//! A killed server: what it acknowledged is there, and nothing is half there.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::*;
use crate::fixture::*;

/// How the parent tells the child its folder: as one more name for the test runner to find nothing under.
const FOLDER: &str = "folder=";

/// What the child commits: enough to be killed amid, little enough to end on its own when run as a test like any other.
const ACTS: usize = 40;

/// Several clients commit without end in the folder of the parent's choosing, and say what was acknowledged; without a
/// parent, a few acts in a folder of its own, and what was acknowledged must be there as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let given = std::env::args().find_map(|argument| argument.strip_prefix(FOLDER).map(str::to_owned));
    let own = tempfile::tempdir().unwrap();
    let folder = given.as_deref().map_or(own.path(), Path::new);
    let store: Shared = sqlite::open(folder).unwrap();
    store.platform_create(&platform(), &first_keys(b"wrapped platform key")).await.unwrap();
    let endless = given.is_some();
    let start = store.head(&platform()).await.unwrap().size;
    // Ids must differ from those of the children before.
    for _ in 0..start * 16 {
        draw::<1>();
    }
    let clients = (0..8).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut done = 0;
            while endless || done < ACTS / 8 {
                let person = Person::drawn();
                let act = person.registration();
                let entry = ledger::leaf_hash(&act.leaf.entry);
                println!("ack {} {entry}", store.commit(act).await.unwrap().leaf());
                if done % 5 == 0 {
                    let act = act_of(person.id, 1, vec![person.destruction()]);
                    let entry = ledger::leaf_hash(&act.leaf.entry);
                    println!("ack {} {entry}", store.commit(act).await.unwrap().leaf());
                }
                done += 1;
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    assert_eq!(store.head(&platform()).await.unwrap().size, start + 48);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    for round in 0..5_u32 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["sqlite::kill::child", "--exact", "--nocapture", "--test-threads=1"])
            .arg(format!("{FOLDER}{}", folder.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // A different instant in each round, once the child is at work.
        let (mut seen, first) = (0, acknowledged.len());
        let mut deadline = None;
        let killed = loop {
            let Some(Ok(line)) = lines.next() else { break false };
            if let Some((index, hash)) = line.strip_prefix("ack ").and_then(|line| line.split_once(' ')) {
                acknowledged.insert(index.parse::<u64>().unwrap(), hash.to_owned());
                seen += 1;
            }
            if seen > 0 && deadline.is_none() {
                deadline = Some(Instant::now() + Duration::from_millis(17 + u64::from(round) * 31));
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                child.kill().unwrap();
                break true;
            }
        };
        assert!(killed, "the child ended by itself");
        // What it said before it died was acknowledged too.
        for line in lines.map_while(Result::ok) {
            // The last line may be torn.
            if let Some((index, hash)) = line.strip_prefix("ack ").and_then(|line| line.split_once(' '))
                && hash.len() == 44
            {
                acknowledged.insert(index.parse::<u64>().unwrap(), hash.to_owned());
            }
        }
        child.wait().unwrap();
        assert!(acknowledged.len() > first);
        consistent(folder.path(), &acknowledged).await;
    }
}

async fn consistent(folder: &Path, acknowledged: &BTreeMap<u64, String>) {
    let store: Shared = sqlite::open(folder).unwrap();
    let leaves = every_leaf(&store).await;
    assert_eq!(leaves.len() as u64, store.head(&platform()).await.unwrap().size);
    for (index, hash) in acknowledged {
        let row = leaves.get(usize::try_from(*index).unwrap());
        let row = row.unwrap_or_else(|| panic!("leaf {index} was acknowledged and is lost"));
        assert_eq!((row.index, &ledger::leaf_hash(&row.entry).to_string()), (*index, hash));
    }
    let report = audited(&store).await;
    assert!(report.is_clean(), "{:?}", report.damages);
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
    let listed = shouyue_store::erasures::from_text(&std::fs::read_to_string(folder.join("haigang.erasures")).unwrap());
    let listed: Vec<_> = listed.unwrap().into_iter().map(|(erasure, _)| erasure).collect();
    assert_eq!(listed, store.erasures(&platform(), 0).await.unwrap());
}
