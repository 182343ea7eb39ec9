//! Beginning to pay: what the text asks of the payer comes in first, then the order is opened with the network. Its
//! number is the payment's own, so that pressing twice opens one order.

use model::{Clear, PaymentId, RecordId, Slug, SubjectId};
use policy::question::{Code, Facts};
use policy::syntax::Trigger;
use store::{PaymentMoved, PaymentRow, PaymentStage, RecordRow, Write};

use super::{amount, number, owned};
use crate::act::{Draft, Once, TRIES};
use crate::collect::{Application, Participant, Whom, apply};
use crate::consent::{Choice, Done};
use crate::leaf::{Act, Who};
use crate::ports::{Order, Prepaid};
use crate::refusal::by_policy;
use crate::track::{self, Closing};
use crate::{House, Platform, Refusal};

/// What the payer fills in, where the text has a function for paying that asks something.
#[derive(Default)]
pub struct Paying {
    /// Role of the payer in that function.
    pub person: Option<Slug>,
    /// Channel.
    pub channel: Option<Slug>,
    /// Values by item.
    pub fields: Vec<(String, Clear<String>)>,
    /// Consents given with it.
    pub consents: Vec<Choice>,
    /// How the payer came to it, where it is part of a sale.
    pub track: Option<Closing>,
}

/// Begins to pay. Who has begun before goes on.
///
/// # Errors
/// [`Refusal::NotFound`] for a payment that is not the customer's; [`Refusal::Denied`], with a leaf, while a role that the
/// matter demands is open, or when what must come in may not; [`Refusal::Fields`] for what is missing;
/// [`Refusal::Wrong`] for a payment that can no longer be paid.
pub async fn order(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    payment: PaymentId,
    mut paying: Paying,
) -> Result<Done, Refusal> {
    let platform = &*house.current(platform);
    let (record, row) = payable(house, platform, subject, payment).await?;
    if !complete(house, platform, &record).await? {
        let mut entry = platform.entry(Act::Pay, Who::Subject, house.now());
        entry.because = Some("ordered".to_owned());
        return Err(house.refuse_for(platform, entry, Some(subject), vec![by_policy(Code::MatterOpen, None)]).await);
    }
    let track = paying.track.take();
    let made = match super::function(platform, record.class.as_str()) {
        Some(function) if row.made.is_none() => {
            Some(filled(house, platform, subject, &row, (&function.id.value, paying)).await?)
        }
        _ => row.made,
    };
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let (_, row) = payable(house, &platform, subject, payment).await?;
        let now = house.now();
        let mut entry = platform.entry(Act::Pay, Who::Subject, now);
        entry.because = Some("ordered".to_owned());
        entry.function = super::function(&platform, record.class.as_str()).map(|function| function.id.value.clone());
        let to = PaymentStage::Ordered;
        let moved = PaymentMoved { id: payment, from: row.stage, to, made, transaction: None, back: None, at: now };
        let draft = Draft {
            expect: Vec::new(),
            writes: vec![Write::PaymentMoved(moved)],
            entry,
            subjects: vec![subject],
            record: Some(record.id),
            key: None,
        };
        if let Some(act) = track::commit(house, &platform, track.as_ref(), draft).await? {
            return Ok(Done { leaf: act.leaf(), consent: None });
        }
    }
    Err(Refusal::Contended)
}

/// What the payer's side does next: opens the order with the network, or opens it again, as the same one.
///
/// # Errors
/// As [`order`], for a payment that was not begun too; [`Refusal::Outside`] when the network does not answer, or refuses.
pub async fn code(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    payment: PaymentId,
) -> Result<Prepaid, Refusal> {
    let (_, row) = payable(house, platform, subject, payment).await?;
    if row.stage != PaymentStage::Ordered {
        return Err(Refusal::Wrong("this payment was not begun: begin it first".into()));
    }
    let order = Order {
        platform: platform.id.clone(),
        number: number(payment),
        description: row.asked.description,
        fen: row.asked.fen,
        payer: None,
    };
    Ok(house.parties.payment.order(order).await?)
}

async fn payable(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    payment: PaymentId,
) -> Result<(RecordRow, PaymentRow), Refusal> {
    let (record, row) = owned(house, platform, subject, payment).await?;
    match row.stage {
        PaymentStage::Due | PaymentStage::Ordered if row.asked.until > house.now() => Ok((record, row)),
        PaymentStage::Due | PaymentStage::Ordered | PaymentStage::Closed => {
            Err(Refusal::Wrong("the time for this payment is over: ask for a new one".into()))
        }
        PaymentStage::Paid | PaymentStage::Returning | PaymentStage::Returned => {
            Err(Refusal::Wrong("this is paid: nothing is due any more".into()))
        }
    }
}

/// Takes in what the function asks of the payer, into the record that it makes, with how the payment stands so far. For
/// one payment this happens once.
async fn filled(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    row: &PaymentRow,
    (function, paying): (&Slug, Paying),
) -> Result<RecordId, Refusal> {
    let once = Once::new(platform, "payment", &row.asked.id.to_string(), b"");
    let Paying { person, channel, mut fields, consents, track: _ } = paying;
    fields.extend(status(platform, function).map(|item| (item.to_string(), Clear::new(amount(row.asked.fen)))));
    let people = vec![Participant { roles: person.into_iter().collect(), whom: Whom::Typed, fields, consents }];
    let application = Application {
        function: function.clone(),
        channel,
        product: None,
        people,
        open: Vec::new(),
        about: None,
        facts: Facts::default(),
        trigger: Trigger::Given,
        track: None,
    };
    let applied = apply(house, platform, subject, application, Who::Subject, Some(once)).await?;
    Ok(applied.record)
}

/// The item under which the function keeps what the network tells.
fn status<'p>(platform: &'p Platform, function: &Slug) -> Option<&'p str> {
    let payments = &platform.tables.program().operation.payments;
    let own = payments.iter().find(|one| one.function.as_ref().is_some_and(|named| named.text == function.as_str()))?;
    own.status.as_ref().map(|status| status.text.as_str())
}

/// Whether everybody stands in a record who must.
async fn complete(house: &House, platform: &Platform, record: &RecordRow) -> Result<bool, Refusal> {
    crate::collect::is_complete(house, platform, record.id).await
}
