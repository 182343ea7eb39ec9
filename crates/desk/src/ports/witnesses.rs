//! Witnesses: somebody else who remembers the newest head of each ledger and cosigns what extends it (C2SP tlog-witness).

use async_trait::async_trait;
use ledger::note::KeyError;
use ledger::{COSIGNATURE_V1, VerifierKey};

use super::{Nobody, Outside};

/// One witness, as the installation knows it.
#[derive(Debug, Clone)]
pub struct Witness {
    /// The key of its cosignatures, which bears its name.
    pub key: VerifierKey,
    /// Whether nothing is served before it has answered at the start.
    pub is_required: bool,
}

impl Witness {
    /// A witness by the text of its key, `<name>+<key id>+<base64>`.
    pub fn read(key: &str, is_required: bool) -> Result<Self, KeyError> {
        Ok(Self { key: VerifierKey::parse(key, &[COSIGNATURE_V1])?, is_required })
    }
}

/// What a witness answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// The signature lines of its cosignature; not checked yet.
    Cosigned(String),
    /// It holds another head, of so many leaves (409).
    Holds(u64),
    /// The proof does not lead from what it holds to what was sent (422).
    Unproved,
    /// It does not watch this ledger (404).
    UnknownLog,
    /// It knows the ledger under another key (403).
    OtherKey,
}

/// Asks witnesses.
#[async_trait]
pub trait Witnesses: Send + Sync {
    /// Every witness that is configured.
    fn all(&self) -> &[Witness];

    /// Hands a witness a request (`add-checkpoint`).
    ///
    /// # Errors
    /// [`Outside::Nobody`] for a witness that is not configured.
    async fn add_checkpoint(&self, witness: &str, request: String) -> Result<Answered, Outside>;
}

#[async_trait]
impl Witnesses for Nobody {
    fn all(&self) -> &[Witness] {
        &[]
    }

    async fn add_checkpoint(&self, _: &str, _: String) -> Result<Answered, Outside> {
        Err(Outside::Nobody)
    }
}
