//! A version that is not published: what was found in it, and what it would change.

use askama::Template;

use super::policy::Severity;
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
    /// When it was checked, its fingerprints, with what it was compared.
    pub facts: Vec<Fact>,
    /// What was found and nobody answers for, gravest first.
    pub findings: Vec<DraftFinding>,
    /// What it would change, as the command prints it; empty where nothing was in force.
    pub changes: String,
    /// The command that publishes it.
    pub command: String,
}

/// Something that was found.
#[derive(Debug, Clone, Default)]
pub struct DraftFinding {
    /// Its code.
    pub code: String,
    /// How grave.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Its line in the policy file.
    pub line: Option<u64>,
    /// What would mend it.
    pub mend: Option<String>,
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
