//! R61: a sale leaves a track by which it can be shown again.

use super::said::said;
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Event, Floor, Function, Kind, Record};

pub(super) const RULE: Rule = Rule { code: "R61", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    if view.said().functions.iter().any(|function| keeps_track(view, function)) {
        return;
    }
    for function in &view.said().functions {
        let Some(class) = made(view, function) else { continue };
        let kept = view.floors_of(class.id.as_str()).contains(&Floor::Traceability);
        if !kept && sells(view, function, class) {
            let message = said!("`{name}` sells, and nothing keeps the track of the sale", name = function.name.value);
            to.warning(function.id.span, message, said!("shown again how?"));
        }
    }
}

fn made<'a>(view: &View<'a>, function: &Function) -> Option<&'a Record> {
    let made = function.makes.as_ref()?;
    view.said().records.iter().find(|record| record.id.as_str() == made.text)
}

/// By what it is called; by a cover that begins with its record; or by the money that is taken for that.
fn sells(view: &View<'_>, function: &Function, class: &Record) -> bool {
    let covers = class.events.iter().any(|event| event.value == Event::InForceFrom);
    let insured = view.floors_of(class.id.as_str()).contains(&Floor::InsuranceFile);
    let mut payments = view.program.operation.payments.iter().flat_map(|payment| &payment.classes);
    view.program.law.wording().is_sale(&function.name)
        || covers && insured
        || payments.any(|paid| paid.text == class.id.as_str())
}

/// A function of its own for it, by its name or purpose.
fn keeps_track(view: &View<'_>, function: &Function) -> bool {
    let wording = view.program.law.wording();
    let purposes = || function.purposes.iter().map(|purpose| view.name(Kind::Purpose, &purpose.text));
    wording.is_sale_track(&function.name) || purposes().any(|purpose| wording.is_sale_track(purpose))
}
