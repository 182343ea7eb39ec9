//! Staff and minors' data: a reason, a second person, one subject, one function, a limited time (rule R18).

use jiff::SignedDuration;
use model::{ApprovalId, SubjectId};
use policy::question::Code;
use shouyue_desk::Refusal;
use shouyue_desk::approval::{Approval, Look, approve, ask, is_waiting, waiting};
use shouyue_desk::leaf::Act;
use shouyue_desk::read::subject_page;
use shouyue_desk::seat::{Duty, Eyes, NewSeat, Seat, duty, seat_new, staff_login};

use super::{PASSPHRASE, QUICK, codes, denied};
use crate::house::{Bench, CHILD, LI, slug};

/// The function in whose course these seats look.
const FUNCTION: &str = "query-policy";

/// A second seat of a role.
async fn second(bench: &Bench, by: &Seat, role: &str) -> Duty {
    let roles = vec![(slug("haigang"), slug(role))];
    let name = format!("second-{role}");
    let seat = NewSeat { name: name.clone(), passphrase: PASSPHRASE.to_owned(), roles, operator: false };
    seat_new(&bench.house, QUICK, by, seat).await.unwrap();
    let seat = staff_login(&bench.house, QUICK, &name, PASSPHRASE).await.unwrap();
    duty(&bench.platform(), &seat).unwrap()
}

/// A policy of a child's, and one of a grown-up who is a child for nobody.
async fn child(bench: &Bench, operator: &Seat) -> (SubjectId, SubjectId) {
    let child = bench.policy(operator, &CHILD).await.subjects[0];
    (child, bench.policy(operator, &LI).await.subjects[0])
}

/// Whether nothing is kept from the seat for want of an approval; whatever else may be in the way is another rule's.
async fn sees(bench: &Bench, duty: &Duty, subject: SubjectId, function: &str) -> bool {
    let page = subject_page(&bench.house, &bench.platform(), duty, subject, Some(function)).await.unwrap();
    assert!(!page.records.is_empty());
    !codes(&page.records).contains(&Code::ApprovalMissing)
}

#[tokio::test]
async fn r18_staff_see_a_minors_data_only_with_a_second_persons_approval() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let (child, grown) = child(&bench, &operator).await;
    let (house, platform) = (&bench.house, &bench.platform());
    let (first, other) = (bench.on_duty(&operator, "compliance").await, second(&bench, &operator, "compliance").await);
    assert!(!sees(&bench, &first, child, FUNCTION).await);
    let wrong = ask(
        house,
        platform,
        (Eyes::Staff(&first), &first),
        Look { subject: child, function: FUNCTION, because: "because" },
    )
    .await;
    assert!(matches!(wrong, Err(Refusal::Fields(_))));
    let (elsewhere, _) = ask(
        house,
        platform,
        (Eyes::Staff(&first), &first),
        Look { subject: child, function: "query-account", because: "case-handling" },
    )
    .await
    .unwrap();
    approve(house, platform, Eyes::Staff(&other), elsewhere).await.unwrap();
    assert!(!sees(&bench, &first, child, FUNCTION).await, "approved for another function");
    let before = bench.size().await;
    let (id, _) = ask(
        house,
        platform,
        (Eyes::Staff(&first), &first),
        Look { subject: child, function: FUNCTION, because: "case-handling" },
    )
    .await
    .unwrap();
    assert!(is_waiting(house, platform, &first, child).await.unwrap());
    assert!(!sees(&bench, &first, child, FUNCTION).await, "asked is not approved");
    let own = approve(house, platform, Eyes::Staff(&first), id).await;
    assert!(denied(own).contains(&Code::ApprovalMissing), "nobody approves what the same seat asked for");
    let listed: Vec<Approval> = waiting(house, platform, Eyes::Staff(&other)).await.unwrap();
    assert_eq!(listed.iter().map(|one| (one.id, one.subject)).collect::<Vec<_>>(), [(id, child)]);
    approve(house, platform, Eyes::Staff(&other), id).await.unwrap();
    assert!(sees(&bench, &first, child, FUNCTION).await);
    let mut acts = Vec::new();
    for index in before..bench.size().await {
        acts.push(bench.entry(index).await.act);
    }
    assert_eq!(acts[..4], [Act::Plea, Act::Refused, Act::Refused, Act::Approve]);
    let look = bench.entry(before + 4).await;
    assert!(acts.len() == 5 && !look.reasons.contains(&Code::ApprovalMissing), "and each look has its leaf");
    assert!(!sees(&bench, &other, child, FUNCTION).await, "another seat");
    assert!(sees(&bench, &first, grown, FUNCTION).await, "who is of age needs none");
    assert!(matches!(approve(house, platform, Eyes::Staff(&other), id).await, Err(Refusal::Wrong(_))), "once");
    bench.clock.advance(SignedDuration::from_hours(8));
    assert!(!sees(&bench, &first, child, FUNCTION).await, "it ends");
}

#[tokio::test]
async fn r18_who_may_not_handle_minors_data_neither_asks_nor_approves() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let (child, grown) = child(&bench, &operator).await;
    let (house, platform) = (&bench.house, &bench.platform());
    let (compliance, service) =
        (bench.on_duty(&operator, "compliance").await, bench.on_duty(&operator, "service").await);
    let asked = ask(
        house,
        platform,
        (Eyes::Staff(&service), &service),
        Look { subject: child, function: "query-account", because: "case-handling" },
    )
    .await;
    assert!(denied(asked).contains(&Code::RoleNotAllowed));
    let foreign = ask(
        house,
        platform,
        (Eyes::Staff(&compliance), &compliance),
        Look { subject: child, function: "register", because: "case-handling" },
    )
    .await;
    assert!(denied(foreign).contains(&Code::RoleNotAllowed), "no function of the role");
    let (id, _) = ask(
        house,
        platform,
        (Eyes::Staff(&compliance), &compliance),
        Look { subject: child, function: FUNCTION, because: "case-handling" },
    )
    .await
    .unwrap();
    assert!(denied(approve(house, platform, Eyes::Staff(&service), id).await).contains(&Code::RoleNotAllowed));
    assert!(denied(waiting(house, platform, Eyes::Staff(&service)).await).contains(&Code::RoleNotAllowed));
    let nobody = approve(house, platform, Eyes::Staff(&compliance), ApprovalId::from_random([9; 16])).await;
    assert!(matches!(nobody, Err(Refusal::NotFound(_))));
    bench.clock.advance(SignedDuration::from_hours(24));
    let other = second(&bench, &operator, "compliance").await;
    assert!(
        matches!(approve(house, platform, Eyes::Staff(&other), id).await, Err(Refusal::NotFound(_))),
        "nobody did in time"
    );
    let (late, _) = ask(
        house,
        platform,
        (Eyes::Staff(&compliance), &compliance),
        Look { subject: grown, function: FUNCTION, because: "case-handling" },
    )
    .await
    .unwrap();
    approve(house, platform, Eyes::Staff(&other), late).await.unwrap();
    assert!(!sees(&bench, &compliance, child, FUNCTION).await, "another subject");
}
