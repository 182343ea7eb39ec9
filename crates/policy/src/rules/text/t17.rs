//! `T17`: what happens without consent stands in the text's own list of such cases.

use super::super::view::{View, joined};
use super::super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::syntax::{Action, Basis, Exception, Form, Stated};

pub(super) const RULE: Rule = Rule { code: "T17", gravest: Severity::Warning, check };

/// Something that the text does without consent.
struct Without<'a> {
    name: &'a str,
    at: Span,
    basis: Option<&'a Basis>,
}

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    for act in [Action::Share, Action::Transfer, Action::Disclose] {
        let list: Vec<&Exception> =
            said.exceptions.iter().filter(|one| one.acts.iter().any(|named| named.value == act)).collect();
        let residual = list.iter().any(|one| one.residual.as_ref().is_some_and(|residual| residual.value));
        let Some(first) = list.first().filter(|_| !residual) else { continue };
        let listed = |one: &Without<'_>| {
            one.basis.is_some_and(|basis| list.iter().any(|case| case.article.said() == Some(basis)))
        };
        let missing: Vec<Without<'_>> = without_consent(view, act).into_iter().filter(|one| !listed(one)).collect();
        if missing.is_empty() {
            continue;
        }
        let names = joined(missing.iter().map(|one| one.name));
        let message =
            format!("{names} ask no consent to `{act}`, and the text's own list of such cases leaves them out");
        let mut finding = to.finding(Severity::Warning, message).at(view.policy, first.id.span, "the list begins here");
        for one in missing {
            finding = finding.at(view.policy, one.at, "not among them");
        }
        to.push(finding);
    }
}

fn without_consent<'a>(view: &View<'a>, act: Action) -> Vec<Without<'a>> {
    let none = |consent: &Stated<Form>| consent.is_nothing();
    if act == Action::Disclose {
        let disclosed = view.said().disclosures.iter().filter(|one| none(&one.consent));
        let disclosed = disclosed.filter(|one| super::super::view::is_personal(one.level.as_ref()));
        return disclosed.map(|one| Without { name: &one.name, at: one.id.span, basis: one.basis.said() }).collect();
    }
    let shares = view.shares().filter(|share| share.act.value == act && none(&share.consent));
    // What a text takes for free because it is masked or de-identified has a rule of its own.
    let shares = shares.filter(|share| share.level.is_none());
    shares.map(|share| Without { name: &share.name, at: share.id.span, basis: share.basis.said() }).collect()
}
