//! The check of a stored ledger against itself and against its checkpoints: which leaf, which tile, which head is damaged.
//!
//! Three witnesses are compared: the stored leaves, the stored tiles, and the checkpoints that were signed over the tree. Where a
//! leaf and the tile above it disagree, the first of these that vouches for one of them decides which is damaged: a checkpoint
//! within the tile, then the hash one level up. The tree is rebuilt from whichever was right, so that one altered
//! leaf is reported once and not again at every later checkpoint.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use crate::checkpoint::Checkpoint;
use crate::edge::{Edge, MAX_LEAVES};
use crate::hash::Hash;
use crate::tile::{TILE_WIDTH, Tile, TileId, Tiles, leaves_under, level_width, perfect_root};

/// Leaves under one tile of level 0.
const ROW: u64 = TILE_WIDTH as u64;

/// A damaged place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// The stored leaf is not the one that was logged.
    LeafAltered {
        /// Index of the leaf.
        index: u64,
    },
    /// At this index stands a leaf that was logged at another one.
    LeafMoved {
        /// Where it stands.
        index: u64,
        /// Where it belongs.
        belongs_at: u64,
    },
    /// An index that came before, or a lower one after a higher one.
    LeafOutOfOrder {
        /// Index of the leaf.
        index: u64,
    },
    /// Leaves are missing, with others after them.
    LeavesMissing {
        /// Their indices.
        leaves: Range<u64>,
    },
    /// The last leaves are missing.
    Truncated {
        /// Their indices.
        leaves: Range<u64>,
    },
    /// A leaf stands beyond the size of the ledger.
    LeafBeyond {
        /// Index of the leaf.
        index: u64,
    },
    /// A tile is missing.
    TileMissing {
        /// Which.
        tile: TileId,
    },
    /// A tile has more or fewer hashes than the size of the ledger demands.
    TileWidth {
        /// What the size demands.
        tile: TileId,
        /// Hashes found.
        found: usize,
    },
    /// A hash in a tile is not that of the leaves below it.
    TileDiffers {
        /// Which.
        tile: TileId,
        /// Which hash of it, from 0.
        position: u16,
    },
    /// A tile that a ledger of this size does not have.
    TileBeyond {
        /// Which.
        tile: TileId,
    },
    /// A checkpoint was signed over other leaves than those stored.
    CheckpointDiffers {
        /// Size at the checkpoint.
        size: u64,
        /// Up to this size an earlier checkpoint vouches for the leaves.
        good_until: u64,
        /// Root that was signed.
        signed: Hash,
        /// Root of the stored leaves.
        computed: Hash,
    },
    /// A checkpoint was signed over more leaves than the ledger says it has: an older state was put back.
    CheckpointBeyond {
        /// Size at the checkpoint.
        checkpoint: u64,
        /// Size of the ledger.
        size: u64,
    },
}

impl Damage {
    /// The leaves among which the damage lies.
    pub fn leaves(&self) -> Range<u64> {
        match self {
            Self::LeafAltered { index }
            | Self::LeafMoved { index, .. }
            | Self::LeafOutOfOrder { index }
            | Self::LeafBeyond { index } => *index..index.saturating_add(1),
            Self::LeavesMissing { leaves } | Self::Truncated { leaves } => leaves.clone(),
            Self::TileMissing { tile } | Self::TileWidth { tile, .. } | Self::TileBeyond { tile } => tile.leaves(),
            Self::TileDiffers { tile, position } => {
                let start = tile.index.saturating_mul(ROW).saturating_add(u64::from(*position));
                leaves_under(tile.level, start)
            }
            Self::CheckpointDiffers { size, good_until, .. } => *good_until..*size,
            Self::CheckpointBeyond { checkpoint, size } => *size..*checkpoint,
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = self.leaves();
        match self {
            Self::LeafAltered { index } => write!(f, "leaf {index} was altered"),
            Self::LeafMoved { index, belongs_at } => {
                write!(f, "leaf {index} was replaced by the leaf that belongs at {belongs_at}")
            }
            Self::LeafOutOfOrder { index } => write!(f, "leaf {index} comes twice or out of order"),
            Self::LeavesMissing { .. } => write!(f, "leaves {start}..{end} are missing"),
            Self::Truncated { .. } => write!(f, "the ledger breaks off: leaves {start}..{end} are missing at its end"),
            Self::LeafBeyond { index } => write!(f, "leaf {index} stands beyond the size of the ledger"),
            Self::TileMissing { tile } => write!(f, "{tile} over leaves {start}..{end} is missing"),
            Self::TileWidth { tile, found } => write!(f, "{tile} over leaves {start}..{end} has {found} hashes"),
            Self::TileDiffers { tile, position } => {
                write!(f, "{tile}: hash {position} is not that of leaves {start}..{end}")
            }
            Self::TileBeyond { tile } => write!(f, "{tile} stands beyond the size of the ledger"),
            Self::CheckpointDiffers { size, signed, computed, .. } => {
                write!(f, "the checkpoint at size {size} signs the root {signed}, the leaves give {computed}: ")?;
                write!(f, "some of leaves {start}..{end} were altered together with their tiles")
            }
            Self::CheckpointBeyond { checkpoint, size } => {
                write!(f, "a checkpoint was signed at size {checkpoint}, but the ledger has {size} leaves: ")?;
                write!(f, "it was put back to an older state")
            }
        }
    }
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Every damaged place, by the first leaf that it concerns.
    pub damages: Vec<Damage>,
    /// Up to this size the tree could be rebuilt and was compared with tiles and checkpoints. Less than the size of
    /// the ledger only where neither a leaf nor its hash is left.
    pub rebuilt: u64,
    /// Root of the rebuilt tree, to be compared with the stored head.
    pub root: Hash,
}

impl Report {
    /// Nothing is damaged.
    pub fn is_clean(&self) -> bool {
        self.damages.is_empty()
    }

    /// The damage with the lowest leaf index.
    pub fn first(&self) -> Option<&Damage> {
        self.damages.first()
    }
}

/// Checks a ledger of `size` leaves that fits in memory; [`Audit`] takes the same piece by piece.
///
/// `leaves` are the indices and [leaf hashes](crate::leaf_hash) of the stored leaves, in ascending order; the signatures of
/// `checkpoints` have been verified by the caller.
pub fn audit(
    size: u64,
    leaves: impl IntoIterator<Item = (u64, Hash)>,
    tiles: Tiles,
    checkpoints: impl IntoIterator<Item = Checkpoint>,
) -> Report {
    let mut audit = Audit::new(size, checkpoints);
    audit.tiles = tiles;
    leaves.into_iter().for_each(|(index, hash)| audit.leaf(index, hash));
    audit.finish()
}

/// An audit that is fed piece by piece: first the tiles of level 1 and above, then each tile of level 0 before its leaves.
///
/// In that order it holds one hash for each 256 leaves. All tiles first is fine too, and holds one for each leaf.
#[derive(Debug)]
pub struct Audit {
    size: u64,
    /// Not yet compared, in descending order of size.
    checkpoints: Vec<Checkpoint>,
    good_until: u64,
    tiles: Tiles,
    /// The tile of level 0 whose leaves are being read, and their hashes so far.
    row: u64,
    read: Vec<Option<Hash>>,
    /// The index after the highest one read.
    next: u64,
    /// The tree so far; complete up to `row` unless `lost`.
    tree: Edge,
    lost: bool,
    damages: Vec<Damage>,
    /// For altered leaves: what was found at which index, and what should have been.
    found: Vec<(u64, Hash)>,
    wanted: BTreeMap<Hash, u64>,
}

impl Audit {
    /// Begins the audit of a ledger that says it has `size` leaves, at most [`MAX_LEAVES`].
    pub fn new(size: u64, checkpoints: impl IntoIterator<Item = Checkpoint>) -> Self {
        let size = size.min(MAX_LEAVES);
        let mut checkpoints: Vec<_> = checkpoints.into_iter().collect();
        checkpoints.sort_by_key(|checkpoint| std::cmp::Reverse(checkpoint.size()));
        let (beyond, within) = checkpoints.into_iter().partition::<Vec<_>, _>(|checkpoint| checkpoint.size() > size);
        let rolled_back = |checkpoint: &Checkpoint| Damage::CheckpointBeyond { checkpoint: checkpoint.size(), size };
        Self {
            size,
            checkpoints: within,
            good_until: 0,
            tiles: Tiles::new(),
            row: 0,
            read: Vec::new(),
            next: 0,
            tree: Edge::empty(),
            lost: false,
            damages: beyond.iter().map(rolled_back).collect(),
            found: Vec::new(),
            wanted: BTreeMap::new(),
        }
    }

    /// Takes a stored tile.
    pub fn tile(&mut self, tile: Tile) {
        self.tiles.insert(tile);
    }

    /// Takes the hash of the stored leaf `index`; indices are to ascend.
    pub fn leaf(&mut self, index: u64, hash: Hash) {
        if index >= self.size {
            return self.damages.push(Damage::LeafBeyond { index });
        }
        if index < self.next {
            return self.damages.push(Damage::LeafOutOfOrder { index });
        }
        if index > self.next {
            self.damages.push(Damage::LeavesMissing { leaves: self.next..index });
        }
        self.close_rows_before(index / ROW);
        self.read.resize(usize::try_from(index % ROW).unwrap_or(0), None);
        self.read.push(Some(hash));
        self.next = index + 1;
    }

    /// Ends the audit.
    pub fn finish(mut self) -> Report {
        if self.next < self.size {
            self.damages.push(Damage::Truncated { leaves: self.next..self.size });
        }
        self.close_rows_before(self.size.div_ceil(ROW));
        if !self.lost {
            self.compare_upper(self.tree.edge_tiles());
        }
        self.leftover_tiles();
        self.name_moved_leaves();
        self.damages.sort_by_key(|damage| (damage.leaves().start, damage.leaves().end));
        Report { damages: self.damages, rebuilt: self.tree.size(), root: self.tree.root() }
    }

    fn close_rows_before(&mut self, row: u64) {
        while self.row < row {
            self.close_row();
            self.row += 1;
            if self.lost {
                // A damaged size may name more rows than anyone could walk: go on where something is stored.
                self.row = self.tiles.next_index(0, self.row).unwrap_or(row).min(row);
            }
        }
    }

    fn close_row(&mut self) {
        let Some(id) = TileId::holding(0, self.row * ROW, self.size) else { return };
        let width = usize::from(id.width);
        let mut read = std::mem::take(&mut self.read);
        let nothing_read = read.is_empty();
        read.resize(width, None);
        let stored = match self.tiles.remove(0, self.row) {
            Some(stored) => {
                self.check_width(id, stored.len());
                stored
            }
            None if nothing_read => Vec::new(),
            None => {
                self.damages.push(Damage::TileMissing { tile: id });
                Vec::new()
            }
        };
        let stored = stored.into_iter().map(Some).chain(std::iter::repeat(None));
        let pairs: Vec<_> = read.into_iter().zip(stored).collect();
        let by_leaves: Option<Vec<_>> = pairs.iter().map(|(leaf, stored)| leaf.or(*stored)).collect();
        let by_tile: Option<Vec<_>> = pairs.iter().map(|(leaf, stored)| stored.or(*leaf)).collect();
        let (Some(by_leaves), Some(by_tile)) = (by_leaves, by_tile) else {
            self.lost = true;
            return self.judge(id, &pairs, false);
        };
        let leaves_are_right = by_leaves != by_tile && self.leaves_are_right(&by_leaves, &by_tile);
        self.judge(id, &pairs, leaves_are_right);
        self.grow(if leaves_are_right { &by_leaves } else { &by_tile });
    }

    /// Of two versions of a row, does a checkpoint or the level above vouch for that of the leaves and not that of the tile?
    fn leaves_are_right(&self, by_leaves: &[Hash], by_tile: &[Hash]) -> bool {
        let above = self.tiles.get(1, self.row / ROW);
        let position = usize::try_from(self.row % ROW).unwrap_or(usize::MAX);
        let parent = above.and_then(|hashes| hashes.get(position)).filter(|_| by_tile.len() == usize::from(TILE_WIDTH));
        let vouches = |row: &[Hash]| parent.is_some_and(|parent| perfect_root(row) == Some(*parent));
        match (self.signed(by_leaves), self.signed(by_tile)) {
            (true, false) => true,
            (false, true) => false,
            // No checkpoint within, or only before the first difference.
            _ => vouches(by_leaves) && !vouches(by_tile),
        }
    }

    /// Does the last checkpoint within this row fit the tree so far with these hashes?
    fn signed(&self, row: &[Hash]) -> bool {
        if self.lost {
            return false;
        }
        let end = self.tree.size() + row.len() as u64;
        let within = |checkpoint: &&Checkpoint| (self.tree.size() + 1..=end).contains(&checkpoint.size());
        let Some(checkpoint) = self.checkpoints.iter().find(within) else { return false };
        let mut tree = self.tree.clone();
        let covered = usize::try_from(checkpoint.size() - tree.size()).unwrap_or(usize::MAX);
        row.iter().take(covered).for_each(|hash| _ = tree.append(*hash));
        tree.root() == checkpoint.root()
    }

    /// Reports where leaf and tile disagree.
    fn judge(&mut self, tile: TileId, pairs: &[(Option<Hash>, Option<Hash>)], leaves_are_right: bool) {
        for (position, pair) in (0_u16..).zip(pairs) {
            let (Some(leaf), Some(stored)) = pair else { continue };
            if leaf == stored {
                continue;
            }
            if leaves_are_right {
                self.damages.push(Damage::TileDiffers { tile, position });
            } else {
                let index = self.row * ROW + u64::from(position);
                self.damages.push(Damage::LeafAltered { index });
                self.found.push((index, *leaf));
                self.wanted.insert(*stored, index);
            }
        }
    }

    /// Appends a row to the tree and compares the checkpoints and the upper tiles that it completes.
    fn grow(&mut self, row: &[Hash]) {
        if self.lost {
            return;
        }
        for hash in row {
            self.tree.append(*hash);
            while let Some(checkpoint) = self.checkpoints.pop_if(|last| last.size() <= self.tree.size()) {
                let (size, signed, computed) = (checkpoint.size(), checkpoint.root(), self.tree.root());
                if size < self.tree.size() {
                    continue;
                }
                if signed == computed {
                    self.good_until = size;
                } else {
                    let good_until = self.good_until;
                    self.damages.push(Damage::CheckpointDiffers { size, good_until, signed, computed });
                }
            }
        }
        let filled = self.tree.take_filled_tiles();
        self.compare_upper(filled);
    }

    fn compare_upper(&mut self, computed: Vec<Tile>) {
        for tile in computed.into_iter().filter(|tile| tile.level > 0) {
            let id = tile.id();
            let Some(stored) = self.tiles.remove(id.level, id.index) else {
                self.damages.push(Damage::TileMissing { tile: id });
                continue;
            };
            self.check_width(id, stored.len());
            for (position, (stored, computed)) in (0_u16..).zip(stored.iter().zip(&tile.hashes)) {
                if stored != computed {
                    self.damages.push(Damage::TileDiffers { tile: id, position });
                }
            }
        }
    }

    fn check_width(&mut self, tile: TileId, found: usize) {
        if found != usize::from(tile.width) {
            self.damages.push(Damage::TileWidth { tile, found });
        }
    }

    /// What was not compared is beyond the ledger, or, where the tree was lost, beyond what can be checked.
    fn leftover_tiles(&mut self) {
        for (level, index) in self.tiles.keys() {
            let within = level_width(level, self.size).div_ceil(ROW);
            if index >= within {
                let tile = TileId { level, index, width: TILE_WIDTH };
                self.damages.push(Damage::TileBeyond { tile });
            }
        }
    }

    fn name_moved_leaves(&mut self) {
        let belongs: BTreeMap<u64, u64> =
            self.found.iter().filter_map(|(index, hash)| Some((*index, *self.wanted.get(hash)?))).collect();
        for damage in &mut self.damages {
            if let Damage::LeafAltered { index } = *damage
                && let Some(&belongs_at) = belongs.get(&index)
            {
                *damage = Damage::LeafMoved { index, belongs_at };
            }
        }
    }
}
