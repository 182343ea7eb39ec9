//! A version's way: announced, in force at its instant by itself, archived; each act is of the version in force at its own.

use std::sync::Arc;

use policy::finding::Source;
use shouyue_desk::consent::{give, list};
use shouyue_desk::house::Parts;
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::ports::Parties;
use shouyue_desk::publish::{Publish, Stage, publish, versions};
use shouyue_desk::{House, Refusal};

use crate::house::{Bench, LARGEST, LI, WANG, haigang, text, yes};

/// Midnight in Shanghai.
const EFFECT: &str = "2026-06-30T16:00:00Z";

/// 海港's text in which registration takes an e-mail address, too.
fn wider() -> (Source, Source) {
    let (policy, operation) = haigang();
    let (was, is) = ("\"name\", \"phone\", \"id-type\",", "\"name\", \"phone\", \"email\", \"id-type\",");
    assert!(policy.text.contains(was));
    (Source::new("undated.toml", policy.text.replacen(was, is, 1)), operation)
}

fn titled(title: &str) -> (Source, Source) {
    let (policy, operation) = haigang();
    let titled = policy.text.replace("title = \"个人信息保护政策\"", &format!("title = \"{title}\""));
    (Source::new("undated.toml", titled), operation)
}

fn from((policy, operation): (Source, Source), instant: &str) -> Publish {
    let from = Some(instant.parse().unwrap());
    Publish { policy, operation, notice: "<p>notice</p>".to_owned(), text: text(), who: Who::House, suite: None, from }
}

async fn stages(bench: &Bench) -> Vec<Stage> {
    let versions = versions(&bench.house, &bench.platform()).await.unwrap();
    versions.into_iter().map(|version| version.stage).collect()
}

/// Another process on the same data.
async fn another(bench: &Bench) -> Arc<House> {
    let parts = Parts {
        store: Arc::clone(&bench.store),
        root: vault::RootKey::from_bytes(&mut [0x42; 32]).unwrap().into(),
        clock: bench.clock.clone(),
        entropy: bench.entropy.clone(),
        parties: Parties::default(),
        largest_attachment: LARGEST,
    };
    House::open(parts).await.unwrap()
}

#[tokio::test]
async fn r62_a_version_takes_effect_by_itself_at_its_instant_and_not_before() {
    let bench = Bench::new().await;
    let old = bench.platform();
    let li = bench.registered(&LI).await;
    let new = publish(&bench.house, from(wider(), EFFECT)).await.unwrap();
    let said = bench.entries().await.pop().unwrap();
    assert_eq!((said.act, said.policy, said.from), (Act::Publish, new.tables.policy(), Some(EFFECT.parse().unwrap())));
    assert_eq!(stages(&bench).await, [Stage::InForce, Stage::Announced]);
    let restarted = another(&bench).await;

    bench.clock.set("2026-06-30T15:59:59.999999Z");
    assert_eq!(bench.platform().tables.policy(), old.tables.policy());
    let wang = bench.registered(&WANG).await;
    assert_eq!(bench.entry(wang.leaf).await.policy, old.tables.policy());
    let consents = list(&bench.house, &bench.platform(), wang.subject).await.unwrap();
    assert!(consents.iter().all(|consent| consent.stands));

    bench.clock.set(EFFECT);
    for house in [&bench.house, &restarted] {
        let served = house.platform("haigang").unwrap();
        assert_eq!((served.tables.fingerprint(), served.since), (new.tables.fingerprint(), EFFECT.parse().unwrap()));
    }
    assert_eq!(stages(&bench).await, [Stage::Archived, Stage::InForce]);
    for (subject, leaf) in [(li.subject, li.leaf), (wang.subject, wang.leaf)] {
        assert_eq!(bench.entry(leaf).await.policy, old.tables.policy(), "what was done stays as it was");
        let consents = list(&bench.house, &bench.platform(), subject).await.unwrap();
        let standing: Vec<_> = consents.iter().filter(|one| one.stands).map(|one| one.scope.as_str()).collect();
        assert_eq!(standing, ["collect.register.identity-document"], "the other reaches further now");
    }
    // A page of before the instant: what it asks for is decided by the version in force.
    let late = give(&bench.house, &old, li.subject, vec![yes(&old, "collect.register")]).await;
    assert!(matches!(late, Err(Refusal::Denied(_))), "{late:?}");
    give(&bench.house, &old, li.subject, vec![yes(&new, "collect.register")]).await.unwrap();
    let given = bench.entries().await.pop().unwrap();
    assert_eq!((given.act, given.policy), (Act::Consent, new.tables.policy()));
}

#[tokio::test]
async fn r62_what_is_published_before_an_announced_version_takes_effect_may_take_its_place() {
    let bench = Bench::new().await;
    publish(&bench.house, from(titled("甲"), EFFECT)).await.unwrap();
    publish(&bench.house, from(titled("乙"), "2026-08-01T00:00:00Z")).await.unwrap();
    assert_eq!(stages(&bench).await, [Stage::InForce, Stage::Announced, Stage::Announced]);
    let third = publish(&bench.house, from(titled("丙"), "2026-07-15T00:00:00Z")).await.unwrap();
    assert_eq!(stages(&bench).await, [Stage::InForce, Stage::Announced, Stage::Replaced, Stage::Announced]);
    bench.clock.set("2026-09-01T00:00:00Z");
    assert_eq!(stages(&bench).await, [Stage::Archived, Stage::Archived, Stage::Replaced, Stage::InForce]);
    for house in [&bench.house, &another(&bench).await] {
        assert_eq!(house.platform("haigang").unwrap().tables.fingerprint(), third.tables.fingerprint());
    }
}

#[tokio::test]
async fn a_consent_carries_over_past_a_version_that_never_was_in_force() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    publish(&bench.house, from(wider(), EFFECT)).await.unwrap();
    publish(&bench.house, from(titled("乙"), "2026-06-15T00:00:00Z")).await.unwrap();
    bench.clock.set("2026-07-02T00:00:00Z");
    let consents = list(&bench.house, &bench.platform(), li).await.unwrap();
    assert!(consents.iter().all(|consent| consent.stands), "{consents:?}");
    let again = another(&bench).await.platform("haigang").unwrap();
    assert_eq!(again.tables.fingerprint(), bench.platform().tables.fingerprint());
}

#[tokio::test]
async fn a_text_is_in_force_from_its_own_day_on() {
    let bench = Bench::empty().await;
    let (policy, operation) = haigang();
    let silent = "silent = [\"updated\", \"effective\", \"version\"]";
    assert!(policy.text.contains(silent), "the published text bears no date");
    let text = policy.text.replace(silent, "effective = 2026-07-01\nsilent = [\"updated\", \"version\"]");
    let announced = bench.publish((Source::new("2026-07-01.toml", text), operation)).await.unwrap();
    assert_eq!(announced.since, EFFECT.parse().unwrap());
    assert!(matches!(bench.house.platform("haigang"), Err(Refusal::NotFound(_))), "nothing is in force yet");
    bench.house.ready().await.unwrap();
    bench.clock.set(EFFECT);
    bench.registered(&LI).await;
}
