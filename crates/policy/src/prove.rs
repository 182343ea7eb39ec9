//! Proof by exhaustion: every row of the tables against the reference interpreter, for every interval of the law.
//!
//! Both sides of the comparison are made of independent parts: a row is a list of checks, each with its cause; the
//! interpreter is a list of rules, each adding causes and taking none away. So they agree on every assignment exactly
//! when, for each cause, the checks with that cause fail on the same lines of the truth table as the rules that can
//! raise it do. That is what is tried, on *every* line: over all literals that the checks or the rules look at, and for
//! the ground likewise. It takes sums where whole rows would take products, and so it is cheap enough for every load.
//!
//! A truth table has a line for each assignment that a projection can make: nobody is known to be under fourteen and not
//! under eighteen, nobody but staff has a role. A demand with more than 2¹⁶ lines does not compile (`L0512`).

use std::cell::Cell;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::compile::{Check, Row, Tables};
use crate::meaning::{self, Rule, World};
use crate::question::Side;
use crate::syntax::Basis;
use crate::terms::key::{Cause, Key};
use crate::terms::lines::Lines;
use crate::terms::literal::{Question, Word, small};

/// How much was compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Intervals of the law.
    pub intervals: u64,
    /// Rows: keys, once for each interval and side.
    pub rows: u64,
    /// Lines of truth tables.
    pub lines: u64,
}

/// Something on which tables and interpreter differ: a defect of this crate, never of a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("tables and meaning differ on {key:?}, {side:?}, under the law of {day}: {what:?} when {assignment:?} is set")]
pub struct Mismatch {
    /// The key.
    pub key: Key,
    /// The side.
    pub side: Side,
    /// First day of the interval.
    pub day: Date,
    /// What they differ on.
    pub what: Difference,
    /// The bits that are set.
    pub assignment: Vec<u16>,
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// The interpreter knows no such key.
    Undeclared,
    /// The masks are not the same.
    Mask,
    /// Whether this cause is raised.
    Cause(Cause),
    /// The ground: the tables' and the interpreter's.
    Ground(Option<Basis>, Option<Basis>),
}

/// Compares everything.
///
/// # Errors
/// The first [`Mismatch`].
pub fn tables_match_meaning(tables: &Tables) -> Result<Count, Box<Mismatch>> {
    let channels = small(tables.program().policy.channels.len());
    let questions = tables.alphabet().questions();
    let mut count = Count::default();
    for day in tables.intervals() {
        count.intervals += 1;
        for flow in tables.flows() {
            for key in flow.keys(channels) {
                let Some((published, law)) = tables.rows_of(flow, key.item, key.channel, day) else { continue };
                for (row, side) in [(published, Side::Published), (law, Side::Law)] {
                    let comparison = Comparison { tables, questions: &questions, day, key, side, row };
                    count.rows += 1;
                    count.lines += comparison.run()?;
                }
            }
        }
    }
    Ok(count)
}

/// One row against its rules.
struct Comparison<'t> {
    tables: &'t Tables,
    questions: &'t [Question],
    day: Date,
    key: Key,
    side: Side,
    row: &'t Row,
}

/// A rule, what it looks at, and what it raises on each line of its table.
struct Known {
    rule: Rule,
    reads: Word,
    table: Vec<(Word, BTreeSet<Cause>)>,
    grounds: bool,
}

impl Known {
    fn raises(&self, cause: Cause) -> bool {
        self.table.iter().any(|(_, causes)| causes.contains(&cause))
    }
}

impl Comparison<'_> {
    fn run(&self) -> Result<u64, Box<Mismatch>> {
        let nothing = Word::default();
        let rules = self.world(&nothing, &Cell::new(nothing), |world| meaning::rules(world, self.side));
        let Some(rules) = rules else { return Err(Box::new(self.mismatch(Difference::Undeclared, &nothing))) };
        let mut lines = 0;
        let known: Vec<Known> = rules.into_iter().map(|rule| self.learn(rule, &mut lines)).collect();
        let causes = self.row.checks.iter().map(|check| check.cause);
        let causes: BTreeSet<Cause> =
            causes.chain(known.iter().flat_map(|known| &known.table).flat_map(|(_, causes)| causes).copied()).collect();
        for cause in causes {
            lines += self.cause(cause, &known)?;
        }
        lines += self.ground(&known)?;
        let mask = self.world(&nothing, &Cell::new(nothing), |world| meaning::mask(world, self.side));
        if mask != Some(self.row.mask) {
            return Err(Box::new(self.mismatch(Difference::Mask, &nothing)));
        }
        Ok(lines)
    }

    fn world<T>(&self, word: &Word, seen: &Cell<Word>, look: impl FnOnce(&World<'_>) -> T) -> Option<T> {
        World::new(self.tables.program(), self.tables.alphabet(), self.day, self.key, word, seen)
            .map(|world| look(&world))
    }

    /// Tries a rule on every line of its own table. A rule may look at a literal only when another is set: the table
    /// grows until it looks at nothing new.
    fn learn(&self, rule: Rule, lines: &mut u64) -> Known {
        let mut known = Known { rule, reads: Word::default(), table: Vec::new(), grounds: false };
        loop {
            let seen = Cell::new(known.reads);
            known.table.clear();
            for word in Lines::over(self.questions, &known.reads) {
                *lines += 1;
                let raised = self.world(&word, &seen, |world| meaning::object(world, self.side, &[rule]));
                if let Some(raised) = raised {
                    known.grounds |= raised.ground.is_some();
                    known.table.push((word, raised.causes));
                }
            }
            if known.reads == seen.get() {
                return known;
            }
            known.reads = seen.get();
        }
    }

    fn cause(&self, cause: Cause, known: &[Known]) -> Result<u64, Box<Mismatch>> {
        let checks: Vec<&Check> = self.row.checks.iter().filter(|check| check.cause == cause).collect();
        let raising: Vec<&Known> = known.iter().filter(|known| known.raises(cause)).collect();
        let fails = |word: &Word| checks.iter().any(|check| check.fails(word));
        let gates = checks.iter().fold(Word::default(), |reads, check| reads.with(&check.gate.reads()));
        if let [only] = *raising.as_slice()
            && only.reads.covers(&gates)
        {
            // The rule's own table has every line that matters, and has been filled already.
            let differs = only.table.iter().find(|(word, causes)| causes.contains(&cause) != fails(word));
            return differs.map_or(Ok(0), |(word, _)| Err(Box::new(self.mismatch(Difference::Cause(cause), word))));
        }
        let rules: Vec<Rule> = raising.iter().map(|known| known.rule).collect();
        let reads = raising.iter().fold(gates, |reads, known| reads.with(&known.reads));
        let mut lines = 0;
        for word in Lines::over(self.questions, &reads) {
            lines += 1;
            let seen = Cell::new(Word::default());
            let raised = self.world(&word, &seen, |world| meaning::object(world, self.side, &rules));
            if raised.is_none_or(|raised| raised.causes.contains(&cause) != fails(&word)) {
                return Err(Box::new(self.mismatch(Difference::Cause(cause), &word)));
            }
        }
        Ok(lines)
    }

    fn ground(&self, known: &[Known]) -> Result<u64, Box<Mismatch>> {
        let giving: Vec<&Known> = known.iter().filter(|known| known.grounds).collect();
        let rules: Vec<Rule> = giving.iter().map(|known| known.rule).collect();
        let reads = giving.iter().fold(self.row.ground_reads(), |reads, known| reads.with(&known.reads));
        let mut lines = 0;
        for word in Lines::over(self.questions, &reads) {
            lines += 1;
            let seen = Cell::new(Word::default());
            let meant = self.world(&word, &seen, |world| meaning::object(world, self.side, &rules).ground).flatten();
            let compiled = self.row.ground(&word);
            if compiled != meant {
                return Err(Box::new(self.mismatch(Difference::Ground(compiled, meant), &word)));
            }
        }
        Ok(lines)
    }

    fn mismatch(&self, what: Difference, word: &Word) -> Mismatch {
        let assignment = word.bits().collect();
        Mismatch { key: self.key, side: self.side, day: self.day, what, assignment }
    }
}

#[cfg(test)]
mod tests;
