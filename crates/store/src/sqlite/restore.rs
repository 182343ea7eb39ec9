//! Restore: a backup is put back without what was erased since (design invariant 8).

use std::fs::{self, DirBuilder, File};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use model::Slug;

use super::{EXTENSION, OBJECTS, backup, file_of, files};
use crate::erasures::{self, Chain};
use crate::error::StoreError;
use crate::objects::{self, Bucket, Objects};
use crate::read::{Erased, Erasure};
use crate::sql::column::values;
use crate::sql::{self, Connection, INSTALLATION, private};
use crate::verbs::BackupPaths;

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Leaves of the restored ledger; acts after them are lost, and witnesses of later checkpoints will say so.
    pub size: u64,
    /// Erasures since the backup that were replayed.
    pub replayed: u64,
    /// What the check of the rows found; empty when all is well.
    pub findings: Vec<String>,
}

const HEADS_DIFFER: &str = "SELECT count(*) FROM main.head a, keys.head b WHERE a.size <> b.size OR a.root <> b.root";
const LIVING: &str = "SELECT p.slot, k.slot IS NOT NULL FROM main.part p \
    LEFT JOIN keys.key_slot k ON k.slot = p.slot WHERE p.slot IS NOT NULL";
const FILL: &str = "UPDATE main.key_slot SET wrapped = (SELECT k.wrapped FROM keys.key_slot k WHERE k.slot = ?1) \
    WHERE slot = ?1";
const PLATFORM_FILL: &str = "UPDATE main.platform_key SET wrapped = (SELECT k.wrapped FROM keys.platform_key k \
    WHERE k.purpose = main.platform_key.purpose AND k.version = main.platform_key.version)";
const LAST_LINK: &str = "SELECT last_link FROM subject WHERE subject = ?1 AND forgotten = 0";
const ERASED_WHOLE: &str = "UPDATE record SET life = 'erased' WHERE record = ?1 AND NOT EXISTS \
    (SELECT 1 FROM part WHERE record = ?1 AND slot IS NOT NULL)";
/// In the order in which each speaks of the next.
const NEVER_KEPT: &[&str] = &["DELETE FROM parcel", "DELETE FROM upload", "DELETE FROM loose_object"];
const MOVED: &str = "UPDATE subject SET version = version + 1 WHERE subject = ?1";

/// Puts a platform back from a backup into a data folder that no server has open and that does not have the platform.
/// Blocks the thread.
///
/// `newest_erasures` is the newest list there is: that of the lost folder (`<platform>.erasures`), or the last one that
/// was kept elsewhere; with none newer, the backup's own. Keys of what it names are not put back, not even for an
/// instant. The restored database lists these erasures with the leaves that the lost ledger gave them. Objects go into `bucket`,
/// where one is named.
///
/// # Errors
///
/// [`StoreError::OldErasures`] when the newest list does not continue the backup's and the one that is in the folder, [`StoreError::BrokenErasures`] when
/// it does not hang together, [`StoreError::Occupied`] when the platform is there, [`StoreError::Damaged`] when the
/// archives do not belong together, or are damaged themselves. Nothing is left in the folder then.
pub fn restore(
    folder: &Path,
    platform: &Slug,
    from: &BackupPaths,
    newest_erasures: &Path,
    bucket: Option<&Bucket>,
) -> Result<Restored, StoreError> {
    let _lock = files::lock(folder)?;
    if platform.as_str() == INSTALLATION {
        return Err(StoreError::Reserved(platform.clone()));
    }
    let (path, list) = (file_of(folder, platform.as_str()), folder.join(platform.as_str()).with_extension("erasures"));
    // A log that a lost database left behind would be played into the restored one.
    if path.exists() || path.with_extension("sqlite-wal").exists() {
        return Err(StoreError::Occupied("the platform"));
    }
    let newest = read_list(newest_erasures)?;
    follows(&newest, &read_list(&from.erasures)?)?;
    if list.exists() {
        follows(&newest, &read_list(&list)?)?;
    }
    let unfinished = path.with_extension(format!("{EXTENSION}.restoring"));
    let objects = folder.join(OBJECTS);
    let unplaced = objects.join(format!("{platform}.restoring"));
    let restored = put_back(&unfinished, platform, from, &newest).and_then(|mut restored| {
        restored.findings.extend(put_back_objects(&unfinished, platform, &from.objects, &unplaced)?);
        bucket.map_or(Ok(()), |bucket| hand_over(&unplaced, platform, bucket))?;
        Ok(restored)
    });
    if restored.is_err() {
        drop(fs::remove_file(&unfinished));
        drop(fs::remove_dir_all(&unplaced));
        return restored;
    }
    // Objects that a lost database left behind belong to nothing any more.
    let placed = objects.join(platform.as_str());
    if placed.exists() {
        fs::remove_dir_all(&placed)?;
    }
    if bucket.is_none() && unplaced.join(platform.as_str()).exists() {
        fs::rename(unplaced.join(platform.as_str()), &placed)?;
    }
    drop(fs::remove_dir_all(&unplaced));
    files::sync_folder(&objects)?;
    // The folder's own list may be the one that was given: it is replaced, whole or not at all.
    let rewritten = list.with_extension("erasures.restoring");
    let erasures: Vec<_> = newest.into_iter().map(|(erasure, _)| erasure).collect();
    fs::write(&rewritten, erasures::to_text(erasures::START, &erasures).0)?;
    private(&rewritten)?.sync_all()?;
    fs::rename(&rewritten, &list)?;
    fs::rename(&unfinished, &path)?;
    files::sync_folder(folder)?;
    restored
}

type List = Vec<(Erasure, Chain)>;

fn read_list(path: &Path) -> Result<List, StoreError> {
    erasures::from_text(&fs::read_to_string(path)?)
}

/// Whether `newest` begins with all of `own`.
fn follows(newest: &List, own: &List) -> Result<(), StoreError> {
    let Some((last, chain)) = own.last() else { return Ok(()) };
    let same = newest.iter().any(|(erasure, other)| erasure.sequence == last.sequence && other == chain);
    if same { Ok(()) } else { Err(StoreError::OldErasures) }
}

fn put_back(path: &Path, platform: &Slug, from: &BackupPaths, newest: &List) -> Result<Restored, StoreError> {
    if path.exists() {
        fs::remove_file(path)?;
    }
    drop(private(path)?);
    fs::copy(&from.data, path)?;
    let connection = backup::open_copy(path)?;
    files::migrate(&connection, &files::PLATFORM, |_| Ok(()))?;
    sql::belongs(&connection, platform)?;
    // Erasures before keys: what is erased never gets its key back.
    let replayed = replay(&connection, newest)?;
    // Uploads under way and objects to be removed were never part of the backup.
    for sql in NEVER_KEPT {
        connection.execute(sql, values![])?;
    }
    fill(&connection, &from.keys)?;
    let size = sql::load(&connection)?.edge.size();
    let findings = sql::check(&connection)?;
    connection.close()?;
    private(path)?.sync_all()?;
    Ok(Restored { size, replayed, findings })
}

/// Puts the objects of living attachments back; those of what was erased since stay where they are, and never open
/// again. Gives what is missing or was changed.
fn put_back_objects(data: &Path, platform: &Slug, from: &Path, to: &Path) -> Result<Vec<String>, StoreError> {
    let connection = backup::open_copy(data)?;
    let folder = |path: &Path| DirBuilder::new().recursive(true).mode(0o700).create(path);
    folder(to)?;
    let (mut findings, mut after) = (Vec::new(), None);
    loop {
        let rows = sql::held(&connection, after)?;
        let Some((last, _)) = rows.last() else { return Ok(findings) };
        after = Some(*last);
        for row in &rows {
            let path = to.join(Objects::file(platform, row.0));
            folder(backup::folder_of(&path))?;
            findings.extend(sql::told(row, copied(&from.join(row.0.to_string()), &path)?));
        }
    }
}

/// Copies the objects that were put back into a bucket. What lies there under the same name is the same ciphertext.
fn hand_over(from: &Path, platform: &Slug, bucket: &Bucket) -> Result<(), StoreError> {
    let shards = from.join(platform.as_str());
    if !shards.exists() {
        return Ok(());
    }
    let objects = Objects::within(bucket)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for shard in fs::read_dir(shards)? {
        for file in fs::read_dir(shard?.path())? {
            let path = file?.path();
            let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
            let Some(id) = name else { continue };
            let mut file = File::open(&path)?;
            runtime.block_on(async {
                let mut writer = objects.writer(platform, id).await?;
                let mut window = vec![0; 1 << 20];
                loop {
                    let read = file.read(&mut window)?;
                    let Some(bytes) = window.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
                    writer.write(bytes).await?;
                }
                writer.finish().await
            })?;
        }
    }
    Ok(())
}

/// Copies a file and gives its SHA-256; `None` when it is not there.
fn copied(from: &Path, to: &Path) -> Result<Option<[u8; 32]>, StoreError> {
    let mut from = match File::open(from) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        from => from?,
    };
    let (mut to, mut digest) = (private(to)?, Context::new(&SHA256));
    let mut window = vec![0; 1 << 20];
    loop {
        let read = from.read(&mut window)?;
        let Some(bytes) = window.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        digest.update(bytes);
        to.write_all(bytes)?;
    }
    to.sync_all()?;
    Ok(Some(objects::finished(digest)))
}

/// Erases again what the newest list names beyond the backup's own.
fn replay(connection: &Connection, newest: &List) -> Result<u64, StoreError> {
    let (own, chain) = sql::last(connection)?;
    let listed = newest.iter().take_while(|(erasure, _)| erasure.sequence <= own).last();
    if listed.map_or((0, erasures::START), |(erasure, chain)| (erasure.sequence, *chain)) != (own, chain) {
        return Err(StoreError::OldErasures);
    }
    let (mut replayed, mut before) = (0, chain);
    for (erasure, chain) in newest.iter().filter(|(erasure, _)| erasure.sequence > own) {
        match &erasure.erased {
            Erased::Part { record, subject, role } => {
                sql::destroy(connection, *record, *subject, role)?;
                connection.execute(ERASED_WHOLE, values![record.as_bytes()])?;
                if let Some(subject) = subject {
                    connection.execute(MOVED, values![subject.as_bytes()])?;
                }
            }
            Erased::Subject(subject) => {
                let last = connection.row(LAST_LINK, values![subject.as_bytes()], |row| row.get::<u64>(0))?;
                if let Some(last) = last {
                    sql::forget(connection, *subject, last)?;
                }
            }
        }
        sql::note(connection, erasure, before)?;
        sql::replayed(connection, erasure, chain)?;
        before = *chain;
        replayed += 1;
    }
    Ok(replayed)
}

/// Puts the keys of living parts back.
fn fill(connection: &Connection, keys: &Path) -> Result<(), StoreError> {
    connection.execute("ATTACH ?1 AS keys", values![backup::path_text(keys)?])?;
    let differ: u32 = connection.one(HEADS_DIFFER, values![], |row| row.get(0))?;
    if differ > 0 {
        return Err(StoreError::Damaged("data and keys are not of one backup"));
    }
    for slot in connection.rows(LIVING, values![], |row| Ok((row.get::<u64>(0)?, row.get(1)?)))? {
        let (slot, true) = slot else { return Err(StoreError::Damaged("a key is missing from the archive")) };
        connection.execute(FILL, values![slot])?;
    }
    connection.execute(PLATFORM_FILL, values![])?;
    Ok(connection.batch("DETACH keys")?)
}
