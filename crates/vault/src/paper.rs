//! Signed documents: the proof of a written consent, sealed under the key of a part of its giver's.
//!
//! No permit is asked for: a document is no item of the policy, and that a consent can be proved is a duty of the handler
//! (PIPL arts. 14, 69). It leaves as every value does, by the store's word that an act is on the ledger.

use aws_lc_rs::digest::{SHA256, digest};
use model::{Clear, ConsentId, Derived, Entropy, Fingerprint};

use crate::key::VaultError;
use crate::part::PartName;
use crate::platform::PlatformKeys;

/// A document, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedPaper {
    /// SHA-256 of the document.
    pub digest: Fingerprint,
    /// Suite, nonce, ciphertext, tag.
    pub bytes: Vec<u8>,
}

impl Derived for SealedPaper {}
impl Derived for VaultError {}

impl PlatformKeys {
    /// Seals the document of a consent under the key of a part.
    ///
    /// # Errors
    /// [`VaultError::Erased`] when the part's key is gone.
    pub fn seal_paper(
        &self,
        part: &PartName,
        wrapped: Option<&[u8]>,
        consent: ConsentId,
        document: &Clear<Vec<u8>>,
        entropy: &dyn Entropy,
    ) -> Result<SealedPaper, VaultError> {
        let (key, context) = (self.part_key(part, wrapped)?, self.paper_context(part, consent));
        document.within(|document| {
            let bytes = key.seal(self.suite(), &context, document, entropy)?;
            let mut sum = [0; 32];
            for (byte, digested) in sum.iter_mut().zip(digest(&SHA256, document).as_ref()) {
                *byte = *digested;
            }
            Ok(SealedPaper { digest: Fingerprint::from_digest(sum), bytes })
        })
    }

    /// Opens the document of a consent.
    ///
    /// # Errors
    /// [`VaultError::Erased`] when the part's key is gone; [`VaultError::Sealed`] when it is another consent's.
    pub fn open_paper(
        &self,
        part: &PartName,
        wrapped: Option<&[u8]>,
        consent: ConsentId,
        sealed: &[u8],
    ) -> Result<Clear<Vec<u8>>, VaultError> {
        let bytes = self.part_key(part, wrapped)?.open(&self.paper_context(part, consent), sealed)?;
        Ok(Clear::new(bytes.to_vec()))
    }

    fn paper_context(&self, part: &PartName, consent: ConsentId) -> Vec<u8> {
        let mut context = b"shouyue/1 paper ".to_vec();
        self.bind(&mut context, part);
        context.extend_from_slice(consent.as_bytes());
        context
    }
}
