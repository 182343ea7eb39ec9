//! Notices of a new version: how they stand, and those that reached nobody.

use askama::Template;

use crate::pages::parts::{Day, Link};
use crate::pages::shell::{Console, Desk};

/// How the notices of every version stand, and what was given up.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/notices.html")]
pub struct Notices {
    /// Around it.
    pub shell: Console,
    /// What was done, in words.
    pub done: Option<String>,
    /// The versions of which people are told, the one published last first: which, and how many were told.
    pub versions: Vec<(Link, String)>,
    /// What was given up, oldest first.
    pub lines: Vec<NoticeLine>,
    /// Whether there are more than are listed.
    pub more: bool,
    /// To which it is posted that they are sent again; only for who may.
    pub again: Option<String>,
}

/// A notice that was given up. It names nobody.
#[derive(Debug, Clone)]
pub struct NoticeLine {
    /// Number.
    pub number: u64,
    /// Of which version.
    pub version: String,
    /// By which ways it goes, any one of them.
    pub ways: String,
    /// Why the last try failed.
    pub because: String,
    /// Before this day it has to be told.
    pub latest: Option<Day>,
}
