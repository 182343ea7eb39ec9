//! R3: every record class has a period or a way to find it, and what comes after.

use super::said::{Bilingual, Say, joined, said};
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Record, Retention};

pub(super) const RULE: Rule = Rule { code: "R3", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    if said.retentions.is_empty() && said.records.is_empty() {
        let message = said!("the text does not say how long anything is kept");
        to.error(said.policy.title.span, message, said!("no period"));
    }
    let kept = |record: &Record| {
        let covers = |rule: &&Retention| {
            rule.classes.is_empty() || rule.classes.iter().any(|class| class.text == record.id.as_str())
        };
        said.retentions.iter().filter(covers).any(says_anything)
    };
    for record in said.records.iter().filter(|record| !kept(record)) {
        let message = said!("the text does not say how long `{name}` is kept", name = record.name.value);
        to.error(record.id.span, message, said!("neither a period nor a way to find one"));
    }
    for rule in said.retentions.iter().filter(|rule| says_anything(rule)) {
        let id = rule.id.as_str();
        if let Some(vague) = vague(view, rule) {
            let message = said!("`{id}` gives no figure and nothing to count from: {vague}", id, vague);
            to.warning(rule.id.span, message, said!("how long?"));
        }
        if rule.after.said().is_none() {
            to.warning(rule.id.span, said!("`{id}` does not say what happens at the end", id), said!("and then?"));
        }
    }
}

fn says_anything(rule: &Retention) -> bool {
    rule.period.said().is_some()
        || !rule.longest_of.is_empty()
        || !rule.laws.is_empty()
        || rule.shortest.as_ref().is_some_and(|shortest| shortest.value)
}

/// What stands in the place of a period, when none can be found from it. A criterion that is one is enough.
fn vague(view: &View<'_>, rule: &Retention) -> Option<Bilingual> {
    let wording = view.program.law.wording();
    if rule.period.said().is_some() || rule.longest_of.iter().any(|criterion| !wording.is_no_period(criterion)) {
        return None;
    }
    let least = said!("the shortest that is needed");
    let instead = rule.longest_of.iter().chain(&rule.laws).map(|one| -> &dyn Say { &one.value });
    let shortest = rule.shortest.as_ref().filter(|shortest| shortest.value).map(|_| -> &dyn Say { &least });
    Some(joined(instead.chain(shortest)))
}
