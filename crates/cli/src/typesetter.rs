//! `shouyue-pdf` as a child: a document goes in, a PDF comes out, within limits of time, memory and size.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Resource, Rlimit, prlimit};

const PROGRAM: &str = "shouyue-pdf";

/// What it may take. The longest notice here is set in some seconds, in some hundred megabytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    patience: Duration,
    /// What it may write to, stacks included; what it only reads, as the fonts, is not counted.
    memory_bytes: u64,
    output_bytes: u64,
}

impl Limits {
    pub(crate) const USUAL: Self =
        Self { patience: Duration::from_secs(120), memory_bytes: 2 << 30, output_bytes: 256 << 20 };
}

/// More of what it complains of than anybody reads.
const COMPLAINT_BYTES_MAX: u64 = 4096;

/// The PDF of a document in the data form.
pub(crate) fn set(program: Option<&Path>, document: String, limits: Limits) -> Result<Vec<u8>> {
    let program = program.map_or_else(beside, Path::to_owned);
    let spawned = Command::new(&program).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.with_context(|| {
        format!(
            "cannot run {}: build it (cargo build --release -p shouyue-pdf) and put it beside shouyue, or name it with \
             --typesetter; without it, render to HTML and print that from a browser, it has a sheet for paper",
            program.display()
        )
    })?;
    let set = hear(&mut child, document, limits);
    // Whatever it still does is of no use.
    drop(child.kill());
    drop(child.wait());
    set
}

/// Beside this program, as they are installed; else wherever the system finds it.
fn beside() -> PathBuf {
    let own = std::env::current_exe().ok();
    let beside = own.and_then(|own| Some(own.parent()?.join(PROGRAM))).filter(|path| path.is_file());
    beside.unwrap_or_else(|| PathBuf::from(PROGRAM))
}

/// Feeds the child and hears it out. It reads before it works, so the limit of memory is there in time.
fn hear(child: &mut Child, document: String, limits: Limits) -> Result<Vec<u8>> {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let most = Rlimit { current: Some(limits.memory_bytes), maximum: Some(limits.memory_bytes) };
    prlimit(pid, Resource::Data, most).context("cannot limit the memory of the typesetter")?;
    let (Some(mut into), Some(out), Some(mut complaint)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        bail!("the typesetter has no pipes")
    };
    let (said, hears) = mpsc::channel();
    let (complains, complained) = mpsc::channel();
    // A child that does not read on closes its end: what it says is the answer all the same. All three end with it.
    std::thread::spawn(move || drop(into.write_all(document.as_bytes())));
    std::thread::spawn(move || {
        let mut text = String::new();
        drop(complaint.by_ref().take(COMPLAINT_BYTES_MAX).read_to_string(&mut text));
        drop(complains.send(text));
    });
    std::thread::spawn(move || {
        let mut pdf = Vec::new();
        let read = out.take(limits.output_bytes + 1).read_to_end(&mut pdf);
        drop(said.send(read.map(|_| pdf)));
    });
    let Ok(pdf) = hears.recv_timeout(limits.patience) else {
        bail!("the typesetter took longer than {} s", limits.patience.as_secs())
    };
    let pdf = pdf.context("cannot read what the typesetter writes")?;
    if pdf.len() as u64 > limits.output_bytes {
        bail!("the typesetter wrote more than {} bytes", limits.output_bytes);
    }
    // It has closed its output; what it complained of is there at once, and its end follows.
    let complaint = complained.recv_timeout(limits.patience).unwrap_or_default();
    if !child.wait().context("cannot wait for the typesetter")?.success() || pdf.is_empty() {
        bail!("the typesetter gave up: {}", complaint.trim().trim_start_matches("shouyue-pdf: "));
    }
    Ok(pdf)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const SMALL: Limits = Limits { patience: Duration::from_secs(60), memory_bytes: 64 << 20, output_bytes: 1024 };

    /// What comes of a child that runs this script.
    fn of(script: &str, limits: Limits) -> Result<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("typesetter");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        set(Some(&program), "{\"form\":1}".to_owned(), limits)
    }

    fn refusal(script: &str) -> String {
        format!("{:#}", of(script, SMALL).unwrap_err())
    }

    #[test]
    fn what_it_writes_is_the_answer() {
        assert_eq!(of("cat", SMALL).unwrap(), b"{\"form\":1}");
    }

    #[test]
    fn a_missing_program_is_told_with_the_way_out() {
        let error = set(Some(Path::new("/nonexistent/typesetter")), String::new(), SMALL).unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains("cargo build --release -p shouyue-pdf") && error.contains("render to HTML"), "{error}");
    }

    #[test]
    fn what_it_complains_of_is_told() {
        let error = refusal("echo 'shouyue-pdf: the face Noto Sans CJK SC, Bold is missing' >&2; exit 1");
        assert_eq!(error, "the typesetter gave up: the face Noto Sans CJK SC, Bold is missing");
    }

    #[test]
    fn half_a_document_of_a_child_that_failed_is_none() {
        assert!(refusal("echo half; exit 1").starts_with("the typesetter gave up"));
        assert!(refusal("cat >/dev/null").starts_with("the typesetter gave up"));
    }

    #[test]
    fn it_may_take_so_long_and_write_so_much_and_no_more() {
        let hasty = Limits { patience: Duration::from_secs(1), ..SMALL };
        let error = of("exec sleep 60", hasty).unwrap_err();
        assert_eq!(error.to_string(), "the typesetter took longer than 1 s");
        assert_eq!(refusal("exec head -c 2000 /dev/zero"), "the typesetter wrote more than 1024 bytes");
    }

    #[test]
    fn it_may_take_so_much_memory_and_no_more() {
        let error = refusal("read -r line; all=$(head -c 300000000 /dev/zero | tr '\\0' a); echo done");
        assert!(error.starts_with("the typesetter gave up"), "{error}");
    }
}
