//! Record parts: the sealed values of one subject in one role of one record, under a key of their own.

use model::act::Born;
use model::field::{Mask, Validator};
use model::{Clear, Entropy, RecordId, Slug, SubjectId};
use policy::decide::{Permit, View};
use policy::question::Obligation;
use policy::syntax::Action;
use zeroize::Zeroizing;

use crate::field::{self, Normal};
use crate::key::{Key, VaultError};
use crate::platform::PlatformKeys;

/// Whose part of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The permit's subject's.
    Subject,
    /// Nobody's: the matter itself, or an organisation's plain items.
    Matter,
}

/// The name of one part; bound into everything sealed under it, so that a moved ciphertext does not open (invariant 11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartName {
    /// Record.
    pub record: RecordId,
    /// Subject; `None` for the matter itself.
    pub subject: Option<SubjectId>,
    /// Role.
    pub role: Slug,
}

/// One value, sealed.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// Item.
    pub item: Slug,
    /// Version, from 1.
    pub version: u32,
    /// Suite, nonce, ciphertext, tag.
    pub bytes: Vec<u8>,
}

/// What sealing gives to the store.
#[derive(Debug)]
pub struct SealedPart {
    /// Which part.
    pub name: PartName,
    /// The new part's wrapped key; `None` when the part had one.
    pub wrapped: Option<Vec<u8>>,
    /// The values.
    pub values: Vec<Sealed>,
}

/// One value, opened as the permit says.
pub struct Opened {
    /// Item.
    pub item: Slug,
    /// The value, clear or under its mask, in custody until the act is on the ledger.
    pub value: Clear<String>,
    /// The mask, when there is one.
    pub mask: Option<Mask>,
}

impl PlatformKeys {
    /// Seals what a permit to collect or to keep names, under the part's key, or under a new one when `wrapped` is `None`.
    /// `values` gives for each item its new version and normalised value.
    ///
    /// # Errors
    /// [`VaultError::NotPermitted`] when the permit is for another platform or act, or does not name every item.
    pub fn seal(
        &self,
        permit: Permit,
        whose: Whose,
        wrapped: Option<&[u8]>,
        values: Vec<(Slug, u32, Normal)>,
        entropy: &dyn Entropy,
    ) -> Result<SealedPart, VaultError> {
        let named = |item: &Slug| permit.items().iter().any(|(permitted, _)| permitted == item);
        let covered = values.iter().all(|(item, _, _)| named(item));
        if permit.platform() != &self.platform || !keeps(permit.action()) || !covered {
            return Err(VaultError::NotPermitted);
        }
        let subject = (whose == Whose::Subject).then(|| permit.subject());
        let name = PartName { record: permit.record(), subject, role: permit.person().clone() };
        let (key, new) = self.part_key_or_new(&name, wrapped, entropy)?;
        let values = values
            .into_iter()
            .map(|(item, version, value)| {
                let bytes = self.seal_text(&key, &name, (&item, version), value.expose(), entropy)?;
                Ok(Sealed { item, version, bytes })
            })
            .collect::<Result<_, VaultError>>()?;
        drop(permit);
        Ok(SealedPart { name, wrapped: new, values })
    }

    /// Opens what a permit names, each item clear or under its mask. Items that the permit does not name stay shut.
    ///
    /// # Errors
    /// [`VaultError::NotPermitted`] when the permit is for another platform, record, subject or role, or is one to
    /// collect or to keep; [`VaultError::Erased`] when the part's key is gone.
    pub fn open(
        &self,
        permit: Permit,
        name: &PartName,
        wrapped: Option<&[u8]>,
        values: &[Sealed],
    ) -> Result<Vec<Opened>, VaultError> {
        let opened = self.open_values(&permit, &self.fitting_key(&permit, name, wrapped)?, name, values)?;
        drop(permit);
        Ok(opened)
    }

    /// The key of a part that a permit is to open.
    pub(crate) fn fitting_key(
        &self,
        permit: &Permit,
        name: &PartName,
        wrapped: Option<&[u8]>,
    ) -> Result<Key, VaultError> {
        if fits(permit, &self.platform, name) { self.part_key(name, wrapped) } else { Err(VaultError::NotPermitted) }
    }

    pub(crate) fn open_values(
        &self,
        permit: &Permit,
        key: &Key,
        name: &PartName,
        values: &[Sealed],
    ) -> Result<Vec<Opened>, VaultError> {
        let mut opened = Vec::with_capacity(permit.items().len());
        for (item, view) in permit.items() {
            let Some(sealed) = values.iter().filter(|sealed| &sealed.item == item).max_by_key(|sealed| sealed.version)
            else {
                continue;
            };
            let text = self.open_value(key, name, sealed)?;
            let (value, mask) = match view {
                View::Clear => (text, None),
                View::Masked(mask) => (text.map(|clear| masked(*mask, &clear)), Some(*mask)),
            };
            opened.push(Opened { item: item.clone(), value, mask });
        }
        Ok(opened)
    }

    /// Opens the one telephone number that a permit lets reach somebody as a virtual number only, for the network that
    /// stands between the two. What leaves through it is the call, never the number.
    ///
    /// # Errors
    /// [`VaultError::NotPermitted`] when the permit is for another part, names more than one item, or does not oblige to a
    /// virtual number; [`VaultError::Erased`] when the part's key is gone, or the number is.
    pub fn dial(
        &self,
        permit: Permit,
        name: &PartName,
        wrapped: Option<&[u8]>,
        values: &[Sealed],
    ) -> Result<Clear<String>, VaultError> {
        let virtually = permit.obligations().contains(&Obligation::VirtualNumber);
        let [(item, View::Masked(Mask::Hidden))] = permit.items() else { return Err(VaultError::NotPermitted) };
        if !fits(&permit, &self.platform, name) || !virtually {
            return Err(VaultError::NotPermitted);
        }
        let key = self.part_key(name, wrapped)?;
        let newest = values.iter().filter(|sealed| &sealed.item == item).max_by_key(|sealed| sealed.version);
        let number = self.open_value(&key, name, newest.ok_or(VaultError::Erased)?)?;
        drop(permit);
        Ok(number)
    }

    /// The birth date for decisions about age, from a sealed day or from an identity number that contains it. Opens without a permit, because a decision needs it; the value goes
    /// nowhere but into the decision ([`Born`] cannot be printed).
    pub fn born(&self, name: &PartName, wrapped: Option<&[u8]>, sealed: &Sealed) -> Result<Option<Born>, VaultError> {
        let key = self.part_key(name, wrapped)?;
        let text = self.open_value(&key, name, sealed)?;
        let dated = field::accept(Validator::Date, &text).or_else(|_| field::accept(Validator::Document, &text));
        Ok(dated.ok().and_then(|value| value.checked_birth()).map(Born::On))
    }

    /// The key of a part; a new one, with what the store keeps of it, where the part has none.
    pub(crate) fn part_key_or_new(
        &self,
        name: &PartName,
        wrapped: Option<&[u8]>,
        entropy: &dyn Entropy,
    ) -> Result<(Key, Option<Vec<u8>>), VaultError> {
        if wrapped.is_some() {
            return Ok((self.part_key(name, wrapped)?, None));
        }
        let key = Key::draw(entropy);
        let wrapped = self.wrap_part(name, &key, entropy)?;
        Ok((key, Some(wrapped)))
    }

    fn open_value(&self, key: &Key, name: &PartName, sealed: &Sealed) -> Result<Clear<String>, VaultError> {
        Ok(Clear::new(std::mem::take(&mut *self.open_text(key, name, sealed)?)))
    }

    pub(crate) fn seal_text(
        &self,
        key: &Key,
        name: &PartName,
        (item, version): (&Slug, u32),
        text: &str,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, VaultError> {
        key.seal(self.suite(), &self.value_context(name, item, version), text.as_bytes(), entropy)
    }

    pub(crate) fn open_text(
        &self,
        key: &Key,
        name: &PartName,
        sealed: &Sealed,
    ) -> Result<Zeroizing<String>, VaultError> {
        let bytes = key.open(&self.value_context(name, &sealed.item, sealed.version), &sealed.bytes)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| VaultError::Sealed)?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    pub(crate) fn part_context(&self, name: &PartName) -> Vec<u8> {
        let mut context = b"shouyue/1 part-key ".to_vec();
        self.bind(&mut context, name);
        context
    }

    fn value_context(&self, name: &PartName, item: &Slug, version: u32) -> Vec<u8> {
        let mut context = b"shouyue/1 value ".to_vec();
        self.bind(&mut context, name);
        context.extend_from_slice(&version.to_be_bytes());
        context.extend_from_slice(item.as_str().as_bytes());
        context
    }

    /// Platform, record, subject, role. Slugs hold no zero byte, so the separators keep the parts apart.
    pub(crate) fn bind(&self, context: &mut Vec<u8>, name: &PartName) {
        context.extend_from_slice(self.platform.as_str().as_bytes());
        context.push(0);
        context.extend_from_slice(name.record.as_bytes());
        match name.subject {
            Some(subject) => {
                context.push(1);
                context.extend_from_slice(subject.as_bytes());
            }
            None => context.push(0),
        }
        context.extend_from_slice(name.role.as_str().as_bytes());
        context.push(0);
    }
}

/// Whether an action puts values in: collecting them, or keeping what the company's own systems hold.
pub(crate) const fn keeps(action: Action) -> bool {
    matches!(action, Action::Collect | Action::Retain)
}

/// Whether a permit is one to open this very part.
fn fits(permit: &Permit, platform: &Slug, name: &PartName) -> bool {
    permit.platform() == platform
        && permit.record() == name.record
        && permit.person() == &name.role
        && name.subject.is_none_or(|subject| subject == permit.subject())
        && !keeps(permit.action())
}

fn masked(mask: Mask, clear: &str) -> String {
    let mut out = String::new();
    // Writing into a string cannot fail; a mask that did would leave the text it had covered so far.
    let _ = field::mask(mask, clear, &mut out);
    out
}
