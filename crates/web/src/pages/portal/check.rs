//! Checks with somebody outside.

use askama::Template;

use crate::pages::parts::{Clause, Fact, Link, Moment};
use crate::pages::shell::{Place, Portal};

/// How a check stands.
#[derive(Debug, Clone, Default)]
pub enum CheckState {
    /// Never made, or made about another document number.
    #[default]
    Never,
    /// It holds, since then.
    Passed(Moment),
    /// It does not, since then.
    Failed(Moment),
}

/// A check in a list.
#[derive(Debug, Clone, Default)]
pub struct CheckLine {
    /// Its name.
    pub name: String,
    /// What is compared with whom.
    pub text: String,
    /// How it stands.
    pub state: CheckState,
    /// Where it is made.
    pub href: String,
}

/// One check, before it is made and after it failed.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/check.html")]
pub struct CheckPage {
    /// Around it.
    pub shell: Portal,
    /// Its name.
    pub title: String,
    /// What is compared with whom.
    pub text: String,
    /// How it stands.
    pub state: CheckState,
    /// Who gets what.
    pub facts: Vec<Fact>,
    /// Where the policy says so.
    pub clause: Option<Clause>,
    /// The function by which name and number are given, or mended.
    pub fill: Option<Link>,
    /// Ways to the same end: name, and how it goes.
    pub others: Vec<(String, String)>,
    /// What came of the last try, and how to go on.
    pub problem: Option<String>,
}
