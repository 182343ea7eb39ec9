//! The search for questions on which two versions decide otherwise: branch and bound over axes.
//!
//! A branch is left as soon as both versions are sure to decide alike, or in a way of which a witness is known, whatever is still
//! to be said. So the whole space is gone through without walking it. What is found is asked of both engines before it is called a
//! witness.

use std::cell::RefCell;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::field::Mask;

use super::across::Across;
use super::axis::{Axes, Axis, Both, Thing, things};
use super::open::{Checks, Left, Range};
use super::say::{Say, Version, acting};
use crate::compile::{Flow, Row};
use crate::question::{Actor, ItemAnswer, Outcome, Processing, Subject};
use crate::syntax::declare::words;
use crate::terms::key::Settling;
use crate::terms::literal::Who;
use crate::terms::word::Word;

/// At most so many branches of one search: as many as a truth table may have lines.
const BRANCHES: u32 = 1 << 16;

words! {
    /// Which way a decision turned.
    Turn {
        /// More is withheld.
        Less = "less",
        /// More is given.
        More = "more",
        /// As much is given, under another mask.
        Otherwise = "otherwise",
    }
}

/// One flow that can answer, under the law of the day.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'t> {
    pub(super) published: &'t Row,
    pub(super) law: &'t Row,
    pub(super) settling: Settling,
}

/// One frame of question: what both versions may answer it with.
pub(super) struct Frame<'t> {
    /// The question, which says no more than the frame.
    pub(super) question: Processing,
    pub(super) old: Vec<Candidate<'t>>,
    pub(super) new: Vec<Candidate<'t>>,
    /// Whether the subject asks for a look at its own: nobody else can.
    pub(super) own_look: bool,
    /// Whether anybody but the subject asks, where the subject's own look is another frame.
    pub(super) no_own_look: bool,
}

/// What a search came to.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// A question for each way in which decisions turned.
    pub(super) turned: BTreeMap<Turn, Processing>,
    /// Whether there was more to search than a search goes through.
    pub(super) given_up: bool,
}

/// What stands for both versions. Each thread has one of its own.
pub(super) struct Search<'s, 't> {
    across: &'s Across<'t>,
    old: Version<'t>,
    new: Version<'t>,
    /// What consents to a scope set in both versions, whatever else is asked.
    consents: RefCell<BTreeMap<Consenting, Vec<(Say, Both)>>>,
    /// What can be said of anything else; what an actor sets hangs on the function.
    others: RefCell<BTreeMap<Sayable, Vec<(Say, Both)>>>,
}

/// All that the worth of a consent hangs on: its scope, the birth date, the party and the role.
type Consenting = (String, Option<String>, Option<String>, String);

/// What something is said of; of who acts, in the course of which function.
type Sayable = (Thing, Option<String>);

/// One search under way.
struct Walk<'f, 't> {
    search: &'f Search<'f, 't>,
    frame: &'f Frame<'t>,
    /// The checks that are open when age and party are said.
    checks: Checks,
    masks: bool,
    wanted: BTreeSet<Turn>,
    branches: u32,
    found: Found,
}

impl<'s, 't> Search<'s, 't> {
    pub(super) fn new(across: &'s Across<'t>, at: Timestamp) -> Self {
        let [old, new] = [across.old, across.new].map(|tables| Version { tables, at });
        Self { across, old, new, consents: RefCell::default(), others: RefCell::default() }
    }

    pub(super) const fn versions(&self) -> [Version<'t>; 2] {
        [self.old, self.new]
    }

    /// Everything in which the two versions decide a frame otherwise. What `first` names is said first: on it they differ.
    pub(super) fn run(&self, frame: &Frame<'t>, first: &BTreeSet<Thing>) -> Found {
        let masks: BTreeSet<Mask> =
            frame.old.iter().chain(&frame.new).flat_map(|one| [one.published.mask, one.law.mask]).collect();
        let wanted = Turn::ALL.iter().copied().collect();
        let (checks, found) = (Checks::default(), Found::default());
        let mut walk = Walk { search: self, frame, checks, masks: masks.len() > 1, wanted, branches: 0, found };
        let axes = self.axes(frame);
        let about = self.about(&axes.reads);
        let mut fixed = BTreeMap::new();
        for thing in about.iter().filter(|thing| !matches!(thing, Thing::Age | Thing::Party | Thing::Consent(_))) {
            let Some(mut axis) = self.other(&axes, thing, &frame.question) else {
                return Found { given_up: true, ..Found::default() };
            };
            if *thing == Thing::Actor && frame.no_own_look {
                axis.sayings.retain(|(say, _)| *say != Say::Actor(Actor::Subject));
            }
            fixed.insert(thing, axis);
        }
        let recipient = frame.question.recipient.as_deref();
        let ages = if about.contains(&Thing::Age) { axes.ages() } else { vec![Say::Born(None)] };
        let parties = if about.contains(&Thing::Party) && !frame.own_look {
            axes.parties(recipient)
        } else {
            vec![Say::Party(None)]
        };
        for age in &ages {
            for party in &parties {
                let mut question = frame.question.clone();
                age.to(&mut question, self.new.at);
                party.to(&mut question, self.new.at);
                if walk.wanted.is_empty() || walk.found.given_up {
                    return walk.found;
                }
                walk.from(&axes, &about, (first, &fixed), &question);
            }
        }
        walk.found
    }

    fn axes(&self, frame: &Frame<'t>) -> Axes<'t> {
        let reads = |candidates: &[Candidate<'_>]| {
            candidates.iter().fold([Word::default(); 2], |[published, law], one| {
                [published.with(&reads(one.published)), law.with(&reads(one.law))]
            })
        };
        let ([a, b], [c, d]) = (reads(&frame.old), reads(&frame.new));
        Axes { old: self.old, new: self.new, reads: Both { words: [a, b, c, d] } }
    }

    /// The axis of what is neither age nor party nor consent; `None` where there is more to say than is gone through.
    fn other(&self, axes: &Axes<'_>, thing: &Thing, question: &Processing) -> Option<Axis> {
        // Which pairs of roles are told apart hangs on what is read.
        if *thing == Thing::Same {
            return Some(Axis::of(axes.others(thing, question)?, &axes.reads));
        }
        let function = question.function.clone().filter(|_| *thing == Thing::Actor);
        let key = (thing.clone(), function);
        let mut known = self.others.borrow_mut();
        let sayings = match known.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(axes.others(thing, question)?),
        };
        Some(Axis::of(sayings.clone(), &axes.reads))
    }

    /// The axis of a consent, in a question that says age and party.
    fn consent(&self, axes: &Axes<'_>, scope: &str, question: &Processing) -> Axis {
        let born = match &question.subject {
            Subject::Inline(subject) => subject.born.clone(),
            Subject::Known { .. } => None,
        };
        let party = question.party.clone().or_else(|| acting(&question.actor));
        let mut known = self.consents.borrow_mut();
        let consents = known.entry((scope.to_owned(), born, party, question.person.clone()));
        Axis::of(consents.or_insert_with(|| axes.consents(scope, question)).clone(), &axes.reads)
    }

    /// What a frame hangs on.
    pub(super) fn about(&self, reads: &Both) -> BTreeSet<Thing> {
        let mut about = BTreeSet::new();
        let read = reads.words.chunks(2).map(|words| words.iter().fold(Word::default(), Word::with));
        for ((version, meanings), read) in self.versions().into_iter().zip(&self.across.meanings).zip(read) {
            about.extend(things(version.tables, meanings, &read));
        }
        about
    }
}

impl Walk<'_, '_> {
    /// Searches what is left open when age and party are said.
    fn from(
        &mut self,
        axes: &Axes<'_>,
        about: &BTreeSet<Thing>,
        (first, fixed): (&BTreeSet<Thing>, &BTreeMap<&Thing, Axis>),
        question: &Processing,
    ) {
        let Some(seen) = axes.see(question) else { return };
        let acts = acting(&question.actor).is_some();
        let somebody = about.contains(&Thing::Actor) && !acts && !self.frame.own_look;
        let base = if somebody { seen.map(&axes.actors(), Word::without) } else { seen };
        let scopes = about.iter().filter_map(|thing| match thing {
            Thing::Consent(scope) => Some((thing, self.search.consent(axes, scope, question))),
            _ => None,
        });
        let consents: BTreeMap<&Thing, Axis> = scopes.collect();
        let (mut all, later): (Vec<&Thing>, Vec<&Thing>) = about.iter().partition(|thing| first.contains(*thing));
        all.extend(later);
        let said = |thing: &&Thing| **thing != Thing::Actor || somebody;
        let all: Vec<&Axis> =
            all.into_iter().filter(said).filter_map(|thing| fixed.get(thing).or_else(|| consents.get(thing))).collect();
        let open = all.iter().fold(Both::default(), |open, axis| open.with(&axis.open));
        let frame = [self.frame.old.as_slice(), self.frame.new.as_slice()];
        let (checks, left) = Checks::of(self.search.across, frame, (&base, &open), &all);
        self.checks = checks;
        self.descend(question, &mut Vec::new(), (base, open), &left, &all);
    }

    /// Says of the first axis one thing after another. `open` has every literal that something still to be said can set.
    fn descend<'a>(
        &mut self,
        question: &Processing,
        said: &mut Vec<&'a Say>,
        (word, open): (Both, Both),
        left: &[Vec<Left>; 2],
        axes: &[&'a Axis],
    ) {
        self.branches += 1;
        if self.branches > BRANCHES {
            self.found.given_up = true;
            return;
        }
        let left = self.checks.settle(left, &word, &open);
        if !self.may_turn(&left) {
            return;
        }
        let Some((axis, rest)) = axes.split_first() else {
            let mut asked = question.clone();
            for say in said.iter() {
                say.to(&mut asked, self.search.new.at);
            }
            self.ask(&asked);
            return;
        };
        let still = rest.iter().fold(Both::default(), |open, axis| open.with(&axis.open));
        // Where nothing hangs on it any more, one thing is as good as another.
        let sayings = if self.checks.hang_on(&left, &axis.open) { axis.sayings.len() } else { 1 };
        for (say, sets) in axis.sayings.iter().take(sayings) {
            said.push(say);
            self.descend(question, said, (word.with(sets), still), &left, rest);
            said.pop();
            if self.wanted.is_empty() || self.found.given_up {
                return;
            }
        }
    }

    /// Whether some decision may still turn in a way of which no witness is known.
    fn may_turn(&self, left: &[Vec<Left>; 2]) -> bool {
        let ([was, is], checks) = (left, &self.checks);
        let (old, new) = (checks.range(was), checks.range(is));
        self.wanted.iter().any(|turn| match turn {
            Turn::Less => old.1 > new.0 && !checks.give_at_least((1, is), was),
            Turn::More => new.1 > old.0 && !checks.give_at_least((0, was), is),
            Turn::Otherwise => self.masks && has_masked(old) && has_masked(new) && !checks.decide_alike(left),
        })
    }

    /// Asks both engines.
    fn ask(&mut self, question: &Processing) {
        let [old, new] = self.search.versions().map(|version| answer(version, question));
        let Some(turn) = old.zip(new).and_then(|(old, new)| turn(&old, &new)) else { return };
        if self.wanted.remove(&turn) {
            self.found.turned.insert(turn, question.clone());
        }
    }
}

/// What one version answers about the first item of a question.
pub(super) fn answer(version: Version<'_>, question: &Processing) -> Option<ItemAnswer> {
    let put = version.put(question);
    let Subject::Inline(subject) = &put.subject else { return None };
    let born = subject.born.as_deref().and_then(|born| born.parse().ok());
    version.tables.decide(&put, &subject.state, born, version.at).items.into_iter().next()
}

/// Which way the decision about an item turned; `None` where it did not.
pub(super) fn turn(old: &ItemAnswer, new: &ItemAnswer) -> Option<Turn> {
    match new.outcome.cmp(&old.outcome) {
        std::cmp::Ordering::Less => Some(Turn::Less),
        std::cmp::Ordering::Greater => Some(Turn::More),
        std::cmp::Ordering::Equal => (old.mask != new.mask).then_some(Turn::Otherwise),
    }
}

fn has_masked((low, high): Range) -> bool {
    low <= Outcome::Masked && Outcome::Masked <= high
}

fn reads(row: &Row) -> Word {
    row.checks.iter().fold(Word::default(), |word, check| word.with(&check.gate.reads()))
}

/// The flows that can answer a question for an item, under the law of a day.
pub(super) fn candidates<'t>(
    version: Version<'t>,
    question: &Processing,
    who: Who,
    item: u16,
) -> Option<Vec<Candidate<'t>>> {
    let mut asked = version.asked(question)?;
    asked.who = who;
    let flows = version.tables.flows_for(asked.action, asked.person).iter().filter(|flow| flow.answers(&asked));
    Some(flows.filter_map(|flow| candidate(version, flow, item, asked.channel)).collect())
}

fn candidate<'t>(version: Version<'t>, flow: &'t Flow, item: u16, channel: Option<u16>) -> Option<Candidate<'t>> {
    let (published, law) = version.tables.rows_of(flow, item, channel, version.day())?;
    Some(Candidate { published, law, settling: flow.settling })
}
