//! A ledger damaged in every way that we can think of: the audit names the place, and nothing else.

use proptest::prelude::*;
use shouyue_ledger::{Audit, Checkpoint, Damage, Hash, Report, Tile, TileId, Tiles, audit, leaf_hash};

use crate::log::Log;

/// A stored ledger, to be damaged.
struct Stored {
    size: u64,
    leaves: Vec<(u64, Hash)>,
    tiles: Tiles,
    checkpoints: Vec<Checkpoint>,
}

const EVIL: Hash = Hash([0xee; 32]);

impl Stored {
    fn of(size: u64, checkpoints: &[u64]) -> Self {
        let log = Log::counting(size);
        Self {
            size,
            leaves: log.leaf_hashes(),
            checkpoints: checkpoints.iter().map(|size| log.checkpoint(*size)).collect(),
            tiles: log.tiles,
        }
    }

    fn audit(self) -> Report {
        audit(self.size, self.leaves, self.tiles, self.checkpoints)
    }

    fn alter_leaf(&mut self, index: u64) {
        self.leaves[usize::try_from(index).unwrap()].1 = EVIL;
    }

    fn alter_tile(&mut self, level: u8, index: u64, position: usize) {
        let mut hashes = self.tiles.get(level, index).unwrap().to_vec();
        hashes[position] = EVIL;
        self.tiles.insert(Tile { level, index, hashes });
    }

    fn drop_tile(&mut self, level: u8, index: u64, keys: &[(u8, u64)]) {
        let keep = keys.iter().filter(|key| **key != (level, index));
        self.tiles = keep
            .map(|&(level, index)| Tile { level, index, hashes: self.tiles.get(level, index).unwrap().to_vec() })
            .collect();
    }
}

#[test]
fn whole_ledgers_are_clean() {
    for size in [0, 1, 255, 256, 257, 700, 65_536, 66_000] {
        let report = Stored::of(size, &[0, size / 2, size]).audit();
        assert!(report.is_clean(), "{size}: {:?}", report.first());
        assert_eq!(report.rebuilt, size);
    }
}

#[test]
fn an_altered_leaf_is_named_once() {
    for (index, checkpoints) in [(0, [700].as_slice()), (255, &[]), (300, &[400, 700]), (699, &[700]), (699, &[])] {
        let mut stored = Stored::of(700, checkpoints);
        stored.alter_leaf(index);
        let report = stored.audit();
        assert_eq!(report.damages, [Damage::LeafAltered { index }]);
        assert_eq!(report.rebuilt, 700);
    }
}

#[test]
fn an_altered_tile_is_told_from_an_altered_leaf() {
    // The level above vouches for the leaves.
    let mut stored = Stored::of(700, &[]);
    stored.alter_tile(0, 1, 7);
    let tile = TileId { level: 0, index: 1, width: 256 };
    assert_eq!(stored.audit().damages, [Damage::TileDiffers { tile, position: 7 }]);
    // At the edge a checkpoint does.
    let mut stored = Stored::of(700, &[650]);
    stored.alter_tile(0, 2, 7);
    let report = stored.audit();
    let tile = TileId { level: 0, index: 2, width: 188 };
    assert_eq!(report.damages, [Damage::TileDiffers { tile, position: 7 }]);
    assert_eq!(report.damages[0].leaves(), 519..520);
    assert_eq!(report.damages[0].to_string(), "tile/0/002.p/188: hash 7 is not that of leaves 519..520");
    // A checkpoint before the altered place says nothing of it.
    let mut stored = Stored::of(700, &[515]);
    stored.alter_leaf(600);
    assert_eq!(stored.audit().damages, [Damage::LeafAltered { index: 600 }]);
}

#[test]
fn an_upper_tile_is_checked_against_the_leaves() {
    for (level, position) in [(1, 3), (2, 0)] {
        let mut stored = Stored::of(66_000, &[66_000]);
        stored.alter_tile(level, 0, position);
        let report = stored.audit();
        let [Damage::TileDiffers { tile, position: found }] = report.damages[..] else {
            panic!("{:?}", report.damages);
        };
        assert_eq!((tile.level, tile.index, usize::from(found)), (level, 0, position));
    }
}

#[test]
fn swapped_leaves_are_called_moved() {
    let mut stored = Stored::of(700, &[700]);
    let (left, right) = (stored.leaves[10].1, stored.leaves[500].1);
    stored.leaves[10].1 = right;
    stored.leaves[500].1 = left;
    let moved = |index, belongs_at| Damage::LeafMoved { index, belongs_at };
    assert_eq!(stored.audit().damages, [moved(10, 500), moved(500, 10)]);
}

#[test]
fn a_leaf_taken_out_and_the_rest_renumbered() {
    let mut stored = Stored::of(300, &[300]);
    stored.leaves.remove(290);
    for (index, leaf) in (0..).zip(&mut stored.leaves) {
        leaf.0 = index;
    }
    let report = stored.audit();
    assert_eq!(report.first(), Some(&Damage::LeafMoved { index: 290, belongs_at: 291 }));
    assert_eq!(report.damages.last(), Some(&Damage::Truncated { leaves: 299..300 }));
    assert_eq!(report.damages.len(), 10);
}

#[test]
fn missing_leaves_in_the_middle_and_at_the_end() {
    let mut stored = Stored::of(700, &[700]);
    stored.leaves.drain(100..600);
    stored.leaves.truncate(190);
    let report = stored.audit();
    let expected = [Damage::LeavesMissing { leaves: 100..600 }, Damage::Truncated { leaves: 690..700 }];
    assert_eq!(report.damages, expected);
    assert_eq!(report.rebuilt, 700, "the tiles still have the hashes");
}

#[test]
fn leaves_twice_out_of_order_and_beyond() {
    let mut stored = Stored::of(20, &[20]);
    stored.leaves.insert(6, stored.leaves[5]);
    stored.leaves.push((3, EVIL));
    stored.leaves.push((20, EVIL));
    let expected =
        [Damage::LeafOutOfOrder { index: 3 }, Damage::LeafOutOfOrder { index: 5 }, Damage::LeafBeyond { index: 20 }];
    assert_eq!(stored.audit().damages, expected);
}

#[test]
fn missing_narrow_and_stray_tiles() {
    let keys = [(0, 0), (0, 1), (0, 2), (1, 0)];
    for (level, index) in keys {
        let mut stored = Stored::of(700, &[700]);
        stored.drop_tile(level, index, &keys);
        let damages = stored.audit().damages;
        let [Damage::TileMissing { tile }] = damages[..] else { panic!("{damages:?}") };
        assert_eq!((tile.level, tile.index), (level, index));
    }
    for (level, index) in keys {
        let mut stored = Stored::of(700, &[700]);
        let mut hashes = stored.tiles.get(level, index).unwrap().to_vec();
        hashes.pop();
        let found = hashes.len();
        stored.tiles.insert(Tile { level, index, hashes });
        let damages = stored.audit().damages;
        assert!(matches!(damages[..], [Damage::TileWidth { found: f, .. }] if f == found), "{damages:?}");
    }
    let mut stored = Stored::of(700, &[700]);
    stored.tiles.insert(Tile { level: 0, index: 3, hashes: vec![EVIL] });
    stored.tiles.insert(Tile { level: 9, index: 0, hashes: vec![EVIL] });
    assert!(matches!(stored.audit().damages[..], [Damage::TileBeyond { .. }, Damage::TileBeyond { .. }]));
}

#[test]
fn a_rewritten_ledger_is_caught_by_its_checkpoints() {
    // Leaf, tiles and all above rewritten together: only what was signed remembers.
    let honest = Log::counting(700);
    let mut leaves = honest.leaves.clone();
    leaves[450] = b"forged".to_vec();
    let forged = Log::of(leaves);
    let checkpoints = [100, 400, 500, 700].map(|size| honest.checkpoint(size));
    let report = audit(700, forged.leaf_hashes(), forged.tiles.clone(), checkpoints);
    let differs = |size| Damage::CheckpointDiffers {
        size,
        good_until: 400,
        signed: honest.root(size),
        computed: forged.root(size),
    };
    assert_eq!(report.damages, [differs(500), differs(700)]);
    assert_eq!(report.damages[0].leaves(), 400..500);
}

#[test]
fn an_older_state_put_back_is_caught_by_a_later_checkpoint() {
    let mut stored = Stored::of(700, &[]);
    stored.checkpoints = vec![Log::counting(900).checkpoint(900)];
    let expected = Damage::CheckpointBeyond { checkpoint: 900, size: 700 };
    assert_eq!(stored.audit().damages, [expected]);
}

#[test]
fn a_size_damaged_beyond_reason_ends_all_the_same() {
    for size in [1 << 40, i64::MAX as u64, u64::MAX] {
        let mut stored = Stored::of(700, &[600]);
        stored.size = size;
        stored.leaves.push((1 << 39, EVIL));
        let report = stored.audit();
        assert!(report.damages.contains(&Damage::LeavesMissing { leaves: 700..1 << 39 }));
        assert!(report.rebuilt >= 512 && report.rebuilt <= 700);
    }
}

#[test]
fn piece_by_piece_finds_the_same() {
    let mut stored = Stored::of(66_000, &[66_000]);
    stored.alter_leaf(65_999);
    stored.alter_tile(0, 100, 3);
    let mut audit = Audit::new(stored.size, stored.checkpoints.clone());
    for (level, index) in [(1, 0), (1, 1), (2, 0)] {
        if let Some(hashes) = stored.tiles.get(level, index) {
            audit.tile(Tile { level, index, hashes: hashes.to_vec() });
        }
    }
    for (row, leaves) in (0..).zip(stored.leaves.chunks(256)) {
        audit.tile(Tile { level: 0, index: row, hashes: stored.tiles.get(0, row).unwrap().to_vec() });
        for (index, hash) in leaves {
            audit.leaf(*index, *hash);
        }
    }
    let report = audit.finish();
    let tile = TileId { level: 0, index: 100, width: 256 };
    let expected = [Damage::TileDiffers { tile, position: 3 }, Damage::LeafAltered { index: 65_999 }];
    assert_eq!(report.damages, expected);
    assert_eq!(stored.audit(), report);
}

proptest! {
    /// Whatever one thing is altered, the audit names exactly it.
    #[test]
    fn one_altered_hash_is_found_exactly(size in 1_u64..1500, pick: u64, level in 0_u8..2, leaf: bool) {
        let mut stored = Stored::of(size, &[size]);
        if leaf {
            let index = pick % size;
            stored.alter_leaf(index);
            prop_assert_eq!(stored.audit().damages, [Damage::LeafAltered { index }]);
        } else if let Some(hashes) = size.checked_shr(8 * u32::from(level)).filter(|hashes| *hashes > 0) {
            let at = pick % hashes;
            stored.alter_tile(level, at / 256, usize::try_from(at % 256).unwrap());
            let tile = TileId::holding(level, at, size).unwrap();
            let position = u16::try_from(at % 256).unwrap();
            prop_assert_eq!(stored.audit().damages, [Damage::TileDiffers { tile, position }]);
        }
    }

    #[test]
    fn arbitrary_ledgers_never_panic(
        size: u64,
        leaves in prop::collection::vec((prop_oneof![0_u64..600, any::<u64>()], any::<[u8; 2]>()), 0..20),
        tiles in prop::collection::vec((0_u8..10, prop_oneof![0_u64..4, any::<u64>()], 0_usize..300), 0..6),
        small: bool,
    ) {
        let leaves = leaves.into_iter().map(|(index, bytes)| (index, leaf_hash(&bytes)));
        let tiles = tiles.into_iter().map(|(level, index, width)| Tile { level, index, hashes: vec![EVIL; width] });
        let size = if small { size % 600 } else { size };
        let report = audit(size, leaves, tiles.collect(), [Checkpoint::new("a", 5, EVIL).unwrap()]);
        prop_assert!(report.damages.iter().all(|damage| !damage.to_string().is_empty()));
    }
}
