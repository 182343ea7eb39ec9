//! `shouyue test`: the scenarios beside a policy, and what they would not notice.

use std::io::Write;

use policy::scenario::{self, ScenarioFile};
use serde_json::{Value, json};

use crate::folder::{self, Written};
use crate::{Outcome, options};

pub(crate) fn run(test: &options::Test, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let mut fine = true;
    let mut results = Vec::new();
    for path in &test.paths {
        for written in folder::written(path)? {
            let name = written.policy.name.clone();
            let loaded = written.load();
            let (Some(program), Some(tables)) = (loaded.program, loaded.tables) else {
                anyhow::bail!("{name} does not compile: run `shouyue check {}`", path.display());
            };
            for file in scenarios(&written)? {
                let done = if test.mutate {
                    flips(&scenario::mutate(&program, &file, test.every), &name, test.format.json, out)?
                } else {
                    outcomes(&scenario::run(&tables, &file), &name, test.format.json, out)?
                };
                fine &= done.0;
                results.push(done.1);
            }
        }
    }
    if test.format.json {
        writeln!(out, "{:#}", Value::Array(results))?;
    }
    Ok(if fine { Outcome::Fine } else { Outcome::Found })
}

fn scenarios(written: &Written) -> anyhow::Result<Vec<ScenarioFile>> {
    let mut files = Vec::new();
    for source in &written.scenarios {
        let (file, findings) = scenario::read_scenarios(source);
        let broken = findings.iter().any(|finding| finding.severity == policy::finding::Severity::Error);
        match file {
            Some(file) if !broken => files.push(file),
            _ => anyhow::bail!("{} cannot be read: run `shouyue check` on its folder", source.name),
        }
    }
    Ok(files)
}

fn outcomes(
    outcomes: &[scenario::Outcome],
    name: &str,
    quiet: bool,
    out: &mut dyn Write,
) -> anyhow::Result<(bool, Value)> {
    let failed: Vec<&scenario::Outcome> = outcomes.iter().filter(|outcome| !outcome.passed()).collect();
    if !quiet {
        for outcome in &failed {
            writeln!(out, "{outcome}")?;
        }
        let passed = outcomes.len() - failed.len();
        writeln!(out, "{name}: {passed} scenario(s) passed, {} failed", failed.len())?;
    }
    let list: Vec<Value> =
        failed.iter().map(|outcome| json!({"name": outcome.name, "why": outcome.to_string()})).collect();
    Ok((failed.is_empty(), json!({"policy": name, "scenarios": outcomes.len(), "failed": list})))
}

fn flips(report: &scenario::Report, name: &str, quiet: bool, out: &mut dyn Write) -> anyhow::Result<(bool, Value)> {
    let unnoticed: Vec<String> = report.unnoticed.iter().map(ToString::to_string).collect();
    if !quiet {
        for flip in &unnoticed {
            writeln!(out, "unnoticed  {flip}")?;
        }
        let (flips, missed) = (report.flips, unnoticed.len());
        writeln!(out, "{name}: {flips} flip(s) of one fact each, {missed} unnoticed (at most one in ten may be)")?;
    }
    Ok((report.is_enough(), json!({"policy": name, "flips": report.flips, "unnoticed": unnoticed})))
}
