//! Reads of servicing requests.

use model::RecordId;
use rusqlite::{Connection, Row, params};

use super::columns::{column, optional};
use super::read::{row, rows};
use crate::error::StoreError;
use crate::service::{Service, ServiceRow};

const ONE: &str = "SELECT request, about, wish, ended, at, reason FROM service WHERE request = ?1";
const ABOUT: &str = "SELECT s.request, s.about, s.wish, s.ended, s.at, s.reason \
    FROM service s JOIN record r ON r.record = s.request WHERE s.about = ?1 ORDER BY r.at, s.request";
const OPEN: &str = "SELECT s.request, s.about, s.wish, s.ended, s.at, s.reason \
    FROM service s JOIN record r ON r.record = s.request WHERE s.ended IS NULL AND r.life <> 'erased' \
    AND (?1 IS NULL OR (r.at, s.request) > (SELECT at, record FROM record WHERE record = ?1)) \
    ORDER BY r.at, s.request LIMIT ?2";

pub(super) fn one(connection: &Connection, request: RecordId) -> Result<Option<ServiceRow>, StoreError> {
    row(connection, ONE, [request.as_bytes()], service)
}

pub(super) fn about(connection: &Connection, record: RecordId) -> Result<Vec<ServiceRow>, StoreError> {
    rows(connection, ABOUT, [record.as_bytes()], service)
}

pub(super) fn open(
    connection: &Connection,
    after: Option<RecordId>,
    limit: u32,
) -> Result<Vec<ServiceRow>, StoreError> {
    rows(connection, OPEN, params![after.as_ref().map(RecordId::as_bytes), limit], service)
}

fn service(row: &Row<'_>) -> rusqlite::Result<ServiceRow> {
    let service = Service { request: column(row, 0)?, about: column(row, 1)?, wish: column(row, 2)? };
    Ok(ServiceRow { service, ended: optional(row, 3)?.zip(optional(row, 4)?), reason: row.get(5)? })
}
