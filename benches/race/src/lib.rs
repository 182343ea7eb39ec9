//! Clocks. Whatever is compared runs in turns of about a millisecond, round after round, so that time stolen by the host or
//! by other programs hits all alike, and most turns not at all; of all rounds the median counts.

use std::time::{Duration, Instant};

/// One thing that is timed.
pub struct Lane<'a> {
    /// How many questions one turn answers.
    questions: usize,
    /// Puts all as it is to be when a turn begins; not timed.
    before: Box<dyn FnMut(usize) + 'a>,
    /// Does the turn of a round.
    turn: Box<dyn FnMut(usize) + 'a>,
}

impl<'a> Lane<'a> {
    pub fn new(questions: usize, turn: impl FnMut(usize) + 'a) -> Self {
        Self { questions, before: Box::new(|_| {}), turn: Box::new(turn) }
    }

    /// The same, with something done before each turn that is not timed.
    #[must_use]
    pub fn after(self, before: impl FnMut(usize) + 'a) -> Self {
        Self { before: Box::new(before), ..self }
    }

    /// The turn is taken twice; what it needs is in the caches when it counts, whoever had them before.
    fn run(&mut self, round: usize) -> Duration {
        (self.before)(round);
        (self.turn)(round);
        (self.before)(round);
        let begun = Instant::now();
        (self.turn)(round);
        begun.elapsed()
    }
}

/// The time of one question in each lane, in nanoseconds.
pub fn race<const N: usize>(rounds: usize, mut lanes: [Lane<'_>; N]) -> [f64; N] {
    let mut times: [Vec<f64>; N] = std::array::from_fn(|_| Vec::with_capacity(rounds));
    for round in 0..rounds {
        for (lane, times) in lanes.iter_mut().zip(&mut times) {
            times.push(lane.run(round).as_secs_f64() * 1e9 / lane.questions as f64);
        }
    }
    times.map(median)
}

/// Some of a list, spread over it: others in the next round, until all were there.
pub fn some<T>(all: &[T], count: usize, round: usize) -> impl Iterator<Item = &T> {
    let step = (all.len() / count).max(1);
    all.iter().skip(round % step).step_by(step).take(count)
}

/// The one in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A time for people.
#[must_use]
pub fn nanos(nanos: f64) -> String {
    match nanos {
        ..100.0 => format!("{nanos:.1} ns"),
        ..1_000.0 => format!("{nanos:.0} ns"),
        ..100_000.0 => format!("{:.1} µs", nanos / 1e3),
        _ => format!("{:.0} µs", nanos / 1e3),
    }
}
