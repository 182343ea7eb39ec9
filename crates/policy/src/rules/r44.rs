//! R44: proof of identity in proportion: nobody gives new sensitive items to exercise a right.

use std::collections::BTreeSet;

use model::field::Validator;

use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::resolve::ItemFacts;
use crate::syntax::{Stated, StatementKind};

pub(super) const RULE: Rule = Rule { code: "R44", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let wording = view.program.law.wording();
    for sentence in view.sentences(StatementKind::Verification) {
        let parts = [
            ("with what", wording.is_proof(&sentence.text)),
            ("that what proved it is erased again", wording.is_erased_again(&sentence.text)),
        ];
        let missing: Vec<&str> = parts.into_iter().filter(|(_, told)| !told).map(|(part, _)| part).collect();
        if !missing.is_empty() {
            let message =
                format!("who exercises a right proves identity, and the text does not say {}", missing.join(", nor "));
            to.warning(sentence.id.span, message, "shown what, kept how long?");
        }
    }
    for right in &view.said().rights {
        let Stated::Said(identity) = &right.identity else { continue };
        for item in asked(view, identity) {
            let message = format!("the right `{}` asks for `{}`, which no function needs", right.kind.value, item.name);
            to.warning(identity.span, message, "a new sensitive item");
        }
    }
}

/// Sensitive items that a text names and that no function takes, so that proving identity would be the first to take them.
/// What is sent to be typed back tells nothing about a person.
fn asked<'a>(view: &View<'a>, text: &str) -> Vec<&'a ItemFacts> {
    let held: BTreeSet<&str> =
        view.groups().flat_map(|(_, group)| &group.items).map(|item| item.text.as_str()).collect();
    let names =
        |item: &ItemFacts| std::iter::once(&item.name).chain(&item.aliases).any(|name| text.contains(name.as_str()));
    let sensitivity = &view.program.operation.switches.sensitivity;
    let all = view.program.items.values().filter(|item| item.sensitive_on(view.day, sensitivity) && names(item));
    all.filter(|item| item.validator != Some(Validator::Secret) && !held.contains(item.id.as_str())).collect()
}
