//! The newest head of each log that a witness cosigned, one file a log: the signed note with the witness's own line.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, bail};
use ledger::note::Signature;
use ledger::witness::{Refused, Request, judge};
use ledger::{Cosigner, SignedCheckpoint, VerifierKey, leaf_hash};

/// What ends the name of a log's file.
const HEAD: &str = "head";

/// Heads in a folder, and the key that cosigns them.
pub(super) struct Heads {
    cosigner: Cosigner,
    logs: BTreeMap<String, Log>,
    /// No second witness writes here while it is held.
    _lock: File,
}

/// One log. What it holds is looked at and replaced under one lock, from the decision to the disk.
struct Log {
    keys: Vec<VerifierKey>,
    file: PathBuf,
    latest: Mutex<Option<SignedCheckpoint>>,
}

/// Why no line is given out.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// It may not be cosigned.
    Refused(Refused),
    /// It could not be kept, or not be signed.
    Fault(String),
}

impl Heads {
    /// Opens a folder, and makes it at the first start. `logs`: the keys of each log that is watched, by its origin.
    pub(super) fn open(
        folder: &Path,
        cosigner: Cosigner,
        logs: BTreeMap<String, Vec<VerifierKey>>,
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let lock = File::create(folder.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!("another witness works on {}", folder.display()),
            Err(TryLockError::Error(why)) => return Err(why).context("cannot lock the folder"),
        }
        let mut opened = BTreeMap::new();
        for (origin, keys) in logs {
            // An origin may hold what no file name may.
            let file = folder.join(format!("{}.{HEAD}", hex::encode(leaf_hash(origin.as_bytes()).0)));
            let latest = kept(&file, &origin, cosigner.key())?;
            opened.insert(origin, Log { keys, file, latest: Mutex::new(latest) });
        }
        Ok(Self { cosigner, logs: opened, _lock: lock })
    }

    /// Every log that is watched, and how many leaves of it were cosigned.
    pub(super) fn held(&self) -> impl Iterator<Item = (&str, u64)> {
        self.logs.iter().map(|(origin, log)| {
            let latest = log.latest.lock().unwrap_or_else(PoisonError::into_inner);
            (origin.as_str(), latest.as_ref().map_or(0, |head| head.unverified().size()))
        })
    }

    /// Cosigns, at a time in seconds since 1970, what may be cosigned. Once this returns, the head survives a power loss.
    pub(super) fn cosign(&self, request: &Request, time: u64) -> Result<Signature, Unanswered> {
        let origin = request.head.unverified().origin();
        let log = self.logs.get(origin);
        let log = log.ok_or_else(|| Unanswered::Refused(Refused::UnknownLog(origin.to_owned())))?;
        let mut latest = log.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let held = latest.as_ref().map(SignedCheckpoint::unverified);
        let head = judge(held, request, &log.keys).map_err(Unanswered::Refused)?;
        let line = self.cosigner.cosign(&head, time).map_err(fault)?;
        let mut signed = request.head.clone();
        signed.take_cosignature(&format!("{line}\n"), self.cosigner.key()).map_err(fault)?;
        put(&log.file, &signed.to_string()).map_err(fault)?;
        *latest = Some(signed);
        Ok(line)
    }
}

/// Whether a folder holds heads that were cosigned.
pub(super) fn holds_any(folder: &Path) -> bool {
    let is_head = |entry: fs::DirEntry| entry.path().extension().is_some_and(|kind| kind == HEAD);
    fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(is_head))
}

fn fault(why: impl std::fmt::Display) -> Unanswered {
    Unanswered::Fault(why.to_string())
}

/// What was kept; `None` for a log that was never cosigned. One that we did not write is not begun anew from.
fn kept(file: &Path, origin: &str, own: &VerifierKey) -> anyhow::Result<Option<SignedCheckpoint>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(why).with_context(|| format!("cannot read {}", file.display())),
    };
    let head = SignedCheckpoint::parse(&text).with_context(|| format!("{} is damaged: restore it", file.display()))?;
    head.cosigned(own).with_context(|| format!("{} is not what this witness wrote: restore it", file.display()))?;
    if head.unverified().origin() != origin {
        bail!("{} is the head of another log than {origin}", file.display());
    }
    Ok(Some(head))
}

/// Writes a file whole or not at all.
fn put(path: &Path, text: &str) -> std::io::Result<()> {
    let new = path.with_extension("new");
    let mut file = File::create(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
