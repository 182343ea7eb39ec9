//! How far an import is, on stderr: a bar where somebody looks, a line for each tenth where a file takes it.

use std::io::{IsTerminal as _, Write as _, stderr};

/// Width of the bar, in characters.
const WIDTH: u64 = 30;

pub(super) struct Progress {
    all: u64,
    done: u64,
    /// Tenths that were told.
    told: u64,
    is_seen: bool,
}

impl Progress {
    pub(super) fn of(all: u64) -> Self {
        Self { all, done: 0, told: 0, is_seen: stderr().is_terminal() }
    }

    /// So many more rows are done: tells how far it is.
    pub(super) fn tell(&mut self, more: u64) {
        self.done += more;
        let (done, all) = (self.done, self.all.max(1));
        let tenth = done * 10 / all;
        // Whoever closed stderr does not want to know.
        if self.is_seen {
            let full = done * WIDTH / all;
            let bar: String = (0..WIDTH).map(|at| if at < full { '#' } else { '.' }).collect();
            drop(write!(stderr(), "\r[{bar}] {done} of {all} rows"));
        } else if tenth > self.told {
            self.told = tenth;
            drop(writeln!(stderr(), "{done} of {all} rows"));
        }
    }

    pub(super) fn end(&self) {
        if self.is_seen {
            drop(writeln!(stderr()));
        }
    }
}
