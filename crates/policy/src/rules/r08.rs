//! R8: consent is bound to what was told. Where the text leaves out what is done with, a page can show nothing, and whoever
//! agrees to it has agreed to nothing. What goes to a recipient has a rule of its own.

use super::said::said;
use super::view::{View, is_personal, rests_on_consent};
use super::{Report, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule { code: "R8", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let uses = said
        .uses
        .iter()
        .filter(|used| is_personal(used.level.as_ref()) && used.items.is_empty() && used.functions.is_empty())
        .filter(|used| rests_on_consent(&used.basis, &used.consent))
        .map(|used| (&used.id, &used.name));
    let disclosures = said
        .disclosures
        .iter()
        .filter(|disclosed| disclosed.items.is_silent() && rests_on_consent(&disclosed.basis, &disclosed.consent))
        .map(|disclosed| (&disclosed.id, &disclosed.name));
    for (id, name) in uses.chain(disclosures) {
        let message = said!("the consent to `{name}` is bound to no items", name = name.value);
        to.error(id.span, message, said!("consent to what?"));
    }
}
