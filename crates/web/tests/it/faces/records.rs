//! Lists of records: products, roles, days and states told apart, to the customer and to staff.

use axum::http::StatusCode;
use policy::finding::Source;

use super::applying::{answered, customer};
use super::browser::{Browser, Town};
use super::consoles::clerk;

/// The insurer with a function that shows applications, and people who serve.
async fn showing() -> Town {
    let query = r#"
[[function]]
id = "query"
name = "投保单查询"
kind = "basic"
purposes = ["conclude"]
basis = "contract"
collect = "nothing"
users = ["applicant", "user"]
reads = [{ class = "application", of = ["applicant", "insured"], to = "applicant" }]
refused = { reach = "this-function" }
"#;
    let service = r#"
[[role]]
id = "service"
name = "客服"
functions = ["query", "insure", "register"]
clear-view = false
minors = false
answers = "nothing says who serves"
"#;
    let policy = include_str!("../../../../desk/tests/fixtures/family/2026-01-01.toml");
    let operation = include_str!("../../../../desk/tests/fixtures/family/operation.toml");
    let (policy, operation) = (format!("{policy}{query}"), format!("{operation}{service}"));
    Town::of((Source::new("2026-01-01.toml", policy), Source::new("operation.toml", operation))).await
}

async fn insured(browser: &mut Browser<'_>, product: &str, fields: &[(&'static str, &'static str)]) {
    let form = format!("/p/family/functions/insure?go=1&product={product}&who.insured=self");
    browser.get(&form).await;
    let all = answered(browser, fields.to_vec(), "");
    let page = browser.post_raw(&form, &all).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
}

#[tokio::test]
async fn records_of_one_class_are_told_apart_by_product_role_day_and_state() {
    let town = showing().await;
    let mut li = customer(&town).await;
    let own = [("applicant.name", "李示例"), ("applicant.id-number", "99010519900501002X")];
    insured(&mut li, "travel", &own).await;
    insured(&mut li, "accident", &own).await;
    let page = li.get("/p/family/records?function=query").await;
    for words in ["旅行险", "意外险", "投保单 · 投保人", "被保险人", "2026年6月1日", "有效"] {
        assert!(page.says(words), "{words}: {}", page.body);
    }
    let first = page.links("/p/family/records/rec-").remove(0);
    assert!(li.get(&first).await.says("投保单 · 投保人"), "{}", li.page.body);
    let mut staff = clerk(&town, &[("family", "service")]).await;
    staff.get("/console/subjects").await;
    staff.post("/console/subjects", &[("phone", "13900000001")]).await;
    let found = staff.page.links("/console/subjects/sub-").remove(0);
    let page = staff.get(&found).await;
    for words in ["旅行险", "意外险", "投保单 · 投保人"] {
        assert!(page.says(words), "{words}: {}", page.body);
    }
}
