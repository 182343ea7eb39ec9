//! The network's word: what it tells by itself, and what it answers when it is asked. Both settle a payment the same way,
//! once: paid is one act, with the record's event, its cover, and what the text keeps of a payment.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::Snapshot;
use model::calendar::day_in_shanghai;
use model::{Clear, PaymentId, RecordId, Slug, SubjectId};
use policy::question::{Code, Effect, Facts};
use policy::syntax::{Action, Event, Function, Payment, Trigger};
use store::{Expect, PaymentMoved, PaymentRow, PaymentStage, RecordEvent, RecordRow, Write};
use vault::Whose;

use super::refund::{back, moved};
use super::{amount, function, knows, numbered, owned, said, stand_in, taken};
use crate::act::{Draft, Once, TRIES};
use crate::collect::{Context, Place, Ruling, checked, named, rule, writes};
use crate::leaf::{Act, Entry, Who};
use crate::ports::{PaymentState, Standing};
use crate::refusal::by_policy;
use crate::track;
use crate::{House, Platform, Refusal};

/// What came of the network's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The payment is paid by it, as this leaf.
    Paid(u64),
    /// The money is back by it, as this leaf.
    Returned(u64),
    /// It was known, or changes nothing.
    Known,
}

/// Why the network's word is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Amiss {
    /// No payment of this platform has the number.
    Unknown,
    /// Another amount than was asked for.
    Amount,
    /// The payment is paid by another transaction.
    Twice,
    /// The payment was never begun, or is closed.
    NotOpen,
    /// The event was told before, with something else in it.
    Event,
    /// Money went back that nobody here sent back.
    NotReturning,
}

impl Amiss {
    const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown-order",
            Self::Amount => "amount-differs",
            Self::Twice => "paid-otherwise",
            Self::NotOpen => "not-open",
            Self::Event => "event-reused",
            Self::NotReturning => "not-returning",
        }
    }
}

/// Takes in what the network posted for a platform. Header names are in lower case; the body is the bytes as they came.
///
/// # Errors
/// [`Refusal::Outside`] for what the network did not sign, or not lately: nobody acted, and there is no leaf.
/// [`Refusal::Denied`], with a leaf, for an order that is not ours, another amount, or a second transaction.
pub async fn notified(
    house: &House,
    platform: &Platform,
    headers: &BTreeMap<String, String>,
    body: &[u8],
) -> Result<Settled, Refusal> {
    let told = house.parties.payment.notification(&platform.id, headers, body)?;
    settle(house, platform, &told.standing, Some(&told.event)).await
}

/// Asks the network how a payment of the customer's stands, for who does not want to wait for its word.
///
/// # Errors
/// [`Refusal::NotFound`] for a payment that is not the customer's; [`Refusal::Outside`] when the network does not answer;
/// else as [`notified`].
pub async fn look(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    payment: PaymentId,
) -> Result<Settled, Refusal> {
    let (_, row) = owned(house, platform, subject, payment).await?;
    if row.stage == PaymentStage::Returning {
        return Ok(back(house, platform, &row).await?.map_or(Settled::Known, Settled::Returned));
    }
    if row.stage != PaymentStage::Ordered {
        return Ok(Settled::Known);
    }
    match house.parties.payment.query(&platform.id, &super::number(payment)).await? {
        Some(standing) => settle(house, platform, &standing, None).await,
        None => Ok(Settled::Known),
    }
}

/// Follows the network's word about an order.
pub(super) async fn settle(
    house: &House,
    platform: &Platform,
    standing: &Standing,
    event: Option<&str>,
) -> Result<Settled, Refusal> {
    if !matches!(standing.state, PaymentState::Paid | PaymentState::Returned) {
        return Ok(Settled::Known);
    }
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let found = match numbered(&standing.order) {
            Some(id) => house.store.payment(&platform.id, id).await?,
            None => None,
        };
        let Some(row) = found else { return Err(refused(house, platform, None, Amiss::Unknown).await) };
        let transaction = standing.transaction.as_deref().unwrap_or_default();
        let transaction = platform.keys.digest("payment-transaction", transaction.as_bytes());
        let told = (standing, transaction);
        let amiss = match row.stage {
            _ if standing.state == PaymentState::Returned => match gone_back(house, platform, &row, told, event).await?
            {
                Ok(Some(settled)) => return Ok(settled),
                Ok(None) => continue,
                Err(amiss) => amiss,
            },
            _ if standing.fen != Some(row.asked.fen) => Amiss::Amount,
            PaymentStage::Paid | PaymentStage::Returning | PaymentStage::Returned
                if row.transaction == Some(transaction) =>
            {
                return Ok(Settled::Known);
            }
            PaymentStage::Paid | PaymentStage::Returning | PaymentStage::Returned => Amiss::Twice,
            PaymentStage::Due | PaymentStage::Closed => Amiss::NotOpen,
            PaymentStage::Ordered => match paid(house, platform, &row, told, event).await {
                Ok(Some(leaf)) => return Ok(Settled::Paid(leaf)),
                Ok(None) => continue,
                // The same word twice at once: the other one was faster.
                Err(Refusal::Done { .. }) => return Ok(Settled::Known),
                Err(Refusal::KeyReused) => Amiss::Event,
                Err(refusal) => return Err(refusal),
            },
        };
        return Err(refused(house, platform, Some(&row), amiss).await);
    }
    Err(Refusal::Contended)
}

/// Follows the word that money is back; what is amiss with it, or `None` when the payment has moved meanwhile.
async fn gone_back(
    house: &House,
    platform: &Platform,
    row: &PaymentRow,
    (standing, transaction): (&Standing, [u8; 32]),
    event: Option<&str>,
) -> Result<Result<Option<Settled>, Amiss>, Refusal> {
    // The order as it was paid, and of it what was sent back.
    if standing.fen != Some(row.asked.fen) || standing.back.is_some_and(|back| row.back.is_some_and(|own| own != back))
    {
        return Ok(Err(Amiss::Amount));
    }
    if row.transaction != Some(transaction) {
        return Ok(Err(Amiss::Twice));
    }
    let back = standing.back.unwrap_or(row.asked.fen);
    let told = format!("{}\n{}\n{back}\nreturned", standing.order, hex::encode(transaction));
    let once = event.map(|event| Once::new(platform, "payment-network", event, told.as_bytes()));
    match row.stage {
        PaymentStage::Returned => Ok(Ok(Some(Settled::Known))),
        PaymentStage::Returning => match moved(house, platform, row, PaymentStage::Returned, once).await {
            Ok(leaf) => Ok(Ok(leaf.map(Settled::Returned))),
            Err(Refusal::Done { .. }) => Ok(Ok(Some(Settled::Known))),
            Err(Refusal::KeyReused) => Ok(Err(Amiss::Event)),
            Err(refusal) => Err(refusal),
        },
        PaymentStage::Due | PaymentStage::Ordered | PaymentStage::Paid | PaymentStage::Closed => {
            Ok(Err(Amiss::NotReturning))
        }
    }
}

async fn refused(house: &House, platform: &Platform, row: Option<&PaymentRow>, amiss: Amiss) -> Refusal {
    let mut entry = platform.entry(Act::Pay, Who::House, house.now());
    entry.because = Some(amiss.word().to_owned());
    let holder = match row {
        Some(row) => house.store.record(&platform.id, row.asked.record).await.ok().flatten(),
        None => None,
    };
    let holder = holder.and_then(|record| record.holder);
    house.refuse_for(platform, entry, holder, vec![by_policy(Code::PaymentDiffers, None)]).await
}

/// The one act by which a payment is paid.
async fn paid(
    house: &House,
    platform: &Platform,
    row: &PaymentRow,
    (standing, transaction): (&Standing, [u8; 32]),
    event: Option<&str>,
) -> Result<Option<u64>, Refusal> {
    let record = house.store.record(&platform.id, row.asked.record).await?.ok_or(Refusal::NotFound("record"))?;
    let now = house.now();
    let day = day_in_shanghai(standing.at.unwrap_or(now));
    let mut entry = platform.entry(Act::Pay, Who::House, now);
    entry.because = Some(said(standing.state).to_owned());
    entry.function = function(platform, record.class.as_str()).map(|function| function.id.value.clone());
    let moved = PaymentMoved {
        id: row.asked.id,
        from: PaymentStage::Ordered,
        to: PaymentStage::Paid,
        made: None,
        transaction: Some(transaction),
        back: None,
        at: now,
    };
    let mut writes = vec![Write::PaymentMoved(moved)];
    writes.extend(events(platform, &record, row, day, now).into_iter().map(Write::Event));
    let status = status(house, platform, (&record, row), (standing, day), &mut entry).await?;
    let mut subjects = stand_in(house, platform, &record).await?;
    let mut expect = Vec::new();
    if let Some(status) = status {
        expect.push(Expect::Subject(status.payer, status.version));
        writes.extend(status.writes);
        if !subjects.contains(&status.payer) {
            subjects.push(status.payer);
        }
    }
    let told = format!("{}\n{}\n{}", standing.order, hex::encode(transaction), row.asked.fen);
    let once = event.map(|event| Once::new(platform, "payment-network", event, told.as_bytes()));
    let key = once.map(|once| once.key(&()));
    let draft = Draft { expect, writes, entry, subjects, record: Some(record.id), key };
    let track = track::paid(house, platform, record.id, row.asked.id).await?;
    Ok(track::commit(house, platform, track.as_ref(), draft).await?.map(|act| act.leaf()))
}

/// What paying is in the life of the record, and of the one that paying made.
fn events(platform: &Platform, record: &RecordRow, row: &PaymentRow, day: Date, now: Timestamp) -> Vec<RecordEvent> {
    let event = |record: RecordId, event: Event, on: Date| RecordEvent {
        record,
        event: event.word().to_owned(),
        on,
        at: now,
        reason: None,
    };
    let class = record.class.as_str();
    let told = taken(platform, class).and_then(|payment| payment.event.as_ref()).map(|told| (told.value, day));
    let from = row.asked.in_force_from.map(|day| (Event::InForceFrom, day));
    let until = row.asked.in_force_until.map(|day| (Event::InForceUntil, day));
    let known = [from, until, told].into_iter().flatten().filter(|(event, _)| knows(platform, class, *event));
    let mut all: Vec<RecordEvent> = known.map(|(word, on)| event(record.id, word, on)).collect();
    let made = function(platform, class).and_then(|function| function.makes.as_ref());
    let completes = made.is_some_and(|made| knows(platform, &made.text, Event::TransactionCompleted));
    all.extend(row.made.filter(|_| completes).map(|made| event(made, Event::TransactionCompleted, day)));
    all
}

/// What is kept of the network's word in the record that paying made.
struct Status {
    payer: SubjectId,
    version: u64,
    writes: Vec<Write>,
}

/// Asks whether the network's word may be kept with the payer, and seals it. The money is there whatever the answer is:
/// what may not be kept is not, and the leaf says why.
async fn status(
    house: &House,
    platform: &Platform,
    (record, row): (&RecordRow, &PaymentRow),
    (standing, day): (&Standing, Date),
    entry: &mut Entry,
) -> Result<Option<Status>, Refusal> {
    let Some((function, item, role)) = collected(platform, record.class.as_str()) else { return Ok(None) };
    let Some(made) = row.made else { return Ok(None) };
    let holder = house.store.record(&platform.id, made).await?.and_then(|made| made.holder);
    let Some(payer) = holder else { return Ok(None) };
    let (snapshot, born) = match house.known(platform, payer).await {
        Ok(known) => known,
        // Forgotten since: nothing is kept of nobody.
        Err(Refusal::NotFound(_)) => return Ok(None),
        Err(refusal) => return Err(refusal),
    };
    let transaction = standing.transaction.as_deref().unwrap_or_default();
    let paid = Clear::new(format!("{} {day} {transaction}", amount(row.asked.fen)));
    let values = checked(&named(platform, vec![(item.to_string(), paid)])?).map_err(Refusal::Fields)?;
    let facts = Facts::default();
    let context = Context::of(Action::Collect, Some(function), &facts, &Who::House, entry.at);
    entry.person = Some(role.clone());
    let (permit, kept) = match rule(platform, (&snapshot, born), context, (made, &role), values, false) {
        Ruling::Kept { permit, answer, kept, .. } => {
            entry.items = kept.iter().map(|one| one.item.clone()).collect();
            entry.basis = answer.basis;
            (permit, kept)
        }
        Ruling::Denied(answer) => {
            entry.effect = Effect::Partial;
            entry.reasons = crate::act::reasons(&answer);
            return Ok(None);
        }
        Ruling::Missing(_) => return Ok(None),
    };
    let part = house.store.part(&platform.id, made, Some(payer), &role).await?;
    // Erased since: nothing comes back into it.
    if part.as_ref().is_some_and(|part| part.wrapped.is_none()) {
        return Ok(None);
    }
    let place = Place {
        record: made,
        subject: payer,
        role: &role,
        whose: Whose::Subject,
        part: part.as_ref(),
        trigger: Trigger::Automatic,
        source: None,
        function: Some(&function.id.value),
        at: entry.at,
    };
    let writes = writes(house, platform, *permit, &place, kept)?;
    Ok(Some(Status { payer, version: Snapshot::version(&snapshot), writes }))
}

/// The function, the item and the role under which the network's word is kept.
fn collected<'p>(platform: &'p Platform, class: &str) -> Option<(&'p Function, Slug, Slug)> {
    let Payment { status, .. } = taken(platform, class)?;
    let (status, function) = (status.as_ref()?, function(platform, class)?);
    let groups = function.collects.said().into_iter().flatten();
    let group = groups
        .filter(|group| group.trigger.said() == Some(&Trigger::Automatic))
        .find(|group| group.items.iter().any(|item| item.text == status.text))?;
    Some((function, status.text.parse().ok()?, group.of.text.parse().ok()?))
}
