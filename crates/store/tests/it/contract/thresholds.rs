//! Counts of distinct persons, and what follows once they reach a threshold.

use model::{RecordId, SubjectId};
use shouyue_store::{CommitError, Filing, Tally, Write};

use crate::fixture::*;

async fn counts(store: &Shared) -> (u64, u64) {
    let Tally { persons, faces } = store.tally(&platform()).await.unwrap();
    (persons, faces)
}

fn face(person: &Person) -> Write {
    Write::Face(person.record, person.id, role())
}

/// A further record of the same person, with a part of its own.
async fn another(store: &Shared, subject: SubjectId) -> Person {
    let part = Person { id: subject, ..Person::drawn() };
    let writes = vec![
        new_record(part.record, vec![(subject, role())]),
        part_key(part.record, Some(subject), part.key.clone()),
        face(&part),
    ];
    store.commit(act(writes)).await.unwrap();
    part
}

pub(crate) async fn persons_are_counted_until_they_are_forgotten(store: Shared) {
    assert_eq!(counts(&store).await, (0, 0));
    let (one, _other) = (registered(&store).await, registered(&store).await);
    assert_eq!(counts(&store).await, (2, 0));
    let twice = store.commit(one.registration()).await;
    assert!(twice.is_err(), "there already");
    assert_eq!(counts(&store).await, (2, 0), "an act that fails counts nobody");
    store.commit(act(vec![one.destruction(), Write::Forget(one.id)])).await.unwrap();
    assert!(store.commit(act(vec![Write::Forget(one.id)])).await.is_err());
    assert_eq!(counts(&store).await, (1, 0));
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

pub(crate) async fn r34_a_person_with_several_faces_counts_once_until_the_last_is_erased(store: Shared) {
    let one = registered(&store).await;
    store.commit(act(vec![face(&one), face(&one)])).await.unwrap();
    store.commit(act(vec![face(&one)])).await.unwrap();
    let second = another(&store, one.id).await;
    assert_eq!(counts(&store).await, (1, 1));
    store.commit(act(vec![one.destruction()])).await.unwrap();
    assert_eq!(counts(&store).await, (1, 1), "one face is left");
    store.commit(act(vec![second.destruction()])).await.unwrap();
    store.commit(act(vec![second.destruction()])).await.unwrap();
    assert_eq!(counts(&store).await, (1, 0));
    store.commit(act(vec![face(&one)])).await.unwrap();
    assert_eq!(counts(&store).await, (1, 0), "no face stands in a part without a key");
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

/// Acts over a few people as the dice fall, each checked against a model that keeps the sets themselves.
pub(crate) async fn counts_hold(store: Shared, dice: &[[u8; 3]]) {
    let mut parts: Vec<(Person, bool, bool)> = Vec::new();
    let mut forgotten: Vec<SubjectId> = Vec::new();
    for (step, dice) in dice.iter().enumerate() {
        let chosen = usize::from(dice[1]) % parts.len().max(1);
        match (dice[0] % 8, parts.get(chosen).map(|(part, ..)| (part.id, part.record))) {
            (0 | 1, _) | (_, None) => parts.push((registered(&store).await, true, false)),
            (2, Some((id, _))) if !forgotten.contains(&id) => parts.push((another(&store, id).await, true, true)),
            (3..=5, Some((id, record))) => {
                let done = store.commit(act(vec![Write::Face(record, id, role())])).await;
                assert_eq!(done.is_ok(), !forgotten.contains(&id));
                parts[chosen].2 |= done.is_ok() && parts[chosen].1;
            }
            (6, Some(_)) => {
                store.commit(act(vec![parts[chosen].0.destruction()])).await.unwrap();
                (parts[chosen].1, parts[chosen].2) = (false, false);
            }
            (_, Some((id, _))) if !forgotten.contains(&id) => {
                let own = parts.iter().filter(|(part, ..)| part.id == id);
                let mut writes: Vec<Write> = own.map(|(part, ..)| part.destruction()).collect();
                writes.push(Write::Forget(id));
                // Half of these fail after everything is written: nothing of it may stay.
                let fails = dice[2] % 2 == 0;
                if fails {
                    writes.push(Write::Forget(SubjectId::from_random(draw())));
                }
                assert_eq!(store.commit(act(writes)).await.is_err(), fails);
                if !fails {
                    forgotten.push(id);
                    parts
                        .iter_mut()
                        .filter(|(part, ..)| part.id == id)
                        .for_each(|part| (part.1, part.2) = (false, false));
                }
            }
            _ => {}
        }
        let distinct = |mut ids: Vec<SubjectId>| {
            ids.sort_unstable();
            ids.dedup();
            ids.len() as u64
        };
        let known = parts.iter().map(|(part, ..)| part.id).filter(|id| !forgotten.contains(id)).collect();
        let faces = parts.iter().filter(|(_, _, face)| *face).map(|(part, ..)| part.id).collect();
        assert_eq!(counts(&store).await, (distinct(known), distinct(faces)), "after step {step}");
    }
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

pub(crate) async fn a_threshold_is_reached_once_and_filed_for_once(store: Shared) {
    let filing = Filing { rule: "R34".into(), on: day("2026-03-02"), number: "A-2026-7".into(), at: at(9) };
    let early = store.commit(act(vec![Write::Filed(filing.clone())])).await;
    assert!(matches!(early, Err(CommitError::Moved)), "nothing was reached");
    let reached = store.commit(act(vec![Write::Reached("R34".into(), at(3))])).await.unwrap();
    let again = store.commit(act(vec![Write::Reached("R34".into(), at(4))])).await;
    assert!(matches!(again, Err(CommitError::Moved)));
    let rows = async || store.thresholds(&platform()).await.unwrap();
    assert_eq!((rows().await.len(), rows().await[0].reached, rows().await[0].leaf), (1, at(3), reached.leaf()));
    assert!(rows().await[0].filed.is_none());
    let done = store.commit(act(vec![Write::Filed(filing.clone())])).await.unwrap();
    let other = Filing { number: "B".into(), ..filing.clone() };
    assert!(matches!(store.commit(act(vec![Write::Filed(other)])).await, Err(CommitError::Moved)), "once");
    assert_eq!(rows().await[0].filed, Some((filing, done.leaf())));
    let nobody =
        store.commit(act(vec![Write::Face(RecordId::from_random(draw()), SubjectId::from_random(draw()), role())]));
    assert!(nobody.await.is_err());
}
