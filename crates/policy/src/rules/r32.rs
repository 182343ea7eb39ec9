//! R32: no unreasonable terms: what a price is made of is listed, and has to do with the risk.

use super::said::{said, unsure};
use super::view::{View, groups_of, is_personal};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Function, Item, Kind, Purpose, Ref, Use};

pub(super) const RULE: Rule = Rule { code: "R32", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let wording = view.program.law.wording();
    let uses = said.uses.iter().filter(|used| is_personal(used.level.as_ref()));
    for used in uses.filter(|used| wording.is_pricing(&used.name) || is_pricing(view, &used.purpose)) {
        factors(view, used, to);
    }
    for function in said.functions.iter().filter(|one| one.purposes.iter().any(|purpose| is_pricing(view, purpose))) {
        closed(view, function, to);
    }
}

/// What is worked with must be named: all that a function took is no list of factors.
fn factors(view: &View<'_>, used: &Use, to: &mut Report<'_>) {
    let name = &used.name.value;
    if used.items.is_empty() {
        let message = said!("`{name}` makes a price and does not list of what", name);
        to.warning(used.id.span, message, said!("by which factors?"));
        return;
    }
    let pricing = view.program.law.pricing();
    let beside =
        |item: &&Ref<Item>| view.facts(item).is_some_and(|facts| pricing.beside_the_risk.contains(&facts.category));
    let strange: Vec<&Ref<Item>> = used.items.iter().filter(beside).collect();
    if let Some(first) = strange.first() {
        let unsure = unsure(pricing.certain);
        let names = view.items(strange.iter().copied());
        let message =
            said!("`{name}` makes a price of {names}, which tell nothing of the risk{unsure}", name, names, unsure);
        to.warning(first.span, message, said!("people alike, priced unlike?"));
    }
}

fn closed(view: &View<'_>, function: &Function, to: &mut Report<'_>) {
    let mut open =
        groups_of(function).filter(|group| view.is_natural(&group.of)).filter_map(|group| group.open.as_ref());
    if let Some(open) = open.find(|open| open.value) {
        let message = said!("`{name}` makes a price, and the list of its factors is open", name = function.name.value);
        to.warning(open.span, message, said!("and by what else?"));
    }
}

/// By what the purpose is called; its meaning may speak of much besides.
fn is_pricing(view: &View<'_>, purpose: &Ref<Purpose>) -> bool {
    view.program.law.wording().is_pricing(view.name(Kind::Purpose, &purpose.text))
}
