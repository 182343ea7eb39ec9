//! Child processes: no input, output passed on as it comes, failure as an error that names the command.

use std::io::{BufRead as _, BufReader, IsTerminal as _, Read};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context as _, Result, bail};

use crate::say;
use crate::tally::Tally;

/// Runs a command whose output goes straight to the terminal.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs a test runner: passes its output on and adds what its summary lines report to `tally`.
pub(crate) fn run_tests(command: &mut Command, tally: &mut Tally) -> Result<()> {
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start `{}`", shown(command)))?;
    let errors = child.stderr.take().map(|stream| thread::spawn(|| pass_on(stream)));
    if let Some(stream) = child.stdout.take() {
        *tally += pass_on(stream);
    }
    if let Some(Ok(counted)) = errors.map(thread::JoinHandle::join) {
        *tally += counted;
    }
    let status = child.wait().with_context(|| format!("lost sight of `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// What a command prints on stdout, when it succeeds.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !output.status.success() {
        bail!("`{}` ended with {}", shown(command), output.status);
    }
    Ok(output.stdout)
}

fn pass_on(stream: impl Read) -> Tally {
    let mut sum = Tally::default();
    for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        say(&line);
        if let Some(counted) = Tally::read(&line) {
            sum += counted;
        }
    }
    sum
}

/// The command as one would type it.
fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn counts_both_streams_and_reports_failure() {
        let mut tally = Tally::default();
        let script = "echo 'ℹ pass 2'; echo 'Summary [ 1s] 3 tests run: 1 passed, 2 failed, 0 skipped' >&2; exit 1";
        let error = run_tests(&mut shell(script), &mut tally).unwrap_err();
        assert_eq!(tally, Tally { passed: 3, failed: 2, skipped: 0 });
        assert!(error.to_string().contains("exit status: 1"), "{error}");
    }

    #[test]
    fn a_command_gets_no_input() {
        assert!(output(&mut shell("cat")).unwrap().is_empty());
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("no-such-program-here")).unwrap_err();
        assert!(error.to_string().contains("no-such-program-here"), "{error}");
    }
}
