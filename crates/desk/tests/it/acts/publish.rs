//! Publishing: what stands in the way, and that versions stay apart.

use std::sync::Arc;

use model::SubjectId;
use policy::diff::Cause;
use policy::finding::Source;
use policy::question::{Code, Facts, Outcome, Processing, Reason};
use policy::syntax::Action;
use shouyue_desk::consent::{ConsentView, asked_again, give, list};
use shouyue_desk::house::Parts;
use shouyue_desk::keys::rotate_parts;
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::ports::Parties;
use shouyue_desk::publish::{Publish, publish};
use shouyue_desk::report::{Kind, make};
use shouyue_desk::{House, Refusal};
use vault::Suite;

use crate::house::{Bench, LARGEST, LI, haigang, slug, text, yes};

#[tokio::test]
async fn a_published_version_is_in_force_and_on_the_ledger() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let entry = bench.entry(0).await;
    assert_eq!((entry.act, entry.policy, entry.text), (Act::Publish, platform.tables.policy(), Some(text())));
    let versions = bench.store.publications(&slug("haigang")).await.unwrap();
    assert_eq!((versions.len(), versions[0].head.stem.as_str()), (1, "undated"));
    assert_eq!(versions[0].texts.notice, "<p>notice</p>");
}

#[tokio::test]
async fn an_error_of_the_language_is_not_published() {
    let bench = Bench::empty().await;
    let (policy, operation) = haigang();
    let broken = policy.text.replace("kind = \"life-insurer\"", "kind = \"live-insurer\"");
    let refused = bench.publish((Source::new("undated.toml", broken), operation)).await;
    let Err(Refusal::Findings(findings)) = refused else { panic!("published") };
    assert!(findings.iter().any(|finding| finding.code == "L0108"));
    assert!(bench.house.platforms().is_empty());
}

#[tokio::test]
async fn r8_a_notice_is_published_under_its_own_fingerprint_only() {
    let bench = Bench::empty().await;
    let (policy, operation) = haigang();
    let notice = "<p>another notice</p>".to_owned();
    let wrong = Publish { policy, operation, notice, text: text(), who: Who::House, suite: None, from: None };
    assert!(matches!(publish(&bench.house, wrong).await, Err(Refusal::Wrong(_))));
    assert!(bench.house.platforms().is_empty());
}

/// The same with a declaration of the suite.
fn declaring(suite: &str) -> (Source, Source) {
    let (policy, operation) = haigang();
    (policy, Source::new("operation.toml", format!("cryptography = \"{suite}\"\n{}", operation.text)))
}

#[tokio::test]
async fn r68_a_suite_that_is_declared_is_the_one_that_is_used_or_nothing_is_served() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await;
    let refused = bench.publish(declaring("guomi")).await;
    assert!(matches!(refused, Err(Refusal::Wrong(_))), "the keys are of another suite");
    bench.publish(declaring("international")).await.unwrap();
    let other = rotate_parts(&bench.house, &bench.platform(), Some(Suite::Guomi)).await;
    assert!(matches!(other, Err(Refusal::Wrong(_))), "nothing leads away from what is declared");
    // The way from one to another: none is declared, the key is changed, the new one is declared.
    bench.publish(haigang()).await.unwrap();
    rotate_parts(&bench.house, &bench.platform(), Some(Suite::Guomi)).await.unwrap();
    bench.publish(declaring("guomi")).await.unwrap();
    assert_eq!(list(&bench.house, &bench.platform(), li.subject).await.unwrap().len(), 2, "nobody lost anything");
}

#[tokio::test]
async fn r68_a_platform_that_is_found_under_another_suite_is_closed_until_its_key_is_changed() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await;
    // A row as an earlier release wrote it: nobody held the declaration against the keys.
    let (policy, operation) = declaring("guomi");
    let old = bench.platform();
    let publication = store::Publication {
        policy: old.tables.policy(),
        tables: old.tables.fingerprint(),
        text: text(),
        stem: "undated".to_owned(),
        source: policy.text.to_string(),
        operation: operation.text.to_string(),
        notice: "<p>notice</p>".to_owned(),
        from: bench.house.now(),
    };
    let leaf =
        store::Leaf { entry: b"{}".to_vec(), kind: "publish".to_owned(), at: bench.house.now(), subjects: vec![] };
    let writes = vec![store::Write::Publish(publication)];
    let batch = store::Batch { platform: slug("haigang"), expect: vec![], writes, leaf, key: None };
    bench.store.commit(batch).await.unwrap();
    let house = bench.second().await;
    let closed = house.platform("haigang");
    assert!(
        matches!(&closed, Err(Refusal::NotAsDeclared { declared: "guomi", used: "international" })),
        "{}",
        closed.is_ok()
    );
    assert!(house.platforms().is_empty() && matches!(house.ready().await, Err(Refusal::NotAsDeclared { .. })));
    let platform = house.any_platform("haigang").unwrap();
    let act = give(&house, &platform, li.subject, vec![yes(&platform, "collect.customer-service")]).await;
    assert!(matches!(act, Err(Refusal::NotAsDeclared { .. })), "no act, whatever way leads there");
    let report = make(&house, &platform, Kind::Cryptography, None, Who::House).await.unwrap();
    assert_eq!(report.report.faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["not-as-declared"]);

    rotate_parts(&house, &platform, Some(Suite::Guomi)).await.unwrap();
    let open = house.platform("haigang").unwrap();
    give(&house, &open, li.subject, vec![yes(&open, "collect.customer-service")]).await.unwrap();
}

#[tokio::test]
async fn r62_each_leaf_pins_the_policy_the_tables_and_the_text_of_its_time() {
    let bench = Bench::new().await;
    let old = bench.platform();
    let first = bench.registered(&LI).await;
    let (policy, operation) = haigang();
    let changed = policy.text.replace("title = \"个人信息保护政策\"", "title = \"个人信息保护政策（第二版）\"");
    bench.publish((Source::new("undated.toml", changed), operation)).await.unwrap();
    let new = bench.platform();
    assert_ne!(old.tables.policy(), new.tables.policy());
    let second = bench.registered(&crate::house::WANG).await;
    for (leaf, version) in [(first.leaf, &old), (second.leaf, &new)] {
        let entry = bench.entry(leaf).await;
        assert_eq!(entry.policy, version.tables.policy());
        assert_eq!(entry.tables, version.tables.fingerprint());
        assert_eq!(entry.text, Some(version.text));
    }
    let versions = bench.store.publications(&slug("haigang")).await.unwrap();
    assert_eq!(versions.len(), 2, "the old version stays readable");
    // A page made before the change still holds the old version: its act is decided on the new one.
    let form = crate::house::CHILD.registration(&old);
    let late = shouyue_desk::collect::register(&bench.house, &old, form, Who::Subject, None);
    late.await.unwrap_err();
    assert_eq!(bench.entries().await.pop().unwrap().policy, new.tables.policy());
}

/// Publishes 海港's text with one passage replaced.
async fn published_with(bench: &Bench, passage: &str, by: &str) {
    let (policy, operation) = haigang();
    assert!(policy.text.contains(passage), "{passage}");
    let changed = policy.text.replacen(passage, by, 1);
    bench.publish((Source::new("undated.toml", changed), operation)).await.unwrap();
}

/// 海港's text says that rights are cut with a new consent only; how long a cancellation takes stands in no scope.
#[tokio::test]
async fn r09_a_new_consent_that_the_text_promises_is_asked_of_whoever_consented() {
    let bench = Bench::new().await;
    let (long, short) =
        ("length = { count = 15, unit = \"working-days\" }", "length = { count = 10, unit = \"working-days\" }");
    published_with(&bench, long, short).await;
    let li = bench.registered(&LI).await.subject;
    let given: Vec<String> =
        list(&bench.house, &bench.platform(), li).await.unwrap().into_iter().map(|one| one.scope).collect();
    bench.publish(haigang()).await.unwrap();
    let platform = bench.platform();
    let standing = |views: Vec<ConsentView>| views.into_iter().filter(|one| one.stands).count();
    assert_eq!(standing(list(&bench.house, &platform, li).await.unwrap()), 0, "longer to wait is a right cut");
    let again = asked_again(&bench.house, &platform, li).await.unwrap();
    let mut asked: Vec<String> = again.iter().map(|one| one.scope.clone()).collect();
    asked.sort();
    let mut expected = given.clone();
    expected.sort();
    assert_eq!(asked, expected, "everything that was consented to, and nothing else");
    for one in &again {
        assert_eq!(one.why.iter().map(|why| why.cause).collect::<Vec<_>>(), [Cause::RightsCut]);
    }
    assert_eq!(registering(&bench, li).await.0, Outcome::Withheld, "until it is given anew");
    give(&bench.house, &platform, li, vec![yes(&platform, "collect.register")]).await.unwrap();
    assert_eq!(registering(&bench, li).await.0, Outcome::Clear);

    // The other way round nothing is cut: what was given anew carries over, and no more.
    published_with(&bench, long, "length = { count = 5, unit = \"working-days\" }").await;
    let platform = bench.platform();
    assert_eq!(standing(list(&bench.house, &platform, li).await.unwrap()), 1);
    let again: Vec<String> =
        asked_again(&bench.house, &platform, li).await.unwrap().into_iter().map(|one| one.scope).collect();
    assert_eq!(again, expected.into_iter().filter(|scope| scope != "collect.register").collect::<Vec<_>>());
}

/// What the version in force says of taking a telephone number at registration, and why.
async fn registering(bench: &Bench, subject: SubjectId) -> (Outcome, Vec<Reason>) {
    let platform = bench.platform();
    let snapshot = bench.store.snapshot(&platform.id, subject).await.unwrap().unwrap();
    let asked = Processing::new(slug("haigang"), Action::Collect, "registrant", vec!["phone".to_owned()]);
    let facts = Facts { same_person: Some(Vec::new()), ..Facts::default() };
    let asked = Processing { function: Some("register".to_owned()), facts, ..asked };
    let born = Some(LI.birth.parse().unwrap());
    let answer = platform.tables.decide(&asked, snapshot.state(), born, bench.house.now());
    let item = answer.items.into_iter().next().unwrap();
    (item.outcome, item.reasons)
}

/// The scopes of which a consent stands.
async fn standing(bench: &Bench, subject: SubjectId) -> Vec<String> {
    let consents = list(&bench.house, &bench.platform(), subject).await.unwrap();
    let mut scopes: Vec<String> =
        consents.into_iter().filter(|consent| consent.stands).map(|consent| consent.scope).collect();
    scopes.sort();
    scopes
}

#[tokio::test]
async fn r09_a_consent_carries_over_to_a_version_in_which_it_reaches_no_further() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    published_with(&bench, "name = \"用户注册\"", "name = \"个人用户注册\"").await;
    assert_eq!(registering(&bench, li).await, (Outcome::Clear, Vec::new()));
    assert_eq!(standing(&bench, li).await, ["collect.register", "collect.register.identity-document"]);
}

#[tokio::test]
async fn r09_a_consent_that_reaches_further_now_is_asked_for_again_and_no_other() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    published_with(&bench, "\"name\", \"phone\", \"id-type\",", "\"name\", \"phone\", \"email\", \"id-type\",").await;
    let (outcome, reasons) = registering(&bench, li).await;
    assert_eq!(outcome, Outcome::Withheld);
    let of_scope = |reason: &&Reason| reason.scope.as_deref() == Some("collect.register");
    let codes: Vec<Code> = reasons.iter().filter(of_scope).map(|reason| reason.code).collect();
    assert!(!codes.is_empty() && codes.iter().all(|code| *code == Code::ConsentOfOtherVersion), "{reasons:?}");
    assert_eq!(standing(&bench, li).await, ["collect.register.identity-document"], "documents are the same ones");
    let platform = bench.platform();
    give(&bench.house, &platform, li, vec![yes(&platform, "collect.register")]).await.unwrap();
    assert_eq!(registering(&bench, li).await, (Outcome::Clear, Vec::new()));
}

#[tokio::test]
async fn r09_what_carries_over_is_known_again_after_a_restart() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    published_with(&bench, "name = \"用户注册\"", "name = \"个人用户注册\"").await;
    published_with(&bench, "name = \"用户注册\"", "name = \"用户登记\"").await;
    assert_eq!(registering(&bench, li).await, (Outcome::Clear, Vec::new()), "two versions later");
    let parts = Parts {
        store: Arc::clone(&bench.store),
        root: vault::RootKey::from_bytes(&mut [0x42; 32]).unwrap().into(),
        clock: bench.clock.clone(),
        entropy: bench.entropy.clone(),
        parties: Parties::default(),
        largest_attachment: LARGEST,
    };
    let again = House::open(parts).await.unwrap().platform("haigang").unwrap();
    let served = bench.platform();
    assert_eq!(again.tables.fingerprint(), served.tables.fingerprint());
    let snapshot = bench.store.snapshot(&served.id, li).await.unwrap().unwrap();
    let consents = &snapshot.state().consents;
    assert!(consents.iter().all(|consent| consent.policy != served.tables.policy().to_string()));
    assert!(consents.iter().all(|consent| again.tables.counts(consent)), "{consents:?}");
}
