//! Several threads: how much more they do than one, beside a loop that only counts. Where the host has fewer cores to give
//! than it shows, the loop shows it, too.

use std::hint::black_box;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use race::median;

use crate::field::{Act, Field, From};
use crate::house::Engine;
use crate::table::{head, rate, row};
use crate::workload::Workload;

const ROUNDS: usize = 5;
const TURN: Duration = Duration::from_millis(400);

/// Steps of the loop that only counts.
const STEPS: u64 = 40_000_000;

/// Clients of the acts.
const CLIENTS: usize = 64;

/// One to four threads.
const MOST: usize = 4;

pub(crate) fn run(workload: &Arc<Workload>) -> Result<()> {
    let columns = ["threads", "spin loop ÷ 1", "reads/s", "÷ 1", "consents/s", "÷ 1"];
    head("More threads, in process on SQLite, 64 clients", &columns)?;
    let house = runtime(MOST)?;
    let field = Arc::new(house.block_on(Field::new(workload, &Engine::Sqlite))?);
    let runtimes = (1..=MOST).map(runtime).collect::<Result<Vec<_>>>()?;
    let mut taken = vec![[const { Vec::new() }; 3]; MOST];
    for _ in 0..ROUNDS {
        for (at, runtime) in runtimes.iter().enumerate() {
            let act = |act| {
                let field = Arc::clone(&field);
                runtime.block_on(runtime.spawn(async move { field.turn(act, From::Inside, CLIENTS, TURN).await }))
            };
            let rates = [spin(at + 1), act(Act::Read)??, act(Act::Consent)??];
            let own = taken.get_mut(at).context("no such row")?;
            own.iter_mut().zip(rates).for_each(|(all, rate)| all.push(rate));
        }
    }
    let rates: Vec<[f64; 3]> = taken.into_iter().map(|own| own.map(median)).collect();
    let one = *rates.first().context("no row")?;
    for (threads, [spin, reads, consents]) in rates.into_iter().enumerate() {
        let [by_spin, by_reads, by_consents] = one;
        row(&[
            (threads + 1).to_string(),
            format!("{:.2}", spin / by_spin),
            rate(reads),
            format!("{:.2}", reads / by_reads),
            rate(consents),
            format!("{:.2}", consents / by_consents),
        ])?;
    }
    Ok(())
}

fn runtime(threads: usize) -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .max_blocking_threads(threads)
        .enable_all()
        .build()?)
}

/// Steps a second of so many threads that count.
fn spin(threads: usize) -> f64 {
    let begun = Instant::now();
    let count = || (0..STEPS).fold(0_u64, |sum, n| black_box(sum.wrapping_mul(31) ^ n));
    thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(|| black_box(count())))));
    threads as f64 * STEPS as f64 / begun.elapsed().as_secs_f64()
}
