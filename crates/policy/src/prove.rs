//! Proof by exhaustion: every row of the tables against the reference interpreter, for every interval of the law.
//!
//! Both sides of the comparison are made of independent parts: a row is a list of checks, each with its cause; the
//! interpreter is a list of rules, each adding causes and taking none away. So they agree on every assignment exactly
//! when, for each cause, the checks with that cause fail on the same lines of the truth table as the rules that can
//! raise it do. That is what is tried, on *every* line: over all literals that the checks or the rules look at, and for
//! the ground likewise. It takes sums where whole rows would take products, and so it is cheap enough for every load.
//! A rule sees of the day no more than whether rules are in force and whether the item is sensitive, and what it was told
//! is noted. So a row that was proved for a key under one interval of the law is proved for every other one that would
//! have told the same.
//!
//! That is the first half: the checks of a row, which explain. The second compares them with the bits of its plane, which
//! decide, in the same manner and once for each sheet.
//!
//! A truth table has a line for each assignment that a projection can make: nobody is known to be under fourteen and not
//! under eighteen, nobody but staff has a role. A demand with more than 2¹⁶ lines does not compile (`L0512`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::compile::{Check, Flow, Meaning, Row, Tables};
use crate::meaning::{self, OfDay, Rule, World};
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
    /// The key; of planes, one that is judged by them.
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
    /// The interpreter knows no such key, or the tables have no row for it.
    Undeclared,
    /// The masks are not the same.
    Mask,
    /// Whether this cause is raised.
    Cause(Cause),
    /// The ground: the tables' and the interpreter's.
    Ground(Option<Basis>, Option<Basis>),
    /// Whether the plane has this cause where the row has it.
    PlaneCause(Cause),
    /// The ground: the plane's and the row's.
    PlaneGround(Option<Basis>, Option<Basis>),
}

/// Compares everything.
///
/// # Errors
/// The first [`Mismatch`].
pub fn tables_match_meaning(tables: &Tables) -> Result<Count, Box<Mismatch>> {
    let channels = small(tables.program().policy.channels.len());
    let mut count = Count::default();
    count.intervals = u64::try_from(tables.intervals().count()).unwrap_or(u64::MAX);
    let mut sheets: BTreeMap<u32, (Key, Date)> = BTreeMap::new();
    for flow in tables.flows() {
        for key in flow.keys(channels) {
            rows_match_rules(tables, flow, key, &mut count)?;
            let cell = flow.cell(key.item, Flow::column(key.channel));
            for (day, interval) in tables.intervals().zip(0..) {
                let sheet = cell.and_then(|cell| tables.sheet_at(interval, cell));
                sheets.entry(sheet.unwrap_or(u32::MAX)).or_insert((key, day));
            }
        }
    }
    planes_match_rows(tables, &sheets, &mut count)?;
    Ok(count)
}

/// A row that agreed with the rules when they were told this of the day.
struct Proved<'t> {
    row: &'t Row,
    side: Side,
    told: BTreeMap<OfDay, bool>,
}

/// One key under every interval of the law.
fn rows_match_rules(tables: &Tables, flow: &Flow, key: Key, count: &mut Count) -> Result<(), Box<Mismatch>> {
    let mut proved: Vec<Proved<'_>> = Vec::new();
    let (program, alphabet) = (tables.program(), tables.alphabet());
    for day in tables.intervals() {
        let world = || World::new(program, alphabet, day, key);
        let differs = |side: Side, (what, word): Differs| {
            Box::new(Mismatch { key, side, day, what, assignment: word.bits().collect() })
        };
        let undeclared = || differs(Side::Published, (Difference::Undeclared, Word::default()));
        let (published, law) = tables.rows_of(flow, key.item, key.channel, day).ok_or_else(undeclared)?;
        let today = world().ok_or_else(undeclared)?;
        for (row, side) in [(published, Side::Published), (law, Side::Law)] {
            count.rows += 1;
            let same = |known: &Proved<'_>| known.side == side && std::ptr::eq(known.row, row);
            if proved.iter().any(|known| same(known) && today.would_be_told(&known.told)) {
                continue;
            }
            let comparison =
                Comparison { questions: alphabet.questions(), world: world().ok_or_else(undeclared)?, side, row };
            count.lines += comparison.run().map_err(|what| differs(side, what))?;
            proved.push(Proved { row, side, told: comparison.world.told() });
        }
    }
    Ok(())
}

/// What differs, and on which line.
type Differs = (Difference, Word);

/// One row against its rules.
struct Comparison<'t> {
    questions: &'t [Question],
    world: World<'t>,
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
    fn run(&self) -> Result<u64, Differs> {
        let mut lines = 0;
        let rules = meaning::rules(&self.world, self.side);
        let known: Vec<Known> = rules.into_iter().map(|rule| self.learn(rule, &mut lines)).collect();
        let causes = self.row.checks.iter().map(|check| check.cause);
        let raised = known.iter().flat_map(|known| &known.table).flat_map(|(_, causes)| causes).copied();
        for cause in causes.chain(raised).collect::<BTreeSet<Cause>>() {
            lines += self.cause(cause, &known)?;
        }
        lines += self.ground(&known)?;
        if meaning::mask(&self.world, self.side) != self.row.mask {
            return Err((Difference::Mask, Word::default()));
        }
        Ok(lines)
    }

    /// Tries a rule on every line of its own table. A rule may look at a literal only when another is set: the table
    /// grows until it looks at nothing new.
    fn learn(&self, rule: Rule, lines: &mut u64) -> Known {
        let mut known = Known { rule, reads: Word::default(), table: Vec::new(), grounds: false };
        self.world.forget();
        loop {
            known.table.clear();
            for word in Lines::over(self.questions, &known.reads) {
                *lines += 1;
                self.world.set(&word);
                let raised = meaning::object(&self.world, self.side, &[rule]);
                known.grounds |= raised.ground.is_some();
                known.table.push((word, raised.causes));
            }
            let seen = self.world.seen();
            if known.reads == seen {
                return known;
            }
            known.reads = seen;
        }
    }

    fn cause(&self, cause: Cause, known: &[Known]) -> Result<u64, Differs> {
        let checks: Vec<&Check> = self.row.checks.iter().filter(|check| check.cause == cause).collect();
        let raising: Vec<&Known> = known.iter().filter(|known| known.raises(cause)).collect();
        let fails = |word: &Word| checks.iter().any(|check| check.fails(word));
        let gates = checks.iter().fold(Word::default(), |reads, check| reads.with(&check.gate.reads()));
        if let [only] = *raising.as_slice()
            && only.reads.covers(&gates)
        {
            // The rule's own table has every line that matters, and has been filled already.
            let differs = only.table.iter().find(|(word, causes)| causes.contains(&cause) != fails(word));
            return differs.map_or(Ok(0), |(word, _)| Err((Difference::Cause(cause), *word)));
        }
        let rules: Vec<Rule> = raising.iter().map(|known| known.rule).collect();
        let reads = raising.iter().fold(gates, |reads, known| reads.with(&known.reads));
        let mut lines = 0;
        for word in Lines::over(self.questions, &reads) {
            lines += 1;
            self.world.set(&word);
            if meaning::object(&self.world, self.side, &rules).causes.contains(&cause) != fails(&word) {
                return Err((Difference::Cause(cause), word));
            }
        }
        Ok(lines)
    }

    fn ground(&self, known: &[Known]) -> Result<u64, Differs> {
        let giving: Vec<&Known> = known.iter().filter(|known| known.grounds).collect();
        let rules: Vec<Rule> = giving.iter().map(|known| known.rule).collect();
        let reads = giving.iter().fold(self.row.ground_reads(), |reads, known| reads.with(&known.reads));
        let mut lines = 0;
        for word in Lines::over(self.questions, &reads) {
            lines += 1;
            self.world.set(&word);
            let meant = meaning::object(&self.world, self.side, &rules).ground;
            let compiled = self.row.ground(&word);
            if compiled != meant {
                return Err((Difference::Ground(compiled, meant), word));
            }
        }
        Ok(lines)
    }
}

/// Every sheet against the two rows that it is made of. `sheets` has a key and a day for each.
fn planes_match_rows(
    tables: &Tables,
    sheets: &BTreeMap<u32, (Key, Date)>,
    count: &mut Count,
) -> Result<(), Box<Mismatch>> {
    let mut reads: BTreeMap<u32, Vec<Word>> = BTreeMap::new();
    for (place, (key, day)) in sheets {
        let mismatch = |side: Side, (what, word): Differs| {
            Box::new(Mismatch { key: *key, side, day: *day, what, assignment: word.bits().collect() })
        };
        let undeclared = || mismatch(Side::Published, (Difference::Undeclared, Word::default()));
        let sheet = tables.sheet(*place).ok_or_else(undeclared)?;
        let (published, law) = tables.rows_behind(sheet).ok_or_else(undeclared)?;
        let reads = reads.entry(sheet.plane).or_insert_with(|| tables.planes().reads(tables.alphabet(), sheet.plane));
        for (row, side, bits, grounds) in
            [(published, Side::Published, sheet.published, 0), (law, Side::Law, sheet.law, sheet.grounds)]
        {
            let laid = Laid { tables, plane: sheet.plane, reads, row };
            count.lines += laid.objections(bits).map_err(|what| mismatch(side, what))?;
            if side == Side::Law {
                count.lines += laid.grounds(grounds).map_err(|what| mismatch(side, what))?;
            }
        }
    }
    Ok(())
}

/// A row, and the plane on which it was laid.
struct Laid<'t> {
    tables: &'t Tables,
    plane: u32,
    /// What each bit of the plane depends on.
    reads: &'t [Word],
    row: &'t Row,
}

impl Laid<'_> {
    fn lines(&self, reads: &Word) -> Lines {
        Lines::over(self.tables.alphabet().questions(), reads)
    }

    /// The bits of the plane that hold on a line.
    fn holding(&self, word: &Word) -> u64 {
        let digits = self.tables.alphabet().digits();
        self.tables.planes().judge(self.plane, &digits.asked(word), &digits.subject(word, word))
    }

    /// Some bits by what they mean: all that mean one thing, and what they depend on together.
    fn by_meaning(&self, bits: u64) -> BTreeMap<Meaning, (u64, Word)> {
        let mut found: BTreeMap<Meaning, (u64, Word)> = BTreeMap::new();
        for (place, reads) in self.reads.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1) {
            for meaning in self.tables.planes().meanings(self.plane, 1 << place) {
                let (mask, all) = found.entry(meaning).or_default();
                *mask |= 1 << place;
                *all = all.with(reads);
            }
        }
        found
    }

    fn objections(&self, bits: u64) -> Result<u64, Differs> {
        let mut by_cause: BTreeMap<Cause, (u64, Word)> = BTreeMap::new();
        for (meaning, found) in self.by_meaning(bits) {
            match meaning {
                Meaning::Fails(cause) => by_cause.insert(cause, found),
                Meaning::Ground(basis) => {
                    return Err((Difference::PlaneGround(Some(basis), None), Word::default()));
                }
            };
        }
        for check in &self.row.checks {
            let (_, reads) = by_cause.entry(check.cause).or_default();
            *reads = reads.with(&check.gate.reads());
        }
        let mut lines = 0;
        for (cause, (mask, reads)) in by_cause {
            let checks: Vec<&Check> = self.row.checks.iter().filter(|check| check.cause == cause).collect();
            for word in self.lines(&reads) {
                lines += 1;
                if checks.iter().any(|check| check.fails(&word)) != (self.holding(&word) & mask != 0) {
                    return Err((Difference::PlaneCause(cause), word));
                }
            }
        }
        Ok(lines)
    }

    fn grounds(&self, bits: u64) -> Result<u64, Differs> {
        let found = self.by_meaning(bits);
        let reads = found.values().fold(self.row.ground_reads(), |reads, (_, read)| reads.with(read));
        let mut lines = 0;
        for word in self.lines(&reads) {
            lines += 1;
            let (compiled, judged) =
                (self.row.ground(&word), self.tables.planes().ground(self.plane, self.holding(&word) & bits));
            if compiled != judged {
                return Err((Difference::PlaneGround(judged, compiled), word));
            }
        }
        Ok(lines)
    }
}

#[cfg(test)]
mod tests;
