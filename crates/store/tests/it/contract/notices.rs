//! The outbox: queued by a publication for everybody of whom something is held, sent by one server at a time, told once.

use shouyue_store::change::Claim;
use shouyue_store::notice::{NoticeCounts, NoticeFailed, NoticeRow, Notices};
use shouyue_store::{CommitError, Publication, Write};

use crate::fixture::*;

fn queue(routes: &[&str]) -> Write {
    let routes: Vec<String> = routes.iter().map(|route| (*route).to_owned()).collect();
    let due = (routes != ["pop-up"]).then(|| at(10));
    Write::Notices(Notices { routes, latest: Some(at(100)), due, at: at(10) })
}

fn claim(now: i64) -> Claim {
    Claim { server: [7; 16], now: at(now), until: at(now + 300) }
}

async fn due(store: &Shared, now: i64) -> Vec<NoticeRow> {
    store.notices_due(&platform(), claim(now), 9).await.unwrap()
}

async fn counts(store: &Shared, now: i64) -> Vec<[u64; 5]> {
    let rows = store.notice_counts(&platform(), at(now)).await.unwrap();
    let row = |NoticeCounts { publication, told, waiting, given_up, late }: NoticeCounts| {
        [publication, told, waiting, given_up, late]
    };
    rows.into_iter().map(row).collect()
}

pub(crate) async fn a_publication_queues_notices_for_everybody_of_whom_something_is_held(store: Shared) {
    let (held, gone) = (registered(&store).await, registered(&store).await);
    let destroy = Write::Destroy { record: gone.record, subject: Some(gone.id), role: role() };
    store.commit(act(vec![destroy])).await.unwrap();
    let new = Write::Publish(publication(model::Fingerprint::from_digest(draw())));
    let leaf = store.commit(act(vec![new, queue(&["pop-up", "email"]), queue(&["pop-up"])])).await.unwrap().leaf();
    let own = store.notices_of(&platform(), held.id).await.unwrap();
    let told: Vec<_> = own.iter().map(|row| (row.number, row.publication, row.routes.join("/"), row.due)).collect();
    assert_eq!(told, [(1, 1, "pop-up/email".to_owned(), Some(at(10))), (2, 1, "pop-up".to_owned(), None)]);
    assert!(store.notices_of(&platform(), gone.id).await.unwrap().is_empty(), "nothing is held of them");
    assert_eq!(store.publication_heads(&platform()).await.unwrap()[0].leaf, leaf);
    assert_eq!(counts(&store, 99).await, [[1, 0, 2, 0, 0]]);
    assert_eq!(counts(&store, 100).await, [[1, 0, 2, 0, 2]], "it has to be told before");
    // Whoever is forgotten is told nothing more, and no row says that they ever were.
    store.commit(act(vec![Write::Forget(held.id)])).await.unwrap();
    assert_eq!(counts(&store, 100).await, [[0; 5]; 0]);
}

pub(crate) async fn a_notice_is_sent_by_one_server_tried_again_and_told_once(store: Shared) {
    let person = registered(&store).await;
    let new = Write::Publish(publication(model::Fingerprint::from_digest(draw())));
    store.commit(act(vec![new, queue(&["email"])])).await.unwrap();
    assert!(due(&store, 9).await.is_empty(), "it is not due");
    let [row] = <[NoticeRow; 1]>::try_from(due(&store, 10).await).unwrap();
    assert_eq!((row.number, row.subject, row.tries), (1, person.id, 0));
    assert!(due(&store, 20).await.is_empty(), "somebody has it");
    let failed = |due| NoticeFailed { number: 1, due, because: "busy" };
    store.notice_failed(&platform(), failed(Some(at(40)))).await.unwrap();
    assert_eq!(due(&store, 40).await[0].tries, 1);
    store.notice_failed(&platform(), failed(None)).await.unwrap();
    assert!(due(&store, 9_000).await.is_empty());
    assert_eq!(counts(&store, 50).await, [[1, 0, 0, 1, 0]]);
    let given_up = store.notices_given_up(&platform(), 9).await.unwrap();
    assert_eq!((given_up.len(), given_up[0].because.as_deref()), (1, Some("busy")));
    assert_eq!(store.notices_again(&platform(), Some(2), at(60)).await.unwrap(), 0, "there is none");
    assert_eq!(store.notices_again(&platform(), Some(1), at(60)).await.unwrap(), 1);
    assert_eq!(store.notices_again(&platform(), Some(1), at(60)).await.unwrap(), 0, "it is under way");
    assert_eq!(due(&store, 60).await[0].tries, 0);
    store.notice_failed(&platform(), failed(None)).await.unwrap();
    assert_eq!(store.notices_again(&platform(), None, at(60)).await.unwrap(), 1, "all that were given up");
    assert_eq!(store.notices_again(&platform(), None, at(60)).await.unwrap(), 0);
    assert_eq!(due(&store, 60).await[0].tries, 0);
    let told = || act(vec![Write::Told(1, "email".to_owned(), at(61))]);
    let leaf = store.commit(told()).await.unwrap().leaf();
    assert!(matches!(store.commit(told()).await, Err(CommitError::Missing { what: "notice" })));
    let own = store.notices_of(&platform(), person.id).await.unwrap();
    assert_eq!((own[0].told.clone(), own[0].due), (Some((at(61), "email".to_owned(), leaf)), None));
    assert_eq!(counts(&store, 200).await, [[1, 1, 0, 0, 0]]);
}

pub(crate) async fn what_is_replaced_before_it_takes_effect_is_told_no_more(store: Shared) {
    registered(&store).await;
    let from =
        |from| Write::Publish(Publication { from: at(from), ..publication(model::Fingerprint::from_digest(draw())) });
    store.commit(act(vec![from(0)])).await.unwrap();
    store.commit(act(vec![from(500), queue(&["email"])])).await.unwrap();
    store.commit(act(vec![from(300), queue(&["email"])])).await.unwrap();
    assert_eq!(counts(&store, 50).await, [[3, 0, 1, 0, 0]]);
}
