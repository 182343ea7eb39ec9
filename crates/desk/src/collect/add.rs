//! Further items of a known subject, into a record that is there.

use model::act::{Born, RecordState, Snapshot};
use model::{RecordId, Slug, SubjectId};
use policy::question::{Code, Effect, ItemAnswer};
use policy::syntax::{Action, Trigger};
use serde::{Deserialize, Serialize};
use store::{Expect, Key, NewRecord, PartRow, Write};
use vault::Whose;

use super::ask::{Context, Ruling, rule};
use super::fields::{self, Checked, Typed, checked, named};
use super::seal::{self, Place};
use super::{Added, Addition, Application, Applied, Once, Participant, Whom, apply};
use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Entry, Who};
use crate::{House, Platform, Refusal, approval, identity};

/// What an idempotency key repeats.
#[derive(Serialize, Deserialize)]
struct Kept {
    record: RecordId,
}

/// Collects further items of a known subject.
///
/// # Errors
/// [`Refusal::Fields`] for fields that cannot be accepted, and [`Refusal::Empty`] for none, nothing stored; [`Refusal::Denied`], with a leaf, when the
/// decision is no; [`Refusal::NotFound`] for a record that is not the subject's.
pub async fn add(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    mut addition: Addition,
    who: Who,
    once: Option<Once>,
) -> Result<Added, Refusal> {
    if addition.record.is_none() && makes(platform, &addition.function) {
        return alone(house, platform, subject, addition, who, once).await;
    }
    let typed = named(platform, std::mem::take(&mut addition.fields))?;
    if typed.is_empty() {
        return Err(Refusal::Empty(Vec::new()));
    }
    // What is mistyped is said before a consent is taken for it.
    let values = checked(&typed).map_err(Refusal::Fields)?;
    if let Some(fault) = identity::differing_number(house, platform, subject, &values).await? {
        return Err(Refusal::Fields(vec![fault]));
    }
    let consents = std::mem::take(&mut addition.consents);
    crate::consent::give_missing(house, platform, subject, consents).await?;
    for _ in 0..TRIES {
        match attempt(house, &house.current(platform), subject, (&addition, &typed), &who, once).await {
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

fn makes(platform: &Platform, function: &Slug) -> bool {
    let functions = &platform.tables.program().policy.functions;
    functions.iter().any(|known| known.id.value == *function && known.makes.is_some())
}

/// A new record in which nobody but the subject stands.
async fn alone(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    addition: Addition,
    who: Who,
    once: Option<Once>,
) -> Result<Added, Refusal> {
    let Addition { function, channel, product, person, fields, consents, facts, trigger, record: _ } = addition;
    let people = vec![Participant { roles: vec![person], whom: Whom::Typed, fields, consents }];
    let application =
        Application { function, channel, product, people, open: Vec::new(), about: None, facts, trigger, track: None };
    let Applied { record, leaf, withheld, invited: _ } =
        apply(house, platform, subject, application, who, once).await?;
    Ok(Added { record, leaf, withheld })
}

async fn attempt(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    (addition, typed): (&Addition, &[Typed]),
    who: &Who,
    once: Option<Once>,
) -> Result<Option<Added>, Refusal> {
    let (snapshot, born) = house.known(platform, subject).await?;
    let now = house.now();
    let mut entry = platform.entry(Act::Collect, who.clone(), now);
    let functions = &platform.tables.program().policy.functions;
    let Some(function) = functions.iter().find(|function| function.id.value == addition.function) else {
        let unknown = crate::refusal::by_policy(Code::UnknownFunction, None);
        return Err(house.refuse_for(platform, entry, Some(subject), vec![unknown]).await);
    };
    entry.function = Some(function.id.value.clone());
    entry.purpose = function.purposes.first().and_then(|purpose| purpose.text.parse().ok());
    entry.person = Some(addition.person.clone());

    let target = Target::find(house, platform, &snapshot, (addition, who)).await?;
    let approved = match who {
        Who::Staff { seat, .. } => approval::holds(house, platform, *seat, subject, function.id.as_str()).await?,
        _ => false,
    };
    let context = Context {
        channel: addition.channel.as_ref(),
        product: addition.product.as_ref(),
        approved,
        ..Context::of(Action::Collect, Some(function), &addition.facts, who, now)
    };
    let values = checked(typed).map_err(Refusal::Fields)?;
    let put =
        Put { entry, context, target: &target, person: &addition.person, trigger: addition.trigger, header: None };
    let key = once.map(|once| once.key(&Kept { record: target.record }));
    let done = put.commit(house, platform, (&snapshot, born), values, key).await?;
    Ok(done.map(|(leaf, withheld)| Added { record: target.record, leaf, withheld }))
}

/// Items of a known subject on their way into a record.
pub(super) struct Put<'a> {
    pub(super) entry: Entry,
    pub(super) context: Context<'a>,
    pub(super) target: &'a Target,
    pub(super) person: &'a Slug,
    pub(super) trigger: Trigger,
    /// The record, where it is made with them.
    pub(super) header: Option<NewRecord>,
}

impl Put<'_> {
    /// Decides about each item, and keeps what is permitted: one act. The leaf, and what was not kept; `None` when the
    /// state moved.
    pub(super) async fn commit(
        self,
        house: &House,
        platform: &Platform,
        (snapshot, born): (&Snapshot, Option<Born>),
        values: Vec<Checked>,
        key: Option<Key>,
    ) -> Result<Option<(u64, Vec<ItemAnswer>)>, Refusal> {
        let Self { mut entry, context, target, person, trigger, header } = self;
        let subject = snapshot.subject();
        let age = born.or_else(|| fields::born(&values));
        // What is added to a record may come piece by piece.
        let ruling = rule(platform, (snapshot, age), context, (target.record, person), values, false);
        let (permit, answer, kept, withheld) = match ruling {
            Ruling::Kept { permit, answer, kept, withheld } => (permit, answer, kept, withheld),
            Ruling::Missing(faults) => return Err(Refusal::Fields(faults)),
            Ruling::Denied(answer) => return Err(house.refuse(platform, entry, Some(subject), *answer).await),
        };
        entry.items = kept.iter().map(|checked| checked.item.clone()).collect();
        entry.basis = answer.basis;
        entry.exception.clone_from(&answer.exception);
        entry.effect = if withheld.is_empty() { Effect::Permit } else { Effect::Partial };
        entry.reasons = crate::act::reasons(&answer);
        let place = Place {
            record: target.record,
            subject,
            role: person,
            whose: Whose::Subject,
            part: target.part.as_ref(),
            trigger,
            source: context.source,
            function: context.function.map(|function| &function.id.value),
            at: context.now,
        };
        let number = identity::further_number(house, platform, (subject, &kept), (context.who, context.now)).await?;
        let gate = seal::gate(platform, &place, born, &kept);
        let sealed = seal::writes(house, platform, *permit, &place, kept)?;
        let header = header.map(Write::Record);
        let mut writes = header.into_iter().chain(sealed).chain(gate).collect();
        number.settle(subject, &mut writes);
        let draft = Draft {
            expect: vec![Expect::Subject(subject, snapshot.version())],
            writes,
            entry,
            subjects: vec![subject],
            record: Some(target.record),
            key,
        };
        let act = house.commit(platform, draft).await?;
        Ok(act.map(|act| (act.leaf(), withheld)))
    }
}

/// Where the items go.
pub(super) struct Target {
    pub(super) record: RecordId,
    /// The part, when it is there.
    pub(super) part: Option<PartRow>,
}

impl Target {
    async fn find(
        house: &House,
        platform: &Platform,
        snapshot: &Snapshot,
        (addition, who): (&Addition, &Who),
    ) -> Result<Self, Refusal> {
        let there = |state: &RecordState| state.roles.contains(&addition.person);
        let mut records = snapshot.state().records.clone();
        if *who == Who::Subject {
            records = identity::state_in_reach(house, platform, snapshot).await?.records;
        }
        let record = if let Some(record) = addition.record {
            let own = records.iter().any(|state| state.id == Some(record) && there(state));
            own.then_some(record).ok_or(Refusal::NotFound("record"))?
        } else {
            let home = records.iter().find(|state| there(state)).and_then(|state| state.id);
            home.ok_or(Refusal::Wrong("there is no record to put this in: name one".into()))?
        };
        let part = house.store.part(&platform.id, record, Some(snapshot.subject()), &addition.person).await?;
        Ok(Self { record, part })
    }
}
