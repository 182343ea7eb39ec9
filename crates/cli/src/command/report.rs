//! `shouyue report`: what is shown to an auditor, as tables or as the JSON that its leaf is the fingerprint of.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write};
use std::path::Path;

use anyhow::Context as _;
use desk::report::{Cell, Made, Table, patterns};
use serde_json::json;

use crate::Outcome;
use crate::admin::{self, Reply, Reported, Request};
use crate::config::Config;
use crate::options::{self, Misused, ReportKind};

pub(crate) fn run(asked: &options::Report, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    if asked.kind != ReportKind::Scan && !asked.log.is_empty() {
        return Err(Misused("--log goes with `report scan`".to_owned()).into());
    }
    let config = match (&asked.config, &asked.demo) {
        (Some(path), _) => Config::read(path)?,
        (None, Some(data)) => crate::serve::demo_config(data, 0),
        (None, None) => anyhow::bail!("name a configuration file"),
    };
    let (kind, platform) = (asked.kind.word().to_owned(), asked.platform.clone());
    let reports = match admin::ask(&config, Request::Report { kind, platform, since: asked.since })? {
        Reply::Reported(reports) => reports,
        Reply::Refused(why) => {
            writeln!(out, "refused: {why}")?;
            return Ok(Outcome::Found);
        }
        _ => anyhow::bail!("the server's answer is to another question: is it another release?"),
    };
    let mut clean = true;
    for report in &reports {
        clean &= report.faults.is_empty();
        if asked.format.json { writeln!(out, "{}", report.json)? } else { told(report, out)? }
    }
    for log in &asked.log {
        let found = looked_at(log)?;
        clean &= found.is_empty();
        if asked.format.json {
            writeln!(out, "{}", json!({ "log": log, "found": found }))?;
        } else {
            let word = if found.is_empty() { "no number of a person" } else { "NUMBERS OF PEOPLE" };
            writeln!(out, "{}: {word}", log.display())?;
            for (what, count) in found {
                writeln!(out, "  {what}  {count}")?;
            }
        }
    }
    Ok(if clean { Outcome::Fine } else { Outcome::Found })
}

fn told(report: &Reported, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "{} on {}, {}", report.kind, report.platform, report.at)?;
    write!(out, "{}", report.text)?;
    if report.faults.is_empty() {
        writeln!(out, "\nas it must be")?;
    } else {
        writeln!(out, "\nNOT AS IT MUST BE")?;
        for (what, count) in &report.faults {
            writeln!(out, "  {what}  {count}")?;
        }
    }
    Ok(writeln!(out, "leaf {}, {}\n", report.leaf, report.fingerprint)?)
}

/// Forms of personal numbers in a log, by what they are, with how often.
fn looked_at(path: &Path) -> anyhow::Result<BTreeMap<&'static str, u64>> {
    let file = fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut found = BTreeMap::new();
    for line in BufReader::new(file).split(b'\n') {
        for what in patterns(&String::from_utf8_lossy(&line?)) {
            *found.entry(what).or_default() += 1;
        }
    }
    Ok(found)
}

/// What was made, for the way over the socket.
pub(crate) fn reported(made: &Made) -> Reported {
    let report = &made.report;
    Reported {
        platform: report.platform.to_string(),
        kind: made.kind.word().to_owned(),
        at: report.at.to_string(),
        text: report.tables().iter().map(laid_out).collect(),
        json: made.json.clone(),
        fingerprint: made.fingerprint.to_string(),
        leaf: made.leaf,
        faults: report.faults.iter().map(|fault| (fault.code.to_owned(), fault.count)).collect(),
    }
}

/// A table in columns, under its name.
fn laid_out(table: &Table) -> String {
    let heads = table.heads.iter().map(|head| (*head).to_owned()).collect();
    let rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(written).collect()).collect();
    let lines: Vec<&Vec<String>> = std::iter::once(&heads).chain(&rows).collect();
    let widest = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|cell| width(cell)).max();
    let widths: Vec<usize> = (0..heads.len()).map(|column| widest(column).unwrap_or(0)).collect();
    let mut text = format!("\n{}\n", table.name);
    for line in lines {
        let mut laid = String::from(" ");
        for (cell, wide) in line.iter().zip(&widths) {
            // Writing into a string cannot fail.
            let _ = write!(laid, " {cell}{} ", " ".repeat(wide.saturating_sub(width(cell))));
        }
        text.push_str(laid.trim_end());
        text.push('\n');
    }
    if table.rows.is_empty() {
        text.push_str("  none\n");
    }
    text
}

fn written(cell: &Cell) -> String {
    match cell {
        Cell::Nothing => "-".to_owned(),
        Cell::Count(count) => count.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::At(at) => at.to_string(),
        Cell::Word(word) => (*word).to_owned(),
        Cell::Length(length) => length.to_string(),
        Cell::Named(_, ids) if ids.is_empty() => "-".to_owned(),
        Cell::Named(_, ids) => ids.join(", "),
        Cell::Text(text) => text.clone(),
    }
}

/// Columns on a terminal: signs of East Asian scripts take two.
fn width(text: &str) -> usize {
    text.chars().map(|sign| if sign >= '\u{1100}' { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_on_a_terminal() {
        let rows = vec![vec![Cell::Text("保单".to_owned()), Cell::Count(3)], vec![Cell::Nothing, Cell::Count(12)]];
        let table = Table { name: "classes", heads: vec!["class", "live"], rows };
        assert_eq!(laid_out(&table), "\nclasses\n  class  live\n  保单   3\n  -      12\n");
        let none = Table { name: "found", heads: vec!["place"], rows: Vec::new() };
        assert_eq!(laid_out(&none), "\nfound\n  place\n  none\n");
    }

    #[test]
    fn r57_a_log_is_looked_at_line_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.log");
        let lines = b"{\"at\":\"2026-06-01T02:00:00Z\"}\n{\"phone\":\"13800138001\"}\nno text \xff 13800138001\n";
        fs::write(&path, lines).unwrap();
        assert_eq!(looked_at(&path).unwrap(), BTreeMap::from([("telephone", 2)]));
    }
}
