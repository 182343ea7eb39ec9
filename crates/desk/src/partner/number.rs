//! Virtual numbers: bound by one act, released by another.
//!
//! The leaf of binding stands before the network hears of the customer's telephone (design invariant 3). When the server
//! dies in between, the network ends the binding by itself, at the instant that it was given.

use jiff::{SignedDuration, Timestamp};
use model::field::Validator;
use model::{AssignmentId, Clear, Slug, SubjectId};
use policy::question::{Answer, Effect};
use policy::resolve::ItemFacts;
use policy::syntax::Kind;
use store::{AssignmentRow, Expect, VirtualNumber, Write};
use vault::field::accept;
use vault::{Sealed, VaultError};

use super::assign::{entry, places};
use super::case::{Case, open, standing};
use super::{Contact, Partner, contact, is_open};
use crate::act::{Draft, TRIES, reasons};
use crate::leaf::{Act, Who};
use crate::ports::Bound;
use crate::read::page::{Place, name, question};
use crate::refusal::FieldFault;
use crate::{House, Platform, Refusal};

/// How long a number stays bound.
pub const MINUTES: i64 = 60;

/// A network that has not answered after so long does not any more.
const PENDING: i64 = 2;

/// Most bindings of one round.
const ROUND: u32 = 500;

/// Binds a virtual number between the customer of a case and the telephone from which the party calls, which is kept
/// nowhere; then shows the case. A case that has its number keeps it.
///
/// # Errors
/// Those of [`open`]; [`Refusal::Fields`] for what is no mobile number; [`Refusal::Wrong`] where no telephone number is
/// held, or the network is still being asked; [`Refusal::Outside`] when the network gives none: nothing is bound then.
pub async fn bind(
    house: &House,
    platform: &Platform,
    partner: Partner<'_>,
    id: AssignmentId,
    caller: Clear<String>,
) -> Result<Case, Refusal> {
    let shape = |_| Refusal::Fields(vec![FieldFault::new("phone", "shape")]);
    drop(accept(Validator::Mobile, &caller).map_err(shape)?);
    let caller = caller.map(|text| text.chars().filter(char::is_ascii_digit).collect::<String>());
    let platform = &*house.current(platform);
    let (_, row) = standing(house, platform, partner, id).await?;
    if let Some(until) = row.bound_until {
        let now = house.now();
        if row.number.is_some() && now < until {
            return open(house, platform, partner, id).await;
        }
        if row.number.is_none() && now < settled(until) {
            return Err(Refusal::Wrong("the network is being asked for a number: look again in a minute".into()));
        }
        release(house, platform, id, &partner.who(), "expired").await?;
    }
    let (customer, until) = dialled(house, platform, partner, id).await?;
    let bound = match house.parties.numbers.bind(customer, caller, until).await {
        Ok(bound) => bound,
        Err(outside) => {
            release(house, platform, id, &Who::House, "network").await?;
            return Err(outside.into());
        }
    };
    let given = VirtualNumber { number: bound.number.clone(), binding: bound.binding.clone() };
    if !house.store.assignment_number(&platform.id, id, &given).await? {
        // Taken back, or cut off, while the network was asked.
        house.parties.numbers.unbind(&bound).await?;
    }
    open(house, platform, partner, id).await
}

/// When a network that was asked for a number until then must have answered.
fn settled(bound_until: Timestamp) -> Timestamp {
    bound_until.checked_sub(SignedDuration::from_mins(MINUTES - PENDING)).unwrap_or(bound_until)
}

/// Opens the customer's number for the network, once the act is on the ledger.
async fn dialled(
    house: &House,
    platform: &Platform,
    partner: Partner<'_>,
    id: AssignmentId,
) -> Result<(Clear<String>, Timestamp), Refusal> {
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let (contact, row) = standing(house, platform, partner, id).await?;
        let subject = row.new.subject;
        let now = house.now();
        let place = telephone(house, platform, contact, subject).await?;
        let (snapshot, born) = house.known(platform, subject).await?;
        let part = house.store.part(&platform.id, place.record.id, place.subject, &place.person).await?;
        let part = part.ok_or(Refusal::NotFound("value"))?;
        let ask = contact.ask(Act::Bind, partner.who());
        let items: Vec<Slug> = place.only.clone().unwrap_or_default();
        let asked = question(platform, &ask, &place, items.iter().map(Slug::to_string).collect());
        let (answer, permit) = platform.tables.permit(&snapshot, born, &asked, place.record.id, now);
        let mut entry = entry(platform, contact, Act::Bind, partner.who(), now);
        told(&mut entry, &answer, &place, &items);
        let Some(permit) = permit else {
            return Err(house.refuse(platform, entry, Some(subject), answer).await);
        };
        let values = part.values.iter();
        let sealed = |value: &store::SealedValue| Sealed {
            item: value.item.clone(),
            version: value.version,
            bytes: value.sealed.clone(),
        };
        let sealed: Vec<Sealed> = values.map(sealed).collect();
        let customer = match platform.keys.dial(permit, &name(&place), part.wrapped.as_deref(), &sealed) {
            Ok(customer) => customer,
            // Erased since the state was read: the next try sees it.
            Err(VaultError::Erased) => continue,
            Err(other) => return Err(other.into()),
        };
        let until = now.checked_add(SignedDuration::from_mins(MINUTES)).unwrap_or(row.new.until).min(row.new.until);
        let draft = Draft {
            expect: vec![Expect::Subject(subject, snapshot.version())],
            writes: vec![Write::Bind(id, until)],
            entry,
            subjects: vec![subject],
            record: Some(place.record.id),
            key: None,
        };
        if house.commit(platform, draft).await?.is_some() {
            return Ok((customer, until));
        }
    }
    Err(Refusal::Contended)
}

fn told(entry: &mut crate::leaf::Entry, answer: &Answer, place: &Place, items: &[Slug]) {
    entry.person = Some(place.person.clone());
    entry.items = items.to_vec();
    entry.basis = answer.basis;
    entry.exception.clone_from(&answer.exception);
    entry.effect = answer.effect;
    entry.reasons = reasons(answer);
}

/// Where the customer's telephone number lies among what the share is about.
async fn telephone(
    house: &House,
    platform: &Platform,
    contact: Contact<'_>,
    subject: SubjectId,
) -> Result<Place, Refusal> {
    let items = &platform.tables.program().items;
    for place in places(house, platform, contact, subject).await? {
        let part = house.store.part(&platform.id, place.record.id, place.subject, &place.person).await?;
        let held = part.map(|part| part.values).unwrap_or_default();
        let number = place.only.iter().flatten().find(|item| {
            let is_number = items.get(*item).is_some_and(ItemFacts::is_telephone);
            is_number && held.iter().any(|value| value.item == **item)
        });
        if let Some(number) = number.cloned() {
            return Ok(Place { only: Some(vec![number]), ..place });
        }
    }
    Err(Refusal::Wrong(format!("no {} is held that could be called", platform.name_of(Kind::Item, "phone"))))
}

/// Ends a binding at the network, then by an act with its leaf. Nothing happens where none is bound.
async fn release(
    house: &House,
    platform: &Platform,
    id: AssignmentId,
    who: &Who,
    because: &str,
) -> Result<(), Refusal> {
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let row = house.store.assignment(&platform.id, id).await?.ok_or(Refusal::NotFound("assignment"))?;
        if row.bound_until.is_none() {
            return Ok(());
        }
        if let Some(VirtualNumber { number, binding }) = row.number {
            house.parties.numbers.unbind(&Bound { number, binding }).await?;
        }
        let mut entry = platform.entry(Act::Unbind, who.clone(), house.now());
        entry.recipient = platform.party(&row.new.party).and_then(|party| party.recipient.text.parse().ok());
        entry.party = Some(row.new.party.clone());
        entry.because = Some(because.to_owned());
        let known = house.store.subject(&platform.id, row.new.subject).await?;
        let draft = Draft {
            expect: Vec::new(),
            writes: vec![Write::Unbind(id)],
            entry,
            subjects: known.map(|known| known.id).into_iter().collect(),
            record: None,
            key: None,
        };
        if house.commit(platform, draft).await?.is_some() {
            return Ok(());
        }
    }
    Err(Refusal::Contended)
}

/// The same, where what comes next does not wait for it: the hourly round tries again, and the network ends it in time.
pub(super) async fn try_release(house: &House, platform: &Platform, id: AssignmentId, who: &Who) {
    if let Err(why) = release(house, platform, id, who, "ended").await {
        tracing::warn!(%why, "a virtual number was not released: the next round tries again");
    }
}

/// Releases every number of a party that was cut off.
pub(crate) async fn release_party(house: &House, platform: &Platform, party: &Slug) {
    drop(released(house, platform, |row| row.new.party == *party).await);
}

/// Releases the numbers of a customer that policy and law no longer allow: something was withdrawn.
pub(crate) async fn release_of(house: &House, platform: &Platform, subject: SubjectId) {
    drop(released(house, platform, |row| row.new.subject == subject).await);
}

/// Releases every number whose case is over, whose time has come, whose party is cut off, or which policy and law no
/// longer allow. Gives how many.
///
/// # Errors
/// [`Refusal::Broken`]. What a network did not release is logged, and tried again the next time.
pub async fn release_ended(house: &House, platform: &Platform) -> Result<usize, Refusal> {
    released(house, platform, |_| true).await
}

async fn released(
    house: &House,
    platform: &Platform,
    wanted: impl Fn(&AssignmentRow) -> bool,
) -> Result<usize, Refusal> {
    let mut released = 0;
    let rows = house.store.assignments_bound(&platform.id, ROUND).await?;
    for row in rows.into_iter().filter(wanted) {
        let Some(because) = over(house, platform, &row).await? else { continue };
        match release(house, platform, row.new.id, &Who::House, because).await {
            Ok(()) => released += 1,
            Err(why) => tracing::warn!(%why, "a virtual number was not released: the next round tries again"),
        }
    }
    Ok(released)
}

/// Why a number is bound no longer.
async fn over(house: &House, platform: &Platform, row: &AssignmentRow) -> Result<Option<&'static str>, Refusal> {
    let now = house.now();
    if house.store.is_cut_off(&platform.id, &row.new.party).await? {
        return Ok(Some("cut-off"));
    }
    if row.bound_until.is_some_and(|until| until <= now) {
        return Ok(Some("expired"));
    }
    let Some(contact) = contact(platform, &row.new.party).filter(|_| is_open(row, now)) else {
        return Ok(Some("ended"));
    };
    let allowed = match telephone(house, platform, contact, row.new.subject).await {
        Ok(place) => {
            let (snapshot, born) = house.known(platform, row.new.subject).await?;
            let items = place.only.iter().flatten().map(Slug::to_string).collect();
            let asked = question(platform, &contact.ask(Act::Bind, Who::House), &place, items);
            platform.tables.decide(&asked, snapshot.state(), born, now).effect != Effect::Deny
        }
        Err(Refusal::Wrong(_) | Refusal::NotFound(_)) => false,
        Err(other) => return Err(other),
    };
    Ok((!allowed).then_some("withdrawn"))
}
