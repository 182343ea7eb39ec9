//! Somebody registers under another person's document number before the company's systems hand that person's policy in.

use model::act::{Account, Life};
use model::{Clear, RecordId, SubjectId};
use policy::question::{Code, Facts};
use policy::syntax::RightKind;
use shouyue_desk::Refusal;
use shouyue_desk::collect::{Addition, add, correct, event, register};
use shouyue_desk::evidence::{leaves_of, receipt};
use shouyue_desk::identity::ways;
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::read::{Viewer, clear_view, my_information, own_records};
use shouyue_desk::retain::{erase, plan};
use shouyue_desk::rights::{self, By};
use shouyue_desk::share::{Sought, agency_query};
use shouyue_desk::verify::{FaceTry, alternative, by_face};

use super::{NO_RECORD, POLICY_INFO, denied, said, value};
use crate::house::{Bench, LI, Person, WANG, field, slug};

/// 王's number under another name and telephone.
const THIEF: Person = Person { name: "赵示例", phone: "13600136004", ..WANG };

/// A thief with an account under 王's number, who agreed to everything, and 王's policy with its leaf.
async fn stolen(bench: &Bench) -> (SubjectId, RecordId, u64) {
    let operator = bench.operator().await;
    let thief = bench.registered(&THIEF).await.subject;
    for element in ["query-policy", "query-account", "authorise-agency"] {
        bench.agree(thief, element).await;
    }
    bench.authorise(thief, "anhe").await;
    let handed = bench.policy(&operator, &WANG).await;
    assert_eq!(handed.subjects, [thief], "systems know a person by the number");
    (thief, handed.record, handed.leaf)
}

/// Everything that a subject can learn of its records: what pages, lists, receipts and advice say.
async fn learnt(bench: &Bench, subject: SubjectId) -> String {
    let (house, platform) = (&bench.house, &bench.platform());
    let mine = my_information(house, platform, subject).await.unwrap();
    let held: Vec<_> = mine.collected.iter().map(|line| (line.class.as_str(), line.shown.item.as_str())).collect();
    let (leaves, count) = leaves_of(house, platform, subject, 0, 100).await.unwrap();
    let acts: Vec<_> = leaves.iter().filter_map(|leaf| leaf.entry.as_ref()).map(|entry| entry.act).collect();
    let planned = plan(house, platform, subject).await.unwrap();
    let fates: Vec<_> = planned.parts.iter().map(|part| (part.class.as_str(), &part.fate)).collect();
    let closing = rights::ask(house, platform, subject, RightKind::CloseAccount).await.unwrap();
    let page = denied(own_records(house, platform, subject, "query-policy", None).await);
    let ways = mine.unverified;
    format!("{held:?} {acts:?} {count} {fates:?} {:?} {closing:?} {page:?} {ways:?} {}", planned.due, mine.shared.len())
}

#[tokio::test]
async fn under_somebody_elses_number_nothing_shows_whether_there_is_a_policy() {
    let (with, without) = (Bench::new().await, Bench::new().await);
    let (thief, record, leaf) = stolen(&with).await;
    let alone = without.registered(&THIEF).await.subject;
    for element in ["query-policy", "query-account", "authorise-agency"] {
        without.agree(alone, element).await;
    }
    without.authorise(alone, "anhe").await;
    assert_eq!(learnt(&with, thief).await, learnt(&without, alone).await);

    let (house, platform) = (&with.house, &with.platform());
    let (role, item) = (slug("applicant"), slug("id-number"));
    let theirs = clear_view(house, platform, Viewer::Subject, thief, record, &role, &item, "").await;
    let nothing = clear_view(house, platform, Viewer::Subject, thief, NO_RECORD, &role, &item, "").await;
    assert_eq!([said(theirs), said(nothing)], ["no such value"; 2]);
    assert!(matches!(receipt(house, platform, leaf, Some(thief)).await, Err(Refusal::NotFound("receipt"))));
    let value = || Clear::new("赵示例".to_owned());
    let corrected = correct(house, platform, thief, Who::Subject, record, &role, "name", value()).await;
    assert!(matches!(corrected, Err(Refusal::NotFound("record"))));
    // What the thief gave is the thief's own.
    assert!(!own_records(house, platform, thief, "query-account", None).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_refusal_names_the_function_to_go_to_and_stands_on_the_ledger() {
    let bench = Bench::new().await;
    let thief = bench.registered(&THIEF).await.subject;
    let before = bench.size().await;
    let refused = own_records(&bench.house, &bench.platform(), thief, "query-policy", None).await;
    let Err(Refusal::Denied(answer)) = refused else { panic!("not denied") };
    let [reason] = answer.law.reasons.as_slice() else { panic!("{:?}", answer.law) };
    assert_eq!((reason.code, reason.scope.as_deref()), (Code::IdentityUnverified, Some("collect.verify-face")));
    let entry = bench.entry(before).await;
    assert_eq!((entry.act, entry.reasons), (Act::Refused, vec![Code::IdentityUnverified]));
    assert_eq!(entry.function, Some(slug("query-policy")));

    let [way] = <[_; 1]>::try_from(ways(&bench.platform())).unwrap();
    assert_eq!((way.function, way.name.as_str(), way.by_face), (slug("verify-face"), "人脸识别", true));
    let others: Vec<_> = way.alternatives.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(others, ["verify-at-counter", "verify-by-card"]);
}

#[tokio::test]
async fn a_face_that_matches_opens_what_systems_handed_in() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let li = bench.registered(&LI).await.subject;
    let handed = bench.policy(&operator, &LI).await;
    bench.agree(li, "query-policy").await;
    bench.agree(li, "verify-face").await;
    let (house, platform) = (&bench.house, &bench.platform());
    let face = || FaceTry {
        function: slug("verify-face"),
        channel: None,
        name: Clear::new(LI.name.to_owned()),
        document: Clear::new(LI.number.to_owned()),
        picture: Clear::new(vec![0xff, 0xd8, 0xff]),
    };
    *bench.face.answer.lock().unwrap() = Ok(false);
    assert!(!by_face(house, platform, li, face()).await.unwrap().verified);
    assert!(denied(own_records(house, platform, li, "query-policy", None).await).contains(&Code::IdentityUnverified));

    *bench.face.answer.lock().unwrap() = Ok(true);
    assert!(by_face(house, platform, li, face()).await.unwrap().verified);
    let records = own_records(house, platform, li, "query-policy", None).await.unwrap();
    assert_eq!(value(&records, "name"), Some("李**"));
    let mine = my_information(house, platform, li).await.unwrap();
    assert!(mine.unverified.is_none() && mine.collected.iter().any(|line| line.record == handed.record));
    receipt(house, platform, handed.leaf, Some(li)).await.unwrap();
    let (leaves, _) = leaves_of(house, platform, li, 0, 100).await.unwrap();
    assert!(leaves.iter().any(|leaf| leaf.index == handed.leaf));
}

#[tokio::test]
async fn the_way_without_a_face_opens_it_too_and_choosing_it_does_not() {
    let bench = Bench::new().await;
    let (thief, record, _) = stolen(&bench).await;
    let (house, platform) = (&bench.house, &bench.platform());
    alternative(house, platform, thief, "verify-by-card", Who::Subject).await.unwrap();
    assert!(
        denied(own_records(house, platform, thief, "query-policy", None).await).contains(&Code::IdentityUnverified)
    );
    bench.verified(thief).await;
    let records = own_records(house, platform, thief, "query-policy", None).await.unwrap();
    assert_eq!(records[0].record, record);
}

#[tokio::test]
async fn who_is_registered_by_a_system_that_checked_the_identity_needs_no_more() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let counter = bench.system(&operator, &["collect"], &[], None).await;
    let form = LI.registration(&bench.platform());
    let li = register(&bench.house, &bench.platform(), form, counter.who(), None).await.unwrap().subject;
    bench.policy(&operator, &LI).await;
    bench.agree(li, "query-policy").await;
    let records = own_records(&bench.house, &bench.platform(), li, "query-policy", None).await.unwrap();
    assert_eq!(records.len(), 1);
}

/// A system's event on a policy verifies nobody, and no class declares the word for it.
#[tokio::test]
async fn no_event_from_outside_verifies() {
    let bench = Bench::new().await;
    let (_, record, _) = stolen(&bench).await;
    let operator =
        shouyue_desk::seat::staff_login(&bench.house, super::QUICK, "root", super::PASSPHRASE).await.unwrap();
    let core = bench.system(&operator, &["collect"], &[], None).await;
    let day = "2026-06-01".parse().unwrap();
    let refused = event(&bench.house, &bench.platform(), &core, record, "identity-verified", day, None, None).await;
    assert!(matches!(refused, Err(Refusal::Wrong(_))));
}

#[tokio::test]
async fn another_number_is_to_be_verified_anew() {
    let bench = Bench::new().await;
    let (house, platform) = (&bench.house, &bench.platform());
    let operator = bench.operator().await;
    let li = bench.known(&LI).await;
    bench.agree(li.subject, "query-policy").await;
    assert!(own_records(house, platform, li.subject, "query-policy", None).await.unwrap().is_empty());
    let role = slug("registrant");
    for item in [("sex", WANG.sex), ("birth-date", WANG.birth), ("id-number", WANG.number)] {
        let value = Clear::new(item.1.to_owned());
        correct(house, platform, li.subject, Who::Subject, li.record, &role, item.0, value).await.unwrap();
    }
    let handed = bench.policy(&operator, &WANG).await;
    assert_eq!(handed.subjects, [li.subject]);
    let page = own_records(house, platform, li.subject, "query-policy", None).await;
    assert!(denied(page).contains(&Code::IdentityUnverified));
    bench.verified(li.subject).await;
    assert_eq!(own_records(house, platform, li.subject, "query-policy", None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn another_number_in_a_further_record_is_refused_and_nothing_is_kept() {
    let bench = Bench::new().await;
    let (house, platform) = (&bench.house, &bench.platform());
    let li = bench.known(&LI).await.subject;
    bench.agree(li, "query-policy").await;
    bench.agree(li, "policy-service").await;
    let request = |person: &Person| Addition {
        function: slug("policy-service"),
        channel: None,
        product: None,
        record: None,
        person: slug("applicant"),
        fields: vec![
            field("name", person.name),
            field("sex", person.sex),
            field("id-type", "居民身份证"),
            field("id-number", person.number),
            field("birth-date", person.birth),
            field("occupation-class", "一类"),
            field("address", "海港市示例路1号"),
            field("email", "li@shili.example"),
            field("bank-card", super::BANK_CARD),
            field("business-voucher", "upload:voucher"),
        ],
        consents: Vec::new(),
        facts: Facts::default(),
        trigger: policy::syntax::Trigger::Given,
    };
    add(house, platform, li, request(&LI), Who::Subject, None).await.unwrap();
    assert!(own_records(house, platform, li, "query-policy", None).await.unwrap().is_empty(), "the same number again");
    let before = bench.size().await;
    for who in [Who::Subject, Who::House] {
        let Err(Refusal::Fields(faults)) = add(house, platform, li, request(&WANG), who, None).await else {
            panic!("another number")
        };
        let told: Vec<_> = faults.iter().map(|fault| (fault.item.as_str(), fault.code)).collect();
        assert_eq!(told, [("id-number", "not-registered")]);
    }
    assert_eq!(bench.size().await, before, "no consent, no record, no refusal");
    assert!(own_records(house, platform, li, "query-policy", None).await.unwrap().is_empty(), "still verified");

    // A passport besides is no slip: it comes in, and nobody is found by it until the company has looked at it.
    let passport_number = "E12345678";
    let mut passport = request(&LI);
    for (item, value) in [("id-type", "护照"), ("id-number", passport_number)] {
        passport.fields.iter_mut().find(|(name, _)| name == item).unwrap().1 = Clear::new(value.into());
    }
    add(house, platform, li, passport, Who::Subject, None).await.unwrap();
    assert!(own_records(house, platform, li, "query-policy", None).await.unwrap().is_empty(), "verified as before");
    let operator = bench.operator().await;
    let handed = bench.policy(&operator, &Person { number: passport_number, ..LI }).await;
    assert_ne!(handed.subjects, [li], "whoever has that passport is somebody else until the company has looked at it");
    assert!(own_records(house, platform, li, "query-policy", None).await.unwrap().is_empty());
    assert!(
        add(house, platform, li, request(&WANG), Who::Subject, None).await.is_err(),
        "the first number still counts"
    );
}

#[tokio::test]
async fn r23_the_grant_of_an_unverified_customer_opens_no_policy() {
    let bench = Bench::new().await;
    let (thief, record, _) = stolen(&bench).await;
    let operator =
        shouyue_desk::seat::staff_login(&bench.house, super::QUICK, "root", super::PASSPHRASE).await.unwrap();
    let agency = bench.agency(&operator, "anhe").await;
    let (house, platform) = (&bench.house, &bench.platform());
    for by_customer in [Sought::Subject(thief), Sought::Document(WANG.number.to_owned().into())] {
        let before = bench.size().await;
        let refused = agency_query(house, platform, &agency, by_customer).await;
        assert_eq!(denied(refused), [Code::IdentityUnverified]);
        let entry = bench.entry(before).await;
        assert_eq!((entry.act, entry.party), (Act::Refused, Some(slug("anhe"))));
    }
    // Without a policy the answer is the same; whoever knows a record learns nothing either.
    let alone = bench.registered(&LI).await.subject;
    bench.authorise(alone, "anhe").await;
    let refused = agency_query(house, platform, &agency, Sought::Subject(alone)).await;
    assert_eq!(denied(refused), [Code::IdentityUnverified]);
    let theirs = agency_query(house, platform, &agency, Sought::Record(record)).await;
    let nothing = agency_query(house, platform, &agency, Sought::Record(NO_RECORD)).await;
    assert_eq!([said(theirs), said(nothing)], ["no such policy"; 2]);
    bench.verified(thief).await;
    let records = agency_query(house, platform, &agency, Sought::Record(record)).await.unwrap();
    assert!(value(&records, "policy-info").is_some_and(|info| info == POLICY_INFO || info.contains('*')));
}

/// Somebody else's agreement under the insured's number does not open the insured's part to an agency.
#[tokio::test]
async fn r23_a_part_of_somebody_unverified_stays_shut_in_a_policy_that_was_granted() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let li = bench.known(&LI).await.subject;
    let thief = bench.registered(&THIEF).await.subject;
    for subject in [li, thief] {
        bench.authorise(subject, "anhe").await;
    }
    let handed = bench.policy_of(&operator, &[(&LI, "applicant"), (&WANG, "insured")]).await;
    let agency = bench.agency(&operator, "anhe").await;
    let query = async || {
        let sought = Sought::Record(handed.record);
        let records = agency_query(&bench.house, &bench.platform(), &agency, sought).await.unwrap();
        records[0].parts.iter().filter_map(|part| part.subject).collect::<Vec<_>>()
    };
    assert_eq!(query().await, [li]);
    bench.verified(thief).await;
    assert!(query().await.contains(&thief));
}

#[tokio::test]
async fn an_unverified_customer_erases_the_own_account_and_no_policy() {
    let bench = Bench::new().await;
    let (house, platform) = (&bench.house, &bench.platform());
    let (thief, record, _) = stolen(&bench).await;
    let erased = erase(house, platform, thief, Who::Subject).await.unwrap();
    assert!(erased.fates.iter().all(|part| part.class == slug("account")), "{:?}", erased.fates);
    assert!(!erased.certificate.contains("policy\",\"role"));
    let row = bench.store.record(&platform.id, record).await.unwrap().unwrap();
    assert_eq!(row.life, Life::Live);
    assert_eq!(bench.store.subject(&platform.id, thief).await.unwrap().unwrap().account, Account::None);
    assert!(bench.files_with(THIEF.phone).is_empty());
    // 王 comes to the counter and gets the account, with the policy.
    let counter = Who::Service { token: model::ActorId::from_random([8; 16]) };
    let wang = register(house, platform, WANG.registration(platform), counter, None).await.unwrap().subject;
    assert_eq!(wang, thief, "the number is the policy's bearer's");
    bench.agree(wang, "query-policy").await;
    let records = own_records(house, platform, wang, "query-policy", None).await.unwrap();
    assert_eq!((records.len(), value(&records, "name")), (1, Some("王**")));
}

#[tokio::test]
async fn a_request_of_an_unverified_customer_is_taken_and_tells_nothing() {
    let bench = Bench::new().await;
    let (thief, ..) = stolen(&bench).await;
    let today = "2026-06-01".parse().unwrap();
    let right = RightKind::CloseAccount;
    let opened = rights::open(&bench.house, &bench.platform(), By::Subject, thief, right, today).await.unwrap();
    let alone = bench.registered(&LI).await.subject;
    let other = rights::open(&bench.house, &bench.platform(), By::Subject, alone, right, today).await.unwrap();
    assert_eq!(opened.answer, other.answer);
}
