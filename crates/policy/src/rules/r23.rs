//! R23: recipients have a name and a contact, and what reaches them is told.

use super::said::{in_a_row, said};
use super::view::{View, told_items};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Recipient, RecipientClass, Regime, Share, StatementKind};

pub(super) const RULE: Rule = Rule { code: "R23", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let handed: Vec<&Share> = view.shares().filter(|share| view.is_provided(share)).collect();
    for recipient in &said.recipients {
        if handed.iter().any(|share| share.recipient.text == recipient.id.as_str()) {
            named(view, recipient, to);
        }
    }
    let wording = view.program.law.wording();
    for recipient in &said.recipients {
        let authority = recipient.class.value == RecipientClass::Authority;
        if authority && wording.is_delegate(&recipient.name) {
            let name = &recipient.name.value;
            let message = said!("`{name}` takes in whom an authority sends, and names nobody", name);
            to.warning(recipient.name.span, message, said!("sent by whom?"));
        } else if wording.is_future(&recipient.name) {
            let message = said!("`{name}` takes in who is not there yet", name = recipient.name.value);
            to.warning(recipient.name.span, message, said!("unknown to anybody"));
        }
    }
    let groups = said.statements.iter().filter(|one| one.kind.value == StatementKind::Definition);
    for group in groups.filter(|one| wording.is_group(&one.text) && wording.is_future(&one.text)) {
        let message = said!("the group to which items go takes in companies that are none of it yet");
        to.warning(group.text.span, message, said!("which?"));
    }
    let by_law = |share: &Share| {
        view.recipient(share).is_some_and(|recipient| recipient.class.value == RecipientClass::Authority)
    };
    for share in handed.iter().filter(|share| !by_law(share)) {
        told(share, to);
    }
}

/// Whom the law names, or the customer chooses, needs no name in the text.
fn named(view: &View<'_>, recipient: &Recipient, to: &mut Report<'_>) {
    let chosen = recipient.chosen.as_ref().is_some_and(|chosen| chosen.value);
    let by_law = matches!(recipient.class.value, RecipientClass::Authority | RecipientClass::Acquirer);
    if chosen || by_law {
        return;
    }
    let name = &recipient.name.value;
    let within = recipient.regime.value == Regime::Internal;
    if recipient.class.value == RecipientClass::Unnamed {
        to.error(recipient.class.span, said!("`{name}` names nobody", name), said!("a class of recipients"));
    } else if !within && !view.program.law.wording().is_registered(name) {
        let message = said!("`{name}` is a kind of recipients, not the name of one", name);
        to.warning(recipient.name.span, message, said!("who?"));
    } else if !within && recipient.contact.said().is_none() {
        to.warning(recipient.id.span, said!("the text gives no way to reach `{name}`", name), said!("reached how?"));
    }
}

fn told(share: &Share, to: &mut Report<'_>) {
    let (purpose, items) = (share.purpose.is_silent(), !told_items(share));
    let blank = [
        purpose.then(|| said!("purpose")),
        items.then(|| said!("items")),
        share.method.said().is_none().then(|| said!("method")),
    ];
    let Some(terms) = in_a_row(blank.into_iter().flatten()) else { return };
    let message = said!("`{name}` does not tell its {terms}", name = share.name.value, terms);
    if purpose || items {
        to.error(share.id.span, message, said!("not told"));
    } else {
        to.warning(share.id.span, message, said!("not told"));
    }
}
