//! What withdrawing a consent stops, and what goes on with the same items all the same.

use jiff::Timestamp;
use serde::Serialize;

use super::called::AskError;
use super::flows::{Flow, list};
use super::scope::{ScopeFlows, scope};
use crate::compile::{self, Tables};

/// What comes of withdrawing a consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawal {
    /// What stops, and what becomes of the function.
    #[serde(flatten)]
    pub consent: ScopeFlows,
    /// What goes on with the same persons' same items: by another consent, on another ground, or by law.
    pub goes_on: Vec<Flow>,
}

/// What comes of withdrawing a consent; scopes are named by id. What was lawful before stays so (PIPL art. 15).
///
/// # Errors
/// [`AskError`] when no scope has that id.
pub fn withdraw(tables: &Tables, text: &str, now: Timestamp) -> Result<Withdrawal, AskError> {
    let consent = scope(tables, text, now)?;
    let stopped: Vec<&Flow> = consent.stops.iter().chain(&consent.touched).collect();
    let every = list(tables, &|_: &compile::Flow| true, consent.day);
    let open = every.into_iter().filter(|flow| !flow.is_closed() && !flow.stops_without(&consent.scope));
    let goes_on = open.filter(|flow| !consent.touched.contains(flow)).filter_map(|flow| concerned(flow, &stopped));
    let goes_on = goes_on.collect();
    Ok(Withdrawal { consent, goes_on })
}

/// What of a flow is about the same persons' same items.
fn concerned(mut flow: Flow, stopped: &[&Flow]) -> Option<Flow> {
    let same: Vec<&&Flow> =
        stopped.iter().filter(|one| flow.persons.iter().any(|person| one.persons.contains(person))).collect();
    let items = flow.items.iter().filter(|item| same.iter().any(|one| one.items.contains(item))).cloned().collect();
    flow.items = items;
    (!flow.items.is_empty()).then_some(flow)
}
