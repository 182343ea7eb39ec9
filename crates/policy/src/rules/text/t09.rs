//! `T09`: a time has a figure. How long something is kept is for `R3`.

use super::super::view::{View, span_of};
use super::super::{Report, Rule};
use super::wording::wording;
use crate::finding::Severity;
use crate::syntax::{Right, Route, Stated, Tracker, quoted};

pub(super) const RULE: Rule = Rule { code: "T09", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    rights(view, to);
    ends(view, to);
    if let Stated::Said(then) = &said.minors.wrongly_collected
        && wording().is_no_time(then)
        // Who only promises to try is told so by `T08`.
        && !wording().is_try(then)
    {
        let message = format!("`{}` gives no day by which minors' data are gone", quoted(then));
        note(view, then.span, message, to);
    }
    for promise in said.promises.iter().filter(|promise| promise.every_months.is_none()) {
        if wording().is_no_frequency(&promise.text) {
            let message = format!("the promise `{}` does not say how often", promise.id.value);
            note(view, promise.text.span, message, to);
        }
    }
    if let Some(lead) = &said.update.lead
        && lead.said().is_none()
    {
        let at = span_of(lead, span_of(&said.update.major_notice, span_of(&said.update.notice, said.update.span.0)));
        note(view, at, "people are told of changes, and not how long before".to_owned(), to);
    }
    let stays = |tracker: &&Tracker| tracker.lasts.as_ref().is_some_and(|lasts| lasts.said().is_none());
    for tracker in said.trackers.iter().filter(stays) {
        note(view, tracker.id.span, format!("the text does not say how long `{}` stays", tracker.name.value), to);
    }
}

/// Rights for which somebody must be waited for, and no time is told.
fn rights(view: &View<'_>, to: &mut Report<'_>) {
    let waits =
        |right: &&Right| right.routes.said().is_some_and(|routes| routes.iter().any(|way| *way != Route::SelfService));
    for right in view.said().rights.iter().filter(|right| right.clock.said().is_none()).filter(waits) {
        to.warning(right.kind.span, format!("the text gives no time for `{}`", right.kind.value), "by when?");
    }
}

/// The end of the service, and of the copies.
fn ends(view: &View<'_>, to: &mut Report<'_>) {
    let storage = &view.said().storage;
    if let Stated::Said(then) = &storage.end_of_service {
        let told = storage.end_notice.said().is_some() || !wording().is_telling(then);
        let gone = !wording().is_erasing_some_day(then);
        let missing = [("how long before people are told", told), ("by when data are gone", gone)];
        let missing: Vec<&str> = missing.into_iter().filter(|(_, said)| !said).map(|(what, _)| what).collect();
        if !missing.is_empty() {
            note(view, then.span, format!("the service ends, and the text does not say {}", missing.join(" nor ")), to);
        }
    }
    if let Stated::Said(then) = &storage.backups
        && wording().is_erasing_some_day(then)
    {
        note(view, then.span, "backups are cleared, and no day is named".to_owned(), to);
    }
}

fn note(view: &View<'_>, at: crate::finding::Span, message: String, to: &mut Report<'_>) {
    let finding = to.finding(Severity::Note, message).at(view.policy, at, "no figure");
    to.push(finding);
}
