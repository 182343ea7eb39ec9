//! Importing: a batch is one act over everybody who stands in it, and says of each row that it leaves out why.

use std::sync::Arc;

use model::act::{Account, GivenBy};
use shouyue_desk::Refusal;
use shouyue_desk::collect::{HandIn, Handed, ImportRow, Legacy, Unfit, hand_in, import};
use shouyue_desk::consent::{Evidence, Manner, list};
use shouyue_desk::leaf::Act;
use shouyue_desk::read::{Sign, search};

use super::handed::{core_system, own_policy, person, policy};
use crate::house::{Bench, CHILD, LI, WANG, field, slug};

fn row(line: u64, record: shouyue_desk::collect::HandIn) -> ImportRow {
    ImportRow { line, record, account: None, consents: Vec::new() }
}

fn given(scope: &str, artefact: Manner, policy: Option<&str>) -> Legacy {
    Legacy {
        person: 0,
        scope: scope.to_owned(),
        party: None,
        artefact,
        by: GivenBy::Oneself,
        at: "2021-02-01T01:00:00Z".parse().unwrap(),
        until: None,
        policy: policy.map(str::to_owned),
    }
}

fn why(unfit: &[Unfit]) -> Vec<(u64, &str, &str)> {
    unfit.iter().flat_map(|one| one.why.iter().map(|(what, code)| (one.line, what.as_str(), code.as_str()))).collect()
}

#[tokio::test]
async fn one_person_of_many_rows_is_one_subject_and_many_rows_are_one_act() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let before = bench.size().await;
    let family = policy(vec![person(&LI, &["applicant"]), person(&CHILD, &["insured"])]);
    let mut rows = vec![row(1, family), row(2, own_policy(&LI)), row(3, policy(vec![person(&WANG, &["applicant"])]))];
    rows[2].account = Some(0);
    rows[2].consents = vec![given("collect.customer-service", Manner::Tick, Some("undated"))];
    let done = import(&bench.house, &platform, ("old", 0), rows, b"three rows").await.unwrap();
    assert_eq!((done.taken, done.unfit.len(), done.again, done.leaf), (3, 0, false, before));
    assert_eq!(bench.size().await, before + 1);
    let entry = bench.entry(done.leaf).await;
    assert_eq!((entry.act, entry.with.len()), (Act::Import, 2), "three people");
    assert_eq!(entry.scopes, ["collect.customer-service"]);
    assert_eq!(bench.store.tally(&platform.id).await.unwrap().persons, 3);

    let again = vec![row(1, own_policy(&LI))];
    let again = import(&bench.house, &platform, ("old", 0), again, b"three rows").await.unwrap();
    assert!(again.again && again.leaf == done.leaf && again.taken == 3, "{again:?}");
    let other = import(&bench.house, &platform, ("old", 0), Vec::new(), b"other rows").await;
    assert!(matches!(other, Err(Refusal::KeyReused)), "{other:?}");
    assert_eq!(bench.size().await, before + 1);

    // Found again by whoever hands something in about them.
    let core = core_system(&bench).await;
    let both = policy(vec![person(&LI, &["applicant"]), person(&WANG, &["insured"])]);
    let known = hand_in(&bench.house, &platform, &core, both, None).await.unwrap().subjects;
    let (li, wang) = (known[0], known[1]);
    assert_eq!(bench.store.records_of(&platform.id, li).await.unwrap().len(), 3);
    assert_eq!(bench.store.subject(&platform.id, wang).await.unwrap().unwrap().account, Account::Active);
    let consents = list(&bench.house, &platform, wang).await.unwrap();
    assert_eq!((consents[0].evidence, consents[0].stands), (Evidence::Version, true));
}

#[tokio::test]
async fn what_is_left_out_leaves_nothing_behind_and_the_rest_is_taken_in() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let with = |line, consent: Legacy| ImportRow {
        consents: vec![consent],
        ..row(line, policy(vec![person(&WANG, &["applicant"])]))
    };
    let mut late = given("collect.customer-service", Manner::Tick, None);
    late.at = "2027-01-01T00:00:00Z".parse().unwrap();
    let mut nobody = given("collect.customer-service", Manner::Tick, None);
    nobody.person = 4;
    let mut stray = person(&CHILD, &["beneficiary"]);
    stray.fields.push(field("bank-card", "6222021234567890128"));
    let mut strange = own_policy(&CHILD);
    strange.class = "no-such".parse().unwrap();
    let rows = vec![
        row(1, own_policy(&LI)),
        row(2, own_policy(&LI)),
        with(3, given("collect.nothing", Manner::Tick, None)),
        with(4, given("collect.register.identity-document", Manner::Tick, None)),
        with(5, given("collect.customer-service", Manner::Prechecked, None)),
        with(6, late),
        with(7, nobody),
        row(8, policy(vec![stray])),
        row(9, strange),
    ];
    let done = import(&bench.house, &platform, ("old", 0), rows, b"nine rows").await.unwrap();
    let expected = [
        (3, "?", "unknown"),
        (4, "collect.register.identity-document", "separate"),
        (5, "collect.customer-service", "prechecked"),
        (6, "collect.customer-service", "future"),
        (7, "collect.customer-service", "person"),
        (8, "bank-card", "not-held"),
        (9, "row", "the policy declares no such record class"),
    ];
    assert_eq!((done.taken, why(&done.unfit)), (2, expected.to_vec()));
    let entry = bench.entry(done.leaf).await;
    assert!(entry.scopes.is_empty() && entry.with.is_empty(), "one person, and nobody of the rows left out: {entry:?}");
    assert_eq!(bench.store.tally(&platform.id).await.unwrap().persons, 1);
    assert_eq!(bench.store.integrity(&platform.id).await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn batches_at_once_in_which_the_same_people_stand_are_all_taken_in() {
    const BATCHES: u64 = 24;
    let bench = Bench::new().await;
    let batch = |number: u64| {
        let (house, platform) = (Arc::clone(&bench.house), bench.platform());
        tokio::spawn(async move {
            let rows = vec![row(1, own_policy(&LI)), row(2, policy(vec![person(&WANG, &["applicant"])]))];
            import(&house, &platform, ("old", number), rows, &number.to_be_bytes()).await
        })
    };
    let before = bench.size().await;
    for batch in (0..BATCHES).map(batch).collect::<Vec<_>>() {
        let done = batch.await.unwrap().unwrap();
        assert_eq!((done.taken, done.unfit.len(), done.again), (2, 0, false));
    }
    let platform = bench.platform();
    assert_eq!(bench.size().await, before + BATCHES);
    assert_eq!(bench.store.tally(&platform.id).await.unwrap().persons, 2);
    let core = core_system(&bench).await;
    let li = hand_in(&bench.house, &platform, &core, own_policy(&LI), None).await.unwrap().subjects[0];
    assert_eq!(bench.store.records_of(&platform.id, li).await.unwrap().len(), 1 + usize::try_from(BATCHES).unwrap());
    assert_eq!(bench.store.integrity(&platform.id).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_telephone_that_is_somebody_elses_stays_so_and_what_is_imported_lies_together() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await.subject;
    let wang = crate::house::Person { phone: LI.phone, ..WANG };
    let mut fields = wang.fields();
    fields.retain(|(item, _)| item != "id-image");
    let people = vec![Handed { roles: vec![slug("registrant")], fields }];
    let (in_force_from, in_force_until) = (None, None);
    let record = HandIn { class: slug("account"), product: None, in_force_from, in_force_until, people };
    let account = ImportRow { account: Some(0), ..row(1, record) };
    let rows = vec![account, row(2, policy(vec![person(&CHILD, &["insured"])]))];
    let done = import(&bench.house, &platform, ("old", 0), rows, b"two rows").await.unwrap();
    assert_eq!((done.taken, done.unfit.len()), (2, 0), "{done:?}");
    let core = core_system(&bench).await;
    let both = policy(vec![person(&WANG, &["applicant"]), person(&CHILD, &["insured"])]);
    let known = hand_in(&bench.house, &platform, &core, both, None).await.unwrap();
    let row = bench.store.subject(&platform.id, known.subjects[0]).await.unwrap().unwrap();
    assert_eq!((row.account, row.version), (Account::Active, 2), "made with its account, by one act");
    // The number leads to whom it led before, and to nobody else.
    let service = bench.on_duty(&bench.operator().await, "service").await;
    let phone = LI.phone.to_owned().into();
    let found = search(&bench.house, &platform, &service, Sign::Phone, &phone).await.unwrap();
    assert_eq!(found, Some(li));

    let when = |id: &[u8; 16]| id[..6].to_vec();
    let imported = bench.store.records_of(&platform.id, known.subjects[0]).await.unwrap();
    let imported = imported.iter().find(|record| record.id != known.record).unwrap();
    let [wang, child] = [0, 1].map(|place| when(known.subjects[place].as_bytes()));
    assert_eq!((&wang, &child), (&when(imported.id.as_bytes()), &wang), "what one act imports");
    assert_ne!(when(known.record.as_bytes()), wang, "what is handed in stands apart");
}
