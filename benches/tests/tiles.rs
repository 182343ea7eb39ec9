//! The ledger beside an independent implementation of C2SP tlog-tiles: that one reads our tiles, accepts our roots, and its
//! proofs are ours, hash by hash.

use ledger::{Checkpoint, Ed25519Signer, Edge, Signer, TileId, Tiles, leaf_hash, proof};
use tlog_tiles::checkpoint::Checkpoint as Read;
use tlog_tiles::tile::{Tile, TileHashReader, TileReader};
use tlog_tiles::tlog::{
    Error, Hash, HashReader, check_record, check_tree, prove_record, prove_tree, record_hash, stored_hashes, tree_hash,
};

/// Past 256 tiles of leaves, so that there are three levels.
const LARGE: u64 = 66_000;

/// Sizes around every border of tiles.
const SIZES: [u64; 14] = [1, 2, 3, 7, 255, 256, 257, 511, 512, 700, 65_535, 65_536, 65_537, LARGE];

fn leaf(index: u64) -> Vec<u8> {
    format!("act {index}").into_bytes()
}

/// Our tiles, as their client fetches them.
struct Served<'t>(&'t Tiles);

impl TileReader for Served<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, asked: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let bytes = |tile: &Tile| {
            let hashes = self.0.get(tile.level(), tile.level_index()).unwrap_or_default();
            hashes.iter().take(tile.width() as usize).flat_map(|hash| *hash.as_bytes()).collect()
        };
        Ok(asked.iter().map(bytes).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

/// Their own store of hashes.
struct Theirs(Vec<Hash>);

impl HashReader for Theirs {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        Ok(indexes.iter().filter_map(|index| self.0.get(usize::try_from(*index).ok()?).copied()).collect())
    }
}

fn same(ours: &[ledger::Hash], theirs: &[Hash]) -> bool {
    ours.iter().map(ledger::Hash::as_bytes).eq(theirs.iter().map(|hash| &hash.0))
}

#[test]
fn roots_and_proofs_are_those_of_tlog_tiles() -> anyhow::Result<()> {
    let (mut edge, mut tiles, mut theirs) = (Edge::empty(), Tiles::new(), Theirs(Vec::new()));
    let mut old = (0, Hash([0; 32]));
    for size in SIZES {
        while edge.size() < size {
            let index = edge.size();
            let stored = stored_hashes(index, &leaf(index), &theirs)?;
            theirs.0.extend(stored);
            edge.append(leaf_hash(&leaf(index)));
        }
        tiles.extend(edge.take_changed_tiles());
        let root = tree_hash(size, &theirs)?;
        assert_eq!(edge.root().as_bytes(), &root.0, "root of {size}");

        // Their client believes no tile of ours before it has held it against the root.
        let served = Served(&tiles);
        let reader = TileHashReader::new(size, root, &served);
        for index in [0, 1, size / 3, size / 2, size - 1].into_iter().filter(|index| *index < size) {
            let path = prove_record(size, index, &reader)?;
            assert!(same(&proof::inclusion(index, size, &tiles)?, &path), "leaf {index} of {size}");
            check_record(&path, size, root, index, record_hash(&leaf(index)))?;
        }
        if old.0 > 0 {
            let steps = prove_tree(size, old.0, &reader)?;
            assert!(same(&proof::consistency(old.0, size, &tiles)?, &steps), "{} to {size}", old.0);
            check_tree(&steps, size, root, old.0, old.1)?;
        }
        old = (size, root);
    }
    Ok(())
}

/// One perfect tree: of other sizes their client leaves some full tiles unchecked, as many as the root has summands.
const PERFECT: u64 = 512;

#[test]
fn a_tile_of_ours_that_was_changed_is_refused_by_their_client() {
    let (mut edge, mut tiles) = (Edge::empty(), Tiles::new());
    for index in 0..PERFECT {
        edge.append(leaf_hash(&leaf(index)));
    }
    tiles.extend(edge.take_changed_tiles().into_iter().map(|mut tile| {
        if (tile.level, tile.index) == (0, 1) {
            tile.hashes.swap(3, 4);
        }
        tile
    }));
    let served = Served(&tiles);
    let reader = TileHashReader::new(PERFECT, Hash(*edge.root().as_bytes()), &served);
    assert!(prove_record(PERFECT, 300, &reader).is_err());
}

#[test]
fn paths_and_heads_read_alike() -> anyhow::Result<()> {
    for (level, index, width) in [(0, 0, 256), (0, 1_234_067, 5), (1, 17, 255), (2, 999, 1), (0, 1000, 256)] {
        // Their path says the height too, which tlog-tiles leaves out: it is always 8.
        let theirs = Tile::new(8, level, index, width.into(), false).path().replacen("tile/8/", "tile/", 1);
        assert_eq!(TileId { level, index, width }.to_string(), theirs);
    }
    let signer = Ed25519Signer::from_seed("ledger.example/haigang", &[7; 32])?;
    let mut edge = Edge::empty();
    edge.append(leaf_hash(b"act"));
    let signed = Checkpoint::new(signer.key().name(), edge.size(), edge.root())?.sign(&[&signer])?.to_string();
    let text = signed.split_inclusive('\n').take(3).collect::<String>();
    let read = Read::from_bytes(text.as_bytes()).map_err(|why| anyhow::anyhow!("{why:?}"))?;
    assert_eq!((read.origin(), read.size(), &read.hash().0), ("ledger.example/haigang", 1, edge.root().as_bytes()));
    Ok(())
}
