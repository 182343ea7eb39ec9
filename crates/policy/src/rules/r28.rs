//! R28: nothing is made public without separate consent, and lists are masked.

use super::r10::form;
use super::said::said;
use super::view::{View, is_commanded, is_personal, rests_on_consent};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Disclosure, Level};

pub(super) const RULE: Rule = Rule { code: "R28", gravest: Severity::Error, check };

/// What a statute or a court lets be published is published as they say.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    for disclosed in view.said().disclosures.iter().filter(|disclosed| is_personal(disclosed.level.as_ref())) {
        if is_commanded(&disclosed.basis) {
            demanded(disclosed, to);
        } else {
            agreed(disclosed, to);
        }
    }
}

fn agreed(disclosed: &Disclosure, to: &mut Report<'_>) {
    let name = &disclosed.name.value;
    if rests_on_consent(&disclosed.basis, &disclosed.consent) {
        let what = said!("making items public (`{name}`)", name);
        form("R28", &what, &disclosed.consent, disclosed.id.span, to);
    } else {
        let message = said!("`{name}` makes people public without their separate consent", name);
        to.warning(disclosed.id.span, message, said!("who agreed?"));
    }
    let covered = disclosed.level.as_ref().is_some_and(|level| level.value == Level::Masked)
        || disclosed.masked.said().is_some_and(|masked| *masked);
    if !disclosed.items.is_silent() && !covered {
        let message = said!("`{name}` makes items public unmasked", name);
        to.warning(disclosed.id.span, message, said!("for everybody to read"));
    }
}

/// A demand is one that somebody shows in writing.
fn demanded(disclosed: &Disclosure, to: &mut Report<'_>) {
    if disclosed.document.said().is_none_or(|document| !document) {
        let name = &disclosed.name.value;
        let message = said!("`{name}` makes people public on a demand, and asks for no document that orders it", name);
        to.warning(disclosed.id.span, message, said!("by whose order?"));
    }
}
