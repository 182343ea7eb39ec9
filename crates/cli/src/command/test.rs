//! `shouyue test`: the scenarios and claims beside a policy, and what they would not notice.

use std::io::Write;
use std::thread;

use policy::resolve::Program;
use policy::scenario::{self, Report, Suite};
use policy::{claim, compile::Tables};
use serde_json::{Value, json};

use crate::{Outcome, folder, options};

/// What came of one policy.
struct Tested {
    name: String,
    scenarios: usize,
    claims: usize,
    /// Everything that came out otherwise, ready to be printed.
    failed: Vec<String>,
    flips: Option<Report>,
}

pub(crate) fn run(test: &options::Test, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let mut all = Vec::new();
    for path in &test.paths {
        for written in folder::written(path)? {
            let tables = written.tables()?;
            let suite = written.suite()?;
            let mut tested = tested(written.policy.name.to_string(), &tables, &suite);
            if test.mutate && tested.failed.is_empty() {
                let numbers: Vec<usize> = (0..scenario::flips(tables.program())).step_by(test.every.get()).collect();
                tested.flips = Some(flipped(tables.program(), &suite, &numbers));
            }
            if !test.format.json {
                print(&tested, out)?;
            }
            all.push(tested);
        }
    }
    let fine = all.iter().all(Tested::is_fine);
    if test.format.json {
        writeln!(out, "{:#}", Value::Array(all.iter().map(Tested::json).collect()))?;
    } else if all.len() > 1 {
        total(&all, out)?;
    }
    Ok(if fine { Outcome::Fine } else { Outcome::Found })
}

fn tested(name: String, tables: &Tables, suite: &Suite) -> Tested {
    let scenarios: Vec<_> = suite.scenarios.iter().flat_map(|file| scenario::run(tables, file)).collect();
    let claims: Vec<_> = suite.claims.iter().flat_map(|file| claim::run(tables, file)).collect();
    let failed = scenarios.iter().filter(|one| !one.passed()).map(ToString::to_string);
    let broken = claims.iter().filter(|one| !one.passed()).map(ToString::to_string);
    let failed = failed.chain(broken).collect();
    Tested { name, scenarios: scenarios.len(), claims: claims.len(), failed, flips: None }
}

/// Makes the flips with these numbers, on as many threads as the machine runs at once.
fn flipped(program: &Program, suite: &Suite, numbers: &[usize]) -> Report {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let reports = thread::scope(|scope| {
        let handles: Vec<_> = (0..threads)
            .map(|first| {
                let own = numbers.iter().skip(first).step_by(threads).copied();
                scope.spawn(move || scenario::mutate(program, suite, own))
            })
            .collect();
        handles.into_iter().filter_map(|handle| handle.join().ok()).collect::<Vec<_>>()
    });
    reports.into_iter().fold(Report::default(), Report::and)
}

fn print(tested: &Tested, out: &mut dyn Write) -> anyhow::Result<()> {
    for failure in &tested.failed {
        writeln!(out, "{failure}")?;
    }
    let passed = tested.scenarios + tested.claims - tested.failed.len();
    let (of, scenarios, claims) = (&tested.name, tested.scenarios, tested.claims);
    writeln!(
        out,
        "{of}: {scenarios} scenario(s) and {claims} claim(s), {passed} passed, {} failed",
        tested.failed.len()
    )?;
    if let Some(report) = &tested.flips {
        for (_, flip) in &report.unnoticed {
            writeln!(out, "  unnoticed  {flip}")?;
        }
        let (flips, missed) = (report.flips, report.unnoticed.len());
        writeln!(out, "{of}: {flips} flip(s) of one fact each, {missed} unnoticed (at most one in ten may be)")?;
    }
    Ok(())
}

fn total(all: &[Tested], out: &mut dyn Write) -> anyhow::Result<()> {
    let sum = |of: fn(&Tested) -> usize| all.iter().map(of).sum::<usize>();
    let (scenarios, claims) = (sum(|one| one.scenarios), sum(|one| one.claims));
    let failed = sum(|one| one.failed.len());
    write!(out, "in all {} policies: {scenarios} scenario(s) and {claims} claim(s), {failed} failed", all.len())?;
    let flips = sum(|one| one.flips.as_ref().map_or(0, |report| report.flips));
    if flips > 0 {
        let missed = sum(|one| one.flips.as_ref().map_or(0, |report| report.unnoticed.len()));
        write!(out, "; {flips} flip(s), {missed} unnoticed")?;
    }
    writeln!(out)?;
    Ok(())
}

impl Tested {
    fn is_fine(&self) -> bool {
        self.failed.is_empty() && self.flips.as_ref().is_none_or(Report::is_enough)
    }

    fn json(&self) -> Value {
        let mut json = json!({
            "policy": self.name, "scenarios": self.scenarios, "claims": self.claims, "failed": self.failed,
        });
        if let (Value::Object(map), Some(report)) = (&mut json, &self.flips) {
            let unnoticed: Vec<String> = report.unnoticed.iter().map(|(_, flip)| flip.to_string()).collect();
            map.insert("flips".to_owned(), report.flips.into());
            map.insert("unnoticed".to_owned(), unnoticed.into());
        }
        json
    }
}
