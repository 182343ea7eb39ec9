//! The ledger beside the facts.

use ledger::{Edge, TileId, leaf_hash};
use shouyue_store::{Batch, CheckpointRow, CommitError, Key, Write};

use crate::fixture::*;

pub(crate) async fn parallel_load_gives_one_tree_without_gaps(store: Shared) {
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                for n in 0..50 {
                    let act = if n == 0 { Person::drawn().registration() } else { act(Vec::new()) };
                    let entry = act.leaf.entry.clone();
                    mine.push((store.commit(act).await.unwrap().leaf(), entry));
                }
                mine
            })
        })
        .collect();
    let mut answered = Vec::new();
    for task in tasks {
        answered.extend(task.await.unwrap());
    }
    answered.sort_unstable();
    let stored: Vec<_> = every_leaf(&store).await.into_iter().map(|row| (row.index, row.entry)).collect();
    assert_eq!(stored, answered);
    assert_eq!(stored.iter().map(|(index, _)| *index).collect::<Vec<_>>(), (0..3200).collect::<Vec<_>>());

    let mut edge = Edge::empty();
    for (_, entry) in &stored {
        edge.append(leaf_hash(entry));
    }
    let head = store.head(&platform()).await.unwrap();
    assert_eq!((head.size, head.root), (edge.size(), edge.root()));
    let report = audited(&store).await;
    assert!(report.is_clean(), "{:?}", report.damages);
    assert_eq!(report.root, head.root);
}

pub(crate) async fn leaves_come_in_pages_and_tiles_as_wide_as_asked(store: Shared) {
    let head = store.head(&platform()).await.unwrap();
    assert_eq!((head.size, head.root), (0, ledger::Hash::EMPTY_ROOT));
    let mut hashes = Vec::new();
    for outcomes in all_at_once(&store, (0..300).map(|_| act(Vec::new())).collect()).await {
        outcomes.unwrap();
    }
    for row in every_leaf(&store).await {
        hashes.push(leaf_hash(&row.entry));
    }
    let page = store.leaves(&platform(), 298, 10).await.unwrap();
    assert_eq!(page.iter().map(|row| row.index).collect::<Vec<_>>(), [298, 299]);
    assert_eq!((page[0].kind.as_str(), page[0].at), ("collect", at(0)));

    let ids = [(0, 0, 256), (0, 0, 17), (0, 1, 44), (0, 1, 3), (1, 0, 1)];
    let ids = ids.map(|(level, index, width)| TileId { level, index, width });
    let tiles = store.tiles(&platform(), &ids).await.unwrap();
    assert_eq!(tiles.iter().map(ledger::Tile::id).collect::<Vec<_>>(), ids);
    assert_eq!(tiles[0].hashes, hashes[..256]);
    assert_eq!(tiles[1].hashes, hashes[..17]);
    assert_eq!(tiles[2].hashes, hashes[256..]);
    for (index, width) in [(1, 45), (2, 1)] {
        assert!(store.tiles(&platform(), &[TileId { level: 0, index, width }]).await.is_err());
    }
}

pub(crate) async fn a_subject_finds_its_leaves_newest_first(store: Shared) {
    let (a, b) = (registered(&store).await, registered(&store).await);
    let mut salts = Vec::new();
    for n in 0..6 {
        let mut batch = act_of(a.id, 1, Vec::new());
        if n % 2 == 0 {
            batch.leaf.subjects.push((b.id, draw()));
        }
        salts.push(batch.leaf.subjects.clone());
        store.commit(batch).await.unwrap();
    }
    let of_a = store.leaves_of(&platform(), a.id).await.unwrap();
    assert_eq!(of_a.iter().map(|(leaf, _)| *leaf).collect::<Vec<_>>(), [7, 6, 5, 4, 3, 2, 0]);
    assert_eq!(of_a[0].1, salts[5][0].1);
    let of_b = store.leaves_of(&platform(), b.id).await.unwrap();
    assert_eq!(of_b.iter().map(|(leaf, _)| *leaf).collect::<Vec<_>>(), [6, 4, 2, 1]);
    assert_eq!(of_b[2].1, salts[0][1].1);
    assert!(store.leaves_of(&platform(), Person::drawn().id).await.unwrap().is_empty());
}

pub(crate) async fn checkpoints_are_kept_by_size(store: Shared) {
    assert!(store.checkpoint(&platform()).await.unwrap().is_none());
    for (size, note) in [(3, "three"), (9, "nine"), (5, "late five")] {
        store.checkpoint_put(&platform(), CheckpointRow { size, note: note.into(), at: at(1) }).await.unwrap();
    }
    let newest = store.checkpoint(&platform()).await.unwrap().unwrap();
    assert_eq!((newest.size, newest.note.as_str(), newest.at), (9, "nine", at(1)));
    let again = CheckpointRow { size: 5, note: "five".into(), at: at(2) };
    store.checkpoint_put(&platform(), again).await.unwrap();
    let all = store.checkpoints(&platform()).await.unwrap();
    let all: Vec<_> = all.iter().map(|row| (row.size, row.note.as_str(), row.at)).collect();
    assert_eq!(all, [(3, "three", at(1)), (5, "five", at(2)), (9, "nine", at(1))]);
}

pub(crate) async fn an_act_of_a_clock_behind_the_ledger_is_not_taken(store: Shared) {
    let of = |instant: jiff::Timestamp| {
        let mut act = act(Vec::new());
        act.leaf.at = instant;
        act
    };
    store.commit(of(at(3600))).await.unwrap();
    // Acts that are under way at once come in any order.
    store.commit(of(at(3590))).await.unwrap();
    let key = Key { digest: draw(), request: draw(), answer: b"done".to_vec() };
    let keyed = |instant| Batch { key: Some(key.clone()), ..of(instant) };
    let behind = store.commit(keyed(at(3500))).await;
    assert!(matches!(behind, Err(CommitError::Behind(newest)) if newest == at(3600)), "{behind:?}");
    assert_eq!(store.head(&platform()).await.unwrap().size, 2);
    // Decided anew under the same key, it is done, and what comes again is answered whatever its clock says.
    store.commit(keyed(at(3601))).await.unwrap();
    let answered = store.commit(keyed(at(3500))).await;
    assert!(matches!(answered, Err(CommitError::Done { leaf: 2, .. })), "{answered:?}");
}

pub(crate) async fn old_leaves_that_are_nobodys_are_emptied_and_still_proved(store: Shared) {
    let (gone, stays) = (registered(&store).await, registered(&store).await);
    let of = |kind: &str| {
        let mut batch = act(Vec::new());
        batch.leaf.kind = kind.into();
        batch
    };
    for kind in ["refused", "publish"] {
        store.commit(of(kind)).await.unwrap();
    }
    store.commit(act_of(gone.id, 1, vec![Write::Forget(gone.id)])).await.unwrap();
    let mut young = act(Vec::new());
    young.leaf.at = at(1_000);
    store.commit(young).await.unwrap();
    let before = store.head(&platform()).await.unwrap();
    let hashes: Vec<_> = every_leaf(&store).await.iter().map(|row| leaf_hash(&row.entry)).collect();

    assert_eq!(store.leaves_prune(&platform(), at(0), &["publish"]).await.unwrap(), 0, "nothing is that old");
    // The two acts of somebody who is forgotten, and a refusal that was nobody's.
    let pruned = store.leaves_prune(&platform(), at(1), &["publish"]).await.unwrap();
    let empty: Vec<u64> =
        every_leaf(&store).await.iter().filter(|row| row.entry.is_empty()).map(|row| row.index).collect();
    assert_eq!((pruned, empty), (3, vec![0, 2, 4]), "neither {} nor what was published", stays.id);
    assert_eq!(store.leaves_prune(&platform(), at(1), &["publish"]).await.unwrap(), 0, "twice is once");

    let tiles = store.tiles(&platform(), &ledger::proof::inclusion_tiles(2, before.size).unwrap()).await.unwrap();
    let path = ledger::proof::inclusion(2, before.size, &tiles.into_iter().collect()).unwrap();
    ledger::proof::verify_inclusion(&hashes[2], 2, before.size, &path, &before.root).unwrap();
    let mut next = act(Vec::new());
    next.leaf.at = at(1_000);
    assert_eq!(store.commit(next).await.unwrap().leaf(), before.size, "and the tree goes on");
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}
