//! The lawyer's text beside the encoded policy: what the one mentions and the other does not carry, and the reverse.
//!
//! Text in, mentions out. A page becomes one run of signs (`page`, `html`), its clauses are told by their numbers (`clause`),
//! names (`names`) and lengths of time (`period`) are found in it, and each is laid beside what the elements of that clause
//! state (`stated`). Nothing is guessed: a mention is a name that policy, vocabulary or `vocabulary/mentions.toml` knows, or what a
//! sentence lists beside such names as taken in (`enumeration`).

mod clause;
mod enumeration;
mod html;
mod names;
mod page;
mod period;
mod report;
mod stated;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;

pub use report::{human, json};

use crate::finding::Span;
use crate::resolve::Program;
use crate::syntax::Unit;
use clause::{Address, Clauses};
use page::Page;
use stated::Carrier;
use words::Words;

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Plain text, or Markdown.
    Text,
    /// A web page.
    Html,
}

/// What sort of thing is mentioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// An item of personal information.
    Item,
    /// A recipient by name.
    Recipient,
    /// A kind of recipients, by no name.
    RecipientKind,
    /// An SDK.
    Sdk,
    /// A source of data.
    Source,
    /// A permission of the device.
    Permission,
    /// A right.
    Right,
    /// A length of time: a deadline, or how long something is kept.
    Period,
}

impl Sort {
    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Recipient => "recipient",
            Self::RecipientKind => "recipient-kind",
            Self::Sdk => "sdk",
            Self::Source => "source",
            Self::Permission => "permission",
            Self::Right => "right",
            Self::Period => "period",
        }
    }
}

/// What a word stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Meaning {
    /// Sort.
    pub sort: Sort,
    /// Id of the item, recipient, SDK, source or permission; word of the right or the kind; `15 working-days`. Empty for a
    /// company that the policy does not know, and for an item that nobody does.
    pub id: String,
}

/// How a mention is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carried {
    /// By an element of the clause that mentions it.
    Here,
    /// Not in that clause, but by an element of another.
    Elsewhere,
    /// By nothing.
    Not,
}

impl Carried {
    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Here => "carried",
            Self::Elsewhere => "elsewhere",
            Self::Not => "uncarried",
        }
    }
}

/// One mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Line of the text on which it begins, from 1.
    pub line: usize,
    /// Numbers of its clause; empty before the first.
    pub clause: String,
    /// The words, without spaces and in half width.
    pub word: String,
    /// What they can mean.
    pub means: BTreeSet<Meaning>,
    /// How it is carried.
    pub carried: Carried,
    /// The elements that carry it, by path.
    pub by: Vec<String>,
}

/// Why an element has no place in the text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// The text has no clause of that number.
    Clause(String),
    /// It names this nowhere.
    Nowhere(String),
    /// It names this, but in none of the element's clauses.
    There(String),
}

/// An element that lacks a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unplaced {
    /// Its path.
    pub element: String,
    /// Its clauses, as the policy writes them.
    pub clauses: Vec<String>,
    /// Where it stands in the policy file.
    pub span: Span,
    /// What it lacks.
    pub lack: Lack,
}

/// A text beside a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Every mention, in the order of the text.
    pub mentions: Vec<Mention>,
    /// Every element that lacks a place, in the order of the language.
    pub unplaced: Vec<Unplaced>,
    /// How many elements were looked for.
    pub elements: usize,
}

impl Trace {
    /// Whether every mention is carried somewhere, and every element has a place.
    pub fn is_whole(&self) -> bool {
        let placed = self.unplaced.iter().all(|one| matches!(one.lack, Lack::There(_)));
        placed && self.mentions.iter().all(|mention| mention.carried != Carried::Not)
    }
}

/// Lays a text beside a policy.
pub fn trace(program: &Program, text: &str, form: Form) -> Trace {
    let words = Words::bundled();
    let paragraphs = match form {
        Form::Text => page::paragraphs(text),
        Form::Html => html::paragraphs(text),
    };
    let page = Page::of(&paragraphs, words);
    let clauses = Clauses::of(&page, words);
    let carriers = stated::carriers(program, words);
    let found = found(program, &page, &clauses, words);
    let mentions = found.iter().map(|one| one.mention(&page, &carriers)).collect();
    let unplaced = carriers.iter().flat_map(|carrier| lacks(carrier, &found, &clauses)).collect();
    Trace { mentions, unplaced, elements: carriers.len() }
}

/// The lengths of time that a few words name, in their order.
pub(crate) fn lengths(text: &str) -> impl Iterator<Item = (u32, Unit)> {
    let words = Words::bundled();
    let page = Page::of(&page::paragraphs(text), words);
    period::periods(&page, words).into_iter().map(|period| (period.count, period.unit))
}

/// Words of a page that mention something.
struct Found {
    from: usize,
    to: usize,
    means: BTreeSet<Meaning>,
    clause: Address,
}

/// Every name and length of time on a page, in order.
fn found(program: &Program, page: &Page, clauses: &Clauses, words: &Words) -> Vec<Found> {
    let at = |from: usize| clauses.at(from).cloned().unwrap_or_default();
    let names = names::Names::of(program, words);
    let named = names.on(page, words);
    let unlisted = enumeration::unlisted(page, &named, words).into_iter().map(|one| Found {
        from: one.from,
        to: one.to,
        means: one.means,
        clause: at(one.from),
    });
    let named = named.iter().filter(|named| !named.means.is_empty()).map(|named| Found {
        from: named.from,
        to: named.to,
        means: named.means.clone(),
        clause: at(named.from),
    });
    let periods = period::periods(page, words).into_iter().map(|period| Found {
        from: period.from,
        to: period.to,
        means: BTreeSet::from([Meaning { sort: Sort::Period, id: period::called(period.count, period.unit) }]),
        clause: at(period.from),
    });
    let mut all: Vec<Found> = named.chain(unlisted).chain(periods).collect();
    all.sort_by_key(|found| (found.from, found.to));
    all
}

impl Found {
    fn mention(&self, page: &Page, carriers: &[Carrier]) -> Mention {
        let here = carriers.iter().filter(|carrier| carrier.carries(&self.means) && carrier.is_of(&self.clause));
        let elsewhere = carriers.iter().filter(|carrier| carrier.carries_elsewhere(&self.means));
        let covering = carriers
            .iter()
            .filter(|carrier| carrier.covers && carrier.clauses.iter().any(|(_, own)| self.clause.is_in(own)));
        let tries =
            [(Carried::Here, paths(here)), (Carried::Here, paths(covering)), (Carried::Elsewhere, paths(elsewhere))];
        let (carried, by) = tries.into_iter().find(|(_, by)| !by.is_empty()).unwrap_or((Carried::Not, Vec::new()));
        Mention {
            line: page.line(self.from),
            clause: self.clause.to_string(),
            word: page.text.get(self.from..self.to).unwrap_or_default().to_owned(),
            means: self.means.clone(),
            carried,
            by,
        }
    }
}

fn paths<'c>(carriers: impl Iterator<Item = &'c Carrier>) -> Vec<String> {
    carriers.map(|carrier| carrier.element.clone()).collect()
}

/// What an element lacks in a text.
fn lacks(carrier: &Carrier, found: &[Found], clauses: &Clauses) -> Vec<Unplaced> {
    let absent = carrier.clauses.iter().filter(|(_, address)| !clauses.has(address));
    let mut lacks: Vec<Lack> = absent.map(|(clause, _)| Lack::Clause(clause.clone())).collect();
    let mut states: Vec<_> = carrier.states.iter().filter(|state| state.demanded).collect();
    states.dedup_by(|a, b| a.means == b.means);
    for state in states {
        let mut named = found.iter().filter(|found| !found.means.is_disjoint(&state.means)).peekable();
        if named.peek().is_none() {
            lacks.push(Lack::Nowhere(state.name.clone()));
        } else if !named.any(|found| carrier.is_of(&found.clause)) {
            lacks.push(Lack::There(state.name.clone()));
        }
    }
    let unplaced = lacks.into_iter().map(|lack| Unplaced {
        element: carrier.element.clone(),
        clauses: carrier.clauses.iter().map(|(clause, _)| clause.clone()).collect(),
        span: carrier.span,
        lack,
    });
    unplaced.collect()
}
