//! R9: material change asks again, and every change is told.

use super::said::{Listed, joined, said};
use super::view::{View, span_of};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Change, Stated};

pub(super) const RULE: Rule = Rule { code: "R9", gravest: Severity::Error, check };

/// What cannot change without consent anew.
const AGAIN: [Change; 4] = [Change::Purpose, Change::Manner, Change::Items, Change::Recipients];

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let update = &view.said().update;
    let head = view.head(update.span);
    if update.notice.said().is_none() && update.major_notice.said().is_none() {
        to.error(head, said!("the text does not say how people are told of a change"), said!("told by nobody"));
    }
    if let Stated::Said(before) = &update.before_effect
        && !before.value
    {
        to.warning(before.span, said!("a change takes effect before anybody is told"), said!("afterwards"));
    }
    let again = update.consent_again.said().map_or(&[][..], Vec::as_slice);
    let missing: Vec<Change> = AGAIN.into_iter().filter(|change| !asks(again, *change)).collect();
    if !missing.is_empty() {
        let changes = joined(missing.into_iter().map(Listed));
        let message = said!("the text does not promise to ask again when it changes {changes}", changes);
        to.warning(span_of(&update.consent_again, head), message, said!("no new consent"));
    }
}

/// The model of the service is its purposes, kinds of items and manner of use.
fn asks(again: &[Change], change: Change) -> bool {
    again.contains(&change) || change != Change::Recipients && again.contains(&Change::ServiceModel)
}
