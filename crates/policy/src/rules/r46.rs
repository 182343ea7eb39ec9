//! R46: what a law keeps after its purpose is over is kept, and nothing else is done with it.

use super::said::said;
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{RightKind, Stated};

pub(super) const RULE: Rule = Rule { code: "R46", gravest: Severity::Note, check };

/// A text that lets laws go before erasing says what becomes of what they keep.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let wording = view.program.law.wording();
    let after = said.retentions.iter().filter_map(|rule| match &rule.after {
        Stated::Said(after) => Some(after),
        Stated::Nothing(_) | Stated::NotStated { .. } => None,
    });
    let effects = said.rights.iter().filter_map(|right| right.effect.as_ref());
    let promises = said.promises.iter().map(|promise| &promise.text);
    if after.chain(effects).chain(promises).any(|text| wording.is_storage_only(text)) {
        return;
    }
    let erasing = |kind: RightKind| matches!(kind, RightKind::Delete | RightKind::CloseAccount);
    let rights = said.rights.iter().filter(|right| erasing(right.kind.value) && !right.laws.is_empty());
    let mut places = rights.map(|right| right.kind.span).peekable();
    let kept = said.retentions.iter().find(|rule| !rule.laws.is_empty()).map(|rule| rule.id.span);
    let kept = kept.filter(|_| places.peek().is_none());
    for at in places.chain(kept) {
        let message = said!("laws go before erasing, and the text does not say that what they keep is only stored");
        to.push(to.finding(Severity::Note, message).at(view.policy, at, said!("and used no more?")));
    }
}
