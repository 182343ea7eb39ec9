//! Tracks of sales (可回溯, rule R61): which page was shown, what was done on it, when; and the chain that binds each step to
//! all before it.
//!
//! A step names its page by fingerprint. The page itself, with nothing of a person in it, is kept once however often it is
//! shown. Steps are appended without a leaf; the act that closes a track puts its chain on the ledger.

use jiff::Timestamp;
use ledger::Hash;
use model::{Fingerprint, RecordId, Slug, TrackId};

/// One step. Nothing in it is a value, or the name of anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackStep {
    /// The page, as it is before anything is filled in.
    pub page: Fingerprint,
    /// Text of the notice in force.
    pub text: Fingerprint,
    /// Word for what was done: `shown`, `agreed`, …
    pub action: String,
    /// The control of the page that it was done with.
    pub control: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// The browser that a track is of while it is nobody's record: a keyed digest.
pub type Visit = [u8; 32];

/// A track that is not a record's yet, as far as it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenTrack {
    /// Which.
    pub track: TrackId,
    /// The chain after its last step.
    pub head: Hash,
    /// The page of its last step; none before the first.
    pub page: Option<Fingerprint>,
}

/// A page shown, to be put down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackShown {
    /// To which browser.
    pub visit: Visit,
    /// The id of the track, if this is its first step.
    pub track: TrackId,
    /// The function in whose course.
    pub function: Slug,
    /// The page, kept unless it is there; its hash is the step's `page`.
    pub markup: String,
    /// The step.
    pub step: TrackStep,
}

/// The last steps of a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackClosed {
    /// Of which browser.
    pub visit: Visit,
    /// The track, as it was when the act was decided on. If it moved since, so has the state.
    pub open: OpenTrack,
    /// The function in whose course.
    pub function: Slug,
    /// Whose it is from now on.
    pub record: RecordId,
    /// The page that the steps were done on, kept unless it is there.
    pub markup: String,
    /// The steps.
    pub steps: Vec<TrackStep>,
}

/// A record's track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackRow {
    /// Which.
    pub track: TrackId,
    /// The function in whose course.
    pub function: Slug,
    /// The leaf of the act that closed it.
    pub leaf: u64,
    /// Its steps in order, each with the chain after it.
    pub steps: Vec<(TrackStep, Hash)>,
}

/// The chain before the first step.
pub fn start(track: TrackId, function: &Slug) -> Hash {
    ledger::leaf_hash(format!("track {track} {function}").as_bytes())
}

/// The chain after a step.
pub fn next(before: Hash, step: &TrackStep) -> Hash {
    let TrackStep { page, text, action, control, at } = step;
    let control = control.as_deref().unwrap_or("-");
    ledger::leaf_hash(format!("{before} {page} {text} {action} {control} {}", at.as_microsecond()).as_bytes())
}
