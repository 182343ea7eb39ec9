//! The evidence ledger: an append-only log whose every entry can be proved to an outsider who does not trust us.
//!
//! This room is pure: no I/O, clock, randomness or async. It knows nothing of the rest of the house; a leaf is bytes. All formats are
//! public ones, so that anyone's tools can check ours:
//!
//! | what | where it is written down | module |
//! |---|---|---|
//! | the tree and its proofs | RFC 6962 §2.1, RFC 9162 §2.1 | [`hash`](mod@hash), [`edge`], [`proof`] |
//! | how the tree is stored and served | [C2SP tlog-tiles](https://c2sp.org/tlog-tiles) | [`tile`] |
//! | signatures and keys | [C2SP signed-note](https://c2sp.org/signed-note) | [`note`] |
//! | the signed head | [C2SP tlog-checkpoint](https://c2sp.org/tlog-checkpoint) | [`checkpoint`] |
//! | the receipt | [C2SP tlog-proof](https://c2sp.org/tlog-proof) | [`receipt`] |
//! | the word of a witness under a head | [C2SP tlog-cosignature](https://c2sp.org/tlog-cosignature) | [`cosignature`] |
//! | what a witness cosigns, and how it is asked | [C2SP tlog-witness](https://c2sp.org/tlog-witness) | [`witness`] |
//! | what may have happened to a stored ledger | here | [`audit`](mod@audit) |
//!
//! # From a leaf to a receipt, and back
//!
//! A leaf is hashed behind a zero byte, two hashes are joined behind a one byte, and so on up to a single root; a tree that is no
//! power of two is split at the largest power of two below its size. Appending needs only the right [`Edge`]:
//!
//! ```
//! use shouyue_ledger::{Checkpoint, Ed25519Signer, Edge, Receipt, Signer, Tiles, leaf_hash, proof, verify};
//!
//! let mut edge = Edge::empty();
//! for leaf in ["consent given", "phone read", "consent withdrawn"] {
//!     edge.append(leaf_hash(leaf.as_bytes()));
//! }
//! // Rows of at most 256 hashes: what a store upserts in the transaction that stores the leaves themselves.
//! let stored: Tiles = edge.take_changed_tiles().into_iter().collect();
//!
//! // The head of the log: origin, size and root, signed by the key that bears the origin as its name.
//! let signer = Ed25519Signer::from_seed("ledger.example/haigang", &[7; 32])?;
//! let signed = Checkpoint::new("ledger.example/haigang", edge.size(), edge.root())?.sign(&[&signer])?;
//! assert_eq!(
//!     signed.to_string(),
//!     "\
//! ledger.example/haigang
//! 3
//! ePZOA4e03aDi+3YhIk/A61R2gkkxPxlgTWeiFrDyboU=
//!
//! — ledger.example/haigang TUH31m1fohA1IYahxa5OuybvBor/GSE0FMJgJ9iywNMFgDVDF69G7uuXdIy1Tc/9aGaFDOvTAUU/0CLTBILBBgmK+ws=
//! "
//! );
//!
//! // A proof in two steps, so that the tiles can be read in between: which tiles, then the hashes beside the leaf's way up.
//! let needed = proof::inclusion_tiles(1, edge.size())?;
//! assert_eq!(needed[0].to_string(), "tile/0/000.p/3");
//! let path = proof::inclusion(1, edge.size(), &stored)?;
//!
//! // Leaf, proof and head make the receipt: one text that is all a customer needs to keep.
//! let receipt = Receipt::new(1, b"the leaf's salt".to_vec(), path, signed)?.to_string();
//! assert!(receipt.starts_with("c2sp.org/tlog-proof@v1\nextra dGhlIGxlYWYncyBzYWx0\nindex 1\n"));
//!
//! // Years later, without the server: the receipt, the leaf, and the log's public key from a place that one trusts.
//! let key = "ledger.example/haigang+4d41f7d6+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
//! assert_eq!(key, signer.key().to_string());
//! let proved = verify(&receipt, b"phone read", &[key.parse()?])?;
//! assert_eq!(proved.index, 1);
//! assert!(verify(&receipt, b"phone not read", &[key.parse()?]).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a verified receipt says, and what it does not
//!
//! It says that the holder of the key signed a tree in which this leaf stands at this index, and that the log cannot take the leaf out
//! or alter it without a head that contradicts the signed one. It does not say that the same tree was shown to everyone: for that,
//! heads are compared with [`Checkpoint::extends`], by the customers among themselves or by a witness whose signature stands beside
//! the log's. Nor does it say that what the leaf claims is true.

pub mod audit;
pub mod checkpoint;
pub mod cosignature;
pub mod edge;
pub mod hash;
pub mod note;
pub mod proof;
pub mod receipt;
pub mod tile;
pub mod witness;

pub use audit::{Audit, Damage, Report, audit};
pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use cosignature::{COSIGNATURE_V1, Cosigner};
pub use edge::Edge;
pub use hash::{Hash, leaf_hash, node_hash};
pub use note::{Ed25519Signer, Signer, VerifierKey};
pub use receipt::{Receipt, Rejected, Verified, verify};
pub use tile::{BundleId, Tile, TileId, Tiles};
