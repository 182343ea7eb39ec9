//! Erasure: parts, subjects, tokens.

use model::{RecordId, SubjectId};
use shouyue_store::{CommitError, Erased, Erasure, NewOrganisation, TokenKind, Write};

use crate::fixture::*;

pub(crate) async fn a_destroyed_part_has_no_key_and_no_values(store: Shared) {
    let (gone, stays) = (registered(&store).await, registered(&store).await);
    let leaf = store.commit(act_of(gone.id, 1, vec![gone.destruction()])).await.unwrap().leaf();
    let part = store.part(&platform(), gone.record, Some(gone.id), &role()).await.unwrap().unwrap();
    assert_eq!((part.wrapped, part.values.len()), (None, 0));
    assert!(store.subject_by_token(&platform(), TokenKind::Phone, &gone.phone).await.unwrap().is_none());
    let erased = Erased::Part { record: gone.record, subject: Some(gone.id), role: role() };
    assert_eq!(store.erasures(&platform(), 0).await.unwrap(), [Erasure { sequence: 1, erased, leaf }]);
    assert!(store.erasures(&platform(), 1).await.unwrap().is_empty());
    // Nothing is added to what is destroyed, and no new key brings it back.
    let late = vec![Write::Value(value(gone.record, Some(gone.id), "name", 1))];
    assert!(matches!(store.commit(act(late)).await, Err(CommitError::Erased(id)) if id == gone.id));
    let rekeyed = vec![part_key(gone.record, Some(gone.id), vec![1; 60])];
    assert!(matches!(store.commit(act(rekeyed)).await, Err(CommitError::Moved)));

    let part = store.part(&platform(), stays.record, Some(stays.id), &role()).await.unwrap().unwrap();
    assert_eq!((part.wrapped, part.values.len()), (Some(stays.key), 1));
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

pub(crate) async fn destroying_twice_is_once_and_of_nothing_fails(store: Shared) {
    let person = registered(&store).await;
    store.commit(act(vec![person.destruction(), person.destruction()])).await.unwrap();
    store.commit(act(vec![person.destruction()])).await.unwrap();
    assert_eq!(store.erasures(&platform(), 0).await.unwrap().len(), 1);
    let nothing = Write::Destroy { record: person.record, subject: None, role: role() };
    assert!(matches!(store.commit(act(vec![nothing])).await, Err(CommitError::Missing { what: "record part" })));
}

pub(crate) async fn the_matter_itself_can_be_destroyed(store: Shared) {
    let (person, record, number) = (registered(&store).await, RecordId::from_random(draw()), search());
    let organisation =
        NewOrganisation { id: model::OrganisationId::from_random(draw()), record, contact: person.id, token: number };
    let writes = vec![
        new_record(record, Vec::new()),
        part_key(record, None, vec![9; 60]),
        Write::Value(value(record, None, "organisation-name", 1)),
        Write::Organisation(organisation),
    ];
    store.commit(act(writes)).await.unwrap();
    let part = store.part(&platform(), record, None, &role()).await.unwrap().unwrap();
    assert_eq!((part.wrapped, part.values[0].subject), (Some(vec![9; 60]), None));
    store.commit(act(vec![Write::Destroy { record, subject: None, role: role() }])).await.unwrap();
    let part = store.part(&platform(), record, None, &role()).await.unwrap().unwrap();
    assert_eq!((part.wrapped, part.values.len()), (None, 0));
    assert!(store.subject_by_token(&platform(), TokenKind::Organisation, &number).await.unwrap().is_none());
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

pub(crate) async fn who_is_forgotten_cannot_be_found_or_acted_on(store: Shared) {
    published(&store).await;
    let (gone, stays) = (registered(&store).await, registered(&store).await);
    for _ in 0..5 {
        store.commit(act_of(gone.id, 1, Vec::new())).await.unwrap();
        store.commit(act_of(stays.id, 1, Vec::new())).await.unwrap();
    }
    assert_eq!(store.leaves_of(&platform(), gone.id).await.unwrap().len(), 6);
    // The act that forgets names the subject in its leaf, and leaves no link to it.
    let writes = vec![gone.destruction(), Write::Forget(gone.id)];
    store.commit(act_of(gone.id, 1, writes)).await.unwrap();
    assert!(store.leaves_of(&platform(), gone.id).await.unwrap().is_empty());
    assert!(store.subject(&platform(), gone.id).await.unwrap().is_none());
    assert!(store.snapshot(&platform(), gone.id).await.unwrap().is_none());
    assert!(store.subject_by_token(&platform(), TokenKind::Phone, &gone.phone).await.unwrap().is_none());
    for batch in [
        act_of(gone.id, 2, Vec::new()),
        act(vec![Write::Forget(gone.id)]),
        act(vec![token(TokenKind::Email, search(), gone.id, gone.record)]),
        act(vec![new_record(RecordId::from_random(draw()), vec![(stays.id, role()), (gone.id, slug("insured"))])]),
    ] {
        let failed = store.commit(batch).await;
        assert!(matches!(failed, Err(CommitError::Erased(id)) if id == gone.id), "{failed:?}");
    }
    assert_eq!(store.erasures(&platform(), 1).await.unwrap()[0].erased, Erased::Subject(gone.id));
    assert_eq!(store.leaves_of(&platform(), stays.id).await.unwrap().len(), 6);
    // Whoever shares a record with somebody forgotten is not held up.
    store.commit(act(vec![Write::Life(gone.record, model::act::Life::Erased)])).await.unwrap();
    assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
}

pub(crate) async fn a_token_dies_with_the_last_part_that_carries_it(store: Shared) {
    let person = registered(&store).await;
    let second = RecordId::from_random(draw());
    let writes = vec![
        new_record(second, vec![(person.id, role())]),
        part_key(second, Some(person.id), vec![4; 60]),
        token(TokenKind::Phone, person.phone, person.id, second),
    ];
    store.commit(act(writes)).await.unwrap();
    let found = async |person: &Person| -> Option<SubjectId> {
        store.subject_by_token(&platform(), TokenKind::Phone, &person.phone).await.unwrap()
    };
    store.commit(act(vec![person.destruction()])).await.unwrap();
    assert_eq!(found(&person).await, Some(person.id));
    let last = Write::Destroy { record: second, subject: Some(person.id), role: role() };
    store.commit(act(vec![last])).await.unwrap();
    assert_eq!(found(&person).await, None);
    // Free for the next one.
    let next = Person { phone: person.phone, ..Person::drawn() };
    store.commit(next.registration()).await.unwrap();
    assert_eq!(found(&next).await, Some(next.id));
}
