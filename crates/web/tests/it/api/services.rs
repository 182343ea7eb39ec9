//! Servicing a cover by other systems: asked, listed, decided; and what is refused.

use serde_json::{Value, json};
use testkit::{Power, person};

use super::{Bench, CORE, below};

/// What a change or a surrender takes, with every consent that it needs.
pub(super) fn application(bench: &Bench, nth: u32, about: Option<(&str, &str)>) -> Value {
    let li = person(nth);
    let mut fields = li.fields();
    let more = [
        ("occupation-class", "1"),
        ("address", "海港市示例路1号"),
        ("email", "li@customers.example"),
        ("bank-card", "6222021234567890128"),
        ("business-voucher", "upload:8f14e45f"),
    ];
    let own: &mut serde_json::Map<String, Value> = fields.as_object_mut().unwrap();
    own.retain(|item, _| ["name", "sex", "id-type", "id-number", "birth-date"].contains(&item.as_str()));
    own.extend(more.map(|(item, value)| (item.to_owned(), value.into())));
    let platform = bench.kit.platform();
    let scopes = platform.tables.scopes().iter().filter(|scope| scope.element.as_str() == "policy-service");
    let consents: Vec<Value> = scopes.map(|scope| bench.choice(&scope.id, None)).collect();
    let people = json!([{ "roles": ["applicant"], "fields": fields, "consents": consents }]);
    let about = about.map(|(record, wish)| json!({ "record": record, "wish": wish }));
    json!({ "function": "policy-service", "people": people, "about": about })
}

/// The codes of the reasons of a refusal.
fn reasons(text: &Value) -> Vec<&str> {
    let reasons = text["decision"]["published"]["reasons"].as_array().unwrap();
    reasons.iter().map(|reason| reason["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_surrender_is_asked_listed_and_decided_once() {
    let bench = Bench::new().await;
    let subject = bench.registered(&person(7)).await;
    let policy = bench.policy_of(&person(7)).await;
    let path = format!("subjects/{subject}/applications");
    let form = application(&bench, 7, Some((&policy, "surrender")));
    let asked = bench.post_once("ask", &path, &form).await;
    assert_eq!(asked.status, 201, "{}", asked.text);
    let request = asked.at("/record");
    assert_eq!(bench.post_once("ask", &path, &form).await.at("/record"), request, "the same key, the same answer");

    let listed = bench.get("services").await;
    let rows = listed.json();
    assert_eq!(rows["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed.at("/items/0/request"), request);
    assert_eq!((listed.at("/items/0/about"), listed.at("/items/0/wish")), (policy.clone(), "surrender".to_owned()));
    assert_eq!(listed.at("/items/0/function"), "policy-service");

    let decision = format!("services/{request}/decision");
    let yes = json!({ "decided": "accepted", "on": "2026-06-01", "reason": "within-cooling-off" });
    let (one, two) =
        (bench.post_once("decide", &decision, &yes).await, bench.post_once("decide", &decision, &yes).await);
    assert_eq!((one.status, one.json()), (201, two.json()), "{}", one.text);
    bench.post(&decision, &json!({ "decided": "declined" })).await.problem(422, "wrong");
    assert_eq!(bench.get("services").await.json()["items"], json!([]));
    let after = bench.post(&path, &application(&bench, 7, Some((&policy, "change")))).await;
    after.problem(403, "denied");
    assert_eq!(reasons(&after.json()), ["not-in-force"]);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_a_reason_and_a_leaf() {
    let bench = Bench::new().await;
    let subject = bench.registered(&person(7)).await;
    let policy = bench.policy_of(&person(7)).await;
    let others = bench.policy_of(&person(8)).await;
    let path = format!("subjects/{subject}/applications");
    let strange = bench.post(&path, &application(&bench, 7, Some((&others, "surrender")))).await;
    strange.problem(404, "not-found");
    let unknown = bench.post(&path, &application(&bench, 7, Some((&policy, "double")))).await;
    unknown.problem(422, "wrong");
    assert!(unknown.text.contains("`change` or `surrender`"), "{}", unknown.text);

    let first = bench.post(&path, &application(&bench, 7, Some((&policy, "change")))).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let before = bench.size().await;
    let second = bench.post(&path, &application(&bench, 7, Some((&policy, "surrender")))).await;
    second.problem(403, "denied");
    assert_eq!((reasons(&second.json()), bench.size().await), (vec!["service-open"], before + 1));
    let own = first.at("/record");
    let third = bench.post(&path, &application(&bench, 7, Some((&own, "change")))).await;
    assert_eq!(reasons(&third.json()), ["not-serviced"]);

    let ended =
        bench.post(&format!("records/{own}/events"), &json!({ "event": "cancelled", "on": "2026-06-01" })).await;
    ended.problem(422, "wrong");
    bench
        .post(&format!("services/{policy}/decision"), &json!({ "decided": "accepted" }))
        .await
        .problem(404, "not-found");
    let narrow = bench.kit.token(Power { purposes: &["register"], ..CORE }).await;
    assert_eq!(bench.call(&narrow, "GET", &below("services"), None).await.json()["items"], json!([]));
    let decision = below(&format!("services/{own}/decision"));
    let refused = bench.call(&narrow, "POST", &decision, Some(&json!({ "decided": "accepted" }))).await;
    refused.problem(403, "not-allowed");
}

#[tokio::test]
async fn what_waits_comes_in_pages() {
    let bench = Bench::new().await;
    for nth in [7, 8, 9] {
        let subject = bench.registered(&person(nth)).await;
        let policy = bench.policy_of(&person(nth)).await;
        let form = application(&bench, nth, Some((&policy, "change")));
        let asked = bench.post(&format!("subjects/{subject}/applications"), &form).await;
        assert_eq!(asked.status, 201, "{}", asked.text);
    }
    let first = bench.get("services?limit=2").await;
    assert_eq!(first.json()["items"].as_array().unwrap().len(), 2);
    let rest = bench.get(&format!("services?limit=2&after={}", first.at("/next"))).await.json();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));
    bench.get("services?after=nobody").await.problem(400, "malformed");
}

#[tokio::test]
async fn what_was_asked_is_taken_back_for_who_asked_and_no_other() {
    let bench = Bench::new().await;
    let (subject, other) = (bench.registered(&person(7)).await, bench.registered(&person(8)).await);
    let policy = bench.policy_of(&person(7)).await;
    let form = application(&bench, 7, Some((&policy, "change")));
    let request = bench.post(&format!("subjects/{subject}/applications"), &form).await.at("/record");
    let at = |subject: &str| below(&format!("subjects/{subject}/services/{request}"));
    bench.call(&bench.core, "DELETE", &at(&other), None).await.problem(404, "not-found");
    let done = bench.call(&bench.core, "DELETE", &at(&subject), None).await;
    assert_eq!(done.status, 200, "{}", done.text);
    bench.call(&bench.core, "DELETE", &at(&subject), None).await.problem(422, "wrong");
    let decision = bench.post(&format!("services/{request}/decision"), &json!({ "decided": "accepted" })).await;
    decision.problem(422, "wrong");
    assert_eq!(bench.get("services").await.json()["items"], json!([]));
}
