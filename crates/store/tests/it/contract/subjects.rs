//! Subjects, tokens, organisations, consents; the policies they live under.

use model::act::{Account, DevicePermission};
use model::{ConsentId, Fingerprint, OrganisationId, RecordId, SubjectId};
use shouyue_store::{
    CommitError, ConsentRefused, ConsentWithdrawn, NewOrganisation, NewRecord, NewSubject, PermissionReported,
    PublicationHead, TokenKind, Write,
};

use crate::fixture::*;

pub(crate) async fn one_of_sixteen_parallel_claims_wins(store: Shared) {
    let phone = search();
    let people: Vec<_> = (0..16).map(|_| Person { phone, ..Person::drawn() }).collect();
    let outcomes = all_at_once(&store, people.iter().map(Person::registration).collect()).await;
    let winners: Vec<_> =
        people.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok()).map(|(person, _)| person.id).collect();
    assert_eq!(winners.len(), 1);
    let taken = |outcome: &&Result<_, _>| matches!(outcome, Err(CommitError::TokenTaken(TokenKind::Phone)));
    assert_eq!(outcomes.iter().filter(taken).count(), 15);
    assert_eq!(store.subject_by_token(&platform(), TokenKind::Phone, &phone).await.unwrap(), Some(winners[0]));
    assert_eq!(store.head(&platform()).await.unwrap().size, 1);
    for person in people.iter().filter(|person| person.id != winners[0]) {
        assert!(store.subject(&platform(), person.id).await.unwrap().is_none());
    }
}

pub(crate) async fn many_tokens_are_looked_up_at_once(store: Shared) {
    let mut sought = vec![(TokenKind::Phone, search())];
    for _ in 0..21 {
        let person = registered(&store).await;
        sought.extend([(TokenKind::Phone, person.phone), (TokenKind::Document, person.phone)]);
    }
    let contact = registered(&store).await;
    let (id, number) = (OrganisationId::from_random(draw()), search());
    let organisation = NewOrganisation { id, record: contact.record, contact: contact.id, token: number };
    store.commit(act(vec![Write::Organisation(organisation)])).await.unwrap();
    sought.extend([(TokenKind::Organisation, number), sought[1]]);
    let found = store.subjects_by_tokens(&platform(), sought.clone()).await.unwrap();
    assert_eq!((found.len(), found.iter().flatten().count()), (sought.len(), 23));
    for ((kind, token), found) in sought.into_iter().zip(found) {
        assert_eq!(store.subject_by_token(&platform(), kind, &token).await.unwrap(), found);
    }
    assert!(store.subjects_by_tokens(&platform(), Vec::new()).await.unwrap().is_empty());
}

pub(crate) async fn the_first_birth_date_that_comes_in_is_the_one_that_decides(store: Shared) {
    let person = registered(&store).await;
    let later = RecordId::from_random(draw());
    for record in [person.record, later] {
        store.commit(act(vec![Write::Gate(person.id, record, role())])).await.unwrap();
        let row = store.subject(&platform(), person.id).await.unwrap().unwrap();
        assert_eq!(row.gate, Some((person.record, role())));
    }
    let nobody = Write::Gate(SubjectId::from_random(draw()), later, role());
    assert!(matches!(store.commit(act(vec![nobody])).await, Err(CommitError::Missing { .. })));
}

pub(crate) async fn a_token_may_be_claimed_again_by_its_holder_and_freed(store: Shared) {
    let (a, b) = (registered(&store).await, registered(&store).await);
    store.commit(act(vec![token(TokenKind::Phone, a.phone, a.id, a.record)])).await.unwrap();
    // Of another kind the same bytes are another token.
    store.commit(act(vec![token(TokenKind::Email, a.phone, b.id, b.record)])).await.unwrap();
    let claim = || act(vec![token(TokenKind::Phone, a.phone, b.id, b.record)]);
    assert!(matches!(store.commit(claim()).await, Err(CommitError::TokenTaken(TokenKind::Phone))));
    let number = search();
    let corrected = vec![Write::TokenFreed(a.id, TokenKind::Phone), token(TokenKind::Phone, number, a.id, a.record)];
    store.commit(act(corrected)).await.unwrap();
    store.commit(claim()).await.unwrap();
    for (kind, token, holder) in
        [(TokenKind::Phone, a.phone, b.id), (TokenKind::Email, a.phone, b.id), (TokenKind::Phone, number, a.id)]
    {
        assert_eq!(store.subject_by_token(&platform(), kind, &token).await.unwrap(), Some(holder));
        let sole = store.has_sole(&platform(), holder, kind).await.unwrap();
        assert_eq!(sole, kind == TokenKind::Phone);
    }
    assert!(!store.has_sole(&platform(), a.id, TokenKind::Email).await.unwrap(), "the address is another's");
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

pub(crate) async fn a_token_leads_to_the_part_that_carries_it(store: Shared) {
    let (person, other) = (registered(&store).await, registered(&store).await);
    let ([first, second], number) = ([(); 2].map(|()| RecordId::from_random(draw())), search());
    let record = |id, n| NewRecord {
        id,
        class: slug("policy"),
        function: None,
        product: None,
        holder: None,
        roles: vec![(person.id, role()), (other.id, slug("insured"))],
        in_force_from: None,
        in_force_until: None,
        at: at(n),
    };
    let carried = |record, key| {
        [part_key(record, Some(person.id), key), token(TokenKind::PolicyNumber, number, person.id, record)]
    };
    let found = async |kind, token| store.record_by_token(&platform(), kind, &token).await.unwrap();
    for (id, n) in [(second, 20), (first, 10)] {
        let mut writes = vec![Write::Record(record(id, n))];
        writes.extend(carried(id, vec![5; 60]));
        store.commit(act(writes)).await.unwrap();
    }
    let of = |record| Some((person.id, record, role()));
    assert_eq!(found(TokenKind::PolicyNumber, number).await, of(first), "the oldest record, whichever came in first");
    assert_eq!(found(TokenKind::Phone, person.phone).await, of(person.record));
    assert_eq!(found(TokenKind::Phone, number).await, None, "of another kind the same bytes are another token");
    assert_eq!(found(TokenKind::PolicyNumber, search()).await, None);
    let gone = Write::Destroy { record: first, subject: Some(person.id), role: role() };
    store.commit(act(vec![gone])).await.unwrap();
    assert_eq!(found(TokenKind::PolicyNumber, number).await, of(second));
}

pub(crate) async fn an_organisation_is_found_by_its_number(store: Shared) {
    let (person, number) = (registered(&store).await, search());
    let organisation = || NewOrganisation {
        id: OrganisationId::from_random(draw()),
        record: person.record,
        contact: person.id,
        token: number,
    };
    let first = organisation();
    store.commit(act(vec![Write::Organisation(first.clone())])).await.unwrap();
    let again = store.commit(act(vec![Write::Organisation(organisation())])).await;
    assert!(matches!(again, Err(CommitError::TokenTaken(TokenKind::Organisation))));
    let row = store.organisation(&platform(), first.id).await.unwrap().unwrap();
    assert_eq!((row.id, row.record, row.contact), (first.id, person.record, person.id));
    assert_eq!(store.organisations_of(&platform(), person.id).await.unwrap().len(), 1);
    let found = store.subject_by_token(&platform(), TokenKind::Organisation, &number).await.unwrap();
    assert_eq!(found, Some(person.id));
    assert_eq!(store.subject_by_token(&platform(), TokenKind::Phone, &number).await.unwrap(), None);
    let unknown = OrganisationId::from_random(draw());
    assert!(store.organisation(&platform(), unknown).await.unwrap().is_none());
}

pub(crate) async fn publications_follow_one_another(store: Shared) {
    let prints: [Fingerprint; 2] = [(); 2].map(|()| Fingerprint::from_digest(draw()));
    for (print, n) in prints.iter().zip([0, 100]) {
        let mut new = publication(*print);
        new.from = at(n);
        store.commit(act(vec![Write::Publish(new)])).await.unwrap();
    }
    let rows = store.publications(&platform()).await.unwrap();
    let spans: Vec<_> = rows.iter().map(|row| (row.head.policy, row.head.from, row.head.until)).collect();
    assert_eq!(spans, [(prints[0], at(0), Some(at(100))), (prints[1], at(100), None)]);
    assert_eq!((rows[0].texts.source.as_str(), rows[0].texts.notice.as_str()), ("language = 1", "<p>notice</p>"));
    // The same without the texts, and the texts of one.
    let heads = store.publication_heads(&platform()).await.unwrap();
    let head = |head: &PublicationHead| format!("{head:?}");
    assert_eq!(heads.iter().map(head).collect::<Vec<_>>(), rows.iter().map(|row| head(&row.head)).collect::<Vec<_>>());
    assert_eq!(
        heads.iter().map(|head| (head.number, head.policy)).collect::<Vec<_>>(),
        [(1, prints[0]), (2, prints[1])]
    );
    let texts = store.publication_texts(&platform(), 2).await.unwrap().unwrap();
    assert_eq!((texts.source.as_str(), texts.notice.as_str()), ("language = 1", "<p>notice</p>"));
    assert!(store.publication_texts(&platform(), 3).await.unwrap().is_none());
}

pub(crate) async fn a_registration_is_decided_on_the_state_it_will_make(store: Shared) {
    let person = Person::drawn();
    let new = NewSubject { id: person.id, account: Account::Active, gate: Some((person.record, role())) };
    let given = [consent(person.id, ConsentId::from_random(draw()), "collect.register")];
    assert!(store.snapshot_new(&platform(), &new, &given).await.unwrap().is_none(), "no policy is in force");
    assert!(store.strangers(&platform()).await.unwrap().is_none());
    let policy = published(&store).await;
    let before = store.snapshot_new(&platform(), &new, &given).await.unwrap().unwrap();
    let one_of_many = store.strangers(&platform()).await.unwrap().unwrap().snapshot(&new, &given);
    assert_eq!((one_of_many.version(), one_of_many.state()), (0, before.state()));
    assert_eq!(one_of_many.policies(), before.policies());
    assert_eq!((before.version(), before.policy(at(9)), before.subject()), (0, Some(policy), person.id));
    let writes = vec![Write::Subject(new), Write::Consent(given[0].clone())];
    store.commit(act_of(person.id, before.version(), writes)).await.unwrap();
    let after = store.snapshot(&platform(), person.id).await.unwrap().unwrap();
    assert_eq!((after.version(), after.state()), (1, before.state()));
    let row = store.subject(&platform(), person.id).await.unwrap().unwrap();
    assert_eq!((row.account, row.gate), (Account::Active, Some((person.record, role()))));
}

pub(crate) async fn who_is_known_is_decided_on_the_consents_about_to_be_given(store: Shared) {
    let person = registered(&store).await;
    let other = registered(&store).await;
    let given = [
        consent(person.id, ConsentId::from_random(draw()), "collect.insure"),
        consent(other.id, ConsentId::from_random(draw()), "collect.other"),
    ];
    assert!(store.snapshot_given(&platform(), person.id, &given).await.unwrap().is_none(), "no policy is in force");
    published(&store).await;
    let before = store.snapshot_given(&platform(), person.id, &given).await.unwrap().unwrap();
    store.commit(act_of(person.id, before.version(), vec![Write::Consent(given[0].clone())])).await.unwrap();
    let after = store.snapshot(&platform(), person.id).await.unwrap().unwrap();
    assert_eq!((after.version(), after.state()), (before.version() + 1, before.state()));
    assert_eq!(after.state().consents.len(), 1);
}

pub(crate) async fn consents_stand_until_they_are_withdrawn(store: Shared) {
    published(&store).await;
    let (a, b) = (registered(&store).await, registered(&store).await);
    let id = ConsentId::from_random(draw());
    store.commit(act(vec![Write::Consent(consent(a.id, id, "share.agency"))])).await.unwrap();
    let stands = async || {
        let snapshot = store.snapshot(&platform(), a.id).await.unwrap().unwrap();
        snapshot.state().consents[0].stands(at(100))
    };
    assert!(stands().await);
    let withdraw =
        |subject| act(vec![Write::Withdraw(ConsentWithdrawn { subject, id, scope: "use.x".into(), at: at(60) })]);
    assert!(matches!(store.commit(withdraw(b.id)).await, Err(CommitError::Missing { what: "consent" })));
    store.commit(withdraw(a.id)).await.unwrap();
    assert!(!stands().await);
    // The same id is not given twice.
    let again = act(vec![Write::Consent(consent(a.id, id, "share.agency"))]);
    assert!(matches!(store.commit(again).await, Err(CommitError::Moved)));
}

pub(crate) async fn refusals_are_counted_until_the_consent_is_given(store: Shared) {
    published(&store).await;
    let person = registered(&store).await;
    let refused =
        |scope: &str, n| Write::Refused(ConsentRefused { subject: person.id, scope: scope.into(), at: at(n) });
    store.commit(act(vec![refused("market.sms", 3), refused("market.mail", 3)])).await.unwrap();
    store.commit(act(vec![refused("market.sms", 6), refused("market.sms", 7)])).await.unwrap();
    let known = async || {
        let snapshot = store.snapshot(&platform(), person.id).await.unwrap().unwrap();
        let refused = snapshot.state().refused.iter().map(|one| (one.scope.clone(), one.at, one.times));
        refused.collect::<Vec<_>>()
    };
    assert_eq!(known().await, [("market.mail".into(), at(3), 1), ("market.sms".into(), at(7), 3)]);
    let given = |subject| Write::Consent(consent(subject, ConsentId::from_random(draw()), "market.sms"));
    store.commit(act(vec![given(person.id)])).await.unwrap();
    assert_eq!(known().await.len(), 1, "the yes answers the no");
    // Also where one act makes the person and says both.
    let id = SubjectId::from_random(draw());
    let no = Write::Refused(ConsentRefused { subject: id, scope: "market.sms".into(), at: at(3) });
    store.commit(act(vec![new_subject(id), no, given(id)])).await.unwrap();
    assert_eq!(store.snapshot(&platform(), id).await.unwrap().unwrap().state().refused.len(), 0);
    store.commit(act(vec![Write::Forget(person.id)])).await.unwrap();
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

pub(crate) async fn a_device_permission_is_as_it_was_reported_last(store: Shared) {
    published(&store).await;
    let person = registered(&store).await;
    let reported = |on, n| {
        let state = DevicePermission { permission: slug("camera"), on, at: at(n) };
        act(vec![Write::Permission(PermissionReported { subject: person.id, state })])
    };
    store.commit(reported(true, 3)).await.unwrap();
    let before = version(&store, person.id).await;
    store.commit(reported(false, 4)).await.unwrap();
    assert_eq!(version(&store, person.id).await, before + 1, "who decides must see it");
    let snapshot = store.snapshot(&platform(), person.id).await.unwrap().unwrap();
    let known: Vec<_> =
        snapshot.state().permissions.iter().map(|one| (one.permission.as_str(), one.on, one.at)).collect();
    assert_eq!(known, [("camera", false, at(4))]);
}
