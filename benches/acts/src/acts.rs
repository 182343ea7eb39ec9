//! Whole acts a second beside as many durable commits of the bare engine, and over HTTP beside in process.
//!
//! The turns of all take their places one after the other, round after round, so that time stolen by the host hits all
//! alike; of the rounds the median counts. Every act that is counted was acknowledged, so it and its leaf are durable.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use race::median;
use testkit::Postgres;

use crate::field::{Act, Field, From};
use crate::house::Engine;
use crate::limit;
use crate::table::{at_least, head, rate, row, share};
use crate::workload::Workload;

const ROUNDS: usize = 5;
const TURN: Duration = Duration::from_millis(400);
const CLIENTS: [usize; 3] = [1, 16, 64];

/// Share of the bare engine's commits that collecting and consenting must reach.
const OF_ENGINE: f64 = 0.5;

/// Reads a second that 16 clients must get.
const READS: f64 = 20_000.0;

/// Share of the acts in process that must be left over HTTP.
const OF_INSIDE: f64 = 0.6;

const COLUMNS: [&str; 9] = [
    "act",
    "clients",
    "ours, acts/s",
    "bare engine, commits/s",
    "ours ÷ engine",
    "target",
    "over HTTP, acts/s",
    "HTTP ÷ ours",
    "target",
];

/// The acts on SQLite; where some are named, these alone.
pub(crate) async fn on_sqlite(workload: &Arc<Workload>, only: Option<&str>) -> Result<()> {
    head("Acts on SQLite", &COLUMNS)?;
    race(workload, &Bare::Sqlite, only).await
}

/// The same on PostgreSQL, of Debian's packages as they come.
pub(crate) async fn on_postgres(workload: &Arc<Workload>, only: Option<&str>) -> Result<()> {
    let server = Postgres::start();
    let bare = server.database();
    limit::postgres::prepare(&bare).await?;
    head("Acts on PostgreSQL", &COLUMNS)?;
    race(workload, &Bare::Postgres { server, bare }, only).await
}

/// The engine by itself.
enum Bare {
    Sqlite,
    Postgres { server: Postgres, bare: String },
}

impl Bare {
    /// Where a house is put beside it.
    fn engine(&self) -> Engine {
        match self {
            Self::Sqlite => Engine::Sqlite,
            Self::Postgres { server, .. } => Engine::Postgres(server.database()),
        }
    }

    async fn commits(&self, clients: usize) -> Result<f64> {
        match self {
            Self::Sqlite => limit::sqlite::commits(clients, TURN).await,
            Self::Postgres { bare, .. } => limit::postgres::commits(bare, clients, TURN).await,
        }
    }
}

async fn race(workload: &Arc<Workload>, bare: &Bare, only: Option<&str>) -> Result<()> {
    let field = Field::new(workload, &bare.engine()).await?;
    let is_named = |act: &Act| only.is_none_or(|only| only.split(',').any(|one| act.name().starts_with(one)));
    for act in Act::ALL.into_iter().filter(is_named) {
        for clients in CLIENTS {
            let (mut ours, mut wired, mut limit) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..ROUNDS {
                ours.push(field.turn(act, From::Inside, clients, TURN).await?);
                limit.push(bare.commits(clients).await?);
                wired.push(field.turn(act, From::Wire, clients, TURN).await?);
            }
            told(act, clients, [ours, limit, wired].map(median))?;
        }
    }
    Ok(())
}

fn told(act: Act, clients: usize, [ours, limit, wired]: [f64; 3]) -> Result<()> {
    let target = match act {
        Act::Consent | Act::Collect => at_least(ours / limit, Some(OF_ENGINE), share),
        Act::Read => at_least(ours, (clients == 16).then_some(READS), |reads| format!("{}/s", rate(reads))),
        Act::Register | Act::Erase => at_least(ours, None, rate),
    };
    row(&[
        act.name().to_owned(),
        clients.to_string(),
        rate(ours),
        rate(limit),
        share(ours / limit),
        target,
        rate(wired),
        share(wired / ours),
        at_least(wired / ours, Some(OF_INSIDE), share),
    ])
}
