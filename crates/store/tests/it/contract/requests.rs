//! Requests of subjects, notices to them.

use model::{RecordId, RequestId};
use shouyue_store::{CommitError, RequestOpened, RequestRecount, RequestStep, Write};

use crate::fixture::*;

pub(crate) async fn requests_are_listed_until_they_are_closed(store: Shared) {
    let person = registered(&store).await;
    let about = RecordId::from_random(draw());
    let opened = |due: &str, n| RequestOpened {
        id: RequestId::from_random(draw()),
        subject: person.id,
        right: "delete".into(),
        by: "self".into(),
        since: day("2026-01-05"),
        due: day(due),
        calendar: "cn-2026".into(),
        provisional: n == 2,
        topic: (n == 2).then(|| "pay".to_owned()),
        about: (n == 2).then_some(about),
        words: None,
        at: at(n),
    };
    let (late, soon) = (opened("2026-02-01", 1), opened("2026-01-20", 2));
    let writes = vec![Write::Request(late.clone()), Write::Request(soon.clone())];
    store.commit(act_of(person.id, 1, writes)).await.unwrap();
    let due = async || -> Vec<RequestId> {
        store.requests_due(&platform(), 9).await.unwrap().into_iter().map(|row| row.id).collect()
    };
    assert_eq!(due().await, [soon.id, late.id]);
    let of: Vec<_> = store.requests_of(&platform(), person.id).await.unwrap();
    assert_eq!((of[0].id, of[1].id), (soon.id, late.id));
    assert_eq!((of[0].state.as_str(), of[0].provisional, of[1].provisional), ("open", true, false));

    assert_eq!((of[0].topic.as_deref(), of[0].about, of[0].words), (Some("pay"), Some(about), None));
    assert_eq!((of[1].topic.as_deref(), of[1].about), (None, None));

    let provisional = async |calendar: &str| -> Vec<RequestId> {
        let rows = store.requests_provisional(&platform(), calendar, 9).await.unwrap();
        rows.into_iter().map(|row| row.id).collect()
    };
    assert_eq!((provisional("cn-2026").await, provisional("cn-2027").await), (vec![], vec![soon.id]));
    let recount =
        RequestRecount { id: soon.id, due: day("2026-01-21"), calendar: "cn-2027".into(), provisional: false };
    store.commit(act(vec![Write::Recount(recount)])).await.unwrap();
    let row = store.request(&platform(), soon.id).await.unwrap().unwrap();
    assert_eq!((row.due, row.calendar.as_str(), row.provisional), (day("2026-01-21"), "cn-2027", false));
    assert!(provisional("cn-2028").await.is_empty(), "what is certain is not counted again");

    let step = |id, state: &str| {
        let reason = Some("floor-runs".to_owned());
        act(vec![Write::Step(RequestStep { id, state: state.into(), reason, at: at(9) })])
    };
    store.commit(step(soon.id, "blocked")).await.unwrap();
    assert_eq!(due().await, [soon.id, late.id], "what is blocked still waits for its day");
    store.commit(step(soon.id, "done")).await.unwrap();
    assert_eq!(due().await, [late.id]);
    store.commit(step(late.id, "taken-back")).await.unwrap();
    assert!(due().await.is_empty(), "what was taken back waits for nobody");
    let row = store.request(&platform(), soon.id).await.unwrap().unwrap();
    assert_eq!((row.state.as_str(), row.reason.as_deref(), row.at), ("done", Some("floor-runs"), at(9)));
    assert_eq!(row.by, "self");
    assert_eq!((row.right.as_str(), row.since, row.due), ("delete", soon.since, day("2026-01-21")));
    assert_eq!((row.subject, row.calendar.as_str()), (person.id, "cn-2027"));
    assert_eq!(version(&store, person.id).await, 6);
    let stranger = step(RequestId::from_random(draw()), "done");
    assert!(matches!(store.commit(stranger).await, Err(CommitError::Missing { what: "request" })));
}
