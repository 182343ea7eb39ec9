//! What no other question mends and the company can: a route abroad that the operation file declares (R35, R36).

use super::Change;
use crate::compile::Tables;
use crate::question::{Answer, Code, Effect, ItemAnswer, Outcome, Reason, Side};
use crate::syntax::Kind;

/// Whether only a route abroad is wanting to the item: the published policy gives it, and the law has no other reason.
pub(super) fn wants_only_route(item: &ItemAnswer) -> bool {
    let mut by_law = item.reasons.iter().filter(|reason| reason.side == Side::Law).peekable();
    item.published != Outcome::Withheld && by_law.peek().is_some() && by_law.all(|reason| is_about_route(reason.code))
}

/// Whether a route abroad mends what has this reason.
pub(super) const fn is_about_route(code: Code) -> bool {
    matches!(code, Code::RouteMissing | Code::RouteExceeded)
}

/// The routes to declare for what is withheld for want of them, one for each flow.
pub(super) fn declared(tables: &Tables, answer: &Answer) -> Vec<Change> {
    let withheld = answer.items.iter().filter(|item| item.outcome == Outcome::Withheld);
    let reasons = withheld.flat_map(|item| &item.reasons).filter(|reason| is_about_route(reason.code));
    let mut changes: Vec<Change> = reasons.map(|reason| change(tables, reason)).collect();
    changes.sort_by(|a, b| a.text.cmp(&b.text));
    changes.dedup();
    changes
}

fn change(tables: &Tables, reason: &Reason) -> Change {
    let place = reason.scope.as_deref().and_then(|id| tables.alphabet().scope(id));
    let scope = place.and_then(|place| tables.scopes().get(usize::from(place)));
    let flow = scope.map_or_else(String::new, |scope| {
        let id = scope.element.as_str();
        let name = tables.program().names.name_of(Kind::Share, id);
        if name == id { id.to_owned() } else { format!("{name} {id}") }
    });
    let how = if reason.code == Code::RouteMissing {
        "that is in date"
    } else {
        "for as many people, with those of whom something sensitive leaves"
    };
    Change { what: "route", text: format!("operation.toml declares a route abroad for {flow}, {how}: [[route]]") }
}

/// What takes effect once the routes are declared.
pub(super) fn effect(answer: &Answer) -> Effect {
    let outcome = |item: &ItemAnswer| if wants_only_route(item) { item.published } else { item.outcome };
    let outcomes: Vec<Outcome> = answer.items.iter().map(outcome).collect();
    if outcomes.iter().all(|outcome| *outcome == Outcome::Clear) { Effect::Permit } else { Effect::Partial }
}
