//! R16: sensitive by dated standards. Where they disagree, the text should say how it counts.

use std::collections::BTreeSet;

use super::said::said;
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Item, Kind, Ref};

pub(super) const RULE: Rule = Rule { code: "R16", gravest: Severity::Warning, check };

/// One finding a function; an item is told of where it stands first.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for function in &view.said().functions {
        let groups = view.groups().filter(|(of, group)| of.id == function.id && group.sensitive.is_silent());
        let open: Vec<&Ref<Item>> = groups
            .flat_map(|(_, group)| &group.items)
            .filter(|item| is_disputed(view, item) && !is_defined(view, item))
            .filter(|item| told.insert(&item.text))
            .collect();
        let Some((first, rest)) = open.split_first() else { continue };
        let message = said!(
            "standards disagree on whether {items} are sensitive, and the text does not say how it counts",
            items = view.items(open.iter().copied())
        );
        let label = said!("sensitive by one, not by another");
        let mut finding = to.finding(Severity::Warning, message).at(view.policy, first.span, label);
        for item in rest {
            finding = finding.at(view.policy, item.span, said!("{name}", name = view.name(Kind::Item, &item.text)));
        }
        to.push(finding);
    }
}

/// Whether of the standards in force that are held against each other one lists the item and one does not.
fn is_disputed(view: &View<'_>, item: &Ref<Item>) -> bool {
    let compared = view.program.law.compared_standards();
    let in_force = view.program.standards.iter().filter(|standard| {
        let stands =
            standard.from.value <= view.day && standard.until.as_ref().is_none_or(|until| view.day < until.value);
        stands && compared.iter().any(|id| id == standard.id.as_str())
    });
    let listed: BTreeSet<bool> =
        in_force.map(|standard| standard.sensitive.iter().any(|listed| listed.value == item.text)).collect();
    listed.len() > 1
}

/// Whether a definition of the text counts the class of the item.
fn is_defined(view: &View<'_>, item: &Ref<Item>) -> bool {
    let class = view.facts(item).and_then(|facts| facts.class);
    let counts = |listed: &crate::syntax::At<_>| Some(listed.value) == class;
    view.said().statements.iter().any(|statement| statement.sensitive.iter().any(counts))
}
