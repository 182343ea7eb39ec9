//! Facts about payments: one is asked for, one goes on to its next stage.

use model::RecordId;

use super::{Act, conflict};
use crate::error::CommitError;
use crate::payment::{NewPayment, PaymentMoved, PaymentStage};
use crate::sql::column::values;

const PUT: &str = "INSERT INTO payment \
    (payment, record, fen, description, until, in_force_from, in_force_until, asked, stage, at, leaf) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?8, ?10)";
const MOVE: &str = "UPDATE payment SET stage = ?3, made = coalesce(?4, made), transaction_digest = coalesce(?5, transaction_digest), \
    back = coalesce(?7, back), at = ?6 WHERE payment = ?1 AND stage = ?2";

impl Act<'_> {
    pub(crate) fn payment(&mut self, new: &NewPayment) -> Result<(), CommitError> {
        let values = values![
            new.id.as_bytes(),
            new.record.as_bytes(),
            new.fen,
            new.description,
            new.until,
            new.in_force_from,
            new.in_force_until,
            new.at,
            PaymentStage::Due.word(),
            self.leaf,
        ];
        self.add(PUT, "record", values)
    }

    /// A payment that is no longer at the stage it was read at has moved.
    pub(crate) fn payment_moved(&mut self, moved: &PaymentMoved) -> Result<(), CommitError> {
        let values = values![
            moved.id.as_bytes(),
            moved.from.word(),
            moved.to.word(),
            moved.made.as_ref().map(RecordId::as_bytes),
            moved.transaction,
            moved.at,
            moved.back,
        ];
        match self.connection.execute(MOVE, values) {
            Ok(0) => Err(CommitError::Moved),
            Ok(_) => Ok(()),
            Err(error) => Err(conflict(error, "record")),
        }
    }
}
