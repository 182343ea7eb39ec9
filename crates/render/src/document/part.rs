//! One element of a policy in a document: its name and clauses, facts about it, and on what the text is silent.

use askama::Template;
use askama::filters::HtmlSafe;
use policy::syntax::{At, Kind};
use serde::{Serialize, Serializer};

use super::Table;
use crate::labels::{entry, phrase};
use crate::told::{Anchors, Marks, Told};
use crate::wording::{list, tidy};

/// An element with a heading, facts and at most one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Template)]
#[template(path = "part.html")]
pub(crate) struct Part {
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) marks: Marks,
    pub(super) facts: Vec<(&'static str, String)>,
    /// Facts on which the text is silent, in one line: a row of its own for each would bury what is said.
    #[serde(serialize_with = "as_sentence")]
    pub(super) silent: Vec<&'static str>,
    pub(super) table: Option<Table>,
    /// What the company chose besides, each a sentence.
    pub(super) notes: Vec<String>,
}

impl HtmlSafe for Part {}

impl Part {
    /// An element of the policy; its anchor is the kind and the id, such as `function-claim`.
    pub(crate) fn new(kind: Kind, id: &str, name: &str, clause: &[At<String>], at: &mut Anchors) -> Self {
        Self { anchor: format!("{}-{id}", kind.word()), name: tidy(name), ..Self::unnamed(clause, at) }
    }

    /// An element under the heading of its section.
    pub(crate) fn unnamed(clause: &[At<String>], at: &mut Anchors) -> Self {
        Self {
            anchor: String::new(),
            name: String::new(),
            marks: at.marks(clause.iter().map(|clause| tidy(clause))),
            facts: Vec::new(),
            silent: Vec::new(),
            table: None,
            notes: Vec::new(),
        }
    }

    /// A part of a section under a heading that no element of the policy gives it; without one, under the section's.
    pub(crate) fn headed(heading: String) -> Self {
        Self { name: heading, ..Self::unnamed(&[], &mut Anchors::default()) }
    }

    /// A fact, by its key in `locales/zh.toml`.
    pub(crate) fn fact(mut self, key: &'static str, told: &Told) -> Self {
        let label = ["fact", "column", "slot"].iter().find_map(|list| entry(list, key)).unwrap_or(key);
        if told.is_silent() {
            self.silent.push(label);
        } else {
            self.facts.push((label, told.text()));
        }
        self
    }

    /// A fact that is left out where there is nothing to say.
    pub(crate) fn maybe(self, key: &'static str, text: Option<String>) -> Self {
        match text.filter(|text| !text.is_empty()) {
            Some(text) => self.fact(key, &Told::Said(text)),
            None => self,
        }
    }

    pub(crate) fn table(mut self, table: Table) -> Self {
        self.table = Some(table);
        self
    }

    pub(crate) fn notes(mut self, notes: Vec<String>) -> Self {
        self.notes = notes;
        self
    }

    /// The clauses of an element without a name of its own, as HTML.
    pub(super) fn carried_by(&self) -> String {
        phrase("carried-by", &[("clauses", &self.marks.to_string())])
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    pub(super) fn ours(&self) -> String {
        phrase("ours", &[])
    }

    /// On what the text is silent, as a sentence; empty where it is silent on nothing.
    pub(super) fn silences(&self) -> String {
        silences(&self.silent)
    }
}

fn silences(slots: &[&'static str]) -> String {
    if slots.is_empty() {
        return String::new();
    }
    let slots = list(slots.iter().map(|label| (*label).to_owned()));
    phrase("silent-slots", &[("slots", &slots)])
}

fn as_sentence<S: Serializer>(slots: &[&'static str], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&silences(slots))
}
