//! What may be done without anybody's consent, and on which ground.

use jiff::Timestamp;
use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use serde::Serialize;

use super::called::{AskError, Called, find};
use super::flows::{Flow, list};
use super::item::OfItem;
use super::side::Way;
use crate::compile::{self, Tables};
use crate::syntax::{Basis, Kind};

/// What may be done without consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unasked {
    /// With this item alone; absent: with any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Called>,
    /// The day whose law was asked.
    pub day: Date,
    /// What nobody is asked for, by the ground on which it rests.
    pub grounds: Vec<OnGround>,
    /// What nobody is asked for in some cases only, which its sides name.
    pub in_some_cases: Vec<Flow>,
    /// What otherwise needs consent, by the exception that frees from it on both sides.
    pub excepted: Vec<Excepted>,
}

/// What rests on one ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OnGround {
    /// The ground of PIPL art. 13; absent: what asks for no ground, such as keeping and the right of access.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The flows.
    pub flows: Vec<Flow>,
}

/// What an exception frees from consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excepted {
    /// The exception.
    pub exception: Called,
    /// What is free, whoever relies on it showing that it is the case.
    pub flows: Vec<Flow>,
}

/// What may be done without anybody's consent: with an item, named by id, published name or alias, or with any.
///
/// # Errors
/// [`AskError`] when no item, or more than one, is called so.
pub fn unasked(tables: &Tables, item: Option<&str>, now: Timestamp) -> Result<Unasked, AskError> {
    let day = day_in_shanghai(now);
    let item = item.map(|text| find(tables.program(), Kind::Item, text)).transpose()?;
    let flows = match &item {
        None => list(tables, &|_: &compile::Flow| true, day),
        Some(item) => tables.alphabet().item(&item.id).map_or_else(Vec::new, |place| list(tables, &OfItem(place), day)),
    };
    let mut found = Unasked { item, day, grounds: Vec::new(), in_some_cases: Vec::new(), excepted: Vec::new() };
    for flow in flows.into_iter().filter(|flow| !flow.is_closed()) {
        found.take(flow);
    }
    found.grounds.sort_by_key(|one| one.basis);
    Ok(found)
}

impl Unasked {
    fn take(&mut self, flow: Flow) {
        let ways: Vec<Way> = flow.sides().map(|side| side.way).collect();
        let by_right = flow.origin.kind == Kind::Right.word();
        if by_right || ways.iter().all(|way| *way == Way::WithoutConsent) {
            let basis = flow.sides().filter_map(|side| side.basis).last();
            match self.grounds.iter_mut().find(|known| known.basis == basis) {
                Some(known) => known.flows.push(flow),
                None => self.grounds.push(OnGround { basis, flows: vec![flow] }),
            }
        } else if ways.iter().all(|way| matches!(way, Way::WithoutConsent | Way::InSomeCases)) {
            self.in_some_cases.push(flow);
        } else {
            for exception in flow.freed_by() {
                match self.excepted.iter_mut().find(|known| known.exception == exception) {
                    Some(known) => known.flows.push(flow.clone()),
                    None => self.excepted.push(Excepted { exception, flows: vec![flow.clone()] }),
                }
            }
        }
    }
}

impl Flow {
    /// The exceptions that free from every consent that both sides ask for.
    fn freed_by(&self) -> Vec<Called> {
        let consents: Vec<_> = self.sides().flat_map(|side| &side.consents).collect();
        let Some((first, others)) = consents.split_first() else { return Vec::new() };
        let everywhere = |one: &&Called| others.iter().all(|consent| consent.exceptions.contains(one));
        first.exceptions.iter().filter(everywhere).cloned().collect()
    }
}
