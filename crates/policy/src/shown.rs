//! The fingerprint `text` (design invariant 12): of words as they were shown to a person.
//!
//! It is defined here because whoever renders the words, and whoever publishes them, must mean the same.

use aws_lc_rs::digest::{SHA256, digest};
use model::Fingerprint;

/// Begins what is hashed, so that the fingerprint of a text is never one of anything else.
const DOMAIN: &str = "shouyue text 1 zh\n";

/// SHA-256 of the line `shouyue text 1 zh`, with its line feed, and the words.
pub fn fingerprint(words: &str) -> Fingerprint {
    let hashed = digest(&SHA256, [DOMAIN, words].concat().as_bytes());
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(hashed.as_ref()) {
        *to = *from;
    }
    Fingerprint::from_digest(bytes)
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn the_fingerprint_binds_every_byte() {
        let one = fingerprint("甲\n乙：丙。\n");
        assert_eq!(one, fingerprint("甲\n乙：丙。\n"));
        assert_ne!(one, fingerprint("甲\n乙：丙。"));
        // printf 'shouyue text 1 zh\n甲\n乙：丙。\n' | sha256sum
        assert_eq!(one.to_string(), "sha256:6c0bde17b560338d4aa27d34a29cf90aea0e2933ed81fe5976df998589bc9dc3");
    }
}
