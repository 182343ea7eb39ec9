//! R54: what those concerned are told of an incident has all its parts, and lies ready.

use std::collections::BTreeSet;

use super::said::{Bilingual, Listed, in_a_row, joined, said};
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{IncidentPart, Promise};

pub(super) const RULE: Rule = Rule { code: "R54", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    promised(view, to);
    let Some(source) = view.operation else { return };
    let operation = &view.program.operation;
    let Some(notice) = &operation.incident_notice else {
        let message = said!("no template says what those concerned are told of an incident");
        let at = operation.platform.span;
        let finding = to.finding(Severity::Warning, message).at(source, at, said!("no [incident-notice]"));
        to.push(finding.about("incident-notice"));
        return;
    };
    let blanks: BTreeSet<&str> = blanks(&notice.text).collect();
    let parts = || IncidentPart::ALL.iter().copied();
    let missing: Vec<IncidentPart> = parts().filter(|part| !blanks.contains(part.word())).collect();
    if !missing.is_empty() {
        let missing = joined(missing.into_iter().map(Listed));
        let message = said!("the template for an incident leaves out {missing}", missing);
        to.push(to.finding(Severity::Error, message).at(source, notice.text.span, said!("not told")));
    }
    let strange: Vec<&str> = blanks.into_iter().filter(|blank| !parts().any(|part| part.word() == *blank)).collect();
    if !strange.is_empty() {
        let message = said!("nothing fills {blanks} in", blanks = joined(strange));
        to.push(to.finding(Severity::Warning, message).at(source, notice.text.span, said!("stays as it is")));
    }
}

/// A promise that lists what people are told lists all of it.
fn promised(view: &View<'_>, to: &mut Report<'_>) {
    let parts = &view.program.law.wording().incident_part;
    let kept = |promise: &&Promise| promise.control.said().is_some_and(|control| control == "incident");
    for promise in view.said().promises.iter().filter(kept) {
        let missing = || parts.iter().filter(|part| !part.is_named(&promise.text));
        let listed = in_a_row(missing().map(Bilingual::from));
        if let Some(missing) = listed.filter(|_| missing().count() < parts.len()) {
            let message = said!("what people are told of an incident leaves out {missing}", missing);
            to.push(to.finding(Severity::Note, message).at(view.policy, promise.id.span, said!("not told")));
        }
    }
}

/// What a template leaves to be filled in, between braces.
fn blanks(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(blank, _)| blank)
}
