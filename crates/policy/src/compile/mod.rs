//! Compiling: partial evaluation of a program into dense tables.
//!
//! For every declared flow ([`Flow`]) and item there is one [`Sheet`] for each interval of the law. It is made of two
//! [`Row`]s, that of the published policy and that of the law. A row is a handful of checks, each a gate over the bits of
//! one word; equal rows are kept once, and whoever explains ([`crate::ask`]) reads them. To be decided fast, the rows that
//! a question may ask about together become bits of common [`Planes`]. Deciding is then: find the flows, look up the
//! sheets, judge their plane ([`crate::decide`]). What all this means is written down in [`crate::meaning`], and
//! [`crate::prove`] compares.

mod after;
mod case;
mod cube;
mod distinct;
pub(crate) mod extent;
mod flow;
mod formula;
mod law;
mod plane;
mod published;
mod row;
mod rows;
mod scope;
mod seen;
mod sheet;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_lc_rs::digest;
use jiff::civil::Date;
use model::Fingerprint;

use crate::terms::Scope;
pub use flow::Flow;
pub use formula::{Formula, Term};
pub(crate) use plane::{Look, Part};
pub use plane::{Meaning, Planes};
pub use row::{Check, Row};
pub use sheet::{OnPlane, Sheet};

use self::rows::{Drawing, Rows};
use crate::diff::Widened;
use crate::finding::{Finding, Severity};
use crate::resolve::Program;
use crate::syntax::Action;
use crate::terms::asked::Asked;
use crate::terms::key::{Element, Key};
use crate::terms::literal::Alphabet;

/// Version of what the tables mean. It changes with every change of an answer that no file explains.
pub const SEMANTICS: u32 = 3;

/// A demand may read so many bits that its truth table has at most this many lines: those of sixteen bits (design §4).
pub const LINES: u64 = 1 << 16;

/// Rules whose coming into force changes rows. The others only change what is checked, printed or proved.
const RUN_TIME: [u8; 21] = [2, 4, 5, 10, 11, 15, 17, 18, 19, 20, 23, 28, 31, 33, 35, 36, 37, 46, 56, 57, 58];

/// Compiled tables.
#[derive(Debug, Clone)]
pub struct Tables {
    program: Arc<Program>,
    alphabet: Alphabet,
    flows: Vec<Flow>,
    laid: Arc<Laid>,
    enforced: BTreeSet<Element>,
    fingerprint: Fingerprint,
    /// Why consents to earlier versions do not carry over: by scope and version.
    outgrown: BTreeMap<String, BTreeMap<String, BTreeSet<Widened>>>,
}

/// What is decided by: rows, and the sheets and planes on which they are judged.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Laid {
    rows: Vec<Row>,
    planes: Planes,
    sheets: Vec<Sheet>,
    /// The sheet of each cell, by the first day of the interval; the first begins before all law.
    intervals: Vec<(Date, Vec<u32>)>,
}

/// Places of the two rows of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
    published: u32,
    law: u32,
}

impl Tables {
    /// The program that was compiled.
    pub const fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// Fingerprint `tables`: of policy, operation, vocabulary, law pack and semantics.
    pub const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Fingerprint `policy`.
    pub fn policy(&self) -> Fingerprint {
        self.program.fingerprint
    }

    /// Everything that can be consented to, in the order of bits.
    pub fn scopes(&self) -> &[Scope] {
        &self.alphabet.scopes
    }

    /// The literals that rows read.
    pub const fn alphabet(&self) -> &Alphabet {
        &self.alphabet
    }

    /// Everything that is declared.
    pub fn flows(&self) -> &[Flow] {
        &self.flows
    }

    /// How many different rows there are.
    pub fn distinct_rows(&self) -> usize {
        self.laid.rows.len()
    }

    /// The first day of each interval in which the law does not change.
    pub fn intervals(&self) -> impl Iterator<Item = Date> + '_ {
        self.laid.intervals.iter().map(|(from, _)| *from)
    }

    /// Whether the operation file enforces the published policy alone on the element.
    pub fn enforces_published(&self, element: Element) -> bool {
        self.enforced.contains(&element)
    }

    /// The flows for an action and person, in the order of the file.
    pub fn flows_for(&self, action: Action, person: u16) -> &[Flow] {
        self.flows.get(self.range(action, person)).unwrap_or_default()
    }

    /// Where the flows for an action and person are, in the order of the file.
    fn range(&self, action: Action, person: u16) -> std::ops::Range<usize> {
        let from = self.flows.partition_point(|flow| (flow.action, flow.person) < (action, person));
        let to = self.flows.partition_point(|flow| (flow.action, flow.person) <= (action, person));
        from..to
    }

    /// The two rows of a flow for an item, under the law of a day: what its sheet is made of.
    pub fn rows_of(&self, flow: &Flow, item: u16, channel: Option<u16>, day: Date) -> Option<(&Row, &Row)> {
        let cell = flow.cell(item, Flow::column(channel))?;
        self.rows_behind(self.sheet(self.sheet_at(self.interval(day)?, cell)?)?)
    }

    pub(crate) fn rows_behind(&self, sheet: &Sheet) -> Option<(&Row, &Row)> {
        let row = |place: u32| usize::try_from(place).ok().and_then(|place| self.laid.rows.get(place));
        Some((row(sheet.cell.published)?, row(sheet.cell.law)?))
    }

    /// The interval of the law in which a day lies.
    pub(crate) fn interval(&self, day: Date) -> Option<u32> {
        let interval = self.laid.intervals.partition_point(|(from, _)| *from <= day).checked_sub(1)?;
        u32::try_from(interval).ok()
    }

    /// The sheet of a cell.
    #[inline]
    pub(crate) fn sheet_at(&self, interval: u32, cell: usize) -> Option<u32> {
        let (_, sheets) = self.laid.intervals.get(usize::try_from(interval).ok()?)?;
        sheets.get(cell).copied()
    }

    /// A sheet by its place.
    #[inline]
    pub(crate) fn sheet(&self, place: u32) -> Option<&Sheet> {
        self.laid.sheets.get(usize::try_from(place).ok()?)
    }

    /// A flow by its place.
    #[inline]
    pub(crate) fn flow(&self, place: u32) -> Option<&Flow> {
        self.flows.get(usize::try_from(place).ok()?)
    }

    /// The planes that sheets are judged on.
    pub fn planes(&self) -> &Planes {
        &self.laid.planes
    }

    /// The flows that a question means, in the order of the file, with their places.
    pub(crate) fn candidates<'a>(&'a self, asked: &'a Asked) -> impl Iterator<Item = (u32, &'a Flow)> {
        let range = self.range(asked.action, asked.person);
        let places = range.clone().filter_map(|place| u32::try_from(place).ok());
        let flows = self.flows.get(range).unwrap_or_default();
        places.zip(flows).filter(|(_, flow)| flow.answers(asked))
    }
}

/// Compiles one program after the other. What the next one would lay out as the one before is not laid out again: most keys that
/// are pressed in an editor turn no decision.
#[derive(Debug, Default)]
pub struct Compiler {
    last: Option<Last>,
}

/// What was compiled last, with what it was laid out from.
#[derive(Debug)]
struct Last {
    drawing: Drawing,
    tables: Arc<Tables>,
}

/// Compiles a program.
///
/// Findings: `L0510` more than 256 scopes, `L0511` more literals than a word has bits, `L0512` a demand whose truth table
/// is too long to be proved, `L0513` a row with more demands than a plane has bits, `L0514` an `enforcement` that names no element.
pub fn compile(program: Arc<Program>) -> (Option<Arc<Tables>>, Vec<Finding>) {
    Compiler::default().compile(program)
}

impl Compiler {
    /// The same as [`compile`], whatever was compiled before.
    pub fn compile(&mut self, program: Arc<Program>) -> (Option<Arc<Tables>>, Vec<Finding>) {
        let alphabet = match Alphabet::of(&program, scope::scopes(&program)) {
            Ok(alphabet) => alphabet,
            Err(finding) => return (None, vec![*finding]),
        };
        let (enforced, mut findings) = enforced(&program);
        let flows = flow::flows(&program, &alphabet, &enforced);
        let draw = || Drawing::of(&program, &alphabet, &flows);
        let (drawing, fingerprint) = rayon::join(draw, || fingerprint(&program));
        let known = self.last.as_ref().filter(|last| last.lays_out_as(&drawing, &alphabet));
        let laid = match known {
            Some(last) => Ok(Arc::clone(&last.tables.laid)),
            None => lay(&program, &alphabet, &drawing),
        };
        let laid = match laid {
            Ok(laid) if findings.is_empty() => laid,
            laid => {
                findings.extend(laid.err().unwrap_or_default());
                return (None, findings);
            }
        };
        let outgrown = BTreeMap::new();
        let tables = Arc::new(Tables { program, alphabet, flows, laid, enforced, fingerprint, outgrown });
        self.last = Some(Last { drawing, tables: Arc::clone(&tables) });
        (Some(tables), findings)
    }
}

impl Last {
    /// Whether all that is laid out from is the same.
    fn lays_out_as(&self, drawing: &Drawing, alphabet: &Alphabet) -> bool {
        self.tables.alphabet.asks_as(alphabet) && self.drawing == *drawing
    }
}

/// Brings what was drawn to its place, and lays it out on planes. An error is what stands in its way.
fn lay(program: &Program, alphabet: &Alphabet, drawing: &Drawing) -> Result<Arc<Laid>, Vec<Finding>> {
    let (rows, intervals) = Rows::of(drawing);
    let (found, laid) =
        rayon::join(|| rows.check(program, alphabet), || sheet::lay(&rows, alphabet, &drawing.frames, intervals));
    match laid {
        Ok((intervals, sheets, planes)) if found.is_empty() => {
            Ok(Arc::new(Laid { rows: rows.list, planes, sheets, intervals }))
        }
        Err(row) if found.is_empty() => Err(vec![rows.too_wide(program, row)]),
        _ => Err(found),
    }
}

fn describe(program: &Program, key: Key) -> String {
    let policy = &program.policy;
    let at = usize::from;
    let (kind, id) = match key.element {
        Element::Function(i) => ("function", policy.functions.get(at(i)).map(|one| &one.id.value)),
        Element::Use(i) => ("use", policy.uses.get(at(i)).map(|one| &one.id.value)),
        Element::Tracker(i) => ("tracker", policy.trackers.get(at(i)).map(|one| &one.id.value)),
        Element::Share(i) => ("share", policy.shares.get(at(i)).map(|one| &one.id.value)),
        Element::Disclosure(i) => ("disclosure", policy.disclosures.get(at(i)).map(|one| &one.id.value)),
        Element::Record(i) => ("record", policy.records.get(at(i)).map(|one| &one.id.value)),
        Element::Access => ("right of access", None),
    };
    id.map_or_else(|| format!("the {kind}"), |id| format!("the {kind} `{id}`"))
}

fn enforced(program: &Program) -> (BTreeSet<Element>, Vec<Finding>) {
    let policy = &program.policy;
    let (mut elements, mut findings) = (BTreeSet::new(), Vec::new());
    for choice in &program.operation.enforcements {
        let named = choice.element.value.as_str();
        let before = elements.len();
        macro_rules! named {
            ($($list:ident $kind:ident)*) => { $(
                let of_kind = policy.$list.iter().zip(0..).filter(|(one, _)| one.id.as_str() == named);
                elements.extend(of_kind.map(|(_, i)| Element::$kind(i)));
            )* };
        }
        named! { functions Function uses Use trackers Tracker shares Share disclosures Disclosure }
        if elements.len() == before {
            let message = format!("the enforcement choice names `{named}`, which is no element, or names it twice");
            findings.push(
                Finding::new("L0514", Severity::Error, message)
                    .mend("name a function, use, tracker, share or disclosure by its id"),
            );
        }
    }
    (elements, findings)
}

/// SHA-256 over everything that answers depend on (invariant 12), each part with its length.
fn fingerprint(program: &Program) -> Fingerprint {
    let mut digest = digest::Context::new(&digest::SHA256);
    let operation = crate::syntax::fingerprint(&program.operation);
    let semantics = SEMANTICS.to_be_bytes();
    let parts: [&[u8]; 5] = [
        program.fingerprint.as_bytes(),
        operation.as_bytes(),
        program.vocabulary_version.as_bytes(),
        program.law.version().as_bytes(),
        &semantics,
    ];
    digest.update(b"shouyue/tables/1");
    for part in parts {
        digest.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part);
    }
    let bytes = digest.finish();
    Fingerprint::from_digest(bytes.as_ref().try_into().unwrap_or([0; 32]))
}

/// The gate that holds exactly when a condition is known to be true on a channel.
pub(crate) fn truth(
    program: &Program,
    alphabet: &Alphabet,
    condition: &crate::syntax::Condition,
    channel: Option<u16>,
) -> Formula {
    case::Atoms { program, alphabet, channel }.truth(condition, true)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
impl Tables {
    /// Spoils the first check of a row (drops it, turns it round, or changes its cause) and gives the row as it was;
    /// `None` when there is none to spoil.
    pub(crate) fn tamper(&mut self, place: usize, how: usize) -> Option<Row> {
        let rows = &mut Arc::make_mut(&mut self.laid).rows;
        let before = rows[place].clone();
        let mut checks = before.checks.to_vec();
        let first = checks.first_mut()?;
        match how {
            0 => {
                let dropped = checks.remove(0);
                if checks.iter().any(|check| check.cause == dropped.cause) {
                    return None;
                }
            }
            1 => first.fails_when = !first.fails_when,
            _ => first.cause = first.cause.rule(99),
        }
        rows[place].checks = checks.into();
        Some(before)
    }

    /// Spoils the first bit of a plane: gives it another meaning, or lets it hold or fail whatever its first digit says.
    pub(crate) fn tamper_plane(&mut self, plane: u32, how: usize) {
        Arc::make_mut(&mut self.laid).planes.tamper(plane, how);
    }

    pub(crate) fn restore(&mut self, place: usize, row: Row) {
        Arc::make_mut(&mut self.laid).rows[place] = row;
    }
}
