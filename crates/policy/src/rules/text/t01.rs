//! `T01`: numbers without holes.

use std::collections::{BTreeMap, BTreeSet};

use super::super::said::{Bilingual, said};
use super::super::view::View;
use super::super::{Report, Rule};
use super::clause::list_of;
use super::number::{Printed, ordinals, printed, values};
use crate::finding::{Finding, Severity, Span};
use crate::resolve::folded;
use crate::syntax::{At, Series};

pub(super) const RULE: Rule = Rule { code: "T01", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    // Articles are counted through a document, whatever chapter they stand in.
    let mut reached: BTreeMap<String, (u32, &str)> = BTreeMap::new();
    for series in view.said().document.iter().flat_map(|document| &document.series) {
        let Some(numbers) = &series.numbers else { continue };
        let numbers = printed(view.policy, numbers);
        let values = match values(&numbers) {
            Ok(values) => values,
            Err(number) => {
                unread(view, series, number, to);
                continue;
            }
        };
        let counted = ordinals(&numbers);
        let goes_on = values.first().is_some_and(|first| *first != 1);
        let before = counted.as_ref().filter(|_| goes_on).and_then(|counted| reached.get(counted)).copied();
        breaks(view, series, &numbers, &values, before, to);
        if counted.as_ref().is_none_or(|counted| !goes_on_elsewhere(view, series, counted)) {
            alone(view, series, &numbers, &values, to);
        }
        if let (Some(counted), Some(last)) = (counted, values.iter().zip(&numbers).max_by_key(|(value, _)| **value)) {
            reached.insert(counted, (*last.0, last.1.text));
        }
    }
    elements(view, to);
}

/// Whether another series counts the same: the articles of the next chapter.
fn goes_on_elsewhere(view: &View<'_>, series: &Series, counted: &str) -> bool {
    let others = view.said().document.iter().flat_map(|document| &document.series);
    others
        .filter(|other| !std::ptr::eq(*other, series))
        .filter_map(|other| ordinals(&printed(view.policy, other.numbers.as_ref()?)))
        .any(|other| other == counted)
}

/// A number that nobody can count, so that no hole is seen.
fn unread(view: &View<'_>, series: &Series, number: Printed<'_>, to: &mut Report<'_>) {
    let message = said!(
        "{of} have `{number}`, which does not count with the others, so nobody sees whether one is missing",
        of = called(series.clause.as_ref()),
        number = number.text
    );
    let finding = to.finding(Severity::Note, message).at(view.policy, number.span, said!("which number?"));
    to.push(of_series(finding, series));
}

/// Every number that does not follow the one before it.
fn breaks<'t>(
    view: &View<'_>,
    series: &Series,
    numbers: &[Printed<'t>],
    values: &[u32],
    mut reached: Option<(u32, &'t str)>,
    to: &mut Report<'_>,
) {
    let of = called(series.clause.as_ref());
    for (i, (number, value)) in numbers.iter().zip(values).enumerate() {
        let (printed, before) = (number.text, reached);
        let (last, last_printed) = before.unwrap_or_default();
        if last.checked_add(1) == Some(*value) {
            reached = Some((*value, printed));
            continue;
        }
        let again = values.iter().take(i).any(|earlier| earlier == value);
        let (message, label) = match before {
            None => (said!("{of} begin with `{printed}`", of, printed), said!("and before it?")),
            Some(_) if again => (said!("{of} have `{printed}` twice", of, printed), said!("here again")),
            Some(_) if *value < last => {
                (said!("{of} have `{printed}` after `{last}`", of, printed, last = last_printed), said!("out of order"))
            }
            Some(_) => (
                said!("{of} go from `{last}` to `{printed}`", of, last = last_printed, printed),
                said!("and between them?"),
            ),
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
    let of = called(series.clause.as_ref());
    let message = said!("{of} end with `{printed}`, the first", of, printed = only.text);
    let finding = to.finding(Severity::Note, message).at(view.policy, only.span, said!("and the next?"));
    to.push(of_series(finding, series));
}

fn of_series(mut finding: Finding, series: &Series) -> Finding {
    let Some(clause) = &series.clause else { return finding };
    finding.clause = Some(clause.value.clone());
    finding.about(clause.value.clone())
}

/// What the numbers count.
fn called(clause: Option<&At<String>>) -> Bilingual {
    clause.map_or_else(|| said!("the chapters"), |clause| said!("the numbers in `{clause}`", clause = clause.value))
}

/// Elements that bear the numbers of their list. Of a list that the document numbers itself its series tells.
fn elements(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let exceptions = said.exceptions.iter().map(|one| (Some(&one.number), one.clause.as_slice()));
    let refusals = said.refusals.iter().map(|one| (one.number.as_ref(), one.clause.as_slice()));
    let permissions = said.permissions.iter().map(|one| (one.number.as_ref(), one.clause.as_slice()));
    holes(view, &said!("the cases without consent"), exceptions, to);
    holes(view, &said!("the grounds of refusal"), refusals, to);
    holes(view, &said!("the permissions"), permissions, to);
}

fn holes<'a>(
    view: &View<'_>,
    what: &Bilingual,
    all: impl Iterator<Item = (Option<&'a At<u32>>, &'a [At<String>])>,
    to: &mut Report<'_>,
) {
    let series: BTreeSet<String> = view
        .said()
        .document
        .iter()
        .flat_map(|document| &document.series)
        .filter_map(|series| series.clause.as_ref())
        .map(|clause| folded(clause).into_owned())
        .collect();
    let mut lists: BTreeMap<String, BTreeMap<u32, Span>> = BTreeMap::new();
    // Whose clause does not end in its number may stand in any of the lists.
    let mut anywhere: BTreeMap<u32, Span> = BTreeMap::new();
    for (number, clauses) in all {
        let Some(number) = number else { continue };
        let own: BTreeSet<String> = clauses.iter().filter_map(|clause| list_of(clause, number.value)).collect();
        if own.is_empty() && !clauses.iter().any(|clause| series.contains(folded(clause).as_ref())) {
            anywhere.insert(number.value, number.span);
        }
        for list in own {
            lists.entry(list).or_default().insert(number.value, number.span);
        }
    }
    if lists.is_empty() {
        lists.insert(String::new(), std::mem::take(&mut anywhere));
    }
    for (list, numbers) in lists.iter().filter(|(list, _)| !series.contains(*list)) {
        let of = if list.is_empty() { what.clone() } else { said!("{what} in `{list}`", what, list) };
        let mut last = 0;
        for (value, span) in numbers {
            if (last + 1..*value).any(|between| !anywhere.contains_key(&between)) {
                let message = match last {
                    0 => said!("{of} begin with `{printed}`", of, printed = value),
                    last => said!("{of} go from `{last}` to `{printed}`", of, last, printed = value),
                };
                to.warning(*span, message, said!("and before it?"));
            }
            last = *value;
        }
    }
}
