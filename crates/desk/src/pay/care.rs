//! Payments that wait: the network is asked about orders whose word never came, what nobody paid in time is closed, and
//! money on its way back is followed to its end.

use model::{PaymentId, RecordId};
use store::{PaymentRow, PaymentStage};

use super::number;
use super::refund::{back, moved};
use super::settle::{Settled, settle};
use crate::ports::{Outside, PaymentState, Standing};
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
            match asked(house, platform, &order).await? {
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
        match asked(house, platform, &order).await? {
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
    Ok(moved(house, platform, row, PaymentStage::Closed, None).await?.is_some())
}

/// How the network says that an order stands. Whom nobody can be asked about, nobody can have paid.
async fn asked(house: &House, platform: &Platform, order: &str) -> Result<Option<Standing>, Refusal> {
    match house.parties.payment.query(&platform.id, order).await {
        Err(Outside::Nobody) => Ok(None),
        answer => Ok(answer?),
    }
}
