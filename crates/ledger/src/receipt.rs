//! Receipts: the proof that a leaf is in the log, in one text that verifies without the log, as C2SP [tlog-proof] writes it.
//!
//! [tlog-proof]: https://c2sp.org/tlog-proof

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{Checkpoint, SignedCheckpoint, SignedCheckpointError};
use crate::hash::{Hash, leaf_hash};
use crate::note::{MAX_NOTE, VerifierKey};
use crate::proof::{MAX_PROOF, ProofError, root_from_inclusion};
use crate::tile::decimal;

/// First line of every receipt.
pub const RECEIPT_HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Longest extra data, in bytes.
pub const MAX_EXTRA: usize = 128 * 1024;

/// Longest receipt that is read, in bytes: extra data in base64, hashes and checkpoint.
pub const MAX_RECEIPT: usize = MAX_EXTRA / 3 * 4 + MAX_PROOF * 45 + MAX_NOTE + 1024;

/// A receipt: where the leaf stands, the hashes from there to the root, and the checkpoint that signs the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    index: u64,
    extra: Vec<u8>,
    proof: Vec<Hash>,
    checkpoint: SignedCheckpoint,
}

/// A text that is not a receipt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Too long to be looked at.
    #[error("the receipt has {0} bytes; at most {MAX_RECEIPT} are read")]
    TooLong(usize),
    /// The first line is another one.
    #[error("a receipt begins with the line {RECEIPT_HEADER}; this is another kind of file")]
    Header,
    /// The extra data is not base64, empty, or too long.
    #[error(
        "the extra line of the receipt is not base64 of 1 to {MAX_EXTRA} bytes; check that the receipt was copied whole"
    )]
    Extra,
    /// No index where it should stand.
    #[error("the receipt has no line with the index of the leaf; check that it was copied whole")]
    Index,
    /// A line of the proof is not a hash.
    #[error("line {0} of the proof is not a hash in base64; check that the receipt was copied whole")]
    Hash(usize),
    /// The empty line before the checkpoint is missing, or there are too many hashes.
    #[error("no empty line after at most {MAX_PROOF} hashes; check that the receipt was copied whole")]
    NoCheckpoint,
    /// What follows is not a signed checkpoint.
    #[error("the receipt's checkpoint cannot be read: {0}")]
    Checkpoint(SignedCheckpointError),
}

impl Receipt {
    /// A receipt for leaf `index`, by a proof in the tree of the checkpoint.
    ///
    /// `extra` is carried along for the verifier (the salt of the leaf, or the leaf itself) and is authenticated by nothing; empty
    /// means none.
    pub fn new(
        index: u64,
        extra: Vec<u8>,
        proof: Vec<Hash>,
        checkpoint: SignedCheckpoint,
    ) -> Result<Self, ReceiptError> {
        if extra.len() > MAX_EXTRA {
            return Err(ReceiptError::Extra);
        }
        if proof.len() > MAX_PROOF {
            return Err(ReceiptError::NoCheckpoint);
        }
        Ok(Self { index, extra, proof, checkpoint })
    }

    /// Reads a receipt, without checking anything that it claims.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        if text.len() > MAX_RECEIPT {
            return Err(ReceiptError::TooLong(text.len()));
        }
        let (header, mut rest) = line(text).ok_or(ReceiptError::Header)?;
        if header != RECEIPT_HEADER {
            return Err(ReceiptError::Header);
        }
        let mut extra = Vec::new();
        if let Some((base64, after)) =
            line(rest).and_then(|(first, after)| Some((first.strip_prefix("extra ")?, after)))
        {
            extra = STANDARD.decode(base64).map_err(|_| ReceiptError::Extra)?;
            if extra.is_empty() || extra.len() > MAX_EXTRA {
                return Err(ReceiptError::Extra);
            }
            rest = after;
        }
        let (index, mut rest) = line(rest).ok_or(ReceiptError::Index)?;
        let index = index.strip_prefix("index ").and_then(decimal).ok_or(ReceiptError::Index)?;
        let mut proof = Vec::new();
        loop {
            let (hash, after) = line(rest).ok_or(ReceiptError::NoCheckpoint)?;
            rest = after;
            if hash.is_empty() {
                break;
            }
            if proof.len() == MAX_PROOF {
                return Err(ReceiptError::NoCheckpoint);
            }
            proof.push(hash.parse().map_err(|_| ReceiptError::Hash(proof.len() + 1))?);
        }
        let checkpoint = SignedCheckpoint::parse(rest).map_err(ReceiptError::Checkpoint)?;
        Ok(Self { index, extra, proof, checkpoint })
    }

    /// Index of the leaf.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Data carried along; authenticated by nothing, empty if there is none.
    pub fn extra(&self) -> &[u8] {
        &self.extra
    }

    /// The audit path, sibling of the leaf first.
    pub fn proof(&self) -> &[Hash] {
        &self.proof
    }

    /// The checkpoint, its signatures not checked.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Checks that `leaf` stands in the log of one of `keys`, at the receipt's index.
    pub fn verify(&self, leaf: &[u8], keys: &[VerifierKey]) -> Result<Verified, Rejected> {
        let checkpoint = self.checkpoint.verify(keys)?;
        let leaf_hash = leaf_hash(leaf);
        let computed =
            root_from_inclusion(&leaf_hash, self.index, checkpoint.size(), &self.proof).map_err(Rejected::Proof)?;
        if computed != checkpoint.root() {
            return Err(Rejected::OtherLeaf { index: self.index, computed, signed: checkpoint.root() });
        }
        Ok(Verified { index: self.index, leaf_hash, checkpoint: checkpoint.clone() })
    }
}

/// The line up to the next newline, and what follows.
fn line(text: &str) -> Option<(&str, &str)> {
    text.split_once('\n')
}

/// The text of the receipt, for a file that ends in `.tlog-proof`.
impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{RECEIPT_HEADER}")?;
        if !self.extra.is_empty() {
            writeln!(f, "extra {}", STANDARD.encode(&self.extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// What a receipt proved: this leaf stands at this index of the log whose head this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Index of the leaf.
    pub index: u64,
    /// Hash of the leaf.
    pub leaf_hash: Hash,
    /// The checkpoint, its signatures checked.
    pub checkpoint: Checkpoint,
}

/// Which check a receipt failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// It cannot be read.
    #[error("not a receipt: {0}")]
    Malformed(#[from] ReceiptError),
    /// The checkpoint is not signed by the log.
    #[error("the checkpoint is not accepted: {0}")]
    Checkpoint(#[from] SignedCheckpointError),
    /// The proof does not have the shape that index and size demand.
    #[error("the proof does not fit the checkpoint: {0}; ask the log for a new receipt")]
    Proof(ProofError),
    /// The checkpoint is genuine, but the leaf at that index is another one, or the proof was altered.
    #[error(
        "the leaf is not what the log holds at index {index}: it leads to the root {computed}, signed is {signed}; \
         compare the leaf byte for byte with what the receipt was issued for"
    )]
    OtherLeaf {
        /// Index in the receipt.
        index: u64,
        /// Root to which leaf and proof lead.
        computed: Hash,
        /// Root that the log signed.
        signed: Hash,
    },
}

/// Reads a receipt and checks that `leaf` stands in the log of one of `keys`.
pub fn verify(receipt: &str, leaf: &[u8], keys: &[VerifierKey]) -> Result<Verified, Rejected> {
    Receipt::parse(receipt)?.verify(leaf, keys)
}
