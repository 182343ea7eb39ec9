//! R49: whoever received something hears that it is erased.

use super::said::said;
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{RecipientClass, RightKind, Share};

pub(super) const RULE: Rule = Rule { code: "R49", gravest: Severity::Note, check };

/// Authorities keep by their own laws; of others the text says that they are told.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    let keeps = |share: &Share| {
        view.recipient(share).is_some_and(|recipient| recipient.class.value != RecipientClass::Authority)
    };
    if !view.shares().any(keeps) {
        return;
    }
    let said = view.said();
    let wording = view.program.law.wording();
    let promises = said.promises.iter().map(|promise| promise.text.as_str());
    let effects = said.rights.iter().filter_map(|right| right.effect.as_ref()).map(|effect| effect.as_str());
    if promises.chain(effects).any(|text| wording.is_telling(text) && wording.is_receiver(text)) {
        return;
    }
    for right in view.rights(RightKind::Delete) {
        let message = said!("items are erased here, and nothing says that whoever received them hears of it");
        to.push(to.finding(Severity::Note, message).at(view.policy, right.kind.span, said!("and there?")));
    }
}
