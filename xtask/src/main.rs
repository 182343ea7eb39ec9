//! Development tasks. `cargo xtask test` is everything that a change must pass; every step of it is a command of its own.

mod browser;
mod codegen;
mod environment;
mod lawtable;
mod process;
mod soak;
mod steps;
mod supply;
mod tally;
mod texttable;
mod tidy;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::steps::{Run, STEPS};
use crate::tally::Tally;

fn main() -> ExitCode {
    let command = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    let Some(run) = command_named(&command) else {
        say(&usage());
        return ExitCode::from(2);
    };
    let mut tally = Tally::default();
    let outcome = root().and_then(|root| run(&root, &mut tally));
    if let Err(error) = &outcome {
        say(&format!("\nxtask: {error:#}"));
        // What is no test runner can fail, too: the closing line must not read as a success.
        tally.failed = tally.failed.max(1);
    }
    if tally != Tally::default() {
        say(&format!("\n{tally}"));
    }
    if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn command_named(name: &str) -> Option<Run> {
    match name {
        "test" => Some(steps::run_all),
        "codegen" => Some(codegen::write),
        "soak" => Some(soak::run),
        "sbom" => Some(supply::write_sbom),
        _ => STEPS.iter().find(|step| step.command == name).map(|step| step.run),
    }
}

fn usage() -> String {
    let steps = STEPS.iter().map(|step| (step.command, step.purpose));
    let commands = [("test", "every step below, in this order")].into_iter().chain(steps).chain([
        ("codegen", "write the generated files anew"),
        ("soak", "the big sizes: tests behind the feature `soak`, release build"),
        ("sbom", "the bill of materials of the program, CycloneDX 1.6, in target/sbom/"),
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

#[cfg(test)]
mod tests {
    use super::{command_named, usage};

    #[test]
    fn every_command_named_in_the_usage_exists() {
        let usage = usage();
        let names: Vec<&str> = usage.lines().skip(2).filter_map(|line| line.trim().split("  ").next()).collect();
        assert!(names.len() > 8, "{usage}");
        for name in names {
            assert!(command_named(name).is_some(), "{name}");
        }
        assert!(command_named("nonsense").is_none());
    }
}
