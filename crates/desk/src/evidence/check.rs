//! The check of a stored ledger: every leaf, every tile, every checkpoint, and the rows around them.

use ledger::tile::TILE_WIDTH;
use ledger::{Audit, Checkpoint, Damage, SignedCheckpoint, Tile, TileId, leaf_hash};
use store::{LeafRow, StoreError};

use super::prune::is_pruned;
use super::{PAGE, sm2_key, verifier_key};
use crate::leaf::Entry;
use crate::{House, Platform, Refusal};

/// What a check found.
#[derive(Debug, Clone)]
pub struct Health {
    /// Leaves that the ledger says it has.
    pub size: u64,
    /// Damaged leaves, tiles and checkpoints; each says which.
    pub damages: Vec<Damage>,
    /// Everything else that does not hang together: rows, listings, signatures, the head.
    pub rows: Vec<String>,
}

impl Health {
    /// Nothing is damaged.
    pub fn is_clean(&self) -> bool {
        self.damages.is_empty() && self.rows.is_empty()
    }
}

const ROW: u64 = TILE_WIDTH as u64;

/// Checks a platform's ledger and rows. Reads everything once, in rows of 256 leaves, and holds one hash for each row.
pub async fn check(house: &House, platform: &Platform) -> Result<Health, Refusal> {
    let head = house.store.head(&platform.id).await?;
    let mut rows = house.store.integrity(&platform.id).await?;
    let mut audit = Audit::new(head.size, signed(house, platform, &mut rows).await?);
    for id in upper_tiles(head.size) {
        stored(house, platform, id).await?.into_iter().for_each(|tile| audit.tile(tile));
    }
    let mut from = 0;
    loop {
        // One row beyond the end, so that leaves past the head are found too.
        let tile = match TileId::holding(0, from, head.size) {
            Some(id) => stored(house, platform, id).await?,
            None => None,
        };
        if let Some(tile) = &tile {
            audit.tile(tile.clone());
        }
        let leaves = house.store.leaves(&platform.id, from, PAGE).await?;
        let found = !leaves.is_empty();
        for leaf in leaves.iter().filter(|leaf| leaf.index < from.saturating_add(ROW)) {
            let place = usize::try_from(leaf.index - from).unwrap_or(usize::MAX);
            let stands = tile.as_ref().and_then(|tile| tile.hashes.get(place)).copied();
            // What was emptied is vouched for by the tree alone, whose every hash the audit holds against those above it.
            if let Some(hash) = stands.filter(|_| is_pruned(house, platform, leaf)) {
                audit.leaf(leaf.index, hash);
            } else {
                audit.leaf(leaf.index, leaf_hash(&leaf.entry));
                rows.extend(listing(leaf));
            }
        }
        from += ROW;
        if !found && from > head.size {
            break;
        }
    }
    let report = audit.finish();
    if report.is_clean() && report.root != head.root {
        rows.push(format!("the head says root {}, the leaves give {}", head.root, report.root));
    }
    Ok(Health { size: head.size, damages: report.damages, rows })
}

/// Checkpoints whose signatures hold; the others are reported.
async fn signed(house: &House, platform: &Platform, rows: &mut Vec<String>) -> Result<Vec<Checkpoint>, Refusal> {
    // One without an SM2 line is of the time before the platform's suite was `guomi`.
    let keys = [verifier_key(platform)?, sm2_key(platform)?];
    let mut good = Vec::new();
    for row in house.store.checkpoints(&platform.id).await? {
        let note = SignedCheckpoint::parse(&row.note);
        match note.and_then(|note| note.verify(&keys).cloned()) {
            Ok(checkpoint) if checkpoint.size() == row.size => good.push(checkpoint),
            Ok(checkpoint) => {
                rows.push(format!("checkpoint at size {}: its note says size {}", row.size, checkpoint.size()));
            }
            Err(why) => rows.push(format!("checkpoint at size {}: {why}", row.size)),
        }
    }
    Ok(good)
}

/// Every tile above level 0.
fn upper_tiles(size: u64) -> impl Iterator<Item = TileId> {
    let first = move |level: u8| TileId::holding(level, 0, size);
    let levels = (1..u8::MAX).take_while(move |level| first(*level).is_some());
    levels.flat_map(move |level| (0..).map_while(move |row: u64| TileId::holding(level, row * ROW, size)))
}

/// A tile as it is stored; one that is missing or does not read is left out, and the audit names it.
async fn stored(house: &House, platform: &Platform, id: TileId) -> Result<Option<Tile>, Refusal> {
    match house.store.tiles(&platform.id, &[id]).await {
        Ok(mut tiles) => Ok(tiles.pop()),
        Err(StoreError::Damaged(_)) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// Whether the columns by which a leaf is listed say what the leaf says.
fn listing(leaf: &LeafRow) -> Option<String> {
    let entry: Entry = match serde_json::from_slice(&leaf.entry) {
        Ok(entry) => entry,
        Err(_) => return Some(format!("leaf {} does not read as an entry", leaf.index)),
    };
    let same = entry.act.word() == leaf.kind && entry.at == leaf.at;
    (!same).then(|| format!("leaf {} is listed as another act or instant than it states", leaf.index))
}
