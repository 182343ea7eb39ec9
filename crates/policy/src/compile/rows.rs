//! Rows: one of the published policy and one of the law for each key and interval of the law, each made once for all keys and
//! days of which it sees the same.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::iter::{Skip, StepBy};
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use model::field::Mask;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use super::case::{Case, Declared, Demands, declared};
use super::distinct::{Distinct, Hashed};
use super::formula::Formula;
use super::row::{Check, Demand, Row};
use super::seen::{self, Here, Item, Made, Sight, rules};
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
    /// By turn of the law: what its routes abroad come to.
    routes: Vec<u64>,
    alike: Vec<Alike>,
}

/// Items of which rows see the same.
struct Alike {
    item: Item,
    /// By turn of the law: whether a standard lists them as sensitive.
    listed: Vec<bool>,
    /// Their cells.
    cells: Vec<usize>,
}

/// What the rows of one side of a column demand, and what each was made of.
#[derive(Debug, Default, PartialEq, Eq)]
struct OneSide {
    made: Vec<Made>,
    demands: Vec<Parts>,
    checks: Distinct<Check>,
    grounds: Distinct<Grounds>,
}

/// A row by the place of its demands among those of its side and column, and its mask.
type Wanted = (usize, Mask);

/// Cells that are alike, with both their rows from each turn of the law on at which they change.
#[derive(Debug, PartialEq, Eq)]
struct Wants {
    cells: Vec<usize>,
    from: Vec<(usize, [Wanted; 2])>,
}

/// A column of which all is made, and nothing has its place among all columns yet.
#[derive(Debug, PartialEq, Eq)]
struct Drawn {
    key: Key,
    sides: [OneSide; 2],
    wants: Vec<Wants>,
}

/// Where the cells of one flow are: item by item, those of an item side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    first: usize,
    items: usize,
    columns: usize,
}

/// All that a program is laid out from, beside what its alphabet asks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Drawing {
    /// By flow.
    pub(super) frames: Vec<Frame>,
    /// The days on which rows change.
    days: Vec<Date>,
    columns: Vec<Drawn>,
}

impl Column<'_> {
    /// Makes its rows for every turn of the law: each the rules that are in force from then on.
    fn draw(mut self, (program, alphabet): (&Program, &Alphabet), turns: &[u64]) -> Drawn {
        let mut sides = <[OneSide; 2]>::default();
        let mut wants = Vec::new();
        for alike in std::mem::take(&mut self.alike) {
            let mut from: Vec<(usize, [Wanted; 2])> = Vec::new();
            let days = turns.iter().zip(&self.routes).zip(&alike.listed);
            for (turn, ((rules, routes), listed)) in days.enumerate() {
                let last = from.last().map(|(_, rows)| *rows);
                let places = last.map_or([0; 2], |rows| rows.map(|(place, _)| place));
                let wanted = |side: &mut OneSide, last: usize, demands: fn(&Case<'_>) -> Demands| {
                    let sight = Sight::of((*rules, *routes), alike.item, *listed);
                    let make = |sight: &Sight| demands(&self.case((program, alphabet), sight));
                    let place = side.place(&sight, last, make);
                    (place, side.mask(place, alike.item.mask))
                };
                let [published, law] = &mut sides;
                let rows = [wanted(published, places[0], published::row), wanted(law, places[1], law::row)];
                if last != Some(rows) {
                    from.push((turn, rows));
                }
            }
            wants.push(Wants { cells: alike.cells, from });
        }
        Drawn { key: self.key, sides, wants }
    }

    const fn case<'c>(&'c self, (program, alphabet): (&'c Program, &'c Alphabet), sight: &'c Sight) -> Case<'c> {
        Case {
            program,
            alphabet,
            key: self.key,
            sight,
            declared: &self.declared,
            excepted: &self.excepted,
            carrying: OnceCell::new(),
            freed: OnceCell::new(),
        }
    }
}

impl OneSide {
    /// The place of the demands that are made on a sight. Mostly those of the turn before fit.
    fn place(&mut self, sight: &Sight, last: usize, make: impl FnOnce(&Sight) -> Demands) -> usize {
        if self.made.get(last).is_some_and(|made| made.is_of(sight)) {
            return last;
        }
        if let Some(place) = self.made.iter().position(|made| made.is_of(sight)) {
            return place;
        }
        let Demands { checks, hides, grounds } = make(sight);
        let checks = checks.into_iter().map(|check| self.checks.place(Hashed::from(check))).collect();
        let grounds = self.grounds.place(Hashed::from(Grounds::from(grounds)));
        self.demands.push(Parts { checks, grounds });
        self.made.push(sight.note(hides));
        self.made.len() - 1
    }

    fn mask(&self, place: usize, own: Mask) -> Mask {
        if self.made.get(place).is_some_and(|made| made.hides) { Mask::Hidden } else { own }
    }
}

impl Frame {
    /// All its cells.
    pub(super) const fn cells(self) -> Range<usize> {
        self.first..self.first + self.columns * self.items
    }

    /// The cells of one channel after the other.
    pub(super) fn columns(self) -> impl Iterator<Item = StepBy<Skip<Range<usize>>>> {
        (0..self.columns).map(move |column| self.cells().skip(column).step_by(self.columns))
    }
}

impl Drawing {
    pub(super) fn of(program: &Program, alphabet: &Alphabet, flows: &[Flow]) -> Self {
        let days: Vec<Date> = turns(program).into_iter().collect();
        let turns: Vec<u64> = days.iter().map(|day| rules(program, *day)).collect();
        let columns = columns(program, alphabet, flows, &days);
        // Columns have nothing to do with each other until what they demand alike gets one place.
        let columns = columns.into_par_iter().map(|column| column.draw((program, alphabet), &turns)).collect();
        let frame = |flow: &Flow| {
            let items = flow.items.len();
            Frame { first: at(flow.first), items, columns: at(flow.rows()).checked_div(items).unwrap_or(0) }
        };
        Self { frames: flows.iter().map(frame).collect(), days, columns }
    }
}

impl Rows {
    /// All rows of a drawing, with the cells of every interval of the law; turns that change nothing begin none.
    pub(super) fn of(drawing: &Drawing) -> (Self, Vec<(Date, Vec<Cell>)>) {
        let mut rows = Self::default();
        let mut changes: Vec<Vec<(usize, Cell)>> = vec![Vec::new(); drawing.days.len()];
        for column in &drawing.columns {
            rows.take(column, &mut changes);
        }
        let number = drawing.frames.iter().map(|frame| frame.cells().len()).sum();
        let mut laid = vec![Cell { published: u32::MAX, law: u32::MAX }; number];
        let mut intervals: Vec<(Date, Vec<Cell>)> = Vec::new();
        for (day, changes) in drawing.days.iter().zip(changes) {
            for (place, cell) in &changes {
                laid.get_mut(*place).into_iter().for_each(|slot| *slot = *cell);
            }
            if intervals.is_empty() || !changes.is_empty() {
                intervals.push((*day, laid.clone()));
            }
        }
        (rows, intervals)
    }

    /// Gives everything in a column its place, and says which cells have other rows from each turn of the law on.
    fn take(&mut self, column: &Drawn, changes: &mut [Vec<(usize, Cell)>]) {
        let bodies = column.sides.each_ref().map(|side| self.bodies_of(side));
        let mut known: [BTreeMap<Wanted, u32>; 2] = Default::default();
        for Wants { cells, from } in &column.wants {
            let mut last = None;
            for (turn, wanted) in from {
                let mut rows = wanted.iter().zip(&bodies).zip(&mut known).map(|((wanted, bodies), known)| {
                    *known.entry(*wanted).or_insert_with(|| {
                        let (place, mask) = *wanted;
                        self.place(bodies.get(place).copied().unwrap_or(u32::MAX), mask, column.key)
                    })
                });
                let cell = rows.next().zip(rows.next()).map(|(published, law)| Cell { published, law });
                // What demands the same under other rules has the same row.
                if let Some((cell, changes)) = cell.filter(|_| cell != last).zip(changes.get_mut(*turn)) {
                    changes.extend(cells.iter().map(|place| (*place, cell)));
                }
                last = cell;
            }
        }
    }

    /// The bodies of what the rows of one side of a column demand.
    fn bodies_of(&mut self, side: &OneSide) -> Vec<u32> {
        let checks: Vec<u32> = side.checks.hashed().map(|check| self.checks.place(check)).collect();
        let grounds: Vec<u32> = side.grounds.hashed().map(|grounds| self.grounds.place(grounds)).collect();
        let led = |places: &[u32], place: u32| places.get(at(place)).copied().unwrap_or(u32::MAX);
        let whole = |of_side: &Parts| Parts {
            checks: of_side.checks.iter().map(|place| led(&checks, *place)).collect(),
            grounds: led(&grounds, of_side.grounds),
        };
        side.demands.iter().map(whole).map(|parts| self.body_of(parts)).collect()
    }

    /// The body that demands this.
    fn body_of(&mut self, parts: Parts) -> u32 {
        let next = u32::try_from(self.parts.len()).unwrap_or(u32::MAX);
        *self.same_body.entry(parts).or_insert_with_key(|parts| {
            self.parts.push(parts.clone());
            next
        })
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
            let mut alike =
                alike.into_iter().map(|((item, listed), cells)| Alike { item, listed: listed.clone(), cells });
            let place = *places.entry((flow.action, flow.element, flow.part, here)).or_insert(columns.len());
            if place == columns.len() {
                let channel = same.first().copied().flatten();
                let key = flow.key(flow.items.first().copied().unwrap_or_default(), channel);
                let routes = days.iter().map(|day| seen::routes(program, flow.element, *day)).collect();
                let column = |declared| Column { key, declared, excepted: OnceCell::new(), routes, alike: Vec::new() };
                columns.extend(said().map(column));
            }
            columns.get_mut(place).into_iter().for_each(|column| column.alike.extend(alike.by_ref()));
        }
    }
    columns
}

/// The days on which rows change: a rule, a standard, a ceiling of what may leave the country, or a route abroad begins or
/// ends. The first is before them all.
fn turns(program: &Program) -> BTreeSet<Date> {
    let law = &program.law;
    let rules = RUN_TIME.iter().filter_map(|rule| law.rule(&format!("R{rule}")));
    let sources = rules.flat_map(|rule| &rule.sources);
    let sources = sources.flat_map(|source| std::iter::once(source.from).chain(source.until));
    let standards = program.standards.iter();
    let standards =
        standards.flat_map(|one| std::iter::once(one.from.value).chain(one.until.as_ref().map(|at| at.value)));
    let routes = program.operation.routes.iter().filter_map(|route| route.until.as_ref()?.value.tomorrow().ok());
    std::iter::once(Date::MIN).chain(sources).chain(standards).chain(law.export_turns()).chain(routes).collect()
}
