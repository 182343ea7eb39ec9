//! `shouyue check`: everything that is wrong with a policy, in one run; with `--watch`, again at each change.

mod watch;

use std::io::{IsTerminal as _, Write};

use policy::Loader;
use policy::finding::{Finding, Severity, Source};
use policy::report::{self, Selection, Style};

use crate::options::{self, Misused};
use crate::{Outcome, folder};

pub(crate) fn run(check: &options::Check, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let selection = selection(check)?;
    if check.watch {
        watch::run(check, &selection, out)
    } else {
        tell(check, &selection, look(check, &mut Loader::default())?, out)
    }
}

/// What one look at the files saw.
struct Seen {
    findings: Vec<Finding>,
    texts: Vec<Source>,
    versions: usize,
}

/// Reads, compiles and proves every version, with what lies beside it.
fn look(check: &options::Check, loader: &mut Loader) -> anyhow::Result<Seen> {
    let mut seen = Seen { findings: Vec::new(), texts: Vec::new(), versions: 0 };
    for path in &check.paths {
        for written in folder::written(path)? {
            seen.versions += 1;
            let loaded = loader.load_proved(&written.sources());
            seen.findings.extend(loaded.findings);
            for scenarios in &written.scenarios {
                seen.findings.extend(policy::scenario::read_scenarios(scenarios).1);
            }
            for source in &written.claims {
                let (file, found) = policy::claim::read_claims(source);
                seen.findings.extend(found);
                if let Some((tables, file)) = loaded.tables.as_ref().zip(file) {
                    seen.findings.extend(policy::claim::check(tables, &file, source));
                }
            }
            seen.texts.extend(written.texts());
        }
    }
    // Versions of one platform share files, and each look at one says the same of it.
    report::order(&mut seen.findings);
    seen.findings.dedup();
    Ok(seen)
}

fn tell(check: &options::Check, selection: &Selection, seen: Seen, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let Seen { findings, texts, versions } = seen;
    let all = findings.len();
    let findings: Vec<Finding> = findings.into_iter().filter(|finding| selection.takes(finding)).collect();
    let deny = check.deny.map(severity);
    let denied = findings.iter().any(|finding| counts(finding, deny));
    if check.sarif {
        object(check, &report::sarif(&findings, &texts, check.lang.into()), out)?;
    } else if check.format.json {
        let mut told = report::json(&findings, &texts);
        if let Some(told) = told.as_object_mut().filter(|_| check.explain) {
            told.insert("explained".to_owned(), serde_json::json!(report::explanations(&findings, check.lang.into())));
        }
        object(check, &told, out)?;
    } else {
        let style = if std::io::stdout().is_terminal() { Style::Coloured } else { Style::Plain };
        let draw = if check.explain { report::explained } else { report::human };
        write!(out, "{}", draw(&findings, &texts, style, check.lang.into()))?;
        write!(out, "{}", report::seen(versions, all - findings.len(), check.lang.into()))?;
    }
    out.flush()?;
    Ok(if denied { Outcome::Found } else { Outcome::Fine })
}

/// One object; of several in turn, one a line.
fn object(check: &options::Check, object: &serde_json::Value, out: &mut dyn Write) -> std::io::Result<()> {
    if check.watch { writeln!(out, "{object}") } else { writeln!(out, "{object:#}") }
}

/// What is shown. A code that nobody knows would show nothing for ever.
fn selection(check: &options::Check) -> Result<Selection, Misused> {
    let only: Vec<String> = check.only.iter().map(|code| code.to_uppercase()).collect();
    match only.iter().find(|code| report::explanation(code).is_none()) {
        Some(code) => Err(Misused(format!("no finding has the code `{code}`: codes look like L0302 or R41"))),
        None => Ok(Selection { least: check.severity.map(severity), only }),
    }
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
    finding.stops() || (finding.acknowledged.is_none() && deny.is_some_and(|least| finding.severity >= least))
}
