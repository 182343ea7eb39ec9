//! R62: every version has its day, and is told before it.

use super::view::{View, span_of};
use super::{Report, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule { code: "R62", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    days(view, to);
    let update = &view.said().update;
    if update.archive.said().is_none() {
        let at = span_of(&update.archive, view.head(update.span));
        to.warning(at, "the text does not say that older versions can still be read", "gone?");
    } else if update.archive_place.is_none() {
        let at = span_of(&update.archive, view.head(update.span));
        let message = "older versions can be read, and the text does not say where";
        to.push(to.finding(Severity::Note, message).at(view.policy, at, "where?"));
    }
    if update.lists_changes.as_ref().is_none_or(|lists| !lists.value) {
        let message = "nothing tells what changed since the version before";
        to.push(to.finding(Severity::Note, message).at(view.policy, view.head(update.span), "no list of changes"));
    }
}

fn days(view: &View<'_>, to: &mut Report<'_>) {
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
    } else {
        to.warning(at, "the text holds from the day of its update, before anybody could read it", "no time to read");
    }
}
