//! Notices to people about a new version: queued by the act that publishes it, told by one way or another. They name people by ids
//! alone; addresses are looked up, under a permit, by whoever sends.

use jiff::Timestamp;
use model::SubjectId;

/// One notice to everybody of whom something is held, about the version that the same act publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notices {
    /// Ways of which any one will do, as words without spaces.
    pub routes: Vec<String>,
    /// Before this it has to be told.
    pub latest: Option<Timestamp>,
    /// From when a message is tried; `None` where none of the ways is one.
    pub due: Option<Timestamp>,
    /// When queued.
    pub at: Timestamp,
}

/// A notice to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// Number on the platform.
    pub number: u64,
    /// To whom.
    pub subject: SubjectId,
    /// About which version: its number, from 1.
    pub publication: u64,
    /// Ways of which any one will do.
    pub routes: Vec<String>,
    /// Before this it has to be told.
    pub latest: Option<Timestamp>,
    /// Queued at.
    pub at: Timestamp,
    /// How often a message was tried.
    pub tries: u32,
    /// When it is tried next.
    pub due: Option<Timestamp>,
    /// Why the last try failed, as a word.
    pub because: Option<String>,
    /// Told when, by which way, with which leaf.
    pub told: Option<(Timestamp, String, u64)>,
}

/// A message that did not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeFailed {
    /// Number of the notice.
    pub number: u64,
    /// When it is tried again; `None`: it is given up.
    pub due: Option<Timestamp>,
    /// Why, as a word.
    pub because: &'static str,
}

/// How a platform's notices about one version stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeCounts {
    /// Which version: its number, from 1.
    pub publication: u64,
    /// Told.
    pub told: u64,
    /// Not told, nor given up: a message goes out, or the person has not come by.
    pub waiting: u64,
    /// Given up as messages, and told in no other way since.
    pub given_up: u64,
    /// Of those that are not told, how many should have been by now.
    pub late: u64,
}
