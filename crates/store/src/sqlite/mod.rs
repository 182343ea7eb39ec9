//! SQLite: one file for each platform and one for the installation, each with one writer that shares its flushes.
//!
//! | in the data folder | what |
//! |---|---|
//! | `lock` | held by the one server that has the folder open |
//! | `installation.sqlite` | seats, service tokens, sessions, codes, links |
//! | `<platform>.sqlite` | everything of one platform: facts, sealed values, wrapped keys, ledger |
//! | `objects/<platform>/` | the ciphertext of attachments |
//! | `<platform>.erasures` | the list of erasures so far, to be kept elsewhere too: every restore needs the newest |
//!
//! All are private to the server's user. Commits are durable when they return (WAL, `synchronous = FULL`).

mod act;
mod approvals;
mod backup;
mod columns;
mod files;
mod installation;
mod integrity;
mod loose;
mod partners;
mod payments;
mod read;
mod readers;
mod restore;
mod services;
mod store;
mod thresholds;
mod tracks;
mod tree;
mod writer;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use ledger::Edge;
use model::Slug;
use rusqlite::{Connection, params};

pub use restore::{Restored, restore};

use crate::error::StoreError;
use crate::objects::Objects;
use readers::Readers;
use writer::{Flush, Writer};

/// Name of the installation's file, and so of no platform.
const INSTALLATION: &str = "installation";

const EXTENSION: &str = "sqlite";

/// Of the list of erasures.
const ERASURES: &str = "erasures";

/// Folder of the objects.
const OBJECTS: &str = "objects";

/// The store on SQLite.
pub struct Sqlite(Arc<House>);

struct House {
    folder: PathBuf,
    installation: Arc<Database>,
    platforms: RwLock<BTreeMap<Slug, Arc<Database>>>,
    objects: Objects,
    lock: Arc<File>,
}

/// One file with its writer and its readers.
struct Database {
    /// Closed before the writer, which then empties the write-ahead log and takes it away.
    readers: Readers,
    writer: Writer,
    /// Of the folder; released when the last writer has ended.
    _lock: Arc<File>,
}

impl Sqlite {
    /// Opens the data folder, made if need be, with every platform in it; brings older files to this release's schema.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] when another process has it open, [`StoreError::Newer`] when a newer release wrote it,
    /// [`StoreError::Damaged`] when the edge of a ledger does not agree with its head.
    pub fn open(folder: &Path) -> Result<Arc<Self>, StoreError> {
        let lock = Arc::new(files::lock(folder)?);
        let installation = Arc::new(open_installation(folder, &lock)?);
        let objects = Objects::local(folder.join(OBJECTS))?;
        let mut platforms = BTreeMap::new();
        for platform in platforms_in(folder)? {
            if let Some(database) = open_platform(folder, &platform, &lock)? {
                platforms.insert(platform, Arc::new(database));
            }
        }
        files::sync_folder(folder)?;
        let folder = folder.to_owned();
        Ok(Arc::new(Self(Arc::new(House { folder, installation, platforms: RwLock::new(platforms), objects, lock }))))
    }
}

impl House {
    fn platform(&self, platform: &Slug) -> Result<Arc<Database>, StoreError> {
        let platforms = self.platforms.read().unwrap_or_else(PoisonError::into_inner);
        platforms.get(platform).cloned().ok_or_else(|| StoreError::NoPlatform(platform.clone()))
    }

    /// Makes a platform's file, whole or not at all; keeps the one that is there.
    fn create(&self, platform: &Slug, wrapped_key: &[u8]) -> Result<(), StoreError> {
        let mut platforms = self.platforms.write().unwrap_or_else(PoisonError::into_inner);
        if platforms.contains_key(platform) {
            return Ok(());
        }
        if platform.as_str() == INSTALLATION {
            return Err(StoreError::Reserved(platform.clone()));
        }
        let path = file_of(&self.folder, platform.as_str());
        // A list without its database: one to restore, not one to begin anew.
        if path.with_extension(ERASURES).metadata().is_ok_and(|list| list.len() > 0) {
            return Err(StoreError::Occupied("a list of the platform's erasures"));
        }
        let mut connection = files::writer(&path)?;
        files::migrate(&mut connection, &files::PLATFORM, |connection| {
            let sql = "INSERT INTO house (one, platform, wrapped_key) VALUES (1, ?1, ?2)";
            connection.execute(sql, params![platform.as_str(), wrapped_key])?;
            tree::create(connection)
        })?;
        files::sync_folder(&self.folder)?;
        platforms.insert(platform.clone(), Arc::new(serve_platform(&self.folder, platform, connection, &self.lock)?));
        Ok(())
    }
}

impl Database {
    /// Reads on a thread that may block.
    async fn read<T: Send + 'static>(
        self: Arc<Self>,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        blocking(move || self.readers.read(read)).await
    }

    /// Writes something that is no act.
    async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run(move |flush: &mut Flush<'_>| write(flush.connection)).await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Stopped)?
}

fn file_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(name).with_extension(EXTENSION)
}

fn platforms_in(folder: &Path) -> Result<Vec<Slug>, StoreError> {
    let mut platforms = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| *stem != INSTALLATION);
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            platforms.extend(stem.and_then(|stem| stem.parse::<Slug>().ok()));
        }
    }
    Ok(platforms)
}

fn open_installation(folder: &Path, lock: &Arc<File>) -> Result<Database, StoreError> {
    let path = file_of(folder, INSTALLATION);
    let mut connection = files::writer(&path)?;
    files::migrate(&mut connection, &files::INSTALLATION, |_| Ok(()))?;
    let writer = Writer::start(INSTALLATION, connection, |_| Ok(Edge::empty()), Box::new(|_| Ok(true)))?;
    Ok(Database { writer, readers: Readers::new(&path), _lock: lock.clone() })
}

/// `None` for a file whose making was cut short: it has nothing in it yet.
fn open_platform(folder: &Path, platform: &Slug, lock: &Arc<File>) -> Result<Option<Database>, StoreError> {
    let mut connection = files::writer(&file_of(folder, platform.as_str()))?;
    if files::version(&connection)? == 0 {
        return Ok(None);
    }
    files::migrate(&mut connection, &files::PLATFORM, |connection| {
        let stored: String = connection.query_row("SELECT platform FROM house WHERE one = 1", [], |row| row.get(0))?;
        let same = stored == platform.as_str();
        if same { Ok(()) } else { Err(StoreError::Damaged("the file belongs to another platform")) }
    })?;
    serve_platform(folder, platform, connection, lock).map(Some)
}

fn serve_platform(
    folder: &Path,
    platform: &Slug,
    connection: Connection,
    lock: &Arc<File>,
) -> Result<Database, StoreError> {
    let path = file_of(folder, platform.as_str());
    let mut list = backup::ErasureFile::new(path.with_extension(ERASURES));
    // What a server that was killed had erased, but not yet scrubbed.
    list.extend(&connection)?;
    checkpointed(&connection)?;
    let scrub = move |connection: &Connection| {
        list.extend(connection)?;
        checkpointed(connection)
    };
    let writer = Writer::start(platform.as_str(), connection, tree::load, Box::new(scrub))?;
    Ok(Database { writer, readers: Readers::new(&path), _lock: lock.clone() })
}

/// Copies the write-ahead log back and empties it; `false` when a reader still needs it.
fn checkpointed(connection: &Connection) -> Result<bool, StoreError> {
    connection.busy_timeout(files::BRIEFLY)?;
    let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
    connection.busy_timeout(files::PATIENCE)?;
    Ok(!busy?)
}

#[cfg(test)]
mod tests;
