//! The `shouyue` command: configuration, wiring and the commands of every day.
//!
//! Results go to stdout, progress and logs to stderr. Exit status: 0 fine, 1 findings or refused, 2 wrong usage.

mod admin;
mod command;
mod config;
mod folder;
mod keyring;
mod options;
mod serve;
mod system;
mod typesetter;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser as _;

use options::{Command, Options};

/// Reading and compiling a policy asks for memory in very many small pieces, on all cores at once: a quarter of the time that an editor
/// waits was the system's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How a command ended.
pub(crate) enum Outcome {
    /// As asked.
    Fine,
    /// Findings, a refusal, or damage: status 1.
    Found,
}

fn main() -> ExitCode {
    system::leave_no_core();
    let options = Options::parse();
    let mut out = std::io::stdout().lock();
    let ended = run(options.command, &mut out);
    let flushed = out.flush();
    match (ended, flushed) {
        (Ok(Outcome::Fine), Ok(())) => ExitCode::SUCCESS,
        (Ok(_), _) => ExitCode::from(1),
        // Whoever reads our output has read enough.
        (Err(why), _) if why.downcast_ref().is_some_and(is_broken_pipe) => ExitCode::SUCCESS,
        (Err(why), _) => {
            let _ = writeln!(std::io::stderr(), "shouyue: {why:#}");
            ExitCode::from(if why.is::<options::Misused>() { 2 } else { 1 })
        }
    }
}

fn is_broken_pipe(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::BrokenPipe
}

fn run(command: Command, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    match command {
        Command::Init(init) => command::init::run(&init, out),
        Command::Check(check) => command::check::run(&check, out),
        Command::Trace(trace) => command::trace::run(&trace, out),
        Command::Test(test) => command::test::run(&test, out),
        Command::Prove(prove) => command::prove::run(&prove, out),
        Command::Decide(decide) => command::decide::run(&decide, out),
        Command::Ask(ask) => command::ask::run(&ask, out),
        Command::Diff(diff) => command::diff::run(&diff, out),
        Command::Render(render) => command::render::run(&render, out),
        Command::Schema(schema) => command::schema::run(&schema, out),
        Command::Explain(explain) => command::explain::run(&explain, out),
        Command::Verify(verify) => command::verify::run(&verify, out),
        Command::Config(config) => command::config::run(&config, out),
        Command::Serve(serve) => serve::run(&serve, out),
        Command::Witness(witness) => serve::witness::run(&witness, out),
        Command::Publish(publish) => command::publish::run(&publish, out),
        Command::Draft(draft) => command::draft::run(&draft, out),
        Command::Token(token) => command::house::token(&token, out),
        Command::Rotate(rotate) => command::house::rotate(&rotate, out),
        Command::Recovery(recovery) => command::recovery::run(&recovery, out),
        Command::Fsck(fsck) => command::house::fsck(&fsck, out),
        Command::Versions(versions) => command::versions::run(&versions, out),
        Command::Report(report) => command::report::run(&report, out),
        Command::Webhooks(webhooks) => command::house::webhooks(&webhooks, out),
        Command::Notices(notices) => command::notices::run(&notices, out),
        Command::Backup(backup) => command::house::backup(&backup, out),
        Command::Restore(restore) => command::restore::run(&restore, out),
        Command::Import(import) => command::import::run(&import, out),
        Command::Copy(at) => command::copy::run(&at, out),
    }
}
