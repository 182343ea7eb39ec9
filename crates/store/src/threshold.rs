//! Thresholds of the law that count persons (rules R34, R51): the counts, and what was filed once one was reached.

use jiff::Timestamp;
use jiff::civil::Date;

/// Distinct persons on a platform, as of the last act.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Everybody who is not forgotten.
    pub persons: u64,
    /// Everybody of whom a record part that is not erased holds a face.
    pub faces: u64,
}

/// What was filed with the authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// Rule of the catalogue: `R34`.
    pub rule: String,
    /// Day of the filing.
    pub on: Date,
    /// Its number, as the authority gave it.
    pub number: String,
    /// When staff said so.
    pub at: Timestamp,
}

/// A threshold that was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThresholdRow {
    /// Rule of the catalogue: `R34`.
    pub rule: String,
    /// When it was found reached, for the first time.
    pub reached: Timestamp,
    /// Leaf of finding it.
    pub leaf: u64,
    /// What was filed for it, with the leaf of that act.
    pub filed: Option<(Filing, u64)>,
}
