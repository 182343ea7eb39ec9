//! R33: a face is never the only way.

use super::view::{View, groups_of};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Function, Item, Need, Ref};

pub(super) const RULE: Rule = Rule { code: "R33", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    for function in view.said().functions.iter().filter(|function| !has_other_way(view, function)) {
        for group in groups_of(function).filter(|group| view.is_natural(&group.of)) {
            let Some(face) = group.items.iter().find(|item| is_face(view, item)) else { continue };
            let name = &function.name.value;
            match group.need.said() {
                Some(Need::Required | Need::Conditional) => {
                    to.error(
                        face.span,
                        format!("`{name}` demands a face, and nothing gives another way"),
                        "no other way",
                    );
                }
                Some(Need::Optional) => {}
                None => {
                    let message = format!("`{name}` takes a face, and does not say that it goes without");
                    to.warning(face.span, message, "by another way, too?");
                }
            }
        }
    }
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
