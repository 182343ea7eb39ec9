//! Who gets in: one first operator, staff with passphrases, systems with tokens, customers with codes.

use jiff::SignedDuration;
use model::act::Account;
use shouyue_desk::Refusal;
use shouyue_desk::retain::erase;
use shouyue_desk::seat::{
    Holder, NewSeat, NewToken, caller, duty, first_link, first_operator, login_code_check, login_code_send, seat_close,
    seat_new, seat_of, seat_roles, seats, service_token_new, service_token_revoke, session, session_end, session_new,
    sessions_end, staff_login,
};

use super::{PASSPHRASE, QUICK, said};
use crate::house::{Bench, LI, WANG, slug};

#[tokio::test]
async fn the_first_link_works_once_and_for_a_day() {
    let bench = Bench::empty().await;
    let house = &bench.house;
    let late = first_link(house).await.unwrap();
    bench.clock.advance(SignedDuration::from_hours(24));
    assert!(matches!(first_operator(house, QUICK, late.expose(), "root", PASSPHRASE).await, Err(Refusal::NotFound(_))));
    let link = first_link(house).await.unwrap();
    let short = first_operator(house, QUICK, link.expose(), "root", "short").await;
    assert!(matches!(short, Err(Refusal::Fields(_))), "a wrong form does not use the link up");
    assert!(matches!(first_operator(house, QUICK, "guess", "root", PASSPHRASE).await, Err(Refusal::NotFound(_))));
    let id = first_operator(house, QUICK, link.expose(), "root", PASSPHRASE).await.unwrap();
    assert!(seat_of(house, id).await.unwrap().operator);
    let again = first_operator(house, QUICK, link.expose(), "other", PASSPHRASE).await;
    assert!(matches!(again, Err(Refusal::NotAllowed(_))));
    assert!(matches!(first_link(house).await, Err(Refusal::NotAllowed(_))));
    assert!(bench.files_with(PASSPHRASE).is_empty() && bench.files_with(link.expose()).is_empty());
}

#[tokio::test]
async fn ten_wrong_passphrases_lock_a_name_and_time_opens_it() {
    let bench = Bench::new().await;
    bench.operator().await;
    let house = &bench.house;
    let wrong = said(staff_login(house, QUICK, "root", "wrong wrong wrong").await);
    assert_eq!(wrong, said(staff_login(house, QUICK, "nobody", PASSPHRASE).await), "no hint which names exist");
    for _ in 1..10 {
        assert!(matches!(staff_login(house, QUICK, "root", "wrong").await, Err(Refusal::NotAllowed(_))));
    }
    assert!(matches!(staff_login(house, QUICK, "root", PASSPHRASE).await, Err(Refusal::TooMany)));
    bench.clock.advance(SignedDuration::from_mins(15));
    assert!(staff_login(house, QUICK, "root", PASSPHRASE).await.is_ok());
}

#[tokio::test]
async fn operators_manage_seats_and_nobody_else_does() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let house = &bench.house;
    let seat = |name: &str, role: &str| NewSeat {
        name: name.to_owned(),
        passphrase: PASSPHRASE.to_owned(),
        roles: vec![(slug("haigang"), slug(role))],
        operator: false,
    };
    let id = seat_new(house, QUICK, &operator, seat("zhou", "service")).await.unwrap();
    for (name, role) in [("zhou", "service"), ("", "service"), ("chen", "no-such-role")] {
        let refused = seat_new(house, QUICK, &operator, seat(name, role)).await;
        assert!(matches!(refused, Err(Refusal::Fields(_))), "{name} {role}");
    }
    let zhou = staff_login(house, QUICK, "zhou", PASSPHRASE).await.unwrap();
    assert!(matches!(seat_new(house, QUICK, &zhou, seat("chen", "claims")).await, Err(Refusal::NotAllowed(_))));
    assert!(matches!(seats(house, &zhou).await, Err(Refusal::NotAllowed(_))));
    assert_eq!(seats(house, &operator).await.unwrap().len(), 2);
    assert_eq!(duty(&bench.platform(), &zhou).unwrap().role(), &slug("service"));
    seat_roles(house, &operator, id, Vec::new()).await.unwrap();
    let zhou = seat_of(house, id).await.unwrap();
    assert!(matches!(duty(&bench.platform(), &zhou), Err(Refusal::NotAllowed(_))));
    seat_close(house, &operator, id).await.unwrap();
    assert!(matches!(seat_of(house, id).await, Err(Refusal::NotAllowed(_))));
    assert!(matches!(staff_login(house, QUICK, "zhou", PASSPHRASE).await, Err(Refusal::NotAllowed(_))));
    assert!(matches!(seat_close(house, &operator, operator.id).await, Err(Refusal::NotAllowed(_))));
}

#[tokio::test]
async fn sessions_are_kept_as_digests_and_end() {
    let bench = Bench::new().await;
    let subject = bench.registered(&LI).await.subject;
    let (house, platform) = (&bench.house, &bench.platform());
    let kind = Holder::Subject(slug("haigang"), subject);
    let opened = session_new(house, kind.clone()).await.unwrap();
    let found = session(house, opened.cookie.expose()).await.unwrap().unwrap();
    assert_eq!(found, opened.session);
    assert_eq!(found.holder, kind);
    assert!(
        found.is_mine(&found.csrf)
            && !found.is_mine("")
            && !found.is_mine(&found.csrf.to_uppercase().replace('0', "1"))
    );
    assert!(session(house, "guess").await.unwrap().is_none());
    assert!(bench.files_with(opened.cookie.expose()).is_empty());
    let other = session_new(house, kind.clone()).await.unwrap();
    session_end(house, other.cookie.expose()).await.unwrap();
    assert!(session(house, other.cookie.expose()).await.unwrap().is_none());
    assert!(session(house, opened.cookie.expose()).await.unwrap().is_some());
    sessions_end(house, platform, subject).await.unwrap();
    assert!(session(house, opened.cookie.expose()).await.unwrap().is_none(), "logged out everywhere");
    let late = session_new(house, kind).await.unwrap();
    bench.clock.advance(SignedDuration::from_hours(2));
    assert!(session(house, late.cookie.expose()).await.unwrap().is_none());
}

#[tokio::test]
async fn service_tokens_are_scoped_limited_and_revoked() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let house = &bench.house;
    let new = NewToken {
        name: "core".to_owned(),
        platform: slug("haigang"),
        actions: vec!["collect".to_owned(), "decide".to_owned()],
        purposes: vec![slug("query-policy")],
        party: None,
        rate: 3,
    };
    for wrong in [
        NewToken { actions: vec!["everything".to_owned()], ..new.clone() },
        NewToken { purposes: vec![slug("no-such-purpose")], ..new.clone() },
        NewToken { party: Some(slug("no-such-party")), ..new.clone() },
    ] {
        assert!(matches!(service_token_new(house, &operator, wrong).await, Err(Refusal::Fields(_))));
    }
    let issued = service_token_new(house, &operator, new).await.unwrap();
    assert!(issued.secret.expose().starts_with("shouyue_"));
    assert!(bench.files_with(issued.secret.expose()).is_empty());
    let secret = issued.secret.expose();
    let core = caller(house, secret).await.unwrap();
    let platform = bench.platform();
    assert!(core.may(&platform, "collect", Some("query-policy")).is_ok());
    assert!(core.may(&platform, "share", None).is_err());
    assert!(core.may(&platform, "collect", Some("register")).is_err());
    assert!(caller(house, secret).await.is_ok() && caller(house, secret).await.is_ok());
    assert!(matches!(caller(house, secret).await, Err(Refusal::TooMany)), "three a minute");
    bench.clock.advance(SignedDuration::from_secs(20));
    assert!(caller(house, secret).await.is_ok());
    service_token_revoke(house, &operator, &issued.digest).await.unwrap();
    bench.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(said(caller(house, secret).await), said(caller(house, "shouyue_guess").await));
}

#[tokio::test]
async fn a_code_logs_in_once_within_five_minutes() {
    let bench = Bench::new().await;
    let subject = bench.registered(&LI).await.subject;
    let (house, platform) = (&bench.house, &bench.platform());
    let send = async || {
        login_code_send(house, platform, LI.phone.to_owned().into()).await.unwrap();
        sent(&bench).await
    };
    let login = async |code: &str| login_code_check(house, platform, &LI.phone.to_owned().into(), code).await;
    let (phone, code) = send().await;
    assert_eq!((phone.as_str(), code.len()), (LI.phone, 6));
    assert!(code.bytes().all(|digit| digit.is_ascii_digit()));
    assert_eq!(login(&code).await.unwrap(), subject);
    assert!(login(&code).await.is_err(), "used");
    let (_, late) = send().await;
    bench.clock.advance(SignedDuration::from_mins(5));
    assert!(login(&late).await.is_err(), "too old");
    let (_, code) = send().await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert!(login(wrong).await.is_err());
    }
    assert!(login(&code).await.is_err(), "five tries are all");
    assert!(bench.files_with(LI.phone).is_empty());
}

/// The message is sent beside the answer: waits for it.
async fn sent(bench: &Bench) -> (String, String) {
    let began = std::time::Instant::now();
    while began.elapsed() < std::time::Duration::from_secs(60) {
        if let Some(sent) = bench.sms.newest() {
            return sent;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    panic!("no message was sent");
}

#[tokio::test]
async fn nobody_learns_from_a_log_in_who_has_an_account() {
    let bench = Bench::new().await;
    let registered = bench.registered(&LI).await;
    let (house, platform) = (&bench.house, &bench.platform());
    login_code_send(house, platform, WANG.phone.to_owned().into()).await.unwrap();
    login_code_send(house, platform, LI.phone.to_owned().into()).await.unwrap();
    let (phone, code) = sent(&bench).await;
    assert_eq!(phone, LI.phone, "a stranger gets no message");
    assert!(bench.sms.newest().is_none());
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let known = said(login_code_check(house, platform, &LI.phone.to_owned().into(), wrong).await);
    let unknown = said(login_code_check(house, platform, &WANG.phone.to_owned().into(), wrong).await);
    assert_eq!(known, unknown);
    assert!(matches!(login_code_send(house, platform, "12345".to_owned().into()).await, Err(Refusal::Fields(_))));
    for _ in 1..5 {
        login_code_send(house, platform, WANG.phone.to_owned().into()).await.unwrap();
    }
    let sixth = login_code_send(house, platform, WANG.phone.to_owned().into()).await;
    assert!(matches!(sixth, Err(Refusal::TooMany)));

    erase(house, platform, registered.subject, shouyue_desk::leaf::Who::Subject).await.unwrap();
    let row = bench.store.subject(&slug("haigang"), registered.subject).await.unwrap();
    assert!(row.is_none_or(|row| row.account != Account::Active));
    assert!(login_code_check(house, platform, &LI.phone.to_owned().into(), &code).await.is_err(), "a closed account");
}
