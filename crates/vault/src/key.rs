//! The key hierarchy: root keys wrap a platform's keys, of which those for parts wrap record-part keys (design §5).
//!
//! No key below the platform is kept beyond one act: the wrapped key is read in the act's own transaction, so that its
//! destruction holds in every process at once.
//!
//! ```text
//! wrapped platform key = root-id(8) suite(1) nonce(12) key(32) tag(16)
//! wrapped part key     = version(4, big-endian) suite(1) nonce(12) key(32) tag(16)
//! ```
//!
//! A wrapped key has one length in every suite, so that it is wrapped anew in its place.

use aws_lc_rs::hkdf;
use model::Entropy;
use zeroize::Zeroizing;

use crate::suite::{self, Cipher, Suite};

/// Length of every symmetric key, in bytes.
pub const KEY_LEN: usize = 32;

/// Why the vault did not open something. Never says what is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Wrong key, moved ciphertext or changed bytes: authenticated decryption failed.
    #[error("does not open: the key is another one, or the sealed bytes were moved or changed")]
    Sealed,
    /// The record part's key was destroyed: the value is erased.
    #[error("erased: the key of this record part was destroyed")]
    Erased,
    /// Sealed by a newer release or another suite.
    #[error("sealed with suite {0}, which this release does not know")]
    Suite(u8),
    /// No suite is called so.
    #[error("no suite is called so: `international` and `guomi` are known")]
    NoSuite,
    /// The permit does not cover what was asked.
    #[error("the permit does not cover this: ask for a decision that names it")]
    NotPermitted,
    /// The content of an attachment is of no kind that is taken in.
    #[error("this is no picture, paper or recording: JPEG, PNG, WebP, PDF, MP4, M4A, MP3 and WAV are taken in")]
    Content,
    /// Not a root key.
    #[error("a root key is 32 bytes")]
    RootKey,
    /// The keyring lacks the root key that wrapped a platform's key.
    #[error("wrapped under root key {}, which the keyring does not hold: put the right key file in its place", Id(.0))]
    Root([u8; 8]),
    /// The security module that holds the root key does not answer as it should.
    #[error("the security module that holds the root key does not do its work: the log says why")]
    Custodian,
    /// A key of the platform is missing.
    #[error("a key of the platform is missing")]
    Missing,
    /// Wrapped under a version of the platform's key that was made a moment ago.
    #[error("wrapped under version {0} of the platform's key, which this server has not read yet: try again")]
    Version(u32),
}

struct Id<'i>(&'i [u8; 8]);

impl std::fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// One symmetric key in memory, zeroed when dropped. In a place of its own that never moves: whatever moves leaves a copy
/// of itself behind that nobody zeroes.
pub(crate) struct Key(Box<Zeroizing<[u8; KEY_LEN]>>);

impl Key {
    pub(crate) fn draw(entropy: &dyn Entropy) -> Self {
        let mut key = Self::zero();
        entropy.fill(key.0.as_mut_slice());
        key
    }

    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let mut key = Self::zero();
        let fits = bytes.len() == KEY_LEN;
        if fits {
            key.0.copy_from_slice(bytes);
        }
        fits.then_some(key)
    }

    /// Not a key yet: to be filled where it lies.
    fn zero() -> Self {
        Self(Box::new(Zeroizing::new([0; KEY_LEN])))
    }

    pub(crate) fn cipher(&self, suite: Suite) -> Result<Cipher, VaultError> {
        suite.cipher(&self.0)
    }

    /// Suite byte, nonce, ciphertext, tag.
    pub(crate) fn seal(
        &self,
        suite: Suite,
        context: &[u8],
        clear: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, VaultError> {
        suite::seal(suite, &self.0, (entropy.draw(), context), clear)
    }

    pub(crate) fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        suite::open(&self.0, context, sealed)
    }

    pub(crate) fn wrap(
        &self,
        suite: Suite,
        context: &[u8],
        inner: &Self,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, VaultError> {
        self.seal(suite, context, inner.0.as_slice(), entropy)
    }

    pub(crate) fn unwrap_key(&self, context: &[u8], wrapped: &[u8]) -> Result<Self, VaultError> {
        Self::of(&self.open(context, wrapped)?).ok_or(VaultError::Sealed)
    }

    /// A key for one use, so that no key serves two algorithms.
    pub(crate) fn derive(&self, label: &'static str) -> Result<Self, VaultError> {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"shouyue/1");
        let mut out = Self::zero();
        salt.extract(self.0.as_slice())
            .expand(&[label.as_bytes()], hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(out.0.as_mut_slice()))
            .map_err(|_| VaultError::RootKey)?;
        Ok(out)
    }

    pub(crate) fn mac(&self, suite: Suite, parts: &[&[u8]]) -> [u8; 32] {
        suite.mac(&self.0, parts)
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_LEN] {
        &self.0
    }
}

/// Blinds an id for one leaf of the ledger: without the leaf's salt nobody can tell whose leaf it is (invariant 10).
/// With SHA-256 in every suite, as the tree.
pub fn blind(salt: &[u8; 32], id: &[u8; 16]) -> [u8; 32] {
    Suite::International.mac(salt, &[b"subject-tag", id])
}
