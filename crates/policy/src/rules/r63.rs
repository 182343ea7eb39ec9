//! R63: third parties come in under a contract.

use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Recipient, RecipientClass, Regime, Share};

pub(super) const RULE: Rule = Rule { code: "R63", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let receives = |recipient: &&Recipient| {
        let tells = |share: &Share| !(share.items.is_silent() && share.records.is_empty());
        view.shares().any(|share| share.recipient.text == recipient.id.as_str() && tells(share))
            || said.sdks.iter().any(|sdk| sdk.recipient.text == recipient.id.as_str())
    };
    for recipient in said.recipients.iter().filter(receives).filter(|one| is_third_party(one)) {
        if recipient.contract.said().is_none() {
            let message =
                format!("`{}` receives items, and the text speaks of no contract with it", recipient.name.value);
            to.error(recipient.id.span, message, "under which contract?");
        }
    }
}

/// Whom a law names takes what the law gives, and whoever takes a business over is no party on its platform; the others come
/// in by agreement.
fn is_third_party(recipient: &Recipient) -> bool {
    let by_law =
        matches!(recipient.class.value, RecipientClass::Authority | RecipientClass::Acquirer | RecipientClass::Public);
    !by_law && !matches!(recipient.regime.value, Regime::Internal | Regime::Legal)
}
