//! For tests: a clock that is set, and bytes that are counted up.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use desk::ports::Clock;
use jiff::Timestamp;
use model::Entropy;

/// A clock that stands still.
pub(crate) struct Standing(AtomicI64);

impl Standing {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }

    fn not_before(&self, instant: Timestamp) {
        self.0.fetch_max(instant.as_second(), Ordering::Relaxed);
    }
}

/// Counts up: no two draws are alike.
#[derive(Default)]
pub(crate) struct Counted(AtomicU64);

impl Entropy for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&next.to_be_bytes()[..chunk.len()]);
        }
    }
}

/// The first of June 2026, and fresh bytes.
pub(crate) fn steady() -> (Arc<Standing>, Arc<Counted>) {
    (Arc::new(Standing(AtomicI64::new(1_780_279_200))), Arc::default())
}
