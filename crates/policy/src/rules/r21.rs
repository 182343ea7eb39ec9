//! R21: entrusting has its terms. The contract itself, where the text speaks of none, is told with the other third parties.

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
    let terms = [
        ("purpose", share.purpose.said().is_some()),
        ("items", told_items(share)),
        ("method", share.method.said().is_some()),
        ("what comes at its end", ended),
    ];
    let missing: Vec<&str> = terms.into_iter().filter(|(_, told)| !told).map(|(term, _)| term).collect();
    let name = &share.name.value;
    if !missing.is_empty() {
        let message = format!("`{name}` is entrusted without its terms: {}", missing.join(", "));
        to.error(share.id.span, message, "on which terms?");
    }
    if !limited(&[Limit::NoOnward]) {
        let message = format!("nothing forbids whoever is entrusted with `{name}` to entrust others with it");
        to.warning(share.recipient.span, message, "and to whom next?");
    }
}
