//! What scenarios would not notice: one fact of the policy at a time is flipped, the tables are compiled anew and the
//! scenarios are run again. A flip after which all of them still pass is a fact that nobody stated an expectation about.

mod flips;

use std::num::NonZeroUsize;
use std::sync::Arc;

use super::{ScenarioFile, passes};
use crate::compile::compile;
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many facts were flipped.
    pub flips: usize,
    /// Flips after which the policy no longer compiled: noticed by the compiler.
    pub refused: usize,
    /// Flips that no scenario noticed.
    pub unnoticed: Vec<Flip>,
}

impl Report {
    /// Whether at most one flip in ten passed unnoticed.
    pub fn is_enough(&self) -> bool {
        self.unnoticed.len() * 10 <= self.flips
    }
}

/// Flips facts of `program` one at a time: every fact for `every` = 1, one in ten for 10. The scenarios must pass on the
/// program as it is; if they do not, every flip counts as noticed and the report says nothing.
pub fn mutate(program: &Program, file: &ScenarioFile, every: NonZeroUsize) -> Report {
    let mut report = Report { flips: 0, refused: 0, unnoticed: Vec::new() };
    for (n, flip) in Editor::list(program).into_iter().enumerate().step_by(every.get()) {
        report.flips += 1;
        match compile(Arc::new(Editor::apply(program, n))).0 {
            None => report.refused += 1,
            Some(tables) if passes(&tables, file) => report.unnoticed.push(flip),
            Some(_) => {}
        }
    }
    report
}
