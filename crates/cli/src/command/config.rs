//! `shouyue config check`: what takes effect, or what cannot be used.

use std::io::Write;

use crate::Outcome;
use crate::config::Config;
use crate::options::{ConfigCheck, ConfigCommand};

pub(crate) fn run(asked: &ConfigCheck, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let ConfigCommand::Check { path } = &asked.command;
    write!(out, "{}", Config::read(path)?)?;
    Ok(Outcome::Fine)
}
