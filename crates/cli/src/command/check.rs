//! `shouyue check`: everything that is wrong with a policy, in one run.

use std::io::{IsTerminal as _, Write};

use policy::finding::{Finding, Severity, Source};
use policy::report::{self, Style};

use crate::{Outcome, folder, options};

pub(crate) fn run(check: &options::Check, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut texts: Vec<Source> = Vec::new();
    let mut versions = 0_usize;
    for path in &check.paths {
        for written in folder::written(path)? {
            versions += 1;
            let loaded = policy::load_proved(&written.sources());
            findings.extend(loaded.findings);
            for scenarios in &written.scenarios {
                findings.extend(policy::scenario::read_scenarios(scenarios).1);
            }
            for source in &written.claims {
                let (file, found) = policy::claim::read_claims(source);
                findings.extend(found);
                if let Some((tables, file)) = loaded.tables.as_ref().zip(file) {
                    findings.extend(policy::claim::check(tables, &file, source));
                }
            }
            texts.extend(written.texts());
        }
    }
    texts.dedup();
    let deny = check.deny.map(severity);
    let denied = findings.iter().any(|finding| counts(finding, deny));
    if check.format.json {
        writeln!(out, "{:#}", report::json(&findings, &texts))?;
    } else {
        let style = if std::io::stdout().is_terminal() { Style::Coloured } else { Style::Plain };
        write!(out, "{}", report::human(&findings, &texts, style))?;
        let plural = if versions == 1 { "" } else { "s" };
        writeln!(out, "{versions} policy version{plural} checked")?;
    }
    Ok(if denied { Outcome::Found } else { Outcome::Fine })
}

const fn severity(word: options::Severity) -> Severity {
    match word {
        options::Severity::Note => Severity::Note,
        options::Severity::Warning => Severity::Warning,
        options::Severity::Error => Severity::Error,
    }
}

/// Errors of the language always count; anything else from `deny` on, unless somebody answers for it.
fn counts(finding: &Finding, deny: Option<Severity>) -> bool {
    let of_language = finding.code.starts_with('L') && finding.severity == Severity::Error;
    of_language || (finding.acknowledged.is_none() && deny.is_some_and(|least| finding.severity >= least))
}
