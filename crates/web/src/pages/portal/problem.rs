//! When it does not work: what happened, why, how to go on. Never what somebody else's page would have held.

use askama::Template;

use crate::pages::parts::{Link, Reason};
use crate::pages::shell::{Place, Portal};

parts!(ProblemKind);

/// A problem page.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/problem.html")]
pub struct Problem {
    /// Around it.
    pub shell: Portal,
    /// What happened.
    pub kind: ProblemKind,
    /// Ways on; the page adds home and the contact.
    pub next: Vec<Link>,
}

/// What happened.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "parts/problem_kind.html")]
pub enum ProblemKind {
    /// 404: there is none, or it is not this person's; the page does not tell which.
    #[default]
    NotFound,
    /// 403: refused by policy or law.
    Refused {
        /// Rule, clause and article.
        reasons: Vec<Reason>,
    },
    /// 410: an invitation that leads nowhere any more.
    Ended {
        /// What became of it.
        reason: String,
    },
    /// 400, 413, 415, 422: what was sent cannot be read.
    Invalid {
        /// By field and rule, never with the value.
        details: Vec<String>,
    },
    /// 429.
    TooMany,
    /// 403: the form's token is not this session's.
    Stale,
    /// 401: log in again.
    Expired,
    /// 500: nothing was half done.
    Internal {
        /// To quote on the telephone; says nothing about a person.
        trace: String,
    },
}
