//! Every proof of small trees and random ones of larger trees, against an independent tree; no altered proof is accepted.

use std::sync::LazyLock;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2::Sha256;
use shouyue_ledger::edge::EdgeError;
use shouyue_ledger::proof::{
    self, ProofError, consistency_tiles, inclusion_tiles, verify_consistency, verify_inclusion,
};
use shouyue_ledger::tile::edge_tiles;
use shouyue_ledger::{Edge, Hash, Tiles, leaf_hash, node_hash};

use crate::log::{Log, leaf};

/// Every proof is tried up to here; past one tile, so that the edge of tiles is crossed.
const SMALL: u64 = 300;

/// Past 256 tiles, so that there are three levels.
const LARGE: u64 = 66_000;

static LARGE_LOG: LazyLock<Log> = LazyLock::new(|| Log::counting(LARGE));

type Oracle = MemoryBackedTree<Sha256, Vec<u8>>;

fn hashes(proof: &[u8]) -> Vec<Hash> {
    proof.chunks(32).map(|hash| Hash::try_from(hash).unwrap()).collect()
}

#[test]
fn roots_equal_those_of_an_independent_tree() {
    let (log, mut oracle) = (Log::counting(600), Oracle::new());
    for size in 0..=log.size() {
        assert_eq!(log.root(size).as_bytes().as_slice(), oracle.root().as_bytes().as_slice(), "size {size}");
        oracle.push(leaf(size));
    }
}

#[test]
fn a_leaf_of_any_length_is_hashed_as_by_an_independent_tree() {
    for length in (0..1_100).chain([65_535]) {
        let leaf = vec![0x5a; length];
        let mut oracle = Oracle::new();
        oracle.push(leaf.clone());
        assert_eq!(leaf_hash(&leaf).as_bytes().as_slice(), oracle.root().as_bytes().as_slice(), "{length} bytes");
    }
}

#[test]
fn every_small_inclusion_proof_equals_the_oracle_and_verifies() {
    let (log, mut oracle) = (Log::counting(SMALL), Oracle::new());
    for size in 1..=SMALL {
        oracle.push(leaf(size - 1));
        for index in 0..size {
            let path = log.inclusion(index, size);
            let expected = oracle.prove_inclusion(usize::try_from(index).unwrap());
            assert_eq!(path, hashes(expected.as_bytes()), "leaf {index} of {size}");
            verify_inclusion(&leaf_hash(&leaf(index)), index, size, &path, &log.root(size)).unwrap();
        }
    }
}

#[test]
fn every_small_consistency_proof_equals_the_oracle_and_verifies() {
    let (log, mut oracle) = (Log::counting(SMALL), Oracle::new());
    for new in 1..=SMALL {
        oracle.push(leaf(new - 1));
        for old in 1..=new {
            let steps = log.consistency(old, new);
            if old < new {
                let expected = oracle.prove_consistency(usize::try_from(new - old).unwrap());
                assert_eq!(steps, hashes(expected.as_bytes()), "{old} to {new}");
            }
            verify_consistency(old, new, &steps, &log.root(old), &log.root(new)).unwrap();
        }
    }
}

#[test]
fn tiles_are_rows_of_perfect_subtrees_at_every_level() {
    let log = &*LARGE_LOG;
    for (index, hash) in log.leaf_hashes() {
        let tile = log.tiles.get(0, index / 256).unwrap();
        assert_eq!(tile[usize::try_from(index % 256).unwrap()], hash);
    }
    for (level, span) in [(1, 256), (2, 65_536)] {
        for position in 0..LARGE / span {
            let mut row: Vec<_> =
                (position * span..(position + 1) * span).map(|index| leaf_hash(&leaf(index))).collect();
            while row.len() > 1 {
                row = row.chunks(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
            }
            let tile = log.tiles.get(level, position / 256).unwrap();
            assert_eq!(tile[usize::try_from(position % 256).unwrap()], row[0], "level {level}, position {position}");
        }
    }
}

#[test]
fn an_edge_rebuilt_at_any_size_goes_on_as_if_never_stopped() {
    let log = Log::counting(800);
    let mut edge = Edge::empty();
    let mut tiles = Tiles::new();
    for size in 0..log.size() {
        let mut rebuilt = Edge::from_tiles(size, &tiles).unwrap();
        assert_eq!((rebuilt.size(), rebuilt.root()), (size, log.root(size)));
        assert!(rebuilt.take_changed_tiles().is_empty());
        assert_eq!(proof::root(size, &tiles).unwrap(), log.root(size));
        let hash = leaf_hash(&leaf(size));
        assert_eq!(rebuilt.append(hash), edge.append(hash));
        let changed = edge.take_changed_tiles();
        assert_eq!(rebuilt.take_changed_tiles(), changed);
        tiles.extend(changed);
    }
}

#[test]
fn an_edge_is_not_rebuilt_from_the_wrong_tiles() {
    let log = Log::counting(700);
    let missing = Edge::from_tiles(700, &Tiles::new()).unwrap_err();
    assert_eq!(missing, EdgeError::Missing(edge_tiles(700)[0]));
    assert!(matches!(Edge::from_tiles(699, &log.tiles), Err(EdgeError::Width { found: 188, .. })));
    assert!(matches!(Edge::from_tiles(u64::MAX, &log.tiles), Err(EdgeError::TooLarge(u64::MAX))));
}

#[test]
fn proofs_say_what_they_lack() {
    let log = Log::counting(700);
    assert_eq!(proof::inclusion(700, 700, &log.tiles), Err(ProofError::IndexBeyondTree { index: 700, size: 700 }));
    assert_eq!(proof::inclusion(0, 0, &log.tiles), Err(ProofError::IndexBeyondTree { index: 0, size: 0 }));
    assert_eq!(proof::consistency(9, 8, &log.tiles), Err(ProofError::Shrunk { old: 9, new: 8 }));
    let needed = inclusion_tiles(3, 700).unwrap();
    let names: Vec<_> = needed.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["tile/0/000", "tile/0/002.p/188", "tile/1/000.p/2"]);
    assert_eq!(proof::inclusion(3, 700, &Tiles::new()), Err(ProofError::MissingTile(needed[0])));
    // A tree of 800 leaves needs a wider tile than is stored.
    assert!(matches!(
        proof::inclusion(3, 800, &log.tiles),
        Err(ProofError::MissingTile(_) | ProofError::NarrowTile { .. })
    ));
}

#[test]
fn trivial_consistency() {
    let log = Log::counting(5);
    let (empty, root, other) = (Hash::EMPTY_ROOT, log.root(5), log.root(4));
    assert_eq!(log.consistency(0, 5), []);
    verify_consistency(0, 5, &[], &empty, &root).unwrap();
    verify_consistency(0, 0, &[], &empty, &empty).unwrap();
    verify_consistency(5, 5, &[], &root, &root).unwrap();
    assert!(verify_consistency(5, 5, &[], &root, &other).is_err());
    assert!(verify_consistency(0, 5, &[], &other, &root).is_err());
    assert!(verify_consistency(0, 5, &[empty], &empty, &root).is_err());
    assert!(verify_consistency(5, 5, &[root], &root, &root).is_err());
    assert!(verify_consistency(5, 4, &[], &root, &other).is_err());
}

#[test]
fn the_largest_sizes_do_not_overflow() {
    for size in [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) + 1] {
        for index in [0, 1, size / 2, size - 1] {
            assert!(!inclusion_tiles(index, size).unwrap().is_empty());
            assert!(proof::inclusion(index, size, &Tiles::new()).is_err());
            let wrong = verify_inclusion(&Hash::EMPTY_ROOT, index, size, &[], &Hash::EMPTY_ROOT);
            assert!(matches!(wrong, Err(ProofError::Length { .. })));
        }
        assert!(!consistency_tiles(size / 3, size).unwrap().is_empty());
        assert!(edge_tiles(size).iter().all(|id| id.width < 256 && id.level < 8));
    }
}

/// The ways to spoil a proof: another hash at one place, one hash more, one less.
fn spoilt(proof: &[Hash], at: usize) -> Vec<Vec<Hash>> {
    let mut longer = proof.to_vec();
    longer.insert(at % (proof.len() + 1), Hash([0; 32]));
    let mut all = vec![longer];
    if !proof.is_empty() {
        let at = at % proof.len();
        let (mut altered, mut shorter) = (proof.to_vec(), proof.to_vec());
        altered[at].0[at % 32] ^= 1;
        shorter.remove(at);
        all.extend([altered, shorter]);
    }
    all
}

proptest! {
    #[test]
    fn random_inclusion_proofs_of_a_large_tree(size in 1..=LARGE, pick: u64, at: usize) {
        let (log, index) = (&*LARGE_LOG, pick % size);
        let (hash, root) = (leaf_hash(&leaf(index)), log.root(size));
        let path = log.inclusion(index, size);
        verify_inclusion(&hash, index, size, &path, &root).unwrap();
        for spoilt in spoilt(&path, at) {
            prop_assert!(verify_inclusion(&hash, index, size, &spoilt, &root).is_err());
        }
        let other = Hash([1; 32]);
        prop_assert!(verify_inclusion(&other, index, size, &path, &root).is_err());
        prop_assert!(verify_inclusion(&hash, index, size, &path, &other).is_err());
        for wrong in [index.wrapping_sub(1), index + 1, index ^ 2, size] {
            prop_assert!(verify_inclusion(&hash, wrong, size, &path, &root).is_err());
        }
    }

    #[test]
    fn random_consistency_proofs_of_a_large_tree(new in 2..=LARGE, pick: u64, at: usize) {
        let (log, old) = (&*LARGE_LOG, 1 + pick % (new - 1));
        let (old_root, new_root) = (log.root(old), log.root(new));
        let steps = log.consistency(old, new);
        verify_consistency(old, new, &steps, &old_root, &new_root).unwrap();
        for spoilt in spoilt(&steps, at) {
            prop_assert!(verify_consistency(old, new, &spoilt, &old_root, &new_root).is_err());
        }
        prop_assert!(verify_consistency(old, new, &steps, &new_root, &old_root).is_err());
        prop_assert!(verify_consistency(old, new, &steps, &old_root, &Hash([1; 32])).is_err());
        prop_assert!(verify_consistency(old, new, &steps, &Hash([1; 32]), &new_root).is_err());
        prop_assert!(verify_consistency(new, old, &steps, &new_root, &old_root).is_err());
    }

    #[test]
    fn batches_store_the_same_tiles_as_single_appends(batches in prop::collection::vec(0_u64..400, 1..8)) {
        let (mut edge, mut tiles) = (Edge::empty(), Tiles::new());
        for batch in batches {
            (0..batch).for_each(|_| _ = edge.append(leaf_hash(&leaf(edge.size()))));
            tiles.extend(edge.take_changed_tiles());
            let rebuilt = Edge::from_tiles(edge.size(), &tiles).unwrap();
            prop_assert_eq!(rebuilt.root(), edge.root());
        }
        prop_assert_eq!(edge.root(), Log::counting(edge.size()).edge.root());
    }

    #[test]
    fn verifying_anything_never_panics(index: u64, size: u64, n in 0_usize..70) {
        let proof = vec![Hash([9; 32]); n];
        prop_assert!(verify_inclusion(&Hash([8; 32]), index, size, &proof, &Hash([3; 32])).is_err());
        prop_assert!(verify_consistency(index, size, &proof, &Hash([3; 32]), &Hash([4; 32])).is_err());
    }
}
