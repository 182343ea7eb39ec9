//! Payments that wait: the network is asked about orders whose word never came, what nobody paid in time is closed, and
//! money on its way back is followed to its end.

use model::{PaymentId, RecordId};
use store::{PaymentMoved, PaymentRow, PaymentStage, Write};

use super::refund::back;
use super::settle::{Settled, settle};
use super::{number, stand_in};
use crate::act::Draft;
use crate::leaf::{Act, Who};
use crate::ports::{Outside, PaymentState};
use crate::{House, Platform, Refusal};

/// Most payments read at once.
const AT_ONCE: u32 = 500;

/// Looks after every payment that is open. Gives the number of acts. What the network does not answer now is asked again
/// the next time.
///
/// # Errors
/// What the store answers when it cannot be read or written.
pub async fn reconcile(house: &House, platform: &Platform) -> Result<usize, Refusal> {
    let (mut acts, mut after): (usize, Option<PaymentId>) = (0, None);
    loop {
        let rows = house.store.payments_open(&platform.id, after, AT_ONCE).await?;
        let Some(last) = rows.last() else { return Ok(acts) };
        after = Some(last.asked.id);
        for row in &rows {
            match one(house, platform, row).await {
                Ok(done) => acts += usize::from(done),
                // The refusal is on the ledger, and there is nobody to tell.
                Err(Refusal::Denied(_)) => {}
                Err(Refusal::Outside(silence)) => {
                    tracing::warn!(platform = %platform.id, %silence, "a payment could not be looked after");
                }
                Err(refusal) => return Err(refusal),
            }
        }
    }
}

/// Looks after one payment; whether that was an act.
async fn one(house: &House, platform: &Platform, row: &PaymentRow) -> Result<bool, Refusal> {
    let over = row.asked.until <= house.now();
    match row.stage {
        PaymentStage::Due if over => closed(house, platform, row).await,
        PaymentStage::Ordered => {
            let order = number(row.asked.id);
            let standing = match house.parties.payment.query(&platform.id, &order).await {
                // Whom nobody can be asked about, nobody can have paid.
                Err(Outside::Nobody) => None,
                answer => answer?,
            };
            match standing {
                Some(standing) if standing.state == PaymentState::Paid => {
                    Ok(matches!(settle(house, platform, &standing, None).await?, Settled::Paid(_)))
                }
                Some(standing) if standing.state == PaymentState::Closed => closed(house, platform, row).await,
                Some(_) if over => {
                    // First there: what is closed here can no longer be paid there.
                    house.parties.payment.close(&platform.id, &order).await?;
                    closed(house, platform, row).await
                }
                None if over => closed(house, platform, row).await,
                Some(_) | None => Ok(false),
            }
        }
        PaymentStage::Returning => Ok(back(house, platform, row).await?.is_some()),
        PaymentStage::Due | PaymentStage::Paid | PaymentStage::Closed | PaymentStage::Returned => Ok(false),
    }
}

/// Settles what is open at the network for a record that is about to end: closed there, nobody can pay it any more, and what
/// was paid meanwhile is paid.
///
/// # Errors
/// [`Refusal::Outside`] when the network does not answer: then nobody knows, and the record cannot end yet.
pub(crate) async fn stop(house: &House, platform: &Platform, record: RecordId) -> Result<(), Refusal> {
    for row in house.store.payments_of(&platform.id, record).await? {
        if row.stage != PaymentStage::Ordered {
            continue;
        }
        let order = number(row.asked.id);
        let standing = match house.parties.payment.query(&platform.id, &order).await {
            Err(Outside::Nobody) => None,
            answer => answer?,
        };
        match standing {
            Some(standing) if standing.state == PaymentState::Paid => {
                settle(house, platform, &standing, None).await?;
            }
            Some(standing) if standing.state == PaymentState::Open => {
                house.parties.payment.close(&platform.id, &order).await?;
                closed(house, platform, &row).await?;
            }
            Some(_) | None => {
                closed(house, platform, &row).await?;
            }
        }
    }
    Ok(())
}

/// Nobody can pay it any more. One that has moved meanwhile is left to the next round.
async fn closed(house: &House, platform: &Platform, row: &PaymentRow) -> Result<bool, Refusal> {
    let platform = house.current(platform);
    let now = house.now();
    let record = house.store.record(&platform.id, row.asked.record).await?.ok_or(Refusal::NotFound("record"))?;
    let mut entry = platform.entry(Act::Pay, Who::House, now);
    entry.because = Some("closed".to_owned());
    let to = PaymentStage::Closed;
    let moved = PaymentMoved { id: row.asked.id, from: row.stage, to, made: None, transaction: None, at: now };
    let draft = Draft {
        expect: Vec::new(),
        writes: vec![Write::PaymentMoved(moved)],
        entry,
        subjects: stand_in(house, &platform, &record).await?,
        record: Some(record.id),
        key: None,
    };
    Ok(house.commit(&platform, draft).await?.is_some())
}
