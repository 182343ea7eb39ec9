//! Sweeping: what became due is erased, what lost its purpose is storage-only from then on.

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::{Account, Life, SubjectState};
use model::{Slug, SubjectId};
use policy::question::Retain;
use store::{Expect, RecordRow, Write};

use super::fate::dates;
use crate::act::{Draft, TRIES};
use crate::consent::Done;
use crate::leaf::{Act, Who};
use crate::{House, Platform, Refusal};

/// Most records looked at in one sweep.
const AT_ONCE: u32 = 1_000;

/// Removes what uploads left that were cut short, and carries out what is due by `today`: one act, one leaf for each record. Call it again while it gives something back.
///
/// # Errors
/// As acts do; what was done before stays done.
pub async fn sweep(house: &House, platform: &Platform, today: Date) -> Result<Vec<Done>, Refusal> {
    crate::attach::sweep(house, &platform.id).await?;
    let mut done = Vec::new();
    for row in house.store.records_ending(&platform.id, today, AT_ONCE).await? {
        for _ in 0..TRIES {
            match settle(house, &house.current(platform), &row, today).await? {
                Settled::Moved => {}
                Settled::NotDue => break,
                Settled::Done(act) => {
                    done.push(act);
                    break;
                }
            }
        }
    }
    Ok(done)
}

enum Settled {
    Moved,
    NotDue,
    Done(Done),
}

/// What a day brings for a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Nothing,
    StorageOnly,
    Erase,
}

/// Pure: nothing is erased before the floor, nor while a claim is open.
fn due(life: Life, open_claim: bool, dates: &Retain, today: Date) -> Due {
    let past = |day: Option<Date>| day.is_some_and(|day| day <= today);
    let floor_over = dates.erase_not_before.is_none_or(|day| day <= today);
    if open_claim || life == Life::Erased {
        Due::Nothing
    } else if past(dates.erase_due) && floor_over {
        Due::Erase
    } else if past(dates.storage_only_from) && life == Life::Live {
        Due::StorageOnly
    } else {
        Due::Nothing
    }
}

async fn settle(house: &House, platform: &Platform, row: &RecordRow, today: Date) -> Result<Settled, Refusal> {
    let now = house.now();
    let mut subjects: Vec<SubjectId> = row.roles.iter().map(|(subject, _)| *subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let mut states = Vec::with_capacity(subjects.len());
    for subject in &subjects {
        if let Some(snapshot) = house.store.snapshot(&platform.id, *subject).await? {
            states.push(snapshot);
        }
    }
    let dues = row.roles.iter().filter_map(|(subject, role)| {
        let state = states.iter().find(|snapshot| snapshot.subject() == *subject)?.state();
        due_of(platform, state, row, role, now, today)
    });
    // A record is one matter: the most patient of its parts decides.
    let due = dues.min_by_key(|due| match due {
        Due::Nothing => 0,
        Due::StorageOnly => 1,
        Due::Erase => 2,
    });
    let act = match due {
        None | Some(Due::Nothing) => return Ok(Settled::NotDue),
        Some(Due::StorageOnly) => Act::StorageOnly,
        Some(Due::Erase) => Act::Erase,
    };
    let mut entry = platform.entry(act, Who::House, now);
    entry.because = Some("due".to_owned());
    let mut writes = Vec::new();
    if act == Act::Erase {
        writes = destroyed(house, platform, row).await?;
        writes.push(Write::Life(row.id, Life::Erased));
        let forgotten = states.iter().filter(|snapshot| forgettable(snapshot.state(), row));
        writes.extend(forgotten.map(|snapshot| Write::Forget(snapshot.subject())));
    } else {
        writes.push(Write::Life(row.id, Life::StorageOnly));
    }
    let draft = Draft {
        expect: states.iter().map(|one| Expect::Subject(one.subject(), one.version())).collect(),
        writes,
        entry,
        subjects: states.iter().map(model::act::Snapshot::subject).collect(),
        record: Some(row.id),
        key: None,
    };
    let act = house.commit(platform, draft).await?;
    Ok(act.map_or(Settled::Moved, |act| Settled::Done(Done { leaf: act.leaf(), consent: None })))
}

fn due_of(
    platform: &Platform,
    state: &SubjectState,
    row: &RecordRow,
    role: &Slug,
    now: Timestamp,
    today: Date,
) -> Option<Due> {
    let record = state.records.iter().find(|record| record.id == Some(row.id))?;
    let (_, dates) = dates(platform, state, row, role, now)?;
    Some(due(row.life, record.open_claim, &dates, today))
}

/// Somebody known from this record alone, who never had an account, or has none any more.
fn forgettable(state: &SubjectState, row: &RecordRow) -> bool {
    let elsewhere = state.records.iter().any(|record| record.id != Some(row.id) && record.life != Life::Erased);
    state.account != Account::Active && !elsewhere
}

/// The parts of a record that still have a key, destroyed.
async fn destroyed(house: &House, platform: &Platform, row: &RecordRow) -> Result<Vec<Write>, Refusal> {
    let persons = &platform.tables.program().policy.persons;
    let of_people = row.roles.iter().map(|(subject, role)| (Some(*subject), role.clone()));
    let of_matter = persons.iter().map(|person| (None, person.id.value.clone()));
    let mut writes = Vec::new();
    for (subject, role) in of_people.chain(of_matter) {
        let part = house.store.part(&platform.id, row.id, subject, &role).await?;
        if part.is_some_and(|part| part.wrapped.is_some()) {
            writes.push(Write::Destroy { record: row.id, subject, role });
        }
    }
    Ok(writes)
}
