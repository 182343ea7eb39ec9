//! What a text tells of a slot, and the clause numbers that carry an element, ready for templates.

use std::collections::BTreeSet;
use std::fmt;

use askama::filters::{Escaper, Html, HtmlSafe};
use serde::Serialize;

use crate::anchor::clause_anchor;
use crate::labels::phrase;

/// What the text tells: something, expressly nothing, or nothing at all (design invariant 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// In our words.
    Said(String),
    /// The text says that there is none.
    Nothing,
    /// The text is silent.
    Silent,
}

impl Told {
    /// The words that a page shows.
    pub fn text(&self) -> String {
        match self {
            Self::Said(text) => text.clone(),
            Self::Nothing => phrase("nothing", &[]),
            Self::Silent => phrase("silent", &[]),
        }
    }

    /// What is said, if anything is.
    pub fn said(self) -> Option<String> {
        match self {
            Self::Said(text) => Some(text),
            Self::Nothing | Self::Silent => None,
        }
    }

    /// Whether the text is silent.
    pub const fn is_silent(&self) -> bool {
        matches!(self, Self::Silent)
    }
}

/// A clause number beside an element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// As printed.
    pub clause: String,
    /// Its anchor.
    pub anchor: String,
    /// Whether this place is the anchor; else it links there.
    pub here: bool,
}

/// The clause numbers beside one element.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Marks(pub Vec<Mark>);

impl Marks {
    /// Whether the element carries no clause.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Marks {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, mark) in self.0.iter().enumerate() {
            out.write_str(if at == 0 { "" } else { " " })?;
            let (attribute, sign) = if mark.here { ("id", "") } else { ("href", "#") };
            write!(out, "<a class=\"clause\" {attribute}=\"{sign}{}\">", mark.anchor)?;
            Html.write_escaped_str(&mut *out, &mark.clause)?;
            out.write_str("</a>")?;
        }
        Ok(())
    }
}

impl HtmlSafe for Marks {}

/// Hands each clause its one anchor: the first element that carries a clause is where links to it lead.
#[derive(Debug, Default)]
pub(crate) struct Anchors {
    taken: BTreeSet<String>,
    clauses: BTreeSet<String>,
}

impl Anchors {
    /// The marks of an element that carries `clauses`.
    pub(crate) fn marks<T: AsRef<str>>(&mut self, clauses: impl IntoIterator<Item = T>) -> Marks {
        let marks = clauses.into_iter().map(|clause| {
            let clause = clause.as_ref().to_owned();
            let anchor = clause_anchor(&clause);
            let here = self.taken.insert(anchor.clone());
            self.clauses.insert(clause.clone());
            Mark { clause, anchor, here }
        });
        Marks(marks.collect())
    }

    /// Every clause that has been marked.
    pub(crate) const fn clauses(&self) -> &BTreeSet<String> {
        &self.clauses
    }
}
