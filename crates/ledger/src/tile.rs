//! Tiles and entry bundles: the tree cut into rows of 256 hashes, as C2SP [tlog-tiles] stores and serves it.
//!
//! The tile at level `l` and index `n` holds, for `i` in `0..width`, the root of the perfect subtree over the leaves
//! `(n·256 + i)·256^l .. (n·256 + i + 1)·256^l`. Hashes between the levels of tiles are recomputed, never stored.
//!
//! [tlog-tiles]: https://c2sp.org/tlog-tiles

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::sync::OnceLock;

use crate::hash::{HASH_LEN, Hash, node_hash};

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// Levels of the tree within one tile: 2⁸ = 256.
pub const TILE_HEIGHT: u8 = 8;

/// Highest level that a tile path may name (tlog-tiles).
pub const MAX_LEVEL: u8 = 63;

/// Longest entry: its length is written in 16 bits (tlog-tiles).
pub const MAX_ENTRY: usize = u16::MAX as usize;

/// Longest path that is looked at; the longest valid one has 49 bytes.
const MAX_PATH: usize = 64;

/// Name of a tile: which row of hashes, and how many of them.
///
/// `Display` and `FromStr` are the path of tlog-tiles, such as `tile/0/x001/234.p/5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// 0 for leaf hashes; each level above has one hash for each full tile below.
    pub level: u8,
    /// Position within the level, from 0.
    pub index: u64,
    /// Hashes in the tile: 256 when full, 1 to 255 at the right edge of the tree.
    pub width: u16,
}

impl TileId {
    /// The tile that holds position `position` of level `level` in a tree of `size` leaves, as wide as that tree makes it;
    /// `None` when the tree does not reach so far.
    pub fn holding(level: u8, position: u64, size: u64) -> Option<Self> {
        let (hashes, index) = (level_width(level, size), position / u64::from(TILE_WIDTH));
        (position < hashes).then(|| Self { level, index, width: clamp(hashes - index * u64::from(TILE_WIDTH)) })
    }

    /// Indices of the leaves under this tile.
    pub fn leaves(self) -> Range<u64> {
        let (start, end) = (self.position(0), self.position(u64::from(self.width)));
        leaves_under(self.level, start).start..leaves_under(self.level, end).start
    }

    fn position(self, offset: u64) -> u64 {
        self.index.saturating_mul(u64::from(TILE_WIDTH)).saturating_add(offset)
    }
}

/// Hashes that level `level` has in a tree of `size` leaves: ⌊size / 256^level⌋.
pub(crate) fn level_width(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * u32::from(TILE_HEIGHT)).unwrap_or(0)
}

/// The leaves under the hash at `position` of `level`.
pub(crate) fn leaves_under(level: u8, position: u64) -> Range<u64> {
    let span = 1_u64.checked_shl(u32::from(level) * u32::from(TILE_HEIGHT)).unwrap_or(u64::MAX);
    let start = position.saturating_mul(span);
    start..start.saturating_add(span)
}

fn clamp(hashes: u64) -> u16 {
    u16::try_from(hashes).unwrap_or(TILE_WIDTH).min(TILE_WIDTH)
}

/// The tiles at the right edge of a tree of `size` leaves that are not yet full: what an appender must remember.
pub fn edge_tiles(size: u64) -> Vec<TileId> {
    let levels = 0..u8::try_from(u64::BITS).unwrap_or(0) / TILE_HEIGHT;
    levels
        .filter_map(|level| {
            let hashes = level_width(level, size);
            let id = TileId::holding(level, hashes.checked_sub(1)?, size)?;
            (id.width < TILE_WIDTH).then_some(id)
        })
        .collect()
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level)?;
        write_index(f, self.index, self.width)
    }
}

/// Why a path of a tile or an entry bundle was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Neither `tile/<level>/…` nor `tile/entries/…`.
    #[error("expected a path that begins with tile/<level>/ or tile/entries/")]
    Prefix,
    /// The level is not a decimal number from 0 to 63 without leading zeroes.
    #[error("the level of a tile is a number from 0 to 63 without leading zeroes")]
    Level,
    /// The index is not written in groups of three digits, all but the last marked with an x.
    #[error("the index of a tile is written in groups of three digits, all but the last after an x, as in x001/234")]
    Index,
    /// The width is not a decimal number from 1 to 255 without leading zeroes.
    #[error("the width of a partial tile is a number from 1 to 255 without leading zeroes")]
    Width,
}

impl FromStr for TileId {
    type Err = PathError;

    fn from_str(path: &str) -> Result<Self, PathError> {
        let rest = short(path)?.strip_prefix("tile/").ok_or(PathError::Prefix)?;
        let (level, rest) = rest.split_once('/').ok_or(PathError::Prefix)?;
        let level = decimal(level).and_then(|n| u8::try_from(n).ok()).filter(|n| *n <= MAX_LEVEL);
        let (index, width) = read_index(rest)?;
        Ok(Self { level: level.ok_or(PathError::Level)?, index, width })
    }
}

/// Name of an entry bundle: the leaves themselves, in the same rows as the tiles of level 0.
///
/// `Display` and `FromStr` are the path of tlog-tiles, such as `tile/entries/x001/234.p/5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BundleId {
    /// Position among the bundles, from 0.
    pub index: u64,
    /// Entries in the bundle, 1 to 256.
    pub width: u16,
}

impl fmt::Display for BundleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tile/entries/")?;
        write_index(f, self.index, self.width)
    }
}

impl FromStr for BundleId {
    type Err = PathError;

    fn from_str(path: &str) -> Result<Self, PathError> {
        let rest = short(path)?.strip_prefix("tile/entries/").ok_or(PathError::Prefix)?;
        let (index, width) = read_index(rest)?;
        Ok(Self { index, width })
    }
}

fn short(path: &str) -> Result<&str, PathError> {
    if path.len() > MAX_PATH { Err(PathError::Index) } else { Ok(path) }
}

fn write_index(f: &mut fmt::Formatter<'_>, index: u64, width: u16) -> fmt::Result {
    let mut groups = vec![index % 1000];
    let mut rest = index / 1000;
    while rest > 0 {
        groups.push(rest % 1000);
        rest /= 1000;
    }
    for (left, group) in groups.iter().enumerate().rev() {
        if left > 0 {
            write!(f, "x{group:03}/")?;
        } else {
            write!(f, "{group:03}")?;
        }
    }
    if width < TILE_WIDTH { write!(f, ".p/{width}") } else { Ok(()) }
}

fn read_index(text: &str) -> Result<(u64, u16), PathError> {
    let (groups, width) = match text.split_once(".p/") {
        None => (text, TILE_WIDTH),
        Some((groups, width)) => {
            let width = decimal(width).and_then(|n| u16::try_from(n).ok());
            (groups, width.filter(|n| (1..TILE_WIDTH).contains(n)).ok_or(PathError::Width)?)
        }
    };
    let (leading, last) = groups.rsplit_once('/').map_or((None, groups), |(leading, last)| (Some(leading), last));
    let mut index = 0_u64;
    for group in leading.into_iter().flat_map(|groups| groups.split('/')) {
        let digits = group.strip_prefix('x').ok_or(PathError::Index)?;
        index = add_group(index, digits)?;
        // A leading x000 would be a second name for the same tile.
        if index == 0 {
            return Err(PathError::Index);
        }
    }
    Ok((add_group(index, last)?, width))
}

fn add_group(index: u64, digits: &str) -> Result<u64, PathError> {
    if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(PathError::Index);
    }
    let group = digits.parse().map_err(|_| PathError::Index)?;
    index.checked_mul(1000).and_then(|n| n.checked_add(group)).ok_or(PathError::Index)
}

/// A decimal number in its one spelling: digits only, no leading zeroes, no sign.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let canonical = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if canonical { text.parse().ok() } else { None }
}

/// A row of up to 256 hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// 0 for leaf hashes.
    pub level: u8,
    /// Position within the level, from 0.
    pub index: u64,
    /// 1 to 256 hashes.
    pub hashes: Vec<Hash>,
}

/// Bytes that are not a tile or a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// Not 1 to 256 times 32 bytes.
    #[error("a tile is 1 to 256 hashes of 32 bytes each; got {bytes} bytes")]
    TileLength {
        /// What was given.
        bytes: usize,
    },
    /// A bundle with more than 256 entries.
    #[error("a bundle has at most 256 entries")]
    TooManyEntries,
    /// An entry longer than its 16-bit length can say.
    #[error("entry {position} of the bundle has {bytes} bytes; the most is 65535")]
    EntryTooLong {
        /// Which entry of the bundle, from 0.
        position: usize,
        /// How long it is.
        bytes: usize,
    },
    /// The bundle ends inside an entry.
    #[error("the bundle ends inside entry {position}")]
    Truncated {
        /// Which entry of the bundle, from 0.
        position: usize,
    },
}

impl Tile {
    /// Name of this tile.
    pub fn id(&self) -> TileId {
        TileId { level: self.level, index: self.index, width: clamp(self.hashes.len() as u64) }
    }

    /// The bytes as stored and served: the hashes one after the other.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(|hash| hash.0).collect()
    }

    /// A tile from its stored bytes.
    pub fn from_bytes(level: u8, index: u64, bytes: &[u8]) -> Result<Self, EncodingError> {
        let (rows, rest) = bytes.as_chunks::<HASH_LEN>();
        if rows.is_empty() || rows.len() > usize::from(TILE_WIDTH) || !rest.is_empty() {
            return Err(EncodingError::TileLength { bytes: bytes.len() });
        }
        Ok(Self { level, index, hashes: rows.iter().map(|row| Hash(*row)).collect() })
    }
}

/// Root of the perfect tree over `hashes`, whose number is a power of two; `None` for an empty slice.
pub(crate) fn perfect_root(hashes: &[Hash]) -> Option<Hash> {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = pair_up(&row);
    }
    row.first().copied()
}

/// Tiles that were read to build proofs, by level and index.
///
/// The hashes between two levels of tiles are computed at a tile's first use and kept: keep the value for as long as many
/// proofs are made from the same tiles.
#[derive(Debug, Clone, Default)]
pub struct Tiles(BTreeMap<(u8, u64), Subtree>);

/// A tile and, once needed, the roots of the perfect subtrees within it.
#[derive(Debug, Clone)]
pub(crate) struct Subtree {
    hashes: Vec<Hash>,
    /// Row after row, the lowest first, in one piece: a proof takes one hash of each row, and each costs one look into memory.
    inner: OnceLock<Vec<Hash>>,
}

impl Subtree {
    fn new(hashes: Vec<Hash>) -> Self {
        Self { hashes, inner: OnceLock::new() }
    }

    /// The hashes of the tile.
    pub(crate) fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// Root of the perfect subtree of `2^height` hashes, counted from the left in subtrees of that height.
    pub(crate) fn node(&self, height: u8, position: usize) -> Option<Hash> {
        let row = |height: u8| self.hashes.len().checked_shr(height.into()).unwrap_or(0);
        if position >= row(height) {
            return None;
        }
        let before: usize = (1..height).map(row).sum();
        match height {
            0 => self.hashes.get(position).copied(),
            _ => self.inner.get_or_init(|| inner_rows(&self.hashes)).get(before + position).copied(),
        }
    }
}

fn pair_up(row: &[Hash]) -> Vec<Hash> {
    row.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect()
}

fn inner_rows(hashes: &[Hash]) -> Vec<Hash> {
    let rows = std::iter::successors(Some(pair_up(hashes)), |row| Some(pair_up(row)));
    rows.take_while(|row| !row.is_empty()).flatten().collect()
}

impl Tiles {
    /// No tiles.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a tile, in place of one of the same level and index.
    pub fn insert(&mut self, tile: Tile) {
        self.0.insert((tile.level, tile.index), Subtree::new(tile.hashes));
    }

    /// The hashes of a tile.
    pub fn get(&self, level: u8, index: u64) -> Option<&[Hash]> {
        self.0.get(&(level, index)).map(|subtree| subtree.hashes.as_slice())
    }

    /// A tile with the subtrees within it.
    pub(crate) fn subtree(&self, level: u8, index: u64) -> Option<&Subtree> {
        self.0.get(&(level, index))
    }

    pub(crate) fn remove(&mut self, level: u8, index: u64) -> Option<Vec<Hash>> {
        self.0.remove(&(level, index)).map(|subtree| subtree.hashes)
    }

    /// Level and index of every tile, in order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (u8, u64)> + '_ {
        self.0.keys().copied()
    }

    /// Index of the first tile of `level` at or after `index`.
    pub(crate) fn next_index(&self, level: u8, index: u64) -> Option<u64> {
        self.0.range((level, index)..=(level, u64::MAX)).next().map(|((_, found), _)| *found)
    }
}

impl FromIterator<Tile> for Tiles {
    fn from_iter<I: IntoIterator<Item = Tile>>(tiles: I) -> Self {
        let mut all = Self::new();
        all.extend(tiles);
        all
    }
}

impl Extend<Tile> for Tiles {
    fn extend<I: IntoIterator<Item = Tile>>(&mut self, tiles: I) {
        tiles.into_iter().for_each(|tile| self.insert(tile));
    }
}

/// Packs leaves into an entry bundle: each behind its length in two big-endian bytes.
pub fn encode_bundle<L: AsRef<[u8]>>(leaves: &[L]) -> Result<Vec<u8>, EncodingError> {
    if leaves.len() > usize::from(TILE_WIDTH) {
        return Err(EncodingError::TooManyEntries);
    }
    let mut bundle = Vec::with_capacity(leaves.iter().map(|leaf| 2 + leaf.as_ref().len()).sum());
    for (position, leaf) in leaves.iter().enumerate() {
        let leaf = leaf.as_ref();
        let length =
            u16::try_from(leaf.len()).map_err(|_| EncodingError::EntryTooLong { position, bytes: leaf.len() })?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(leaf);
    }
    Ok(bundle)
}

/// Unpacks an entry bundle into its leaves, in order.
pub fn decode_bundle(bundle: &[u8]) -> Result<Vec<&[u8]>, EncodingError> {
    let (mut leaves, mut rest) = (Vec::new(), bundle);
    while !rest.is_empty() {
        let position = leaves.len();
        if position == usize::from(TILE_WIDTH) {
            return Err(EncodingError::TooManyEntries);
        }
        let truncated = EncodingError::Truncated { position };
        let (length, after) = rest.split_first_chunk::<2>().ok_or(truncated)?;
        let (leaf, after) = after.split_at_checked(u16::from_be_bytes(*length).into()).ok_or(truncated)?;
        leaves.push(leaf);
        rest = after;
    }
    Ok(leaves)
}
