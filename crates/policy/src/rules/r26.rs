//! R26: between broker and insurer goes only what the policy needs, both ways: listed item by item, for what is being sold.

use std::collections::BTreeSet;

use super::said::{Bilingual, joined, said};
use super::view::{View, groups_of, told_items};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Action, Function, HandlerKind, Item, Kind, RecipientClass, Ref, Share};

pub(super) const RULE: Rule = Rule { code: "R26", gravest: Severity::Warning, check };

/// What is not told at all has a rule of its own.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    let other = match view.said().handler.kind.value {
        HandlerKind::Broker | HandlerKind::Agency | HandlerKind::Platform => RecipientClass::Insurer,
        HandlerKind::LifeInsurer | HandlerKind::PropertyInsurer | HandlerKind::Reinsurer => RecipientClass::Agency,
    };
    let handed = view.shares().filter(|share| matches!(share.act.value, Action::Share | Action::Export));
    for share in handed.filter(|share| told_items(share)) {
        let Some(recipient) = view.recipient(share).filter(|recipient| recipient.class.value == other) else {
            continue;
        };
        if let Some(beyond) = beyond(view, share) {
            let (name, recipient) = (&share.name.value, &recipient.name.value);
            let message = said!("`{name}` gives `{recipient}` {beyond}", name, recipient, beyond);
            to.warning(share.id.span, message, said!("more than the policy needs?"));
        }
    }
}

/// What of a hand-off nobody has measured by what the policy needs.
fn beyond(view: &View<'_>, share: &Share) -> Option<Bilingual> {
    if !share.records.is_empty() {
        let names = joined(share.records.iter().map(|record| view.name(Kind::Record, &record.text)));
        return Some(said!("whole records ({names}), and no list of what the policy needs", names));
    }
    if share.functions.is_empty() {
        return Some(said!("items in the course of no function, so nothing tells for which policy"));
    }
    let held = held(view, share);
    let mut strange =
        share.items.said().into_iter().flatten().filter(|item| !held.contains(item.text.as_str())).peekable();
    strange.peek()?;
    Some(said!("{items}, which no function takes in whose course it happens", items = view.items(strange)))
}

/// The items that the functions of a share take, or read from records.
fn held<'a>(view: &View<'a>, share: &Share) -> BTreeSet<&'a str> {
    let named = |function: &&Function| share.functions.iter().any(|one| one.text == function.id.as_str());
    let functions: Vec<&Function> = view.said().functions.iter().filter(named).collect();
    let taken = functions.iter().flat_map(|function| groups_of(function)).flat_map(|group| &group.items);
    let classes: BTreeSet<&str> =
        functions.iter().flat_map(|function| &function.reads).map(|read| read.class.text.as_str()).collect();
    let kept = view.said().records.iter().filter(|record| classes.contains(record.id.as_str()));
    let made = view
        .said()
        .functions
        .iter()
        .filter(|one| one.makes.as_ref().is_some_and(|record| classes.contains(record.text.as_str())));
    let read: Vec<&Ref<Item>> = kept
        .flat_map(|record| &record.holds)
        .flat_map(|holding| &holding.items)
        .chain(made.flat_map(groups_of).flat_map(|group| &group.items))
        .collect();
    taken.chain(read).map(|item| item.text.as_str()).collect()
}
