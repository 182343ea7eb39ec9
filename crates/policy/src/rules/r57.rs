//! R57: what authenticates stays where it is. A biometric may go where it is verified.

use super::said::said;
use super::view::{View, is_personal};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Action, FinancialLevel, Item, Kind, RecipientClass, Ref, Sensitive, Share, SourceClass};

pub(super) const RULE: Rule = Rule { code: "R57", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    for share in view.shares().filter(|share| is_handed_out(view, share)) {
        let named = share.items.said().into_iter().flatten();
        let named: Vec<&Ref<Item>> = named.filter(|item| stays(view, share, item)).collect();
        if let Some(first) = named.first() {
            let (name, items) = (&share.name.value, view.items(named.iter().copied()));
            let message = said!("`{name}` hands out what authenticates: {items}", name, items);
            to.error(first.span, message, said!("stays where it is"));
        }
    }
    let made_public = view.said().disclosures.iter().filter(|one| is_personal(one.level.as_ref()));
    for disclosed in made_public {
        let items = disclosed.items.said().into_iter().flatten();
        let items: Vec<&Ref<Item>> = items.filter(|item| authenticates(view, item)).collect();
        if let Some(first) = items.first() {
            let (name, items) = (&disclosed.name.value, view.items(items.iter().copied()));
            let message = said!("`{name}` makes public what authenticates: {items}", name, items);
            to.error(first.span, message, said!("stays where it is"));
        }
    }
}

/// What an authority demands is not the handler's to keep, and a business moves with all that it has.
fn is_handed_out(view: &View<'_>, share: &Share) -> bool {
    let authority = view.recipient(share).is_some_and(|recipient| recipient.class.value == RecipientClass::Authority);
    !authority && !view.is_taken_over(share)
}

fn authenticates(view: &View<'_>, item: &Ref<Item>) -> bool {
    view.facts(item).is_some_and(|facts| facts.level == Some(FinancialLevel::C3))
}

/// Whether a share is there to have somebody verified: under instruction, or by whoever does just that for others.
fn verifies(view: &View<'_>, share: &Share) -> bool {
    let source = |id: &str| {
        let verifiers = view.said().sources.iter().filter(|one| one.class.value == SourceClass::IdentityVerifier);
        verifiers.into_iter().any(|one| one.id.as_str() == id || one.name.value == view.name(Kind::Recipient, id))
    };
    share.act.value == Action::Entrust
        || source(&share.recipient.text)
        || view.program.law.wording().is_verifying(&share.name)
}

fn stays(view: &View<'_>, share: &Share, item: &Ref<Item>) -> bool {
    let biometric = view.facts(item).is_some_and(|facts| facts.class == Some(Sensitive::Biometric));
    authenticates(view, item) && !(biometric && verifies(view, share))
}
