//! What PostgreSQL promises beyond the contract.

use std::path::Path;

use shouyue_store::{CommitError, StoreError, postgres};
use testkit::Postgres;

use crate::contract::contract;
use crate::fixture::{Person, Shared, all_at_once, audited, every_leaf, platform, registered};

/// A fresh store in a database of its own.
pub(crate) struct Fresh {
    pub(crate) store: Shared,
    address: String,
    folder: tempfile::TempDir,
}

/// A server that several stores share.
pub(crate) struct Server(Postgres);

pub(crate) fn server() -> Server {
    Server(Postgres::start())
}

impl Server {
    pub(crate) async fn fresh(&self) -> Fresh {
        let (address, folder) = (self.0.database(), tempfile::tempdir().unwrap());
        let store = opened(&address, folder.path()).await.unwrap();
        store.platform_create(&platform(), b"wrapped platform key").await.unwrap();
        Fresh { store, address, folder }
    }
}

impl Fresh {
    /// The same database, opened by one more server.
    async fn also(&self) -> Shared {
        opened(&self.address, self.folder.path()).await.unwrap()
    }
}

async fn opened(address: &str, folder: &Path) -> Result<Shared, StoreError> {
    let (address, folder) = (address.to_owned(), folder.to_owned());
    let store = tokio::task::spawn_blocking(move || postgres::open(&address, &folder)).await.unwrap()?;
    Ok(store)
}

contract!(suites, crate::postgres::server);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_servers_on_one_database_make_one_tree_without_gaps() {
    let server = server();
    let fresh = server.fresh().await;
    let stores = [fresh.store.clone(), fresh.also().await, fresh.also().await];
    let acts = |store: Shared| async move {
        let people: Vec<_> = (0..40).map(|_| Person::drawn()).collect();
        let done = all_at_once(&store, people.iter().map(Person::registration).collect()).await;
        done.into_iter().map(|done| done.unwrap().leaf()).collect::<Vec<_>>()
    };
    let running: Vec<_> = stores.iter().map(|store| tokio::spawn(acts(store.clone()))).collect();
    let mut leaves = Vec::new();
    for of_one in running {
        leaves.extend(of_one.await.unwrap());
    }
    leaves.sort_unstable();
    assert_eq!(leaves, (0..120).collect::<Vec<_>>(), "each act has a leaf of its own, and none is missing");
    for store in &stores {
        assert_eq!(every_leaf(store).await.len(), 120);
        assert!(audited(store).await.is_clean(), "every server sees the same tree");
        assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_servers_that_claim_one_telephone_one_wins() {
    let server = server();
    let fresh = server.fresh().await;
    let other = fresh.also().await;
    for _ in 0..10 {
        let first = Person::drawn();
        let second = Person { phone: first.phone, ..Person::drawn() };
        let (here, there) = tokio::join!(fresh.store.commit(first.registration()), other.commit(second.registration()));
        let won = [here.is_ok(), there.is_ok()];
        assert!(won == [true, false] || won == [false, true], "{here:?} {there:?}");
        let lost = here.err().or(there.err()).unwrap();
        assert!(matches!(lost, CommitError::TokenTaken(_)), "{lost:?}");
    }
    assert!(audited(&other).await.is_clean());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_away_is_an_error_and_one_that_comes_back_is_used_again() {
    let mut server = server();
    let fresh = server.fresh().await;
    let person = registered(&fresh.store).await;
    for down in [Postgres::stop, Postgres::kill] {
        down(&mut server.0);
        let refused = fresh.store.commit(Person::drawn().registration()).await;
        assert!(matches!(refused, Err(CommitError::Store(StoreError::Engine(_)))), "{refused:?}");
        assert!(fresh.store.subject(&platform(), person.id).await.is_err());
        server.0.run();
        assert!(fresh.store.subject(&platform(), person.id).await.unwrap().is_some());
        registered(&fresh.store).await;
        assert!(audited(&fresh.store).await.is_clean());
    }
    assert_eq!(every_leaf(&fresh.store).await.len(), 3, "what was acknowledged is there, what was refused is not");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_of_a_newer_release_and_a_foreign_platform_are_refused() {
    let server = server();
    let fresh = server.fresh().await;
    let newer = "UPDATE shouyue_installation.schema_version SET version = 7";
    assert!(server.0.runs(&fresh.address, newer));
    let refused = opened(&fresh.address, fresh.folder.path()).await;
    assert!(matches!(refused.map(drop), Err(StoreError::Newer { found: 7, known: 1 })));
    assert!(server.0.runs(&fresh.address, "UPDATE shouyue_installation.schema_version SET version = 1"));
    assert!(server.0.runs(&fresh.address, "UPDATE shouyue_haigang.house SET platform = 'anrun'"));
    let refused = opened(&fresh.address, fresh.folder.path()).await;
    assert!(matches!(refused.map(drop), Err(StoreError::Damaged(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_carry_no_value_and_no_address() {
    let folder = tempfile::tempdir().unwrap();
    for address in ["host=/nowhere user=somebody password=hush dbname=x", "no address at all"] {
        let refused = opened(address, folder.path()).await.map(drop).unwrap_err().to_string();
        assert!(!refused.contains("hush") && !refused.contains("nowhere"), "{refused}");
    }
}
