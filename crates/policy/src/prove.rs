//! Proof by exhaustion: every row of the tables against the reference interpreter, for every interval of the law.
//!
//! Both sides of the comparison are made of independent parts: a row is a list of checks, each with its cause; the
//! interpreter is a list of rules, each adding causes and taking none away. So they agree on every assignment exactly
//! when, for each cause, the checks with that cause fail on the same lines of the truth table as the rules that can
//! raise it do. That is what is tried, on *every* line: over all literals that the checks or the rules look at, and for
//! the ground likewise. It takes sums where whole rows would take products; and a literal is decided only where something
//! looks at it, so that one line stands for all that agree with it. So it is cheap enough for every load.
//! A rule sees of the day no more than whether rules are in force, and of the item no more than its kind and in which
//! lists it is; what it was told is noted. So a row that was proved for one item under one interval of the law is proved
//! for every other item and interval of the same flow that would have told the same.
//!
//! That is the first half: the checks of a row, which explain. The second compares them with the bits of its plane, which
//! decide, in the same manner and once for each sheet.
//!
//! A truth table has a line for each assignment that a projection can make: nobody is known to be under fourteen and not
//! under eighteen, nobody but staff has a role. A demand with more than 2¹⁶ lines does not compile (`L0512`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rayon::iter::{IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};

use crate::compile::{Flow, Meaning, OnPlane, Part, Row, Tables};
use crate::meaning::{self, Objections, Rule, Told, World};
use crate::question::Side;
use crate::syntax::Basis;
use crate::terms::key::{Cause, Key};
use crate::terms::lines::{Line, explore};
use crate::terms::literal::{Alphabet, small};
use crate::terms::word::Word;

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
    let mut sheets: BTreeMap<u32, (Key, Date)> = BTreeMap::new();
    for flow in tables.flows() {
        for key in flow.keys(channels) {
            let cell = flow.cell(key.item, Flow::column(key.channel));
            for (day, interval) in tables.intervals().zip(0..) {
                let sheet = cell.and_then(|cell| tables.sheet_at(interval, cell));
                sheets.entry(sheet.unwrap_or(u32::MAX)).or_insert((key, day));
            }
        }
    }
    let of_flow = |flow: &Flow| {
        let columns = if flow.by_channel { channels } else { 0 };
        let channels = std::iter::once(None).chain((0..columns).map(Some));
        channels.map(|channel| rows_match_rules(tables, flow, channel)).collect::<Result<Vec<_>, _>>()
    };
    let flows: Vec<Result<Vec<Count>, _>> = tables.flows().par_iter().map(of_flow).collect();
    let mut count = Count::default();
    // Of several mismatches always the same one is told, whichever was found first.
    for of_channel in flows {
        for Count { rows, lines, .. } in of_channel? {
            count.rows += rows;
            count.lines += lines;
        }
    }
    count.intervals = u64::try_from(tables.intervals().count()).unwrap_or(u64::MAX);
    count.lines += planes_match_rows(tables, &sheets)?;
    Ok(count)
}

/// A row that agreed with the rules when they were told this.
struct Proved<'t> {
    row: &'t Row,
    side: Side,
    told: Told<'t>,
}

/// One flow on one channel: every item under every interval of the law.
fn rows_match_rules<'t>(tables: &'t Tables, flow: &Flow, channel: Option<u16>) -> Result<Count, Box<Mismatch>> {
    let mut count = Count::default();
    let mut proved: Vec<Proved<'t>> = Vec::new();
    let (program, alphabet) = (tables.program(), tables.alphabet());
    for (item, day) in flow.items.iter().flat_map(|item| tables.intervals().map(move |day| (*item, day))) {
        let key = flow.key(item, channel);
        let world = || World::new(program, alphabet, day, key);
        let differs = |side: Side, (what, word): Differs| {
            Box::new(Mismatch { key, side, day, what, assignment: word.bits().collect() })
        };
        let undeclared = || differs(Side::Published, (Difference::Undeclared, Word::default()));
        let (published, law) = tables.rows_of(flow, item, channel, day).ok_or_else(undeclared)?;
        let here = world().ok_or_else(undeclared)?;
        for (row, side) in [(published, Side::Published), (law, Side::Law)] {
            count.rows += 1;
            let same = |known: &Proved<'_>| known.side == side && std::ptr::eq(known.row, row);
            if proved.iter().any(|known| same(known) && here.would_be_told(&known.told)) {
                continue;
            }
            let comparison = Comparison { alphabet, world: world().ok_or_else(undeclared)?, side, row };
            count.lines += comparison.run().map_err(|what| differs(side, what))?;
            proved.push(Proved { row, side, told: comparison.world.told() });
        }
    }
    Ok(count)
}

/// What differs, and on which line.
type Differs = (Difference, Word);

/// One row against its rules.
struct Comparison<'t> {
    alphabet: &'t Alphabet,
    world: World<'t>,
    side: Side,
    row: &'t Row,
}

/// A rule, and what it raises on each line on which it has looked at nothing that is not decided.
struct Known {
    rule: Rule,
    table: Vec<(Line, BTreeSet<Cause>)>,
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
        let mut known = Vec::new();
        for rule in rules {
            known.push(self.learn(rule, &mut lines)?);
        }
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

    fn explore(&self, from: Line, visit: impl FnMut(&Line) -> Result<Option<u16>, Differs>) -> Result<u64, Differs> {
        explore(self.alphabet.questions(), self.alphabet.digits(), from, visit)
    }

    /// What some rules raise on a line; an error is a literal that must be decided first.
    fn raised(&self, rules: &[Rule], line: &Line) -> Result<Objections, u16> {
        self.world.suppose(line);
        let raised = meaning::object(&self.world, self.side, rules);
        self.world.wanted().map_or(Ok(raised), Err)
    }

    /// Tries a rule on every line of its own table.
    fn learn(&self, rule: Rule, lines: &mut u64) -> Result<Known, Differs> {
        let mut known = Known { rule, table: Vec::new(), grounds: false };
        *lines += self.explore(Line::default(), |line| {
            let raised = match self.raised(&[rule], line) {
                Ok(raised) => raised,
                Err(bit) => return Ok(Some(bit)),
            };
            known.grounds |= raised.ground.is_some();
            known.table.push((*line, raised.causes));
            Ok(None)
        })?;
        Ok(known)
    }

    fn cause(&self, cause: Cause, known: &[Known]) -> Result<u64, Differs> {
        let raising: Vec<&Known> = known.iter().filter(|known| known.raises(cause)).collect();
        let agree = |line: &Line, raised: bool| match self.row.objects(cause, line) {
            Err(bit) => Ok(Some(bit)),
            Ok(objects) if objects == raised => Ok(None),
            Ok(_) => Err((Difference::Cause(cause), line.set)),
        };
        if let [only] = *raising.as_slice() {
            let mut lines = 0;
            for (line, causes) in &only.table {
                let raised = causes.contains(&cause);
                lines += self.explore(*line, |line| agree(line, raised))?;
            }
            return Ok(lines);
        }
        let rules: Vec<Rule> = raising.iter().map(|known| known.rule).collect();
        self.explore(Line::default(), |line| match self.raised(&rules, line) {
            Ok(raised) => agree(line, raised.causes.contains(&cause)),
            Err(bit) => Ok(Some(bit)),
        })
    }

    fn ground(&self, known: &[Known]) -> Result<u64, Differs> {
        let rules: Vec<Rule> = known.iter().filter(|known| known.grounds).map(|known| known.rule).collect();
        self.explore(Line::default(), |line| {
            let both = self.raised(&rules, line).and_then(|raised| Ok((raised.ground, self.row.ground_on(line)?)));
            match both {
                Err(bit) => Ok(Some(bit)),
                Ok((meant, compiled)) if compiled == meant => Ok(None),
                Ok((meant, compiled)) => Err((Difference::Ground(compiled, meant), line.set)),
            }
        })
    }
}

/// What one row demands, on the plane that it was laid on.
#[derive(Clone, Copy)]
struct Placed<'t> {
    row: &'t Row,
    side: Side,
    on: OnPlane,
    grounds: bool,
    /// Where it is asked about.
    at: (Key, Date),
}

/// Every sheet against the two rows that it is made of: how many lines were compared. `sheets` has a key and a day for each.
fn planes_match_rows(tables: &Tables, sheets: &BTreeMap<u32, (Key, Date)>) -> Result<u64, Box<Mismatch>> {
    let mismatch = |at: (Key, Date), side: Side, (what, word): Differs| {
        Box::new(Mismatch { key: at.0, side, day: at.1, what, assignment: word.bits().collect() })
    };
    let undeclared = |at: (Key, Date)| mismatch(at, Side::Published, (Difference::Undeclared, Word::default()));
    let mut placed: Vec<Placed<'_>> = Vec::new();
    let mut seen = BTreeSet::new();
    for (place, at) in sheets {
        let sheet = tables.sheet(*place).ok_or_else(|| undeclared(*at))?;
        let (published, law) = tables.rows_behind(sheet).ok_or_else(|| undeclared(*at))?;
        if !published.has_no_ground() {
            return Err(undeclared(*at));
        }
        let objections = [(published, Side::Published, sheet.published), (law, Side::Law, sheet.law)];
        let all = objections.into_iter().map(|(row, side, on)| (row, side, on, false));
        for (row, side, on, grounds) in all.chain([(law, Side::Law, sheet.grounds, true)]) {
            if seen.insert((on, side == Side::Law, grounds, std::ptr::from_ref(row))) {
                placed.push(Placed { row, side, on, grounds, at: *at });
            }
        }
    }
    let used: BTreeSet<u32> = placed.iter().map(|one| one.on.plane).collect();
    let read = |plane: u32| (plane, tables.planes().read_back(tables.alphabet(), plane));
    let planes: BTreeMap<u32, Option<Vec<Vec<Part>>>> = used.into_par_iter().map(read).collect();
    let compare = |one: &Placed<'_>| {
        let Placed { row, side, on, grounds, at } = *one;
        let cubes = planes.get(&on.plane).and_then(Option::as_ref).ok_or_else(|| undeclared(at))?;
        let laid = Laid { tables, plane: on.plane, cubes, row, side };
        let lines = if grounds { laid.grounds(on.bits) } else { laid.objections(on.bits) };
        lines.map_err(|what| mismatch(at, side, what))
    };
    let compared: Vec<Result<u64, _>> = placed.par_iter().map(compare).collect();
    compared.into_iter().sum()
}

/// A row, and the plane on which it was laid.
struct Laid<'t> {
    tables: &'t Tables,
    plane: u32,
    /// The bits of the plane, as read back from its tables.
    cubes: &'t [Vec<Part>],
    row: &'t Row,
    side: Side,
}

impl Laid<'_> {
    fn explore(&self, visit: impl FnMut(&Line) -> Result<Option<u16>, Differs>) -> Result<u64, Differs> {
        let alphabet = self.tables.alphabet();
        explore(alphabet.questions(), alphabet.digits(), Line::default(), visit)
    }

    /// Whether a bit of the plane holds on a line; an error is a literal that must be decided first.
    fn holds(&self, bit: usize, line: &Line) -> Result<bool, u16> {
        let questions = self.tables.alphabet().questions();
        let mut open = None;
        for part in self.cubes.get(bit).into_iter().flatten() {
            let Some(question) = questions.get(usize::from(part.question)) else { return Ok(true) };
            let mut standing = (false, false);
            for (answer, number) in question.answers.iter().zip(0_u32..) {
                if line.admits(question, answer) {
                    let within = part.answers >> number & 1 == 1;
                    standing = (standing.0 || within, standing.1 || !within);
                }
            }
            match standing {
                (false, _) => return Ok(false),
                (true, false) => {}
                (true, true) => {
                    open = open.or_else(|| question.bits.bits().find(|bit| !line.decided.has(*bit)));
                }
            }
        }
        open.map_or(Ok(true), Err)
    }

    /// The bits by what they mean. Bits that read the consents of the other side are no bits of this one.
    fn by_meaning(&self, bits: u64) -> Result<BTreeMap<Meaning, Vec<usize>>, Differs> {
        let mut found: BTreeMap<Meaning, Vec<usize>> = BTreeMap::new();
        for place in (0..64).filter(|place| bits >> place & 1 == 1) {
            let foreign = |part: &Part| part.side.is_some_and(|side| side != self.side);
            if self.cubes.get(place).is_none_or(|parts| parts.iter().any(foreign)) {
                return Err((Difference::Undeclared, Word::default()));
            }
            for meaning in self.tables.planes().meanings(self.plane, 1 << place) {
                found.entry(meaning).or_default().push(place);
            }
        }
        Ok(found)
    }

    fn any(&self, bits: &[usize], line: &Line) -> Result<bool, u16> {
        let mut open = None;
        for bit in bits {
            match self.holds(*bit, line) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(bit) => open = open.or(Some(bit)),
            }
        }
        open.map_or(Ok(false), Err)
    }

    fn objections(&self, bits: u64) -> Result<u64, Differs> {
        let mut by_cause: BTreeMap<Cause, Vec<usize>> = BTreeMap::new();
        for (meaning, places) in self.by_meaning(bits)? {
            match meaning {
                Meaning::Fails(cause) => by_cause.insert(cause, places),
                Meaning::Ground(basis) => {
                    return Err((Difference::PlaneGround(Some(basis), None), Word::default()));
                }
            };
        }
        for check in &self.row.checks {
            by_cause.entry(check.cause).or_default();
        }
        let mut lines = 0;
        for (cause, places) in by_cause {
            lines += self.explore(|line| {
                match self.row.objects(cause, line).and_then(|by_row| Ok((by_row, self.any(&places, line)?))) {
                    Err(bit) => Ok(Some(bit)),
                    Ok((by_row, on_plane)) if by_row == on_plane => Ok(None),
                    Ok(_) => Err((Difference::PlaneCause(cause), line.set)),
                }
            })?;
        }
        Ok(lines)
    }

    /// Exactly the bits of the row's ground hold: no second one, of which the first might be read.
    fn grounds(&self, bits: u64) -> Result<u64, Differs> {
        let found = self.by_meaning(bits)?;
        self.explore(|line| {
            let judged = |line: &Line| {
                let mut holding = Vec::new();
                for (meaning, places) in &found {
                    if self.any(places, line)? {
                        holding.push(*meaning);
                    }
                }
                Ok((self.row.ground_on(line)?, holding))
            };
            let (compiled, holding) = match judged(line) {
                Ok(both) => both,
                Err(bit) => return Ok(Some(bit)),
            };
            match (compiled, holding.as_slice()) {
                (None, []) => Ok(None),
                (Some(basis), [Meaning::Ground(judged)]) if basis == *judged => Ok(None),
                (compiled, [Meaning::Ground(judged), ..]) => {
                    Err((Difference::PlaneGround(Some(*judged), compiled), line.set))
                }
                (compiled, _) => Err((Difference::PlaneGround(None, compiled), line.set)),
            }
        })
    }
}

#[cfg(test)]
mod tests;
