//! Root keys: the newest wraps, all of them open. They come from a file that the operator guards, or never come at all and
//! lie in a security module; they wrap platforms' keys and nothing else.

use std::fmt;

use jiff::Timestamp;
use model::key::{KeyPurpose, WrappedKey};
use model::{Entropy, Slug};
use zeroize::{Zeroize as _, Zeroizing};

use crate::key::{Key, VaultError};
use crate::platform::PlatformKeys;
use crate::suite::{NONCE, Suite};

/// The name of a root key; tells nothing of it. Stands before everything that it wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RootId([u8; 8]);

impl fmt::Display for RootId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl RootId {
    /// The name of a key that its holder chose; of one that is handed in by its bytes it is made of these.
    pub const fn new(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

/// Who holds a root key that nobody can take out: a security module. It seals by AES-256-GCM whatever the platform's suite,
/// because PKCS#11 has no number for SM4 that two vendors would agree on.
pub trait Custodian: Send + Sync {
    /// Seals a key, bound to what it is: nonce (12 bytes), ciphertext, tag (16). A module that draws its own nonces puts its
    /// own in the place of this one.
    ///
    /// # Errors
    /// [`VaultError::Custodian`] when the module does not do it.
    fn seal(&self, nonce: [u8; NONCE], bound: &[u8], clear: &[u8]) -> Result<Vec<u8>, VaultError>;

    /// Opens what [`Custodian::seal`] gave.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] for another key or changed bytes, [`VaultError::Custodian`] when the module does not do it.
    fn open(&self, bound: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError>;
}

/// Who keeps a root key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Custody {
    /// The key file of the operator.
    File,
    /// A security module, which lets nobody take it out.
    Module,
}

/// What can be told of a platform's key without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The root key that wraps it.
    pub root: RootId,
    /// Who keeps that; `None` where it is not among these root keys.
    pub custody: Option<Custody>,
    /// The suite that the key is of.
    pub suite: Suite,
}

/// A root key.
pub struct RootKey {
    id: RootId,
    held: Held,
}

/// Where a root key is.
enum Held {
    Here(Key),
    Elsewhere(Box<dyn Custodian>),
}

impl RootKey {
    /// Takes the key's bytes and wipes the caller's copy.
    ///
    /// # Errors
    /// [`VaultError::RootKey`] when they are not 32.
    pub fn from_bytes(bytes: &mut [u8]) -> Result<Self, VaultError> {
        let key = Key::of(bytes);
        bytes.zeroize();
        let key = key.ok_or(VaultError::RootKey)?;
        let derived = key.derive("root-id")?;
        let id = RootId(*derived.bytes().first_chunk().ok_or(VaultError::RootKey)?);
        Ok(Self { id, held: Held::Here(key) })
    }

    /// A key that stays where it is, by the name that it has there.
    pub fn held_by(custodian: Box<dyn Custodian>, id: RootId) -> Self {
        Self { id, held: Held::Elsewhere(custodian) }
    }

    /// Its name.
    pub const fn id(&self) -> RootId {
        self.id
    }

    /// Wraps: suite, nonce, ciphertext, tag.
    fn wrap(&self, suite: Suite, context: &[u8], key: &Key, entropy: &dyn Entropy) -> Result<Vec<u8>, VaultError> {
        match &self.held {
            Held::Here(own) => own.wrap(suite, context, key, entropy),
            Held::Elsewhere(custodian) => {
                let sealed = custodian.seal(entropy.draw(), &bound(suite, context), key.bytes())?;
                Ok([&[suite.byte()], sealed.as_slice()].concat())
            }
        }
    }

    fn unwrap_key(&self, context: &[u8], wrapped: &[u8]) -> Result<Key, VaultError> {
        match &self.held {
            Held::Here(own) => own.unwrap_key(context, wrapped),
            Held::Elsewhere(custodian) => {
                let (suite, sealed) = wrapped.split_first().ok_or(VaultError::Sealed)?;
                let clear = custodian.open(&bound(Suite::of(*suite)?, context), sealed)?;
                Key::of(&clear).ok_or(VaultError::Sealed)
            }
        }
    }
}

/// A custodian has one cipher for every suite, so the suite, which is that of the platform, is bound besides.
fn bound(suite: Suite, context: &[u8]) -> Vec<u8> {
    [context, b" ", suite.word().as_bytes()].concat()
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootKey({}, not shown)", self.id)
    }
}

/// The root keys of an installation.
#[derive(Debug)]
pub struct RootKeys {
    newest: RootKey,
    /// Under which something may be wrapped still, in this database or in a backup.
    older: Vec<RootKey>,
}

impl From<RootKey> for RootKeys {
    fn from(newest: RootKey) -> Self {
        Self { newest, older: Vec::new() }
    }
}

impl RootKeys {
    /// The newest, and those before it.
    pub const fn new(newest: RootKey, older: Vec<RootKey>) -> Self {
        Self { newest, older }
    }

    /// Which one wraps.
    pub const fn newest(&self) -> RootId {
        self.newest.id
    }

    /// Whether this is one of them.
    pub fn holds(&self, id: RootId) -> bool {
        self.all().any(|root| root.id == id)
    }

    fn all(&self) -> impl Iterator<Item = &RootKey> {
        std::iter::once(&self.newest).chain(&self.older)
    }

    /// What can be told of a platform's key without opening it.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] and [`VaultError::Suite`] when its head does not read.
    pub fn told(&self, wrapped: &WrappedKey) -> Result<Told, VaultError> {
        let (root, suite) = head(&wrapped.bytes)?;
        let custody = self.all().find(|own| own.id == root).map(|own| match own.held {
            Held::Here(_) => Custody::File,
            Held::Elsewhere(_) => Custody::Module,
        });
        Ok(Told { root, custody, suite })
    }

    /// The first key of each purpose for a new platform, wrapped for the store.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when the suite's cipher fails.
    pub fn new_platform(
        &self,
        platform: &Slug,
        suite: Suite,
        since: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Vec<WrappedKey>, VaultError> {
        let first = |purpose: &KeyPurpose| self.new_version(platform, suite, (*purpose, 1), since, entropy);
        KeyPurpose::ALL.iter().map(first).collect()
    }

    /// A new key of one purpose.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when the suite's cipher fails.
    pub fn new_version(
        &self,
        platform: &Slug,
        suite: Suite,
        (purpose, version): (KeyPurpose, u32),
        since: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<WrappedKey, VaultError> {
        let key = Key::draw(entropy);
        let bytes = self.wrap(suite, &context(platform, purpose, version), &key, entropy)?;
        Ok(WrappedKey { purpose, version, bytes, since })
    }

    /// The same key under the newest root key; `None` where that wrapped it already.
    ///
    /// # Errors
    /// Those of [`RootKeys::open_platform`].
    pub fn rewrapped(
        &self,
        platform: &Slug,
        wrapped: &WrappedKey,
        entropy: &dyn Entropy,
    ) -> Result<Option<WrappedKey>, VaultError> {
        let (root, suite) = head(&wrapped.bytes)?;
        if root == self.newest.id {
            return Ok(None);
        }
        let (_, key) = self.open(platform, wrapped)?;
        let context = context(platform, wrapped.purpose, wrapped.version);
        Ok(Some(WrappedKey { bytes: self.wrap(suite, &context, &key, entropy)?, ..wrapped.clone() }))
    }

    /// Opens a platform's keys, as they are in use at an instant.
    ///
    /// # Errors
    /// [`VaultError::Root`] when the keyring lacks the key that wrapped one; [`VaultError::Sealed`] when one is damaged or
    /// belongs to another platform; [`VaultError::Missing`] when a purpose has none.
    pub fn open_platform(
        &self,
        platform: &Slug,
        wrapped: &[WrappedKey],
        now: Timestamp,
    ) -> Result<PlatformKeys, VaultError> {
        let opened = wrapped.iter().map(|one| Ok((one, self.open(platform, one)?)));
        PlatformKeys::of(platform, opened.collect::<Result<_, VaultError>>()?, now)
    }

    fn wrap(&self, suite: Suite, context: &[u8], key: &Key, entropy: &dyn Entropy) -> Result<Vec<u8>, VaultError> {
        let sealed = self.newest.wrap(suite, context, key, entropy)?;
        Ok([self.newest.id.0.as_slice(), &sealed].concat())
    }

    fn open(&self, platform: &Slug, wrapped: &WrappedKey) -> Result<(Suite, Key), VaultError> {
        let (id, suite) = head(&wrapped.bytes)?;
        let root = self.all().find(|root| root.id == id).ok_or(VaultError::Root(id.0))?;
        let sealed = wrapped.bytes.get(id.0.len()..).ok_or(VaultError::Sealed)?;
        let key = root.unwrap_key(&context(platform, wrapped.purpose, wrapped.version), sealed)?;
        Ok((suite, key))
    }
}

/// Under which root key, and for which suite, a platform's key is wrapped.
fn head(wrapped: &[u8]) -> Result<(RootId, Suite), VaultError> {
    let (id, sealed) = wrapped.split_first_chunk().ok_or(VaultError::Sealed)?;
    Ok((RootId(*id), Suite::of(*sealed.first().ok_or(VaultError::Sealed)?)?))
}

fn context(platform: &Slug, purpose: KeyPurpose, version: u32) -> Vec<u8> {
    format!("shouyue/1 platform-key {platform} {purpose} {version}").into_bytes()
}
