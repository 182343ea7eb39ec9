//! Verifying a copy that a person took along, offline: a pure function of what was signed, the files and the keys that one
//! trusts.

use std::collections::{BTreeMap, BTreeSet};

use ledger::VerifierKey;
use ledger::note::Note;
use model::{Fingerprint, Slug};

use super::{Check, Checked, origin};

/// How one file of a copy fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fared {
    /// It is what was signed.
    Whole,
    /// It is something else.
    Altered,
    /// It was signed, and is not there.
    Missing,
    /// It is there, and nobody signed it.
    Unnamed,
}

impl Fared {
    /// The word for listings and translations.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Whole => "ok",
            Self::Altered => "altered",
            Self::Missing => "missing",
            Self::Unnamed => "unnamed",
        }
    }
}

/// What was found of a copy.
#[derive(Debug, Clone)]
pub struct VerifiedCopy {
    /// Name of the log whose key signed it, as the note states it.
    pub origin: String,
    /// The note reads, and is signed by that log's own, trusted key.
    pub checks: Vec<Checked>,
    /// Every file, of the note or of the copy, by name.
    pub files: BTreeMap<String, Fared>,
}

impl VerifiedCopy {
    /// The note is signed, and the files are the ones that it names, all of them and no other.
    pub fn holds(&self) -> bool {
        let signed = self.checks.len() == 2 && self.checks.iter().all(|check| check.passed == Some(true));
        signed && self.files.values().all(|fared| *fared == Fared::Whole)
    }
}

/// The first line of what is signed of a platform's copy.
pub(crate) fn copy_of(platform: &Slug) -> String {
    format!("{}{COPY}", origin(platform))
}

const COPY: &str = "/export";

/// Verifies a copy: `note` is its signature, `found` the SHA-256 of every other file by its name in the copy.
pub fn verify_copy(note: &str, found: &BTreeMap<String, Fingerprint>, keys: &[VerifierKey]) -> VerifiedCopy {
    let read = Note::parse(note).map_err(|why| why.to_string()).and_then(|note| {
        let named = named(note.text()).ok_or_else(|| "the signature names no files".to_owned())?;
        Ok((note, named))
    });
    let (note, (origin, signed)) = match read {
        Ok(read) => read,
        Err(why) => {
            let reads = Checked { what: Check::Reads, passed: Some(false), detail: why };
            let files = found.keys().map(|name| (name.clone(), Fared::Unnamed)).collect();
            return VerifiedCopy { origin: String::new(), checks: vec![reads], files };
        }
    };
    let (passed, detail) = match note.verify(keys) {
        Ok(good) if good.iter().any(|key| key.name() == origin) => (true, format!("signed by {origin}")),
        Ok(_) => (false, format!("is not signed by {origin}, which it names")),
        Err(why) => (false, why.to_string()),
    };
    let fared = |name: &String| match (signed.get(name), found.get(name)) {
        (Some(signed), Some(found)) if signed == found => Fared::Whole,
        (Some(_), Some(_)) => Fared::Altered,
        (Some(_), None) => Fared::Missing,
        (None, _) => Fared::Unnamed,
    };
    let names: BTreeSet<&String> = signed.keys().chain(found.keys()).collect();
    VerifiedCopy {
        files: names.into_iter().map(|name| (name.clone(), fared(name))).collect(),
        checks: vec![
            Checked { what: Check::Reads, passed: Some(true), detail: "the signature reads".to_owned() },
            Checked { what: Check::Signature, passed: Some(passed), detail },
        ],
        origin,
    }
}

/// The log and the files that the text of a note names; `None` for one of another form, or that names a file twice.
fn named(text: &str) -> Option<(String, BTreeMap<String, Fingerprint>)> {
    let mut lines = text.lines();
    let origin = lines.next()?.strip_suffix(COPY)?.to_owned();
    let mut files = BTreeMap::new();
    for line in lines {
        let (digest, name) = line.strip_prefix("sha256 ")?.split_once(' ')?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(digest, &mut bytes).ok()?;
        if files.insert(name.to_owned(), Fingerprint::from_digest(bytes)).is_some() {
            return None;
        }
    }
    Some((origin, files))
}

#[cfg(test)]
mod tests;
