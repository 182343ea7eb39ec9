//! Erasure: keys and salts are overwritten where they lie, the rest is deleted, and the list of erasures grows.

use model::{RecordId, Slug, SubjectId};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::thresholds::{face_gone, person_gone};
use super::{Act, walk};
use crate::erasures::{self, Chain};
use crate::error::{CommitError, StoreError};
use crate::read::{Erased, Erasure};
use crate::sqlite::columns::{Sql, column, optional, subject_bytes, subject_or_none};

const PART: &str = "SELECT slot FROM part WHERE record = ?1 AND subject = ?2 AND role = ?3";
/// In place and of the same length: the row does not move, so no copy of it stays behind.
const SLOT_ZERO: &str = "UPDATE key_slot SET wrapped = zeroblob(length(wrapped)) WHERE slot = ?1";
const PART_CLOSE: &str = "UPDATE part SET slot = NULL WHERE record = ?1 AND subject = ?2 AND role = ?3";
const VALUES_DROP: &str = "DELETE FROM value WHERE record = ?1 AND subject = ?2 AND role = ?3";
const OBJECTS_LOOSE: &str = "INSERT INTO loose_object (object, since) \
    SELECT attachment, NULL FROM attachment WHERE record = ?1 AND subject = ?2 AND role = ?3";
const ATTACHMENTS_DROP: &str = "DELETE FROM attachment WHERE record = ?1 AND subject = ?2 AND role = ?3";
const PAPERS_DROP: &str = "DELETE FROM paper WHERE record = ?1 AND subject = ?2 AND role = ?3";
const CARRIED: &str = "SELECT kind, token FROM token_carrier WHERE subject = ?1 AND record = ?2 AND role = ?3";
const CARRIERS_DROP: &str = "DELETE FROM token_carrier WHERE subject = ?1 AND record = ?2 AND role = ?3";
const TOKEN_DROP: &str = "DELETE FROM token WHERE kind = ?1 AND token = ?2 AND NOT EXISTS \
    (SELECT 1 FROM token_carrier WHERE subject = ?3 AND kind = ?1 AND token = ?2)";
const ORGANISATION_TOKEN_DROP: &str = "UPDATE organisation SET token = NULL WHERE record = ?1";
const TOKENS_OF_DROP: &str =
    "DELETE FROM token WHERE (kind, token) IN (SELECT kind, token FROM token_carrier WHERE subject = ?1)";
const PERMISSIONS_DROP: &str = "DELETE FROM device_permission WHERE subject = ?1";
const REFUSALS_DROP: &str = "DELETE FROM refusal WHERE subject = ?1";
const CARRIERS_OF_DROP: &str = "DELETE FROM token_carrier WHERE subject = ?1";
const APPROVALS_DROP: &str = "DELETE FROM approval WHERE subject = ?1";
const ATTESTED_DROP: &str = "DELETE FROM attestation WHERE subject = ?1";
const TELEPHONES_DROP: &str = "UPDATE record_role SET telephone = NULL WHERE subject = ?1";
/// The row stays until its number is released; nobody opens it any more.
const ASSIGNMENTS_END: &str = "UPDATE assignment SET ended = coalesce(ended, at) WHERE subject = ?1";
const LINK_ZERO: &str = "UPDATE leaf_link SET body = zeroblob(48) WHERE link = ?1";
const FORGET: &str = "UPDATE subject SET forgotten = 1, last_link = 0, gate_record = NULL, gate_role = NULL WHERE subject = ?1 \
    AND forgotten = 0";
const LAST: &str = "SELECT sequence, chain FROM erasure ORDER BY sequence DESC LIMIT 1";
const CHAIN: &str = "SELECT chain FROM erasure WHERE sequence = ?1";
const NOTE: &str = "INSERT INTO erasure (sequence, record, subject, role, leaf, chain) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const LIST: &str = "SELECT sequence, record, subject, role, leaf FROM erasure WHERE sequence > ?1 ORDER BY sequence";

impl Act<'_> {
    pub(super) fn destroy(
        &mut self,
        record: RecordId,
        subject: Option<SubjectId>,
        role: &Slug,
    ) -> Result<(), CommitError> {
        if let Some(subject) = subject {
            self.touch_unless_forgotten(subject)?;
        }
        match destroy(self.connection, record, subject, role)? {
            None => Err(CommitError::Missing { what: "record part" }),
            // Twice is once: the list keeps the leaf of the first time.
            Some(false) => Ok(()),
            Some(true) => self.note(Erased::Part { record, subject, role: role.clone() }),
        }
    }

    pub(super) fn forget(&mut self, subject: SubjectId) -> Result<(), CommitError> {
        self.touch(subject)?;
        let connection = self.connection;
        let state = self.named(subject)?;
        forget(connection, subject, state.last_link)?;
        (state.last_link, state.forgotten) = (0, true);
        self.note(Erased::Subject(subject))
    }

    fn note(&mut self, erased: Erased) -> Result<(), CommitError> {
        let (last, chain) = last(self.connection)?;
        let erasure = Erasure { sequence: last + 1, erased, leaf: self.leaf };
        note(self.connection, &erasure, chain)?;
        self.erased = true;
        Ok(())
    }
}

/// Destroys a part: `None` when there is none, `false` when it was destroyed before.
pub(in crate::sqlite) fn destroy(
    connection: &Connection,
    record: RecordId,
    subject: Option<SubjectId>,
    role: &Slug,
) -> Result<Option<bool>, StoreError> {
    let of = subject_bytes(subject.as_ref());
    let part = params![record.as_bytes(), of, role.as_str()];
    let found = connection.prepare_cached(PART)?.query_row(part, |row| optional::<u64>(row, 0)).optional()?;
    let slot = match found {
        None => return Ok(None),
        Some(None) => return Ok(Some(false)),
        Some(Some(slot)) => slot,
    };
    connection.prepare_cached(SLOT_ZERO)?.execute([Sql(slot)])?;
    connection.prepare_cached(PART_CLOSE)?.execute(part)?;
    for sql in [VALUES_DROP, PAPERS_DROP, OBJECTS_LOOSE, ATTACHMENTS_DROP] {
        connection.prepare_cached(sql)?.execute(part)?;
    }
    if let Some(subject) = subject {
        face_gone(connection, record, subject, role)?;
    }
    let carrier = params![of, record.as_bytes(), role.as_str()];
    let mut carried = connection.prepare_cached(CARRIED)?;
    let tokens = carried.query_map(carrier, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let tokens: Vec<(String, Vec<u8>)> = tokens.collect::<Result<_, _>>()?;
    connection.prepare_cached(CARRIERS_DROP)?.execute(carrier)?;
    for (kind, token) in tokens {
        connection.prepare_cached(TOKEN_DROP)?.execute(params![kind, token, of])?;
    }
    if subject.is_none() {
        connection.prepare_cached(ORGANISATION_TOKEN_DROP)?.execute([record.as_bytes()])?;
    }
    Ok(Some(true))
}

/// Forgets a subject whose chain begins at `last_link`.
pub(in crate::sqlite) fn forget(connection: &Connection, subject: SubjectId, last_link: u64) -> Result<(), StoreError> {
    for sql in [
        TOKENS_OF_DROP,
        CARRIERS_OF_DROP,
        PERMISSIONS_DROP,
        REFUSALS_DROP,
        ATTESTED_DROP,
        APPROVALS_DROP,
        TELEPHONES_DROP,
        ASSIGNMENTS_END,
    ] {
        connection.prepare_cached(sql)?.execute([subject.as_bytes()])?;
    }
    let mut zero = connection.prepare_cached(LINK_ZERO)?;
    walk(connection, last_link, |link, _| Ok(zero.execute([Sql(link)]).map(drop)?))?;
    if connection.prepare_cached(FORGET)?.execute([subject.as_bytes()])? == 1 {
        person_gone(connection)?;
    }
    Ok(())
}

/// Sequence and chain of the newest erasure.
pub(in crate::sqlite) fn last(connection: &Connection) -> Result<(u64, Chain), StoreError> {
    let mut statement = connection.prepare_cached(LAST)?;
    let last = statement.query_row([], |row| Ok((column(row, 0)?, column(row, 1)?))).optional()?;
    Ok(last.unwrap_or((0, erasures::START)))
}

/// The chain after an erasure that is there.
pub(in crate::sqlite) fn chain(connection: &Connection, sequence: u64) -> Result<Chain, StoreError> {
    let mut statement = connection.prepare_cached(CHAIN)?;
    Ok(statement.query_row([Sql(sequence)], |row| column(row, 0))?)
}

/// Appends to the list of erasures.
pub(in crate::sqlite) fn note(connection: &Connection, erasure: &Erasure, before: Chain) -> Result<(), StoreError> {
    let (record, subject, role) = match &erasure.erased {
        Erased::Part { record, subject, role } => (Some(record), subject.as_ref(), Some(role.as_str())),
        Erased::Subject(subject) => (None, Some(subject), None),
    };
    connection.prepare_cached(NOTE)?.execute(params![
        Sql(erasure.sequence),
        record.map(RecordId::as_bytes),
        subject_bytes(subject),
        role,
        Sql(erasure.leaf),
        erasures::next(before, erasure).as_bytes(),
    ])?;
    Ok(())
}

/// The list of erasures after a sequence number.
pub(in crate::sqlite) fn list(connection: &Connection, after: u64) -> Result<Vec<Erasure>, StoreError> {
    let mut statement = connection.prepare_cached(LIST)?;
    let rows = statement.query_map([Sql(after)], |row| {
        let erased = match (optional(row, 1)?, optional(row, 3)?) {
            (Some(record), Some(role)) => Erased::Part { record, subject: subject_or_none(row, 2)?, role },
            _ => Erased::Subject(column(row, 2)?),
        };
        Ok(Erasure { sequence: column(row, 0)?, erased, leaf: column(row, 4)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
