//! The change feed: what callers' caches must hear of, and what webhooks have not taken in yet.
//!
//! A change is written by the act itself, so the feed holds exactly the acts that committed, in their order. It names
//! people by ids alone.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use model::{RecordId, SubjectId};

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// Consents were given, or an objection was taken back.
    Consent,
    /// Consents were withdrawn, or a use was objected to.
    Withdrawal,
    /// Part of a record was destroyed; without a record: the subject was forgotten.
    Erasure,
    /// A value was corrected.
    Correction,
    /// A policy version was put in force.
    Publication,
}

impl ChangeKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Consent, Self::Withdrawal, Self::Erasure, Self::Correction, Self::Publication];

    /// The word stored and told.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Withdrawal => "withdrawal",
            Self::Erasure => "erasure",
            Self::Correction => "correction",
            Self::Publication => "publication",
        }
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// A word that is no kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no kind of change: consent, withdrawal, erasure, correction, publication")]
pub struct NoChangeKind;

impl FromStr for ChangeKind {
    type Err = NoChangeKind;

    fn from_str(word: &str) -> Result<Self, NoChangeKind> {
        Self::ALL.into_iter().find(|kind| kind.word() == word).ok_or(NoChangeKind)
    }
}

/// One change, as the act writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChange {
    /// 16 random bytes: the same change has the same ones wherever it is told.
    pub id: [u8; 16],
    /// What changed.
    pub kind: ChangeKind,
    /// Whose; `None` where it is nobody's.
    pub subject: Option<SubjectId>,
    /// In which record.
    pub record: Option<RecordId>,
    /// Which scopes of consent.
    pub scopes: Vec<String>,
    /// When.
    pub at: Timestamp,
}

/// A change that committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// Its place in the feed of the platform, from 1, without gaps.
    pub number: u64,
    /// What the act wrote. The subject is `None` too once a later act forgot it.
    pub change: NewChange,
    /// Leaf of the act.
    pub leaf: u64,
}

/// A change on its way to a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What is told.
    pub row: ChangeRow,
    /// How often it was tried.
    pub tries: u32,
}

/// A delivery that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Which webhook.
    pub webhook: String,
    /// Number of the change.
    pub number: u64,
    /// How often it was tried.
    pub tries: u32,
    /// Why it failed last, as a word.
    pub because: String,
}

/// How a webhook stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRow {
    /// Its name.
    pub webhook: String,
    /// Changes that nobody has sent yet.
    pub new: u64,
    /// Changes that it has not taken in and that are tried again.
    pub waiting: u64,
    /// When the first of them is tried again.
    pub next: Option<Timestamp>,
    /// Changes that were given up.
    pub dead: u64,
}

/// Who sends for a webhook: one server at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The process that asks: 16 bytes that it drew when it began.
    pub server: [u8; 16],
    /// Now, by its clock.
    pub now: Timestamp,
    /// Until when it sends, unless it says so again.
    pub until: Timestamp,
}
