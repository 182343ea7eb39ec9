//! Customer service: complaints and questions in the customer's own words, answered by staff.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use desk::collect::{PersonFields, Registration, register};
use desk::evidence::leaves;
use desk::leaf::{Act, Who};
use desk::seat::{Holder, session_new};
use model::Clear;
use policy::question::{Code, Facts};
use serde_json::{Value, json};
use testkit::{Power, slug};

use super::applying::answered;
use super::browser::{Browser, Town};
use super::centre::{customer, town};
use super::consoles::clerk;
use super::pay::Shop;

const WORDS: &str = "客服说三天内回复，等了一周";
const ANSWER: &str = "已经改派专人，今天下午三点前给您回电";

/// Sends the form of the page; every open consent is answered, those that begin with `no` with no.
async fn send(browser: &mut Browser<'_>, id: &str, typed: &[(&str, &str)], no: &str) {
    let path = format!("/p/{id}/service");
    browser.get(&path).await;
    assert_eq!(browser.page.status, StatusCode::OK, "{}", browser.page.body);
    let fields = answered(browser, typed.to_vec(), no);
    browser.post_raw(&path, &fields).await;
}

async fn acts(town: &Town, id: &str) -> Vec<(Act, Option<String>, Vec<String>)> {
    let platform = town.bench.house.platform(id).unwrap();
    let all = leaves(&town.bench.house, &platform, 0, 1000).await.unwrap();
    let entries = all.into_iter().filter_map(|leaf| leaf.entry);
    entries.map(|one| (one.act, one.because, one.items.iter().map(ToString::to_string).collect())).collect()
}

/// The request that a page led to.
fn request(browser: &Browser<'_>, id: &str) -> String {
    let location = browser.page.location();
    assert!(location.starts_with(&format!("/p/{id}/requests/req-")), "{} {}", browser.page.status, browser.page.body);
    location.split('?').next().unwrap().to_owned()
}

/// A browser that is logged in to the account of somebody whose age is known.
async fn adult<'t>(town: &'t Town, id: &str) -> Browser<'t> {
    let (house, platform) = (&town.bench.house, town.bench.house.platform(id).unwrap());
    let values = [
        ("name", "周示例"),
        ("sex", "女"),
        ("nationality", "中国"),
        ("occupation", "教师"),
        ("home-or-work-address", "某市某区某路26号"),
        ("phone", "19900000001"),
        ("id-type", "居民身份证"),
        ("id-number", "990000198509172020"),
        ("id-validity", "2016-05-01至2036-05-01"),
    ];
    let fields = values.map(|(item, value)| (item.to_owned(), Clear::new(value.to_owned()))).into();
    let form = Registration {
        function: slug("identity-check"),
        channel: None,
        product: None,
        persons: vec![PersonFields { person: slug("applicant"), fields }],
        consents: Vec::new(),
        facts: Facts::default(),
    };
    let done = register(house, &platform, form, Who::Subject, None).await.unwrap();
    let holder = Holder::Subject(platform.id.clone(), done.subject);
    let opened = session_new(house, holder).await.unwrap();
    let mut browser = town.browser();
    browser.cookies.insert(format!("portal-{id}"), opened.cookie.expose().to_owned());
    browser
}

/// R18: nobody looks alone at what somebody wrote whose age is unknown.
async fn approved(town: &Town, staff: &mut Browser<'_>, id: &str, person: &str, look: &[(&str, &str)]) {
    staff.get(person).await;
    staff.post(&format!("{person}/approvals"), look).await;
    let mut other = clerk(town, &[(id, "claims")]).await;
    other.get(&format!("/console/on/{id}")).await;
    other.get("/console/approvals").await;
    let waiting = other.page.values("approval").remove(0);
    other.post("/console/approvals", &[("approval", &waiting)]).await;
    assert_eq!(other.page.location(), "/console/approvals", "{}", other.page.body);
}

/// A complaint from the customer's words to the answer that the customer opens.
async fn complained(town: &Town, mut browser: Browser<'_>, id: &str, words: &str, answer: &str) {
    let home = browser.get(&format!("/p/{id}/home")).await;
    assert!(home.links(&format!("/p/{id}/service")).len() == 2, "{}", home.body);
    let typed = [("right", "complain"), ("topic", "customer-service"), ("text", WORDS)];
    send(&mut browser, id, &typed, "").await;
    let request = request(&browser, id);
    let all = acts(town, id).await;
    let (act, because, items) = all.last().unwrap();
    assert_eq!((*act, because.as_deref(), items.as_slice()), (Act::Collect, Some("complain"), &[words.to_owned()][..]));
    let page = browser.get(&request).await;
    assert!(page.says("往来内容") && page.says("最迟答复") && page.says("12377") && !page.says(WORDS), "{}", page.body);

    let mut staff = clerk(town, &[(id, "compliance")]).await;
    staff.get(&format!("/console/on/{id}")).await;
    staff.get("/console/requests").await;
    let number = request.rsplit('/').next().unwrap();
    let path = format!("/console/requests/{number}");
    assert!(staff.page.links(&path).len() == 1, "{}", staff.page.body);
    let page = staff.get(&path).await;
    assert!(page.says("主题") && !page.says(WORDS));
    let clear = page.links("/console/subjects/").into_iter().find(|link| link.contains("/clear/")).unwrap();
    staff.get(&clear).await;
    assert_eq!(staff.page.status, StatusCode::OK, "{}", staff.page.body);
    staff.post(&clear, &[("purpose", "customer-service"), ("reason", "complaint")]).await;
    assert!(staff.page.status == StatusCode::OK && staff.page.says(WORDS), "{}", staff.page.body);
    staff.get(&path).await;
    staff.post(&format!("{path}/answer"), &[("answer", " ")]).await;
    assert_eq!(staff.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    staff.post(&format!("{path}/answer"), &[("answer", ANSWER)]).await;
    assert_eq!(staff.page.location(), path, "{}", staff.page.body);
    assert!(acts(town, id).await.iter().any(|(act, _, items)| *act == Act::Collect && *items == [answer]));

    let page = browser.get(&request).await;
    assert!(page.says("已办结") && !page.says(ANSWER), "{}", page.body);
    let base = format!("/p/{id}/mine/");
    let opens: Vec<String> = crate::html::tags(&page.body)
        .iter()
        .filter_map(|tag| tag.get("action").filter(|to| to.starts_with(&base)).map(str::to_owned))
        .collect();
    let open = opens.iter().find(|to| to.contains(&format!(".{answer}/clear"))).unwrap().clone();
    browser.post(&open, &[]).await;
    assert!(browser.page.says(ANSWER) && browser.page.says("/receipts/"), "{}", browser.page.body);
}

#[tokio::test]
async fn a_complaint_is_kept_and_answered_where_the_text_has_feedback() {
    let town = town("jd-allianz").await;
    let browser = adult(&town, "jd-allianz").await;
    complained(&town, browser, "jd-allianz", "feedback", "communication-record").await;
}

#[tokio::test]
async fn a_complaint_is_kept_and_answered_where_the_text_has_complaints() {
    let shop = Shop::new().await;
    let (browser, _) = shop.ordered(0).await;
    complained(&shop.town, browser, "yihui-xicheng", "complaint-content", "service-record").await;
}

#[tokio::test]
async fn where_the_text_takes_no_words_a_topic_is_chosen_and_nothing_is_collected() {
    let town = town("haigang").await;
    let mut browser = customer(&town, "haigang").await;
    let page = browser.get("/p/haigang/service?right=explain").await;
    assert!(page.says("不收文字") && !page.says("<textarea") && page.scopes().is_empty(), "{}", page.body);
    let typed = [("right", "explain"), ("topic", "personal-information"), ("text", WORDS)];
    send(&mut browser, "haigang", &typed, "").await;
    let request = request(&browser, "haigang");
    assert_eq!(acts(&town, "haigang").await.last().unwrap().0, Act::Request);
    let page = browser.get(&request).await;
    assert!(page.says("个人信息保护") && !page.says("往来内容"), "{}", page.body);
}

#[tokio::test]
async fn what_is_missing_is_asked_again_with_what_was_typed() {
    let town = town("jd-allianz").await;
    let mut browser = customer(&town, "jd-allianz").await;
    send(&mut browser, "jd-allianz", &[("text", WORDS)], "").await;
    assert_eq!(browser.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(browser.page.says(WORDS) && browser.page.says("f-topic"), "{}", browser.page.body);
    let foreign = [("right", "complain"), ("topic", "no-such"), ("text", WORDS)];
    send(&mut browser, "jd-allianz", &foreign, "").await;
    assert_eq!(browser.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let before = acts(&town, "jd-allianz").await.len();
    let about = "rec-00000000000000000000000000000000";
    let typed = [("right", "complain"), ("topic", "other"), ("about", about)];
    send(&mut browser, "jd-allianz", &typed, "collect").await;
    assert_eq!(browser.page.status, StatusCode::NOT_FOUND, "a record of nobody's");
    assert_eq!(acts(&town, "jd-allianz").await.len(), before);
}

#[tokio::test]
async fn who_does_not_agree_that_words_are_kept_is_told_why_and_may_choose_a_topic_alone() {
    let town = town("jd-allianz").await;
    let mut browser = customer(&town, "jd-allianz").await;
    let typed = [("right", "complain"), ("topic", "other"), ("text", WORDS)];
    send(&mut browser, "jd-allianz", &typed, "collect").await;
    assert_eq!(browser.page.status, StatusCode::FORBIDDEN);
    assert!(browser.page.says("没有保存") && browser.page.says(WORDS), "{}", browser.page.body);
    assert_eq!(acts(&town, "jd-allianz").await.last().unwrap().0, Act::Refused);
    send(&mut browser, "jd-allianz", &[("right", "complain"), ("topic", "other")], "collect").await;
    request(&browser, "jd-allianz");
}

#[tokio::test]
async fn an_answer_that_the_customer_did_not_agree_to_have_kept_is_not() {
    let (id, town) = ("jd-allianz", town("jd-allianz").await);
    let mut browser = adult(&town, id).await;
    let typed = [("right", "complain"), ("topic", "other"), ("text", WORDS)];
    send(&mut browser, id, &typed, "collect.customer-service.").await;
    let request = request(&browser, id);
    let mut staff = clerk(&town, &[(id, "compliance")]).await;
    staff.get(&format!("/console/on/{id}")).await;
    let path = format!("/console/requests/{}", request.rsplit('/').next().unwrap());
    staff.get(&path).await;
    staff.post(&format!("{path}/answer"), &[("answer", ANSWER)]).await;
    assert_eq!(staff.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(staff.page.says(ANSWER) && staff.page.says("当面或电话答复"), "{}", staff.page.body);
    assert!(!browser.get(&request).await.says("已办结"));
    let platform = town.bench.house.platform(id).unwrap();
    let last = leaves(&town.bench.house, &platform, 0, 1000).await.unwrap().pop().unwrap().entry.unwrap();
    assert_eq!((last.act, last.reasons.as_slice()), (Act::Refused, &[Code::SeparateConsentMissing][..]));
}

#[tokio::test]
async fn r18_nobody_looks_alone_at_what_somebody_wrote_whose_age_is_unknown() {
    let (id, town) = ("jd-allianz", town("jd-allianz").await);
    let mut browser = customer(&town, id).await;
    send(&mut browser, id, &[("right", "complain"), ("topic", "other"), ("text", WORDS)], "").await;
    let request = request(&browser, id);
    let mut staff = clerk(&town, &[(id, "compliance")]).await;
    staff.get(&format!("/console/on/{id}")).await;
    let path = format!("/console/requests/{}", request.rsplit('/').next().unwrap());
    let links = staff.get(&path).await.links("/console/subjects/sub-");
    let clear = links.into_iter().find(|link| link.contains("/clear/")).unwrap();
    let look = [("purpose", "customer-service"), ("reason", "complaint")];
    staff.get(&clear).await;
    staff.post(&clear, &look).await;
    assert!(staff.page.status == StatusCode::FORBIDDEN && staff.page.says("approval-missing"), "{}", staff.page.body);
    approved(&town, &mut staff, id, clear.split("/clear/").next().unwrap(), &look).await;
    staff.get(&clear).await;
    staff.post(&clear, &look).await;
    assert!(staff.page.says(WORDS), "{}", staff.page.body);
}

/// A call of one of the company's systems.
async fn call(town: &Town, token: &str, path: &str, key: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", key)
        .body(Body::from(body.to_string()))
        .unwrap();
    let mut system = town.browser();
    let page = system.ask(request).await;
    (page.status, serde_json::from_str(&page.body).unwrap())
}

#[tokio::test]
async fn a_system_brings_a_complaint_in_once_with_the_words_on_the_consent_that_stands() {
    let (id, town) = ("jd-allianz", town("jd-allianz").await);
    let platform = town.bench.house.platform(id).unwrap();
    let (subject, cookie) = town.bench.account(&platform).await;
    let token = town.bench.token(Power { platform: id, actions: &["rights"], ..Power::default() }).await;
    let path = format!("/v1/platforms/{id}/subjects/{subject}/requests");
    let body = json!({ "right": "complain", "topic": "customer-service", "text": WORDS });
    assert_eq!(call(&town, &token, &path, "one", &body).await.0, StatusCode::FORBIDDEN, "nobody agreed");
    let mut browser = town.browser();
    browser.cookies.insert(format!("portal-{id}"), cookie);
    send(&mut browser, id, &[("right", "explain"), ("topic", "other"), ("text", "?")], "").await;
    let (status, opened) = call(&town, &token, &path, "two", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{opened}");
    let (_, again) = call(&town, &token, &path, "two", &body).await;
    assert_eq!((&opened["id"], &opened["leaf"]), (&again["id"], &again["leaf"]));
    let page = browser.get(&format!("/p/{id}/requests/{}", opened["id"].as_str().unwrap())).await;
    assert!(page.says("往来内容"), "{}", page.body);
    for wrong in [
        json!({ "right": "complain", "text": WORDS }),
        json!({ "right": "delete", "topic": "other" }),
        json!({ "right": "complain", "topic": "other", "since": "2026-01-01" }),
    ] {
        let (status, _) = call(&town, &token, &path, "three", &wrong).await;
        assert!(status.is_client_error(), "{wrong} {status}");
    }
}
