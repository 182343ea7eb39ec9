//! Emptying entries that nobody is behind any more: the ledger keeps their hashes, and so every proof.
//!
//! An entry is the record of processing that the law asks for (PIPL art. 56: three years at least). While somebody in it
//! is not forgotten it stays, however old; and somebody is forgotten only when every floor of every record is over.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use model::calendar::{day_in_shanghai, midnight_in_shanghai};
use model::deadline::{Span, floor_end_after};
use policy::syntax::Floor;
use store::LeafRow;

use crate::leaf::Act;
use crate::{House, Platform, Refusal};

/// Acts of the house itself: they are about nobody, and what was in force when is asked for ever.
const KEPT: [Act; 5] = [Act::Publish, Act::Threshold, Act::File, Act::CutOff, Act::Restore];

/// Empties the entries whose floor is over; how many.
///
/// # Errors
/// What the store answers when it cannot be written.
pub async fn prune(house: &House, platform: &Platform) -> Result<u64, Refusal> {
    let Some(before) = kept_from(house, platform) else { return Ok(0) };
    Ok(house.store.leaves_prune(&platform.id, before, &KEPT.map(Act::word)).await?)
}

/// The instant from which every entry is kept; `None` while the law knows no floor.
pub(crate) fn kept_from(house: &House, platform: &Platform) -> Option<Timestamp> {
    let today = day_in_shanghai(house.now());
    let floor = platform.tables.program().law.floor(Floor::ProcessingRecord, today)?;
    midnight_in_shanghai(first_kept(today, floor.long)?).ok()
}

/// Whether an empty entry was emptied here, by all that its row says: old enough, and of a kind that is not kept.
pub(super) fn is_pruned(house: &House, platform: &Platform, leaf: &LeafRow) -> bool {
    let is_old = kept_from(house, platform).is_some_and(|from| leaf.at < from);
    leaf.entry.is_empty() && is_old && !KEPT.iter().any(|act| act.word() == leaf.kind)
}

/// The oldest day whose floor is not over today.
fn first_kept(today: Date, floor: Span) -> Option<Date> {
    let is_over = |day: Date| floor_end_after(day, floor).is_ok_and(|last| last < today);
    let about = floor_end_after(today, floor).ok()?.since(today).ok()?;
    // Months differ in length: from a day that is surely over, forward.
    let mut day = today.checked_sub(about).ok()?.checked_sub(7.days()).ok()?;
    while is_over(day) {
        day = day.tomorrow().ok()?;
    }
    Some(day)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use model::deadline::Unit;

    use super::*;

    #[test]
    fn three_years_are_over_on_the_day_after_and_not_before() {
        let floor = Span { count: 3, unit: Unit::Years };
        for today in [date(2026, 6, 1), date(2028, 2, 29), date(2027, 3, 1), date(2024, 12, 31)] {
            let first = first_kept(today, floor).unwrap();
            assert!(floor_end_after(first, floor).unwrap() >= today, "{first} on {today}");
            assert!(floor_end_after(first.yesterday().unwrap(), floor).unwrap() < today, "{first} on {today}");
        }
    }
}
