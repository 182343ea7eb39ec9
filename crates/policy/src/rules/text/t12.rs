//! `T12`: a purpose is served by something.

use super::super::said::said;
use super::super::view::View;
use super::super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Purpose, Ref, quoted};

pub(super) const RULE: Rule = Rule { code: "T12", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    for purpose in view.said().purposes.iter().filter(|purpose| !is_served(view, purpose)) {
        let message = said!("nothing that the text describes serves the purpose `{name}`", name = purpose.name.value);
        to.warning(purpose.id.span, message, said!("by what?"));
    }
    let activities = view.said().document.iter().flat_map(|document| &document.activities);
    for activity in activities.filter(|activity| activity.by.is_nothing()) {
        let words = quoted(&activity.words);
        let message = said!("the text speaks of `{words}`, and describes no function in which it is done", words);
        let mut finding = to.finding(Severity::Warning, message).at(view.policy, activity.words.span, said!("where?"));
        finding.clause = Some(activity.clause.value.clone());
        to.push(finding.about(activity.clause.value.clone()));
    }
}

fn is_served(view: &View<'_>, purpose: &Purpose) -> bool {
    let said = view.said();
    let named = |one: &Ref<Purpose>| one.text == purpose.id.as_str();
    said.functions.iter().any(|function| function.purposes.iter().any(named))
        || said.uses.iter().any(|used| named(&used.purpose))
        || said.shares.iter().any(|share| share.purpose.said().is_some_and(named))
        || said.trackers.iter().any(|tracker| named(&tracker.purpose))
}
