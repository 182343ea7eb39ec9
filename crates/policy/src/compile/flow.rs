//! Flows: every (action, element, part, person) that the policy declares, with the items that it declares for it. What is
//! in no flow is denied (design invariant 1).

use std::collections::BTreeSet;

use super::extent::{items_silent, persons, read_items, share_items, use_act, use_items};
use crate::question::Obligation;
use crate::resolve::{ItemFacts, Program};
use crate::syntax::{
    Action, Collect, Condition, Function, Limit, Person, PersonKind, Recipient, RecipientClass, Ref, Regime, Share,
    Source, Stated, Use, UseKind,
};
use crate::terms::asked::Asked;
use crate::terms::duties::Duties;
use crate::terms::key::{Element, Key, Part, Settling};
use crate::terms::literal::{Alphabet, Who, person, place, small};

/// One declared flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// What is done.
    pub action: Action,
    /// Whose items.
    pub person: u16,
    /// The declaring element.
    pub element: Element,
    /// Its part.
    pub part: Part,
    /// Places of the items, ascending.
    pub items: Vec<u16>,
    /// Whether its rows differ by channel.
    pub by_channel: bool,
    /// Functions in whose course it happens; empty: any, or none.
    pub functions: Vec<u16>,
    /// Purposes that it serves.
    pub purposes: Vec<u16>,
    /// Who receives.
    pub recipient: Option<u16>,
    /// Number of its first row.
    pub first: u32,
    /// By item: its place among the items of the flow.
    places: Box<[u16]>,
    /// How many rows there are for each item: one, or one for each channel and one for none.
    columns: u32,
    /// Which verdict takes effect.
    pub settling: Settling,
    /// What goes with the act where this flow permits it.
    duties: Duties,
    /// Items that leave as virtual numbers.
    calls: Vec<u16>,
}

/// The place of an item that a flow does not declare.
const NOWHERE: u16 = u16::MAX;

impl Flow {
    /// Whether the flow is meant by a question for its action and person.
    pub fn answers(&self, asked: &Asked) -> bool {
        let within = |needed: bool| match asked.function {
            None => !needed,
            Some(function) => self.functions.is_empty() && !needed || self.functions.contains(&function),
        };
        // Where an item came from matters while it comes in.
        let elsewhere = asked.source.is_some() && self.part.source() != asked.source;
        if elsewhere && self.action == Action::Collect {
            return false;
        }
        let serves = asked.purpose.is_none_or(|purpose| self.purposes.contains(&purpose));
        match self.element {
            Element::Function(_) => within(true) && serves,
            Element::Use(_) => within(asked.purpose.is_none()) && serves,
            Element::Tracker(_) => asked.purpose.is_some() && serves,
            Element::Share(_) => {
                asked.recipient == self.recipient && within(matches!(self.part, Part::Within(_))) && serves
            }
            Element::Disclosure(_) => true,
            Element::Record(_) => {
                asked.function.is_none() || self.functions.contains(&asked.function.unwrap_or_default())
            }
            Element::Access => {
                let bare = asked.function.is_none() && asked.purpose.is_none() && asked.recipient.is_none();
                bare && asked.who == Who::Subject
            }
        }
    }

    /// The number of rows of this flow.
    pub(super) fn rows(&self) -> u32 {
        self.columns * u32::try_from(self.items.len()).unwrap_or(u32::MAX)
    }

    /// The row of an item on a channel, which is a column; `None` when the flow does not declare the item.
    #[inline]
    pub fn cell(&self, item: u16, column: u32) -> Option<usize> {
        let place = self.places.get(usize::from(item)).copied().filter(|place| *place != NOWHERE)?;
        let column = if self.by_channel { column } else { 0 };
        usize::try_from(self.first + u32::from(place) * self.columns + column).ok()
    }

    /// What goes with the act where this flow permits an item.
    #[inline]
    pub fn duties_for(&self, item: u16) -> Duties {
        self.duties.and_if(self.calls.contains(&item), Obligation::VirtualNumber)
    }

    /// The column of a channel.
    pub const fn column(channel: Option<u16>) -> u32 {
        match channel {
            Some(channel) => channel as u32 + 1,
            None => 0,
        }
    }

    /// The key of the flow for an item on a channel.
    pub fn key(&self, item: u16, channel: Option<u16>) -> Key {
        let channel = channel.filter(|_| self.by_channel);
        Key { action: self.action, element: self.element, part: self.part, person: self.person, channel, item }
    }

    /// Every key of the flow, in the order of rows.
    pub fn keys(&self, channels: u16) -> impl Iterator<Item = Key> + '_ {
        let columns = if self.by_channel { channels } else { 0 };
        self.items.iter().flat_map(move |item| {
            std::iter::once(None).chain((0..columns).map(Some)).map(move |channel| self.key(*item, channel))
        })
    }
}

/// All flows of a program, sorted by action and person; within those in the order of the file.
pub(super) fn flows(program: &Program, alphabet: &Alphabet, enforced: &BTreeSet<Element>) -> Vec<Flow> {
    let mut list = Listing { program, alphabet, enforced, flows: Vec::new() };
    for (function, i) in program.policy.functions.iter().zip(0..) {
        list.function(function, i);
    }
    for (used, i) in program.policy.uses.iter().zip(0..) {
        list.used(used, i);
    }
    for (tracker, i) in program.policy.trackers.iter().zip(0..) {
        let items = places(alphabet, tracker.items.iter().map(|item| item.text.as_str()));
        for natural in list.natural() {
            list.add(Action::Collect, Element::Tracker(i), Part::Whole, natural, items.clone(), false);
        }
    }
    for (share, i) in program.policy.shares.iter().zip(0..) {
        list.share(share, i);
    }
    for (disclosure, i) in program.policy.disclosures.iter().zip(0..) {
        for person in persons(program, &disclosure.of) {
            let items = match &disclosure.items {
                Stated::Said(said) => places(alphabet, said.value.iter().map(|item| item.text.as_str())),
                Stated::Nothing(_) => Vec::new(),
                Stated::NotStated { .. } => list.every_item(),
            };
            let person = list.place(person);
            list.add(Action::Disclose, Element::Disclosure(i), Part::Whole, person, items, false);
        }
    }
    for i in 0..small(program.policy.records.len()) {
        list.record(i);
    }
    for natural in list.natural() {
        let items = list.every_item();
        list.add(Action::Show, Element::Access, Part::Whole, natural, items, false);
    }
    let mut flows = list.flows;
    flows.sort_by_key(|flow| (flow.action, flow.person));
    let mut first = 0;
    for flow in &mut flows {
        flow.first = first;
        first += flow.rows();
    }
    flows
}

struct Listing<'p> {
    program: &'p Program,
    alphabet: &'p Alphabet,
    enforced: &'p BTreeSet<Element>,
    flows: Vec<Flow>,
}

impl Listing<'_> {
    fn add(&mut self, action: Action, element: Element, part: Part, person: u16, items: Vec<u16>, by_channel: bool) {
        if !items.is_empty() {
            let (functions, purposes, recipient) = self.reach(element, part);
            let calls = self.calls(element, &items);
            let mut places = vec![NOWHERE; self.alphabet.items.len()];
            for (item, place) in items.iter().zip(0..) {
                if let Some(slot) = places.get_mut(usize::from(*item)) {
                    *slot = place;
                }
            }
            let channels = u32::try_from(self.program.policy.channels.len()).unwrap_or(u32::MAX);
            self.flows.push(Flow {
                action,
                person,
                element,
                part,
                items,
                by_channel,
                functions,
                purposes,
                recipient,
                first: 0,
                places: places.into(),
                columns: if by_channel { channels + 1 } else { 1 },
                settling: Settling::of(element, self.enforced.contains(&element)),
                duties: self.duties(action, element),
                calls,
            });
        }
    }

    /// What goes with an act on this element beside what goes with the action.
    fn duties(&self, action: Action, element: Element) -> Duties {
        let policy = &self.program.policy;
        match element {
            Element::Use(i) => {
                let used = policy.uses.get(usize::from(i));
                let machine = used.is_some_and(|used| used.kind.value == UseKind::Automate);
                Duties::RECORD.and_if(machine, Obligation::HumanReview)
            }
            Element::Share(_) => self.recipient(element).map_or(Duties::RECORD, |recipient| {
                let taken_over = action == Action::Transfer && recipient.class.value == RecipientClass::Acquirer;
                let limits = recipient.limits.iter().map(|limit| duty(limit.value));
                limits.fold(Duties::RECORD.and_if(taken_over, Obligation::TellOfTransfer), Duties::and)
            }),
            _ => Duties::RECORD,
        }
    }

    fn recipient(&self, element: Element) -> Option<&Recipient> {
        let policy = &self.program.policy;
        let Element::Share(i) = element else { return None };
        let share = policy.shares.get(usize::from(i))?;
        policy.recipients.iter().find(|one| one.id.as_str() == share.recipient.text)
    }

    /// The items that leave as virtual numbers.
    fn calls(&self, element: Element, items: &[u16]) -> Vec<u16> {
        let virtually = self.recipient(element).is_some_and(|one| one.regime.value == Regime::VirtualNumber);
        let telephone = |item: &&u16| {
            let id = self.alphabet.items.get(usize::from(**item));
            id.and_then(|id| self.program.items.get(id)).is_some_and(ItemFacts::is_telephone)
        };
        items.iter().filter(telephone).filter(|_| virtually).copied().collect()
    }

    /// In the course of which functions, for which purposes and to whom.
    fn reach(&self, element: Element, part: Part) -> (Vec<u16>, Vec<u16>, Option<u16>) {
        let policy = &self.program.policy;
        let at = usize::from;
        let purpose = |named: &str| place(policy.purposes.iter().map(|one| &one.id.value), named);
        let function = |named: &Ref<Function>| place(policy.functions.iter().map(|one| &one.id.value), &named.text);
        let reach = match element {
            Element::Function(i) => policy.functions.get(at(i)).map(|function| {
                (vec![i], function.purposes.iter().filter_map(|named| purpose(&named.text)).collect(), None)
            }),
            Element::Use(i) => policy.uses.get(at(i)).map(|used| {
                (
                    used.functions.iter().filter_map(function).collect(),
                    purpose(&used.purpose.text).into_iter().collect(),
                    None,
                )
            }),
            Element::Tracker(i) => {
                let tracker = policy.trackers.get(at(i));
                tracker.map(|tracker| (Vec::new(), purpose(&tracker.purpose.text).into_iter().collect(), None))
            }
            Element::Share(i) => policy.shares.get(at(i)).map(|share| {
                let within = if let Part::Within(function) = part { vec![function] } else { Vec::new() };
                let purposes = share.purpose.said().and_then(|named| purpose(&named.text)).into_iter().collect();
                let recipients = policy.recipients.iter().map(|one| &one.id.value);
                (within, purposes, place(recipients, &share.recipient.text))
            }),
            Element::Record(i) => policy.records.get(at(i)).map(|record| {
                let makes = |f: &Function| f.makes.as_ref().is_some_and(|made| made.text == record.id.as_str());
                let makers = policy.functions.iter().zip(0..).filter(|(function, _)| makes(function));
                (makers.map(|(_, i)| i).collect(), Vec::new(), None)
            }),
            Element::Disclosure(_) | Element::Access => None,
        };
        reach.unwrap_or_default()
    }

    fn every_item(&self) -> Vec<u16> {
        (0..small(self.alphabet.items.len())).collect()
    }

    fn natural(&self) -> Vec<u16> {
        let persons = self.program.policy.persons.iter().zip(0..);
        persons.filter(|(person, _)| person.kind.value == PersonKind::Natural).map(|(_, i)| i).collect()
    }

    fn place(&self, of: &Person) -> u16 {
        person(self.program, of.id.value.as_str()).unwrap_or(u16::MAX)
    }

    fn function(&mut self, function: &Function, i: u16) {
        let groups: &[Collect] = function.collects.said().map_or(&[], Vec::as_slice);
        for (group, g) in groups.iter().zip(0..) {
            let Some(of) = person(self.program, &group.of.text) else { continue };
            let items = places(self.alphabet, group.items.iter().map(|item| item.text.as_str()));
            let by_channel =
                !function.channels.is_empty() || group.when.as_ref().is_some_and(|when| asks_channel(when));
            let sources = self.sources(&group.sources);
            let from: Vec<Part> = sources.into_iter().map(|source| Part::From { group: g, source }).collect();
            let whole = vec![Part::Collected(g)];
            let taken = [(Action::Collect, if from.is_empty() { whole.clone() } else { from })];
            let kept = [Action::Show, Action::Use].map(|action| (action, whole.clone()));
            for (action, parts) in taken.into_iter().chain(kept) {
                for part in parts {
                    self.add(action, Element::Function(i), part, of, items.clone(), by_channel);
                }
            }
        }
        for (read, r) in function.reads.iter().zip(0..) {
            for role in &read.of {
                let Some(of) = person(self.program, &role.text) else { continue };
                let items = read_items(self.program, read, &role.text);
                let items = places(self.alphabet, items.iter().map(String::as_str));
                for action in [Action::Show, Action::Use] {
                    let by_channel = !function.channels.is_empty();
                    self.add(action, Element::Function(i), Part::Read(r), of, items.clone(), by_channel);
                }
            }
        }
    }

    fn sources(&self, named: &[Ref<Source>]) -> Vec<u16> {
        let known = || self.program.policy.sources.iter().map(|source| &source.id.value);
        named.iter().filter_map(|source| place(known(), &source.text)).collect()
    }

    fn used(&mut self, used: &Use, i: u16) {
        let action = match used.kind.value {
            UseKind::Inbound => Action::Collect,
            kind => use_act(kind),
        };
        let by_channel = used.when.as_ref().is_some_and(|when| asks_channel(when));
        let inbound = if action == Action::Collect { self.sources(&used.sources) } else { Vec::new() };
        let from: Vec<Part> = inbound.into_iter().map(Part::Source).collect();
        let parts = if from.is_empty() { vec![Part::Whole] } else { from };
        for of in persons(self.program, &used.of) {
            let items = use_items(self.program, used, of.id.value.as_str());
            let items = places(self.alphabet, items.iter().map(String::as_str));
            let of = self.place(of);
            for part in &parts {
                self.add(action, Element::Use(i), *part, of, items.clone(), by_channel);
            }
        }
    }

    fn share(&mut self, share: &Share, i: u16) {
        let functions = self.program.policy.functions.iter().map(|function| &function.id.value);
        let within: Vec<Part> = share
            .functions
            .iter()
            .filter_map(|function| place(functions.clone(), &function.text))
            .map(Part::Within)
            .collect();
        let within = if share.functions.is_empty() { vec![Part::Whole] } else { within };
        for of in persons(self.program, &share.of) {
            let items = if items_silent(share) {
                self.every_item()
            } else {
                let items = share_items(self.program, share, of.id.value.as_str());
                places(self.alphabet, items.iter().map(String::as_str))
            };
            for part in &within {
                let function = match part {
                    Part::Within(f) => self.program.policy.functions.get(usize::from(*f)),
                    _ => None,
                };
                let by_channel = function.is_some_and(|function| !function.channels.is_empty())
                    || share.when.as_ref().is_some_and(|when| asks_channel(when));
                let of = self.place(of);
                self.add(share.act.value, Element::Share(i), *part, of, items.clone(), by_channel);
            }
        }
    }

    fn record(&mut self, i: u16) {
        let policy = &self.program.policy;
        let Some(record) = policy.records.get(usize::from(i)) else { return };
        let makers = policy.functions.iter().filter(|f| f.makes.as_ref().is_some_and(|r| r.text == record.id.as_str()));
        let groups: Vec<&Collect> = makers.filter_map(|function| function.collects.said()).flatten().collect();
        for of in &policy.persons {
            let id = of.id.value.as_str();
            let held = record.holds.iter().filter(|hold| hold.of.text == id).flat_map(|hold| &hold.items);
            let taken = groups.iter().filter(|group| group.of.text == id).flat_map(|group| &group.items);
            let items = places(self.alphabet, held.chain(taken).map(|item| item.text.as_str()));
            let of = self.place(of);
            self.add(Action::Retain, Element::Record(i), Part::Whole, of, items, false);
        }
    }
}

fn places<'a>(alphabet: &Alphabet, items: impl Iterator<Item = &'a str>) -> Vec<u16> {
    items.filter_map(|item| alphabet.item(item)).collect::<BTreeSet<_>>().into_iter().collect()
}

pub(super) fn asks_channel(condition: &Condition) -> bool {
    condition.atoms().into_iter().any(|atom| matches!(atom, Condition::Channel(_)))
}

/// What a limit of a recipient obliges to.
const fn duty(limit: Limit) -> Obligation {
    match limit {
        Limit::NoList => Obligation::NoList,
        Limit::NoCopy => Obligation::NoCopy,
        Limit::NoExport => Obligation::NoExport,
        Limit::NoOnward => Obligation::NoOnward,
        Limit::Return => Obligation::Return,
        Limit::Delete => Obligation::Delete,
        Limit::Inspection => Obligation::Inspection,
    }
}
