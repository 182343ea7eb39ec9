//! `T02`: a list has what its introduction announces.

use super::super::said::{joined, said};
use super::super::view::View;
use super::super::{Report, Rule};
use super::clause::around;
use super::number::printed;
use crate::finding::Severity;
use crate::syntax::Permission;

pub(super) const RULE: Rule = Rule { code: "T02", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    for series in view.said().document.iter().flat_map(|document| &document.series) {
        let Some(announced) = &series.announced else { continue };
        let numbered = series.numbers.as_ref().map_or(0, |numbers| printed(view.policy, numbers).len());
        let unnumbered = series.unnumbered.as_ref().map_or(0, |count| count.value);
        let there = u32::try_from(numbered).unwrap_or(u32::MAX).saturating_add(unnumbered);
        if there == announced.value {
            continue;
        }
        let clause = series.clause.as_ref();
        let of = clause.map_or_else(|| said!("the text"), |clause| said!("`{name}`", name = clause.value));
        let message = said!("{of} announces {announced} and lists {there}", of, announced = announced.value, there);
        let label = said!("announced here");
        let mut finding = to.finding(Severity::Warning, message).at(view.policy, announced.span, label);
        if let Some(clause) = &series.clause {
            finding.clause = Some(clause.value.clone());
            finding = finding.about(clause.value.clone());
        }
        to.push(finding);
    }
    permissions(view, to);
}

/// The introduction of the list of device permissions names some of them. What it leaves out is one fault of one sentence.
fn permissions(view: &View<'_>, to: &mut Report<'_>) {
    let all = &view.said().permissions;
    let is = |permission: &&Permission, announced: bool| {
        permission.announced.as_ref().is_some_and(|said| said.value == announced)
    };
    let left_out: Vec<&Permission> = all.iter().filter(|permission| is(permission, false)).collect();
    if left_out.is_empty() || !all.iter().any(|permission| is(&permission, true)) {
        return;
    }
    let names = joined(left_out.iter().map(|permission| permission.name.as_str()));
    let message = said!("the introduction to {count} permissions leaves out {names}", count = all.len(), names);
    let mut finding = to.finding(Severity::Warning, message);
    finding.clause = around(all.iter().filter_map(|permission| permission.clause.first()).map(|one| one.as_str()));
    for said in left_out.iter().filter_map(|permission| permission.announced.as_ref()) {
        finding = finding.at(view.policy, said.span, said!("listed, not announced"));
    }
    to.push(finding);
}
