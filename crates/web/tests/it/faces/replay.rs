//! A sale shown again: to its customer, to staff whose role acts in its course, and to systems; the page as it was.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use policy::finding::Source;
use serde_json::Value;
use testkit::Power;

use super::applying::{FORM, answered, customer, typed};
use super::browser::{Browser, Town};
use super::consoles::clerk;
use super::pay::Shop;

const ROLES: &str = r#"
[[role]]
id = "sales"
name = "承保"
functions = ["insure"]
clear-view = false
minors = true
answers = "nothing says who sees what"

[[role]]
id = "desk"
name = "前台"
functions = ["register"]
clear-view = false
minors = true
answers = "nothing says who sees what"
"#;

fn texts(policy: &str) -> (Source, Source) {
    let operation = format!("{}{ROLES}", include_str!("../../../../desk/tests/fixtures/family/operation.toml"));
    (Source::new("2026-01-01.toml", policy), Source::new("operation.toml", operation))
}

fn policy() -> &'static str {
    include_str!("../../../../desk/tests/fixtures/family/2026-01-01.toml")
}

/// A customer who insured two children, with an answer that was returned on the way; the address of the replay.
async fn sold(town: &Town) -> (Browser<'_>, String) {
    let mut browser = customer(town).await;
    browser.get("/p/family/functions/insure").await;
    browser.get(FORM).await;
    let mut one_more = browser.page.hidden();
    one_more.push(("add".into(), "insured.ward".into()));
    browser.post_raw(FORM, &one_more).await;
    let mut wrong = answered(&browser, typed(), "");
    wrong.retain(|(name, _)| name != "consent.collect.insure");
    assert_eq!(browser.post_raw(FORM, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let all = answered(&browser, typed(), "");
    let page = browser.post_raw(FORM, &all).await;
    assert!(page.location().starts_with("/p/family/records/"), "{} {}", page.status, page.body);
    let page = browser.get("/p/family/mine").await;
    let links: Vec<String> =
        page.links("/p/family/records/").into_iter().filter(|link| link.ends_with("/replay")).collect();
    assert_eq!(links.len(), 1, "{}", page.body);
    (browser, links[0].clone())
}

fn holds_nothing_typed(body: &str) {
    for (name, value) in typed() {
        assert!(!body.contains(value), "{name} in {body}");
    }
}

#[tokio::test]
async fn r61_a_customer_sees_the_own_sale_again_page_by_page() {
    let town = Town::of(texts(policy())).await;
    let (mut browser, replay) = sold(&town).await;
    let page = browser.get(&replay).await;
    assert_eq!(page.status, StatusCode::OK);
    for told in ["与存证一致", "看到了这个页面", "提交被退回", "填写了这个页面", "同意：", "提交，业务已受理"]
    {
        assert!(page.says(told), "{told}: {}", page.body);
    }
    holds_nothing_typed(&page.body);
    // The choice of who stands in it, the form for one child, and for two.
    assert_eq!(page.links(&format!("{replay}/")).len(), 3);
    let first = browser.get(&format!("{replay}/1")).await;
    assert!(first.says("为哪种产品办理") && first.says("页面原样，不能填写"), "{}", first.body);
    let last = browser.get(&format!("{replay}/3")).await;
    assert!(
        last.says("（第 2 位）")
            && last.says("当时的选择")
            && !last.says("method=\"post\" action=\"/p/family/functions")
    );
    holds_nothing_typed(&last.body);
    assert_eq!(browser.get(&format!("{replay}/4")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get(&format!("{replay}/0")).await.status, StatusCode::NOT_FOUND);
    // A new text and other words: the page stays as it was.
    let newer = policy().replace("核保并订立保险合同。", "核保、订立合同，并作其他用途。");
    town.bench.publish(texts(&newer)).await;
    assert!(browser.get(FORM).await.says("核保、订立合同，并作其他用途"));
    let last = browser.get(&format!("{replay}/3")).await;
    assert!(last.says("核保并订立保险合同。") && !last.says("并作其他用途"), "{}", last.body);
    assert!(browser.get(&replay).await.says("与存证一致"));
}

#[tokio::test]
async fn r61_staff_and_systems_see_a_sale_again_where_their_role_or_token_covers_it() {
    let town = Town::of(texts(policy())).await;
    let (_, replay) = sold(&town).await;
    let record = replay.split('/').nth(4).unwrap();
    let power = |purposes| Power { platform: "family", actions: &["show"], purposes, party: None, rate: 60_000 };
    let ask = |token: String| {
        let path = format!("/v1/platforms/family/records/{record}/replay");
        Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}")).body(Body::empty()).unwrap()
    };
    let mut system = town.browser();
    let token = town.bench.token(power(&["insure"])).await;
    let page = system.ask(ask(token)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    holds_nothing_typed(&page.body);
    let bundle: Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(bundle["sound"], true);
    let steps = bundle["tracks"][0]["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| bundle["pages"][step["page"].as_str().unwrap()].is_string()));
    let other = town.bench.token(power(&["register"])).await;
    assert_eq!(system.ask(ask(other)).await.status, StatusCode::FORBIDDEN);

    let subject = bundle["record"]["parts"][0]["subject"].as_str().unwrap();
    let path = format!("/console/subjects/{subject}/records/{record}/replay");
    let mut staff = clerk(&town, &[("family", "sales")]).await;
    let page = staff.get(&path).await;
    assert!(page.status == StatusCode::OK && page.says("与存证一致"), "{}", page.body);
    holds_nothing_typed(&page.body);
    assert!(page.links("/p/family/receipts").is_empty(), "receipts are the customer's own");
    assert!(staff.get(&format!("{path}/3")).await.says("当时的选择"));
    let nobody = format!("/console/subjects/sub-00000000000000000000000000000000/records/{record}/replay");
    assert_eq!(staff.get(&nobody).await.status, StatusCode::NOT_FOUND);
    let mut staff = clerk(&town, &[("family", "desk")]).await;
    assert_eq!(staff.get(&path).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn r61_who_ordered_for_a_child_alone_sees_it_again_too() {
    let shop = Shop::new().await;
    let (mut browser, _) = shop.ordered(0).await;
    let form = "/p/yihui-xicheng/functions/insure-family?go=1&who.child=ward";
    assert_eq!(browser.get(form).await.status, StatusCode::OK);
    let child = [
        ("child.ward.1.name", "张示例"),
        ("child.ward.1.id-type", "居民身份证"),
        ("child.ward.1.id-number", "990200201306060059"),
        ("child.ward.1.sex", "男"),
        ("child.ward.1.birth-date", "2013-06-06"),
        ("child.ward.1.family-relation", "母子"),
    ];
    let all = answered(&browser, child.to_vec(), "");
    let page = browser.post_raw(form, &all).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    let record = page.location().split('?').next().unwrap().to_owned();
    let replay = format!("{record}/replay");
    assert_eq!(browser.get(&record).await.links(&replay), std::slice::from_ref(&replay), "{}", browser.page.body);
    let page = browser.get(&replay).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.says("与存证一致") && page.says("提交，业务已受理"), "{}", page.body);
    assert!(!page.says("张示例"), "the page that was shown held nobody's name");
    assert_eq!(browser.get(&format!("{replay}/1")).await.status, StatusCode::OK);
}
