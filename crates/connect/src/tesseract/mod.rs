//! Tesseract (5.x; Debian's `tesseract-ocr` with `tesseract-ocr-chi-sim`): a process of its own for each picture, which
//! comes in by its standard input and goes out as text by its standard output, as `tesseract(1)` has it. No file is
//! written, and nothing leaves the machine.

mod size;
#[cfg(test)]
mod tests;

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use async_trait::async_trait;
use desk::ports::{Ocr, Outside};
use model::Clear;
use tokio::sync::Semaphore;

/// How long one picture may take.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How many pictures are read at once: each takes a core.
const AT_ONCE: usize = 2;

/// Most pixels of a picture. It takes four bytes for each while it is read.
const PIXELS: u64 = 40_000_000;

/// Most text that is taken, in bytes; a document has a few hundred.
const LONGEST: u64 = 64 * 1024;

/// The language data without which it reads no document.
const LANGUAGE: &str = "chi_sim";

/// Reads text with the `tesseract` that is installed.
#[derive(Debug, Clone)]
pub struct Tesseract {
    program: String,
    patience: Duration,
    places: Arc<Semaphore>,
}

impl Tesseract {
    /// `program`: name or path; `patience`: how long a picture may take. `None` where it does not run, or lacks the data
    /// for simplified Chinese.
    pub fn find(program: &str, patience: Duration) -> Option<Self> {
        let this = Self { program: program.to_owned(), patience, places: Arc::new(Semaphore::new(AT_ONCE)) };
        let languages = this.run(&["--list-langs"], Vec::new()).ok()?;
        languages.lines().any(|line| line.trim() == LANGUAGE).then_some(this)
    }

    fn text(&self, picture: Vec<u8>) -> Result<String, Outside> {
        if size::pixels(&picture).is_none_or(|pixels| pixels > PIXELS) {
            return Err(Outside::Untrusted);
        }
        // One block of text, as documents have: mode 6.
        self.run(&["stdin", "stdout", "-l", LANGUAGE, "--psm", "6"], picture)
    }

    fn run(&self, arguments: &[&str], input: Vec<u8>) -> Result<String, Outside> {
        let mut child = Command::new(&self.program)
            .args(arguments)
            .env("OMP_THREAD_LIMIT", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| Outside::Nobody)?;
        let heard = self.hear(&mut child, input);
        // Whatever it still does is of no use.
        drop(child.kill());
        drop(child.wait());
        heard
    }

    /// Feeds the process and hears it out. Both threads end with the process at the latest.
    fn hear(&self, child: &mut Child, input: Vec<u8>) -> Result<String, Outside> {
        let (Some(mut into), Some(out)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Outside::Nobody);
        };
        let (said, hears) = mpsc::channel();
        // A process that does not read on closes its end: what it says is the answer all the same.
        std::thread::spawn(move || drop(into.write_all(&input)));
        std::thread::spawn(move || {
            let mut text = String::new();
            let read = out.take(LONGEST).read_to_string(&mut text);
            drop(said.send(read.map(|_| text)));
        });
        let text = hears.recv_timeout(self.patience).map_err(|_| Outside::TimedOut)?;
        text.map_err(|_| Outside::Untrusted)
    }
}

#[async_trait]
impl Ocr for Tesseract {
    fn is_there(&self) -> bool {
        true
    }

    async fn read(&self, picture: Clear<Vec<u8>>) -> Result<Clear<String>, Outside> {
        let Ok(_place) = self.places.try_acquire() else { return Err(Outside::Busy) };
        let this = self.clone();
        let read = move || {
            let mut failed = None;
            let text = picture.map(|picture| this.text(picture).map_err(|why| failed = Some(why)).unwrap_or_default());
            failed.map_or(Ok(text), Err)
        };
        tokio::task::spawn_blocking(read).await.map_err(|_| Outside::Untrusted)?
    }
}
