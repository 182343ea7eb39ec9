//! The decisions that differ between two versions, found exhaustively, each group with a witness.
//!
//! Asked is what takes effect under the law of one day, and the consents of a question were given to whichever version it is put
//! to: what becomes of consents to the old one is told apart ([`super::consent`]). A question on which the versions differ either names
//! what only one of them knows, or means a flow that is not the same in both. Both are listed, and whatever cannot differ after all is
//! left out, by a search of everything that a question can say.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::calendar::day_in_shanghai;
use rayon::iter::{IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};
use serde::Serialize;

use super::across::Across;
use super::axis::{Both, Thing};
use super::name::Unshared;
use super::other::Answered;
use super::say::Version;
use super::search::{Candidate, Found, Frame, Search, Turn, candidates};
use super::unmatched::{Unmatched, pairs, unmatched};
use super::witness::Witness;
use crate::ask::Called;
use crate::compile::{Check, Row, Tables};
use crate::question::Processing;
use crate::syntax::{Action, Kind};
use crate::terms::key::{Element, Settling};
use crate::terms::literal::{Who, small};
use crate::terms::word::Word;

/// The decisions that differ.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Decisions {
    /// Names that one version alone knows: by the other, every question that names one is denied outright or about something else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Unshared>,
    /// What is done otherwise with what both know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// Other answers that differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Answered>,
}

/// Decisions about some items of one element that turned the same way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// What is done.
    pub action: Action,
    /// Kind of the element that declares it, as its table is called in a file.
    pub kind: &'static str,
    /// The element.
    pub element: Called,
    /// Whose items.
    pub person: Called,
    /// Who receives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Called>,
    /// Which items.
    pub items: Vec<Called>,
    /// Whether it is so on whichever channel.
    pub any_channel: bool,
    /// Else on which.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Called>,
    /// Whether it is so for questions that name no channel.
    pub no_channel: bool,
    /// Which way they turned; `None`: there was more to search than a search goes through, and they may differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn: Option<Turn>,
    /// A question on which both engines were asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<Witness>,
}

impl Decisions {
    /// Whether nothing is decided otherwise.
    pub const fn is_empty(&self) -> bool {
        self.names.is_empty() && self.groups.is_empty() && self.others.is_empty()
    }

    /// Whether something that is listed is about this question and this item of it.
    pub fn cover(&self, question: &Processing, item: &str) -> bool {
        self.names.iter().any(|name| name.is_named(question, item))
            || self.groups.iter().any(|group| group.covers(question, item))
    }
}

impl Group {
    /// Whether the group is about an item of a question that calls everything by id.
    pub fn covers(&self, question: &Processing, item: &str) -> bool {
        let channel = match &question.channel {
            None => self.no_channel,
            Some(named) => self.any_channel || self.channels.iter().any(|one| one.id == *named),
        };
        channel
            && self.action == question.action
            && self.person.id == question.person
            && self.items.iter().any(|one| one.id == item)
            && self.recipient.as_ref().is_none_or(|one| question.recipient.as_ref() == Some(&one.id))
    }
}

/// What one search depends on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Hanging {
    /// The rows on both sides, by version.
    rows: [Vec<(usize, usize, bool)>; 2],
    /// Who may act in the course of the function.
    actors: usize,
    recipient: Option<String>,
    person: String,
    sourced: bool,
    own_look: bool,
    bare: bool,
}

/// A frame of question that means a flow which is not the same in both versions.
struct Framed<'t> {
    frame: Frame<'t>,
    hanging: Hanging,
}

/// Items with the channels on which they turned, and a question for each.
type Turned = BTreeMap<u16, (BTreeSet<Option<u16>>, Option<Processing>)>;

/// By the channels on which they turned: the items, and a question about one of them.
type Alike = BTreeMap<BTreeSet<Option<u16>>, (Vec<u16>, Option<Processing>)>;

/// What the groups are kept under while they grow.
type Label = (Action, u16, Kind, String, Option<u16>, Option<Turn>);

/// One comparison under way.
struct Comparison<'s, 't> {
    across: &'s Across<'t>,
    at: Timestamp,
    /// By function: which set of roles may act in its course, of all sets that there are.
    actors: BTreeMap<&'t str, usize>,
}

/// Compares the decisions of two versions, under the law of an instant.
pub(super) fn decisions(old: &Tables, new: &Tables, at: Timestamp) -> Decisions {
    let groups = || {
        let mut across = Across::of(old, new);
        let unmatched = unmatched(&mut across, day_in_shanghai(at));
        let actors = actors([old, new]);
        let comparison = Comparison { across: &across, at, actors };
        comparison.groups(&unmatched)
    };
    let beside = || (super::name::unshared(old, new, at), super::other::others(old, new, at));
    let (groups, (names, others)) = rayon::join(groups, beside);
    Decisions { names, groups, others }
}

/// By function: which set of roles may act in its course in either version, nobody being the first set.
fn actors(versions: [&Tables; 2]) -> BTreeMap<&str, usize> {
    let mut roles: BTreeMap<&str, BTreeSet<(usize, &str)>> = BTreeMap::new();
    for (place, tables) in versions.into_iter().enumerate() {
        for role in &tables.program().operation.roles {
            for function in &role.functions {
                roles.entry(function.text.as_str()).or_default().insert((place, role.id.as_str()));
            }
        }
    }
    let sets: BTreeSet<BTreeSet<(usize, &str)>> =
        std::iter::once(BTreeSet::new()).chain(roles.values().cloned()).collect();
    let place = |set: &BTreeSet<(usize, &str)>| sets.iter().position(|one| one == set).unwrap_or_default();
    roles.iter().map(|(function, set)| (*function, place(set))).collect()
}

impl<'t> Comparison<'_, 't> {
    fn search(&self) -> Search<'_, 't> {
        Search::new(self.across, self.at)
    }

    /// Searches every frame of question that means one of these flows, frames on which everything hangs on the same once.
    fn groups(&self, unmatched: &[Unmatched<'t>]) -> Vec<Group> {
        let framed = |search: &mut Search<'_, 't>, unmatched: &Unmatched<'t>| self.framed(search, unmatched);
        let framed: Vec<Vec<Framed<'t>>> = unmatched.par_iter().map_init(|| self.search(), framed).collect();
        let mut first: BTreeMap<&Hanging, &Frame<'t>> = BTreeMap::new();
        for one in framed.iter().flatten() {
            first.entry(&one.hanging).or_insert(&one.frame);
        }
        let run = |search: &mut Search<'_, 't>, (hanging, frame)| {
            let found = search.run(frame, &self.differing(search, frame));
            (hanging, found)
        };
        let found: Vec<(&Hanging, Found)> = first.into_par_iter().map_init(|| self.search(), run).collect();
        let found: BTreeMap<&Hanging, Found> = found.into_iter().collect();
        let mut grown = Grown { across: self.across, labels: BTreeMap::new() };
        for (unmatched, framed) in unmatched.iter().zip(&framed) {
            for one in framed {
                let Some(found) = found.get(&one.hanging) else { continue };
                grown.take(unmatched, found, &one.frame.question);
            }
        }
        grown.groups(self.search().versions())
    }

    /// The questions that mean a flow and name what both versions know: in the course of which function, for which purpose,
    /// from which source; and whether it is the subject's own look.
    fn questions(&self, search: &Search<'_, 't>, unmatched: &Unmatched<'t>) -> Vec<(Processing, Who)> {
        let version = |is_old: bool| &self.across.version(is_old).program().policy;
        let (policy, other) = (version(unmatched.is_old), version(!unmatched.is_old));
        let flow = unmatched.flow;
        let at = usize::from;
        macro_rules! id {
            ($list:ident, $place:expr) => {
                policy
                    .$list
                    .get(at($place))
                    .map(|one| &one.id.value)
                    .filter(|id| other.$list.iter().any(|one| one.id.value == **id))
                    .map(ToString::to_string)
            };
        }
        let Some(person) = id!(persons, flow.person) else { return Vec::new() };
        let recipient = match flow.recipient {
            None => None,
            Some(place) => match id!(recipients, place) {
                None => return Vec::new(),
                named => named,
            },
        };
        // A flow of some functions is meant by no question that names another.
        let meant = |place: &u16| flow.functions.is_empty() || flow.functions.contains(place);
        let functions = (0..small(policy.functions.len())).filter(meant).filter_map(|place| id!(functions, place));
        let functions: Vec<Option<String>> = std::iter::once(None).chain(functions.map(Some)).collect();
        let purposes = flow.purposes.iter().filter_map(|place| id!(purposes, *place)).map(Some);
        let purposes: Vec<Option<String>> = std::iter::once(None).chain(purposes).collect();
        // Where something came from matters while it comes in; later, only whether it is said.
        let source = if flow.action == Action::Collect {
            flow.part.source().and_then(|place| id!(sources, place))
        } else {
            (0..small(policy.sources.len())).find_map(|place| id!(sources, place))
        };
        let source = source.map(Some);
        let sources: Vec<Option<String>> = std::iter::once(None).chain(source).collect();
        let new = self.across.new;
        let channel = unmatched.channel.and_then(|place| new.program().policy.channels.get(at(place)));
        let channel = channel.map(|channel| channel.id.to_string());
        let Some(item) = new.alphabet().items.get(at(unmatched.item)).map(ToString::to_string) else {
            return Vec::new();
        };
        let platform = policy.policy.platform.value.clone();
        let mut frames = Vec::new();
        for (function, purpose, source) in product(&functions, &purposes, &sources) {
            let question = Processing {
                function,
                purpose,
                source,
                channel: channel.clone(),
                recipient: recipient.clone(),
                ..Processing::new(platform.clone(), flow.action, person.clone(), vec![item.clone()])
            };
            frames.extend([Who::Subject, Who::System].map(|who| (question.clone(), who)));
        }
        let own = search.versions();
        let version = if unmatched.is_old { own.into_iter().next() } else { own.into_iter().next_back() };
        frames.retain(|(question, who)| {
            let bare = is_bare(question);
            let asked = version.and_then(|version| version.asked(question));
            // Who asks says which flow is meant only where nothing else is said.
            (bare || *who == Who::System)
                && asked.is_some_and(|mut asked| {
                    asked.who = *who;
                    flow.answers(&asked)
                })
        });
        frames
    }

    /// The frames of those questions, each with what both versions may answer it with.
    fn framed(&self, search: &Search<'_, 't>, unmatched: &Unmatched<'t>) -> Vec<Framed<'t>> {
        let questions = self.questions(search, unmatched).into_iter();
        questions.filter_map(|(question, who)| self.frame(search, unmatched.item, question, who)).collect()
    }

    fn frame(&self, search: &Search<'_, 't>, item: u16, question: Processing, who: Who) -> Option<Framed<'t>> {
        let [old, new] = search.versions();
        let before = self.across.items.get(usize::from(item)).copied().flatten()?;
        let was = candidates(old, &question, who, before)?;
        let is = candidates(new, &question, who, item)?;
        let bare = is_bare(&question);
        let own_look = bare && who == Who::Subject;
        let rows = |list: &[Candidate<'_>]| {
            let addr = |row: &Row| std::ptr::from_ref(row).addr();
            let alone = |one: &Candidate<'_>| one.settling == Settling::Published;
            list.iter().map(|one| (addr(one.published), addr(one.law), alone(one))).collect::<Vec<_>>()
        };
        let function = question.function.as_deref();
        let hanging = Hanging {
            rows: [rows(&was), rows(&is)],
            actors: function.and_then(|function| self.actors.get(function)).copied().unwrap_or_default(),
            recipient: question.recipient.clone(),
            person: question.person.clone(),
            sourced: question.source.is_some(),
            own_look,
            bare,
        };
        let frame = Frame { question, old: was, new: is, own_look, no_own_look: bare && !own_look };
        Some(Framed { frame, hanging })
    }

    /// What the checks hang on that only one version makes.
    fn differing(&self, search: &Search<'_, 't>, frame: &Frame<'t>) -> BTreeSet<Thing> {
        let rows = |list: &[Candidate<'t>]| list.iter().flat_map(|one| [one.published, one.law]).collect::<Vec<_>>();
        let (old, new) = (rows(&frame.old), rows(&frame.new));
        let alone = |rows: &[&Row], has_twin: &dyn Fn(&Check) -> bool| {
            let checks = rows.iter().flat_map(|row| &row.checks).filter(|check| !has_twin(check));
            checks.fold(Word::default(), |word, check| word.with(&check.gate.reads()))
        };
        let any = |rows: &[&Row], same: &dyn Fn(&Check) -> bool| rows.iter().flat_map(|row| &row.checks).any(same);
        let was = alone(&old, &|check| any(&new, &|twin| self.across.same_check(check, twin)));
        let is = alone(&new, &|check| any(&old, &|twin| self.across.same_check(twin, check)));
        search.about(&Both { words: [was, was, is, is] })
    }
}

/// The groups while they grow.
struct Grown<'s, 't> {
    across: &'s Across<'t>,
    labels: BTreeMap<Label, Turned>,
}

impl Grown<'_, '_> {
    /// Takes in what was found for a frame that means a flow.
    fn take(&mut self, unmatched: &Unmatched<'_>, found: &Found, frame: &Processing) {
        for (turn, said) in &found.turned {
            self.grow(unmatched, Some(*turn), Some(reframed(said, frame)));
        }
        if found.given_up {
            self.grow(unmatched, None, None);
        }
    }

    fn grow(&mut self, unmatched: &Unmatched<'_>, turn: Option<Turn>, question: Option<Processing>) {
        let tables = self.across.version(unmatched.is_old);
        let flow = unmatched.flow;
        let (kind, id) = named(tables, flow.element);
        let led = |list: &[Option<u16>], place: u16| list.iter().position(|old| *old == Some(place)).map(small);
        let person = if unmatched.is_old { led(&self.across.persons, flow.person) } else { Some(flow.person) };
        let recipient = flow
            .recipient
            .and_then(|place| if unmatched.is_old { led(&self.across.recipients, place) } else { Some(place) });
        let Some(person) = person else { return };
        let label = (flow.action, person, kind, id, recipient, turn);
        let (channels, witness) = self.labels.entry(label).or_default().entry(unmatched.item).or_default();
        channels.insert(unmatched.channel);
        if !unmatched.by_channel {
            channels.extend(pairs(&self.across.channels).map(|(channel, _)| Some(channel)));
        }
        if witness.is_none() {
            *witness = question;
        }
    }

    /// What has grown, put into words.
    fn groups(self, versions: [Version<'_>; 2]) -> Vec<Group> {
        let new = self.across.new;
        let program = new.program();
        let policy = &program.policy;
        let at = usize::from;
        let mut groups = Vec::new();
        for ((action, person, kind, id, recipient, turn), items) in self.labels {
            let mut alike: Alike = BTreeMap::new();
            for (item, (channels, question)) in items {
                let (known, witness) = alike.entry(channels).or_default();
                known.push(item);
                if witness.is_none() {
                    *witness = question;
                }
            }
            for (channels, (items, question)) in alike {
                let called = |kind: Kind, id: Option<&model::Slug>| id.map(|id| Called::of(program, kind, id.as_str()));
                let Some(person) = called(Kind::Person, policy.persons.get(at(person)).map(|one| &one.id.value)) else {
                    continue;
                };
                let to = recipient.and_then(|place| policy.recipients.get(at(place))).map(|one| &one.id.value);
                let every = channels.iter().flatten().count() == pairs(&self.across.channels).count();
                let named = channels.iter().flatten().filter(|_| !every);
                let named = named.filter_map(|place| policy.channels.get(at(*place))).map(|one| &one.id.value);
                let ids = items.iter().filter_map(|item| new.alphabet().items.get(at(*item)));
                groups.push(Group {
                    action,
                    kind: kind.word(),
                    element: super::name::called(self.across.old, new, kind, &id),
                    person,
                    recipient: called(Kind::Recipient, to),
                    items: ids.filter_map(|id| called(Kind::Item, Some(id))).collect(),
                    any_channel: every,
                    channels: named.filter_map(|id| called(Kind::Channel, Some(id))).collect(),
                    no_channel: channels.contains(&None),
                    turn,
                    witness: question.and_then(|question| Witness::of(versions, &question)),
                });
            }
        }
        groups
    }
}

/// Whether a question says no more than what is looked at: then who asks says which flow is meant.
const fn is_bare(question: &Processing) -> bool {
    matches!(question.action, Action::Show)
        && question.function.is_none()
        && question.purpose.is_none()
        && question.recipient.is_none()
}

/// What was found for one frame, for another on which everything hangs on the same.
fn reframed(said: &Processing, frame: &Processing) -> Processing {
    Processing {
        actor: said.actor.clone(),
        subject: said.subject.clone(),
        facts: said.facts.clone(),
        document: said.document.clone(),
        party: said.party.clone(),
        product: said.product.clone(),
        exception: said.exception.clone(),
        ..frame.clone()
    }
}

/// Every three of three lists.
fn product<'l>(
    a: &'l [Option<String>],
    b: &'l [Option<String>],
    c: &'l [Option<String>],
) -> impl Iterator<Item = (Option<String>, Option<String>, Option<String>)> + 'l {
    a.iter().flat_map(move |a| b.iter().flat_map(move |b| c.iter().map(move |c| (a.clone(), b.clone(), c.clone()))))
}

/// The table and the id of an element.
fn named(tables: &Tables, element: Element) -> (Kind, String) {
    let policy = &tables.program().policy;
    let at = usize::from;
    let (kind, id) = match element {
        Element::Function(i) => (Kind::Function, policy.functions.get(at(i)).map(|one| &one.id.value)),
        Element::Use(i) => (Kind::Use, policy.uses.get(at(i)).map(|one| &one.id.value)),
        Element::Tracker(i) => (Kind::Tracker, policy.trackers.get(at(i)).map(|one| &one.id.value)),
        Element::Share(i) => (Kind::Share, policy.shares.get(at(i)).map(|one| &one.id.value)),
        Element::Disclosure(i) => (Kind::Disclosure, policy.disclosures.get(at(i)).map(|one| &one.id.value)),
        Element::Record(i) => (Kind::Record, policy.records.get(at(i)).map(|one| &one.id.value)),
        Element::Access => (Kind::Right, None),
    };
    (kind, id.map_or_else(|| "access".to_owned(), ToString::to_string))
}
