//! R2: nothing without a declared purpose, method and list of items. What goes to a recipient, and what rests on a consent
//! that can be bound to nothing, have rules of their own.

use super::view::{View, groups_of, is_personal, rests_on_consent, told_items};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Function, Kind, Ref};

pub(super) const RULE: Rule = Rule { code: "R2", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    for purpose in &said.purposes {
        let open =
            [&purpose.name, &purpose.text].into_iter().find(|text| view.program.law.wording().is_open_purpose(text));
        if let Some(open) = open {
            to.warning(
                open.span,
                format!("the purpose `{}` is open at its end", purpose.name.value),
                "could mean anything",
            );
        }
    }
    for function in &said.functions {
        functions(view, function, to);
    }
    for used in said.uses.iter().filter(|used| !rests_on_consent(&used.basis, &used.consent)) {
        if is_personal(used.level.as_ref()) && used.items.is_empty() && used.functions.is_empty() {
            to.error(used.id.span, format!("`{}` does not say which items it works on", used.name.value), "with what?");
        }
    }
    for disclosed in said.disclosures.iter().filter(|one| !rests_on_consent(&one.basis, &one.consent)) {
        if disclosed.items.is_silent() {
            let message = format!("`{}` does not say which items are made public", disclosed.name.value);
            to.error(disclosed.id.span, message, "what?");
        }
    }
}

fn functions(view: &View<'_>, function: &Function, to: &mut Report<'_>) {
    let name = &function.name.value;
    if function.purposes.is_empty() {
        to.error(function.id.span, format!("`{name}` has no purpose"), "what for?");
    }
    if function.collects.is_silent() && function.reads.is_empty() && !told_elsewhere(view, function) {
        to.error(function.id.span, format!("`{name}` does not say which items it takes"), "with what?");
    }
    for group in groups_of(function).filter(|group| view.is_natural(&group.of)) {
        let Some(first) = group.items.first() else { continue };
        if group.trigger.is_silent() {
            let message = format!("`{name}` does not say how it comes by {}", view.items(&group.items));
            to.error(first.span, message, "given, or taken by itself?");
        }
        if let Some(open) = group.open.as_ref().filter(|open| open.value) {
            let of = view.name(Kind::Person, &group.of.text);
            to.warning(open.span, format!("the list of what `{name}` takes from `{of}` is open"), "and what else?");
        }
    }
}

/// Whether a share or a use tells what a function works on.
fn told_elsewhere(view: &View<'_>, function: &Function) -> bool {
    let said = view.said();
    let names = |functions: &[Ref<Function>]| functions.iter().any(|one| one.text == function.id.as_str());
    said.shares.iter().any(|share| names(&share.functions) && told_items(share))
        || said.uses.iter().any(|used| names(&used.functions) && !used.items.is_empty())
}
