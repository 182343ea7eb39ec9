//! PEM (RFC 7468), as vendors hand out keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The DER bytes of the first block of a kind, such as `PRIVATE KEY`.
pub(crate) fn block(text: &str, kind: &str) -> Option<Vec<u8>> {
    let (_, rest) = text.split_once(&format!("-----BEGIN {kind}-----"))?;
    let (inside, _) = rest.split_once(&format!("-----END {kind}-----"))?;
    let letters: String = inside.split_whitespace().collect();
    STANDARD.decode(letters).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_found_by_its_kind_and_nonsense_is_none() {
        let text = "x\n-----BEGIN PUBLIC KEY-----\nAQ\nID\n-----END PUBLIC KEY-----\n";
        assert_eq!(block(text, "PUBLIC KEY"), Some(vec![1, 2, 3]));
        assert_eq!(block(text, "PRIVATE KEY"), None);
        assert_eq!(block(&text.replace("AQ", "#"), "PUBLIC KEY"), None);
        assert_eq!(block("-----BEGIN PUBLIC KEY-----\nAQID", "PUBLIC KEY"), None);
    }
}
