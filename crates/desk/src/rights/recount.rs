//! R64: a due date that was counted before the year's holiday notice is counted again when the notice is there.

use jiff::Timestamp;
use model::calendar::{Calendar, Certainty};
use policy::question::DueDate;
use store::{Expect, RequestRecount, RequestRow, Write};

use super::{asked, due, right};
use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Who};
use crate::{House, Platform, Refusal, identity};

/// Most requests counted again in one go.
const AT_ONCE: u32 = 1_000;

/// Counts every open request again whose due date an older calendar left provisional: one act, one leaf for each, which
/// says the day before and the day now. Gives the leaves; call it again while it gives some.
///
/// # Errors
/// As acts do; what was counted before stays counted.
pub async fn recount(house: &House, platform: &Platform) -> Result<Vec<u64>, Refusal> {
    let calendar = Calendar::bundled().version().as_str();
    let mut leaves = Vec::new();
    for row in house.store.requests_provisional(&platform.id, calendar, AT_ONCE).await? {
        for _ in 0..TRIES {
            if let Some(leaf) = again(house, &house.current(platform), &row).await? {
                leaves.push(leaf);
                break;
            }
        }
    }
    Ok(leaves)
}

/// One request; `None` when its subject's state moved meanwhile.
async fn again(house: &House, platform: &Platform, row: &RequestRow) -> Result<Option<u64>, Refusal> {
    let now = house.now();
    let (snapshot, born) = house.known(platform, row.subject).await?;
    let state = identity::state_in_reach(house, platform, &snapshot).await?;
    let kind = right(row)?;
    let answer = asked(platform, kind, row.by.as_str(), row.since, &state, born, now);
    let due = due(platform, kind, row.since, &answer, now)?;
    let expect = vec![Expect::Subject(row.subject, snapshot.version())];
    let done = house.commit(platform, draft(platform, row, &due, expect, now)).await?;
    Ok(done.map(|done| done.leaf()))
}

fn draft(platform: &Platform, row: &RequestRow, due: &DueDate, expect: Vec<Expect>, now: Timestamp) -> Draft {
    let mut entry = platform.entry(Act::Recount, Who::House, now);
    entry.because = Some(format!("{}:{}:{}", row.right, row.due, due.day));
    let recount = RequestRecount {
        id: row.id,
        due: due.day,
        calendar: due.calendar.clone(),
        provisional: due.certainty == Certainty::Provisional,
    };
    Draft { expect, writes: vec![Write::Recount(recount)], entry, subjects: vec![row.subject], record: None, key: None }
}
