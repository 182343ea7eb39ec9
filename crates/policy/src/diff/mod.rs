//! What a new version of a policy means: each change with its kind, who must consent again and for what, whom to tell and by when, and
//! the decisions that differ, each with a witness.
//!
//! Everything is read off the two programs and their tables; nothing is written down by hand and nothing guessed from words. The
//! parts can be had apart: [`Edit`] makes the facts of one file from those of another, and [`Tables::after`] lets consents that carry
//! over count for the new version.

mod across;
mod axis;
mod consent;
mod decision;
mod edit;
mod extent;
mod kind;
mod name;
mod open;
mod other;
mod right;
mod say;
mod search;
mod shrink;
mod telling;
mod text;
mod unmatched;
mod value;
mod witness;

use jiff::Timestamp;
use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use model::{Fingerprint, Slug};
use serde::Serialize;
use serde_json::Value;

pub use consent::{Cause, Fate, ScopeFate, Why, Widened};
pub(crate) use consent::{unnamed, widened};
pub use decision::{Decisions, Group};
pub use edit::{Edit, Leaf, between};
pub use kind::{Kind, Way};
pub use name::{Unshared, Which};
pub use other::{Answered, Other};
pub use search::Turn;
pub use telling::{Asks, Telling};
pub use witness::{Given, Put, Witness};

use crate::ask::Called;
use crate::compile::Tables;
use crate::resolve::Program;
use crate::syntax::Shape as _;

/// What a new version means.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diff {
    /// Whose.
    pub platform: Slug,
    /// The version before.
    pub old: Edition,
    /// The version after.
    pub new: Edition,
    /// The day whose law was asked.
    pub day: Date,
    /// What changed, element by element, the gravest first.
    pub elements: Vec<Element>,
    /// What the operation files choose otherwise: no part of what people are told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub operation: Vec<Element>,
    /// What each kind of change asks of the handler.
    pub asks: Vec<Asks>,
    /// Whom to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telling: Option<Telling>,
    /// What becomes of the consents to each scope.
    pub consents: Vec<ScopeFate>,
    /// The decisions that differ.
    pub decisions: Decisions,
}

/// One of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edition {
    /// The day that its text bears, or `undated`.
    pub version: String,
    /// Fingerprint of its facts.
    pub policy: Fingerprint,
    /// Fingerprint of its tables.
    pub tables: Fingerprint,
}

/// What changed about one element.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Element {
    /// The key of its table.
    pub table: String,
    /// What it is called; absent for tables of which there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<Called>,
    /// Its clauses in the old text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clause_was: Vec<String>,
    /// Its clauses in the new text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clause: Vec<String>,
    /// Every difference.
    pub changes: Vec<Changed>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    /// The keys that lead there from the element.
    pub place: Vec<String>,
    /// What stood there; absent: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<Value>,
    /// What stands there; absent: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<Value>,
    /// What kind of change it is.
    pub kind: Kind,
    /// Which way it goes.
    pub way: Way,
    /// Both in words, for people.
    #[serde(skip)]
    words: [Option<String>; 2],
}

/// Why two versions cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the two are policies of different platforms, `{0}` and `{1}`: name two versions of one")]
pub struct OtherPlatform(pub Slug, pub Slug);

/// Compares two versions of one platform's policy, under the law of an instant.
///
/// # Errors
/// [`OtherPlatform`].
pub fn diff(old: &Tables, new: &Tables, at: Timestamp) -> Result<Diff, OtherPlatform> {
    let platform = |tables: &Tables| tables.program().policy.policy.platform.value.clone();
    if platform(old) != platform(new) {
        return Err(OtherPlatform(platform(old), platform(new)));
    }
    let day = day_in_shanghai(at);
    let told = || {
        let (was, is) = (&old.program().policy, &new.program().policy);
        let elements = if old.policy() == new.policy() { Vec::new() } else { elements(old, new, &was.apart(is)) };
        let (chosen, choosing) = (&old.program().operation, &new.program().operation);
        let operation = if chosen == choosing { Vec::new() } else { self::elements(old, new, &chosen.apart(choosing)) };
        let kinds = kinds(&elements);
        let consents = consent::fates([old, new], &telling::asked_again(old, &kinds), day);
        (elements, operation, kinds, consents)
    };
    let ((elements, operation, kinds, consents), decisions) = rayon::join(told, || decision::decisions(old, new, at));
    let asks = telling::asks(old, &kinds, at);
    Ok(Diff {
        platform: platform(new),
        old: Edition::of(old),
        new: Edition::of(new),
        day,
        elements,
        operation,
        telling: telling::telling(old, new, &asks),
        asks,
        consents,
        decisions,
    })
}

/// What the changes of a new version ask of the handler, and whom to tell: [`Diff::asks`] and [`Diff::telling`] alone, without a
/// search for decisions that differ. Of two platforms nothing is asked.
pub fn asked(old: &Tables, new: &Tables, at: Timestamp) -> (Vec<Asks>, Option<Telling>) {
    let (was, is) = (&old.program().policy, &new.program().policy);
    if was.policy.platform.value != is.policy.platform.value || old.policy() == new.policy() {
        return (Vec::new(), None);
    }
    let asks = telling::asks(old, &kinds(&elements(old, new, &was.apart(is))), at);
    let telling = telling::telling(old, new, &asks);
    (asks, telling)
}

/// What kinds of things a text says otherwise than another, the gravest first.
pub fn changed(old: &Program, new: &Program) -> Vec<Kind> {
    let changed = leaf_kinds(old, new);
    Kind::ALL.iter().copied().filter(|kind| changed.iter().any(|(one, _)| one == kind)).collect()
}

/// The kind and the way of every difference between the facts of two texts.
fn leaf_kinds(old: &Program, new: &Program) -> Vec<(Kind, Way)> {
    let [was, now] = old.policy.apart(&new.policy);
    between(&was, &now).iter().flat_map(Edit::leaves).map(|leaf| kind::of(&leaf)).collect()
}

/// The kinds of change after which the text in force asks for every consent anew, how far its scope may reach.
fn asked_again(old: &Tables, new: &Tables) -> Vec<Kind> {
    if old.policy() == new.policy() || !telling::may_ask_again(old) {
        return Vec::new();
    }
    telling::asked_again(old, &leaf_kinds(old.program(), new.program()))
}

fn kinds(elements: &[Element]) -> Vec<(Kind, Way)> {
    elements.iter().flat_map(|element| &element.changes).map(|change| (change.kind, change.way)).collect()
}

impl Diff {
    /// Whether nothing differs: neither a fact of either file nor a decision.
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty() && self.operation.is_empty() && self.decisions.is_empty()
    }

    /// The scopes of which whoever consented must be asked again.
    pub fn again(&self) -> impl Iterator<Item = &ScopeFate> {
        self.consents.iter().filter(|scope| scope.fate == Fate::Again)
    }
}

impl Edition {
    fn of(tables: &Tables) -> Self {
        let version = tables.alphabet().versions.last().cloned().unwrap_or_default();
        Self { version, policy: tables.policy(), tables: tables.fingerprint() }
    }
}

impl Element {
    /// What counts for its place: the gravest of its changes, wider ones before the others.
    fn rank(&self) -> Option<(bool, Kind)> {
        self.changes.iter().map(|change| (change.way != Way::Wider, change.kind)).min()
    }
}

/// The differences between the facts of two files, element by element.
fn elements(old: &Tables, new: &Tables, [was, now]: &[Value; 2]) -> Vec<Element> {
    let Some(edit) = between(was, now) else { return Vec::new() };
    let mut elements: Vec<Element> = Vec::new();
    for leaf in edit.leaves() {
        let Some((table, rest)) = leaf.path.split_first() else { continue };
        let (kind, way) = kind::of(&leaf);
        let id = rest.first().filter(|id| member(was, table, id).or_else(|| member(now, table, id)).is_some());
        let place = if id.is_some() { rest.get(1..) } else { Some(rest) }.unwrap_or_default().to_vec();
        let words = [leaf.was, leaf.now].map(|said| Some(value::words(old, new, &leaf.path, said?)));
        let changed = Changed { place, was: leaf.was.cloned(), now: leaf.now.cloned(), kind, way, words };
        let same = |known: &&mut Element| known.table == *table && known.element.as_ref().map(|one| &one.id) == id;
        match elements.iter_mut().find(same) {
            Some(known) => known.changes.push(changed),
            None => elements.push(Element {
                table: table.clone(),
                element: id.map(|id| called(old, new, [member(now, table, id), member(was, table, id)], id)),
                clause_was: clause(was, table, id),
                clause: clause(now, table, id),
                changes: vec![changed],
            }),
        }
    }
    elements.sort_by_key(Element::rank);
    elements
}

/// The element of a table's list that is called so.
fn member<'v>(facts: &'v Value, table: &str, id: &str) -> Option<&'v Value> {
    let list = facts.get(table)?;
    let list = list.get("said").unwrap_or(list).as_array()?;
    list.iter().find(|one| edit::called(one) == Some(id))
}

/// What an element is called in the newest text that has it.
fn called(old: &Tables, new: &Tables, found: [Option<&Value>; 2], id: &str) -> Called {
    let name = found.into_iter().flatten().find_map(|one| one.get("name").and_then(Value::as_str));
    let listed = || {
        let names = [new, old].map(|tables| tables.program().names.name_of(crate::syntax::Kind::Item, id));
        names.into_iter().find(|name| *name != id).unwrap_or(id)
    };
    let name = name.unwrap_or_else(listed).to_owned();
    Called { id: id.to_owned(), name }
}

fn clause(facts: &Value, table: &str, id: Option<&String>) -> Vec<String> {
    let element = match id {
        Some(id) => member(facts, table, id),
        None => facts.get(table),
    };
    let clauses = element.and_then(|element| element.get("clause")).and_then(Value::as_array);
    clauses.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
