//! A house in a process of its own, which is this program once more: when it answers, and how much memory it takes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::house::{self, Engine};
use crate::table::say;

/// The argument that makes this program such a process.
pub(crate) const ARGUMENT: &str = "--open";

/// The process.
pub(crate) struct Opened {
    child: Child,
    /// From its start to its first answer.
    pub(crate) took: Duration,
}

impl Opened {
    /// Starts it on a folder, and waits until it answers that it is ready.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        let begun = Instant::now();
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.arg(ARGUMENT).arg(folder).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut address)?;
        let mut stream = TcpStream::connect(address.trim())?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let took = begun.elapsed();
        ensure!(answer.starts_with("HTTP/1.1 200"), "the house is not ready: {answer}");
        Ok(Self { child, took })
    }

    /// Its memory, in KiB.
    pub(crate) fn resident(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What the process does: opens the house, says where it answers, and goes on until it is ended.
pub(crate) async fn run(folder: &Path) -> Result<()> {
    let (house, _) = house::open(&Engine::Sqlite, folder).await?;
    let server = house::serve(&house).await;
    say(&server.address.to_string())?;
    std::future::pending().await
}
