//! Reads of servicing requests.

use model::RecordId;
use rusqlite::{Connection, Row};

use super::columns::column;
use super::read::{row, rows};
use crate::error::StoreError;
use crate::service::Service;

const ONE: &str = "SELECT request, about, wish FROM service WHERE request = ?1";
const ABOUT: &str = "SELECT s.request, s.about, s.wish FROM service s JOIN record r ON r.record = s.request \
    WHERE s.about = ?1 ORDER BY r.at, s.request";

pub(super) fn one(connection: &Connection, request: RecordId) -> Result<Option<Service>, StoreError> {
    row(connection, ONE, [request.as_bytes()], service)
}

pub(super) fn about(connection: &Connection, record: RecordId) -> Result<Vec<Service>, StoreError> {
    rows(connection, ABOUT, [record.as_bytes()], service)
}

fn service(row: &Row<'_>) -> rusqlite::Result<Service> {
    Ok(Service { request: column(row, 0)?, about: column(row, 1)?, wish: column(row, 2)? })
}
