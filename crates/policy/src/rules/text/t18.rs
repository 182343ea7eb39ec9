//! `T18`: who is told by a message has left an address.

use super::super::said::{Listed, joined, said};
use super::super::view::{View, groups_of, span_of};
use super::super::{Report, Rule};
use crate::finding::Severity;
use crate::resolve::ItemFacts;
use crate::syntax::{Route, Stated};
use model::field::Validator;

pub(super) const RULE: Rule = Rule { code: "T18", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let facts = known(view);
    for notice in [&said.update.major_notice, &said.update.notice] {
        let Stated::Said(routes) = notice else { continue };
        let reached = |route: &&Route| !reaches(**route, &facts);
        let blind: Vec<Route> = routes.value.iter().filter(reached).copied().collect();
        if !blind.is_empty() {
            let ways = joined(blind.into_iter().map(Listed));
            let message = said!("changes are told by {ways}, and the text collects no address for it", ways);
            to.warning(span_of(notice, said.update.span.0), message, said!("to where?"));
        }
    }
}

/// What is known of people, by functions and by records.
pub(super) fn known<'a>(view: &View<'a>) -> Vec<&'a ItemFacts> {
    let said = view.said();
    let collected = said.functions.iter().flat_map(groups_of).filter(|group| view.is_natural(&group.of));
    let held = said.records.iter().flat_map(|record| &record.holds).filter(|holding| view.is_natural(&holding.of));
    let items = collected.flat_map(|group| &group.items).chain(held.flat_map(|holding| &holding.items));
    items.filter_map(|item| view.facts(item)).collect()
}

/// Whether anything that is collected says where such a message goes.
pub(super) fn reaches(route: Route, facts: &[&ItemFacts]) -> bool {
    let any = |is: &dyn Fn(&ItemFacts) -> bool| facts.iter().any(|facts| is(facts));
    match route {
        Route::Sms | Route::Phone => any(&ItemFacts::is_telephone),
        Route::Email => any(&|facts| facts.validator == Some(Validator::Email)),
        Route::Letter => any(&|facts| facts.validator == Some(Validator::Address)),
        _ => true,
    }
}
