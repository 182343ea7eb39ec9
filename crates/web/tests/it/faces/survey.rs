//! Questionnaires: an item of the text whose questions the company chose, on the page of its function.

use axum::http::StatusCode;
use desk::evidence::leaves;
use desk::leaf::{Act, Who};
use desk::retain::Fate;
use policy::finding::Source;

use super::applying::answered;
use super::browser::{Browser, Town};
use super::centre::{customer, subject, town};
use crate::html::tags;

const ID: &str = "jd-allianz";
const PAGE: &str = "/p/jd-allianz/functions/customer-service?go=1";
const ITEM: &str = "survey-answers";
const SCOPE: &str = "collect.customer-service";

fn named(question: &str) -> String {
    format!("registrant.{ITEM}.{question}")
}

/// Sends the page with these answers; consents that begin with `no` are refused.
async fn send(browser: &mut Browser<'_>, typed: &[(&str, &str)], no: &str) {
    browser.get(PAGE).await;
    assert_eq!(browser.page.status, StatusCode::OK, "{}", browser.page.body);
    let names: Vec<String> = typed.iter().map(|(question, _)| named(question)).collect();
    let typed = names.iter().zip(typed).map(|(name, (_, value))| (name.as_str(), *value)).collect();
    let fields = answered(browser, typed, no);
    browser.post_raw(PAGE, &fields).await;
}

/// Items of every act of collecting, in order.
async fn collected(town: &Town) -> Vec<Vec<String>> {
    let platform = town.bench.house.platform(ID).unwrap();
    let all = leaves(&town.bench.house, &platform, 0, 1000).await.unwrap();
    let acts = all.into_iter().filter_map(|leaf| leaf.entry).filter(|entry| entry.act == Act::Collect);
    acts.map(|entry| entry.items.iter().map(ToString::to_string).collect()).collect()
}

/// What stands in the page's questions: name and value of what is ticked.
fn ticked(browser: &Browser<'_>) -> Vec<(String, String)> {
    let begin = named("");
    let all = tags(&browser.page.body);
    let ticked = all.iter().filter(|tag| tag.attributes.contains_key("checked"));
    let own = ticked.filter_map(|tag| Some((tag.get("name")?.strip_prefix(&begin)?, tag.get("value")?)));
    own.map(|(name, value)| (name.to_owned(), value.to_owned())).filter(|(_, value)| !value.is_empty()).collect()
}

/// Opens the value, as its holder may.
async fn opened<'b>(browser: &'b mut Browser<'_>) -> &'b str {
    browser.get("/p/jd-allianz/mine").await;
    let links = browser.page.links("/p/jd-allianz/mine/rec-");
    let open = links.into_iter().find(|link| link.ends_with(&format!(".{ITEM}/clear"))).unwrap();
    browser.get(&open).await;
    browser.post(&open, &[]).await;
    assert_eq!(browser.page.status, StatusCode::OK, "{}", browser.page.body);
    &browser.page.body
}

#[tokio::test]
async fn the_questions_stand_in_place_of_a_field_and_none_need_be_answered() {
    let town = town(ID).await;
    let mut browser = customer(&town, ID).await;
    let page = browser.get(PAGE).await;
    assert!(page.says("服务评价") && page.says("您的问题解决了吗？") && page.says("还有什么想告诉我们？"));
    let all = tags(&page.body);
    assert!(!all.iter().any(|tag| tag.get("name") == Some(&format!("registrant.{ITEM}"))), "no field beside them");
    let own = all.iter().filter(|tag| tag.get("name").is_some_and(|name| name.starts_with(&named(""))));
    let own: Vec<_> = own.collect();
    assert!(own.len() > 10 && own.iter().all(|tag| !tag.attributes.contains_key("required")), "{own:?}");
    assert!(own.iter().all(|tag| tag.inside.iter().any(|name| name == "fieldset")), "{own:?}");
    assert!(ticked(&browser).is_empty(), "nothing is answered for anybody");
    let fields = answered(&browser, vec![("registrant.feedback", "接得很快")], "");
    browser.post_raw(PAGE, &fields).await;
    assert_eq!(browser.page.status, StatusCode::SEE_OTHER, "{}", browser.page.body);
    assert_eq!(collected(&town).await.last().unwrap(), &["feedback"]);
}

#[tokio::test]
async fn what_was_answered_is_one_value_kept_once_and_gone_with_its_part() {
    let town = town(ID).await;
    let mut browser = customer(&town, ID).await;
    // What was not offered is no answer.
    let typed =
        [("satisfied", "2"), ("solved", "7"), ("improve", "3"), ("improve", "2"), ("other", "回电话\r\n再早一点")];
    send(&mut browser, &typed, "").await;
    assert_eq!(browser.page.status, StatusCode::SEE_OTHER, "{}", browser.page.body);
    let kept = collected(&town).await;
    assert_eq!(kept.iter().flatten().filter(|item| *item == ITEM).count(), 1, "{kept:?}");
    let value = "您对这次服务满意吗？ 满意\n哪些地方可以做得更好？ 把事情讲清楚、办理的手续\n还有什么想告诉我们？ 回电话 再早一点";
    assert!(!browser.get("/p/jd-allianz/mine").await.says("办理的手续"), "masked until it is opened");
    let body = opened(&mut browser).await;
    assert!(body.contains(value), "{body}");

    let (house, platform) = (&town.bench.house, town.bench.house.platform(ID).unwrap());
    let subject = subject(&town, &browser, ID).await;
    let erased = desk::retain::erase(house, &platform, subject, Who::Subject).await.unwrap();
    let part = erased.fates.iter().find(|one| one.class.as_str() == "service-record").unwrap();
    assert_eq!(part.fate, Fate::EraseNow, "no floor keeps it");
}

#[tokio::test]
async fn what_was_ticked_is_kept_when_the_form_is_refused() {
    let town = town(ID).await;
    let mut browser = customer(&town, ID).await;
    let typed = [("satisfied", "1"), ("improve", "2"), ("improve", "4"), ("other", "回电话")];
    send(&mut browser, &typed, SCOPE).await;
    assert_eq!(browser.page.status, StatusCode::FORBIDDEN, "{}", browser.page.body);
    let told = [("satisfied", "1"), ("improve", "2"), ("improve", "4")];
    assert_eq!(ticked(&browser), told.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert!(browser.page.says(">回电话</textarea>"), "{}", browser.page.body);
    assert!(!collected(&town).await.iter().flatten().any(|item| item == ITEM));
    // Too long for any value: told at the words, and what was ticked beside them is kept.
    let long = "x".repeat(20_001);
    send(&mut browser, &[("satisfied", "1"), ("other", &long)], "").await;
    assert_eq!(browser.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let field = format!("f-{}", named("other"));
    assert!(browser.page.says(&format!("href=\"#{field}\"")) && browser.page.says(&format!("{field}-error")));
    assert_eq!(ticked(&browser), [("satisfied".to_owned(), "1".to_owned())]);
}

#[tokio::test]
async fn r14_who_refused_the_consent_is_not_asked_the_questions() {
    let town = town(ID).await;
    let mut browser = customer(&town, ID).await;
    let choice = format!("/p/{ID}/choices/{SCOPE}");
    browser.get(&choice).await;
    browser.post(&choice, &[(&format!("consent.{SCOPE}"), "no")]).await;
    let page = browser.get(PAGE).await;
    assert!(page.status == StatusCode::OK && page.says("registrant.feedback"), "{}", page.body);
    assert!(!page.says("服务评价") && !page.says(ITEM), "{}", page.body);
    // The function comes back by the consent that it demands. Answers that no question asked for are nobody's.
    let unasked = named("satisfied");
    let fields = answered(&browser, vec![("registrant.feedback", "很好"), (unasked.as_str(), "1")], "");
    browser.post_raw(PAGE, &fields).await;
    assert!(!collected(&town).await.iter().flatten().any(|item| item == ITEM));
    assert!(browser.get(PAGE).await.says("服务评价"), "{}", browser.page.body);
}

#[tokio::test]
async fn where_the_item_is_demanded_every_question_is() {
    let policy = include_str!("../../../../desk/tests/fixtures/family/2026-01-01.toml");
    let operation = include_str!("../../../../desk/tests/fixtures/family/operation.toml");
    let policy = policy.replacen("[\"name\", \"id-number\"]", "[\"name\", \"id-number\", \"occupation\"]", 1);
    let asked = r#"
[[questionnaire]]
function = "insure"
item = "occupation"
title = "职业情况"
question = [
    { id = "where", text = "在哪里工作？", answers = ["室内", "户外"] },
    { id = "what", text = "做什么工作？" },
]
answers = "the text lists no questions"
"#;
    let texts = (Source::new("2026-01-01.toml", policy), Source::new("operation.toml", format!("{operation}{asked}")));
    let town = Town::of(texts).await;
    let mut browser = super::applying::customer(&town).await;
    let form = "/p/family/functions/insure?go=1&product=travel&who.insured=self";
    let page = browser.get(form).await;
    let own = |tag: &crate::html::Tag| tag.get("name").is_some_and(|name| name.starts_with("applicant.occupation."));
    let own: Vec<_> = tags(&page.body).into_iter().filter(own).collect();
    assert!(own.len() == 3 && own.iter().all(|tag| tag.attributes.contains_key("required")), "{own:?}");
    let typed = [
        ("applicant.name", "李示例"),
        ("applicant.id-number", "99010519900501002X"),
        ("applicant.occupation.where", "2"),
    ];
    let all = answered(&browser, typed.to_vec(), "");
    let page = browser.post_raw(form, &all).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
    assert!(page.says("f-applicant.occupation.what-error") && !page.says("f-applicant.occupation.where-error"));
    let all = answered(&browser, [&typed[..], &[("applicant.occupation.what", "教师")]].concat(), "");
    let page = browser.post_raw(form, &all).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
}
