//! An outside party's people at the console, and the staff that mind them.

use axum::http::StatusCode;
use model::SubjectId;
use policy::finding::Source;
use serde_json::json;
use testkit::{Power, slug};

use super::browser::{Browser, Town};
use super::consoles::clerk;

const PHONE: &str = "13900000303";

/// 安润's house with one customer who agreed to be called.
async fn town() -> (Town, SubjectId) {
    let bench = testkit::TestHouse::empty().await;
    let policy = include_str!("../../../../../platforms/anrun/2020-10-26.toml");
    let operation = include_str!("../../../../../platforms/anrun/operation.toml");
    // Users who give no document are of age here, as the company attests.
    let operation = operation.replace("[switches]\n", "[switches]\nadults = [\"user\"]\n");
    bench.publish((Source::new("2020-10-26.toml", policy), Source::new("operation.toml", operation))).await;
    let town = Town { router: shouyue_web::router(std::sync::Arc::clone(&bench.app)), bench };
    let power =
        Power { platform: "anrun", actions: &["collect", "consent"], purposes: &["register"], ..Power::default() };
    let token = town.bench.token(power).await;
    let platform = town.bench.house.platform("anrun").unwrap();
    let choice = |scope: &str| {
        let text = render::consent::text_of(&platform.tables, scope).unwrap().text.to_string();
        json!({ "scope": scope, "artefact": "separate", "policy": platform.tables.policy().to_string(), "text": text })
    };
    let person = json!({ "person": "user", "fields": { "phone": PHONE, "account-name": "zhiwei1130" } });
    let body = json!({ "function": "register", "channel": "website", "persons": [person],
        "consents": [choice("collect.register")] });
    let answer = posted(&town, &token, "registrations", &body).await;
    let subject = answer["subject"].as_str().unwrap().to_owned();
    let consents = json!({ "consents": [choice("share.virtual-contact.seat-partners")] });
    posted(&town, &token, &format!("subjects/{subject}/consents"), &consents).await;
    (town, subject.parse().unwrap())
}

async fn posted(town: &Town, token: &str, path: &str, body: &serde_json::Value) -> serde_json::Value {
    let mut browser = town.browser();
    let request = axum::http::Request::post(format!("/v1/platforms/anrun/{path}"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    let page = browser.ask(request.body(body.to_string().into()).unwrap()).await;
    assert!(page.status.is_success(), "{}", page.body);
    serde_json::from_str(&page.body).unwrap()
}

/// Hands the customer over on its page, and gives the number of the case.
async fn handed(staff: &mut Browser<'_>, subject: SubjectId) -> String {
    let page = format!("/console/subjects/{subject}");
    staff.get(&page).await;
    assert!(staff.page.says("清禾保险经纪有限公司"), "{}", staff.page.body);
    for nobody in [&[("party", "")][..], &[]] {
        staff.post(&format!("{page}/assignments"), nobody).await;
        assert_eq!(staff.page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", staff.page.body);
        assert!(staff.page.says("交办合作伙伴") && staff.page.says("aria-invalid"), "{}", staff.page.body);
    }
    staff.post(&format!("{page}/assignments"), &[("party", "qinghe")]).await;
    assert_eq!(staff.page.location(), format!("{page}#partners"), "{}", staff.page.body);
    let shown = staff.get(&page).await;
    let case = shown.body.split("<code>asg-").nth(1).and_then(|rest| rest.split('<').next());
    format!("asg-{}", case.unwrap())
}

#[tokio::test]
async fn r63_a_partner_opens_one_case_and_nothing_else_until_it_is_cut_off() {
    let (town, subject) = town().await;
    let mut staff = clerk(&town, &[("anrun", "compliance")]).await;
    let case = handed(&mut staff, subject).await;
    let mut seat = clerk(&town, &[("anrun", "qinghe-seat")]).await;
    assert_eq!(seat.get("/console/").await.location(), "/console/case");
    assert!(!seat.get("/console/case").await.says("asg-0"), "no list");
    assert_eq!(seat.post("/console/case", &[("case", "asg-1")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    seat.post("/console/case", &[("case", &case)]).await;
    let open = format!("/console/cases/{case}");
    assert_eq!(seat.page.location(), open);
    let page = seat.get(&open).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.says("不得形成名单") && !page.says(PHONE) && !page.says(&subject.to_string()));
    // This house has nobody who gives numbers: what was typed stays, and the page says how to go on.
    seat.post(&open, &[("to", "number"), ("phone", "13900139009")]).await;
    assert_eq!(seat.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seat.page.says("没有分配号码") && seat.page.says("13900139009"), "{}", seat.page.body);
    let size = async || town.bench.store.head(&slug("anrun")).await.unwrap().size;
    for path in
        ["/subjects", "/requests", "/ledger", "/policy", "/rules/R41", "/parties", "/subjects/sub-1/clear/a.b.c"]
    {
        let before = size().await;
        let page = seat.get(&format!("/console{path}")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        assert!(page.says("岗位无权") || page.says("这个岗位无权"), "{path}: {}", page.body);
        assert_eq!(size().await, before + 1, "{path}: refused, on the ledger");
    }
    assert_eq!(staff.get("/console/case").await.status, StatusCode::FORBIDDEN, "staff have pages of their own");
    staff.get("/console/parties/qinghe").await;
    assert!(staff.page.says("AR-HZ-2026-017") && staff.page.says("坐席联系与推荐"), "{}", staff.page.body);
    let wrong = staff.post("/console/parties/qinghe", &[("to", "cut-off"), ("because", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    staff.post("/console/parties/qinghe", &[("to", "cut-off"), ("because", "misuse")]).await;
    assert!(staff.get("/console/parties/qinghe").await.says("停止提供：挪作他用"));
    assert!(staff.get("/console/parties").await.says("已立即停止"));
    for path in [open.as_str(), "/console/subjects"] {
        let page = seat.get(path).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.says("已停止向这一接收方提供"), "{}", page.body);
    }
    let lists = town.browser().get("/p/anrun/lists").await.says("已停止向清禾保险经纪有限公司提供");
    assert!(lists, "customers see it where the recipients stand");
    staff.post("/console/parties/qinghe", &[("to", "restore"), ("because", "mended")]).await;
    assert_eq!(seat.get(&open).await.status, StatusCode::OK);
    seat.post(&open, &[("to", "done")]).await;
    assert_eq!(seat.get(&open).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_partners_system_gets_one_case_and_no_list() {
    let (town, subject) = town().await;
    let mut staff = clerk(&town, &[("anrun", "compliance")]).await;
    let case = handed(&mut staff, subject).await;
    let power = Power { platform: "anrun", actions: &["share"], purposes: &["recommending"], ..Power::default() };
    let own = town.bench.token(Power { party: Some("qinghe"), ..power }).await;
    let other = town.bench.token(Power { party: Some("shanhai"), ..power }).await;
    let get = async |token: &str, path: &str| {
        let request = axum::http::Request::get(format!("/v1/platforms/anrun/{path}"));
        let request = request.header("authorization", format!("Bearer {token}"));
        let mut browser = town.browser();
        let page = browser.ask(request.body(axum::body::Body::empty()).unwrap()).await;
        (page.status, page.body.clone())
    };
    let one = format!("cases/{case}");
    let (status, body) = get(&own, &one).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert!(body.contains("virtual-number") && !body.contains(PHONE), "{body}");
    assert_eq!(get(&own, "cases").await.0, StatusCode::FORBIDDEN);
    assert_eq!(get(&other, &one).await.0, StatusCode::FORBIDDEN, "an insurer calls nobody");
    let leaves = town.bench.store.leaves(&slug("anrun"), 0, 1000).await.unwrap();
    assert_eq!(leaves.last().unwrap().kind, "refused");
}
