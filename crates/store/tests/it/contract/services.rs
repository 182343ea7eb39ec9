//! Servicing requests: a record asks for something of another, one at a time, and ends once.

use model::RecordId;
use model::act::Life;
use model::service::{Decided, End, Wish};
use shouyue_store::{CommitError, Service, ServiceEnded, ServiceRow, Write};

use crate::fixture::*;

pub(crate) async fn a_record_asks_for_something_of_another_that_is_there(store: Shared) {
    let person = registered(&store).await;
    let asked = |wish| Service { request: RecordId::from_random(draw()), about: person.record, wish };
    let put =
        |service: Service| act(vec![new_record(service.request, vec![(person.id, role())]), Write::Service(service)]);
    let first = asked(Wish::Surrender);
    store.commit(put(first)).await.unwrap();
    let open = ServiceRow { service: first, ended: None, reason: None };
    assert_eq!(store.service(&platform(), first.request).await.unwrap(), Some(open.clone()));
    assert_eq!(store.service(&platform(), person.record).await.unwrap(), None);
    assert_eq!(store.services_about(&platform(), person.record).await.unwrap(), [open]);

    let again = store.commit(act(vec![Write::Service(first)])).await;
    assert!(again.is_err(), "{again:?}");
    let nowhere = Service { request: person.record, about: RecordId::from_random(draw()), wish: Wish::Change };
    let missing = store.commit(act(vec![Write::Service(nowhere)])).await;
    assert!(matches!(missing, Err(CommitError::Missing { what: "record" })), "{missing:?}");
    store.platform_create(&slug("anrun"), &first_keys(b"key")).await.unwrap();
    assert_eq!(store.service(&slug("anrun"), first.request).await.unwrap(), None);
}

pub(crate) async fn of_one_record_one_request_is_open_and_each_ends_once(store: Shared) {
    let person = registered(&store).await;
    let asked = |wish| Service { request: RecordId::from_random(draw()), about: person.record, wish };
    let put =
        |service: Service| act(vec![new_record(service.request, vec![(person.id, role())]), Write::Service(service)]);
    let told = |service, ended| {
        let reason = Some("papers-missing".to_owned());
        act(vec![Write::ServiceEnded(ServiceEnded { service, ended, at: at(1), reason })])
    };
    let [first, second, third] = [asked(Wish::Change), asked(Wish::Surrender), asked(Wish::Change)];
    store.commit(put(first)).await.unwrap();
    assert!(matches!(store.commit(put(second)).await, Err(CommitError::Moved)), "one is open");
    assert_eq!(store.service(&platform(), second.request).await.unwrap(), None, "nothing of the act is there");

    store.commit(told(first, End::TakenBack)).await.unwrap();
    let again = store.commit(told(first, End::Decided(Decided::Accepted))).await;
    assert!(matches!(again, Err(CommitError::Moved)), "{again:?}");
    let over =
        ServiceRow { service: first, ended: Some((End::TakenBack, at(1))), reason: Some("papers-missing".to_owned()) };
    assert_eq!(store.service(&platform(), first.request).await.unwrap(), Some(over));

    store.commit(put(second)).await.unwrap();
    let open = ServiceRow { service: second, ended: None, reason: None };
    assert_eq!(store.services_open(&platform(), None, 10).await.unwrap(), [open]);
    assert_eq!(store.services_open(&platform(), Some(second.request), 10).await.unwrap(), []);
    // What was erased asks for nothing any more.
    store.commit(act(vec![Write::Life(second.request, Life::Erased)])).await.unwrap();
    assert_eq!(store.services_open(&platform(), None, 10).await.unwrap(), []);
    store.commit(put(third)).await.unwrap();
}
