//! Outside parties: whom staff cut off, and whom of the customers their people may call.

use jiff::Timestamp;
use model::{AssignmentId, Slug, SubjectId};

/// A party is cut off, or let in again (rule R63).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    /// Which party of the operation file.
    pub party: Slug,
    /// Whether nothing goes to it from now on.
    pub is_cut: bool,
    /// Reason code, free of personal information.
    pub because: String,
    /// When.
    pub at: Timestamp,
}

/// One of these acts, as it stands on the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOffRow {
    /// What was done.
    pub done: CutOff,
    /// Its leaf.
    pub leaf: u64,
}

/// A customer is handed to a party's people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAssignment {
    /// Id, drawn by the caller.
    pub id: AssignmentId,
    /// Which customer.
    pub subject: SubjectId,
    /// To which party.
    pub party: Slug,
    /// The policy's share under which it sees anything.
    pub share: Slug,
    /// When.
    pub at: Timestamp,
    /// Open until.
    pub until: Timestamp,
}

/// An assignment as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentRow {
    /// What was handed over.
    pub new: NewAssignment,
    /// When it was ended before its time.
    pub ended: Option<Timestamp>,
    /// A virtual number is bound, or being bound, until then.
    pub bound_until: Option<Timestamp>,
    /// The number with the network's name of the binding, once the network has given them.
    pub number: Option<VirtualNumber>,
    /// Leaf of handing it over.
    pub leaf: u64,
}

/// A number that reaches somebody and says nothing about whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualNumber {
    /// The number.
    pub number: String,
    /// The network's name of the binding.
    pub binding: String,
}
