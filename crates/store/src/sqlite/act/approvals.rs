//! Facts about approvals.

use jiff::Timestamp;
use model::{ActorId, ApprovalId, SubjectId};
use rusqlite::params;

use super::Act;
use super::facts::missing;
use crate::approval::NewApproval;
use crate::error::CommitError;
use crate::sqlite::columns::{Sql, column};

const ASK: &str = "INSERT INTO approval (approval, subject, function, asked_by, asker, because, at, leaf) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const WHOSE: &str = "SELECT subject FROM approval WHERE approval = ?1";
const GIVE: &str = "UPDATE approval SET given_by = ?2, until = ?3 WHERE approval = ?1 AND given_by IS NULL";

impl Act<'_> {
    pub(super) fn approval(&mut self, new: &NewApproval) -> Result<(), CommitError> {
        self.touch(new.subject)?;
        let values = params![
            new.id.as_bytes(),
            new.subject.as_bytes(),
            new.function.as_str(),
            new.by.as_bytes(),
            new.asker.as_bytes(),
            new.because,
            Sql(new.at),
            Sql(self.leaf),
        ];
        self.put(ASK, "subject", values)
    }

    pub(super) fn approve(&mut self, id: ApprovalId, by: ActorId, until: Timestamp) -> Result<(), CommitError> {
        let mut of = self.connection.prepare_cached(WHOSE)?;
        let subject: SubjectId =
            of.query_row([id.as_bytes()], |row| column(row, 0)).map_err(|error| missing(error, "approval"))?;
        self.touch(subject)?;
        let mut give = self.connection.prepare_cached(GIVE)?;
        // Another was faster.
        match give.execute(params![id.as_bytes(), by.as_bytes(), Sql(until)])? {
            0 => Err(CommitError::Moved),
            _ => Ok(()),
        }
    }
}
