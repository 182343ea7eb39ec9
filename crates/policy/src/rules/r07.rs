//! R7: consent is explicit.

use super::said::said;
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::StatementKind;

pub(super) const RULE: Rule = Rule { code: "R7", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    for statement in &view.said().statements {
        let message = match statement.kind.value {
            StatementKind::ContinuedUseIsConsent => said!("going on using the service is taken for consent"),
            StatementKind::DeemedConsent => said!("something done, or not done, is taken for consent"),
            StatementKind::StatedConsent => {
                let message = said!("the text says of its reader that he agrees, and a text agrees to nothing");
                to.warning(statement.kind.span, message, said!("asked by what?"));
                continue;
            }
            _ => continue,
        };
        to.error(statement.kind.span, message, said!("nobody agreed"));
    }
}
