//! R56: what shows a person or authenticates is masked when it is shown. The items of the vocabulary have masks of their own;
//! measured is what a platform adds or chooses.

use model::field::Mask;

use super::said::{Listed, said};
use super::view::View;
use super::{Report, Rule};
use crate::finding::{Severity, Source, Span};
use crate::resolve::ItemFacts;
use crate::syntax::FinancialLevel;

pub(super) const RULE: Rule = Rule { code: "R56", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let operation = &view.program.operation;
    let choice = |id: &str| operation.masks.iter().find(|choice| choice.item.text == id);
    for item in view.said().items.iter().filter(|item| item.category.is_some()) {
        let Some(facts) = view.program.items.get(&item.id.value).filter(|_| choice(item.id.as_str()).is_none()) else {
            continue;
        };
        if item.mask.is_none() && item.validator.is_none() && is_covered(facts) {
            let message = said!("nothing says how `{name}` is shown", name = facts.name);
            to.error(item.id.span, message, said!("no mask"));
        } else {
            let at = item.mask.as_ref().map_or(item.id.span, |mask| mask.span);
            bare(facts, (view.policy, at), to);
        }
    }
    let Some(source) = view.operation else { return };
    for choice in &operation.masks {
        if let Some(facts) = view.facts(&choice.item) {
            bare(facts, (source, choice.mask.span), to);
        }
    }
}

/// Whether the level of the item asks for a mask.
fn is_covered(facts: &ItemFacts) -> bool {
    matches!(facts.level, Some(FinancialLevel::C2 | FinancialLevel::C3))
}

/// A mask that hides too little for the level.
fn bare(facts: &ItemFacts, (source, at): (&Source, Span), to: &mut Report<'_>) {
    let authenticates = facts.level == Some(FinancialLevel::C3);
    let shown = match facts.mask {
        Mask::None => is_covered(facts),
        Mask::Hidden | Mask::Fixed => false,
        _ => authenticates,
    };
    if shown {
        let why = if authenticates { said!("authenticates") } else { said!("shows a person") };
        let (name, mask) = (&facts.name, Listed(facts.mask));
        let message = said!("`{name}` {why}, and the mask `{mask}` shows of it", name, why, mask);
        to.push(to.finding(Severity::Error, message).at(source, at, said!("shows too much")));
    }
}
