//! A copy for somebody whom the person names: what goes, under which consents, that it goes once, and what is said when not.

use axum::http::StatusCode;
use desk::evidence::leaves;
use desk::leaf::Act;
use policy::finding::Source;
use serde_json::{Value, json};
use testkit::Power;

use super::browser::{Browser, Town};
use super::centre::{platforms, town};

const BASE: &str = "/p/juqianbao";
const PHONE: &str = "13900000121";
const PARTY: &str = "/p/juqianbao/send/yunzhan";
const GENERAL: &str = "consent.share.portability.designated";
const NUMBER: &str = "consent.share.portability.designated.identity-document";

/// Somebody who registered with name, telephone, number and employer.
async fn customer(town: &Town) -> Browser<'_> {
    let mut browser = town.browser();
    browser.get(&format!("{BASE}/register/person")).await;
    let mut fields = browser.page.hidden();
    let typed = [
        ("user.name", "李示例"),
        ("user.phone", PHONE),
        ("user.id-number", "99010519900501002X"),
        ("user.employer", "示例机电设备有限公司"),
    ];
    fields.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    fields.extend(browser.page.scopes().into_iter().map(|scope| (format!("consent.{scope}"), "yes".to_owned())));
    browser.post_raw(&format!("{BASE}/register/person"), &fields).await;
    assert_eq!(browser.page.status, StatusCode::OK, "{}", browser.page.body);
    let code = town.code(PHONE).await;
    browser.post(&format!("{BASE}/login/code"), &[("code", &code)]).await;
    browser.get(&format!("{BASE}/home")).await;
    browser
}

/// The ids of items in a copy, in its order.
fn items(copy: &[u8]) -> Vec<String> {
    let copy: Value = serde_json::from_slice(copy).unwrap();
    let items = copy["items"].as_array().unwrap();
    items.iter().map(|line| line["item"].as_str().unwrap().to_owned()).collect()
}

/// Agrees to the copy itself, and to the number in it or not; where it leads.
async fn send(browser: &mut Browser<'_>, number: &str) -> String {
    browser.get(PARTY).await;
    browser.post(PARTY, &[(GENERAL, "yes"), (NUMBER, number)]).await;
    assert_eq!(browser.page.status, StatusCode::SEE_OTHER, "{}", browser.page.body);
    browser.page.location().to_owned()
}

#[tokio::test]
async fn r40_a_copy_goes_to_whom_the_person_names_and_holds_what_was_agreed_to() {
    let town = town("juqianbao").await;
    let mut browser = customer(&town).await;
    assert!(browser.page.links(&format!("{BASE}/send")).len() == 1, "a function of its own: {}", browser.page.body);
    assert!(browser.get(&format!("{BASE}/rights/port")).await.links(BASE).contains(&format!("{BASE}/send")));
    let list = browser.get(&format!("{BASE}/send")).await;
    assert!(list.says("榆川云栈") && list.says("没有这家机构的数据接口"), "{}", list.body);
    let form = browser.get(PARTY).await;
    assert!(form.says("<li>姓名</li>") && form.says("只用于这一次传输"), "{}", form.body);
    assert!(!form.says("李示例") && !form.says(PHONE), "what goes is named, not shown");
    assert_eq!(form.scopes().len(), 2, "of what is not held nothing is asked: {:?}", form.scopes());
    browser.post(PARTY, &[(NUMBER, "no")]).await;
    assert_eq!(browser.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(town.bench.receiver("juqianbao", "yunzhan").taken().is_empty(), "nothing goes without an answer");

    let sent = send(&mut browser, "no").await;
    let page = browser.get(&sent).await;
    assert!(page.says("已送达") && page.says("R000001"), "{}", page.body);
    let taken = town.bench.receiver("juqianbao", "yunzhan").taken();
    let (number, copy) = taken.first_key_value().unwrap();
    assert_eq!(sent, format!("{BASE}/sent/{number}"));
    assert_eq!(items(copy), ["employer", "name", "phone"], "without the number, to which no was said");
    assert!(String::from_utf8(copy.clone()).unwrap().contains("李示例"));
    send(&mut browser, "yes").await;
    let second = town.bench.receiver("juqianbao", "yunzhan").taken().pop_last().unwrap().1;
    assert!(items(&second).contains(&"id-number".to_owned()));
    let shared = browser.get(&format!("{BASE}/mine/shared")).await;
    assert!(shared.says("榆川云栈"), "{}", shared.body);
}

#[tokio::test]
async fn what_did_not_arrive_is_told_and_sent_again_under_its_number() {
    let town = town("juqianbao").await;
    let mut browser = customer(&town).await;
    town.bench.receiver("juqianbao", "yunzhan").be_forgetful(true);
    let sent = send(&mut browser, "no").await;
    let page = browser.get(&sent).await;
    assert!(page.says("还没有送达") && page.says("还不知道是否收到") && page.says("再传一次"), "{}", page.body);
    town.bench.receiver("juqianbao", "yunzhan").be_forgetful(false);
    for _ in 0..2 {
        browser.get(&sent).await;
        browser.post(&sent, &[]).await;
        assert_eq!(browser.page.location(), sent, "the same copy");
    }
    let page = browser.get(&sent).await;
    assert!(page.says("已送达") && page.says("R000001") && !page.says("再传一次"), "{}", page.body);
    assert_eq!(
        town.bench.receiver("juqianbao", "yunzhan").taken().len(),
        1,
        "nobody takes in twice what arrived the first time"
    );
    let platform = town.bench.house.platform("juqianbao").unwrap();
    let all = leaves(&town.bench.house, &platform, 0, 256).await.unwrap();
    let acts = all.iter().filter_map(|leaf| leaf.entry.as_ref());
    let told: Vec<_> = acts.filter(|entry| matches!(entry.act, Act::Share | Act::Deliver)).collect();
    let words: Vec<_> = told.iter().map(|entry| (entry.act, entry.because.clone())).collect();
    let number = sent.rsplit('/').next().unwrap();
    assert_eq!(
        words,
        [
            (Act::Share, Some("delivery".to_owned())),
            (Act::Deliver, Some(format!("{number}:timed-out"))),
            (Act::Share, Some(format!("delivery:{number}"))),
            (Act::Deliver, Some(format!("{number}:arrived:R000001"))),
        ],
        "each try is an act of its own; what has arrived is not let out again"
    );
    // The consent was for this one copy: it ends by itself.
    let subject = subject(&town, &browser).await;
    let stand = async || {
        let given = desk::consent::list(&town.bench.house, &platform, subject).await.unwrap();
        given.iter().filter(|view| view.party.is_some() && view.stands).count()
    };
    assert_eq!(stand().await, 1);
    town.bench.clock.advance(jiff::SignedDuration::from_hours(25));
    assert_eq!(stand().await, 0);
}

#[tokio::test]
async fn a_party_without_an_address_is_told_of_and_gets_nothing() {
    let town = town("juqianbao").await;
    let mut browser = customer(&town).await;
    let path = format!("{BASE}/send/qinghe");
    let page = browser.get(&path).await;
    assert!(page.says("不能直接传输") && page.says("下载副本") && page.scopes().is_empty(), "{}", page.body);
    assert_eq!(browser.get(&format!("{BASE}/send/guance")).await.status, StatusCode::NOT_FOUND, "no such recipient");
    assert_eq!(browser.get(&format!("{BASE}/sent/0")).await.status, StatusCode::NOT_FOUND, "no copy");
}

#[tokio::test]
async fn r63_a_suspended_party_gets_no_copy() {
    let (_, policy, operation) = platforms().into_iter().find(|(id, ..)| *id == "juqianbao").unwrap();
    let text = operation.text.replace("party = \"yuanjing\"", "party = \"yunzhan\"");
    let town = Town::of((policy, Source::new("operation.toml", text))).await;
    let mut browser = customer(&town).await;
    let page = browser.get(PARTY).await;
    assert!(page.says("目前暂停向这家机构提供信息") && page.scopes().is_empty(), "{}", page.body);
    // Who sends the form all the same.
    let platform = town.bench.house.platform("juqianbao").unwrap();
    let core = token(&town).await;
    let subject = subject(&town, &browser).await;
    town.bench.agree_to(&platform, subject, "portability", "yunzhan").await;
    let (status, body) = call(&town, &core, subject, &json!({ "party": "yunzhan" }), "k1").await;
    assert_eq!((status, body["type"].as_str()), (403, Some("/problems/denied")), "{body}");
    assert!(body.to_string().contains("suspended"), "{body}");
    assert!(town.bench.receiver("juqianbao", "yunzhan").taken().is_empty());
}

#[tokio::test]
async fn r40_a_system_has_a_copy_sent_once_for_each_key_and_never_without_the_consent() {
    let town = town("juqianbao").await;
    let browser = customer(&town).await;
    let (platform, core) = (town.bench.house.platform("juqianbao").unwrap(), token(&town).await);
    let subject = subject(&town, &browser).await;
    let asked = json!({ "party": "yunzhan" });
    let (status, body) = call(&town, &core, subject, &asked, "k0").await;
    assert_eq!(status, 403, "{body}");
    assert!(town.bench.receiver("juqianbao", "yunzhan").taken().is_empty());
    town.bench.agree_to(&platform, subject, "portability", "yunzhan").await;
    town.bench.receiver("juqianbao", "yunzhan").mood().silent();
    let (status, first) = call(&town, &core, subject, &asked, "k1").await;
    assert_eq!((status, &first["arrived"], &first["why"]), (201, &json!(false), &json!("timed-out")), "{first}");
    town.bench.receiver("juqianbao", "yunzhan").mood().regular();
    let (_, same) = call(&town, &core, subject, &asked, "k1").await;
    assert_eq!(same, first, "the same call again is no new try");
    let again = json!({ "party": "yunzhan", "again": first["number"] });
    let (status, done) = call(&town, &core, subject, &again, "k2").await;
    assert_eq!((status, &done["arrived"], &done["receipt"]), (201, &json!(true), &json!("R000001")), "{done}");
    assert_eq!((&done["number"], &done["tries"]), (&first["number"], &json!(2)));
    let (status, body) = call(&town, &core, subject, &json!({ "party": "yunzhan", "again": 0 }), "k3").await;
    assert_eq!(status, 404, "a number that is nobody's: {body}");
    let (status, body) = call(&town, &core, subject, &json!({ "party": "qinghe" }), "k4").await;
    assert_eq!(status, 403, "{body}");
    assert!(body.to_string().contains("technically-feasible"), "it says what is missing: {body}");
    let all = leaves(&town.bench.house, &platform, 0, 256).await.unwrap();
    let acts = all.iter().filter_map(|leaf| leaf.entry.as_ref());
    assert_eq!(acts.filter(|entry| entry.act == Act::Refused).count(), 2, "no consent, and no address");
}

async fn subject(town: &Town, browser: &Browser<'_>) -> model::SubjectId {
    let session = desk::seat::session(&town.bench.house, &browser.cookies["portal-juqianbao"]).await.unwrap().unwrap();
    let desk::seat::Holder::Subject(_, subject) = session.holder else { panic!("{session:?}") };
    subject
}

async fn token(town: &Town) -> String {
    let power = Power { platform: "juqianbao", actions: &["share"], purposes: &["send-copy"], ..Power::default() };
    town.bench.token(power).await
}

/// Posts under an idempotency key; status and body.
async fn call(town: &Town, token: &str, subject: model::SubjectId, body: &Value, key: &str) -> (u16, Value) {
    let request = axum::http::Request::post(format!("/v1/platforms/juqianbao/subjects/{subject}/deliveries"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .body(axum::body::Body::from(body.to_string()))
        .unwrap();
    let mut browser = town.browser();
    let page = browser.ask(request).await;
    (page.status.as_u16(), serde_json::from_str(&page.body).unwrap_or_default())
}
