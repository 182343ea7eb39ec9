//! What is measured of the house: acts by how they ended, how long commits take, what waits. No number is about a person.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use store::Flushed;
use store::change::WebhookRow;

use crate::notify::{self, Counts};
use crate::{House, Platform, Refusal};

/// Upper bounds of durations that are counted, in seconds.
pub const BOUNDS: [f64; 8] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

/// How long something took, many times.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Took {
    /// How many took no longer than each of [`BOUNDS`].
    pub within: [u64; BOUNDS.len()],
    /// How many there were.
    pub count: u64,
    /// How long all of them took together, in seconds.
    pub seconds: f64,
}

impl Took {
    /// Counts one.
    pub fn add(&mut self, took: Duration) {
        let seconds = took.as_secs_f64();
        self.count += 1;
        self.seconds += seconds;
        for (within, bound) in self.within.iter_mut().zip(BOUNDS) {
            *within += u64::from(seconds <= bound);
        }
    }
}

/// How an act ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ended {
    /// It is on the ledger.
    Done,
    /// It was decided against; its refusal is on the ledger.
    Refused,
    /// The same request had been done before.
    Repeated,
    /// What it was decided on had moved: it is decided anew.
    Moved,
    /// Somebody else has what it claims, or what it names is not there.
    Conflict,
    /// The store did not take it.
    Failed,
}

impl Ended {
    /// The word for listings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Repeated => "repeated",
            Self::Moved => "moved",
            Self::Conflict => "conflict",
            Self::Failed => "failed",
        }
    }
}

/// Acts of this process by their word and how they ended.
pub type Acts = BTreeMap<(&'static str, Ended), u64>;

/// What a house counts of itself.
#[derive(Default)]
pub(crate) struct Measures {
    acts: Mutex<Acts>,
    commits: Mutex<Took>,
}

impl Measures {
    pub(crate) fn act(&self, word: &'static str, ended: Ended) {
        *self.acts.lock().unwrap_or_else(PoisonError::into_inner).entry((word, ended)).or_default() += 1;
    }

    pub(crate) fn commit(&self, took: Duration) {
        self.commits.lock().unwrap_or_else(PoisonError::into_inner).add(took);
    }
}

impl House {
    /// Acts since the house was opened.
    pub fn acts(&self) -> Acts {
        self.measures.acts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How long its commits took, from handing an act to the store until it was durable.
    pub fn commits(&self) -> Took {
        *self.measures.commits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What waits on a platform, and what was written of it by this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queues {
    /// Notices to customers of new versions: how they stand, version by version.
    pub notices: Vec<Counts>,
    /// How each webhook stands.
    pub webhooks: Vec<WebhookRow>,
    /// Open requests of customers whose due date is over.
    pub overdue: u64,
    /// What the store's writer did.
    pub flushed: Flushed,
}

/// Most open requests that are looked at for their due date; the first ones due come first.
const LOOKED_AT: u32 = 1_000;

/// What waits on a platform.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn queues(house: &House, platform: &Platform) -> Result<Queues, Refusal> {
    let today = model::calendar::day_in_shanghai(house.now());
    let due = house.store.requests_due(&platform.id, LOOKED_AT).await?;
    let overdue = due.iter().filter(|request| request.due < today).count();
    Ok(Queues {
        notices: notify::counts(house, platform).await?,
        webhooks: house.store.webhooks(&platform.id).await?,
        overdue: u64::try_from(overdue).unwrap_or(u64::MAX),
        flushed: house.store.flushed(&platform.id)?,
    })
}
