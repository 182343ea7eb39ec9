//! What waits for a second pair of eyes: looks at minors' data (rule R18).

use askama::Template;

use crate::pages::parts::{Moment, Reason};
use crate::pages::shell::{Console, Desk};

/// What waits.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/approvals.html")]
pub struct Approvals {
    /// Around it.
    pub shell: Console,
    /// Newest first.
    pub waiting: Vec<ApprovalLine>,
    /// Why the last one was not approved.
    pub refused: Vec<Reason>,
}

/// One look that somebody asks for.
#[derive(Debug, Clone, Default)]
pub struct ApprovalLine {
    /// Its number.
    pub id: String,
    /// Whose data: short.
    pub subject: String,
    /// In the course of which function.
    pub function: String,
    /// Which seat asks: short; the reader's own is marked.
    pub by: String,
    /// Whether the reader asked for it, and so cannot approve it.
    pub own: bool,
    /// Why.
    pub because: String,
    /// When.
    pub at: Moment,
}
