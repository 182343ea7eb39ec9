//! Checkpoints: the signed head of a log, as C2SP [tlog-checkpoint] writes it.
//!
//! [tlog-checkpoint]: https://c2sp.org/tlog-checkpoint

use std::fmt;
use std::str::FromStr;

use crate::cosignature::{COSIGNATURE_V1, time_of};
use crate::hash::Hash;
use crate::note::{Note, NoteError, SignError, Signer, VerifierKey};
use crate::proof::{ProofError, verify_consistency};
use crate::tile::decimal;

/// What a log states: at this size, the tree of this origin has this root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    extensions: Vec<String>,
}

/// A text that is not a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The first line is missing or empty, or the origin has a control character.
    #[error("the first line of a checkpoint is its origin: not empty, without control characters")]
    Origin,
    /// The second line is not a size.
    #[error("the second line of a checkpoint is the size of the tree: a decimal number without leading zeroes")]
    Size,
    /// The third line is not a root hash.
    #[error("the third line of a checkpoint is the root hash: 32 bytes in base64")]
    Root,
    /// An extension line is empty or has a control character.
    #[error("an extension line of a checkpoint is not empty and has no control characters")]
    Extension,
    /// The text does not end in a newline.
    #[error("a checkpoint ends in a newline; check that it was copied whole")]
    Unfinished,
    /// A tree without leaves has one root only.
    #[error("a checkpoint of size 0 has the root of the empty tree")]
    EmptyRoot,
}

impl Checkpoint {
    /// The head of the log `origin` at `size` leaves.
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        if !is_line(origin) {
            return Err(CheckpointError::Origin);
        }
        if size == 0 && root != Hash::EMPTY_ROOT {
            return Err(CheckpointError::EmptyRoot);
        }
        Ok(Self { origin: origin.to_owned(), size, root, extensions: Vec::new() })
    }

    /// Adds an extension line. The specification advises against them; monitors cannot audit what they say.
    pub fn with_extension(mut self, line: &str) -> Result<Self, CheckpointError> {
        if !is_line(line) {
            return Err(CheckpointError::Extension);
        }
        self.extensions.push(line.to_owned());
        Ok(self)
    }

    /// Unique name of the log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Root of the tree at that size.
    pub fn root(&self) -> Hash {
        self.root
    }

    /// Extension lines, opaque here.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// Signs the checkpoint with every one of `signers`; one of them must bear the origin as its name.
    pub fn sign(self, signers: &[&dyn Signer]) -> Result<SignedCheckpoint, CheckpointSignError> {
        if !signers.iter().any(|signer| signer.key().name() == self.origin) {
            return Err(CheckpointSignError::NotTheLog(self.origin));
        }
        let note = Note::sign(self.to_string(), signers)?;
        Ok(SignedCheckpoint { checkpoint: self, note })
    }

    /// Checks that this checkpoint's tree extends that of `older`.
    ///
    /// [`Inconsistent::Fork`] and a failed proof are evidence that the log rewrote its history: keep both checkpoints.
    pub fn extends(&self, older: &Self, proof: &[Hash]) -> Result<(), Inconsistent> {
        if self.origin != older.origin {
            return Err(Inconsistent::Origins { older: older.origin.clone(), newer: self.origin.clone() });
        }
        if self.size == older.size && self.root != older.root {
            return Err(Inconsistent::Fork { size: self.size, older: older.root, newer: self.root });
        }
        Ok(verify_consistency(older.size, self.size, proof, &older.root, &self.root)?)
    }
}

/// The text of the note: origin, size, root and extension lines.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Unfinished)?.split('\n');
        let origin = lines.next().ok_or(CheckpointError::Origin)?;
        let size = lines.next().and_then(decimal).ok_or(CheckpointError::Size)?;
        let root = lines.next().and_then(|line| line.parse().ok()).ok_or(CheckpointError::Root)?;
        lines.try_fold(Self::new(origin, size, root)?, Self::with_extension)
    }
}

fn is_line(line: &str) -> bool {
    !line.is_empty() && !line.contains(|c: char| c < ' ')
}

/// Why a checkpoint was not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointSignError {
    /// No signer bears the name of the log.
    #[error("none of the signers is named {0}, as the log's own key must be")]
    NotTheLog(String),
    /// The note could not be signed.
    #[error(transparent)]
    Note(#[from] SignError),
}

/// Why two checkpoints are not of one growing tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Inconsistent {
    /// They are of different logs.
    #[error("the checkpoints are of different logs, {older} and {newer}")]
    Origins {
        /// Origin of the older one.
        older: String,
        /// Origin of the newer one.
        newer: String,
    },
    /// One size, two roots: the log showed two histories.
    #[error(
        "two roots at {size} leaves, {older} and {newer}: the log showed two histories; keep both checkpoints as evidence"
    )]
    Fork {
        /// The size of both.
        size: u64,
        /// Root of the older one.
        older: Hash,
        /// Root of the newer one.
        newer: Hash,
    },
    /// The consistency proof does not hold.
    #[error("the newer checkpoint is not shown to extend the older one: {0}")]
    Proof(#[from] ProofError),
}

/// A checkpoint with its signatures, none of them checked yet: what it states is reached through [`verify`](Self::verify).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

/// Why a signed checkpoint is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignedCheckpointError {
    /// Its form or a signature is wrong.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The note holds something else than a checkpoint.
    #[error(transparent)]
    Text(#[from] CheckpointError),
    /// The trusted keys that signed are not the log's own.
    #[error(
        "the checkpoint of {origin} is signed by {signed_by} but not by the log's own key, which bears the log's name"
    )]
    NotTheLog {
        /// The log.
        origin: String,
        /// Trusted keys that signed, separated by commas.
        signed_by: String,
    },
}

impl SignedCheckpoint {
    /// Reads a signed checkpoint, without checking any signature.
    pub fn parse(text: &str) -> Result<Self, SignedCheckpointError> {
        let note = Note::parse(text)?;
        Ok(Self { checkpoint: note.text().parse()?, note })
    }

    /// Checks the signatures and hands out what the log states.
    ///
    /// Lines of unknown keys are passed over. A trusted key that bears the origin as its name must have signed, so the key of
    /// one log, or of a witness, never vouches for another log; and no trusted key's signature may be wrong.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<&Checkpoint, SignedCheckpointError> {
        let signers = self.note.verify(keys)?;
        let is_own = |key: &&&VerifierKey| {
            key.name() == self.checkpoint.origin && key.scheme().identifier != COSIGNATURE_V1.identifier
        };
        if signers.iter().any(|key| is_own(&key)) {
            return Ok(&self.checkpoint);
        }
        let names: Vec<_> = signers.iter().map(|key| key.name()).collect();
        Err(SignedCheckpointError::NotTheLog { origin: self.checkpoint.origin.clone(), signed_by: names.join(", ") })
    }

    /// When the witness of this key cosigned, in seconds since 1970.
    pub fn cosigned(&self, witness: &VerifierKey) -> Result<u64, NoteError> {
        let line = self.note.line_of(witness)?;
        time_of(line).ok_or_else(|| NoteError::BadSignature { name: line.name.clone(), id: line.id })
    }

    /// Takes over what a witness answered: of its signature lines that of the witness's key, in the place of an older one. Lines of
    /// other keys are left out, as nobody here can say what they are worth.
    pub fn take_cosignature(&mut self, answer: &str, witness: &VerifierKey) -> Result<u64, NoteError> {
        let answered = Self { note: Note::parse(&format!("{}\n{answer}", self.note.text()))?, ..self.clone() };
        let time = answered.cosigned(witness)?;
        self.note.put_line(answered.note.line_of(witness)?.clone());
        Ok(time)
    }

    /// What the text states, whoever wrote it. Only for one's own checkpoints, and to say which key is needed.
    pub fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note: text and signature lines.
    pub fn note(&self) -> &Note {
        &self.note
    }
}

/// The signed note, as it is stored and served.
impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}
