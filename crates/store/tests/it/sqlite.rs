//! What SQLite promises beyond the contract.

mod backup;
mod counts;
mod erased;
mod folder;
mod kill;
mod tamper;

use std::path::Path;

use shouyue_store::sqlite;

use crate::contract::contract;
use crate::fixture::{Shared, first_keys, platform};

/// A fresh store in a folder that goes away with it.
pub(crate) struct Fresh {
    pub(crate) store: Shared,
    folder: tempfile::TempDir,
}

pub(crate) async fn fresh() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let store: Shared = sqlite::open(folder.path()).unwrap();
    store.platform_create(&platform(), &first_keys(b"wrapped platform key")).await.unwrap();
    Fresh { store, folder }
}

impl Fresh {
    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Closes the store and opens the folder again.
    fn reopened(self) -> Self {
        let Self { store, folder } = self;
        drop(store);
        let store: Shared = sqlite::open(folder.path()).unwrap();
        Self { store, folder }
    }

    /// Closes the store, has `change` done to the platform's database behind its back, and opens it again.
    fn tampered(self, change: &str) -> Self {
        let Self { store, folder } = self;
        drop(store);
        let connection = rusqlite::Connection::open(folder.path().join("haigang.sqlite")).unwrap();
        assert_eq!(connection.execute(change, []).unwrap(), 1);
        drop(connection);
        let store: Shared = sqlite::open(folder.path()).unwrap();
        Self { store, folder }
    }
}

/// Which files under `folder` hold these bytes.
fn files_with(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, bytes));
        } else if memmem(&std::fs::read(&path).unwrap(), bytes) {
            found.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
    found.sort();
    found
}

fn memmem(hay: &[u8], needle: &[u8]) -> bool {
    let mut from = 0;
    while let Some(at) = hay[from..].iter().position(|byte| *byte == needle[0]) {
        from += at;
        if hay[from..].starts_with(needle) {
            return true;
        }
        from += 1;
    }
    false
}

contract!(suite, crate::sqlite::fresh);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_proof_holds_while_many_write() {
    let fresh = fresh().await;
    crate::hammer::hammer(std::slice::from_ref(&fresh.store), 800).await;
}

#[cfg(feature = "soak")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn soak_every_proof_holds_while_many_write() {
    let fresh = fresh().await;
    crate::hammer::hammer(std::slice::from_ref(&fresh.store), 50_000).await;
}
