//! Checks with others, and what a credit agency holds: through the pages of a platform that has both, and its systems' calls.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use desk::collect::{PersonFields, Registration, register};
use desk::evidence::leaves;
use desk::identity::is_verified;
use desk::leaf::{Entry, Who};
use desk::seat::{Holder, session_new};
use desk::verify::alternative;
use model::{ActorId, Clear, SubjectId};
use policy::question::{Effect, Facts};
use serde_json::{Value, json};
use testkit::{Answer, Power, person, slug};

use super::browser::{Browser, Town};
use super::consoles::clerk;
use super::{centre, written};

const ID: &str = "jd-allianz";
const PHONE: &str = "13900000001";
const REPORT: &str = "近两年无逾期记录";

/// Who stands in the form, as the identity check asks it.
fn identity() -> Vec<(String, String)> {
    let someone = person(1);
    let values = [
        ("name", someone.name.as_str()),
        ("sex", &someone.sex),
        ("nationality", "中国"),
        ("occupation", "教师"),
        ("home-or-work-address", "某市某区某路26号"),
        ("phone", PHONE),
        ("id-type", "居民身份证"),
        ("id-number", &someone.number),
        ("id-validity", "2016-05-01至2036-05-01"),
    ];
    values.map(|(item, value)| (format!("applicant.{item}"), value.to_owned())).into()
}

/// Opens a form, agrees to everything that it asks, and sends it.
async fn submit(browser: &mut Browser<'_>, path: &str, mut fields: Vec<(String, String)>) {
    browser.get(path).await;
    assert_eq!(browser.page.status, StatusCode::OK, "{}", browser.page.body);
    fields.extend(browser.page.scopes().into_iter().map(|scope| (format!("consent.{scope}"), "yes".to_owned())));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &fields).await;
}

/// Somebody who has an account and gave what the identity check asks, and the browser.
async fn identified(town: &Town) -> (SubjectId, Browser<'_>) {
    let (house, platform) = (&town.bench.house, town.bench.house.platform(ID).unwrap());
    let field = |(name, value): (String, String)| (name.replace("applicant.", ""), Clear::new(value));
    let fields = identity().into_iter().map(field).collect();
    let form = Registration {
        function: slug("identity-check"),
        channel: None,
        product: None,
        persons: vec![PersonFields { person: slug("applicant"), fields }],
        consents: Vec::new(),
        facts: Facts::default(),
    };
    let subject = register(house, &platform, form, Who::Subject, None).await.unwrap().subject;
    let session = session_new(house, Holder::Subject(platform.id.clone(), subject)).await.unwrap();
    let mut browser = town.browser();
    browser.cookies.insert(format!("portal-{ID}"), session.cookie.expose().to_owned());
    (subject, browser)
}

/// A call of one of the company's systems.
async fn call(town: &Town, token: &str, path: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let mut system = town.browser();
    let page = system.ask(request).await;
    (page.status, serde_json::from_str(&page.body).unwrap())
}

/// Whether an answer gives this reason, for the real name where it names a fact.
fn says(answer: &Value, reason: &str) -> bool {
    let here = answer["code"] == reason && matches!(answer["fact"].as_str(), None | Some("real-name-verified"));
    let within = |inner: &Value| says(inner, reason);
    here || answer.as_array().into_iter().flatten().any(within)
        || answer.as_object().into_iter().flat_map(serde_json::Map::values).any(within)
}

/// The functions of which some item is not taken from the subject for this reason.
async fn closed_for(town: &Town, token: &str, subject: SubjectId, reason: &str) -> BTreeSet<String> {
    let platform = town.bench.house.platform(ID).unwrap();
    let mut closed = BTreeSet::new();
    for function in &platform.tables.program().policy.functions {
        for group in function.collects.said().into_iter().flatten() {
            let items: Vec<&str> = group.items.iter().map(|item| item.text.as_str()).collect();
            let ask = json!({ "platform": ID, "ask": "processing", "action": "collect", "function": function.id.value,
                "purpose": function.purposes.first().map(|purpose| &purpose.text), "actor": { "kind": "subject" },
                "person": group.of.text, "items": items, "subject": { "id": subject }, "facts": { "same-person": [] } });
            let (status, answer) = call(town, token, "/v1/decisions", &ask).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            if says(&answer, reason) {
                closed.insert(function.id.value.to_string());
            }
        }
    }
    closed
}

#[tokio::test]
async fn a_name_that_is_not_the_numbers_closes_what_the_policy_says_and_nothing_else() {
    let town = centre::town(ID).await;
    let (subject, mut browser) = identified(&town).await;
    let platform = town.bench.house.platform(ID).unwrap();
    let policy = &platform.tables.program().policy;
    let functions = policy.functions.iter().map(|function| function.id.as_str());
    let purposes: Vec<&str> = functions.chain(policy.purposes.iter().map(|purpose| purpose.id.as_str())).collect();
    let power = Power { platform: ID, actions: &["decide", "collect"], purposes: &purposes, ..Power::default() };
    let token = town.bench.token(power).await;
    let insurance: BTreeSet<String> = ["apply", "claim", "policy-service"].map(str::to_owned).into();
    assert_eq!(closed_for(&town, &token, subject, "fact-unknown").await, insurance);
    assert_eq!(closed_for(&town, &token, subject, "condition-false").await, BTreeSet::new());

    let differs = json!({ "Response": { "Result": "-1", "Description": "", "RequestId": "r-1" } });
    town.bench.tencent.mood().fixed(Answer::json(200, &differs));
    let path = "/p/jd-allianz/checks/real-name";
    browser.get(path).await;
    browser.post(path, &[]).await;
    assert_eq!(browser.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        browser.page.says("姓名和证件号码不一致") && browser.page.says("短信与银行卡核验"),
        "{}",
        browser.page.body
    );
    assert_eq!(closed_for(&town, &token, subject, "condition-false").await, insurance);
    let car = "/p/jd-allianz/functions/apply?go=1&product=motor&who.insured=self";
    submit(&mut browser, car, identity()).await;
    assert_eq!(browser.page.status, StatusCode::FORBIDDEN, "{}", browser.page.body);
    assert!(browser.page.says(&person(1).name) && browser.page.says("实名验证"), "{}", browser.page.body);

    town.bench.tencent.mood().regular();
    browser.get(path).await;
    browser.post(path, &[]).await;
    assert!(browser.page.location().starts_with("/p/jd-allianz/home?done="), "{}", browser.page.body);
    for reason in ["condition-false", "fact-unknown"] {
        assert_eq!(closed_for(&town, &token, subject, reason).await, BTreeSet::new(), "{reason}");
    }
    submit(&mut browser, car, identity()).await;
    assert_eq!(browser.page.status, StatusCode::SEE_OTHER, "{}", browser.page.body);
}

/// Brings what the agency holds.
async fn brought(town: &Town, token: &str, subject: SubjectId) -> StatusCode {
    let body = json!({ "source": "credit-agencies", "function": "credit-subject", "product": "credit-guarantee",
        "person": "applicant", "items": { "credit-report": REPORT },
        "facts": { "within-original-authorisation": true } });
    call(town, token, &format!("/v1/platforms/{ID}/subjects/{subject}/inbound"), &body).await.0
}

#[tokio::test]
async fn r11_what_a_credit_agency_holds_comes_in_after_a_signature_and_no_longer_than_it_stands() {
    let town = centre::town(ID).await;
    let (subject, mut browser) = identified(&town).await;
    let platform = town.bench.house.platform(ID).unwrap();
    let counter = Who::Service { token: ActorId::from_random([8; 16]) };
    alternative(&town.bench.house, &platform, subject, "check-by-card", counter).await.unwrap();
    let credit = "/p/jd-allianz/functions/credit-subject?go=1&product=credit-guarantee";
    let city = vec![("applicant.city-of-residence".to_owned(), "听涛市".to_owned())];
    submit(&mut browser, credit, city).await;
    assert_eq!(browser.page.status, StatusCode::SEE_OTHER, "{}", browser.page.body);

    let power = Power { platform: ID, actions: &["collect"], purposes: &["credit-subject"], ..Power::default() };
    let token = town.bench.token(power).await;
    assert_eq!(brought(&town, &token, subject).await, StatusCode::FORBIDDEN, "nobody signed");
    assert!(town.bench.files_with(REPORT.as_bytes()).is_empty());

    browser.get("/p/jd-allianz/choices").await;
    let path = "/p/jd-allianz/written/inbound.credit-agencies";
    assert!(browser.page.links("/p/jd-allianz/written/").contains(&path.to_owned()), "{}", browser.page.body);
    browser.get(path).await;
    let code = written::ask(&mut browser, path, PHONE).await;
    assert_eq!(brought(&town, &token, subject).await, StatusCode::FORBIDDEN, "a text that is read is not signed");
    let shown = browser.page.values("shown")[0].clone();
    let fields = [("until", "30"), ("shown", shown.as_str()), ("name", &person(1).name), ("code", &code)];
    browser.post(&format!("{path}/sign"), &fields).await;
    assert!(browser.page.location().starts_with("/p/jd-allianz/home?done="), "{}", browser.page.body);

    assert_eq!(brought(&town, &token, subject).await, StatusCode::CREATED);
    assert!(browser.get("/p/jd-allianz/mine").await.says("个人征信信息"), "{}", browser.page.body);
    assert!(browser.page.says("信用机构"), "from whom: {}", browser.page.body);

    browser.get("/p/jd-allianz/consents").await;
    let document = browser.page.links("/p/jd-allianz/consents/").into_iter().find(|link| link.ends_with("/document"));
    let consent = document.unwrap().replace("/document", "/withdraw");
    browser.get(&consent).await;
    browser.post(&consent, &[]).await;
    assert_eq!(brought(&town, &token, subject).await, StatusCode::FORBIDDEN, "it was taken back");
}

#[tokio::test]
async fn what_a_form_marks_as_optional_is_not_demanded_of_what_comes_in() {
    let town = centre::town(ID).await;
    let (subject, mut browser) = identified(&town).await;
    let platform = town.bench.house.platform(ID).unwrap();
    for known in [false, true] {
        if known {
            let counter = Who::Service { token: ActorId::from_random([8; 16]) };
            alternative(&town.bench.house, &platform, subject, "check-by-card", counter).await.unwrap();
        }
        for function in ["policy-service", "claim"] {
            let path = format!("/p/{ID}/functions/{function}?go=1&who.insured=invited");
            assert_eq!(browser.get(&path).await.says("选填"), !known, "{function}: {}", browser.page.body);
            submit(&mut browser, &path, Vec::new()).await;
            assert_eq!(browser.page.says("需要填写"), known, "{function}: {}", browser.page.body);
            assert!(!known || !browser.page.says("选填"), "{function}: {}", browser.page.body);
        }
    }
}

/// The newest leaf.
async fn newest(town: &Town) -> Entry {
    let platform = town.bench.house.platform(ID).unwrap();
    let all = leaves(&town.bench.house, &platform, 0, 200).await.unwrap();
    all.into_iter().filter_map(|leaf| leaf.entry).next_back().unwrap()
}

#[tokio::test]
async fn r33_staff_whose_role_acts_there_note_the_check_that_the_customer_chose() {
    let town = centre::town(ID).await;
    let (house, platform) = (&town.bench.house, town.bench.house.platform(ID).unwrap());
    let (subject, mut browser) = identified(&town).await;
    let page = format!("/console/subjects/{subject}");
    let noted = format!("{page}/verifications");
    let mut staff = clerk(&town, &[(ID, "underwriting")]).await;
    let shown = staff.get(&page).await;
    assert!(shown.says("营业网点核验") && shown.says("网点面签") && !shown.says("等待核验"), "{}", shown.body);
    assert!(!shown.says("短信验证码保护账号"), "the role does not act in the course of that function");

    browser.get("/p/jd-allianz/other-way/identity-check").await;
    browser.post("/p/jd-allianz/other-way/identity-check", &[("method", "check-at-branch")]).await;
    assert!(browser.page.location().contains("home?done="), "{} {}", browser.page.status, browser.page.body);
    assert!(staff.get(&page).await.says("等待核验"), "{}", staff.page.body);
    staff.post(&noted, &[]).await;
    assert_eq!(staff.page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", staff.page.body);
    assert!(!is_verified(house, &platform, subject).await.unwrap());

    // A role that does not act in the course of that function sees no form, and is refused with a leaf.
    let mut service = clerk(&town, &[(ID, "service")]).await;
    assert!(!service.get(&page).await.says("不用人脸的核验"), "{}", service.page.body);
    service.post(&noted, &[("way", "check-at-branch")]).await;
    assert_eq!(service.page.status, StatusCode::FORBIDDEN, "{}", service.page.body);
    assert_eq!(newest(&town).await.effect, Effect::Deny);
    assert!(!is_verified(house, &platform, subject).await.unwrap());

    staff.get(&page).await;
    staff.post(&noted, &[("way", "check-at-branch")]).await;
    assert_eq!(staff.page.location(), format!("{page}#ways"), "{}", staff.page.body);
    let leaf = newest(&town).await;
    assert!(matches!(&leaf.actor, Who::Staff { role, .. } if role.as_str() == "underwriting"), "{:?}", leaf.actor);
    assert_eq!(leaf.because.as_deref(), Some("check-at-branch"));
    assert!(is_verified(house, &platform, subject).await.unwrap());
    let shown = staff.get(&page).await;
    assert!(shown.says("核验。") && !shown.says("等待核验"), "{}", shown.body);
    staff.post(&noted, &[("way", "no-such-way")]).await;
    assert_eq!(staff.page.status, StatusCode::NOT_FOUND);
}
