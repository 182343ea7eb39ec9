//! Flows of the tables, with both of their sides: equal ones of several items, roles or functions are listed once.

use jiff::civil::Date;
use serde::Serialize;

use super::called::Called;
use super::side::{Reader, Side};
use crate::compile::{self, Tables};
use crate::resolve::Program;
use crate::syntax::{Action, At, Basis, Kind};
use crate::terms::key::{Element, Part};
use crate::terms::literal::small;

/// One thing that is done with items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flow {
    /// What is done.
    pub action: Action,
    /// The element that declares it.
    pub origin: Origin,
    /// Which items.
    pub items: Vec<Called>,
    /// Whose: the roles.
    pub persons: Vec<Called>,
    /// On which channels; empty: on all alike.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Called>,
    /// In the course of which functions; empty: of no particular one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<Called>,
    /// Who receives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Called>,
    /// What the published policy demands.
    pub published: Side,
    /// What the law as encoded demands.
    pub law: Side,
    /// Whether the operation file enforces the published policy alone; else the stricter side takes effect (for the
    /// right of access the one that grants).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub published_alone: bool,
}

/// Where a flow is declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// Kind of the element, as its table is called in a file.
    pub kind: &'static str,
    /// The element.
    #[serde(flatten)]
    pub element: Called,
    /// Clauses of the published text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clause: Vec<String>,
    /// The record class that a function reads, where it does not collect the items itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reads: Option<Called>,
}

/// Which flows are meant, and which of their items.
pub(super) trait Which<'t> {
    /// Whether the flow is meant.
    fn flow(&self, flow: &compile::Flow) -> bool;

    /// Whether the cell is, of which both rows are known.
    fn cell(&self, cell: &Cell<'t>) -> bool;
}

impl<'t, F: Fn(&compile::Flow) -> bool> Which<'t> for F {
    fn flow(&self, flow: &compile::Flow) -> bool {
        self(flow)
    }

    fn cell(&self, _: &Cell<'t>) -> bool {
        true
    }
}

/// An item of a flow on a channel.
pub(super) struct Cell<'t> {
    pub(super) flow: &'t compile::Flow,
    pub(super) item: u16,
    pub(super) channel: Option<u16>,
    pub(super) published: &'t compile::Row,
    pub(super) law: &'t compile::Row,
}

/// Lists the flows that are meant, as the law stands on a day.
pub(super) fn list<'t>(tables: &'t Tables, which: &impl Which<'t>, day: Date) -> Vec<Flow> {
    let reader = Reader::of(tables);
    let mut listed: Vec<Flow> = Vec::new();
    for flow in tables.flows().iter().filter(|flow| which.flow(flow)) {
        for one in of_one(&reader, flow, which, day) {
            let known = listed.iter_mut().find(|known| known.differs_by_role(&one));
            match known {
                Some(known) => join(&mut known.persons, &one.persons),
                None => listed.push(one),
            }
        }
    }
    let mut joined: Vec<Flow> = Vec::new();
    for one in listed {
        match joined.iter_mut().find(|known| known.differs_by_function(&one)) {
            Some(known) => join(&mut known.functions, &one.functions),
            None => joined.push(one),
        }
    }
    joined
}

/// The flow, once for every set of items and channels that are treated alike.
fn of_one<'t>(reader: &Reader<'t>, flow: &'t compile::Flow, which: &impl Which<'t>, day: Date) -> Vec<Flow> {
    let tables = reader.tables;
    let program = tables.program();
    let stated = stated(program, flow.element);
    let every: Vec<Option<u16>> =
        if flow.by_channel { (0..small(program.policy.channels.len())).map(Some).collect() } else { vec![None] };
    let mut alike: Vec<(Vec<u16>, Vec<u16>, Side, Side)> = Vec::new();
    for item in &flow.items {
        let mut here: Vec<(Vec<u16>, Side, Side)> = Vec::new();
        for channel in &every {
            let cell = tables.rows_of(flow, *item, *channel, day);
            let cell = cell.map(|(published, law)| Cell { flow, item: *item, channel: *channel, published, law });
            let Some(cell) = cell.filter(|cell| which.cell(cell)) else { continue };
            let (published, law) = (reader.side(cell.published, stated), reader.side(cell.law, None));
            if published.is_not_offered() && law.is_not_offered() {
                continue;
            }
            match here.iter_mut().find(|(_, p, l)| *p == published && *l == law) {
                Some((channels, ..)) => channels.extend(channel),
                None => here.push((channel.iter().copied().collect(), published, law)),
            }
        }
        for (channels, published, law) in here {
            match alike.iter_mut().find(|(_, c, p, l)| *c == channels && *p == published && *l == law) {
                Some((items, ..)) => items.push(*item),
                None => alike.push((vec![*item], channels, published, law)),
            }
        }
    }
    let finish = |(items, channels, published, law): (Vec<u16>, Vec<u16>, Side, Side)| {
        let all = channels.len() == every.len();
        let channels = if all { Vec::new() } else { channels };
        written(tables, flow, &items, &channels, (published, law))
    };
    alike.into_iter().map(finish).collect()
}

fn written(
    tables: &Tables,
    flow: &compile::Flow,
    items: &[u16],
    channels: &[u16],
    (published, law): (Side, Side),
) -> Flow {
    let program = tables.program();
    let policy = &program.policy;
    let ids = policy.persons.iter().map(|one| &one.id.value);
    let persons = Called::places(program, Kind::Person, ids, &[flow.person]);
    let ids = policy.channels.iter().map(|one| &one.id.value);
    let channels = Called::places(program, Kind::Channel, ids, channels);
    let ids = policy.functions.iter().map(|one| &one.id.value);
    let functions = match flow.element {
        Element::Function(_) => Vec::new(),
        _ => Called::places(program, Kind::Function, ids, &flow.functions),
    };
    let ids = policy.recipients.iter().map(|one| &one.id.value);
    let recipient = Called::places(program, Kind::Recipient, ids, flow.recipient.as_slice()).into_iter().next();
    Flow {
        action: flow.action,
        origin: origin(program, flow.element, flow.part),
        items: Called::places(program, Kind::Item, tables.alphabet().items.iter(), items),
        persons,
        channels,
        functions,
        recipient,
        published,
        law,
        published_alone: tables.enforces_published(flow.element),
    }
}

impl Flow {
    fn is_like(&self, other: &Self) -> bool {
        self.action == other.action
            && self.origin == other.origin
            && self.items == other.items
            && self.channels == other.channels
            && self.recipient == other.recipient
            && self.published == other.published
            && self.law == other.law
    }

    fn differs_by_role(&self, other: &Self) -> bool {
        self.functions == other.functions && self.is_like(other)
    }

    fn differs_by_function(&self, other: &Self) -> bool {
        self.persons == other.persons
            && !self.functions.is_empty()
            && !other.functions.is_empty()
            && self.is_like(other)
    }
}

fn join(to: &mut Vec<Called>, more: &[Called]) {
    for one in more {
        if !to.contains(one) {
            to.push(one.clone());
        }
    }
}

/// The ground that the text names for an element.
fn stated(program: &Program, element: Element) -> Option<Basis> {
    let policy = &program.policy;
    let at = usize::from;
    let said = match element {
        Element::Function(i) => policy.functions.get(at(i)).and_then(|one| one.basis.said()),
        Element::Use(i) => policy.uses.get(at(i)).and_then(|one| one.basis.said()),
        Element::Share(i) => policy.shares.get(at(i)).and_then(|one| one.basis.said()),
        Element::Disclosure(i) => policy.disclosures.get(at(i)).and_then(|one| one.basis.said()),
        Element::Tracker(_) | Element::Record(_) | Element::Access => None,
    };
    said.copied()
}

fn origin(program: &Program, element: Element, part: Part) -> Origin {
    let policy = &program.policy;
    let at = usize::from;
    let (kind, id, clause) = match element {
        Element::Function(i) => {
            let function = policy.functions.get(at(i));
            let groups = function.and_then(|function| function.collects.said());
            let group = match part {
                Part::Collected(g) => groups.and_then(|groups| groups.get(at(g))),
                _ => None,
            };
            let own = group.map(|group| &group.clause).filter(|clause| !clause.is_empty());
            (Kind::Function, function.map(|one| one.id.as_str()), own.or(function.map(|one| &one.clause)))
        }
        Element::Use(i) => named(Kind::Use, policy.uses.get(at(i)).map(|one| (one.id.as_str(), &one.clause))),
        Element::Tracker(i) => {
            named(Kind::Tracker, policy.trackers.get(at(i)).map(|one| (one.id.as_str(), &one.clause)))
        }
        Element::Share(i) => named(Kind::Share, policy.shares.get(at(i)).map(|one| (one.id.as_str(), &one.clause))),
        Element::Disclosure(i) => {
            named(Kind::Disclosure, policy.disclosures.get(at(i)).map(|one| (one.id.as_str(), &one.clause)))
        }
        Element::Record(i) => named(Kind::Record, policy.records.get(at(i)).map(|one| (one.id.as_str(), &one.clause))),
        Element::Access => {
            let right = policy.rights.iter().find(|right| right.kind.value == crate::syntax::RightKind::Access);
            (Kind::Right, Some("access"), right.map(|right| &right.clause))
        }
    };
    Origin {
        kind: kind.word(),
        element: Called::of(program, kind, id.unwrap_or_default()),
        clause: clause.into_iter().flatten().map(|clause| clause.value.clone()).collect(),
        reads: reads(program, element, part),
    }
}

fn reads(program: &Program, element: Element, part: Part) -> Option<Called> {
    let (Element::Function(i), Part::Read(r)) = (element, part) else { return None };
    let read = program.policy.functions.get(usize::from(i))?.reads.get(usize::from(r))?;
    Some(Called::of(program, Kind::Record, &read.class.text))
}

type NamedClauses<'p> = (Kind, Option<&'p str>, Option<&'p Vec<At<String>>>);

fn named<'p>(kind: Kind, found: Option<(&'p str, &'p Vec<At<String>>)>) -> NamedClauses<'p> {
    (kind, found.map(|(id, _)| id), found.map(|(_, clause)| clause))
}
