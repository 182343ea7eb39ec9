//! Cancelling a record, asked before it is done.

use askama::Template;

use crate::pages::parts::{Clause, Problems, Reason};
use crate::pages::shell::{Place, Portal};

/// What follows from cancelling, and the button.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/cancel.html")]
pub struct CancelPage {
    /// Around it.
    pub shell: Portal,
    /// What is done: cancelling what.
    pub title: String,
    /// The record's id, for the path.
    pub record: String,
    /// What the policy says that cancelling is for.
    pub effect: Option<String>,
    /// Where it says so.
    pub clause: Option<Clause>,
    /// What was paid and goes back, in yuan.
    pub back: Vec<String>,
    /// The function by which one applies again.
    pub again: Option<String>,
    /// It was cancelled before.
    pub is_done: bool,
    /// Why it was decided against; empty when it was not.
    pub denied: Vec<Reason>,
    /// What came of the last try, and how to go on.
    pub problem: Option<String>,
}

impl CancelPage {
    fn problems(&self) -> Problems<'_> {
        Problems::whole(self.problem.as_deref())
    }
}
