//! A report as tables, for terminals and pages alike. Heads and words are keys: whoever shows them has the language.

use jiff::Timestamp;
use jiff::civil::Date;
use model::Slug;
use model::deadline::Span;
use policy::syntax::Kind;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it lists, as a key.
    pub name: &'static str,
    /// Heads, as keys.
    pub heads: Vec<&'static str>,
    /// Rows, each as wide as the heads.
    pub rows: Vec<Vec<Cell>>,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing to say.
    Nothing,
    /// How many.
    Count(u64),
    /// A day.
    Day(Date),
    /// An instant.
    At(Timestamp),
    /// How long.
    Length(Span),
    /// A key of a word.
    Word(&'static str),
    /// Elements of the policy, by their kind and ids: whoever shows them has their names.
    Named(Kind, Vec<String>),
    /// A name or id, as it is.
    Text(String),
}

impl Table {
    pub(super) const fn new(name: &'static str, heads: Vec<&'static str>, rows: Vec<Vec<Cell>>) -> Self {
        Self { name, heads, rows }
    }

    /// Elements of the policy in a cell.
    pub(super) fn named<'s>(kind: Kind, ids: impl IntoIterator<Item = &'s Slug>) -> Cell {
        Cell::Named(kind, ids.into_iter().map(Slug::to_string).collect())
    }

    /// One of two columns: what, and how it stands.
    pub(super) fn facts(name: &'static str, facts: Vec<(&'static str, Cell)>) -> Self {
        let rows = facts.into_iter().map(|(what, cell)| vec![Cell::Word(what), cell]).collect();
        Self::new(name, vec!["what", "stands"], rows)
    }
}

impl From<u64> for Cell {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Date> for Cell {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

impl From<Span> for Cell {
    fn from(length: Span) -> Self {
        Self::Length(length)
    }
}

impl From<Timestamp> for Cell {
    fn from(at: Timestamp) -> Self {
        Self::At(at)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Self::Nothing, Into::into)
    }
}
