//! What outsiders fetch: tiles, entry bundles and consistency proofs, as C2SP tlog-tiles lays them out.

use ledger::tile::{TILE_HEIGHT, TILE_WIDTH, encode_bundle};
use ledger::{BundleId, Hash, TileId, proof};

use super::{broken, in_tree};
use crate::{House, Platform, Refusal};

/// The bytes of a tile by its path, such as `tile/0/x001/234.p/5`.
///
/// # Errors
/// [`Refusal::NotFound`] for a path that is none, or a tile that the ledger does not reach.
pub async fn tile(house: &House, platform: &Platform, path: &str) -> Result<Vec<u8>, Refusal> {
    let asked: TileId = path.parse().map_err(|_| Refusal::NotFound("tile"))?;
    let size = house.store.head(&platform.id).await?.size;
    let hashes = size.checked_shr(u32::from(asked.level) * u32::from(TILE_HEIGHT)).unwrap_or(0);
    within(asked.index, asked.width, hashes).ok_or(Refusal::NotFound("tile"))?;
    let tile = house.store.tiles(&platform.id, &[asked]).await?.pop().ok_or(Refusal::NotFound("tile"))?;
    Ok(tile.to_bytes())
}

/// The bytes of an entry bundle by its path, such as `tile/entries/000.p/5`. For the auditor's role: entries carry no
/// personal information, but they tell how much is done.
///
/// One that was emptied ([`prune`](fn@super::prune)) stands in it with the length zero, which no entry has; its hash is in the tile of
/// hashes, as ever, and so the tree is rebuilt from both.
///
/// # Errors
/// [`Refusal::NotFound`] as for [`tile`].
pub async fn bundle(house: &House, platform: &Platform, path: &str) -> Result<Vec<u8>, Refusal> {
    let asked: BundleId = path.parse().map_err(|_| Refusal::NotFound("entry bundle"))?;
    let size = house.store.head(&platform.id).await?.size;
    let start = within(asked.index, asked.width, size).ok_or(Refusal::NotFound("entry bundle"))?;
    let rows = house.store.leaves(&platform.id, start, u32::from(asked.width)).await?;
    if rows.len() != usize::from(asked.width) {
        return Err(Refusal::Broken("leaves are missing: run `shouyue fsck`".to_owned()));
    }
    let entries: Vec<Vec<u8>> = rows.into_iter().map(|row| row.entry).collect();
    encode_bundle(&entries).map_err(broken)
}

/// Position of the first of `width` things in row `index`, if the level has them all.
fn within(index: u64, width: u16, level: u64) -> Option<u64> {
    let start = index.checked_mul(u64::from(TILE_WIDTH))?;
    (start.checked_add(u64::from(width))? <= level).then_some(start)
}

/// The proof that the ledger of `new` leaves extends that of `old` leaves.
///
/// # Errors
/// [`Refusal::Wrong`] unless `old` ≤ `new` ≤ the ledger's size.
pub async fn consistency(house: &House, platform: &Platform, old: u64, new: u64) -> Result<Vec<Hash>, Refusal> {
    let size = house.store.head(&platform.id).await?.size;
    if old > new || new > size {
        return Err(Refusal::Wrong(format!("sizes must grow and not go beyond {size}")));
    }
    let tiles = proof::consistency_tiles(old, new).map_err(broken)?;
    let tiles = house.store.tiles(&platform.id, &tiles).await?.into_iter().collect();
    proof::consistency(old, new, &tiles).map_err(broken)
}

/// The proof that a leaf stands at an index of the ledger of `size` leaves: the hash of the leaf, and the hashes beside its way up.
///
/// # Errors
/// [`Refusal::Wrong`] unless `index` < `size` ≤ the ledger's size.
pub async fn inclusion(
    house: &House,
    platform: &Platform,
    index: u64,
    size: u64,
) -> Result<(Hash, Vec<Hash>), Refusal> {
    let known = house.store.head(&platform.id).await?.size;
    if index >= size || size > known {
        return Err(Refusal::Wrong(format!("an index is below the size, and that not beyond {known}")));
    }
    let leaf = in_tree(house, platform, index).await?;
    let tiles = proof::inclusion_tiles(index, size).map_err(broken)?;
    let tiles = house.store.tiles(&platform.id, &tiles).await?.into_iter().collect();
    Ok((leaf, proof::inclusion(index, size, &tiles).map_err(broken)?))
}
