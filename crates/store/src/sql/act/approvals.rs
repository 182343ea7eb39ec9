//! Facts about approvals.

use jiff::Timestamp;
use model::{ActorId, ApprovalId};

use super::Act;
use crate::approval::NewApproval;
use crate::error::CommitError;
use crate::sql::column::values;

const ASK: &str = "INSERT INTO approval (approval, subject, function, asked_by, asker, because, at, leaf) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const WHOSE: &str = "SELECT subject FROM approval WHERE approval = ?1";
const GIVE: &str = "UPDATE approval SET given_by = ?2, until = ?3 WHERE approval = ?1 AND given_by IS NULL";

impl Act<'_> {
    pub(crate) fn approval(&mut self, new: &NewApproval) -> Result<(), CommitError> {
        self.touch(new.subject)?;
        let values = values![
            new.id.as_bytes(),
            new.subject.as_bytes(),
            new.function.as_str(),
            new.by.as_bytes(),
            new.asker.as_bytes(),
            new.because,
            new.at,
            self.leaf,
        ];
        self.add(ASK, "subject", values)
    }

    pub(crate) fn approve(&mut self, id: ApprovalId, by: ActorId, until: Timestamp) -> Result<(), CommitError> {
        let subject = self.whose(WHOSE, id.as_bytes(), "approval")?;
        self.touch(subject)?;
        // Another was faster.
        match self.connection.execute(GIVE, values![id.as_bytes(), by.as_bytes(), until])? {
            0 => Err(CommitError::Moved),
            _ => Ok(()),
        }
    }
}
