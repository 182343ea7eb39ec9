//! `shouyue import`: what the company kept elsewhere before, batch by batch. Each batch is one act; a run that was cut short
//! is made good by the same command, which takes nothing in twice. Of the file no more is held than a batch.

mod lines;
mod progress;
mod row;
mod source;
mod table;

use std::io::{self, Write};

use anyhow::{Context as _, bail};
use desk::collect::{MOST_ROWS, Unfit};
use serde::Serialize;

pub(crate) use row::Row;

use crate::Outcome;
use crate::admin::{Reach, Reply, Request};
use crate::config::Config;
use crate::options;
use progress::Progress;
use source::Source;

/// What is said beside whatever stops an import in its midst.
const CUT: &str = "the import was cut short: run the same command again, nothing is taken in twice";

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
    let source = Source::open(path)?;
    let rows = source.rows()?;
    let config = Config::read(&asked.at.config)?;
    let reach = Reach::open(&config)?;
    let ask = |request| {
        source.is_unchanged()?;
        reach.ask(request)
    };
    let report = import((&asked.platform, name), (source.rows, rows), ask)?;
    source.is_unchanged().context(CUT)?;
    let fine = report.refused.is_empty();
    if asked.format.json {
        writeln!(out, "{:#}", serde_json::to_value(&report)?)?;
    } else {
        told(&report, out)?;
    }
    Ok(if fine { Outcome::Fine } else { Outcome::Found })
}

fn import(
    (platform, name): (&str, &str),
    (all, rows): (u64, impl Iterator<Item = io::Result<row::Read>>),
    ask: impl Fn(Request) -> anyhow::Result<Reply>,
) -> anyhow::Result<Report> {
    let mut report = Report { rows: all, ..Report::default() };
    let mut progress = Progress::of(all);
    let mut rows = rows.peekable();
    // Rows that do not read keep their place: a batch is the same batch in every run.
    for batch in 0.. {
        if rows.peek().is_none() {
            break;
        }
        let mut good = Vec::with_capacity(MOST_ROWS);
        for row in rows.by_ref().take(MOST_ROWS) {
            match row.context(CUT)? {
                Ok(row) => good.push(row),
                Err(unfit) => report.refused.push(unfit),
            }
            progress.done += 1;
        }
        if good.is_empty() {
            continue;
        }
        let request = Request::Import { platform: platform.to_owned(), name: name.to_owned(), batch, rows: good };
        match ask(request).context(CUT)? {
            Reply::Imported { leaf, taken, unfit, again } => {
                report.taken += taken;
                report.before += if again { taken } else { 0 };
                report.refused.extend(unfit);
                report.leaves.push(leaf);
            }
            Reply::Refused(why) => bail!("{why}\n{CUT}"),
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::io::{BufReader, Cursor, Read};

    use desk::collect::{Signs, TableText};

    use super::*;

    const ROWS: u64 = 20_010;

    /// A long file that is written while it is read, a line at a time.
    struct Endless<'t> {
        line: fn(u64) -> String,
        rest: Cursor<Vec<u8>>,
        /// Lines that were read.
        read: &'t Cell<u64>,
    }

    impl<'t> Endless<'t> {
        fn new(line: fn(u64) -> String, read: &'t Cell<u64>) -> Self {
            read.set(0);
            Self { line, rest: Cursor::default(), read }
        }
    }

    impl Read for Endless<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if self.rest.position() == self.rest.get_ref().len() as u64 && self.read.get() <= ROWS {
                self.rest = Cursor::new((self.line)(self.read.get()).into_bytes());
                self.read.set(self.read.get() + 1);
            }
            self.rest.read(into)
        }
    }

    /// Takes in whatever comes, and looks how far the file was read ahead of it.
    fn taken(read: &Cell<u64>, rows: impl Iterator<Item = io::Result<row::Read>>) -> Report {
        let (batches, sent) = (Cell::new(0), Cell::new(0));
        let ask = |request: Request| {
            let Request::Import { batch, rows, .. } = request else { panic!("something else") };
            batches.set(batches.get() + 1);
            sent.set(sent.get() + rows.len() as u64);
            let ahead = read.get().saturating_sub((batch + 1) * MOST_ROWS as u64);
            assert!(ahead <= 2, "{ahead} lines beyond batch {batch}");
            Ok(Reply::Imported { leaf: batch, taken: rows.len() as u64, unfit: Vec::new(), again: false })
        };
        let report = import(("haigang", "old"), (ROWS, rows), ask).unwrap();
        assert_eq!((batches.get(), sent.get()), (ROWS.div_ceil(MOST_ROWS as u64), report.taken));
        report
    }

    #[test]
    fn of_a_long_file_no_more_is_read_than_the_batch_and_a_row() {
        let cell = |n: u64| match n {
            0 => "class,account,applicant.name\n".to_owned(),
            // The last row does not read.
            ROWS => "policy,\n".to_owned(),
            n => format!("policy,applicant,\"王,{n}\"\r\n"),
        };
        let read = Cell::new(0);
        let signs = Signs::of(&mut Cursor::new("class\n")).unwrap();
        let text = || TableText::new(Endless::new(cell, &read), signs);
        assert_eq!(table::count(text()).unwrap(), ROWS);
        let report = taken(&read, table::Table::open(text()).unwrap());
        assert_eq!((report.rows, report.taken, report.refused.len()), (ROWS, ROWS - 1, 1));
        assert_eq!(report.refused[0].line, ROWS + 1);

        let object = |n: u64| match n {
            // A blank line is none of the rows.
            0 => "\n".to_owned(),
            ROWS => "{".to_owned(),
            n => format!(
                "{{\"class\":\"policy\",\"people\":[{{\"roles\":[\"applicant\"],\"fields\":{{\"name\":\"{n}\"}}}}]}}\n"
            ),
        };
        let lines = || lines::Lines::new(BufReader::new(Endless::new(object, &read)));
        assert_eq!(lines().count().unwrap(), ROWS);
        let report = taken(&read, lines());
        assert_eq!((report.taken, report.refused[0].line), (ROWS - 1, ROWS + 1));
    }

    #[test]
    fn a_file_that_stops_reading_cuts_the_import_short() {
        let row = || Ok(Ok(serde_json::from_str("{\"class\":\"policy\",\"people\":[]}").unwrap()));
        let rows = (0..60).map(|n| if n == 55 { Err(io::Error::other("the disk is gone")) } else { row() });
        let asked = Cell::new(0);
        let ask = |_| {
            asked.set(asked.get() + 1);
            Ok(Reply::Imported { leaf: 0, taken: 50, unfit: Vec::new(), again: false })
        };
        let why = format!("{:#}", import(("haigang", "old"), (60, rows), ask).map(drop).unwrap_err());
        assert!(why.contains("run the same command again") && why.ends_with("the disk is gone"), "{why}");
        assert_eq!(asked.get(), 1, "what came before is taken in");
    }
}
