//! R57: what authenticates stays where it is. A biometric may be entrusted to be verified.

use model::field::Validator;

use super::view::{View, is_personal, joined};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Action, FinancialLevel, Item, Kind, Level, RecipientClass, Ref, Sensitive, Share};

pub(super) const RULE: Rule = Rule { code: "R57", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    for share in view.shares().filter(|share| is_handed_out(view, share)) {
        let named = share.items.said().into_iter().flatten();
        let named: Vec<&Ref<Item>> = named.filter(|item| stays(view, share, item)).collect();
        if let Some(first) = named.first() {
            let message =
                format!("`{}` hands out what authenticates: {}", share.name.value, view.items(named.iter().copied()));
            to.error(first.span, message, "stays where it is");
        }
        whole_records(view, share, to);
    }
    let made_public = view.said().disclosures.iter().filter(|one| is_personal(one.level.as_ref()));
    for disclosed in made_public {
        let items = disclosed.items.said().into_iter().flatten();
        let items: Vec<&Ref<Item>> = items.filter(|item| authenticates(view, item)).collect();
        if let Some(first) = items.first() {
            let message = format!(
                "`{}` makes public what authenticates: {}",
                disclosed.name.value,
                view.items(items.iter().copied())
            );
            to.error(first.span, message, "stays where it is");
        }
    }
}

/// A text that hands whole records over as they are does not say that it means this, too, nor that it does not. A password is
/// no part of a record: it is kept, if at all, as what it hashes to.
fn whole_records(view: &View<'_>, share: &Share, to: &mut Report<'_>) {
    if share.level.as_ref().is_some_and(|level| level.value != Level::Clear) {
        return;
    }
    let kept = |item: &Ref<Item>| view.facts(item).is_some_and(|facts| facts.validator != Some(Validator::Secret));
    for class in &share.records {
        let mut names: Vec<&str> = Vec::new();
        for item in view.held_in(class).into_iter().filter(|item| stays(view, share, item) && kept(item)) {
            let name = view.name(Kind::Item, &item.text);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if !names.is_empty() {
            let message = format!(
                "`{}` hands over all of `{}`, and with it what authenticates: {}",
                share.name.value,
                view.name(Kind::Record, &class.text),
                joined(names)
            );
            to.warning(class.span, message, "that, too?");
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

fn stays(view: &View<'_>, share: &Share, item: &Ref<Item>) -> bool {
    let biometric = view.facts(item).is_some_and(|facts| facts.class == Some(Sensitive::Biometric));
    authenticates(view, item) && !(biometric && share.act.value == Action::Entrust)
}
