//! R20: no genetic information in underwriting.

use super::said::said;
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{At, Event, Function, Item, Kind, Purpose, Ref, Use};

pub(super) const RULE: Rule = Rule { code: "R20", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    for (function, group) in view.groups().filter(|(function, _)| underwrites(view, function)) {
        genetic(view, &function.name, &group.items, to);
    }
    for used in view.said().uses.iter().filter(|used| is_underwriting(view, Kind::Purpose, &used.purpose.text)) {
        genetic(view, &used.name, items_of(view, used), to);
    }
    for share in view.shares() {
        if share.purpose.said().is_some_and(|purpose| is_underwriting(view, Kind::Purpose, &purpose.text)) {
            genetic(view, &share.name, share.items.said().into_iter().flatten(), to);
        }
    }
}

fn genetic<'a>(view: &View<'a>, name: &str, items: impl IntoIterator<Item = &'a Ref<Item>>, to: &mut Report<'_>) {
    for item in items {
        if let Some(facts) = view.facts(item).filter(|facts| facts.genetic) {
            let message = said!("`{name}` underwrites by `{item}`", name, item = facts.name);
            to.error(item.span, message, said!("barred from underwriting"));
        }
    }
}

/// Items that a use names; without names, those of its functions stand where they are collected.
fn items_of<'a>(view: &View<'a>, used: &'a Use) -> Vec<&'a Ref<Item>> {
    if !used.items.is_empty() {
        return used.items.iter().collect();
    }
    let of = |function: &Function| used.functions.iter().any(|one| one.text == function.id.as_str());
    let elsewhere = view.groups().filter(|(function, _)| of(function) && !underwrites(view, function));
    elsewhere.flat_map(|(_, group)| &group.items).collect()
}

fn underwrites(view: &View<'_>, function: &Function) -> bool {
    let by_purpose = |purpose: &Ref<Purpose>| is_underwriting(view, Kind::Purpose, &purpose.text);
    is_underwriting(view, Kind::Function, function.id.as_str())
        || function.purposes.iter().any(by_purpose)
        || begins_cover(view, function)
}

/// Whatever it is called: what makes the record of a cover decides whether somebody is covered.
fn begins_cover(view: &View<'_>, function: &Function) -> bool {
    let Some(made) = &function.makes else { return false };
    let lasts = |event: &At<Event>| matches!(event.value, Event::InForceFrom | Event::InForceUntil);
    view.said().records.iter().any(|record| record.id.as_str() == made.text && record.events.iter().any(lasts))
}

fn is_underwriting(view: &View<'_>, kind: Kind, id: &str) -> bool {
    let law = &view.program.law;
    law.is_underwriting(id) || law.is_underwriting(view.program.names.name_of(kind, id))
}
