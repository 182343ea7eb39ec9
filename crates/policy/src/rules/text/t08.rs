//! `T08`: a deadline or a period holds. Deadlines of rights are for `R41`.

use super::super::said::{Listed, joined, said};
use super::super::view::View;
use super::super::{Report, Rule};
use super::wording::wording;
use crate::finding::Severity;
use crate::syntax::{Stated, quoted};

pub(super) const RULE: Rule = Rule { code: "T08", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    for clock in &said.clocks {
        let runs =
            said.rights.iter().any(|right| right.clock.said().is_some_and(|named| named.text == clock.id.as_str()));
        if let (Stated::Said(overrun), false) = (&clock.overrun, runs) {
            let message = said!(
                "the deadline `{clock}` lets itself run over: `{overrun}`",
                clock = clock.id.as_str(),
                overrun = quoted(overrun)
            );
            to.warning(overrun.span, message, said!("a way out"));
        }
    }
    hedged(view, to);
    for rule in &said.retentions {
        let escapes: Vec<_> = rule.longest_of.iter().filter(|criterion| wording().is_escape(criterion)).collect();
        let Some(first) = escapes.first() else { continue };
        let names: Vec<String> = escapes.iter().map(|criterion| quoted(criterion)).collect();
        let message = said!(
            "the period `{rule}` has no end of its own: {criteria}",
            rule = rule.id.as_str(),
            criteria = joined(names)
        );
        to.warning(first.span, message, said!("a way out"));
    }
}

/// What is promised or granted, and left to the handler's own judgement in the same breath.
fn hedged(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    for promise in &said.promises {
        let Some(hedge) = &promise.hedge else { continue };
        let (promise, words) = (promise.id.as_str(), quoted(hedge));
        let message = said!("the promise `{promise}` is left to the handler: `{words}`", promise, words);
        to.warning(hedge.span, message, said!("a way out"));
    }
    for right in &said.rights {
        let Some(hedge) = &right.hedge else { continue };
        let (right, words) = (Listed(right.kind.value), quoted(hedge));
        let message = said!("the right `{right}` is left to the handler: `{words}`", right, words);
        to.warning(hedge.span, message, said!("a way out"));
    }
    if let Stated::Said(then) = &said.minors.wrongly_collected
        && wording().is_try(then)
    {
        let message = said!("`{words}` promises to try to erase minors' data, and not to do it", words = quoted(then));
        to.warning(then.span, message, said!("a way out"));
    }
}
