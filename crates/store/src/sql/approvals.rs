//! Reads about approvals.

use model::{ActorId, ApprovalId, SubjectId};

use crate::approval::{ApprovalRow, NewApproval};
use crate::error::StoreError;
use crate::sql::column::values;
use crate::sql::connection::{Connection, Row};

const ONE: &str = "SELECT approval, subject, function, asked_by, asker, because, at, given_by, until FROM approval WHERE approval = ?1";
const OF: &str = "SELECT approval, subject, function, asked_by, asker, because, at, given_by, until FROM approval \
    WHERE subject = ?1 ORDER BY leaf DESC, approval";
const WAITING: &str = "SELECT approval, subject, function, asked_by, asker, because, at, given_by, until FROM approval \
    WHERE given_by IS NULL ORDER BY at DESC, approval LIMIT ?1";

pub(crate) fn one(connection: &Connection, id: ApprovalId) -> Result<Option<ApprovalRow>, StoreError> {
    connection.row(ONE, values![id.as_bytes()], approval)
}

pub(crate) fn of(connection: &Connection, subject: SubjectId) -> Result<Vec<ApprovalRow>, StoreError> {
    connection.rows(OF, values![subject.as_bytes()], approval)
}

pub(crate) fn waiting(connection: &Connection, limit: u32) -> Result<Vec<ApprovalRow>, StoreError> {
    connection.rows(WAITING, values![limit], approval)
}

fn approval(row: &Row<'_>) -> Result<ApprovalRow, StoreError> {
    let asked = NewApproval {
        id: row.get(0)?,
        subject: row.get(1)?,
        function: row.get(2)?,
        by: row.get(3)?,
        asker: row.get(4)?,
        because: row.get(5)?,
        at: row.get(6)?,
    };
    Ok(ApprovalRow { asked, given: row.get::<Option<ActorId>>(7)?.zip(row.get(8)?) })
}
