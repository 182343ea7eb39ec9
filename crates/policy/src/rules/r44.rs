//! R44: proof of identity in proportion: nobody gives new sensitive items to exercise a right.

use std::collections::BTreeSet;

use model::field::Validator;

use super::said::{Listed, said};
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
            (!wording.is_proof(&sentence.text)).then(|| said!("with what")),
            (!wording.is_erased_again(&sentence.text)).then(|| said!("that what proved it is erased again")),
        ];
        let missing = parts.into_iter().flatten().reduce(|all, part| said!("{all}, nor {part}", all, part));
        if let Some(missing) = missing {
            let message = said!("who exercises a right proves identity, and the text does not say {missing}", missing);
            to.warning(sentence.id.span, message, said!("shown what, kept how long?"));
        }
    }
    for right in &view.said().rights {
        let Stated::Said(identity) = &right.identity else { continue };
        for item in asked(view, identity) {
            let (kind, item) = (Listed(right.kind.value), &item.name);
            let message = said!("the right `{kind}` asks for `{item}`, which no function needs", kind, item);
            to.warning(identity.span, message, said!("a new sensitive item"));
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
