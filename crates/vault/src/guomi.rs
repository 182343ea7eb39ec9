//! The algorithms of the Chinese standards: SM4 (GB/T 32907) in GCM as of RFC 8998, SM3 (GB/T 32905), SM2 signatures
//! (GB/T 32918.2, over SM3, with the customary identity of GM/T 0009).

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{AeadInOut as _, KeyInit as _};
use hmac::{Hmac, Mac as _};
use sm2::dsa::signature::{Signer as _, Verifier as _};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::elliptic_curve::sec1::ToSec1Point as _;
use sm3::Sm3;
use sm4::Sm4;
use zeroize::Zeroizing;

use crate::key::{KEY_LEN, Key, VaultError};
use crate::suite::{NONCE, TAG};

/// Who signs, as it goes into the digest of a signature (GM/T 0009-2012, §10).
const IDENTITY: &str = "1234567812345678";

/// What SM3 takes at once, in bytes.
const BLOCK: usize = 64;

/// A public key: `04`, then both coordinates.
const PUBLIC: usize = 65;

/// SM4-GCM under its key. The keys of the house have 32 bytes, that of SM4 has 16, and is one of its own.
pub(crate) struct Sm4Gcm(Box<AesGcm<Sm4, U12>>);

impl Sm4Gcm {
    pub(crate) fn under(key: &[u8; KEY_LEN]) -> Result<Self, VaultError> {
        let derived = Zeroizing::new(mac(key, &[b"sm4-gcm"]));
        Self::of(derived.get(..16).ok_or(VaultError::Sealed)?)
    }

    fn of(key: &[u8]) -> Result<Self, VaultError> {
        AesGcm::new_from_slice(key).map(|cipher| Self(Box::new(cipher))).map_err(|_| VaultError::Sealed)
    }

    /// Seals `body` where it lies and appends the tag.
    pub(crate) fn seal(&self, nonce: [u8; NONCE], bound: &[u8], body: &mut Vec<u8>) -> Result<(), VaultError> {
        let tag = self.0.encrypt_inout_detached(&nonce.into(), bound, body.as_mut_slice().into());
        body.extend_from_slice(&tag.map_err(|_| VaultError::Sealed)?);
        Ok(())
    }

    /// Opens ciphertext and tag where they lie.
    pub(crate) fn open<'b>(
        &self,
        nonce: [u8; NONCE],
        bound: &[u8],
        body: &'b mut [u8],
    ) -> Result<&'b [u8], VaultError> {
        let (body, tag) = body.split_last_chunk_mut::<TAG>().ok_or(VaultError::Sealed)?;
        let tag = (*tag).into();
        let opened = self.0.decrypt_inout_detached(&nonce.into(), bound, (&mut *body).into(), &tag);
        opened.map(|()| &*body).map_err(|_| VaultError::Sealed)
    }
}

/// HMAC with SM3 over parts, each after its length.
pub(crate) fn mac(key: &[u8; KEY_LEN], parts: &[&[u8]]) -> [u8; 32] {
    // A key shorter than a block is one with zeroes behind it (RFC 2104): so no length can fail.
    let mut block = Zeroizing::new([0; BLOCK]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = Hmac::<Sm3>::new((&*block).into());
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The key that signs for a platform by SM2. What is kept is the seed, which is zeroed; the scalar lives while it signs.
pub(crate) struct Signing {
    seed: Key,
    public: [u8; PUBLIC],
}

impl Signing {
    pub(crate) fn of(seed: Key) -> Result<Self, VaultError> {
        let public = key(&seed)?.verifying_key().as_affine().to_sec1_point(false);
        let public = public.as_bytes().try_into().map_err(|_| VaultError::RootKey)?;
        Ok(Self { seed, public })
    }

    /// `04`, then both coordinates.
    pub(crate) fn public(&self) -> &[u8] {
        &self.public
    }

    /// r, then s: 64 bytes.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, VaultError> {
        let signature: Signature = key(&self.seed)?.try_sign(message).map_err(|_| VaultError::RootKey)?;
        Ok(signature.to_bytes().to_vec())
    }
}

/// The first scalar that the seed gives; the chance that one does not do is 2⁻³².
fn key(seed: &Key) -> Result<SigningKey, VaultError> {
    let scalars = (0_u8..=u8::MAX).map(|n| Zeroizing::new(mac(seed.bytes(), &[b"sm2", &[n]])));
    let mut keys = scalars.filter_map(|scalar| SigningKey::from_slice(IDENTITY, scalar.as_slice()).ok());
    keys.next().ok_or(VaultError::RootKey)
}

/// Whether this is a point of the curve, uncompressed.
pub fn is_sm2_key(public: &[u8]) -> bool {
    public.len() == PUBLIC && VerifyingKey::from_sec1_bytes(IDENTITY, public).is_ok()
}

/// Whether this is the signature by SM2 with SM3 of the key over the message: r, then s.
pub fn verifies_sm2(public: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) = (VerifyingKey::from_sec1_bytes(IDENTITY, public), Signature::from_slice(signature))
    else {
        return false;
    };
    public.len() == PUBLIC && key.verify(message, &signature).is_ok()
}

#[cfg(test)]
mod tests;
