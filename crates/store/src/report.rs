//! Rows of which reports are made: how things stand, for counts. Nothing of a person stands in them but random ids.

use jiff::Timestamp;
use model::act::RecordState;

/// How a record stands.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordStanding {
    /// Its id, class, cover, end and life; no roles.
    pub state: RecordState,
    /// Opened at.
    pub opened: Timestamp,
    /// Parts of it that still have a key.
    pub keys: u64,
}

/// An entry of the list of erasures that is of a record part.
#[derive(Debug, Clone, PartialEq)]
pub struct PartErased {
    /// Its place in the list.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// How its record stands now.
    pub record: RecordStanding,
}

/// An erasure in the change feed, and what became of telling each webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureTold {
    /// Its number in the feed.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Leaf of the act.
    pub leaf: u64,
    /// Every webhook, by name.
    pub webhooks: Vec<(String, Telling)>,
}

/// How far one webhook has been told of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Telling {
    /// It took the change in.
    Answered(Timestamp),
    /// It is told, or told again.
    Waiting,
    /// It did not take it in, and is told no more; why, as a word.
    GivenUp(String),
    /// Nothing is known: it was configured later, or took the change in before answers were kept.
    Unknown,
}

/// Takes one cell of a database: table, column, and what stands there, be it text or bytes.
pub type Look = Box<dyn FnMut(&'static str, &str, &[u8]) + Send>;
