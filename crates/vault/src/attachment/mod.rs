//! Attachments: files sealed as a stream, in memory that does not grow with them.
//!
//! The STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015, §6): segments of 64 KiB, each sealed
//! with the suite's cipher under a key of the attachment's own. A nonce is prefix, number of the segment, and whether it is
//! the last: segments that were left out, put in another order or moved, and a stream cut short, do not open.
//!
//! ```text
//! object   = header segment…
//! header   = suite(1) prefix(7) wrapped-key(61)      the key under the record part's key: it dies with the part
//! segment  = ciphertext tag(16)                      65 536 bytes of content; the last one has what is left
//! nonce    = prefix(7) number(4, big-endian) last(1)
//! bound    = platform, record, subject, role, attachment, item, header
//! ```

mod open;
mod parcel;
mod seal;
mod sniff;

use model::{AttachmentId, Slug};

pub use open::{Enclosed, OpenedPart, Opener};
pub use parcel::{Parcels, SealedParcel};
pub use seal::{Facts, SealedAttachment, Sealer, WrongKind};
pub use sniff::sniff;

use crate::key::{KEY_LEN, Key, VaultError};
use crate::part::PartName;
use crate::platform::PlatformKeys;
use crate::suite::{Cipher, NONCE, Suite, TAG};

/// Content of a segment, in bytes.
const SEGMENT: usize = 64 * 1024;

/// What of a nonce is the same for every segment of an attachment.
const PREFIX: usize = 7;

/// A key, wrapped: suite, nonce, key, tag.
const WRAPPED: usize = 1 + NONCE + KEY_LEN + TAG;

/// Length of the header, in bytes.
const HEADER: usize = 1 + PREFIX + WRAPPED;

/// The name of one attachment; bound into everything sealed under it (invariant 11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentName {
    /// The part in which it stands.
    pub part: PartName,
    /// Item.
    pub item: Slug,
    /// Id.
    pub id: AttachmentId,
}

impl PlatformKeys {
    fn attachment_context(&self, label: &[u8], name: &AttachmentName) -> Vec<u8> {
        let mut context = label.to_vec();
        self.bind(&mut context, &name.part);
        context.extend_from_slice(name.id.as_bytes());
        context.extend_from_slice(name.item.as_str().as_bytes());
        context
    }

    /// What binds the wrapped key of an attachment.
    fn attachment_key_context(&self, name: &AttachmentName) -> Vec<u8> {
        self.attachment_context(b"shouyue/1 attachment-key ", name)
    }

    /// The cipher of an attachment with this header.
    fn stream(&self, name: &AttachmentName, key: &Key, header: &[u8; HEADER]) -> Result<Stream, VaultError> {
        let mut bound = self.attachment_context(b"shouyue/1 attachment ", name);
        bound.extend_from_slice(header);
        let (suite, rest) = header.split_first().ok_or(VaultError::Sealed)?;
        let prefix = *rest.first_chunk::<PREFIX>().ok_or(VaultError::Sealed)?;
        Ok(Stream { cipher: key.cipher(Suite::of(*suite)?)?, bound, prefix, next: 0 })
    }
}

/// The suite byte, the prefix and the wrapped key, one after the other.
fn header(suite: Suite, prefix: [u8; PREFIX], wrapped: &[u8]) -> Result<[u8; HEADER], VaultError> {
    let bytes = [&[suite.byte()], &prefix[..], wrapped].concat();
    bytes.try_into().map_err(|_| VaultError::Sealed)
}

/// One pass over the segments of an attachment.
struct Stream {
    cipher: Cipher,
    bound: Vec<u8>,
    prefix: [u8; PREFIX],
    /// Number of the next segment.
    next: u32,
}

impl Stream {
    fn nonce(&mut self, last: bool) -> Result<[u8; NONCE], VaultError> {
        let mut nonce = [0; NONCE];
        let bytes = self.prefix.into_iter().chain(self.next.to_be_bytes()).chain([u8::from(last)]);
        nonce.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        // 2³² segments are 256 TiB: a nonce never comes again.
        self.next = self.next.checked_add(1).ok_or(VaultError::Sealed)?;
        Ok(nonce)
    }

    /// Seals the next segment where it lies.
    fn seal(&mut self, segment: &mut Vec<u8>, last: bool) -> Result<(), VaultError> {
        let nonce = self.nonce(last)?;
        self.cipher.seal(nonce, &self.bound, segment)
    }

    /// Opens the next segment where it lies.
    fn open<'s>(&mut self, segment: &'s mut [u8], last: bool) -> Result<&'s [u8], VaultError> {
        let nonce = self.nonce(last)?;
        self.cipher.open(nonce, &self.bound, segment)
    }
}

#[cfg(test)]
mod tests;
