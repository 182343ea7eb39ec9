//! SQLite by itself: a thread behind a channel that writes one row for each client that waits and commits them together,
//! in a write-ahead log that is flushed at every commit.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use tokio::sync::oneshot;

use super::ROW;

/// Commits that wait are written together, up to so many: as many as our own writer takes.
const TOGETHER: usize = 256;

/// Commits a second of so many clients.
pub(crate) async fn commits(clients: usize, turn: Duration) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let (queue, waiting) = channel();
    let path = folder.path().join("bare.sqlite");
    let writer = std::thread::spawn(move || write(&path, &waiting));
    let start = Instant::now();
    let running: Vec<_> = (0..clients).map(|_| tokio::spawn(client(queue.clone(), start, turn))).collect();
    drop(queue);
    let mut done = 0;
    for client in running {
        done += client.await.context("a client died")??;
    }
    let rate = f64::from(done) / start.elapsed().as_secs_f64();
    writer.join().map_err(|_| anyhow!("the writer died"))??;
    Ok(rate)
}

fn write(path: &Path, queue: &Receiver<oneshot::Sender<()>>) -> Result<()> {
    let connection = rusqlite::Connection::open(path)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
    connection.execute_batch("CREATE TABLE row (n INTEGER PRIMARY KEY, entry BLOB NOT NULL)")?;
    while let Ok(first) = queue.recv() {
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let waiting: Vec<_> = std::iter::once(first).chain(queue.try_iter().take(TOGETHER - 1)).collect();
        for _ in &waiting {
            connection.prepare_cached("INSERT INTO row (entry) VALUES (?1)")?.execute([ROW])?;
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        for client in waiting {
            client.send(()).map_err(|()| anyhow!("a client left"))?;
        }
    }
    Ok(())
}

async fn client(queue: Sender<oneshot::Sender<()>>, start: Instant, turn: Duration) -> Result<u32> {
    let mut done = 0;
    while start.elapsed() < turn {
        let (sender, answer) = oneshot::channel();
        queue.send(sender).context("the writer died")?;
        answer.await?;
        done += 1;
    }
    Ok(done)
}

/// Bytes of every database in a folder: pages times their size, those that still lie in the log counted once.
pub(crate) fn bytes(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "sqlite") {
            let connection = rusqlite::Connection::open(path)?;
            let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
            bytes += u64::from(number("page_count")?) * u64::from(number("page_size")?);
        }
    }
    Ok(bytes)
}
