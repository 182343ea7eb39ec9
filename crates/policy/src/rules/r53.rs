//! R53: for every regime that wants to hear of an incident it is settled whom the company tells, and by when.

use super::r47::rough;
use super::said::{Listed, said, unsure_there};
use super::view::View;
use super::{Report, Rule, cite};
use crate::finding::Severity;
use crate::law::IncidentClock;
use crate::syntax::{Clock, Done, Floor, Start};

pub(super) const RULE: Rule = Rule { code: "R53", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let floors: Vec<Floor> = said.records.iter().flat_map(|record| view.floors_of(record.id.as_str())).collect();
    let clocks: Vec<&IncidentClock> =
        view.program.law.incident_clocks(said.handler.kind.value, &floors, view.day).collect();
    for law in &clocks {
        settled(view, law, to);
    }
    let strictest = clocks.iter().min_by_key(|law| rough(law.first));
    let told = said.clocks.iter().filter(|clock| clock.starts.said() == Some(&Start::Discovery));
    for clock in told.filter(|clock| matches!(clock.done.value, Done::Notify | Done::Answer)) {
        if let Some(law) = strictest.filter(|law| rough(clock.length.span()) > rough(law.first)) {
            late(view, clock, law, to);
        }
    }
}

/// Whom a regime's report goes to hangs on where the company sits, so the operation file says it.
fn settled(view: &View<'_>, law: &IncidentClock, to: &mut Report<'_>) {
    let Some(source) = view.operation else { return };
    let operation = &view.program.operation;
    if operation.incidents.iter().any(|one| one.regime.value == law.regime) {
        return;
    }
    let message = said!(
        "an incident is told under the regime `{regime}` within {first}{full}{unsure}, and nothing settles to whom",
        regime = Listed(law.regime),
        first = law.first,
        full = law.full.map(|full| said!(", in full within {full}", full)).unwrap_or_default(),
        unsure = unsure_there(law.certain)
    );
    let at = operation.platform.span;
    let mut finding = to.finding(Severity::Warning, message).at(source, at, said!("no [[incident]]"));
    finding.cites = vec![cite(view.program, "incident-clocks", &law.citation())];
    to.push(finding.about("incident"));
}

fn late(view: &View<'_>, clock: &Clock, law: &IncidentClock, to: &mut Report<'_>) {
    let message = said!(
        "the text tells of an incident within {promised}, and the regime `{regime}` wants to hear within {first}{unsure}",
        promised = clock.length.span(),
        regime = Listed(law.regime),
        first = law.first,
        unsure = unsure_there(law.certain)
    );
    let at = clock.length.count.span;
    let mut finding = to.finding(Severity::Warning, message).at(view.policy, at, said!("later than the law's"));
    finding.cites = vec![cite(view.program, "incident-clocks", &law.citation())];
    to.push(finding);
}
