//! Tables, ready to write.

use askama::Template;
use askama::filters::HtmlSafe;
use serde::{Serialize, Serializer};

use crate::labels::{named, phrase};
use crate::told::Marks;
use crate::wording::list;

/// A table: heads, and lines with the clauses that carry each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Template)]
#[template(path = "table.html")]
pub(crate) struct Table {
    pub(super) heads: Vec<&'static str>,
    pub(super) clause: Option<&'static str>,
    pub(super) lines: Vec<Line>,
    /// Its cells are marks under heads: it stays a table where another of as many columns is set as cards.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) matrix: bool,
    /// Heads of the columns on which the text is silent in every line, told once under the table.
    #[serde(serialize_with = "as_sentence")]
    pub(super) silent: String,
}

impl Table {
    /// A table of these columns, as `locales/zh.toml` names them, and the clauses of each line. Columns in which no line
    /// has anything are left out.
    pub(crate) fn new(columns: &[&'static str], lines: Vec<(Vec<String>, Marks)>) -> Self {
        let used = |at: usize| lines.iter().any(|(texts, _)| texts.get(at).is_some_and(|text| !text.is_empty()));
        let used: Vec<bool> = (0..columns.len()).map(used).collect();
        let heads = columns.iter().map(|column| named("column", column)).zip(&used);
        let heads: Vec<_> = heads.filter(|(_, used)| **used).map(|(head, _)| head).collect();
        let silent = phrase("silent", &[]);
        let line = |(texts, marks): (Vec<String>, Marks)| {
            let texts = texts.into_iter().zip(&used).filter(|(_, used)| **used);
            let cell =
                |(head, (text, _)): (&&'static str, (String, &bool))| Cell { head, silent: text == silent, text };
            Line { cells: heads.iter().zip(texts).map(cell).collect(), marks }
        };
        let lines = lines.into_iter().map(line).collect();
        Self { lines, heads, clause: Some(named("column", "clause")), matrix: false, silent: String::new() }
    }

    /// The same without the columns in which no line says anything; they are named under the table instead.
    pub(crate) fn told_apart(mut self) -> Self {
        let says = |cell: &Cell| !cell.silent && !cell.text.is_empty();
        let heads = std::mem::take(&mut self.heads);
        let (told, silent): (Vec<_>, Vec<_>) = heads.into_iter().partition(|head| {
            self.lines.iter().any(|line| line.cells.iter().any(|cell| cell.head == *head && says(cell)))
        });
        for line in &mut self.lines {
            line.cells.retain(|cell| told.contains(&cell.head));
        }
        self.heads = told;
        self.silent = list(silent.into_iter().map(str::to_owned));
        self
    }

    /// The same without the column of clauses.
    pub(crate) fn without_clauses(mut self) -> Self {
        self.clause = None;
        self
    }

    /// The same as a matrix: what the lines are about first, then marks.
    pub(crate) fn matrix(mut self) -> Self {
        self.matrix = true;
        self
    }

    /// What stands in place of a table without lines.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    pub(super) fn nothing(&self) -> String {
        phrase("no-lines", &[])
    }

    /// On which columns the text is silent, as a sentence; empty where it is silent on none.
    pub(super) fn silences(&self) -> String {
        silences(&self.silent)
    }
}

fn silences(columns: &str) -> String {
    if columns.is_empty() { String::new() } else { phrase("silent-columns", &[("columns", columns)]) }
}

fn as_sentence<S: Serializer>(columns: &str, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&silences(columns))
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    pub(super) cells: Vec<Cell>,
    pub(super) marks: Marks,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Cell {
    pub(super) head: &'static str,
    pub(super) text: String,
    pub(super) silent: bool,
}

impl HtmlSafe for Table {}
