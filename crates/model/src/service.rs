//! Servicing a cover (保全): what can be wanted of it, and what became of that.

use std::str::FromStr;

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

/// What was decided about a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decided {
    /// It was done.
    Accepted,
    /// It was not.
    Declined,
}

impl Decided {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Accepted, Self::Declined];

    /// The word of it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Declined => "declined",
        }
    }
}

/// How a request came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// It was decided.
    Decided(Decided),
    /// Who made it took it back before.
    TakenBack,
}

impl End {
    /// The word of it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Decided(decided) => decided.word(),
            Self::TakenBack => "taken-back",
        }
    }
}

/// A word that is none of those that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such word: it is {0}")]
pub struct NoSuchWord(&'static str);

impl FromStr for Wish {
    type Err = NoSuchWord;

    fn from_str(word: &str) -> Result<Self, NoSuchWord> {
        Self::ALL.into_iter().find(|wish| wish.word() == word).ok_or(NoSuchWord("`change` or `surrender`"))
    }
}

impl FromStr for Decided {
    type Err = NoSuchWord;

    fn from_str(word: &str) -> Result<Self, NoSuchWord> {
        Self::ALL.into_iter().find(|decided| decided.word() == word).ok_or(NoSuchWord("`accepted` or `declined`"))
    }
}

impl FromStr for End {
    type Err = NoSuchWord;

    fn from_str(word: &str) -> Result<Self, NoSuchWord> {
        if word == Self::TakenBack.word() { Ok(Self::TakenBack) } else { word.parse().map(Self::Decided) }
    }
}
