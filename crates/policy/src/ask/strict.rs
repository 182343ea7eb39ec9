//! What the law closes of all that the published text permits, and what would open it.

use std::cell::RefCell;
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use serde::Serialize;

use super::flows::{Cell, Flow, Which, list};
use super::side::Stop;
use crate::claim::region::Region;
use crate::claim::{On, Probe};
use crate::compile::{self, Tables};
use crate::question::Code;

/// What strict enforcement closes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StrictFlows {
    /// The day whose law was asked.
    pub day: Date,
    /// What the text permits in some case and the law in none.
    pub closed: Vec<Closed>,
}

/// One thing that is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Closed {
    /// The flow.
    #[serde(flatten)]
    pub flow: Flow,
    /// What would open it, slot by slot; empty: nothing that a text could say.
    pub opened_by: Vec<Opening>,
}

/// A slot that would open something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Opening {
    /// `share.internal.purpose`, or `operation: sensitive-notice`.
    pub slot: String,
    /// What to say there.
    pub say: &'static str,
}

/// What strict enforcement closes on this platform.
pub fn strict(tables: &Tables, now: Timestamp) -> StrictFlows {
    let day = day_in_shanghai(now);
    let anything = Region::default();
    let probe = |on: On| RefCell::new(Probe::new(tables, &anything, on, now));
    let closed = list(tables, &Withheld { text: probe(On::Published), effect: probe(On::Effect) }, day);
    let closed = closed.into_iter().map(|flow| Closed { opened_by: openings(&flow), flow });
    StrictFlows { day, closed: closed.collect() }
}

/// What the text permits in some case and takes effect in none.
struct Withheld<'t> {
    text: RefCell<Probe<'t>>,
    effect: RefCell<Probe<'t>>,
}

impl<'t> Which<'t> for Withheld<'t> {
    fn flow(&self, _: &compile::Flow) -> bool {
        true
    }

    fn cell(&self, cell: &Cell<'t>) -> bool {
        let permits = |probe: &RefCell<Probe<'t>>| probe.borrow_mut().permits(cell.flow, cell.item, cell.channel);
        permits(&self.text) && !permits(&self.effect)
    }
}

/// The slots on which the law's refusal of a flow hangs.
fn openings(flow: &Flow) -> Vec<Opening> {
    let stops = if flow.law.never.is_empty() { &flow.law.stops } else { &flow.law.never };
    let found: BTreeSet<Opening> = stops.iter().filter_map(|stop| opening(flow, stop)).collect();
    found.into_iter().collect()
}

fn opening(flow: &Flow, stop: &Stop) -> Option<Opening> {
    let (kind, id) = (flow.origin.kind, &flow.origin.element.id);
    let own = |slot: &str| format!("{kind}.{id}.{slot}");
    let recipient = flow.recipient.as_ref().map(|recipient| recipient.id.as_str()).unwrap_or_default();
    let (slot, say) = match stop.code {
        Code::NotStated if stop.rule.as_deref() == Some("R15") => {
            ("operation: sensitive-notice".to_owned(), "why these items are needed, and what may come of it")
        }
        Code::NotStated => (own(if kind == "function" { "purposes" } else { "purpose" }), "what for"),
        Code::NoBasis => (own("basis"), "the ground of PIPL art. 13, or ask for consent"),
        Code::NotParty => (own("basis"), "consent, or another ground than a contract of others"),
        Code::ItemsNotStated => (own("items"), "which items"),
        Code::RecipientUnnamed => (format!("recipient.{recipient}"), "its name, or the parties under operation: party"),
        Code::ExceptionNotInLaw => ("exception".to_owned(), "the article that carries it"),
        Code::DocumentMissing => (own("document"), "that a document is shown"),
        Code::RouteMissing => ("operation: route".to_owned(), "on which route it leaves the country, and until when"),
        Code::RouteExceeded => {
            ("operation: route".to_owned(), "a route for as many people, with those of whom something sensitive leaves")
        }
        _ => return None,
    };
    Some(Opening { slot, say })
}
