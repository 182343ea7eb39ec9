//! One element of the notice: its name and clauses, facts about it, and on what the text is silent.

use askama::Template;
use askama::filters::HtmlSafe;
use policy::syntax::{At, Kind};

use crate::labels::entry;
use crate::lists::Table;
use crate::told::{Anchors, Marks, Told};
use crate::wording::{list, tidy};

/// An element with a heading, facts and at most one table.
#[derive(Debug, Template)]
#[template(path = "element.html")]
pub(super) struct Element {
    anchor: String,
    name: String,
    marks: Marks,
    facts: Vec<(&'static str, String)>,
    /// Facts on which the text is silent, in one line: a row of its own for each would bury what is said.
    silent: Vec<&'static str>,
    table: Option<Table>,
    /// What the company chose besides, each a sentence.
    notes: Vec<String>,
}

impl HtmlSafe for Element {}

impl Element {
    /// An element of the policy; its anchor is the kind and the id, such as `function-claim`.
    pub(super) fn new(kind: Kind, id: &str, name: &str, clause: &[At<String>], at: &mut Anchors) -> Self {
        Self { anchor: format!("{}-{id}", kind.word()), name: tidy(name), ..Self::unnamed(clause, at) }
    }

    /// An element under the heading of its section.
    pub(super) fn unnamed(clause: &[At<String>], at: &mut Anchors) -> Self {
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
    pub(super) fn headed(heading: String) -> Self {
        Self { name: heading, ..Self::unnamed(&[], &mut Anchors::default()) }
    }

    /// A fact, by its key in `locales/zh.toml`.
    pub(super) fn fact(mut self, key: &'static str, told: &Told) -> Self {
        let label = ["fact", "column", "slot"].iter().find_map(|list| entry(list, key)).unwrap_or(key);
        if told.is_silent() {
            self.silent.push(label);
        } else {
            self.facts.push((label, told.text()));
        }
        self
    }

    fn silent(&self) -> String {
        list(self.silent.iter().map(|label| (*label).to_owned()))
    }

    /// A fact that is left out where there is nothing to say.
    pub(super) fn maybe(self, key: &'static str, text: Option<String>) -> Self {
        match text.filter(|text| !text.is_empty()) {
            Some(text) => self.fact(key, &Told::Said(text)),
            None => self,
        }
    }

    pub(super) fn table(mut self, table: Table) -> Self {
        self.table = Some(table);
        self
    }

    pub(super) fn notes(mut self, notes: Vec<String>) -> Self {
        self.notes = notes;
        self
    }
}
