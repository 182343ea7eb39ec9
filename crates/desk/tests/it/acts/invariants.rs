//! The invariants of the design that acts could break, tried.

use std::sync::Arc;

use policy::question::{Code, Facts};
use policy::syntax::Trigger;
use shouyue_desk::collect::{Addition, add, hand_in, register};
use shouyue_desk::consent::{give, list, withdraw};
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::retain::erase;

use super::handed::{core_system, own_policy};
use super::{denied, refused_for, sealed};
use crate::house::{Bench, CHILD, LI, WANG, field, renamed, slug, yes};

fn visits() -> Addition {
    Addition {
        function: slug("analysis"),
        channel: None,
        product: None,
        record: None,
        person: slug("registrant"),
        fields: vec![field("wechat-city", "海港")],
        consents: Vec::new(),
        facts: Facts::default(),
        trigger: Trigger::Source,
    }
}

/// Invariant 7: the withdrawal lands after the decision and before the commit. What was decided on is gone, so the
/// commit fails, the act is decided anew, and the answer is no.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i07_an_act_under_way_does_not_outrun_a_withdrawal() {
    let bench = Arc::new(Bench::new().await);
    let platform = bench.platform();
    let li = bench.registered(&LI).await.subject;
    give(&bench.house, &platform, li, vec![yes(&platform, "collect.analysis")]).await.unwrap();
    let consents = list(&bench.house, &platform, li).await.unwrap();
    let id = consents.iter().find(|consent| consent.scope == "collect.analysis").unwrap().id;
    let before = sealed(&bench, li).await;

    // The first draw of an addition is the nonce of the value that it seals: the decision lies behind it.
    let other = Arc::clone(&bench);
    bench.entropy.before_draw(1, move || {
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(withdraw(&other.house, &other.platform(), li, id)).unwrap();
        };
        std::thread::spawn(run).join().unwrap();
    });
    let outcome = add(&bench.house, &platform, li, visits(), Who::Subject, None).await;
    denied(outcome.unwrap_err());
    refused_for(&bench, Code::ConsentWithdrawn).await;
    assert_eq!(sealed(&bench, li).await, before);
    let words: Vec<Act> = bench.entries().await.iter().map(|entry| entry.act).collect();
    assert_eq!(words[words.len() - 2..], [Act::Withdraw, Act::Refused], "the withdrawal came between");
}

/// Invariant 3 and rule R59: as many leaves as acts, the refused among them.
#[tokio::test]
async fn r59_every_act_and_every_refusal_leaves_one_leaf() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let core = core_system(&bench).await;
    let mut expected = vec![Act::Publish];
    let li = bench.registered(&LI).await.subject;
    expected.push(Act::Collect);
    let mut none = WANG.registration(&platform);
    none.consents.clear();
    register(&bench.house, &platform, none, Who::Subject, None).await.unwrap_err();
    expected.push(Act::Refused);
    let mut child = CHILD.registration(&platform);
    child.consents.truncate(1);
    register(&bench.house, &platform, child, Who::Subject, None).await.unwrap_err();
    expected.push(Act::Refused);
    add(&bench.house, &platform, li, visits(), Who::Subject, None).await.unwrap_err();
    expected.push(Act::Refused);
    give(&bench.house, &platform, li, vec![yes(&platform, "collect.analysis")]).await.unwrap();
    expected.push(Act::Consent);
    add(&bench.house, &platform, li, visits(), Who::Subject, None).await.unwrap();
    expected.push(Act::Collect);
    hand_in(&bench.house, &platform, &core, own_policy(&LI), None).await.unwrap();
    expected.push(Act::Collect);
    erase(&bench.house, &platform, li, Who::Subject).await.unwrap();
    expected.push(Act::Erase);
    let words: Vec<Act> = bench.entries().await.iter().map(|entry| entry.act).collect();
    assert_eq!(words, expected);
}

/// Invariant 10 and rule R60: what people typed stands in no leaf and in no file.
#[tokio::test]
async fn r60_no_personal_value_stands_in_a_leaf_or_a_file() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let core = core_system(&bench).await;
    let li = bench.registered(&LI).await.subject;
    let form = super::collect::company(&platform, WANG.number);
    register(&bench.house, &platform, form, Who::Subject, None).await.unwrap();
    hand_in(&bench.house, &platform, &core, own_policy(&CHILD), None).await.unwrap();
    give(&bench.house, &platform, li, vec![yes(&platform, "collect.analysis")]).await.unwrap();
    add(&bench.house, &platform, li, visits(), Who::Subject, None).await.unwrap();
    erase(&bench.house, &platform, li, Who::Subject).await.unwrap();

    let typed = [LI, WANG, CHILD].iter().flat_map(crate::house::Person::values).collect::<Vec<_>>();
    let more = ["contact@shili.example", "示例科技有限公司", "91350211M000100Y46", "HG-2026-000017", "upload:8f14e45f"];
    let ids = [li.to_string()];
    for leaf in bench.store.leaves(&platform.id, 0, 1_000).await.unwrap() {
        let entry = String::from_utf8(leaf.entry).unwrap();
        for value in typed.iter().copied().chain(more).chain(ids.iter().map(String::as_str)) {
            assert!(!entry.contains(value), "{value} in {entry}");
        }
    }
    for value in typed.into_iter().chain(more) {
        let found = bench.files_with(value);
        assert!(found.is_empty(), "{value} in {found:?}");
    }
}

/// Invariant 11: one person on two platforms has nothing in common there, and no sealed byte moves across.
#[tokio::test]
async fn i11_platforms_never_meet() {
    let bench = Bench::new().await;
    let elsewhere = bench.publish(renamed("elsewhere")).await.unwrap();
    let here = bench.registered(&LI).await;
    let form = LI.registration(&elsewhere);
    let there = register(&bench.house, &elsewhere, form, Who::Subject, None).await.unwrap();
    assert_ne!(here.subject, there.subject);
    assert!(bench.store.subject(&elsewhere.id, here.subject).await.unwrap().is_none());
    let role = slug("registrant");
    let platform = bench.platform();
    let sealed_here = bench.store.part(&platform.id, here.record, Some(here.subject), &role).await.unwrap().unwrap();
    let sealed_there =
        bench.store.part(&elsewhere.id, there.record, Some(there.subject), &role).await.unwrap().unwrap();
    for value in &sealed_here.values {
        assert!(sealed_there.values.iter().all(|other| other.sealed != value.sealed));
    }
    // A page of one platform cannot be used on the other: neither the subject nor the consent is known there.
    let consent = list(&bench.house, &platform, here.subject).await.unwrap()[0].id;
    withdraw(&bench.house, &elsewhere, here.subject, consent).await.unwrap_err();
    withdraw(&bench.house, &elsewhere, there.subject, consent).await.unwrap_err();
}

/// Invariant 3: what could not be written whole was not written at all.
#[tokio::test]
async fn i03_a_registration_that_collides_leaves_nothing_behind() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    bench.registered(&LI).await;
    let size = bench.size().await;
    let mut form = WANG.registration(&platform);
    form.persons[0].fields.retain(|(item, _)| item != "phone");
    form.persons[0].fields.push(field("phone", LI.phone));
    register(&bench.house, &platform, form, Who::Subject, None).await.unwrap_err();
    assert_eq!(bench.size().await, size);
    assert_eq!(bench.store.integrity(&platform.id).await.unwrap(), [""; 0]);
    // The other half of the failed registration, the document number, is still free.
    bench.registered(&WANG).await;
}
