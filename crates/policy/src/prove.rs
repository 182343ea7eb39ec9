//! Proof by exhaustion: every row of the tables against the reference interpreter, on every line of its truth table, for
//! every interval of the law.
//!
//! A truth table has a line for each assignment of the literals that the row *or* the interpreter looks at; literals of
//! which at most one can be set (the two of a three-valued fact, who acts, the exceptions) count as one question.

use std::cell::Cell;

use jiff::civil::Date;

use crate::compile::{Row, Tables};
use crate::decide::key::{Key, Ruling};
use crate::decide::literal::{Alphabet, Word, small};
use crate::meaning;
use crate::question::Side;

/// How much was compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Intervals of the law.
    pub intervals: u64,
    /// Keys, once for each interval and side.
    pub keys: u64,
    /// Lines of truth tables.
    pub lines: u64,
}

/// A line on which tables and interpreter differ.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "tables and meaning differ on {key:?}, {side:?}, law of {day}, assignment {assignment:?}: {tables:?} against {meaning:?}"
)]
pub struct Mismatch {
    /// The key.
    pub key: Key,
    /// The side.
    pub side: Side,
    /// First day of the interval.
    pub day: Date,
    /// The bits that are set.
    pub assignment: Vec<u16>,
    /// What the tables say.
    pub tables: Ruling,
    /// What the interpreter says; `None` when it knows no such key.
    pub meaning: Option<Ruling>,
}

/// Compares everything.
///
/// # Errors
/// The first [`Mismatch`]: a defect of this crate, never of a policy.
pub fn tables_match_meaning(tables: &Tables) -> Result<Count, Box<Mismatch>> {
    let channels = small(tables.program().policy.channels.len());
    let groups = Groups::of(tables.alphabet());
    let mut count = Count::default();
    for day in tables.intervals() {
        count.intervals += 1;
        for flow in tables.flows() {
            for key in flow.keys(channels) {
                let Some((published, law)) = tables.rows_of(flow, key.item, key.channel, day) else { continue };
                for (row, side) in [(published, Side::Published), (law, Side::Law)] {
                    count.keys += 1;
                    count.lines += compare(tables, &groups, day, key, side, row)?;
                }
            }
        }
    }
    Ok(count)
}

fn compare(tables: &Tables, groups: &Groups, day: Date, key: Key, side: Side, row: &Row) -> Result<u64, Box<Mismatch>> {
    let mut reads = row.reads();
    loop {
        let seen = Cell::new(reads);
        let mut lines = Lines::over(groups, &reads);
        let mut count = 0;
        while let Some(word) = lines.next_word() {
            count += 1;
            let mine = row.ruling(&word);
            let meant = meaning::ruling(tables.program(), tables.alphabet(), day, key, side, &word, &seen);
            if meant.as_ref() != Some(&mine) {
                let assignment = word.bits().collect();
                return Err(Box::new(Mismatch { key, side, day, assignment, tables: mine, meaning: meant }));
            }
        }
        // The interpreter may look at literals that the row does not depend on: then they are tried, too.
        if reads.covers(&seen.get()) {
            return Ok(count);
        }
        reads = seen.get();
    }
}

/// The number of lines in the truth table over these bits.
pub fn lines(alphabet: &Alphabet, reads: &Word) -> u64 {
    Groups::of(alphabet)
        .over(reads)
        .iter()
        .fold(1, |lines, group| lines.saturating_mul(1 + u64::try_from(group.len()).unwrap_or(u64::MAX)))
}

/// Bits by the question that they answer.
struct Groups(Vec<Vec<u16>>);

impl Groups {
    fn of(alphabet: &Alphabet) -> Self {
        let scopes = (0..small(alphabet.scopes.len())).map(|scope| vec![scope]);
        let others = alphabet.questions().into_iter();
        let others = others.map(|group| group.into_iter().map(|literal| alphabet.bit(literal)).collect());
        Self(scopes.chain(others).collect())
    }

    fn over(&self, reads: &Word) -> Vec<Vec<u16>> {
        let read = self.0.iter().map(|group| group.iter().copied().filter(|bit| reads.has(*bit)).collect::<Vec<_>>());
        read.filter(|group| !group.is_empty()).collect()
    }
}

/// Counts through a truth table, each group one digit: none of its bits, or one of them.
struct Lines {
    groups: Vec<Vec<u16>>,
    digits: Vec<usize>,
    word: Word,
    done: bool,
}

impl Lines {
    fn over(groups: &Groups, reads: &Word) -> Self {
        let groups = groups.over(reads);
        Self { digits: vec![0; groups.len()], groups, word: Word::default(), done: false }
    }

    fn next_word(&mut self) -> Option<Word> {
        if self.done {
            return None;
        }
        let word = self.word;
        self.done = true;
        for (digit, group) in self.digits.iter_mut().zip(&self.groups) {
            if let Some(bit) = digit.checked_sub(1).and_then(|place| group.get(place)) {
                self.word.clear(*bit);
            }
            *digit += 1;
            if let Some(bit) = group.get(*digit - 1) {
                self.word.set(*bit);
                self.done = false;
                break;
            }
            *digit = 0;
        }
        Some(word)
    }
}
