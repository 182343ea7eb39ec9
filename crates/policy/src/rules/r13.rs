//! R13: no service is refused for what it does not need: need is stated item by item, and a refusal closes no more than
//! what needs the item.

use std::collections::BTreeSet;

use model::field::Validator;

use super::said::{Listed, joined, said};
use super::view::{View, groups_of, is_commanded};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{
    Collect, Function, FunctionKind, Item, Kind, Moment, Need, Permission, Reach, Ref, Refused, Stated, StatementKind,
};

pub(super) const RULE: Rule = Rule { code: "R13", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    at_first(view, to);
    for sentence in view.sentences(StatementKind::AllOrNothing) {
        let message = said!("whoever disagrees with any part of the text is refused the whole");
        to.error(sentence.kind.span, message, said!("one answer for everything"));
    }
    for function in view.said().functions.iter().filter(|function| !is_commanded(&function.basis)) {
        need(view, function, to);
        entry(view, function, to);
        if let Stated::Said(refused) = &function.refused {
            reach(function, refused, to);
            closed(view, function, refused, to);
        }
    }
}

/// The matrix of needs: item by item a condition, or not.
fn need(view: &View<'_>, function: &Function, to: &mut Report<'_>) {
    let open = groups_of(function).filter(|group| view.is_natural(&group.of) && group.need.is_silent());
    let mut seen = BTreeSet::new();
    let items = open.flat_map(|group| &group.items).filter(|item| seen.insert(item.text.as_str()));
    let items: Vec<&Ref<Item>> = items.collect();
    let Some(first) = items.first() else { return };
    let names = view.items(items.iter().copied());
    let message = said!("`{name}` does not say whether it needs {items}", name = function.name.value, items = names);
    to.warning(first.span, message, said!("a condition, or at choice?"));
}

/// To open an account or to come in, nobody needs what adorns it, nor what is sensitive.
fn entry(view: &View<'_>, function: &Function, to: &mut Report<'_>) {
    let wording = view.program.law.wording();
    if !wording.is_entry(&function.name) {
        return;
    }
    let beyond = |item: &&Ref<Item>| {
        let secret = view.facts(item).is_some_and(|facts| facts.validator == Some(Validator::Secret));
        wording.is_adornment(view.name(Kind::Item, &item.text)) || view.is_sensitive(item) && !secret
    };
    for group in groups_of(function).filter(|group| view.is_natural(&group.of)) {
        if !matches!(group.need.said(), Some(Need::Required | Need::Conditional)) {
            continue;
        }
        let beyond: Vec<&Ref<Item>> = group.items.iter().filter(beyond).collect();
        if let Some(first) = beyond.first() {
            let items = view.items(beyond.iter().copied());
            let message = said!("`{name}` demands {items}, which no account needs", name = function.name.value, items);
            to.warning(first.span, message, said!("needed for this?"));
        }
    }
}

/// What is asked for when an application first starts is asked for before anything needs it.
fn at_first(view: &View<'_>, to: &mut Report<'_>) {
    let early = |one: &&Permission| one.asked.as_ref().is_some_and(|asked| asked.value == Moment::FirstUse);
    for permission in view.said().permissions.iter().filter(early) {
        let message = said!("`{name}` is asked for before anything needs it", name = permission.name.value);
        to.warning(permission.id.span, message, said!("when it is needed"));
    }
}

/// What is extra closes nothing but itself, and no ordinary function closes the account.
fn reach(function: &Function, refused: &Refused, to: &mut Report<'_>) {
    let (name, reach) = (&function.name.value, refused.reach.value);
    if is_extra(function) && !matches!(reach, Reach::ThisFunction | Reach::Nowhere) {
        let reach = Listed(reach);
        let message = said!("`{name}` is an extra, and who refuses it is refused more (`{reach}`)", name, reach);
        to.error(refused.reach.span, message, said!("not for an extra"));
    } else if matches!(reach, Reach::AllInsurance | Reach::Account) {
        let reach = Listed(reach);
        let message = said!("who refuses what `{name}` needs loses more than what needs it (`{reach}`)", name, reach);
        to.warning(refused.reach.span, message, said!("does all of it need this?"));
    }
}

/// Functions that are closed along with this one and need none of what it needs.
fn closed(view: &View<'_>, function: &Function, refused: &Refused, to: &mut Report<'_>) {
    let needed: BTreeSet<&str> = needs(function).collect();
    let mut others = refused.closes.iter().filter(|closed| {
        let named = view.said().functions.iter().find(|one| one.id.as_str() == closed.text);
        named.is_some_and(|other| !needs(other).any(|item| needed.contains(item)) && !reads_from(other, function))
    });
    let Some(first) = others.next() else { return };
    let names = joined(std::iter::once(first).chain(others).map(|one| view.name(Kind::Function, &one.text)));
    let message = said!(
        "who refuses what `{name}` needs is refused {others}, which needs none of it",
        name = function.name.value,
        others = names
    );
    if is_extra(function) {
        to.error(first.span, message, said!("closed without need"));
    } else {
        to.warning(first.span, message, said!("closed without need"));
    }
}

fn is_extra(function: &Function) -> bool {
    matches!(function.kind.value, FunctionKind::Additional | FunctionKind::Marketing)
}

/// What a function needs, as far as the text does not leave it at choice.
fn needs(function: &Function) -> impl Iterator<Item = &str> {
    let at_choice = |group: &&Collect| group.need.said() == Some(&Need::Optional);
    groups_of(function)
        .filter(move |group| !at_choice(group))
        .flat_map(|group| &group.items)
        .map(|one| one.text.as_str())
}

fn reads_from(reader: &Function, maker: &Function) -> bool {
    let made = maker.makes.as_ref().map(|record| &record.text);
    reader.reads.iter().any(|read| Some(&read.class.text) == made)
}
