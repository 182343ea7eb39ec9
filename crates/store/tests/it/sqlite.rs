//! What SQLite promises beyond the contract.

use std::sync::Arc;

use shouyue_store::Store as _;
use shouyue_store::sqlite::Sqlite;

use crate::contract::contract;
use crate::fixture::{Shared, platform};

/// A fresh store in a folder that goes away with it.
pub(crate) struct Fresh {
    pub(crate) store: Shared,
    _folder: tempfile::TempDir,
}

pub(crate) async fn fresh() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<Sqlite> = Sqlite::open(folder.path()).unwrap();
    store.platform_create(&platform(), b"wrapped platform key").await.unwrap();
    Fresh { store, _folder: folder }
}

contract!(crate::sqlite::fresh);
