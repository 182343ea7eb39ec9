//! Connections that only read, lent to one reader at a time.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use super::files;
use crate::error::StoreError;

/// Idle connections kept for the next reader; more are opened when more read at once, and closed afterwards.
const IDLE: usize = 8;

/// The readers of one file.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), idle: Mutex::new(Vec::new()) }
    }

    /// Runs `read` in one read transaction; blocks the thread.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = idle.map_or_else(|| files::reader(&self.path), Ok)?;
        connection.prepare_cached("BEGIN")?.execute([])?;
        let found = read(&connection);
        // A connection that cannot end its transaction is closed instead of lent on.
        connection.prepare_cached("COMMIT")?.execute([])?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(connection);
        }
        found
    }

    /// A connection of its own, for work that no transaction may enclose.
    pub(super) fn apart(&self) -> Result<Connection, StoreError> {
        files::reader(&self.path)
    }
}
