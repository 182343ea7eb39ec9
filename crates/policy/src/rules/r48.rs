//! R48: every class knows the event from which its periods run.

use super::said::{Listed, joined, said};
use super::view::View;
use super::{Report, Rule, cite};
use crate::finding::Severity;
use crate::law::LegalFloor;
use crate::syntax::Record;

pub(super) const RULE: Rule = Rule { code: "R48", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    for record in &view.said().records {
        if record.events.is_empty() {
            let name = &record.name.value;
            let message = said!("`{name}` knows no event, so no period of it can be counted", name);
            to.error(record.id.span, message, said!("from when?"));
            continue;
        }
        let named = view.floors_of(record.id.as_str()).into_iter();
        let named = named.filter_map(|floor| view.program.law.floor(floor, view.day));
        for law in named.chain(view.unnamed_floors_of(record)).filter(|law| !starts(record, law)) {
            tell(view, record, law, to);
        }
    }
}

fn starts(record: &Record, law: &LegalFloor) -> bool {
    record.events.iter().any(|event| law.starts.contains(&event.value))
}

fn tell(view: &View<'_>, record: &Record, law: &LegalFloor, to: &mut Report<'_>) {
    let message = said!(
        "`{name}` knows no event from which the floor `{floor}` runs: {events}",
        name = record.name.value,
        floor = Listed(law.floor),
        events = joined(law.starts.iter().map(|event| Listed(*event)))
    );
    let mut finding = to.finding(Severity::Error, message).at(view.policy, record.id.span, said!("from when?"));
    finding.cites = vec![cite(view.program, "floor-start", &law.citation())];
    to.push(finding);
}
