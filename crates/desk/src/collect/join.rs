//! Joining (加入): who opens the link of an invitation fills the open role in, with own consents, in one act.
//!
//! Whoever opens a link proves a telephone by a code, or is logged in; who has an account under that telephone joins by
//! it. A person is found by document number like everybody who stands in a matter. A child is never let in: for it a
//! guardian answers (rule R17).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use jiff::{SignedDuration, Timestamp};
use model::act::{Account, GivenBy, Life};
use model::age::is_under;
use model::calendar::day_in_shanghai;
use model::{Clear, RecordId, Slug, SubjectId};
use policy::question::{Code, Facts, ItemAnswer, Reason};
use policy::syntax::{Action, Function, Trigger};
use serde::{Deserialize, Serialize};
use store::{Expect, InvitationRow, InvitationState, RecordRow, TokenKind, Write};

use super::apply::Named;
use super::ask::Context;
use super::invite::Stage;
use super::matter::{Matter, No};
use super::outline::same_person;
use super::standing::{Found, Standing, find, stranger};
use super::{Participant, Whom};
use crate::act::{Once, TRIES};
use crate::consent::{Choice, drawn, faults, missing};
use crate::leaf::{Act, Entry, Who};
use crate::refusal::{Ended, by_law};
use crate::seat::{Caller, phone_mark, proof_check, proof_send, sha256};
use crate::track::{self, Closing};
use crate::{House, Platform, Refusal, identity};

/// How long a proven telephone counts, in minutes: as long as one may take over the form.
const PROOF_MINUTES: i64 = 30;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The record in which the role is open.
    pub record: RecordId,
    /// Function in whose course the role is filled in.
    pub function: Slug,
    /// Product of the matter.
    pub product: Option<Slug>,
    /// The open role.
    pub role: Slug,
    /// Roles of those who stand in the matter already, or are invited too: the groups of one person each, the guest's
    /// last.
    pub people: Vec<Vec<Slug>>,
    /// Until when the link works.
    pub until: Timestamp,
}

/// Who joins.
#[derive(Debug)]
pub enum Guest {
    /// Who is logged in, or whom a system knows.
    Account(SubjectId),
    /// Somebody without an account.
    Stranger(Proof),
}

/// That a telephone was proven by whoever holds the link, as its keyed digest; or that a system of the company's vouches
/// for the person.
#[derive(Debug)]
pub struct Proof(Option<[u8; 32]>);

impl Proof {
    /// A system that brings somebody in knows whom.
    pub const fn of(_system: &Caller) -> Self {
        Self(None)
    }

    /// Reads what [`prove`] gave for this link in this session; `None` for anything else, and once it is old.
    pub fn read(house: &House, platform: &Platform, (link, session): (&str, &str), text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let ends = Timestamp::from_second(parts.next()?.parse().ok()?).ok()?;
        let telephone: [u8; 32] = hex::decode(parts.next()?).ok()?.try_into().ok()?;
        let given = hex::decode(parts.next()?).ok()?;
        let own = seal(platform, (link, session), &telephone, ends);
        (house.now() < ends && verify_slices_are_equal(&own, &given).is_ok()).then_some(Self(Some(telephone)))
    }
}

/// Who it is whose telephone was proven.
#[derive(Debug)]
pub enum Proven {
    /// Who has an account by it; that one joins.
    Account(SubjectId),
    /// Nobody known: the proof, to come back with the form.
    Stranger(String),
}

/// What a guest fills in.
pub struct Joining {
    /// Values by item.
    pub fields: Vec<(String, Clear<String>)>,
    /// The guest's own consents.
    pub consents: Vec<Choice>,
    /// Channel.
    pub channel: Option<Slug>,
    /// How the guest came to it, where it is part of a sale.
    pub track: Option<Closing>,
}

/// Somebody joined.
#[derive(Debug, Clone, PartialEq)]
pub struct Joined {
    /// Who.
    pub subject: SubjectId,
    /// The record.
    pub record: RecordId,
    /// Leaf.
    pub leaf: u64,
    /// Items that were given and not kept, with the reasons.
    pub withheld: Vec<ItemAnswer>,
}

/// What is behind a link.
struct Behind {
    row: InvitationRow,
    record: RecordRow,
    /// Roles that are open beside it.
    others: Vec<Slug>,
}

impl Behind {
    async fn of(house: &House, platform: &Platform, link: &str) -> Result<Self, Refusal> {
        let digest = sha256(link.as_bytes());
        let row = house.store.invitation_by_digest(&platform.id, &digest).await?;
        let row = row.ok_or(Refusal::NotFound("invitation"))?;
        if let Some(ended) = Stage::of(&row, house.now()).ended() {
            return Err(Refusal::Invitation(ended));
        }
        let record = house.store.record(&platform.id, row.made.record).await?;
        let record = record.filter(|record| record.life == Life::Live).ok_or(Refusal::Invitation(Ended::Closed))?;
        let invited = house.store.invitations_of(&platform.id, record.id).await?.into_iter();
        let open = invited.filter(|one| one.state == InvitationState::Open && one.made.id != row.made.id);
        let others = open.map(|one| one.made.role).collect();
        Ok(Self { row, record, others })
    }

    /// The function that made the record, as the policy in force has it.
    fn function<'p>(&self, platform: &'p Platform) -> Result<&'p Function, Refusal> {
        let mut functions = platform.tables.program().policy.functions.iter();
        let found = functions.find(|one| Some(&one.id.value) == self.record.function.as_ref());
        found.ok_or(Refusal::Invitation(Ended::Closed))
    }

    /// Everybody's roles by person, those of the guest last.
    fn people(&self, guest: Option<SubjectId>) -> Vec<Vec<Slug>> {
        let mut known: Vec<(SubjectId, Vec<Slug>)> = Vec::new();
        for (subject, role) in &self.record.roles {
            match known.iter_mut().find(|(id, _)| id == subject) {
                Some((_, roles)) => roles.push(role.clone()),
                None => known.push((*subject, vec![role.clone()])),
            }
        }
        let (own, others): (Vec<_>, Vec<_>) = known.into_iter().partition(|(id, _)| Some(*id) == guest);
        let own = own.into_iter().flat_map(|(_, roles)| roles).chain([self.row.made.role.clone()]).collect();
        let open = self.others.iter().map(|role| vec![role.clone()]);
        others.into_iter().map(|(_, roles)| roles).chain(open).chain([own]).collect()
    }
}

/// Where a link leads. It leaves no leaf: nothing of a person is told.
///
/// # Errors
/// [`Refusal::NotFound`] for a link of no invitation here, [`Refusal::Invitation`] for one that is over.
pub async fn opening(
    house: &House,
    platform: &Platform,
    link: &str,
    guest: Option<SubjectId>,
) -> Result<Opening, Refusal> {
    let behind = Behind::of(house, platform, link).await?;
    let function = behind.function(platform)?.id.value.clone();
    let people = behind.people(guest);
    let (made, product) = (behind.row.made, behind.record.product);
    let record = behind.record.id;
    Ok(Opening { record, function, product, role: made.role, people, until: made.until })
}

/// Sends a code to the telephone of whoever opened a link.
///
/// # Errors
/// Those of [`opening`]; [`Refusal::Fields`] for what is no telephone number, [`Refusal::TooMany`].
pub async fn prove_send(house: &House, platform: &Platform, link: &str, phone: Clear<String>) -> Result<(), Refusal> {
    Behind::of(house, platform, link).await?;
    proof_send(house, platform, phone).await
}

/// Takes the code. The proof is good for this link in this session alone.
///
/// # Errors
/// Those of [`opening`]; [`Refusal::NotAllowed`] for a code that is wrong, used, too old or tried too often.
pub async fn prove(
    house: &House,
    platform: &Platform,
    (link, session): (&str, &str),
    (phone, code): (&Clear<String>, &str),
) -> Result<Proven, Refusal> {
    Behind::of(house, platform, link).await?;
    if let Some(subject) = proof_check(house, platform, phone, code).await? {
        return Ok(Proven::Account(subject));
    }
    let until = house.now().checked_add(SignedDuration::from_mins(PROOF_MINUTES));
    let until = until.map_err(|_| Refusal::Broken("the clock is at its end".to_owned()))?;
    let until = Timestamp::from_second(until.as_second()).map_err(|_| Refusal::Broken("no such instant".into()))?;
    let telephone = telephone(platform, link, phone)?;
    let seal = seal(platform, (link, session), &telephone, until);
    Ok(Proven::Stranger(format!("{}.{}.{}", until.as_second(), hex::encode(telephone), hex::encode(seal))))
}

/// What is kept of the telephone that a guest proved: useless without the link, which is kept nowhere.
pub(super) fn telephone(platform: &Platform, link: &str, phone: &Clear<String>) -> Result<[u8; 32], Refusal> {
    Ok(platform.keys.digest("guest-telephone", &[link.as_bytes(), &phone_mark(platform, phone)?].concat()))
}

fn seal(platform: &Platform, (link, session): (&str, &str), telephone: &[u8; 32], until: Timestamp) -> [u8; 32] {
    let told = format!("{} {session} {link} {}", until.as_second(), hex::encode(telephone));
    platform.keys.digest("invitation-proof", told.as_bytes())
}

/// What an idempotency key repeats.
#[derive(Serialize, Deserialize)]
struct Kept {
    subject: SubjectId,
    record: RecordId,
}

/// Who joined by this very request before: the link is used since, and is not looked at.
///
/// # Errors
/// [`Refusal::KeyReused`] when the key came with another request.
pub async fn joined(house: &House, platform: &Platform, once: Option<Once>) -> Result<Option<Joined>, Refusal> {
    let before = house.answered(platform, once).await?;
    Ok(before.map(|(leaf, Kept { subject, record })| Joined { subject, record, leaf, withheld: Vec::new() }))
}

/// Joins: one act, one leaf; the role is filled in and the link is used, or nothing at all. The same request under the
/// same key is the same act.
///
/// # Errors
/// Those of [`opening`]; [`Refusal::Fields`] for fields that cannot be accepted or are missing; [`Refusal::Denied`], with
/// a leaf, for a child, for a consent that cannot count, and where policy and law demand what was refused;
/// [`Refusal::Taken`] for the number of somebody who has an account and did not log in; [`Refusal::Wrong`] for somebody
/// who stands in that role already, or holds the matter; [`Refusal::KeyReused`].
pub async fn join(
    house: &House,
    platform: &Platform,
    link: &str,
    (guest, mut joining): (Guest, Joining),
    who: Who,
    once: Option<Once>,
) -> Result<Joined, Refusal> {
    if let Some(before) = joined(house, platform, once).await? {
        return Ok(before);
    }
    let role = Behind::of(house, platform, link).await?.row.made.role;
    let fields = std::mem::take(&mut joining.fields);
    let person = Participant { roles: vec![role], whom: Whom::Typed, fields, consents: Vec::new() };
    let person = Named::of(platform, 0, person)?;
    person.read()?;
    for _ in 0..TRIES {
        let form = (&guest, &joining, &person);
        match attempt(house, &house.current(platform), link, form, (&who, once)).await {
            Ok(Some(done)) => return Ok(done),
            Ok(None) => {}
            // The same request at the same time was first.
            Err(refusal @ Refusal::Done { .. }) => return joined(house, platform, once).await?.ok_or(refusal),
            Err(refusal) => return Err(refusal),
        }
    }
    Err(Refusal::Contended)
}

async fn attempt(
    house: &House,
    platform: &Platform,
    link: &str,
    (guest, joining, person): (&Guest, &Joining, &Named),
    (who, once): (&Who, Option<Once>),
) -> Result<Option<Joined>, Refusal> {
    let behind = Behind::of(house, platform, link).await?;
    let (now, function, record) = (house.now(), behind.function(platform)?, &behind.record);
    let role = &behind.row.made.role;
    let mut entry = platform.entry(Act::Collect, who.clone(), now);
    entry.function = Some(function.id.value.clone());
    entry.purpose = function.purposes.first().and_then(|purpose| purpose.text.parse().ok());
    entry.person = Some(role.clone());

    let standing = stand(house, platform, (guest, person), record).await?;
    let (subject, known) = (standing.id, standing.known());
    if record.holder == Some(subject) || record.roles.contains(&(subject, role.clone())) {
        return Err(Refusal::Wrong("who stands in the matter already needs no invitation".into()));
    }
    if let Some(fault) = identity::differing_number(house, platform, subject, &person.read()?).await? {
        return Err(Refusal::Fields(person.faults(role, vec![fault])));
    }
    let wrong = wrong(platform, &standing, joining, now);
    if !wrong.is_empty() {
        return Err(house.refuse_for(platform, entry, known, wrong).await);
    }
    let choices = missing(platform, standing.snapshot.state(), joining.consents.clone(), now);
    let given = drawn(house, platform, subject, &choices, now);
    let standing = match &standing.new {
        Some(new) => Standing::made(house, platform, new.clone(), &person.read()?, &given).await?,
        None => standing.consenting(house, platform, &given).await?,
    };
    let people = behind.people(Some(subject));
    let people: Vec<&[Slug]> = people.iter().map(Vec::as_slice).collect();
    let same = same_person(&people, people.len().saturating_sub(1));
    let facts = Facts { same_person: Some(same), ..Facts::default() };
    let context = Context {
        channel: joining.channel.as_ref(),
        files_later: true,
        typed: true,
        product: record.product.as_ref(),
        ..Context::of(Action::Collect, Some(function), &facts, who, now)
    };
    let mut matter = Matter::of((record.id, record.holder.unwrap_or(subject)), Trigger::Given);
    let place = matter.begin(standing);
    matter.consented(given);
    match matter.fill(house, platform, context, (place, role), person) {
        Ok(()) => {}
        Err(No::Missing(faults)) => return Err(Refusal::Fields(faults)),
        Err(No::Denied(answer)) => return Err(house.refuse(platform, entry, known, *answer).await),
        Err(No::Broken(refusal)) => return Err(refusal),
    }
    let telephone = match guest {
        Guest::Stranger(Proof(telephone)) => *telephone,
        Guest::Account(_) => None,
    };
    let how = (entry, joining.track.as_ref(), once);
    commit(house, platform, (&behind, matter), (subject, person, telephone), how).await
}

/// The guest as the guest stands before this act; whoever is new is made without an account.
async fn stand(
    house: &House,
    platform: &Platform,
    (guest, person): (&Guest, &Named),
    record: &RecordRow,
) -> Result<Standing, Refusal> {
    let values = person.read()?;
    if let Guest::Account(subject) = guest {
        return Standing::of(house, platform, *subject, None, &values).await;
    }
    match find(house, platform, &[], &values).await? {
        Found::Known(id, document) => {
            let standing = Standing::of(house, platform, id, document, &values).await?;
            // Who has an account joins by it: a number alone could be anybody's.
            match standing.snapshot.state().account {
                Account::None => Ok(standing),
                Account::Active | Account::Closed => Err(Refusal::Taken(TokenKind::Document)),
            }
        }
        Found::Here(_) | Found::Nobody => {
            let new = stranger(platform, house.entropy.draw(), &values, (record.id, &person.roles));
            Standing::made(house, platform, new, &values, &[]).await
        }
    }
}

/// What keeps the guest, or a consent of the guest's, from counting.
fn wrong(platform: &Platform, standing: &Standing, joining: &Joining, now: Timestamp) -> Vec<Reason> {
    let of_choice = |choice: &Choice| faults(platform, choice, standing.born, now);
    let mut wrong: Vec<Reason> = joining.consents.iter().flat_map(of_choice).collect();
    let of_another = |choice: &&Choice| choice.by != GivenBy::Oneself;
    wrong.extend(joining.consents.iter().filter(of_another).map(|choice| {
        let scope = platform.tables.scopes().iter().find(|scope| scope.id == choice.scope);
        by_law(platform, Code::ConsentByOther, scope, "R19", now)
    }));
    // R17: for a child its guardian fills in, in an own account.
    let child = platform.tables.program().law.ages().child;
    let is_child = standing.born.is_some() && is_under(standing.born, child, day_in_shanghai(now));
    wrong.extend(is_child.then(|| by_law(platform, Code::GuardianConsentMissing, None, "R17", now)));
    if standing.snapshot.state().account == Account::Closed {
        wrong.push(by_law(platform, Code::AccountClosed, None, "R46", now));
    }
    wrong
}

/// The one transaction, on the invitation as it was read.
async fn commit(
    house: &House,
    platform: &Platform,
    (behind, mut matter): (&Behind, Matter),
    (subject, person, telephone): (SubjectId, &Named, Option<[u8; 32]>),
    (mut entry, track, once): (Entry, Option<&Closing>, Option<Once>),
) -> Result<Option<Joined>, Refusal> {
    let (record, made) = (behind.record.id, &behind.row.made);
    if matter.claims_number(subject) {
        let (values, by) = (person.read()?, (&entry.actor, entry.at));
        matter.numbered(subject, identity::further_number(house, platform, (subject, &values), by).await?);
    }
    matter.also([Write::Invited(record, made.id, InvitationState::Used)]);
    matter.tell(&mut entry);
    let joined = |subject, role| Write::Join(record, store::Joined { subject, role, invitation: made.id, telephone });
    let (mut draft, withheld) = matter.joining(entry, joined);
    draft.key = once.map(|once| once.key(&Kept { subject, record }));
    draft.expect.push(Expect::Invitation(record, made.id, InvitationState::Open, made.digest));
    match track::commit(house, platform, track, draft).await {
        Ok(act) => Ok(act.map(|act| Joined { subject, record, leaf: act.leaf(), withheld })),
        // Somebody else brought the same new person in meanwhile, and is found the next time.
        Err(Refusal::Taken(TokenKind::Document)) => Ok(None),
        Err(refusal) => Err(refusal),
    }
}
