//! `shouyue check --watch`: a report now, and another whenever a file changed.
//!
//! Times of modification are asked for, some times a second: that works on every file system, over a network and in a
//! container, where the kernel's notices do not arrive.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use policy::Loader;
use policy::report::Selection;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};

use crate::folder::{self, Stamps};
use crate::{Outcome, options};

/// Faster than whoever saved the file can look up.
const PERIOD: Duration = Duration::from_millis(200);

/// Ends well when it is told to stop, whatever the last report said: somebody was looking at it.
pub(super) fn run(check: &options::Check, selection: &Selection, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(watch(check, selection, out))
}

async fn watch(check: &options::Check, selection: &Selection, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Before the look, so that what is written meanwhile counts as changed since.
    let mut known = stamps(&check.paths);
    let mut loader = Loader::default();
    super::tell(check, selection, super::look(check, &mut loader)?, out)?;
    say(&format!("watching {} files; Ctrl-C ends it", known.len()));
    loop {
        tokio::select! {
            _ = interrupt.recv() => return Ok(Outcome::Fine),
            _ = terminate.recv() => return Ok(Outcome::Fine),
            _ = ticks.tick() => {}
        }
        let now = stamps(&check.paths);
        if now == known {
            continue;
        }
        say(&format!("changed: {}", changed(&known, &now).join(", ")));
        known = now;
        match super::look(check, &mut loader) {
            Ok(seen) => super::tell(check, selection, seen, out).map(drop)?,
            // A file that an editor is just putting in its place: the next change will tell.
            Err(why) => say(&format!("shouyue: {why:#}")),
        }
    }
}

fn stamps(paths: &[PathBuf]) -> Stamps {
    paths.iter().flat_map(|path| folder::stamps(path)).collect()
}

/// Files that were written, made or taken away.
fn changed(before: &Stamps, now: &Stamps) -> Vec<String> {
    let gone = before.keys().filter(|path| !now.contains_key(*path));
    let written = now.iter().filter(|(path, stamp)| before.get(*path) != Some(*stamp)).map(|(path, _)| path);
    gone.chain(written).map(|path| path.display().to_string()).collect()
}

/// Progress goes beside the reports, not among them.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
