//! What flows: who gives, in which function, which items, to whom; and how long the records are kept that come of it.

use std::collections::{BTreeMap, BTreeSet};

use policy::label::label;
use policy::resolve::Program;
use policy::syntax::{FunctionKind, Item, Kind, Ref};

use crate::document::prose::words;
use crate::labels::named;
use crate::lists;
use crate::processed::{Processed, handed};
use crate::wording::{Wording, list, tidy};

/// Givers, functions, items, receivers.
pub(super) const COLUMNS: usize = 4;

/// Everything that is drawn.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) columns: [Vec<Node>; COLUMNS],
    /// From each column to the next.
    pub(super) edges: [Vec<Edge>; COLUMNS - 1],
    /// The classes of records, in the order of their numbers.
    pub(super) kept: Vec<Kept>,
    /// What the text says of all of them alike, where there are several.
    pub(super) kept_alike: Option<String>,
    /// What is drawn altogether, as other documents count it.
    pub(super) processed: Processed,
}

/// A box.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) title: String,
    /// Small, beside the title.
    pub(super) note: String,
    pub(super) lines: Vec<Line>,
    /// Numbers of the records that it makes.
    pub(super) makes: Vec<usize>,
    pub(super) kind: Option<FunctionKind>,
}

/// A line in a box.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) sensitive: bool,
}

/// Something that goes from a box to one of the next column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) sensitive: bool,
    /// What goes, for whoever points at it or has it read aloud.
    pub(super) what: String,
}

/// How long a class of records is kept.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) class: String,
    pub(super) period: String,
}

impl Node {
    fn new(title: String) -> Self {
        Self { title, note: String::new(), lines: Vec::new(), makes: Vec::new(), kind: None }
    }
}

/// One taking of items: who gives, in the course of what.
struct Taking<'p> {
    givers: Vec<String>,
    place: usize,
    items: Vec<&'p Ref<Item>>,
}

/// The graph of a program.
pub(super) fn of(program: &Program) -> Graph {
    let say = Wording::of(program);
    let (kept_alike, kept) = kept(say);
    let mut graph = Graph { kept, kept_alike, processed: Processed::of(say), ..Graph::default() };
    let (places, takings) = takings(say);
    let shown = Items::of(say, &graph.processed.items);
    let mut givers: BTreeMap<String, usize> = BTreeMap::new();
    let [first, second, third, fourth] = &mut graph.columns;
    *second = places;
    *third = shown.nodes(say);
    let mut given: Flows = Flows::default();
    let mut taken: Flows = Flows::default();
    for taking in &takings {
        for giver in &taking.givers {
            let next = first.len();
            let at = *givers.entry(giver.clone()).or_insert(next);
            if at == next {
                first.push(Node::new(giver.clone()));
            }
            given.add(at, taking.place, say, &taking.items);
        }
        for item in &taking.items {
            if let Some(to) = shown.place(item) {
                taken.add(taking.place, to, say, &[*item]);
            }
        }
    }
    let (receivers, received) = receivers(say, &shown);
    *fourth = receivers;
    graph.edges = [given.edges(), taken.edges(), received.edges()];
    graph
}

/// What goes between two boxes, by the boxes.
#[derive(Debug, Default)]
struct Flows(BTreeMap<(usize, usize), BTreeSet<Line>>);

impl Flows {
    fn add(&mut self, from: usize, to: usize, say: Wording<'_>, items: &[&Ref<Item>]) {
        let lines = items.iter().map(|item| line(say, &item.text));
        self.0.entry((from, to)).or_default().extend(lines);
    }

    fn edges(self) -> Vec<Edge> {
        let edge = |((from, to), lines): ((usize, usize), BTreeSet<Line>)| Edge {
            from,
            to,
            sensitive: lines.iter().any(|line| line.sensitive),
            what: list(lines.into_iter().map(|line| line.text)),
        };
        self.0.into_iter().map(edge).collect()
    }
}

fn line(say: Wording<'_>, item: &str) -> Line {
    Line { text: say.named(Kind::Item, item), sensitive: say.class(item).is_some() }
}

/// Where items are taken, and each taking: by functions and the other ways into them, by uses that take from outside, by
/// permissions, by trackers.
fn takings(say: Wording<'_>) -> (Vec<Node>, Vec<Taking<'_>>) {
    let policy = &say.program.policy;
    let (mut places, mut takings) = (Vec::new(), Vec::new());
    for function in &policy.functions {
        let makes = function.makes.iter();
        let makes = makes.filter_map(|of| policy.records.iter().position(|record| record.id.as_str() == of.text));
        let (note, kind) = (label(function.kind.value), Some(function.kind.value));
        for group in function.collects.said().into_iter().flatten() {
            let own = vec![say.name(&group.of)];
            let givers =
                if group.sources.is_empty() { own } else { group.sources.iter().map(|one| say.name(one)).collect() };
            takings.push(Taking { givers, place: places.len(), items: group.items.iter().collect() });
        }
        let id = function.id.as_str();
        let ways = say.program.operation.alternatives.iter().filter(|choice| choice.function.text == id);
        takings.extend(ways.map(|choice| Taking {
            givers: Vec::new(),
            place: places.len(),
            items: choice.items.iter().collect(),
        }));
        places.push(Node { note, kind, makes: makes.map(|at| at + 1).collect(), ..Node::new(tidy(&function.name)) });
    }
    for inbound in policy.uses.iter().filter(|used| !used.sources.is_empty() && !used.items.is_empty()) {
        let givers = inbound.sources.iter().map(|one| say.name(one)).collect();
        takings.push(Taking { givers, place: places.len(), items: inbound.items.iter().collect() });
        places.push(Node { note: label(inbound.kind.value), ..Node::new(tidy(&inbound.name)) });
    }
    let permissions = policy.permissions.iter().flat_map(|permission| &permission.items).collect();
    let trackers = policy.trackers.iter().flat_map(|tracker| &tracker.items).collect();
    let device: [(&'static str, Vec<&Ref<Item>>); 2] = [("permission", permissions), ("tracker", trackers)];
    for (scene, items) in device.into_iter().filter(|(_, items)| !items.is_empty()) {
        takings.push(Taking { givers: vec![words("map", "device").to_owned()], place: places.len(), items });
        places.push(Node::new(named("scene", scene).to_owned()));
    }
    (places, takings)
}

/// The items that are taken or handed over, by category; a category is a box.
struct Items {
    categories: Vec<(String, BTreeSet<Line>)>,
    of: BTreeMap<String, usize>,
}

impl Items {
    fn of(say: Wording<'_>, ids: &[String]) -> Self {
        let mut items = Self { categories: Vec::new(), of: BTreeMap::new() };
        for id in ids {
            items.put(say, id);
        }
        items
    }

    fn put(&mut self, say: Wording<'_>, item: &str) {
        let Some(facts) = say.program.items.get(item) else { return };
        let category = label(facts.category);
        let at = self.categories.iter().position(|(known, _)| *known == category).unwrap_or(self.categories.len());
        if at == self.categories.len() {
            self.categories.push((category, BTreeSet::new()));
        }
        if let Some((_, lines)) = self.categories.get_mut(at) {
            lines.insert(line(say, item));
        }
        self.of.insert(item.to_owned(), at);
    }

    fn place(&self, item: &Ref<Item>) -> Option<usize> {
        self.of.get(&item.text).copied()
    }

    fn nodes(&self, _: Wording<'_>) -> Vec<Node> {
        let node = |(category, lines): &(String, BTreeSet<Line>)| {
            // What is sensitive stands first: nobody should have to look for it.
            let mut lines: Vec<Line> = lines.iter().cloned().collect();
            lines.sort_by_key(|line| !line.sensitive);
            Node { lines, ..Node::new(category.clone()) }
        };
        self.categories.iter().map(node).collect()
    }
}

/// Receivers by class, each class a box, and what reaches them.
fn receivers(say: Wording<'_>, shown: &Items) -> (Vec<Node>, Flows) {
    let policy = &say.program.policy;
    let (mut nodes, mut flows): (Vec<Node>, Flows) = (Vec::new(), Flows::default());
    let embedded = policy.sdks.iter().map(|sdk| (&sdk.recipient, sdk.items.said().into_iter().flatten().collect()));
    let shares = policy.shares.iter().map(|share| (&share.recipient, handed(say, share)));
    let both: Vec<(_, Vec<&Ref<Item>>)> = shares.chain(embedded).collect();
    for (recipient, items) in &both {
        let Some(known) = policy.recipients.iter().find(|one| one.id.as_str() == recipient.text) else { continue };
        let class = label(known.class.value);
        let at = nodes.iter().position(|node| node.title == class).unwrap_or(nodes.len());
        if at == nodes.len() {
            nodes.push(Node::new(class));
        }
        let mut own = both.iter().filter(|(of, _)| of.text == recipient.text);
        let nothing = own.all(|(_, items)| items.is_empty());
        let mut text = tidy(&known.name);
        if known.overseas.as_ref().is_some_and(|at| at.value) {
            text.push_str(words("map", "overseas"));
        }
        if nothing {
            text.push_str(words("map", "nothing"));
        }
        let line = Line { text, sensitive: false };
        if let Some(node) = nodes.get_mut(at)
            && !node.lines.contains(&line)
        {
            node.lines.push(line);
        }
        for item in items {
            if let Some(from) = shown.place(item) {
                flows.add(from, at, say, &[*item]);
            }
        }
    }
    (nodes, flows)
}

/// How long each class of records is kept; what is said of all alike stands once.
fn kept(say: Wording<'_>) -> (Option<String>, Vec<Kept>) {
    let records = &say.program.policy.records;
    let parts = records.iter().map(|record| {
        let (period, criteria, floors) = lists::kept(say, Some(record.id.as_str()));
        (tidy(&record.name), list([period, criteria].into_iter().filter(|text| !text.is_empty())), floors)
    });
    let parts: Vec<(String, String, String)> = parts.collect();
    let alike = match parts.as_slice() {
        [(_, first, _), rest @ ..] if !rest.is_empty() && !first.is_empty() => {
            rest.iter().all(|(_, rule, _)| rule == first).then(|| first.clone())
        }
        _ => None,
    };
    let kept = parts.into_iter().map(|(class, rule, floors)| {
        let rule = if alike.is_some() { String::new() } else { rule };
        let said = list([rule, floors].into_iter().filter(|text| !text.is_empty()));
        let period = match (said.is_empty(), &alike) {
            (true, Some(_)) => words("map", "period-alike").to_owned(),
            (true, None) => words("map", "period-silent").to_owned(),
            (false, _) => said,
        };
        Kept { class, period }
    });
    let kept = kept.collect();
    (alike, kept)
}
