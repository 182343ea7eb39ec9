//! Records that the company's own systems hand in, and their life events.

use jiff::civil::date;
use model::act::Account;
use policy::question::{Code, Effect};
use shouyue_desk::Refusal;
use shouyue_desk::collect::{HandIn, Handed, Once, event, hand_in, register};
use shouyue_desk::leaf::{Act, Who};
use store::{ServiceToken, TokenKind};

use super::{codes, denied, faults, sealed};
use crate::house::{Bench, CHILD, LI, Person, WANG, field, slug};

/// A system that may collect on 海港.
pub(super) async fn core_system(bench: &Bench) -> shouyue_desk::seat::Caller {
    system(bench, 5, &[]).await
}

/// One of several, which may collect in the course of these functions.
pub(super) async fn system(bench: &Bench, nth: u8, functions: &[&str]) -> shouyue_desk::seat::Caller {
    use aws_lc_rs::digest::{SHA256, digest};
    let secret = format!("service token {nth} of the core system");
    let token = ServiceToken {
        id: model::ActorId::from_random([nth; 16]),
        name: "core".into(),
        digest: digest(&SHA256, secret.as_bytes()).as_ref().try_into().unwrap(),
        platform: slug("haigang"),
        actions: vec!["collect".into()],
        purposes: functions.iter().map(|function| slug(function)).collect(),
        party: None,
        rate: 10_000,
        revoked: false,
    };
    bench.store.token_put(token).await.unwrap();
    shouyue_desk::seat::caller(&bench.house, &secret).await.unwrap()
}

pub(super) fn person(person: &Person, roles: &[&str]) -> Handed {
    Handed {
        roles: roles.iter().map(|role| slug(role)).collect(),
        fields: vec![
            field("name", person.name),
            field("id-type", "居民身份证"),
            field("id-number", person.number),
            field("birth-date", person.birth),
        ],
    }
}

/// A policy for ten years of which the first begins in 2026.
pub(super) fn policy(people: Vec<Handed>) -> HandIn {
    HandIn {
        class: slug("policy"),
        product: None,
        in_force_from: Some(date(2026, 1, 1)),
        in_force_until: Some(date(2035, 12, 31)),
        people,
    }
}

/// A policy of one person, applicant and insured at once.
pub(super) fn own_policy(one: &Person) -> HandIn {
    let mut own = person(one, &["applicant", "insured"]);
    own.fields.push(field("policy-info", "HG-2026-000017"));
    policy(vec![own])
}

#[tokio::test]
async fn a_policy_finds_its_people_by_document_number_or_makes_them() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await.subject;
    let core = core_system(&bench).await;
    let before = bench.size().await;
    let people = vec![person(&LI, &["applicant"]), person(&CHILD, &["insured"]), person(&WANG, &["beneficiary"])];
    let done = hand_in(&bench.house, &platform, &core, policy(people), None).await.unwrap();
    assert_eq!(bench.size().await, before + 1, "one act over three people");
    assert_eq!(done.subjects[0], li);
    let child = bench.store.subject(&platform.id, done.subjects[1]).await.unwrap().unwrap();
    assert_eq!((child.account, child.gate), (Account::None, Some((done.record, slug("insured")))));
    let entry = bench.entry(done.leaf).await;
    assert_eq!((entry.act, entry.effect, entry.with.len()), (Act::Collect, Effect::Permit, 2));
    for subject in &done.subjects {
        let salts = bench.store.leaves_of(&platform.id, *subject).await.unwrap();
        let (_, salt) = salts.iter().find(|(leaf, _)| *leaf == done.leaf).unwrap();
        assert!(entry.concerns(salt, *subject));
        for other in done.subjects.iter().filter(|other| *other != subject) {
            assert!(!entry.concerns(salt, *other), "a receipt tells of its own subject only");
        }
    }
    // The same people again are the same subjects.
    let again = vec![person(&CHILD, &["applicant"]), person(&CHILD, &["insured"])];
    let again = hand_in(&bench.house, &platform, &core, policy(again), None).await.unwrap();
    assert_eq!(again.subjects, [done.subjects[1]]);
}

#[tokio::test]
async fn each_role_keeps_what_the_class_holds_for_it() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let core = core_system(&bench).await;
    let done = hand_in(&bench.house, &platform, &core, own_policy(&LI), None).await.unwrap();
    assert_eq!(done.subjects.len(), 1);
    assert_eq!(sealed(&bench, done.subjects[0]).await, 10);
    let mut stray = person(&WANG, &["beneficiary"]);
    stray.fields.push(field("bank-card", "6222021234567890128"));
    let refusal = hand_in(&bench.house, &platform, &core, policy(vec![stray]), None).await.unwrap_err();
    assert_eq!(faults(refusal), [("bank-card".to_owned(), "not-held")]);
}

#[tokio::test]
async fn a_record_comes_in_once_for_one_key() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let core = core_system(&bench).await;
    let once = Once::new(&platform, "core", "policy-17", b"body");
    let first = hand_in(&bench.house, &platform, &core, own_policy(&LI), Some(once)).await.unwrap();
    let again = hand_in(&bench.house, &platform, &core, own_policy(&LI), Some(once)).await.unwrap();
    assert_eq!(first, again);
}

#[tokio::test]
async fn an_event_is_one_that_the_class_declares_and_its_reason_a_code() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let core = core_system(&bench).await;
    let record = hand_in(&bench.house, &platform, &core, own_policy(&LI), None).await.unwrap().record;
    let day = date(2026, 5, 30);
    let done = event(&bench.house, &platform, &core, record, "claim-opened", day, None, None).await.unwrap();
    let entry = bench.entry(done.leaf).await;
    assert_eq!((entry.act, entry.because.as_deref()), (Act::Event, Some("claim-opened")));
    for (word, reason) in [("transaction-completed", None), ("claim-closed", Some("李示例 called"))] {
        let refused = event(&bench.house, &platform, &core, record, word, day, reason, None).await;
        assert!(matches!(refused, Err(Refusal::Wrong(_))));
    }
}

/// Whoever types somebody's document number alone may be anybody: only where the identity was checked does a person whom
/// a system handed in get the account, with the policies that hang on it.
#[tokio::test]
async fn who_was_handed_in_gets_an_account_at_the_counter_only() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let core = core_system(&bench).await;
    let policy = hand_in(&bench.house, &platform, &core, own_policy(&LI), None).await.unwrap();
    let by = |who: Who| register(&bench.house, &platform, LI.registration(&platform), who, None);
    assert!(matches!(by(Who::Subject).await, Err(Refusal::Taken(TokenKind::Document))));
    // No role of the operation file may register anybody: the counter's own system does.
    let clerk = Who::Staff { seat: model::ActorId::from_random([9; 16]), role: slug("service") };
    assert!(codes(&denied(by(clerk).await.unwrap_err())).contains(&Code::RoleNotAllowed));
    let counter = Who::Service { token: core.id() };
    let done = by(counter.clone()).await.unwrap();
    assert_eq!(done.subject, policy.subjects[0]);
    let row = bench.store.subject(&platform.id, done.subject).await.unwrap().unwrap();
    assert_eq!(row.account, Account::Active);
    assert_eq!(sealed(&bench, done.subject).await, 10 + 7);
    assert!(matches!(by(counter).await, Err(Refusal::Taken(_))));
}
