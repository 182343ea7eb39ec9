//! What changes when a function is switched off.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use serde::Serialize;

use super::called::{AskError, Called, find};
use super::flows::{Flow, list};
use crate::compile::{self, Tables};
use crate::syntax::{Action, Kind};
use crate::terms::literal::place;

/// What comes of switching a function off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunctionOff {
    /// The function.
    pub function: Called,
    /// The day whose law was asked.
    pub day: Date,
    /// What is done in the course of no other function, and so stops.
    pub stops: Vec<Flow>,
    /// What is also done in the course of others, and goes on there.
    pub goes_on: Vec<Flow>,
    /// Items that nothing collects any more, by role.
    pub no_longer_collected: Vec<OfPerson>,
    /// The record class that nothing makes any more, with the functions that read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_longer_made: Option<NotMade>,
    /// Recipients that get nothing any more.
    pub no_longer_served: Vec<Called>,
    /// Consents that need not be asked for any more.
    pub no_longer_asked: Vec<String>,
    /// Purposes that nothing serves any more.
    pub purposes_left: Vec<Called>,
}

/// Items of one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfPerson {
    /// The role.
    pub person: Called,
    /// The items.
    pub items: Vec<Called>,
}

/// A record class that nothing makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotMade {
    /// The class.
    pub record: Called,
    /// Functions that read it and find old records only.
    pub read_by: Vec<Called>,
}

/// What comes of switching a function off, named by id, published name or clause.
///
/// # Errors
/// [`AskError`] when no function, or more than one, is called so.
pub fn function_off(tables: &Tables, text: &str, now: Timestamp) -> Result<FunctionOff, AskError> {
    let program = tables.program();
    let day = day_in_shanghai(now);
    let function = find(program, Kind::Function, text)?;
    let off = place(program.policy.functions.iter().map(|one| &one.id.value), &function.id).unwrap_or(u16::MAX);
    let alone = |flow: &compile::Flow| flow.functions == [off];
    let left = || tables.flows().iter().filter(|flow| !alone(flow));
    let open = |flow: &Flow| !flow.is_closed();
    let recipients: BTreeSet<u16> = left().filter_map(|flow| flow.recipient).collect();
    let gone = tables.flows().iter().filter_map(|flow| flow.recipient).filter(|one| !recipients.contains(one));
    let gone: Vec<u16> = gone.collect::<BTreeSet<_>>().into_iter().collect();
    let served: BTreeSet<u16> = left().flat_map(|flow| flow.purposes.iter().copied()).collect();
    let purposes = tables.flows().iter().filter(|flow| alone(flow)).flat_map(|flow| flow.purposes.iter().copied());
    let purposes: Vec<u16> =
        purposes.filter(|one| !served.contains(one)).collect::<BTreeSet<_>>().into_iter().collect();
    let stops: Vec<Flow> = list(tables, &alone, day).into_iter().filter(open).collect();
    let others = |flow: &compile::Flow| flow.functions.contains(&off) && !alone(flow);
    let goes_on = list(tables, &others, day).into_iter().filter(open).collect();
    let ids = program.policy.recipients.iter().map(|one| &one.id.value);
    let no_longer_served = Called::places(program, Kind::Recipient, ids, &gone);
    let ids = program.policy.purposes.iter().map(|one| &one.id.value);
    Ok(FunctionOff {
        no_longer_asked: unasked(tables, off),
        no_longer_made: not_made(tables, &function),
        no_longer_collected: uncollected(tables, off),
        no_longer_served,
        purposes_left: Called::places(program, Kind::Purpose, ids, &purposes),
        function,
        day,
        stops,
        goes_on,
    })
}

/// Items of each role that only this function collects.
fn uncollected(tables: &Tables, off: u16) -> Vec<OfPerson> {
    let program = tables.program();
    let collects = |flow: &&compile::Flow| flow.action == Action::Collect;
    let cells = |flow: &compile::Flow| {
        let person = flow.person;
        flow.items.iter().map(move |item| (person, *item)).collect::<Vec<_>>()
    };
    let elsewhere = tables.flows().iter().filter(collects).filter(|flow| flow.functions != [off]);
    let elsewhere: BTreeSet<(u16, u16)> = elsewhere.flat_map(cells).collect();
    let here = tables.flows().iter().filter(collects).filter(|flow| flow.functions == [off]);
    let lost: BTreeSet<(u16, u16)> = here.flat_map(cells).filter(|cell| !elsewhere.contains(cell)).collect();
    let persons: BTreeSet<u16> = lost.iter().map(|(person, _)| *person).collect();
    let of = |person: u16| {
        let items: Vec<u16> = lost.iter().filter(|(of, _)| *of == person).map(|(_, item)| *item).collect();
        let ids = program.policy.persons.iter().map(|one| &one.id.value);
        let person = Called::places(program, Kind::Person, ids, &[person]).pop()?;
        Some(OfPerson { person, items: Called::places(program, Kind::Item, tables.alphabet().items.iter(), &items) })
    };
    persons.into_iter().filter_map(of).collect()
}

fn not_made(tables: &Tables, off: &Called) -> Option<NotMade> {
    let program = tables.program();
    let functions = &program.policy.functions;
    let made = functions.iter().find(|one| one.id.as_str() == off.id)?.makes.as_ref()?;
    let others = functions.iter().filter(|one| one.id.as_str() != off.id);
    if others.clone().any(|one| one.makes.as_ref().is_some_and(|other| other.text == made.text)) {
        return None;
    }
    let reads = others.filter(|one| one.reads.iter().any(|read| read.class.text == made.text));
    Some(NotMade {
        record: Called::of(program, Kind::Record, &made.text),
        read_by: reads.map(|one| Called::of(program, Kind::Function, one.id.as_str())).collect(),
    })
}

/// Consents that no flow outside the function reads.
fn unasked(tables: &Tables, off: u16) -> Vec<String> {
    let reads = |of_function: bool| {
        let flows = tables.flows().iter().filter(move |flow| (flow.functions == [off]) == of_function);
        let keys = flows.flat_map(|flow| flow.items.iter().map(move |item| (flow, *item)));
        let days: Vec<Date> = tables.intervals().collect();
        let day = days.last().copied().unwrap_or_default();
        keys.filter_map(move |(flow, item)| tables.rows_of(flow, item, None, day))
            .flat_map(|(a, b)| a.checks.iter().chain(&b.checks))
            .fold(crate::terms::word::Word::default(), |word, check| word.with(&check.gate.reads()))
    };
    let (here, elsewhere) = (reads(true), reads(false));
    let alphabet = tables.alphabet();
    let bit = |place: u16| alphabet.bit(crate::terms::literal::Literal::Granted(place));
    let scopes = tables.scopes().iter().zip(0..);
    scopes
        .filter(|(_, place)| here.has(bit(*place)) && !elsewhere.has(bit(*place)))
        .map(|(one, _)| one.id.clone())
        .collect()
}
