//! Thresholds of the law that count persons (rules R34, R51): who is counted, how near it is, what was filed once it was
//! reached.
//!
//! The counts are those of the store, kept in step by every act. That one reaches its threshold is an act of the house,
//! and so has a day, from which the time for the filing runs; staff whose role says `filings` note the filing, once.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use model::Fingerprint;
use model::calendar::{Calendar, day_in_shanghai};
use model::deadline::{Due, due};
use policy::law::Counted;
use store::{Filing, ThresholdRow, Write};

use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Who};
use crate::read::staff::{not_this_role, role};
use crate::refusal::FieldFault;
use crate::seat::{Duty, sha256};
use crate::{House, Platform, Refusal};

/// Of a threshold's persons, in percent, from which it is told of before it is reached.
pub const NEAR: u64 = 80;

/// Longest number of a filing, in characters.
const NUMBER: usize = 60;

/// What may stand between letters and digits of a number: also the wide brackets, round and of tortoise shell.
const BETWEEN: &str = "-_/.()[]\u{ff08}\u{ff09}\u{3014}\u{3015}";

/// How far a count is from its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Below [`NEAR`].
    Below,
    /// From [`NEAR`] on.
    Near,
    /// As many as the threshold, or more.
    Reached,
}

impl Level {
    /// Of so many persons, where the threshold is `limit`.
    pub fn of(persons: u64, limit: u64) -> Self {
        if persons >= limit {
            Self::Reached
        } else if persons.saturating_mul(100) >= limit.saturating_mul(NEAR) {
            Self::Near
        } else {
            Self::Below
        }
    }
}

/// A threshold that is in force, and how a platform stands to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Rule of the catalogue: `R34`.
    pub rule: String,
    /// The article that carries it, as cited.
    pub article: Option<String>,
    /// Who is counted.
    pub counts: Counted,
    /// How many there are now.
    pub persons: u64,
    /// From how many on there is something to file.
    pub limit: u64,
    /// How near that is.
    pub level: Level,
    /// Since it was reached; it does not go away when persons do.
    pub duty: Option<FilingDuty>,
}

impl Standing {
    /// Whether something is to be filed that nobody has filed.
    pub fn is_open(&self) -> bool {
        match &self.duty {
            Some(duty) => duty.filed.is_none(),
            None => self.level == Level::Reached,
        }
    }
}

/// The duty to file with the authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilingDuty {
    /// When the threshold was reached.
    pub since: Timestamp,
    /// Leaf of that.
    pub leaf: u64,
    /// By when to file.
    pub due: Due,
    /// What was filed, with the leaf of noting it.
    pub filed: Option<(Filed, u64)>,
}

/// A filing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// On which day.
    pub on: Date,
    /// Under which number.
    pub number: String,
}

/// Every threshold in force, in the order of the law pack.
///
/// # Errors
/// [`Refusal::Broken`] when the store does not answer.
pub async fn standings(house: &House, platform: &Platform) -> Result<Vec<Standing>, Refusal> {
    let today = day_in_shanghai(house.now());
    let law = &platform.tables.program().law;
    let tally = house.store.tally(&platform.id).await?;
    let rows = house.store.thresholds(&platform.id).await?;
    let standing = |threshold: &policy::law::Threshold| {
        let persons = match threshold.counts {
            Counted::Faces => tally.faces,
            Counted::Persons => tally.persons,
        };
        let row = rows.iter().find(|row| row.rule == threshold.rule);
        Ok(Standing {
            rule: threshold.rule.clone(),
            article: law.citation(&threshold.rule, today).map(|source| source.cite.clone()),
            counts: threshold.counts,
            persons,
            limit: threshold.persons,
            level: Level::of(persons, threshold.persons),
            duty: row.map(|row| filing_duty(row, threshold)).transpose()?,
        })
    };
    law.thresholds(today).map(standing).collect()
}

fn filing_duty(row: &ThresholdRow, threshold: &policy::law::Threshold) -> Result<FilingDuty, Refusal> {
    let due = due(row.reached, threshold.within, Calendar::bundled());
    let filed = |(filing, leaf): &(Filing, u64)| (Filed { on: filing.on, number: filing.number.clone() }, *leaf);
    Ok(FilingDuty {
        since: row.reached,
        leaf: row.leaf,
        due: due.map_err(|why| Refusal::Broken(why.to_string()))?,
        filed: row.filed.as_ref().map(filed),
    })
}

/// Notes every threshold that is reached and was not before: one act, one leaf for each. Gives the leaves.
///
/// # Errors
/// As acts do; what was noted before stays noted.
pub async fn note(house: &House, platform: &Platform) -> Result<Vec<u64>, Refusal> {
    let mut leaves = Vec::new();
    let new = |one: &Standing| one.level == Level::Reached && one.duty.is_none();
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let Some(one) = standings(house, platform).await?.into_iter().find(new) else { return Ok(leaves) };
        let mut entry = platform.entry(Act::Threshold, Who::House, house.now());
        entry.because = Some(format!("{}:{}", one.rule, one.persons));
        let writes = vec![Write::Reached(one.rule, entry.at)];
        let draft = Draft { expect: Vec::new(), writes, entry, subjects: Vec::new(), record: None, key: None };
        leaves.extend(house.commit(platform, draft).await?.map(|done| done.leaf()));
    }
    Ok(leaves)
}

/// Notes what was filed with the authority for a threshold that is reached: on which day, under which number. The
/// ledger has the day, and the number as a fingerprint. Gives the leaf.
///
/// # Errors
/// [`Refusal::NotFound`] for a rule without a threshold that is reached; [`Refusal::Fields`] for a day to come, and for a
/// number that is missing or is none; [`Refusal::Denied`], with a leaf, for a role that does not file; [`Refusal::Wrong`]
/// when it was noted already.
pub async fn file(house: &House, platform: &Platform, duty: &Duty, rule: &str, filed: Filed) -> Result<u64, Refusal> {
    duty.on(platform)?;
    if !role(platform, duty)?.files() {
        return Err(not_this_role(house, platform, duty, None).await);
    }
    check(&filed, day_in_shanghai(house.now()))?;
    note(house, platform).await?;
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let standing = standings(house, platform).await?.into_iter().find(|one| one.rule == rule);
        let duty_to_file = standing.and_then(|one| one.duty).ok_or(Refusal::NotFound("threshold"))?;
        if duty_to_file.filed.is_some() {
            return Err(Refusal::Wrong("this is filed already".to_owned()));
        }
        let mut entry = platform.entry(Act::File, duty.who(), house.now());
        entry.because = Some(format!("{rule}:{}", filed.on));
        entry.document = Some(Fingerprint::from_digest(sha256(filed.number.as_bytes())));
        let Filed { on, number } = filed.clone();
        let writes = vec![Write::Filed(Filing { rule: rule.to_owned(), on, number, at: entry.at })];
        let draft = Draft { expect: Vec::new(), writes, entry, subjects: Vec::new(), record: None, key: None };
        if let Some(done) = house.commit(platform, draft).await? {
            return Ok(done.leaf());
        }
    }
    Err(Refusal::Contended)
}

/// A number is what authorities write: letters, digits and what stands between them, no sentence.
fn check(filed: &Filed, today: Date) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    if filed.on > today {
        faults.push(FieldFault::new("on", "future"));
    }
    let number = filed.number.as_str();
    let between = |one: char| one.is_alphanumeric() || BETWEEN.contains(one);
    if number.is_empty() {
        faults.push(FieldFault::new("number", "missing"));
    } else if number.chars().count() > NUMBER || !number.chars().all(between) || !number.contains(char::is_numeric) {
        faults.push(FieldFault::new("number", "shape"));
    }
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Fields(faults)) }
}

impl Platform {
    /// The parts of persons into which these writes put a face (rule R34): the store counts them by what an act says,
    /// for it knows no item. One place for every act, so that none forgets it.
    pub(crate) fn faces(&self, writes: &[Write]) -> Vec<Write> {
        let items = &self.tables.program().items;
        let is_face = |item: &str| items.get(item).is_some_and(|item| item.face);
        let held = writes.iter().filter_map(|write| match write {
            Write::Value(value) if is_face(value.item.as_str()) => Some((value.record, value.subject?, &value.role)),
            Write::Attachment(new) if is_face(new.item.as_str()) => Some((new.record, new.subject?, &new.role)),
            _ => None,
        });
        let held: BTreeSet<_> = held.collect();
        held.into_iter().map(|(record, subject, role)| Write::Face(record, subject, role.clone())).collect()
    }
}

#[cfg(test)]
mod tests;
