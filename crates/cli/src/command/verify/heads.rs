//! Two checkpoints of one log: that both are signed, and that the later extends the earlier.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use desk::evidence::{cosigned, verify_heads};
use ledger::{Hash, SignedCheckpoint};
use serde::Deserialize;
use serde_json::json;

use super::{Trusted, checks_as_json, print_checks};
use crate::Outcome;
use crate::options::{self, Misused};

/// What the log gives between two sizes.
#[derive(Deserialize)]
struct Proof {
    hashes: Vec<String>,
}

/// The checkpoints, where two files are such; `None` where none is.
pub(super) fn found(paths: &[PathBuf]) -> anyhow::Result<Option<(SignedCheckpoint, SignedCheckpoint)>> {
    let read = |path: &PathBuf| SignedCheckpoint::parse(&fs::read_to_string(path).ok()?).ok();
    let mut heads: Vec<SignedCheckpoint> = paths.iter().filter_map(read).collect();
    match (heads.pop(), heads.pop(), paths.len()) {
        (None, ..) => Ok(None),
        (Some(new), Some(old), 2) => Ok(Some((old, new))),
        _ => Err(Misused("checkpoints are verified two at a time, and beside nothing else".to_owned()).into()),
    }
}

pub(super) fn run(
    (old, new): &(SignedCheckpoint, SignedCheckpoint),
    asked: &options::Verify,
    Trusted { keys, witnesses }: &Trusted,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let proof = asked.consistency.as_deref().map(proof).transpose()?;
    let mut verified = verify_heads((old, new), proof.as_deref(), keys);
    verified.checks.extend(cosigned(&verified.later, witnesses));
    let (path, holds) = (asked.receipts.last().map_or(Path::new(""), PathBuf::as_path), verified.holds());
    if asked.format.json {
        let (old, new) = verified.sizes;
        let checks = checks_as_json(&verified.checks);
        writeln!(
            out,
            "{}",
            json!({"origin": verified.origin, "old": old, "new": new, "verified": holds, "checks": checks})
        )?;
    } else {
        print_checks(path, holds, &verified.checks, out)?;
        let (old, new) = verified.sizes;
        if verified.checks.iter().any(|check| check.passed.is_none()) && proof.is_none() {
            writeln!(
                out,
                "  get the proof: GET …/ledger/consistency?old={old}&new={new}, and give it with --consistency"
            )?;
        }
    }
    Ok(if holds { Outcome::Fine } else { Outcome::Found })
}

fn proof(path: &Path) -> anyhow::Result<Vec<Hash>> {
    let unread = || Misused(format!("{} is no proof of consistency", path.display()));
    let text = fs::read_to_string(path).map_err(|why| Misused(format!("cannot read {}: {why}", path.display())))?;
    let proof: Proof = serde_json::from_str(&text).map_err(|_| unread())?;
    let hashes = proof.hashes.iter().map(|hash| hash.parse::<Hash>());
    Ok(hashes.collect::<Result<_, _>>().map_err(|_| unread())?)
}
