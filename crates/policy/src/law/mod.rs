//! The law as encoded: dated data, in force from and until.

/// The law pack that comes with the crate.
#[derive(Debug, Clone, Default)]
pub struct LawPack {}

/// Reads the bundled law pack.
pub fn bundled() -> (LawPack, Vec<crate::finding::Finding>) {
    (LawPack::default(), Vec::new())
}
