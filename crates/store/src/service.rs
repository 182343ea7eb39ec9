//! Servicing requests: which record was asked to be changed or ended, by which record that says so. No person stands here.

use std::str::FromStr;

use model::RecordId;

/// What is wanted of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    /// Something in it is to be changed.
    Change,
    /// It is to end (解除合同, 退保).
    Surrender,
}

impl Wish {
    /// Every wish.
    pub const ALL: [Self; 2] = [Self::Change, Self::Surrender];

    /// The word of it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Surrender => "surrender",
        }
    }
}

/// A word that is no wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such wish: it is `change` or `surrender`")]
pub struct NoWish;

impl FromStr for Wish {
    type Err = NoWish;

    fn from_str(word: &str) -> Result<Self, NoWish> {
        Self::ALL.into_iter().find(|wish| wish.word() == word).ok_or(NoWish)
    }
}

/// A request, with what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// The record that makes the request.
    pub request: RecordId,
    /// The record that it is about.
    pub about: RecordId,
    /// What is wanted of it.
    pub wish: Wish,
}
