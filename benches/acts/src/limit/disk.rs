//! The disk alone: 4 KiB written and flushed.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::time::{Duration, Instant};

use anyhow::Result;

const PAGE: [u8; 4096] = [7; 4096];

/// Flushes a second of a file that grows.
pub(crate) fn appends(turn: Duration) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let mut file = File::create(folder.path().join("grows"))?;
    flushes(turn, || {
        file.write_all(&PAGE)?;
        Ok(file.sync_data()?)
    })
}

/// Flushes a second of one page that is written again and again.
pub(crate) fn overwrites(turn: Duration) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let file = File::create(folder.path().join("stays"))?;
    file.write_all_at(&PAGE, 0)?;
    file.sync_all()?;
    flushes(turn, || {
        file.write_all_at(&PAGE, 0)?;
        Ok(file.sync_data()?)
    })
}

fn flushes(turn: Duration, mut flush: impl FnMut() -> Result<()>) -> Result<f64> {
    let (start, mut done) = (Instant::now(), 0);
    while start.elapsed() < turn {
        flush()?;
        done += 1;
    }
    Ok(f64::from(done) / start.elapsed().as_secs_f64())
}
