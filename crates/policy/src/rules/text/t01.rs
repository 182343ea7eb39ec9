//! `T01`: numbers without holes.

use super::super::view::View;
use super::super::{Report, Rule};
use super::clause::{Printed, printed, values};
use crate::finding::{Finding, Severity};
use crate::syntax::{At, Series};

pub(super) const RULE: Rule = Rule { code: "T01", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    for series in view.said().document.iter().flat_map(|document| &document.series) {
        let Some(numbers) = &series.numbers else { continue };
        let numbers = printed(view.policy, numbers);
        if let Some(values) = values(&numbers) {
            breaks(view, series, &numbers, &values, to);
            alone(view, series, &numbers, &values, to);
        }
    }
}

/// Every number that does not follow the one before it.
fn breaks(view: &View<'_>, series: &Series, numbers: &[Printed<'_>], values: &[u32], to: &mut Report<'_>) {
    let of = called(series.clause.as_ref());
    let mut reached: Option<(u32, &str)> = None;
    for (i, (number, value)) in numbers.iter().zip(values).enumerate() {
        let (printed, before) = (number.text, reached);
        let (last, last_printed) = before.unwrap_or_default();
        if last.checked_add(1) == Some(*value) {
            reached = Some((*value, printed));
            continue;
        }
        let again = values.iter().take(i).any(|earlier| earlier == value);
        let (message, label) = match before {
            None => (format!("{of} begin with `{printed}`"), "and before it?"),
            Some(_) if again => (format!("{of} have `{printed}` twice"), "here again"),
            Some(_) if *value < last => (format!("{of} have `{printed}` after `{last_printed}`"), "out of order"),
            Some(_) => (format!("{of} go from `{last_printed}` to `{printed}`"), "and between them?"),
        };
        if *value > last {
            reached = Some((*value, printed));
        }
        let finding = to.finding(Severity::Warning, message).at(view.policy, number.span, label);
        to.push(of_series(finding, series));
    }
}

/// A list that ends with its first number.
fn alone(view: &View<'_>, series: &Series, numbers: &[Printed<'_>], values: &[u32], to: &mut Report<'_>) {
    let ([only], [1], None) = (numbers, values, &series.unnumbered) else { return };
    let message = format!("{} end with `{}`, the first", called(series.clause.as_ref()), only.text);
    let finding = to.finding(Severity::Note, message).at(view.policy, only.span, "and the next?");
    to.push(of_series(finding, series));
}

fn of_series(mut finding: Finding, series: &Series) -> Finding {
    let Some(clause) = &series.clause else { return finding };
    finding.clause = Some(clause.value.clone());
    finding.about(clause.value.clone())
}

/// What the numbers count.
pub(super) fn called(clause: Option<&At<String>>) -> String {
    clause.map_or_else(|| "the chapters".to_owned(), |clause| format!("the numbers in `{}`", clause.value))
}
