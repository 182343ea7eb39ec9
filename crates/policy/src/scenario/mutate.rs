//! What scenarios would not notice: one fact of the policy at a time is flipped, the tables are compiled anew and the
//! scenarios are run again. A flip after which all of them still pass is a fact that nobody stated an expectation about.

mod flips;

use std::sync::Arc;

use super::{ScenarioFile, run};
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

/// Flips every fact of `program` in turn. The scenarios must pass on the program as it is; if they do not, every flip
/// counts as noticed and the report says nothing.
pub fn mutate(program: &Program, file: &ScenarioFile) -> Report {
    let flips = Editor::list(program);
    let mut report = Report { flips: flips.len(), refused: 0, unnoticed: Vec::new() };
    for (n, flip) in flips.into_iter().enumerate() {
        let (Some(tables), _) = compile(Arc::new(Editor::apply(program, n))) else {
            report.refused += 1;
            continue;
        };
        if run(&tables, file).iter().all(super::Outcome::passed) {
            report.unnoticed.push(flip);
        }
    }
    report
}
