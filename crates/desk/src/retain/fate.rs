//! What becomes of each part when its subject asks to be erased: pure over records and the tables' dates.

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::{RecordState, SubjectState};
use model::calendar::day_in_shanghai;
use model::{Slug, SubjectId};
use policy::question::{Actor, Answer, Code, Processing, Retain};
use policy::syntax::{Action, Event, Floor, Record};
use store::RecordRow;

use super::{Fate, PartFate};
use crate::{House, Platform, Refusal};

/// One part that is still there.
pub(super) struct Held {
    pub(super) row: RecordRow,
    pub(super) role: Slug,
}

/// The parts of a subject in these records whose keys still are.
pub(super) async fn held(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    rows: Vec<RecordRow>,
) -> Result<Vec<Held>, Refusal> {
    let mut held = Vec::new();
    for row in rows {
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
    let alone: Vec<Fate> = held.iter().map(|part| fate(platform, state, part, today, now)).collect();
    let with_floors: Vec<(&Fate, Vec<Floor>)> =
        alone.iter().zip(held).map(|(fate, part)| (fate, floors(platform, &part.row.class))).collect();
    let part_fate = |(part, (fate, own)): (&Held, &(&Fate, Vec<Floor>))| {
        let mut fate = (*fate).clone();
        // While another record shows that the relation goes on, the account that records the relation stays with it.
        if fate == Fate::EraseNow && is_relation(platform, &part.row.class) {
            let shared = with_floors.iter().filter(|(other, floors)| {
                matches!(other, Fate::StorageOnly { .. }) && own.iter().any(|floor| floors.contains(floor))
            });
            fate = shared.map(|(other, _)| (*other).clone()).max_by_key(until).unwrap_or(fate);
        }
        PartFate { record: part.row.id, class: part.row.class.clone(), role: part.role.clone(), fate }
    };
    held.iter().zip(&with_floors).map(part_fate).collect()
}

/// The day until which a fate keeps a part; one that is not known yet is the latest.
fn until(fate: &Fate) -> Date {
    match fate {
        Fate::StorageOnly { until, .. } => until.unwrap_or(Date::MAX),
        Fate::EraseNow | Fate::Claim { .. } | Fate::Blocked(_) => Date::MIN,
    }
}

fn fate(platform: &Platform, state: &SubjectState, part: &Held, today: Date, now: Timestamp) -> Fate {
    let Some(record) = state.records.iter().find(|record| record.id == Some(part.row.id)) else {
        return Fate::Blocked("unknown-record");
    };
    if record.open_claim {
        let article = platform.tables.program().law.citation("R45", today).map(|source| source.cite.clone());
        return Fate::Claim { article };
    }
    let Some((answer, dates)) = dates(platform, state, &part.row, &part.role, now) else {
        return Fate::Blocked("not-declared");
    };
    match dates.erase_not_before {
        Some(day) if day <= today => Fate::EraseNow,
        Some(day) => kept(platform, record, &answer, Some(day), today),
        // No business was done yet: the relation that a floor would count from never began.
        None if is_relation(platform, &record.class) => Fate::EraseNow,
        None if floors(platform, &record.class).is_empty() && !record.in_force(today) => Fate::EraseNow,
        None => kept(platform, record, &answer, None, today),
    }
}

/// Whether a class records a relation, such as an account, and no business of its own.
fn is_relation(platform: &Platform, id: &Slug) -> bool {
    let of_relation = |event: Event| matches!(event, Event::Opened | Event::RelationEnded | Event::Cancelled);
    class(platform, id).is_some_and(|class| {
        let events = || class.events.iter().map(|event| event.value);
        events().all(of_relation) && events().any(|event| event == Event::RelationEnded)
    })
}

/// Whether a class knows no end: such a record is complete when it is opened.
fn is_instant(class: &Record) -> bool {
    class.events.iter().all(|event| event.value == Event::Opened)
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
    row: &RecordRow,
    role: &Slug,
    now: Timestamp,
) -> Option<(Answer, Retain)> {
    let record = state.records.iter().find(|record| record.id == Some(row.id))?;
    let (record, class) = asked_about(platform, record, row.at)?;
    let holds = class.holds.iter().filter(|hold| hold.of.text == role.as_str()).flat_map(|hold| &hold.items);
    let items = holds.map(|item| item.text.clone()).collect();
    let asked = Processing {
        actor: Actor::System,
        ..Processing::new(platform.id.clone(), Action::Retain, role.as_str(), items)
    };
    // The question is about this record alone.
    let alone = SubjectState { records: vec![record], ..state.clone() };
    let answer = platform.tables.decide(&asked, &alone, None, now);
    let dates = answer.retain.clone()?;
    Some((answer, dates))
}

/// A record as the tables are asked about it: one that knows no end is complete on the day on which it was opened. `None` for
/// a class that the policy no longer declares.
fn asked_about<'p>(
    platform: &'p Platform,
    record: &RecordState,
    opened: Timestamp,
) -> Option<(RecordState, &'p Record)> {
    let class = class(platform, &record.class)?;
    let ended = record.ended.or_else(|| is_instant(class).then(|| day_in_shanghai(opened)));
    Some((RecordState { ended, ..record.clone() }, class))
}

/// The dates of a record under the law of a day, by what its header says; as [`dates`] has them for each of its parts.
pub(crate) fn dates_of(platform: &Platform, record: &RecordState, opened: Timestamp, day: Date) -> Option<Retain> {
    let (record, _) = asked_about(platform, record, opened)?;
    Some(platform.tables.retain_record(&record, day))
}

fn class<'p>(platform: &'p Platform, id: &Slug) -> Option<&'p Record> {
    platform.tables.program().policy.records.iter().find(|class| class.id.value == *id)
}

/// Every floor under a record class: the text's own, and those that the operation file names.
pub(crate) fn floors(platform: &Platform, id: &Slug) -> Vec<Floor> {
    let own = class(platform, id).into_iter().flat_map(|class| &class.floors);
    let chosen = platform.tables.program().operation.floors.iter().filter(|choice| choice.class.text == id.as_str());
    own.chain(chosen.flat_map(|choice| &choice.floors)).map(|floor| floor.value).collect()
}
