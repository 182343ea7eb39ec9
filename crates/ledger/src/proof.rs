//! Inclusion and consistency proofs: built from tiles, verified as RFC 9162 §2.1.3.2 and §2.1.4.2 say.
//!
//! A proof is a list of subtree roots, and a subtree is a range of leaves. Building goes in two steps so that the reading in
//! between can be asynchronous: [`inclusion_tiles`] names the tiles, [`inclusion`] takes them. Both walk the same ranges.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::hash::{Hash, node_hash};
use crate::tile::{Subtree, TILE_HEIGHT, TILE_WIDTH, TileId, Tiles};

/// Most hashes of an audit path: one for each level of a tree whose size fits 64 bits.
pub const MAX_PROOF: usize = 64;

/// Why a proof could not be built or does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf lies beyond the tree.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    IndexBeyondTree {
        /// Index that was asked for.
        index: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// The older tree is larger than the newer one.
    #[error("a tree of {old} leaves cannot grow into one of {new}")]
    Shrunk {
        /// Leaves of the older tree.
        old: u64,
        /// Leaves of the newer tree.
        new: u64,
    },
    /// A tile that the proof needs was not given.
    #[error("tile {0} is needed for this proof and was not given")]
    MissingTile(TileId),
    /// A tile has fewer hashes than the tree demands.
    #[error("tile {id} was given with {found} hashes only")]
    NarrowTile {
        /// What is needed.
        id: TileId,
        /// How many hashes there were.
        found: usize,
    },
    /// The proof has more or fewer hashes than a tree of this size demands.
    #[error("the proof has {found} hashes where {expected} are due")]
    Length {
        /// How many are due.
        expected: usize,
        /// How many there were.
        found: usize,
    },
    /// The hashes lead to another root: the leaf, the index, the proof or the root is not the right one.
    #[error("the proof leads to the root {computed}, not to {expected}")]
    Root {
        /// What the proof gives.
        computed: Hash,
        /// What it should have given.
        expected: Hash,
    },
}

/// The tiles needed to prove that leaf `index` is in the tree of `size` leaves, in order, each once.
pub fn inclusion_tiles(index: u64, size: u64) -> Result<Vec<TileId>, ProofError> {
    Ok(tiles_of(&inclusion_ranges(index, size)?, size))
}

/// Builds the audit path of leaf `index` in the tree of `size` leaves (RFC 6962 §2.1.1), sibling of the leaf first.
///
/// Tiles wider than this tree made them are fine: the excess is ignored.
pub fn inclusion(index: u64, size: u64, tiles: &Tiles) -> Result<Vec<Hash>, ProofError> {
    let mut shelf = Shelf::new(size, tiles);
    inclusion_ranges(index, size)?.into_iter().map(|range| shelf.range_root(range)).collect()
}

/// The tiles needed to prove that the tree of `new` leaves extends the one of `old` leaves, in order, each once.
pub fn consistency_tiles(old: u64, new: u64) -> Result<Vec<TileId>, ProofError> {
    Ok(tiles_of(&consistency_ranges(old, new)?, new))
}

/// Builds the consistency proof between the trees of `old` and `new` leaves (RFC 6962 §2.1.2).
///
/// Every tree extends the empty one and itself: those proofs are empty.
pub fn consistency(old: u64, new: u64, tiles: &Tiles) -> Result<Vec<Hash>, ProofError> {
    let mut shelf = Shelf::new(new, tiles);
    consistency_ranges(old, new)?.into_iter().map(|range| shelf.range_root(range)).collect()
}

/// The root of a tree of `size` leaves, from the tiles at its right edge that [`root_tiles`] names.
pub fn root(size: u64, tiles: &Tiles) -> Result<Hash, ProofError> {
    if size == 0 { Ok(Hash::EMPTY_ROOT) } else { Shelf::new(size, tiles).range_root(0..size) }
}

/// The tiles needed to compute the root of a tree of `size` leaves.
pub fn root_tiles(size: u64) -> Vec<TileId> {
    if size == 0 { Vec::new() } else { tiles_of(std::slice::from_ref(&(0..size)), size) }
}

/// Checks that `leaf` is leaf `index` of the tree of `size` leaves with this root.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> Result<(), ProofError> {
    expect_root(root_from_inclusion(leaf, index, size, proof)?, *root)
}

/// The root to which an audit path leads (RFC 9162 §2.1.3.2, before its last comparison).
pub fn root_from_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash]) -> Result<Hash, ProofError> {
    let expected = inclusion_ranges(index, size)?.len();
    if proof.len() != expected {
        return Err(ProofError::Length { expected, found: proof.len() });
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if node % 2 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            // At the right edge a node without a sibling is carried up unchanged.
            while node.is_multiple_of(2) && node != 0 {
                (node, last) = (node / 2, last / 2);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node / 2, last / 2);
    }
    Ok(hash)
}

/// Checks that the tree of `new` leaves extends the tree of `old` leaves (RFC 9162 §2.1.4.2).
pub fn verify_consistency(
    old: u64,
    new: u64,
    proof: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), ProofError> {
    let expected = consistency_ranges(old, new)?.len();
    if proof.len() != expected {
        return Err(ProofError::Length { expected, found: proof.len() });
    }
    if old == 0 {
        return expect_root(Hash::EMPTY_ROOT, *old_root);
    }
    if old == new {
        return expect_root(*new_root, *old_root);
    }
    let (mut node, mut last) = (old - 1, new - 1);
    while node % 2 == 1 {
        (node, last) = (node / 2, last / 2);
    }
    // When the old tree is perfect its root starts the proof and is left out of it.
    let (seed, rest) = match proof.split_first() {
        Some((first, rest)) if !old.is_power_of_two() => (*first, rest),
        _ => (*old_root, proof),
    };
    let (mut from_old, mut from_new) = (seed, seed);
    for sibling in rest {
        if node % 2 == 1 || node == last {
            from_old = node_hash(sibling, &from_old);
            from_new = node_hash(sibling, &from_new);
            while node.is_multiple_of(2) && node != 0 {
                (node, last) = (node / 2, last / 2);
            }
        } else {
            from_new = node_hash(&from_new, sibling);
        }
        (node, last) = (node / 2, last / 2);
    }
    expect_root(from_old, *old_root)?;
    expect_root(from_new, *new_root)
}

fn expect_root(computed: Hash, expected: Hash) -> Result<(), ProofError> {
    if computed == expected { Ok(()) } else { Err(ProofError::Root { computed, expected }) }
}

/// The subtrees beside the way from leaf `index` to the root, lowest first: PATH of RFC 6962 §2.1.1 as ranges.
fn inclusion_ranges(index: u64, size: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if index >= size {
        return Err(ProofError::IndexBeyondTree { index, size });
    }
    let levels = size.checked_ilog2().map_or(0, |levels| levels as usize + 1);
    let (mut siblings, mut within) = (Vec::with_capacity(levels), 0..size);
    while within.end - within.start > 1 {
        let middle = split(&within);
        if index < middle {
            siblings.push(middle..within.end);
            within.end = middle;
        } else {
            siblings.push(within.start..middle);
            within.start = middle;
        }
    }
    siblings.reverse();
    Ok(siblings)
}

/// The subtrees of PROOF in RFC 6962 §2.1.2 as ranges, lowest first.
fn consistency_ranges(old: u64, new: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if old > new {
        return Err(ProofError::Shrunk { old, new });
    }
    let (mut subtrees, mut within) = (Vec::new(), 0..new);
    if old == 0 {
        return Ok(subtrees);
    }
    while within.end != old {
        let middle = split(&within);
        if old <= middle {
            subtrees.push(middle..within.end);
            within.end = middle;
        } else {
            subtrees.push(within.start..middle);
            within.start = middle;
        }
    }
    // What is left is a subtree of both trees. If it starts at leaf 0 it is the old tree, whose root the verifier has.
    if within.start > 0 {
        subtrees.push(within);
    }
    subtrees.reverse();
    Ok(subtrees)
}

/// Where RFC 6962 splits a range of at least two leaves: after the largest power of two below its length.
fn split(range: &Range<u64>) -> u64 {
    range.start + (1 << (range.end - range.start - 1).ilog2())
}

/// The perfect subtrees that make up a range, left to right, as (height, position at that height).
///
/// Ranges here come from splitting a tree, so that each begins at a multiple of its largest perfect subtree.
fn perfect_subtrees(range: Range<u64>) -> impl Iterator<Item = (u8, u64)> {
    let mut start = range.start;
    std::iter::from_fn(move || {
        let height = (range.end - start).checked_ilog2()?;
        let position = start >> height;
        start += 1 << height;
        Some((u8::try_from(height).unwrap_or(u8::MAX), position))
    })
}

/// Level of the tile that holds a perfect subtree, and the positions in that level which are its leaves.
fn in_tile_level(height: u8, position: u64) -> (u8, Range<u64>) {
    let within = height % TILE_HEIGHT;
    (height / TILE_HEIGHT, position << within..(position + 1) << within)
}

fn tiles_of(ranges: &[Range<u64>], size: u64) -> Vec<TileId> {
    let nodes = ranges.iter().cloned().flat_map(perfect_subtrees);
    let tiles = nodes.filter_map(|(height, position)| {
        let (level, positions) = in_tile_level(height, position);
        TileId::holding(level, positions.start, size)
    });
    tiles.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The tiles of a proof, and the one that was looked up last: the way from a leaf to the root takes up to eight hashes of
/// one tile before it needs the next.
struct Shelf<'t> {
    tiles: &'t Tiles,
    size: u64,
    last: Option<(u8, u64, &'t Subtree)>,
}

impl<'t> Shelf<'t> {
    fn new(size: u64, tiles: &'t Tiles) -> Self {
        Self { tiles, size, last: None }
    }

    fn range_root(&mut self, range: Range<u64>) -> Result<Hash, ProofError> {
        let mut roots = perfect_subtrees(range).map(|(height, position)| self.subtree_root(height, position));
        let Some(leftmost) = roots.next().transpose()? else { return Ok(Hash::EMPTY_ROOT) };
        // Nearly every range is one subtree: then nothing is put into a list.
        let others = roots.collect::<Result<Vec<_>, _>>()?;
        let joined = others.into_iter().rev().reduce(|right, left| node_hash(&left, &right));
        Ok(joined.map_or(leftmost, |right| node_hash(&leftmost, &right)))
    }

    fn subtree_root(&mut self, height: u8, position: u64) -> Result<Hash, ProofError> {
        let (level, positions) = in_tile_level(height, position);
        let beyond = ProofError::IndexBeyondTree { index: positions.start, size: self.size };
        let id = TileId::holding(level, positions.start, self.size).ok_or(beyond)?;
        let subtree = self.subtree(id).ok_or(ProofError::MissingTile(id))?;
        let height = height % TILE_HEIGHT;
        let within = usize::try_from(positions.start % u64::from(TILE_WIDTH)).unwrap_or(usize::MAX) >> height;
        subtree.node(height, within).ok_or(ProofError::NarrowTile { id, found: subtree.hashes().len() })
    }

    fn subtree(&mut self, id: TileId) -> Option<&'t Subtree> {
        match self.last {
            Some((level, index, subtree)) if (level, index) == (id.level, id.index) => Some(subtree),
            _ => {
                let subtree = self.tiles.subtree(id.level, id.index)?;
                self.last = Some((id.level, id.index, subtree));
                Some(subtree)
            }
        }
    }
}
