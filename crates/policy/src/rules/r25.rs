//! R25: sharing within the group is sharing.

use super::view::{View, span_of};
use super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::syntax::{RecipientClass, Stated};

pub(super) const RULE: Rule = Rule { code: "R25", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let handler = &said.handler;
    let wording = view.program.law.wording();
    if let Stated::Said(affiliates) = &handler.affiliates {
        to.warning(affiliates.span, "the text counts affiliates in with the handler", "handlers of their own");
    } else if let Some(name) =
        std::iter::once(&handler.name).chain(&handler.aliases).find(|name| wording.is_group(name))
    {
        to.warning(name.span, "the name of the handler takes its group in", "handlers of their own");
    }
    for share in view.shares().filter(|share| share.consent.is_nothing() && share.basis.said().is_none()) {
        let affiliate = view.recipient(share).filter(|one| one.class.value == RecipientClass::Affiliate);
        if let Some(affiliate) = affiliate {
            let message =
                format!("`{}` hands items to `{}` as if it were the handler", share.name.value, affiliate.name.value);
            to.warning(span_of(&share.consent, Span::default()), message, "without consent or ground");
        }
    }
}
