//! The page journeys: builds the program, fetches the driver from the lockfile, runs `e2e/run.mjs` under Node's test runner.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::steps::cargo;
use crate::tally::Tally;
use crate::{environment, process};

/// Runs every journey in `e2e/`.
pub(crate) fn run(root: &Path, tally: &mut Tally) -> Result<()> {
    let chromium = environment::chromium().context("no chromium on the path; run `cargo xtask environment` first")?;
    let program = build_program(root)?;
    let folder = root.join("e2e");
    process::run(Command::new("npm").arg("ci").current_dir(&folder))?;
    let mut node = Command::new("node");
    node.args(["--test-reporter=spec", "run.mjs"]).current_dir(&folder);
    node.env("SHOUYUE_BIN", program).env("CHROMIUM", chromium);
    process::run_tests(&mut node, tally)
}

/// Builds `shouyue` in the profile of this xtask; cargo lays it beside this very program.
pub(crate) fn build_program(root: &Path) -> Result<PathBuf> {
    process::run(cargo(root).args(["build", "--package", "shouyue", "--locked"]))?;
    let here = std::env::current_exe().context("cannot tell where this program stands")?;
    Ok(here.with_file_name("shouyue"))
}
