//! The list of erasures beside the database, kept in step with its table.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::{Connection, act};
use crate::erasures;
use crate::error::StoreError;

/// The file.
pub(crate) struct ErasureFile {
    path: PathBuf,
    /// Sequence of its last line, once known.
    last: Option<u64>,
}

impl ErasureFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, last: None }
    }

    /// Appends what the table has and the file has not; durable when it returns.
    pub(crate) fn extend(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let last = match self.last.take() {
            Some(last) => last,
            None => self.mend(connection)?,
        };
        let (newest, _) = act::last(connection)?;
        if newest > last {
            let chain = if last == 0 { erasures::START } else { act::chain(connection, last)? };
            let (text, _) = erasures::to_text(chain, &act::list(connection, last)?);
            let mut file = private(&self.path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
        }
        self.last = Some(newest);
        Ok(())
    }

    /// Sequence of the last whole line; cuts off what a power loss left of another.
    fn mend(&self, connection: &Connection) -> Result<u64, StoreError> {
        let mut file = private(&self.path)?;
        let mut text = String::new();
        file.seek(SeekFrom::Start(0))?;
        file.read_to_string(&mut text)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        if whole < text.len() {
            file.set_len(whole as u64)?;
        }
        let listed = erasures::from_text(&text)?;
        let Some((erasure, chain)) = listed.last() else { return Ok(0) };
        // The file may be ahead only where an older database was put back by hand: serving it would undo erasures.
        let (newest, _) = act::last(connection)?;
        let same = erasure.sequence <= newest && act::chain(connection, erasure.sequence)? == *chain;
        if same { Ok(erasure.sequence) } else { Err(StoreError::OldErasures) }
    }
}

/// A file that its owner alone may read; made if need be. SQLite gives its companion files the same mode.
pub(crate) fn private(path: &Path) -> Result<File, StoreError> {
    let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}
