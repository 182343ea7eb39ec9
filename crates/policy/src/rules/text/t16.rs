//! `T16`: a control that a promise claims is provided.

use super::super::said::{joined, said};
use super::super::view::View;
use super::super::{Report, Rule};
use super::claims;
use super::wording::{Need, wording};
use crate::finding::{Finding, Severity};
use crate::syntax::{At, Promise, Stated, quoted};

pub(super) const RULE: Rule = Rule { code: "T16", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    controls(view, to);
    claims::check(view, to);
}

/// Controls of this software that promises name.
fn controls(view: &View<'_>, to: &mut Report<'_>) {
    for promise in &view.said().promises {
        let Stated::Said(control) = &promise.control else { continue };
        match wording().control(control) {
            None => {
                let (promise, words) = (promise.id.as_str(), quoted(control));
                let message =
                    said!("`{promise}` claims the control `{words}`, which nothing here provides", promise, words);
                let label = said!("no such control");
                let finding = to.finding(Severity::Warning, message).at(view.policy, control.span, label);
                let known = joined(wording().controls());
                to.push(finding.mend(said!("name one of {known}, or the evidence that somebody files", known)));
            }
            Some(known) => {
                if let Some(finding) = known.needs.and_then(|need| lacking(view, promise, control, need, to)) {
                    to.push(finding);
                }
            }
        }
    }
}

/// What the operation file owes to a control. Without one nobody of the staff sees anything.
fn lacking(view: &View<'_>, promise: &Promise, control: &At<String>, need: Need, to: &Report<'_>) -> Option<Finding> {
    let operation = view.operation?;
    let roles: Vec<_> = view.program.operation.roles.iter().filter(|role| role.party.is_none()).collect();
    let message = match need {
        Need::Role if roles.is_empty() => {
            said!("`{promise}` claims roles of staff, and there are none", promise = promise.id.as_str())
        }
        Need::MaskedRole if !roles.is_empty() && roles.iter().all(|role| role.clear_view.value) => {
            let promise = promise.id.as_str();
            said!("`{promise}` claims masks, and every role of staff sees all in the clear", promise)
        }
        Need::Role | Need::MaskedRole => return None,
    };
    let mut finding = to.finding(Severity::Warning, message).at(view.policy, control.span, said!("claimed here"));
    for role in roles {
        finding = finding.at(operation, role.clear_view.span, said!("in the clear"));
    }
    Some(finding)
}
