//! Servicing on the portal: from the page of a policy in force to the request, and back to what became of it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use desk::leaf::{Act, Who};
use policy::finding::Source;
use serde_json::json;
use testkit::{Notice, Person, SimulatedWechatPay, TestHouse, person};

use super::browser::{Browser, Town};
use super::certificate::{insured, policy, size, told};
use super::consoles::clerk;

/// Fills the form at that address in, with a yes to everything.
async fn ask(browser: &mut Browser<'_>, path: &str, of: &Person) {
    browser.get(path).await;
    assert_eq!(browser.page.status, StatusCode::OK, "{path}: {}", browser.page.location());
    let mut typed: Vec<(String, String)> = of
        .policy_fields()
        .as_object()
        .unwrap()
        .iter()
        .map(|(item, value)| (format!("applicant.{item}"), value.as_str().unwrap().to_owned()))
        .collect();
    typed.retain(|(name, _)| browser.page.body.contains(&format!("name=\"{name}\"")));
    let more = [
        ("sex", of.sex.as_str()),
        ("birth-date", of.birth.as_str()),
        ("occupation-class", "一类"),
        ("address", "海港市示例路1号"),
        ("email", "li@customers.example"),
        ("bank-card", "6222021234567890128"),
    ];
    for (item, value) in more {
        let name = format!("applicant.{item}");
        typed.retain(|(known, _)| *known != name);
        typed.push((name, value.to_owned()));
    }
    typed.extend(browser.page.scopes().into_iter().map(|scope| (format!("consent.{scope}"), "yes".to_owned())));
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &typed).await;
}

fn wish(record: &str, wish: &str) -> String {
    let id = record.rsplit('/').next().unwrap();
    format!("/p/haigang/functions/policy-service?about={id}&wish={wish}")
}

#[tokio::test]
async fn a_surrender_goes_from_the_policys_page_to_the_request_and_its_end_is_seen_on_both() {
    let town = Town::haigang().await;
    let li = person(1);
    let mut own = insured(&town, &li).await;
    let record = policy(&town, &li, ("2026-01-01", "2030-12-31")).await;
    own.get(&record).await;
    let functions = own.page.links("/p/haigang/functions/policy-service?about=");
    assert_eq!(functions, [wish(&record, "change"), wish(&record, "surrender")].map(|to| to.replace('&', "&#38;")));
    assert!(own.page.says("变更") && own.page.says("退保"), "{}", own.page.body);

    let form = wish(&record, "surrender");
    own.get(&form).await;
    assert!(own.page.says("申请事项：<b>退保</b>") && own.page.says("保单"), "{}", own.page.body);
    own.post(&format!("{form}&go=1"), &[("applicant.name", "李示例"), ("consent.collect.policy-service", "yes")]).await;
    assert_eq!(own.page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", own.page.body);
    assert!(own.page.says("李示例") && own.page.says("退保"), "what was typed is kept, and what it is about");

    ask(&mut own, &form, &li).await;
    let request = own.page.location().split('?').next().unwrap().to_owned();
    assert!(request.starts_with("/p/haigang/records/rec-"), "{} {}", own.page.status, own.page.body);
    own.get(&request).await;
    assert!(own.page.says("申请办理") && own.page.says("办理中"), "{}", own.page.body);
    assert!(!own.page.says(">有效<"), "a request that waits is not in force: {}", own.page.body);
    assert!(own.page.says("保单相关业务办理凭证") && own.page.says("还没有上传"), "the picture comes after the form");
    assert_eq!(own.page.links(&record).len(), 1, "it leads to what it is about");
    own.get(&record).await;
    assert!(own.page.says("提出过的申请") && own.page.says("办理中"), "{}", own.page.body);
    assert!(own.page.links("/p/haigang/functions/policy-service?about=").is_empty(), "one at a time");
    assert!(own.page.says("“退保”的申请还没有办结"), "and it says why: {}", own.page.body);
    let again = own.get(&wish(&record, "change")).await;
    assert_eq!(again.location(), record, "its page says why not");

    let id = request.rsplit('/').next().unwrap();
    told(&town, &format!("services/{id}/decision"), &json!({ "decided": "accepted" })).await;
    assert!(own.get(&request).await.says("已办妥"), "{}", own.page.body);
    own.get(&record).await;
    assert!(own.page.says("已结束") && !own.page.says(">有效<"), "{}", own.page.body);
    assert!(own.page.says("已办妥") && own.page.links(&format!("{record}/certificate")).is_empty());
    assert!(own.page.links("/p/haigang/functions/policy-service?about=").is_empty(), "it has ended");
}

/// Who mistypes the own number is told so, and loses neither the policy nor what was typed.
#[tokio::test]
async fn a_number_that_is_not_the_customers_own_is_refused_at_its_field() {
    let town = Town::haigang().await;
    let (li, wang) = (person(1), person(2));
    let mut own = insured(&town, &li).await;
    let record = policy(&town, &li, ("2026-01-01", "2030-12-31")).await;
    for wanted in ["change", "surrender"] {
        own.get(&wish(&record, wanted)).await;
        let before = size(&town).await;
        let mut other = wang.clone();
        other.name.clone_from(&li.name);
        ask(&mut own, &wish(&record, wanted), &other).await;
        assert_eq!(own.page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wanted}");
        assert!(own.page.says("与您登记的证件号码不一致"), "{}", own.page.body);
        assert!(own.page.says(&wang.number) && own.page.says(&li.name), "what was typed stays");
        assert_eq!(size(&town).await, before, "nothing was kept");
        let id = record.rsplit('/').next().unwrap();
        assert!(own.get("/p/haigang/records").await.says(id), "{}", own.page.body);
        assert_eq!(own.get(&record).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_request_that_came_too_late_is_refused_on_the_form_and_nothing_of_others_is_offered() {
    let town = Town::haigang().await;
    let (li, wang) = (person(1), person(2));
    let (mut own, mut other) = (insured(&town, &li).await, insured(&town, &wang).await);
    let record = policy(&town, &li, ("2026-01-01", "2030-12-31")).await;
    for path in [record.clone(), wish(&record, "surrender")] {
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for wrong in ["about=rec-1&wish=change", "wish=change", "about=&wish=surrender"] {
        let path = format!("/p/haigang/functions/policy-service?{wrong}");
        assert_eq!(own.get(&path).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    // The form is open in two windows; the other one was faster.
    let form = wish(&record, "change");
    own.get(&form).await;
    let events = format!("{}/events", record.trim_start_matches("/p/haigang/"));
    told(&town, &events, &json!({ "event": "ended", "on": "2026-05-31" })).await;
    let typed = [("applicant.name", li.name.as_str()), ("consent.collect.policy-service", "yes")];
    let mut answers: Vec<(String, String)> =
        own.page.scopes().into_iter().map(|scope| (format!("consent.{scope}"), "yes".to_owned())).collect();
    answers.extend(typed[..1].iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let answers: Vec<(&str, &str)> = answers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    own.post(&form, &answers).await;
    assert_eq!(own.page.status, StatusCode::FORBIDDEN, "{}", own.page.body);
    assert!(own.page.says("不在有效期内") && own.page.says(&li.name), "{}", own.page.body);
}

/// Somebody whose policy is in force and who asks for something of it: the pages of the policy and of the request.
async fn asked<'t>(town: &'t Town, of: &Person, wanted: &str) -> (Browser<'t>, String, String) {
    let mut own = insured(town, of).await;
    let record = policy(town, of, ("2026-01-01", "2030-12-31")).await;
    let note = own.get(&wish(&record, wanted)).await.says("请填写变更以后的信息");
    assert_eq!(note, wanted == "change", "{}", own.page.body);
    ask(&mut own, &wish(&record, wanted), of).await;
    let request = own.page.location().split('?').next().unwrap().to_owned();
    assert!(request.starts_with("/p/haigang/records/rec-"), "{} {}", own.page.status, own.page.body);
    (own, record, request)
}

fn decision(request: &str) -> String {
    format!("/console/services/{}", request.rsplit('/').next().unwrap())
}

#[tokio::test]
async fn staff_decide_at_the_console_what_they_see_as_their_role_may() {
    let town = Town::haigang().await;
    let (li, wang) = (person(1), person(2));
    let (mut own, record, first) = asked(&town, &li, "change").await;
    let (_, _, second) = asked(&town, &wang, "surrender").await;
    let mut staff = clerk(&town, &[("haigang", "claims")]).await;
    assert!(staff.get("/console/").await.links("/console/services").len() == 1, "{}", staff.page.body);
    let page = staff.get("/console/services").await;
    assert_eq!(page.links("/console/services/rec-"), [decision(&first), decision(&second)], "the oldest first");

    let path = decision(&first);
    let page = staff.get(&path).await;
    assert!(page.says("变更") && page.says("办理中"), "{}", page.body);
    assert!(page.says("保全业务：这次申请填写的") && page.says("保单：现有的信息"), "old and new: {}", page.body);
    for value in [&li.name, &li.number, &li.phone] {
        assert!(!page.says(value), "masked, as the tables say");
    }
    let entry = town.newest().await;
    assert_eq!((entry.act, entry.function), (Act::Read, Some(testkit::slug("policy-service"))), "a look is an act");

    let page = staff.post(&path, &[("to", "declined")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason is owed");
    staff.post(&path, &[("to", "declined"), ("reason", "papers-missing")]).await;
    assert_eq!(staff.page.location(), "/console/services", "{}", staff.page.body);
    let entry = town.newest().await;
    assert!(matches!(entry.actor, Who::Staff { .. }), "{:?}", entry.actor);
    assert_eq!((entry.act, entry.because.as_deref()), (Act::Event, Some("change-declined")));
    own.get(&record).await;
    assert!(own.page.says("没有受理") && own.page.says("办理凭证不全"), "{}", own.page.body);

    staff.get(&path).await;
    assert!(staff.page.says("不再等待决定"), "{}", staff.page.body);
    let page = staff.post(&path, &[("to", "accepted")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
    assert!(page.says("没有办成"), "{}", page.body);
    let path = decision(&second);
    staff.get(&path).await;
    staff.post(&path, &[("to", "accepted")]).await;
    assert_eq!(town.newest().await.because.as_deref(), Some("surrender-accepted"));
    assert!(staff.get("/console/services").await.says("没有等待决定的申请"), "{}", staff.page.body);
}

#[tokio::test]
async fn who_is_granted_a_change_reads_who_writes_it() {
    let town = Town::haigang().await;
    let (mut own, record, request) = asked(&town, &person(1), "change").await;
    let mut staff = clerk(&town, &[("haigang", "claims")]).await;
    staff.get(&decision(&request)).await;
    staff.post(&decision(&request), &[("to", "accepted")]).await;
    for page in [&record, &request] {
        let page = own.get(page).await;
        assert!(page.says("已办妥") && page.says("新的信息由公司的业务系统更新"), "{}", page.body);
    }
}

#[tokio::test]
async fn a_role_that_does_not_act_in_its_course_has_no_way_there_and_is_refused_with_a_leaf() {
    let town = Town::haigang().await;
    let (_, _, request) = asked(&town, &person(1), "surrender").await;
    let mut staff = clerk(&town, &[("haigang", "service")]).await;
    assert!(staff.get("/console/").await.links("/console/services").is_empty(), "{}", staff.page.body);
    for path in ["/console/services".to_owned(), decision(&request)] {
        assert_eq!(staff.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(town.newest().await.act, Act::Refused);
    }
    staff.get("/console/").await;
    staff.post(&decision(&request), &[("to", "accepted")]).await;
    assert_eq!((staff.page.status, town.newest().await.act), (StatusCode::FORBIDDEN, Act::Refused));
}

/// 海港 where policies are paid for, with a payment network beside it.
async fn paying() -> (Town, SimulatedWechatPay) {
    let (bench, network) = TestHouse::paying().await;
    let (policy, operation) = testkit::haigang();
    let paid = format!("{}\n[[payment]]\nclasses = [\"policy\"]\nanswers = \"R\"\n", operation.text);
    bench.publish((policy, Source::new("operation.toml", paid))).await;
    let router = shouyue_web::router(Arc::clone(&bench.app));
    (Town { bench, router }, network)
}

/// What the network tells.
async fn notified(town: &Town, notice: Notice) {
    let mut request = Request::post("/hooks/payment/haigang");
    for (name, value) in &notice.headers {
        request = request.header(name, value);
    }
    let status = town.browser().ask(request.body(Body::from(notice.body)).unwrap()).await.status;
    assert!(status.is_success(), "{status}");
}

#[tokio::test]
async fn a_part_of_what_was_paid_goes_back_and_the_customer_reads_how_much() {
    let (town, network) = paying().await;
    let li = person(1);
    let mut own = insured(&town, &li).await;
    let record = policy(&town, &li, ("2026-01-01", "2030-12-31")).await;
    let id = record.rsplit('/').next().unwrap();
    let due = json!({ "fen": 15_900, "description": "终身寿险" });
    let due = told(&town, &format!("records/{id}/payments"), &due).await;
    let payment = format!("/p/haigang/payments/{}", due["payment"].as_str().unwrap());
    assert!(own.get(&record).await.says(">待支付<") && !own.page.says(">有效<"), "{}", own.page.body);
    own.get(&payment).await;
    own.post(&payment, &[]).await;
    own.get(&payment).await;
    let number = payment.rsplit("pay-").next().unwrap();
    notified(&town, network.pay(number).unwrap()).await;
    assert!(own.get(&record).await.says(">有效<"), "{}", own.page.body);
    ask(&mut own, &wish(&record, "surrender"), &li).await;
    let path = decision(own.page.location().split('?').next().unwrap());

    let mut staff = clerk(&town, &[("haigang", "claims")]).await;
    staff.get(&path).await;
    assert!(staff.page.says("value=\"159.00\""), "by itself the whole: {}", staff.page.body);
    for (typed, why) in [("159.01", "多于已支付"), ("all", "格式不对")] {
        let page = staff.post(&path, &[("to", "accepted"), ("refund", typed)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says(why) && page.says(&format!("value=\"{typed}\"")), "{}", page.body);
    }
    staff.post(&path, &[("to", "accepted"), ("refund", "59.5")]).await;
    assert_eq!(staff.page.location(), "/console/services", "{}", staff.page.body);
    assert!(own.get(&payment).await.says("退款中") && own.page.says("退回 ¥59.50"), "{}", own.page.body);
    own.get(&record).await;
    assert!(own.page.says("¥159.00") && own.page.says("退回 ¥59.50"), "{}", own.page.body);

    notified(&town, network.give_back(number, &format!("{number}R")).unwrap()).await;
    assert_eq!(town.newest().await.back, Some(5_950));
    assert!(own.get(&payment).await.says("已退款") && own.page.says("退回 ¥59.50"), "{}", own.page.body);
    own.get("/p/haigang/receipts").await;
    let receipt = own.page.links("/p/haigang/receipts/").remove(0);
    assert!(own.get(&receipt).await.says("退款金额") && own.page.says("¥59.50"), "{}", own.page.body);
}

#[tokio::test]
async fn a_request_is_taken_back_from_its_page_and_another_can_be_made() {
    let town = Town::haigang().await;
    let (mut own, record, request) = asked(&town, &person(1), "surrender").await;
    let action = format!("{request}/take-back");
    for page in [&record, &request] {
        assert!(own.get(page).await.says(&format!("action=\"{action}\"")), "{}", own.page.body);
    }
    own.post(&action, &[]).await;
    assert!(own.page.location().starts_with(&format!("{request}?done=")), "{} {}", own.page.status, own.page.body);
    assert!(own.get(&request).await.says("已撤回") && !own.page.says(&action), "{}", own.page.body);
    own.get(&record).await;
    assert_eq!(own.page.links("/p/haigang/functions/policy-service?about=").len(), 2, "{}", own.page.body);
    own.post(&action, &[]).await;
    assert_eq!(own.page.location(), request, "its page says how it stands");
    let mut other = insured(&town, &person(2)).await;
    other.get("/p/haigang/home").await;
    assert_eq!(other.post(&action, &[]).await.status, StatusCode::NOT_FOUND);
}
