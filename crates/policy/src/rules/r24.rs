//! R24: the list of software kits says of each what it takes, what for, and where to read more.

use super::said::said;
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{RecipientClass, StatementKind};

pub(super) const RULE: Rule = Rule { code: "R24", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    for sdk in &said.sdks {
        if sdk.items.is_silent() {
            let message = said!("the list does not say which items `{name}` takes", name = sdk.name.value);
            to.error(sdk.id.span, message, said!("takes what?"));
        }
        if sdk.link.said().is_none() {
            let message = said!("the list gives no link or contact for `{name}`", name = sdk.name.value);
            to.warning(sdk.id.span, message, said!("no link"));
        }
    }
    let wording = view.program.law.wording();
    let none = said.sdks.is_empty() && !said.recipients.iter().any(|one| one.class.value == RecipientClass::Sdk);
    if let Some(sentence) = view.sentences(StatementKind::Declaration).find(|one| none && wording.is_kit(&one.text)) {
        let message = said!("the text speaks of software of others and lists none of it");
        to.error(sentence.id.span, message, said!("which?"));
    }
    for recipient in said.recipients.iter().filter(|recipient| recipient.class.value == RecipientClass::Sdk) {
        if !said.sdks.iter().any(|sdk| sdk.recipient.text == recipient.id.as_str()) {
            let message = said!("`{name}` brings code of its own and stands in no list", name = recipient.name.value);
            to.error(recipient.class.span, message, said!("not in the list of kits"));
        }
    }
}
