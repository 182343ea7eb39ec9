//! A second pair of eyes by the company's own systems: one asks for a seat, another approves, nobody both (rule R18).

use desk::read::subject_page;
use desk::seat::{self, NewSeat, Seat};
use model::{ActorId, SubjectId};
use policy::question::Code;
use serde_json::json;
use testkit::{Power, person, slug};

use super::{Bench, CORE};

/// A seat that handles claims, and whether it sees what a second person has to approve first.
async fn seat(bench: &Bench) -> Seat {
    let (house, stretch) = (&bench.kit.house, bench.kit.app.site.stretch);
    let id = ActorId::from_random([0; 16]);
    let host = Seat { id, name: "host".to_owned(), roles: Vec::new(), operator: true, closed: false };
    let new = NewSeat {
        name: "claims".to_owned(),
        passphrase: "seven grey herons at the weir".to_owned(),
        roles: vec![(slug("haigang"), slug("claims"))],
        operator: false,
    };
    let id = seat::seat_new(house, stretch, &host, new).await.unwrap();
    seat::seat_of(house, id).await.unwrap()
}

async fn waits(bench: &Bench, seat: &Seat, subject: SubjectId) -> bool {
    let platform = bench.kit.platform();
    let duty = seat::duty(&platform, seat).unwrap();
    let page = subject_page(&bench.kit.house, &platform, &duty, subject, Some("query-policy")).await.unwrap();
    let parts = page.records.iter().flat_map(|record| &record.parts);
    let reasons = parts.flat_map(|part| part.items.iter().flat_map(|item| &item.answer.reasons).chain(&part.reasons));
    reasons.into_iter().any(|reason| reason.code == Code::ApprovalMissing)
}

#[tokio::test]
async fn r18_one_system_asks_for_a_seat_and_another_approves() {
    let bench = Bench::new().await;
    let seat = seat(&bench).await;
    let mut policy = super::policy(&person(9));
    let fields = policy["people"][0]["fields"].as_object_mut().unwrap();
    for (item, value) in [("id-number", "990200201508090029"), ("birth-date", "2015-08-09"), ("sex", "女")] {
        fields.entry(item).and_modify(|held| *held = value.into());
    }
    let child = bench.post("records", &policy).await;
    let subject = child.at("/subjects/0");
    let id: SubjectId = subject.parse().unwrap();
    assert!(waits(&bench, &seat, id).await);
    let asked = json!({ "seat": seat.id.to_string(), "function": "query-policy", "because": "case-handling" });
    let path = format!("/v1/platforms/haigang/subjects/{subject}/approvals");
    let without = bench.kit.token(Power { actions: &["show"], ..CORE }).await;
    bench.call(&without, "POST", &path, Some(&asked)).await.problem(403, "not-allowed");
    let wrong = json!({ "seat": seat.id.to_string(), "function": "query-policy", "because": "curious" });
    bench.call(&bench.core, "POST", &path, Some(&wrong)).await.problem(422, "fields");
    let foreign = json!({ "seat": seat.id.to_string(), "function": "register", "because": "case-handling" });
    bench.call(&bench.core, "POST", &path, Some(&foreign)).await.problem(403, "denied");
    let done = bench.call(&bench.core, "POST", &path, Some(&asked)).await;
    assert_eq!(done.status, 201, "{}", done.text);
    let approval = done.at("/approval");
    let list = bench.call(&bench.core, "GET", "/v1/platforms/haigang/approvals", None).await;
    assert_eq!(
        (list.at("/approvals/0/approval"), list.at("/approvals/0/seat")),
        (approval.clone(), seat.id.to_string())
    );
    let give = format!("/v1/platforms/haigang/approvals/{approval}");
    bench.call(&bench.core, "POST", &give, None).await.problem(403, "denied");
    assert!(waits(&bench, &seat, id).await, "asked is not approved");
    let other = bench.kit.token(Power { actions: &["approve"], ..CORE }).await;
    let given = bench.call(&other, "POST", &give, None).await;
    assert_eq!(given.status, 201, "{}", given.text);
    assert!(!waits(&bench, &seat, id).await);
    let list = bench.call(&other, "GET", "/v1/platforms/haigang/approvals", None).await;
    assert_eq!(list.json()["approvals"], json!([]));
    assert_eq!(bench.call(&other, "POST", &give, None).await.status, 422, "once");
}
