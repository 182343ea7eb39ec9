//! Erasure: keys and salts are overwritten where they lie, the rest is deleted, and the list of erasures grows.

use model::{RecordId, Slug, SubjectId};

use super::thresholds::{face_gone, person_gone};
use super::{Act, changes, records, walk};
use crate::erasures::{self, Chain};
use crate::error::{CommitError, StoreError};
use crate::read::{Erased, Erasure};
use crate::sql::column::{SubjectOrNone, subject_bytes, values};
use crate::sql::connection::{Connection, Row};
use crate::sql::uploads;

const PART: &str = "SELECT p.slot, length(k.wrapped) FROM part p LEFT JOIN key_slot k ON k.slot = p.slot \
    WHERE p.record = ?1 AND p.subject = ?2 AND p.role = ?3";
/// In place and of the same length: the row does not move, so no copy of it stays behind.
pub(crate) const SLOT_ZERO: &str = "UPDATE key_slot SET wrapped = ?2 WHERE slot = ?1";
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
const ORGANISATION_TOKEN_DROP: &str = "DELETE FROM organisation_token WHERE organisation IN \
    (SELECT organisation FROM organisation WHERE record = ?1)";
const TOKENS_OF_DROP: &str =
    "DELETE FROM token WHERE (kind, token) IN (SELECT kind, token FROM token_carrier WHERE subject = ?1)";
const PERMISSIONS_DROP: &str = "DELETE FROM device_permission WHERE subject = ?1";
const REFUSALS_DROP: &str = "DELETE FROM refusal WHERE subject = ?1";
const CARRIERS_OF_DROP: &str = "DELETE FROM token_carrier WHERE subject = ?1";
const NOTICES_DROP: &str = "DELETE FROM outbox WHERE subject = ?1";
const APPROVALS_DROP: &str = "DELETE FROM approval WHERE subject = ?1";
const ATTESTED_DROP: &str = "DELETE FROM attestation WHERE subject = ?1";
const TELEPHONES_DROP: &str = "UPDATE record_role SET telephone = NULL WHERE subject = ?1";
/// The row stays until its number is released; nobody opens it any more.
const ASSIGNMENTS_END: &str = "UPDATE assignment SET ended = coalesce(ended, at) WHERE subject = ?1";
const LINK_ZERO: &str = "UPDATE leaf_link SET body = ?2 WHERE link = ?1";
const FORGET: &str = "UPDATE subject SET forgotten = 1, last_link = 0, gate_record = NULL, gate_role = NULL WHERE subject = ?1 \
    AND forgotten = 0";
const LAST: &str = "SELECT sequence, chain FROM erasure ORDER BY sequence DESC LIMIT 1";
const CHAIN: &str = "SELECT chain FROM erasure WHERE sequence = ?1";
const NOTE: &str = "INSERT INTO erasure (sequence, record, subject, role, leaf, chain) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
/// The whole list with its chain, for a check.
pub(crate) const ERASURES_LISTED: &str =
    "SELECT sequence, record, subject, role, leaf, chain FROM erasure ORDER BY sequence";
const LIST: &str = "SELECT sequence, record, subject, role, leaf FROM erasure WHERE sequence > ?1 ORDER BY sequence";

impl Act<'_> {
    pub(crate) fn destroy(
        &mut self,
        record: RecordId,
        subject: Option<SubjectId>,
        role: &Slug,
    ) -> Result<(), CommitError> {
        if let Some(subject) = subject {
            self.touch_unless_forgotten(subject)?;
        }
        self.claimed.clear();
        match destroy(self.connection, record, subject, role)? {
            None => Err(CommitError::Missing { what: "record part" }),
            // Twice is once: the list keeps the leaf of the first time.
            Some(false) => Ok(()),
            Some(true) => {
                self.keyed.remove(&(record, subject, role.clone()));
                let part = values![record.as_bytes(), subject_bytes(subject.as_ref()), role.as_str()];
                self.connection.overtaken(records::PART, part);
                self.note(Erased::Part { record, subject, role: role.clone() })
            }
        }
    }

    pub(crate) fn forget(&mut self, subject: SubjectId) -> Result<(), CommitError> {
        self.touch(subject)?;
        self.counted()?;
        self.claimed.clear();
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
pub(crate) fn destroy(
    connection: &Connection,
    record: RecordId,
    subject: Option<SubjectId>,
    role: &Slug,
) -> Result<Option<bool>, StoreError> {
    let of = subject_bytes(subject.as_ref());
    let part = values![record.as_bytes(), of, role.as_str()];
    let found = connection.row(PART, part, |row| Ok((row.get::<Option<u64>>(0)?, row.get::<Option<u32>>(1)?)))?;
    let (slot, length) = match found {
        None => return Ok(None),
        Some((Some(slot), Some(length))) => (slot, length),
        Some(_) => return Ok(Some(false)),
    };
    let zeroes = vec![0; usize::try_from(length).unwrap_or_default()];
    connection.execute(SLOT_ZERO, values![slot, &zeroes])?;
    connection.execute(PART_CLOSE, part)?;
    for sql in [VALUES_DROP, PAPERS_DROP, OBJECTS_LOOSE, ATTACHMENTS_DROP] {
        connection.execute(sql, part)?;
    }
    uploads::end_of_part(connection, record, of, role)?;
    if let Some(subject) = subject {
        face_gone(connection, record, subject, role)?;
    }
    let carrier = values![of, record.as_bytes(), role.as_str()];
    let tokens: Vec<(String, Vec<u8>)> = connection.rows(CARRIED, carrier, |row| Ok((row.get(0)?, row.get(1)?)))?;
    connection.execute(CARRIERS_DROP, carrier)?;
    for (kind, token) in tokens {
        connection.execute(TOKEN_DROP, values![&kind, &token, of])?;
    }
    if subject.is_none() {
        connection.execute(ORGANISATION_TOKEN_DROP, values![record.as_bytes()])?;
    }
    Ok(Some(true))
}

/// Forgets a subject whose chain begins at `last_link`.
pub(crate) fn forget(connection: &Connection, subject: SubjectId, last_link: u64) -> Result<(), StoreError> {
    for sql in [
        TOKENS_OF_DROP,
        CARRIERS_OF_DROP,
        PERMISSIONS_DROP,
        REFUSALS_DROP,
        ATTESTED_DROP,
        APPROVALS_DROP,
        TELEPHONES_DROP,
        ASSIGNMENTS_END,
        NOTICES_DROP,
    ] {
        connection.execute(sql, values![subject.as_bytes()])?;
    }
    uploads::end_of_subject(connection, subject)?;
    changes::forget(connection, subject, last_link)?;
    walk(connection, last_link, |link, _| Ok(connection.execute(LINK_ZERO, values![link, &[0; 48]]).map(drop)?))?;
    if connection.execute(FORGET, values![subject.as_bytes()])? == 1 {
        person_gone(connection)?;
    }
    Ok(())
}

/// Sequence and chain of the newest erasure.
pub(crate) fn last(connection: &Connection) -> Result<(u64, Chain), StoreError> {
    let last = connection.row(LAST, values![], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(last.unwrap_or((0, erasures::START)))
}

/// The chain after an erasure that is there.
pub(crate) fn chain(connection: &Connection, sequence: u64) -> Result<Chain, StoreError> {
    connection.one(CHAIN, values![sequence], |row| row.get(0))
}

/// Appends to the list of erasures.
pub(crate) fn note(connection: &Connection, erasure: &Erasure, before: Chain) -> Result<(), StoreError> {
    let (record, subject, role) = match &erasure.erased {
        Erased::Part { record, subject, role } => (Some(record), subject.as_ref(), Some(role.as_str())),
        Erased::Subject(subject) => (None, Some(subject), None),
    };
    let chain = erasures::next(before, erasure);
    connection.execute(
        NOTE,
        values![
            erasure.sequence,
            record.map(RecordId::as_bytes),
            subject_bytes(subject),
            role,
            erasure.leaf,
            chain.as_bytes(),
        ],
    )?;
    Ok(())
}

/// The list of erasures after a sequence number.
pub(crate) fn list(connection: &Connection, after: u64) -> Result<Vec<Erasure>, StoreError> {
    connection.rows(LIST, values![after], erasure)
}

/// A line of the list.
pub(crate) fn erasure(row: &Row<'_>) -> Result<Erasure, StoreError> {
    let erased = match (row.get(1)?, row.get(3)?) {
        (Some(record), Some(role)) => Erased::Part { record, subject: row.get::<SubjectOrNone>(2)?.0, role },
        _ => Erased::Subject(row.get(2)?),
    };
    Ok(Erasure { sequence: row.get(0)?, erased, leaf: row.get(4)? })
}
