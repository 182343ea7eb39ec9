//! What the pages make of other texts: 海港's, with a few lines changed.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use policy::finding::Source;
use serde_json::{Value, json};
use testkit::{Person, Power, haigang, person};

use super::browser::{Browser, Town};

/// 海港's policy with lines changed, and with more lines at its end.
fn policy(changed: &[(&str, &str)], more: &str) -> (Source, Source) {
    let (policy, operation) = haigang();
    let mut text = policy.text.to_string();
    for (from, to) in changed {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replace(from, to);
    }
    (Source::new("undated.toml", format!("{text}\n{more}")), operation)
}

async fn post(town: &Town, path: &str, body: &Value) -> Value {
    let power = Power {
        platform: "haigang",
        actions: &["collect", "consent"],
        purposes: &["register"],
        party: None,
        rate: 60_000,
    };
    let token = town.bench.token(power).await;
    let request = Request::post(format!("/v1/platforms/haigang/{path}"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let mut system = town.browser();
    let page = system.ask(request).await;
    assert_eq!(page.status, StatusCode::CREATED, "{}", page.body);
    serde_json::from_str(&page.body).unwrap()
}

fn yes(town: &Town, scope: &str) -> Value {
    let platform = town.bench.platform();
    let text = render::consent::text_of(&platform.tables, scope).unwrap().text.to_string();
    json!({ "scope": scope, "artefact": "separate", "policy": "undated", "text": text })
}

/// Registers somebody as another system does, with a whole form; the subject.
async fn handed_in(town: &Town, someone: &Person) -> String {
    let form = json!({
        "function": "register",
        "persons": [{ "person": "registrant", "fields": someone.fields() }],
        "consents": [yes(town, "collect.register"), yes(town, "collect.register.identity-document")],
    });
    let answer = post(town, "registrations", &form).await;
    answer["subject"].as_str().unwrap().to_owned()
}

async fn logged_in<'t>(town: &'t Town, someone: &Person) -> Browser<'t> {
    let mut browser = town.browser();
    browser.get("/p/haigang/login").await;
    browser.post("/p/haigang/login", &[("phone", &someone.phone)]).await;
    browser.log_in(someone).await;
    browser
}

#[tokio::test]
async fn a_consent_to_marketing_tells_the_purpose_of_that_use() {
    let offers = r#"
        [[use]]
        id = "offers"
        name = "产品推荐短信"
        clause = ["一(一)2"]
        kind = "market"
        purpose = "improvement"
        of = ["registrant"]
        items = ["phone"]
        basis = "consent"
        consent = "general"
        opt-out = ["self-service"]
    "#;
    let town = Town::of(policy(&[], offers)).await;
    let someone = person(1);
    let subject = handed_in(&town, &someone).await;
    let consents = json!({ "consents": [yes(&town, "market.offers")] });
    post(&town, &format!("subjects/{subject}/consents"), &consents).await;
    let mut browser = logged_in(&town, &someone).await;
    let page = browser.get("/p/haigang/consents").await;
    assert!(page.says("产品推荐短信") && page.says("数据分析与改进"), "{}", page.body);
    assert!(!page.says("文本未载明"), "{}", page.body);
}

#[tokio::test]
async fn what_goes_on_by_itself_without_consent_is_offered_to_nobody() {
    let name = ">安全保障</";
    let by_consent = Town::haigang().await;
    let mut browser = by_consent.customer(&person(1)).await;
    let page = browser.get("/p/haigang/home").await;
    assert!(page.says(name) && page.says("/functions/security"), "there is something to decide");
    let from = "purposes = [\"account-security\"]\nbasis = \"consent\"";
    let by_law = Town::of(policy(&[(from, "purposes = [\"account-security\"]\nbasis = \"statutory\"")], "")).await;
    let mut browser = by_law.customer(&person(1)).await;
    let page = browser.get("/p/haigang/home").await;
    assert!(!page.says(name), "{}", page.body);
    assert_eq!(browser.get("/p/haigang/functions/security").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_parties_that_customers_choose_can_be_authorised() {
    let (policy, operation) = haigang();
    let other = r#"
        [[party]]
        id = "helper"
        name = "海屿数据服务有限公司"
        recipient = "partner"
        contact = "privacy@helper.example"
        answers = "the text names no partner"
    "#;
    let operation = Source::new("operation.toml", format!("{}\n{other}", operation.text));
    let town = Town::of((policy, operation)).await;
    let mut browser = town.customer(&person(1)).await;
    let page = browser.get("/p/haigang/agencies").await;
    assert!(page.says("南屿安和") && !page.says("海屿数据"), "{}", page.body);
    assert_eq!(browser.get("/p/haigang/agencies/helper").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_function_with_a_form_leads_to_it_though_a_party_is_chosen_in_its_course() {
    let both = "functions = [\"authorise-agency\", \"policy-service\"]\npurpose = \"agency-service\"";
    let town =
        Town::of(policy(&[("functions = [\"authorise-agency\"]\npurpose = \"agency-service\"", both)], "")).await;
    let mut browser = town.customer(&person(1)).await;
    browser.get("/p/haigang/home").await;
    let links = browser.page.links("/p/haigang/");
    assert!(links.contains(&"/p/haigang/functions/policy-service".to_owned()), "{links:?}");
    assert_eq!(links.iter().filter(|link| link.contains("/agencies#")).count(), 1, "{links:?}");
}

#[tokio::test]
async fn what_is_taken_automatically_is_told_so_though_a_system_hands_in_the_whole_form() {
    let automatic = r#""birth-date", "id-image", "face-image", "wechat-nickname","#;
    let group = r#"
        [[function.collect]]
        of = "registrant"
        items = ["sex"]
        need = "required"
        trigger = "automatic"
        clause = ["一(一)1(1)"]
        silent = ["sensitive"]

        [[function.collect]]
        of = "registrant"
        items = [
            "name", "phone", "id-type", "id-number", "birth-date", "id-image", "face-image", "wechat-nickname","#;
    let from = format!(
        "[[function.collect]]\nof = \"registrant\"\nitems = [\n    \"name\", \"phone\", \"id-type\", \"id-number\", \"sex\", {automatic}"
    );
    let (mut changed, operation) = haigang();
    assert!(changed.text.contains(&from));
    changed = Source::new("undated.toml", changed.text.replacen(&from, group, 1));
    let town = Town::of((changed, operation)).await;
    let someone = person(1);
    handed_in(&town, &someone).await;
    let mut browser = logged_in(&town, &someone).await;
    let page = browser.get("/p/haigang/mine").await;
    assert_eq!(page.body.matches("使用时自动产生").count(), 1, "{}", page.body);
    let (_, sex) = page.body.split_once("<h3>性别").unwrap();
    let (sex, _) = sex.split_once("</li>").unwrap();
    assert!(sex.contains("使用时自动产生") && !sex.contains("您本人提供"), "{sex}");
}

#[tokio::test]
async fn what_the_law_demands_and_what_a_successor_takes_over_need_no_consent() {
    let successor = r#"
        [[recipient]]
        id = "successor"
        name = "承继公司"
        clause = ["三(一)3"]
        class = "acquirer"
        regime = "independent"
        silent = ["contact", "contract", "exit"]

        [[share]]
        id = "succession"
        name = "合并后承继"
        clause = ["三(一)3"]
        act = "transfer"
        recipient = "successor"
        purpose = "registration"
        of = ["registrant"]
        items = ["id-number"]
        silent = ["basis", "consent", "method", "document"]
    "#;
    let none = "basis = \"statutory\"\nconsent = \"nothing\"\nsilent = [\"method\", \"document\"]";
    let silent = "basis = \"statutory\"\nsilent = [\"consent\", \"method\", \"document\"]";
    let agreed =
        "basis = \"consent\"\nconsent = \"general\"\nsensitive-consent = \"separate\"\nmethod = \"pull\"\nsilent = [";
    let by_law = "basis = \"statutory\"\nmethod = \"pull\"\nsilent = [\"consent\", ";
    let town = Town::of(policy(&[(none, silent), (agreed, by_law)], successor)).await;
    let mut browser = town.browser();
    let page = browser.get("/p/haigang/register/person").await;
    assert!(page.says("（提交主管部门核验）：履行法定职责或者法定义务所必需，不以同意为前提"), "{}", page.body);
    let (_, told) = page.body.split_once("承继公司（合并后承继）：").unwrap();
    assert!(told.starts_with("法律、行政法规规定的其他情形，不以同意为前提"), "{told}");
    let mut browser = town.customer(&person(1)).await;
    assert!(!browser.page.says("/agencies"), "{}", browser.page.body);
    for path in ["/p/haigang/agencies", "/p/haigang/agencies/anhe"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "nothing to consent to: {path}");
    }
}
