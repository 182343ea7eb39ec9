//! The platform's tree: leaves, tiles and head, each changed only together with the facts of an act.

use jiff::Timestamp;
use ledger::hash::HASH_LEN;
use ledger::tile::TILE_WIDTH;
use ledger::{Edge, Hash, Tile, TileId, Tiles};

use crate::error::StoreError;
use crate::read::{Head, LeafRow};
use crate::sql::column::values;
use crate::sql::connection::{Connection, Must, Question, Row, unmet};

const HEAD: &str = "SELECT size, root FROM head WHERE one = 1";
const HEAD_LOCKED: &str = "SELECT size, root FROM head WHERE one = 1 FOR UPDATE";
/// Whoever wrote on a tree that is no longer the one that was read would leave a head without a size, which the engine refuses.
const HEAD_SET: &str = "UPDATE head SET size = CASE WHEN size = ?3 THEN size + ?1 END, root = ?2 WHERE one = 1";
const TILE: &str = "SELECT hashes FROM tile WHERE tile = ?1";
const TILE_PUT: &str = "INSERT INTO tile (tile, hashes) VALUES (?1, ?2) \
    ON CONFLICT (tile) DO UPDATE SET hashes = excluded.hashes";
const NEWEST: &str = "SELECT at FROM leaf ORDER BY leaf DESC LIMIT 1";
const LEAVES: &str = "SELECT leaf, kind, entry, at FROM leaf WHERE leaf >= ?1 ORDER BY leaf LIMIT ?2";

/// A full tile.
const TILE_BYTES: usize = TILE_WIDTH as usize * HASH_LEN;

/// Where a ledger goes on: its edge, and the newest instant on it.
#[derive(Clone)]
pub(crate) struct Tip {
    pub(crate) edge: Edge,
    pub(crate) at: Timestamp,
}

impl Tip {
    /// Of a ledger without leaves, and of a database without a ledger.
    pub(crate) fn empty() -> Self {
        Self { edge: Edge::empty(), at: Timestamp::MIN }
    }
}

/// Size and root as stored.
pub(crate) fn head(connection: &Connection) -> Result<Head, StoreError> {
    connection.one(HEAD, values![], head_row)
}

fn head_row(row: &Row<'_>) -> Result<Head, StoreError> {
    Ok(Head { size: row.get(0)?, root: row.get(1)? })
}

/// The tip of the stored tree; refused where tiles and head do not agree, for whatever is appended there would
/// contradict a root that was signed.
pub(crate) fn load(connection: &Connection) -> Result<Tip, StoreError> {
    let head = head(connection)?;
    tip(connection, &head)
}

/// What is asked first of all by whoever writes where several servers may.
pub(crate) fn question() -> Question {
    Question::new(HEAD_LOCKED, values![])
}

/// The tip for the transaction that has just begun. Several servers may write to one database: the row of the head is
/// locked until the end, and what another has appended since `known` is read.
pub(crate) fn locked(connection: &Connection, known: &Tip) -> Result<Tip, StoreError> {
    if connection.file().is_ok() {
        return Ok(known.clone());
    }
    let head = connection.one(HEAD_LOCKED, values![], head_row)?;
    let same = head.size == known.edge.size() && head.root == known.edge.root();
    if same { Ok(known.clone()) } else { tip(connection, &head) }
}

fn tip(connection: &Connection, head: &Head) -> Result<Tip, StoreError> {
    let at = connection.row(NEWEST, values![], |row| row.get(0))?;
    Ok(Tip { edge: edge(connection, head)?, at: at.unwrap_or(Timestamp::MIN) })
}

fn edge(connection: &Connection, head: &Head) -> Result<Edge, StoreError> {
    let ids = ledger::tile::edge_tiles(head.size);
    let tiles: Tiles = tiles(connection, &ids)?.into_iter().collect();
    let edge =
        Edge::from_tiles(head.size, &tiles).map_err(|_| StoreError::Damaged("the tiles at the ledger's edge"))?;
    if edge.root() == head.root { Ok(edge) } else { Err(StoreError::Damaged("the head of the ledger")) }
}

/// Stores what the leaves since `size` changed.
pub(crate) fn store(connection: &Connection, edge: &mut Edge, size: u64) -> Result<(), StoreError> {
    if edge.size() == size {
        return Ok(());
    }
    for tile in edge.take_changed_tiles() {
        // Always as long as a full tile: then the engine overwrites only the pages that changed.
        let mut hashes = tile.to_bytes();
        hashes.resize(TILE_BYTES, 0);
        connection.later(TILE_PUT, values![number(tile.level, tile.index), hashes], Must::Run).map_err(unmet)?;
    }
    let root = edge.root();
    connection
        .later(HEAD_SET, values![edge.size().saturating_sub(size), root.as_bytes(), size], Must::Run)
        .map_err(unmet)
}

/// Makes the tree without leaves.
pub(crate) fn create(connection: &Connection) -> Result<(), StoreError> {
    let sql = "INSERT INTO head (one, size, root) VALUES (1, 0, ?1)";
    connection.execute(sql, values![Hash::EMPTY_ROOT.as_bytes()])?;
    Ok(())
}

/// Tiles by id, as wide as the ids say; the tree must reach so far.
pub(crate) fn tiles(connection: &Connection, ids: &[TileId]) -> Result<Vec<Tile>, StoreError> {
    let size = head(connection)?.size;
    ids.iter().map(|id| tile(connection, *id, size)).collect()
}

fn tile(connection: &Connection, id: TileId, size: u64) -> Result<Tile, StoreError> {
    let first = id.index.saturating_mul(TILE_WIDTH.into());
    let there = TileId::holding(id.level, first, size).filter(|there| there.width >= id.width);
    let missing = StoreError::Damaged("a tile of the ledger is missing");
    if there.is_none() {
        return Err(missing);
    }
    let bytes: Option<Vec<u8>> = connection.row(TILE, values![number(id.level, id.index)], |row| row.get(0))?;
    let mut bytes = bytes.ok_or(missing)?;
    bytes.truncate(usize::from(id.width) * HASH_LEN);
    let tile = Tile::from_bytes(id.level, id.index, &bytes).ok().filter(|tile| tile.id() == id);
    tile.ok_or(StoreError::Damaged("a tile of the ledger has the wrong size"))
}

/// The row of a tile. No tree of 2⁶³ leaves has more than 2⁵⁵ tiles in a level.
fn number(level: u8, index: u64) -> i64 {
    i64::from(level) << 56 | i64::try_from(index).unwrap_or(i64::MAX)
}

/// Leaves from an index on.
pub(crate) fn leaves(connection: &Connection, from: u64, limit: u32) -> Result<Vec<LeafRow>, StoreError> {
    let rows = connection.rows(LEAVES, values![from, limit], |row| {
        Ok(LeafRow { index: row.get(0)?, kind: row.get(1)?, entry: row.get(2)?, at: row.get(3)? })
    })?;
    Ok(rows)
}
