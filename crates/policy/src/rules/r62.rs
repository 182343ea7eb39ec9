//! R62: every version has its day, and is told before it.

use super::said::said;
use super::view::{View, span_of};
use super::{Report, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule { code: "R62", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    days(view, to);
    let update = &view.said().update;
    if update.archive.said().is_none() {
        let at = span_of(&update.archive, view.head(update.span));
        to.warning(at, said!("the text does not say that older versions can still be read"), said!("gone?"));
    } else if update.archive_place.is_none() {
        let at = span_of(&update.archive, view.head(update.span));
        let message = said!("older versions can be read, and the text does not say where");
        to.push(to.finding(Severity::Note, message).at(view.policy, at, said!("where?")));
    }
    if update.lists_changes.as_ref().is_none_or(|lists| !lists.value) {
        let finding = to.finding(Severity::Note, said!("nothing tells what changed since the version before"));
        to.push(finding.at(view.policy, view.head(update.span), said!("no list of changes")));
    }
}

fn days(view: &View<'_>, to: &mut Report<'_>) {
    let header = &view.said().policy;
    let Some(effective) = header.effective.said() else {
        let message = said!("the text does not say from when it holds");
        to.error(header.title.span, message, said!("no effective date"));
        return;
    };
    let Some(updated) = header.updated.said().filter(|updated| effective <= *updated) else { return };
    let at = span_of(&header.effective, header.title.span);
    let told_before = view.said().update.before_effect.said().is_some_and(|before| *before);
    if effective < updated {
        let message = said!("the text holds from {effective}, before it was written ({updated})", effective, updated);
        to.error(at, message, said!("backdated"));
    } else if told_before {
        let message = said!("the text promises notice before a change, and holds from the day of its update");
        to.error(at, message, said!("no notice"));
    } else {
        let message = said!("the text holds from the day of its update, before anybody could read it");
        to.warning(at, message, said!("no time to read"));
    }
}
