//! Seats, service tokens, sessions, codes, links.

use model::{ActorId, SubjectId};
use shouyue_store::{LoginCode, LoginTry, OneTimeLink, ServiceToken, Session, SessionKind, Staff};

use crate::fixture::*;

pub(crate) async fn seats_are_kept_and_replaced(store: Shared) {
    let seat = |name: &str| Staff {
        id: ActorId::from_random(draw()),
        name: name.into(),
        password: "$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA".into(),
        roles: vec![(slug("anrun"), slug("claims")), (platform(), slug("privacy-officer"))],
        operator: false,
        closed: false,
    };
    let (mut first, second) = (seat("li"), seat("an"));
    store.staff_put(first.clone()).await.unwrap();
    store.staff_put(second.clone()).await.unwrap();
    assert_eq!(store.staff().await.unwrap(), [second, first.clone()]);
    first.roles.remove(0);
    (first.operator, first.closed) = (true, true);
    store.staff_put(first.clone()).await.unwrap();
    assert_eq!(store.staff_by_name("li").await.unwrap(), Some(first));
    assert_eq!(store.staff_by_name("nobody").await.unwrap(), None);
    // A name belongs to one seat.
    assert!(store.staff_put(seat("li")).await.is_err());
    assert_eq!(store.staff().await.unwrap().len(), 2);
}

pub(crate) async fn service_tokens_are_found_by_hash(store: Shared) {
    let mut token = ServiceToken {
        id: ActorId::from_random(draw()),
        name: "claims system".into(),
        digest: draw(),
        platform: platform(),
        actions: vec!["show".into(), "collect".into()],
        purposes: vec![slug("claim-check")],
        party: Some(slug("agency-7")),
        rate: 600,
        revoked: false,
    };
    store.token_put(token.clone()).await.unwrap();
    assert_eq!(store.token_by_digest(&token.digest).await.unwrap(), Some(token.clone()));
    assert_eq!(store.token_by_digest(&draw()).await.unwrap(), None);
    (token.revoked, token.party) = (true, None);
    token.actions.clear();
    store.token_put(token.clone()).await.unwrap();
    assert_eq!(store.token_by_digest(&token.digest).await.unwrap(), Some(token));
}

pub(crate) async fn sessions_end_one_by_one_and_all_of_a_subject(store: Shared) {
    let (mine, other) = (SubjectId::from_random(draw()), SubjectId::from_random(draw()));
    let kinds = [
        SessionKind::Subject(platform(), mine),
        SessionKind::Subject(platform(), mine),
        SessionKind::Subject(slug("anrun"), mine),
        SessionKind::Subject(platform(), other),
        SessionKind::Visitor(platform()),
        SessionKind::Staff(ActorId::from_random(draw())),
    ];
    let sessions = kinds.map(|kind| Session { digest: draw(), kind, csrf: draw(), until: at(60) });
    for session in &sessions {
        store.session_put(session.clone()).await.unwrap();
        assert_eq!(store.session(&session.digest).await.unwrap().as_ref(), Some(session));
    }
    store.sessions_end(&platform(), mine).await.unwrap();
    store.session_end(&sessions[5].digest).await.unwrap();
    let mut left = Vec::new();
    for session in &sessions {
        left.push(store.session(&session.digest).await.unwrap().is_some());
    }
    assert_eq!(left, [false, false, true, true, true, false]);
    // The same cookie, now logged in.
    let session = Session { kind: SessionKind::Subject(platform(), other), ..sessions[4].clone() };
    store.session_put(session.clone()).await.unwrap();
    assert_eq!(store.session(&session.digest).await.unwrap(), Some(session));
}

pub(crate) async fn tries_of_a_code_are_counted_down_once_each(store: Shared) {
    let code = LoginCode { phone: draw(), digest: draw(), until: at(60), tries: 3 };
    assert_eq!(store.login_code_try(&platform(), &code.phone).await.unwrap(), None);
    store.login_code_put(&platform(), LoginCode { digest: draw(), tries: 1, ..code.clone() }).await.unwrap();
    store.login_code_put(&platform(), code.clone()).await.unwrap();
    assert_eq!(store.login_code_try(&slug("anrun"), &code.phone).await.unwrap(), None);
    // All at once: each try sees a count of its own, so that parallel guesses gain nothing.
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (store, phone) = (store.clone(), code.phone);
            tokio::spawn(async move { store.login_code_try(&platform(), &phone).await.unwrap().unwrap() })
        })
        .collect();
    let mut seen = Vec::new();
    for task in tasks {
        let row = task.await.unwrap();
        assert_eq!(row, LoginCode { tries: row.tries, ..code.clone() });
        seen.push(row.tries);
    }
    seen.sort_unstable();
    assert_eq!(seen, [0, 0, 0, 0, 0, 1, 2, 3]);
    store.login_code_end(&platform(), &code.phone).await.unwrap();
    assert_eq!(store.login_code_try(&platform(), &code.phone).await.unwrap(), None);
}

pub(crate) async fn a_link_works_once_and_in_time(store: Shared) {
    let link = OneTimeLink { digest: draw(), until: at(60) };
    store.link_put(link.clone()).await.unwrap();
    assert!(!store.link_use(&draw(), at(0)).await.unwrap());
    assert!(store.link_use(&link.digest, at(59)).await.unwrap());
    assert!(!store.link_use(&link.digest, at(59)).await.unwrap());
    let newer = OneTimeLink { digest: draw(), ..link.clone() };
    store.link_put(link.clone()).await.unwrap();
    store.link_put(newer.clone()).await.unwrap();
    assert!(!store.link_use(&link.digest, at(59)).await.unwrap(), "a newer link takes the older one's place");
    assert!(store.link_use(&newer.digest, at(59)).await.unwrap());
    store.link_put(link.clone()).await.unwrap();
    assert!(!store.link_use(&link.digest, at(60)).await.unwrap());
    assert!(!store.link_use(&link.digest, at(0)).await.unwrap());
}

pub(crate) async fn a_try_is_answered_once_and_a_newer_takes_its_place(store: Shared) {
    let one = LoginTry { session: draw(), platform: platform(), kept: b"{}".to_vec(), until: at(60) };
    assert_eq!(store.login_try_take(&one.session).await.unwrap(), None);
    store.login_try_put(one.clone()).await.unwrap();
    let newer = LoginTry { platform: slug("anrun"), kept: b"[]".to_vec(), until: at(90), ..one };
    store.login_try_put(newer.clone()).await.unwrap();
    assert_eq!(store.login_try_take(&draw()).await.unwrap(), None);
    assert_eq!(store.login_try_take(&newer.session).await.unwrap(), Some(newer.clone()));
    assert_eq!(store.login_try_take(&newer.session).await.unwrap(), None);
}

pub(crate) async fn a_ticket_is_used_by_one_of_many(store: Shared) {
    let digest = draw();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.ticket_use(&digest, at(60)).await.unwrap() })
        })
        .collect();
    let mut used = 0;
    for task in tasks {
        used += usize::from(task.await.unwrap());
    }
    assert_eq!(used, 1);
    assert!(store.ticket_use(&draw(), at(60)).await.unwrap());
}

pub(crate) async fn what_ended_is_dropped_and_the_rest_stays(store: Shared) {
    let session = |until| Session { digest: draw(), kind: SessionKind::Visitor(platform()), csrf: draw(), until };
    let (old, young) = (session(at(60)), session(at(61)));
    store.session_put(old.clone()).await.unwrap();
    store.session_put(young.clone()).await.unwrap();
    let code = LoginCode { phone: draw(), digest: draw(), until: at(60), tries: 3 };
    store.login_code_put(&platform(), code.clone()).await.unwrap();
    let link = OneTimeLink { digest: draw(), until: at(61) };
    store.link_put(link.clone()).await.unwrap();
    let way = LoginTry { session: old.digest, platform: platform(), kept: Vec::new(), until: at(60) };
    store.login_try_put(way).await.unwrap();
    let ticket = draw();
    assert!(store.ticket_use(&ticket, at(60)).await.unwrap());
    assert_eq!(store.expired_drop(at(60)).await.unwrap(), 4);
    assert_eq!(store.expired_drop(at(60)).await.unwrap(), 0);
    assert_eq!(store.session(&old.digest).await.unwrap(), None);
    assert_eq!(store.session(&young.digest).await.unwrap(), Some(young));
    assert_eq!(store.login_code_try(&platform(), &code.phone).await.unwrap(), None);
    assert!(store.link_use(&link.digest, at(60)).await.unwrap());
}
