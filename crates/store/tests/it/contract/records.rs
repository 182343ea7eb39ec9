//! Records, their state, their parts.

use model::act::{Account, Life, RecordState};
use model::{ConsentId, RecordId};
use shouyue_store::{CommitError, ConsentWithdrawn, NewRecord, RecordEvent, Write};

use crate::fixture::*;

fn event(record: RecordId, word: &str, on: &str) -> Write {
    Write::Event(RecordEvent { record, event: word.into(), on: day(on), at: at(3), reason: None })
}

fn policy(id: RecordId, of: &Person, until: Option<&str>) -> Write {
    Write::Record(NewRecord {
        id,
        class: slug("policy"),
        function: None,
        product: Some(slug("travel")),
        holder: None,
        roles: vec![(of.id, slug("applicant")), (of.id, slug("insured"))],
        in_force_from: Some(day("2026-01-01")),
        in_force_until: until.map(day),
        at: at(10),
    })
}

pub(crate) async fn a_snapshot_is_the_state_with_its_version(store: Shared) {
    let person = registered(&store).await;
    assert!(store.snapshot(&platform(), person.id).await.unwrap().is_none(), "no policy is in force");
    let in_force = published(&store).await;
    let (kept, withdrawn) = (ConsentId::from_random(draw()), ConsentId::from_random(draw()));
    let record = RecordId::from_random(draw());
    let writes = vec![
        Write::Consent(consent(person.id, kept, "collect.register")),
        Write::Consent(consent(person.id, withdrawn, "share.agency")),
        policy(record, &person, Some("2026-12-31")),
    ];
    store.commit(act_of(person.id, 1, writes)).await.unwrap();
    let withdraw =
        |at| Write::Withdraw(ConsentWithdrawn { subject: person.id, id: withdrawn, scope: "use.x".into(), at });
    store.commit(act_of(person.id, 2, vec![withdraw(at(50))])).await.unwrap();
    // Withdrawn is withdrawn: a second time moves nothing.
    store.commit(act_of(person.id, 3, vec![withdraw(at(70))])).await.unwrap();

    let snapshot = store.snapshot(&platform(), person.id).await.unwrap().unwrap();
    assert_eq!((snapshot.subject(), snapshot.version(), snapshot.policy(at(9))), (person.id, 4, Some(in_force)));
    let state = snapshot.state();
    assert_eq!(state.account, Account::Active);
    assert_eq!(state.consents.len(), 2);
    for consent_read in &state.consents {
        let id = consent_read.id.unwrap();
        let scope = if id == kept { "collect.register" } else { "share.agency" };
        let mut expected = consent(person.id, id, scope).consent;
        expected.id = Some(id);
        expected.withdrawn = (id == withdrawn).then(|| at(50));
        assert_eq!(*consent_read, expected);
    }
    assert_eq!(state.records.len(), 2);
    let expected = RecordState {
        id: Some(record),
        class: slug("policy"),
        roles: vec![slug("applicant"), slug("insured")],
        in_force_from: Some(day("2026-01-01")),
        in_force_until: Some(day("2026-12-31")),
        ended: None,
        open_claim: false,
        life: Life::Live,
    };
    assert_eq!(state.records[1], expected);
}

pub(crate) async fn events_make_the_state_of_a_record(store: Shared) {
    published(&store).await;
    let (person, record) = (registered(&store).await, RecordId::from_random(draw()));
    store.commit(act(vec![policy(record, &person, Some("2026-12-31"))])).await.unwrap();
    let state = async || {
        let snapshot = store.snapshot(&platform(), person.id).await.unwrap().unwrap();
        let state = snapshot.state().records.iter().find(|state| state.id == Some(record)).unwrap().clone();
        (state.in_force_until.unwrap().to_string(), state.ended.map(|day| day.to_string()), state.open_claim)
    };
    let cases: [(_, _, (_, Option<&str>, _)); 8] = [
        ("opened", "2026-01-01", ("2026-12-31", None, false)),
        ("claim-opened", "2026-02-01", ("2026-12-31", None, true)),
        ("claim-opened", "2026-02-02", ("2026-12-31", None, true)),
        ("claim-closed", "2026-02-03", ("2026-12-31", None, true)),
        ("claim-closed", "2026-02-04", ("2026-12-31", None, false)),
        ("in-force-until", "2027-06-30", ("2027-06-30", None, false)),
        ("ended", "2026-03-01", ("2027-06-30", Some("2026-03-01"), false)),
        ("ended", "2026-03-05", ("2027-06-30", Some("2026-03-05"), false)),
    ];
    for (word, on, (until, ended, claim)) in &cases {
        store.commit(act(vec![event(record, word, on)])).await.unwrap();
        assert_eq!(state().await, ((*until).to_owned(), ended.map(str::to_owned), *claim), "{word} {on}");
    }
    store.commit(act(vec![Write::Life(record, Life::StorageOnly)])).await.unwrap();
    let row = store.record(&platform(), record).await.unwrap().unwrap();
    assert_eq!((row.life, row.class, row.function, row.at), (Life::StorageOnly, slug("policy"), None, at(10)));
    assert_eq!(row.product, Some(slug("travel")));
    assert_eq!(row.roles, [(person.id, slug("applicant")), (person.id, slug("insured"))]);
    let events: Vec<_> = row.events.iter().map(|(word, on, at)| (word.clone(), *on, *at)).collect();
    let expected: Vec<_> = cases.iter().map(|(word, on, _)| ((*word).to_owned(), day(on), at(3))).collect();
    assert_eq!(events, expected);

    let stranger = RecordId::from_random(draw());
    for write in [event(stranger, "ended", "2026-01-01"), Write::Life(stranger, Life::Erased)] {
        assert!(matches!(store.commit(act(vec![write])).await, Err(CommitError::Missing { what: "record" })));
    }
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

pub(crate) async fn records_come_up_when_they_end(store: Shared) {
    let person = registered(&store).await;
    let [over, ended, open, erased] = [(); 4].map(|()| RecordId::from_random(draw()));
    let writes = vec![
        policy(over, &person, Some("2026-06-30")),
        policy(ended, &person, Some("2027-12-31")),
        policy(open, &person, None),
        policy(erased, &person, Some("2026-01-31")),
        event(ended, "cancelled", "2026-05-01"),
        Write::Life(erased, Life::Erased),
    ];
    store.commit(act(writes)).await.unwrap();
    let ending = async |on: &str, limit| -> Vec<RecordId> {
        let rows = store.records_ending(&platform(), day(on), limit).await.unwrap();
        rows.into_iter().map(|row| row.id).collect()
    };
    assert!(ending("2026-04-30", 9).await.is_empty());
    assert_eq!(ending("2026-05-01", 9).await, [ended]);
    assert_eq!(ending("2026-06-30", 9).await, [ended], "the last day belongs to the cover");
    assert_eq!(ending("2026-07-01", 9).await, [ended, over]);
    assert_eq!(ending("2026-07-01", 1).await, [ended]);
    let all: Vec<_> = store.records_of(&platform(), person.id).await.unwrap();
    assert_eq!((all.len(), all[0].id), (5, person.record));
}

pub(crate) async fn a_part_gives_the_newest_version_of_each_item(store: Shared) {
    let person = registered(&store).await;
    let [second, third, name] = [("phone", 2), ("phone", 3), ("name", 1)]
        .map(|(item, version)| value(person.record, Some(person.id), item, version));
    let writes = [&second, &third, &name].map(|value| Write::Value(value.clone()));
    store.commit(act(writes.into())).await.unwrap();
    let part = store.part(&platform(), person.record, Some(person.id), &role()).await.unwrap().unwrap();
    assert_eq!((part.record, part.subject, part.role.clone()), (person.record, Some(person.id), role()));
    assert_eq!(part.wrapped, Some(person.key.clone()));
    assert_eq!(format!("{:?}", part.values), format!("{:?}", [name, third]));
    assert!(store.part(&platform(), person.record, Some(person.id), &slug("insured")).await.unwrap().is_none());
    // A version is written once.
    assert!(matches!(store.commit(act(vec![Write::Value(second)])).await, Err(CommitError::Moved)));
}

pub(crate) async fn values_need_a_key_and_keys_come_once(store: Shared) {
    let person = registered(&store).await;
    let record = RecordId::from_random(draw());
    store.commit(act(vec![new_record(record, vec![(person.id, role())])])).await.unwrap();
    let unkeyed = Write::Value(value(record, Some(person.id), "name", 1));
    assert!(matches!(store.commit(act(vec![unkeyed])).await, Err(CommitError::Missing { what: "record part" })));
    let key = || act(vec![part_key(record, Some(person.id), draw::<60>().to_vec())]);
    // Two acts that both found no key: the second must not make the first one's values unreadable.
    let outcomes = all_at_once(&store, (0..8).map(|_| key()).collect()).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Err(CommitError::Moved))).count(), 7);
    let nowhere = part_key(RecordId::from_random(draw()), None, vec![1; 60]);
    assert!(matches!(store.commit(act(vec![nowhere])).await, Err(CommitError::Missing { what: "record" })));
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}
