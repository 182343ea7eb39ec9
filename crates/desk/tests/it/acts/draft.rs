//! Drafts: checked, compared and kept; nothing is decided by one until it is published as it was looked at.

use policy::finding::Source;
use shouyue_desk::draft::{self, Draft, File, Found, Offer, Spot};
use shouyue_desk::leaf::Who;
use shouyue_desk::publish::{Stage, published, texts};
use shouyue_desk::{Platform, Refusal};

use crate::house::{Bench, LI, renamed, slug, text};

/// The invented version that takes effect on the first of September.
fn later() -> (Source, Source) {
    let policy = include_str!("../../../../../platforms/haigang/later/2026-09-01.toml");
    let operation = include_str!("../../../../../platforms/haigang/later/operation.toml");
    (Source::new("2026-09-01.toml", policy), Source::new("operation.toml", operation))
}

async fn put(bench: &Bench, (policy, operation): (Source, Source)) -> Result<Draft, Refusal> {
    let offer = Offer { policy, operation, notice: "<p>notice</p>".to_owned(), text: text() };
    draft::put(&bench.house, offer).await
}

async fn list(bench: &Bench, id: &str) -> Vec<Draft> {
    draft::list(&bench.house, &slug(id)).await.unwrap()
}

async fn publish(bench: &Bench, named: &str) -> Result<std::sync::Arc<Platform>, Refusal> {
    draft::publish(&bench.house, &slug("haigang"), named, (Who::House, None)).await
}

#[tokio::test]
async fn a_draft_is_compared_and_kept_decides_nothing_and_is_published_by_its_fingerprint() {
    let bench = Bench::new().await;
    let (before, leaves) = (bench.platform(), bench.size().await);
    let kept = put(&bench, later()).await.unwrap();
    assert_eq!((kept.stem.as_str(), kept.errors, kept.against), ("2026-09-01", 0, Some(before.tables.fingerprint())));
    assert_eq!(bench.size().await, leaves, "it is no act");
    assert_eq!(put(&bench, later()).await.unwrap(), kept, "it stands once");
    assert_eq!(list(&bench, "haigang").await, std::slice::from_ref(&kept));
    // The day of its text comes, and nothing is decided by it.
    bench.clock.set("2026-09-02T00:00:00Z");
    assert_eq!(bench.platform().tables.fingerprint(), before.tables.fingerprint());
    let registered = bench.registered(&LI).await;
    assert_eq!(bench.entry(registered.leaf).await.policy, before.tables.policy());
    assert_eq!(published(&bench.house, &slug("haigang")).await.unwrap().len(), 1, "no draft is a version");

    let print = kept.tables.to_string();
    let short = kept.tables.short();
    for named in [print.clone(), format!("sha256:{short}"), short] {
        let whole = draft::find(&bench.house, &slug("haigang"), &named).await.unwrap();
        assert_eq!((&whole.draft, whole.texts.source.as_str()), (&kept, &*later().0.text));
        assert!(whole.changes.contains("haigang undated → 2026-09-01"), "{}", whole.changes);
        assert!(whole.findings.iter().all(|found| found.severity != "error" || found.answered), "{:?}", whole.findings);
        for found in &whole.findings {
            assert_eq!(found.answered, found.because.is_some(), "{found:?}");
            assert!(!found.code.starts_with('R') || !found.cites.is_empty(), "the law says by what: {found:?}");
            for Spot { file, start, end, .. } in &found.places {
                let text = if *file == File::Policy { &whole.texts.source } else { &whole.texts.operation };
                let span = usize::try_from(*start).unwrap()..usize::try_from(*end).unwrap();
                assert!(text.get(span).is_some(), "a place lies in its file: {found:?}");
            }
        }
        let of_policy = |found: &&Found| found.line.is_some();
        assert!(whole.findings.iter().filter(of_policy).count() > 1);
        let main = |found: &Found| found.places.first().map(|spot| spot.file);
        assert!(whole.findings.iter().filter(of_policy).all(|found| main(found) == Some(File::Policy)));
    }
    for nobody in ["", "sha256:", "sha256:zz", &"0".repeat(64)] {
        assert!(matches!(publish(&bench, nobody).await, Err(Refusal::NotFound("draft"))), "{nobody}");
    }
    let new = publish(&bench, &print).await.unwrap();
    assert_eq!(new.tables.policy(), kept.policy);
    assert!(list(&bench, "haigang").await.is_empty(), "it is a version now");
    let versions = published(&bench.house, &slug("haigang")).await.unwrap();
    assert_eq!(versions.iter().map(|one| one.stage).collect::<Vec<_>>(), [Stage::Archived, Stage::InForce]);
    let kept = texts(&bench.house, &slug("haigang"), &versions[1]).await.unwrap();
    assert_eq!(kept.source, *later().0.text, "as it was looked at");
}

#[tokio::test]
async fn what_does_not_compile_is_no_draft_and_one_with_an_open_error_is_not_published() {
    let bench = Bench::new().await;
    let (mut broken, operation) = later();
    broken.text = broken.text.replace("language = 1", "language = 1\nnonsense = 1").into();
    assert!(matches!(put(&bench, (broken, operation)).await, Err(Refusal::Findings(_))));
    assert!(list(&bench, "haigang").await.is_empty());
    // A handler whom nobody can reach is an error of the law (R1), which nobody answers for here.
    let (mut unlawful, operation) = later();
    let (before, rest) = unlawful.text.split_once("[[handler.contact]]").unwrap();
    let (_, after) = rest.split_once("[[handler.unit]]").unwrap();
    unlawful.text = format!("{before}[[handler.unit]]{after}").into();
    let kept = put(&bench, (unlawful, operation)).await.unwrap();
    assert!(kept.errors > 0, "{kept:?}");
    assert!(matches!(publish(&bench, &kept.tables.to_string()).await, Err(Refusal::Findings(_))));
    assert_eq!(list(&bench, "haigang").await, std::slice::from_ref(&kept), "it stays a draft");
    draft::drop(&bench.house, &slug("haigang"), &kept.tables.to_string()).await.unwrap();
    assert!(matches!(
        draft::drop(&bench.house, &slug("haigang"), &kept.tables.to_string()).await,
        Err(Refusal::NotFound("draft"))
    ));
}

#[tokio::test]
async fn a_platform_may_begin_as_a_draft() {
    let bench = Bench::new().await;
    assert!(matches!(draft::list(&bench.house, &slug("other")).await, Err(Refusal::NotFound("platform"))));
    let kept = put(&bench, renamed("other")).await.unwrap();
    assert_eq!((kept.against, list(&bench, "other").await.len()), (None, 1));
    assert!(bench.house.platform("other").is_err(), "nothing is served of it");
    let print = kept.tables.to_string();
    draft::publish(&bench.house, &slug("other"), &print, (Who::House, None)).await.unwrap();
    assert!(bench.house.platform("other").is_ok());
    assert!(list(&bench, "other").await.is_empty());
}

/// What was kept before places were still reads.
#[test]
fn a_finding_without_places_reads() {
    let old = r#"{"code":"R1","severity":"error","message":"so","line":3,"mend":null,"answered":false}"#;
    let found: Found = serde_json::from_str(old).unwrap();
    assert_eq!((found.line, found.places.len(), found.because), (Some(3), 0, None));
}
