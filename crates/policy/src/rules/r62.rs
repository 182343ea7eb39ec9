//! R62: every version has its day, and is told before it.

use super::view::{View, span_of};
use super::{Report, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule { code: "R62", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let header = &view.said().policy;
    let Some(effective) = header.effective.said() else {
        to.error(header.title.span, "the text does not say from when it holds", "no effective date");
        return;
    };
    let Some(updated) = header.updated.said().filter(|updated| effective <= *updated) else { return };
    let at = span_of(&header.effective, header.title.span);
    let told_before = view.said().update.before_effect.said().is_some_and(|before| *before);
    if effective < updated {
        to.error(at, format!("the text holds from {effective}, before it was written ({updated})"), "backdated");
    } else if told_before {
        to.error(at, "the text promises notice before a change, and holds from the day of its update", "no notice");
    }
}
