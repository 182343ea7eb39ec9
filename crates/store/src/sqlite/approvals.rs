//! Reads about approvals.

use model::{ApprovalId, SubjectId};
use rusqlite::{Connection, Row};

use super::columns::{column, optional};
use super::read::{row, rows};
use crate::approval::{ApprovalRow, NewApproval};
use crate::error::StoreError;

const ONE: &str = "SELECT approval, subject, function, asked_by, asker, because, at, given_by, until FROM approval WHERE approval = ?1";
const OF: &str = "SELECT approval, subject, function, asked_by, asker, because, at, given_by, until FROM approval \
    WHERE subject = ?1 ORDER BY leaf DESC, approval";
const WAITING: &str = "SELECT approval, subject, function, asked_by, asker, because, at, given_by, until FROM approval \
    WHERE given_by IS NULL ORDER BY at DESC, approval LIMIT ?1";

pub(super) fn one(connection: &Connection, id: ApprovalId) -> Result<Option<ApprovalRow>, StoreError> {
    row(connection, ONE, [id.as_bytes()], approval)
}

pub(super) fn of(connection: &Connection, subject: SubjectId) -> Result<Vec<ApprovalRow>, StoreError> {
    rows(connection, OF, [subject.as_bytes()], approval)
}

pub(super) fn waiting(connection: &Connection, limit: u32) -> Result<Vec<ApprovalRow>, StoreError> {
    rows(connection, WAITING, [limit], approval)
}

fn approval(row: &Row<'_>) -> rusqlite::Result<ApprovalRow> {
    let asked = NewApproval {
        id: column(row, 0)?,
        subject: column(row, 1)?,
        function: column(row, 2)?,
        by: column(row, 3)?,
        asker: column(row, 4)?,
        because: row.get(5)?,
        at: column(row, 6)?,
    };
    Ok(ApprovalRow { asked, given: optional(row, 7)?.zip(optional(row, 8)?) })
}
