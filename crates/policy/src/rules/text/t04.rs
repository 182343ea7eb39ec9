//! `T04`: a switch that the text promises is there.

use super::super::view::{View, joined};
use super::super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Permission, Route};

pub(super) const RULE: Rule = Rule { code: "T04", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    for used in &said.uses {
        let Some(routes) = used.opt_out.said().filter(|routes| routes.contains(&Route::Unstated)) else { continue };
        // Another way that it names is a way.
        if routes.iter().any(|route| *route != Route::Unstated) {
            continue;
        }
        let message = format!("the text promises that `{}` can be switched off, and does not say how", used.name.value);
        to.warning(super::super::view::span_of(&used.opt_out, used.id.span), message, "where is the switch?");
    }
    permissions(view, to);
}

/// Permissions of which the text says that switching off withdraws, all of one sentence.
fn permissions(view: &View<'_>, to: &mut Report<'_>) {
    let promised = |one: &&Permission| one.off_withdraws.said() == Some(&true) && one.switch.said().is_none();
    let without: Vec<&Permission> = view.said().permissions.iter().filter(promised).collect();
    if without.is_empty() {
        return;
    }
    let names = joined(without.iter().map(|permission| permission.name.as_str()));
    let message = format!("switching off withdraws, and the text does not say where {names} can be switched off");
    let mut finding = to.finding(Severity::Warning, message);
    for permission in without {
        finding = finding.at(view.policy, permission.id.span, "where is the switch?");
    }
    to.push(finding);
}
