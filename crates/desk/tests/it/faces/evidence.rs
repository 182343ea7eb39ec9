//! Evidence: heads signed once for each growth, receipts that hold offline, a check that names what was damaged.

use ledger::{Checkpoint, Damage, SignedCheckpoint, VerifierKey};
use shouyue_desk::evidence::{
    Check, bundle, check, checkpoint, consistency, head, inclusion, kept, leaves, leaves_of, prune, receipt, tile,
    verifier_key, verify,
};
use shouyue_desk::leaf::Act;
use shouyue_desk::read::my_information;
use shouyue_desk::retain::erase;
use shouyue_desk::{House, Platform, Refusal};

use crate::house::{Bench, LI, WANG, slug};

/// A checkpoint, with its signature checked.
fn signed(note: &str, key: &VerifierKey) -> Checkpoint {
    SignedCheckpoint::parse(note).unwrap().verify(std::slice::from_ref(key)).unwrap().clone()
}

#[tokio::test]
async fn a_head_is_signed_once_for_each_growth_and_each_extends_the_last() {
    let bench = Bench::new().await;
    let (house, platform) = (&bench.house, &bench.platform());
    let key = verifier_key(platform).unwrap();
    assert_eq!(key.name(), "shouyue/haigang");
    let first = checkpoint(house, platform).await.unwrap();
    let at = bench.store.checkpoint(&slug("haigang")).await.unwrap().unwrap().at;
    bench.clock.advance(jiff::SignedDuration::from_hours(1));
    assert_eq!(checkpoint(house, platform).await.unwrap(), first);
    assert_eq!(bench.store.checkpoint(&slug("haigang")).await.unwrap().unwrap().at, at, "not signed again");
    bench.registered(&LI).await;
    let second = checkpoint(house, platform).await.unwrap();
    let (first, second) = (signed(&first, &key), signed(&second, &key));
    assert_eq!(second.size(), head(house, platform).await.unwrap().size);
    let proof = consistency(house, platform, first.size(), second.size()).await.unwrap();
    second.extends(&first, &proof).unwrap();
    for index in 0..second.size() {
        let (leaf, path) = inclusion(house, platform, index, second.size()).await.unwrap();
        ledger::proof::verify_inclusion(&leaf, index, second.size(), &path, &second.root()).unwrap();
    }
    for (index, size) in [(0, 0), (second.size(), second.size()), (0, second.size() + 1)] {
        assert!(matches!(inclusion(house, platform, index, size).await, Err(Refusal::Wrong(_))), "{index} of {size}");
    }
    assert!(matches!(consistency(house, platform, 2, 1).await, Err(Refusal::Wrong(_))));
    assert!(matches!(consistency(house, platform, 1, 1_000).await, Err(Refusal::Wrong(_))));
}

#[tokio::test]
async fn a_receipt_holds_offline_and_opens_for_its_subject_alone() {
    let bench = Bench::new().await;
    let (house, platform) = (&bench.house, &bench.platform());
    let registered = bench.registered(&LI).await;
    let stranger = bench.registered(&WANG).await.subject;
    let keys = [verifier_key(platform).unwrap().to_string().parse().unwrap()];
    let text = receipt(house, platform, registered.leaf, Some(registered.subject)).await.unwrap();
    let verified = verify(&text, &keys);
    assert!(verified.holds(), "{:?}", verified.checks);
    assert_eq!(verified.passed(Check::Subject), Some(true));
    assert_eq!(verified.passed(Check::Record), Some(true));
    assert_eq!(verified.entry.unwrap().act, Act::Collect);
    let theirs = receipt(house, platform, registered.leaf, Some(stranger)).await;
    let nobodys = receipt(house, platform, 1_000_000, Some(stranger)).await;
    for refused in [theirs, nobodys] {
        assert!(matches!(refused, Err(Refusal::NotFound("receipt"))));
    }
    let plain = receipt(house, platform, registered.leaf, None).await.unwrap();
    assert_eq!(verify(&plain, &keys).passed(Check::Subject), None);
    assert!(!plain.contains(&registered.subject.to_string()));
}

#[tokio::test]
async fn invariant_11_one_platforms_key_does_not_vouch_for_another() {
    let bench = Bench::new().await;
    let other = bench.publish(crate::house::renamed("anrun")).await.unwrap();
    let registered = bench.registered(&LI).await;
    let text = receipt(&bench.house, &bench.platform(), registered.leaf, None).await.unwrap();
    let verified = verify(&text, &[verifier_key(&other).unwrap()]);
    assert_eq!(verified.passed(Check::Signature), Some(false));
}

#[tokio::test]
async fn r60_after_an_erasure_the_receipt_still_holds_and_the_house_cannot_join_it() {
    let bench = Bench::new().await;
    let (house, platform) = (&bench.house, &bench.platform());
    let registered = bench.registered(&LI).await;
    let kept = receipt(house, platform, registered.leaf, Some(registered.subject)).await.unwrap();
    erase(house, platform, registered.subject, shouyue_desk::leaf::Who::Subject).await.unwrap();
    assert!(verify(&kept, &[verifier_key(platform).unwrap()]).holds());
    let anew = receipt(house, platform, registered.leaf, Some(registered.subject)).await;
    assert!(matches!(anew, Err(Refusal::NotFound("receipt"))));
    for text in LI.values() {
        assert!(bench.files_with(text).is_empty());
    }
}

/// An auditor rebuilds the tree from entries, and from hashes where an entry was emptied, and only there.
async fn rebuilt(house: &House, platform: &Platform, emptied: &[u64]) {
    let size = head(house, platform).await.unwrap();
    let entries = bundle(house, platform, &format!("tile/entries/000.p/{}", size.size)).await.unwrap();
    let hashes = tile(house, platform, &format!("tile/0/000.p/{}", size.size)).await.unwrap();
    let mut edge = ledger::Edge::empty();
    for (index, entry) in (0_u64..).zip(ledger::tile::decode_bundle(&entries).unwrap()) {
        let at = usize::try_from(index).unwrap() * 32;
        let hash = ledger::Hash(hashes[at..at + 32].try_into().unwrap());
        assert_eq!(entry.is_empty(), emptied.contains(&index), "{index}");
        assert!(entry.is_empty() || ledger::leaf_hash(entry) == hash, "{index}");
        edge.append(hash);
    }
    assert_eq!((edge.size(), edge.root()), (size.size, size.root));
}

#[tokio::test]
async fn outsiders_rebuild_the_tree_from_bundles_and_tiles() {
    let bench = Bench::new().await;
    let (house, platform) = (&bench.house, &bench.platform());
    bench.registered(&LI).await;
    let size = head(house, platform).await.unwrap();
    let width = u16::try_from(size.size).unwrap();
    let entries = bundle(house, platform, &format!("tile/entries/000.p/{width}")).await.unwrap();
    let hashes = tile(house, platform, &format!("tile/0/000.p/{width}")).await.unwrap();
    let mut edge = ledger::Edge::empty();
    for (entry, hash) in ledger::tile::decode_bundle(&entries).unwrap().into_iter().zip(hashes.chunks(32)) {
        assert_eq!(ledger::leaf_hash(entry).0, hash);
        edge.append(ledger::leaf_hash(entry));
    }
    assert_eq!((edge.size(), edge.root()), (size.size, size.root));
    let earlier = tile(house, platform, "tile/0/000.p/1").await.unwrap();
    assert_eq!(earlier, hashes[..32], "a narrower tile is the beginning of a wider one");
    for path in ["tile/0/000", "tile/1/000.p/1", "tile/0/001.p/1", "tile/x", "../leaf", "tile/entries/000.p/1"] {
        assert!(matches!(tile(house, platform, path).await, Err(Refusal::NotFound("tile"))), "{path}");
    }
    assert!(matches!(bundle(house, platform, "tile/entries/000").await, Err(Refusal::NotFound(_))));
}

#[tokio::test]
async fn leaves_are_listed_by_index_and_by_subject() {
    let bench = Bench::new().await;
    let (house, platform) = (&bench.house, &bench.platform());
    let subject = bench.registered(&LI).await.subject;
    for _ in 0..3 {
        my_information(house, platform, subject).await.unwrap();
    }
    let size = bench.size().await;
    let page = leaves(house, platform, 1, 2).await.unwrap();
    assert_eq!(page.iter().map(|leaf| leaf.index).collect::<Vec<_>>(), [1, 2]);
    let (own, count) = leaves_of(house, platform, subject, 1, 2).await.unwrap();
    assert_eq!(own.iter().map(|leaf| leaf.index).collect::<Vec<_>>(), [size - 2, size - 3], "newest first");
    assert_eq!(count, 4);
}

#[tokio::test]
async fn the_check_is_clean_before_and_names_the_leaf_after_one_byte_was_changed() {
    let bench = Bench::new().await;
    let registered = bench.registered(&LI).await;
    my_information(&bench.house, &bench.platform(), registered.subject).await.unwrap();
    checkpoint(&bench.house, &bench.platform()).await.unwrap();
    my_information(&bench.house, &bench.platform(), registered.subject).await.unwrap();
    let health = check(&bench.house, &bench.platform()).await.unwrap();
    assert!(health.is_clean(), "{health:?}");
    assert_eq!(health.size, bench.size().await);

    let tampered = bench.reopened_after("haigang", |bytes| {
        let act = br#""act":"collect""#;
        let at = bytes.windows(act.len()).position(|window| window == act).unwrap();
        bytes[at + act.len() - 2] = b'x';
    });
    let bench = tampered.await;
    let health = check(&bench.house, &bench.platform()).await.unwrap();
    assert_eq!(health.damages, [Damage::LeafAltered { index: registered.leaf }]);
    assert!(health.rows.iter().any(|row| row.contains(&format!("leaf {}", registered.leaf))), "{:?}", health.rows);
    let refused = receipt(&bench.house, &bench.platform(), registered.leaf, None).await;
    assert!(matches!(refused, Err(Refusal::Broken(_))), "no receipt that would fail when it is needed");
}

#[tokio::test]
async fn what_is_kept_of_a_head_is_read_back_and_its_signature_checked() {
    let bench = Bench::new().await;
    let (house, platform) = (&bench.house, &bench.platform());
    let first = kept(house, platform).await.unwrap();
    let at = house.now();
    assert_eq!((first.at, &first.signature), (at, &Ok(())));
    bench.clock.advance(jiff::SignedDuration::from_hours(1));
    assert_eq!(kept(house, platform).await.unwrap().at, at, "its own time, not that of the look");
    // The same statement under a signature that is none.
    let (body, signature) = first.note.rsplit_once(' ').unwrap();
    let mut bytes: Vec<char> = signature.chars().collect();
    bytes[20] = if bytes[20] == 'A' { 'B' } else { 'A' };
    let note = format!("{body} {}", bytes.into_iter().collect::<String>());
    bench.store.checkpoint_put(&platform.id, store::CheckpointRow { size: 1, note, at }).await.unwrap();
    let forged = kept(house, platform).await.unwrap();
    assert!(forged.signature.is_err(), "{forged:?}");
}

#[tokio::test]
async fn the_check_looks_at_every_checkpoint_that_was_kept() {
    let bench = Bench::new().await;
    let (house, platform) = (&bench.house, &bench.platform());
    let first = checkpoint(house, platform).await.unwrap();
    bench.registered(&LI).await;
    checkpoint(house, platform).await.unwrap();
    let at = house.now();
    let forged = |size: u64, note: String| store::CheckpointRow { size, note, at };
    // An older one that was signed by nobody we know, and one that stands under another size than it says.
    let broken = first.replace("shouyue/haigang ", "shouyue/haigang A");
    bench.store.checkpoint_put(&platform.id, forged(1, broken)).await.unwrap();
    let health = check(house, platform).await.unwrap();
    assert!(health.damages.is_empty() && health.rows.len() == 1, "{health:?}");
    assert!(health.rows[0].starts_with("checkpoint at size 1:"), "{:?}", health.rows);
    bench.store.checkpoint_put(&platform.id, forged(1, first.clone())).await.unwrap();
    assert!(check(house, platform).await.unwrap().is_clean());
    bench.store.checkpoint_put(&platform.id, forged(0, first)).await.unwrap();
    let health = check(house, platform).await.unwrap();
    assert_eq!(health.rows, ["checkpoint at size 0: its note says size 1"]);
}

#[tokio::test]
async fn r59_an_entry_is_emptied_when_it_is_nobodys_and_its_floor_is_over_and_is_proved_still() {
    let bench = Bench::new().await;
    let (house, platform) = (&bench.house, &bench.platform());
    let (gone, stays) = (bench.registered(&LI).await, bench.registered(&WANG).await);
    let key = verifier_key(platform).unwrap();
    let receipted = receipt(house, platform, gone.leaf, Some(gone.subject)).await.unwrap();
    erase(house, platform, gone.subject, shouyue_desk::leaf::Who::Subject).await.unwrap();
    let before = signed(&checkpoint(house, platform).await.unwrap(), &key);
    let whole = leaves(house, platform, 0, 50).await.unwrap();
    bench.clock.set("2029-05-31T16:00:00Z");
    assert_eq!(prune(house, platform).await.unwrap(), 0, "the first of June 2029 is the third year's last day");
    bench.clock.advance(jiff::SignedDuration::from_hours(24));
    let emptied = prune(house, platform).await.unwrap();
    assert!(emptied > 0);
    let after = leaves(house, platform, 0, 50).await.unwrap();
    let empty: Vec<u64> = after.iter().filter(|leaf| leaf.entry.is_none()).map(|leaf| leaf.index).collect();
    assert_eq!(empty.len() as u64, emptied);
    assert!(empty.contains(&gone.leaf) && !empty.contains(&stays.leaf) && !empty.contains(&0), "{empty:?}");
    assert!(whole.iter().zip(&after).all(|(one, other)| one.hash == other.hash), "the hashes stand");

    // What was handed out holds; what is not there is not handed out; heads go on; the check knows that it is right.
    assert!(verify(&receipted, std::slice::from_ref(&key)).holds());
    assert!(matches!(receipt(house, platform, gone.leaf, None).await, Err(Refusal::NotFound(_))));
    rebuilt(house, platform, &empty).await;
    assert!(verify(&receipt(house, platform, stays.leaf, None).await.unwrap(), std::slice::from_ref(&key)).holds());
    bench.registered(&LI).await;
    let later = signed(&checkpoint(house, platform).await.unwrap(), &key);
    let steps = consistency(house, platform, before.size(), later.size()).await.unwrap();
    later.extends(&before, &steps).unwrap();
    let health = check(house, platform).await.unwrap();
    assert!(health.is_clean(), "{health:?}");

    // Emptied before its time, or of a kind that is kept, it is damage.
    assert!(bench.store.leaves_prune(&slug("haigang"), jiff::Timestamp::MAX, &[]).await.unwrap() > 0);
    let health = check(house, platform).await.unwrap();
    assert!(health.damages.contains(&Damage::LeafAltered { index: 0 }), "{health:?}");
}
