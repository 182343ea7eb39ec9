//! The right edge of a growing tree: all that an appender must remember, and all that it must store.

use crate::hash::{Hash, node_hash};
use crate::tile::{TILE_HEIGHT, TILE_WIDTH, Tile, TileId, Tiles, edge_tiles, level_width, perfect_root};

/// Most leaves that a tree here may have: sizes and indices fit the signed 64-bit integers of SQL.
pub const MAX_LEAVES: u64 = i64::MAX as u64;

/// Levels of tiles that a tree of `MAX_LEAVES` leaves can have.
const LEVELS: usize = 8;

/// The right edge of a tree: the partial tile of every level and the roots of the perfect subtrees.
///
/// It holds at most eight partial tiles, whatever the size of the tree, and is cheap to clone: a writer appends to a clone and
/// keeps it only if the transaction that stores the changed tiles has committed.
///
/// ```
/// use shouyue_ledger::{Edge, leaf_hash};
///
/// let mut edge = Edge::empty();
/// let index = edge.append(leaf_hash(b"first"));
/// assert_eq!((index, edge.size()), (0, 1));
/// let rows = edge.take_changed_tiles(); // to be stored with the facts, in one transaction
/// assert_eq!(rows[0].id().to_string(), "tile/0/000.p/1");
/// assert!(edge.take_changed_tiles().is_empty());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Edge {
    size: u64,
    /// Roots of the perfect subtrees that make up the tree, largest first: one for each bit set in `size`.
    peaks: Vec<Hash>,
    /// The partial tile of each level, empty right after the level's last tile filled up.
    levels: [Row; LEVELS],
    /// Tiles that filled up since they were last taken.
    filled: Vec<Tile>,
}

#[derive(Debug, Clone, Default)]
struct Row {
    hashes: Vec<Hash>,
    changed: bool,
}

/// Why an edge could not be rebuilt from stored tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EdgeError {
    /// A tile at the right edge was not given.
    #[error("tile {0} is missing; run fsck before anything is appended")]
    Missing(TileId),
    /// A tile at the right edge has another width than the size of the tree demands.
    #[error(
        "tile {expected} has {found} hashes; size and tiles are not of one transaction: run fsck before anything is appended"
    )]
    Width {
        /// What the size demands.
        expected: TileId,
        /// How many hashes the stored tile has.
        found: usize,
    },
    /// The stored size is larger than a ledger may be.
    #[error("a ledger has at most {MAX_LEAVES} leaves; the stored size is {0}")]
    TooLarge(u64),
}

impl Edge {
    /// The edge of the tree without leaves.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Rebuilds the edge of a tree of `size` leaves from the stored tiles that [`edge_tiles`] names; others are ignored.
    ///
    /// Compare [`root`](Self::root) with the stored head afterwards: tiles that were altered at rest give another root.
    pub fn from_tiles(size: u64, tiles: &Tiles) -> Result<Self, EdgeError> {
        if size > MAX_LEAVES {
            return Err(EdgeError::TooLarge(size));
        }
        let mut edge = Self { size, ..Self::default() };
        for id in edge_tiles(size) {
            let hashes = tiles.get(id.level, id.index).ok_or(EdgeError::Missing(id))?;
            if hashes.len() != usize::from(id.width) {
                return Err(EdgeError::Width { expected: id, found: hashes.len() });
            }
            if let Some(row) = edge.levels.get_mut(usize::from(id.level)) {
                row.hashes = hashes.to_vec();
            }
        }
        for row in edge.levels.iter().rev() {
            let mut rest = row.hashes.as_slice();
            for height in (0..TILE_HEIGHT).rev().filter(|height| row.hashes.len() >> height & 1 == 1) {
                let (perfect, after) = rest.split_at_checked(1 << height).unwrap_or_default();
                edge.peaks.extend(perfect_root(perfect));
                rest = after;
            }
        }
        Ok(edge)
    }

    /// Appends a leaf by its hash and returns the leaf's index.
    ///
    /// Costs one node hash on average; no more than 63, once in 2⁶³ leaves.
    pub fn append(&mut self, leaf: Hash) -> u64 {
        let index = self.size;
        self.place(0, leaf);
        let mut hash = leaf;
        let mut height = 0;
        // Adding one to the size carries through its low set bits; every carry joins two perfect subtrees.
        for _ in 0..index.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(&left, &hash);
            height += 1;
            if height % TILE_HEIGHT == 0 {
                self.place(height / TILE_HEIGHT, hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
        index
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Root of the tree (RFC 6962 §2.1); [`Hash::EMPTY_ROOT`] without leaves.
    pub fn root(&self) -> Hash {
        let smallest_first = self.peaks.iter().rev().copied();
        smallest_first.reduce(|right, left| node_hash(&left, &right)).unwrap_or(Hash::EMPTY_ROOT)
    }

    /// The tiles that changed since this was last called, each in full, for the store to insert or replace by (level, index).
    pub fn take_changed_tiles(&mut self) -> Vec<Tile> {
        let mut changed = self.take_filled_tiles();
        changed.extend(self.partial_tiles(|row| row.changed));
        self.levels.iter_mut().for_each(|row| row.changed = false);
        changed
    }

    /// The tiles that filled up since they were last taken.
    pub(crate) fn take_filled_tiles(&mut self) -> Vec<Tile> {
        std::mem::take(&mut self.filled)
    }

    /// The tiles at the right edge that are not full, of the levels that are wanted.
    fn partial_tiles(&self, wanted: impl Fn(&Row) -> bool) -> impl Iterator<Item = Tile> {
        let rows = (0_u8..).zip(&self.levels).filter(move |(_, row)| !row.hashes.is_empty() && wanted(row));
        rows.map(|(level, row)| {
            let index = level_width(level, self.size) / u64::from(TILE_WIDTH);
            Tile { level, index, hashes: row.hashes.clone() }
        })
    }

    /// Every tile at the right edge that is not full.
    pub(crate) fn edge_tiles(&self) -> Vec<Tile> {
        self.partial_tiles(|_| true).collect()
    }

    fn place(&mut self, level: u8, hash: Hash) {
        let Some(row) = self.levels.get_mut(usize::from(level)) else { return };
        row.hashes.push(hash);
        row.changed = true;
        if row.hashes.len() == usize::from(TILE_WIDTH) {
            let hashes = std::mem::replace(&mut row.hashes, Vec::with_capacity(usize::from(TILE_WIDTH)));
            row.changed = false;
            let hashes_after = level_width(level, self.size + 1);
            self.filled.push(Tile { level, index: hashes_after / u64::from(TILE_WIDTH) - 1, hashes });
        }
    }
}
