//! `T11`: one name for one thing. A second registered company is for `R1`.

use super::super::view::View;
use super::super::{Report, Rule};
use crate::finding::Severity;
use crate::resolve::folded;
use crate::syntax::{At, quoted};

pub(super) const RULE: Rule = Rule { code: "T11", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let (header, handler) = (&view.said().policy, &view.said().handler);
    let service: Vec<&At<String>> = std::iter::once(&header.service).chain(&header.aliases).collect();
    let company: Vec<&At<String>> = std::iter::once(&handler.name).chain(&handler.aliases).collect();
    for names in [&service, &company] {
        spelled_twice(view, names, to);
    }
    for name in &company {
        if let Some(also) = service.iter().find(|also| folded(also) == folded(name)) {
            let message = format!("`{}` names the handler in one place and the service in another", quoted(name));
            let finding = to.finding(Severity::Note, message).at(view.policy, name.span, "the handler");
            to.push(finding.at(view.policy, also.span, "the service"));
        }
    }
}

/// Names that differ by one letter are one name and a slip.
fn spelled_twice(view: &View<'_>, names: &[&At<String>], to: &mut Report<'_>) {
    let registered = |name: &str| view.program.law.wording().is_registered(name);
    for (i, name) in names.iter().enumerate() {
        let slips = names.iter().take(i).filter(|other| is_slip(name, other));
        // Two registered names are two companies, and those are told already.
        for other in slips.filter(|other| !(registered(name) && registered(other))) {
            let message = format!("`{}` and `{}` are spelled in two ways", quoted(other), quoted(name));
            let finding = to.finding(Severity::Warning, message).at(view.policy, name.span, "spelled so");
            to.push(finding.at(view.policy, other.span, "and so"));
        }
    }
}

/// Whether two names are of one length and differ by one letter, which is no figure.
fn is_slip(one: &str, other: &str) -> bool {
    const SHORTEST: usize = 3;
    let (one, other): (Vec<char>, Vec<char>) = (folded(one).chars().collect(), folded(other).chars().collect());
    if one.len() != other.len() || one.len() < SHORTEST {
        return false;
    }
    let differ: Vec<(&char, &char)> = one.iter().zip(&other).filter(|(a, b)| a != b).collect();
    let figure = |c: &char| c.is_ascii() || super::wording::wording().is_numeral(*c);
    differ.len() == 1 && differ.iter().all(|(a, b)| !figure(a) && !figure(b))
}
