//! Publishing: what stands in the way, and that versions stay apart.

use policy::finding::Source;
use shouyue_desk::Refusal;
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::publish::{Publish, publish};

use crate::house::{Bench, LI, haigang, slug, text};

#[tokio::test]
async fn a_published_version_is_in_force_and_on_the_ledger() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let entry = bench.entry(0).await;
    assert_eq!((entry.act, entry.policy, entry.text), (Act::Publish, platform.tables.policy(), Some(text())));
    let versions = bench.store.publications(&slug("haigang")).await.unwrap();
    assert_eq!((versions.len(), versions[0].stem.as_str()), (1, "undated"));
    assert_eq!(versions[0].notice, "<p>notice</p>");
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
    let wrong = Publish { policy, operation, notice, text: text(), who: Who::House, suite: None };
    assert!(matches!(publish(&bench.house, wrong).await, Err(Refusal::Wrong(_))));
    assert!(bench.house.platforms().is_empty());
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
