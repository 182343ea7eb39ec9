//! `T09`: a time has a figure. How long something is kept is for `R3`.

use super::super::view::{View, joined};
use super::super::{Report, Rule};
use super::wording::wording;
use crate::finding::Severity;
use crate::syntax::{Right, Route, Stated, quoted};

pub(super) const RULE: Rule = Rule { code: "T09", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    rights(view, to);
    if let Stated::Said(then) = &said.minors.wrongly_collected
        && wording().is_no_time(then)
    {
        let message = format!("`{}` gives no day by which minors' data are gone", quoted(then));
        note(view, then.span, message, to);
    }
    if let (Stated::Said(then), None) = (&said.storage.end_of_service, said.storage.end_notice.said())
        && wording().is_telling(then)
    {
        note(view, then.span, "people are told that the service ends, and not how long before".to_owned(), to);
    }
    for promise in said.promises.iter().filter(|promise| promise.every_months.is_none()) {
        if wording().is_no_frequency(&promise.text) {
            let message = format!("the promise `{}` does not say how often", promise.id.value);
            note(view, promise.text.span, message, to);
        }
    }
}

/// Rights for which somebody must be waited for, and no time is told; all are told at once.
fn rights(view: &View<'_>, to: &mut Report<'_>) {
    let waits =
        |right: &&Right| right.routes.said().is_some_and(|routes| routes.iter().any(|way| *way != Route::SelfService));
    let untimed = view.said().rights.iter().filter(|right| right.clock.said().is_none()).filter(waits);
    let untimed: Vec<&Right> = untimed.collect();
    if untimed.is_empty() {
        return;
    }
    let message = format!("the text gives no time for {}", joined(untimed.iter().map(|right| right.kind.value.word())));
    let mut finding = to.finding(Severity::Warning, message);
    for right in untimed {
        finding = finding.at(view.policy, right.kind.span, "by when?");
    }
    to.push(finding);
}

fn note(view: &View<'_>, at: crate::finding::Span, message: String, to: &mut Report<'_>) {
    let finding = to.finding(Severity::Note, message).at(view.policy, at, "no figure");
    to.push(finding);
}
