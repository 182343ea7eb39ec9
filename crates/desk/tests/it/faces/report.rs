//! Reports: each counts what is there, says what is not as it must be, and is an act of its own.

use jiff::SignedDuration;
use model::act::Life;
use model::{Fingerprint, RecordId, SubjectId};
use policy::finding::Source;
use policy::syntax::FinancialLevel;
use serde_json::{Value, json};
use shouyue_desk::Refusal;
use shouyue_desk::evidence::prune;
use shouyue_desk::keys::{GRACE, rotate_parts, tend};
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::publish::publish;
use shouyue_desk::read::{Viewer, clear_view, subject_page};
use shouyue_desk::report::{ClassKept, Content, Kind, Made, make, make_for};
use shouyue_desk::retain::{erase, sweep};
use shouyue_desk::share::{Sought, agency_query};
use store::{Batch, Leaf, SealedValue, Write};
use vault::Suite;

use crate::house::{Bench, LI, WANG, haigang, slug, text};

async fn made(bench: &Bench, kind: Kind) -> Made {
    make(&bench.house, &bench.platform(), kind, None, Who::House).await.unwrap()
}

fn faults(made: &Made) -> Vec<(&'static str, u64)> {
    made.report.faults.iter().map(|fault| (fault.code, fault.count)).collect()
}

async fn policies(bench: &Bench) -> (Made, ClassKept) {
    let made = made(bench, Kind::Retention).await;
    let Content::Retention(report) = &made.report.report else { panic!("{made:?}") };
    let class = report.classes.iter().find(|class| class.class == "policy").unwrap().clone();
    (made, class)
}

/// Puts rows in that no desk would write, under a leaf of these bytes.
async fn put(bench: &Bench, kind: &str, entry: &[u8], writes: Vec<Write>) {
    let leaf = Leaf { entry: entry.to_vec(), kind: kind.to_owned(), at: bench.house.now(), subjects: Vec::new() };
    let batch = Batch { platform: slug("haigang"), expect: Vec::new(), writes, leaf, key: None };
    bench.store.commit(batch).await.unwrap();
}

#[tokio::test]
async fn a_report_is_an_act_whose_leaf_holds_its_fingerprint() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let (auditor, service) = (bench.on_duty(&operator, "auditor").await, bench.on_duty(&operator, "service").await);
    let (house, platform) = (&bench.house, &bench.platform());
    for kind in Kind::ALL {
        let made = make_for(house, platform, &auditor, kind, None).await.unwrap();
        let entry = bench.entry(made.leaf).await;
        assert_eq!((entry.act, entry.because.as_deref()), (Act::Report, Some(kind.word())));
        assert_eq!(entry.document, Some(made.fingerprint));
        assert_eq!(entry.actor, Who::Staff { seat: auditor.seat(), role: slug("auditor") });
        assert_eq!(made.report.faults, [], "{}", kind.word());
        let said: Value = serde_json::from_str(&made.json).unwrap();
        assert_eq!((&said["platform"], &said["report"]["kind"]), (&json!("haigang"), &json!(kind.word())));
        for table in made.report.tables() {
            assert!(table.rows.iter().all(|row| row.len() == table.heads.len()), "{}", table.name);
        }
        let before = bench.size().await;
        let refused = make_for(house, platform, &service, kind, None).await;
        assert!(matches!(refused, Err(Refusal::NotAllowed(_))), "who serves customers audits nobody");
        assert_eq!(bench.size().await, before);
    }
}

#[tokio::test]
async fn r46_what_is_storage_only_is_counted_and_r47_by_the_days_of_its_floor() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    bench.policy(&operator, &LI).await;
    let (_, class) = policies(&bench).await;
    assert_eq!((class.live, class.storage_only, class.erased), (1, 0, 0));
    let floor = class.floor.unwrap();
    assert!(floor.length.to_string().starts_with("10 ") && !floor.article.is_empty(), "{floor:?}");
    // Cover until the last day of 2030, ten years from then on.
    assert_eq!((class.first, class.last), (Some("2041-01-01".parse().unwrap()), class.first));

    bench.clock.set("2031-01-01T02:00:00Z");
    sweep(&bench.house, &bench.platform(), "2031-01-01".parse().unwrap()).await.unwrap();
    let (made, class) = policies(&bench).await;
    assert_eq!((class.live, class.storage_only, class.due, class.overdue), (0, 1, 0, 0));
    assert_eq!(faults(&made), []);
}

#[tokio::test]
async fn r47_what_is_late_and_what_went_too_early_are_faults() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let early = bench.policy(&operator, &LI).await;
    let late = bench.policy(&operator, &WANG).await;
    bench.clock.set("2041-01-01T02:00:00Z");
    let (made, class) = policies(&bench).await;
    assert_eq!((class.due, class.overdue, faults(&made)), (2, 0, vec![]), "on the day itself it is due");
    bench.clock.set("2041-01-02T02:00:00Z");
    let (made, class) = policies(&bench).await;
    assert_eq!((class.due, class.overdue, faults(&made)), (0, 2, vec![("overdue", 2)]));
    while !sweep(&bench.house, &bench.platform(), "2041-01-02".parse().unwrap()).await.unwrap().is_empty() {}
    let (made, class) = policies(&bench).await;
    assert_eq!((class.erased, class.early, faults(&made)), (2, 0, vec![]));
    let life = bench.store.record(&slug("haigang"), late.record).await.unwrap().unwrap().life;
    assert_eq!(life, Life::Erased);

    // A part that somebody destroyed with the floor running, past every desk.
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let again = bench.policy(&operator, &LI).await;
    assert_eq!(again.subjects.len(), early.subjects.len());
    let subject = Some(again.subjects[0]);
    let destroy = |role: &str| Write::Destroy { record: again.record, subject, role: slug(role) };
    put(&bench, "erase", b"{}", vec![destroy("applicant"), destroy("insured")]).await;
    let (made, class) = policies(&bench).await;
    assert_eq!((class.live, class.erased, class.early), (0, 1, 2));
    assert_eq!(faults(&made), [("erased-early", 2)]);
}

#[tokio::test]
async fn r45_what_a_certificate_says_is_erased_the_report_counts_so() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await;
    let erased = erase(&bench.house, &bench.platform(), li.subject, Who::Subject).await.unwrap();
    let certificate: Value = serde_json::from_str(&erased.certificate).unwrap();
    assert_eq!(certificate["erased"], json!([{ "class": "account", "role": "registrant" }]));
    assert_eq!(certificate["leaf"], json!(erased.leaf));
    let at: jiff::Timestamp = certificate["destroyed"].as_str().unwrap().parse().unwrap();
    assert!(at >= bench.entry(erased.leaf).await.at, "the keys were gone once the act was done");
    let made = made(&bench, Kind::Retention).await;
    let Content::Retention(report) = &made.report.report else { panic!("{made:?}") };
    let account = report.classes.iter().find(|class| class.class == "account").unwrap();
    assert_eq!((account.live, account.storage_only, account.erased), (0, 0, 1));
}

#[tokio::test]
async fn r27_what_went_out_stays_on_record_three_years_and_is_emptied_after() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let subject = bench.known(&LI).await.subject;
    let record = bench.policy(&operator, &LI).await.record;
    bench.authorise(subject, "anhe").await;
    let agency = bench.agency(&operator, "anhe").await;
    agency_query(&bench.house, &bench.platform(), &agency, Sought::Record(record)).await.unwrap();
    let shared = bench.house.now();
    let evidence = async || {
        let made = made(&bench, Kind::Retention).await;
        let Content::Retention(report) = &made.report.report else { panic!("{made:?}") };
        (report.evidence.clone(), faults(&made))
    };
    let (first, _) = evidence().await;
    assert_eq!((first.whole, first.oldest, first.emptied), (1, Some(shared), 0));
    let floor = first.floor.unwrap();
    assert!(floor.length.to_string().starts_with("3 "), "{floor:?}");
    // Emptied while the floor runs: there is no such way but past the house.
    let before = bench.house.now() + SignedDuration::from_hours(1);
    let others: [&'static str; 2] = ["collect", "publish"];
    bench.store.leaves_prune(&slug("haigang"), before, &others).await.unwrap();
    let (held, all) = evidence().await;
    assert_eq!((held.whole, all), (1, vec![]), "who is in it is not forgotten, so it stays");
    put(&bench, "share", b"", Vec::new()).await;
    let (_, all) = evidence().await;
    assert_eq!(all, [("emptied-early", 1)]);
    bench.clock.set("2029-06-03T02:00:00Z");
    prune(&bench.house, &bench.platform()).await.unwrap();
    let (after, all) = evidence().await;
    assert_eq!((after.emptied, after.emptied_early, all), (1, 0, vec![]));
}

#[tokio::test]
async fn r58_who_acted_is_counted_and_what_nobody_used_is_named() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let subject = bench.known(&LI).await.subject;
    let record = bench.policy(&operator, &LI).await.record;
    bench.agree(subject, "query-policy").await;
    let other = bench.known(&WANG).await.subject;
    let (claims, service) = (bench.on_duty(&operator, "claims").await, bench.on_duty(&operator, "service").await);
    let (house, platform) = (&bench.house, &bench.platform());
    for subject in [subject, subject, other] {
        subject_page(house, platform, &claims, subject, Some("query-policy")).await.unwrap();
    }
    let (role, item) = (slug("applicant"), slug("id-number"));
    let viewer = Viewer::Staff { duty: &claims, function: "query-policy" };
    clear_view(house, platform, viewer, subject, record, &role, &item, "customer-asked").await.unwrap();
    let viewer = Viewer::Staff { duty: &service, function: "query-policy" };
    clear_view(house, platform, viewer, subject, record, &role, &item, "customer-asked").await.map(drop).unwrap_err();
    let made = made(&bench, Kind::Access).await;
    let Content::Access(report) = &made.report.report else { panic!("{made:?}") };
    let of = |name: &str| report.actors.iter().find(|actor| actor.name == name).unwrap();
    let claims = of("claims");
    assert_eq!((claims.is, claims.role.clone()), ("staff", Some(slug("claims"))));
    assert_eq!((claims.clear, claims.people), (1, 2), "{claims:?}");
    assert_eq!(claims.all, claims.acts.iter().map(|(_, _, count)| count).sum::<u64>());
    let service = of("service");
    assert_eq!((service.all, service.refused, service.clear, service.people), (1, 1, 0, 1));
    assert_eq!((of("core system").is, of("core system").role.clone()), ("service", None));
    for value in LI.values().into_iter().chain(WANG.values()) {
        assert!(!made.json.contains(value) && !made.json.contains("sub-"), "no customer stands in it");
    }
    let used = report.roles.iter().find(|role| role.role == slug("claims")).unwrap();
    assert_eq!(
        (used.holders, &used.used, &used.unused),
        (1, &vec![slug("query-policy")], &vec![slug("policy-service")])
    );

    // Nobody acts for a month: every role and token is to be withdrawn.
    bench.on_duty(&operator, "auditor").await;
    let unused = report.grants.iter().filter(|grant| grant.unused).count();
    assert_eq!(unused, 0, "{:?}", report.grants);
    bench.clock.advance(SignedDuration::from_hours(24 * 31));
    let made = make(house, platform, Kind::Access, None, Who::House).await.unwrap();
    let Content::Access(report) = &made.report.report else { panic!("{made:?}") };
    assert!(report.actors.is_empty());
    let unused: Vec<&str> =
        report.grants.iter().filter(|grant| grant.unused).map(|grant| grant.name.as_str()).collect();
    assert_eq!(unused, ["auditor", "claims", "service", "core system"]);
}

#[tokio::test]
async fn r68_what_is_used_is_told_with_its_keys_and_what_waits() {
    let bench = Bench::new().await;
    bench.registered(&LI).await;
    let told = async || {
        let made = made(&bench, Kind::Cryptography).await;
        let Content::Cryptography(report) = made.report.report else { panic!("{made:?}") };
        report
    };
    let first = told().await;
    assert_eq!((first.declared, first.used, first.keys.len()), (None, "international", 3));
    assert!(first.keys.iter().all(|key| key.custody == Some("file") && key.version == 1));
    assert_eq!((first.parts_waiting, first.values_waiting, first.signatures.len()), (0, 0, 1));
    assert!(first.algorithms.iter().any(|one| one.algorithm == "AES-256-GCM"));
    rotate_parts(&bench.house, &bench.platform(), Some(Suite::Guomi)).await.unwrap();
    bench.clock.advance(GRACE);
    bench.house.catch_up().await.unwrap();
    tend(&bench.house, &bench.platform()).await.unwrap();
    let after = told().await;
    assert_eq!((after.used, after.newest, after.signatures.len()), ("guomi", "guomi", 2));
    assert_eq!((after.parts_waiting, after.values_waiting), (0, 0), "what waited was moved");
    assert!(after.algorithms.iter().any(|one| one.standard.contains("GB/T 32907")));
    assert_eq!(
        after.keys.iter().filter(|key| key.purpose == "parts").map(|key| key.suite).collect::<Vec<_>>(),
        ["international", "guomi"]
    );
}

#[tokio::test]
async fn r57_what_lies_in_the_clear_or_went_out_is_found_and_never_shown() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await;
    let scanned = async || {
        let made = made(&bench, Kind::Scan).await;
        let Content::Scan(report) = &made.report.report else { panic!("{made:?}") };
        (report.clone(), faults(&made), made.json)
    };
    let (clean, none, _) = scanned().await;
    assert_eq!(none, []);
    assert!(clean.sealed >= 8 && clean.entries == bench.size().await - 1, "{clean:?}");
    let platform = bench.platform();
    let mut items = platform.tables.program().items.iter();
    let (secret, _) = items.find(|(_, facts)| facts.level == Some(FinancialLevel::C3)).unwrap();
    assert!(clean.authenticators.contains_key(secret));
    // Past every desk: a value that nobody sealed, a leaf that is none, and one that says what must not be.
    let value = |item: model::Slug, sealed: &[u8]| {
        Write::Value(SealedValue {
            record: li.record,
            subject: Some(li.subject),
            role: slug("registrant"),
            item,
            version: 9,
            sealed: sealed.to_vec(),
            trigger: "given".to_owned(),
            source: None,
            at: bench.house.now(),
            function: None,
        })
    };
    put(&bench, "collect", LI.phone.as_bytes(), vec![value(slug("email"), LI.number.as_bytes())]).await;
    let mut entry = bench.entry(li.leaf).await;
    (entry.act, entry.items) = (Act::Disclose, vec![secret.clone()]);
    put(&bench, "disclose", &entry.bytes(), Vec::new()).await;
    let (found, all, said) = scanned().await;
    let expected =
        [("authenticator-went-out", 1), ("no-entry", 1), ("not-sealed", 1), ("resident-number", 1), ("telephone", 1)];
    assert_eq!(all, expected, "{found:?}");
    for (place, what) in [("value.sealed", "resident-number"), ("leaf.entry", "telephone"), ("leaf.entry", "no-entry")]
    {
        assert!(found.found.iter().any(|seen| seen.place == place && seen.what == what), "{place} {what}");
    }
    assert!(LI.values().iter().all(|value| !said.contains(value)), "a report says where, and not what");
}

#[tokio::test]
async fn r49_what_was_erased_is_counted_beside_whoever_must_hear_of_it() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let subject: SubjectId = bench.known(&LI).await.subject;
    let record: RecordId = bench.policy(&operator, &LI).await.record;
    bench.authorise(subject, "anhe").await;
    let agency = bench.agency(&operator, "anhe").await;
    agency_query(&bench.house, &bench.platform(), &agency, Sought::Record(record)).await.unwrap();
    let gone = bench.registered(&WANG).await;
    erase(&bench.house, &bench.platform(), gone.subject, Who::Subject).await.unwrap();
    let made = made(&bench, Kind::Erasures).await;
    let Content::Erasures(report) = &made.report.report else { panic!("{made:?}") };
    assert_eq!(report.erasures, 2, "the part, and the person");
    let [recipient] = report.recipients.as_slice() else { panic!("{report:?}") };
    assert_eq!((recipient.party.clone(), recipient.acts, &recipient.webhook), (Some(slug("anhe")), 1, &None));
    assert_eq!(faults(&made), [("nobody-is-told", 2)], "something went out, and no webhook tells anybody");
    assert_ne!(made.fingerprint, Fingerprint::from_digest([0; 32]));
}

/// The operation file with a declaration of the suite.
fn declaring(suite: &str) -> (Source, Source) {
    let (policy, operation) = haigang();
    (policy, Source::new("operation.toml", format!("cryptography = \"{suite}\"\n{}", operation.text)))
}

#[tokio::test]
async fn r68_a_platform_is_made_under_the_suite_that_is_declared() {
    let bench = Bench::empty().await;
    let (policy, operation) = declaring("guomi");
    let notice = "<p>notice</p>".to_owned();
    let publication = |suite| shouyue_desk::publish::Publish {
        policy: policy.clone(),
        operation: operation.clone(),
        notice: notice.clone(),
        text: text(),
        who: Who::House,
        suite,
        from: None,
    };
    let served = publish(&bench.house, publication(None)).await.unwrap();
    assert_eq!(served.suite(), Suite::Guomi);
    let made = made(&bench, Kind::Cryptography).await;
    assert_eq!(faults(&made), []);
}
