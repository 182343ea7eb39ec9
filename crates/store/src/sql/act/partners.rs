//! Facts about outside parties: who is cut off, whom their people may call, and by which number.

use jiff::Timestamp;
use model::{AssignmentId, Slug, SubjectId};

use super::Act;
use crate::error::CommitError;
use crate::partner::{CutOff, NewAssignment};
use crate::sql::column::{Value, values};
use crate::sql::partners::{IS_CUT_OFF, is_cut_off};

const CUT_OFF: &str = "INSERT INTO cut_off (party, number, is_cut, because, at, leaf) \
    VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM cut_off WHERE party = ?1), ?2, ?3, ?4, ?5)";
const ASSIGN: &str = "INSERT INTO assignment (assignment, subject, party, share, at, until, leaf) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const WHOSE: &str = "SELECT subject FROM assignment WHERE assignment = ?1";
/// The first end stays.
const UNASSIGN: &str = "UPDATE assignment SET ended = coalesce(ended, ?2) WHERE assignment = ?1";
const BIND: &str =
    "UPDATE assignment SET bound_until = ?2 WHERE assignment = ?1 AND ended IS NULL AND bound_until IS NULL";
const UNBIND: &str = "UPDATE assignment SET bound_until = NULL, number = NULL, binding = NULL WHERE assignment = ?1 AND bound_until IS NOT NULL";

impl Act<'_> {
    /// Whether a party stands as the act was decided on.
    pub(crate) fn standing(&self, party: &Slug, is_cut: bool) -> Result<(), CommitError> {
        if is_cut_off(self.connection, party)? == is_cut { Ok(()) } else { Err(CommitError::Moved) }
    }

    pub(crate) fn cut_off(&mut self, done: &CutOff) -> Result<(), CommitError> {
        let values = values![done.party.as_str(), done.is_cut, done.because, done.at, self.leaf];
        self.connection.overtaken(IS_CUT_OFF, values![done.party.as_str()]);
        self.add(CUT_OFF, "party", values)
    }

    pub(crate) fn assign(&mut self, new: &NewAssignment) -> Result<(), CommitError> {
        self.touch(new.subject)?;
        let values = values![
            new.id.as_bytes(),
            new.subject.as_bytes(),
            new.party.as_str(),
            new.share.as_str(),
            new.at,
            new.until,
            self.leaf,
        ];
        self.add(ASSIGN, "subject", values)
    }

    pub(crate) fn unassign(&mut self, id: AssignmentId, at: Timestamp) -> Result<(), CommitError> {
        self.touch_unless_forgotten(self.assigned(id)?)?;
        self.put(UNASSIGN, "assignment", values![id.as_bytes(), at])
    }

    pub(crate) fn bind(&mut self, id: AssignmentId, until: Timestamp) -> Result<(), CommitError> {
        self.touch(self.assigned(id)?)?;
        self.move_binding(BIND, values![id.as_bytes(), until])
    }

    pub(crate) fn unbind(&mut self, id: AssignmentId) -> Result<(), CommitError> {
        self.touch_unless_forgotten(self.assigned(id)?)?;
        self.move_binding(UNBIND, values![id.as_bytes()])
    }

    /// Two that bind, or end, at once: one of them comes too late.
    fn move_binding<'v>(&self, sql: &'static str, values: impl AsRef<[Value<'v>]>) -> Result<(), CommitError> {
        match self.connection.execute(sql, values)? {
            0 => Err(CommitError::Moved),
            _ => Ok(()),
        }
    }

    /// Which customer was handed over.
    fn assigned(&self, id: AssignmentId) -> Result<SubjectId, CommitError> {
        self.whose(WHOSE, id.as_bytes(), "assignment")
    }
}
