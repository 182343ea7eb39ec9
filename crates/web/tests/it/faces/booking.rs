//! A company books for its people: what its contact typed reaches the underwriter that was picked, and nobody else.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use desk::seat::Holder;
use policy::finding::Source;
use serde_json::{Value, json};
use testkit::Power;

use super::applying::answered;
use super::browser::{Browser, Town};

const PLATFORM: &str = "yihui-xicheng";
const PHONE: &str = "13900000009";
const ITEMS: [&str; 3] = ["contact-name", "contact-phone", "contact-email"];

async fn city() -> Town {
    let policy = include_str!("../../../../../platforms/yihui-xicheng/2022-09-20.toml");
    let operation = include_str!("../../../../../platforms/yihui-xicheng/operation.toml");
    Town::of((Source::new("2022-09-20.toml", policy), Source::new("operation.toml", operation))).await
}

/// The system that passes bookings on asks before it does.
async fn shared(town: &Town, token: &str, subject: &str, to: &Value) -> StatusCode {
    let mut asked = json!({ "ask": "processing", "platform": PLATFORM, "action": "share", "function": "group-booking",
        "purpose": "group-contact", "person": "contact", "items": ITEMS, "actor": { "kind": "system" },
        "subject": { "id": subject } });
    asked.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
    let request = Request::post(format!("/v1/platforms/{PLATFORM}/acts"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Body::from(asked.to_string()))
        .unwrap();
    town.browser().ask(request).await.status
}

/// Picks a party on its page.
async fn picked(browser: &mut Browser<'_>, party: &str, scope: &str) {
    let path = format!("/p/{PLATFORM}/agencies/{party}");
    browser.get(&path).await;
    assert_eq!(browser.page.status, StatusCode::OK, "{}", browser.page.body);
    let name = format!("consent.{scope}");
    let page = browser.post(&path, &[(name.as_str(), "yes"), ("until", "open")]).await;
    assert!(page.location().contains("/grants/con-"), "{} {}", page.status, page.body);
}

#[tokio::test]
async fn r23_a_group_booking_reaches_the_underwriter_that_was_picked_only() {
    let town = city().await;
    let platform = town.bench.house.platform(PLATFORM).unwrap();
    let mut browser = town.browser();
    let form = format!("/p/{PLATFORM}/register/company");
    let page = browser.get(&form).await;
    assert_eq!(page.status, StatusCode::OK, "{} {}", page.location(), page.body);
    let typed = vec![
        ("contact.contact-name", "温如初"),
        ("contact.contact-phone", PHONE),
        ("contact.contact-email", "wen@customers.example"),
        ("group.group-type", "企业"),
        ("group.company-name", "示例科技有限公司"),
        ("group.group-size", "30"),
    ];
    let all = answered(&browser, typed, "");
    let page = browser.post_raw(&form, &all).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let code = town.code(PHONE).await;
    browser.post(&format!("/p/{PLATFORM}/login/code"), &[("code", &code)]).await;
    let cookie = browser.cookies[&format!("portal-{PLATFORM}")].clone();
    let session = desk::seat::session(&town.bench.house, &cookie).await.unwrap().unwrap();
    let Holder::Subject(_, subject) = session.holder else { panic!("nobody is logged in: {}", browser.page.body) };
    let power = Power {
        platform: PLATFORM,
        actions: &["share"],
        purposes: &["group-booking", "group-contact"],
        party: None,
        rate: 60_000,
    };
    let token = town.bench.token(power).await;
    let subject = subject.to_string();
    let taihu = json!({ "recipient": "underwriter", "party": "taihu" });
    assert_eq!(shared(&town, &token, &subject, &taihu).await, StatusCode::FORBIDDEN, "nobody agreed yet");
    let scope = platform.tables.scopes().iter().find(|scope| scope.element.as_str() == "to-underwriter").unwrap();
    let list = format!("/p/{PLATFORM}/agencies");
    let home = browser.get(&format!("/p/{PLATFORM}/home")).await;
    assert!(home.says("待您选定") && home.links(&list) == [format!("{list}#group-booking")], "{}", home.body);
    let page = browser.get(&list).await;
    assert!(page.says("太湖之光人寿保险股份有限公司") && page.says("联系人邮箱"), "{}", page.body);
    assert!(!page.says("梅园") && !page.says("惠山"), "who is suspended, and who is none of the class: {}", page.body);
    for none in ["meiyuan", "huishan", "liangxi-hospital"] {
        assert_eq!(browser.get(&format!("{list}/{none}")).await.status, StatusCode::NOT_FOUND, "{none}");
    }
    picked(&mut browser, "taihu", &scope.id).await;
    assert!(!browser.get(&format!("/p/{PLATFORM}/home")).await.says("待您选定"));
    assert_eq!(shared(&town, &token, &subject, &taihu).await, StatusCode::CREATED);
    for other in [
        json!({ "recipient": "underwriter" }),
        json!({ "recipient": "underwriter", "party": "huishan" }),
        json!({ "recipient": "underwriter", "party": "meiyuan" }),
        json!({ "recipient": "underwriter", "party": "nobody" }),
        json!({ "recipient": "insurers", "party": "huishan" }),
        json!({ "recipient": "holders", "party": "liangxi-hospital" }),
        json!({ "recipient": "government" }),
    ] {
        assert_eq!(shared(&town, &token, &subject, &other).await, StatusCode::FORBIDDEN, "{other}");
    }
    // Taken back, it reaches nobody.
    let revoke = browser.get(&list).await.links(&format!("/p/{PLATFORM}/grants/")).remove(0);
    browser.get(&revoke).await;
    assert_eq!(browser.post(&revoke, &[]).await.status, StatusCode::OK);
    assert_eq!(shared(&town, &token, &subject, &taihu).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_party_is_picked_for_each_function_by_itself() {
    // Its customers choose an insurer twice: for the contract and for a claim.
    let town = super::centre::town("anrun").await;
    let platform = town.bench.house.platform("anrun").unwrap();
    let mut browser = super::centre::customer(&town, "anrun").await;
    let page = browser.get("/p/anrun/agencies").await;
    let claim = page.body.split("id=\"claim\"").nth(1).expect("the claim has a list of its own");
    assert!(claim.contains("shanhai?share=claim-insurer"), "{claim}");
    let path = "/p/anrun/agencies/shanhai?share=claim-insurer";
    browser.get(path).await;
    let of_claim = |one: &&policy::terms::Scope| one.element.as_str() == "claim-insurer" && one.class.is_none();
    let scope = platform.tables.scopes().iter().find(of_claim).unwrap();
    assert!(browser.page.scopes().contains(&scope.id), "{:?}", browser.page.scopes());
    let name = format!("consent.{}", scope.id);
    browser.post(path, &[(name.as_str(), "yes"), ("until", "open")]).await;
    assert!(browser.page.location().contains("/grants/con-"), "{}", browser.page.body);
    let page = browser.get("/p/anrun/agencies").await;
    assert!(page.says("为理赔提供给保险公司"), "{}", page.body);
    let (buying, claim) = page.body.split_once("id=\"claim\"").unwrap();
    assert!(buying.contains("shanhai?share=contract-insurer") && !claim.contains("shanhai?share="), "{}", page.body);
    assert_eq!(browser.get("/p/anrun/agencies/shanhai?share=nothing").await.status, StatusCode::NOT_FOUND);
    // What is taken back of one share stays given for the other.
    let path = "/p/anrun/agencies/shanhai?share=contract-insurer";
    let general = browser.get(path).await.scopes().remove(0);
    browser.post(path, &[(&format!("consent.{general}"), "yes"), ("until", "open")]).await;
    let grant = browser.page.location().to_owned();
    browser.get(&format!("{grant}/revoke")).await;
    browser.post(&format!("{grant}/revoke"), &[]).await;
    let page = browser.get("/p/anrun/agencies").await;
    let (buying, claim) = page.body.split_once("id=\"claim\"").unwrap();
    assert!(buying.contains("shanhai?share=contract-insurer") && !claim.contains("shanhai?share="), "{}", page.body);
}

#[tokio::test]
async fn a_registration_asks_for_a_code_after_it_was_sent() {
    let town = city().await;
    let mut browser = town.browser();
    let page = browser.get(&format!("/p/{PLATFORM}/register/person")).await;
    assert!(page.values("user.verification-code").is_empty() && page.says("在下一页填写"), "{}", page.body);
    assert_eq!(page.scopes(), ["collect.register"], "nothing is consented to that is not asked");
}
