//! R58: for every record it is said who of the staff reaches it, and nobody reaches everything.

use std::collections::BTreeSet;

use super::said::{joined, said};
use super::view::View;
use super::{Report, Rule};
use crate::finding::{Severity, Source};
use crate::syntax::{Function, Operation, Record, Role};

pub(super) const RULE: Rule = Rule { code: "R58", gravest: Severity::Warning, check };

/// A house with fewer functions is a room: who works there works with all of it.
const A_ROOM: usize = 3;

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let Some(source) = view.operation else { return };
    let operation = &view.program.operation;
    if operation.roles.iter().all(|role| role.functions.is_empty()) {
        let message = said!("no role of the staff may do anything, so nobody can serve a customer");
        let at = operation.platform.span;
        let finding = to.finding(Severity::Warning, message).at(source, at, said!("no [[role]] with functions"));
        to.push(finding.about("role"));
        return;
    }
    total(view, operation, source, to);
    everything(view, operation, source, to);
}

/// Each class of records is reached in the course of some role's functions.
fn total(view: &View<'_>, operation: &Operation, source: &Source, to: &mut Report<'_>) {
    let acts = |function: &&Function| {
        operation.roles.iter().flat_map(|role| &role.functions).any(|named| named.text == function.id.as_str())
    };
    let reaches = |function: &Function, record: &Record| {
        let made = function.makes.as_ref().is_some_and(|made| made.text == record.id.as_str());
        made || function.reads.iter().any(|read| read.class.text == record.id.as_str())
    };
    let said = view.said();
    let lost = said.records.iter().filter(|record| !said.functions.iter().filter(acts).any(|one| reaches(one, record)));
    let names: Vec<&str> = lost.map(|record| record.name.as_str()).collect();
    if !names.is_empty() {
        let message = said!("no role of the staff reaches {names}: nobody can answer for these", names = joined(names));
        let at = operation.roles.first().map_or(operation.platform.span, |role| role.id.span);
        let finding = to.finding(Severity::Warning, message).at(source, at, said!("nor does any other role"));
        to.push(finding.about("role"));
    }
}

/// No role acts in the course of every function, and not every one may open values in the clear.
fn everything(view: &View<'_>, operation: &Operation, source: &Source, to: &mut Report<'_>) {
    let all: BTreeSet<&str> = view.said().functions.iter().map(|function| function.id.as_str()).collect();
    let acting = || operation.roles.iter().filter(|role| !role.functions.is_empty());
    let covers = |role: &&Role| {
        let own: BTreeSet<&str> = role.functions.iter().map(|function| function.text.as_str()).collect();
        all.is_subset(&own)
    };
    for role in acting().filter(covers).filter(|_| all.len() > A_ROOM) {
        let message = said!("the role `{name}` acts in the course of every function", name = role.name.value);
        to.push(to.finding(Severity::Warning, message).at(source, role.id.span, said!("everything is no privilege")));
    }
    if let Some(first) = acting().next().filter(|_| acting().count() > 1 && acting().all(|role| role.clear_view.value))
    {
        let message = said!("every role of the staff may open values in the clear: that is no least privilege");
        let finding = to.finding(Severity::Warning, message);
        to.push(finding.at(source, first.clear_view.span, said!("this one, and all others")));
    }
}
