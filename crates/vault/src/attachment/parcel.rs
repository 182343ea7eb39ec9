//! Parcels: what has come in of a file that comes by several requests, sealed until the whole of it is there.
//!
//! Each is sealed whole, under a key of its upload's own that lies wrapped under the platform's key for parts: before the last
//! parcel nobody knows whether there will be an attachment, and the record part may have no key yet.
//!
//! ```text
//! wrapped key = version(4, big-endian) suite(1) nonce(12) key(32) tag(16)      as that of a part
//! object      = suite(1) nonce(12) ciphertext tag(16)
//! bound       = platform, record, subject, role, upload, item, where in the file it begins
//! ```

use model::field::Validator;
use model::{Clear, Entropy, Slug, UploadId};
use policy::decide::Permit;
use zeroize::Zeroizing;

use super::seal::{WrongKind, covers};
use super::sniff::{HEAD, sniff};
use crate::key::{Key, VaultError};
use crate::part::{PartName, Whose};
use crate::platform::PlatformKeys;
use crate::suite::{NONCE, Suite, TAG};

/// Content of a parcel, in bytes, beyond which it takes no more.
const FULL: usize = 4 << 20;

/// The parcels of one upload, opened for as long as a permit to collect lets them be filled.
pub struct Parcels {
    key: Key,
    suite: Suite,
    context: Vec<u8>,
    /// Where in the file the next one begins.
    start: u64,
    held: Zeroizing<Vec<u8>>,
}

/// One parcel, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedParcel {
    /// Where in the file it begins.
    pub start: u64,
    /// Length of its content, in bytes; never 0.
    pub size: u64,
    /// Suite, nonce, ciphertext, tag.
    pub bytes: Vec<u8>,
}

impl SealedParcel {
    /// Length of the object of a parcel whose content has this length.
    pub const fn length(content: u64) -> u64 {
        content.saturating_add((1 + NONCE + TAG) as u64)
    }
}

impl PlatformKeys {
    /// Draws the key of a new upload of what a permit to collect names; gives it wrapped.
    ///
    /// # Errors
    /// [`VaultError::NotPermitted`] when the permit is for another platform or act, or does not name the item.
    pub fn parcel_key(
        &self,
        permit: Permit,
        whose: Whose,
        (item, upload): (&Slug, UploadId),
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, VaultError> {
        let context = self.upload_context(b"shouyue/1 upload-key ", &self.place(&permit, whose, item)?, item, upload);
        drop(permit);
        self.wrap_under_parts(&context, &Key::draw(entropy), entropy)
    }

    /// Opens the parcels of an upload, to be filled from `start` on.
    ///
    /// # Errors
    /// [`VaultError::NotPermitted`] as of [`PlatformKeys::parcel_key`]; [`VaultError::Sealed`] for the key of another upload.
    pub fn parcels(
        &self,
        permit: Permit,
        whose: Whose,
        (item, upload): (&Slug, UploadId),
        wrapped: &[u8],
        start: u64,
    ) -> Result<Parcels, VaultError> {
        let part = self.place(&permit, whose, item)?;
        drop(permit);
        let key =
            self.unwrap_under_parts(&self.upload_context(b"shouyue/1 upload-key ", &part, item, upload), wrapped)?;
        let context = self.upload_context(b"shouyue/1 parcel ", &part, item, upload);
        Ok(Parcels { key, suite: self.suite(), context, start, held: Zeroizing::default() })
    }

    fn place(&self, permit: &Permit, whose: Whose, item: &Slug) -> Result<PartName, VaultError> {
        let subject = (whose == Whose::Subject).then(|| permit.subject());
        let part = PartName { record: permit.record(), subject, role: permit.person().clone() };
        if covers(permit, &self.platform, (&part, item)) { Ok(part) } else { Err(VaultError::NotPermitted) }
    }

    fn upload_context(&self, label: &[u8], part: &PartName, item: &Slug, upload: UploadId) -> Vec<u8> {
        let mut context = label.to_vec();
        self.bind(&mut context, part);
        context.extend_from_slice(upload.as_bytes());
        context.extend_from_slice(item.as_str().as_bytes());
        context
    }
}

impl Parcels {
    /// Takes more content.
    pub fn push(&mut self, content: Clear<Vec<u8>>) {
        let held = &mut self.held;
        content.map(|content| held.extend_from_slice(&Zeroizing::new(content))).within(|()| ());
    }

    /// How much of the file came in, with what is not sealed yet, in bytes.
    pub fn received(&self) -> u64 {
        self.start.saturating_add(length(&self.held))
    }

    /// Whether the parcel is to be sealed before more comes.
    pub fn is_full(&self) -> bool {
        self.held.len() >= FULL
    }

    /// Looks at the beginning of the file, where it is held: so nothing is kept of what will never be taken in.
    ///
    /// # Errors
    /// [`WrongKind`] when it is nothing that an item checked by `validator` may hold.
    pub fn begins_as(&self, validator: Validator) -> Result<(), WrongKind> {
        let fits = || sniff(&self.held).is_some_and(|kind| validator.file_kinds().contains(&kind));
        if self.start > 0 || self.held.len() < HEAD || fits() { Ok(()) } else { Err(WrongKind) }
    }

    /// Seals what came in since the last time; `None` where nothing did.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] for more than a cipher takes at once.
    pub fn seal(&mut self, entropy: &dyn Entropy) -> Result<Option<SealedParcel>, VaultError> {
        if self.held.is_empty() {
            return Ok(None);
        }
        let held = std::mem::take(&mut self.held);
        let (start, size) = (self.start, length(&held));
        let bytes = self.key.seal(self.suite, &self.context_at(start), &held, entropy)?;
        self.start = start.saturating_add(size);
        Ok(Some(SealedParcel { start, size, bytes }))
    }

    /// Opens the parcel that begins at `start`. What comes out goes where content goes that comes in: under the seal of an
    /// attachment.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] for any other bytes than those that were sealed there.
    pub fn open(&self, start: u64, sealed: &[u8]) -> Result<Clear<Vec<u8>>, VaultError> {
        let mut content = self.key.open(&self.context_at(start), sealed)?;
        Ok(Clear::new(std::mem::take(&mut *content)))
    }

    fn context_at(&self, start: u64) -> Vec<u8> {
        [self.context.as_slice(), &start.to_be_bytes()].concat()
    }
}

/// A length in memory as one in a file.
fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
