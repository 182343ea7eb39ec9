//! Servicing on the portal: from the page of a policy in force to the request, and back to what became of it.

use axum::http::StatusCode;
use serde_json::json;
use testkit::{Person, person};

use super::browser::{Browser, Town};
use super::certificate::{insured, policy, told};

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
    assert!(own.page.says("保单相关业务办理凭证") && own.page.says("还没有上传"), "the picture comes after the form");
    assert_eq!(own.page.links(&record).len(), 1, "it leads to what it is about");
    own.get(&record).await;
    assert!(own.page.says("提出过的申请") && own.page.says("办理中"), "{}", own.page.body);
    assert!(own.page.links("/p/haigang/functions/policy-service?about=").is_empty(), "one at a time");
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
