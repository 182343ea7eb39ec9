//! Verifying two heads of one log against each other, offline: that nothing which the earlier one stands for was taken out or altered.

use ledger::{Checkpoint, Hash, SignedCheckpoint, VerifierKey};

use super::{Check, Checked};

/// What two heads prove about each other.
#[derive(Debug, Clone)]
pub struct VerifiedHeads {
    /// Name of the log, as the first head states it.
    pub origin: String,
    /// Sizes of the earlier and of the later head.
    pub sizes: (u64, u64),
    /// The note of the later head.
    pub later: String,
    /// Both signatures, then consistency.
    pub checks: Vec<Checked>,
}

impl VerifiedHeads {
    /// Both are signed, and the later extends the earlier.
    pub fn holds(&self) -> bool {
        self.checks.len() >= 3 && self.checks.iter().all(|check| check.passed == Some(true))
    }
}

/// Verifies two heads, in whichever order, with the proof of consistency that the log gave for their sizes. Heads of one size need none.
pub fn verify_heads(
    (one, other): (&SignedCheckpoint, &SignedCheckpoint),
    proof: Option<&[Hash]>,
    keys: &[VerifierKey],
) -> VerifiedHeads {
    let (old, new) = if one.unverified().size() <= other.unverified().size() { (one, other) } else { (other, one) };
    let later = new.to_string();
    let mut checks = vec![signature(old, keys), signature(new, keys)];
    let (old, new) = (old.unverified(), new.unverified());
    // What nobody signed proves nothing about the log.
    let signed = checks.iter().all(|check| check.passed == Some(true));
    checks.push(if signed { consistency(old, new, proof) } else { not_made("") });
    VerifiedHeads { origin: old.origin().to_owned(), sizes: (old.size(), new.size()), later, checks }
}

fn signature(head: &SignedCheckpoint, keys: &[VerifierKey]) -> Checked {
    let (passed, detail) = match head.verify(keys) {
        Ok(read) => (true, format!("{} leaves, signed by {}", read.size(), read.origin())),
        Err(why) => (false, format!("{} leaves: {why}", head.unverified().size())),
    };
    Checked { what: Check::Signature, passed: Some(passed), detail }
}

fn not_made(detail: &str) -> Checked {
    Checked { what: Check::Consistency, passed: None, detail: detail.to_owned() }
}

fn consistency(old: &Checkpoint, new: &Checkpoint, proof: Option<&[Hash]>) -> Checked {
    if old.origin() != new.origin() {
        return not_made("they are heads of two logs");
    }
    let proof = match proof {
        Some(proof) => proof,
        None if old.size() == new.size() => &[],
        None => return not_made("no proof was given for these sizes"),
    };
    match new.extends(old, proof) {
        Ok(()) => {
            let detail = format!("{} leaves extend {}", new.size(), old.size());
            Checked { what: Check::Consistency, passed: Some(true), detail }
        }
        Err(why) => Checked { what: Check::Consistency, passed: Some(false), detail: why.to_string() },
    }
}
