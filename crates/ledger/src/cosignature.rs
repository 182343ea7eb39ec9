//! Cosignatures: the word of a witness that it saw a log grow to this head and nothing else, with the time at which it says so, as
//! C2SP [tlog-cosignature] writes it for Ed25519.
//!
//! [tlog-cosignature]: https://c2sp.org/tlog-cosignature

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::Checkpoint;
use crate::note::{KeyError, Scheme, Signature, SigningFailed, VerifierKey};

/// `cosignature/v1`: a time (seconds since 1970, 64 bits, big-endian) and an Ed25519 signature over it and the text; type `0x04`.
pub const COSIGNATURE_V1: Scheme = Scheme {
    identifier: &[0x04],
    label: "cosignature/v1",
    accepts_key: |public_key| public_key.len() == 32,
    verify: |public_key, text, signature| {
        let Some((time, signature)) = parts(signature) else { return false };
        UnparsedPublicKey::new(&ED25519, public_key).verify(&message(time, text), signature).is_ok()
    },
};

/// Begins the text of a private key.
const PRIVATE: &str = "PRIVATE+KEY+";

/// When a cosignature was made, in seconds since 1970; `None` for a signature that has not its form.
pub fn time_of(signature: &Signature) -> Option<u64> {
    parts(&signature.bytes).map(|(time, _)| time)
}

/// Time and signature. A time beyond 63 bits is none.
fn parts(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (time, signature) = bytes.split_first_chunk::<8>()?;
    let time = u64::from_be_bytes(*time);
    (i64::try_from(time).is_ok() && signature.len() == 64).then_some((time, signature))
}

fn message(time: u64, text: &[u8]) -> Vec<u8> {
    [format!("cosignature/v1\ntime {time}\n").as_bytes(), text].concat()
}

/// The private key of a witness, under its name.
pub struct Cosigner {
    key: VerifierKey,
    pair: Ed25519KeyPair,
}

impl Cosigner {
    /// From the 32-byte seed of RFC 8032. The key must sign nothing else: the message does not hold the witness's name.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::PrivateKey)?;
        let key = VerifierKey::new(name, COSIGNATURE_V1, pair.public_key().as_ref())?;
        Ok(Self { key, pair })
    }

    /// Reads `PRIVATE+KEY+<name>+<key id>+<base64>`, the form in which tools of signed notes keep such keys.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.strip_prefix(PRIVATE).ok_or(KeyError::PrivateKey)?.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::PrivateKey);
        };
        let key = STANDARD.decode(key).map_err(|_| KeyError::PrivateKey)?;
        let seed = key.strip_prefix(COSIGNATURE_V1.identifier).and_then(|seed| seed.try_into().ok());
        let read = Self::from_seed(name, seed.ok_or(KeyError::PrivateKey)?)?;
        if read.key.id().to_string() == id { Ok(read) } else { Err(KeyError::PrivateKey) }
    }

    /// The text of a private key that [`parse`](Self::parse) reads.
    pub fn private_text(name: &str, seed: &[u8; 32]) -> Result<String, KeyError> {
        let id = Self::from_seed(name, seed)?.key.id();
        Ok(format!("{PRIVATE}{name}+{id}+{}", STANDARD.encode([COSIGNATURE_V1.identifier, seed].concat())))
    }

    /// The public half.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// Cosigns a head at a time, in seconds since 1970. Whether it may is for [`crate::witness::judge`] to say.
    pub fn cosign(&self, head: &Checkpoint, time: u64) -> Result<Signature, SigningFailed> {
        let failed = |reason: &str| SigningFailed { name: self.key.name().to_owned(), reason: reason.to_owned() };
        i64::try_from(time).map_err(|_| failed("the time has more than 63 bits"))?;
        let signed = self.pair.try_sign(&message(time, head.to_string().as_bytes()));
        let signed = signed.map_err(|_| failed("Ed25519 is unavailable"))?;
        let bytes = [&time.to_be_bytes(), signed.as_ref()].concat();
        Ok(Signature { name: self.key.name().to_owned(), id: self.key.id(), bytes })
    }
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({})", self.key)
    }
}
