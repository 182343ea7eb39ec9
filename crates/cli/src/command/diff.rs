//! `shouyue diff`: what a new version of a policy means for consents, notices and decisions.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use desk::ports::Clock as _;
use jiff::civil::Date;
use model::calendar::{day_in_shanghai, midnight_in_shanghai};
use policy::ask::Text as _;
use policy::compile::Tables;

use crate::options::{Format, Misused};
use crate::system::SystemClock;
use crate::{Outcome, folder};

/// What is compared.
#[derive(Args)]
pub(crate) struct Versions {
    /// The version before: a policy file, or a platform folder, of which the newest counts
    old: PathBuf,
    /// The version after
    new: PathBuf,
    /// The day whose law is asked; the day on which the new text takes effect or, if it bears none, today
    #[arg(long, value_name = "DAY")]
    on: Option<Date>,
    #[command(flatten)]
    format: Format,
}

/// Status 0 when nothing differs, 1 when something does, 2 when there is nothing to compare.
pub(crate) fn run(asked: &Versions, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let (old, new) = (tables(&asked.old)?, tables(&asked.new)?);
    let effective = new.program().policy.policy.effective.said().copied();
    let day = asked.on.or(effective).unwrap_or_else(|| day_in_shanghai(SystemClock::default().now()));
    let diff = policy::diff::diff(&old, &new, midnight_in_shanghai(day)?).map_err(|why| Misused(why.to_string()))?;
    if asked.format.json {
        writeln!(out, "{:#}", serde_json::to_value(&diff)?)?;
    } else {
        write!(out, "{}", diff.text())?;
    }
    Ok(if diff.is_empty() { Outcome::Fine } else { Outcome::Found })
}

fn tables(path: &Path) -> anyhow::Result<Arc<Tables>> {
    folder::newest(path)?.tables().map_err(|why| Misused(format!("{why:#}")).into())
}
