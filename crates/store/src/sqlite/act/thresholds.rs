//! Facts about thresholds of the law: who is counted, what was reached, what was filed for it.

use jiff::Timestamp;
use model::{RecordId, Slug, SubjectId};
use rusqlite::{Connection, params};

use super::{Act, conflict};
use crate::error::{CommitError, StoreError};
use crate::sqlite::columns::Sql;
use crate::threshold::Filing;

const PERSON_COMES: &str = "UPDATE tally SET persons = persons + 1";
const PERSON_GOES: &str = "UPDATE tally SET persons = persons - 1";
/// Into a part that has its key, as a value goes.
const FACE_PUT: &str = "INSERT INTO face_part (subject, record, role) SELECT subject, record, role FROM part \
    WHERE record = ?1 AND subject = ?2 AND role = ?3 AND slot IS NOT NULL ON CONFLICT DO NOTHING";
const FACE_COMES: &str = "UPDATE tally SET faces = faces + 1 \
    WHERE (SELECT count(*) FROM (SELECT 1 FROM face_part WHERE subject = ?1 LIMIT 2)) = 1";
const FACE_DROP: &str = "DELETE FROM face_part WHERE record = ?1 AND subject = ?2 AND role = ?3";
const FACE_GOES: &str =
    "UPDATE tally SET faces = faces - 1 WHERE NOT EXISTS (SELECT 1 FROM face_part WHERE subject = ?1)";
const REACHED: &str = "INSERT INTO threshold (rule, reached, leaf) VALUES (?1, ?2, ?3)";
const FILED: &str = "UPDATE threshold SET filed_on = ?2, number = ?3, filed = ?4, filed_leaf = ?5 \
    WHERE rule = ?1 AND filed IS NULL";

impl Act<'_> {
    pub(super) fn counted(&self) -> Result<(), CommitError> {
        self.put(PERSON_COMES, "tally", [])
    }

    pub(super) fn face(&mut self, record: RecordId, subject: SubjectId, role: &Slug) -> Result<(), CommitError> {
        self.touch(subject)?;
        let part = params![record.as_bytes(), subject.as_bytes(), role.as_str()];
        let mut put = self.connection.prepare_cached(FACE_PUT)?;
        if put.execute(part).map_err(|error| conflict(error, "record part"))? == 1 {
            self.connection.prepare_cached(FACE_COMES)?.execute([subject.as_bytes()])?;
        }
        Ok(())
    }

    pub(super) fn reached(&self, rule: &str, at: Timestamp) -> Result<(), CommitError> {
        self.put(REACHED, "threshold", params![rule, Sql(at), Sql(self.leaf)])
    }

    /// One that is filed for already has moved.
    pub(super) fn filed(&self, filing: &Filing) -> Result<(), CommitError> {
        let Filing { rule, on, number, at } = filing;
        let mut file = self.connection.prepare_cached(FILED)?;
        match file.execute(params![rule, Sql(*on), number, Sql(*at), Sql(self.leaf)])? {
            0 => Err(CommitError::Moved),
            _ => Ok(()),
        }
    }
}

/// A part is destroyed: its face is held no more.
pub(super) fn face_gone(
    connection: &Connection,
    record: RecordId,
    subject: SubjectId,
    role: &Slug,
) -> Result<(), StoreError> {
    let part = params![record.as_bytes(), subject.as_bytes(), role.as_str()];
    if connection.prepare_cached(FACE_DROP)?.execute(part)? == 1 {
        connection.prepare_cached(FACE_GOES)?.execute([subject.as_bytes()])?;
    }
    Ok(())
}

/// A subject is forgotten: nobody is left to be counted.
pub(super) fn person_gone(connection: &Connection) -> Result<(), StoreError> {
    connection.prepare_cached(PERSON_GOES)?.execute([])?;
    Ok(())
}
