//! Paths and bytes of tiles and bundles.

use proptest::prelude::*;
use shouyue_ledger::tile::{EncodingError, PathError, decode_bundle, edge_tiles, encode_bundle};
use shouyue_ledger::{BundleId, Hash, Tile, TileId};

#[test]
fn paths_as_the_specification_writes_them() {
    let tile = |level, index, width| TileId { level, index, width };
    for (path, id) in [
        ("tile/0/x001/x234/067", tile(0, 1_234_067, 256)),
        ("tile/0/x001/234.p/5", tile(0, 1_234, 5)),
        ("tile/0/000", tile(0, 0, 256)),
        ("tile/0/273.p/112", tile(0, 273, 112)),
        ("tile/63/999.p/255", tile(63, 999, 255)),
        ("tile/2/x018/x446/x744/x073/x709/x551/615", tile(2, u64::MAX, 256)),
    ] {
        assert_eq!(id.to_string(), path);
        assert_eq!(path.parse(), Ok(id));
    }
    let bundle = BundleId { index: 1_234_067, width: 8 };
    assert_eq!(bundle.to_string(), "tile/entries/x001/x234/067.p/8");
    assert_eq!("tile/entries/x001/x234/067.p/8".parse(), Ok(bundle));
}

#[test]
fn other_spellings_are_refused() {
    for (path, error) in [
        ("", PathError::Prefix),
        ("tile/0", PathError::Prefix),
        ("tile/entries/000", PathError::Level),
        ("tile/64/000", PathError::Level),
        ("tile/00/000", PathError::Level),
        ("tile/-1/000", PathError::Level),
        ("tile/+1/000", PathError::Level),
        ("tile//000", PathError::Level),
        ("tile/0/", PathError::Index),
        ("tile/0/1", PathError::Index),
        ("tile/0/0000", PathError::Index),
        ("tile/0/x001", PathError::Index),
        ("tile/0/001/067", PathError::Index),
        ("tile/0/x000/067", PathError::Index),
        ("tile/0/x1/067", PathError::Index),
        ("tile/0/+12", PathError::Index),
        ("tile/0/x018/x446/x744/x073/x709/x551/616", PathError::Index),
        ("tile/0/000.p/0", PathError::Width),
        ("tile/0/000.p/256", PathError::Width),
        ("tile/0/000.p/05", PathError::Width),
        ("tile/0/000.p/", PathError::Width),
        ("tile/0/000.p/5.p/5", PathError::Width),
    ] {
        assert_eq!(path.parse::<TileId>(), Err(error), "{path}");
    }
    assert_eq!("tile/0/000".parse::<BundleId>(), Err(PathError::Prefix));
    assert_eq!("x".repeat(1 << 20).parse::<TileId>(), Err(PathError::Index));
}

#[test]
fn a_tree_of_70000_leaves_as_in_the_specification() {
    let size = 70_000;
    assert_eq!(TileId::holding(0, 272 * 256, size), Some(TileId { level: 0, index: 272, width: 256 }));
    assert_eq!(TileId::holding(1, 0, size), Some(TileId { level: 1, index: 0, width: 256 }));
    assert_eq!(TileId::holding(0, size, size), None);
    let edge: Vec<_> = edge_tiles(size).iter().map(ToString::to_string).collect();
    assert_eq!(edge, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
    // "A tree of size 256 is a full level 0 tile and a partial level 1 tile of width 1."
    assert_eq!(TileId::holding(0, 255, 256), Some(TileId { level: 0, index: 0, width: 256 }));
    assert_eq!(edge_tiles(256), [TileId { level: 1, index: 0, width: 1 }]);
    assert_eq!(edge_tiles(0), []);
    assert_eq!(TileId { level: 1, index: 1, width: 17 }.leaves(), 65_536..69_888);
}

#[test]
fn tile_bytes() {
    let tile = Tile { level: 1, index: 7, hashes: vec![Hash([1; 32]), Hash([2; 32])] };
    let bytes = tile.to_bytes();
    assert_eq!(bytes, [[1; 32], [2; 32]].concat());
    assert_eq!(Tile::from_bytes(1, 7, &bytes), Ok(tile));
    for length in [0, 31, 33, 257 * 32] {
        assert_eq!(Tile::from_bytes(0, 0, &vec![0; length]), Err(EncodingError::TileLength { bytes: length }));
    }
}

#[test]
fn bundle_bytes() {
    let leaves: [&[u8]; 3] = [b"a", b"", b"bc"];
    let bundle = encode_bundle(&leaves).unwrap();
    assert_eq!(bundle, b"\x00\x01a\x00\x00\x00\x02bc");
    assert_eq!(decode_bundle(&bundle).unwrap(), leaves);
    assert_eq!(decode_bundle(b"").unwrap(), Vec::<&[u8]>::new());
    assert_eq!(decode_bundle(b"\x00"), Err(EncodingError::Truncated { position: 0 }));
    assert_eq!(decode_bundle(b"\x00\x00\x00\x02b"), Err(EncodingError::Truncated { position: 1 }));
    assert_eq!(decode_bundle(&[0; 2 * 257]), Err(EncodingError::TooManyEntries));
    assert_eq!(encode_bundle(&[b""; 257]), Err(EncodingError::TooManyEntries));
    let long = vec![0; 65_536];
    assert_eq!(encode_bundle(&[&long]), Err(EncodingError::EntryTooLong { position: 0, bytes: 65_536 }));
    assert!(encode_bundle(&[&long[1..]]).is_ok());
}

proptest! {
    #[test]
    fn paths_round_trip(level in 0_u8..64, index: u64, width in 1_u16..=256) {
        let (tile, bundle) = (TileId { level, index, width }, BundleId { index, width });
        prop_assert_eq!(tile.to_string().parse(), Ok(tile));
        prop_assert_eq!(bundle.to_string().parse(), Ok(bundle));
    }

    #[test]
    fn whatever_parses_is_written_the_same_way(path in "tile/[0-9]{1,2}/(x[0-9]{3}/){0,8}[0-9]{3}(\\.p/[0-9]{1,3})?") {
        if let Ok(id) = path.parse::<TileId>() {
            prop_assert_eq!(id.to_string(), path);
            prop_assert!(id.leaves().start <= id.leaves().end);
        }
    }

    #[test]
    fn bundles_round_trip(leaves in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..=256)) {
        let bundle = encode_bundle(&leaves).unwrap();
        prop_assert_eq!(decode_bundle(&bundle).unwrap(), leaves);
    }

    #[test]
    fn arbitrary_input_never_panics(text in ".*", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        _ = text.parse::<TileId>();
        _ = text.parse::<BundleId>();
        _ = text.parse::<Hash>();
        if let Ok(leaves) = decode_bundle(&bytes) {
            prop_assert_eq!(encode_bundle(&leaves).unwrap(), bytes.clone());
        }
        if let Ok(tile) = Tile::from_bytes(0, 0, &bytes) {
            prop_assert_eq!(tile.to_bytes(), bytes);
        }
    }
}
