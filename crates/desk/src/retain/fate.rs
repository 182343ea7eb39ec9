//! What becomes of each part when its subject asks to be erased: pure over records and the tables' dates.

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::{RecordState, SubjectState};
use model::calendar::day_in_shanghai;
use model::{Slug, SubjectId};
use policy::question::{Actor, Answer, Code, Facts, Processing, Retain, Subject};
use policy::syntax::{Action, Floor, Record};
use store::RecordRow;

use super::{Fate, PartFate};
use crate::{House, Platform, Refusal};

/// One part that is still there.
pub(super) struct Held {
    pub(super) row: RecordRow,
    pub(super) role: Slug,
}

/// The parts of a subject whose keys still are.
pub(super) async fn held(house: &House, platform: &Platform, subject: SubjectId) -> Result<Vec<Held>, Refusal> {
    let mut held = Vec::new();
    for row in house.store.records_of(&platform.id, subject).await? {
        for (_, role) in row.roles.iter().filter(|(whose, _)| *whose == subject) {
            let part = house.store.part(&platform.id, row.id, Some(subject), role).await?;
            if part.is_some_and(|part| part.wrapped.is_some()) {
                held.push(Held { row: row.clone(), role: role.clone() });
            }
        }
    }
    Ok(held)
}

/// The fate of each part.
pub(super) fn fates(platform: &Platform, state: &SubjectState, held: &[Held], now: Timestamp) -> Vec<PartFate> {
    let today = day_in_shanghai(now);
    let alone: Vec<(Fate, bool)> = held
        .iter()
        .map(|part| {
            let Some(record) = state.records.iter().find(|record| record.id == Some(part.row.id)) else {
                return (Fate::Blocked("unknown-record"), false);
            };
            let dates = dates(platform, state, record, &part.role, now);
            let uncounted = dates.as_ref().is_some_and(|(_, dates)| dates.erase_not_before.is_none());
            (fate(platform, record, dates, today), uncounted)
        })
        .collect();
    let classes: Vec<Vec<Floor>> = held.iter().map(|part| floors(platform, &part.row.class)).collect();
    let mut fates = Vec::with_capacity(held.len());
    for (place, part) in held.iter().enumerate() {
        let Some((fate, uncounted)) = alone.get(place) else { continue };
        let mut fate = fate.clone();
        // Where no event of its own starts a floor, the relation that another record shows to go on starts it not yet.
        if *uncounted && fate == Fate::EraseNow {
            let own = classes.get(place);
            let shared = alone.iter().zip(&classes).filter(|((fate, _), floors)| {
                matches!(fate, Fate::StorageOnly { .. })
                    && own.is_some_and(|own| own.iter().any(|floor| floors.contains(floor)))
            });
            fate = shared.map(|((fate, _), _)| fate.clone()).max_by_key(until).unwrap_or(fate);
        }
        fates.push(PartFate { record: part.row.id, class: part.row.class.clone(), role: part.role.clone(), fate });
    }
    fates
}

/// The day until which a fate keeps a part; one that is not known yet is the latest.
fn until(fate: &Fate) -> Date {
    match fate {
        Fate::StorageOnly { until, .. } => until.unwrap_or(Date::MAX),
        Fate::EraseNow | Fate::Blocked(_) => Date::MIN,
    }
}

fn fate(platform: &Platform, record: &RecordState, dates: Option<(Answer, Retain)>, today: Date) -> Fate {
    if record.open_claim {
        return Fate::Blocked("claim-open");
    }
    let Some((answer, dates)) = dates else { return Fate::Blocked("not-declared") };
    match dates.erase_not_before {
        Some(day) if day > today => kept(platform, record, &answer, Some(day), today),
        None if record.in_force(today) => kept(platform, record, &answer, None, today),
        Some(_) | None => Fate::EraseNow,
    }
}

fn kept(platform: &Platform, record: &RecordState, answer: &Answer, until: Option<Date>, today: Date) -> Fate {
    let reasons = answer.law.reasons.iter().chain(answer.items.iter().flat_map(|item| &item.reasons));
    let said = reasons.filter(|reason| reason.code == Code::FloorRuns).find_map(|reason| reason.article.clone());
    let law = &platform.tables.program().law;
    let legal = floors(platform, &record.class).into_iter().filter_map(|floor| law.floor(floor, today));
    let named: Vec<_> = legal.collect();
    let cited = named.iter().find(|floor| said.as_ref().is_some_and(|article| article.contains(&floor.cite)));
    let floor = cited.or(named.first());
    Fate::StorageOnly {
        until,
        floor: floor.map(|floor| floor.floor.word().to_owned()),
        article: said.or_else(|| floor.map(|floor| floor.cite.clone())),
    }
}

/// What the tables say of keeping one part: the answer with its dates.
pub(super) fn dates(
    platform: &Platform,
    state: &SubjectState,
    record: &RecordState,
    role: &Slug,
    now: Timestamp,
) -> Option<(Answer, Retain)> {
    let class = class(platform, &record.class)?;
    let holds = class.holds.iter().filter(|hold| hold.of.text == role.as_str()).flat_map(|hold| &hold.items);
    let asked = Processing {
        platform: platform.id.clone(),
        at: None,
        action: Action::Retain,
        function: None,
        purpose: None,
        product: None,
        channel: None,
        recipient: None,
        party: None,
        endpoint: None,
        actor: Actor::System,
        person: role.to_string(),
        items: holds.map(|item| item.text.clone()).collect(),
        exception: None,
        subject: Subject::default(),
        facts: Facts::default(),
        document: None,
    };
    // The question is about this record alone.
    let alone = SubjectState { records: vec![record.clone()], ..state.clone() };
    let answer = platform.tables.decide(&asked, &alone, None, now);
    let dates = answer.retain.clone()?;
    Some((answer, dates))
}

fn class<'p>(platform: &'p Platform, id: &Slug) -> Option<&'p Record> {
    platform.tables.program().policy.records.iter().find(|class| class.id.value == *id)
}

/// Every floor under a record class: the text's own, and those that the operation file names.
fn floors(platform: &Platform, id: &Slug) -> Vec<Floor> {
    let own = class(platform, id).into_iter().flat_map(|class| &class.floors);
    let chosen = platform.tables.program().operation.floors.iter().filter(|choice| choice.class.text == id.as_str());
    own.chain(chosen.flat_map(|choice| &choice.floors)).map(|floor| floor.value).collect()
}
