//! Opening the files: one server at a time, private to its user, at the schema this release knows.

use std::fs::{DirBuilder, File, Permissions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;

use crate::error::StoreError;
use crate::sql::{Connection, private};

/// How long a statement waits for another connection.
pub(super) const PATIENCE: Duration = Duration::from_millis(500);

/// How long a checkpoint waits for readers, with every writer behind it: it is tried again later instead.
pub(super) const BRIEFLY: Duration = Duration::from_millis(2);

/// Prepared statements that a connection keeps: more than there are.
const STATEMENTS: usize = 192;

/// Pages in the write-ahead log before a commit copies them back: 32 MiB, so that a busy minute pays for it rarely.
const CHECKPOINT_PAGES: u32 = 8_192;

/// A schema: the statements that lead from each version to the next.
pub(crate) struct Schema {
    /// Marks the file as ours (`PRAGMA application_id`).
    application: i32,
    pub(crate) steps: &'static [&'static str],
}

/// The database of a platform.
pub(crate) const PLATFORM: Schema = Schema {
    application: 0x5359_0001,
    steps: &[
        include_str!("../../migrations/sqlite/platform/0001.sql"),
        include_str!("../../migrations/sqlite/platform/0002.sql"),
        include_str!("../../migrations/sqlite/platform/0003.sql"),
        include_str!("../../migrations/sqlite/platform/0004.sql"),
        include_str!("../../migrations/sqlite/platform/0005.sql"),
        include_str!("../../migrations/sqlite/platform/0006.sql"),
        include_str!("../../migrations/sqlite/platform/0007.sql"),
    ],
};

/// The database of the installation.
pub(crate) const INSTALLATION: Schema =
    Schema { application: 0x5359_0002, steps: &[include_str!("../../migrations/sqlite/installation/0001.sql")] };

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        // The kind alone: the full text may hold a path.
        Self::Engine(error.kind().to_string())
    }
}

/// Makes the folder, if need be, and takes its lock for as long as the file is held.
pub(super) fn lock(folder: &Path) -> Result<File, StoreError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    std::fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    let lock = private(folder.join("lock").as_path())?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreError::Busy),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Makes sure that names made in the folder survive a power loss.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    Ok(File::open(folder)?.sync_all()?)
}

/// What the connection that writes keeps of the file, in KiB. Whenever a page was divided SQLite goes through all that it keeps
/// at the commit; with four times as much that was a fifth of the writer's time. The system keeps the rest of the file at hand.
const KEPT: i32 = 8_192;

/// The one connection that writes.
pub(super) fn writer(path: &Path) -> Result<rusqlite::Connection, StoreError> {
    private(path)?;
    let connection = rusqlite::Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | COMMON)?;
    ready(&connection)?;
    // What a rolled-back act wrote must not lie in a temporary file, and what is deleted is overwritten.
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "cache_size", -KEPT)?;
    Ok(connection)
}

/// A connection that cannot write.
pub(super) fn reader(path: &Path) -> Result<rusqlite::Connection, StoreError> {
    let connection = rusqlite::Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | COMMON)?;
    ready(&connection)?;
    Ok(connection)
}

const COMMON: OpenFlags = OpenFlags::SQLITE_OPEN_NO_MUTEX.union(OpenFlags::SQLITE_OPEN_EXRESCODE);

fn ready(connection: &rusqlite::Connection) -> Result<(), StoreError> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    // Else a statement is planned anew whenever a value is bound that might have led to another plan: the keys of a part
    // are such values, and nothing here is planned by what stands in the tables.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// The version of the schema in the file; 0 before the first step.
pub(super) fn version(connection: &rusqlite::Connection) -> Result<u32, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Brings the file to the schema that this release knows, and runs `first` in the same transaction.
pub(super) fn migrate(
    connection: &Connection,
    schema: &Schema,
    first: impl FnOnce(&Connection) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    connection.whole(|| {
        let file = connection.file()?;
        let known = u32::try_from(schema.steps.len()).unwrap_or(u32::MAX);
        let found = version(file)?;
        let application: i32 = file.pragma_query_value(None, "application_id", |row| row.get(0))?;
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        if found > 0 && application != schema.application {
            return Err(StoreError::Damaged("the file is no database of this kind"));
        }
        for step in schema.steps.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
            connection.batch(step)?;
        }
        file.pragma_update(None, "application_id", schema.application)?;
        file.pragma_update(None, "user_version", known)?;
        first(connection)
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_statement_is_planned_once_whatever_it_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        migrate(&Connection::Sqlite(writer(&path).unwrap()), &PLATFORM, |_| Ok(())).unwrap();
        let reader = reader(&path).unwrap();
        let sql = "SELECT k.wrapped FROM part p LEFT JOIN key_slot k ON k.slot = p.slot \
            WHERE p.record = ?1 AND p.subject = ?2 AND p.role = ?3";
        let mut statement = reader.prepare(sql).unwrap();
        for n in 0..4_u8 {
            assert!(!statement.exists(([n; 16], [n; 16], "registrant")).unwrap());
        }
        assert_eq!(statement.get_status(StatementStatus::Run), 4);
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}
