//! The compiled policy: fingerprints, versions, elements, and what was found in it.

use askama::Template;

use super::draft::DraftLine;
use super::finding::{Findings, Severity};
use crate::pages::parts::{Clause, Fact, Link, Moment};
use crate::pages::shell::{Console, Desk};

/// The policy in force.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/policy.html")]
pub struct Policy {
    /// Around it.
    pub shell: Console,
    /// Title as published.
    pub title: String,
    /// Version: the file's stem, in force here since.
    pub facts: Vec<Fact>,
    /// The three fingerprints by name, and of vocabulary and law pack.
    pub fingerprints: Vec<Fact>,
    /// Every version, the one published last first.
    pub versions: Vec<VersionLine>,
    /// Versions that are not published, the newest first.
    pub drafts: Vec<DraftLine>,
    /// How many findings of each severity nobody answers for.
    pub open: Vec<(Severity, usize)>,
    /// How many findings somebody answers for.
    pub answered: usize,
    /// Elements: functions, recipients, rights.
    pub elements: Vec<ElementLine>,
}

/// What was found in the policy in force.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/policy_findings.html")]
pub struct PolicyFindings {
    /// Around it.
    pub shell: Console,
    /// Name of the version.
    pub name: String,
    /// What was found.
    pub findings: Findings,
}

/// A version that was published here.
#[derive(Debug, Clone)]
pub struct VersionLine {
    /// Its name, and where its text can be read.
    pub name: Link,
    /// How far it has come.
    pub stage: String,
    /// Published at.
    pub published: Moment,
    /// In force from then on.
    pub from: Moment,
    /// Until then, as far as is known.
    pub until: Option<Moment>,
    /// Fingerprint of the policy, short.
    pub fingerprint: String,
    /// Who was told of it, in words.
    pub told: String,
}

/// An element of the policy.
#[derive(Debug, Clone, Default)]
pub struct ElementLine {
    /// Kind: function, recipient, right.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its published name.
    pub name: String,
    /// Where it stands in the text.
    pub clause: Option<Clause>,
    /// What it holds, in words.
    pub summary: String,
}
