//! `shouyue import`: what the company kept elsewhere before, batch by batch. Each batch is one act; a run that was cut short
//! is made good by the same command, which takes nothing in twice. Of the file no more is held than the few batches that are
//! under way at once: while one is written, others are decided on and sealed.

mod lines;
mod progress;
mod row;
mod source;
mod table;

use std::collections::VecDeque;
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

/// Batches that are under way at once.
const UNDER_WAY: usize = 8;

/// What is said beside whatever stops an import in its midst.
const CUT: &str = "the import was cut short: run the same command again, nothing is taken in twice; a file that has \
                   changed since is another import: give it a --name of its own";

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
    let send = |request| {
        source.is_unchanged()?;
        Ok(reach.send(request))
    };
    let report = import((&asked.platform, name), (source.rows, rows), send, |asked| reach.answer(asked))?;
    source.is_unchanged().context(CUT)?;
    let fine = report.refused.is_empty();
    if asked.format.json {
        writeln!(out, "{:#}", serde_json::to_value(&report)?)?;
    } else {
        told(&report, out)?;
    }
    Ok(if fine { Outcome::Fine } else { Outcome::Found })
}

fn import<Asked>(
    names: (&str, &str),
    (all, rows): (u64, impl Iterator<Item = io::Result<row::Read>>),
    send: impl Fn(Request) -> anyhow::Result<Asked>,
    answer: impl Fn(Asked) -> anyhow::Result<Reply>,
) -> anyhow::Result<Report> {
    let mut run = Run { report: Report { rows: all, ..Report::default() }, progress: Progress::of(all), answer };
    let mut under_way = VecDeque::with_capacity(UNDER_WAY);
    let handed = run.hand_over(names, rows, send, &mut under_way);
    // Whatever ended it, what is under way comes to its end.
    let mut ended = Ok(());
    for asked in under_way {
        ended = ended.and(run.take(asked));
    }
    run.progress.end();
    handed.and(ended).context(CUT)?;
    let mut report = run.report;
    report.refused.sort_by_key(|one| one.line);
    report.leaves.sort_unstable();
    Ok(report)
}

/// An import under way.
struct Run<F> {
    report: Report,
    progress: Progress,
    /// Waits for what was asked.
    answer: F,
}

impl<F> Run<F> {
    /// Hands batch after batch over, so many at once.
    fn hand_over<Asked>(
        &mut self,
        (platform, name): (&str, &str),
        rows: impl Iterator<Item = io::Result<row::Read>>,
        send: impl Fn(Request) -> anyhow::Result<Asked>,
        under_way: &mut VecDeque<(u64, Asked)>,
    ) -> anyhow::Result<()>
    where
        F: Fn(Asked) -> anyhow::Result<Reply>,
    {
        let mut rows = rows.peekable();
        // Rows that do not read keep their place: a batch is the same batch in every run.
        for batch in 0.. {
            if under_way.len() == UNDER_WAY
                && let Some(first) = under_way.pop_front()
            {
                self.take(first)?;
            }
            if rows.peek().is_none() {
                break;
            }
            let (mut good, mut read) = (Vec::with_capacity(MOST_ROWS), 0);
            for row in rows.by_ref().take(MOST_ROWS) {
                match row? {
                    Ok(row) => good.push(row),
                    Err(unfit) => self.report.refused.push(unfit),
                }
                read += 1;
            }
            if good.is_empty() {
                self.progress.tell(read);
                continue;
            }
            let request = Request::Import { platform: platform.to_owned(), name: name.to_owned(), batch, rows: good };
            under_way.push_back((read, send(request)?));
        }
        Ok(())
    }

    /// Waits for a batch of so many rows.
    fn take<Asked>(&mut self, (rows, asked): (u64, Asked)) -> anyhow::Result<()>
    where
        F: Fn(Asked) -> anyhow::Result<Reply>,
    {
        match (self.answer)(asked)? {
            Reply::Imported { leaf, taken, unfit, again } => {
                self.report.taken += taken;
                self.report.before += if again { taken } else { 0 };
                self.report.refused.extend(unfit);
                self.report.leaves.push(leaf);
            }
            Reply::Refused(why) => bail!(why),
            _ => bail!("the server answers something else: is it another release?"),
        }
        self.progress.tell(rows);
        Ok(())
    }
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
        let (batches, sent, answered) = (Cell::new(0), Cell::new(0), Cell::new(0));
        let ask = |request: Request| {
            let Request::Import { batch, rows, .. } = request else { panic!("something else") };
            batches.set(batches.get() + 1);
            sent.set(sent.get() + rows.len() as u64);
            let ahead = read.get().saturating_sub((batch + 1) * MOST_ROWS as u64);
            assert!(ahead <= 2, "{ahead} lines beyond batch {batch}");
            let under_way = batches.get() - answered.get();
            assert!(under_way <= UNDER_WAY as u64, "{under_way} batches at once");
            Ok(Reply::Imported { leaf: ROWS - batch, taken: rows.len() as u64, unfit: Vec::new(), again: false })
        };
        let answer = |reply| {
            answered.set(answered.get() + 1);
            Ok(reply)
        };
        let report = import(("haigang", "old"), (ROWS, rows), ask, answer).unwrap();
        let all = ROWS.div_ceil(MOST_ROWS as u64);
        assert_eq!((batches.get(), answered.get(), sent.get()), (all, all, report.taken));
        assert!(report.leaves.is_sorted());
        report
    }

    #[test]
    fn of_a_long_file_no_more_is_read_than_the_batches_under_way_and_a_row() {
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
        let why = format!("{:#}", import(("haigang", "old"), (60, rows), ask, Ok).map(drop).unwrap_err());
        assert!(why.contains("run the same command again") && why.ends_with("the disk is gone"), "{why}");
        assert_eq!(asked.get(), 1, "what came before is taken in");
    }
}
