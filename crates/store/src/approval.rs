//! Approvals for staff to look at a minor's data (rule R18).

use jiff::Timestamp;
use model::{ActorId, ApprovalId, Slug, SubjectId};

/// A seat asks to look, or a system asks for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApproval {
    /// Id, drawn by the caller.
    pub id: ApprovalId,
    /// At whose data.
    pub subject: SubjectId,
    /// In the course of which function.
    pub function: Slug,
    /// Which seat wants to look.
    pub by: ActorId,
    /// Who asked: the same seat, or a system for it.
    pub asker: ActorId,
    /// Reason code, free of personal information.
    pub because: String,
    /// When.
    pub at: Timestamp,
}

/// An approval as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRow {
    /// What was asked.
    pub asked: NewApproval,
    /// Which seat or system approved, and until when; `None` while nobody has.
    pub given: Option<(ActorId, Timestamp)>,
}
