//! Keys that are changed while they are in use: what is still wrapped or made under an old one, and how far it has come.

use jiff::Timestamp;
use model::key::Keyed;
use model::{OrganisationId, RecordId, Slug, SubjectId};

use crate::batch::TokenKind;

/// The wrapped key of one record part, where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartKeyRow {
    /// Record.
    pub record: RecordId,
    /// Subject; `None` for the matter itself.
    pub subject: Option<SubjectId>,
    /// Role.
    pub role: Slug,
    /// Version of the platform's key, then the key wrapped under it.
    pub wrapped: Vec<u8>,
    /// Its slot.
    pub slot: u64,
}

/// A part's key wrapped anew. It takes the place of the old one where that still lies there: a key that was destroyed
/// meanwhile stays destroyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrapped {
    /// Slot.
    pub slot: u64,
    /// What lay there.
    pub old: Vec<u8>,
    /// What is to lie there, of the same length.
    pub new: Vec<u8>,
}

/// One sealed value, where it lies, with the wrapped key of its part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueRow {
    /// Record.
    pub record: RecordId,
    /// Subject; `None` for the matter itself.
    pub subject: Option<SubjectId>,
    /// Role.
    pub role: Slug,
    /// Item.
    pub item: Slug,
    /// Version.
    pub version: u32,
    /// Suite, nonce, ciphertext, tag.
    pub sealed: Vec<u8>,
    /// The part's key.
    pub wrapped: Vec<u8>,
}

/// The making anew of search tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retoken {
    /// Version of the key whose tokens go.
    pub old: u32,
    /// What is done now.
    pub stage: RetokenStage,
    /// Subjects up to this one are done; the zero id before the first.
    pub subject: SubjectId,
    /// Organisations up to this one are done.
    pub organisation: OrganisationId,
    /// When the stage began.
    pub at: Timestamp,
}

/// What is done about search tokens under an old key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetokenStage {
    /// Each gets one under the new key beside it.
    Make,
    /// All have both. Requests under way may still look by the old ones.
    Wait,
    /// The old key is gone; its tokens go.
    Drop,
}

/// What stands behind one token under an old key: a part's values in every version, sealed.
#[derive(Debug, Clone)]
pub struct CarriedToken {
    /// Whose.
    pub of: TokenOf,
    /// The record of the part.
    pub record: RecordId,
    /// Its role.
    pub role: Slug,
    /// What it stands for.
    pub kind: TokenKind,
    /// The token.
    pub token: [u8; 32],
    /// The part's wrapped key; `None` once destroyed.
    pub wrapped: Option<Vec<u8>>,
    /// Item, version and sealed bytes of each value.
    pub values: Vec<(Slug, u32, Vec<u8>)>,
}

/// Who is found by a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenOf {
    /// A subject.
    Subject(SubjectId),
    /// An organisation, by its certificate, which lies in the record's own part.
    Organisation(OrganisationId),
}

/// A token made anew, beside the old one as long as that stands.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Whose.
    pub of: TokenOf,
    /// The record of the part.
    pub record: RecordId,
    /// Its role.
    pub role: Slug,
    /// What it stands for.
    pub kind: TokenKind,
    /// The old one.
    pub old: [u8; 32],
    /// The new one.
    pub new: Keyed,
}
