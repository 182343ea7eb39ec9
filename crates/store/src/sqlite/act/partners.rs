//! Facts about outside parties: who is cut off, whom their people may call, and by which number.

use jiff::Timestamp;
use model::{AssignmentId, Slug, SubjectId};
use rusqlite::params;

use super::Act;
use super::facts::missing;
use crate::error::CommitError;
use crate::partner::{CutOff, NewAssignment};
use crate::sqlite::columns::{Sql, column};
use crate::sqlite::partners::is_cut_off;

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
    pub(super) fn standing(&self, party: &Slug, is_cut: bool) -> Result<(), CommitError> {
        if is_cut_off(self.connection, party)? == is_cut { Ok(()) } else { Err(CommitError::Moved) }
    }

    pub(super) fn cut_off(&mut self, done: &CutOff) -> Result<(), CommitError> {
        let values = params![done.party.as_str(), done.is_cut, done.because, Sql(done.at), Sql(self.leaf)];
        self.put(CUT_OFF, "party", values)
    }

    pub(super) fn assign(&mut self, new: &NewAssignment) -> Result<(), CommitError> {
        self.touch(new.subject)?;
        let values = params![
            new.id.as_bytes(),
            new.subject.as_bytes(),
            new.party.as_str(),
            new.share.as_str(),
            Sql(new.at),
            Sql(new.until),
            Sql(self.leaf),
        ];
        self.put(ASSIGN, "subject", values)
    }

    pub(super) fn unassign(&mut self, id: AssignmentId, at: Timestamp) -> Result<(), CommitError> {
        self.touch_unless_forgotten(self.assigned(id)?)?;
        self.put(UNASSIGN, "assignment", params![id.as_bytes(), Sql(at)])
    }

    pub(super) fn bind(&mut self, id: AssignmentId, until: Timestamp) -> Result<(), CommitError> {
        self.touch(self.assigned(id)?)?;
        self.move_binding(BIND, params![id.as_bytes(), Sql(until)])
    }

    pub(super) fn unbind(&mut self, id: AssignmentId) -> Result<(), CommitError> {
        self.touch_unless_forgotten(self.assigned(id)?)?;
        self.move_binding(UNBIND, [id.as_bytes()])
    }

    /// Two that bind, or end, at once: one of them comes too late.
    fn move_binding(&self, sql: &'static str, values: impl rusqlite::Params) -> Result<(), CommitError> {
        match self.connection.prepare_cached(sql)?.execute(values)? {
            0 => Err(CommitError::Moved),
            _ => Ok(()),
        }
    }

    /// Which customer was handed over.
    fn assigned(&self, id: AssignmentId) -> Result<SubjectId, CommitError> {
        let mut of = self.connection.prepare_cached(WHOSE)?;
        let subject = of.query_row([id.as_bytes()], |row| column(row, 0));
        subject.map_err(|error| missing(error, "assignment"))
    }
}
