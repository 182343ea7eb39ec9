//! What both engines share: one meaning of each act and each read, one writer that shares its commits, the tree.
//!
//! A fact means the same whichever engine keeps it, so it is written here once; what an engine does its own way (files
//! and their locks, or schemas on a server; backup; how what was destroyed leaves the disk) is in its own module.

mod act;
mod approvals;
mod changes;
pub(crate) mod column;
pub(crate) mod connection;
pub(crate) mod copy;
pub(crate) mod destruction;
mod drafts;
mod erasure_file;
mod installation;
mod integrity;
mod keys;
mod loose;
mod notices;
mod partners;
mod payments;
mod prune;
mod publications;
mod read;
mod readers;
mod reports;
mod services;
mod store;
mod thresholds;
mod tracks;
mod tree;
mod uploads;
mod writer;

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::Timestamp;
use model::Slug;
use model::key::WrappedKey;
use tokio::runtime::Handle;

pub(crate) use act::{destroy, forget, last, list, note, replayed};
pub(crate) use connection::{Connection, Put, Row, SqlError};
pub(crate) use erasure_file::{ErasureFile, private};
pub(crate) use integrity::{check, held, told};
pub(crate) use readers::Readers;
pub(crate) use tree::load;
pub(crate) use writer::{Flush, Reopen, Scrub};
use writer::{Keeps, Writer};

use crate::destruction::Destruction;
use crate::error::StoreError;
use crate::objects::Objects;
use crate::verbs::BackupPaths;

/// Name of the installation's database, and so of no platform.
pub(crate) const INSTALLATION: &str = "installation";

/// Of the list of erasures.
pub(crate) const ERASURES: &str = "erasures";

/// What an engine does its own way. All of it blocks the thread.
pub(crate) trait Engine: Send + Sync {
    /// Whether other servers may work on the same databases at the same time.
    fn is_shared(&self) -> bool;

    /// Whether a scrub takes what was destroyed out of every file.
    fn destroys_at_once(&self) -> bool;

    /// How often somebody waited for the server behind it.
    fn journeys(&self) -> u64 {
        0
    }

    /// Looks whether what was destroyed is gone from the engine's log as well; `None` where a scrub is all there is to it.
    fn confirm(&self, _platform: &Slug, _now: Timestamp) -> Result<Option<Destruction>, StoreError> {
        Ok(None)
    }

    /// Makes a platform's database, whole or not at all.
    fn create(&self, platform: &Slug, keys: &[WrappedKey]) -> Result<Database, StoreError>;

    /// Platforms that have a database, whoever made it; `installation` reads where a server knows them.
    fn platforms(&self, installation: &Readers) -> Result<Vec<Slug>, StoreError>;

    /// Opens a platform's database; `None` where its making was cut short.
    fn open(&self, platform: &Slug) -> Result<Option<Database>, StoreError>;

    /// Writes a backup.
    fn backup(&self, platform: &Slug, objects: (&Objects, &Handle), to: &BackupPaths) -> Result<(), StoreError>;
}

/// The store on an engine.
pub struct SqlStore(Arc<House>);

pub(crate) struct House {
    engine: Box<dyn Engine>,
    installation: Arc<Database>,
    platforms: RwLock<BTreeMap<Slug, Arc<Database>>>,
    /// Held while a database is made or opened, so that each has one writer here, and acts on others need not wait.
    opening: Mutex<()>,
    objects: Objects,
}

/// One database with its writer and its readers.
pub(crate) struct Database {
    /// Closed before the writer, which then empties the write-ahead log of a file and takes it away.
    readers: Readers,
    writer: Writer,
    /// Of the folder, where files are; released when the last writer has ended.
    _lock: Option<Arc<File>>,
}

impl SqlStore {
    pub(crate) fn new(
        engine: Box<dyn Engine>,
        installation: Database,
        objects: Objects,
    ) -> Result<Arc<Self>, StoreError> {
        let (installation, platforms) = (Arc::new(installation), RwLock::default());
        let house = House { engine, installation, platforms, opening: Mutex::default(), objects };
        house.discover()?;
        Ok(Arc::new(Self(Arc::new(house))))
    }
}

impl House {
    fn platform(&self, platform: &Slug) -> Result<Arc<Database>, StoreError> {
        let platforms = self.platforms.read().unwrap_or_else(PoisonError::into_inner);
        platforms.get(platform).cloned().ok_or_else(|| StoreError::NoPlatform(platform.clone()))
    }

    /// Every platform, with those that another server has made meanwhile.
    fn known(&self) -> Result<Vec<Slug>, StoreError> {
        if self.engine.is_shared() {
            self.discover()?;
        }
        Ok(self.platforms.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect())
    }

    /// Opens every platform that has a database and is not open here.
    fn discover(&self) -> Result<(), StoreError> {
        let _one = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        for platform in self.engine.platforms(&self.installation.readers)? {
            if !self.is_open(&platform)
                && let Some(database) = self.engine.open(&platform)?
            {
                self.keep(platform, database);
            }
        }
        Ok(())
    }

    fn is_open(&self, platform: &Slug) -> bool {
        self.platforms.read().unwrap_or_else(PoisonError::into_inner).contains_key(platform)
    }

    fn keep(&self, platform: Slug, database: Database) {
        self.platforms.write().unwrap_or_else(PoisonError::into_inner).insert(platform, Arc::new(database));
    }

    /// Keeps the database that is there.
    fn create(&self, platform: &Slug, keys: &[WrappedKey]) -> Result<(), StoreError> {
        let _one = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_open(platform) {
            return Ok(());
        }
        if platform.as_str() == INSTALLATION {
            return Err(StoreError::Reserved(platform.clone()));
        }
        self.keep(platform.clone(), self.engine.create(platform, keys)?);
        Ok(())
    }
}

impl Database {
    /// The database of a platform.
    pub(crate) fn of_platform(
        platform: &Slug,
        connection: Connection,
        readers: Readers,
        reopen: Option<Reopen>,
        scrub: Scrub,
    ) -> Result<Self, StoreError> {
        let writer = Writer::start(platform.as_str(), Keeps::Tree, connection, reopen, scrub)?;
        Ok(Self { readers, writer, _lock: None })
    }

    /// The database of the installation, which has no tree.
    pub(crate) fn of_installation(
        connection: Connection,
        readers: Readers,
        reopen: Option<Reopen>,
    ) -> Result<Self, StoreError> {
        let writer = Writer::start(INSTALLATION, Keeps::NoTree, connection, reopen, Box::new(|_| Ok(true)))?;
        Ok(Self { readers, writer, _lock: None })
    }

    /// Holds a lock for as long as anybody writes.
    pub(crate) fn holding(self, lock: &Arc<File>) -> Self {
        Self { _lock: Some(lock.clone()), ..self }
    }

    /// Looks something up that a few rows hold.
    pub(crate) async fn read<T: Send + 'static>(
        self: Arc<Self>,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if self.readers.is_here() { self.readers.read(read) } else { self.read_through(read).await }
    }

    /// Reads what may be long, on a thread that may block.
    pub(crate) async fn read_through<T: Send + 'static>(
        self: Arc<Self>,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = self.readers.turn().await?;
        blocking(move || {
            let found = self.readers.read(read);
            drop(turn);
            found
        })
        .await
    }

    /// Writes something that is no act.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        write: impl Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run(move |flush: &mut Flush<'_>| write(flush.connection)).await
    }
}

/// The rows that a new platform's database begins with.
pub(crate) fn begin(connection: &Connection, platform: &Slug, keys: &[WrappedKey]) -> Result<(), StoreError> {
    connection.execute("INSERT INTO house (one, platform) VALUES (1, ?1)", column::values![platform.as_str()])?;
    keys::begin(connection, keys)?;
    tree::create(connection)
}

/// Refuses a database that belongs to another platform.
pub(crate) fn belongs(connection: &Connection, platform: &Slug) -> Result<(), StoreError> {
    let sql = "SELECT platform FROM house WHERE one = 1";
    let stored: String = connection.one(sql, column::values![], |row| row.get(0))?;
    let same = stored == platform.as_str();
    if same { Ok(()) } else { Err(StoreError::Damaged("the database belongs to another platform")) }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Stopped)?
}

#[cfg(test)]
mod tests;
