//! The search for a question in a region to which something is permitted.
//!
//! Every row of every flow that meets the region is tried. For each, the settings of the dimensions that its checks read
//! are gone through one after another, and a branch is left as soon as a check is sure to fail, whatever the settings still
//! to come: so the search is exhaustive without walking the whole product. What it finds is asked of the engine before it
//! is called a witness; where another declared flow answers that question instead, the dimensions of all of them are tried.

use std::collections::BTreeSet;

use jiff::Timestamp;
use model::calendar::day_in_shanghai;

use super::region::Region;
use super::setting::Setting;
use super::space::{Dimension, Space};
use super::{On, Witness};
use crate::compile::{Check, Flow, Row, Tables};
use crate::decide::project::{Standing, attested_adult};
use crate::question::{Outcome, Processing, Side, Subject};
use crate::syntax::Role;
use crate::terms::asked::Asked;
use crate::terms::key::Element;
use crate::terms::literal::{Who, small};
use crate::terms::word::Word;

/// How far a claim was checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checked {
    /// Declared flows that meet the claim.
    pub flows: u64,
    /// Rows: an item of a flow on a channel.
    pub rows: u64,
    /// Branches of the search.
    pub branches: u64,
}

/// Rows that must all pass, each on its side.
type Judges<'t> = Vec<(&'t Row, Side)>;

/// The rows, the function, the recipient, whether it is the subject's own look, and whether the role is attested to be of
/// age: all that a search depends on.
type Place = (Vec<usize>, Option<u16>, Option<u16>, bool, bool);

/// One search.
pub(super) struct Search<'t> {
    space: Space<'t>,
    on: On,
    checked: Checked,
    /// Rows, function and recipient in which nothing was found.
    empty: BTreeSet<Place>,
}

/// One point at which to look: an item of a flow in one frame of question.
struct Frame<'t> {
    flow: &'t Flow,
    item: u16,
    judges: Judges<'t>,
    reads: Word,
    question: Processing,
}

/// One dimension with what each of its settings adds.
struct Axis {
    settings: Vec<(Setting, Standing)>,
    open: Standing,
}

impl<'t> Search<'t> {
    pub(super) fn new(tables: &'t Tables, region: &'t Region, on: On, at: Timestamp) -> Self {
        let day = day_in_shanghai(at);
        let space = Space { tables, region, at, day, meaning: tables.alphabet().meanings() };
        Self { space, on, checked: Checked::default(), empty: BTreeSet::new() }
    }

    /// The first question of the region to which something is permitted, and how far was looked.
    pub(super) fn run(mut self) -> (Option<Witness>, Checked) {
        let tables = self.space.tables;
        let region = self.space.region;
        for flow in tables.flows().iter().filter(|flow| region.meets(flow)) {
            self.checked.flows += 1;
            let frames = self.frames(flow);
            for item in flow.items.iter().filter(|item| region.items.admits(Some(**item))) {
                for channel in self.channels(flow) {
                    self.checked.rows += 1;
                    let found = frames.iter().find_map(|frame| self.look(flow, *item, channel, *frame));
                    if found.is_some() {
                        return (found, self.checked);
                    }
                }
            }
        }
        (None, self.checked)
    }

    /// A question of the region to which one item of a flow is permitted.
    pub(super) fn permitted(&mut self, flow: &'t Flow, item: u16, channel: Option<u16>) -> Option<Witness> {
        let frames = if self.space.region.meets(flow) { self.frames(flow) } else { Vec::new() };
        frames.into_iter().find_map(|frame| self.look(flow, item, channel, frame))
    }

    /// The channels of the region on which a flow is looked at. Where it is the same on all of them, one stands for all.
    fn channels(&self, flow: &Flow) -> Vec<Option<u16>> {
        let all = 0..small(self.space.tables.program().policy.channels.len());
        let mut admitted = all
            .map(Some)
            .chain([None])
            .filter(|channel| self.space.region.channels.admits(*channel))
            .collect::<Vec<_>>();
        if !flow.by_channel {
            admitted.drain(..admitted.len().saturating_sub(1));
        }
        admitted
    }

    /// The functions and purposes under which questions can mean the flow.
    fn frames(&self, flow: &Flow) -> Vec<(Option<u16>, Option<u16>)> {
        let region = self.space.region;
        let functions: Vec<Option<u16>> =
            self.functions(flow).into_iter().filter(|function| region.functions.admits(*function)).collect();
        let named = flow.purposes.iter().copied().map(Some).find(|purpose| region.purposes.admits(*purpose));
        let purposes: Vec<Option<u16>> =
            named.into_iter().chain(region.purposes.admits(None).then_some(None)).collect();
        functions.iter().flat_map(|function| purposes.iter().map(move |purpose| (*function, *purpose))).collect()
    }

    /// None, and the functions of a flow. What belongs to none happens in every one: of those in which the same roles may act,
    /// the first that the region admits stands for all.
    fn functions(&self, flow: &Flow) -> Vec<Option<u16>> {
        let program = self.space.tables.program();
        if !flow.functions.is_empty() {
            return std::iter::once(None).chain(flow.functions.iter().copied().map(Some)).collect();
        }
        // Whoever else acts has no role.
        let by_staff = self.space.region.who.is_none_or(|who| who == Who::Staff);
        let mut known: BTreeSet<Vec<&str>> = BTreeSet::new();
        let mut functions = vec![None];
        for (function, place) in program.policy.functions.iter().zip(0..) {
            let may = |role: &&Role| role.functions.iter().any(|named| named.text == function.id.as_str());
            let roles = program.operation.roles.iter().filter(|_| by_staff).filter(may).map(|role| role.id.as_str());
            if self.space.region.functions.admits(Some(place)) && known.insert(roles.collect()) {
                functions.push(Some(place));
            }
        }
        functions
    }

    fn look(
        &mut self,
        flow: &'t Flow,
        item: u16,
        channel: Option<u16>,
        frame: (Option<u16>, Option<u16>),
    ) -> Option<Witness> {
        let (published, law) = self.space.tables.rows_of(flow, item, channel, self.space.day)?;
        let alone = self.space.tables.enforces_published(flow.element);
        let alternatives: Vec<Judges<'t>> = match self.on {
            On::Published => vec![vec![(published, Side::Published)]],
            On::Law => vec![vec![(law, Side::Law)]],
            On::Effect if flow.element == Element::Access => {
                vec![vec![(published, Side::Published)], vec![(law, Side::Law)]]
            }
            On::Effect if alone => vec![vec![(published, Side::Published)]],
            On::Effect => vec![vec![(published, Side::Published), (law, Side::Law)]],
        };
        alternatives.into_iter().find_map(|judges| {
            let rows: Vec<usize> = judges.iter().map(|(row, _)| std::ptr::from_ref(*row).addr()).collect();
            let adult = attested_adult(self.space.tables.program(), flow.person);
            let known = (rows, frame.0, flow.recipient, flow.element == Element::Access, adult);
            if self.empty.contains(&known) {
                return None;
            }
            let reads = judges.iter().fold(Word::default(), |word, (row, _)| word.with(&reads(row)));
            let question = self.question(flow, item, channel, frame)?;
            let found = self.in_frame(&Frame { flow, item, judges, reads, question });
            if found == Found::Nothing {
                self.empty.insert(known);
            }
            found.witness()
        })
    }

    /// The question of a frame, which says nothing else.
    fn question(
        &self,
        flow: &Flow,
        item: u16,
        channel: Option<u16>,
        (function, purpose): (Option<u16>, Option<u16>),
    ) -> Option<Processing> {
        let policy = &self.space.tables.program().policy;
        let at = usize::from;
        macro_rules! id {
            ($list:ident, $place:expr) => {
                $place.and_then(|place| policy.$list.get(at(place))).map(|one| one.id.to_string())
            };
        }
        let platform = policy.policy.platform.value.clone();
        let items = vec![self.space.tables.alphabet().items.get(at(item))?.to_string()];
        Some(Processing {
            at: Some(self.space.at),
            function: id!(functions, function),
            purpose: id!(purposes, purpose),
            channel: id!(channels, channel),
            recipient: id!(recipients, flow.recipient),
            source: id!(sources, flow.part.source()),
            ..Processing::new(platform, flow.action, id!(persons, Some(flow.person))?, items)
        })
    }

    fn in_frame(&mut self, frame: &Frame<'t>) -> Found {
        let own = self.space.dimensions(&frame.reads);
        let found = self.over(frame, &own, &frame.reads);
        if found != Found::Elsewhere {
            return found;
        }
        let tables = self.space.tables;
        let others = tables.flows_for(frame.flow.action, frame.flow.person).iter();
        let others = others.filter_map(|flow| tables.rows_of(flow, frame.item, None, self.space.day));
        let every = others.fold(frame.reads, |word, (a, b)| word.with(&reads(a)).with(&reads(b)));
        self.over(frame, &self.space.dimensions(&every), &every)
    }

    /// Goes through the age, the actor and the party, on which other settings depend, then through the rest.
    fn over(&mut self, frame: &Frame<'t>, dimensions: &BTreeSet<Dimension>, reads: &Word) -> Found {
        let outer = [Dimension::Age, Dimension::Party, Dimension::Actor];
        let mut questions = vec![frame.question.clone()];
        for dimension in outer {
            let mut settings = self.space.settings(dimension, frame.flow, reads);
            if !dimensions.contains(&dimension) && dimension != Dimension::Actor {
                settings.truncate(1);
            }
            let mut next = Vec::new();
            for question in &questions {
                for setting in &settings {
                    let mut question = question.clone();
                    self.space.setter().set(setting, &mut question);
                    next.push(question);
                }
            }
            questions = next;
        }
        let told = self.told(dimensions);
        let mut found = Found::Nothing;
        let mut seen_actors = BTreeSet::new();
        for mut question in questions {
            for setting in &told {
                self.space.setter().set(setting, &mut question);
            }
            let Some(base) = self.space.setter().project(&question).filter(|_| self.means(frame, &question)) else {
                continue;
            };
            // Actors that no check tells apart are tried once.
            if !seen_actors.insert((base.published.only(reads), base.law.only(reads), born(&question))) {
                continue;
            }
            let inner = dimensions.iter().filter(|one| !outer.contains(one));
            let axes: Vec<Axis> =
                inner.map(|one| self.axis(&self.space.settings(*one, frame.flow, reads), &question, base)).collect();
            let open = axes.iter().fold(Standing::default(), |open, axis| both(open, axis.open));
            match self.descend(frame, &question, base, open, &axes) {
                Found::Nothing => {}
                Found::Elsewhere => found = Found::Elsewhere,
                witness @ Found::Here(_) => return witness,
            }
        }
        found
    }

    /// What the region says that no row need read: it is said all the same, so that a witness shows it.
    fn told(&self, dimensions: &BTreeSet<Dimension>) -> Vec<Setting> {
        let region = self.space.region;
        let facts = region.facts.iter().map(|(fact, value)| Setting::Fact(*fact, Some(*value)));
        let withdrawn = region.withdrawn.iter().map(|scope| Setting::Withdrawn(*scope));
        let product = match &region.products {
            super::region::Choice::In(places) => places.first().map(|place| Setting::Product(Some(*place))),
            _ => None,
        };
        let product = product.filter(|_| !dimensions.contains(&Dimension::Product));
        facts.chain(withdrawn).chain(product).collect()
    }

    /// Whether the question means the flow.
    fn means(&self, frame: &Frame<'_>, question: &Processing) -> bool {
        let tables = self.space.tables;
        Asked::read(tables.program(), tables.alphabet(), question).is_ok_and(|asked| frame.flow.answers(&asked))
    }

    fn axis(&self, settings: &[Setting], question: &Processing, base: Standing) -> Axis {
        let mut axis = Axis { settings: Vec::new(), open: Standing::default() };
        for setting in settings {
            let mut with = question.clone();
            self.space.setter().set(setting, &mut with);
            let standing = self.space.setter().project(&with).unwrap_or(base);
            axis.open = both(axis.open, standing);
            axis.settings.push((setting.clone(), standing));
        }
        axis
    }

    /// Takes the settings of the first axis one after another. `open` has every bit that some setting to come can set.
    fn descend(
        &mut self,
        frame: &Frame<'t>,
        question: &Processing,
        word: Standing,
        open: Standing,
        axes: &[Axis],
    ) -> Found {
        self.checked.branches += 1;
        let Some((axis, rest)) = axes.split_first() else {
            return if self.passes(frame, word, Standing::default()) { self.ask(question) } else { Found::Nothing };
        };
        if !self.passes(frame, word, open) {
            return Found::Nothing;
        }
        let still = rest.iter().fold(Standing::default(), |open, axis| both(open, axis.open));
        let mut found = Found::Nothing;
        for (setting, adds) in &axis.settings {
            let mut with = question.clone();
            self.space.setter().set(setting, &mut with);
            match self.descend(frame, &with, both(word, *adds), still, rest) {
                Found::Nothing => {}
                Found::Elsewhere => found = Found::Elsewhere,
                witness @ Found::Here(_) => return witness,
            }
        }
        found
    }

    /// Whether no check is sure to fail.
    fn passes(&self, frame: &Frame<'_>, word: Standing, open: Standing) -> bool {
        let counts = |check: &Check| self.space.region.clear || check.cause.becomes() == Outcome::Withheld;
        frame.judges.iter().all(|(row, side)| {
            let (word, open) = match side {
                Side::Published => (&word.published, &open.published),
                Side::Law => (&word.law, &open.law),
            };
            row.checks
                .iter()
                .filter(|check| counts(check))
                .all(|check| check.gate.settled(word, open) != Some(check.fails_when))
        })
    }

    /// Asks the engine.
    fn ask(&self, question: &Processing) -> Found {
        let tables = self.space.tables;
        let Subject::Inline(subject) = &question.subject else { return Found::Nothing };
        let born = subject.born.as_deref().and_then(|born| born.parse().ok());
        let answer = tables.decide(question, &subject.state, born, self.space.at);
        let Some(item) = answer.items.first() else { return Found::Nothing };
        let outcome = self.on.of(item);
        if outcome == Outcome::Clear || outcome == Outcome::Masked && !self.space.region.clear {
            let (published, law) = (item.published, item.law);
            Found::Here(Box::new(Witness {
                question: question.clone(),
                item: item.item.clone(),
                published,
                law,
                outcome: item.outcome,
            }))
        } else {
            Found::Elsewhere
        }
    }
}

/// What a part of the search came to.
#[derive(Debug, Clone, PartialEq)]
enum Found {
    Nothing,
    /// The row permits it, but another flow answers the question.
    Elsewhere,
    Here(Box<Witness>),
}

impl Found {
    fn witness(self) -> Option<Witness> {
        match self {
            Self::Here(witness) => Some(*witness),
            Self::Nothing | Self::Elsewhere => None,
        }
    }
}

fn born(question: &Processing) -> Option<String> {
    match &question.subject {
        Subject::Inline(subject) => subject.born.clone(),
        Subject::Known { .. } => None,
    }
}

fn reads(row: &Row) -> Word {
    row.checks.iter().fold(Word::default(), |word, check| word.with(&check.gate.reads()))
}

fn both(a: Standing, b: Standing) -> Standing {
    Standing { published: a.published.with(&b.published), law: a.law.with(&b.law) }
}
