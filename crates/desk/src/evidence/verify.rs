//! Verifying a receipt offline: a pure function of the receipt and the keys that one trusts.

use ledger::note::Note;
use ledger::{Hash, Receipt, VerifierKey, leaf_hash, proof::root_from_inclusion};

use model::Fingerprint;

use crate::leaf::{Entry, Extra, tag};
use crate::seat::sha256;

/// One thing that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// The text is a receipt.
    Reads,
    /// What it carries is an entry in the one form that an entry has.
    Entry,
    /// The salt opens the entry's tag to the subject named.
    Subject,
    /// The salt opens the entry's tag to the record named.
    Record,
    /// The entry stands at its index in the tree of the checkpoint.
    Inclusion,
    /// The checkpoint is signed by the log's own, trusted key; of a document: the document is.
    Signature,
    /// The document is the one that the entry names.
    Document,
    /// The later head extends the earlier one.
    Consistency,
    /// A witness, whose key was given, cosigned the checkpoint.
    Witness,
}

impl Check {
    /// Every check of a receipt, in the order in which they are made.
    pub const ALL: [Self; 6] =
        [Self::Reads, Self::Entry, Self::Subject, Self::Record, Self::Inclusion, Self::Signature];

    /// The word for listings and translations.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Entry => "entry",
            Self::Subject => "subject",
            Self::Record => "record",
            Self::Inclusion => "inclusion",
            Self::Signature => "signature",
            Self::Document => "document",
            Self::Consistency => "consistency",
            Self::Witness => "witness",
        }
    }

    /// Whether a receipt without it proves nothing.
    const fn is_needed(self) -> bool {
        !matches!(self, Self::Subject | Self::Record | Self::Document | Self::Consistency)
    }
}

/// How one check went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What was checked.
    pub what: Check,
    /// `None`: the receipt does not carry what it takes, or cannot be read so far.
    pub passed: Option<bool>,
    /// What was found, for people who debug; free of personal information.
    pub detail: String,
}

/// What a receipt proves.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Index of the leaf.
    pub index: u64,
    /// Leaves in the tree of the checkpoint.
    pub size: u64,
    /// Name of the log, as the checkpoint states it.
    pub origin: String,
    /// What the leaf says; rely on it only if [`Verified::holds`].
    pub entry: Option<Entry>,
    /// Hash of the leaf.
    pub leaf: Option<Hash>,
    /// The signed note in the receipt.
    pub checkpoint: String,
    /// Every check, in the order of [`Check::ALL`].
    pub checks: Vec<Checked>,
}

impl Verified {
    /// Every check that proves something was made and none failed.
    pub fn holds(&self) -> bool {
        let fine = |check: &Checked| check.passed.unwrap_or(!check.what.is_needed());
        self.checks.len() >= Check::ALL.len() && self.checks.iter().all(fine)
    }

    /// How a check went; `None` when it was not made.
    pub fn passed(&self, what: Check) -> Option<bool> {
        self.checks.iter().find(|check| check.what == what).and_then(|check| check.passed)
    }

    fn unreadable(why: String) -> Self {
        let later = |what| Checked { what, passed: None, detail: String::new() };
        let mut checks: Vec<Checked> = Check::ALL.into_iter().map(later).collect();
        if let Some(first) = checks.first_mut() {
            (first.passed, first.detail) = (Some(false), why);
        }
        Self { index: 0, size: 0, origin: String::new(), entry: None, leaf: None, checkpoint: String::new(), checks }
    }
}

/// Verifies a receipt against the keys that one trusts, every check by itself.
pub fn verify(receipt: &str, keys: &[VerifierKey]) -> Verified {
    let receipt = match Receipt::parse(receipt) {
        Ok(receipt) => receipt,
        Err(why) => return Verified::unreadable(why.to_string()),
    };
    let extra: Option<Extra> = serde_json::from_slice(receipt.extra()).ok();
    // Canonical, as the entry below: whoever writes the same receipt writes the same bytes.
    let Some(extra) = extra.filter(|extra| serde_json::to_vec(extra).is_ok_and(|bytes| bytes == receipt.extra()))
    else {
        return Verified::unreadable("the receipt carries no entry".to_owned());
    };
    let stated = receipt.checkpoint().unverified();
    let leaf = leaf_hash(extra.entry.as_bytes());
    let entry: Option<Entry> = serde_json::from_str(&extra.entry).ok();
    // Canonical: whoever writes the same entry writes the same bytes, so that nothing hides in spelling.
    let entry = entry.filter(|entry| entry.bytes() == extra.entry.as_bytes());
    let computed = root_from_inclusion(&leaf, receipt.index(), stated.size(), receipt.proof());
    let included = computed.as_ref().is_ok_and(|root| *root == stated.root());
    let signed = receipt.checkpoint().verify(keys);
    let checks = vec![
        done(Check::Reads, Some(true), "the receipt reads"),
        done(Check::Entry, Some(entry.is_some()), "the entry is in its one form"),
        done(Check::Subject, opens_subject(&extra, entry.as_ref()), "the salt opens the tag to the subject"),
        done(Check::Record, opens_record(&extra, entry.as_ref()), "the salt opens the tag to the record"),
        Checked {
            what: Check::Inclusion,
            passed: Some(included),
            detail: computed.map_or_else(|why| why.to_string(), |root| format!("leads to {root}")),
        },
        Checked {
            what: Check::Signature,
            passed: Some(signed.is_ok()),
            detail: signed.map_or_else(|why| why.to_string(), |good| format!("signed by {}", good.origin())),
        },
    ];
    Verified {
        index: receipt.index(),
        size: stated.size(),
        origin: stated.origin().to_owned(),
        entry,
        leaf: Some(leaf),
        checkpoint: receipt.checkpoint().to_string(),
        checks,
    }
}

/// Checks the document of a written consent against the entry of a receipt that holds: that it is the one named, and
/// where it was signed on a page, by whom. The scan of a paper carries no signature that a program can check.
pub fn document(entry: &Entry, document: &[u8], keys: &[VerifierKey]) -> Vec<Checked> {
    let digest = Fingerprint::from_digest(sha256(document));
    let named = entry.document == Some(digest);
    let mut checks = vec![Checked { what: Check::Document, passed: Some(named), detail: format!("is {digest}") }];
    let note = std::str::from_utf8(document).ok().and_then(|text| Note::parse(text).ok());
    checks.extend(note.map(|note| {
        let signed = note.verify(keys);
        let detail = signed.as_ref().map_or_else(ToString::to_string, |keys| {
            keys.first().map(|key| format!("signed by {}", key.name())).unwrap_or_default()
        });
        Checked { what: Check::Signature, passed: Some(signed.is_ok()), detail }
    }));
    checks
}

fn done(what: Check, passed: Option<bool>, detail: &str) -> Checked {
    let detail = if passed.is_none() { "the receipt does not name one" } else { detail };
    Checked { what, passed, detail: detail.to_owned() }
}

fn salt(extra: &Extra) -> Option<[u8; 32]> {
    let mut salt = [0; 32];
    hex::decode_to_slice(extra.salt.as_ref()?, &mut salt).ok()?;
    Some(salt)
}

fn opens_subject(extra: &Extra, entry: Option<&Entry>) -> Option<bool> {
    let subject = extra.subject?;
    let opens = salt(extra).zip(entry).is_some_and(|(salt, entry)| entry.concerns(&salt, subject));
    Some(opens)
}

fn opens_record(extra: &Extra, entry: Option<&Entry>) -> Option<bool> {
    let record = extra.record?;
    let blinded = entry.and_then(|entry| entry.record.as_ref());
    Some(salt(extra).zip(blinded).is_some_and(|(salt, blinded)| tag(&salt, record.as_bytes()) == *blinded))
}

#[cfg(test)]
mod tests;
