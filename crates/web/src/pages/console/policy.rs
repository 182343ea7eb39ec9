//! The compiled policy: fingerprints, elements, findings.

use askama::Template;

use super::draft::DraftLine;
use crate::pages::parts::{Clause, Fact, Link, Moment};
use crate::pages::shell::{Console, Desk};

parts!(Severity);

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
    /// Findings, gravest first.
    pub findings: Vec<Finding>,
    /// Whether all of them are shown: a text may have hundreds.
    pub shows_all: bool,
    /// Elements: functions, recipients, rights.
    pub elements: Vec<ElementLine>,
}

/// So many findings are shown unless all are asked for.
const FINDINGS: usize = 40;

impl Policy {
    fn shown(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().take(if self.shows_all { self.findings.len() } else { FINDINGS })
    }

    fn rest(&self) -> usize {
        self.findings.len() - self.shown().count()
    }

    fn open(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity && finding.acknowledged.is_none()).count()
    }
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

/// What the compiler reports.
#[derive(Debug, Clone, Default)]
pub struct Finding {
    /// `L0412`, `R41`, `T07`.
    pub code: String,
    /// How grave.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Line of the policy file.
    pub line: Option<u32>,
    /// Clause of the text.
    pub clause: Option<Clause>,
    /// Article of the law.
    pub article: Option<String>,
    /// What would mend it.
    pub mend: Option<String>,
    /// Reason and date, where it is acknowledged.
    pub acknowledged: Option<String>,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Template)]
#[template(path = "parts/severity.html")]
pub enum Severity {
    /// 错误
    Error,
    /// 警告
    Warning,
    /// 提示
    #[default]
    Info,
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
