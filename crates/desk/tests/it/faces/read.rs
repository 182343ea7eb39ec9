//! Reading: masked by default, one leaf a page, nothing of anybody else's, nothing of what is only stored.

use model::act::Life;
use policy::question::{Code, Effect, Facts, Outcome};
use shouyue_desk::collect::{PersonFields, Registration, event, register};
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::read::{Sign, Viewer, clear_view, my_information, own_record, own_records, search, subject_page};
use shouyue_desk::retain::erase;
use shouyue_desk::{House, Platform, Refusal};

use super::{BANK_CARD, NO_RECORD, POLICY_INFO, codes, denied, said, value};
use crate::house::{Bench, LI, WANG, field, slug, yes};

/// A customer with an account and a policy, who agreed to see it.
async fn with_policy(bench: &Bench) -> (shouyue_desk::seat::Seat, model::SubjectId, model::RecordId) {
    let operator = bench.operator().await;
    let subject = bench.known(&LI).await.subject;
    let handed = bench.policy(&operator, &LI).await;
    assert_eq!(handed.subjects, [subject], "the policy is found by document number");
    bench.agree(subject, "query-policy").await;
    (operator, subject, handed.record)
}

#[tokio::test]
async fn r56_own_records_are_masked_and_one_page_is_one_leaf() {
    let bench = Bench::new().await;
    let (_, subject, record) = with_policy(&bench).await;
    let before = bench.size().await;
    let records = own_records(&bench.house, &bench.platform(), subject, "保单查询", None).await.unwrap();
    assert_eq!(bench.size().await, before + 1);
    assert_eq!(records.len(), 1);
    assert_eq!((records[0].record, records[0].leaf, records[0].life), (record, Some(before), Life::Live));
    assert_eq!(records[0].class_name, "保单");
    assert_eq!(value(&records, "name"), Some("李**"));
    let number = value(&records, "id-number").unwrap();
    assert!(number.contains('*') && number != LI.number, "{number}");
    assert_ne!(value(&records, "bank-card"), Some(BANK_CARD));

    let entry = bench.entry(before).await;
    assert_eq!((entry.act, &entry.actor), (Act::Read, &Who::Subject));
    assert_eq!(entry.function, Some(slug("query-policy")));
    assert!(entry.items.contains(&slug("name")));
    assert!(entry.parts.is_some(), "applicant and insured are two parts of one act");
    let leaf = String::from_utf8(entry.bytes()).unwrap();
    for text in LI.values().into_iter().chain([POLICY_INFO, BANK_CARD]) {
        assert!(!leaf.contains(text));
    }
    assert!(!leaf.contains(&subject.to_string()) && !leaf.contains(&record.to_string()));
}

#[tokio::test]
async fn r12_a_withdrawn_consent_closes_the_next_page_with_its_reason() {
    let bench = Bench::new().await;
    let (_, subject, _) = with_policy(&bench).await;
    let given = shouyue_desk::consent::list(&bench.house, &bench.platform(), subject).await.unwrap();
    let general = given.iter().find(|consent| consent.scope == "collect.query-policy").unwrap();
    shouyue_desk::consent::withdraw(&bench.house, &bench.platform(), subject, general.id).await.unwrap();
    for house in [&bench.house, &bench.second().await] {
        let before = bench.size().await;
        let refused = own_records(house, &bench.platform(), subject, "query-policy", None).await;
        assert!(denied(refused).contains(&Code::ConsentWithdrawn));
        let entry = bench.entry(before).await;
        assert_eq!((entry.act, entry.effect), (Act::Refused, Effect::Deny));
        assert!(entry.reasons.contains(&Code::ConsentWithdrawn));
    }
}

#[tokio::test]
async fn a_withdrawal_in_the_midst_of_a_page_is_seen_by_it() {
    let bench = Bench::new().await;
    let (_, subject, _) = with_policy(&bench).await;
    let given = shouyue_desk::consent::list(&bench.house, &bench.platform(), subject).await.unwrap();
    let general = given.iter().find(|consent| consent.scope == "collect.query-policy").unwrap().id;
    let second = bench.second().await;
    let platform = bench.platform();
    let other = Platform::clone(&platform);
    // The next draw is the salt of the page's leaf: everything is decided, nothing is committed.
    bench.entropy.before_draw(1, move || {
        let withdraw = async move { shouyue_desk::consent::withdraw(&second, &other, subject, general).await };
        std::thread::spawn(move || tokio::runtime::Runtime::new().unwrap().block_on(withdraw).unwrap()).join().unwrap();
    });
    let refused = own_records(&bench.house, &platform, subject, "query-policy", None).await;
    assert!(denied(refused).contains(&Code::ConsentWithdrawn));
}

#[tokio::test]
async fn r59_what_was_refused_stands_on_the_ledger_with_who_what_and_why() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let subject = bench.known(&LI).await.subject;
    bench.policy(&operator, &LI).await;
    let before = bench.size().await;
    let refused = own_records(&bench.house, &bench.platform(), subject, "query-policy", None).await;
    assert!(!denied(refused).is_empty());
    assert_eq!(bench.size().await, before + 1);
    let entry = bench.entry(before).await;
    assert_eq!((entry.act, entry.effect, &entry.actor), (Act::Refused, Effect::Deny, &Who::Subject));
    assert!(entry.subject.is_some() && entry.items.contains(&slug("name")) && !entry.reasons.is_empty());
    assert_eq!((entry.function, entry.at), (Some(slug("query-policy")), bench.house.now()));
    assert_eq!((entry.policy, entry.tables), (bench.platform().tables.policy(), bench.platform().tables.fingerprint()));
}

#[tokio::test]
async fn whoever_stands_in_the_same_record_is_decided_on_the_own_consents() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let (li, wang) = (bench.known(&LI).await.subject, bench.known(&WANG).await.subject);
    let handed = bench.policy_of(&operator, &[(&LI, "applicant"), (&WANG, "insured")]).await;
    assert_eq!(handed.subjects, [li, wang]);
    bench.agree(li, "query-policy").await;
    let (house, platform) = (&bench.house, &bench.platform());
    let records = own_records(house, platform, li, "query-policy", None).await.unwrap();
    let of = |subject| records[0].parts.iter().find(move |part| part.subject == Some(subject)).unwrap();
    assert!(of(li).items.iter().any(|shown| shown.value.is_some()));
    assert!(of(wang).items.iter().all(|shown| shown.value.is_none()), "the insured said nothing yet");
    let entry = bench.entry(records[0].leaf.unwrap()).await;
    assert_eq!((entry.effect, entry.with.len()), (Effect::Partial, 1), "the act concerns both");
    bench.agree(wang, "query-policy").await;
    let records = own_records(house, platform, li, "query-policy", None).await.unwrap();
    let shown = records[0].parts.iter().filter(|part| part.subject == Some(wang)).flat_map(|part| &part.items);
    assert!(shown.clone().any(|shown| shown.value.as_deref() == Some("王**")));
}

#[tokio::test]
async fn a_contact_sees_the_companys_items_and_the_own_ones_masked() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let of_company = vec![
        field("company-name", "示例科技有限公司"),
        field("company-certificate-code", "91350211M000100Y46"),
        field("company-certificate-number", "LIC-2026-0001"),
    ];
    let of_contact = vec![
        field("contact-name", WANG.name),
        field("contact-phone", WANG.phone),
        field("company-contact-id-number", WANG.number),
        field("contact-email", "contact@shili.example"),
    ];
    let form = Registration {
        function: slug("register-company"),
        channel: None,
        product: None,
        persons: vec![
            PersonFields { person: slug("company"), fields: of_company },
            PersonFields { person: slug("company-contact"), fields: of_contact },
        ],
        consents: bench.scopes("register-company").iter().map(|scope| yes(&platform, scope)).collect(),
        facts: Facts::default(),
    };
    let contact = register(&bench.house, &platform, form, Who::Subject, None).await.unwrap().subject;
    bench.agree(contact, "query-account").await;
    let records = own_records(&bench.house, &platform, contact, "query-account", None).await.unwrap();
    assert_eq!(value(&records, "company-name"), Some("示例科技有限公司"));
    assert_eq!(value(&records, "contact-name"), Some("王**"));
    assert!(value(&records, "company-contact-id-number").is_some_and(|number| number != WANG.number));
    let parts = &records[0].parts;
    let of_nobody = parts.iter().find(|part| part.subject.is_none()).unwrap();
    assert_eq!(of_nobody.person, slug("company"));
}

#[tokio::test]
async fn one_record_is_shown_as_its_function_reads_it_else_under_the_right_of_access() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let (_, subject, record) = with_policy(&bench).await;
    let query = [slug("query-policy")];
    let before = bench.size().await;
    let read = own_record(&bench.house, &platform, subject, record, &query, None).await.unwrap();
    assert_eq!((read.record, read.leaf), (record, Some(before)));
    assert_eq!(bench.entry(before).await.function, Some(slug("query-policy")));

    // Nothing lies in the policy that the functions of the account read.
    let other = [slug("query-account")];
    let own = own_record(&bench.house, &platform, subject, record, &other, None).await.unwrap();
    assert_eq!(bench.size().await, before + 2, "looking in vain is no act");
    assert_eq!(bench.entry(own.leaf.unwrap()).await.function, None);
    assert!(own.parts.iter().all(|part| part.subject == Some(subject)), "parts of nobody's are no part of the right");
    assert_eq!(value(&[own], "name"), Some("李**"));

    let stranger = bench.known(&WANG).await.subject;
    let refused = own_record(&bench.house, &platform, stranger, record, &query, None).await;
    assert!(matches!(refused, Err(Refusal::NotFound("record"))));
}

#[tokio::test]
async fn without_records_there_is_no_page_and_no_leaf() {
    let bench = Bench::new().await;
    let subject = bench.known(&LI).await.subject;
    let before = bench.size().await;
    assert!(own_records(&bench.house, &bench.platform(), subject, "query-policy", None).await.unwrap().is_empty());
    assert_eq!(bench.size().await, before);
    let unknown = own_records(&bench.house, &bench.platform(), subject, "no-such-function", None).await;
    assert!(matches!(unknown, Err(Refusal::NotFound("function"))));
}

#[tokio::test]
async fn both_lists_say_what_is_held_and_what_really_went_out() {
    let bench = Bench::new().await;
    let (operator, subject, record) = with_policy(&bench).await;
    let held = my_information(&bench.house, &bench.platform(), subject).await.unwrap();
    assert!(held.shared.is_empty());
    let name =
        held.collected.iter().find(|line| line.shown.item.as_str() == "name" && line.class.as_str() == "account");
    let name = name.unwrap();
    assert_eq!(name.shown.value.as_deref(), Some("李**"));
    assert_eq!(name.shown.name, "姓名（名称）");
    assert_eq!(name.function_name.as_deref(), Some("用户注册"));
    assert_eq!(name.purposes, [(slug("registration"), "完成用户注册".to_owned())]);
    assert_eq!((name.shown.trigger.as_str(), name.person_name.as_str()), ("given", "注册用户"));
    let number = held.collected.iter().find(|line| line.shown.item.as_str() == "id-number").unwrap();
    assert!(number.shown.sensitive);
    let policy = held.collected.iter().find(|line| line.record == record).unwrap();
    let kept = policy.kept.clone().unwrap();
    assert!(kept.erase_not_before > Some("2040-01-01".parse().unwrap()), "ten years after the cover's end: {kept:?}");
    let all = held.collected.iter().filter_map(|line| line.shown.value.as_deref());
    for clear in [LI.name, LI.phone, LI.number, BANK_CARD] {
        assert!(all.clone().all(|shown| shown != clear), "{clear} is not masked");
    }
    assert_eq!(bench.entry(held.leaf.unwrap()).await.act, Act::Read);

    bench.authorise(subject, "anhe").await;
    let agency = bench.agency(&operator, "anhe").await;
    let sought = shouyue_desk::share::Sought::Record(record);
    shouyue_desk::share::agency_query(&bench.house, &bench.platform(), &agency, sought).await.unwrap();
    let held = my_information(&bench.house, &bench.platform(), subject).await.unwrap();
    let [line] = held.shared.as_slice() else { panic!("one share, not {}", held.shared.len()) };
    assert_eq!(line.recipient.as_ref().unwrap().1, "客户指定的保险代理机构");
    assert_eq!(line.party.as_ref().unwrap().1, "南屿安和保险代理有限公司");
    assert_eq!(line.purpose.as_ref().unwrap().0, slug("agency-service"));
    assert!(line.items.iter().any(|(item, _)| item.as_str() == "policy-info"));
    assert_eq!((line.method, line.at), (Some(policy::syntax::Method::Pull), bench.house.now()));
}

#[tokio::test]
async fn r56_one_value_in_the_clear_is_an_act_of_its_own() {
    let bench = Bench::new().await;
    let (_, subject, record) = with_policy(&bench).await;
    let before = bench.size().await;
    let platform = bench.platform();
    let (role, item) = (slug("applicant"), slug("id-number"));
    let view = clear_view(&bench.house, &platform, Viewer::Subject, subject, record, &role, &item, "").await.unwrap();
    assert_eq!((view.shown.value.as_deref(), view.shown.mask), (Some(LI.number), None));
    assert_eq!((view.leaf, bench.size().await), (before, before + 1));
    let entry = bench.entry(before).await;
    assert_eq!((entry.act, entry.items), (Act::Read, vec![item]));
    assert!(entry.record.is_some());
}

#[tokio::test]
async fn r56_staff_see_masks_and_need_role_and_reason_for_more() {
    let bench = Bench::new().await;
    let (operator, subject, record) = with_policy(&bench).await;
    let service = bench.on_duty(&operator, "service").await;
    let claims = bench.on_duty(&operator, "claims").await;
    let (house, platform) = (&bench.house, &bench.platform());
    let page = subject_page(house, platform, &claims, subject, Some("query-policy")).await.unwrap();
    assert_eq!(value(&page.records, "name"), Some("李**"));
    assert!(codes(&page.records).contains(&Code::MaskedByDefault));
    assert_eq!(page.function_name, "保单查询");
    let entry = bench.entry(page.leaf.unwrap()).await;
    assert!(matches!(entry.actor, Who::Staff { role, .. } if role == slug("claims")));

    let (role, item) = (slug("applicant"), slug("id-number"));
    let view = async |duty, because: &'static str| {
        let viewer = Viewer::Staff { duty, function: "query-policy" };
        clear_view(house, platform, viewer, subject, record, &role, &item, because).await
    };
    let before = bench.size().await;
    assert!(matches!(view(&claims, "").await, Err(Refusal::Fields(faults)) if faults[0].item == "because"));
    assert!(matches!(view(&claims, "李示例 asked").await, Err(Refusal::Fields(_))), "no free text");
    assert_eq!(bench.size().await, before, "a form that is wrong is no act");
    let opened = view(&claims, "customer-asked").await.unwrap();
    assert_eq!(opened.shown.value.as_deref(), Some(LI.number));
    assert_eq!(bench.entry(before).await.because.as_deref(), Some("customer-asked"));
    assert!(denied(view(&service, "customer-asked").await).contains(&Code::RoleNotAllowed));
    assert_eq!(bench.entry(before + 1).await.act, Act::Refused);
}

#[tokio::test]
async fn staff_look_only_in_the_course_of_their_functions() {
    let bench = Bench::new().await;
    let (operator, subject, _) = with_policy(&bench).await;
    let service = bench.on_duty(&operator, "service").await;
    let auditor = bench.on_duty(&operator, "auditor").await;
    let (house, platform) = (&bench.house, &bench.platform());
    for (duty, function) in [(&service, Some("policy-service")), (&auditor, None)] {
        let before = bench.size().await;
        let refused = subject_page(house, platform, duty, subject, function).await;
        assert!(denied(refused).contains(&Code::RoleNotAllowed));
        assert_eq!(bench.entry(before).await.act, Act::Refused);
    }
}

#[tokio::test]
async fn r46_what_is_only_stored_cannot_be_read_and_staff_see_why() {
    let bench = Bench::new().await;
    let (operator, subject, record) = with_policy(&bench).await;
    let core = bench.system(&operator, &["collect"], &[], None).await;
    let (house, platform) = (&bench.house, &bench.platform());
    let day = "2026-05-01".parse().unwrap();
    event(house, platform, &core, record, "ended", day, None, None).await.unwrap();
    erase(house, platform, subject, Who::Subject).await.unwrap();

    let refused = own_records(house, platform, subject, "query-policy", None).await;
    let reasons = denied(refused);
    assert!(reasons.contains(&Code::StorageOnly) || reasons.contains(&Code::AccountClosed), "{reasons:?}");
    let compliance = bench.on_duty(&operator, "compliance").await;
    let page = subject_page(house, platform, &compliance, subject, Some("query-policy")).await.unwrap();
    let stored = page.records.iter().find(|view| view.record == record).unwrap();
    assert_eq!(stored.life, Life::StorageOnly);
    let items = stored.parts.iter().flat_map(|part| &part.items);
    assert!(items.clone().count() > 0);
    assert!(items.clone().all(|shown| shown.value.is_none() && shown.answer.outcome == Outcome::Withheld));
    assert!(codes(&page.records).contains(&Code::StorageOnly));
    assert_eq!(bench.entry(page.leaf.unwrap()).await.act, Act::Refused, "a look at nothing but reasons is no read");
    let viewer = Viewer::Staff { duty: &compliance, function: "query-policy" };
    let (role, item) = (slug("applicant"), slug("id-number"));
    let clear = clear_view(house, platform, viewer, subject, record, &role, &item, "legal-duty").await;
    assert!(denied(clear).contains(&Code::StorageOnly));
}

#[tokio::test]
async fn somebody_elses_record_looks_like_none() {
    let bench = Bench::new().await;
    let (_, subject, record) = with_policy(&bench).await;
    let stranger = bench.registered(&WANG).await.subject;
    let (house, platform) = (&bench.house, &bench.platform());
    let (role, item) = (slug("applicant"), slug("id-number"));
    let theirs = clear_view(house, platform, Viewer::Subject, stranger, record, &role, &item, "").await;
    let nothing = clear_view(house, platform, Viewer::Subject, stranger, NO_RECORD, &role, &item, "").await;
    let never_held = clear_view(house, platform, Viewer::Subject, subject, record, &role, &slug("phone"), "").await;
    let said = [said(theirs), said(nothing), said(never_held)];
    assert!(said.iter().all(|text| text == "no such value"), "{said:?}");
    let mine = my_information(house, platform, stranger).await.unwrap();
    assert!(mine.collected.iter().all(|line| line.record != record));
}

#[tokio::test]
async fn search_is_exact_and_leaves_a_leaf_without_the_value() {
    let bench = Bench::new().await;
    let (operator, subject, _) = with_policy(&bench).await;
    let service = bench.on_duty(&operator, "service").await;
    let (house, platform) = (&bench.house, &bench.platform());
    let find = async |kind, text: &str| search(house, platform, &service, kind, &text.to_owned().into()).await;
    let before = bench.size().await;
    assert_eq!(find(Sign::Phone, "138 0013 8001").await.unwrap(), Some(subject));
    assert_eq!(find(Sign::Document, LI.number).await.unwrap(), Some(subject));
    assert_eq!(find(Sign::Phone, WANG.phone).await.unwrap(), None);
    assert_eq!(bench.size().await, before + 3, "found or not");
    assert!(bench.entry(before).await.subject.is_some() && bench.entry(before + 2).await.subject.is_none());
    assert!(matches!(find(Sign::Phone, "1380013").await, Err(Refusal::Fields(_))), "no substrings");
    let auditor = bench.on_duty(&operator, "auditor").await;
    let refused = search(house, platform, &auditor, Sign::Phone, &LI.phone.to_owned().into()).await;
    assert!(denied(refused).contains(&Code::RoleNotAllowed));
}

#[tokio::test]
async fn invariant_10_nothing_that_was_read_stands_in_any_file() {
    let bench = Bench::new().await;
    let (operator, subject, record) = with_policy(&bench).await;
    let claims = bench.on_duty(&operator, "claims").await;
    let (house, platform): (&House, &Platform) = (&bench.house, &bench.platform());
    own_records(house, platform, subject, "query-policy", None).await.unwrap();
    my_information(house, platform, subject).await.unwrap();
    subject_page(house, platform, &claims, subject, Some("query-policy")).await.unwrap();
    search(house, platform, &claims, Sign::Phone, &LI.phone.to_owned().into()).await.unwrap();
    let (role, item) = (slug("applicant"), slug("bank-card"));
    let viewer = Viewer::Staff { duty: &claims, function: "query-policy" };
    clear_view(house, platform, viewer, subject, record, &role, &item, "case-handling").await.unwrap();
    for text in LI.values().into_iter().chain([POLICY_INFO, BANK_CARD]) {
        assert!(bench.files_with(text).is_empty(), "{text}");
    }
}

#[tokio::test]
async fn invariant_11_a_subject_of_one_platform_is_nobody_on_another() {
    let bench = Bench::new().await;
    let (operator, subject, record) = with_policy(&bench).await;
    let claims = bench.on_duty(&operator, "claims").await;
    let other = bench.publish(crate::house::renamed("anrun")).await.unwrap();
    let house = &bench.house;
    assert!(matches!(my_information(house, &other, subject).await, Err(Refusal::NotFound("subject"))));
    let records = own_records(house, &other, subject, "query-policy", None).await;
    assert!(matches!(records, Err(Refusal::NotFound("subject"))));
    let (role, item) = (slug("applicant"), slug("id-number"));
    let elsewhere = clear_view(house, &other, Viewer::Subject, subject, record, &role, &item, "").await;
    assert_eq!(said(elsewhere), "no such value");
    assert!(matches!(
        subject_page(house, &other, &claims, subject, Some("query-policy")).await,
        Err(Refusal::NotAllowed(_))
    ));
}
