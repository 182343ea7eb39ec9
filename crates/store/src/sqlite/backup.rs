//! Backup: a data archive with zeroes where the keys lay, a short archive of keys, and the list of erasures.
//!
//! One read transaction copies everything (`VACUUM INTO`), so all three are of the same instant, and no page of the copy
//! holds what was deleted. Keys are then moved out of the copy in place, where no page leaves a trace of them.

use std::fs::DirBuilder;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use model::Slug;
use rusqlite::{OpenFlags, params};
use tokio::runtime::Handle;

use super::files;
use crate::erasures;
use crate::error::StoreError;
use crate::objects::Objects;
use crate::sql::{self, Connection, private};
use crate::verbs::BackupPaths;

/// `key_slot` and `platform_key` as in the data, so that a restore copies column by column.
const KEYS_SCHEMA: &str = "
    CREATE TABLE keys.platform_key (purpose TEXT NOT NULL, version INTEGER NOT NULL, wrapped BLOB NOT NULL) STRICT;
    CREATE TABLE keys.key_slot (slot INTEGER PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;
    CREATE TABLE keys.head (one INTEGER PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL) STRICT;
    PRAGMA keys.user_version = 1;
";
const KEYS_MOVE: &str = "
    INSERT INTO keys.platform_key SELECT purpose, version, wrapped FROM main.platform_key;
    INSERT INTO keys.head SELECT one, size, root FROM main.head;
    INSERT INTO keys.key_slot SELECT k.slot, k.wrapped FROM main.key_slot k JOIN main.part p ON p.slot = k.slot;
    UPDATE main.platform_key SET wrapped = zeroblob(length(wrapped));
    UPDATE main.key_slot SET wrapped = zeroblob(length(wrapped));
";

/// Writes the three files and the folder of objects; none of them may be there. The data archive comes last.
pub(crate) fn write(
    copy: impl FnOnce(&Path) -> Result<(), StoreError>,
    objects: (&Objects, &Handle),
    platform: &Slug,
    to: &BackupPaths,
) -> Result<(), StoreError> {
    let parts = [
        (&to.data, "the data archive"),
        (&to.keys, "the key archive"),
        (&to.erasures, "the list"),
        (&to.objects, "the folder of objects"),
    ];
    for (path, what) in parts {
        if path.exists() {
            return Err(StoreError::Occupied(what));
        }
    }
    let unfinished = [&to.data, &to.keys, &to.erasures].map(|path| unfinished(path));
    let folder = self::unfinished(&to.objects);
    let written = write_unfinished(copy, platform, &unfinished)
        .and_then(|()| copy_objects(objects, platform, &unfinished[0], &folder));
    if written.is_ok() {
        std::fs::rename(&folder, &to.objects)?;
        for (from, to) in unfinished.iter().zip([&to.data, &to.keys, &to.erasures]).rev() {
            std::fs::rename(from, to)?;
            files::sync_folder(folder_of(to))?;
        }
    } else {
        for path in &unfinished {
            drop(std::fs::remove_file(path));
        }
        drop(std::fs::remove_dir_all(&folder));
    }
    written
}

/// Copies the objects that the copied data speak of. One that was erased since the data were copied is gone, and with
/// it nothing that the list of that erasure would have let back.
fn copy_objects(
    (objects, runtime): (&Objects, &Handle),
    platform: &Slug,
    data: &Path,
    to: &Path,
) -> Result<(), StoreError> {
    if to.exists() {
        std::fs::remove_dir_all(to)?;
    }
    DirBuilder::new().mode(0o700).create(to)?;
    let connection = open_copy(data)?;
    let mut after = None;
    loop {
        let rows = sql::held(&connection, after)?;
        let Some((last, _)) = rows.last() else { break };
        after = Some(*last);
        for (id, _) in &rows {
            let path = to.join(id.to_string());
            let mut file = private(&path)?;
            let copied = runtime.block_on(objects.each(platform, *id, |bytes| file.write_all(bytes)))?;
            if copied.is_some() { file.sync_all()? } else { std::fs::remove_file(&path)? }
        }
    }
    files::sync_folder(to)
}

fn write_unfinished(
    copy: impl FnOnce(&Path) -> Result<(), StoreError>,
    platform: &Slug,
    [data, keys, list]: &[PathBuf; 3],
) -> Result<(), StoreError> {
    // Left over from a backup that was killed.
    for path in [data, keys, list] {
        if path.exists() {
            std::fs::remove_file(path)?;
        }
        private(path)?;
    }
    copy(data)?;
    let copy = open_copy(data)?;
    sql::belongs(&copy, platform)?;
    let (text, _) = erasures::to_text(erasures::START, &sql::list(&copy, 0)?);
    let connection = copy.file()?;
    connection.execute("ATTACH ?1 AS keys", [path_text(keys)?])?;
    // Nothing here is worth a journal: a backup cut short is thrown away.
    connection.execute_batch("PRAGMA keys.journal_mode = OFF; PRAGMA keys.synchronous = OFF;")?;
    connection.execute_batch(KEYS_SCHEMA)?;
    connection.execute_batch(KEYS_MOVE)?;
    copy.close()?;
    private(list)?.write_all(text.as_bytes())?;
    for path in [data, keys, list] {
        private(path)?.sync_all()?;
    }
    Ok(())
}

/// Copies a file as one read transaction sees it.
pub(super) fn vacuum(file: &Path, to: &Path) -> Result<(), StoreError> {
    files::reader(file)?.execute("VACUUM INTO ?1", params![path_text(to)?])?;
    Ok(())
}

/// A copy that nobody else has open, written in place without a journal.
pub(super) fn open_copy(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(path, flags)?;
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;",
    )?;
    Ok(Connection::Sqlite(connection))
}

/// A path as the engine takes it.
pub(super) fn path_text(path: &Path) -> Result<&str, StoreError> {
    path.to_str().ok_or_else(|| StoreError::Engine("the path of an archive is not UTF-8".to_owned()))
}

fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".unfinished");
    name.into()
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
