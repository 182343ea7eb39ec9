//! A small log in memory, kept as a store keeps it: rows of tiles, replaced when they change.

use shouyue_ledger::proof;
use shouyue_ledger::{Checkpoint, Ed25519Signer, Edge, Hash, Receipt, SignedCheckpoint, Tiles, leaf_hash};

pub(crate) const ORIGIN: &str = "ledger.example/haigang";

pub(crate) struct Log {
    pub(crate) leaves: Vec<Vec<u8>>,
    /// `roots[n]` is the root at n leaves.
    pub(crate) roots: Vec<Hash>,
    pub(crate) edge: Edge,
    pub(crate) tiles: Tiles,
}

impl Log {
    pub(crate) fn of(leaves: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut edge = Edge::empty();
        let mut log = Self { leaves: Vec::new(), roots: vec![edge.root()], edge: Edge::empty(), tiles: Tiles::new() };
        for leaf in leaves {
            assert_eq!(edge.append(leaf_hash(&leaf)), log.leaves.len() as u64);
            log.leaves.push(leaf);
            log.roots.push(edge.root());
        }
        log.tiles.extend(edge.take_changed_tiles());
        log.edge = edge;
        log
    }

    /// Leaves `leaf 0`, `leaf 1`, …
    pub(crate) fn counting(leaves: u64) -> Self {
        Self::of((0..leaves).map(leaf))
    }

    pub(crate) fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    pub(crate) fn root(&self, size: u64) -> Hash {
        self.roots[usize::try_from(size).unwrap()]
    }

    pub(crate) fn leaf_hashes(&self) -> Vec<(u64, Hash)> {
        (0..).zip(self.leaves.iter().map(|leaf| leaf_hash(leaf))).collect()
    }

    /// Builds a proof from those tiles alone that were asked for.
    pub(crate) fn inclusion(&self, index: u64, size: u64) -> Vec<Hash> {
        proof::inclusion(index, size, &self.only(proof::inclusion_tiles(index, size).unwrap())).unwrap()
    }

    pub(crate) fn consistency(&self, old: u64, new: u64) -> Vec<Hash> {
        proof::consistency(old, new, &self.only(proof::consistency_tiles(old, new).unwrap())).unwrap()
    }

    fn only(&self, ids: Vec<shouyue_ledger::TileId>) -> Tiles {
        let read = |id: shouyue_ledger::TileId| {
            let hashes = self.tiles.get(id.level, id.index).unwrap();
            // A store may hold a wider tile by now; readers of the published tile get exactly this one.
            let hashes = hashes[..usize::from(id.width)].to_vec();
            shouyue_ledger::Tile { level: id.level, index: id.index, hashes }
        };
        ids.into_iter().map(read).collect()
    }

    pub(crate) fn checkpoint(&self, size: u64) -> Checkpoint {
        Checkpoint::new(ORIGIN, size, self.root(size)).unwrap()
    }

    pub(crate) fn signed(&self, size: u64) -> SignedCheckpoint {
        self.checkpoint(size).sign(&[&signer()]).unwrap()
    }

    pub(crate) fn receipt(&self, index: u64, size: u64) -> Receipt {
        Receipt::new(index, b"salt".to_vec(), self.inclusion(index, size), self.signed(size)).unwrap()
    }
}

pub(crate) fn leaf(index: u64) -> Vec<u8> {
    format!("leaf {index}").into_bytes()
}

pub(crate) fn signer() -> Ed25519Signer {
    Ed25519Signer::from_seed(ORIGIN, &[7; 32]).unwrap()
}
