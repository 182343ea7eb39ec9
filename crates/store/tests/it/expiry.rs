//! On PostgreSQL a destroyed key is confirmed to be gone once it is in no file of the server, its log included, and no sooner.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use shouyue_store::Destruction;

use crate::fixture::{Person, Shared, act, all_at_once, at, platform, registered};
use crate::postgres::{Fresh, Server, opened, server};

/// How long the server may take to write over its log.
const PATIENCE: Duration = Duration::from_secs(180);

async fn look(store: &Shared) -> Destruction {
    store.destruction_confirm(&platform(), at(1000)).await.unwrap()
}

/// People who are registered; their keys lie among each other.
async fn crowd(store: &Shared) -> Vec<Person> {
    let people: Vec<_> = (0..300).map(|_| Person::drawn()).collect();
    for outcome in all_at_once(store, people.iter().map(Person::registration).collect()).await {
        outcome.unwrap();
    }
    people
}

async fn erased(store: &Shared, people: &[Person]) -> u64 {
    let acts = people.iter().map(|person| act(vec![person.destruction()])).collect();
    all_at_once(store, acts).await.into_iter().map(|done| done.unwrap().leaf()).max().unwrap()
}

/// What hours of use do: a table comes and goes, the log goes on.
fn used(server: &Server, address: &str) {
    for sql in ["CREATE TABLE used AS SELECT 1", "DROP TABLE used", "CHECKPOINT", "SELECT pg_switch_wal()"] {
        assert!(server.0.runs(address, sql), "{sql}");
    }
}

/// Looks, on one server of ours after the other, until it is confirmed.
async fn confirmed(server: &Server, fresh: &Fresh, leaf: u64) -> (u64, BTreeSet<&'static str>) {
    let (stores, mut waited) = ([fresh.store.clone(), fresh.also().await], BTreeSet::new());
    let began = Instant::now();
    let mut turn = 0;
    loop {
        let store = &stores[turn % 2];
        match look(store).await {
            Destruction::Until(size) => return (size, waited),
            Destruction::Waiting(what) => waited.insert(what),
            other => panic!("{other:?}"),
        };
        assert_eq!(store.destruction(&platform(), leaf).await.unwrap(), None, "before it is so");
        assert!(began.elapsed() < PATIENCE, "{waited:?}");
        used(server, &fresh.address);
        turn += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_destroyed_key_is_confirmed_gone_when_no_file_of_the_server_holds_it() {
    let server = server();
    let fresh = server.fresh().await;
    let store = &fresh.store;
    assert_eq!(look(store).await, Destruction::Nothing);
    let people = crowd(store).await;
    used(&server, &fresh.address);
    assert!(server.0.runs(&fresh.address, "ANALYZE"), "no statistics hold a key");
    let (goes, stays): (Vec<_>, Vec<_>) = people.into_iter().partition(|person| person.key[0] % 3 == 0);
    let keys: Vec<&[u8]> = goes.iter().map(|person| person.key.as_slice()).collect();
    // Somebody who looks at the database as it was still sees them.
    let seen = server.0.seen(&fresh.address);
    let leaf = erased(store, &goes).await;
    for _ in 0..3 {
        let waits = look(store).await;
        assert!(matches!(waits, Destruction::Waiting(why) if why.contains("older transaction")), "{waits:?}");
        used(&server, &fresh.address);
    }
    assert!(!server.0.files_with(&keys).is_empty(), "the test would see a key that is there");
    drop(seen);

    let (size, waited) = confirmed(&server, &fresh, leaf).await;
    assert_eq!(size, leaf + 1);
    assert_eq!(store.destruction(&platform(), leaf).await.unwrap(), Some(at(1000)));
    assert!(waited.iter().any(|what| what.contains("write-ahead log")), "{waited:?}");
    assert_eq!(server.0.files_with(&keys), Vec::<std::path::PathBuf>::new());
    assert_eq!(look(store).await, Destruction::Nothing);
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());

    // Not every hour: what is erased next waits for its turn.
    let later = erased(store, &stays[..1]).await;
    let waits = look(store).await;
    assert!(matches!(waits, Destruction::Waiting(why) if why.contains("less than a day ago")), "{waits:?}");
    assert_eq!(store.destruction(&platform(), later).await.unwrap(), None);
    let tomorrow = at(1000) + SignedDuration::from_hours(24);
    let begun = store.destruction_confirm(&platform(), tomorrow).await.unwrap();
    assert!(matches!(begun, Destruction::Waiting(why) if !why.contains("a day ago")), "{begun:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_look_confirms_nothing_and_says_what_is_lacking() {
    let server = server();
    let address = server.0.database();
    let name = address.rsplit_once('=').unwrap().1;
    for sql in ["CREATE ROLE modest LOGIN", &format!("ALTER DATABASE {name} OWNER TO modest")] {
        assert!(server.0.runs(&address, sql), "{sql}");
    }
    let folder = tempfile::tempdir().unwrap();
    let store = opened(&address.replace("user=shouyue", "user=modest"), folder.path()).await.unwrap();
    store.platform_create(&platform(), &crate::fixture::first_keys(b"wrapped platform key")).await.unwrap();
    let person = registered(&store).await;
    let leaf = erased(&store, &[person]).await;
    for _ in 0..2 {
        let lacks = look(&store).await;
        assert!(matches!(lacks, Destruction::Unseen(why) if why.contains("GRANT pg_monitor")), "{lacks:?}");
        used(&server, &address);
    }
    assert_eq!(store.destruction(&platform(), leaf).await.unwrap(), None);
    assert!(server.0.runs(&address, "GRANT pg_monitor TO modest"));
    let goes_on = look(&store).await;
    assert!(matches!(goes_on, Destruction::Waiting(why) if why.contains("pg_switch_wal")), "{goes_on:?}");
}
