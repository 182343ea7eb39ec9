//! The evidence ledger: RFC 6962 tree, checkpoints, receipts and their offline verification.

pub mod audit;
pub mod checkpoint;
pub mod edge;
pub mod hash;
pub mod note;
pub mod proof;
pub mod receipt;
pub mod tile;

pub use audit::{Audit, Damage, Report, audit};
pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use edge::Edge;
pub use hash::{Hash, leaf_hash, node_hash};
pub use note::{Ed25519Signer, Signer, VerifierKey};
pub use receipt::{Receipt, Rejected, Verified, verify};
pub use tile::{BundleId, Tile, TileId, Tiles};
