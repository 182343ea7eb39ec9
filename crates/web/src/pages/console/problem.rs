//! When it does not work, in the console.

use askama::Template;

use crate::pages::parts::Link;
use crate::pages::portal::ProblemKind;
use crate::pages::shell::{Console, Desk};

/// A problem page of the console.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/problem.html")]
pub struct ConsoleProblem {
    /// Around it.
    pub shell: Console,
    /// What happened.
    pub kind: ProblemKind,
    /// Ways on.
    pub next: Vec<Link>,
}
