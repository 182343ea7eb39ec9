//! The certificate of a cover: for whom it is about, while it is in force, with nothing on it that is nobody's business.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use desk::evidence::leaves;
use desk::leaf::Act;
use serde_json::{Value, json};
use testkit::{Person, Power, person};

use super::access::agree;
use super::browser::{Browser, Town};
use super::customer::verified;

/// The core system posts.
pub(super) async fn told(town: &Town, path: &str, body: &Value) -> Value {
    let power = Power { actions: &["collect"], purposes: &["policy-service"], ..Power::default() };
    let token = town.bench.token(power).await;
    let request = Request::post(format!("/v1/platforms/haigang/{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let mut system = town.browser();
    let page = system.ask(request).await;
    assert_eq!(page.status, StatusCode::CREATED, "{}", page.body);
    serde_json::from_str(&page.body).unwrap()
}

/// The core system hands a policy in; the page of the record.
pub(super) async fn policy(town: &Town, of: &Person, (from, until): (&str, &str)) -> String {
    let mut fields = of.policy_fields();
    fields["email"] = json!("someone@mail.example");
    let body = json!({
        "class": "policy",
        "in_force_from": from,
        "in_force_until": until,
        "people": [{ "roles": ["applicant", "insured"], "fields": fields }],
    });
    let record = told(town, "records", &body).await;
    format!("/p/haigang/records/{}", record["record"].as_str().unwrap())
}

/// A customer whose identity is known, who agreed to see policies.
pub(super) async fn insured<'t>(town: &'t Town, someone: &Person) -> Browser<'t> {
    let mut browser = town.customer(someone).await;
    agree(&mut browser, "query-policy").await;
    verified(&mut browser, someone).await;
    browser
}

pub(super) async fn size(town: &Town) -> usize {
    leaves(&town.bench.house, &town.bench.platform(), 0, 1000).await.unwrap().len()
}

#[tokio::test]
async fn a_cover_in_force_has_a_certificate_with_names_masked_and_one_leaf() {
    let town = Town::haigang().await;
    let li = person(1);
    let mut own = insured(&town, &li).await;
    let record = policy(&town, &li, ("2026-01-01", "2030-12-31")).await;
    let path = format!("{record}/certificate");
    assert_eq!(own.get(&record).await.links(&path).len(), 1, "the record leads there");
    assert!(own.page.says("mail.example"), "what the function reads of the record: {}", own.page.body);

    let before = size(&town).await;
    let page = own.get(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.says("2026年1月1日") && page.says("2030年12月31日"), "{}", page.body);
    assert!(page.says("保单信息") && page.says("证件号码") && page.says("data-print"), "{}", page.body);
    assert!(!page.says("mail.example") && !page.says("银行卡"), "nothing else of the record");
    assert!(!page.says(&li.number) && !page.says(&li.name), "masked");
    super::guard::holds(&path, page);
    let all = leaves(&town.bench.house, &town.bench.platform(), 0, 1000).await.unwrap();
    assert_eq!(all.len(), before + 1);
    let entry = all.into_iter().next_back().unwrap().entry.unwrap();
    assert_eq!((entry.act, entry.function), (Act::Read, Some(testkit::slug("query-policy"))));
    assert!(!entry.items.iter().any(|item| item.as_str() == "email"), "{:?}", entry.items);
}

#[tokio::test]
async fn what_is_not_in_force_or_somebody_elses_has_none() {
    let town = Town::haigang().await;
    let (li, wang) = (person(1), person(2));
    let (mut own, mut other) = (insured(&town, &li).await, insured(&town, &wang).await);
    let over = policy(&town, &li, ("2024-01-01", "2024-12-31")).await;
    let to_come = policy(&town, &li, ("2026-06-02", "2030-12-31")).await;
    let cancelled = policy(&town, &li, ("2026-01-01", "2030-12-31")).await;
    let before = size(&town).await;
    assert_eq!(other.get(&format!("{cancelled}/certificate")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(size(&town).await, before, "nothing is told, hence no act");
    assert_eq!(own.get(&format!("{cancelled}/certificate")).await.status, StatusCode::OK);

    let events = format!("{}/events", cancelled.trim_start_matches("/p/haigang/"));
    told(&town, &events, &json!({ "event": "cancelled", "on": "2026-06-01" })).await;
    for record in [over, to_come, cancelled] {
        assert!(own.get(&record).await.links(&format!("{record}/certificate")).is_empty(), "{}", own.page.body);
        assert_eq!(own.get(&format!("{record}/certificate")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn who_did_not_agree_to_the_function_that_reads_it_is_refused_with_a_leaf() {
    let town = Town::haigang().await;
    let li = person(1);
    let mut own = town.customer(&li).await;
    verified(&mut own, &li).await;
    let record = policy(&town, &li, ("2026-01-01", "2030-12-31")).await;
    let before = size(&town).await;
    assert_eq!(own.get(&format!("{record}/certificate")).await.status, StatusCode::FORBIDDEN);
    let all = leaves(&town.bench.house, &town.bench.platform(), 0, 1000).await.unwrap();
    assert_eq!(all.len(), before + 1);
    assert_eq!(all.into_iter().next_back().unwrap().entry.unwrap().act, Act::Refused);
}
