//! Handing a customer to a party's people, and taking it back. One act each.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use model::{AssignmentId, Slug, SubjectId};
use policy::question::Effect;
use store::{AssignmentRow, Expect, NewAssignment, Write};

use super::{Contact, Minder, contact, is_open, number};
use crate::act::{Draft, TRIES, reasons};
use crate::leaf::{Act, Who};
use crate::read::page::{Place, own_places, question};
use crate::seat::Duty;
use crate::{House, Platform, Refusal};

/// How long a case stays open to a party.
pub const HOURS: i64 = 24;

/// A customer that was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assigned {
    /// The number under which the party's people open it.
    pub id: AssignmentId,
    /// Open until.
    pub until: Timestamp,
    /// Leaf.
    pub leaf: u64,
}

/// An assignment, as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// Its number.
    pub id: AssignmentId,
    /// To which party.
    pub party: Slug,
    /// When.
    pub at: Timestamp,
    /// Open until.
    pub until: Timestamp,
    /// Whether the party can open it now.
    pub open: bool,
    /// Whether a virtual number is bound.
    pub bound: bool,
}

/// The parties of the register to which a customer can be handed.
pub fn parties(platform: &Platform) -> Vec<&Slug> {
    let parties = platform.tables.program().operation.parties.iter();
    parties.filter_map(|party| Some(contact(platform, &party.id.value)?.party)).collect()
}

/// Hands a customer to a party, where the policy lets the party see anything of it at this instant.
///
/// # Errors
/// [`Refusal::NotFound`] for no such customer, or no party that calls by virtual numbers; [`Refusal::Denied`], with a leaf,
/// for a role that does not mind partners, for a party that is cut off, and when nothing of the customer may reach it;
/// [`Refusal::Wrong`] for a customer of whom nothing is held that the share is about.
pub async fn assign(
    house: &House,
    platform: &Platform,
    minder: Minder<'_>,
    subject: SubjectId,
    party: &Slug,
) -> Result<Assigned, Refusal> {
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let contact = contact(platform, party).ok_or(Refusal::NotFound("party"))?;
        let who = minder.check(house, platform, Some(subject)).await?;
        let (snapshot, born) = house.known(platform, subject).await?;
        let mut entry = entry(platform, contact, Act::Assign, who.clone(), house.now());
        house.open_to(platform, &entry, Some(subject)).await?;
        let places = places(house, platform, contact, subject).await?;
        let place = places.first().ok_or_else(|| Refusal::Wrong("nothing is held that this party may see".into()))?;
        let ask = contact.ask(Act::Assign, who);
        let items = place.only.iter().flatten().map(Slug::to_string).collect();
        let asked = question(platform, &ask, place, items);
        let answer = platform.tables.decide(&asked, snapshot.state(), born, house.now());
        entry.basis = answer.basis;
        entry.effect = answer.effect;
        entry.reasons = reasons(&answer);
        if answer.effect == Effect::Deny {
            return Err(house.refuse(platform, entry, Some(subject), answer).await);
        }
        let (id, at) = (AssignmentId::from_random(house.entropy.draw()), entry.at);
        let until = at.checked_add(SignedDuration::from_hours(HOURS));
        let until = until.map_err(|_| Refusal::Broken("the clock is at its end".to_owned()))?;
        let share = contact.share.id.value.clone();
        let new = NewAssignment { id, subject, party: party.clone(), share, at, until };
        let draft = Draft {
            expect: vec![Expect::Subject(subject, snapshot.version())],
            writes: vec![Write::Assign(new)],
            entry,
            subjects: vec![subject],
            record: None,
            key: None,
        };
        if let Some(done) = house.commit(platform, draft).await? {
            return Ok(Assigned { id, until, leaf: done.leaf() });
        }
    }
    Err(Refusal::Contended)
}

/// Takes a customer back from a party; a virtual number is released. Gives the leaf.
///
/// # Errors
/// [`Refusal::NotFound`] for no such assignment; [`Refusal::Denied`], with a leaf, for a role that does not mind partners;
/// [`Refusal::Wrong`] when it is over already.
pub async fn recall(house: &House, platform: &Platform, minder: Minder<'_>, id: AssignmentId) -> Result<u64, Refusal> {
    let who = minder.check(house, platform, None).await?;
    let row = house.store.assignment(&platform.id, id).await?.ok_or(Refusal::NotFound("assignment"))?;
    if !is_open(&row, house.now()) {
        return Err(Refusal::Wrong("this assignment is over already".into()));
    }
    end(house, platform, &row, who).await
}

/// Ends an assignment, and releases its number.
pub(super) async fn end(house: &House, platform: &Platform, row: &AssignmentRow, who: Who) -> Result<u64, Refusal> {
    let subject = row.new.subject;
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let now = house.now();
        let mut entry = platform.entry(Act::Unassign, who.clone(), now);
        entry.recipient = platform.party(&row.new.party).and_then(|party| party.recipient.text.parse().ok());
        entry.party = Some(row.new.party.clone());
        let draft = Draft {
            expect: Vec::new(),
            writes: vec![Write::Unassign(row.new.id, now)],
            entry,
            subjects: vec![subject],
            record: None,
            key: None,
        };
        if let Some(done) = house.commit(platform, draft).await? {
            number::try_release(house, platform, row.new.id, &who).await;
            return Ok(done.leaf());
        }
    }
    Err(Refusal::Contended)
}

/// What was handed over of one customer, newest first.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a seat of another platform.
pub async fn handed(
    house: &House,
    platform: &Platform,
    duty: &Duty,
    subject: SubjectId,
) -> Result<Vec<Handed>, Refusal> {
    duty.on(platform)?;
    let now = house.now();
    let mut handed = Vec::new();
    for row in house.store.assignments_of(&platform.id, subject).await? {
        let open = is_open(&row, now) && !house.store.is_cut_off(&platform.id, &row.new.party).await?;
        handed.push(view(row, open));
    }
    Ok(handed)
}

pub(crate) fn view(row: AssignmentRow, open: bool) -> Handed {
    let NewAssignment { id, party, at, until, .. } = row.new;
    Handed { id, party, at, until, open, bound: row.bound_until.is_some() }
}

/// The entry of an act about a party.
pub(super) fn entry(
    platform: &Platform,
    contact: Contact<'_>,
    act: Act,
    who: Who,
    at: Timestamp,
) -> crate::leaf::Entry {
    let mut entry = platform.entry(act, who, at);
    entry.recipient = Some(contact.recipient.id.value.clone());
    entry.party = Some(contact.party.clone());
    entry.function = contact.share.functions.first().and_then(|function| function.text.parse().ok());
    entry.purpose = contact.share.purpose.said().and_then(|purpose| purpose.text.parse().ok());
    entry
}

/// Where lies what the share is about, and only that: a party need not learn which other items are held.
pub(super) async fn places(
    house: &House,
    platform: &Platform,
    contact: Contact<'_>,
    subject: SubjectId,
) -> Result<Vec<Place>, Refusal> {
    let share = contact.share;
    let scopes =
        platform.tables.scopes().iter().filter(|scope| scope.element == share.id.value && scope.act == share.act.value);
    let declared: BTreeSet<Slug> = scopes.flat_map(|scope| scope.items.iter().cloned()).collect();
    let declared: Vec<Slug> = declared.into_iter().collect();
    let of_class =
        |class: &Slug| share.records.is_empty() || share.records.iter().any(|one| one.text == class.as_str());
    let in_role = |place: &Place| share.of.iter().any(|role| role.text == place.person.as_str());
    let records = house.store.records_of(&platform.id, subject).await?;
    let places = records.iter().filter(|record| of_class(&record.class)).flat_map(|record| own_places(record, subject));
    Ok(places.filter(in_role).map(|place| Place { only: Some(declared.clone()), ..place }).collect())
}
