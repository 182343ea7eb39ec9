//! `T11`: one name for one thing. A second registered company is for `R1`.

use super::super::said::{joined, said};
use super::super::view::View;
use super::super::{Report, Rule};
use crate::finding::Severity;
use crate::resolve::folded;
use crate::syntax::{At, Stated, quoted};

pub(super) const RULE: Rule = Rule { code: "T11", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let (header, handler) = (&view.said().policy, &view.said().handler);
    let service: Vec<&At<String>> = std::iter::once(&header.service).chain(&header.aliases).collect();
    let company: Vec<&At<String>> = std::iter::once(&handler.name).chain(&handler.aliases).collect();
    for names in [&service, &company] {
        spelled_twice(view, names, to);
    }
    terms(view, to);
    for name in &company {
        if let Some(also) = service.iter().find(|also| folded(also) == folded(name)) {
            let words = quoted(name);
            let message = said!("`{words}` names the handler in one place and the service in another", words);
            let finding = to.finding(Severity::Note, message).at(view.policy, name.span, said!("the handler"));
            to.push(finding.at(view.policy, also.span, said!("the service")));
        }
    }
}

/// Words on whose meaning something hangs.
fn terms(view: &View<'_>, to: &mut Report<'_>) {
    for term in view.said().document.iter().flat_map(|document| &document.terms) {
        let words = quoted(&term.words);
        let (severity, message, label) = match &term.defined {
            Some(Stated::Nothing(_)) => (
                Severity::Warning,
                said!("something hangs on `{words}`, and the text does not say what it is", words),
                said!("what is it?"),
            ),
            Some(Stated::Said(places)) if places.len() > 1 => {
                let places = joined(places.iter().map(String::as_str));
                let message = said!("`{words}` is defined more than once: in {places}", words, places);
                (Severity::Note, message, said!("which one?"))
            }
            Some(Stated::Said(_) | Stated::NotStated { .. }) | None => continue,
        };
        let mut finding = to.finding(severity, message).at(view.policy, term.words.span, label);
        finding.clause = Some(term.clause.value.clone());
        to.push(finding.about(term.clause.value.clone()));
    }
}

/// The stretch of a text that is a name but for one letter.
pub(super) fn slip_in(text: &str, name: &str) -> Option<String> {
    const SHORTEST: usize = 4;
    let (text, length): (Vec<char>, usize) = (folded(text).chars().collect(), folded(name).chars().count());
    if length < SHORTEST || text.iter().collect::<String>().contains(folded(name).as_ref()) {
        return None;
    }
    let stretches = text.windows(length).map(|stretch| stretch.iter().collect::<String>());
    stretches.into_iter().find(|stretch| is_slip(stretch, name))
}

/// Names that differ by one letter are one name and a slip.
fn spelled_twice(view: &View<'_>, names: &[&At<String>], to: &mut Report<'_>) {
    let registered = |name: &str| view.program.law.wording().is_registered(name);
    for (i, name) in names.iter().enumerate() {
        let slips = names.iter().take(i).filter(|other| is_slip(name, other));
        // Two registered names are two companies, and those are told already.
        for other in slips.filter(|other| !(registered(name) && registered(other))) {
            let (one, two) = (quoted(other), quoted(name));
            let message = said!("`{one}` and `{two}` are spelled in two ways", one, two);
            let finding = to.finding(Severity::Warning, message).at(view.policy, name.span, said!("spelled so"));
            to.push(finding.at(view.policy, other.span, said!("and so")));
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
