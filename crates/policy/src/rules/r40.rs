//! R40: every right of the law is there.

use super::said::{Listed, said};
use super::view::View;
use super::{Report, Rule};
use crate::finding::{Finding, Severity};
use crate::syntax::{Delegate, Right, RightKind};

pub(super) const RULE: Rule = Rule { code: "R40", gravest: Severity::Error, check };

/// The law lists these and asks for the way to exercise each (《网络数据安全管理条例》第二十一条).
const LISTED: [RightKind; 9] = [
    RightKind::Access,
    RightKind::Copy,
    RightKind::Port,
    RightKind::Correct,
    RightKind::Supplement,
    RightKind::Delete,
    RightKind::Restrict,
    RightKind::CloseAccount,
    RightKind::Withdraw,
];

/// These it gives without asking for a way in the text.
const FURTHER: [RightKind; 2] = [RightKind::Object, RightKind::Explain];

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let at = said.rights.first().map_or(said.policy.title.span, |right| right.kind.span);
    let missing = |mut finding: Finding, what: &str| {
        finding.clause = view.rights_clause();
        finding.at(view.policy, at, said!("among the rights of this text")).about(what)
    };
    let granted = |kind: RightKind| said.rights.iter().any(|right| right.kind.value == kind);
    let severities = [(Severity::Error, LISTED.as_slice()), (Severity::Warning, FURTHER.as_slice())];
    for (severity, kinds) in severities {
        for kind in kinds.iter().filter(|kind| !granted(**kind)) {
            let message = said!("the text does not grant the right `{kind}`", kind = Listed(*kind));
            to.push(missing(to.finding(severity, message), kind.word()));
        }
    }
    let relative = |right: &Right| right.delegate.said().is_some_and(|who| who.contains(&Delegate::Relative));
    if !said.rights.iter().any(relative) {
        let message = said!("the text does not say what close relatives of a person who died may ask");
        to.push(missing(to.finding(Severity::Warning, message), "relative"));
    }
    for right in said.rights.iter().filter(|right| right.routes.said().is_none()) {
        let kind = Listed(right.kind.value);
        let message = said!("the text grants the right `{kind}` and gives no way to exercise it", kind);
        to.warning(right.kind.span, message, said!("by which way?"));
    }
}
