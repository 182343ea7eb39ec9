//! What can go wrong between the house and its database.

use jiff::Timestamp;
use model::{Slug, SubjectId};

use crate::batch::TokenKind;

/// A failure of the database or of its content. Never carries a personal value.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The engine refused or broke; the act may be tried again once it is well.
    #[error("the database refused: {0}")]
    Engine(String),
    /// The server of the database is not there, or takes nobody now; the act may be tried again once it is.
    #[error("the database is away: {0}")]
    Away(String),
    /// The platform has no database here.
    #[error("no database for platform `{0}`: publish a policy for it first")]
    NoPlatform(Slug),
    /// A row does not read as what it must be.
    #[error("a stored row is damaged ({0}): run `shouyue fsck`")]
    Damaged(&'static str),
    /// Another process holds the files.
    #[error("another server has the data folder open: stop it, or speak to it over its socket")]
    Busy,
    /// The schema is from a newer release.
    #[error("the data was written by a newer release (schema {found}, this one knows {known}): install that release")]
    Newer {
        /// Schema found.
        found: u32,
        /// Schema known.
        known: u32,
    },
    /// The writer has stopped, for instance because the disk is full.
    #[error("the writer has stopped: look at the server's log, then restart it")]
    Stopped,
    /// A restore without a list of erasures that is at least as new as the backup (design invariant 8).
    #[error("the list of erasures ends before the backup: give the newest list, or erased data would come back")]
    OldErasures,
    /// The list of erasures does not hang together: a line was cut out, altered or moved.
    #[error("line {0} of the list of erasures does not follow from the line before: give an unaltered list")]
    BrokenErasures(u64),
    /// Something of this name is there, and is never overwritten.
    #[error("{0} is there already: move it away first")]
    Occupied(&'static str),
    /// The platform's name is needed by the store itself.
    #[error("a platform cannot be called `{0}`: choose another name")]
    Reserved(Slug),
}

/// Why a batch was not committed; nothing of it was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommitError {
    /// The subject's state, or the policy in force, is not the one that was decided on: read again, decide again.
    #[error("the state moved since the decision: decide again")]
    Moved,
    /// The act was decided on an instant long before this one, at which the ledger's newest leaf was: a clock was set back,
    /// or is behind that of another server. Set it on, decide again.
    #[error("the clock is behind the ledger: its newest leaf is of {0}")]
    Behind(Timestamp),
    /// The platform's keys were changed since the search tokens of the act were made: make them anew.
    #[error("the platform's keys were changed: read them again")]
    Keys,
    /// Another subject holds this search token.
    #[error("this {0} is registered already")]
    TokenTaken(TokenKind),
    /// The batch speaks of something that is not there.
    #[error("no such {what}")]
    Missing {
        /// Kind of thing.
        what: &'static str,
    },
    /// A subject was erased while the act was under way.
    #[error("{0} is erased")]
    Erased(SubjectId),
    /// The same idempotency key came with another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The same request was done before; this is its leaf.
    #[error("done before")]
    Done {
        /// Leaf of the first time.
        leaf: u64,
        /// Answer kept from the first time; free of personal information.
        answer: Vec<u8>,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
