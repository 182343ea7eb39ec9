//! Acknowledgements: the operation file answers for findings, each with a reason and a day.

use crate::finding::{Acknowledged, Finding, Severity, Source};
use crate::syntax::Acknowledge;

/// Marks what is acknowledged. Errors of the language cannot be; `complete` says whether all findings are there, so that
/// an acknowledgement which answers none of them is itself worth a warning.
pub(crate) fn apply(said: &[Acknowledge], source: &Source, complete: bool, findings: &mut Vec<Finding>) {
    let mut more = Vec::new();
    for one in said {
        let (mut used, mut refused) = (false, false);
        for finding in findings.iter_mut().filter(|finding| answers(one, finding)) {
            if finding.stops() {
                refused = true;
                continue;
            }
            used = true;
            finding.acknowledged = Some(Acknowledged { reason: one.reason.value.clone(), on: one.on.value });
        }
        let (code, severity, message) = match (used, refused) {
            (_, true) => ("L0422", Severity::Error, format!("`{}` is an error of the language", one.code.value)),
            (false, false) if complete => ("L0204", Severity::Warning, "this answers no finding".to_owned()),
            _ => continue,
        };
        let mut finding = Finding::new(code, severity, message).at(source, one.code.span, "");
        finding.mend = crate::codes::explain(code).map(|code| code.mend.into());
        more.push(finding);
    }
    findings.extend(more);
}

fn answers(one: &Acknowledge, finding: &Finding) -> bool {
    let element = one.element.as_ref().map(|element| element.value.as_str());
    one.code.value == finding.code && (element.is_none() || element == finding.element.as_deref())
}
