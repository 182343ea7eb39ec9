//! Counting tries and rates, in the memory of one process and within bounds: an attacker cannot fill it, a restart
//! forgets it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use model::ActorId;

/// Keys that one counter remembers.
const KEYS: usize = 4096;

/// The counters of a house.
pub(crate) struct Watch {
    /// Staff log-ins by digest of the name: ten in a quarter of an hour.
    pub(super) logins: Tries,
    /// Codes sent by telephone token: five in an hour.
    pub(super) codes: Tries,
    /// Requests of relatives by token of the number that they name: five in a day.
    relatives: Tries,
    /// Requests of service tokens.
    pub(super) rates: Rates,
}

impl Watch {
    /// Takes a try of somebody who asks about another person.
    pub(crate) fn may_ask_for_another(&self, about: [u8; 32], now: Timestamp) -> bool {
        self.relatives.take(about, now)
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            logins: Tries::new(10, SignedDuration::from_mins(15)),
            codes: Tries::new(5, SignedDuration::from_hours(1)),
            relatives: Tries::new(5, SignedDuration::from_hours(24)),
            rates: Rates::default(),
        }
    }
}

/// Tries within a window, by key.
pub(super) struct Tries {
    most: usize,
    within: SignedDuration,
    taken: Mutex<BTreeMap<[u8; 32], Vec<Timestamp>>>,
}

impl Tries {
    pub(super) const fn new(most: usize, within: SignedDuration) -> Self {
        Self { most, within, taken: Mutex::new(BTreeMap::new()) }
    }

    /// Takes a try before it is made, so that tries at the same time count too; `false` when none is left.
    pub(super) fn take(&self, key: [u8; 32], now: Timestamp) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if !taken.contains_key(&key) && taken.len() >= KEYS {
            forget_one(&mut taken, self.most);
        }
        let tries = taken.entry(key).or_default();
        tries.retain(|at| now.duration_since(*at).abs() < self.within);
        let left = tries.len() < self.most;
        if left {
            tries.push(now);
        }
        left
    }

    /// Forgets the tries of a key that got it right.
    pub(super) fn forgive(&self, key: &[u8; 32]) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// Makes room: the key whose last try is longest ago, one that is locked out only when all are.
fn forget_one(taken: &mut BTreeMap<[u8; 32], Vec<Timestamp>>, most: usize) {
    let age = |(key, tries): (&[u8; 32], &Vec<Timestamp>)| (tries.len() >= most, tries.last().copied(), *key);
    if let Some((_, _, key)) = taken.iter().map(age).min() {
        taken.remove(&key);
    }
}

/// Requests a minute, by service token.
#[derive(Default)]
pub(super) struct Rates(Mutex<BTreeMap<ActorId, Timestamp>>);

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

impl Rates {
    /// Whether the token may ask now. A bucket of one minute's requests, told by one instant: when it would be full
    /// again (the generic cell rate algorithm, ITU-T I.371).
    pub(super) fn take(&self, token: ActorId, a_minute: u32, now: Timestamp) -> bool {
        let a_minute = i32::try_from(a_minute).unwrap_or(i32::MAX);
        let Some(step) = MINUTE.checked_div(a_minute) else { return false };
        let mut full_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let end = now.checked_add(MINUTE).unwrap_or(now);
        // A clock that was set back must not lock a caller out for longer than a minute.
        let before = full_at.get(&token).copied().unwrap_or(now).clamp(now, end);
        let after = before.checked_add(step).unwrap_or(before);
        let may = after <= end;
        full_at.insert(token, if may { after } else { before });
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn ten_tries_in_the_window_and_no_more() {
        let tries = Tries::new(10, SignedDuration::from_mins(15));
        for second in 0..10 {
            assert!(tries.take([1; 32], at(second)));
        }
        assert!(!tries.take([1; 32], at(10)));
        assert!(tries.take([2; 32], at(10)), "another name is not concerned");
        assert!(!tries.take([1; 32], at(899)));
        assert!(tries.take([1; 32], at(900)), "the first try has left the window");
        tries.forgive(&[1; 32]);
        assert!(tries.take([1; 32], at(901)));
    }

    #[test]
    fn a_flood_of_names_is_bounded_and_frees_nobody() {
        let flood = Tries::new(2, SignedDuration::from_mins(15));
        let victim = [0xff; 32];
        assert!(flood.take(victim, at(0)) && flood.take(victim, at(0)) && !flood.take(victim, at(0)));
        for n in 0..2 * u32::try_from(KEYS).unwrap() {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&n.to_be_bytes());
            assert!(flood.take(key, at(1)));
        }
        assert!(flood.taken.lock().unwrap().len() <= KEYS);
        assert!(!flood.take(victim, at(2)), "who is locked out stays so");
    }

    #[test]
    fn a_bucket_gives_its_minute_and_refills() {
        let rates = Rates::default();
        let token = ActorId::from_random([1; 16]);
        for _ in 0..6 {
            assert!(rates.take(token, 6, at(0)));
        }
        assert!(!rates.take(token, 6, at(9)));
        assert!(rates.take(token, 6, at(10)));
        assert!(!rates.take(token, 6, at(10)));
        assert!(!rates.take(token, 0, at(1000)), "a rate of nothing lets nothing through");
        for _ in 0..6 {
            rates.take(token, 6, at(-3600));
        }
        assert!(rates.take(token, 6, at(-3540)), "a clock set back recovers within a minute");
    }
}
