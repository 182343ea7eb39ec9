//! Everything that a function does, and what refusing closes.

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::SubjectState;
use model::calendar::day_in_shanghai;
use serde::Serialize;

use super::called::{AskError, Called, find};
use super::flows::{Flow, list};
use crate::compile::{self, Tables};
use crate::question::{Facts, FunctionAnswer, FunctionOpen, Openness, Subject};
use crate::syntax::{Action, Basis, FunctionKind, Kind};
use crate::terms::key::Element;
use crate::terms::literal::place;

/// Every flow in the course of a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunctionFlows {
    /// The function.
    pub function: Called,
    /// What it is to the service.
    pub kind: FunctionKind,
    /// Clauses of the published text.
    pub clause: Vec<String>,
    /// Purposes that it serves.
    pub purposes: Vec<Called>,
    /// The ground that the text names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The record class that it makes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub makes: Option<Called>,
    /// Everything that can be consented to for it.
    pub scopes: Vec<String>,
    /// The day whose law was asked.
    pub day: Date,
    /// What it collects, reads, uses, shares and keeps, by action.
    pub flows: Vec<Flow>,
    /// What refusing an item closes, item by item; facts on which an item's need hangs are taken as unknown.
    pub refusing: Vec<Refusing>,
}

/// What refusing items does to a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusing {
    /// Whose items.
    pub person: Called,
    /// Which; each of them alone has this effect.
    pub items: Vec<Called>,
    /// What takes effect: the verdict that demands less.
    pub effect: Openness,
    /// By the published policy.
    pub published: Openness,
    /// By law.
    pub law: Openness,
    /// Other functions that the text closes with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub closes: Vec<Called>,
    /// Other ways that are offered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Called>,
}

/// Everything that a function does, named by id, published name or clause.
///
/// # Errors
/// [`AskError`] when no function, or more than one, is called so.
pub fn function(tables: &Tables, text: &str, now: Timestamp) -> Result<FunctionFlows, AskError> {
    let program = tables.program();
    let day = day_in_shanghai(now);
    let called = find(program, Kind::Function, text)?;
    let functions = &program.policy.functions;
    let unknown = || AskError::Unknown { what: Kind::Function.word(), text: text.to_owned(), near: Vec::new() };
    let declared = functions.iter().find(|one| one.id.as_str() == called.id).ok_or_else(unknown)?;
    let place = place(functions.iter().map(|one| &one.id.value), &called.id).ok_or_else(unknown)?;
    let flows = list(tables, &|flow: &compile::Flow| flow.functions.contains(&place), day);
    let of_function = tables.scopes().iter().filter(|scope| {
        let own = scope.kind == Kind::Function && scope.element.as_str() == called.id;
        own || flows
            .iter()
            .any(|flow| [&flow.published, &flow.law].iter().any(|side| side.hangs_on(&scope.id).is_some()))
    });
    let purposes = declared.purposes.iter().map(|purpose| Called::of(program, Kind::Purpose, &purpose.text));
    Ok(FunctionFlows {
        kind: declared.kind.value,
        clause: declared.clause.iter().map(|clause| clause.value.clone()).collect(),
        purposes: purposes.collect(),
        basis: declared.basis.said().copied(),
        makes: declared.makes.as_ref().map(|made| Called::of(program, Kind::Record, &made.text)),
        scopes: of_function.map(|scope| scope.id.clone()).collect(),
        refusing: refusing(tables, place, &called, now),
        function: called,
        day,
        flows,
    })
}

/// Asks the engine for every item that the function collects.
fn refusing(tables: &Tables, place: u16, function: &Called, now: Timestamp) -> Vec<Refusing> {
    let program = tables.program();
    let mut found: Vec<Refusing> = Vec::new();
    let collects = |flow: &&compile::Flow| flow.action == Action::Collect && flow.element == Element::Function(place);
    for flow in tables.flows().iter().filter(collects) {
        let ids = program.policy.persons.iter().map(|one| &one.id.value);
        let persons = Called::places(program, Kind::Person, ids, &[flow.person]);
        let items = Called::places(program, Kind::Item, tables.alphabet().items.iter(), &flow.items);
        for (person, item) in persons.iter().flat_map(|person| items.iter().map(move |item| (person, item))) {
            let answer = refuse(tables, function, person, std::slice::from_ref(item), now);
            let one = Refusing {
                person: person.clone(),
                items: vec![item.clone()],
                effect: answer.effect,
                published: answer.published.effect,
                law: answer.law.effect,
                closes: named(tables, Kind::Function, &answer.published.closes),
                alternatives: named(tables, Kind::Alternative, &answer.alternatives),
            };
            let alike = |known: &&mut Refusing| Refusing { items: one.items.clone(), ..(**known).clone() } == one;
            match found.iter_mut().find(alike) {
                Some(known) if known.items.contains(item) => {}
                Some(known) => known.items.push(item.clone()),
                None => found.push(one),
            }
        }
    }
    found
}

/// What the engine says of a function to somebody who refuses items.
pub(super) fn refuse(
    tables: &Tables,
    function: &Called,
    person: &Called,
    items: &[Called],
    now: Timestamp,
) -> FunctionAnswer {
    let question = FunctionOpen {
        platform: tables.program().policy.policy.platform.value.clone(),
        at: None,
        function: function.id.clone(),
        product: None,
        channel: None,
        person: person.id.clone(),
        refused: items.iter().map(|item| item.id.clone()).collect(),
        subject: Subject::default(),
        facts: Facts::default(),
    };
    tables.function_open(&question, &SubjectState::default(), None, now)
}

pub(super) fn named(tables: &Tables, kind: Kind, ids: &[String]) -> Vec<Called> {
    ids.iter().map(|id| Called::of(tables.program(), kind, id)).collect()
}
