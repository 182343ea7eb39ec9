//! Reads of servicing requests.

use model::RecordId;
use model::service::End;

use crate::error::StoreError;
use crate::service::{Service, ServiceRow};
use crate::sql::column::values;
use crate::sql::connection::{Connection, Row};

pub(super) const ONE: &str = "SELECT request, about, wish, ended, at, reason FROM service WHERE request = ?1";
const ABOUT: &str = "SELECT s.request, s.about, s.wish, s.ended, s.at, s.reason \
    FROM service s JOIN record r ON r.record = s.request WHERE s.about = ?1 ORDER BY r.at, s.request";
const OPEN: &str = "SELECT s.request, s.about, s.wish, s.ended, s.at, s.reason \
    FROM service s JOIN record r ON r.record = s.request WHERE s.ended IS NULL AND r.life <> 'erased' \
    AND (r.at, s.request) > (coalesce((SELECT at FROM record WHERE record = ?1), 0), ?1) \
    ORDER BY r.at, s.request LIMIT ?2";

pub(crate) fn one(connection: &Connection, request: RecordId) -> Result<Option<ServiceRow>, StoreError> {
    connection.row(ONE, values![request.as_bytes()], service)
}

pub(crate) fn about(connection: &Connection, record: RecordId) -> Result<Vec<ServiceRow>, StoreError> {
    connection.rows(ABOUT, values![record.as_bytes()], service)
}

pub(crate) fn open(
    connection: &Connection,
    after: Option<RecordId>,
    limit: u32,
) -> Result<Vec<ServiceRow>, StoreError> {
    let after = after.as_ref().map_or(&[][..], |id| id.as_bytes());
    connection.rows(OPEN, values![after, limit], service)
}

fn service(row: &Row<'_>) -> Result<ServiceRow, StoreError> {
    let service = Service { request: row.get(0)?, about: row.get(1)?, wish: row.get(2)? };
    Ok(ServiceRow { service, ended: row.get::<Option<End>>(3)?.zip(row.get(4)?), reason: row.get(5)? })
}
