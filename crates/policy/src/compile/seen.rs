//! What a row sees of its item, its channel and its day. Two of each of which a flow's rows see the same have the same rows: they
//! are made once.

use std::cell::Cell;

use jiff::civil::Date;
use model::field::Mask;

use super::RUN_TIME;
use super::case::Declared;
use super::flow::{Flow, asks_channel};
use crate::resolve::{ItemFacts, Program};
use crate::syntax::{Collect, FinancialLevel, Function, Person, RightKind, Sensitive, Use};
use crate::terms::key::Element;

/// All that a row may look at of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::struct_excessive_bools, reason = "things that are so or not of an item, each on its own")]
pub(super) struct Item {
    pub(super) mask: Mask,
    pub(super) class: Option<Sensitive>,
    pub(super) level: Option<FinancialLevel>,
    pub(super) face: bool,
    pub(super) genetic: bool,
    pub(super) telephone: bool,
    /// Whether a page tells necessity and impact of it, for the element's function where there is one. Of what nobody counts
    /// as sensitive nothing need be told.
    pub(super) told: bool,
    /// Whether the element takes it from more than one source: then the question says from which.
    pub(super) has_other_sources: bool,
    /// Whether the text leaves it out of the right to look.
    pub(super) left_out: bool,
}

impl Item {
    pub(super) fn of(program: &Program, facts: &ItemFacts, of: (Element, &Person), declared: &Declared<'_>) -> Self {
        let (element, person) = of;
        let (id, person) = (facts.id.as_str(), person.id.as_str());
        let counted = facts.face || !facts.sensitive_by.is_empty();
        Self {
            mask: facts.mask,
            class: facts.class,
            level: facts.level,
            face: facts.face,
            genetic: facts.genetic,
            telephone: facts.is_telephone(),
            told: counted && told(program, id, declared.function),
            has_other_sources: declared.source.is_some() && sources(program, id, (element, person), declared) > 1,
            left_out: element == Element::Access && left_out(program, id, person),
        }
    }
}

fn told(program: &Program, item: &str, function: Option<&Function>) -> bool {
    let of_function = |named: &str| function.is_none_or(|function| function.id.as_str() == named);
    let mut notices = program.operation.notices.iter();
    notices.any(|notice| of_function(&notice.function.text) && notice.items.iter().any(|one| one.text == item))
}

/// From how many sources the element takes the item of this person.
fn sources(program: &Program, item: &str, of: (Element, &str), declared: &Declared<'_>) -> usize {
    let (element, person) = of;
    let mut named: Vec<&str> = match (element, declared.function) {
        (Element::Use(i), _) => {
            let used: Option<&Use> = program.policy.uses.get(usize::from(i));
            used.into_iter().flat_map(|used| &used.sources).map(|source| source.text.as_str()).collect()
        }
        (_, Some(function)) => {
            let groups = function.collects.said().into_iter().flatten().filter(|group| group.of.text == person);
            let here = groups.filter(|group: &&Collect| group.items.iter().any(|one| one.text == item));
            here.flat_map(|group| &group.sources).map(|source| source.text.as_str()).collect()
        }
        _ => Vec::new(),
    };
    named.sort_unstable();
    named.dedup();
    named.len()
}

fn left_out(program: &Program, item: &str, person: &str) -> bool {
    let policy = &program.policy;
    let Some(right) = policy.rights.iter().find(|right| right.kind.value == RightKind::Access) else { return false };
    let by_function = right.excludes_functions.iter().any(|named| {
        let functions = policy.functions.iter().filter(|function| function.id.as_str() == named.text);
        let groups = functions.filter_map(|function| function.collects.said()).flatten();
        let mut of_person = groups.filter(|group| group.of.text == person);
        of_person.any(|group| group.items.iter().any(|one| one.text == item))
    });
    by_function || right.excludes.iter().any(|one| one.text == item)
}

/// All that a row may look at of the channel that a question names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Here {
    /// It names none.
    Nowhere,
    /// Which one it is, asked by a condition.
    Channel(u16),
    /// Whether the function is offered there.
    Offered(bool),
}

impl Here {
    pub(super) fn of(program: &Program, channel: Option<u16>, flow: &Flow, declared: &Declared<'_>) -> Self {
        let policy = &program.policy;
        let Some(place) = channel else { return Self::Nowhere };
        let of_act = policy.exceptions.iter().filter(|one| one.acts.iter().any(|act| act.value == flow.action));
        let excepted = of_act.flat_map(|one| [&one.when, &one.article_when]).flatten().map(|when| &when.value);
        if declared.when.into_iter().chain(excepted).any(asks_channel) {
            return Self::Channel(place);
        }
        let id = policy.channels.get(usize::from(place)).map(|channel| channel.id.as_str());
        let offered = declared.function.map(|function| &function.channels);
        Self::Offered(offered.is_some_and(|offered| offered.iter().any(|one| Some(one.text.as_str()) == id)))
    }
}

/// The law of a day, and whether a standard that counts then lists the item: as bits, with those that were asked for.
#[derive(Debug, Default)]
pub(super) struct Day {
    holds: u32,
    asked: Cell<u32>,
}

/// The bit that says whether the item is listed.
const LISTED: u32 = 1 << 31;

impl Day {
    pub(super) fn of(rules: u32, listed: bool) -> Self {
        Self { holds: if listed { rules | LISTED } else { rules }, asked: Cell::new(0) }
    }

    /// The rules that change rows and are in force on a day.
    pub(super) fn rules(program: &Program, date: Date) -> u32 {
        let bits = RUN_TIME.iter().zip(0_u32..);
        let holds = bits.filter(|(rule, _)| program.law.holds(&format!("R{rule}"), date));
        holds.fold(0, |rules, (_, place)| rules | 1 << place)
    }

    /// Whether a rule holds. One that is not in the list would be taken for no law at all: a test compares.
    pub(super) fn rule(&self, rule: u8) -> bool {
        let place = RUN_TIME.iter().zip(0_u32..).find(|(known, _)| **known == rule);
        place.is_some_and(|(_, place)| self.ask(1 << place))
    }

    /// Whether the item is listed as sensitive.
    pub(super) fn lists(&self) -> bool {
        self.ask(LISTED)
    }

    fn ask(&self, bit: u32) -> bool {
        self.asked.set(self.asked.get() | bit);
        self.holds & bit != 0
    }

    /// What was made on this day, with what it hangs on.
    pub(super) fn note(&self, row: u32) -> Made {
        let asked = self.asked.get();
        Made { asked, holds: self.holds & asked, row }
    }
}

/// A row, and what was asked of the day while it was made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    asked: u32,
    holds: u32,
    pub(super) row: u32,
}

impl Made {
    /// Whether the row would be made on this day, too.
    pub(super) const fn is_of(&self, day: &Day) -> bool {
        day.holds & self.asked == self.holds
    }
}
