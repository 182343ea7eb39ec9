//! The list of erasures as a file: what every restore replays (design invariant 8).
//!
//! One line for each erasure, oldest first, fields apart by one space:
//!
//! ```text
//! 1 part rec-… sub-… applicant 17 s0sKc…=
//! 2 part rec-… - matter 17 pA9Xf…=
//! 3 subject sub-… 18 0Uq2Z…=
//! ```
//!
//! sequence, what was erased (`-` for the matter itself), leaf, chain. The chain is the hash of the chain before and the
//! line up to it, so that a line that was altered, moved or cut out from the middle shows; a list cut at its end is one
//! that ends too early, which a restore notices by the backup's own list.

use std::fmt::Write as _;
use std::str::FromStr;

use crate::error::StoreError;
use crate::read::{Erased, Erasure};

/// What binds a line to all before it.
pub type Chain = ledger::Hash;

/// The chain before the first line.
pub const START: Chain = ledger::Hash::EMPTY_ROOT;

/// The chain after an erasure.
pub fn next(before: Chain, erasure: &Erasure) -> Chain {
    ledger::leaf_hash(format!("{before} {}", fields(erasure)).as_bytes())
}

/// The lines of erasures that follow `before`, each with its newline, and the chain after the last.
pub fn to_text(mut before: Chain, erasures: &[Erasure]) -> (String, Chain) {
    let mut text = String::new();
    for erasure in erasures {
        before = next(before, erasure);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{} {before}", fields(erasure));
    }
    (text, before)
}

/// Reads a list from its first line on; each erasure with the chain after it.
///
/// An unfinished last line, as a power loss leaves it, is not part of the list. A line that was written twice, as two
/// servers of an earlier release did in a folder that they shared, counts once.
///
/// # Errors
///
/// [`StoreError::BrokenErasures`] with the number of the first line that does not follow from those before.
pub fn from_text(text: &str) -> Result<Vec<(Erasure, Chain)>, StoreError> {
    following((0, START), text)
}

/// Reads the lines after one whose sequence and chain are known.
///
/// # Errors
///
/// Those of [`from_text`].
pub(crate) fn following((after, chain): (u64, Chain), text: &str) -> Result<Vec<(Erasure, Chain)>, StoreError> {
    let mut list: Vec<(Erasure, Chain)> = Vec::new();
    for (line, number) in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')).zip(after + 1..) {
        let broken = || StoreError::BrokenErasures(number);
        let (erasure, given) = line.rsplit_once(' ').and_then(read).ok_or_else(broken)?;
        let (last, before) = list.last().map_or((after, chain), |(erasure, chain)| (erasure.sequence, *chain));
        let place = erasure.sequence.checked_sub(after + 1).and_then(|place| usize::try_from(place).ok());
        if place.and_then(|place| list.get(place)).is_some_and(|known| *known == (erasure.clone(), given)) {
            continue;
        }
        if erasure.sequence != last + 1 || next(before, &erasure) != given {
            return Err(broken());
        }
        list.push((erasure, given));
    }
    Ok(list)
}

fn read((fields, chain): (&str, &str)) -> Option<(Erasure, Chain)> {
    Some((parse(fields)?, Chain::from_str(chain).ok()?))
}

fn fields(erasure: &Erasure) -> String {
    let Erasure { sequence, erased, leaf } = erasure;
    match erased {
        Erased::Part { record, subject: Some(subject), role } => {
            format!("{sequence} part {record} {subject} {role} {leaf}")
        }
        Erased::Part { record, subject: None, role } => format!("{sequence} part {record} - {role} {leaf}"),
        Erased::Subject(subject) => format!("{sequence} subject {subject} {leaf}"),
    }
}

fn parse(line: &str) -> Option<Erasure> {
    let fields: Vec<_> = line.split(' ').collect();
    let (sequence, erased, leaf) = match fields.as_slice() {
        [sequence, "part", record, subject, role, leaf] => {
            let subject = if *subject == "-" { None } else { Some(subject.parse().ok()?) };
            (sequence, Erased::Part { record: record.parse().ok()?, subject, role: role.parse().ok()? }, leaf)
        }
        [sequence, "subject", subject, leaf] => (sequence, Erased::Subject(subject.parse().ok()?), leaf),
        _ => return None,
    };
    Some(Erasure { sequence: sequence.parse().ok()?, erased, leaf: leaf.parse().ok()? })
}

#[cfg(test)]
mod tests;
