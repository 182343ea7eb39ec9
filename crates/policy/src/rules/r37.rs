//! R37: whoever receives abroad is told with all its parts. The separate consent is asked for by R10.

use super::said::{Bilingual, in_a_row, said};
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{At, Recipient, RecipientClass, Share, Stated};

pub(super) const RULE: Rule = Rule { code: "R37", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let mut named = false;
    for recipient in &view.said().recipients {
        let flows: Vec<&Share> = view.flows_abroad(recipient).collect();
        named |= !flows.is_empty();
        if flows.is_empty() {
            continue;
        }
        if let Some(missing) = missing(recipient, &flows) {
            let name = &recipient.name.value;
            let message = said!("of `{name}` abroad the text does not tell: {missing}", name, missing);
            to.error(recipient.id.span, message, said!("not told"));
        }
    }
    if let (Stated::Said(At { value: true, span }), false) = (&view.said().export.may, named) {
        let message =
            said!("items may leave the country, and the text names no recipient there, nor how rights are exercised");
        to.warning(*span, message, said!("to whom?"));
    }
}

/// What the law asks to be told of a recipient abroad, and the text leaves out.
fn missing(recipient: &Recipient, flows: &[&Share]) -> Option<Bilingual> {
    let chosen = recipient.chosen.as_ref().is_some_and(|chosen| chosen.value);
    let rights = recipient.rights.as_ref().is_some_and(|rights| rights.said().is_some());
    let any = |blank: fn(&Share) -> bool| flows.iter().any(|share| blank(share));
    let parts = [
        (recipient.class.value == RecipientClass::Unnamed && !chosen).then(|| said!("its name")),
        (recipient.contact.said().is_none() && !chosen).then(|| said!("its contact")),
        any(|share| share.purpose.is_silent()).then(|| said!("the purpose")),
        any(|share| share.method.said().is_none()).then(|| said!("the method")),
        any(|share| share.items.is_silent() && share.records.is_empty()).then(|| said!("the kinds of items")),
        (!rights).then(|| said!("how rights are exercised against it")),
    ];
    in_a_row(parts.into_iter().flatten())
}
