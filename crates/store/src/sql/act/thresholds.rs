//! Facts about thresholds of the law: who is counted, what was reached, what was filed for it.

use jiff::Timestamp;
use model::{RecordId, Slug, SubjectId};

use super::{Act, conflict};
use crate::error::{CommitError, StoreError};
use crate::sql::column::values;
use crate::sql::connection::Connection;
use crate::threshold::Filing;

const PERSON_GOES: &str = "UPDATE tally SET persons = persons - 1";
/// Into a part that has its key, as a value goes.
const FACE_PUT: &str = "INSERT INTO face_part (subject, record, role) SELECT subject, record, role FROM part \
    WHERE record = ?1 AND subject = ?2 AND role = ?3 AND slot IS NOT NULL ON CONFLICT DO NOTHING";
const FACE_COMES: &str = "UPDATE tally SET faces = faces + 1 \
    WHERE (SELECT count(*) FROM (SELECT 1 FROM face_part WHERE subject = ?1 LIMIT 2) AS few) = 1";
const FACE_DROP: &str = "DELETE FROM face_part WHERE record = ?1 AND subject = ?2 AND role = ?3";
const FACE_GOES: &str =
    "UPDATE tally SET faces = faces - 1 WHERE NOT EXISTS (SELECT 1 FROM face_part WHERE subject = ?1)";
const REACHED: &str = "INSERT INTO threshold (rule, reached, leaf) VALUES (?1, ?2, ?3)";
const FILED: &str = "UPDATE threshold SET filed_on = ?2, number = ?3, filed = ?4, filed_leaf = ?5 \
    WHERE rule = ?1 AND filed IS NULL";

impl Act<'_> {
    pub(crate) fn face(&mut self, record: RecordId, subject: SubjectId, role: &Slug) -> Result<(), CommitError> {
        self.touch(subject)?;
        let part = values![record.as_bytes(), subject.as_bytes(), role.as_str()];
        if self.connection.execute(FACE_PUT, part).map_err(|error| conflict(error, "record part"))? == 1 {
            self.connection.execute(FACE_COMES, values![subject.as_bytes()])?;
        }
        Ok(())
    }

    pub(crate) fn reached(&self, rule: &str, at: Timestamp) -> Result<(), CommitError> {
        self.add(REACHED, "threshold", values![rule, at, self.leaf])
    }

    /// One that is filed for already has moved.
    pub(crate) fn filed(&self, filing: &Filing) -> Result<(), CommitError> {
        let Filing { rule, on, number, at } = filing;
        match self.connection.execute(FILED, values![rule, *on, number, *at, self.leaf])? {
            0 => Err(CommitError::Moved),
            _ => Ok(()),
        }
    }
}

/// A part is destroyed: its face is held no more.
pub(crate) fn face_gone(
    connection: &Connection,
    record: RecordId,
    subject: SubjectId,
    role: &Slug,
) -> Result<(), StoreError> {
    let part = values![record.as_bytes(), subject.as_bytes(), role.as_str()];
    if connection.execute(FACE_DROP, part)? == 1 {
        connection.execute(FACE_GOES, values![subject.as_bytes()])?;
    }
    Ok(())
}

/// A subject is forgotten: nobody is left to be counted.
pub(crate) fn person_gone(connection: &Connection) -> Result<(), StoreError> {
    connection.execute(PERSON_GOES, values![])?;
    Ok(())
}
