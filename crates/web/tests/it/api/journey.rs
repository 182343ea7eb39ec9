//! What a backend engineer does, from end to end.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use testkit::{Power, person};

use super::{AGENCY, Bench, below};

#[tokio::test]
async fn an_agency_asks_is_answered_and_after_the_revocation_is_told_why_not() {
    let bench = Bench::new().await;
    let li = person(1);
    let subject = bench.registered(&li).await;
    let record = bench.policy_of(&li).await;
    let agency = bench.kit.token(AGENCY).await;
    let asked = json!({ "document": li.number });
    let query = async || bench.call(&agency, "POST", &below("queries"), Some(&asked)).await;

    query().await.problem(404, "not-found");
    let grants = bench.authorised(&subject, "anhe").await;
    let answer = query().await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.at("/records/0/record"), record);
    assert!(answer.text.contains("policy-info"));

    for grant in &grants {
        let path = below(&format!("subjects/{subject}/consents/{grant}"));
        assert_eq!(bench.call(&bench.core, "DELETE", &path, None).await.status, 200);
    }
    let before = bench.size().await;
    let refused = query().await;
    refused.problem(403, "denied");
    assert!(refused.text.contains("consent-withdrawn"), "{}", refused.text);
    assert!(!refused.at("/clause").is_empty());
    assert!(refused.json()["decision"]["published"]["reasons"].is_array());
    assert_eq!(bench.size().await, before + 1, "the refusal is on the ledger");
    let other = bench.kit.token(Power { party: Some("xinfan"), ..AGENCY }).await;
    bench.call(&other, "POST", &below("queries"), Some(&asked)).await.problem(404, "not-found");
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_another_request_under_it_is_refused() {
    let bench = Bench::new().await;
    let li = person(1);
    let form = bench.registration(&li);
    let first = bench.post_once("k1", "registrations", &form).await;
    let size = bench.size().await;
    let again = bench.post_once("k1", "registrations", &form).await;
    assert_eq!((first.status, again.status), (201, 201), "{}", again.text);
    assert_eq!((first.at("/subject"), first.at("/leaf")), (again.at("/subject"), again.at("/leaf")));
    bench.post_once("k1", "registrations", &bench.registration(&person(2))).await.problem(409, "key-reused");
    assert_eq!(bench.size().await, size);
    bench.post_once("k2", "registrations", &form).await.problem(409, "taken");

    let subject = first.at("/subject");
    let (path, yes) =
        (format!("subjects/{subject}/consents"), json!({ "consents": [bench.choice("collect.register", None)] }));
    let (one, two) = (bench.post_once("k3", &path, &yes).await, bench.post_once("k3", &path, &yes).await);
    assert_eq!((one.status, one.json()), (201, two.json()));
    let (one, two) = (
        bench.post_once("k4", "records", &super::policy(&li)).await,
        bench.post_once("k4", "records", &super::policy(&li)).await,
    );
    assert_eq!((one.status, one.json()), (201, two.json()), "{}", one.text);
    let path = format!("records/{}/events", one.at("/record"));
    let opened = json!({ "event": "claim-opened", "on": "2026-05-31" });
    let (one, two) = (bench.post_once("k5", &path, &opened).await, bench.post_once("k5", &path, &opened).await);
    assert_eq!((one.status, one.json()), (201, two.json()), "{}", one.text);
    let path = format!("subjects/{subject}/requests");
    let (one, two) = (
        bench.post_once("k6", &path, &json!({ "right": "access" })).await,
        bench.post_once("k6", &path, &json!({ "right": "access" })).await,
    );
    assert_eq!((one.status, one.at("/id"), one.at("/leaf")), (201, two.at("/id"), two.at("/leaf")), "{}", one.text);
    let long = "k".repeat(200);
    bench.post_once(&long, "records", &super::policy(&li)).await.problem(400, "malformed");
}

#[tokio::test]
async fn a_subject_is_found_shown_and_erased_with_a_certificate() {
    let bench = Bench::new().await;
    let li = person(1);
    let subject = bench.registered(&li).await;
    let found = bench.post("subjects/search", &json!({ "by": "document", "value": li.number })).await;
    assert_eq!(found.at("/subject"), subject);
    let read = json!({ "function": "query-account" });
    bench.post(&format!("subjects/{subject}/reads"), &read).await.problem(403, "denied");
    bench.agree(&subject, "collect.query-account").await;
    let shown = bench.post(&format!("subjects/{subject}/reads"), &read).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert!(shown.json()["leaf"].is_u64());
    let plan = bench.get(&format!("subjects/{subject}/erasure")).await;
    assert_eq!(plan.at("/parts/0/fate"), "erase", "{}", plan.text);
    let done = bench.post(&format!("subjects/{subject}/erasure"), &json!({})).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(done.at("/certificate/subject"), subject);
    let found = bench.post("subjects/search", &json!({ "by": "document", "value": li.number })).await;
    assert_eq!(found.json(), json!({}));
    bench.get(&format!("subjects/{subject}/consents")).await.problem(404, "not-found");
}

#[tokio::test]
async fn whoever_has_a_policy_in_force_is_kept_until_a_day_that_is_told() {
    let bench = Bench::new().await;
    let li = person(1);
    let subject = bench.registered(&li).await;
    bench.policy_of(&li).await;
    let plan = bench.get(&format!("subjects/{subject}/erasure")).await.json();
    let policy = plan["parts"].as_array().unwrap().iter().find(|part| part["class"] == "policy").unwrap().clone();
    assert_eq!(policy["fate"], "storage-only", "{plan}");
    assert!(policy["article"].is_string(), "{plan}");
}

#[tokio::test]
async fn a_request_has_its_due_date_and_lists_come_in_pages() {
    let bench = Bench::new().await;
    let subject = bench.registered(&person(1)).await;
    let path = format!("subjects/{subject}/requests");
    for right in ["access", "copy", "correct"] {
        let opened = bench.post(&path, &json!({ "right": right })).await;
        assert_eq!(opened.status, 201, "{}", opened.text);
        assert!(opened.at("/due/day").starts_with("2026-"));
    }
    let first = bench.get(&format!("{path}?limit=2")).await.json();
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let next = first["next"].as_str().unwrap();
    let second = bench.get(&format!("{path}?limit=2&after={next}")).await.json();
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert!(second.get("next").is_none());
    for wrong in ["limit=0", "limit=201", "after=nothing", "page=2"] {
        bench.get(&format!("{path}?{wrong}")).await.problem(400, "malformed");
    }
    let leaves = bench.get("ledger/leaves?limit=3").await.json();
    let next = leaves["next"].as_str().unwrap();
    let more = bench.get(&format!("ledger/leaves?after={next}")).await.json();
    assert_eq!(more["items"][0]["index"], 3);
}

#[tokio::test]
async fn an_act_elsewhere_leaves_its_leaf_or_that_of_its_refusal() {
    let bench = Bench::new().await;
    let subject = bench.registered(&person(1)).await;
    bench.agree(&subject, "collect.query-account").await;
    let act = |function: &str, item: &str| {
        json!({ "ask": "processing", "platform": "haigang", "action": "show", "function": function,
            "person": "registrant", "items": [item], "actor": { "kind": "system" }, "subject": { "id": subject } })
    };
    let before = bench.size().await;
    let done = bench.post_once("a1", "acts", &act("query-account", "name")).await;
    assert_eq!(done.status, 201, "{}", done.text);
    assert_eq!(bench.post_once("a1", "acts", &act("query-account", "name")).await.at("/leaf"), done.at("/leaf"));
    assert_eq!(bench.size().await, before + 1);
    bench.post("acts", &act("query-account", "genetic-data")).await.problem(403, "denied");
    assert_eq!(bench.size().await, before + 2);
    bench.post("acts", &act("verify-face", "name")).await.problem(403, "not-allowed");
    let mut inline = act("query-account", "name");
    inline["subject"] = json!({});
    bench.post("acts", &inline).await.problem(422, "wrong");
    let mut dated = act("query-account", "name");
    dated["at"] = json!("2020-01-01T00:00:00Z");
    bench.post("acts", &dated).await.problem(422, "wrong");
}

#[tokio::test]
async fn what_can_be_kept_has_a_tag_and_is_not_sent_twice() {
    let bench = Bench::new().await;
    let print = bench.kit.platform().tables.policy().to_string();
    for path in [
        "policies".to_owned(),
        format!("policies/{print}"),
        "ledger/checkpoint".to_owned(),
        "ledger/tile/0/000.p/1".to_owned(),
    ] {
        let first = bench.call("", "GET", &below(&path), None).await;
        assert_eq!(first.status, 200, "{path}: {}", first.text);
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'), "{path}: {tag}");
        let request = Request::get(below(&path)).header("if-none-match", &tag).body(Body::empty()).unwrap();
        let again = bench.send(request).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{path}");
        let request = Request::get(below(&path)).header("if-none-match", "\"other\"").body(Body::empty()).unwrap();
        assert_eq!(bench.send(request).await.status, 200, "{path}");
    }
    let checkpoint = bench.call("", "GET", &below("ledger/checkpoint"), None).await;
    bench.registered(&person(1)).await;
    let tag = checkpoint.header("etag").to_owned();
    let request = Request::get(below("ledger/checkpoint")).header("if-none-match", tag).body(Body::empty()).unwrap();
    assert_eq!(bench.send(request).await.status, 200, "the ledger has grown");
}

#[tokio::test]
async fn a_receipt_from_the_api_verifies_with_the_published_key_alone() {
    let bench = Bench::new().await;
    let registered = bench.post("registrations", &bench.registration(&person(1))).await;
    let (leaf, subject) = (registered.at("/leaf"), registered.at("/subject"));
    let receipt = bench.get(&format!("receipts/{leaf}?subject={subject}")).await;
    assert_eq!(receipt.status, 200, "{}", receipt.text);
    let key = bench.call("", "GET", &below("ledger/key"), None).await.text;
    let keys = [desk::evidence::verifier_key(&bench.kit.platform()).unwrap()];
    assert_eq!(key.trim(), keys[0].to_string());
    assert!(desk::evidence::verify(&receipt.text, &keys).holds());
    let proof = bench.call("", "GET", &below("ledger/consistency?old=1&new=2"), None).await;
    assert_eq!(proof.status, 200, "{}", proof.text);
    bench.call("", "GET", &below("ledger/consistency?old=2&new=99"), None).await.problem(422, "wrong");
    let proof = bench.call("", "GET", &below("ledger/inclusion?index=1&size=2"), None).await;
    assert_eq!(proof.json()["hashes"].as_array().map(Vec::len), Some(1), "{}", proof.text);
    bench.call("", "GET", &below("ledger/inclusion?index=2&size=2"), None).await.problem(422, "wrong");
}

#[tokio::test]
async fn the_measures_know_routes_and_acts_but_no_ids() {
    let bench = Bench::new().await;
    let subject = bench.registered(&person(1)).await;
    bench.get(&format!("subjects/{subject}/consents")).await;
    let text = bench.call("", "GET", "/metrics", None).await.text;
    let row = "shouyue_requests_total{method=\"GET\",route=\"/v1/platforms/{platform}/subjects/{subject}/consents\",status=\"200\"} 1";
    assert!(text.contains(row), "{text}");
    assert!(text.contains("shouyue_acts_total{act=\"collect\",outcome=\"done\"} 1"), "{text}");
    assert!(!text.contains(&subject));
}
