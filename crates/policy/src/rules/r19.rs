//! R19: everybody consents for himself. What a statute demands needs nobody's consent.

use super::said::said;
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{At, Authority, Basis, Collect, Condition, Function, Kind, Stated};

pub(super) const RULE: Rule = Rule { code: "R19", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    for (_, group) in view.groups().filter(|(function, _)| asks_persons(function)) {
        let of = view.name(Kind::Person, &group.of.text);
        match &group.authority {
            Some(Stated::Said(At { value: Authority::Deemed, span })) => {
                let message = said!("that somebody types what is `{of}`'s counts as being authorised by `{of}`", of);
                to.error(*span, message, said!("nobody asked"));
            }
            Some(Stated::Said(At { value: Authority::Assured, span })) if !demands_proof(group) => {
                let message = said!("for what is `{of}`'s somebody else's word is the only authority", of);
                to.warning(*span, message, said!("a word, and no proof"));
            }
            Some(Stated::Said(_)) => {}
            None | Some(_) if group.typed_by.iter().any(|by| by.text != group.of.text) => {
                let message = said!("others type what is `{of}`'s, and the text does not say by what right", of);
                to.warning(group.of.span, message, said!("who consents?"));
            }
            None | Some(_) => {}
        }
    }
}

fn asks_persons(function: &Function) -> bool {
    !matches!(
        function.basis.said(),
        Some(Basis::Statutory | Basis::Emergency | Basis::News | Basis::Published | Basis::OtherLaw)
    )
}

/// Whether a fact must be attested before another's word is taken.
fn demands_proof(group: &Collect) -> bool {
    fn names_fact(condition: &Condition) -> bool {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().any(names_fact),
            Condition::Not(part) => names_fact(part),
            Condition::Fact(_) => true,
            _ => false,
        }
    }
    group.when.as_ref().is_some_and(|when| names_fact(when))
}
