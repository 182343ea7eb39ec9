//! R51: whoever holds data of so many people publishes who is in charge of their protection.

use super::said::{said, unsure_there};
use super::view::{View, span_of};
use super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::law::{Counted, Threshold};
use crate::syntax::{Handler, Stated};

pub(super) const RULE: Rule = Rule { code: "R51", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let handler = &view.said().handler;
    let wording = view.program.law.wording();
    let office = handler.units.iter().find(|unit| wording.is_officer(&unit.name)).map(|unit| &unit.name);
    let named = match &handler.officer {
        Stated::Said(officer) => Some(officer),
        Stated::Nothing(_) | Stated::NotStated { .. } => None,
    };
    if let Some(officer) = office.or(named) {
        if !named.into_iter().chain(office).any(|officer| is_reached(officer)) {
            let message = said!("the text has somebody in charge of protection, and no way to reach them");
            to.warning(officer.span, message, said!("how?"));
        }
        return;
    }
    let counts = |one: &&Threshold| one.rule == RULE.code && one.counts == Counted::Persons;
    let Some(threshold) = view.program.law.thresholds(view.day).find(counts) else { return };
    let at = span_of(&handler.officer, place(handler));
    match view.program.operation.persons.as_ref().map(|persons| u64::from(persons.value)) {
        Some(persons) if persons >= threshold.persons => published(persons, threshold, at, to),
        Some(_) => {}
        None => uncounted(threshold, at, to),
    }
}

/// Where a reader looks for whoever is in charge: at the units of protection, or else at the contacts.
fn place(handler: &Handler) -> Span {
    let unit = handler.units.last().map(|unit| unit.name.span);
    unit.or_else(|| handler.contacts.first().map(|contact| contact.value.span)).unwrap_or(handler.name.span)
}

/// Whether an office is named with a mailbox or a number.
fn is_reached(officer: &str) -> bool {
    const SHORTEST: usize = 5;
    officer.contains('@') || officer.chars().filter(char::is_ascii_digit).count() >= SHORTEST
}

fn published(persons: u64, threshold: &Threshold, at: Span, to: &mut Report<'_>) {
    let message = said!(
        "the company holds data of {persons} people, and from {many}{unsure} on the text names who is in charge of protection",
        persons,
        many = threshold.persons,
        unsure = unsure_there(threshold.certain)
    );
    to.error(at, message, said!("nobody in charge"));
}

fn uncounted(threshold: &Threshold, at: Span, to: &mut Report<'_>) {
    let message = said!(
        "the text names nobody in charge of protection, and nothing says whether the company holds data of {many}{unsure} people",
        many = threshold.persons,
        unsure = unsure_there(threshold.certain)
    );
    to.warning(at, message, said!("needed from that number on"));
}
