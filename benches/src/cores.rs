//! Several cores: how many times as many questions they answer in the same time as one does. Nothing shared is written, so
//! what is lost is the machine's: caches, clock speed, and whatever else runs on it.

use std::thread;
use std::time::Instant;

use anyhow::Result;

use crate::ours::pass;
use crate::platform::Platform;
use crate::say;
use crate::workload::Workload;
use race::median;

/// So many the target speaks of.
const CORES: usize = 4;
const ROUNDS: usize = 15;
/// Passes of each thread: long enough that starting it does not count.
const PASSES: usize = 400;

pub(crate) fn run(platforms: &[Platform], workloads: &[Workload<'_>]) -> Result<()> {
    let threads = thread::available_parallelism()?.get();
    let short =
        if threads < CORES { format!("; fewer than {CORES}, so the target cannot show here") } else { String::new() };
    say(&format!("| platform | questions in the same time, {threads} threads ÷ 1{short} |\n|---|---|"))?;
    for (platform, workload) in platforms.iter().zip(workloads) {
        let work = || (0..PASSES).for_each(|_| pass(&platform.tables, workload));
        let ratios = (0..ROUNDS).map(|_| threads as f64 * seconds(1, work) / seconds(threads, work)).collect();
        say(&format!("| {} | {:.2} × |", platform.name, median(ratios)))?;
    }
    say("")
}

/// The time until so many threads have done the same work, each all of it.
fn seconds(threads: usize, work: impl Fn() + Sync) -> f64 {
    let begun = Instant::now();
    thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(&work))));
    begun.elapsed().as_secs_f64()
}
