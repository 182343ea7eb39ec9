//! R63: third parties come in under a contract. Whomever people choose themselves receives at their word (《个人信息保护法》
//! 第四十五条), and by a contract where the text promises one.

use super::said::{joined, said};
use super::view::{View, first_clause};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Party, Recipient, RecipientClass, Regime, Share};

pub(super) const RULE: Rule = Rule { code: "R63", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let receives = |recipient: &&Recipient| {
        let tells = |share: &Share| !(share.items.is_silent() && share.records.is_empty());
        view.shares().any(|share| share.recipient.text == recipient.id.as_str() && tells(share))
            || said.sdks.iter().any(|sdk| sdk.recipient.text == recipient.id.as_str())
    };
    for recipient in said.recipients.iter().filter(receives).filter(|one| is_third_party(one)) {
        if recipient.contract.said().is_some() {
            unregistered(view, recipient, to);
        } else if recipient.regime.value != Regime::ChosenByCustomer {
            let name = &recipient.name.value;
            let message = said!("`{name}` receives items, and the text speaks of no contract with it", name);
            to.error(recipient.id.span, message, said!("under which contract?"));
            unregistered(view, recipient, to);
        }
    }
}

/// What a text promises of a kind of recipients is kept with each of them: the register gives the contract's number.
fn unregistered(view: &View<'_>, recipient: &Recipient, to: &mut Report<'_>) {
    let Some(source) = view.operation else { return };
    let without = |party: &&Party| party.recipient.text == recipient.id.as_str() && party.contract.is_none();
    let parties: Vec<&Party> = view.program.operation.parties.iter().filter(without).collect();
    let Some(first) = parties.first() else { return };
    let message = said!(
        "`{name}` receives as {parties}, and the register gives no contract with them",
        name = recipient.name.value,
        parties = joined(parties.iter().map(|party| party.name.as_str()))
    );
    let mut finding = to.finding(Severity::Warning, message).at(source, first.id.span, said!("under which number?"));
    finding.clause = first_clause(&recipient.clause).map(str::to_owned);
    to.push(finding);
}

/// Whom a law names takes what the law gives, and whoever takes a business over is no party on its platform; the others come
/// in by agreement.
fn is_third_party(recipient: &Recipient) -> bool {
    let by_law =
        matches!(recipient.class.value, RecipientClass::Authority | RecipientClass::Acquirer | RecipientClass::Public);
    !by_law && !matches!(recipient.regime.value, Regime::Internal | Regime::Legal)
}
