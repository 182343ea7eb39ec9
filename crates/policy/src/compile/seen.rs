//! What a row sees of its item, whose it is, its channel and its day. While a row is made it is noted what was asked of them: it is
//! made once for all of which that is the same.

use std::cell::Cell;

use jiff::civil::Date;
use model::field::Mask;

use super::RUN_TIME;
use super::case::Declared;
use super::flow::{Flow, asks_channel};
use crate::resolve::{ItemFacts, Program};
use crate::syntax::{Collect, ExportRoute, FinancialLevel, Function, Person, PersonKind, RightKind, Sensitive, Use};
use crate::terms::key::Element;

/// All that a row may look at of an item and of whose it is: as bits that tell what is so, and its mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Item {
    holds: u64,
    pub(super) mask: Mask,
}

/// Whether a standard lists the item as sensitive on the day. Below are the rules in force.
const LISTED: u64 = 1 << 31;
const FACE: u64 = 1 << 32;
const GENETIC: u64 = 1 << 33;
const TELEPHONE: u64 = 1 << 34;
const TOLD: u64 = 1 << 35;
const OTHER_SOURCES: u64 = 1 << 36;
const LEFT_OUT: u64 = 1 << 37;
const MASKED: u64 = 1 << 38;
const NATURAL: u64 = 1 << 39;
const PARTY: u64 = 1 << 40;
/// What the routes abroad of the element come to on the day.
const ROUTED: u64 = 1 << 41;
const BEARING: u64 = 1 << 42;
const BEARING_SENSITIVE: u64 = 1 << 43;
/// The class by its place in the list, from one; none is nought.
const CLASS: (u32, u64) = (44, 0xf << 44);
/// The level, likewise.
const LEVEL: (u32, u64) = (48, 0x3 << 48);

const _: () = assert!(RUN_TIME.len() <= 31 && Sensitive::ALL.len() < 16 && FinancialLevel::ALL.len() < 4);

impl Item {
    pub(super) fn of(program: &Program, facts: &ItemFacts, of: (Element, &Person), declared: &Declared<'_>) -> Self {
        let (element, whose) = of;
        let (id, person) = (facts.id.as_str(), whose.id.as_str());
        // Of what nobody counts as sensitive nothing need be told.
        let counted = facts.face || !facts.sensitive_by.is_empty();
        let so = [
            (FACE, facts.face),
            (GENETIC, facts.genetic),
            (TELEPHONE, facts.is_telephone()),
            (TOLD, counted && told(program, id, declared.function)),
            (OTHER_SOURCES, declared.source.is_some() && sources(program, id, (element, person), declared) > 1),
            (LEFT_OUT, element == Element::Access && left_out(program, id, person)),
            (MASKED, facts.mask != Mask::None),
            (NATURAL, whose.kind.value == PersonKind::Natural),
            (PARTY, is_party(program, whose)),
        ];
        let so = so.into_iter().filter(|(_, so)| *so).fold(0, |holds, (bit, _)| holds | bit);
        let holds = so | number(facts.class, Sensitive::ALL, CLASS) | number(facts.level, FinancialLevel::ALL, LEVEL);
        Self { holds, mask: facts.mask }
    }
}

/// Which word of a closed list it is, in the bits that are kept for it.
fn number<T: PartialEq>(word: Option<T>, all: &[T], (shift, _): (u32, u64)) -> u64 {
    let place = word.and_then(|word| (1..).zip(all).find(|(_, known)| **known == word));
    place.map_or(0, |(place, _): (u64, _)| place << shift)
}

/// Whether the person is a party to the contract (PIPL art. 13(2); switch `insured-is-party`).
fn is_party(program: &Program, person: &Person) -> bool {
    let by_switch =
        program.operation.switches.insured_is_party.value && matches!(person.id.as_str(), "insured" | "beneficiary");
    by_switch || person.party.as_ref().is_some_and(|party| party.value)
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

/// What holds of the law of a day and of an item, with what of it was asked for.
#[derive(Debug, Default)]
pub(super) struct Sight {
    holds: u64,
    asked: Cell<u64>,
}

/// The rules that change rows and are in force on a day.
pub(super) fn rules(program: &Program, date: Date) -> u64 {
    let bits = RUN_TIME.iter().zip(0_u32..);
    let holds = bits.filter(|(rule, _)| program.law.holds(&format!("R{rule}"), date));
    holds.fold(0, |rules, (_, place)| rules | 1 << place)
}

/// What the routes on which a flow leaves the country come to on a day: whether any is in date (R35), whether one that is bears as
/// many people as it declares, and whether such a one declares people of whom something sensitive leaves (R36).
pub(super) fn routes(program: &Program, element: Element, day: Date) -> u64 {
    let share = match element {
        Element::Share(i) => program.policy.shares.get(usize::from(i)),
        _ => None,
    };
    let declared = |route: &&ExportRoute| share.is_some_and(|share| route.share.text == share.id.as_str());
    let stands = |route: &&ExportRoute| route.until.as_ref().is_none_or(|until| day <= until.value);
    let standing = program.operation.routes.iter().filter(declared).filter(stands);
    standing.fold(0, |so, route| {
        let (by, persons, sensitive) = (route.by.value, route.persons.value, route.sensitive.value);
        let most = program.law.export_ceiling(by, day);
        let bears = most.is_none_or(|most| persons < most.persons && sensitive < most.sensitive);
        let counts = sensitive > 0 || !by.is_counted();
        so | ROUTED | if bears { BEARING } else { 0 } | if bears && counts { BEARING_SENSITIVE } else { 0 }
    })
}

impl Sight {
    /// `rules` are those in force, `routes` what the element's come to.
    pub(super) fn of((rules, routes): (u64, u64), item: Item, listed: bool) -> Self {
        Self { holds: rules | routes | item.holds | if listed { LISTED } else { 0 }, asked: Cell::new(0) }
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

    /// Whether it shows a face.
    pub(super) fn face(&self) -> bool {
        self.ask(FACE)
    }

    /// Whether it is genetic.
    pub(super) fn genetic(&self) -> bool {
        self.ask(GENETIC)
    }

    /// Whether it is a telephone number.
    pub(super) fn telephone(&self) -> bool {
        self.ask(TELEPHONE)
    }

    /// Whether a page tells necessity and impact of it, for the element's function where there is one.
    pub(super) fn told(&self) -> bool {
        self.ask(TOLD)
    }

    /// Whether the element takes it from more than one source: then the question says from which.
    pub(super) fn has_other_sources(&self) -> bool {
        self.ask(OTHER_SOURCES)
    }

    /// Whether the text leaves it out of the right to look.
    pub(super) fn left_out(&self) -> bool {
        self.ask(LEFT_OUT)
    }

    /// Whether it has a mask.
    pub(super) fn masked(&self) -> bool {
        self.ask(MASKED)
    }

    /// Whether it is a natural person's.
    pub(super) fn natural(&self) -> bool {
        self.ask(NATURAL)
    }

    /// Whether the person is a party to the contract.
    pub(super) fn party(&self) -> bool {
        self.ask(PARTY)
    }

    /// Whether a route abroad that is in date is declared for the element.
    pub(super) fn routed(&self) -> bool {
        self.ask(ROUTED)
    }

    /// Whether one of those bears the people that it declares, and for a sensitive item those of whom such a one leaves.
    pub(super) fn route_bears(&self) -> bool {
        let sensitive = self.lists();
        self.ask(if sensitive { BEARING_SENSITIVE } else { BEARING })
    }

    /// Its class.
    pub(super) fn class(&self) -> Option<Sensitive> {
        self.word(Sensitive::ALL, CLASS)
    }

    /// Its level.
    pub(super) fn level(&self) -> Option<FinancialLevel> {
        self.word(FinancialLevel::ALL, LEVEL)
    }

    fn word<T: Copy>(&self, all: &[T], (shift, bits): (u32, u64)) -> Option<T> {
        self.ask(bits);
        let place = usize::try_from((self.holds & bits) >> shift).ok()?.checked_sub(1)?;
        all.get(place).copied()
    }

    fn ask(&self, bits: u64) -> bool {
        self.asked.set(self.asked.get() | bits);
        self.holds & bits != 0
    }

    /// What was made on this sight, with what it hangs on.
    pub(super) fn note(&self, hides: bool) -> Made {
        let asked = self.asked.get();
        Made { asked, holds: self.holds & asked, hides }
    }
}

/// What was asked while the demands of a row were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Made {
    asked: u64,
    holds: u64,
    /// Whether the item is hidden whatever its own mask.
    pub(super) hides: bool,
}

impl Made {
    /// Whether the same would be made on this sight, too.
    pub(super) const fn is_of(&self, sight: &Sight) -> bool {
        sight.holds & self.asked == self.holds
    }
}
