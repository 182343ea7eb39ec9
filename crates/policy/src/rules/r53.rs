//! R53: for every regime that wants to hear of an incident it is settled whom the company tells, and by when.

use super::r47::rough;
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
    let full = law.full.map(|full| format!(", in full within {full}")).unwrap_or_default();
    let message = format!(
        "an incident is told under the regime `{}` within {}{full}{}, and nothing settles to whom",
        law.regime,
        law.first,
        unsure(law)
    );
    let mut finding = to.finding(Severity::Warning, message).at(source, operation.platform.span, "no [[incident]]");
    finding.cites = vec![cite(view.program, "incident-clocks", &law.citation())];
    to.push(finding.about("incident"));
}

fn late(view: &View<'_>, clock: &Clock, law: &IncidentClock, to: &mut Report<'_>) {
    let message = format!(
        "the text tells of an incident within {}, and the regime `{}` wants to hear within {}{}",
        clock.length.span(),
        law.regime,
        law.first,
        unsure(law)
    );
    let mut finding =
        to.finding(Severity::Warning, message).at(view.policy, clock.length.count.span, "later than the law's");
    finding.cites = vec![cite(view.program, "incident-clocks", &law.citation())];
    to.push(finding);
}

fn unsure(law: &IncidentClock) -> &'static str {
    if law.certain { "" } else { " (to be confirmed by counsel)" }
}
