//! `shouyue import`: what the company kept elsewhere before, batch by batch. Each batch is one act; a run that was cut short
//! is made good by the same command, which takes nothing in twice.

mod progress;
mod row;

use std::fs;
use std::io::Write;

use anyhow::{Context as _, bail};
use desk::collect::{MOST_ROWS, Unfit, table_text};
use serde::Serialize;

pub(crate) use row::Row;

use crate::Outcome;
use crate::admin::{Reach, Reply, Request};
use crate::config::Config;
use crate::options::{self, Misused};
use progress::Progress;

/// What came of an import.
#[derive(Default, Serialize)]
struct Report {
    /// Rows of the file.
    rows: u64,
    /// Of these taken in.
    taken: u64,
    /// Of these taken in by an earlier run.
    before: u64,
    /// Rows that were not taken in, each with what is wrong and why. Never a value.
    refused: Vec<Unfit>,
    /// Leaves of the acts.
    leaves: Vec<u64>,
}

pub(crate) fn run(asked: &options::Import, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let path = &asked.path;
    let named = path.file_name().and_then(|name| name.to_str());
    let name = asked.name.as_deref().or(named).context("the file has no name: give the import one with --name")?;
    let bytes = fs::read(path).map_err(|why| Misused(format!("cannot read {}: {why}", path.display())))?;
    let rows = match path.extension().and_then(|end| end.to_str()) {
        Some("csv") => row::table(&table_text(&bytes).map_err(|why| Misused(format!("{}: {why}", path.display())))?)?,
        Some("jsonl") => row::lines(std::str::from_utf8(&bytes).map_err(|_| Misused("JSON is UTF-8".to_owned()))?),
        _ => return Err(Misused("an import is a .csv or a .jsonl file: docs/import.md has both".to_owned()).into()),
    };
    let config = Config::read(&asked.at.config)?;
    let report = import(&Reach::open(&config)?, (&asked.platform, name), rows)?;
    let fine = report.refused.is_empty();
    if asked.format.json {
        writeln!(out, "{:#}", serde_json::to_value(&report)?)?;
    } else {
        told(&report, out)?;
    }
    Ok(if fine { Outcome::Fine } else { Outcome::Found })
}

fn import(reach: &Reach, (platform, name): (&str, &str), rows: Vec<Result<Row, Unfit>>) -> anyhow::Result<Report> {
    let mut report = Report { rows: rows.len() as u64, ..Report::default() };
    let mut progress = Progress::of(report.rows);
    let mut rows = rows.into_iter().peekable();
    // Rows that do not read keep their place: a batch is the same batch in every run.
    for batch in 0.. {
        if rows.peek().is_none() {
            break;
        }
        let mut good = Vec::with_capacity(MOST_ROWS);
        for row in rows.by_ref().take(MOST_ROWS) {
            match row {
                Ok(row) => good.push(row),
                Err(unfit) => report.refused.push(unfit),
            }
            progress.done += 1;
        }
        if good.is_empty() {
            continue;
        }
        let request = Request::Import { platform: platform.to_owned(), name: name.to_owned(), batch, rows: good };
        let cut = "the import was cut short: run the same command again, nothing is taken in twice";
        match reach.ask(request).context(cut)? {
            Reply::Imported { leaf, taken, unfit, again } => {
                report.taken += taken;
                report.before += if again { taken } else { 0 };
                report.refused.extend(unfit);
                report.leaves.push(leaf);
            }
            Reply::Refused(why) => bail!("{why}\n{cut}"),
            _ => bail!("the server answers something else: is it another release?"),
        }
        progress.tell();
    }
    progress.end();
    report.refused.sort_by_key(|one| one.line);
    Ok(report)
}

fn told(report: &Report, out: &mut dyn Write) -> anyhow::Result<()> {
    let Report { rows, taken, before, refused, leaves } = report;
    writeln!(out, "{taken} of {rows} rows are taken in, {before} of them by an earlier run")?;
    if let (Some(first), Some(last)) = (leaves.first(), leaves.last()) {
        writeln!(out, "{} acts, leaves {first} to {last}", leaves.len())?;
    }
    if !refused.is_empty() {
        writeln!(out, "{} rows are refused; mend them in a file of their own:", refused.len())?;
    }
    for Unfit { line, why } in refused {
        let why: Vec<String> = why.iter().map(|(what, code)| format!("{what}: {code}")).collect();
        writeln!(out, "  line {line}  {}", why.join(", "))?;
    }
    Ok(())
}
