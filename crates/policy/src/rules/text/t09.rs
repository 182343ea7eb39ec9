//! `T09`: a time has a figure. How long something is kept is for `R3`.

use super::super::said::{Bilingual, Listed, said};
use super::super::view::{View, span_of};
use super::super::{Report, Rule};
use super::wording::wording;
use crate::finding::{Severity, Span};
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
        let message = said!("`{words}` gives no day by which minors' data are gone", words = quoted(then));
        note(view, then.span, message, to);
    }
    for promise in said.promises.iter().filter(|promise| promise.every_months.is_none()) {
        if wording().is_no_frequency(&promise.text) {
            let message = said!("the promise `{promise}` does not say how often", promise = promise.id.as_str());
            note(view, promise.text.span, message, to);
        }
    }
    if let Some(lead) = &said.update.lead
        && lead.said().is_none()
    {
        let at = span_of(lead, span_of(&said.update.major_notice, span_of(&said.update.notice, said.update.span.0)));
        note(view, at, said!("people are told of changes, and not how long before"), to);
    }
    let stays = |tracker: &&Tracker| tracker.lasts.as_ref().is_some_and(|lasts| lasts.said().is_none());
    for tracker in said.trackers.iter().filter(stays) {
        let message = said!("the text does not say how long `{name}` stays", name = tracker.name.value);
        note(view, tracker.id.span, message, to);
    }
}

/// Rights for which somebody must be waited for, and no time is told.
fn rights(view: &View<'_>, to: &mut Report<'_>) {
    let waits =
        |right: &&Right| right.routes.said().is_some_and(|routes| routes.iter().any(|way| *way != Route::SelfService));
    for right in view.said().rights.iter().filter(|right| right.clock.said().is_none()).filter(waits) {
        let message = said!("the text gives no time for `{right}`", right = Listed(right.kind.value));
        to.warning(right.kind.span, message, said!("by when?"));
    }
}

/// The end of the service, and of the copies.
fn ends(view: &View<'_>, to: &mut Report<'_>) {
    let storage = &view.said().storage;
    if let Stated::Said(then) = &storage.end_of_service {
        let told = storage.end_notice.said().is_some() || !wording().is_telling(then);
        let gone = !wording().is_erasing_some_day(then);
        let missing = match (told, gone) {
            (true, true) => None,
            (false, true) => Some(said!("how long before people are told")),
            (true, false) => Some(said!("by when data are gone")),
            (false, false) => Some(said!("how long before people are told nor by when data are gone")),
        };
        if let Some(what) = missing {
            note(view, then.span, said!("the service ends, and the text does not say {what}", what), to);
        }
    }
    if let Stated::Said(then) = &storage.backups
        && wording().is_erasing_some_day(then)
    {
        note(view, then.span, said!("backups are cleared, and no day is named"), to);
    }
}

fn note(view: &View<'_>, at: Span, message: Bilingual, to: &mut Report<'_>) {
    let finding = to.finding(Severity::Note, message).at(view.policy, at, said!("no figure"));
    to.push(finding);
}
