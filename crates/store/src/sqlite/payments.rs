//! Reads of payments.

use model::{PaymentId, RecordId};
use rusqlite::{Connection, Row, params};

use super::columns::{column, optional};
use super::read::{row, rows};
use crate::error::StoreError;
use crate::payment::{NewPayment, PaymentRow};

const ONE: &str = "SELECT payment, record, fen, description, until, in_force_from, in_force_until, asked, stage, made, \
    transaction_digest, at, back FROM payment WHERE payment = ?1";
const OF_RECORD: &str = "SELECT payment, record, fen, description, until, in_force_from, in_force_until, asked, stage, made, \
    transaction_digest, at, back FROM payment WHERE record = ?1 ORDER BY asked, payment";
const OPEN: &str = "SELECT payment, record, fen, description, until, in_force_from, in_force_until, asked, stage, made, \
    transaction_digest, at, back FROM payment \
    WHERE stage IN ('due', 'ordered', 'returning') AND payment > ?1 ORDER BY payment LIMIT ?2";

pub(super) fn one(connection: &Connection, id: PaymentId) -> Result<Option<PaymentRow>, StoreError> {
    row(connection, ONE, [id.as_bytes()], payment)
}

pub(super) fn of_record(connection: &Connection, record: RecordId) -> Result<Vec<PaymentRow>, StoreError> {
    rows(connection, OF_RECORD, [record.as_bytes()], payment)
}

pub(super) fn open(
    connection: &Connection,
    after: Option<PaymentId>,
    limit: u32,
) -> Result<Vec<PaymentRow>, StoreError> {
    let after = after.as_ref().map_or(&[][..], |id| id.as_bytes());
    rows(connection, OPEN, params![after, limit], payment)
}

fn payment(row: &Row<'_>) -> rusqlite::Result<PaymentRow> {
    let asked = NewPayment {
        id: column(row, 0)?,
        record: column(row, 1)?,
        fen: row.get(2)?,
        description: row.get(3)?,
        until: column(row, 4)?,
        in_force_from: optional(row, 5)?,
        in_force_until: optional(row, 6)?,
        at: column(row, 7)?,
    };
    Ok(PaymentRow {
        asked,
        stage: column(row, 8)?,
        made: optional(row, 9)?,
        transaction: row.get(10)?,
        at: column(row, 11)?,
        back: row.get(12)?,
    })
}
