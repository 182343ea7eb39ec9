//! The keys of one platform, in memory while it is served.

use std::collections::BTreeMap;
use std::fmt;

use aws_lc_rs::signature;
use jiff::Timestamp;
use model::key::{KeyPurpose, Keyed, SearchToken, WrappedKey};
use model::{Entropy, Slug};

use crate::field::Normal;
use crate::guomi;
use crate::key::{Key, VaultError};
use crate::part::{PartName, Sealed};
use crate::suite::Suite;

/// The keys of one platform.
pub struct PlatformKeys {
    pub(crate) platform: Slug,
    parts: BTreeMap<u32, (Suite, Key)>,
    /// The version that wraps.
    current: u32,
    /// Newest first.
    tokens: Vec<(u32, Suite, Key)>,
    /// Marks what is looked up and is no search token.
    marks: (Suite, Key),
    signing: signature::Ed25519KeyPair,
    /// For checkpoints of a platform under `guomi`.
    sm2: guomi::Signing,
}

impl fmt::Debug for PlatformKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlatformKeys({}, not shown)", self.platform)
    }
}

/// One key of the platform, opened.
type Opened<'w> = (&'w WrappedKey, (Suite, Key));

impl PlatformKeys {
    pub(crate) fn of(platform: &Slug, opened: Vec<Opened<'_>>, now: Timestamp) -> Result<Self, VaultError> {
        let (mut parts, mut current, mut tokens, mut ledger) = (BTreeMap::new(), None, Vec::new(), None);
        for (wrapped, (suite, key)) in opened {
            let version = wrapped.version;
            match wrapped.purpose {
                KeyPurpose::Ledger => ledger = Some((suite, key)),
                KeyPurpose::Parts => {
                    current = current.max((wrapped.since <= now).then_some(version));
                    parts.insert(version, (suite, key));
                }
                KeyPurpose::Tokens => tokens.push((version, suite, key)),
            }
        }
        let (suite, ledger) = ledger.ok_or(VaultError::Missing)?;
        // A clock that was set back finds every version in the future: the first one seals then.
        let current = current.or_else(|| parts.keys().next().copied()).ok_or(VaultError::Missing)?;
        tokens.sort_unstable_by_key(|(version, ..)| std::cmp::Reverse(*version));
        if tokens.is_empty() {
            return Err(VaultError::Missing);
        }
        let seed = ledger.derive("ledger-ed25519")?;
        let signing = signature::Ed25519KeyPair::from_seed_unchecked(seed.bytes()).map_err(|_| VaultError::RootKey)?;
        let sm2 = guomi::Signing::of(ledger.derive("ledger-sm2")?)?;
        let marks = (suite, ledger.derive("marks")?);
        Ok(Self { platform: platform.clone(), parts, current, tokens, marks, signing, sm2 })
    }

    /// Which platform.
    pub const fn platform(&self) -> &Slug {
        &self.platform
    }

    /// The suite under which new values are sealed.
    pub fn suite(&self) -> Suite {
        self.parts.get(&self.current).map_or(Suite::International, |(suite, _)| *suite)
    }

    /// The suite that new keys are of: that of the newest key, whether it is used yet or not.
    pub fn newest_suite(&self) -> Suite {
        self.parts.last_key_value().map_or(Suite::International, |(_, (suite, _))| *suite)
    }

    /// The version of the key that wraps new parts.
    pub const fn version(&self) -> u32 {
        self.current
    }

    /// The versions of the keys for search tokens, newest first.
    pub fn token_versions(&self) -> impl Iterator<Item = u32> {
        self.tokens.iter().map(|(version, ..)| *version)
    }

    /// A keyed token over a normalised value: equal values of one kind on one platform give equal tokens, and nothing
    /// else can be told from them (design §5).
    pub fn token(&self, kind: &str, value: &Normal) -> SearchToken {
        self.token_over(kind, value.expose())
    }

    fn token_over(&self, kind: &str, value: &str) -> SearchToken {
        let parts = [self.platform.as_str().as_bytes(), kind.as_bytes(), value.as_bytes()];
        let mut each =
            self.tokens.iter().map(|(version, suite, key)| Keyed { version: *version, token: key.mac(*suite, &parts) });
        // There is one: `of` refused to build without.
        let newest = each.next().unwrap_or(Keyed { version: Keyed::STEADY, token: [0; 32] });
        SearchToken { newest, before: each.next() }
    }

    /// A keyed digest over a normalised value under the key that is never changed: for what is looked up soon, and for
    /// what is kept nowhere, so that no new key could make it anew.
    pub fn mark(&self, kind: &str, value: &Normal) -> [u8; 32] {
        let (suite, key) = &self.marks;
        key.mac(*suite, &[self.platform.as_str().as_bytes(), b"mark", kind.as_bytes(), value.expose().as_bytes()])
    }

    /// A keyed digest over something that is no personal information, such as a request body to compare later.
    pub fn digest(&self, kind: &str, bytes: &[u8]) -> [u8; 32] {
        let (suite, key) = &self.marks;
        key.mac(*suite, &[self.platform.as_str().as_bytes(), b"digest", kind.as_bytes(), bytes])
    }

    /// The search tokens of sealed values, each of a kind, under every key in use: for making them anew. Opens without a
    /// permit, because the values go nowhere but into keyed hashes.
    ///
    /// # Errors
    /// [`VaultError::Erased`] when the part's key is gone.
    pub fn tokens_of(
        &self,
        name: &PartName,
        wrapped: Option<&[u8]>,
        values: &[(&str, Sealed)],
    ) -> Result<Vec<SearchToken>, VaultError> {
        let key = self.part_key(name, wrapped)?;
        let token = |(kind, sealed): &(&str, Sealed)| Ok(self.token_over(kind, &self.open_text(&key, name, sealed)?));
        values.iter().map(token).collect()
    }

    /// Wraps a part's key under the platform's current key.
    pub(crate) fn wrap_part(&self, name: &PartName, part: &Key, entropy: &dyn Entropy) -> Result<Vec<u8>, VaultError> {
        self.wrap_under_parts(&self.part_context(name), part, entropy)
    }

    /// Wraps a key under the platform's current key for parts.
    pub(crate) fn wrap_under_parts(
        &self,
        context: &[u8],
        inner: &Key,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, VaultError> {
        let (suite, key) = self.parts.get(&self.current).ok_or(VaultError::Missing)?;
        let sealed = key.wrap(*suite, context, inner, entropy)?;
        Ok([self.current.to_be_bytes().as_slice(), &sealed].concat())
    }

    /// The key of a part; [`VaultError::Erased`] when it is gone.
    pub(crate) fn part_key(&self, name: &PartName, wrapped: Option<&[u8]>) -> Result<Key, VaultError> {
        self.unwrap_under_parts(&self.part_context(name), wrapped.ok_or(VaultError::Erased)?)
    }

    /// A key that was wrapped under any version of the platform's key for parts.
    pub(crate) fn unwrap_under_parts(&self, context: &[u8], wrapped: &[u8]) -> Result<Key, VaultError> {
        let (version, sealed) = wrapped.split_first_chunk().ok_or(VaultError::Sealed)?;
        let version = u32::from_be_bytes(*version);
        let (_, key) = self.parts.get(&version).ok_or(VaultError::Version(version))?;
        key.unwrap_key(context, sealed)
    }

    /// A part's key under the platform's current key; `None` where that wrapped it already.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when it does not open: it is damaged, or another part's.
    pub fn rewrapped(
        &self,
        name: &PartName,
        wrapped: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Option<Vec<u8>>, VaultError> {
        if wrapped.starts_with(&self.current.to_be_bytes()) {
            return Ok(None);
        }
        self.wrap_part(name, &self.part_key(name, Some(wrapped))?, entropy).map(Some)
    }

    /// A value under the platform's current suite; `None` where it is sealed under that already. Opens without a permit,
    /// because the value goes nowhere but back under its seal.
    ///
    /// # Errors
    /// Those of [`PlatformKeys::tokens_of`]; [`VaultError::Sealed`] for a value of another place.
    pub fn resealed(
        &self,
        name: &PartName,
        wrapped: &[u8],
        sealed: &Sealed,
        entropy: &dyn Entropy,
    ) -> Result<Option<Vec<u8>>, VaultError> {
        if sealed.bytes.starts_with(&[self.suite().byte()]) {
            return Ok(None);
        }
        let key = self.part_key(name, Some(wrapped))?;
        let text = self.open_text(&key, name, sealed)?;
        self.seal_text(&key, name, (&sealed.item, sealed.version), &text, entropy).map(Some)
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

    /// Signs a message with the platform's SM2 key, over SM3 (GB/T 32918.2): 64 bytes.
    ///
    /// # Errors
    /// [`VaultError::RootKey`] in the one case in 2²⁵⁶ for which the standard has another draw.
    pub fn sign_sm2(&self, message: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.sm2.sign(message)
    }

    /// The public half of the SM2 key, 65 bytes. Every platform has one; those under `guomi` sign with it.
    pub fn public_key_sm2(&self) -> &[u8] {
        self.sm2.public()
    }
}
