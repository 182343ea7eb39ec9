//! Opening: sealed bytes go in piece by piece, content comes out, in order and whole or not to the end.

use std::ops::Range;

use model::{AttachmentId, Clear, Slug};
use policy::decide::{Permit, View};
use zeroize::Zeroizing;

use super::{AttachmentName, HEADER, PREFIX, SEGMENT, Stream, TAG};
use crate::key::{Key, VaultError};
use crate::part::{Opened, PartName, Sealed};
use crate::platform::PlatformKeys;
use crate::suite::Suite;

/// Segments that are opened at once: half a mebibyte.
const AT_ONCE: u64 = 8;

/// An attachment of a part that is opened as a whole.
#[derive(Debug, Clone)]
pub struct Enclosed {
    /// Item.
    pub item: Slug,
    /// Which.
    pub id: AttachmentId,
    /// The beginning of its object: [`Opener::HEADER`].
    pub header: Vec<u8>,
    /// Length of its content, in bytes.
    pub size: u64,
}

/// A part that one permit opened.
pub struct OpenedPart {
    /// Its values.
    pub values: Vec<Opened>,
    /// Its attachments that may be seen in the clear.
    pub attachments: Vec<(AttachmentId, Opener)>,
}

/// An attachment on its way out. It says which bytes of the object it needs next.
pub struct Opener {
    stream: Stream,
    /// Content that has not come out yet, in bytes; `None` once the last segment is opened.
    left: Option<u64>,
    /// Where the next segment lies in the object.
    at: u64,
}

impl PlatformKeys {
    /// Begins to open what a permit names in the clear. `header` is the beginning of the object, `size` the length of the
    /// content.
    ///
    /// # Errors
    /// [`VaultError::NotPermitted`] when the permit is for another place or item, or for less than a clear view;
    /// [`VaultError::Erased`] when the part's key is gone; [`VaultError::Sealed`] for a header of another attachment.
    pub fn open_attachment(
        &self,
        permit: Permit,
        name: &AttachmentName,
        wrapped: Option<&[u8]>,
        header: &[u8],
        size: u64,
    ) -> Result<Opener, VaultError> {
        if !is_clear(&permit, &name.item) {
            return Err(VaultError::NotPermitted);
        }
        let part = self.fitting_key(&permit, &name.part, wrapped)?;
        drop(permit);
        self.opener(&part, name, header, size)
    }

    /// Opens what a permit names of a whole part, for one act over all of it: the values, and those of its attachments
    /// whose item it names in the clear. The others stay shut, and do not come back.
    ///
    /// # Errors
    /// Those of [`PlatformKeys::open`]; [`VaultError::Sealed`] for a header of another attachment.
    pub fn open_with_attachments(
        &self,
        permit: Permit,
        name: &PartName,
        wrapped: Option<&[u8]>,
        values: &[Sealed],
        attachments: &[Enclosed],
    ) -> Result<OpenedPart, VaultError> {
        let part = self.fitting_key(&permit, name, wrapped)?;
        let values = self.open_values(&permit, &part, name, values)?;
        let clear = attachments.iter().filter(|one| is_clear(&permit, &one.item));
        let openers = clear.map(|one| {
            let name = AttachmentName { part: name.clone(), item: one.item.clone(), id: one.id };
            Ok((one.id, self.opener(&part, &name, &one.header, one.size)?))
        });
        let attachments = openers.collect::<Result<_, VaultError>>()?;
        drop(permit);
        Ok(OpenedPart { values, attachments })
    }

    fn opener(&self, part: &Key, name: &AttachmentName, header: &[u8], size: u64) -> Result<Opener, VaultError> {
        let header = header.first_chunk::<HEADER>().ok_or(VaultError::Sealed)?;
        let (suite, rest) = header.split_first().ok_or(VaultError::Sealed)?;
        Suite::of(*suite)?;
        let (_, sealed) = rest.split_at_checked(PREFIX).ok_or(VaultError::Sealed)?;
        let key = part.unwrap_key(&self.attachment_key_context(name), sealed)?;
        Ok(Opener { stream: self.stream(name, &key, header)?, left: Some(size), at: long(HEADER) })
    }
}

impl Opener {
    /// Where the header lies in an object.
    pub const HEADER: Range<u64> = 0..(HEADER as u64);

    /// The bytes of the object that [`Opener::open`] takes next; `None` once all is out.
    pub fn wants(&self) -> Option<Range<u64>> {
        let left = self.left?;
        let whole = left.div_ceil(long(SEGMENT)).max(1);
        let now = whole.min(AT_ONCE);
        let content = left.min(now.saturating_mul(long(SEGMENT)));
        Some(self.at..self.at.saturating_add(content).saturating_add(now.saturating_mul(long(TAG))))
    }

    /// Opens what was wanted.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] for any other bytes than those that were sealed there. Nothing opens after that.
    pub fn open(&mut self, sealed: Vec<u8>) -> Result<Clear<Vec<u8>>, VaultError> {
        let mut sealed = Zeroizing::new(sealed);
        let (Some(wanted), Some(left)) = (self.wants(), self.left.take()) else { return Err(VaultError::Sealed) };
        if long(sealed.len()) != wanted.end.saturating_sub(wanted.start) {
            return Err(VaultError::Sealed);
        }
        let segments = sealed.len().div_ceil(SEGMENT + TAG);
        let content = sealed.len().saturating_sub(segments.saturating_mul(TAG));
        let last = left == long(content);
        let mut clear = Vec::with_capacity(content);
        for (number, segment) in sealed.chunks_mut(SEGMENT + TAG).enumerate() {
            let ends = last && number.saturating_add(1) == segments;
            clear.extend_from_slice(self.stream.open(segment, ends)?);
        }
        self.at = wanted.end;
        self.left = (!last).then(|| left.saturating_sub(long(content)));
        Ok(Clear::new(clear))
    }
}

fn is_clear(permit: &Permit, wanted: &Slug) -> bool {
    permit.items().iter().any(|(item, view)| item == wanted && *view == View::Clear)
}

/// A length in memory as one in an object.
const fn long(length: usize) -> u64 {
    length as u64
}
