//! Money that goes back: what ends a record puts what was paid for it on its way in the same act, then the network is asked
//! until it is there. The number of a refund is made from the payment's, so that asking again is the same refund.

use jiff::Timestamp;
use model::RecordId;
use store::{PaymentMoved, PaymentRow, PaymentStage, Write};

use super::{number, stand_in};
use crate::act::{Draft, Once};
use crate::leaf::{Act, Who};
use crate::ports::{Refund, Refunded};
use crate::{House, Platform, Refusal};

/// What ending a record does to its payments: what was paid goes back, and what is due is due no more. What is open at the
/// network is settled first ([`super::stop`]).
pub(crate) async fn ended(
    house: &House,
    platform: &Platform,
    record: RecordId,
    at: Timestamp,
) -> Result<Vec<Write>, Refusal> {
    let rows = house.store.payments_of(&platform.id, record).await?;
    let moved = |row: &PaymentRow| {
        let to = match row.stage {
            PaymentStage::Paid => PaymentStage::Returning,
            PaymentStage::Due => PaymentStage::Closed,
            PaymentStage::Ordered | PaymentStage::Closed | PaymentStage::Returning | PaymentStage::Returned => {
                return None;
            }
        };
        let (id, from) = (row.asked.id, row.stage);
        Some(Write::PaymentMoved(PaymentMoved { id, from, to, made: None, transaction: None, at }))
    };
    Ok(rows.iter().filter_map(moved).collect())
}

/// Asks the network for whatever of a record is on its way back. The act that sent it is done: what fails here is asked
/// again when payments are looked after.
pub(crate) async fn send_back(house: &House, platform: &Platform, record: RecordId) {
    let rows = house.store.payments_of(&platform.id, record).await.unwrap_or_default();
    for row in rows.iter().filter(|row| row.stage == PaymentStage::Returning) {
        if let Err(silence) = back(house, platform, row).await {
            tracing::warn!(platform = %platform.id, %silence, "a refund is asked for again later");
        }
    }
}

/// Asks the network for one refund, or how it goes. The leaf of the act once the money is back.
pub(super) async fn back(house: &House, platform: &Platform, row: &PaymentRow) -> Result<Option<u64>, Refusal> {
    let order = number(row.asked.id);
    let refund = Refund {
        platform: platform.id.clone(),
        number: format!("{order}R"),
        order,
        fen: row.asked.fen,
        total: row.asked.fen,
    };
    match house.parties.payment.refund(refund).await? {
        Refunded::Back => moved(house, platform, row, PaymentStage::Returned, None).await,
        Refunded::Going => Ok(None),
        Refunded::Stuck => {
            tracing::warn!(platform = %platform.id, "a refund cannot go back the way it came: look after it at the network");
            Ok(None)
        }
    }
}

/// The one act by which a payment moves on without money coming in; `None` when it has moved meanwhile.
pub(super) async fn moved(
    house: &House,
    platform: &Platform,
    row: &PaymentRow,
    to: PaymentStage,
    once: Option<Once>,
) -> Result<Option<u64>, Refusal> {
    let platform = house.current(platform);
    let now = house.now();
    let record = house.store.record(&platform.id, row.asked.record).await?.ok_or(Refusal::NotFound("record"))?;
    let mut entry = platform.entry(Act::Pay, Who::House, now);
    entry.because = Some(to.word().to_owned());
    let moved = PaymentMoved { id: row.asked.id, from: row.stage, to, made: None, transaction: None, at: now };
    let draft = Draft {
        expect: Vec::new(),
        writes: vec![Write::PaymentMoved(moved)],
        entry,
        subjects: stand_in(house, &platform, &record).await?,
        record: Some(record.id),
        key: once.map(|once| once.key(&())),
    };
    Ok(house.commit(&platform, draft).await?.map(|act| act.leaf()))
}
