//! In-process decisions on every real platform: ours, and two general engines that are asked the same questions. Answers
//! are compared first; a single difference ends the run. `README.md` beside the manifest says what is and is not equal.

mod cedar;
mod cores;
mod facts;
mod growth;
mod names;
mod ours;
mod platform;
mod rego;
mod workload;

use std::io::Write as _;

use anyhow::{Result, ensure};
use platform::Platform;
use race::{nanos, race};
use workload::{ITEMS, QUESTIONS, SUBJECTS, Workload};

/// Rounds of a race.
const ROUNDS: usize = 101;

/// Everything, or only the parts that the arguments name.
fn main() -> Result<()> {
    let parts: Vec<String> = std::env::args().skip(1).collect();
    let wants = |part: &str| parts.is_empty() || parts.iter().any(|one| one == part);
    let platforms = platform::all()?;
    let workloads: Vec<Workload<'_>> = platforms.iter().map(|one| Workload::of(&one.tables, 1)).collect();
    if wants("peers") {
        let fields: Vec<Field<'_>> = platforms.iter().zip(&workloads).map(Field::of).collect::<Result<_>>()?;
        compare(&fields)?;
        time(&fields)?;
    }
    if wants("cores") {
        cores::run(&platforms, &workloads)?;
    }
    if wants("growth") {
        growth::run()?;
    }
    if wants("names") {
        names::run(&platforms)?;
    }
    Ok(())
}

/// One platform with everybody who is asked about it.
struct Field<'a> {
    platform: &'a Platform,
    workload: &'a Workload<'a>,
    rego: rego::Peer,
    cedar: cedar::Peer,
}

impl<'a> Field<'a> {
    fn of((platform, workload): (&'a Platform, &'a Workload<'a>)) -> Result<Self> {
        let rego = rego::Peer::of(&platform.tables, workload)?;
        let cedar = cedar::Peer::of(&platform.tables, workload)?;
        Ok(Self { platform, workload, rego, cedar })
    }
}

/// How many answers of a peer were laid beside ours.
#[derive(Default)]
pub(crate) struct Compared {
    pub(crate) answers: usize,
    pub(crate) mismatches: usize,
}

impl Compared {
    pub(crate) fn see(&mut self, same: bool) {
        self.answers += 1;
        self.mismatches += usize::from(!same);
    }
}

fn compare(fields: &[Field<'_>]) -> Result<()> {
    say(&format!("{QUESTIONS} questions of {ITEMS} items about {SUBJECTS} subjects a platform\n"))?;
    say("| answers compared, item by item | regorus | Cedar, pre-sliced | Cedar, whole | mismatches |")?;
    say("|---|---|---|---|---|")?;
    let mut mismatches = 0;
    for field in fields {
        let rego = field.rego.compare(field.workload)?;
        let [sliced, whole] = field.cedar.compare(field.workload)?;
        let differ = rego.mismatches + sliced.mismatches + whole.mismatches;
        let name = &field.platform.name;
        say(&format!("| {name} | {} | {} | {} | {differ} |", rego.answers, sliced.answers, whole.answers))?;
        mismatches += differ;
    }
    ensure!(mismatches == 0, "{mismatches} answers differ: times of engines that answer otherwise mean nothing");
    say("")
}

fn time(fields: &[Field<'_>]) -> Result<()> {
    say(
        "| platform | rules | ours, latency | ours, throughput | regorus, bytecode | Cedar, pre-sliced | Cedar, whole |",
    )?;
    say("|---|---|---|---|---|---|---|")?;
    for field in fields {
        let lanes = [
            ours::latency(&field.platform.tables, field.workload),
            ours::throughput(&field.platform.tables, field.workload),
            field.rego.lane(field.workload),
            field.cedar.sliced(),
            field.cedar.whole(),
        ];
        let [latency, throughput, rego, sliced, whole] = race(ROUNDS, lanes);
        let beside = |peer: f64| format!("{} = {:.0} ×", nanos(peer), peer / throughput);
        say(&format!(
            "| {} | {} | {} | {} | {} | {} | {} |",
            field.platform.name,
            field.workload.rules,
            nanos(latency),
            nanos(throughput),
            beside(rego),
            beside(sliced),
            beside(whole),
        ))?;
    }
    say("")
}

/// Prints one line at once: a run takes a minute, and its reader wants to see it move.
pub(crate) fn say(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{line}")?)
}
