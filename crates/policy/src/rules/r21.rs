//! R21: entrusting has its terms. The contract itself, where the text speaks of none, is told with the other third parties.

use super::said::{in_a_row, said};
use super::view::{View, told_items};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Action, Limit, Share};

pub(super) const RULE: Rule = Rule { code: "R21", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let entrusted = view.shares().filter(|share| share.act.value == Action::Entrust);
    for share in entrusted.filter(|share| share.of.iter().any(|of| view.is_natural(of))) {
        terms(view, share, to);
    }
}

fn terms(view: &View<'_>, share: &Share, to: &mut Report<'_>) {
    let limits = view.recipient(share).map_or(&[][..], |recipient| &recipient.limits);
    let limited = |wanted: &[Limit]| limits.iter().any(|limit| wanted.contains(&limit.value));
    let ended = view.recipient(share).is_some_and(|recipient| recipient.exit.said().is_some())
        || limited(&[Limit::Return, Limit::Delete]);
    let (purpose, items) = (share.purpose.said().is_none(), !told_items(share));
    let missing = [
        purpose.then(|| said!("purpose")),
        items.then(|| said!("items")),
        share.method.said().is_none().then(|| said!("method")),
        (!ended).then(|| said!("what comes at its end")),
        (!limited(&[Limit::NoOnward])).then(|| said!("that nobody else is entrusted in turn")),
    ];
    let Some(terms) = in_a_row(missing.into_iter().flatten()) else { return };
    // What for and with what, people must be told; the rest is for the contract, and a text that tells it shows that it is there.
    let severity = if purpose || items { Severity::Error } else { Severity::Warning };
    let message = said!("`{name}` is entrusted without its terms: {terms}", name = share.name.value, terms);
    to.push(to.finding(severity, message).at(view.policy, share.id.span, said!("on which terms?")));
}
