//! Drafts: versions of a policy that are not published. No act is decided by one.

use jiff::Timestamp;
use model::Fingerprint;

use crate::read::PublicationTexts;

/// A draft without its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftHead {
    /// Fingerprint `tables`: of the policy, the operation file and the release that checked them. By it the draft is named.
    pub tables: Fingerprint,
    /// Fingerprint `policy`.
    pub policy: Fingerprint,
    /// Fingerprint `text` of the notice.
    pub text: Fingerprint,
    /// Name of the version: a date, or `undated`.
    pub stem: String,
    /// Errors that nobody answers for.
    pub errors: u64,
    /// Warnings that nobody answers for.
    pub warnings: u64,
    /// Fingerprint `tables` of the version with which it was compared; `None`: none was in force.
    pub against: Option<Fingerprint>,
    /// Checked at.
    pub at: Timestamp,
}

/// A draft.
#[derive(Debug, Clone)]
pub struct DraftRow {
    /// All but the texts.
    pub head: DraftHead,
    /// The texts.
    pub texts: PublicationTexts,
    /// What was found, as JSON.
    pub findings: String,
    /// What it would change, in words.
    pub changes: String,
}
