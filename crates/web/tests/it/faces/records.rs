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
    for words in ["旅行险", "意外险", "投保单 · 投保 · 投保人", "被保险人", "2026年6月1日", "有效"]
    {
        assert!(page.says(words), "{words}: {}", page.body);
    }
    assert!(!page.says("掩码"), "nothing on it is masked: {}", page.body);
    // Home leads to the whole list, which is there without any function that reads.
    assert!(li.get("/p/family/home").await.says("我的保单与业务（2）"), "{}", li.page.body);
    let page = li.get("/p/family/records").await;
    assert!(page.says("<h1>我的保单与业务</h1>") && page.says("旅行险") && page.says("意外险"), "{}", page.body);
    assert_eq!(page.links("/p/family/records/rec-").len(), 2, "the account is no business: {}", page.body);
    let first = page.links("/p/family/records/rec-").remove(0);
    assert!(li.get(&first).await.says("投保单 · 投保 · 投保人"), "{}", li.page.body);
    let mut staff = clerk(&town, &[("family", "service")]).await;
    staff.get("/console/subjects").await;
    staff.post("/console/subjects", &[("phone", "13900000001")]).await;
    let found = staff.page.links("/console/subjects/sub-").remove(0);
    let page = staff.get(&found).await;
    for words in ["旅行险", "意外险", "投保单 · 投保 · 投保人"] {
        assert!(page.says(words), "{words}: {}", page.body);
    }
}

#[tokio::test]
async fn every_platform_that_makes_records_lists_them() {
    let town = super::applying::family().await;
    let mut li = customer(&town).await;
    let page = li.get("/p/family/records").await;
    assert!(page.says("我的保单与业务") && page.says("没有可以查看的记录"), "{} {}", page.status, page.body);
    insured(&mut li, "travel", &[("applicant.name", "李示例"), ("applicant.id-number", "99010519900501002X")]).await;
    let page = li.get("/p/family/records").await;
    assert!(page.says("旅行险"), "{}", page.body);
    let record = page.links("/p/family/records/rec-").remove(0);
    assert!(li.get(&record).await.links("/p/family/records").contains(&"/p/family/records".to_owned()));
}

#[tokio::test]
async fn what_was_never_decided_is_no_limit_of_a_function() {
    let town = super::applying::family().await;
    let mut li = customer(&town).await;
    let page = li.get("/p/family/home").await;
    assert!(page.says("可办理") && !page.says("部分可用") && !page.says("尚未同意"), "{}", page.body);
}
