//! Durable acts a second, beside durable commits a second of a bare loop over the same engine, in the same run.
//!
//! `cargo run --release -p shouyue-store --example throughput [clients…]`
//!
//! An act here is a consent: policy and version checked, one consent, one leaf of 300 bytes with its subject's link, tiles
//! and head. The bare loop, on a thread behind a channel, writes one row of 300 bytes a client and commits whatever
//! waits. The rounds of both are interleaved, for the machine's pace drifts.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "an example prints, and dies of what it did not expect")]

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use model::act::{Account, Artefact, Consent, GivenBy};
use model::key::{KeyPurpose, WrappedKey};
use model::{ConsentId, Fingerprint, Slug, SubjectId};
use shouyue_store::{Batch, ConsentGiven, Expect, Leaf, NewSubject, Publication, Store, Write};
use shouyue_store::{SqlStore, sqlite};
use tokio::sync::oneshot;

/// Rounds of each kind; the median counts.
const ROUNDS: usize = 5;

const ROUND: Duration = Duration::from_millis(700);

fn bytes<const N: usize>(client: u64, n: u64) -> [u8; N] {
    let hash = ledger::leaf_hash(&[client.to_be_bytes(), n.to_be_bytes()].concat());
    std::array::from_fn(|at| hash.as_bytes().get(at).copied().unwrap_or_default())
}

fn act(platform: &Slug, writes: Vec<Write>, subjects: Vec<(SubjectId, [u8; 32])>) -> Batch {
    let leaf = Leaf { entry: vec![7; 300], kind: "consent".into(), at: Timestamp::UNIX_EPOCH, subjects };
    Batch { platform: platform.clone(), expect: Vec::new(), writes, leaf, key: None }
}

/// One client's acts until the time is over.
async fn consents(store: Arc<SqlStore>, platform: Slug, client: u64, policy: Fingerprint, until: Instant) -> u64 {
    let subject = SubjectId::from_random(bytes(client, u64::MAX));
    let new = Write::Subject(NewSubject { id: subject, account: Account::Active, gate: None });
    store.commit(act(&platform, vec![new], Vec::new())).await.unwrap();
    let mut done = 0;
    while Instant::now() < until {
        done += 1;
        let consent = Consent {
            id: None,
            scope: "share.agency".into(),
            party: None,
            policy: policy.to_string(),
            text: Some(policy),
            by: GivenBy::Oneself,
            artefact: Artefact::Separate,
            at: Timestamp::UNIX_EPOCH,
            until: None,
            withdrawn: None,
        };
        let given = ConsentGiven { subject, id: ConsentId::from_random(bytes(client, done)), consent, paper: None };
        let mut batch = act(&platform, vec![Write::Consent(given)], vec![(subject, bytes(client, done))]);
        batch.expect = vec![Expect::Published(1), Expect::Subject(subject, done)];
        store.commit(batch).await.unwrap();
    }
    done
}

/// Acts a second.
async fn ours(folder: &Path, clients: u64) -> f64 {
    let store = sqlite::open(folder).unwrap();
    let platform: Slug = "haigang".parse().unwrap();
    let key =
        WrappedKey { purpose: KeyPurpose::Parts, version: 1, bytes: b"key".to_vec(), since: Timestamp::UNIX_EPOCH };
    store.platform_create(&platform, &[key]).await.unwrap();
    let policy = Fingerprint::from_digest([1; 32]);
    let publication = Publication {
        policy,
        tables: policy,
        text: policy,
        stem: "undated".into(),
        source: String::new(),
        operation: String::new(),
        notice: String::new(),
        from: Timestamp::UNIX_EPOCH,
    };
    store.commit(act(&platform, vec![Write::Publish(publication)], Vec::new())).await.unwrap();
    let start = Instant::now();
    let running: Vec<_> = (0..clients)
        .map(|client| tokio::spawn(consents(store.clone(), platform.clone(), client, policy, start + ROUND)))
        .collect();
    sum(running, start).await
}

async fn sum(running: Vec<tokio::task::JoinHandle<u64>>, start: Instant) -> f64 {
    let mut done = 0;
    for client in running {
        done += client.await.unwrap();
    }
    f64::from(u32::try_from(done).unwrap()) / start.elapsed().as_secs_f64()
}

fn bare_writer(folder: &Path, queue: &Receiver<oneshot::Sender<()>>) {
    let connection = rusqlite::Connection::open(folder.join("bare.sqlite")).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;").unwrap();
    connection.execute_batch("CREATE TABLE row (n INTEGER PRIMARY KEY, entry BLOB NOT NULL)").unwrap();
    while let Ok(first) = queue.recv() {
        connection.prepare_cached("BEGIN IMMEDIATE").unwrap().execute([]).unwrap();
        let waiting: Vec<_> = std::iter::once(first).chain(queue.try_iter().take(255)).collect();
        for _ in &waiting {
            connection.prepare_cached("INSERT INTO row (entry) VALUES (?1)").unwrap().execute([vec![7; 300]]).unwrap();
        }
        connection.prepare_cached("COMMIT").unwrap().execute([]).unwrap();
        for client in waiting {
            client.send(()).unwrap();
        }
    }
}

async fn bare_client(queue: Sender<oneshot::Sender<()>>, until: Instant) -> u64 {
    let mut done = 0;
    while Instant::now() < until {
        let (sender, answer) = oneshot::channel();
        queue.send(sender).unwrap();
        answer.await.unwrap();
        done += 1;
    }
    done
}

/// Commits of the bare loop a second.
async fn bare(folder: &Path, clients: u64) -> f64 {
    let (queue, tasks) = channel();
    let path = folder.to_owned();
    let writer = std::thread::spawn(move || bare_writer(&path, &tasks));
    let start = Instant::now();
    let running = (0..clients).map(|_| tokio::spawn(bare_client(queue.clone(), start + ROUND))).collect();
    let rate = sum(running, start).await;
    drop(queue);
    writer.join().unwrap();
    rate
}

/// Point reads a second by 16 readers: a subject by its id.
async fn reads(folder: &Path) -> f64 {
    let store = sqlite::open(folder).unwrap();
    let platform: Slug = "haigang".parse().unwrap();
    let start = Instant::now();
    let running = (0..16_u64).map(|client| {
        let (store, platform) = (store.clone(), platform.clone());
        tokio::spawn(async move {
            let (subject, mut done) = (SubjectId::from_random(bytes(client, u64::MAX)), 0);
            while start.elapsed() < ROUND {
                assert!(store.subject(&platform, subject).await.unwrap().is_some());
                done += 1;
            }
            done
        })
    });
    sum(running.collect(), start).await
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}

#[tokio::main]
async fn main() {
    let asked: Vec<u64> = std::env::args().skip(1).map(|clients| clients.parse().unwrap()).collect();
    println!("clients  acts/s  bare commits/s  ratio");
    for clients in if asked.is_empty() { vec![1, 16, 64] } else { asked } {
        let (mut acts, mut commits) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let folder = tempfile::tempdir().unwrap();
            acts.push(ours(folder.path(), clients).await);
            commits.push(bare(folder.path(), clients).await);
            if clients == 64 && acts.len() == ROUNDS {
                println!("point reads/s, 16 readers: {:.0}", reads(folder.path()).await);
            }
        }
        let (acts, commits) = (median(acts), median(commits));
        println!("{clients:>7}  {acts:>6.0}  {commits:>14.0}  {:.2}", acts / commits);
    }
}
