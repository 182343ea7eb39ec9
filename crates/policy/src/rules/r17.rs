//! R17: under fourteen a guardian consents, by rules made for children.

use super::said::said;
use super::view::{View, span_of};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::Stated;

pub(super) const RULE: Rule = Rule { code: "R17", gravest: Severity::Error, check };

/// Children are met wherever human beings are: an insured, a beneficiary, a member of a family may be one. Only a text
/// that takes nothing from anybody is out of their reach.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    if !meets_children(view) {
        return;
    }
    let minors = &view.said().minors;
    let head = view.head(minors.span);
    if minors.dedicated.said().is_none_or(|dedicated| !dedicated) {
        let at = span_of(&minors.dedicated, head);
        let message = said!("children can be met, and there are no rules made for them");
        to.error(at, message, said!("no dedicated rules"));
    }
    if minors.guardian.said().is_none_or(|guardian| !guardian) {
        let at = span_of(&minors.guardian, head);
        to.error(at, said!("children can be met, and no guardian is asked"), said!("who consents?"));
    }
    let child = u32::from(view.program.law.ages().child);
    if let Stated::Said(age) = &minors.age
        && age.value < child
    {
        let message = said!("the rules for minors end at {age}, the law's at {child}", age = age.value, child);
        to.error(age.span, message, said!("too young"));
    }
}

/// Whether the text takes items from human beings that are more than the contacts of an organisation.
pub(super) fn meets_children(view: &View<'_>) -> bool {
    let groups = view.groups().map(|(_, group)| &group.of);
    let held = view.said().records.iter().flat_map(|record| &record.holds).map(|holding| &holding.of);
    groups.chain(held).any(|of| view.person(of).is_some_and(|person| person.of.is_none()) && view.is_natural(of))
}
