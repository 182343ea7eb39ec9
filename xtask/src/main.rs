//! Development tasks. `cargo xtask test` is everything that a change must pass; every step of it is a command of its own.

mod browser;
mod codegen;
mod environment;
mod process;
mod soak;
mod steps;
mod tally;
mod tidy;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::steps::STEPS;
use crate::tally::Tally;

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<()> {
    let root = root()?;
    let command = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    match command.as_str() {
        "test" => steps::run_all(&root),
        "codegen" => codegen::write(&root),
        "soak" => alone(soak::run, &root),
        command => match STEPS.iter().find(|step| step.command == command) {
            Some(step) => alone(step.run, &root),
            None => bail!("unknown command `{command}`\n{}", usage()),
        },
    }
}

/// Runs one step alone and closes with the same line as the whole run.
fn alone(step: steps::Run, root: &Path) -> Result<()> {
    let mut tally = Tally::default();
    let outcome = step(root, &mut tally);
    if tally != Tally::default() {
        say(&tally.to_string());
    }
    outcome
}

fn usage() -> String {
    let steps = STEPS.iter().map(|step| (step.command, step.purpose));
    let commands = [("test", "every step below, in this order")].into_iter().chain(steps).chain([
        ("codegen", "write the generated files anew"),
        ("soak", "the big sizes: tests behind the feature `soak`, release build"),
    ]);
    let lines: Vec<String> = commands.map(|(command, purpose)| format!("  {command:<16} {purpose}")).collect();
    format!("usage: cargo xtask <command>\n\n{}", lines.join("\n"))
}

/// The checkout that this xtask was built from.
fn root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent()
        .map(Path::to_path_buf)
        .context("xtask stands at the root of the file system; it must stand inside the repository")
}

/// Prints one line for the reader of the run. A closed pipe is not an error of the run.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
