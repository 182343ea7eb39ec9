//! Erasing on request and when due: what goes, what a floor keeps, and what proves it.

use jiff::civil::date;
use model::act::{Account, Life};
use model::{RecordId, SubjectId};
use policy::question::Code;
use shouyue_desk::Refusal;
use shouyue_desk::collect::{Addition, add, event, hand_in};
use shouyue_desk::evidence::prune;
use shouyue_desk::leaf::{Act, Entry, Who};
use shouyue_desk::retain::{Certificate, Destroyed, Fate, confirm, destroyed, erase, plan, sweep};
use store::{Session, SessionKind};

use super::handed::{core_system, own_policy};
use super::{codes, denied, refused_for, sealed};
use crate::house::{Bench, LI, WANG, field, slug, yes};

async fn life(bench: &Bench, record: RecordId) -> Life {
    bench.store.record(&slug("haigang"), record).await.unwrap().unwrap().life
}

async fn wrapped(bench: &Bench, record: RecordId, subject: SubjectId, role: &str) -> Option<Vec<u8>> {
    let part = bench.store.part(&slug("haigang"), record, Some(subject), &slug(role)).await.unwrap();
    part.and_then(|part| part.wrapped)
}

#[tokio::test]
async fn r45_a_person_without_a_policy_is_erased() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let key = wrapped(&bench, li.record, li.subject, "registrant").await.unwrap();
    let planned = plan(&bench.house, &platform, li.subject).await.unwrap();
    assert!(planned.parts.iter().all(|part| part.fate == Fate::EraseNow), "{planned:?}");

    let erased = erase(&bench.house, &platform, li.subject, Who::Subject).await.unwrap();
    assert_eq!(bench.entry(erased.leaf).await.act, Act::Erase);
    assert_eq!(wrapped(&bench, li.record, li.subject, "registrant").await, None);
    assert_eq!(sealed(&bench, li.subject).await, 0);
    assert_eq!(life(&bench, li.record).await, Life::Erased);
    // Gone from every file: the wrapped key too.
    for path in walk(bench.folder.path()) {
        let content = std::fs::read(&path).unwrap();
        assert!(!content.windows(key.len()).any(|window| window == key), "{}", path.display());
    }
    let again = erase(&bench.house, &platform, li.subject, Who::Subject).await;
    assert!(matches!(again, Err(Refusal::NotFound(_))));
    // The telephone and the number are free again.
    bench.registered(&LI).await;
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect()
}

#[tokio::test]
async fn the_certificate_proves_whose_erasure_it_was_when_the_house_no_longer_can() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let erased = erase(&bench.house, &platform, li.subject, Who::Subject).await.unwrap();
    assert_eq!(bench.store.leaves_of(&platform.id, li.subject).await.unwrap_or_default(), []);
    let certificate: Certificate = serde_json::from_str(&erased.certificate).unwrap();
    let entry: Entry = serde_json::from_str(&certificate.entry).unwrap();
    assert_eq!(entry, bench.entry(certificate.leaf).await);
    let salt: [u8; 32] = hex::decode(&certificate.salt).unwrap().try_into().unwrap();
    assert!(entry.concerns(&salt, li.subject));
    assert_eq!(certificate.backups_end, Some(date(2026, 7, 1)));
    assert_eq!((certificate.erased.len(), certificate.kept.len()), (1, 0));
    for value in LI.values() {
        assert!(!erased.certificate.contains(value));
    }
}

#[tokio::test]
async fn the_certificate_and_the_public_answer_say_one_instant() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let (li, wang) = (bench.registered(&LI).await, bench.registered(&WANG).await);
    let mut told = Vec::new();
    for subject in [li.subject, wang.subject] {
        let erased = erase(&bench.house, &platform, subject, Who::Subject).await.unwrap();
        let certificate: Certificate = serde_json::from_str(&erased.certificate).unwrap();
        let Some(Destroyed::At(at)) = certificate.destroyed else { panic!("{certificate:?}") };
        assert_eq!(at, bench.house.now());
        told.push((erased.leaf, Destroyed::At(at)));
        bench.clock.advance(jiff::SignedDuration::from_secs(60));
    }
    assert_eq!(confirm(&bench.house, &platform).await.unwrap(), store::Destruction::Nothing, "it was confirmed");
    for (leaf, at) in told {
        assert_eq!(destroyed(&bench.house, &platform, leaf).await.unwrap(), at);
    }
}

#[tokio::test]
async fn r46_with_a_policy_in_force_the_data_is_storage_only_and_the_day_is_shown() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.known(&LI).await;
    let core = core_system(&bench).await;
    let policy = hand_in(&bench.house, &platform, &core, own_policy(&LI), None).await.unwrap();
    assert_eq!(policy.subjects, [li.subject]);

    let erased = erase(&bench.house, &platform, li.subject, Who::Subject).await.unwrap();
    for part in &erased.fates {
        let Fate::StorageOnly { until, article, .. } = &part.fate else { panic!("{part:?}") };
        // Cover to the end of 2035, and ten years after it (保险法 art. 87).
        assert_eq!(*until, Some(date(2046, 1, 1)), "{part:?}");
        assert!(article.is_some());
    }
    assert_eq!(erased.fates.len(), 3, "account, applicant, insured");
    assert_eq!(life(&bench, policy.record).await, Life::StorageOnly);
    assert!(wrapped(&bench, policy.record, li.subject, "insured").await.is_some());
    let row = bench.store.subject(&platform.id, li.subject).await.unwrap().unwrap();
    assert_eq!(row.account, Account::Closed);
    // Nothing but keeping is permitted from now on.
    let more = Addition {
        function: slug("analysis"),
        channel: None,
        product: None,
        record: None,
        person: slug("registrant"),
        fields: vec![field("wechat-city", "海港")],
        consents: Vec::new(),
        facts: policy::question::Facts::default(),
        trigger: policy::syntax::Trigger::Given,
    };
    let answer = denied(add(&bench.house, &platform, li.subject, more, Who::Subject, None).await.unwrap_err());
    assert!(codes(&answer).iter().any(|code| matches!(code, Code::AccountClosed | Code::StorageOnly)));
    let yes = vec![yes(&platform, "collect.security")];
    denied(shouyue_desk::consent::give(&bench.house, &platform, li.subject, yes).await.unwrap_err());
    refused_for(&bench, Code::AccountClosed).await;
}

#[tokio::test]
async fn erasing_ends_every_consent_and_session() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.known(&LI).await;
    let core = core_system(&bench).await;
    hand_in(&bench.house, &platform, &core, own_policy(&LI), None).await.unwrap();
    let session = Session {
        digest: [1; 32],
        kind: SessionKind::Subject(platform.id.clone(), li.subject),
        csrf: [2; 32],
        until: "2026-06-02T00:00:00Z".parse().unwrap(),
    };
    bench.store.session_put(session).await.unwrap();
    erase(&bench.house, &platform, li.subject, Who::Subject).await.unwrap();
    assert_eq!(bench.store.session(&[1; 32]).await.unwrap(), None);
    let consents = shouyue_desk::consent::list(&bench.house, &platform, li.subject).await.unwrap();
    assert!(!consents.is_empty() && consents.iter().all(|consent| !consent.stands));
}

#[tokio::test]
async fn r50_an_open_claim_keeps_no_account_open_and_closing_the_account_drops_no_claim() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.known(&LI).await;
    let core = core_system(&bench).await;
    let policy = hand_in(&bench.house, &platform, &core, own_policy(&LI), None).await.unwrap();
    let day = date(2026, 5, 30);
    event(&bench.house, &platform, &core, policy.record, "claim-opened", day, None, None).await.unwrap();
    let planned = plan(&bench.house, &platform, li.subject).await.unwrap();
    let fates: Vec<_> = planned.parts.iter().filter(|part| part.record == policy.record).collect();
    assert!(fates.iter().all(|part| matches!(part.fate, Fate::Claim { article: Some(_) })), "{planned:?}");

    let erased = erase(&bench.house, &platform, li.subject, Who::Subject).await.unwrap();
    assert_eq!(bench.entry(erased.leaf).await.because.as_deref(), Some("claim-goes-on"));
    assert_eq!(wrapped(&bench, li.record, li.subject, "registrant").await, None, "the account is gone");
    assert_eq!(life(&bench, policy.record).await, Life::Live, "the claim goes on");
    assert!(wrapped(&bench, policy.record, li.subject, "insured").await.is_some());
    let row = bench.store.subject(&platform.id, li.subject).await.unwrap().unwrap();
    assert_eq!(row.account, Account::None);
    let certificate: Certificate = serde_json::from_str(&erased.certificate).unwrap();
    assert!(certificate.kept.iter().all(|part| part.floor.is_none() && part.article.is_some()));

    event(&bench.house, &platform, &core, policy.record, "claim-closed", day, None, None).await.unwrap();
    assert_eq!(life(&bench, policy.record).await, Life::StorageOnly, "nothing but the claim kept it in use");
    assert_eq!(sweep(&bench.house, &platform, date(2045, 12, 31)).await.unwrap(), [], "the floor runs");
}

#[tokio::test]
async fn a_claim_that_closes_ends_nothing_of_who_stays() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let core = core_system(&bench).await;
    bench.known(&LI).await;
    let policy = hand_in(&bench.house, &platform, &core, own_policy(&LI), None).await.unwrap();
    for word in ["claim-opened", "claim-closed"] {
        event(&bench.house, &platform, &core, policy.record, word, date(2026, 5, 30), None, None).await.unwrap();
    }
    assert_eq!(life(&bench, policy.record).await, Life::Live);
}

#[tokio::test]
async fn others_in_the_record_keep_what_is_theirs() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let (li, wang) = (bench.registered(&LI).await, bench.registered(&WANG).await);
    let core = core_system(&bench).await;
    let mut both = own_policy(&LI);
    both.people[0].roles = vec![slug("applicant")];
    let insured = own_policy(&WANG).people.pop().unwrap();
    both.people.push(shouyue_desk::collect::Handed { roles: vec![slug("insured")], ..insured });
    let policy = hand_in(&bench.house, &platform, &core, both, None).await.unwrap();
    erase(&bench.house, &platform, li.subject, Who::Subject).await.unwrap();
    assert_eq!(life(&bench, policy.record).await, Life::Live);
    assert!(wrapped(&bench, policy.record, wang.subject, "insured").await.is_some());
    let row = bench.store.subject(&platform.id, wang.subject).await.unwrap().unwrap();
    assert_eq!(row.account, Account::Active);
}

#[tokio::test]
async fn the_sweep_keeps_to_the_floor_to_the_day() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let core = core_system(&bench).await;
    let policy = hand_in(&bench.house, &platform, &core, own_policy(&LI), None).await.unwrap();
    let subject = policy.subjects[0];
    assert_eq!(sweep(&bench.house, &platform, date(2035, 12, 31)).await.unwrap(), []);
    assert_eq!(life(&bench, policy.record).await, Life::Live);

    bench.clock.set("2036-01-01T02:00:00Z");
    let done = sweep(&bench.house, &platform, date(2036, 1, 1)).await.unwrap();
    assert_eq!(bench.entry(done[0].leaf).await.act, Act::StorageOnly);
    assert_eq!(life(&bench, policy.record).await, Life::StorageOnly);

    bench.clock.set("2045-12-31T02:00:00Z");
    assert_eq!(sweep(&bench.house, &platform, date(2045, 12, 31)).await.unwrap(), []);
    assert!(wrapped(&bench, policy.record, subject, "applicant").await.is_some());

    bench.clock.set("2046-01-01T02:00:00Z");
    let done = sweep(&bench.house, &platform, date(2046, 1, 1)).await.unwrap();
    let entry = bench.entry(done[0].leaf).await;
    assert_eq!((entry.act, entry.actor, entry.because.as_deref()), (Act::Erase, Who::House, Some("due")));
    assert_eq!(wrapped(&bench, policy.record, subject, "applicant").await, None);
    assert_eq!(wrapped(&bench, policy.record, subject, "insured").await, None);
    assert_eq!(sweep(&bench.house, &platform, date(2046, 1, 1)).await.unwrap(), []);
}

#[tokio::test]
async fn r27_what_went_out_stays_on_record_though_the_person_is_erased_and_forgotten() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await;
    let platform = bench.platform();
    let mut entry = bench.entry(li.leaf).await;
    entry.act = Act::Share;
    let subjects = vec![(li.subject, [7; 32])];
    let leaf = store::Leaf { entry: entry.bytes(), kind: "share".to_owned(), at: bench.house.now(), subjects };
    let batch = store::Batch { platform: platform.id.clone(), expect: Vec::new(), writes: Vec::new(), leaf, key: None };
    let shared = bench.store.commit(batch).await.unwrap().leaf();
    erase(&bench.house, &platform, li.subject, Who::Subject).await.unwrap();
    assert!(bench.store.subject(&platform.id, li.subject).await.unwrap().is_none(), "nobody is left");
    let whole = async || !bench.store.leaves(&platform.id, shared, 1).await.unwrap()[0].entry.is_empty();
    // The law counts three years; the first of June 2029 is their last day.
    bench.clock.set("2029-06-01T15:59:59Z");
    assert_eq!(prune(&bench.house, &platform).await.unwrap(), 0);
    assert!(whole().await);
    bench.clock.set("2029-06-02T02:00:00Z");
    assert!(prune(&bench.house, &platform).await.unwrap() > 0);
    assert!(!whole().await);
}

#[tokio::test]
async fn an_organisation_goes_with_its_only_contact() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let form = super::collect::company(&platform, WANG.number);
    let done = shouyue_desk::collect::register(&bench.house, &platform, form, Who::Subject, None).await.unwrap();
    erase(&bench.house, &platform, done.subject, Who::Subject).await.unwrap();
    let plain = bench.store.part(&platform.id, done.record, None, &slug("company")).await.unwrap();
    assert!(plain.is_none_or(|part| part.wrapped.is_none() && part.values.is_empty()));
}

#[tokio::test]
async fn the_document_number_of_an_erased_person_finds_nobody() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    erase(&bench.house, &platform, li.subject, Who::Subject).await.unwrap();
    let core = core_system(&bench).await;
    let policy = hand_in(&bench.house, &platform, &core, own_policy(&LI), None).await.unwrap();
    assert_ne!(policy.subjects[0], li.subject);
}
