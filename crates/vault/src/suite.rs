//! Suites of algorithms, one for each platform; everything sealed names its own in one byte.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use crate::guomi::{self, Sm4Gcm};
use crate::key::{KEY_LEN, VaultError};

/// Length of a nonce, in bytes, in every suite.
pub(crate) const NONCE: usize = 12;

/// Length of an authentication tag, in bytes, in every suite.
pub(crate) const TAG: usize = 16;

/// A suite of algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suite {
    /// AES-256-GCM (NIST SP 800-38D), HMAC-SHA-256, Ed25519.
    International,
    /// SM4-GCM (RFC 8998), HMAC-SM3, and SM2 beside Ed25519. The tree is of SHA-256 in both, as its public formats are.
    Guomi,
}

impl Suite {
    /// Every suite.
    pub const ALL: &'static [Self] = &[Self::International, Self::Guomi];

    /// The word for configurations.
    pub const fn word(self) -> &'static str {
        match self {
            Self::International => "international",
            Self::Guomi => "guomi",
        }
    }

    /// The byte that everything sealed begins with.
    pub const fn byte(self) -> u8 {
        match self {
            Self::International => 1,
            Self::Guomi => 2,
        }
    }

    /// The suite of something sealed, if it has the shape of that: suite, nonce, ciphertext, tag. It says nothing of whether
    /// it opens.
    pub fn of_sealed(sealed: &[u8]) -> Option<Self> {
        let (suite, rest) = sealed.split_first()?;
        Self::of(*suite).ok().filter(|_| rest.len() >= NONCE + TAG)
    }

    /// The suite of a part's wrapped key, if it has the shape of one.
    pub fn of_wrapped(wrapped: &[u8]) -> Option<Self> {
        let (_, sealed) = wrapped.split_first_chunk::<4>()?;
        Self::of_sealed(sealed).filter(|_| sealed.len() == 1 + NONCE + KEY_LEN + TAG)
    }

    pub(crate) fn of(byte: u8) -> Result<Self, VaultError> {
        Self::ALL.iter().copied().find(|suite| suite.byte() == byte).ok_or(VaultError::Suite(byte))
    }

    /// A cipher under a key of this suite.
    pub(crate) fn cipher(self, key: &[u8; KEY_LEN]) -> Result<Cipher, VaultError> {
        match self {
            Self::International => {
                let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| VaultError::Sealed)?;
                Ok(Cipher::Aes256Gcm(Box::new(LessSafeKey::new(key))))
            }
            Self::Guomi => Sm4Gcm::under(key).map(Cipher::Sm4Gcm),
        }
    }

    /// A keyed hash over parts, whose lengths keep two different lists from giving one message.
    pub(crate) fn mac(self, key: &[u8; KEY_LEN], parts: &[&[u8]]) -> [u8; 32] {
        let length = |part: &[u8]| u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes();
        match self {
            Self::International => {
                let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
                for part in parts {
                    context.update(&length(part));
                    context.update(part);
                }
                let mut out = [0; 32];
                out.iter_mut().zip(context.sign().as_ref()).for_each(|(byte, drawn)| *byte = *drawn);
                out
            }
            Self::Guomi => guomi::mac(key, parts),
        }
    }
}

impl std::str::FromStr for Suite {
    type Err = VaultError;

    fn from_str(word: &str) -> Result<Self, VaultError> {
        Self::ALL.iter().copied().find(|suite| suite.word() == word).ok_or(VaultError::NoSuite)
    }
}

/// An authenticated cipher under its key.
pub(crate) enum Cipher {
    Aes256Gcm(Box<LessSafeKey>),
    Sm4Gcm(Sm4Gcm),
}

impl Cipher {
    /// Seals `body` where it lies and appends the tag.
    pub(crate) fn seal(&self, nonce: [u8; NONCE], bound: &[u8], body: &mut Vec<u8>) -> Result<(), VaultError> {
        match self {
            Self::Aes256Gcm(key) => {
                let nonce = Nonce::assume_unique_for_key(nonce);
                key.seal_in_place_append_tag(nonce, Aad::from(bound), body).map_err(|_| VaultError::Sealed)
            }
            Self::Sm4Gcm(key) => key.seal(nonce, bound, body),
        }
    }

    /// Opens ciphertext and tag where they lie.
    pub(crate) fn open<'b>(
        &self,
        nonce: [u8; NONCE],
        bound: &[u8],
        body: &'b mut [u8],
    ) -> Result<&'b [u8], VaultError> {
        match self {
            Self::Aes256Gcm(key) => {
                let nonce = Nonce::assume_unique_for_key(nonce);
                key.open_in_place(nonce, Aad::from(bound), body).map(|clear| &*clear).map_err(|_| VaultError::Sealed)
            }
            Self::Sm4Gcm(key) => key.open(nonce, bound, body),
        }
    }
}

/// Suite, nonce, ciphertext, tag: seals a text under a key.
pub(crate) fn seal(
    suite: Suite,
    key: &[u8; KEY_LEN],
    (nonce, context): ([u8; NONCE], &[u8]),
    clear: &[u8],
) -> Result<Vec<u8>, VaultError> {
    // With room for the tag: a text that grows leaves a copy of itself behind.
    let mut body = Zeroizing::new(Vec::with_capacity(clear.len() + TAG));
    body.extend_from_slice(clear);
    suite.cipher(key)?.seal(nonce, context, &mut body)?;
    Ok([&[suite.byte()], nonce.as_slice(), body.as_slice()].concat())
}

/// Opens what [`seal`] made, whichever suite it names.
pub(crate) fn open(key: &[u8; KEY_LEN], context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (suite, rest) = sealed.split_first().ok_or(VaultError::Sealed)?;
    let cipher = Suite::of(*suite)?.cipher(key)?;
    let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or(VaultError::Sealed)?;
    let mut body = Zeroizing::new(body.to_vec());
    let opened = cipher.open(*nonce, context, &mut body)?.len();
    body.truncate(opened);
    Ok(body)
}
