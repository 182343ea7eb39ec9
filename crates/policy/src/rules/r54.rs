//! R54: what those concerned are told of an incident has all its parts, and lies ready.

use std::collections::BTreeSet;

use super::said::joined;
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

/// A promise that lists what people are told lists all of it.
fn promised(view: &View<'_>, to: &mut Report<'_>) {
    let parts = &view.program.law.wording().incident_part;
    let kept = |promise: &&Promise| promise.control.said().is_some_and(|control| control == "incident");
    for promise in view.said().promises.iter().filter(kept) {
        let missing: Vec<&str> =
            parts.iter().filter(|part| !part.is_named(&promise.text)).map(|part| part.name.as_str()).collect();
        if !missing.is_empty() && missing.len() < parts.len() {
            let message = format!("what people are told of an incident leaves out {}", missing.join(", "));
            to.push(to.finding(Severity::Note, message).at(view.policy, promise.id.span, "not told"));
        }
    }
}

/// What a template leaves to be filled in, between braces.
fn blanks(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(blank, _)| blank)
}
