//! `shouyue ask`: what a policy does with an item, a recipient, a function or a consent.

use std::io::Write;

use anyhow::anyhow;
use desk::ports::Clock as _;
use policy::ask::{self, AskError, Text};
use serde::Serialize;

use crate::options::{Ask, Misused};
use crate::system::SystemClock;
use crate::{Outcome, folder};

pub(crate) fn run(asked: &Ask, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let written = folder::newest(&asked.path)?;
    let tables = written.load().tables.ok_or_else(|| {
        anyhow!("{} does not compile: run `shouyue check {}`", written.policy.name, asked.path.display())
    })?;
    let now = SystemClock.now();
    let json = asked.format.json;
    if let Some(name) = &asked.item {
        return print(ask::item(&tables, name, now), json, out);
    }
    if let Some(name) = &asked.recipient {
        return print(ask::recipient(&tables, name, now), json, out);
    }
    if let Some(name) = &asked.function {
        return print(ask::function(&tables, name, now), json, out);
    }
    if let Some(id) = &asked.scope {
        return print(ask::scope(&tables, id, now), json, out);
    }
    Err(Misused("name what to ask about: --item, --recipient, --function or --scope".to_owned()).into())
}

fn print<T: Serialize + Text>(found: Result<T, AskError>, json: bool, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let found = found.map_err(|why| Misused(why.to_string()))?;
    if json {
        writeln!(out, "{:#}", serde_json::to_value(&found)?)?;
    } else {
        write!(out, "{}", found.text())?;
    }
    Ok(Outcome::Fine)
}
