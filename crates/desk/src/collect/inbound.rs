//! What others hold about a known subject (间接收集): a source brings it, or a system of ours fetches it there.
//!
//! Only what the policy takes from that very source, and only as far as the person consented to the source (rules R11,
//! R23): each item is decided about, and what is not permitted is refused and forgotten. The source stands on the leaf and
//! beside each value, so that the person sees from whom it came.
//!
//! Whoever has an account may have typed somebody else's document number. What others hold about the bearer of a number
//! comes in only once the house knows who the account's holder is ([`identity`]).

use jiff::Timestamp;
use model::act::{Account, Life, RecordState};
use model::{RecordId, Slug, SubjectId};
use policy::question::Code;
use policy::syntax::{Action, Function, Kind, Ref, Source, Trigger, Use};
use serde::{Deserialize, Serialize};
use store::{NewRecord, RecordRow};

use super::add::{Put, Target};
use super::ask::Context;
use super::fields::{Typed, checked, named};
use super::{Added, Inbound, Once, typed_groups};
use crate::act::TRIES;
use crate::leaf::Act;
use crate::seat::Caller;
use crate::{House, Platform, Refusal, identity};

/// What an idempotency key repeats.
#[derive(Serialize, Deserialize)]
struct Kept {
    record: RecordId,
}

/// Takes in what a source holds about a subject: one act.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that does not cover the course; [`Refusal::Fields`] for fields that cannot be accepted, nothing stored; [`Refusal::Denied`], with a leaf,
/// for a source or course that the policy does not have, and when no item may be kept; [`Refusal::NotFound`] for a record
/// that is not the subject's; [`Refusal::Wrong`] where there is none yet.
pub async fn inbound(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    subject: SubjectId,
    mut inbound: Inbound,
    once: Option<Once>,
) -> Result<Added, Refusal> {
    let typed = named(platform, std::mem::take(&mut inbound.fields))?;
    for _ in 0..TRIES {
        match attempt(house, &house.current(platform), caller, subject, (&inbound, &typed), once).await {
            Ok(Some(done)) => return Ok(done),
            Ok(None) => {}
            Err(Refusal::Done { leaf, answer }) => {
                let kept = serde_json::from_slice::<Kept>(&answer);
                let Kept { record } = kept.map_err(|_| Refusal::Broken("a kept answer does not read".into()))?;
                return Ok(Added { record, leaf, withheld: Vec::new() });
            }
            Err(refusal) => return Err(refusal),
        }
    }
    Err(Refusal::Contended)
}

/// In what course data comes from a source.
enum Course<'p> {
    Function(&'p Function),
    Use(&'p Use),
}

impl<'p> Course<'p> {
    /// The element of that id that takes data from that source.
    fn of(platform: &'p Platform, id: &Slug, source: &Slug) -> Option<Self> {
        let policy = &platform.tables.program().policy;
        let names = |sources: &[Ref<Source>]| sources.iter().any(|one| one.text == source.as_str());
        let takes =
            |function: &&Function| function.collects.said().into_iter().flatten().any(|group| names(&group.sources));
        let function = policy.functions.iter().filter(|one| one.id.value == *id).find(takes);
        let used = policy.uses.iter().find(|used| used.id.value == *id && names(&used.sources));
        function.map(Self::Function).or_else(|| used.map(Self::Use))
    }

    /// What the caller's token must cover.
    fn covered(&self) -> &'p str {
        match self {
            Self::Function(function) => function.id.as_str(),
            Self::Use(used) => &used.purpose.text,
        }
    }
}

async fn attempt(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    subject: SubjectId,
    (inbound, typed): (&Inbound, &[Typed]),
    once: Option<Once>,
) -> Result<Option<Added>, Refusal> {
    let (snapshot, born) = house.known(platform, subject).await?;
    let (now, who) = (house.now(), caller.who());
    let mut entry = platform.entry(Act::Collect, who.clone(), now);
    let names = &platform.tables.program().names;
    let Some(source) = names.entry(Kind::Source, inbound.source.as_str()) else {
        let unknown = crate::refusal::by_policy(Code::UnknownSource, None);
        return Err(house.refuse_for(platform, entry, Some(subject), vec![unknown]).await);
    };
    let Some(course) = Course::of(platform, &inbound.course, &source.id) else {
        let undeclared = crate::refusal::by_policy(Code::NotDeclared, None);
        return Err(house.refuse_for(platform, entry, Some(subject), vec![undeclared]).await);
    };
    caller.may(platform, Action::Collect.word(), Some(course.covered()))?;
    let (function, used) = match course {
        Course::Function(function) => (Some(function), None),
        Course::Use(used) => (None, Some(used)),
    };
    let context = Context {
        action: Action::Collect,
        function,
        used,
        source: Some(&source.id),
        channel: inbound.channel.as_ref(),
        product: inbound.product.as_ref(),
        facts: &inbound.facts,
        who: &who,
        now,
        approved: false,
        files_later: false,
        typed: false,
    };
    entry.function = function.map(|function| function.id.value.clone());
    entry.purpose = context.purpose().and_then(|purpose| purpose.text.parse().ok());
    entry.person = Some(inbound.person.clone());
    entry.source = Some(source.id.clone());
    let account = snapshot.state().account;
    if account != Account::None && !identity::is_verified(house, platform, subject).await? {
        return Err(house.refuse_for(platform, entry, Some(subject), identity::unverified(platform, now)).await);
    }
    let place = Place { subject, inbound, function, at: now };
    let (target, header) = place.find(house, platform, &snapshot.state().records).await?;
    let values = checked(typed).map_err(Refusal::Fields)?;
    let put = Put { entry, context, target: &target, person: &inbound.person, trigger: Trigger::Source, header };
    let key = once.map(|once| once.key(&Kept { record: target.record }));
    let done = put.commit(house, platform, (&snapshot, born), values, key).await?;
    Ok(done.map(|(leaf, withheld)| Added { record: target.record, leaf, withheld }))
}

/// Where it goes.
struct Place<'a> {
    subject: SubjectId,
    inbound: &'a Inbound,
    function: Option<&'a Function>,
    at: Timestamp,
}

impl Place<'_> {
    /// The record that is named; else the newest that the function made, a new one where nobody fills the function in;
    /// else the newest in which the subject has the role.
    async fn find(
        &self,
        house: &House,
        platform: &Platform,
        records: &[RecordState],
    ) -> Result<(Target, Option<NewRecord>), Refusal> {
        let person = &self.inbound.person;
        let there = |state: &&RecordState| state.roles.contains(person);
        let own = |id: RecordId| records.iter().filter(there).any(|state| state.id == Some(id));
        let rows = house.store.records_of(&platform.id, self.subject).await?;
        let made =
            |row: &RecordRow| self.function.is_some_and(|function| row.function.as_ref() == Some(&function.id.value));
        let live = rows.iter().filter(|row| row.life == Life::Live && own(row.id));
        let newest = live.max_by_key(|row| (made(row), row.at));
        let record = match (self.inbound.record, self.header(house), newest) {
            (Some(named), ..) => Some(named).filter(|named| own(*named)).ok_or(Refusal::NotFound("record"))?,
            (None, Some(_), Some(row)) if made(row) => row.id,
            (None, Some(header), _) => {
                let target = Target { record: header.id, part: None };
                return Ok((target, Some(header)));
            }
            (None, None, Some(row)) => row.id,
            (None, None, None) => {
                return Err(Refusal::Wrong("there is no record to put this in: the person fills one in first".into()));
            }
        };
        let part = house.store.part(&platform.id, record, Some(self.subject), person).await?;
        Ok((Target { record, part }, None))
    }

    /// A new record of a function that nobody fills in.
    fn header(&self, house: &House) -> Option<NewRecord> {
        let function = self.function.filter(|function| typed_groups(function).next().is_none())?;
        let class = function.makes.as_ref().and_then(|class| class.text.parse().ok())?;
        Some(NewRecord {
            id: RecordId::from_random(house.entropy.draw()),
            class,
            function: Some(function.id.value.clone()),
            product: self.inbound.product.clone(),
            holder: None,
            roles: vec![(self.subject, self.inbound.person.clone())],
            in_force_from: None,
            in_force_until: None,
            at: self.at,
        })
    }
}
