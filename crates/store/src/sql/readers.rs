//! Connections that only read, lent to one reader at a time.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::StoreError;
use crate::sql::connection::Connection;

/// Most readers of a server at once; the others wait for their turn.
const AT_ONCE: usize = 8;

/// How to open one more.
type Open = Box<dyn Fn() -> Result<Connection, StoreError> + Send + Sync>;

/// The readers of one database. Every connection is kept: opening one reads the schema and prepares each statement anew,
/// which takes longer than what is then read, and on a server is a process.
pub(crate) struct Readers {
    open: Open,
    idle: Mutex<Vec<Connection>>,
    /// `None` for a file.
    turns: Option<Arc<Semaphore>>,
}

impl Readers {
    /// Of a file. A lookup is some tens of microseconds of work, and waking another thread for it takes as long again: it
    /// is done where it is asked, and there are never more connections than threads that ask.
    pub(crate) fn of_file(open: Open) -> Self {
        Self { open, idle: Mutex::default(), turns: None }
    }

    /// Of a server, whose answer is waited for.
    pub(crate) fn of_server(open: Open) -> Self {
        Self { open, idle: Mutex::default(), turns: Some(Arc::new(Semaphore::new(AT_ONCE))) }
    }

    /// Whether a lookup waits for nobody.
    pub(crate) const fn is_here(&self) -> bool {
        self.turns.is_none()
    }

    /// Waits until a connection is free, and blocks no thread meanwhile. The turn ends when it is dropped.
    pub(crate) async fn turn(&self) -> Result<Option<OwnedSemaphorePermit>, StoreError> {
        let Some(turns) = &self.turns else { return Ok(None) };
        Arc::clone(turns).acquire_owned().await.map(Some).map_err(|_| StoreError::Stopped)
    }

    /// Runs `read` in one read transaction; blocks the thread.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let connection = self.begun()?;
        let found = read(&connection);
        // A connection that cannot end its transaction is closed instead of lent on.
        connection.end_of_reading()?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
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
            if !connection.is_lost() {
                connection.begin_to_read()?;
                return Ok(connection);
            }
        }
    }
}
