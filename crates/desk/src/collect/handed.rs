//! Records that the company's own systems hand in: policies, claims. One act over everybody who stands in them.
//!
//! The items were collected where the record was made; this house is asked to keep them, so the question is `retain`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{RecordId, Slug, SubjectId};
use policy::question::{Answer, Facts};
use policy::syntax::{Action, Collect, PersonKind, Record, Trigger};
use serde::{Deserialize, Serialize};
use store::{Expect, NewRecord, TokenKind, Write};
use vault::Whose;

use super::ask::{Context, Ruling, rule};
use super::fields::{Checked, Typed, checked, named};
use super::ids::Ids;
use super::seal::{self, Place};
use super::standing::{Filed, Part, Seen, Standing, stranger};
use super::{HandIn, Handed, HandedIn, Once};
use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Who};
use crate::refusal::FieldFault;
use crate::seat::Caller;
use crate::{House, Platform, Refusal};

/// What an idempotency key repeats.
#[derive(Serialize, Deserialize)]
struct Kept {
    record: RecordId,
    subjects: Vec<SubjectId>,
}

/// One person of the record, its fields named.
pub(super) struct Named {
    roles: Vec<Slug>,
    typed: Vec<Typed>,
}

impl Named {
    /// Its fields.
    pub(super) fn typed(&self) -> &[Typed] {
        &self.typed
    }
}

/// Everybody of a record, their fields named.
pub(super) fn people(platform: &Platform, handed: Vec<Handed>) -> Result<Vec<Named>, Refusal> {
    let named = |one: Handed| Ok(Named { roles: one.roles, typed: named(platform, one.fields)? });
    handed.into_iter().map(named).collect()
}

/// Takes a record over from one of the company's systems.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that may not collect here; [`Refusal::Wrong`] for a class or role that the policy does not declare; [`Refusal::Fields`] for fields that cannot
/// be accepted, or that the class does not hold in any of the person's roles; [`Refusal::Denied`], with a leaf.
pub async fn hand_in(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    mut handed: HandIn,
    once: Option<Once>,
) -> Result<HandedIn, Refusal> {
    caller.may(platform, Action::Collect.word(), None)?;
    let who = caller.who();
    let people = people(platform, std::mem::take(&mut handed.people))?;
    for _ in 0..TRIES {
        match attempt(house, &house.current(platform), &handed, &people, &who, once).await {
            Ok(Some(done)) => return Ok(done),
            // Somebody else brought the same new person in meanwhile: look it up again.
            Ok(None) | Err(Refusal::Taken(TokenKind::Document)) => {}
            Err(Refusal::Done { leaf, answer }) => {
                let kept = serde_json::from_slice::<Kept>(&answer);
                let kept = kept.map_err(|_| Refusal::Broken("a kept answer does not read".into()))?;
                return Ok(HandedIn { record: kept.record, subjects: kept.subjects, leaf });
            }
            Err(refusal) => return Err(refusal),
        }
    }
    Err(Refusal::Contended)
}

async fn attempt(
    house: &House,
    platform: &Platform,
    handed: &HandIn,
    people: &[Named],
    who: &Who,
    once: Option<Once>,
) -> Result<Option<HandedIn>, Refusal> {
    let now = house.now();
    let mut entry = platform.entry(Act::Collect, who.clone(), now);
    let mut standings: Vec<Standing> = Vec::new();
    let seen = Seen::of(house, platform, people.iter().map(Named::typed)).await?;
    let given = Given { handed, people, takes: Takes::HandedIn, seen: &seen, ids: Ids::apart(house) };
    let filled = fill(house, platform, given, (&mut standings, Filed::default()), (who, now)).await;
    let Filled { header, filed, .. } = match filled {
        Ok(filled) => filled,
        Err(Filing::Denied(answer, known)) => return Err(house.refuse(platform, entry, known, *answer).await),
        Err(Filing::Broken(refusal)) => return Err(refusal),
    };
    entry.items = filed.items();
    let record = header.id;
    let subjects: Vec<SubjectId> = standings.iter().map(|standing| standing.id).collect();
    let kept = Kept { record, subjects: subjects.clone() };
    let expect = expected(&standings);
    let mut writes: Vec<Write> = standings.into_iter().filter_map(|one| one.new).map(Write::Subject).collect();
    writes.push(Write::Record(header));
    writes.extend(filed.writes);
    let key = once.map(|once| once.key(&kept));
    let draft = Draft { expect, writes, entry, subjects, record: Some(record), key };
    let act = house.commit(platform, draft).await?;
    Ok(act.map(|act| HandedIn { record, subjects: kept.subjects, leaf: act.leaf() }))
}

/// Of whom the state that was decided on must still hold.
pub(super) fn expected(standings: &[Standing]) -> Vec<Expect> {
    let known = standings.iter().filter(|one| one.new.is_none());
    known.map(|one| Expect::Subject(one.id, one.snapshot.version())).collect()
}

/// A record, ready to be written.
pub(super) struct Filled {
    pub(super) header: NewRecord,
    pub(super) filed: Filed,
    /// Where each natural person stands among the standings, by its place among the people.
    pub(super) places: BTreeMap<usize, usize>,
}

/// What of a record is taken from whoever hands it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// What the class declares to be handed in.
    HandedIn,
    /// That, and what people themselves once told the functions that make the record.
    Everything,
}

/// A record as it is given, and what its act makes of it.
#[derive(Clone, Copy)]
pub(super) struct Given<'g> {
    pub(super) handed: &'g HandIn,
    pub(super) people: &'g [Named],
    pub(super) takes: Takes,
    /// Those of its people who are known, among others.
    pub(super) seen: &'g Seen,
    pub(super) ids: Ids<'g>,
}

/// Asks about everybody who stands in a record, and seals what is kept.
pub(super) async fn fill(
    house: &House,
    platform: &Platform,
    Given { handed, people, takes, seen, ids }: Given<'_>,
    (standings, mut filed): (&mut Vec<Standing>, Filed),
    (who, now): (&Who, Timestamp),
) -> Result<Filled, Filing> {
    let policy = &platform.tables.program().policy;
    let class = policy.records.iter().find(|class| class.id.value == handed.class);
    let class = class.ok_or(Refusal::Wrong("the policy declares no such record class".into()))?;
    if handed.product.as_ref().is_some_and(|product| !policy.products.iter().any(|one| one.id.value == *product)) {
        return Err(Refusal::Wrong("the policy declares no such product".into()).into());
    }
    let makers =
        policy.functions.iter().filter(|one| one.makes.as_ref().is_some_and(|made| made.text == handed.class.as_str()));
    let taken = makers.filter(|_| takes == Takes::Everything).filter_map(|function| function.collects.said());
    let taken: Vec<&Collect> = taken.flatten().collect();
    let facts = Facts::default();
    let context = Context::of(Action::Retain, None, &facts, who, now);
    let record = RecordId::from_random(ids.draw());
    let (mut places, mut first) = (BTreeMap::new(), None);
    for (nth, whose, person) in in_order(platform, people)? {
        let values = checked(&person.typed).map_err(Refusal::Fields)?;
        let place = match whose {
            Whose::Subject => {
                let new = || stranger(platform, ids.draw(), &values, (record, &person.roles));
                let place = seen.stand((house, platform), standings, &values, new).await?;
                places.insert(nth, place);
                Some(place)
            }
            Whose::Matter => first,
        };
        first = first.or(place);
        let standing = place.and_then(|place| standings.get(place));
        let standing = standing.ok_or(Refusal::Wrong("a record needs a natural person".into()))?;
        for (role, values) in by_role((class, &taken), person, values)? {
            filed.add(file(house, platform, (standing, whose), context, (record, role), values)?);
        }
    }
    let header = NewRecord {
        id: record,
        class: handed.class.clone(),
        function: None,
        product: handed.product.clone(),
        holder: None,
        roles: filed.roles.clone(),
        in_force_from: handed.in_force_from,
        in_force_until: handed.in_force_until,
        at: now,
    };
    Ok(Filled { header, filed, places })
}

/// Natural persons first: an organisation's part is asked about in the state of the first of them.
fn in_order<'p>(platform: &Platform, people: &'p [Named]) -> Result<Vec<(usize, Whose, &'p Named)>, Refusal> {
    let declared = &platform.tables.program().policy.persons;
    let mut ordered = Vec::with_capacity(people.len());
    for (nth, person) in people.iter().enumerate() {
        let kinds = person.roles.iter().map(|role| declared.iter().find(|known| known.id.value == *role));
        let kinds: Option<Vec<PersonKind>> = kinds.map(|known| Some(known?.kind.value)).collect();
        let kinds = kinds.ok_or(Refusal::Wrong("a role that the policy does not declare".into()))?;
        let whose = match kinds.as_slice() {
            [] => return Err(Refusal::Wrong("somebody without a role".into())),
            kinds if kinds.iter().all(|kind| *kind == PersonKind::Organisation) => Whose::Matter,
            kinds if kinds.iter().all(|kind| *kind == PersonKind::Natural) => Whose::Subject,
            _ => return Err(Refusal::Wrong("nobody is a person and an organisation at once".into())),
        };
        ordered.push((nth, whose, person));
    }
    ordered.sort_by_key(|(_, whose, _)| *whose == Whose::Matter);
    Ok(ordered)
}

/// The values of each role that the class holds for it; a value that no role holds is a fault.
fn by_role<'p>(
    (class, taken): (&Record, &[&Collect]),
    person: &'p Named,
    values: Vec<Checked>,
) -> Result<Vec<(&'p Slug, Vec<Checked>)>, Refusal> {
    let holds = |role: &Slug, item: &Slug| {
        let handed = class.holds.iter().filter(|hold| hold.of.text == role.as_str()).flat_map(|hold| &hold.items);
        let taken = taken.iter().filter(|group| group.of.text == role.as_str()).flat_map(|group| &group.items);
        handed.chain(taken).any(|held| held.text == item.as_str())
    };
    let homeless = person.typed.iter().filter(|typed| !person.roles.iter().any(|role| holds(role, &typed.item)));
    let faults: Vec<FieldFault> = homeless.map(|typed| FieldFault::new(typed.item.to_string(), "not-held")).collect();
    if !faults.is_empty() {
        return Err(Refusal::Fields(faults));
    }
    let mut values = Some(values);
    let mut parts = Vec::with_capacity(person.roles.len());
    for role in &person.roles {
        // Checked values cannot be copied; each role after the first has its own.
        let mut values = values.take().map_or_else(|| checked(&person.typed).map_err(Refusal::Fields), Ok)?;
        values.retain(|value| holds(role, &value.item));
        parts.push((role, values));
    }
    Ok(parts)
}

/// Why a record cannot be filed.
pub(super) enum Filing {
    /// The decision was no, about whoever was known before.
    Denied(Box<Answer>, Option<SubjectId>),
    Broken(Refusal),
}

impl From<Refusal> for Filing {
    fn from(refusal: Refusal) -> Self {
        Self::Broken(refusal)
    }
}

fn file(
    house: &House,
    platform: &Platform,
    (standing, whose): (&Standing, Whose),
    context: Context<'_>,
    (record, role): (RecordId, &Slug),
    values: Vec<Checked>,
) -> Result<Part, Filing> {
    let stands = (whose == Whose::Subject).then(|| (standing.id, role.clone()));
    if values.is_empty() {
        return Ok(Part { role: stands, items: Vec::new(), writes: Vec::new() });
    }
    let whole = values.len();
    let (permit, answer, kept) =
        match rule(platform, (&standing.snapshot, standing.born), context, (record, role), values, false) {
            Ruling::Kept { permit, answer, kept, .. } => (permit, answer, kept),
            Ruling::Denied(answer) => return Err(Filing::Denied(answer, standing.known())),
            Ruling::Missing(faults) => return Err(Refusal::Fields(faults).into()),
        };
    // A record is handed over whole or not at all.
    if kept.len() != whole {
        return Err(Filing::Denied(answer, standing.known()));
    }
    let place = Place {
        record,
        subject: standing.id,
        role,
        whose,
        part: None,
        trigger: Trigger::Source,
        source: None,
        function: None,
        at: context.now,
    };
    let items = kept.iter().map(|checked| checked.item.clone()).collect();
    let gate = seal::gate(platform, &place, standing.stored, &kept).filter(|_| standing.known().is_some());
    let mut writes = seal::writes(house, platform, *permit, &place, kept)?;
    writes.extend(gate.filter(|_| whose == Whose::Subject));
    Ok(Part { role: stands, items, writes })
}
