//! The token that opens the vault. Only this room makes it, only from a [`Snapshot`] (design invariant 2).

use jiff::Timestamp;
use model::act::Snapshot;
use model::field::Mask;
use model::{Fingerprint, RecordId, Slug, SubjectId};

use crate::question::Obligation;
use crate::syntax::{Action, Basis};

/// How one item may leave the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// As it is.
    Clear,
    /// Under this mask.
    Masked(Mask),
}

/// Permission for one act on one record of one subject. It cannot be copied: the vault consumes it.
#[derive(Debug)]
pub struct Permit {
    pub(super) platform: Slug,
    pub(super) subject: SubjectId,
    pub(super) record: RecordId,
    pub(super) person: Slug,
    pub(super) action: Action,
    pub(super) function: Option<Slug>,
    pub(super) purpose: Option<Slug>,
    pub(super) recipient: Option<Slug>,
    pub(super) party: Option<Slug>,
    pub(super) items: Vec<(Slug, View)>,
    pub(super) basis: Option<Basis>,
    pub(super) exception: Option<String>,
    pub(super) obligations: Vec<Obligation>,
    pub(super) tables: Fingerprint,
    pub(super) policy: Fingerprint,
    pub(super) state_version: u64,
    pub(super) at: Timestamp,
}

impl Permit {
    /// Platform on which it holds.
    pub const fn platform(&self) -> &Slug {
        &self.platform
    }

    /// Whose data.
    pub const fn subject(&self) -> SubjectId {
        self.subject
    }

    /// In which record.
    pub const fn record(&self) -> RecordId {
        self.record
    }

    /// In which role the subject stands in the record.
    pub const fn person(&self) -> &Slug {
        &self.person
    }

    /// What may be done.
    pub const fn action(&self) -> Action {
        self.action
    }

    /// In the course of which function.
    pub const fn function(&self) -> Option<&Slug> {
        self.function.as_ref()
    }

    /// For which purpose.
    pub const fn purpose(&self) -> Option<&Slug> {
        self.purpose.as_ref()
    }

    /// To whom.
    pub const fn recipient(&self) -> Option<&Slug> {
        self.recipient.as_ref()
    }

    /// To which chosen party.
    pub const fn party(&self) -> Option<&Slug> {
        self.party.as_ref()
    }

    /// Which items, and how.
    pub fn items(&self) -> &[(Slug, View)] {
        &self.items
    }

    /// The ground.
    pub const fn basis(&self) -> Option<Basis> {
        self.basis
    }

    /// The exception relied on.
    pub fn exception(&self) -> Option<&str> {
        self.exception.as_deref()
    }

    /// What goes with it.
    pub fn obligations(&self) -> &[Obligation] {
        &self.obligations
    }

    /// Fingerprint of the tables that decided.
    pub const fn tables(&self) -> Fingerprint {
        self.tables
    }

    /// Fingerprint of the policy in force.
    pub const fn policy(&self) -> Fingerprint {
        self.policy
    }

    /// Version of the subject's state that was decided on; a commit that finds another one fails.
    pub const fn state_version(&self) -> u64 {
        self.state_version
    }

    /// The server's instant.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// Whether the permit was made from `snapshot`.
    pub fn is_from(&self, snapshot: &Snapshot) -> bool {
        self.subject == snapshot.subject() && self.state_version == snapshot.version()
    }
}
