//! `T04`: a switch that the text promises is there.

use std::collections::BTreeSet;

use super::super::said::{joined, said};
use super::super::view::{View, span_of};
use super::super::{Report, Rule};
use super::clause::around;
use super::wording::wording;
use crate::finding::Severity;
use crate::syntax::{At, Category, Collect, Item, Permission, Ref, Route, Stated, Tracker, Trigger, Use, UseKind};

pub(super) const RULE: Rule = Rule { code: "T04", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    for used in &said.uses {
        let Some(routes) = used.opt_out.said().filter(|routes| routes.contains(&Route::Unstated)) else { continue };
        // Another way that it names is a way.
        if routes.iter().any(|route| *route != Route::Unstated) {
            continue;
        }
        let name = used.name.as_str();
        let message = said!("the text promises that `{name}` can be switched off, and does not say how", name);
        to.warning(span_of(&used.opt_out, used.id.span), message, said!("where is the switch?"));
    }
    permissions(view, to);
    trackers(view, to);
    messages(view, to);
    whereabouts(view, to);
}

/// Permissions of which the text says that switching off withdraws, all of one sentence.
fn permissions(view: &View<'_>, to: &mut Report<'_>) {
    let promised = |one: &&Permission| one.off_withdraws.said() == Some(&true) && one.switch.said().is_none();
    let without: Vec<&Permission> = view.said().permissions.iter().filter(promised).collect();
    if without.is_empty() {
        return;
    }
    let names = joined(without.iter().map(|permission| permission.name.as_str()));
    let message = said!("switching off withdraws, and the text does not say where {names} can be switched off", names);
    let mut finding = to.finding(Severity::Warning, message);
    finding.clause = around(first_clauses(without.iter().map(|permission| permission.clause.as_slice())));
    for permission in without {
        finding = finding.at(view.policy, permission.id.span, said!("where is the switch?"));
    }
    to.push(finding);
}

fn first_clauses<'c>(of: impl Iterator<Item = &'c [At<String>]>) -> impl Iterator<Item = &'c str> {
    of.filter_map(<[_]>::first).map(|clause| clause.as_str())
}

/// Trackers that can be refused in a program which somebody else made, and the reader has to find out where in it.
fn trackers(view: &View<'_>, to: &mut Report<'_>) {
    let elsewhere = |one: &&Tracker| one.refusal.said().is_some_and(|way| wording().is_elsewhere(way));
    let left: Vec<&Tracker> = view.said().trackers.iter().filter(elsewhere).collect();
    if left.is_empty() {
        return;
    }
    let names = joined(left.iter().map(|tracker| tracker.name.as_str()));
    let message =
        said!("{names} can be refused in a program of the visitor's own, and the text does not say where there", names);
    let mut finding = to.finding(Severity::Note, message);
    finding.clause = around(left.iter().flat_map(|tracker| &tracker.clause).map(|clause| clause.as_str()));
    for tracker in left {
        finding = finding.at(view.policy, span_of(&tracker.refusal, tracker.id.span), said!("where in it?"));
    }
    to.push(finding);
}

/// Messages that nobody can end before the next one comes; those of one clause together.
fn messages(view: &View<'_>, to: &mut Report<'_>) {
    let only = |one: &&Use| {
        one.kind.value == UseKind::Market
            && matches!(&one.opt_out, Stated::Said(ways) if ways.iter().all(|way| *way == Route::InMessage))
    };
    let all: Vec<&Use> = view.said().uses.iter().filter(only).collect();
    for alike in all.chunk_by(|one, other| one.clause == other.clause) {
        let names = joined(alike.iter().map(|used| used.name.as_str()));
        let message = said!("{names} can be ended in a message alone, by whoever still has one", names);
        let mut finding = to.finding(Severity::Note, message);
        for used in alike {
            finding = finding.at(view.policy, span_of(&used.opt_out, used.id.span), said!("no other way"));
        }
        to.push(finding);
    }
}

/// A device tells where it is, and the text names neither a permission nor a switch; what stands in one clause once.
fn whereabouts(view: &View<'_>, to: &mut Report<'_>) {
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (function, group) in view.groups().filter(|(_, group)| is_from_device(view, group)) {
        let is_place = |item: &&Ref<Item>| view.facts(item).is_some_and(|facts| facts.category == Category::Location);
        let places: Vec<&Ref<Item>> = group.items.iter().filter(is_place).collect();
        let Some(first) = places.first() else { continue };
        let clause = function.clause.first().map(|clause| clause.as_str());
        if told.insert(clause.unwrap_or(function.id.as_str())) {
            let message = said!(
                "`{name}` has the device tell {items}, and the text names neither a permission nor a switch",
                name = function.name.value,
                items = view.items(places.iter().copied())
            );
            let label = said!("switched off where?");
            let mut finding = to.finding(Severity::Warning, message).at(view.policy, first.span, label);
            finding.clause = clause.map(str::to_owned);
            to.push(finding);
        }
    }
}

/// Whether a device hands a group over by itself, by no permission that the text names.
pub(super) fn is_from_device(view: &View<'_>, group: &Collect) -> bool {
    let by_itself = group.trigger.said().is_none_or(|trigger| *trigger == Trigger::Automatic);
    let permitted = view.said().permissions.iter().flat_map(|permission| &permission.items);
    let permitted = group.permission.is_some() || permitted.into_iter().any(|item| group.items.contains(item));
    by_itself && group.sources.is_empty() && !permitted
}
