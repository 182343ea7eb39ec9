//! A roster (名册): people who stand in one role, one a line, as comma-separated values (RFC 4180) in whatever encoding a
//! spreadsheet writes. Reading is pure; what is wrong with the table as a whole names a line or a column, never a value.

use std::io::{self, Cursor, Read as _};

use model::field::Mask;
use model::{Clear, Slug};
use policy::syntax::Kind;

use super::outline::AskedItem;
use super::table::{NoTable, Signs, TableText};
use crate::Platform;
use crate::read::page::masked;

/// Most lines of one roster.
pub const MOST_LINES: usize = 100;

/// Largest roster, in bytes.
pub const MOST_BYTES: usize = 256 * 1024;

/// A roster that reads.
pub struct Roster {
    pub(super) lines: Vec<Line>,
}

/// One person of a roster.
pub(super) struct Line {
    /// Number in the table, counted from 1 with the header.
    pub(super) number: u64,
    pub(super) fields: Vec<(String, Clear<String>)>,
}

impl Line {
    /// The first value under its item's mask; none under one that makes all values alike.
    pub(super) fn recognised(&self, platform: &Platform) -> Option<Clear<String>> {
        let (item, value) = self.fields.first()?;
        let program = platform.tables.program();
        let id = program.names.find(Kind::Item, item).ok()?;
        let mask = program.items.get(&id)?.mask;
        if matches!(mask, Mask::Hidden | Mask::Fixed) {
            return None;
        }
        Some(value.twin().map(|text| masked(mask, &text)))
    }

    /// The values once more: a roster is looked at before it is taken in.
    pub(super) fn twin(&self) -> Vec<(String, Clear<String>)> {
        self.fields.iter().map(|(item, value)| (item.clone(), value.twin())).collect()
    }
}

/// Why a roster does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// More than [`MOST_BYTES`].
    TooLarge,
    /// More than [`MOST_LINES`].
    TooMany,
    /// No table at all.
    Table(NoTable),
    /// No line but the header, or not even that.
    Empty,
    /// The header of this column, counted from 1, names no item that is asked here.
    Column(usize),
    /// This column, counted from 1, names the item of another once more.
    Twice(usize),
    /// This line has more or fewer columns than the header.
    Line(u64),
}

impl std::fmt::Display for Unread {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLarge => write!(out, "the roster is larger than {MOST_BYTES} bytes: send it in parts"),
            Self::TooMany => write!(out, "the roster has more than {MOST_LINES} lines: send it in parts"),
            Self::Table(why) => why.fmt(out),
            Self::Empty => out.write_str("the roster has no line"),
            Self::Column(place) => write!(out, "column {place} names no item that is asked here"),
            Self::Twice(place) => write!(out, "column {place} names an item once more"),
            Self::Line(line) => write!(out, "line {line} does not have the columns of the header"),
        }
    }
}

/// Reads a roster of people of whom these items are asked.
pub(super) fn read(bytes: &[u8], asked: &[AskedItem<'_>]) -> Result<Roster, Unread> {
    if bytes.len() > MOST_BYTES {
        return Err(Unread::TooLarge);
    }
    let text = table_text(bytes)?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|_| Unread::Line(1))?.clone();
    let mut columns: Vec<Slug> = Vec::new();
    for (place, name) in header.iter().enumerate() {
        let meant = asked.iter().find(|one| one.item.id.as_str() == name || one.item.name == name);
        let item = &meant.ok_or(Unread::Column(place + 1))?.item.id;
        if columns.contains(item) {
            return Err(Unread::Twice(place + 1));
        }
        columns.push(item.clone());
    }
    let mut lines = Vec::new();
    for record in reader.records() {
        let line = |position: Option<&csv::Position>| position.map_or(0, csv::Position::line);
        let record = record.map_err(|error| Unread::Line(line(error.position())))?;
        let values = columns.iter().zip(record.iter()).filter(|(_, value)| !value.is_empty());
        let fields: Vec<_> = values.map(|(item, value)| (item.to_string(), Clear::new(value.to_owned()))).collect();
        if fields.is_empty() {
            continue;
        }
        if lines.len() == MOST_LINES {
            return Err(Unread::TooMany);
        }
        lines.push(Line { number: line(record.position()), fields });
    }
    if lines.is_empty() { Err(Unread::Empty) } else { Ok(Roster { lines }) }
}

/// The text of a small table.
fn table_text(bytes: &[u8]) -> Result<String, Unread> {
    let read = || {
        let signs = Signs::of(&mut Cursor::new(bytes))?;
        let mut text = String::new();
        TableText::new(bytes, signs).read_to_string(&mut text)?;
        Ok(text)
    };
    // Of bytes that are held, nothing else can fail.
    read().map_err(|why: io::Error| Unread::Table(NoTable::of(&why).unwrap_or(NoTable::Encoding)))
}

#[cfg(test)]
mod tests;
