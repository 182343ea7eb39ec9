//! People in bulk: the program's own import, every row decided, sealed and found by its tokens, so many batches at once as
//! `shouyue import` hands over.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use desk::collect::{HandIn, Handed, ImportRow, Legacy, MOST_ROWS, import};
use desk::consent::Manner;
use model::Clear;
use model::act::GivenBy;
use testkit::Postgres;

use crate::field::Field;
use crate::hand::Inside;
use crate::house::Engine;
use crate::table::{head, rate, row};
use crate::workload::Workload;

/// Batches that are under way at once.
const BATCHES: usize = 8;

/// People of each house of the comparison.
const PEOPLE: u32 = 10_000;

/// So many people into each engine.
pub(crate) async fn run(workload: &Arc<Workload>) -> Result<()> {
    head("Importing people, each with seven items and three consents", &["engine", "people/s"])?;
    let server = Postgres::start();
    for (name, engine) in [("SQLite", Engine::Sqlite), ("PostgreSQL", Engine::Postgres(server.database()))] {
        let field = Field::empty(workload, &engine).await?;
        let begun = Instant::now();
        people(&field, PEOPLE).await?;
        row(&[name.to_owned(), rate(f64::from(PEOPLE) / begun.elapsed().as_secs_f64())])?;
    }
    Ok(())
}

/// Loads so many people, each with an account, every consent of the race, and a search token for telephone and document.
pub(crate) async fn people(field: &Field, count: u32) -> Result<()> {
    ensure!(field.reserve(count) == 0, "people are there already");
    let next = Arc::new(AtomicU32::new(0));
    let loaders = (0..BATCHES).map(|_| tokio::spawn(batches(field.inside(), Arc::clone(&next), count)));
    for loader in loaders.collect::<Vec<_>>() {
        loader.await.context("a loader died")??;
    }
    Ok(())
}

async fn batches(inside: Inside, next: Arc<AtomicU32>, count: u32) -> Result<()> {
    let most = u32::try_from(MOST_ROWS)?;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let first = number.saturating_mul(most);
        if first >= count {
            return Ok(());
        }
        let rows: Vec<ImportRow> = (first..count.min(first + most)).map(|n| read(&inside.workload, n)).collect();
        let expected = u64::try_from(rows.len())?;
        let batch = ("people", u64::from(number));
        let done = import(&inside.house, &inside.platform, batch, rows, &number.to_be_bytes()).await?;
        ensure!(done.taken == expected, "{:?} were not taken in", done.unfit);
    }
}

fn read(workload: &Workload, n: u32) -> ImportRow {
    let Workload { register, consent, import, .. } = workload;
    let typed = Workload::person(n).into_iter().filter(|(item, _)| !import.without.contains(item));
    let fields = typed.map(|(item, value)| (item, Clear::new(value))).collect();
    let legacy = |scope: &String| Legacy {
        person: 0,
        scope: scope.clone(),
        party: None,
        artefact: Manner::Separate,
        by: GivenBy::Oneself,
        at: import.at,
        until: None,
        policy: Some(workload.version().to_owned()),
    };
    let record = HandIn {
        class: import.class.clone(),
        product: None,
        in_force_from: None,
        in_force_until: None,
        people: vec![Handed { roles: vec![register.person.clone()], fields }],
    };
    let consents = register.consents.iter().chain([&consent.scope]).map(legacy).collect();
    ImportRow { line: u64::from(n) + 1, record, account: Some(0), consents }
}
