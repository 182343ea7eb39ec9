//! What the core system says is due.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use model::act::Life;
use model::{PaymentId, RecordId};
use policy::syntax::{Action, Event};
use serde::{Deserialize, Serialize};
use store::{NewPayment, RecordRow, Write};

use super::{knows, stand_in, taken};
use crate::act::{Draft, Once, TRIES};
use crate::leaf::Act;
use crate::refusal::FieldFault;
use crate::seat::Caller;
use crate::{House, Platform, Refusal};

/// How long one can pay where the core system does not say.
const OPEN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The longest that one can pay.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// The longest description, in bytes: what payment networks take ("Native 下单": `description`, 127).
const DESCRIPTION: usize = 127;

/// So many digits in a row may be somebody's number.
const DIGITS: usize = 6;

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Amount, in fen (CNY 0.01), at least 1.
    pub fen: u32,
    /// What the payer reads: the name of the product. It names nobody.
    pub description: String,
    /// Until when it can be paid; `None`: seven days.
    pub until: Option<Timestamp>,
    /// First day of cover, once it is paid.
    pub in_force_from: Option<Date>,
    /// Last day of cover, once it is paid.
    pub in_force_until: Option<Date>,
}

/// A payment that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demanded {
    /// Which.
    pub payment: PaymentId,
    /// Leaf.
    pub leaf: u64,
}

/// What an idempotency key repeats.
#[derive(Serialize, Deserialize)]
struct Kept {
    payment: PaymentId,
}

/// Notes that money is due for a record.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that may not collect here; [`Refusal::NotFound`] for an unknown record;
/// [`Refusal::Fields`] for an amount, description or day that cannot be; [`Refusal::Wrong`] for a record of a class for
/// which the operation file takes no money, or that has come to its end.
pub async fn demand(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    record: RecordId,
    demand: Demand,
    once: Option<Once>,
) -> Result<Demanded, Refusal> {
    caller.may(platform, Action::Collect.word(), None)?;
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let row = house.store.record(&platform.id, record).await?.ok_or(Refusal::NotFound("record"))?;
        let now = house.now();
        let until = demand.until.or_else(|| now.checked_add(OPEN).ok()).unwrap_or(now);
        sound(&platform, &row, &demand, (now, until))?;
        let new = NewPayment {
            id: PaymentId::from_random(house.entropy.draw()),
            record,
            fen: demand.fen,
            description: demand.description.clone(),
            until,
            in_force_from: demand.in_force_from,
            in_force_until: demand.in_force_until,
            at: now,
        };
        let mut entry = platform.entry(Act::Pay, caller.who(), now);
        entry.because = Some("due".to_owned());
        let payment = new.id;
        let draft = Draft {
            expect: Vec::new(),
            writes: vec![Write::Payment(new)],
            entry,
            subjects: stand_in(house, &platform, &row).await?,
            record: Some(record),
            key: once.map(|once| once.key(&Kept { payment })),
        };
        match house.commit(&platform, draft).await {
            Ok(Some(act)) => return Ok(Demanded { payment, leaf: act.leaf() }),
            Ok(None) => {}
            Err(Refusal::Done { leaf, answer }) => {
                let kept = serde_json::from_slice::<Kept>(&answer);
                let Kept { payment } = kept.map_err(|_| Refusal::Broken("a kept answer does not read".into()))?;
                return Ok(Demanded { payment, leaf });
            }
            Err(refusal) => return Err(refusal),
        }
    }
    Err(Refusal::Contended)
}

fn sound(
    platform: &Platform,
    row: &RecordRow,
    demand: &Demand,
    (now, until): (Timestamp, Timestamp),
) -> Result<(), Refusal> {
    if taken(platform, row.class.as_str()).is_none() {
        let message = format!("the operation file takes no money for records of class `{}`", row.class);
        return Err(Refusal::Wrong(message));
    }
    if row.life != Life::Live {
        return Err(Refusal::Wrong("this record has come to its end: nothing is due for it".into()));
    }
    let cover = [(demand.in_force_from, Event::InForceFrom), (demand.in_force_until, Event::InForceUntil)];
    let (covered, mut faults) = (row.class.as_str(), Vec::new());
    for (_, event) in cover.iter().filter(|(day, event)| day.is_some() && !knows(platform, covered, *event)) {
        faults.push(FieldFault::new(event.word().replace('-', "_"), "not-held"));
    }
    if demand.in_force_from.zip(demand.in_force_until).is_some_and(|(from, until)| from > until) {
        faults.push(FieldFault::new("in_force_until", "too-late"));
    }
    if demand.fen == 0 {
        faults.push(FieldFault::new("fen", "empty"));
    }
    if !names_nobody(&demand.description) {
        faults.push(FieldFault::new("description", "length"));
    }
    if until <= now || until.duration_since(now) > LONGEST {
        faults.push(FieldFault::new("until", "too-late"));
    }
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Fields(faults)) }
}

/// A description of a product: short, one line, and without the numbers by which people are known.
fn names_nobody(text: &str) -> bool {
    let digits = text.split(|letter: char| !letter.is_numeric()).map(|run| run.chars().count());
    let short = !text.trim().is_empty() && text.len() <= DESCRIPTION;
    short && !text.contains('@') && !text.chars().any(char::is_control) && digits.max().unwrap_or(0) < DIGITS
}

#[cfg(test)]
mod tests {
    use super::names_nobody;

    #[test]
    fn a_description_names_a_product_and_nobody() {
        for good in ["Health 2026", "a", &"a".repeat(127)] {
            assert!(names_nobody(good), "{good}");
        }
        for bad in ["", "  ", "for 13900020001", "a@customers.example", "two\nlines", &"a".repeat(128)] {
            assert!(!names_nobody(bad), "{bad}");
        }
    }
}
