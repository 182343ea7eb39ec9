//! Money that goes back: what ends a record puts what was paid for it on its way in the same act, then the network is asked
//! until it is there. The number of a refund is made from the payment's, so that asking again is the same refund.

use jiff::Timestamp;
use model::RecordId;
use store::{PaymentMoved, PaymentRow, PaymentStage, Write};

use super::{number, stand_in};
use crate::act::{Draft, Once};
use crate::leaf::{Act, Who};
use crate::ports::{Refund, Refunded};
use crate::refusal::FieldFault;
use crate::{House, Platform, Refusal};

/// What ending a record does to its payments.
#[derive(Default)]
pub(crate) struct Ended {
    /// What was paid begins to go back, and what is due is due no more.
    pub(crate) writes: Vec<Write>,
    /// How much goes back, in fen.
    pub(crate) back: u64,
}

/// What ending a record does to its payments, of which `refund` fen go back; `None`: all that was paid. What is open at the
/// network is settled first ([`super::stop`]).
///
/// # Errors
/// [`Refusal::Fields`] for more than was paid.
pub(crate) async fn ended(
    house: &House,
    platform: &Platform,
    record: RecordId,
    refund: Option<u64>,
    at: Timestamp,
) -> Result<Ended, Refusal> {
    let rows = house.store.payments_of(&platform.id, record).await?;
    let shares = shares(&rows, refund).ok_or_else(|| Refusal::Fields(vec![FieldFault::new("refund", "too-much")]))?;
    let moved = |row: &PaymentRow, to: PaymentStage, back: Option<u32>| {
        let (id, from) = (row.asked.id, row.stage);
        Write::PaymentMoved(PaymentMoved { id, from, to, made: None, transaction: None, back, at })
    };
    let due = rows.iter().filter(|row| row.stage == PaymentStage::Due);
    let closed = due.map(|row| moved(row, PaymentStage::Closed, None));
    let going = shares.iter().map(|(row, fen)| moved(row, PaymentStage::Returning, Some(*fen)));
    Ok(Ended { writes: going.chain(closed).collect(), back: shares.iter().map(|(_, fen)| u64::from(*fen)).sum() })
}

/// What was paid for a record and is still here, in fen.
pub(crate) async fn paid_for(house: &House, platform: &Platform, record: RecordId) -> Result<u64, Refusal> {
    let rows = house.store.payments_of(&platform.id, record).await?;
    Ok(paid(&rows))
}

fn paid(rows: &[PaymentRow]) -> u64 {
    rows.iter().filter(|row| row.stage == PaymentStage::Paid).map(|row| u64::from(row.asked.fen)).sum()
}

/// How much of each payment goes back, so that it is `refund` in all: the last payment is given back first. `None` for more
/// than was paid.
fn shares(rows: &[PaymentRow], refund: Option<u64>) -> Option<Vec<(&PaymentRow, u32)>> {
    let paid = paid(rows);
    let mut rest = refund.unwrap_or(paid);
    if rest > paid {
        return None;
    }
    let mut shares = Vec::new();
    for row in rows.iter().rev().filter(|row| row.stage == PaymentStage::Paid) {
        let share = u32::try_from(rest).unwrap_or(u32::MAX).min(row.asked.fen);
        rest -= u64::from(share);
        shares.extend((share > 0).then_some((row, share)));
    }
    Some(shares)
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
        fen: row.back.unwrap_or(row.asked.fen),
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
    entry.back = row.back.map(u64::from).filter(|_| to == PaymentStage::Returned);
    let (id, from) = (row.asked.id, row.stage);
    let moved = PaymentMoved { id, from, to, made: None, transaction: None, back: None, at: now };
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
