//! `T13`: what follows from refusing is told.

use super::super::view::{View, groups_of};
use super::super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Collect, Function, Need};

pub(super) const RULE: Rule = Rule { code: "T13", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let asks = |function: &&Function| groups_of(function).any(|group| view.is_natural(&group.of) && is_asked(group));
    for function in view.said().functions.iter().filter(|function| function.refused.is_silent()).filter(asks) {
        let message =
            format!("the text does not say what follows when somebody refuses what `{}` takes", function.name.value);
        to.warning(function.id.span, message, "and without it?");
    }
}

/// What may be left out has no consequence to tell.
fn is_asked(group: &Collect) -> bool {
    !group.items.is_empty() && group.need.said() != Some(&Need::Optional)
}
