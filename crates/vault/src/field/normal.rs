//! A value that has been checked.

use std::fmt;

use jiff::civil::Date;
use model::field::Validator;
use zeroize::Zeroizing;

/// A checked value in the one form in which it is sealed and searched.
///
/// It cannot be printed, compared, copied or serialised, and is wiped when dropped. The text leaves it only inside
/// this crate.
///
/// ```compile_fail
/// let normal = shouyue_vault::field::normalise(model::field::Validator::Mobile, "13800138000").unwrap();
/// format!("{normal:?}");
/// ```
#[must_use]
pub struct Normal {
    kind: Validator,
    text: Zeroizing<String>,
    birth: Option<Date>,
    sex: Option<Sex>,
}

/// Sex as a resident identity number encodes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// An even sequence number.
    Female,
    /// An odd sequence number.
    Male,
}

impl Normal {
    pub(super) fn new(kind: Validator, text: Zeroizing<String>) -> Self {
        Self { kind, text, birth: None, sex: None }
    }

    pub(super) fn with_birth(mut self, birth: Date, sex: Option<Sex>) -> Self {
        self.birth = Some(birth);
        self.sex = sex;
        self
    }

    /// What the value was checked as.
    pub const fn kind(&self) -> Validator {
        self.kind
    }

    /// The text itself, for sealing and for search tokens. For this crate alone.
    pub(crate) fn expose(&self) -> &str {
        &self.text
    }

    /// The day of birth that an identity number contains, or the day that a date is. `None` for other kinds.
    pub const fn checked_birth(&self) -> Option<Date> {
        self.birth
    }

    /// The sex that an identity number contains.
    pub const fn checked_sex(&self) -> Option<Sex> {
        self.sex
    }

    /// Whether this value and another name the same day: an identity number and a day of birth given beside it.
    /// `None` when either names no day.
    pub fn agrees_on_birth(&self, other: &Self) -> Option<bool> {
        Some(self.birth? == other.birth?)
    }

    /// Whether this value, an identity number, and another, the word for a sex, mean the same sex. `None` when this
    /// one names none or the other is no word that is known.
    pub fn agrees_on_sex(&self, other: &Self) -> Option<bool> {
        Some(self.sex? == super::words::sex(&other.text)?)
    }
}

/// A value that is not what its item says. It names the kind and the rule, never the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {reason}")]
pub struct FieldError {
    /// What the value was checked as.
    pub kind: Validator,
    /// The rule that it breaks.
    pub reason: Reason,
}

/// The rule that a value breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Nothing was given.
    Empty,
    /// Too short or too long.
    Length,
    /// A character that this kind cannot contain.
    Alphabet,
    /// Right characters, wrong order: no known form of this kind.
    Shape,
    /// A day that does not exist.
    Date,
    /// A region or area code that cannot exist, or is missing.
    Region,
    /// The check digit does not match: most likely a slip of the finger.
    Checksum,
}

impl Reason {
    /// The code for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Length => "length",
            Self::Alphabet => "alphabet",
            Self::Shape => "shape",
            Self::Date => "date",
            Self::Region => "region",
            Self::Checksum => "checksum",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "nothing given; give a value or leave the item out",
            Self::Length => "wrong length; compare it with the document",
            Self::Alphabet => "a character that cannot occur here; type letters and digits as printed",
            Self::Shape => "no known form of this kind; compare it with the document",
            Self::Date => "a day that does not exist; check year, month and day",
            Self::Region => "a region or area code that is missing or cannot exist; check the first digits",
            Self::Checksum => "the check digit does not match; compare it with the document digit by digit",
        })
    }
}
