//! The same instant and the same random bytes in every run.

use std::sync::Mutex;

use desk::ports::Clock;
use jiff::{SignedDuration, Timestamp};
use model::Entropy;

/// A clock that stands still until it is set.
pub struct SetClock(Mutex<Timestamp>);

impl SetClock {
    /// A clock that stands at an instant, such as `2026-06-01T02:00:00Z`.
    pub fn at(instant: &str) -> Self {
        Self(Mutex::new(instant.parse().unwrap()))
    }

    /// Sets it.
    pub fn set(&self, instant: &str) {
        *self.0.lock().unwrap() = instant.parse().unwrap();
    }

    /// Moves it on.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(by).unwrap();
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn not_before(&self, instant: Timestamp) {
        let mut now = self.0.lock().unwrap();
        *now = instant.max(*now);
    }
}

/// Random bytes that are the same in every run: SplitMix64.
#[derive(Default)]
pub struct Seeded(Mutex<u64>);

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap();
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut drawn = *state;
            drawn = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            drawn ^= drawn >> 31;
            for (byte, from) in chunk.iter_mut().zip(drawn.to_be_bytes()) {
                *byte = from;
            }
        }
    }
}
