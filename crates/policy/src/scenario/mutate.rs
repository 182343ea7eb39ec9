//! What scenarios and claims would not notice: one fact of the policy at a time is flipped, the tables are compiled anew and
//! all of them are run again. A flip after which they still pass is a fact that nobody stated an expectation about.

mod flips;

use std::sync::Arc;

use super::Suite;
use crate::compile::{Tables, compile};
use crate::resolve::Program;

use flips::Editor;
pub use flips::Flip;

/// What kind of fact was flipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// Whether an item is a condition of a function, and how far refusing reaches.
    Need,
    /// Form of consent.
    ConsentForm,
    /// Who receives, and under which class.
    Recipient,
    /// A mask or the promise of one.
    Mask,
    /// A period, a clock, a floor.
    Period,
    /// A case in which no consent is asked.
    Exception,
    /// Whose items.
    Person,
    /// Which items.
    Item,
    /// Legal ground.
    Basis,
    /// A condition.
    When,
    /// What is done.
    Act,
    /// Extent of a right.
    Right,
}

/// What came of all flips.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many facts were flipped.
    pub flips: usize,
    /// Flips after which the policy no longer compiled: noticed by the compiler.
    pub refused: usize,
    /// Flips that neither scenario nor claim noticed, with their numbers.
    pub unnoticed: Vec<(usize, Flip)>,
}

impl Report {
    /// Whether at most one flip in ten passed unnoticed.
    pub fn is_enough(&self) -> bool {
        self.unnoticed.len() * 10 <= self.flips
    }

    /// This report and one about other flips, in the order of the file.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.flips += other.flips;
        self.refused += other.refused;
        self.unnoticed.extend(other.unnoticed);
        self.unnoticed.sort_by_key(|(number, _)| *number);
        self
    }
}

/// How many facts of a program can be flipped.
pub fn flips(program: &Program) -> usize {
    Editor::list(program).len()
}

/// The tables with one fact flipped; `None` when there is no such fact, or the policy no longer compiles without it.
pub fn flipped(program: &Program, number: usize) -> Option<Arc<Tables>> {
    (number < flips(program)).then(|| compile(Arc::new(Editor::apply(program, number))).0)?
}

/// Flips the facts with these numbers one at a time. The suite must pass on the program as it is; if it does not, every flip
/// counts as noticed and the report says nothing.
pub fn mutate(program: &Program, suite: &Suite, numbers: impl IntoIterator<Item = usize>) -> Report {
    let mut report = Report::default();
    let flips = Editor::list(program);
    for number in numbers {
        let Some(flip) = flips.get(number) else { continue };
        report.flips += 1;
        match compile(Arc::new(Editor::apply(program, number))).0 {
            None => report.refused += 1,
            Some(tables) if suite.passes(&tables) => report.unnoticed.push((number, flip.clone())),
            Some(_) => {}
        }
    }
    report
}
