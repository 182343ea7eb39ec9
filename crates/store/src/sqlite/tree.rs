//! The platform's tree: leaves, tiles and head, each changed only together with the facts of an act.

use ledger::{Edge, Hash, Tile, TileId, Tiles};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::columns::{Sql, column};
use crate::error::StoreError;
use crate::read::{Head, LeafRow};

const HEAD: &str = "SELECT size, root FROM head WHERE one = 1";
const HEAD_SET: &str = "UPDATE head SET size = ?1, root = ?2 WHERE one = 1";
const TILE: &str = "SELECT hashes FROM tile WHERE level = ?1 AND position = ?2";
const TILE_PUT: &str = "INSERT INTO tile (level, position, hashes) VALUES (?1, ?2, ?3) \
    ON CONFLICT (level, position) DO UPDATE SET hashes = excluded.hashes";
const LEAVES: &str = "SELECT leaf, kind, entry, at FROM leaf WHERE leaf >= ?1 ORDER BY leaf LIMIT ?2";

/// Size and root as stored.
pub(super) fn head(connection: &Connection) -> Result<Head, StoreError> {
    let mut statement = connection.prepare_cached(HEAD)?;
    Ok(statement.query_row([], |row| Ok(Head { size: column(row, 0)?, root: column(row, 1)? }))?)
}

/// The edge of the stored tree; refused where tiles and head do not agree, for whatever is appended there would
/// contradict a root that was signed.
pub(super) fn load(connection: &Connection) -> Result<Edge, StoreError> {
    let head = head(connection)?;
    let mut tiles = Tiles::new();
    for id in ledger::tile::edge_tiles(head.size) {
        tiles.extend(stored_tile(connection, id.level, id.index)?);
    }
    let edge =
        Edge::from_tiles(head.size, &tiles).map_err(|_| StoreError::Damaged("the tiles at the ledger's edge"))?;
    if edge.root() == head.root { Ok(edge) } else { Err(StoreError::Damaged("the head of the ledger")) }
}

/// Stores what the leaves since `size` changed.
pub(super) fn store(connection: &Connection, edge: &mut Edge, size: u64) -> Result<(), StoreError> {
    if edge.size() == size {
        return Ok(());
    }
    let mut put = connection.prepare_cached(TILE_PUT)?;
    for tile in edge.take_changed_tiles() {
        put.execute(params![tile.level, Sql(tile.index), tile.to_bytes()])?;
    }
    let changed = connection.prepare_cached(HEAD_SET)?.execute(params![Sql(edge.size()), edge.root().as_bytes()])?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Damaged("the head of the ledger")) }
}

/// Makes the tree without leaves.
pub(super) fn create(connection: &Connection) -> Result<(), StoreError> {
    let sql = "INSERT INTO head (one, size, root) VALUES (1, 0, ?1)";
    connection.execute(sql, [Hash::EMPTY_ROOT.as_bytes()])?;
    Ok(())
}

/// Tiles by id. A stored tile may have grown wider than the tree that the caller looks at.
pub(super) fn tiles(connection: &Connection, ids: &[TileId]) -> Result<Vec<Tile>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let stored = stored_tile(connection, id.level, id.index)?;
        let wide_enough = stored.filter(|tile| tile.id().width >= id.width);
        let mut tile = wide_enough.ok_or(StoreError::Damaged("a tile of the ledger is missing"))?;
        tile.hashes.truncate(id.width.into());
        found.push(tile);
    }
    Ok(found)
}

fn stored_tile(connection: &Connection, level: u8, position: u64) -> Result<Option<Tile>, StoreError> {
    let mut statement = connection.prepare_cached(TILE)?;
    let bytes: Option<Vec<u8>> = statement.query_row(params![level, Sql(position)], |row| row.get(0)).optional()?;
    let tile = bytes.map(|bytes| Tile::from_bytes(level, position, &bytes)).transpose();
    tile.map_err(|_| StoreError::Damaged("a tile of the ledger"))
}

/// Leaves from an index on.
pub(super) fn leaves(connection: &Connection, from: u64, limit: u32) -> Result<Vec<LeafRow>, StoreError> {
    let mut statement = connection.prepare_cached(LEAVES)?;
    let rows = statement.query_map(params![Sql(from), limit], |row| {
        Ok(LeafRow { index: column(row, 0)?, kind: row.get(1)?, entry: row.get(2)?, at: column(row, 3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
