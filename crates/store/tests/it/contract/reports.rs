//! What reports are made of.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use model::act::Life;
use model::{ActorId, RecordId};
use shouyue_store::change::{ChangeKind, Claim, NewChange};
use shouyue_store::{ServiceToken, Telling, Write};

use crate::fixture::*;

pub(crate) async fn records_come_in_pages_as_they_stand(store: Shared) {
    let (gone, stays) = (registered(&store).await, registered(&store).await);
    store.commit(act(vec![gone.destruction(), Write::Life(gone.record, Life::Erased)])).await.unwrap();
    let mut all = Vec::new();
    let mut after: Option<RecordId> = None;
    loop {
        let page = store.report_records(&platform(), after, 1).await.unwrap();
        let Some(last) = page.last() else { break };
        assert_eq!(page.len(), 1);
        after = last.state.id;
        all.extend(page);
    }
    let of = |id: RecordId| all.iter().find(|one| one.state.id == Some(id)).unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!((of(gone.record).state.life, of(gone.record).keys), (Life::Erased, 0));
    assert_eq!((of(stays.record).state.life, of(stays.record).keys), (Life::Live, 1));
    assert_eq!((of(stays.record).state.class.as_str(), of(stays.record).opened), ("account", at(0)));
}

pub(crate) async fn what_was_erased_comes_with_its_instant(store: Shared) {
    let (first, second) = (registered(&store).await, registered(&store).await);
    for (person, seconds) in [(&first, 10), (&second, 20)] {
        let mut batch = act(vec![person.destruction(), Write::Forget(person.id)]);
        batch.leaf.at = at(seconds);
        store.commit(batch).await.unwrap();
    }
    let listed = store.report_erased(&platform(), 0, 10).await.unwrap();
    let told: Vec<_> = listed.iter().map(|one| (one.record.state.id, one.at, one.record.keys)).collect();
    assert_eq!(
        told,
        [(Some(first.record), at(10), 0), (Some(second.record), at(20), 0)],
        "who is forgotten is no record"
    );
    assert_eq!(store.report_erased(&platform(), listed[0].sequence, 10).await.unwrap(), listed[1..]);
}

pub(crate) async fn people_come_with_their_newest_leaves_and_who_is_forgotten_with_none(store: Shared) {
    let (gone, stays) = (registered(&store).await, registered(&store).await);
    let mut newest = Vec::new();
    for person in [&stays, &gone, &stays] {
        let mut batch = act(Vec::new());
        batch.leaf.subjects.push((person.id, draw()));
        newest.push(store.commit(batch).await.unwrap().leaf());
    }
    store.commit(act_of(gone.id, 1, vec![Write::Forget(gone.id)])).await.unwrap();
    let mut found = store.report_leaves(&platform(), None, newest[0], 1).await.unwrap();
    let (first, _) = found[0];
    found.extend(store.report_leaves(&platform(), Some(first), newest[0], 9).await.unwrap());
    assert_eq!(found.len(), 2);
    let of = |id| &found.iter().find(|(subject, _)| *subject == id).unwrap().1;
    assert_eq!(*of(stays.id), [newest[2], newest[0]]);
    assert!(of(gone.id).is_empty());
}

pub(crate) async fn r49_an_erasure_that_a_webhook_took_in_is_kept_with_the_instant(store: Shared) {
    let person = registered(&store).await;
    let change = |kind, seconds| {
        let change =
            NewChange { id: draw(), kind, subject: Some(person.id), record: None, scopes: Vec::new(), at: at(seconds) };
        act(vec![Write::Change(change)])
    };
    store.commit(change(ChangeKind::Erasure, 5)).await.unwrap();
    for webhook in ["agency", "core"] {
        let claim = Claim { server: [7; 16], now: at(6), until: at(60) };
        assert!(store.webhook_claim(&platform(), webhook, claim).await.unwrap());
    }
    for (kind, seconds) in [(ChangeKind::Consent, 7), (ChangeKind::Erasure, 8), (ChangeKind::Erasure, 9)] {
        store.commit(change(kind, seconds)).await.unwrap();
    }
    let due = store.deliveries(&platform(), "core", at(10), 10).await.unwrap();
    assert_eq!(due.iter().map(|one| one.row.number).collect::<Vec<_>>(), [2, 3, 4]);
    for number in [2, 3] {
        store.delivery_done(&platform(), "core", number, at(11)).await.unwrap();
    }
    store.delivery_failed(&platform(), ("core", 4), None, "refused").await.unwrap();

    let told = store.report_told(&platform(), 0, at(0), 10).await.unwrap();
    let states: Vec<_> = told.iter().map(|one| (one.number, one.at, one.webhooks.clone())).collect();
    let webhooks = |agency, core| vec![("agency".to_owned(), agency), ("core".to_owned(), core)];
    let expected = [
        (1, at(5), webhooks(Telling::Unknown, Telling::Unknown)),
        (3, at(8), webhooks(Telling::Waiting, Telling::Answered(at(11)))),
        (4, at(9), webhooks(Telling::Waiting, Telling::GivenUp("refused".to_owned()))),
    ];
    assert_eq!(states, expected);
    assert_eq!(store.report_told(&platform(), 3, at(0), 10).await.unwrap(), told[2..]);
    assert_eq!(store.report_told(&platform(), 0, at(9), 10).await.unwrap(), told[2..]);
    // What was answered is neither due nor given up, and is not sent again.
    let stands = store.webhooks(&platform()).await.unwrap();
    assert_eq!(stands.iter().map(|one| (one.waiting, one.dead)).collect::<Vec<_>>(), [(0, 0), (0, 1)]);
    assert_eq!(store.dead_letters(&platform(), 9).await.unwrap().len(), 1);
    assert!(!store.delivery_again(&platform(), "core", 3, at(12)).await.unwrap());
    assert!(store.delivery_again(&platform(), "core", 4, at(12)).await.unwrap());
}

/// Table, column, and what stood there.
type Seen = (String, String, Vec<u8>);

pub(crate) async fn every_cell_is_shown_and_what_was_destroyed_is_not(store: Shared) {
    let (gone, stays) = (registered(&store).await, registered(&store).await);
    store.commit(act(vec![gone.destruction()])).await.unwrap();
    let seen: Arc<Mutex<BTreeSet<Seen>>> = Arc::default();
    let to = Arc::clone(&seen);
    let look = move |table: &'static str, column: &str, bytes: &[u8]| {
        to.lock().unwrap().insert((table.to_owned(), column.to_owned(), bytes.to_vec()));
    };
    store.report_cells(&platform(), Box::new(look)).await.unwrap();
    let seen = seen.lock().unwrap();
    let has =
        |table: &str, column: &str, bytes: &[u8]| seen.contains(&(table.to_owned(), column.to_owned(), bytes.to_vec()));
    assert!(has("house", "platform", b"haigang") && has("value", "item", b"phone"));
    assert!(has("key_slot", "wrapped", &stays.key) && !has("key_slot", "wrapped", &gone.key));
    let tables: BTreeSet<&str> = seen.iter().map(|(table, ..)| table.as_str()).collect();
    for table in ["leaf", "subject", "record", "part", "erasure", "token"] {
        assert!(tables.contains(table), "{table}: {tables:?}");
    }
}

pub(crate) async fn every_token_is_listed(store: Shared) {
    let token = |name: &str, revoked| ServiceToken {
        id: ActorId::from_random(draw()),
        name: name.into(),
        digest: draw(),
        platform: platform(),
        actions: vec!["show".into()],
        purposes: vec![slug("claim-check")],
        party: None,
        rate: 600,
        revoked,
    };
    let (first, second) = (token("core", false), token("app", true));
    store.token_put(first.clone()).await.unwrap();
    store.token_put(second.clone()).await.unwrap();
    assert_eq!(store.tokens().await.unwrap(), [second, first]);
}
