//! R68: a level of protection that asks for declared cryptography has it.

use super::said::said;
use super::view::View;
use super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::syntax::{Cryptography, Stated};

pub(super) const RULE: Rule = Rule { code: "R68", gravest: Severity::Warning, check };

/// From this level on.
const LEVEL: u32 = 3;

/// The level stands in the text, or in the operation file, where the text leaves it open.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    let operation = &view.program.operation;
    let declared = operation.cryptography.as_ref().map(|declared| declared.value);
    let message = match declared {
        Some(Cryptography::Guomi) => return,
        Some(Cryptography::International) => {
            said!("a third level of protection asks for the suite `guomi`, and another is declared")
        }
        None => said!("a third level of protection is claimed, and nothing declares what seals and signs"),
    };
    let wording = view.program.law.wording();
    let in_text = match &view.said().storage.security_level {
        Stated::Said(level) if wording.is_protected_level(level) => Some(level.span),
        Stated::Said(_) | Stated::Nothing(_) | Stated::NotStated { .. } => None,
    };
    let filed = operation.protection_level.as_ref().filter(|level| level.value >= LEVEL);
    let by_promise = || -> Option<Span> {
        let claims = |text: &str| wording.is_protection_scheme(text) && wording.is_protected_level(text);
        view.said().promises.iter().find(|promise| claims(&promise.text)).map(|promise| promise.text.span)
    };
    if let Some(at) = by_promise().or(in_text) {
        to.warning(at, message, said!("with which cryptography?"));
    } else if let Some((level, source)) = filed.zip(view.operation) {
        let label = said!("with which cryptography?");
        let finding = to.finding(Severity::Warning, message).at(source, level.span, label);
        to.push(finding.about("protection-level"));
    }
}
