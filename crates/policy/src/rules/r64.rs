//! R64: the years of a text have their calendar of working days.

use model::calendar::{Calendar, Certainty};

use super::said::said;
use super::view::{View, own_day, span_of};
use super::{Report, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule { code: "R64", gravest: Severity::Warning, check };

/// Deadlines run from the first day of the text, so that is the year that must be there.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    let calendar = Calendar::bundled();
    let Some(year) = own_day(view.program).map(jiff::civil::Date::year) else { return };
    if calendar.certainty(year) == Certainty::Provisional {
        let header = &view.said().policy;
        let at = span_of(&header.effective, span_of(&header.updated, header.title.span));
        let version = calendar.version().as_str();
        let message = said!(
            "the calendar {version} has no notice for {year}: due dates in working days are provisional",
            version,
            year
        );
        to.warning(at, message, said!("no calendar for this year"));
    }
}
