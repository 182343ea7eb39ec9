//! Reads of payments.

use model::{PaymentId, RecordId};

use crate::error::StoreError;
use crate::payment::{NewPayment, PaymentRow};
use crate::sql::column::values;
use crate::sql::connection::{Connection, Row};

const ONE: &str = "SELECT payment, record, fen, description, until, in_force_from, in_force_until, asked, stage, made, \
    transaction_digest, at, back FROM payment WHERE payment = ?1";
pub(super) const OF_RECORD: &str = "SELECT payment, record, fen, description, until, in_force_from, in_force_until, asked, stage, made, \
    transaction_digest, at, back FROM payment WHERE record = ?1 ORDER BY asked, payment";
const OPEN: &str = "SELECT payment, record, fen, description, until, in_force_from, in_force_until, asked, stage, made, \
    transaction_digest, at, back FROM payment \
    WHERE stage IN ('due', 'ordered', 'returning') AND payment > ?1 ORDER BY payment LIMIT ?2";

pub(crate) fn one(connection: &Connection, id: PaymentId) -> Result<Option<PaymentRow>, StoreError> {
    connection.row(ONE, values![id.as_bytes()], payment)
}

pub(crate) fn of_record(connection: &Connection, record: RecordId) -> Result<Vec<PaymentRow>, StoreError> {
    connection.rows(OF_RECORD, values![record.as_bytes()], payment)
}

pub(crate) fn open(
    connection: &Connection,
    after: Option<PaymentId>,
    limit: u32,
) -> Result<Vec<PaymentRow>, StoreError> {
    let after = after.as_ref().map_or(&[][..], |id| id.as_bytes());
    connection.rows(OPEN, values![after, limit], payment)
}

fn payment(row: &Row<'_>) -> Result<PaymentRow, StoreError> {
    let asked = NewPayment {
        id: row.get(0)?,
        record: row.get(1)?,
        fen: row.get(2)?,
        description: row.get(3)?,
        until: row.get(4)?,
        in_force_from: row.get(5)?,
        in_force_until: row.get(6)?,
        at: row.get(7)?,
    };
    Ok(PaymentRow {
        asked,
        stage: row.get(8)?,
        made: row.get(9)?,
        transaction: row.get(10)?,
        at: row.get(11)?,
        back: row.get(12)?,
    })
}
