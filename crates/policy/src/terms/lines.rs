//! Truth tables: every assignment that a projection can make of the bits that something reads.

use std::collections::BTreeSet;

use super::literal::{Question, Word};

/// The number of lines in the truth table over these bits.
pub(crate) fn lines(questions: &[Question], reads: &Word) -> u64 {
    let answers = Lines::over(questions, reads).answers;
    answers.iter().fold(1, |lines, of| lines.saturating_mul(u64::try_from(of.len()).unwrap_or(u64::MAX)))
}

/// Counts through a truth table, each question one digit.
pub(crate) struct Lines {
    answers: Vec<Vec<Word>>,
    digits: Vec<usize>,
    done: bool,
}

impl Lines {
    /// Over the questions on which the bits depend; answers that look the same there count once.
    pub(crate) fn over(questions: &[Question], reads: &Word) -> Self {
        let asked = questions.iter().filter(|question| !question.bits.misses(reads));
        let answers: Vec<Vec<Word>> = asked
            .map(|question| question.answers.iter().map(|answer| answer.only(reads)).collect::<BTreeSet<_>>())
            .map(|answers| answers.into_iter().collect())
            .collect();
        Self { digits: vec![0; answers.len()], answers, done: false }
    }
}

impl Iterator for Lines {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        if self.done {
            return None;
        }
        let chosen = self.digits.iter().zip(&self.answers).filter_map(|(digit, answers)| answers.get(*digit));
        let word = chosen.fold(Word::default(), Word::with);
        self.done = true;
        for (digit, answers) in self.digits.iter_mut().zip(&self.answers) {
            *digit += 1;
            if *digit < answers.len() {
                self.done = false;
                break;
            }
            *digit = 0;
        }
        Some(word)
    }
}
