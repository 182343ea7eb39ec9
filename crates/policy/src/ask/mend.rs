//! What must change for a denied question to be permitted: the smallest sets of changes, found on the rows that deny it.
//!
//! A row that denies is a list of checks that fail; each check is a gate, and its terms say which literals would make it
//! pass. So every failed check gives a few ways on, each a change of the question: somebody consents, a fact is attested, a
//! document is shown, an exception is relied on, the question is asked in the course of a declared function. The ways are
//! walked breadth first, the engine is asked after each, and what permits is kept when no part of it would do.
//!
//! One thing no question mends: a route abroad, which the company has or has not (R35). A set that would permit with it says so.

mod changes;
mod route;

use std::collections::BTreeSet;

use jiff::Timestamp;
use model::calendar::day_in_shanghai;
use serde::Serialize;
use serde_json::Value;

use crate::claim::brief;
use crate::claim::setting::{Setter, Setting};
use crate::compile::{Check, Flow, Row, Tables};
use crate::decide::project::Standing;
use crate::question::{Answer, Effect, ItemAnswer, Outcome, Processing, Reason, Side, Subject};
use crate::terms::asked::Asked;
use crate::terms::key::Element;
use crate::terms::literal::Literal;
use crate::terms::word::Word;

use changes::Changes;

/// So many questions are tried at most.
const TRIED: usize = 3000;
/// So many sets of changes are told at most.
const TOLD: usize = 12;
/// A set has so many changes at most.
const SIZE: usize = 8;

/// What must change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mending {
    /// What takes effect as it is.
    pub effect: Effect,
    /// Why, item by item.
    pub reasons: Vec<Reason>,
    /// Sets of changes; each by itself is enough, and no part of it is. The smallest first.
    pub sets: Vec<ChangeSet>,
    /// Whether there may be more than were looked for.
    pub more: bool,
}

/// Changes that together are enough.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangeSet {
    /// The changes.
    pub changes: Vec<Change>,
    /// What takes effect then: everything is given, perhaps masked. Where a route abroad is among the changes, once it is declared.
    pub effect: Effect,
    /// The question with the changes made: all but a route, which is no matter of questions.
    pub question: Value,
}

/// One change of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// `consent`, `fact`, `age`, `document`, `party`, `approval`, `exception`, `route`, …
    pub what: &'static str,
    /// In words.
    pub text: String,
}

/// What must change for the question to be permitted: nothing of what it asks for withheld. The subject must be inline;
/// what cannot be changed by asking otherwise (a closed account, an erased record, a known age) stays as it is.
pub fn mend(tables: &Tables, question: &Processing, now: Timestamp) -> Mending {
    let at = question.at.unwrap_or(now);
    let mut start = question.clone();
    start.at = Some(at);
    let walk = Walk { tables, at };
    let before = walk.answer(&start);
    let reasons: BTreeSet<Reason> = before.items.iter().flat_map(|item| item.reasons.iter().cloned()).collect();
    let mut mending =
        Mending { effect: before.effect, reasons: reasons.into_iter().collect(), sets: Vec::new(), more: false };
    if !gives(&before) {
        walk.breadth_first(&start, &mut mending);
    }
    mending
}

/// Whether everything asked for is given, be it masked.
fn gives(answer: &Answer) -> bool {
    !answer.items.is_empty() && answer.items.iter().all(|item| item.outcome != Outcome::Withheld)
}

/// Whether it is, or would be with routes abroad.
fn permits(answer: &Answer) -> bool {
    let given = |item: &ItemAnswer| item.outcome != Outcome::Withheld || route::wants_only_route(item);
    !answer.items.is_empty() && answer.items.iter().all(given)
}

/// A walk from question to question.
struct Walk<'t> {
    tables: &'t Tables,
    at: Timestamp,
}

/// A question on the way, with what was changed.
#[derive(Clone)]
struct Step {
    question: Processing,
    changed: Vec<Setting>,
}

impl Walk<'_> {
    fn answer(&self, question: &Processing) -> Answer {
        let (state, born) = match &question.subject {
            Subject::Inline(subject) => {
                (subject.state.clone(), subject.born.as_deref().and_then(|born| born.parse().ok()))
            }
            Subject::Known { .. } => Default::default(),
        };
        self.tables.decide(question, &state, born, self.at)
    }

    fn breadth_first(&self, start: &Processing, mending: &mut Mending) {
        let mut levels: Vec<Vec<Step>> = vec![Vec::new(); SIZE + 1];
        if let Some(first) = levels.first_mut() {
            first.push(Step { question: start.clone(), changed: Vec::new() });
        }
        let mut seen = BTreeSet::new();
        let mut found: Vec<Vec<Setting>> = Vec::new();
        for size in 0..=SIZE {
            for step in levels.get_mut(size).map(std::mem::take).unwrap_or_default() {
                let covered = |set: &Vec<Setting>| set.iter().all(|change| step.changed.contains(change));
                if found.iter().any(covered) || !seen.insert(brief(&step.question).to_string()) {
                    continue;
                }
                if seen.len() > TRIED || found.len() >= TOLD {
                    mending.more = true;
                    return;
                }
                let answer = self.answer(&step.question);
                if permits(&answer) {
                    let smallest = self.smallest(start, step);
                    if !found.contains(&smallest.changed) {
                        let answer = self.answer(&smallest.question);
                        mending.sets.push(self.told(&smallest, &answer));
                        found.push(smallest.changed);
                    }
                    continue;
                }
                for next in self.ways(&step, &answer) {
                    if let Some(level) = levels.get_mut(next.changed.len()).filter(|_| next.changed.len() > size) {
                        level.push(next);
                    }
                }
            }
        }
    }

    /// Leaves out every change that is not needed, and of every consent whoever need not give it.
    fn smallest(&self, start: &Processing, step: Step) -> Step {
        let mut best = step;
        let mut place = 0;
        while let Some(change) = best.changed.get(place) {
            let less = std::iter::once(None).chain(changes::less(change).into_iter().map(Some));
            let smaller = less.map(|less| {
                let mut changed = best.changed.clone();
                changed.splice(place..=place, less);
                self.made(start, changed)
            });
            match smaller.into_iter().find(|smaller| permits(&self.answer(&smaller.question))) {
                Some(smaller) => best = smaller,
                None => place += 1,
            }
        }
        best.changed.sort_by_key(changes::slot);
        best
    }

    /// The question with changes made.
    fn made(&self, start: &Processing, mut changed: Vec<Setting>) -> Step {
        let setter = Setter { tables: self.tables, at: self.at };
        // A consent names the party, so that is chosen first.
        changed.sort_by_key(|setting| !matches!(setting, Setting::Party(_)));
        let mut question = start.clone();
        for setting in &changed {
            setter.set(setting, &mut question);
        }
        Step { question, changed }
    }

    fn told(&self, step: &Step, answer: &Answer) -> ChangeSet {
        let words = Changes { tables: self.tables, at: self.at };
        let mut changes: Vec<Change> = step.changed.iter().map(|setting| words.words(setting)).collect();
        changes.extend(route::declared(self.tables, answer));
        let effect = if gives(answer) { answer.effect } else { route::effect(answer) };
        ChangeSet { changes, effect, question: brief(&step.question) }
    }

    /// Every way on from a question that is not permitted: all ways past the first check that denies the first withheld item.
    fn ways(&self, step: &Step, answer: &Answer) -> Vec<Step> {
        let program = self.tables.program();
        let open = |item: &ItemAnswer| item.outcome == Outcome::Withheld && !route::wants_only_route(item);
        let withheld = answer.items.iter().position(open);
        let asked = Asked::read(program, self.tables.alphabet(), &step.question);
        let Some((asked, item)) = asked.ok().zip(withheld).and_then(|(asked, place)| {
            let item = asked.items.get(place).copied().flatten()?;
            Some((asked, item))
        }) else {
            return Vec::new();
        };
        let setter = Setter { tables: self.tables, at: self.at };
        let Some(standing) = setter.project(&step.question) else { return Vec::new() };
        let day = day_in_shanghai(self.at);
        let mut ways: Vec<Vec<Setting>> = Vec::new();
        let mut closed = true;
        for (_, flow) in self.tables.candidates(&asked).filter(|(_, flow)| flow.items.contains(&item)) {
            let Some(rows) = self.tables.rows_of(flow, item, asked.channel, day) else { continue };
            for (check, side) in self.denying(flow, rows, &standing) {
                let more = self.past(&step.question, &asked, flow, check, side, &standing);
                closed &= more.is_empty();
                ways.extend(more);
            }
        }
        if closed {
            ways.extend(self.elsewhere(&asked, item));
        }
        let make = |more: Vec<Setting>| self.then(step, more);
        ways.into_iter().filter_map(make).collect()
    }

    /// The first check that denies on each side that counts.
    fn denying<'r>(
        &self,
        flow: &Flow,
        (published, law): (&'r Row, &'r Row),
        standing: &Standing,
    ) -> Vec<(&'r Check, Side)> {
        let first = |row: &'r Row, word: &Word| {
            let withholds = |check: &&Check| check.cause.becomes() == Outcome::Withheld && check.fails(word);
            row.checks.iter().filter(|check| !route::is_about_route(check.cause.code)).find(withholds)
        };
        let by_text = first(published, &standing.published).map(|check| (check, Side::Published));
        let by_law = first(law, &standing.law).map(|check| (check, Side::Law));
        let alone = self.tables.enforces_published(flow.element);
        match (by_text, by_law) {
            // Either side opens a right: a way past one of them is enough.
            (Some(text), Some(law)) if flow.element == Element::Access => vec![text, law],
            (Some(text), _) => vec![text],
            (None, Some(law)) if !alone => vec![law],
            _ => Vec::new(),
        }
    }

    /// The ways past one check.
    fn past(
        &self,
        question: &Processing,
        asked: &Asked,
        flow: &Flow,
        check: &Check,
        side: Side,
        standing: &Standing,
    ) -> Vec<Vec<Setting>> {
        let word = if side == Side::Published { &standing.published } else { &standing.law };
        let meaning = self.tables.alphabet().meanings();
        let named = |bits: &Word, set: bool| {
            bits.bits().filter(|bit| word.has(*bit) != set).filter_map(|bit| Some((*meaning.get(&bit)?, set))).collect()
        };
        let wanted: Vec<Vec<(Literal, bool)>> = if check.fails_when {
            // Every term that holds must be broken, one literal of each; the next question tells of the next term.
            let holding = check.gate.terms().iter().find(|term| word.covers(&term.must) && word.misses(&term.must_not));
            let literals = holding.map(|term| {
                let unset: Vec<(Literal, bool)> =
                    term.must.bits().filter_map(|bit| Some((*meaning.get(&bit)?, false))).collect();
                let set = term.must_not.bits().filter_map(|bit| Some((*meaning.get(&bit)?, true)));
                unset.into_iter().chain(set).map(|one| vec![one]).collect()
            });
            literals.unwrap_or_default()
        } else {
            let all = |must: Vec<(Literal, bool)>, must_not: Vec<(Literal, bool)>| [must, must_not].concat();
            check.gate.terms().iter().map(|term| all(named(&term.must, true), named(&term.must_not, false))).collect()
        };
        let changes = Changes { tables: self.tables, at: self.at };
        let mut ways = Vec::new();
        for literals in wanted {
            let mut sets: Vec<Vec<Setting>> = vec![Vec::new()];
            for (literal, set) in literals {
                let more = changes.attaining(question, asked, flow, (literal, set, side));
                sets = sets.iter().flat_map(|set| more.iter().map(move |one| [set.as_slice(), one].concat())).collect();
            }
            ways.extend(sets.into_iter().filter(|set| !set.is_empty()));
        }
        if check.gate.terms().is_empty() && flow.by_channel {
            let channels = (0..).zip(&self.tables.program().policy.channels).map(|(place, _)| place);
            let others = channels.filter(|place| Some(*place) != asked.channel);
            ways.extend(others.map(|place| vec![Setting::Channel(Some(place))]));
        }
        ways
    }

    /// What is declared for the same action, role, item and recipient in another frame; to whom, where nobody was named.
    fn elsewhere(&self, asked: &Asked, item: u16) -> Vec<Vec<Setting>> {
        let flows = self.tables.flows_for(asked.action, asked.person).iter();
        let to_the_same = |flow: &&Flow| asked.recipient.is_none() || asked.recipient == flow.recipient;
        let flows = flows.filter(|flow| flow.items.contains(&item) && !flow.answers(asked)).filter(to_the_same);
        let mut ways = Vec::new();
        for flow in flows {
            let functions: Vec<Option<u16>> = match flow.functions.as_slice() {
                [] => vec![None],
                named => named.iter().copied().map(Some).collect(),
            };
            for function in functions {
                let purpose = asked.purpose.filter(|purpose| flow.purposes.contains(purpose));
                let purpose = purpose.or_else(|| flow.purposes.first().copied());
                let mut way = Vec::new();
                way.extend((function != asked.function).then_some(Setting::Function(function)));
                way.extend((purpose != asked.purpose).then_some(Setting::Purpose(purpose)));
                way.extend((flow.recipient != asked.recipient).then_some(Setting::Recipient(flow.recipient)));
                if !way.is_empty() && !ways.contains(&way) {
                    ways.push(way);
                }
            }
        }
        ways
    }

    /// The question with further changes; `None` when they undo one that was made.
    fn then(&self, step: &Step, more: Vec<Setting>) -> Option<Step> {
        let setter = Setter { tables: self.tables, at: self.at };
        let mut next = step.clone();
        for setting in more {
            let slot = |other: &Setting| changes::slot(other) == changes::slot(&setting);
            match next.changed.iter().position(slot) {
                Some(_) if !changes::grows(&setting) => return None,
                Some(place) => {
                    next.changed.remove(place);
                }
                None => {}
            }
            setter.set(&setting, &mut next.question);
            next.changed.push(setting);
        }
        Some(next)
    }
}
