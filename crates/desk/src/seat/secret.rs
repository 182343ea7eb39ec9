//! Secrets of 256 random bits: cookies, service tokens, one-time links.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Entropy;

/// A secret, shown once. It cannot be printed by accident; what is kept is its digest.
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secret(..)")
    }
}

impl Secret {
    pub(crate) fn draw(entropy: &dyn Entropy, prefix: &str) -> Self {
        let bytes: [u8; 32] = entropy.draw();
        Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The text to hand to its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn digest(&self) -> [u8; 32] {
        sha256(self.0.as_bytes())
    }
}

/// What is kept of a secret. It is too long to be guessed, so that one round is enough.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    for (byte, drawn) in out.iter_mut().zip(digest(&SHA256, bytes).as_ref()) {
        *byte = *drawn;
    }
    out
}
