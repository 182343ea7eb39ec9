//! Servicing requests: a record asks for something of another, once.

use model::RecordId;
use shouyue_store::{CommitError, Service, Wish, Write};

use crate::fixture::*;

pub(crate) async fn a_record_asks_for_something_of_another_that_is_there(store: Shared) {
    let person = registered(&store).await;
    let ids: Vec<RecordId> = (0..2).map(|_| RecordId::from_random(draw())).collect();
    let asked = |request, wish| Service { request, about: person.record, wish };
    let [first, second] = [asked(ids[0], Wish::Surrender), asked(ids[1], Wish::Change)];
    for service in [first, second] {
        let request = new_record(service.request, vec![(person.id, role())]);
        store.commit(act(vec![request, Write::Service(service)])).await.unwrap();
    }
    assert_eq!(store.service(&platform(), ids[0]).await.unwrap(), Some(first));
    assert_eq!(store.service(&platform(), person.record).await.unwrap(), None);
    let about = store.services_about(&platform(), person.record).await.unwrap();
    assert_eq!(about.len(), 2);
    assert!(about.contains(&first) && about.contains(&second));

    let again = store.commit(act(vec![Write::Service(first)])).await;
    assert!(again.is_err(), "{again:?}");
    let nowhere = Service { request: person.record, about: RecordId::from_random(draw()), wish: Wish::Change };
    let missing = store.commit(act(vec![Write::Service(nowhere)])).await;
    assert!(matches!(missing, Err(CommitError::Missing { what: "record" })), "{missing:?}");
    store.platform_create(&slug("anrun"), b"key").await.unwrap();
    assert_eq!(store.service(&slug("anrun"), ids[0]).await.unwrap(), None);
}
