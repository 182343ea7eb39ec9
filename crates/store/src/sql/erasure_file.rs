//! The list of erasures beside the database, kept in step with its table.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::{Connection, act};
use crate::erasures::{self, Chain};
use crate::error::StoreError;

/// The file. Several servers on one database may share it: each appends under its lock, after whatever the others have
/// appended.
pub(crate) struct ErasureFile {
    path: PathBuf,
    /// Its end as it was left, once known.
    end: Option<End>,
}

/// Where the list ends.
struct End {
    /// Length of the file.
    bytes: u64,
    /// Sequence of the last line.
    sequence: u64,
    chain: Chain,
}

impl ErasureFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, end: None }
    }

    /// Appends what the table has and the file has not; durable when it returns.
    pub(crate) fn extend(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let mut file = private(&self.path)?;
        // Given back with the file, however this ends.
        file.lock()?;
        let mut end = match self.end.take() {
            Some(end) => followed(&mut file, end)?,
            None => mended(&mut file, connection)?,
        };
        let (newest, _) = act::last(connection)?;
        if newest > end.sequence {
            let (text, chain) = erasures::to_text(end.chain, &act::list(connection, end.sequence)?);
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            end = End { bytes: end.bytes + text.len() as u64, sequence: newest, chain };
        }
        self.end = Some(end);
        Ok(())
    }
}

/// The end after what another server has appended.
fn followed(file: &mut File, end: End) -> Result<End, StoreError> {
    if file.metadata()?.len() == end.bytes {
        return Ok(end);
    }
    let text = from(file, end.bytes)?;
    let list = erasures::following((end.sequence, end.chain), &text)?;
    let (sequence, chain) =
        list.last().map_or((end.sequence, end.chain), |(erasure, chain)| (erasure.sequence, *chain));
    Ok(End { bytes: whole(file, end.bytes, &text)?, sequence, chain })
}

/// The end of a file that has not been read yet.
fn mended(file: &mut File, connection: &Connection) -> Result<End, StoreError> {
    let text = from(file, 0)?;
    let list = erasures::from_text(&text)?;
    let bytes = whole(file, 0, &text)?;
    let Some((erasure, chain)) = list.last() else { return Ok(End { bytes, sequence: 0, chain: erasures::START }) };
    // The file may be ahead only where an older database was put back by hand: serving it would undo erasures.
    let (newest, _) = act::last(connection)?;
    let same = erasure.sequence <= newest && act::chain(connection, erasure.sequence)? == *chain;
    if same { Ok(End { bytes, sequence: erasure.sequence, chain: *chain }) } else { Err(StoreError::OldErasures) }
}

fn from(file: &mut File, start: u64) -> Result<String, StoreError> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(start))?;
    file.read_to_string(&mut text)?;
    Ok(text)
}

/// The length of the file once what a power loss left of a last line is cut off; `text` is what stands from `start` on.
fn whole(file: &File, start: u64, text: &str) -> Result<u64, StoreError> {
    let lines = text.rfind('\n').map_or(0, |end| end + 1);
    let bytes = start + lines as u64;
    if lines < text.len() {
        file.set_len(bytes)?;
    }
    Ok(bytes)
}

/// A file that its owner alone may read; made if need be. SQLite gives its companion files the same mode.
pub(crate) fn private(path: &Path) -> Result<File, StoreError> {
    let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}
