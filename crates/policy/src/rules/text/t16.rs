//! `T16`: a control that a promise claims is provided.

use super::super::said::joined;
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
                let message = format!(
                    "`{}` claims the control `{}`, which nothing here provides",
                    promise.id.value,
                    quoted(control)
                );
                let known = joined(wording().controls());
                let finding = to.finding(Severity::Warning, message).at(view.policy, control.span, "no such control");
                to.push(finding.mend(format!("name one of {known}, or the evidence that somebody files")));
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
        Need::Role if roles.is_empty() => format!("`{}` claims roles of staff, and there are none", promise.id.value),
        Need::MaskedRole if !roles.is_empty() && roles.iter().all(|role| role.clear_view.value) => {
            format!("`{}` claims masks, and every role of staff sees all in the clear", promise.id.value)
        }
        Need::Role | Need::MaskedRole => return None,
    };
    let mut finding = to.finding(Severity::Warning, message).at(view.policy, control.span, "claimed here");
    for role in roles {
        finding = finding.at(operation, role.clear_view.span, "in the clear");
    }
    Some(finding)
}
