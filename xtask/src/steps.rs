//! The steps of `cargo xtask test`, in order: what is cheap to fail comes first.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::tally::Tally;
use crate::{browser, codegen, environment, process, say, supply, tidy};

/// The program that sets documents as PDF.
const TYPESETTER: &str = "shouyue-pdf";

/// What a step does, given the root of the checkout and the counts so far.
pub(crate) type Run = fn(&Path, &mut Tally) -> Result<()>;

/// One step, which is also a command of its own.
pub(crate) struct Step {
    pub(crate) command: &'static str,
    pub(crate) purpose: &'static str,
    pub(crate) run: Run,
}

/// Every step, in the order of `cargo xtask test`.
pub(crate) const STEPS: &[Step] = &[
    Step {
        command: "environment",
        purpose: "find or install what the machine needs beyond Rust",
        run: environment::prepare,
    },
    Step { command: "format", purpose: "cargo fmt --check", run: format },
    Step { command: "tidy", purpose: "the rules of the house that neither rustc nor clippy knows", run: tidy::run },
    Step {
        command: "codegen --check",
        purpose: "the generated files are what the program prints",
        run: codegen::check,
    },
    Step { command: "deny", purpose: "licences, bans and sources of what is shipped, by deny.toml", run: supply::deny },
    Step { command: "lint", purpose: "cargo clippy, warnings are errors", run: lint },
    Step { command: "docs", purpose: "cargo doc, warnings are errors: every link leads somewhere", run: docs },
    Step { command: "units", purpose: "unit and integration tests", run: units },
    Step { command: "doctests", purpose: "the examples in the documentation", run: doctests },
    Step { command: "pdf", purpose: "the typesetter, which no other step builds: lints and tests", run: pdf },
    Step { command: "browser", purpose: "the page journeys in e2e/, against the built program", run: browser::run },
];

/// Runs every step up to the first that fails.
pub(crate) fn run_all(root: &Path, tally: &mut Tally) -> Result<()> {
    STEPS.iter().try_for_each(|step| timed(step, root, tally))
}

fn timed(step: &Step, root: &Path, tally: &mut Tally) -> Result<()> {
    say(&format!("\n=== {}: {}", step.command, step.purpose));
    let begun = Instant::now();
    let outcome = (step.run)(root, tally);
    let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
    say(&format!("=== {}: {verdict} in {:.1} s", step.command, begun.elapsed().as_secs_f64()));
    match outcome {
        Ok(()) => Ok(()),
        Err(error) => bail!("step `{0}` failed: {error:#}\nto run it alone: cargo xtask {0}", step.command),
    }
}

fn format(root: &Path, _tally: &mut Tally) -> Result<()> {
    process::run(cargo(root).args(["fmt", "--all", "--check"]))?;
    // A workspace of its own, which no other step builds.
    process::run(cargo(root).args(["fmt", "--manifest-path", "benches/Cargo.toml", "--check"]))
}

fn lint(root: &Path, _tally: &mut Tally) -> Result<()> {
    process::run(cargo(root).args([
        "clippy",
        "--workspace",
        "--exclude",
        TYPESETTER,
        "--all-targets",
        // The big sizes are not run here, but must compile.
        "--all-features",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))
}

fn docs(root: &Path, _tally: &mut Tally) -> Result<()> {
    let mut command = cargo(root);
    command.env("RUSTDOCFLAGS", "-D warnings").args([
        "doc",
        "--workspace",
        "--exclude",
        TYPESETTER,
        "--no-deps",
        "--locked",
    ]);
    process::run(&mut command)
}

fn units(root: &Path, tally: &mut Tally) -> Result<()> {
    let mut command = cargo(root);
    if environment::on_path("cargo-nextest").is_some() {
        command.args([
            "nextest",
            "run",
            "--workspace",
            "--exclude",
            TYPESETTER,
            "--locked",
            "--no-fail-fast",
            "--no-tests=pass",
        ]);
    } else {
        command.args(["test", "--workspace", "--exclude", TYPESETTER, "--all-targets", "--locked", "--no-fail-fast"]);
    }
    process::run_tests(&mut command, tally)
}

/// nextest runs no documentation examples, so they are a step of their own whichever runner is there.
fn doctests(root: &Path, tally: &mut Tally) -> Result<()> {
    process::run_tests(
        cargo(root).args(["test", "--doc", "--workspace", "--exclude", TYPESETTER, "--locked", "--no-fail-fast"]),
        tally,
    )
}

/// Typst is some hundred packages, which nobody waits for who does not set type: built and tested here alone.
fn pdf(root: &Path, tally: &mut Tally) -> Result<()> {
    process::run(cargo(root).args([
        "clippy",
        "--package",
        TYPESETTER,
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))?;
    process::run_tests(cargo(root).args(["test", "--package", TYPESETTER, "--locked", "--no-fail-fast"]), tally)
}

/// Cargo, in the checkout.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root);
    if std::env::var_os("CI").is_some() {
        // Nobody builds there a second time: what makes that quicker is gigabytes that nobody reads.
        command.env("CARGO_INCREMENTAL", "0");
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Step = Step {
        command: "good",
        purpose: "passes one",
        run: |_, tally| {
            tally.passed += 1;
            Ok(())
        },
    };
    const BAD: Step = Step { command: "bad", purpose: "fails", run: |_, _| bail!("it broke") };

    #[test]
    fn a_failed_step_says_how_to_run_it_alone() {
        let error = timed(&BAD, Path::new("."), &mut Tally::default()).unwrap_err();
        assert_eq!(error.to_string(), "step `bad` failed: it broke\nto run it alone: cargo xtask bad");
    }

    #[test]
    fn a_good_step_counts() {
        let mut tally = Tally::default();
        timed(&GOOD, Path::new("."), &mut tally).unwrap();
        assert_eq!(tally.passed, 1);
    }

    #[test]
    fn commands_are_unique() {
        let mut commands: Vec<&str> = STEPS.iter().map(|step| step.command).collect();
        commands.sort_unstable();
        commands.dedup();
        assert_eq!(commands.len(), STEPS.len());
    }
}
