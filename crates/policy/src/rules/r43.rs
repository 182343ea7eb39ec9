//! R43: refusing needs a reason of the law, and a remedy.

use std::collections::BTreeSet;

use super::said::{Listed, said};
use super::text::around;
use super::view::{View, first_clause};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{At, Condition, RefusalList, RightKind, Stated};

pub(super) const RULE: Rule = Rule { code: "R43", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    for refusal in said.refusals.iter().filter(|refusal| refusal.law.said().is_none()) {
        let message = said!("no law carries the ground of refusal `{name}`", name = refusal.name.value);
        to.error(refusal.id.span, message, said!("a ground of the handler's own"));
    }
    if let Stated::Said(At { value: RefusalList::Open, span }) = &said.refusal_list {
        let message = said!("the list of grounds of refusal is open");
        let mut finding = to.finding(Severity::Error, message).at(view.policy, *span, said!("and whatever else"));
        finding.clause = around(said.refusals.iter().filter_map(|refusal| first_clause(&refusal.clause)));
        to.push(finding);
    }
    let waiting =
        said.rights.iter().filter(|right| !matches!(right.kind.value, RightKind::CloseAccount | RightKind::Withdraw));
    // A condition on several rights is told once.
    let mut told = BTreeSet::new();
    for right in waiting {
        for block in &right.blocks {
            // What is needed for a cover in force or an open claim is not yet to be erased.
            let needed = |atom: &&Condition| matches!(atom, Condition::InForce(_) | Condition::OpenClaim(_));
            if block.when.value.atoms().iter().all(needed) || !told.insert(block.name.as_str()) {
                continue;
            }
            let (kind, name) = (Listed(right.kind.value), &block.name.value);
            let message = said!("the right `{kind}` waits on `{name}`", kind, name);
            to.warning(block.name.span, message, said!("a ground of the handler's own"));
        }
    }
    let complain = said.rights.iter().any(|right| right.kind.value == RightKind::Complain);
    if let Some(first) = said.refusals.first().filter(|_| !complain && said.handler.complaint_bodies.said().is_none()) {
        let message = said!("requests may be refused, and the text names no remedy");
        to.warning(first.id.span, message, said!("and then?"));
    }
}
