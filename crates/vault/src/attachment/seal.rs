//! Sealing: content goes in as it comes, sealed bytes come out.

use model::attachment::FileKind;
use model::field::Validator;
use model::{AttachmentId, Clear, Entropy, Slug};
use policy::decide::Permit;
use policy::syntax::Action;
use zeroize::Zeroizing;

use super::sniff::{HEAD, sniff};
use super::{AttachmentName, SEGMENT, Stream, TAG, header};
use crate::key::{Key, VaultError};
use crate::part::{PartName, Whose};
use crate::platform::PlatformKeys;

/// An attachment on its way in.
pub struct Sealer {
    name: AttachmentName,
    platform: Slug,
    stream: Stream,
    /// The header, until it is written.
    header: Vec<u8>,
    /// Content of the segment under way.
    held: Zeroizing<Vec<u8>>,
    /// The first bytes, until they are enough to tell the kind.
    head: Zeroizing<Vec<u8>>,
    size: u64,
    /// The new part's wrapped key.
    wrapped: Option<Vec<u8>>,
}

/// An attachment, sealed to its end. What the store is to keep of it comes out only against a permit of that instant.
pub struct SealedAttachment {
    platform: Slug,
    facts: Facts,
}

/// What the store keeps beside the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Which.
    pub name: AttachmentName,
    /// What it holds.
    pub kind: FileKind,
    /// Length of the content, in bytes.
    pub size: u64,
    /// The new part's wrapped key; `None` when the part had one.
    pub wrapped: Option<Vec<u8>>,
}

impl PlatformKeys {
    /// Begins to seal what a permit to collect names, under a key of its own that is wrapped under the part's key, or
    /// under that of a new part when `wrapped` is `None`.
    ///
    /// # Errors
    /// [`VaultError::NotPermitted`] when the permit is for another platform or act, or does not name the item.
    pub fn seal_attachment(
        &self,
        permit: Permit,
        whose: Whose,
        wrapped: Option<&[u8]>,
        (item, id): (&Slug, AttachmentId),
        entropy: &dyn Entropy,
    ) -> Result<Sealer, VaultError> {
        let subject = (whose == Whose::Subject).then(|| permit.subject());
        let part = PartName { record: permit.record(), subject, role: permit.person().clone() };
        let name = AttachmentName { part, item: item.clone(), id };
        if !covers(&permit, &self.platform, (&name.part, item)) {
            return Err(VaultError::NotPermitted);
        }
        drop(permit);
        let (part, new) = self.part_key_or_new(&name.part, wrapped, entropy)?;
        let (suite, key) = (self.suite(), Key::draw(entropy));
        let wrapped = part.wrap(suite, &self.attachment_key_context(&name), &key, entropy)?;
        let header = header(suite, entropy.draw(), &wrapped)?;
        Ok(Sealer {
            platform: self.platform.clone(),
            stream: self.stream(&name, &key, &header)?,
            name,
            header: header.to_vec(),
            held: Zeroizing::new(Vec::with_capacity(SEGMENT + TAG)),
            head: Zeroizing::new(Vec::with_capacity(HEAD)),
            size: 0,
            wrapped: new,
        })
    }
}

impl Sealer {
    /// Takes more content. Gives what is to be written now; at most one segment stays behind.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] beyond 256 TiB.
    pub fn push(&mut self, content: Clear<Vec<u8>>) -> Result<Vec<u8>, VaultError> {
        let mut sealed = Ok(Vec::new());
        content.map(|content| sealed = self.take(&Zeroizing::new(content))).within(|()| ());
        sealed
    }

    fn take(&mut self, mut content: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut out = std::mem::take(&mut self.header);
        let unread = HEAD.saturating_sub(self.head.len());
        self.head.extend(content.iter().take(unread));
        self.size = self.size.saturating_add(u64::try_from(content.len()).unwrap_or(u64::MAX));
        while !content.is_empty() {
            // A full segment is sealed only when another follows: which one is the last is known at the end.
            if self.held.len() == SEGMENT {
                self.seal_held(false, &mut out)?;
            }
            let room = SEGMENT.saturating_sub(self.held.len());
            let (now, later) = content.split_at(room.min(content.len()));
            self.held.extend_from_slice(now);
            content = later;
        }
        Ok(out)
    }

    fn seal_held(&mut self, last: bool, out: &mut Vec<u8>) -> Result<(), VaultError> {
        self.stream.seal(&mut self.held, last)?;
        out.extend_from_slice(&self.held);
        self.held.clear();
        Ok(())
    }

    /// Length of the content so far, in bytes.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// What the first bytes say; `None` while they are too few to say it.
    ///
    /// # Errors
    /// [`WrongKind`] when it is nothing that an item checked by `validator` may hold.
    pub fn kind(&self, validator: Validator) -> Result<Option<FileKind>, WrongKind> {
        match sniff(&self.head) {
            Some(kind) if validator.file_kinds().contains(&kind) => Ok(Some(kind)),
            None if self.head.len() < HEAD => Ok(None),
            _ => Err(WrongKind),
        }
    }

    /// Ends it. Gives what is still to be written.
    ///
    /// # Errors
    /// [`VaultError::Content`] when its first bytes are those of no kind.
    pub fn finish(mut self) -> Result<(Vec<u8>, SealedAttachment), VaultError> {
        let kind = sniff(&self.head).ok_or(VaultError::Content)?;
        let mut out = std::mem::take(&mut self.header);
        self.seal_held(true, &mut out)?;
        let facts = Facts { name: self.name, kind, size: self.size, wrapped: self.wrapped };
        Ok((out, SealedAttachment { platform: self.platform, facts }))
    }
}

/// The content is none of what the item may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongKind;

impl SealedAttachment {
    /// What to keep, under a permit of now: sealing may have taken minutes.
    ///
    /// # Errors
    /// [`VaultError::NotPermitted`] when the permit does not name this very attachment's place and item.
    pub fn under(&self, permit: Permit) -> Result<&Facts, VaultError> {
        let name = &self.facts.name;
        let covered = covers(&permit, &self.platform, (&name.part, &name.item));
        drop(permit);
        if covered { Ok(&self.facts) } else { Err(VaultError::NotPermitted) }
    }
}

/// Whether a permit to collect names an attachment's place and item.
pub(super) fn covers(permit: &Permit, platform: &Slug, (part, item): (&PartName, &Slug)) -> bool {
    permit.platform() == platform
        && permit.action() == Action::Collect
        && permit.record() == part.record
        && permit.person() == &part.role
        && part.subject.is_none_or(|subject| subject == permit.subject())
        && permit.items().iter().any(|(permitted, _)| permitted == item)
}
