//! The OpenAPI document that is committed is the one that is served.

use serde_json::Value;

use super::Bench;

const COMMITTED: &str = include_str!("../../../../../docs/openapi.json");

#[test]
fn the_committed_document_is_current() {
    let committed: Value = serde_json::from_str(COMMITTED).unwrap();
    let current = serde_json::to_value(shouyue_web::api::document()).unwrap();
    assert!(committed == current, "run `cargo run -p shouyue-web --example openapi > docs/openapi.json`");
}

#[tokio::test]
async fn the_served_document_is_the_committed_one_and_of_version_3_1() {
    let bench = Bench::new().await;
    let served = bench.call("", "GET", shouyue_web::api::DOCUMENT, None).await;
    assert_eq!(served.status, 200);
    assert_eq!(served.json(), serde_json::from_str::<Value>(COMMITTED).unwrap());
    assert!(served.at("/openapi").starts_with("3.1"));
}

#[test]
fn every_operation_says_what_it_answers_and_what_goes_wrong() {
    let document = serde_json::to_value(shouyue_web::api::document()).unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|status| status.starts_with('2')), "{method} {path}");
            assert!(responses["4XX"]["content"].get("application/problem+json").is_some(), "{method} {path}");
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}");
        }
    }
}

#[test]
fn every_kind_of_problem_stands_in_the_guide() {
    let guide = include_str!("../../../../../docs/api.md");
    for kind in shouyue_web::problem::Kind::ALL {
        let row = format!("| `{}` | {} |", kind.code(), kind.status().as_u16());
        assert!(guide.contains(&row), "docs/api.md lacks the row {row}");
    }
}
