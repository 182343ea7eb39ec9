//! The key hierarchy: the root key wraps platform keys, a platform's wrapping key wraps record-part keys (design §5).
//!
//! No key below the platform is kept beyond one act: the wrapped key is read in the act's own transaction, so that its
//! destruction holds in every process at once.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, hmac, signature};
use model::{Entropy, Slug};
use zeroize::{Zeroize, Zeroizing};

/// Length of every symmetric key, in bytes.
pub const KEY_LEN: usize = 32;

/// First byte of everything sealed or wrapped: which suite of algorithms.
pub(crate) const SUITE_INTERNATIONAL: u8 = 1;

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
    /// The permit does not cover what was asked.
    #[error("the permit does not cover this: ask for a decision that names it")]
    NotPermitted,
    /// The content of an attachment is of no kind that is taken in.
    #[error("this is no picture, paper or recording: JPEG, PNG, WebP, PDF, MP4, M4A, MP3 and WAV are taken in")]
    Content,
    /// Not a root key.
    #[error("a root key is 32 bytes")]
    RootKey,
}

/// One symmetric key in memory, zeroed when dropped.
pub(crate) struct Key(Zeroizing<[u8; KEY_LEN]>);

impl Key {
    pub(crate) fn draw(entropy: &dyn Entropy) -> Self {
        Self(Zeroizing::new(entropy.draw()))
    }

    pub(crate) fn cipher(&self) -> Result<LessSafeKey, VaultError> {
        UnboundKey::new(&AES_256_GCM, self.0.as_slice()).map(LessSafeKey::new).map_err(|_| VaultError::Sealed)
    }

    /// Suite byte, nonce, ciphertext, tag.
    pub(crate) fn seal(&self, context: &[u8], clear: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>, VaultError> {
        let nonce: [u8; NONCE_LEN] = entropy.draw();
        let mut body = Vec::with_capacity(clear.len() + AES_256_GCM.tag_len());
        body.extend_from_slice(clear);
        self.cipher()?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut body)
            .map_err(|_| VaultError::Sealed)?;
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + body.len());
        sealed.push(SUITE_INTERNATIONAL);
        sealed.extend_from_slice(&nonce);
        sealed.append(&mut body);
        Ok(sealed)
    }

    pub(crate) fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (suite, rest) = sealed.split_first().ok_or(VaultError::Sealed)?;
        if *suite != SUITE_INTERNATIONAL {
            return Err(VaultError::Suite(*suite));
        }
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(VaultError::Sealed)?;
        let mut body = Zeroizing::new(body.to_vec());
        let opened = self
            .cipher()?
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(context), &mut body)
            .map_err(|_| VaultError::Sealed)?
            .len();
        body.truncate(opened);
        Ok(body)
    }

    pub(crate) fn wrap(&self, context: &[u8], inner: &Self, entropy: &dyn Entropy) -> Result<Vec<u8>, VaultError> {
        self.seal(context, inner.0.as_slice(), entropy)
    }

    pub(crate) fn unwrap_key(&self, context: &[u8], wrapped: &[u8]) -> Result<Self, VaultError> {
        let bytes = self.open(context, wrapped)?;
        let mut key = Zeroizing::new([0; KEY_LEN]);
        if bytes.len() != KEY_LEN {
            return Err(VaultError::Sealed);
        }
        key.copy_from_slice(&bytes);
        Ok(Self(key))
    }

    /// A key for one use, so that no key serves two algorithms.
    fn derive(&self, label: &'static str) -> Result<Self, VaultError> {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"shouyue/1");
        let mut out = Zeroizing::new([0; KEY_LEN]);
        salt.extract(self.0.as_slice())
            .expand(&[label.as_bytes()], hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(out.as_mut_slice()))
            .map_err(|_| VaultError::RootKey)?;
        Ok(Self(out))
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_slice());
        let mut context = hmac::Context::with_key(&key);
        for part in parts {
            // Lengths keep two different lists of parts from giving one message.
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            context.update(part);
        }
        let tag = context.sign();
        let mut out = [0; 32];
        for (byte, drawn) in out.iter_mut().zip(tag.as_ref()) {
            *byte = *drawn;
        }
        out
    }
}

/// The installation's root key. Comes from a file that the operator guards; wraps platform keys and nothing else.
pub struct RootKey(Key);

impl RootKey {
    /// Takes the key's bytes and wipes the caller's copy.
    pub fn from_bytes(bytes: &mut [u8]) -> Result<Self, VaultError> {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        let fits = bytes.len() == KEY_LEN;
        if fits {
            key.copy_from_slice(bytes);
        }
        bytes.zeroize();
        if fits { Ok(Self(Key(key))) } else { Err(VaultError::RootKey) }
    }

    /// A new platform key, wrapped for the store.
    pub fn new_platform(&self, platform: &Slug, entropy: &dyn Entropy) -> Result<Vec<u8>, VaultError> {
        self.0.wrap(&platform_context(platform), &Key::draw(entropy), entropy)
    }

    /// Opens a platform's keys.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when the root key is not the one that wrapped them, or they belong to another platform.
    pub fn open_platform(&self, platform: &Slug, wrapped: &[u8]) -> Result<PlatformKeys, VaultError> {
        let key = self.0.unwrap_key(&platform_context(platform), wrapped)?;
        let seed = key.derive("ledger-ed25519")?;
        let signing =
            signature::Ed25519KeyPair::from_seed_unchecked(seed.0.as_slice()).map_err(|_| VaultError::RootKey)?;
        Ok(PlatformKeys {
            platform: platform.clone(),
            parts: key.derive("parts")?,
            tokens: key.derive("tokens")?,
            signing,
        })
    }
}

fn platform_context(platform: &Slug) -> Vec<u8> {
    format!("shouyue/1 platform-key {platform}").into_bytes()
}

/// The keys of one platform, in memory while it is served.
pub struct PlatformKeys {
    pub(crate) platform: Slug,
    pub(crate) parts: Key,
    tokens: Key,
    signing: signature::Ed25519KeyPair,
}

impl PlatformKeys {
    /// Which platform.
    pub const fn platform(&self) -> &Slug {
        &self.platform
    }

    /// A keyed token over a normalised value: equal values of one kind on one platform give equal tokens, and nothing
    /// else can be told from them (design §5).
    pub fn token(&self, kind: &str, value: &crate::field::Normal) -> [u8; 32] {
        self.tokens.mac(&[self.platform.as_str().as_bytes(), kind.as_bytes(), value.expose().as_bytes()])
    }

    /// A keyed token over something that is no personal information, such as a request body to compare later.
    pub fn digest(&self, kind: &str, bytes: &[u8]) -> [u8; 32] {
        self.tokens.mac(&[self.platform.as_str().as_bytes(), b"digest", kind.as_bytes(), bytes])
    }

    /// Signs a message with the platform's Ed25519 key (RFC 8032): checkpoints.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.signing.sign(message).as_ref().to_vec()
    }

    /// The public half, 32 bytes.
    pub fn public_key(&self) -> &[u8] {
        use signature::KeyPair as _;
        self.signing.public_key().as_ref()
    }
}

/// Blinds an id for one leaf of the ledger: without the leaf's salt nobody can tell whose leaf it is (invariant 10).
pub fn blind(salt: &[u8; 32], id: &[u8; 16]) -> [u8; 32] {
    Key(Zeroizing::new(*salt)).mac(&[b"subject-tag", id])
}
