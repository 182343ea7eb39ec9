//! R42: when a clock starts is said, and is not in the handler's hand.

use super::said::said;
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{At, Start, Stated};

pub(super) const RULE: Rule = Rule { code: "R42", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    for clock in &said.clocks {
        let runs =
            said.rights.iter().any(|right| right.clock.said().is_some_and(|named| named.text == clock.id.as_str()));
        match &clock.starts {
            _ if !runs => {}
            Stated::Said(At { value: Start::IdentityVerified, span }) => {
                let clock = clock.id.as_str();
                let message = said!("`{clock}` starts only when identity is verified, and no day bounds that", clock);
                to.warning(*span, message, said!("in the handler's hand"));
            }
            Stated::Said(_) => {}
            Stated::Nothing(_) | Stated::NotStated { .. } => {
                let message = said!("the text does not say when `{clock}` starts", clock = clock.id.as_str());
                to.warning(clock.id.span, message, said!("from when?"));
            }
        }
    }
}
