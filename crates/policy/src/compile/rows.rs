//! Rows: one of the published policy and one of the law for each key and interval of the law, each made once for all keys and
//! days of which it sees the same.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use model::field::Mask;

use super::case::{Case, Declared, Demands, declared};
use super::distinct::Distinct;
use super::formula::Formula;
use super::row::{Check, Demand, Row};
use super::seen::{Here, Item, Made, Sight, rules};
use super::{Cell, Flow, LINES, RUN_TIME, describe, law, plane, published};
use crate::finding::{Finding, Severity};
use crate::resolve::Program;
use crate::syntax::{Action, Basis};
use crate::terms::key::{Element, Key, Part};
use crate::terms::lines::lines;
use crate::terms::literal::{Alphabet, small};
use crate::terms::word::Word;

/// The grounds of a row.
pub(super) type Grounds = Arc<[(Formula, Basis)]>;

/// What a row demands, by place in the lists of distinct parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Parts {
    pub(super) checks: Box<[u32]>,
    pub(super) grounds: u32,
}

/// Rows, equal ones once.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) list: Vec<Row>,
    /// By row: the body.
    bodies: Vec<u32>,
    /// What rows demand, whatever their mask.
    parts: Vec<Parts>,
    pub(super) checks: Distinct<Check>,
    pub(super) grounds: Distinct<Grounds>,
    same_body: BTreeMap<Parts, u32>,
    known: BTreeMap<(u32, Mask), u32>,
    /// A key for each row, to say where it comes from.
    from: Vec<Key>,
}

/// The items of one element and part, on channels of which rows see the same.
struct Column<'p> {
    key: Key,
    declared: Declared<'p>,
    excepted: OnceCell<Formula>,
    alike: Vec<Alike>,
    /// What was made of it for each side.
    made: [Vec<Made>; 2],
}

/// Items of which rows see the same.
struct Alike {
    item: Item,
    /// By day: whether a standard lists them as sensitive.
    listed: Vec<bool>,
    /// Their cells.
    cells: Vec<usize>,
    /// By side: which of what was made fitted last, and its row.
    last: [Option<(usize, u32)>; 2],
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
            let rules = rules(program, *date);
            let mut laid = vec![Cell { published: u32::MAX, law: u32::MAX }; cells];
            for column in &mut columns {
                let mut alike = std::mem::take(&mut column.alike);
                for alike in &mut alike {
                    let sight = (rules, alike.listed.get(turn) == Some(&true));
                    let [published, law] = [published::row, law::row];
                    let published = self.row((program, alphabet), column, alike, sight, (0, published));
                    let law = self.row((program, alphabet), column, alike, sight, (1, law));
                    for place in &alike.cells {
                        laid.get_mut(*place).into_iter().for_each(|slot| *slot = Cell { published, law });
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

    fn row(
        &mut self,
        (program, alphabet): (&Program, &Alphabet),
        column: &mut Column<'_>,
        alike: &mut Alike,
        (rules, listed): (u64, bool),
        (side, demands): (usize, fn(&Case<'_>) -> Demands),
    ) -> u32 {
        let sight = Sight::of(rules, alike.item, listed);
        let made = column.made.get(side).map_or(&[][..], Vec::as_slice);
        let last = alike.last.get(side).copied().flatten();
        if let Some((place, row)) = last
            && made.get(place).is_some_and(|made| made.is_of(&sight))
        {
            return row;
        }
        let known = made.iter().enumerate().find(|(_, made)| made.is_of(&sight)).map(|(place, made)| (place, *made));
        let (place, made) = if let Some(known) = known {
            known
        } else {
            let place = made.len();
            let made = self.make((program, alphabet), column, &sight, demands);
            column.made.get_mut(side).into_iter().for_each(|list| list.push(made));
            (place, made)
        };
        let row = self.place(made.body, if made.hides { Mask::Hidden } else { alike.item.mask }, column.key);
        alike.last.get_mut(side).into_iter().for_each(|last| *last = Some((place, row)));
        row
    }

    fn make(
        &mut self,
        (program, alphabet): (&Program, &Alphabet),
        column: &Column<'_>,
        sight: &Sight,
        demands: fn(&Case<'_>) -> Demands,
    ) -> Made {
        let case = Case {
            program,
            alphabet,
            key: column.key,
            sight,
            declared: &column.declared,
            excepted: &column.excepted,
            carrying: OnceCell::new(),
            freed: OnceCell::new(),
        };
        let made = demands(&case);
        let checks = made.checks.iter().map(|check| self.checks.place(check)).collect();
        let parts = Parts { checks, grounds: self.grounds.place(&made.grounds.into()) };
        let next = u32::try_from(self.parts.len()).unwrap_or(u32::MAX);
        let body = *self.same_body.entry(parts).or_insert_with_key(|parts| {
            self.parts.push(parts.clone());
            next
        });
        sight.note(body, made.hides)
    }

    /// The row with this body and mask.
    fn place(&mut self, body: u32, mask: Mask, key: Key) -> u32 {
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let place = *self.known.entry((body, mask)).or_insert(next);
        if place == next {
            let (checks, grounds) = self.parts.get(at(body)).map_or_else(Default::default, |parts| {
                let checks = parts.checks.iter().filter_map(|check| self.checks.list().get(at(*check)).cloned());
                (checks.collect(), self.grounds.list().get(at(parts.grounds)).cloned().unwrap_or_default())
            });
            self.list.push(Row { checks, mask, grounds });
            self.bodies.push(body);
            self.from.push(key);
        }
        place
    }

    /// The body of a row: equal ones demand the same.
    pub(super) fn body(&self, row: u32) -> Option<u32> {
        self.bodies.get(at(row)).copied()
    }

    /// The parts of a body.
    pub(super) fn parts_of(&self, body: u32) -> Option<&Parts> {
        self.parts.get(at(body))
    }

    /// How many lines the longest truth table of each body has.
    fn lines(&self, alphabet: &Alphabet) -> Vec<u64> {
        let mut known: BTreeMap<Word, u64> = BTreeMap::new();
        let mut lines = |reads: Word| *known.entry(reads).or_insert_with(|| lines(alphabet.questions(), &reads));
        let of_check = self.checks.list().iter().map(|check| (check.demand(), check.gate.reads()));
        let of_check: Vec<(Demand, Word, u64)> = of_check
            .map(|(demand, reads)| (demand, reads, if demand == Demand::Own { lines(reads) } else { 0 }))
            .collect();
        let reads =
            |grounds: &Grounds| grounds.iter().fold(Word::default(), |seen, (gate, _)| seen.with(&gate.reads()));
        let of_grounds: Vec<u64> = self.grounds.list().iter().map(|grounds| lines(reads(grounds))).collect();
        let of_body = self.parts.iter().map(|parts| {
            let mut joint = [Word::default(); 2];
            let mut most = of_grounds.get(at(parts.grounds)).copied().unwrap_or_default();
            for (demand, reads, own) in parts.checks.iter().filter_map(|check| of_check.get(at(*check))) {
                let word = match demand {
                    Demand::Condition => joint.first_mut(),
                    Demand::Consent => joint.last_mut(),
                    Demand::Own => None,
                };
                if let Some(word) = word {
                    *word = word.with(reads);
                }
                most = most.max(*own);
            }
            joint.into_iter().fold(most, |most, reads| most.max(lines(reads)))
        });
        of_body.collect()
    }

    pub(super) fn check(&self, program: &Program, alphabet: &Alphabet) -> Vec<Finding> {
        let mut seen = BTreeSet::new();
        let mut findings = Vec::new();
        let of_body = self.lines(alphabet);
        for (body, key) in self.bodies.iter().zip(&self.from) {
            let lines = of_body.get(at(*body)).copied().unwrap_or_default();
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
        let key = self.from.get(at(row));
        let what = key.map_or_else(|| "an element".to_owned(), |key| describe(program, *key));
        let message = format!("{what} has more than {} demands, counted as alternatives of facts", plane::BITS);
        Finding::new("L0513", Severity::Error, message).mend("use fewer facts in its condition")
    }
}

fn at(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

/// Every element and part on every channel, with the items of all its flows brought together that are alike.
fn columns<'p>(program: &'p Program, alphabet: &Alphabet, flows: &[Flow], days: &[Date]) -> Vec<Column<'p>> {
    let standard = &program.operation.switches.sensitivity;
    let facts: Vec<_> = alphabet.items.iter().map(|item| program.items.get(item)).collect();
    let listed: Vec<Vec<bool>> = facts
        .iter()
        .map(|facts| days.iter().map(|day| facts.is_some_and(|facts| facts.sensitive_on(*day, standard))).collect())
        .collect();
    let channels = small(program.policy.channels.len());
    let mut columns: Vec<Column<'p>> = Vec::new();
    let mut places: BTreeMap<(Action, Element, Part, Here), usize> = BTreeMap::new();
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
        for (here, same) in here {
            let mut alike: BTreeMap<(Item, &Vec<bool>), Vec<usize>> = BTreeMap::new();
            for (item, seen) in &seen {
                let cells = same.iter().filter_map(|channel| flow.cell(*item, Flow::column(*channel)));
                alike.entry(*seen).or_default().extend(cells);
            }
            let mut alike = alike.into_iter().map(|((item, listed), cells)| Alike {
                item,
                listed: listed.clone(),
                cells,
                last: [None; 2],
            });
            let place = *places.entry((flow.action, flow.element, flow.part, here)).or_insert(columns.len());
            if place == columns.len() {
                let channel = same.first().copied().flatten();
                let key = flow.key(flow.items.first().copied().unwrap_or_default(), channel);
                let (excepted, made) = (OnceCell::new(), Default::default());
                columns.extend(said().map(|declared| Column { key, declared, excepted, alike: Vec::new(), made }));
            }
            columns.get_mut(place).into_iter().for_each(|column| column.alike.extend(alike.by_ref()));
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
