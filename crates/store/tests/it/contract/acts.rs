//! Acts: whole or nothing, expectations, idempotency, groups.

use model::act::Account;
use model::{ConsentId, Fingerprint, RecordId, SubjectId};
use shouyue_store::{Batch, CommitError, ConsentWithdrawn, Expect, Key, Publication, StoreError, TokenKind, Write};

use crate::fixture::*;

pub(crate) async fn an_act_is_whole_or_nothing(store: Shared) {
    let person = registered(&store).await;
    let before = store.head(&platform()).await.unwrap();
    let other = Person::drawn();
    let withdrawn =
        ConsentWithdrawn { subject: person.id, id: ConsentId::from_random(draw()), scope: "use.x".into(), at: at(5) };
    // Everything before the last write is fine.
    let mut act = other.registration();
    act.key = Some(Key { digest: draw(), request: draw(), answer: Vec::new() });
    let key = act.key.clone();
    act.writes.push(Write::Withdraw(withdrawn));
    let failed = store.commit(act).await;
    assert!(matches!(failed, Err(CommitError::Missing { what: "consent" })), "{failed:?}");

    assert_eq!(store.head(&platform()).await.unwrap(), before);
    assert!(store.subject(&platform(), other.id).await.unwrap().is_none());
    assert!(store.record(&platform(), other.record).await.unwrap().is_none());
    assert!(store.part(&platform(), other.record, Some(other.id), &role()).await.unwrap().is_none());
    assert!(store.subject_by_token(&platform(), TokenKind::Phone, &other.phone).await.unwrap().is_none());
    assert_eq!(every_leaf(&store).await.len(), 1);
    // The key was not used up either.
    let mut again = other.registration();
    again.key = key;
    assert_eq!(store.commit(again).await.unwrap().leaf(), 1);
    assert!(audited(&store).await.is_clean());
}

pub(crate) async fn one_act_makes_many_people_and_each_is_as_if_made_alone(store: Shared) {
    let first = registered(&store).await;
    let people: Vec<Person> = (0..3).map(|_| Person::drawn()).collect();
    let mut whole = act(Vec::new());
    for person in &people {
        let Batch { expect, writes, leaf, .. } = person.registration();
        whole.expect.extend(expect);
        whole.writes.extend(writes);
        whole.leaf.subjects.extend(leaf.subjects);
    }
    // Somebody who was known stands between them, somebody new is in no leaf, and one of the new ones is forgotten at once.
    whole.leaf.subjects.insert(1, (first.id, draw()));
    let unnamed = SubjectId::from_random(draw());
    whole.writes.extend([new_subject(unnamed), Write::Forget(people[1].id)]);
    let leaf = store.commit(whole).await.unwrap().leaf();
    let after = store.commit(act_of(people[2].id, 1, Vec::new())).await.unwrap().leaf();

    let leaves = async |id| {
        let leaves = store.leaves_of(&platform(), id).await.unwrap();
        leaves.into_iter().map(|(leaf, _)| leaf).collect::<Vec<_>>()
    };
    assert_eq!(leaves(first.id).await, [leaf, 0]);
    assert_eq!(leaves(people[0].id).await, [leaf]);
    assert_eq!(leaves(people[1].id).await, [0; 0]);
    assert_eq!(leaves(people[2].id).await, [after, leaf]);
    assert_eq!(leaves(unnamed).await, [0; 0]);
    for id in [people[0].id, people[2].id, unnamed] {
        assert_eq!(version(&store, id).await, 1);
    }
    assert_eq!(store.tally(&platform()).await.unwrap().persons, 4);
    assert!(store.part(&platform(), people[2].record, Some(people[2].id), &role()).await.unwrap().is_some());
    // Numbers go on where they were, also after an act that failed.
    let mut twice = Person::drawn().registration();
    twice.writes.push(new_subject(people[0].id));
    assert!(matches!(store.commit(twice).await, Err(CommitError::Moved)));
    registered(&store).await;
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
    assert!(audited(&store).await.is_clean());
}

pub(crate) async fn a_failing_act_leaves_the_rest_of_its_group_alone(store: Shared) {
    let acts = (0..60)
        .map(|n| {
            let mut act = Person::drawn().registration();
            if n % 3 == 0 {
                act.writes.push(Write::Account(SubjectId::from_random(draw()), Account::Closed));
            }
            act
        })
        .collect();
    let outcomes = all_at_once(&store, acts).await;
    for (n, outcome) in outcomes.iter().enumerate() {
        assert_eq!(matches!(outcome, Err(CommitError::Missing { what: "subject" })), n % 3 == 0, "{n}: {outcome:?}");
    }
    let mut leaves: Vec<_> = outcomes.iter().flatten().map(model::act::Committed::leaf).collect();
    leaves.sort_unstable();
    assert_eq!(leaves, (0..40).collect::<Vec<_>>());
    assert!(audited(&store).await.is_clean());
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

pub(crate) async fn a_moved_version_or_policy_fails(store: Shared) {
    let person = registered(&store).await;
    let close = |version| act_of(person.id, version, vec![Write::Account(person.id, Account::Closed)]);
    store.commit(close(1)).await.unwrap();
    assert!(matches!(store.commit(close(1)).await, Err(CommitError::Moved)));
    assert!(matches!(store.commit(person.registration()).await, Err(CommitError::Moved)));
    store.commit(close(2)).await.unwrap();

    let stranger = SubjectId::from_random(draw());
    assert!(matches!(store.commit(act_of(stranger, 4, Vec::new())).await, Err(CommitError::Missing { .. })));

    let under = |versions| {
        let mut act = act(Vec::new());
        act.expect.extend([Expect::Published(versions), Expect::InForce(versions)]);
        act
    };
    for versions in 0..3 {
        assert_eq!(store.published(&platform()).await.unwrap(), versions);
        store.commit(under(versions)).await.unwrap();
        assert!(matches!(store.commit(under(versions + 1)).await, Err(CommitError::Moved)));
        published(&store).await;
        assert!(matches!(store.commit(under(versions)).await, Err(CommitError::Moved)));
    }
}

/// An act at an instant, of who thinks that a version is in force.
fn under(version: u64, instant: jiff::Timestamp) -> Batch {
    let mut act = act(Vec::new());
    act.leaf.at = instant;
    act.expect.push(Expect::InForce(version));
    act
}

/// Publishes a version that takes effect at an instant; its fingerprint.
async fn announced(store: &Shared, from: jiff::Timestamp) -> Fingerprint {
    let new = Publication { from, ..publication(Fingerprint::from_digest(draw())) };
    let policy = new.policy;
    let mut publish = act(vec![Write::Publish(new)]);
    publish.leaf.at = at(1);
    store.commit(publish).await.unwrap();
    policy
}

pub(crate) async fn each_act_is_of_the_version_in_force_at_its_instant(store: Shared) {
    let person = registered(&store).await;
    let (first, second) = (announced(&store, at(0)).await, announced(&store, at(60)).await);
    let policy = |instant| {
        let store = store.clone();
        async move { store.snapshot(&platform(), person.id).await.unwrap().unwrap().policy(instant) }
    };
    assert_eq!((policy(at(59)).await, policy(at(60)).await), (Some(first), Some(second)));
    store.commit(under(1, at(59))).await.unwrap();
    assert!(matches!(store.commit(under(2, at(59))).await, Err(CommitError::Moved)));
    assert!(matches!(store.commit(under(1, at(60))).await, Err(CommitError::Moved)));
    store.commit(under(2, at(61))).await.unwrap();
    // Decided before it took effect, and late: it is decided anew.
    let late = store.commit(under(1, at(59))).await;
    assert!(matches!(late, Err(CommitError::Behind(newest)) if newest == at(61)), "{late:?}");
    // A third takes effect before a fourth, which was published before it, ever does.
    let (fourth, third) = (announced(&store, at(300)).await, announced(&store, at(200)).await);
    assert_eq!((policy(at(200)).await, policy(at(301)).await), (Some(third), Some(third)));
    assert_ne!(policy(at(400)).await, Some(fourth));
    let rows = store.publication_heads(&platform()).await.unwrap();
    let ends: Vec<_> = rows.iter().map(|row| (row.from, row.until, row.replaced)).collect();
    let whole = [
        (at(0), Some(at(60)), false),
        (at(60), Some(at(200)), false),
        (at(300), Some(at(200)), true),
        (at(200), None, false),
    ];
    assert_eq!(ends, whole);
}

pub(crate) async fn what_touches_a_subject_moves_its_version_once(store: Shared) {
    let (a, b) = (registered(&store).await, registered(&store).await);
    assert_eq!((version(&store, a.id).await, version(&store, b.id).await), (1, 1));
    // A read: a leaf, no fact.
    store.commit(act_of(a.id, 1, Vec::new())).await.unwrap();
    assert_eq!(version(&store, a.id).await, 1);
    let record = RecordId::from_random(draw());
    let writes = vec![
        Write::Account(a.id, Account::Active),
        Write::Consent(consent(a.id, ConsentId::from_random(draw()), "collect.register")),
        new_record(record, vec![(a.id, role()), (b.id, slug("insured"))]),
        part_key(record, Some(a.id), vec![1; 40]),
    ];
    store.commit(act_of(a.id, 1, writes)).await.unwrap();
    assert_eq!((version(&store, a.id).await, version(&store, b.id).await), (2, 2));
    // Through the record.
    store.commit(act(vec![Write::Life(record, model::act::Life::StorageOnly)])).await.unwrap();
    assert_eq!((version(&store, a.id).await, version(&store, b.id).await), (3, 3));
}

pub(crate) async fn a_request_that_comes_again_is_answered_and_not_repeated(store: Shared) {
    let person = Person::drawn();
    let key = Key { digest: draw(), request: draw(), answer: b"made".to_vec() };
    let keyed = |key: &Key| {
        let mut act = person.registration();
        act.key = Some(key.clone());
        act
    };
    store.commit(act(Vec::new())).await.unwrap();
    assert!(store.keyed(&platform(), &key.digest).await.unwrap().is_none());
    assert_eq!(store.commit(keyed(&key)).await.unwrap().leaf(), 1);
    let (first, leaf) = store.keyed(&platform(), &key.digest).await.unwrap().unwrap();
    assert_eq!((first.request, first.answer, leaf), (key.request, key.answer.clone(), 1));
    // The expectation no longer holds, and does not matter.
    match store.commit(keyed(&key)).await {
        Err(CommitError::Done { leaf: 1, answer }) => assert_eq!(answer, b"made"),
        other => panic!("{other:?}"),
    }
    let other = Key { request: draw(), ..key };
    assert!(matches!(store.commit(keyed(&other)).await, Err(CommitError::KeyReused)));
    assert_eq!(store.head(&platform()).await.unwrap().size, 2);
}

pub(crate) async fn a_key_that_raced_itself_is_done_once(store: Shared) {
    let key = Key { digest: draw(), request: draw(), answer: vec![7] };
    let acts = (0..16)
        .map(|_| {
            let mut act = act(Vec::new());
            act.key = Some(key.clone());
            act
        })
        .collect();
    let outcomes = all_at_once(&store, acts).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let done =
        |outcome: &&Result<_, _>| matches!(outcome, Err(CommitError::Done { leaf: 0, answer }) if answer == &[7]);
    assert_eq!(outcomes.iter().filter(done).count(), 15);
    assert_eq!(store.head(&platform()).await.unwrap().size, 1);
}

pub(crate) async fn another_platform_knows_nothing(store: Shared) {
    let person = registered(&store).await;
    let other = slug("anrun");
    assert!(matches!(store.head(&other).await, Err(StoreError::NoPlatform(name)) if name == other));
    store.platform_create(&other, &first_keys(b"wrapped key of the other")).await.unwrap();
    store.platform_create(&other, &first_keys(b"a second key changes nothing")).await.unwrap();
    assert_eq!(store.platforms().await.unwrap(), [other.clone(), platform()]);
    assert_eq!(parts_key(&*store, &other).await, b"wrapped key of the other");
    assert!(store.subject(&other, person.id).await.unwrap().is_none());
    assert!(store.subject_by_token(&other, TokenKind::Phone, &person.phone).await.unwrap().is_none());
    assert_eq!(store.head(&other).await.unwrap().size, 0);
    // The same token may be claimed there.
    let mut act = person.registration();
    act.platform = other.clone();
    assert_eq!(store.commit(act).await.unwrap().leaf(), 0);
}

pub(crate) async fn keys_of_old_acts_are_dropped(store: Shared) {
    let keyed = |n: i64| {
        let mut act = act(Vec::new());
        act.leaf.at = at(n);
        act.key = Some(Key { digest: draw(), request: draw(), answer: Vec::new() });
        act
    };
    let again = |batch: &Batch| Batch { key: batch.key.clone(), ..keyed(99) };
    let (old, young) = (keyed(10), keyed(20));
    let (repeats_old, repeats_young) = (again(&old), again(&young));
    store.commit(old).await.unwrap();
    store.commit(young).await.unwrap();
    assert_eq!(store.keys_drop(&platform(), at(20)).await.unwrap(), 1);
    assert!(store.commit(repeats_old).await.is_ok());
    assert!(matches!(store.commit(repeats_young).await, Err(CommitError::Done { leaf: 1, .. })));
    assert_eq!(store.keys_drop(&platform(), at(1000)).await.unwrap(), 2);

    // What was imported comes again whenever somebody wonders whether it was.
    let mut imported = keyed(100);
    imported.leaf.kind = "import".to_owned();
    let repeats = again(&imported);
    store.commit(imported).await.unwrap();
    assert_eq!(store.keys_drop(&platform(), at(1000)).await.unwrap(), 0);
    assert!(matches!(store.commit(repeats).await, Err(CommitError::Done { leaf: 3, .. })));
}
