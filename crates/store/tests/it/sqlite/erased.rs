//! What is destroyed is in no file any more when the act is answered.

use std::time::Duration;

use model::RecordId;
use shouyue_store::{Destruction, Write};

use super::*;
use crate::fixture::*;

/// Registers people at once and returns them; their ids, and so their rows, lie in random order.
async fn crowd(store: &Shared, count: usize) -> Vec<Person> {
    let people: Vec<_> = (0..count).map(|_| Person::drawn()).collect();
    for outcome in all_at_once(store, people.iter().map(Person::registration).collect()).await {
        outcome.unwrap();
    }
    people
}

#[tokio::test(flavor = "multi_thread")]
async fn destroyed_keys_are_gone_from_every_file() {
    let fresh = fresh().await;
    // Enough for the trees to have split many times, and to shrink again.
    let mut people = crowd(&fresh.store, 600).await;
    people.extend(crowd(&fresh.store, 600).await);
    assert!(!files_with(fresh.path(), &people[0].key).is_empty(), "the test would see a key that is there");
    let stays = people.split_off(900);
    for group in people.chunks(150) {
        let acts = group.iter().map(|person| act_of(person.id, 1, vec![person.destruction()])).collect();
        for outcome in all_at_once(&fresh.store, acts).await {
            outcome.unwrap();
        }
        // Answered, with the server still running.
        for person in group {
            assert_eq!(files_with(fresh.path(), &person.key), Vec::<String>::new());
        }
    }
    for person in &stays {
        let part = fresh.store.part(&platform(), person.record, Some(person.id), &role()).await.unwrap().unwrap();
        assert_eq!(part.wrapped.as_ref(), Some(&person.key));
    }
    assert_eq!(fresh.store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_salts_of_the_forgotten_are_gone_from_every_file() {
    let fresh = fresh().await;
    let people = crowd(&fresh.store, 400).await;
    let mut salts = Vec::new();
    for person in people.iter().take(50) {
        fresh.store.commit(act_of(person.id, 1, Vec::new())).await.unwrap();
        salts.extend(fresh.store.leaves_of(&platform(), person.id).await.unwrap().into_iter().map(|(_, salt)| salt));
    }
    assert_eq!(salts.len(), 100);
    assert!(!files_with(fresh.path(), &salts[0]).is_empty(), "the test would see a salt that is there");
    let acts = people.iter().take(50).map(|person| act(vec![person.destruction(), Write::Forget(person.id)]));
    for outcome in all_at_once(&fresh.store, acts.collect()).await {
        outcome.unwrap();
    }
    for salt in &salts {
        assert_eq!(files_with(fresh.path(), salt), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_that_failed_leaves_no_key_behind() {
    let fresh = fresh().await;
    let people: Vec<_> = (0..50).map(|_| Person::drawn()).collect();
    let failing = |person: &Person| {
        let mut batch = person.registration();
        batch.writes.push(Write::Life(RecordId::from_random(draw()), model::act::Life::Erased));
        batch
    };
    for outcome in all_at_once(&fresh.store, people.iter().map(failing).collect()).await {
        outcome.unwrap_err();
    }
    // Something erased, so that the log is emptied.
    let person = registered(&fresh.store).await;
    fresh.store.commit(act(vec![person.destruction()])).await.unwrap();
    for person in &people {
        assert_eq!(files_with(fresh.path(), &person.key), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_read_holds_up_the_answer_and_nobody_else() {
    let fresh = fresh().await;
    let (person, other) = (registered(&fresh.store).await, registered(&fresh.store).await);
    // A reader that began before, as a backup is.
    let reader = rusqlite::Connection::open(fresh.path().join("haigang.sqlite")).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let count = |sql| reader.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM leaf"), 2);

    let (store, destruction) = (fresh.store.clone(), act(vec![person.destruction()]));
    let mut erasing = tokio::spawn(async move { store.commit(destruction).await });
    let early = tokio::time::timeout(Duration::from_millis(900), &mut erasing).await;
    assert!(early.is_err(), "the old page is still in the file, and the certificate would say otherwise");
    assert!(!files_with(fresh.path(), &person.key).is_empty());
    // Others are answered meanwhile.
    let leaf = fresh.store.commit(act_of(other.id, 1, Vec::new())).await.unwrap().leaf();
    assert_eq!(leaf, 3);

    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(erasing.await.unwrap().unwrap().leaf(), 2);
    assert_eq!(files_with(fresh.path(), &person.key), Vec::<String>::new());
}

/// Waits until what a leaf destroyed is gone from every file though nobody waits for it: noted at that instant.
async fn seen_in_the_end(store: &Shared, leaf: u64, when: i64) {
    let mut ticks = tokio::time::interval(Duration::from_millis(100));
    let seen = async {
        while store.destruction_seen(&platform(), leaf, at(when)).await.unwrap().is_none() {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), seen).await.expect("the scrub is never done");
    assert_eq!(store.destruction(&platform(), leaf).await.unwrap(), Some(at(when)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_does_not_end_takes_the_answer_from_nobody_and_the_scrub_follows_it() {
    let fresh = fresh().await;
    let store = &fresh.store;
    let person = registered(store).await;
    let reader = rusqlite::Connection::open(fresh.path().join("haigang.sqlite")).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(reader.query_row("SELECT count(*) FROM leaf", [], |row| row.get::<_, u32>(0)).unwrap(), 1);

    let leaf = store.commit(act(vec![person.destruction()])).await.unwrap().leaf();
    assert!(!files_with(fresh.path(), &person.key).is_empty());
    assert_eq!(store.destruction_seen(&platform(), leaf, at(5)).await.unwrap(), None, "it is not so");
    assert_eq!(store.destruction(&platform(), leaf).await.unwrap(), None);
    reader.execute_batch("COMMIT").unwrap();
    seen_in_the_end(store, leaf, 6).await;
    assert_eq!(files_with(fresh.path(), &person.key), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scrub_that_fails_after_the_commit_is_no_error_and_is_made_up_for() {
    let fresh = fresh().await;
    let store = &fresh.store;
    let people = crowd(store, 2).await;
    let list = fresh.path().join("haigang.erasures");
    store.commit(act(vec![people[0].destruction()])).await.unwrap();
    // Nothing can be appended to it now.
    let aside = list.with_extension("aside");
    std::fs::rename(&list, &aside).unwrap();
    std::fs::create_dir(&list).unwrap();
    let leaf = store.commit(act(vec![people[1].destruction()])).await.unwrap().leaf();
    assert_eq!(store.destruction_seen(&platform(), leaf, at(5)).await.unwrap(), None);
    let waits = store.destruction_confirm(&platform(), at(5)).await.unwrap();
    assert!(matches!(waits, Destruction::Waiting(_)), "{waits:?}");
    std::fs::remove_dir(&list).unwrap();
    std::fs::rename(&aside, &list).unwrap();
    seen_in_the_end(store, leaf, 6).await;
    assert_eq!(files_with(fresh.path(), &people[1].key), Vec::<String>::new());
    let listed = shouyue_store::erasures::from_text(&std::fs::read_to_string(&list).unwrap()).unwrap();
    assert_eq!(listed.len(), 2, "the list keeps step");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_each_leaf_one_instant_is_told_whatever_is_confirmed_later() {
    let fresh = fresh().await;
    let store = &fresh.store;
    let people = crowd(store, 3).await;
    let mut leaves = Vec::new();
    for person in &people {
        leaves.push(store.commit(act(vec![person.destruction()])).await.unwrap().leaf());
    }
    let seen = async |leaf, when| store.destruction_seen(&platform(), leaf, at(when)).await.unwrap();
    assert_eq!(seen(leaves[0], 9).await, Some(at(9)));
    // By a clock that is behind, and after the one that came later.
    assert_eq!(seen(leaves[2], 5).await, Some(at(9)));
    assert_eq!(seen(leaves[1], 12).await, Some(at(9)));
    for leaf in leaves {
        assert_eq!(store.destruction(&platform(), leaf).await.unwrap(), Some(at(9)));
    }
    assert_eq!(store.destruction_confirm(&platform(), at(20)).await.unwrap(), Destruction::Nothing);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_beside_the_database_keeps_step() {
    let mut fresh = fresh().await;
    let people = crowd(&fresh.store, 6).await;
    let path = fresh.path().join("haigang.erasures");
    let listed = |path: &Path| {
        let list = shouyue_store::erasures::from_text(&std::fs::read_to_string(path).unwrap()).unwrap();
        list.into_iter().map(|(erasure, _)| erasure).collect::<Vec<_>>()
    };
    for (person, n) in people.iter().zip(0..) {
        fresh.store.commit(act(vec![person.destruction()])).await.unwrap();
        assert_eq!(listed(&path), fresh.store.erasures(&platform(), 0).await.unwrap());
        match n {
            // Lost, or torn by a power failure: made good at the next start.
            1 => std::fs::remove_file(&path).unwrap(),
            3 => {
                let text = std::fs::read(&path).unwrap();
                std::fs::write(&path, &text[..text.len() - 9]).unwrap();
            }
            _ => continue,
        }
        fresh = fresh.reopened();
        assert_eq!(listed(&path), fresh.store.erasures(&platform(), 0).await.unwrap());
    }
    assert_eq!(listed(&path).len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_file_what_is_destroyed_is_confirmed_at_the_next_look() {
    let fresh = fresh().await;
    let store = &fresh.store;
    let people = crowd(store, 3).await;
    let look = async |when| store.destruction_confirm(&platform(), at(when)).await.unwrap();
    assert_eq!(look(1).await, Destruction::Nothing);
    for (person, when) in people.iter().zip(5..) {
        let leaf = store.commit(act(vec![person.destruction()])).await.unwrap().leaf();
        assert_eq!(store.destruction(&platform(), leaf).await.unwrap(), None);
        assert_eq!(look(when).await, Destruction::Until(leaf + 1));
        assert_eq!(store.destruction(&platform(), leaf).await.unwrap(), Some(at(when)));
        assert_eq!(look(when + 1).await, Destruction::Nothing);
    }
}
