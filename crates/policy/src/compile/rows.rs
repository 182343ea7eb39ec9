//! Rows: one of the published policy and one of the law for each key and interval of the law, each made once for all keys and
//! days of which it sees the same.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::field::Mask;

use super::case::{Case, Declared, declared};
use super::distinct::Distinct;
use super::formula::Formula;
use super::row::{Check, Row};
use super::seen::{Day, Here, Item, Made};
use super::{Cell, Flow, LINES, RUN_TIME, describe, law, plane, published};
use crate::finding::{Finding, Severity};
use crate::resolve::Program;
use crate::syntax::{Basis, Person};
use crate::terms::key::Key;
use crate::terms::lines::lines;
use crate::terms::literal::{Alphabet, small};

/// The grounds of a row.
pub(super) type Grounds = Box<[(Formula, Basis)]>;

/// What a row is made of, by place in the lists of distinct parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Parts {
    pub(super) checks: Box<[u32]>,
    pub(super) grounds: u32,
}

/// Rows, equal ones once.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) list: Vec<Row>,
    /// By row.
    pub(super) parts: Vec<Parts>,
    pub(super) checks: Distinct<Check>,
    pub(super) grounds: Distinct<Grounds>,
    known: BTreeMap<(Mask, Parts), u32>,
    /// A key for each row, to say where it comes from.
    from: Vec<Key>,
}

/// The items of one flow on one channel, or on several of which rows see the same.
struct Column<'p> {
    key: Key,
    person: &'p Person,
    declared: Declared<'p>,
    excepted: OnceCell<Formula>,
    alike: Vec<Alike>,
}

/// Items of which rows see the same.
struct Alike {
    item: Item,
    /// By day: whether a standard lists them as sensitive.
    listed: Vec<bool>,
    /// Their cells.
    cells: Vec<usize>,
    published: Vec<Made>,
    law: Vec<Made>,
}

impl Rows {
    /// The cells of every interval of the law; intervals that change nothing are merged.
    pub(super) fn intervals(
        &mut self,
        program: &Program,
        alphabet: &Alphabet,
        flows: &[Flow],
    ) -> Vec<(Date, Vec<Cell>)> {
        let days: Vec<Date> = turns(program).into_iter().collect();
        let mut columns = columns(program, alphabet, flows, &days);
        let cells: u32 = flows.iter().map(Flow::rows).sum();
        let cells = usize::try_from(cells).unwrap_or(usize::MAX);
        let mut intervals: Vec<(Date, Vec<Cell>)> = Vec::new();
        for (turn, date) in days.iter().enumerate() {
            let rules = Day::rules(program, *date);
            let mut laid = vec![Cell { published: u32::MAX, law: u32::MAX }; cells];
            for column in &mut columns {
                let mut alike = std::mem::take(&mut column.alike);
                for alike in &mut alike {
                    let holds = (rules, alike.listed.get(turn) == Some(&true));
                    let cell = self.cell((program, alphabet), column, alike, holds);
                    for place in &alike.cells {
                        laid.get_mut(*place).into_iter().for_each(|slot| *slot = cell);
                    }
                }
                column.alike = alike;
            }
            if intervals.last().is_none_or(|(_, last)| *last != laid) {
                intervals.push((*date, laid));
            }
        }
        intervals
    }

    fn cell(
        &mut self,
        (program, alphabet): (&Program, &Alphabet),
        column: &Column<'_>,
        alike: &mut Alike,
        (rules, listed): (u32, bool),
    ) -> Cell {
        let mut side = |made: &mut Vec<Made>, row: fn(&Case<'_>) -> Row| {
            let day = Day::of(rules, listed);
            if let Some(known) = made.iter().find(|made| made.is_of(&day)) {
                return known.row;
            }
            let case = Case {
                program,
                alphabet,
                day: &day,
                key: column.key,
                item: alike.item,
                person: column.person,
                declared: &column.declared,
                excepted: &column.excepted,
                carrying: OnceCell::new(),
            };
            let place = self.place(row(&case), column.key);
            made.push(day.note(place));
            place
        };
        Cell { published: side(&mut alike.published, published::row), law: side(&mut alike.law, law::row) }
    }

    fn place(&mut self, row: Row, key: Key) -> u32 {
        let checks = row.checks.iter().map(|check| self.checks.place(check)).collect();
        let parts = Parts { checks, grounds: self.grounds.place(&row.grounds) };
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let place = *self.known.entry((row.mask, parts.clone())).or_insert(next);
        if place == next {
            self.list.push(row);
            self.parts.push(parts);
            self.from.push(key);
        }
        place
    }

    /// The parts of a row.
    pub(super) fn parts_of(&self, row: u32) -> Option<&Parts> {
        self.parts.get(usize::try_from(row).ok()?)
    }

    pub(super) fn check(&self, program: &Program, alphabet: &Alphabet) -> Vec<Finding> {
        let mut seen = BTreeSet::new();
        let mut findings = Vec::new();
        let mut known = BTreeMap::new();
        let mut lines = |reads| *known.entry(reads).or_insert_with(|| lines(alphabet.questions(), &reads));
        for (row, key) in self.list.iter().zip(&self.from) {
            let reads = row.demands().into_iter().chain([row.ground_reads()]);
            let lines = reads.map(&mut lines).max().unwrap_or_default();
            if lines > LINES {
                let what = describe(program, *key);
                if !seen.insert(what.clone()) {
                    continue;
                }
                let message = format!("{what} depends on too many facts: {lines} cases, at most {LINES} can be proved");
                let mend = "use fewer facts in its condition, or split it";
                findings.push(Finding::new("L0512", Severity::Error, message).mend(mend));
            }
        }
        findings
    }

    /// The finding for a row whose demands are more than a plane has bits.
    pub(super) fn too_wide(&self, program: &Program, row: u32) -> Finding {
        let key = usize::try_from(row).ok().and_then(|row| self.from.get(row));
        let what = key.map_or_else(|| "an element".to_owned(), |key| describe(program, *key));
        let message = format!("{what} has more than {} demands, counted as alternatives of facts", plane::BITS);
        Finding::new("L0513", Severity::Error, message).mend("use fewer facts in its condition")
    }
}

/// Every flow on every channel, with its items brought together that are alike.
fn columns<'p>(program: &'p Program, alphabet: &Alphabet, flows: &[Flow], days: &[Date]) -> Vec<Column<'p>> {
    let standard = &program.operation.switches.sensitivity;
    let facts: Vec<_> = alphabet.items.iter().map(|item| program.items.get(item)).collect();
    let listed: Vec<Vec<bool>> = facts
        .iter()
        .map(|facts| days.iter().map(|day| facts.is_some_and(|facts| facts.sensitive_on(*day, standard))).collect())
        .collect();
    let channels = small(program.policy.channels.len());
    let mut columns = Vec::new();
    for flow in flows {
        let person = program.policy.persons.get(usize::from(flow.person));
        let said = || declared(program, flow.element, flow.part);
        let Some((person, declared)) = person.zip(said()) else { continue };
        let seen = |item: &u16| {
            let place = usize::from(*item);
            let seen = Item::of(program, (*facts.get(place)?)?, (flow.element, person), &declared);
            Some((*item, (seen, listed.get(place)?)))
        };
        let seen: Vec<(u16, (Item, &Vec<bool>))> = flow.items.iter().filter_map(seen).collect();
        let mut here: BTreeMap<Here, Vec<Option<u16>>> = BTreeMap::new();
        for channel in std::iter::once(None).chain((0..channels).filter(|_| flow.by_channel).map(Some)) {
            here.entry(Here::of(program, channel, flow, &declared)).or_default().push(channel);
        }
        for same in here.into_values() {
            let mut alike: BTreeMap<(Item, &Vec<bool>), Vec<usize>> = BTreeMap::new();
            for (item, seen) in &seen {
                let cells = same.iter().filter_map(|channel| flow.cell(*item, Flow::column(*channel)));
                alike.entry(*seen).or_default().extend(cells);
            }
            let channel = same.first().copied().flatten();
            let alike = alike.into_iter().map(|((item, listed), cells)| Alike {
                item,
                listed: listed.clone(),
                cells,
                published: Vec::new(),
                law: Vec::new(),
            });
            let alike = alike.collect();
            let key = flow.key(flow.items.first().copied().unwrap_or_default(), channel);
            columns.extend(said().map(|declared| Column { key, person, declared, excepted: OnceCell::new(), alike }));
        }
    }
    columns
}

/// The days on which rows change: a rule or a standard begins or ends. The first is before them all.
fn turns(program: &Program) -> BTreeSet<Date> {
    let law = &program.law;
    let rules = RUN_TIME.iter().filter_map(|rule| law.rule(&format!("R{rule}")));
    let sources = rules.flat_map(|rule| &rule.sources);
    let sources = sources.flat_map(|source| std::iter::once(source.from).chain(source.until));
    let standards = program.standards.iter();
    let standards =
        standards.flat_map(|one| std::iter::once(one.from.value).chain(one.until.as_ref().map(|at| at.value)));
    std::iter::once(Date::MIN).chain(sources).chain(standards).collect()
}
