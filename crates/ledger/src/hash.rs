//! SHA-256 with the domain separation of RFC 6962 §2.1: a leaf can never be taken for an inner node.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{self, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Length of a hash in bytes.
pub const HASH_LEN: usize = 32;

/// A SHA-256 hash: of a leaf, of an inner node, or of a whole tree.
///
/// `Display` and `FromStr` are standard base64, the form of checkpoints and proofs; `{:x}` is hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; HASH_LEN]);

impl Hash {
    /// Root of the tree without leaves: the hash of no bytes at all (RFC 6962 §2.1).
    pub const EMPTY_ROOT: Self = Self([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae,
        0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ]);

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; HASH_LEN] {
        &self.0
    }
}

/// Text or bytes that should have been a hash and are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a hash of 32 bytes, as standard base64 with padding where it is text")]
pub struct NotAHash;

impl TryFrom<&[u8]> for Hash {
    type Error = NotAHash;

    fn try_from(bytes: &[u8]) -> Result<Self, NotAHash> {
        bytes.try_into().map(Self).map_err(|_| NotAHash)
    }
}

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        // 32 bytes are 44 characters; the check keeps hostile input from being decoded at length.
        if text.len() != 44 {
            return Err(NotAHash);
        }
        let bytes = STANDARD.decode(text).map_err(|_| NotAHash)?;
        Self::try_from(bytes.as_slice())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::LowerHex for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self:x})")
    }
}

/// Hash of a leaf: SHA-256(0x00 ‖ leaf).
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    // A room that is larger than it need be costs the time to empty it; nearly every leaf has a few hundred bytes.
    let hash = match leaf.len() {
        ..256 => hash_in::<256>(leaf),
        256..512 => hash_in::<512>(leaf),
        _ => hash_in::<1024>(leaf),
    };
    hash.unwrap_or_else(|| {
        let mut context = digest::Context::new(&SHA256);
        context.update(&[0x00]);
        context.update(leaf);
        from_digest(&context.finish())
    })
}

/// Hashes a leaf behind its byte, where both have room in so many bytes on the stack: one piece and one call are about twice as
/// fast as a context.
fn hash_in<const ROOM: usize>(leaf: &[u8]) -> Option<Hash> {
    let mut room = [0_u8; ROOM];
    room.get_mut(1..=leaf.len())?.copy_from_slice(leaf);
    room.get(..=leaf.len()).map(sha256)
}

/// Hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut input = [0x01_u8; 1 + 2 * HASH_LEN];
    let (_, children) = input.split_at_mut(1);
    let (into_left, into_right) = children.split_at_mut(HASH_LEN);
    into_left.copy_from_slice(&left.0);
    into_right.copy_from_slice(&right.0);
    sha256(&input)
}

/// Plain SHA-256, for key ids.
pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    from_digest(&digest::digest(&SHA256, bytes))
}

fn from_digest(digest: &digest::Digest) -> Hash {
    let mut hash = [0; HASH_LEN];
    hash.copy_from_slice(digest.as_ref());
    Hash(hash)
}
