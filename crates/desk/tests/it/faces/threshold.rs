//! Thresholds of the law that count persons: from the first face to the filing (rules R34, R51).

use jiff::civil::date;
use model::{RecordId, SubjectId};
use policy::law::Counted;
use shouyue_desk::Refusal;
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::threshold::{Filed, Level, Standing, file, note, standings};
use store::{Batch, Leaf, NewRecord, NewSubject, PartKey, Write};

use super::denied;
use crate::house::{Bench, slug};

/// So many people of whom nothing but a face is held.
async fn crowd(bench: &Bench, from: u32, to: u32) {
    let id = |n: u32| {
        let mut bytes = [7; 16];
        bytes[..4].copy_from_slice(&n.to_be_bytes());
        bytes
    };
    let record = RecordId::from_random(id(from));
    let (now, role) = (bench.house.now(), slug("registrant"));
    let mut writes = vec![Write::Record(NewRecord {
        id: record,
        class: slug("account"),
        function: None,
        product: None,
        holder: None,
        roles: Vec::new(),
        in_force_from: None,
        in_force_until: None,
        at: now,
    })];
    for n in from..to {
        let subject = SubjectId::from_random(id(n));
        writes.push(Write::Subject(NewSubject { id: subject, account: model::act::Account::None, gate: None }));
        let key = PartKey { record, subject: Some(subject), role: role.clone(), wrapped: vec![1; 60] };
        writes.extend([Write::PartKey(key), Write::Face(record, subject, role.clone())]);
    }
    let leaf = Leaf { entry: b"crowd".to_vec(), kind: "collect".to_owned(), at: now, subjects: Vec::new() };
    let batch = Batch { platform: slug("haigang"), expect: Vec::new(), writes, leaf, key: None };
    bench.store.commit(batch).await.unwrap();
}

async fn of(bench: &Bench, counts: Counted) -> Standing {
    let all = standings(&bench.house, &bench.platform()).await.unwrap();
    all.into_iter().find(|one| one.counts == counts).unwrap()
}

fn filed() -> Filed {
    Filed { on: date(2026, 6, 1), number: "HG-2026-17".to_owned() }
}

#[tokio::test]
async fn r34_a_hundred_thousand_faces_are_to_be_filed_within_thirty_working_days() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let (house, platform) = (&bench.house, &bench.platform());
    let compliance = bench.on_duty(&operator, "compliance").await;
    crowd(&bench, 0, 79_999).await;
    assert_eq!(
        (of(&bench, Counted::Faces).await.persons, of(&bench, Counted::Faces).await.level),
        (79_999, Level::Below)
    );
    crowd(&bench, 79_999, 99_999).await;
    let near = of(&bench, Counted::Faces).await;
    assert_eq!((near.level, near.limit, near.is_open()), (Level::Near, 100_000, false));
    assert!(note(house, platform).await.unwrap().is_empty(), "near is not there");
    let early = file(house, platform, &compliance, "R34", filed()).await;
    assert!(matches!(early, Err(Refusal::NotFound("threshold"))));
    crowd(&bench, 99_999, 100_000).await;
    let leaves = note(house, platform).await.unwrap();
    let entry = bench.entry(leaves[0]).await;
    assert_eq!((entry.act, entry.actor, entry.because.as_deref()), (Act::Threshold, Who::House, Some("R34:100000")));
    assert!(leaves.len() == 1 && note(house, platform).await.unwrap().is_empty(), "noted once");
    let open = of(&bench, Counted::Faces).await;
    let duty = open.duty.as_ref().unwrap();
    assert!(open.is_open() && duty.leaf == leaves[0]);
    // From 1 June, over the Dragon Boat Festival on the 19th.
    assert_eq!(duty.due.day(), date(2026, 7, 14));
    assert_eq!(of(&bench, Counted::Persons).await.level, Level::Below);
}

#[tokio::test]
async fn r51_a_filing_is_noted_once_by_staff_whose_role_files() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let (house, platform) = (&bench.house, &bench.platform());
    let (compliance, service) =
        (bench.on_duty(&operator, "compliance").await, bench.on_duty(&operator, "service").await);
    let leaf = Leaf { entry: b"crowd".to_vec(), kind: "threshold".to_owned(), at: house.now(), subjects: Vec::new() };
    let writes = vec![Write::Reached("R51".to_owned(), house.now())];
    let batch = Batch { platform: slug("haigang"), expect: Vec::new(), writes, leaf, key: None };
    bench.store.commit(batch).await.unwrap();
    let open = of(&bench, Counted::Persons).await;
    assert!(open.is_open() && open.level == Level::Below, "it does not go away when persons do");
    let before = bench.size().await;
    let other = file(house, platform, &service, "R51", filed()).await;
    assert_eq!(denied(other), [policy::question::Code::RoleNotAllowed]);
    let to_come = Filed { on: date(2026, 6, 2), ..filed() };
    assert!(matches!(file(house, platform, &compliance, "R51", to_come).await, Err(Refusal::Fields(_))));
    let leaf = file(house, platform, &compliance, "R51", filed()).await.unwrap();
    assert_eq!((leaf, bench.size().await), (before + 1, before + 2), "a leaf for the refusal, one for the act");
    let entry = bench.entry(leaf).await;
    assert_eq!((entry.act, entry.because.as_deref()), (Act::File, Some("R51:2026-06-01")));
    assert!(entry.document.is_some() && !String::from_utf8(entry.bytes()).unwrap().contains(&filed().number));
    let closed = of(&bench, Counted::Persons).await;
    assert!(!closed.is_open());
    assert_eq!(closed.duty.unwrap().filed, Some((filed(), leaf)));
    let again = file(house, platform, &compliance, "R51", filed()).await;
    assert!(matches!(again, Err(Refusal::Wrong(_))));
    let unknown = file(house, platform, &compliance, "R1", filed()).await;
    assert!(matches!(unknown, Err(Refusal::NotFound("threshold"))));
}
