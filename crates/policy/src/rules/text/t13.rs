//! `T13`: what follows from refusing is told.

use super::super::said::{joined, said};
use super::super::view::{View, groups_of, span_of};
use super::super::{Report, Rule};
use super::wording::wording;
use crate::finding::Severity;
use crate::syntax::{Collect, Function, Need};

pub(super) const RULE: Rule = Rule { code: "T13", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let asks = |function: &&Function| groups_of(function).any(|group| view.is_natural(&group.of) && is_asked(group));
    for function in view.said().functions.iter().filter(|function| function.refused.is_silent()).filter(asks) {
        let name = &function.name.value;
        let message = said!("the text does not say what follows when somebody refuses what `{name}` takes", name);
        to.warning(function.id.span, message, said!("and without it?"));
    }
    perhaps(view, to);
}

/// A consequence that may follow or may not; what one clause says of several functions once.
fn perhaps(view: &View<'_>, to: &mut Report<'_>) {
    let maybe = |function: &&Function| {
        let text = function.refused.said().and_then(|refused| refused.text.as_ref());
        text.is_some_and(|text| wording().is_maybe(text)) && groups_of(function).any(is_asked)
    };
    let all: Vec<&Function> = view.said().functions.iter().filter(maybe).collect();
    for alike in all.chunk_by(|one, other| one.clause == other.clause) {
        let names = joined(alike.iter().map(|function| function.name.as_str()));
        let message = said!("what follows when somebody refuses what {names} takes is only a perhaps", names);
        let mut finding = to.finding(Severity::Note, message);
        for function in alike {
            finding = finding.at(view.policy, span_of(&function.refused, function.id.span), said!("perhaps"));
        }
        to.push(finding);
    }
}

/// What may be left out has no consequence to tell.
fn is_asked(group: &Collect) -> bool {
    !group.items.is_empty() && group.need.said() != Some(&Need::Optional)
}
