//! A witness: it remembers the newest head that it cosigned of each log, and cosigns only what extends it, as C2SP [tlog-witness]
//! has it. So a log that a witness knows can neither take back what it showed nor show two histories.
//!
//! Here is what a witness decides, and the texts that go to and fro. Whoever runs one keeps the newest head of each log, makes what
//! [`judge`] gives durable before it answers, and lets nothing come between the two.
//!
//! [tlog-witness]: https://c2sp.org/tlog-witness

use std::fmt;
use std::str::FromStr;

use crate::checkpoint::{Checkpoint, Inconsistent, SignedCheckpoint, SignedCheckpointError};
use crate::hash::Hash;
use crate::note::{MAX_NOTE, VerifierKey};
use crate::proof::{MAX_PROOF, ProofError};
use crate::tile::decimal;

/// The path of the one call.
pub const ADD_CHECKPOINT: &str = "/add-checkpoint";

/// Media type of the answer that tells the size of the newest cosigned head.
pub const SIZE_TYPE: &str = "text/x.tlog.size";

/// Longest request that is read, in bytes.
pub const MAX_REQUEST: usize = MAX_NOTE + MAX_PROOF * 45 + 64;

/// What a log asks of a witness: to cosign a head that extends the tree of `old` leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Size of the newest head that the witness cosigned, as far as the log knows.
    pub old: u64,
    /// Consistency proof from there (RFC 6962 §2.1.2).
    pub proof: Vec<Hash>,
    /// The new head.
    pub head: SignedCheckpoint,
}

/// A body that is no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Too long to be looked at.
    #[error("the request has {0} bytes; at most {MAX_REQUEST} are read")]
    TooLong(usize),
    /// No `old` line.
    #[error("a request begins with the line `old <size>`")]
    Old,
    /// A line of the proof is not a hash.
    #[error("line {0} of the proof is not a hash in base64")]
    Hash(usize),
    /// More hashes than a proof can have.
    #[error("a consistency proof has at most 63 hashes")]
    TooManyHashes,
    /// No empty line before the head.
    #[error("an empty line stands between the proof and the checkpoint")]
    NoCheckpoint,
    /// What follows is not a signed head.
    #[error("the checkpoint cannot be read: {0}")]
    Checkpoint(#[from] SignedCheckpointError),
}

impl FromStr for Request {
    type Err = RequestError;

    fn from_str(text: &str) -> Result<Self, RequestError> {
        if text.len() > MAX_REQUEST {
            return Err(RequestError::TooLong(text.len()));
        }
        let (first, mut rest) = text.split_once('\n').ok_or(RequestError::Old)?;
        let old = first.strip_prefix("old ").and_then(decimal).ok_or(RequestError::Old)?;
        let mut proof = Vec::new();
        loop {
            let (line, after) = rest.split_once('\n').ok_or(RequestError::NoCheckpoint)?;
            rest = after;
            if line.is_empty() {
                break;
            }
            if proof.len() + 1 == MAX_PROOF {
                return Err(RequestError::TooManyHashes);
            }
            proof.push(line.parse().map_err(|_| RequestError::Hash(proof.len() + 1))?);
        }
        Ok(Self { old, proof, head: SignedCheckpoint::parse(rest)? })
    }
}

/// The body of the call.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.head)
    }
}

/// Why a witness does not cosign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It does not watch this log; for whoever runs the witness to say.
    #[error("this witness does not watch the log {0}")]
    UnknownLog(String),
    /// No key that it knows for the log signed the head, or such a signature is wrong.
    #[error("the checkpoint is not accepted: {0}")]
    Unsigned(SignedCheckpointError),
    /// The old size is larger than the new one.
    #[error("a tree of {old} leaves cannot grow into one of {new}")]
    Shrunk {
        /// Size that the request begins at.
        old: u64,
        /// Size of its head.
        new: u64,
    },
    /// The newest head that it cosigned has another size than the request says, or this size and another root.
    #[error("the newest head that was cosigned has {size} leaves, and is not the one that was sent")]
    Conflict {
        /// Size of the newest cosigned head.
        size: u64,
    },
    /// The head is not shown to extend what was cosigned.
    #[error("the checkpoint is not shown to extend what was cosigned: {0}")]
    Unproved(ProofError),
}

impl Refused {
    /// The status by which the protocol says it.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Shrunk { .. } => 400,
            Self::Unsigned(_) => 403,
            Self::UnknownLog(_) => 404,
            Self::Conflict { .. } => 409,
            Self::Unproved(_) => 422,
        }
    }
}

/// Whether a witness may cosign: the head that it then holds, which is `latest` or extends it.
///
/// `latest` is the newest head of this log that the witness cosigned, `keys` are those of the log.
pub fn judge(latest: Option<&Checkpoint>, request: &Request, keys: &[VerifierKey]) -> Result<Checkpoint, Refused> {
    let head = request.head.verify(keys).map_err(Refused::Unsigned)?;
    if request.old > head.size() {
        return Err(Refused::Shrunk { old: request.old, new: head.size() });
    }
    let size = latest.map_or(0, Checkpoint::size);
    if request.old != size {
        return Err(Refused::Conflict { size });
    }
    let extended = match latest {
        Some(latest) => head.extends(latest, &request.proof),
        // Every tree extends the empty one, by an empty proof.
        None if request.proof.is_empty() => Ok(()),
        None => Err(ProofError::Length { expected: 0, found: request.proof.len() }.into()),
    };
    match extended {
        Ok(()) => Ok(head.clone()),
        Err(Inconsistent::Proof(why)) => Err(Refused::Unproved(why)),
        Err(Inconsistent::Fork { .. } | Inconsistent::Origins { .. }) => Err(Refused::Conflict { size }),
    }
}
