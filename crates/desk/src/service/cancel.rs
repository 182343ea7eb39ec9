//! Cancelling (取消): where the text says that a right is exercised by calling a record off, its holder does so: one act, with
//! what was paid for it on its way back. What is kept as evidence stays under its floors.

use model::act::Life;
use model::calendar::day_in_shanghai;
use model::{RecordId, Slug, SubjectId};
use policy::question::Code;
use policy::syntax::{Cancel, Event, Kind};
use store::{RecordEvent, RecordRow, Write};

use super::Offer;
use crate::act::{Draft, TRIES};
use crate::consent::Done;
use crate::leaf::{Act, Who};
use crate::read::own_row;
use crate::refusal::by_policy;
use crate::{House, Platform, Refusal, pay};

/// What has ended a record that can be cancelled no more.
const OVER: [Event; 4] = [Event::Ended, Event::RelationEnded, Event::TransactionCompleted, Event::Cancelled];

/// How a record stands that its holder can cancel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancelling {
    /// Published name of the record's class.
    pub class_name: String,
    /// The right that is exercised so.
    pub right: policy::syntax::RightKind,
    /// Whether it was cancelled.
    pub is_done: bool,
    /// The function that made it, by which one applies again.
    pub again: Option<Offer>,
}

/// What the operation file says of cancelling records of a class.
fn named<'p>(platform: &'p Platform, class: &Slug) -> Option<&'p Cancel> {
    let cancels = platform.tables.program().operation.cancels.iter();
    cancels.into_iter().find(|one| one.classes.iter().any(|named| named.text == class.as_str()))
}

fn has(row: &RecordRow, events: &[Event]) -> bool {
    row.events.iter().any(|(word, ..)| events.iter().any(|event| event.word() == word))
}

/// Whether a customer can cancel a record, or has; `None` for what cannot be cancelled, or is another's to cancel. It leaves
/// no leaf: nothing of the record is told.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such record, or it is somebody else's.
pub async fn cancelling(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    record: RecordId,
) -> Result<Option<Cancelling>, Refusal> {
    let row = own_row(house, platform, subject, record).await?;
    let is_done = has(&row, &[Event::Cancelled]);
    let open = row.life == Life::Live && !has(&row, &OVER);
    let cancel = named(platform, &row.class).filter(|_| row.holder == Some(subject) && (is_done || open));
    let again = |function: Slug| Offer { name: platform.name_of(Kind::Function, function.as_str()), function };
    Ok(cancel.map(|cancel| Cancelling {
        class_name: platform.name_of(Kind::Record, row.class.as_str()),
        right: cancel.right.value,
        is_done,
        again: row.function.clone().map(again),
    }))
}

/// Cancels a record, for its holder.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such record, or it is somebody else's; [`Refusal::Denied`], with a leaf, for one that
/// is not cancelled so, or has ended; [`Refusal::Outside`] while an order for it is open at a payment network that does not
/// answer.
pub async fn cancel(house: &House, platform: &Platform, subject: SubjectId, record: RecordId) -> Result<Done, Refusal> {
    for _ in 0..TRIES {
        let platform = house.current(platform);
        // Before the record: every event of a record moves the state of who stands in it, so of two at once one fails.
        let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
        let row = own_row(house, &platform, subject, record).await?;
        let mut entry = platform.entry(Act::Event, Who::Subject, house.now());
        entry.function.clone_from(&row.function);
        entry.because = Some(Event::Cancelled.word().to_owned());
        let code = match named(&platform, &row.class) {
            Some(_) if row.holder == Some(subject) && row.life == Life::Live && !has(&row, &OVER) => None,
            Some(_) if row.holder == Some(subject) => Some(Code::NotInForce),
            Some(_) | None => Some(Code::NotServiced),
        };
        if let Some(code) = code {
            return Err(house.refuse_for(&platform, entry, Some(subject), vec![by_policy(code, None)]).await);
        }
        pay::stop(house, &platform, record).await?;
        let cancelled = RecordEvent {
            record,
            event: Event::Cancelled.word().to_owned(),
            on: day_in_shanghai(entry.at),
            at: entry.at,
            reason: named(&platform, &row.class).map(|cancel| cancel.right.value.word().to_owned()),
        };
        let mut writes = vec![Write::Event(cancelled)];
        let ended = pay::ended(house, &platform, record, None, entry.at).await?;
        entry.back = Some(ended.back).filter(|back| *back > 0);
        writes.extend(ended.writes);
        let draft = Draft {
            expect: vec![store::Expect::Subject(subject, snapshot.version())],
            writes,
            entry,
            subjects: pay::stand_in(house, &platform, &row).await?,
            record: Some(record),
            key: None,
        };
        if let Some(act) = house.commit(&platform, draft).await? {
            pay::send_back(house, &platform, record).await;
            return Ok(Done { leaf: act.leaf(), consent: None });
        }
    }
    Err(Refusal::Contended)
}
