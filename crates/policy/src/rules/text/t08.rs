//! `T08`: a deadline or a period holds. Deadlines of rights are for `R41`.

use super::super::said::joined;
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
            let message = format!("the deadline `{}` lets itself run over: `{}`", clock.id.value, quoted(overrun));
            to.warning(overrun.span, message, "a way out");
        }
    }
    hedged(view, to);
    for rule in &said.retentions {
        let escapes: Vec<_> = rule.longest_of.iter().filter(|criterion| wording().is_escape(criterion)).collect();
        let Some(first) = escapes.first() else { continue };
        let names: Vec<String> = escapes.iter().map(|criterion| quoted(criterion)).collect();
        let message = format!(
            "the period `{}` has no end of its own: {}",
            rule.id.value,
            joined(names.iter().map(String::as_str))
        );
        to.warning(first.span, message, "a way out");
    }
}

/// What is promised or granted, and left to the handler's own judgement in the same breath.
fn hedged(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let promises = said.promises.iter().filter_map(|one| Some(("promise", one.id.as_str(), one.hedge.as_ref()?)));
    let rights = said.rights.iter().filter_map(|one| Some(("right", one.kind.word(), one.hedge.as_ref()?)));
    for (what, name, hedge) in promises.chain(rights) {
        let message = format!("the {what} `{name}` is left to the handler: `{}`", quoted(hedge));
        to.warning(hedge.span, message, "a way out");
    }
    if let Stated::Said(then) = &said.minors.wrongly_collected
        && wording().is_try(then)
    {
        let message = format!("`{}` promises to try to erase minors' data, and not to do it", quoted(then));
        to.warning(then.span, message, "a way out");
    }
}
