//! The primitives by themselves: ciphers over bytes, SHA-256 over leaves and nodes.

use std::hint::black_box;

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{AeadInOut as _, KeyInit as _};
use anyhow::{Result, anyhow};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use sm4::Sm4;
use vault::Suite;

const NONCE: [u8; 12] = [3; 12];

/// A cipher under its key.
pub(crate) enum Bare {
    Aes(Box<LessSafeKey>),
    Sm4(Box<AesGcm<Sm4, U12>>),
}

impl Bare {
    /// The cipher of a suite, under a key made anew.
    pub(crate) fn of(suite: Suite) -> Result<Self> {
        let refused = |_| anyhow!("the cipher refuses its key");
        Ok(match suite {
            Suite::International => Self::Aes(Box::new(LessSafeKey::new(
                UnboundKey::new(&AES_256_GCM, black_box(&[7; 32])).map_err(refused)?,
            ))),
            Suite::Guomi => Self::Sm4(Box::new(
                AesGcm::new_from_slice(black_box(&[7; 16])).map_err(|_| anyhow!("the cipher refuses its key"))?,
            )),
        })
    }

    /// Seals bytes where they lie; whether it went well.
    pub(crate) fn seal(&self, body: &mut [u8]) -> bool {
        match self {
            Self::Aes(key) => {
                key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(NONCE), Aad::empty(), body).is_ok()
            }
            Self::Sm4(key) => key.encrypt_inout_detached(&NONCE.into(), &[], body.into()).is_ok(),
        }
    }
}

/// What any tree takes for each leaf: the hash of the leaf behind its byte, and on average one node.
pub(crate) fn leaf_and_node(prefixed: &[u8], node: &[u8; 65]) {
    black_box(digest(&SHA256, black_box(prefixed)));
    black_box(digest(&SHA256, black_box(node)));
}
