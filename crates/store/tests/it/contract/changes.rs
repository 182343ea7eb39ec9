//! The change feed, and what webhooks have not taken in.

use jiff::{SignedDuration, Timestamp};
use model::SubjectId;
use shouyue_store::change::{ChangeKind, ChangeRow, Claim, NewChange, WebhookRow};
use shouyue_store::{CommitError, Expect, Write};

use crate::fixture::*;

fn told(subject: SubjectId, kind: ChangeKind, scopes: &[&str]) -> NewChange {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    NewChange { id: draw(), kind, subject: Some(subject), record: None, scopes, at: at(5) }
}

async fn feed(store: &Shared, after: u64) -> Vec<ChangeRow> {
    store.changes(&platform(), after, 100).await.unwrap()
}

/// A change by an act of somebody.
async fn changed(store: &Shared, person: &Person) -> u64 {
    let change = Write::Change(told(person.id, ChangeKind::Consent, &["collect.phone"]));
    let mut batch = act(vec![change]);
    batch.leaf.subjects.push((person.id, draw()));
    store.commit(batch).await.unwrap().leaf()
}

pub(crate) async fn changes_are_those_of_the_acts_that_committed_in_their_order(store: Shared) {
    let person = registered(&store).await;
    let first = told(person.id, ChangeKind::Consent, &["collect.phone", "share.agency-7"]);
    let second = NewChange { record: Some(person.record), ..told(person.id, ChangeKind::Correction, &[]) };
    let nobodys = NewChange { subject: None, ..told(person.id, ChangeKind::Publication, &[]) };
    let writes = |changes: &[&NewChange]| changes.iter().map(|change| Write::Change((*change).clone())).collect();
    let leaf = store.commit(act(writes(&[&first, &second]))).await.unwrap().leaf();
    let mut fails = act(writes(&[&told(person.id, ChangeKind::Withdrawal, &[])]));
    fails.expect.push(Expect::Subject(person.id, 99));
    assert!(matches!(store.commit(fails).await, Err(CommitError::Moved)));
    let later = store.commit(act(writes(&[&nobodys]))).await.unwrap().leaf();

    let rows = feed(&store, 0).await;
    let expected = [(1, first, leaf), (2, second, leaf), (3, nobodys, later)];
    assert_eq!(rows, expected.map(|(number, change, leaf)| ChangeRow { number, change, leaf }));
    assert_eq!(store.changes(&platform(), 1, 1).await.unwrap(), rows[1..2]);
    assert!(feed(&store, 3).await.is_empty());

    // Sixty-four at once, of which each second fails: no gap, and the order is that of the leaves.
    let acts = (0..64).map(|n| {
        let mut batch = act(vec![Write::Change(told(person.id, ChangeKind::Consent, &[]))]);
        batch.expect.extend((n % 2 == 1).then_some(Expect::Subject(person.id, 99)));
        batch
    });
    let done = all_at_once(&store, acts.collect()).await;
    assert_eq!(done.iter().filter(|outcome| outcome.is_ok()).count(), 32);
    let rows = feed(&store, 3).await;
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), (4..36).collect::<Vec<_>>());
    assert!(rows.is_sorted_by(|one, next| one.leaf < next.leaf));
}

pub(crate) async fn who_is_forgotten_stands_in_no_earlier_change(store: Shared) {
    let (gone, stays) = (registered(&store).await, registered(&store).await);
    changed(&store, &gone).await;
    changed(&store, &stays).await;
    let erased = Write::Change(told(gone.id, ChangeKind::Erasure, &[]));
    let mut batch = act(vec![Write::Forget(gone.id), erased]);
    batch.leaf.subjects.push((gone.id, draw()));
    store.commit(batch).await.unwrap();
    let whose: Vec<_> = feed(&store, 0).await.into_iter().map(|row| row.change.subject).collect();
    assert_eq!(whose, [None, Some(stays.id), Some(gone.id)], "callers still learn who was erased");
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

const SERVER: [u8; 16] = [7; 16];

fn claim(server: [u8; 16], now: i64) -> Claim {
    Claim { server, now: at(now), until: at(now) + SignedDuration::from_secs(60) }
}

async fn due(store: &Shared, now: Timestamp) -> Vec<(u64, u32)> {
    let due = store.deliveries(&platform(), "core", now, 10).await.unwrap();
    due.into_iter().map(|one| (one.row.number, one.tries)).collect()
}

/// New, waiting and dead.
async fn stands(store: &Shared) -> (u64, u64, u64) {
    let rows = store.webhooks(&platform()).await.unwrap();
    let [WebhookRow { webhook, new, waiting, next, dead }] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((webhook.as_str(), next.is_some()), ("core", *waiting > 0));
    (*new, *waiting, *dead)
}

pub(crate) async fn a_webhook_hears_of_what_happens_after_it_came_and_of_each_until_it_took_it_in(store: Shared) {
    let person = registered(&store).await;
    changed(&store, &person).await;
    assert!(store.webhooks(&platform()).await.unwrap().is_empty());
    assert!(store.webhook_claim(&platform(), "core", claim(SERVER, 0)).await.unwrap());
    assert!(due(&store, at(1)).await.is_empty(), "what was before it is in the feed");
    changed(&store, &person).await;
    changed(&store, &person).await;
    assert_eq!(stands(&store).await, (2, 0, 0));
    assert_eq!(due(&store, at(1)).await, [(2, 0), (3, 0)]);
    store.delivery_failed(&platform(), ("core", 2), Some(at(30)), "timed-out").await.unwrap();
    store.delivery_done(&platform(), "core", 3, at(2)).await.unwrap();
    assert!(due(&store, at(29)).await.is_empty());
    assert_eq!(due(&store, at(30)).await, [(2, 1)]);
    assert_eq!(stands(&store).await, (0, 1, 0));
    store.delivery_done(&platform(), "core", 2, at(31)).await.unwrap();
    assert_eq!(stands(&store).await, (0, 0, 0));
}

pub(crate) async fn one_server_sends_for_a_webhook_at_a_time(store: Shared) {
    let asked =
        async |server: u8, now: i64| store.webhook_claim(&platform(), "core", claim([server; 16], now)).await.unwrap();
    let tries: Vec<_> = (0..8_u8)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.webhook_claim(&platform(), "core", claim([n; 16], 0)).await.unwrap() })
        })
        .collect();
    let mut won = Vec::new();
    for (n, task) in (0..8_u8).zip(tries) {
        won.extend(task.await.unwrap().then_some(n));
    }
    let [first] = won[..] else { panic!("{won:?}") };
    assert!(asked(first, 30).await, "it goes on");
    assert!(!asked(99, 80).await, "until sixty seconds after it said so last");
    assert!(asked(99, 90).await && !asked(first, 91).await);
}

pub(crate) async fn what_was_given_up_is_kept_and_sent_again_when_asked(store: Shared) {
    let person = registered(&store).await;
    assert!(store.webhook_claim(&platform(), "core", claim(SERVER, 0)).await.unwrap());
    changed(&store, &person).await;
    assert_eq!(due(&store, at(1)).await, [(1, 0)]);
    assert!(!store.delivery_again(&platform(), "core", 1, at(1)).await.unwrap(), "it is tried anyhow");
    store.delivery_failed(&platform(), ("core", 1), None, "refused").await.unwrap();
    assert!(due(&store, at(9_000)).await.is_empty());
    assert_eq!(stands(&store).await, (0, 0, 1));
    let dead = store.dead_letters(&platform(), 10).await.unwrap();
    assert_eq!(
        dead.iter().map(|one| (one.number, one.tries, one.because.as_str())).collect::<Vec<_>>(),
        [(1, 1, "refused")]
    );
    assert!(store.delivery_again(&platform(), "core", 1, at(2)).await.unwrap());
    assert!(!store.delivery_again(&platform(), "core", 2, at(2)).await.unwrap());
    assert_eq!(due(&store, at(2)).await, [(1, 0)]);
    assert!(store.dead_letters(&platform(), 10).await.unwrap().is_empty());
}
