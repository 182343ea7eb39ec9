//! Which findings a report shows.

use crate::finding::{Finding, Severity};

/// What somebody asked to see; by default everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only what is at least so grave.
    pub least: Option<Severity>,
    /// Only what has one of these codes; none: any code.
    pub only: Vec<String>,
}

impl Selection {
    /// Whether a finding is shown. Errors of the language always are: while one stands, nothing that needs the compiled
    /// policy was looked at, so silence about the rest would mean nothing.
    pub fn takes(&self, finding: &Finding) -> bool {
        let grave = self.least.is_none_or(|least| finding.severity >= least);
        let named = self.only.is_empty() || self.only.iter().any(|code| code == finding.code);
        finding.stops() || grave && named
    }
}
