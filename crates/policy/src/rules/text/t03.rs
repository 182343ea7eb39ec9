//! `T03`: a reference leads somewhere.
//!
//! That one leads to nothing is stated by whoever encodes the text, as that a right has no clock is: a fact, which the rule measures
//! and adds to. A statement of the kind `contradiction` is a verdict already, and no rule repeats it.

use super::super::said::{joined, said};
use super::super::view::View;
use super::super::{Report, Rule};
use super::clause::Clauses;
use crate::finding::Severity;
use crate::syntax::{Stated, quoted};

pub(super) const RULE: Rule = Rule { code: "T03", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let Some(document) = &view.said().document else { return };
    let clauses = Clauses::of(document, view.policy);
    for reference in &document.references {
        let words = quoted(&reference.words);
        let (message, label) = match &reference.to {
            Stated::Said(place) if clauses.lack(place) => (
                said!("`{words}` leads to nothing: the text has no `{place}`", words, place = quoted(place)),
                said!("leads nowhere"),
            ),
            Stated::Nothing(_) => match clauses.heading_in(&reference.words) {
                Some(heading) => (
                    said!("`{words}` names `{heading}`, and nothing of the sort is there", words, heading),
                    said!("something else is there"),
                ),
                None => (said!("`{words}` leads to nothing", words), said!("nothing of the sort is there")),
            },
            Stated::Said(place) if !reference.lacks.is_empty() => {
                let lacks = joined(reference.lacks.iter().map(|lacks| lacks.as_str()));
                let place = quoted(place);
                (
                    said!("`{words}` leads to `{place}`, which lacks {lacks}", words, place, lacks),
                    said!("less is there"),
                )
            }
            Stated::Said(_) | Stated::NotStated { .. } => continue,
        };
        let mut finding = to.finding(Severity::Warning, message).at(view.policy, reference.words.span, label);
        finding.clause = Some(reference.clause.value.clone());
        to.push(finding.about(reference.clause.value.clone()));
    }
}
