//! Reads about outside parties, and the one row that changes outside an act: the number that a network gave.

use model::{AssignmentId, Slug, SubjectId};

use crate::error::StoreError;
use crate::partner::{AssignmentRow, CutOff, CutOffRow, NewAssignment, VirtualNumber};
use crate::sql::column::values;
use crate::sql::connection::{Connection, Row};

const CUT_OFFS: &str = "SELECT party, is_cut, because, at, leaf FROM cut_off ORDER BY leaf, party";
pub(crate) const IS_CUT_OFF: &str = "SELECT is_cut FROM cut_off WHERE party = ?1 ORDER BY number DESC LIMIT 1";
const ASSIGNMENT: &str = "SELECT assignment, subject, party, share, at, until, ended, bound_until, number, binding, leaf \
    FROM assignment WHERE assignment = ?1";
const ASSIGNMENTS_OF: &str = "SELECT assignment, subject, party, share, at, until, ended, bound_until, number, binding, \
    leaf FROM assignment WHERE subject = ?1 ORDER BY leaf DESC, assignment";
const ASSIGNMENTS_TO: &str = "SELECT assignment, subject, party, share, at, until, ended, bound_until, number, binding, \
    leaf FROM assignment WHERE party = ?1 ORDER BY leaf DESC, assignment LIMIT ?2";
const ASSIGNMENTS_BOUND: &str = "SELECT assignment, subject, party, share, at, until, ended, bound_until, number, \
    binding, leaf FROM assignment WHERE bound_until IS NOT NULL ORDER BY bound_until, assignment LIMIT ?1";
const NUMBER: &str = "UPDATE assignment SET number = ?2, binding = ?3 \
    WHERE assignment = ?1 AND ended IS NULL AND bound_until IS NOT NULL AND number IS NULL AND coalesce( \
    (SELECT c.is_cut FROM cut_off c WHERE c.party = assignment.party ORDER BY c.number DESC LIMIT 1), 0) = 0";

pub(crate) fn cut_offs(connection: &Connection) -> Result<Vec<CutOffRow>, StoreError> {
    connection.rows(CUT_OFFS, values![], |row| {
        let done = CutOff { party: row.get(0)?, is_cut: row.get(1)?, because: row.get(2)?, at: row.get(3)? };
        Ok(CutOffRow { done, leaf: row.get(4)? })
    })
}

pub(crate) fn is_cut_off(connection: &Connection, party: &Slug) -> Result<bool, StoreError> {
    Ok(connection.row(IS_CUT_OFF, values![party.as_str()], |row| row.get(0))?.unwrap_or(false))
}

pub(crate) fn assignment(connection: &Connection, id: AssignmentId) -> Result<Option<AssignmentRow>, StoreError> {
    connection.row(ASSIGNMENT, values![id.as_bytes()], assigned)
}

pub(crate) fn assignments_of(connection: &Connection, subject: SubjectId) -> Result<Vec<AssignmentRow>, StoreError> {
    connection.rows(ASSIGNMENTS_OF, values![subject.as_bytes()], assigned)
}

pub(crate) fn assignments_to(
    connection: &Connection,
    party: &Slug,
    limit: u32,
) -> Result<Vec<AssignmentRow>, StoreError> {
    connection.rows(ASSIGNMENTS_TO, values![party.as_str(), limit], assigned)
}

pub(crate) fn assignments_bound(connection: &Connection, limit: u32) -> Result<Vec<AssignmentRow>, StoreError> {
    connection.rows(ASSIGNMENTS_BOUND, values![limit], assigned)
}

pub(crate) fn number(connection: &Connection, id: AssignmentId, given: &VirtualNumber) -> Result<bool, StoreError> {
    Ok(connection.execute(NUMBER, values![id.as_bytes(), given.number, given.binding])? == 1)
}

fn assigned(row: &Row<'_>) -> Result<AssignmentRow, StoreError> {
    let new = NewAssignment {
        id: row.get(0)?,
        subject: row.get(1)?,
        party: row.get(2)?,
        share: row.get(3)?,
        at: row.get(4)?,
        until: row.get(5)?,
    };
    let given = row.get::<Option<String>>(8)?.zip(row.get::<Option<String>>(9)?);
    Ok(AssignmentRow {
        new,
        ended: row.get(6)?,
        bound_until: row.get(7)?,
        number: given.map(|(number, binding)| VirtualNumber { number, binding }),
        leaf: row.get(10)?,
    })
}
