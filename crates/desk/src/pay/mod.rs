//! Paying (支付): the company's core system says what is due for a record, its holder pays at the payment network, and the
//! network's word makes it paid: one act, whatever comes of it.
//!
//! No person stands in a payment. What the text collects when somebody pays is collected in the course of the function
//! that `[[payment]]` of the operation file names, by the same question as everything else; where it names none, nothing is.

mod care;
mod demand;
mod order;
mod refund;
mod settle;

use jiff::Timestamp;
use model::act::Life;
use model::{PaymentId, RecordId, SubjectId};
use policy::syntax::{Action, Event, Function, Kind, Payment};
use store::{PaymentRow, PaymentStage, RecordRow};

pub use care::reconcile;
pub(crate) use care::stop;
pub use demand::{Demand, Demanded, demand};
pub use order::{Paying, code, order};
pub(crate) use refund::{ended, paid_for, send_back};
pub use settle::{Settled, look, notified};

use crate::ports::PaymentState;
use crate::seat::Caller;
use crate::track::sells;
use crate::{House, Platform, Refusal, identity};

/// A payment as the customer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Which.
    pub payment: PaymentId,
    /// The record that is paid.
    pub record: RecordId,
    /// Published name of the record's class.
    pub class_name: String,
    /// Amount, in fen.
    pub fen: u32,
    /// What is paid for.
    pub description: String,
    /// Until when it can be paid.
    pub until: Timestamp,
    /// How it stands.
    pub stand: Stand,
    /// How much of it goes back or went, in fen.
    pub back: Option<u32>,
    /// Since when.
    pub at: Timestamp,
}

/// How a payment stands with the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// It can be paid.
    Due,
    /// It was begun: the network waits for the payer.
    Ordered,
    /// Paid.
    Paid,
    /// It can be paid no more.
    Closed,
    /// The money goes back.
    Returning,
    /// The money went back.
    Returned,
}

impl Stand {
    /// The word of it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Ordered => "ordered",
            Self::Paid => "paid",
            Self::Closed => "closed",
            Self::Returning => "returning",
            Self::Returned => "returned",
        }
    }
}

impl View {
    fn of(platform: &Platform, record: &RecordRow, row: &PaymentRow, now: Timestamp) -> Self {
        let over = row.asked.until <= now;
        Self {
            payment: row.asked.id,
            record: row.asked.record,
            class_name: platform.name_of(Kind::Record, record.class.as_str()),
            fen: row.asked.fen,
            description: row.asked.description.clone(),
            until: row.asked.until,
            stand: match row.stage {
                PaymentStage::Due if over => Stand::Closed,
                PaymentStage::Due => Stand::Due,
                PaymentStage::Ordered => Stand::Ordered,
                PaymentStage::Paid => Stand::Paid,
                PaymentStage::Closed => Stand::Closed,
                PaymentStage::Returning => Stand::Returning,
                PaymentStage::Returned => Stand::Returned,
            },
            back: row.back,
            at: row.at,
        }
    }
}

/// What the operation file says of paying records of a class.
pub(crate) fn taken<'p>(platform: &'p Platform, class: &str) -> Option<&'p Payment> {
    let payments = &platform.tables.program().operation.payments;
    payments.iter().find(|payment| payment.classes.iter().any(|paid| paid.text == class))
}

/// The function that asks something of the payer before a payment can be begun: none where the text has none, and none
/// any more once it was gone through.
///
/// # Errors
/// [`Refusal::NotFound`] for a payment that is not there.
pub async fn function_for<'p>(
    house: &House,
    platform: &'p Platform,
    view: &View,
) -> Result<Option<&'p Function>, Refusal> {
    let row = house.store.payment(&platform.id, view.payment).await?.ok_or(Refusal::NotFound("payment"))?;
    let record = house.store.record(&platform.id, view.record).await?.ok_or(Refusal::NotFound("record"))?;
    Ok(function(platform, record.class.as_str()).filter(|_| row.made.is_none()))
}

/// The function whose sale a payment belongs to, where it is one (rule R61).
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such record.
pub async fn sale<'p>(house: &House, platform: &'p Platform, view: &View) -> Result<Option<&'p Function>, Refusal> {
    let record = house.store.record(&platform.id, view.record).await?.ok_or(Refusal::NotFound("record"))?;
    let functions = &platform.tables.program().policy.functions;
    let made = functions.iter().find(|one| Some(&one.id.value) == record.function.as_ref());
    Ok(made.filter(|made| sells(platform, made)))
}

/// The function in whose course a payment is made, where the text has one.
fn function<'p>(platform: &'p Platform, class: &str) -> Option<&'p Function> {
    let named = taken(platform, class)?.function.as_ref()?;
    platform.tables.program().policy.functions.iter().find(|one| one.id.as_str() == named.text)
}

/// Whether a function is there for paying: it is gone through for what is due, and by itself it does nothing.
pub fn pays(platform: &Platform, function: &Function) -> bool {
    let payments = &platform.tables.program().operation.payments;
    payments.iter().any(|one| one.function.as_ref().is_some_and(|named| named.text == function.id.as_str()))
}

/// An amount as the payment's record keeps it.
fn amount(fen: u32) -> String {
    format!("CNY {}.{:02}", fen / 100, fen % 100)
}

/// Whether records of a class know an event.
pub(crate) fn knows(platform: &Platform, class: &str, event: Event) -> bool {
    let classes = &platform.tables.program().policy.records;
    let class = classes.iter().find(|one| one.id.as_str() == class);
    class.is_some_and(|class| class.events.iter().any(|known| known.value == event))
}

/// The number of a payment's order with the network: its id's digits, which name nobody.
fn number(payment: PaymentId) -> String {
    hex::encode(payment.as_bytes())
}

/// The payment that a number of the network's is about.
fn numbered(number: &str) -> Option<PaymentId> {
    let mut bytes = [0; 16];
    hex::decode_to_slice(number, &mut bytes).ok()?;
    Some(PaymentId::from_random(bytes)).filter(|id| self::number(*id) == number)
}

/// Every payment of the records that a customer holds, oldest record first.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn list(house: &House, platform: &Platform, subject: SubjectId) -> Result<Vec<View>, Refusal> {
    let (_, records) = identity::seen(house, platform, subject).await?;
    let mut views = Vec::new();
    for record in records.iter().filter(|record| holds(record, subject)) {
        for row in house.store.payments_of(&platform.id, record.id).await? {
            views.push(View::of(platform, record, &row, house.now()));
        }
    }
    Ok(views)
}

/// The payments of a record, for one of the company's own systems, oldest first.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that may not collect here; [`Refusal::NotFound`] for an unknown record.
pub async fn of_record(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    record: RecordId,
) -> Result<Vec<View>, Refusal> {
    caller.may(platform, Action::Collect.word(), None)?;
    let record = house.store.record(&platform.id, record).await?.ok_or(Refusal::NotFound("record"))?;
    told(house, platform, &record).await
}

/// The payments of a record, oldest first.
pub(crate) async fn told(house: &House, platform: &Platform, record: &RecordRow) -> Result<Vec<View>, Refusal> {
    let rows = house.store.payments_of(&platform.id, record.id).await?;
    Ok(rows.iter().map(|row| View::of(platform, record, row, house.now())).collect())
}

/// One payment of a customer's.
///
/// # Errors
/// [`Refusal::NotFound`] for one of a record that is not the customer's to pay.
pub async fn own(house: &House, platform: &Platform, subject: SubjectId, payment: PaymentId) -> Result<View, Refusal> {
    let (record, row) = owned(house, platform, subject, payment).await?;
    Ok(View::of(platform, &record, &row, house.now()))
}

/// A payment and its record, for whoever holds it.
async fn owned(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    payment: PaymentId,
) -> Result<(RecordRow, PaymentRow), Refusal> {
    let nothing = || Refusal::NotFound("payment");
    let row = house.store.payment(&platform.id, payment).await?.ok_or_else(nothing)?;
    let (_, records) = identity::seen(house, platform, subject).await?;
    let record = records.into_iter().find(|record| record.id == row.asked.record && holds(record, subject));
    Ok((record.ok_or_else(nothing)?, row))
}

/// Whose a record is to pay: whoever filled it in; what systems handed in, whoever stands in it.
fn holds(record: &RecordRow, subject: SubjectId) -> bool {
    let mine = match record.holder {
        Some(holder) => holder == subject,
        None => record.roles.iter().any(|(whose, _)| *whose == subject),
    };
    mine && record.life != Life::Erased
}

/// Whose an act on a record is: everybody who stands in it and is not forgotten, its holder first.
pub(crate) async fn stand_in(
    house: &House,
    platform: &Platform,
    record: &RecordRow,
) -> Result<Vec<SubjectId>, Refusal> {
    let mut subjects: Vec<SubjectId> = record.roles.iter().map(|(subject, _)| *subject).chain(record.holder).collect();
    subjects.sort_unstable();
    subjects.dedup();
    subjects.sort_by_key(|subject| Some(*subject) != record.holder);
    let mut there = Vec::with_capacity(subjects.len());
    for subject in subjects {
        there.extend(house.store.subject(&platform.id, subject).await?.map(|row| row.id));
    }
    Ok(there)
}

/// The word that a leaf gives for what the network said.
const fn said(state: PaymentState) -> &'static str {
    match state {
        PaymentState::Open => "open",
        PaymentState::Paid => "paid",
        PaymentState::Returned => "returned",
        PaymentState::Closed => "closed",
    }
}
