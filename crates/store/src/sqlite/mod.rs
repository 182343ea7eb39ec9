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

pub(crate) mod backup;
pub(crate) mod files;
mod restore;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Slug;
use model::key::WrappedKey;
use tokio::runtime::Handle;

pub use restore::{Restored, restore};

use crate::error::StoreError;
use crate::objects::{Bucket, Objects};
use crate::sql::{self, Connection, Database, ERASURES, Engine, ErasureFile, INSTALLATION, Readers, SqlStore};
use crate::verbs::BackupPaths;

const EXTENSION: &str = "sqlite";

/// Folder of the objects.
const OBJECTS: &str = "objects";

/// A data folder that this process has open.
struct Folder {
    path: PathBuf,
    lock: Arc<File>,
}

/// Opens the data folder, made if need be, with every platform in it; brings older files to this release's schema.
///
/// # Errors
///
/// [`StoreError::Busy`] when another process has it open, [`StoreError::Newer`] when a newer release wrote it,
/// [`StoreError::Damaged`] when the edge of a ledger does not agree with its head.
pub fn open(folder: &Path) -> Result<Arc<SqlStore>, StoreError> {
    open_with(folder, None)
}

/// The same, with the objects in a bucket where one is named.
///
/// # Errors
///
/// As of [`open`].
pub fn open_with(folder: &Path, bucket: Option<&Bucket>) -> Result<Arc<SqlStore>, StoreError> {
    let folder = Folder { path: folder.to_owned(), lock: Arc::new(files::lock(folder)?) };
    let installation = folder.installation()?;
    let objects = bucket.map_or_else(|| Objects::local(folder.path.join(OBJECTS)), Objects::within)?;
    let path = folder.path.clone();
    let store = SqlStore::new(Box::new(folder), installation, objects)?;
    files::sync_folder(&path)?;
    Ok(store)
}

impl Folder {
    fn installation(&self) -> Result<Database, StoreError> {
        let path = file_of(&self.path, INSTALLATION);
        let connection = Connection::Sqlite(files::writer(&path)?);
        files::migrate(&connection, &files::INSTALLATION, |_| Ok(()))?;
        let database = Database::of_installation(connection, readers(&path), None)?;
        Ok(database.holding(&self.lock))
    }

    fn serve(&self, platform: &Slug, connection: Connection) -> Result<Database, StoreError> {
        let path = file_of(&self.path, platform.as_str());
        let mut list = ErasureFile::new(path.with_extension(ERASURES));
        // What a server that was killed had erased, but not yet scrubbed.
        list.extend(&connection)?;
        checkpointed(connection.file()?)?;
        let scrub = move |connection: &Connection| {
            list.extend(connection)?;
            checkpointed(connection.file()?)
        };
        let database = Database::of_platform(platform, connection, readers(&path), None, Box::new(scrub))?;
        Ok(database.holding(&self.lock))
    }
}

impl Engine for Folder {
    /// The lock keeps others out.
    fn is_shared(&self) -> bool {
        false
    }

    fn destroys_at_once(&self) -> bool {
        true
    }

    fn create(&self, platform: &Slug, keys: &[WrappedKey]) -> Result<Database, StoreError> {
        let path = file_of(&self.path, platform.as_str());
        // A list without its database: one to restore, not one to begin anew.
        if path.with_extension(ERASURES).metadata().is_ok_and(|list| list.len() > 0) {
            return Err(StoreError::Occupied("a list of the platform's erasures"));
        }
        let connection = Connection::Sqlite(files::writer(&path)?);
        files::migrate(&connection, &files::PLATFORM, |connection| sql::begin(connection, platform, keys))?;
        files::sync_folder(&self.path)?;
        self.serve(platform, connection)
    }

    fn platforms(&self, _: &Readers) -> Result<Vec<Slug>, StoreError> {
        platforms_in(&self.path)
    }

    fn open(&self, platform: &Slug) -> Result<Option<Database>, StoreError> {
        let connection = Connection::Sqlite(files::writer(&file_of(&self.path, platform.as_str()))?);
        // A file whose making was cut short has nothing in it yet.
        if files::version(connection.file()?)? == 0 {
            return Ok(None);
        }
        files::migrate(&connection, &files::PLATFORM, |connection| sql::belongs(connection, platform))?;
        self.serve(platform, connection).map(Some)
    }

    fn backup(&self, platform: &Slug, objects: (&Objects, &Handle), to: &BackupPaths) -> Result<(), StoreError> {
        let file = file_of(&self.path, platform.as_str());
        backup::write(|copy| backup::vacuum(&file, copy), objects, platform, to)
    }
}

/// A file of a platform with this release's tables and nothing in them, as a backup's are.
pub(crate) fn blank(path: &Path) -> Result<Connection, StoreError> {
    let connection = backup::open_copy(path)?;
    files::migrate(&connection, &files::PLATFORM, |_| Ok(()))?;
    Ok(connection)
}

/// The databases of a data folder that no server has open, at this release's schema: of the installation, and of each
/// platform.
pub(crate) fn databases(folder: &Path) -> Result<(Connection, Vec<(Slug, Connection)>), StoreError> {
    let folder = Folder { path: folder.to_owned(), lock: Arc::new(files::lock(folder)?) };
    let ready = |name: &str, schema| {
        let connection = Connection::Sqlite(files::writer(&file_of(&folder.path, name))?);
        files::migrate(&connection, schema, |_| Ok(()))?;
        Ok::<_, StoreError>(connection)
    };
    let of = |platform: Slug| Ok((platform.clone(), ready(platform.as_str(), &files::PLATFORM)?));
    let platforms = platforms_in(&folder.path)?.into_iter().map(of).collect::<Result<_, StoreError>>()?;
    Ok((ready(INSTALLATION, &files::INSTALLATION)?, platforms))
}

/// Whose databases lie in a folder.
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

fn file_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(name).with_extension(EXTENSION)
}

fn readers(path: &Path) -> Readers {
    let path = path.to_owned();
    Readers::of_file(Box::new(move || files::reader(&path).map(Connection::Sqlite)))
}

/// Copies the write-ahead log back and empties it; `false` when a reader still needs it.
fn checkpointed(connection: &rusqlite::Connection) -> Result<bool, StoreError> {
    connection.busy_timeout(files::BRIEFLY)?;
    let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
    connection.busy_timeout(files::PATIENCE)?;
    Ok(!busy?)
}
