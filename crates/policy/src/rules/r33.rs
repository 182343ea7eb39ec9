//! R33: a face is never the only way.

use std::collections::BTreeSet;

use super::said::said;
use super::view::{View, first_clause, groups_of};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Function, Item, Need, Ref};

pub(super) const RULE: Rule = Rule { code: "R33", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let kept = says_where(view);
    let mut seen = BTreeSet::new();
    for function in &view.said().functions {
        let elsewhere = has_other_way(view, function);
        for group in groups_of(function).filter(|group| view.is_natural(&group.of)) {
            let Some(face) = group.items.iter().find(|item| is_face(view, item)) else { continue };
            let name = &function.name.value;
            let clause = first_clause(&group.clause).or_else(|| first_clause(&function.clause));
            if !kept && clause.is_none_or(|clause| seen.insert(clause)) {
                let message =
                    said!("the text does not say where a face that `{name}` takes is kept, and how long", name);
                to.warning(face.span, message, said!("on the device only?"));
            }
            match group.need.said() {
                Some(Need::Optional) => {}
                _ if elsewhere => {
                    let message =
                        said!("the text gives no way without a face for `{name}`; the operation file does", name);
                    let finding = to.finding(Severity::Note, message);
                    to.push(finding.at(view.policy, face.span, said!("say it in the text, too")));
                }
                Some(Need::Required | Need::Conditional) => {
                    let message = said!("`{name}` demands a face, and nothing gives another way", name);
                    to.error(face.span, message, said!("no other way"));
                }
                None => {
                    let message = said!("`{name}` takes a face, and does not say that it goes without", name);
                    to.warning(face.span, message, said!("by another way, too?"));
                }
            }
        }
    }
}

/// Whether a promise or a period speaks of faces.
fn says_where(view: &View<'_>) -> bool {
    let said = view.said();
    let promises = said.promises.iter().map(|promise| promise.text.as_str());
    let periods = said
        .retentions
        .iter()
        .flat_map(|rule| rule.longest_of.iter().map(|one| one.as_str()).chain(rule.after.said().map(String::as_str)));
    promises.chain(periods).any(|text| view.program.law.wording().is_of_faces(text))
}

/// Whether the operation file offers a way for it that needs no face itself.
fn has_other_way(view: &View<'_>, function: &Function) -> bool {
    let ways = &view.program.operation.alternatives;
    let offered = |id: &str| id == function.id.as_str();
    ways.iter().any(|way| offered(&way.function.text) && !way.items.iter().any(|item| is_face(view, item)))
}

fn is_face(view: &View<'_>, item: &Ref<Item>) -> bool {
    view.facts(item).is_some_and(|facts| facts.face)
}
