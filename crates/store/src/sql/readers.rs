//! Connections that only read, lent to one reader at a time.

use std::sync::{Mutex, PoisonError};

use crate::error::StoreError;
use crate::sql::connection::Connection;

/// Idle connections kept for the next reader; more are opened when more read at once, and closed afterwards.
const IDLE: usize = 8;

/// How to open one more.
type Open = Box<dyn Fn() -> Result<Connection, StoreError> + Send + Sync>;

/// The readers of one database.
pub(crate) struct Readers {
    open: Open,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(crate) fn new(open: Open) -> Self {
        Self { open, idle: Mutex::new(Vec::new()) }
    }

    /// Runs `read` in one read transaction; blocks the thread.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let connection = self.begun()?;
        let found = read(&connection);
        // A connection that cannot end its transaction is closed instead of lent on.
        connection.end()?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(connection);
        }
        found
    }

    /// One that has begun to read. Those that lay idle while a server went away are of no use any more.
    fn begun(&self) -> Result<Connection, StoreError> {
        loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(connection) = idle else {
                let connection = (self.open)()?;
                connection.begin_to_read()?;
                return Ok(connection);
            };
            match connection.begin_to_read() {
                Ok(()) => return Ok(connection),
                Err(_) if connection.is_lost() => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
