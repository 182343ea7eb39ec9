//! Everything that an outsider can ask of a ledger, asked while many write: every head extends the one before, every leaf is in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ledger::proof::{consistency, consistency_tiles, inclusion, inclusion_tiles, verify_consistency, verify_inclusion};
use ledger::{Hash, Tiles, leaf_hash};
use shouyue_store::Head;

use crate::fixture::*;

/// Writers at the same time.
const WRITERS: usize = 8;

/// The hash of a leaf's stored entry.
async fn stored(store: &Shared, index: u64) -> Hash {
    let row = store.leaves(&platform(), index, 1).await.unwrap().remove(0);
    assert_eq!(row.index, index);
    leaf_hash(&row.entry)
}

async fn tiles(store: &Shared, ids: Vec<ledger::TileId>) -> Tiles {
    store.tiles(&platform(), &ids).await.unwrap().into_iter().collect()
}

/// That a leaf is in a head.
async fn is_in(store: &Shared, index: u64, head: &Head) {
    let tiles = tiles(store, inclusion_tiles(index, head.size).unwrap()).await;
    let path = inclusion(index, head.size, &tiles).unwrap();
    verify_inclusion(&stored(store, index).await, index, head.size, &path, &head.root).unwrap();
}

/// That a head extends an older one.
async fn extends(store: &Shared, old: &Head, new: &Head) {
    assert!(new.size >= old.size, "{} after {}", new.size, old.size);
    let tiles = tiles(store, consistency_tiles(old.size, new.size).unwrap()).await;
    let steps = consistency(old.size, new.size, &tiles).unwrap();
    verify_consistency(old.size, new.size, &steps, &old.root, &new.root).unwrap();
}

/// Looks until all is written; gives every head that was seen.
async fn look(store: Shared, written: Arc<AtomicU64>, acts: u64, mut seed: u64) -> Vec<Head> {
    let mut heads = vec![store.head(&platform()).await.unwrap()];
    loop {
        let over = written.load(Ordering::Acquire) == acts;
        let (first, last) = (heads[0].clone(), heads[heads.len() - 1].clone());
        let head = store.head(&platform()).await.unwrap();
        extends(&store, &last, &head).await;
        extends(&store, &first, &head).await;
        if head.size > 0 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            for index in [0, seed % head.size, head.size - 1] {
                is_in(&store, index, &head).await;
            }
        }
        heads.push(head);
        if over {
            return heads;
        }
    }
}

/// So many acts by many writers on some stores over one database, looked at through each.
pub(crate) async fn hammer(stores: &[Shared], acts: u64) {
    let written = Arc::new(AtomicU64::new(0));
    let each = acts / WRITERS as u64;
    let acts = each * WRITERS as u64;
    let of = |n: usize| stores[n % stores.len()].clone();
    let writers: Vec<_> = (0..WRITERS)
        .map(|n| {
            let (store, written) = (of(n), written.clone());
            tokio::spawn(async move {
                for _ in 0..each {
                    store.commit(act(Vec::new())).await.unwrap();
                    written.fetch_add(1, Ordering::Release);
                }
            })
        })
        .collect();
    let lookers: Vec<_> =
        (0..stores.len().max(2)).map(|n| tokio::spawn(look(of(n), written.clone(), acts, n as u64))).collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let mut looked = 0;
    for looker in lookers {
        let heads = looker.await.unwrap();
        let last = heads[heads.len() - 1].clone();
        assert_eq!(last.size, acts);
        looked += heads.len();
        // Each head that anybody ever saw is a beginning of the last one.
        for old in &heads {
            extends(&stores[0], old, &last).await;
        }
    }
    let last = stores[0].head(&platform()).await.unwrap();
    for index in 0..acts {
        is_in(&stores[0], index, &last).await;
    }
    println!("{acts} acts, {looked} heads looked at");
    assert!(looked >= 4, "nobody looked while it was written");
    assert!(audited(&stores[0]).await.is_clean());
}
