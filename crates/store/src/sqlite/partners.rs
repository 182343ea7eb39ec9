//! Reads about outside parties, and the one row that changes outside an act: the number that a network gave.

use model::{AssignmentId, Slug, SubjectId};
use rusqlite::{Connection, Row, params};

use super::columns::{column, optional};
use super::read::{row, rows};
use crate::error::StoreError;
use crate::partner::{AssignmentRow, CutOff, CutOffRow, NewAssignment, VirtualNumber};

const CUT_OFFS: &str = "SELECT party, is_cut, because, at, leaf FROM cut_off ORDER BY leaf, party";
const IS_CUT_OFF: &str = "SELECT is_cut FROM cut_off WHERE party = ?1 ORDER BY number DESC LIMIT 1";
const ASSIGNMENT: &str = "SELECT assignment, subject, party, share, at, until, ended, bound_until, number, binding, leaf \
    FROM assignment WHERE assignment = ?1";
const ASSIGNMENTS_OF: &str = "SELECT assignment, subject, party, share, at, until, ended, bound_until, number, binding, \
    leaf FROM assignment WHERE subject = ?1 ORDER BY leaf DESC, assignment";
const ASSIGNMENTS_TO: &str = "SELECT assignment, subject, party, share, at, until, ended, bound_until, number, binding, \
    leaf FROM assignment WHERE party = ?1 ORDER BY leaf DESC, assignment LIMIT ?2";
const ASSIGNMENTS_BOUND: &str = "SELECT assignment, subject, party, share, at, until, ended, bound_until, number, \
    binding, leaf FROM assignment WHERE bound_until IS NOT NULL ORDER BY bound_until, assignment LIMIT ?1";
const NUMBER: &str = "UPDATE assignment SET number = ?2, binding = ?3 \
    WHERE assignment = ?1 AND ended IS NULL AND bound_until IS NOT NULL AND number IS NULL AND NOT coalesce( \
    (SELECT c.is_cut FROM cut_off c WHERE c.party = assignment.party ORDER BY c.number DESC LIMIT 1), 0)";

pub(super) fn cut_offs(connection: &Connection) -> Result<Vec<CutOffRow>, StoreError> {
    rows(connection, CUT_OFFS, [], |row| {
        let done = CutOff { party: column(row, 0)?, is_cut: row.get(1)?, because: row.get(2)?, at: column(row, 3)? };
        Ok(CutOffRow { done, leaf: column(row, 4)? })
    })
}

pub(super) fn is_cut_off(connection: &Connection, party: &Slug) -> Result<bool, StoreError> {
    Ok(row(connection, IS_CUT_OFF, [party.as_str()], |row| row.get(0))?.unwrap_or(false))
}

pub(super) fn assignment(connection: &Connection, id: AssignmentId) -> Result<Option<AssignmentRow>, StoreError> {
    row(connection, ASSIGNMENT, [id.as_bytes()], assigned)
}

pub(super) fn assignments_of(connection: &Connection, subject: SubjectId) -> Result<Vec<AssignmentRow>, StoreError> {
    rows(connection, ASSIGNMENTS_OF, [subject.as_bytes()], assigned)
}

pub(super) fn assignments_to(
    connection: &Connection,
    party: &Slug,
    limit: u32,
) -> Result<Vec<AssignmentRow>, StoreError> {
    rows(connection, ASSIGNMENTS_TO, params![party.as_str(), limit], assigned)
}

pub(super) fn assignments_bound(connection: &Connection, limit: u32) -> Result<Vec<AssignmentRow>, StoreError> {
    rows(connection, ASSIGNMENTS_BOUND, [limit], assigned)
}

pub(super) fn number(connection: &Connection, id: AssignmentId, given: &VirtualNumber) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(NUMBER)?;
    Ok(statement.execute(params![id.as_bytes(), given.number, given.binding])? == 1)
}

fn assigned(row: &Row<'_>) -> rusqlite::Result<AssignmentRow> {
    let new = NewAssignment {
        id: column(row, 0)?,
        subject: column(row, 1)?,
        party: column(row, 2)?,
        share: column(row, 3)?,
        at: column(row, 4)?,
        until: column(row, 5)?,
    };
    let given = row.get::<_, Option<String>>(8)?.zip(row.get::<_, Option<String>>(9)?);
    Ok(AssignmentRow {
        new,
        ended: optional(row, 6)?,
        bound_until: optional(row, 7)?,
        number: given.map(|(number, binding)| VirtualNumber { number, binding }),
        leaf: column(row, 10)?,
    })
}
