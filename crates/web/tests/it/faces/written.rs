//! A written consent, signed on the portal (rule R11).

use axum::http::StatusCode;
use policy::finding::Source;
use testkit::person;

use super::browser::{Browser, Town};

const SCOPE: &str = "inbound.wechat";

/// 海港, where the one source is a credit agency.
async fn town() -> Town {
    let (policy, mut operation) = testkit::haigang();
    let text = policy.text.replacen("class = \"partner\"", "class = \"credit-agency\"", 1);
    let answer =
        "\n[[acknowledge]]\ncode = \"R11\"\nelement = \"wechat\"\nreason = \"系统只认书面同意\"\non = 2026-11-22\n";
    operation.text = format!("{}{answer}", operation.text).into();
    Town::of((Source::new("undated.toml", text), operation)).await
}

/// Asks for the code of a text, and takes it from the telephone.
pub(super) async fn ask(browser: &mut Browser<'_>, path: &str, phone: &str) -> String {
    let answers = [("until", "30"), ("phone", phone)];
    browser.post(path, &answers).await;
    assert_eq!(browser.page.status, StatusCode::OK, "{}", browser.page.body);
    browser.town.code(phone).await
}

#[tokio::test]
async fn r11_the_whole_text_is_read_signed_by_name_and_code_kept_and_given_back() {
    let town = town().await;
    let someone = person(1);
    let mut browser = town.customer(&someone).await;
    let path = format!("/p/haigang/written/{SCOPE}");
    browser.get("/p/haigang/choices").await;
    assert_eq!(browser.page.links("/p/haigang/written/"), [path.as_str()]);

    browser.get(&path).await;
    assert!(browser.page.says("书面授权：从微信取得") && browser.page.says("处理目的"), "{}", browser.page.body);
    browser.post(&path, &[("until", "30"), ("phone", "13900000001")]).await;
    assert!(browser.page.says("这不是您登录用的手机号码"), "{}", browser.page.body);
    let code = ask(&mut browser, &path, &someone.phone).await;
    assert!(browser.page.says("授权期限") && browser.page.says("2026-07-01"), "{}", browser.page.body);

    let sign = format!("{path}/sign");
    let chosen =
        [("until", "30"), ("shown", &browser.page.values("shown")[0])].map(|(name, value)| (name, value.to_owned()));
    let typed = |code: &str| -> Vec<(String, String)> {
        let own = [("name", someone.name.as_str()), ("code", code)].map(|(name, value)| (name, value.to_owned()));
        chosen.iter().cloned().chain(own).map(|(name, value)| (name.to_owned(), value)).collect()
    };
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let fields = typed(wrong);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(&sign, &fields).await;
    assert_eq!(browser.page.values("name"), [someone.name.as_str()], "what was typed stays: {}", browser.page.body);
    let fields = typed(&code);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(&sign, &fields).await;
    let leaf = browser.page.location().strip_prefix("/p/haigang/home?done=").unwrap_or_default().to_owned();
    assert!(!leaf.is_empty(), "{}", browser.page.body);

    browser.get(&format!("/p/haigang/receipts/{leaf}")).await;
    assert!(browser.page.says("书面文件的指纹"), "{}", browser.page.body);
    browser.get("/p/haigang/consents").await;
    let document = browser.page.links("/p/haigang/consents/").into_iter().find(|link| link.ends_with("/document"));
    browser.get(&document.unwrap()).await;
    assert!(browser.page.body.contains(&format!("signed-by: {}", someone.name)), "{}", browser.page.body);
    assert!(browser.page.body.contains("\n\n\u{2014} shouyue/haigang "), "{}", browser.page.body);
}

#[tokio::test]
async fn r11_a_tick_is_no_signature_whatever_a_page_sends() {
    let town = town().await;
    let mut browser = town.customer(&person(1)).await;
    let path = format!("/p/haigang/choices/{SCOPE}");
    browser.get(&path).await;
    assert_eq!(browser.page.location(), format!("/p/haigang/written/{SCOPE}"));
    browser.get("/p/haigang/choices").await;
    let platform = town.bench.platform();
    let text = render::consent::text_of(&platform.tables, SCOPE).unwrap().text;
    let shown = format!("{} {text}", platform.tables.policy());
    browser.get("/p/haigang/choices/collect.security").await;
    let csrf = browser.page.csrf();
    let fields =
        [("csrf".to_owned(), csrf), (format!("consent.{SCOPE}"), "yes".to_owned()), (format!("shown.{SCOPE}"), shown)];
    browser.post_raw(&path, &fields).await;
    assert_eq!(browser.page.status, StatusCode::FORBIDDEN, "{}", browser.page.body);
    browser.get("/p/haigang/consents").await;
    assert!(browser.page.links("/p/haigang/consents/").iter().all(|link| !link.ends_with("/document")));
}
