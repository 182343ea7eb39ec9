//! Wrong input: a problem that names the field and the rule, and nothing half-written.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use testkit::{Power, person};

use super::{Bench, CORE, below};

/// Posts raw text as a content type.
async fn raw(bench: &Bench, path: &str, kind: &str, text: impl Into<Body>) -> super::Answer {
    let request = Request::post(path).header("authorization", format!("Bearer {}", bench.core));
    bench.send(request.header("content-type", kind).body(text.into()).unwrap()).await
}

#[tokio::test]
async fn a_body_that_does_not_read_is_a_problem_that_says_where() {
    let bench = Bench::new().await;
    let path = below("registrations");
    let before = bench.size().await;
    raw(&bench, &path, "text/plain", "{}").await.problem(415, "media-type");
    raw(&bench, &path, "application/x-www-form-urlencoded", "a=b").await.problem(415, "media-type");
    let broken = raw(&bench, &path, "application/json", "{\"function\": \"register\",\n  oops}").await;
    broken.problem(400, "malformed");
    assert!(broken.at("/detail").contains("line 2"), "{}", broken.text);
    raw(&bench, &path, "application/json", "").await.problem(400, "malformed");
    raw(&bench, &path, "application/json; charset=utf-8", "[]").await.problem(400, "malformed");
    raw(&bench, &path, "application/json", vec![0xff, 0xfe, 0x00]).await.problem(400, "malformed");
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    raw(&bench, &path, "application/json", deep.clone()).await.problem(400, "malformed");
    raw(&bench, "/v1/decisions", "application/json", deep).await.problem(400, "malformed");
    assert_eq!(bench.size().await, before);
}

#[tokio::test]
async fn an_unknown_member_is_refused_by_name_and_a_value_in_its_place_is_not_repeated() {
    let bench = Bench::new().await;
    let mut body = bench.registration(&person(1));
    body["purpose"] = json!("registration");
    let refused = bench.post("registrations", &body).await;
    refused.problem(400, "malformed");
    assert_eq!(refused.json()["fields"], json!([{ "item": "purpose", "code": "unknown" }]));
    let mut body = bench.registration(&person(1));
    body[&person(1).phone] = json!(true);
    let refused = bench.post("registrations", &body).await;
    assert_eq!(refused.json()["fields"], json!([{ "item": "?", "code": "unknown" }]));
    let missing = bench.post("registrations", &json!({ "persons": [] })).await;
    assert_eq!(missing.json()["fields"], json!([{ "item": "function", "code": "missing" }]));
    let asked = json!({ "ask": "due", "platform": "haigang", "clock": "access", "since": "2026-06-01", "colour": 1 });
    let refused = bench.call(&bench.core, "POST", "/v1/decisions", Some(&asked)).await;
    assert_eq!(refused.json()["fields"], json!([{ "item": "colour", "code": "unknown" }]));
}

#[tokio::test]
async fn a_bad_checksum_names_the_field_and_stores_nothing() {
    let bench = Bench::new().await;
    let (before, files) = (bench.size().await, bench.kit.store.platforms().await.unwrap());
    let mut li = person(1);
    let last = if li.number.ends_with('0') { "1" } else { "0" };
    li.number.replace_range(17.., last);
    let refused = bench.post("registrations", &bench.registration(&li)).await;
    refused.problem(422, "fields");
    assert_eq!(refused.json()["fields"], json!([{ "item": "id-number", "code": "checksum" }]));
    assert_eq!((bench.size().await, bench.kit.store.platforms().await.unwrap()), (before, files));
    let found = bench.post("subjects/search", &json!({ "by": "phone", "value": li.phone })).await;
    assert_eq!(found.json(), json!({}), "nobody is registered under the telephone number either");
}

#[tokio::test]
async fn what_is_not_the_callers_does_not_exist() {
    let bench = Bench::new().await;
    let (li, wang) = (person(1), person(2));
    let (one, other) = (bench.registered(&li).await, bench.registered(&wang).await);
    let account = bench.post("registrations", &bench.registration(&person(3))).await.at("/record");
    let consent = bench.get(&format!("subjects/{one}/consents")).await.at("/items/0/id");
    for path in ["/v1/platforms/nowhere/policies", "/v1/platforms/../policies", "/v1/platforms/HAIGANG/policies"] {
        bench.call("", "GET", path, None).await.problem(404, "not-found");
    }
    bench.call(&bench.core, "POST", "/v1/platforms/nowhere/records", Some(&json!({}))).await.problem(404, "not-found");
    bench.call("", "GET", "/v1/nothing", None).await.problem(404, "not-found");
    bench.get("subjects/nobody/erasure").await.problem(404, "not-found");
    bench.get("subjects/subject-00000000000000000000000000000000/erasure").await.problem(404, "not-found");
    let theirs = format!("/v1/platforms/haigang/subjects/{other}/consents/{consent}");
    bench.call(&bench.core, "DELETE", &theirs, None).await.problem(404, "not-found");
    let values = format!("/v1/platforms/haigang/subjects/{one}/values");
    let theirs = json!({ "record": account, "person": "registrant", "item": "phone", "value": "19900008888" });
    bench.call(&bench.core, "PATCH", &values, Some(&theirs)).await.problem(404, "not-found");
    bench.get("ledger/tile/9/999").await.problem(404, "not-found");
    bench.get("receipts/999999").await.problem(404, "not-found");
    bench.get("receipts/none").await.problem(404, "not-found");
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let bench = Bench::new().await;
    let refused = bench.call(&bench.core, "PUT", &below("records"), Some(&json!({}))).await;
    refused.problem(405, "method");
    assert!(refused.header("allow").contains("POST"));
    let head = bench.call("", "HEAD", &below("ledger/checkpoint"), None).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
}

#[tokio::test]
async fn a_batch_answers_in_order_and_has_its_end() {
    let bench = Bench::new().await;
    let asked = json!({ "ask": "due", "platform": "haigang", "clock": "access", "since": "2026-06-01" });
    let foreign = json!({ "ask": "due", "platform": "anrun", "clock": "access", "since": "2026-06-01" });
    let post = async |questions: &[Value]| {
        let body = json!({ "questions": questions });
        bench.call(&bench.core, "POST", "/v1/decisions", Some(&body)).await
    };
    let answers = post(&[asked.clone(), foreign, json!({ "ask": "what" }), asked.clone()]).await;
    assert_eq!(answers.status, 200, "{}", answers.text);
    assert_eq!(answers.at("/answers/1/problem/status"), "404");
    assert_eq!(answers.at("/answers/2/problem/status"), "400");
    assert_eq!(answers.at("/answers/0"), answers.at("/answers/3"));
    assert_eq!(post(&vec![asked.clone(); 1000]).await.json()["answers"].as_array().unwrap().len(), 1000);
    post(&vec![asked.clone(); 1001]).await.problem(422, "wrong");
    let large = json!({ "questions": vec!["x".repeat(1000); 3000] });
    bench.call(&bench.core, "POST", "/v1/decisions", Some(&large)).await.problem(413, "too-large");
    let mixed = json!({ "questions": [asked], "ask": "due" });
    bench.call(&bench.core, "POST", "/v1/decisions", Some(&mixed)).await.problem(400, "malformed");
}

#[tokio::test]
async fn a_token_over_its_rate_is_told_to_wait() {
    let bench = Bench::new().await;
    let slow = bench.kit.token(Power { rate: 2, ..CORE }).await;
    for _ in 0..2 {
        assert_eq!(bench.call(&slow, "GET", &below("ledger/leaves"), None).await.status, 200);
    }
    let refused = bench.call(&slow, "GET", &below("ledger/leaves"), None).await;
    refused.problem(429, "too-many");
    assert_eq!(refused.header("retry-after"), "60");
    bench.kit.clock.advance(jiff::SignedDuration::from_secs(60));
    assert_eq!(bench.call(&slow, "GET", &below("ledger/leaves"), None).await.status, 200);
}

#[tokio::test]
async fn a_missing_token_is_asked_for_and_a_bad_one_named_bad() {
    let bench = Bench::new().await;
    let none = bench.call("", "GET", &below("ledger/leaves"), None).await;
    none.problem(401, "unauthenticated");
    assert_eq!(none.header("www-authenticate"), r#"Bearer realm="shouyue""#);
    let bad = bench.call("shouyue_bad", "GET", &below("ledger/leaves"), None).await;
    bad.problem(401, "unauthenticated");
    assert!(bad.header("www-authenticate").contains("invalid_token"));
    for scheme in ["Basic YTpi", "Bearer", "Bearer  "] {
        let request = Request::get(below("ledger/leaves")).header("authorization", scheme).body(Body::empty()).unwrap();
        bench.send(request).await.problem(401, "unauthenticated");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_megabytes_are_refused_without_being_read() {
    let bench = Bench::new().await;
    let server = bench.kit.serve().await;
    let (address, core) = (server.address, bench.core.clone());
    let (sent, answer) = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        let length = 100 << 20;
        let path = below("records");
        write!(stream, "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {core}\r\n").unwrap();
        write!(stream, "content-type: application/json\r\ncontent-length: {length}\r\n\r\n").unwrap();
        let (chunk, mut sent) = (vec![b' '; 64 << 10], 0);
        // The server hangs up; what its socket swallowed before is little.
        while sent < length && stream.write_all(&chunk).is_ok() {
            sent += chunk.len();
        }
        let mut answer = [0; 64];
        let read = stream.read(&mut answer).unwrap_or(0);
        (sent, String::from_utf8_lossy(&answer[..read]).into_owned())
    })
    .await
    .unwrap();
    assert!(sent < 50 << 20, "{sent} bytes were taken");
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
    // In memory, where no socket hides it, the answer is always told.
    let body = Body::from(vec![b' '; 100 << 20]);
    raw(&bench, &below("records"), "application/json", body).await.problem(413, "too-large");
}
