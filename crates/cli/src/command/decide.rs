//! `shouyue decide`: one question a line in, one answer a line out.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use desk::ports::Clock as _;
use policy::compile::Tables;
use policy::question::Question;
use serde_json::json;

use crate::options::{self, Misused};
use crate::system::SystemClock;
use crate::{Outcome, folder};

pub(crate) fn run(decide: &options::Decide, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let written = folder::newest(&decide.path)?;
    let tables = written.load().tables.ok_or_else(|| {
        anyhow::anyhow!("{} does not compile: run `shouyue check {}`", written.policy.name, decide.path.display())
    })?;
    let mut fine = true;
    if decide.questions.is_empty() {
        fine &= answer(&tables, &mut std::io::stdin().lock(), out)?;
    }
    for path in &decide.questions {
        fine &= answer(&tables, &mut BufReader::new(open(path)?), out)?;
    }
    Ok(if fine { Outcome::Fine } else { Outcome::Found })
}

fn open(path: &Path) -> anyhow::Result<File> {
    let opened = File::open(path);
    opened.map_err(|why| Misused(format!("cannot read the questions in {}: {why}", path.display())).into())
}

/// Answers line by line; a line that is no question gets an answer that says so.
fn answer(tables: &Tables, lines: &mut dyn BufRead, out: &mut dyn Write) -> anyhow::Result<bool> {
    let mut fine = true;
    for line in lines.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = serde_json::from_str::<Question>(&line).map_err(|why| why.to_string()).and_then(|question| {
            let reply = tables.answer(&question, SystemClock::default().now());
            reply.and_then(|reply| reply.json()).map_err(|why| why.to_string())
        });
        match answer {
            Ok(answer) => writeln!(out, "{answer}")?,
            Err(why) => {
                fine = false;
                writeln!(out, "{}", json!({"error": why}))?;
            }
        }
    }
    Ok(fine)
}
