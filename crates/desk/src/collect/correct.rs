//! Correcting one value (PIPL art. 46): a new version beside the old one's place, its search token moved.

use model::{Clear, RecordId, Slug, SubjectId};
use policy::question::Facts;
use policy::syntax::{Action, Trigger};
use store::{Expect, Write};
use vault::Whose;

use super::ask::{Context, Ruling, rule};
use super::fields::{Typed, checked, named, searched_as};
use super::seal::{self, Place};
use crate::act::{Draft, TRIES};
use crate::consent::Done;
use crate::leaf::{Act, Who};
use crate::{House, Platform, Refusal, identity};

/// Which value is corrected.
#[derive(Debug, Clone)]
struct Spot {
    record: RecordId,
    person: Slug,
}

/// Gives a value its new version. It is collected anew, in the function that collected it first; what a system of the
/// company's handed in is kept as such.
///
/// # Errors
/// [`Refusal::Fields`] when the new value cannot be accepted; [`Refusal::NotFound`] when nothing is held there;
/// [`Refusal::Denied`], with a leaf, when it may not be collected any more; [`Refusal::Taken`] when it is another's.
#[expect(clippy::too_many_arguments, reason = "who corrects, whose value, which, and what it becomes are all needed")]
pub async fn correct(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    who: Who,
    record: RecordId,
    person: &Slug,
    item: &str,
    value: Clear<String>,
) -> Result<Done, Refusal> {
    let typed = named(platform, vec![(item.to_owned(), value)])?;
    if checked(&typed).map_err(Refusal::Fields)?.is_empty() {
        let empty = typed.iter().map(|typed| crate::refusal::FieldFault::new(typed.item.to_string(), "empty"));
        return Err(Refusal::Fields(empty.collect()));
    }
    let spot = Spot { record, person: person.clone() };
    for _ in 0..TRIES {
        if let Some(done) = attempt(house, &house.current(platform), subject, &who, &spot, &typed).await? {
            return Ok(done);
        }
    }
    Err(Refusal::Contended)
}

async fn attempt(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    who: &Who,
    spot: &Spot,
    typed: &[Typed],
) -> Result<Option<Done>, Refusal> {
    let (snapshot, born) = house.known(platform, subject).await?;
    let records = if *who == Who::Subject {
        identity::state_in_reach(house, platform, &snapshot).await?.records
    } else {
        snapshot.state().records.clone()
    };
    let own = records.iter().any(|state| state.id == Some(spot.record));
    let part = house.store.part(&platform.id, spot.record, Some(subject), &spot.person).await?;
    let part = part.filter(|_| own).ok_or(Refusal::NotFound("record"))?;
    let old = typed.first().and_then(|typed| part.values.iter().find(|value| value.item == typed.item));
    let collected_by = old.ok_or(Refusal::NotFound("value"))?.function.clone();
    let functions = &platform.tables.program().policy.functions;
    let function = functions.iter().find(|function| Some(&function.id.value) == collected_by.as_ref());

    let now = house.now();
    let mut entry = platform.entry(Act::Correct, who.clone(), now);
    entry.person = Some(spot.person.clone());
    entry.function = collected_by.clone();
    entry.items = typed.iter().map(|typed| typed.item.clone()).collect();
    let facts = Facts::default();
    // Correcting is part of collecting: whoever types it for the subject acts for the subject.
    let actor = if function.is_some() { Who::Subject } else { Who::House };
    let action = if function.is_some() { Action::Collect } else { Action::Retain };
    let context = Context::of(action, function, &facts, &actor, now);
    let values = checked(typed).map_err(Refusal::Fields)?;
    let kinds = values.iter().filter_map(|checked| searched_as(platform, checked));
    let freed: Vec<Write> = kinds.map(|kind| Write::TokenFreed(subject, kind)).collect();
    let (permit, answer, kept) =
        match rule(platform, (&snapshot, born), context, (spot.record, &spot.person), values, false) {
            Ruling::Kept { permit, answer, kept, .. } => (permit, answer, kept),
            Ruling::Missing(faults) => return Err(Refusal::Fields(faults)),
            Ruling::Denied(answer) => return Err(house.refuse(platform, entry, Some(subject), *answer).await),
        };
    entry.basis = answer.basis;
    let changed = identity::another_number(house, platform, subject, &kept, now).await?;
    let place = Place {
        record: spot.record,
        subject,
        role: &spot.person,
        whose: Whose::Subject,
        part: Some(&part),
        trigger: Trigger::Given,
        source: None,
        function: collected_by.as_ref(),
        at: now,
    };
    let mut writes = freed;
    writes.extend(seal::writes(house, platform, *permit, &place, kept)?);
    writes.extend(changed);
    let draft = Draft {
        expect: vec![Expect::Subject(subject, snapshot.version())],
        writes,
        entry,
        subjects: vec![subject],
        record: Some(spot.record),
        key: None,
    };
    let act = house.commit(platform, draft).await?;
    Ok(act.map(|act| Done { leaf: act.leaf(), consent: None }))
}
