//! Consent: what counts, what does not, and how it ends.

use model::Fingerprint;
use model::act::GivenBy;
use policy::question::Code;
use shouyue_desk::Refusal;
use shouyue_desk::consent::{Choice, Manner, give, list, refuse, withdraw};
use shouyue_desk::leaf::Act;

use super::{codes, denied, refused_for};
use crate::house::{Bench, LI, WANG, grant, slug, yes};

const FACE: &str = "collect.verify-face.biometric";

#[tokio::test]
async fn one_act_gives_several_consents_with_one_leaf() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let platform = bench.platform();
    let choices = vec![yes(&platform, "collect.verify-face"), yes(&platform, FACE)];
    let done = give(&bench.house, &platform, li, choices).await.unwrap();
    assert_eq!(done.len(), 2);
    assert_eq!(done[0].leaf, done[1].leaf);
    let entry = bench.entry(done[0].leaf).await;
    assert_eq!(entry.act, Act::Consent);
    assert_eq!(entry.scopes, ["collect.verify-face", FACE]);
}

#[tokio::test]
async fn r07_prechecked_box_is_no_consent() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let platform = bench.platform();
    let ticked = Choice { artefact: Manner::Prechecked, ..yes(&platform, "collect.security") };
    let answer = denied(give(&bench.house, &platform, li, vec![ticked]).await.unwrap_err());
    assert!(codes(&answer).contains(&Code::ConsentPrechecked));
    assert!(answer.law.reasons[0].article.as_deref().unwrap().ends_with("(R7)"));
    refused_for(&bench, Code::ConsentPrechecked).await;
    let scopes = list(&bench.house, &platform, li).await.unwrap();
    assert!(scopes.iter().all(|consent| consent.scope != "collect.security"));
}

#[tokio::test]
async fn r08_consent_on_a_page_of_another_version_does_not_count() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let platform = bench.platform();
    let old = Choice { policy: Fingerprint::from_digest([1; 32]), ..yes(&platform, "collect.security") };
    denied(give(&bench.house, &platform, li, vec![old]).await.unwrap_err());
    refused_for(&bench, Code::ConsentOfOtherVersion).await;
}

#[tokio::test]
async fn r08_a_consent_keeps_the_version_and_the_text() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let platform = bench.platform();
    let consents = list(&bench.house, &platform, li).await.unwrap();
    assert_eq!(consents.len(), 2);
    for consent in consents {
        assert_eq!((consent.of_version.as_str(), consent.text), ("undated", Some(platform.text)));
        assert!(consent.stands);
    }
}

#[tokio::test]
async fn r10_bundled_consent_to_a_separate_scope_is_refused() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let platform = bench.platform();
    let bundled = Choice { artefact: Manner::Tick, ..yes(&platform, FACE) };
    // One choice of several that cannot count takes the whole act with it: nothing is half-given.
    let choices = vec![yes(&platform, "collect.verify-face"), bundled];
    denied(give(&bench.house, &platform, li, choices).await.unwrap_err());
    refused_for(&bench, Code::SeparateConsentMissing).await;
    let consents = list(&bench.house, &platform, li).await.unwrap();
    assert!(consents.iter().all(|consent| !consent.scope.contains("verify-face")));
}

#[tokio::test]
async fn r19_nobody_consents_for_another() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let platform = bench.platform();
    for by in [GivenBy::Other, GivenBy::Guardian] {
        let choice = Choice { by, ..yes(&platform, "collect.security") };
        denied(give(&bench.house, &platform, li, vec![choice]).await.unwrap_err());
        refused_for(&bench, Code::ConsentByOther).await;
    }
}

#[tokio::test]
async fn r23_a_grant_names_a_party_of_the_recipient() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let platform = bench.platform();
    let scope = "share.agency-query.agency";
    let wrong =
        [yes(&platform, scope), grant(&platform, scope, "nobody-knows"), grant(&platform, "collect.security", "anhe")];
    for choice in wrong {
        denied(give(&bench.house, &platform, li, vec![choice]).await.unwrap_err());
        refused_for(&bench, Code::UnknownParty).await;
    }
    let done = give(&bench.house, &platform, li, vec![grant(&platform, scope, "anhe")]).await.unwrap();
    assert_eq!(bench.entry(done[0].leaf).await.party, Some(slug("anhe")));
}

#[tokio::test]
async fn a_scope_that_nobody_declared_is_refused_and_stays_out_of_the_ledger() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let platform = bench.platform();
    let choice = Choice { scope: LI.phone.to_owned(), ..yes(&platform, "collect.security") };
    denied(give(&bench.house, &platform, li, vec![choice]).await.unwrap_err());
    assert_eq!(refused_for(&bench, Code::NotDeclared).await.scopes, [""; 0]);
    denied(refuse(&bench.house, &platform, li, LI.phone).await.unwrap_err());
    assert_eq!(refused_for(&bench, Code::NotDeclared).await.scopes, [""; 0]);
    assert_eq!(bench.files_with(LI.phone), [""; 0].map(std::path::PathBuf::from));
}

#[tokio::test]
async fn a_no_leaves_a_leaf_and_changes_nothing() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let platform = bench.platform();
    let before = list(&bench.house, &platform, li).await.unwrap();
    let done = refuse(&bench.house, &platform, li, FACE).await.unwrap();
    let entry = bench.entry(done.leaf).await;
    assert_eq!((entry.act, entry.scopes.as_slice()), (Act::Refuse, [FACE.to_owned()].as_slice()));
    assert_eq!(list(&bench.house, &platform, li).await.unwrap(), before);
}

#[tokio::test]
async fn r12_a_withdrawn_consent_stands_no_more_and_is_withdrawn_once() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let wang = bench.registered(&WANG).await.subject;
    let platform = bench.platform();
    let given = list(&bench.house, &platform, li).await.unwrap()[0].clone();
    assert!(matches!(withdraw(&bench.house, &platform, wang, given.id).await, Err(Refusal::NotFound("consent"))));
    let done = withdraw(&bench.house, &platform, li, given.id).await.unwrap();
    let entry = bench.entry(done.leaf).await;
    assert_eq!((entry.act, entry.scopes), (Act::Withdraw, vec![given.scope.clone()]));
    let after = list(&bench.house, &platform, li).await.unwrap();
    let after = after.iter().find(|consent| consent.id == given.id).unwrap();
    assert!(!after.stands && after.withdrawn == Some(bench.house.now()));
    assert!(matches!(withdraw(&bench.house, &platform, li, given.id).await, Err(Refusal::Wrong(_))));
}
