//! Opening: sealed bytes go in piece by piece, content comes out, in order and whole or not to the end.

use std::ops::Range;

use model::Clear;
use policy::decide::{Permit, View};
use zeroize::Zeroizing;

use super::{AttachmentName, HEADER, PREFIX, SEGMENT, Stream, TAG};
use crate::key::{PlatformKeys, SUITE_INTERNATIONAL, VaultError};
use crate::part::keeps;

/// Segments that are opened at once: half a mebibyte.
const AT_ONCE: u64 = 8;

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
        let clear = permit.items().iter().any(|(item, view)| *item == name.item && *view == View::Clear);
        let same = permit.platform() == &self.platform
            && permit.record() == name.part.record
            && permit.person() == &name.part.role
            && name.part.subject.is_none_or(|subject| subject == permit.subject());
        if !clear || !same || keeps(permit.action()) {
            return Err(VaultError::NotPermitted);
        }
        drop(permit);
        let header = header.first_chunk::<HEADER>().ok_or(VaultError::Sealed)?;
        let (suite, rest) = header.split_first().ok_or(VaultError::Sealed)?;
        if *suite != SUITE_INTERNATIONAL {
            return Err(VaultError::Suite(*suite));
        }
        let (_, sealed) = rest.split_at_checked(PREFIX).ok_or(VaultError::Sealed)?;
        let part = self.part_key(&name.part, wrapped)?;
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

/// A length in memory as one in an object.
const fn long(length: usize) -> u64 {
    length as u64
}
