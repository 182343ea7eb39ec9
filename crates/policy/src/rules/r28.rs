//! R28: nothing is made public without separate consent, and lists are masked. A consent in a lesser form is told with the
//! other separate consents.

use super::view::{View, is_commanded, is_personal, rests_on_consent};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::Level;

pub(super) const RULE: Rule = Rule { code: "R28", gravest: Severity::Warning, check };

/// What a statute or a court lets be published is published as they say.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    let personal = view.said().disclosures.iter().filter(|disclosed| is_personal(disclosed.level.as_ref()));
    for disclosed in personal.filter(|disclosed| !is_commanded(&disclosed.basis)) {
        let name = &disclosed.name.value;
        if !rests_on_consent(&disclosed.basis, &disclosed.consent) {
            let message = format!("`{name}` makes people public without their separate consent");
            to.warning(disclosed.id.span, message, "who agreed?");
        }
        let covered = disclosed.level.as_ref().is_some_and(|level| level.value == Level::Masked)
            || disclosed.masked.said().is_some_and(|masked| *masked);
        if !disclosed.items.is_silent() && !covered {
            to.warning(disclosed.id.span, format!("`{name}` makes items public unmasked"), "for everybody to read");
        }
    }
}
