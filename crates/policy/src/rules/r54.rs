//! R54: what those concerned are told of an incident has all its parts, and lies ready.

use std::collections::BTreeSet;

use super::view::{View, joined};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::IncidentPart;

pub(super) const RULE: Rule = Rule { code: "R54", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let Some(source) = view.operation else { return };
    let operation = &view.program.operation;
    let Some(notice) = &operation.incident_notice else {
        let message = "no template says what those concerned are told of an incident";
        let finding =
            to.finding(Severity::Warning, message).at(source, operation.platform.span, "no [incident-notice]");
        to.push(finding.about("incident-notice"));
        return;
    };
    let blanks: BTreeSet<&str> = blanks(&notice.text).collect();
    let words = || IncidentPart::ALL.iter().map(|part| part.word());
    let missing: Vec<&str> = words().filter(|word| !blanks.contains(word)).collect();
    if !missing.is_empty() {
        let message = format!("the template for an incident leaves out {}", joined(missing));
        to.push(to.finding(Severity::Error, message).at(source, notice.text.span, "not told"));
    }
    let strange: Vec<&str> = blanks.iter().copied().filter(|blank| !words().any(|word| word == *blank)).collect();
    if !strange.is_empty() {
        let message = format!("nothing fills {} in", joined(strange));
        to.push(to.finding(Severity::Warning, message).at(source, notice.text.span, "stays as it is"));
    }
}

/// What a template leaves to be filled in, between braces.
fn blanks(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(blank, _)| blank)
}
