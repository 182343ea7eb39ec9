//! Whole acts beside durable commits of the bare engine, their parts beside the primitives they stand on, and what a house
//! of a million people costs. `docs/performance.md` has the last run; what is measured is said in each module.

mod acts;
mod field;
mod hand;
mod house;
mod limit;
mod load;
mod opened;
mod parts;
mod size;
mod table;
mod threads;
mod wire;
mod workload;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use table::{head, rate, row};
use tokio::runtime::Runtime;
use workload::Workload;

/// People of the large house, unless the command line says another number.
const PEOPLE: u32 = 1_000_000;

/// How long the disk is written to.
const DISK: Duration = Duration::from_secs(2);

/// Everything (`--all`), or only the parts that the arguments name; `size=10000000` says how many people, `sqlite=read,consent`
/// which acts.
fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = Runtime::new()?;
    if let [first, folder] = arguments.as_slice()
        && first == opened::ARGUMENT
    {
        return runtime.block_on(opened::run(Path::new(folder)));
    }
    let all = arguments.is_empty() || arguments.iter().any(|one| one == "--all");
    let wants = |part: &str| all || arguments.iter().any(|one| one.split('=').next() == Some(part));
    let of = |part: &str| arguments.iter().find_map(|one| one.strip_prefix(part)?.strip_prefix('='));
    let workload = Arc::new(Workload::read()?);
    if wants("disk") {
        disk()?;
    }
    if wants("sqlite") {
        runtime.block_on(acts::on_sqlite(&workload, of("sqlite")))?;
    }
    if wants("postgres") {
        runtime.block_on(acts::on_postgres(&workload, of("postgres")))?;
    }
    if wants("parts") {
        runtime.block_on(parts::run(&workload))?;
    }
    if wants("threads") {
        threads::run(&workload)?;
    }
    if wants("import") {
        runtime.block_on(load::run(&workload))?;
    }
    if wants("size") {
        let people = of("size").map_or(Ok(PEOPLE), str::parse).context("size= is a number of people")?;
        runtime.block_on(size::run(&workload, people))?;
    }
    Ok(())
}

fn disk() -> Result<()> {
    head("The disk alone: 4 KiB and fdatasync", &["how", "a second"])?;
    row(&["a file that grows".to_owned(), rate(limit::disk::appends(DISK)?)])?;
    row(&["one page again and again".to_owned(), rate(limit::disk::overwrites(DISK)?)])
}
