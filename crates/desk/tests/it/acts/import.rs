//! Importing: a batch is one act over everybody who stands in it, and says of each row that it leaves out why.

use model::act::{Account, GivenBy};
use shouyue_desk::Refusal;
use shouyue_desk::collect::{ImportRow, Legacy, Unfit, hand_in, import};
use shouyue_desk::consent::{Evidence, Manner, list};
use shouyue_desk::leaf::Act;

use super::handed::{core_system, own_policy, person, policy};
use crate::house::{Bench, CHILD, LI, WANG, field};

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
