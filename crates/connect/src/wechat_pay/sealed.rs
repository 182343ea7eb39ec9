//! What a notification seals: AEAD_AES_256_GCM under the APIv3 key ("如何解密回调报文").

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// The only algorithm of API v3.
const ALGORITHM: &str = "AEAD_AES_256_GCM";

/// A sealed resource, as it is posted.
#[derive(Serialize, Deserialize)]
pub(crate) struct Resource {
    algorithm: String,
    ciphertext: String,
    #[serde(default)]
    associated_data: String,
    nonce: String,
}

/// Opens a resource; `None` for anything that was not sealed under this key.
pub(crate) fn open(key: &[u8; 32], sealed: &Resource) -> Option<Vec<u8>> {
    if sealed.algorithm != ALGORITHM {
        return None;
    }
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(sealed.nonce.as_bytes()).ok()?;
    let mut bytes = STANDARD.decode(&sealed.ciphertext).ok()?;
    let length = key.open_in_place(nonce, Aad::from(sealed.associated_data.as_bytes()), &mut bytes).ok()?.len();
    bytes.truncate(length);
    Some(bytes)
}

/// Seals as WeChat Pay does, for its simulator.
pub(crate) fn seal(key: &[u8; 32], nonce: &[u8; 12], plain: &[u8]) -> Option<Resource> {
    let letters = hex::encode(nonce.get(..6)?);
    let sealing = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let associated_data = "transaction".to_owned();
    let mut bytes = plain.to_vec();
    let nonce = Nonce::try_assume_unique_for_key(letters.as_bytes()).ok()?;
    sealing.seal_in_place_append_tag(nonce, Aad::from(associated_data.as_bytes()), &mut bytes).ok()?;
    Some(Resource {
        algorithm: ALGORITHM.to_owned(),
        ciphertext: STANDARD.encode(bytes),
        associated_data,
        nonce: letters,
    })
}
