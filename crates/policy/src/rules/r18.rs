//! R18: who of the staff handles minors' data is laid down.

use super::r17::meets_children;
use super::said::said;
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule { code: "R18", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let Some(source) = view.operation.filter(|_| meets_children(view)) else { return };
    let operation = &view.program.operation;
    let mut all = operation.roles.iter().filter(|role| !role.functions.is_empty()).peekable();
    if all.peek().is_none() || all.clone().all(|role| !role.minors.value) {
        let message = said!("no staff role may handle minors' data, so nobody can serve them");
        let at = operation.roles.first().map_or(operation.platform.span, |role| role.minors.span);
        to.push(to.finding(Severity::Warning, message).at(source, at, said!("none of the roles")));
    } else if all.clone().count() > 1 && all.clone().all(|role| role.minors.value) {
        let message = said!("every staff role may handle minors' data: that is no least privilege");
        let at = all.next().map_or(operation.platform.span, |role| role.minors.span);
        to.push(to.finding(Severity::Warning, message).at(source, at, said!("this one, and all others")));
    }
}
