//! The operating system's clock and randomness, and what it may write down of us: the only place that asks for them.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use desk::ports::Clock;
use jiff::Timestamp;
use model::Entropy;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Has the system write no core of this process, however it ends: keys and values would stand in it. Where it cannot be
/// told so, it may.
pub(crate) fn leave_no_core() {
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// The system clock, which never goes back: where it is set back, time goes on from the last instant that was told until it
/// has caught up.
#[derive(Default)]
pub(crate) struct SystemClock(Mutex<Option<Told>>);

/// What was told last, and when by the clock that nobody sets.
#[derive(Clone, Copy)]
struct Told {
    instant: Timestamp,
    when: Instant,
}

impl Told {
    /// The instant as long after this one as has passed since.
    fn on(self, when: Instant) -> Timestamp {
        self.instant.checked_add(when.saturating_duration_since(self.when)).unwrap_or(self.instant)
    }
}

impl SystemClock {
    /// Now; whatever is told from now on is at least so late.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn at_least(&self, least: Timestamp) -> Timestamp {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (system, when) = (Timestamp::now(), Instant::now());
        let now = told.map_or(system, |told| told.on(when).max(system));
        *told = Some(Told { instant: now.max(least), when });
        now
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.at_least(Timestamp::MIN)
    }

    fn not_before(&self, instant: Timestamp) {
        let seconds = instant.duration_since(self.at_least(instant)).as_secs();
        if seconds > 0 {
            tracing::warn!(
                seconds,
                "the clock of this machine is behind the ledger: time goes on from its newest leaf"
            );
        }
    }
}

/// The system's random source.
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::expect_used, reason = "without randomness no key, nonce or id may be made: the process must end")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}
