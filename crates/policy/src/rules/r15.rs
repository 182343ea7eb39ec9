//! R15: of sensitive items people are told why they are needed and what they risk.

use std::collections::BTreeSet;

use model::field::Validator;

use super::said::said;
use super::view::{View, first_clause, groups_of, is_personal};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{At, Function, Item, Ref};

pub(super) const RULE: Rule = Rule { code: "R15", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    in_text(view, to);
    for function in &said.functions {
        let here = |id: &str| id == function.id.as_str();
        let items = groups_of(function).filter(|group| view.is_natural(&group.of)).flat_map(|group| &group.items);
        untold(view, &function.name, items, here, to);
    }
    for used in said.uses.iter().filter(|used| is_personal(used.level.as_ref())) {
        untold(view, &used.name, &used.items, |id| is_of(&used.functions, id), to);
    }
    for share in view.shares() {
        let items = share.items.said().into_iter().flatten();
        untold(view, &share.name, items, |id| is_of(&share.functions, id), to);
    }
    for disclosed in said.disclosures.iter().filter(|disclosed| is_personal(disclosed.level.as_ref())) {
        untold(view, &disclosed.name, disclosed.items.said().into_iter().flatten(), |_| true, to);
    }
}

/// What a page tells, the text should tell, too: one finding for a clause, however many functions take the items there.
fn in_text(view: &View<'_>, to: &mut Report<'_>) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (function, group) in view.groups().filter(|(_, group)| group.necessity.is_none() || group.impact.is_none()) {
        let sensitive = |item: &&Ref<Item>| {
            let secret = view.facts(item).is_some_and(|facts| facts.validator == Some(Validator::Secret));
            view.is_sensitive(item) && !secret
        };
        let items: Vec<&Ref<Item>> = group.items.iter().filter(sensitive).collect();
        let clause = first_clause(&group.clause).or_else(|| first_clause(&function.clause));
        let new = |seen: &mut BTreeSet<_>| clause.is_none_or(|clause| seen.insert(clause));
        let Some(first) = items.first().filter(|_| new(&mut seen)) else { continue };
        let marked = group.sensitive.said().is_some_and(|sensitive| *sensitive);
        let parts = [
            (!marked).then(|| said!("that they are sensitive")),
            group.necessity.is_none().then(|| said!("why they are needed")),
            group.impact.is_none().then(|| said!("what that means for people")),
        ];
        let missing = parts.into_iter().flatten().reduce(|all, next| said!("{all}, nor {next}", all, next));
        let message = said!(
            "the text takes {items} for `{name}` and does not say {missing}",
            items = view.items(items.iter().copied()),
            name = function.name.value,
            missing = missing.unwrap_or_default()
        );
        let label = said!("told by a page at best");
        to.push(to.finding(Severity::Note, message).at(view.policy, first.span, label));
    }
}

/// One finding for all items of an element of which no page tells.
fn untold<'a>(
    view: &View<'a>,
    name: &At<String>,
    items: impl IntoIterator<Item = &'a Ref<Item>>,
    here: impl Fn(&str) -> bool,
    to: &mut Report<'_>,
) {
    let notices = &view.program.operation.notices;
    let is_told = |item: &Ref<Item>| {
        notices.iter().any(|notice| here(&notice.function.text) && notice.items.iter().any(|one| one.text == item.text))
    };
    let mut seen = BTreeSet::new();
    let needs_words = |item: &&Ref<Item>| view.is_sensitive(item) || view.facts(item).is_some_and(|facts| facts.face);
    let open: Vec<&Ref<Item>> = items
        .into_iter()
        .filter(needs_words)
        .filter(|item| !is_told(item) && seen.insert(item.text.as_str()))
        .collect();
    let Some(first) = open.first() else { return };
    let items = view.items(open.iter().copied());
    let message =
        said!("nothing tells why `{name}` needs {items}, and what that means for people", name = name.value, items);
    to.error(first.span, message, said!("sensitive, and not told of"));
}

/// Whether something in whose course nothing particular happens, or that function, is meant.
fn is_of(functions: &[Ref<Function>], id: &str) -> bool {
    functions.is_empty() || functions.iter().any(|one| one.text == id)
}
