//! Registering, adding, correcting, verifying.

use std::sync::Arc;

use model::act::GivenBy;
use model::{Clear, SubjectId};
use policy::question::{Code, Effect, Facts, Outcome};
use policy::syntax::{Basis, Trigger};
use shouyue_desk::collect::{Addition, Once, PersonFields, Registration, add, correct, register};
use shouyue_desk::consent::{Choice, Manner};
use shouyue_desk::keys;
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::verify::{FaceTry, alternative, by_face};
use shouyue_desk::{Platform, Refusal};
use store::TokenKind;

use super::{codes, denied, faults, refused_for, sealed};
use crate::house::{Bench, CHILD, LI, Person, WANG, declared, field, haigang, slug, yes};

/// A registration in which one field is another, or none.
fn with(platform: &Platform, person: &Person, item: &str, value: &str) -> Registration {
    let mut form = person.registration(platform);
    form.persons[0].fields.retain(|(name, _)| name != item);
    form.persons[0].fields.push(field(item, value));
    form
}

/// A company with its contact; the contact's number is given.
pub(super) fn company(platform: &Platform, number: &str) -> Registration {
    let of_company = vec![
        field("company-name", "示例科技有限公司"),
        field("company-certificate-code", "91350211M000100Y46"),
        field("company-certificate-number", "LIC-2026-0001"),
    ];
    let of_contact = vec![
        field("contact-name", WANG.name),
        field("contact-phone", WANG.phone),
        field("company-contact-id-number", number),
        field("contact-email", "contact@shili.example"),
    ];
    Registration {
        function: slug("register-company"),
        channel: None,
        product: None,
        persons: vec![
            PersonFields { person: slug("company"), fields: of_company },
            PersonFields { person: slug("company-contact"), fields: of_contact },
        ],
        consents: vec![
            yes(platform, "collect.register-company"),
            yes(platform, "collect.register-company.identity-document"),
        ],
        facts: Facts::default(),
    }
}

async fn try_register(bench: &Bench, form: Registration) -> Result<SubjectId, Refusal> {
    register(&bench.house, &bench.platform(), form, Who::Subject, None).await.map(|done| done.subject)
}

#[tokio::test]
async fn a_person_registers() {
    let bench = Bench::new().await;
    let done = bench.registered(&LI).await;
    assert_eq!(done.withheld, []);
    assert_eq!(sealed(&bench, done.subject).await, 7);
    let entry = bench.entry(done.leaf).await;
    assert_eq!((entry.act, entry.effect), (Act::Collect, Effect::Permit));
    assert_eq!(entry.items.len(), 7);
    assert_eq!(entry.scopes, ["collect.register", "collect.register.identity-document"]);
}

#[tokio::test]
async fn a_company_registers_with_its_contact() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let form = company(&platform, WANG.number);
    let done = register(&bench.house, &platform, form, Who::Subject, None).await.unwrap();
    let organisation = done.organisation.unwrap();
    let row = bench.store.organisation(&platform.id, organisation).await.unwrap().unwrap();
    assert_eq!((row.contact, row.record), (done.subject, done.record));
    let plain = bench.store.part(&platform.id, done.record, None, &slug("company")).await.unwrap().unwrap();
    assert_eq!(plain.values.len(), 3);
    assert_eq!(sealed(&bench, done.subject).await, 4);
}

#[tokio::test]
async fn a_company_is_one_while_its_search_token_is_made_anew_and_after() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    register(&bench.house, &platform, company(&platform, WANG.number), Who::Subject, None).await.unwrap();
    let again = async || {
        let platform = bench.platform();
        let mut form = company(&platform, LI.number);
        for (name, value) in &mut form.persons[1].fields {
            match name.as_str() {
                "contact-name" => *value = Clear::new(LI.name.to_owned()),
                "contact-phone" => *value = Clear::new(LI.phone.to_owned()),
                _ => {}
            }
        }
        try_register(&bench, form).await
    };
    let taken = |tried| matches!(tried, Err(Refusal::Taken(store::TokenKind::Organisation)));
    assert!(taken(again().await));
    keys::rotate_tokens(&bench.house, &platform).await.unwrap();
    assert!(taken(again().await), "by the old token");
    keys::tend(&bench.house, &platform).await.unwrap();
    assert!(taken(again().await), "by either");
    bench.clock.advance(keys::GRACE);
    keys::tend(&bench.house, &platform).await.unwrap();
    assert_eq!(bench.store.retoken(&platform.id).await.unwrap(), None);
    assert!(taken(again().await), "by the new one");
}

#[tokio::test]
async fn a_bad_checksum_is_refused_by_field_name_and_nothing_is_stored() {
    let bench = Bench::new().await;
    let before = bench.size().await;
    let platform = bench.platform();
    let refusal = try_register(&bench, company(&platform, "990301198512121130")).await.unwrap_err();
    assert_eq!(faults(refusal), [("company-contact-id-number".to_owned(), "checksum")]);
    assert_eq!(bench.size().await, before);
    // Nothing holds the number or the telephone: the same people register at once.
    try_register(&bench, company(&platform, WANG.number)).await.unwrap();
}

#[tokio::test]
async fn every_fault_of_a_form_is_named_at_once_and_no_value() {
    let bench = Bench::new().await;
    let mut form = with(&bench.platform(), &LI, "phone", "1380013");
    form.persons[0].fields.push(field(WANG.phone, "x"));
    let refusal = try_register(&bench, form).await.unwrap_err();
    assert!(!format!("{refusal:?}").contains(WANG.phone));
    assert_eq!(faults(refusal), [("?".to_owned(), "unknown")]);
    let mut form = with(&bench.platform(), &LI, "phone", "1380013");
    form.persons[0].fields.retain(|(item, _)| item != "birth-date");
    form.persons[0].fields.push(field("birth-date", "1990-02-30"));
    let refusal = try_register(&bench, form).await.unwrap_err();
    assert_eq!(faults(refusal), [("phone".to_owned(), "length"), ("birth-date".to_owned(), "date")]);
}

#[tokio::test]
async fn a_birth_date_or_sex_that_contradicts_the_identity_number_is_refused() {
    let bench = Bench::new().await;
    for (item, value) in [("birth-date", "1990-05-02"), ("sex", "男")] {
        let refusal = try_register(&bench, with(&bench.platform(), &LI, item, value)).await.unwrap_err();
        assert_eq!(faults(refusal), [(item.to_owned(), "contradicts")]);
    }
}

#[tokio::test]
async fn what_the_function_needs_is_missed_by_name() {
    let bench = Bench::new().await;
    let refusal = try_register(&bench, with(&bench.platform(), &LI, "phone", " ")).await.unwrap_err();
    assert_eq!(faults(refusal), [("phone".to_owned(), "missing")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixteen_registrations_of_one_telephone_one_wins() {
    let bench = Arc::new(Bench::new().await);
    let before = bench.size().await;
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let bench = Arc::clone(&bench);
        tries.spawn(async move { try_register(&bench, LI.registration(&bench.platform())).await });
    }
    let outcomes = tries.join_all().await;
    let won: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    let taken = outcomes.iter().filter(|outcome| matches!(outcome, Err(Refusal::Taken(_)))).count();
    assert_eq!((won.len(), taken), (1, 15));
    assert_eq!(bench.size().await, before + 1, "the others left nothing, not even a leaf");
    assert_eq!(bench.store.integrity(&slug("haigang")).await.unwrap(), [""; 0]);
    assert_eq!(sealed(&bench, *won[0]).await, 7);
}

#[tokio::test]
async fn the_same_request_again_gets_the_same_answer_and_another_one_none() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let once = Once::new(&platform, "portal", "key-1", b"the request");
    let (house, served) = (&bench.house, &platform);
    let again = |once| async move { register(house, served, LI.registration(served), Who::Subject, Some(once)).await };
    let first = again(once).await.unwrap();
    let size = bench.size().await;
    let second = again(once).await.unwrap();
    assert_eq!((first.subject, first.record, first.leaf), (second.subject, second.record, second.leaf));
    assert_eq!(bench.size().await, size);
    let other = Once::new(&platform, "portal", "key-1", b"another request");
    assert!(matches!(again(other).await, Err(Refusal::KeyReused)));
}

#[tokio::test]
async fn r02_an_item_that_no_purpose_declares_is_not_kept() {
    let bench = Bench::new().await;
    let mut form = LI.registration(&bench.platform());
    form.persons[0].fields.push(field("diagnosis", "示例诊断"));
    let done = register(&bench.house, &bench.platform(), form, Who::Subject, None).await.unwrap();
    assert_eq!(done.withheld.len(), 1);
    assert_eq!((done.withheld[0].item.as_str(), done.withheld[0].outcome), ("diagnosis", Outcome::Withheld));
    assert_eq!(sealed(&bench, done.subject).await, 7);
    let entry = bench.entry(done.leaf).await;
    assert_eq!(entry.effect, Effect::Partial);
    assert!(entry.items.iter().all(|item| item.as_str() != "diagnosis"));
}

#[tokio::test]
async fn r02_a_function_that_nobody_declared_collects_nothing() {
    let bench = Bench::new().await;
    let mut form = LI.registration(&bench.platform());
    form.function = slug("sell-data");
    denied(try_register(&bench, form).await.unwrap_err());
    refused_for(&bench, Code::UnknownFunction).await;
}

#[tokio::test]
async fn r04_a_collection_names_its_ground_and_has_none_without_consent() {
    let bench = Bench::new().await;
    let done = bench.registered(&LI).await;
    assert_eq!(bench.entry(done.leaf).await.basis, Some(Basis::Consent));
    let mut form = WANG.registration(&bench.platform());
    form.consents.clear();
    let answer = denied(try_register(&bench, form).await.unwrap_err());
    assert!(codes(&answer).contains(&Code::ConsentMissing), "{:?}", codes(&answer));
    assert_eq!(bench.entries().await.pop().unwrap().act, Act::Refused);
}

#[tokio::test]
async fn r07_a_registration_with_a_prechecked_box_is_refused_whole() {
    let bench = Bench::new().await;
    let mut form = LI.registration(&bench.platform());
    form.consents[0].artefact = Manner::Prechecked;
    denied(try_register(&bench, form).await.unwrap_err());
    refused_for(&bench, Code::ConsentPrechecked).await;
    try_register(&bench, LI.registration(&bench.platform())).await.unwrap();
}

#[tokio::test]
async fn r10_without_separate_consent_the_identity_number_is_not_kept_and_the_function_is_closed() {
    let bench = Bench::new().await;
    let mut form = LI.registration(&bench.platform());
    form.consents.truncate(1);
    let answer = denied(try_register(&bench, form).await.unwrap_err());
    let number = answer.items.iter().find(|item| item.item == "id-number").unwrap();
    assert_eq!(number.law, Outcome::Withheld);
    assert!(codes(&answer).contains(&Code::SeparateConsentMissing), "{:?}", codes(&answer));
}

#[tokio::test]
async fn r13_what_the_service_does_not_need_is_not_demanded() {
    let bench = Bench::new().await;
    // Neither the face nor anything of WeChat's is among these fields; the text demands them all.
    let done = bench.registered(&LI).await;
    assert_eq!(done.withheld, []);
}

#[tokio::test]
async fn r15_a_sensitive_item_of_which_nothing_was_told_is_not_kept() {
    let bench = Bench::new().await;
    let (policy, operation) = haigang();
    let told = "[[sensitive-notice]]\nfunction = \"register\"\nitems = [\"id-type\", \"id-number\", \"id-image\"]";
    assert!(operation.text.contains(told));
    let silent = operation.text.replace(told, "[[sensitive-notice]]\nfunction = \"register\"\nitems = [\"id-type\"]");
    let answered = "[[acknowledge]]\ncode = \"R15\"\nreason = \"未告知的不收集。\"\non = 2026-01-01\n";
    let operation = policy::finding::Source::new("operation.toml", format!("{silent}\n{answered}"));
    bench.publish((policy, operation)).await.unwrap();
    let answer = denied(try_register(&bench, LI.registration(&bench.platform())).await.unwrap_err());
    let number = answer.items.iter().find(|item| item.item == "id-number").unwrap();
    assert_eq!(number.law, Outcome::Withheld);
    assert!(number.reasons.iter().any(|reason| reason.code == Code::NotStated));
}

#[tokio::test]
async fn r17_a_child_registers_by_the_guardian_alone() {
    let bench = Bench::new().await;
    let form = CHILD.registration(&bench.platform());
    denied(try_register(&bench, form).await.unwrap_err());
    refused_for(&bench, Code::GuardianConsentMissing).await;
    let mut form = CHILD.registration(&bench.platform());
    for choice in &mut form.consents {
        choice.by = GivenBy::Guardian;
        // Whatever is told of a child is sensitive (PIPL 28): a tick among others is not enough.
        choice.artefact = Manner::Separate;
    }
    let child = try_register(&bench, form).await.unwrap();
    // The sealed birth date goes on deciding: the child cannot consent alone later either.
    let platform = bench.platform();
    let alone = vec![yes(&platform, "collect.security")];
    denied(shouyue_desk::consent::give(&bench.house, &platform, child, alone).await.unwrap_err());
    refused_for(&bench, Code::GuardianConsentMissing).await;
}

#[tokio::test]
async fn r17_the_contact_of_a_company_is_as_old_as_the_identity_number_says() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    denied(try_register(&bench, company(&platform, CHILD.number)).await.unwrap_err());
    refused_for(&bench, Code::GuardianConsentMissing).await;
}

fn wechat(platform: &Platform) -> Addition {
    Addition {
        function: slug("analysis"),
        channel: None,
        product: None,
        record: None,
        person: slug("registrant"),
        fields: vec![field("wechat-nickname", "小李"), field("wechat-city", "海港")],
        consents: vec![yes(platform, "collect.analysis")],
        facts: Facts::default(),
        trigger: Trigger::Source,
    }
}

#[tokio::test]
async fn further_items_go_into_the_record_that_has_the_role() {
    let bench = Bench::new().await;
    let registered = bench.registered(&LI).await;
    let platform = bench.platform();
    let added = add(&bench.house, &platform, registered.subject, wechat(&platform), Who::Subject, None).await.unwrap();
    assert_eq!(added.record, registered.record);
    assert_eq!(sealed(&bench, registered.subject).await, 9);
}

#[tokio::test]
async fn an_addition_repeated_under_its_key_gives_and_collects_nothing_twice() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let platform = bench.platform();
    let once = Once::new(&platform, "portal", "key-2", b"the addition");
    let first = add(&bench.house, &platform, li, wechat(&platform), Who::Subject, Some(once)).await.unwrap();
    let size = bench.size().await;
    let again = add(&bench.house, &platform, li, wechat(&platform), Who::Subject, Some(once)).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(bench.size().await, size);
}

#[tokio::test]
async fn r12_a_withdrawal_is_seen_by_the_very_next_act() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let platform = bench.platform();
    add(&bench.house, &platform, li, wechat(&platform), Who::Subject, None).await.unwrap();
    let consents = shouyue_desk::consent::list(&bench.house, &platform, li).await.unwrap();
    let analysis = consents.iter().find(|consent| consent.scope == "collect.analysis").unwrap();
    shouyue_desk::consent::withdraw(&bench.house, &platform, li, analysis.id).await.unwrap();
    let again = Addition { consents: Vec::new(), ..wechat(&platform) };
    let answer = denied(add(&bench.house, &platform, li, again, Who::Subject, None).await.unwrap_err());
    assert!(codes(&answer).contains(&Code::ConsentWithdrawn), "{:?}", codes(&answer));
    refused_for(&bench, Code::ConsentWithdrawn).await;
}

#[tokio::test]
async fn another_persons_record_is_not_found() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await;
    let wang = bench.registered(&WANG).await;
    let platform = bench.platform();
    let foreign = Addition { record: Some(li.record), ..wechat(&platform) };
    let added = add(&bench.house, &platform, wang.subject, foreign, Who::Subject, None).await;
    assert!(matches!(added, Err(Refusal::NotFound("record"))));
    let role = slug("registrant");
    let value = Clear::new("王改名".to_owned());
    let corrected = correct(&bench.house, &platform, wang.subject, Who::Subject, li.record, &role, "name", value).await;
    assert!(matches!(corrected, Err(Refusal::NotFound("record"))));
}

#[tokio::test]
async fn a_corrected_telephone_is_found_anew_and_the_old_one_is_free() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await;
    let platform = bench.platform();
    let role = slug("registrant");
    let new = Clear::new(WANG.phone.to_owned());
    let done =
        correct(&bench.house, &platform, li.subject, Who::Subject, li.record, &role, "phone", new).await.unwrap();
    let entry = bench.entry(done.leaf).await;
    assert_eq!((entry.act, entry.items), (Act::Correct, vec![slug("phone")]));
    assert_eq!(sealed(&bench, li.subject).await, 7, "a new version, no new item");
    assert!(matches!(try_register(&bench, WANG.registration(&platform)).await, Err(Refusal::Taken(TokenKind::Phone))));
    try_register(&bench, with(&platform, &WANG, "phone", LI.phone)).await.unwrap();
    let bad = Clear::new("990105199005010020".to_owned());
    let refused = correct(&bench.house, &platform, li.subject, Who::Subject, li.record, &role, "id-number", bad).await;
    assert_eq!(faults(refused.unwrap_err()), [("id-number".to_owned(), "checksum")]);
}

fn face(number: &str) -> FaceTry {
    FaceTry {
        function: slug("verify-face"),
        channel: None,
        name: Clear::new(LI.name.to_owned()),
        document: Clear::new(number.to_owned()),
        picture: Clear::new(b"\xff\xd8\xff a picture of a face".to_vec()),
    }
}

async fn consent_to_face(bench: &Bench, subject: SubjectId) {
    let platform = bench.platform();
    let choices = vec![yes(&platform, "collect.verify-face"), yes(&platform, "collect.verify-face.biometric")];
    shouyue_desk::consent::give(&bench.house, &platform, subject, choices).await.unwrap();
}

#[tokio::test]
async fn r33_a_face_is_taken_by_separate_consent_and_not_kept() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let platform = bench.platform();
    let answer = denied(by_face(&bench.house, &platform, li, face(LI.number)).await.unwrap_err());
    assert!(codes(&answer).contains(&Code::SeparateConsentMissing), "{:?}", codes(&answer));
    assert_eq!(*bench.face.asked.lock().unwrap(), 0, "without a leaf nothing leaves the house");

    consent_to_face(&bench, li).await;
    let before = sealed(&bench, li).await;
    let verified = by_face(&bench.house, &platform, li, face(LI.number)).await.unwrap();
    assert!(verified.verified);
    let entries = bench.entries().await;
    let [.., taken, result] = entries.as_slice() else { panic!("two leaves") };
    assert_eq!((taken.act, taken.items.clone()), (Act::Collect, vec![slug("face-video")]));
    assert_eq!((result.act, result.because.as_deref()), (Act::Event, Some("face-matches")));
    assert_eq!(sealed(&bench, li).await, before);
    assert_eq!(bench.files_with("a picture of a face").len(), 0);
}

#[tokio::test]
async fn r44_what_was_to_prove_an_identity_is_kept_nowhere() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    consent_to_face(&bench, li).await;
    let before = sealed(&bench, li).await;
    for same in [true, false] {
        *bench.face.answer.lock().unwrap() = Ok(same);
        let verified = by_face(&bench.house, &bench.platform(), li, face(LI.number)).await.unwrap();
        assert_eq!(verified.verified, same);
        assert_eq!(sealed(&bench, li).await, before, "nothing new is sealed");
        assert_eq!(bench.files_with("a picture of a face").len(), 0);
    }
}

#[tokio::test]
async fn r33_a_face_that_differs_or_does_not_answer_verifies_nobody() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    consent_to_face(&bench, li).await;
    let platform = bench.platform();
    *bench.face.answer.lock().unwrap() = Ok(false);
    assert!(!by_face(&bench.house, &platform, li, face(LI.number)).await.unwrap().verified);
    *bench.face.answer.lock().unwrap() = Err(shouyue_desk::ports::Outside::TimedOut);
    assert!(matches!(by_face(&bench.house, &platform, li, face(LI.number)).await, Err(Refusal::Outside(_))));
    let other = by_face(&bench.house, &platform, li, face(WANG.number)).await.unwrap_err();
    assert_eq!(faults(other), [("id-number".to_owned(), "contradicts")]);
    assert!(!shouyue_desk::identity::is_verified(&bench.house, &platform, li).await.unwrap());
}

#[tokio::test]
async fn r33_the_way_without_a_face_needs_no_face() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let platform = bench.platform();
    shouyue_desk::consent::refuse(&bench.house, &platform, li, "collect.verify-face.biometric").await.unwrap();
    let chosen = alternative(&bench.house, &platform, li, "verify-at-counter", Who::Subject).await.unwrap();
    assert!(!chosen.verified, "choosing it is not having gone it");
    let clerk = Who::Staff { seat: model::ActorId::from_random([9; 16]), role: slug("service") };
    let done = alternative(&bench.house, &platform, li, "verify-at-counter", clerk).await.unwrap();
    assert!(done.verified);
    assert!(shouyue_desk::identity::is_verified(&bench.house, &platform, li).await.unwrap());
    let unknown = alternative(&bench.house, &platform, li, "by-palm", Who::Subject).await;
    assert!(matches!(unknown, Err(Refusal::Wrong(_))));
}

#[tokio::test]
async fn a_face_given_at_registration_without_its_own_consent_is_left_out() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let mut form = LI.registration(&platform);
    form.persons[0].fields.push(field("face-image", "upload:face"));
    let done = register(&bench.house, &platform, form, Who::Subject, None).await.unwrap();
    assert_eq!(done.withheld.iter().map(|item| item.item.as_str()).collect::<Vec<_>>(), ["face-image"]);
    let counted = async || bench.store.tally(&slug("haigang")).await.unwrap();
    assert_eq!((counted().await.persons, counted().await.faces), (1, 0));
    assert_eq!(declared(&platform, "collect.register.biometric").items, [slug("face-image")]);
    let mut form = WANG.registration(&platform);
    form.persons[0].fields.push(field("face-image", "upload:face"));
    form.consents.push(Choice { ..yes(&platform, "collect.register.biometric") });
    let done = register(&bench.house, &platform, form, Who::Subject, None).await.unwrap();
    assert_eq!(sealed(&bench, done.subject).await, 8);
    assert_eq!((counted().await.persons, counted().await.faces), (2, 1), "R34 counts who is held");
}
