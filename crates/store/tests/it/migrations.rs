//! Databases of every earlier schema are brought forward, on both engines, with all that they hold.
//!
//! `tests/schemas/platform-<n>.sql` holds the rows that a program of schema `n` left behind; no such file changes after
//! its release.

use std::path::{Path, PathBuf};

use shouyue_store::postgres::Address;
use shouyue_store::{Expect, Write, postgres, sqlite};
use testkit::Postgres;

use crate::fixture::*;

/// Marks a platform's file as ours.
const APPLICATION: i32 = 0x5359_0001;

/// The subject of the rows who is not forgotten.
const STAYS: [u8; 16] = 0x5ea3_b496_1c4b_7ffd_b254_fa18_0bf5_fb83_u128.to_be_bytes();

fn of_crate(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(of_crate(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// The newest schema of a platform.
fn newest() -> u32 {
    std::fs::read_dir(of_crate("migrations/sqlite/platform")).unwrap().count().try_into().unwrap()
}

/// The schema of a version, as its release made it, and the rows that it left.
fn left_by(engine: &str, version: u32) -> String {
    let steps = (1..=version).map(|step| read(&format!("migrations/{engine}/platform/{step:04}.sql")));
    steps.chain([read(&format!("tests/schemas/platform-{version}.sql"))]).collect()
}

/// Everything is there, and the next act of each kind goes on from it.
async fn goes_on(store: Shared) {
    let head = store.head(&platform()).await.unwrap();
    assert_eq!(head.size, 6);
    assert!(audited(&store).await.is_clean());
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
    assert_eq!(parts_key(&*store, &platform()).await, b"wrapped platform key");
    let subject = model::SubjectId::from_random(STAYS);
    let snapshot = store.snapshot(&platform(), subject).await.unwrap().unwrap();
    assert_eq!(snapshot.state().consents.len(), 1);
    assert!(store.changes(&platform(), 0, 9).await.unwrap().is_empty(), "the feed begins with the schema that has it");
    let change = shouyue_store::change::NewChange {
        id: draw(),
        kind: shouyue_store::change::ChangeKind::Erasure,
        subject: Some(subject),
        record: None,
        scopes: Vec::new(),
        at: at(9),
    };
    let mut batch = act(vec![Write::Forget(subject), Write::Change(change)]);
    batch.expect.push(Expect::Subject(subject, snapshot.version()));
    batch.leaf.subjects.push((subject, draw()));
    assert_eq!(store.commit(batch).await.unwrap().leaf(), 6);
    assert_eq!(store.changes(&platform(), 0, 9).await.unwrap().len(), 1);
    assert!(audited(&store).await.is_clean());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_every_earlier_schema_is_brought_forward() {
    for version in 1..newest() {
        let folder = tempfile::tempdir().unwrap();
        let connection = rusqlite::Connection::open(folder.path().join("haigang.sqlite")).unwrap();
        connection.execute_batch(&left_by("sqlite", version)).unwrap();
        connection.pragma_update(None, "application_id", APPLICATION).unwrap();
        connection.pragma_update(None, "user_version", version).unwrap();
        drop(connection);
        goes_on(sqlite::open(folder.path()).unwrap()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_every_earlier_schema_is_brought_forward() {
    let server = Postgres::start();
    for version in 1..newest() {
        let (address, folder) = (server.database(), tempfile::tempdir().unwrap());
        // The installation's own tables, as the first server of a database makes them.
        drop(opened(&address, folder.path()).await);
        // Bytes, as this engine writes them.
        let rows = left_by("postgres", version).replace("X'", "'\\x");
        let kept = format!(
            "CREATE SCHEMA shouyue_haigang; SET search_path = shouyue_haigang; {rows} \
            CREATE TABLE schema_version (one bigint PRIMARY KEY CHECK (one = 1), version bigint NOT NULL); \
            INSERT INTO schema_version VALUES (1, {version});"
        );
        assert!(server.runs(&address, &kept), "the rows of schema {version}");
        goes_on(opened(&address, folder.path()).await).await;
    }
}

async fn opened(address: &str, folder: &Path) -> Shared {
    let (address, folder) = (Address::new(address, None).unwrap(), folder.to_owned());
    tokio::task::spawn_blocking(move || postgres::open(&address, &folder, None)).await.unwrap().unwrap()
}
