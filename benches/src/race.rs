//! Clocks. Whatever is compared runs in turns of a few milliseconds, round after round, so that time stolen by the host or
//! by other programs hits all alike; of all rounds the median counts.

use std::time::{Duration, Instant};

/// One thing that is timed.
pub(crate) struct Lane<'a> {
    /// How many questions one turn answers.
    questions: usize,
    turn: Box<dyn FnMut() + 'a>,
}

impl<'a> Lane<'a> {
    pub(crate) fn new(questions: usize, turn: impl FnMut() + 'a) -> Self {
        Self { questions, turn: Box::new(turn) }
    }

    fn run(&mut self) -> Duration {
        let begun = Instant::now();
        (self.turn)();
        begun.elapsed()
    }
}

/// The time of one question in each lane, in nanoseconds; the first round warms up and does not count.
pub(crate) fn race<const N: usize>(rounds: usize, mut lanes: [Lane<'_>; N]) -> [f64; N] {
    let mut times: [Vec<f64>; N] = std::array::from_fn(|_| Vec::with_capacity(rounds));
    for round in 0..=rounds {
        for (lane, times) in lanes.iter_mut().zip(&mut times) {
            let nanos = lane.run().as_secs_f64() * 1e9 / lane.questions as f64;
            if round > 0 {
                times.push(nanos);
            }
        }
    }
    times.map(median)
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A time for people.
pub(crate) fn nanos(nanos: f64) -> String {
    match nanos {
        ..100.0 => format!("{nanos:.1} ns"),
        ..1_000.0 => format!("{nanos:.0} ns"),
        ..100_000.0 => format!("{:.1} µs", nanos / 1e3),
        _ => format!("{:.0} µs", nanos / 1e3),
    }
}
