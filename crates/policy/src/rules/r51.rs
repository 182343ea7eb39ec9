//! R51: whoever holds data of so many people publishes who is in charge of their protection.

use super::view::{View, span_of};
use super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::law::{Counted, Threshold};

pub(super) const RULE: Rule = Rule { code: "R51", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let handler = &view.said().handler;
    let wording = view.program.law.wording();
    let office = handler.units.iter().any(|unit| wording.is_officer(&unit.name));
    if handler.officer.said().is_some() || office {
        return;
    }
    let counts = |one: &&Threshold| one.rule == RULE.code && one.counts == Counted::Persons;
    let Some(threshold) = view.program.law.thresholds(view.day).find(counts) else { return };
    let at = span_of(&handler.officer, handler.name.span);
    match view.program.operation.persons.as_ref().map(|persons| u64::from(persons.value)) {
        Some(persons) if persons >= threshold.persons => published(persons, threshold, at, to),
        Some(_) => {}
        None => uncounted(threshold, at, to),
    }
}

fn unsure(threshold: &Threshold) -> &'static str {
    if threshold.certain { "" } else { " (to be confirmed by counsel)" }
}

fn published(persons: u64, threshold: &Threshold, at: Span, to: &mut Report<'_>) {
    let message = format!(
        "the company holds data of {persons} people, and from {}{} on the text names who is in charge of protection",
        threshold.persons,
        unsure(threshold)
    );
    to.error(at, message, "nobody in charge");
}

fn uncounted(threshold: &Threshold, at: Span, to: &mut Report<'_>) {
    let message = format!(
        "the text names nobody in charge of protection, and nothing says whether the company holds data of {}{} people",
        threshold.persons,
        unsure(threshold)
    );
    to.warning(at, message, "needed from that number on");
}
