//! What the codes of findings mean, and how many findings of each a platform's texts have: the parts are those of
//! `shouyue explain`.

use askama::Template;

use super::finding::Severity;
use crate::pages::parts::{Day, Link, Said};
use crate::pages::shell::{Console, Desk};

/// Every code.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/rules.html")]
pub struct Rules {
    /// Around it.
    pub shell: Console,
    /// The newest draft: its findings are counted beside those of the text in force.
    pub draft: Option<Link>,
    /// Law, text, language.
    pub families: Vec<Family>,
}

/// Codes of one kind.
#[derive(Debug, Clone, Default)]
pub struct Family {
    /// Its name in addresses inside the page.
    pub anchor: &'static str,
    /// Its name.
    pub name: String,
    /// What its codes are about.
    pub about: String,
    /// Those of which something was found.
    pub found: Vec<RuleLine>,
    /// Those of which nothing was found.
    pub silent: Vec<RuleLine>,
}

/// A code in a list.
#[derive(Debug, Clone, Default)]
pub struct RuleLine {
    /// Its code.
    pub code: String,
    /// What it is about.
    pub title: Said,
    /// The article that carries it.
    pub article: Option<String>,
    /// Its findings in the text in force.
    pub in_force: Tally,
    /// Its findings in the newest draft.
    pub draft: Tally,
}

/// How many findings of a code a text has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those that nobody answers for.
    pub open: usize,
    /// Those that somebody answers for.
    pub answered: usize,
    /// Where they are shown.
    pub href: String,
}

impl Tally {
    /// Whether there is any.
    pub fn is_some(&self) -> bool {
        self.open + self.answered > 0
    }
}

/// One code: what `shouyue explain` says of it.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/rule.html")]
pub struct RulePage {
    /// Around it.
    pub shell: Console,
    /// The code.
    pub code: String,
    /// What it is about; of a code of the language: what it means.
    pub title: Said,
    /// Law, text or language.
    pub family: String,
    /// The gravest that it reports in a text.
    pub gravest: Option<Severity>,
    /// What it asks of a policy file.
    pub compile: Option<Said>,
    /// What it asks of the running system.
    pub run: Option<Said>,
    /// Whether no part of the running system does that yet.
    pub run_planned: bool,
    /// The articles that carry it.
    pub sources: Vec<SourceLine>,
    /// The rules of the law to which it leaves what both find.
    pub yields: Vec<String>,
    /// Why it stands.
    pub why: Option<Said>,
    /// What mends it.
    pub mend: Option<Said>,
    /// Elements that break it.
    pub wrong: Option<String>,
    /// The same elements, mended.
    pub right: Option<String>,
    /// Its findings in the text in force.
    pub in_force: Tally,
    /// The newest draft, and its findings there.
    pub draft: Option<(Link, Tally)>,
}

/// An article with the days of its force.
#[derive(Debug, Clone, Default)]
pub struct SourceLine {
    /// As printed beside a reason.
    pub cite: String,
    /// First day in force.
    pub from: Day,
    /// First day no longer in force.
    pub until: Option<Day>,
    /// Whether counsel has confirmed it.
    pub certain: bool,
}

/// There is no such code.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "console/no_rule.html")]
pub struct NoRule {
    /// Around it.
    pub shell: Console,
    /// What was asked for.
    pub asked: String,
    /// Codes that begin like it.
    pub near: Vec<String>,
}
