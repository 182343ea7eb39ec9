//! Truth tables: the assignments that a projection can make of the bits that something reads.

use std::collections::BTreeSet;

use super::about::Question;
use super::digits::Digits;
use super::word::Word;

/// The number of lines in the truth table over these bits.
pub(crate) fn lines(questions: &[Question], reads: &Word) -> u64 {
    let asked = questions.iter().filter(|question| !question.bits.misses(reads));
    let answers =
        asked.map(|question| question.answers.iter().map(|answer| answer.only(reads)).collect::<BTreeSet<_>>().len());
    answers.fold(1, |lines, of| lines.saturating_mul(u64::try_from(of).unwrap_or(u64::MAX)))
}

/// Some bits are decided, set or not; whatever has looked at no others comes out the same on every assignment that
/// agrees with the line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) set: Word,
    pub(crate) decided: Word,
}

impl Line {
    /// A line on which everything is decided.
    pub(crate) fn of(set: &Word) -> Self {
        Self { set: *set, decided: Word::full() }
    }

    /// Whether a bit is set; an error is a bit that must be decided first.
    pub(crate) fn has(&self, bit: u16) -> Result<bool, u16> {
        if self.decided.has(bit) { Ok(self.set.has(bit)) } else { Err(bit) }
    }

    /// Whether an answer to a question agrees with what is decided.
    pub(crate) fn admits(&self, question: &Question, answer: &Word) -> bool {
        let decided = self.decided.only(&question.bits);
        answer.only(&decided) == self.set.only(&decided)
    }
}

/// Goes through every line from one on, deciding only what `visit` asks for: it gives the bit that must be decided next, or
/// none when the line is done with. A bit that the others of its question leave no choice is not tried both ways. Gives the
/// number of lines visited.
pub(crate) fn explore<E>(
    questions: &[Question],
    digits: &Digits,
    from: Line,
    mut visit: impl FnMut(&Line) -> Result<Option<u16>, E>,
) -> Result<u64, E> {
    let mut open = vec![from];
    let mut count = 0;
    while let Some(line) = open.pop() {
        count += 1;
        let Some(bit) = visit(&line)?.filter(|bit| !line.decided.has(*bit)) else { continue };
        let question = digits.question(bit).and_then(|question| questions.get(usize::from(question)));
        for value in [false, true] {
            let mut next = line;
            next.decided.set(bit);
            if value {
                next.set.set(bit);
            }
            if question.is_some_and(|question| question.answers.iter().any(|answer| next.admits(question, answer))) {
                open.push(next);
            }
        }
    }
    Ok(count)
}
