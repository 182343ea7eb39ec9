//! PostgreSQL by itself: each client has a connection of its own and commits one row after the other.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio_postgres::{Client, NoTls};

use super::ROW;

/// Makes the table once.
pub(crate) async fn prepare(address: &str) -> Result<()> {
    connect(address)
        .await?
        .batch_execute("CREATE TABLE bare_row (n bigserial PRIMARY KEY, entry bytea NOT NULL)")
        .await?;
    Ok(())
}

/// Commits a second of so many clients.
pub(crate) async fn commits(address: &str, clients: usize, turn: Duration) -> Result<f64> {
    let mut ready = Vec::with_capacity(clients);
    for _ in 0..clients {
        ready.push(connect(address).await?);
    }
    let start = Instant::now();
    let running: Vec<_> = ready.into_iter().map(|connection| tokio::spawn(client(connection, start, turn))).collect();
    let mut done = 0;
    for client in running {
        done += client.await.context("a client died")??;
    }
    Ok(f64::from(done) / start.elapsed().as_secs_f64())
}

async fn connect(address: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn client(connection: Client, start: Instant, turn: Duration) -> Result<u32> {
    let statement = connection.prepare("INSERT INTO bare_row (entry) VALUES ($1)").await?;
    let mut done = 0;
    while start.elapsed() < turn {
        connection.execute(&statement, &[&ROW.as_slice()]).await?;
        done += 1;
    }
    Ok(done)
}
