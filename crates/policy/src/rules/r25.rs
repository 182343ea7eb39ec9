//! R25: sharing within the group is sharing.

use super::said::said;
use super::view::{View, span_of};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Action, Recipient, RecipientClass, Regime, Stated};

pub(super) const RULE: Rule = Rule { code: "R25", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let handler = &said.handler;
    let wording = view.program.law.wording();
    if let Stated::Said(affiliates) = &handler.affiliates {
        let message = said!("the text counts affiliates in with the handler");
        to.warning(affiliates.span, message, said!("handlers of their own"));
    } else if let Some(name) =
        std::iter::once(&handler.name).chain(&handler.aliases).find(|name| wording.is_group(name))
    {
        let message = said!("the name of the handler takes its group in");
        to.warning(name.span, message, said!("handlers of their own"));
    }
    for share in view.shares() {
        let within =
            |one: &&Recipient| one.class.value == RecipientClass::Affiliate && one.regime.value == Regime::Internal;
        if let Some(affiliate) = view.recipient(share).filter(within) {
            let (name, affiliate) = (&share.name.value, &affiliate.name.value);
            let message = said!("`{name}` hands items to `{affiliate}` as to the handler's own house", name, affiliate);
            to.warning(share.id.span, message, said!("a handler of its own?"));
        }
    }
    // An affiliate that processes under instruction is entrusted as anybody else is.
    let handed = view.shares().filter(|share| share.act.value != Action::Entrust);
    for share in handed.filter(|share| share.consent.said().is_none() && share.basis.said().is_none()) {
        let affiliate = view
            .recipient(share)
            .filter(|one| one.class.value == RecipientClass::Affiliate && one.regime.value != Regime::Internal);
        if let Some(affiliate) = affiliate {
            let (name, affiliate) = (&share.name.value, &affiliate.name.value);
            let message = said!("`{name}` hands items to `{affiliate}` as if it were the handler", name, affiliate);
            to.warning(span_of(&share.consent, share.id.span), message, said!("without consent or ground"));
        }
    }
}
