//! `T17`: what happens without consent stands in the text's own list of such cases.

use super::super::said::{Listed, said};
use super::super::view::View;
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
        for one in without_consent(view, act).iter().filter(|one| !listed(one)) {
            let message = said!(
                "`{name}` asks no consent to `{act}`, and the text's own list of such cases leaves it out",
                name = one.name,
                act = Listed(act)
            );
            let finding = to.finding(Severity::Warning, message).at(view.policy, one.at, said!("not among them"));
            to.push(finding.at(view.policy, first.id.span, said!("the list begins here")));
        }
        contract(view, &list, act, to);
    }
}

/// The contract is a case in which nobody is asked for what comes in, and none in which nobody is asked for what goes out: what
/// was concluded cannot be performed.
fn contract(view: &View<'_>, list: &[&Exception], act: Action, to: &mut Report<'_>) {
    let is_contract = |one: &&Exception| one.article.said() == Some(&Basis::Contract);
    let comes_in = |one: &&Exception| one.acts.iter().any(|named| named.value == Action::Collect);
    let free = view.said().exceptions.iter().filter(is_contract).find(comes_in);
    let (Some(free), Some(last), Action::Share) = (free, list.last(), act) else { return };
    if !list.iter().any(is_contract) {
        let message =
            said!("the contract needs no consent to `collect`, and is not among the cases that need none to `share`");
        let finding = to.finding(Severity::Warning, message).at(view.policy, last.id.span, said!("the list ends here"));
        to.push(finding.at(view.policy, free.id.span, said!("free to come in")));
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
