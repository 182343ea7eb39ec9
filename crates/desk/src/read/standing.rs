//! How a record stands, in one word: what a list says of it beside its name. It follows from the events of the record's class,
//! from what was paid, and from what became of a request; nothing of a person is in it.

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::Life;
use model::calendar::day_in_shanghai;
use model::service::End;
use policy::syntax::Event;
use store::{PaymentRow, PaymentStage, RecordRow, ServiceRow};

use super::certificate::ended;
use crate::pay::knows;
use crate::{House, Platform, Refusal};

/// How a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its values are gone.
    Erased,
    /// It asks for something of another record: nobody has decided it, or how it ended.
    Asks(Option<End>),
    /// It is kept for its floors alone.
    StorageOnly,
    /// It was ended, or its cover is over.
    Over,
    /// Money is due for it, and none was paid.
    Unpaid,
    /// Its cover has not begun.
    ToBegin,
    /// Its cover is in force.
    InForce,
    /// A claim or a dispute is open.
    Pursued,
    /// The claim or dispute is closed.
    Settled,
    /// What it is about is completed.
    Completed,
    /// It was paid, and is neither completed nor a cover.
    Paid,
    /// What it is about goes on.
    Open,
    /// None of these: it is held, as an account is.
    Held,
}

/// How a record stands at an instant.
pub(super) async fn standing(
    house: &House,
    platform: &Platform,
    row: &RecordRow,
    now: Timestamp,
) -> Result<Standing, Refusal> {
    let about = house.store.service_and_payments(&platform.id, row.id).await?;
    Ok(stand(platform, row, &about, now))
}

/// The same by what it asks for and what is due for it.
pub(super) fn stand(
    platform: &Platform,
    row: &RecordRow,
    (asked, payments): &(Option<ServiceRow>, Vec<PaymentRow>),
    now: Timestamp,
) -> Standing {
    if row.life == Life::Erased {
        return Standing::Erased;
    }
    if let Some(asked) = asked {
        return Standing::Asks(asked.ended.map(|(end, _)| end));
    }
    let paid = payments.iter().any(|one| one.stage == PaymentStage::Paid);
    let due = payments.iter().any(|one| match one.stage {
        PaymentStage::Due => one.asked.until > now,
        PaymentStage::Ordered => true,
        PaymentStage::Paid | PaymentStage::Closed | PaymentStage::Returning | PaymentStage::Returned => false,
    });
    of_row(platform, row, (due, paid), day_in_shanghai(now))
}

fn of_row(platform: &Platform, row: &RecordRow, (due, paid): (bool, bool), today: Date) -> Standing {
    let knows = |event: Event| knows(platform, row.class.as_str(), event);
    let has = |event: Event| row.events.iter().any(|(word, ..)| word == event.word());
    let over = ended(row).is_some_and(|day| day <= today) || row.in_force_until.is_some_and(|day| day < today);
    match row.in_force_from {
        _ if row.life == Life::StorageOnly => Standing::StorageOnly,
        _ if over => Standing::Over,
        _ if due && !paid => Standing::Unpaid,
        Some(from) if from > today => Standing::ToBegin,
        Some(_) => Standing::InForce,
        None if knows(Event::ClaimOpened) && !knows(Event::InForceFrom) => {
            if has(Event::ClaimClosed) {
                Standing::Settled
            } else {
                Standing::Pursued
            }
        }
        None if has(Event::TransactionCompleted) => Standing::Completed,
        None if paid => Standing::Paid,
        None if knows(Event::TransactionCompleted) || knows(Event::InForceFrom) => Standing::Open,
        None => Standing::Held,
    }
}
