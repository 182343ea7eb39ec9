//! The data folder: one server, private files, known schema, the same after reopening.

use std::os::unix::fs::PermissionsExt as _;

use shouyue_store::{CommitError, StoreError, Write};

use super::*;
use crate::fixture::*;

#[tokio::test]
async fn a_second_server_is_refused() {
    let fresh = fresh().await;
    assert!(matches!(sqlite::open(fresh.path()), Err(StoreError::Busy)));
    let fresh = fresh.reopened();
    assert_eq!(fresh.store.platforms().await.unwrap(), [platform()]);
}

#[tokio::test]
async fn files_are_private() {
    let fresh = fresh().await;
    registered(&fresh.store).await;
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(fresh.path()), 0o700);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(fresh.path()).unwrap() {
        let path = entry.unwrap().path();
        // Nobody else gets at what lies in a private folder.
        assert_eq!(mode(&path), if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
        names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
    }
    assert!(names.iter().any(|name| name == "haigang.sqlite-wal"), "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn reopening_gives_the_same_head_and_goes_on() {
    let mut fresh = fresh().await;
    // Across the border of a tile.
    for round in 0..5_u64 {
        let acts = (0..111).map(|_| Person::drawn().registration()).collect();
        for outcome in all_at_once(&fresh.store, acts).await {
            outcome.unwrap();
        }
        let before = fresh.store.head(&platform()).await.unwrap();
        assert_eq!(before.size, (round + 1) * 111);
        fresh = fresh.reopened();
        assert_eq!(fresh.store.head(&platform()).await.unwrap(), before);
        assert!(audited(&fresh.store).await.is_clean());
    }
    assert_eq!(fresh.store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
    assert_eq!(parts_key(&*fresh.store, &platform()).await, b"wrapped platform key");
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let Fresh { store, folder } = fresh().await;
    drop(store);
    let path = folder.path().join("haigang.sqlite");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 8).unwrap();
    drop(connection);
    assert!(matches!(sqlite::open(folder.path()), Err(StoreError::Newer { found: 8, known: 7 })));
    let connection = rusqlite::Connection::open(&path).unwrap();
    assert_eq!(connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0)).unwrap(), 8);
}

#[tokio::test]
async fn a_platform_whose_making_was_cut_short_is_made_again() {
    let Fresh { store, folder } = fresh().await;
    drop(store);
    std::fs::write(folder.path().join("anrun.sqlite"), b"").unwrap();
    let store: Shared = sqlite::open(folder.path()).unwrap();
    assert_eq!(store.platforms().await.unwrap(), [platform()]);
    store.platform_create(&slug("anrun"), &first_keys(b"key")).await.unwrap();
    assert_eq!(parts_key(&*store, &slug("anrun")).await, b"key");
    let reserved = store.platform_create(&slug("installation"), &first_keys(b"key")).await;
    assert!(matches!(reserved, Err(StoreError::Reserved(_))));
}

#[tokio::test]
async fn a_file_of_another_platform_is_refused() {
    let Fresh { store, folder } = fresh().await;
    drop(store);
    std::fs::rename(folder.path().join("haigang.sqlite"), folder.path().join("anrun.sqlite")).unwrap();
    assert!(matches!(sqlite::open(folder.path()), Err(StoreError::Damaged(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_fit_its_tiles_is_not_built_upon() {
    let Fresh { store, folder } = fresh().await;
    for _ in 0..3 {
        store.commit(act(Vec::new())).await.unwrap();
    }
    drop(store);
    let connection = rusqlite::Connection::open(folder.path().join("haigang.sqlite")).unwrap();
    connection.execute("UPDATE head SET root = zeroblob(32)", []).unwrap();
    drop(connection);
    assert!(matches!(sqlite::open(folder.path()), Err(StoreError::Damaged("the head of the ledger"))));
}

#[tokio::test]
async fn errors_carry_no_value() {
    let fresh = fresh().await;
    let person = registered(&fresh.store).await;
    let mut act = act(vec![token(shouyue_store::TokenKind::Phone, person.phone, person.id, person.record)]);
    act.writes.push(Write::Token(shouyue_store::Token {
        kind: shouyue_store::TokenKind::Phone,
        token: person.phone,
        subject: registered(&fresh.store).await.id,
        record: person.record,
        role: role(),
        sole: false,
    }));
    let Err(error) = fresh.store.commit(act).await else { panic!("claimed twice") };
    assert!(matches!(error, CommitError::TokenTaken(_)));
    assert_eq!(error.to_string(), "this phone number is registered already");
}
