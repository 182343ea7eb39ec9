//! A version that is not published: what was found in it, and what it would change.

use askama::Template;

use super::finding::Findings;
use crate::pages::parts::{Fact, Link, Moment};
use crate::pages::shell::{Console, Desk};

/// A draft as it was checked.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/draft.html")]
pub struct DraftPage {
    /// Around it.
    pub shell: Console,
    /// Name of the version.
    pub name: String,
    /// Checked at.
    pub checked: Moment,
    /// Its fingerprints, with what it was compared.
    pub facts: Vec<Fact>,
    /// What was found.
    pub findings: Findings,
    /// Where it is said what it would change; none where nothing was in force.
    pub changes: Option<String>,
    /// The command that publishes it.
    pub command: String,
}

/// What a draft would change.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/draft_changes.html")]
pub struct DraftChanges {
    /// Around it.
    pub shell: Console,
    /// Name of the version.
    pub name: String,
    /// Where the draft is shown.
    pub draft: String,
    /// What it would change, as the command prints it; empty where nothing was in force.
    pub changes: String,
}

/// A draft among the versions.
#[derive(Debug, Clone)]
pub struct DraftLine {
    /// Its name, and where it is shown.
    pub name: Link,
    /// Checked at.
    pub checked: Moment,
    /// Fingerprint of its tables, short.
    pub fingerprint: String,
    /// How many errors and warnings nobody answers for, in words.
    pub found: String,
}
