//! What can only be tried from within: a full disk, a writer whose transaction is lost.

use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};

use ledger::{Edge, leaf_hash};
use model::act::Account;
use model::{SubjectId, act::Committed};

use super::*;
use crate::batch::{Batch, Leaf, NewSubject, Write};
use crate::error::CommitError;
use crate::sqlite::open;
use crate::verbs::Store as _;

fn platform() -> Slug {
    "haigang".parse().unwrap()
}

/// An act of some size; no two are alike.
fn act() -> Batch {
    static DRAWN: AtomicU8 = AtomicU8::new(0);
    let mut seed = *leaf_hash(&[DRAWN.fetch_add(1, Ordering::Relaxed)]).as_bytes();
    seed[0] = DRAWN.load(Ordering::Relaxed);
    let id = SubjectId::from_random(seed.as_chunks().0[0]);
    let leaf = Leaf {
        entry: seed.repeat(40),
        kind: "collect".into(),
        at: jiff::Timestamp::UNIX_EPOCH,
        subjects: vec![(id, seed)],
    };
    let writes = vec![Write::Subject(NewSubject { id, account: Account::Active, gate: None })];
    Batch { platform: platform(), expect: Vec::new(), writes, leaf, key: None }
}

async fn opened(folder: &Path) -> Arc<SqlStore> {
    let store = open(folder).unwrap();
    let (purpose, since) = (model::key::KeyPurpose::Parts, jiff::Timestamp::UNIX_EPOCH);
    let key = WrappedKey { purpose, version: 1, bytes: b"wrapped platform key".to_vec(), since };
    store.platform_create(&platform(), &[key]).await.unwrap();
    store
}

/// Gives the platform's file this many more pages than it has.
async fn room(store: &SqlStore, more: u32) {
    let database = store.0.platform(&platform()).unwrap();
    let limit = move |connection: &Connection| {
        let pages: u32 = connection.file()?.pragma_query_value(None, "page_count", |row| row.get(0))?;
        connection.file()?.pragma_update_and_check(None, "max_page_count", pages + more, |_| Ok(()))?;
        Ok(())
    };
    database.write(limit).await.unwrap();
}

async fn commit_all(store: &Arc<SqlStore>, count: usize) -> Vec<Result<Committed, CommitError>> {
    let commit = |_| {
        let store = store.clone();
        tokio::spawn(async move { store.commit(act()).await })
    };
    let mut outcomes = Vec::new();
    for task in (0..count).map(commit).collect::<Vec<_>>() {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

/// The stored ledger: as many leaves as its head says, in a tree with its root.
async fn whole(store: &SqlStore) -> u64 {
    let head = store.head(&platform()).await.unwrap();
    let mut edge = Edge::empty();
    for row in store.leaves(&platform(), 0, 1_000).await.unwrap() {
        assert_eq!(edge.append(leaf_hash(&row.entry)), row.index);
    }
    assert_eq!((edge.size(), edge.root()), (head.size, head.root));
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
    head.size
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_an_error_and_takes_nothing_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(folder.path()).await;
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    room(&store, 12).await;
    for _ in 0..6 {
        for outcome in commit_all(&store, 10).await {
            match outcome {
                Ok(committed) => acknowledged.push(committed.leaf()),
                Err(CommitError::Store(StoreError::Engine(words))) => {
                    assert!(words.contains("full"), "{words}");
                    refused += 1;
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
    assert!(refused > 0 && !acknowledged.is_empty(), "{refused} refused, {} acknowledged", acknowledged.len());
    acknowledged.sort_unstable();
    assert_eq!(acknowledged, (0..whole(&store).await).collect::<Vec<_>>());
    // With room again it goes on where it stood, and after a restart as well.
    room(&store, 1_000).await;
    assert_eq!(store.commit(act()).await.unwrap().leaf(), acknowledged.len() as u64);
    drop(store);
    let store = open(folder.path()).unwrap();
    assert_eq!(whole(&store).await, acknowledged.len() as u64 + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_transaction_fails_its_whole_group_and_nothing_commits_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(folder.path()).await;
    store.commit(act()).await.unwrap();
    let database = store.0.platform(&platform()).unwrap();
    // What the engine does on some full disks and broken ones: it rolls the transaction back under the task's feet.
    let lost = database.writer.run(|flush: &mut Flush<'_>| {
        act::apply(flush, &act())?;
        flush.connection.batch("ROLLBACK")?;
        Ok::<_, CommitError>(())
    });
    let (lost, _) = tokio::join!(lost, commit_all(&store, 8));
    assert!(matches!(lost, Err(CommitError::Store(StoreError::Engine(_)))), "{lost:?}");
    let stored = whole(&store).await;
    assert_eq!(store.commit(act()).await.unwrap().leaf(), stored);
}

/// How often a task ran that fails, having written or not, in one transaction with acts before and after it.
async fn runs_of_a_failing_task(has_written: bool) -> u8 {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(folder.path()).await;
    let database = store.0.platform(&platform()).unwrap();
    let before = database.writer.flushed();
    let (open, gate) = std::sync::mpsc::channel();
    let gate = std::sync::Mutex::new(gate);
    let (begin, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let held = database.writer.run(move |_: &mut Flush<'_>| {
        begin.send(()).unwrap();
        gate.lock().unwrap().recv().unwrap();
        Ok::<_, StoreError>(())
    });
    let ran = Arc::new(AtomicU8::new(0));
    let counted = ran.clone();
    let failing = database.writer.run(move |flush: &mut Flush<'_>| {
        counted.fetch_add(1, Ordering::Relaxed);
        if has_written {
            flush.connection.execute("UPDATE tally SET persons = persons + 1", [])?;
        }
        Err::<(), _>(CommitError::Moved)
    });
    // While one transaction is held open everything else is queued, in this order, for the next.
    let next = async {
        begun.recv().await.unwrap();
        tokio::join!(store.commit(act()), failing, store.commit(act()), async { open.send(()).unwrap() })
    };
    let (held, (first, failed, second, ())) = tokio::join!(held, next);
    held.unwrap();
    assert!(matches!(failed, Err(CommitError::Moved)), "{failed:?}");
    assert_eq!([first, second].map(|act| act.unwrap().leaf()), [0, 1]);
    assert_eq!(whole(&store).await, 2);
    let flushed = database.writer.flushed();
    assert_eq!((flushed.transactions - before.transactions, flushed.tasks - before.tasks), (2, 4));
    ran.load(Ordering::Relaxed)
}

#[tokio::test]
async fn a_task_that_fails_leaves_the_others_alone() {
    assert_eq!(runs_of_a_failing_task(false).await, 1);
}

#[tokio::test]
async fn a_task_that_fails_having_written_is_undone_by_itself() {
    assert_eq!(runs_of_a_failing_task(true).await, 2);
}

#[test]
fn a_folder_that_cannot_be_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let refused = open(&file.join("data")).map(drop);
    // The words say what happened and not where.
    assert!(matches!(&refused, Err(StoreError::Engine(words)) if !words.contains("file")), "{refused:?}");
}
