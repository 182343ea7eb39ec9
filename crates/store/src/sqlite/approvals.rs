//! Reads about approvals.

use model::{ApprovalId, SubjectId};
use rusqlite::{Connection, Params, Row, params};

use super::columns::{column, optional};
use crate::approval::{ApprovalRow, NewApproval};
use crate::error::StoreError;

const ONE: &str =
    "SELECT approval, subject, function, asked_by, because, at, given_by, until FROM approval WHERE approval = ?1";
const OF: &str = "SELECT approval, subject, function, asked_by, because, at, given_by, until FROM approval \
    WHERE subject = ?1 ORDER BY leaf DESC, approval";
const WAITING: &str = "SELECT approval, subject, function, asked_by, because, at, given_by, until FROM approval \
    WHERE given_by IS NULL ORDER BY at DESC, approval LIMIT ?1";

pub(super) fn one(connection: &Connection, id: ApprovalId) -> Result<Option<ApprovalRow>, StoreError> {
    Ok(list(connection, ONE, [id.as_bytes()])?.pop())
}

pub(super) fn of(connection: &Connection, subject: SubjectId) -> Result<Vec<ApprovalRow>, StoreError> {
    list(connection, OF, [subject.as_bytes()])
}

pub(super) fn waiting(connection: &Connection, limit: u32) -> Result<Vec<ApprovalRow>, StoreError> {
    list(connection, WAITING, params![limit])
}

fn list(connection: &Connection, sql: &'static str, values: impl Params) -> Result<Vec<ApprovalRow>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(values, approval)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn approval(row: &Row<'_>) -> rusqlite::Result<ApprovalRow> {
    let asked = NewApproval {
        id: column(row, 0)?,
        subject: column(row, 1)?,
        function: column(row, 2)?,
        by: column(row, 3)?,
        because: row.get(4)?,
        at: column(row, 5)?,
    };
    Ok(ApprovalRow { asked, given: optional(row, 6)?.zip(optional(row, 7)?) })
}
