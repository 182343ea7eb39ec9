//! A customer's way through the portal.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use desk::evidence::{leaves, verifier_key, verify};
use desk::leaf::Act;
use serde_json::json;
use shouyue_web::pages::parts::Moment;
use shouyue_web::pages::qr::Qr;
use testkit::{Answer, Person, person, slug};

use super::access::{agree, grant};
use super::applying::family_with;
use super::browser::{Browser, Page, Town};

/// Links of the page that one may follow, first of those that end so.
fn link(browser: &Browser<'_>, begin: &str, end: &str) -> String {
    let links = browser.page.links(begin);
    links.iter().find(|link| link.ends_with(end)).unwrap_or_else(|| panic!("{end} in {links:?}")).clone()
}

#[tokio::test]
async fn somebody_registers_logs_in_and_sees_what_is_held() {
    let town = Town::haigang().await;
    let someone = person(1);
    let mut browser = town.customer(&someone).await;
    assert!(browser.page.says("保单查询") && browser.page.says("授权指定保险代理机构"));
    let page = browser.get("/p/haigang/mine").await;
    assert!(page.says("证件号码") && page.says("199****"));
    for value in someone.values() {
        assert!(!page.says(value), "covered until it is asked for");
    }
    let clear = link(&browser, "/p/haigang/mine/rec-", ".phone/clear");
    assert!(!browser.get(&clear).await.says(&someone.phone), "looking is asked first");
    browser.post(&clear, &[]).await;
    assert!(browser.page.says(&someone.phone) && browser.page.says("/p/haigang/receipts/"));
}

#[tokio::test]
async fn beside_what_is_sensitive_stands_who_may_receive_it_and_on_what_ground() {
    let town = Town::haigang().await;
    let mut browser = town.browser();
    let page = browser.get("/p/haigang/register/person").await;
    assert!(page.says("（公司内部共享）：须事先另行取得您的单独同意"), "{}", page.body);
    assert!(page.says("（提交主管部门核验）：履行法定职责或者法定义务所必需，不以同意为前提"));
    assert!(!page.says("去标识化后内部共享"), "what is anonymised is nobody's");
    assert!(!page.says("不因这项业务提供给第三方"));
}

#[tokio::test]
async fn what_may_be_refused_is_refused_and_the_account_is_opened_all_the_same() {
    let town = Town::haigang().await;
    let mut browser = town.browser();
    browser.get("/p/haigang/register/person").await;
    let optional: Vec<String> = browser
        .page
        .scopes()
        .into_iter()
        .filter(|scope| !scope.ends_with("register") && !scope.ends_with("identity-document"))
        .collect();
    let optional: Vec<&str> = optional.iter().map(String::as_str).collect();
    browser.register(&person(1), &optional).await;
    browser.log_in(&person(1)).await;
    let page = browser.get("/p/haigang/consents").await;
    assert!(optional.iter().all(|scope| !page.says(scope)));
    let leaves = leaves(&town.bench.house, &town.bench.platform(), 0, 50).await.unwrap();
    let noes = leaves.iter().filter(|leaf| leaf.entry.as_ref().is_some_and(|entry| entry.act == Act::Refuse));
    assert_eq!(noes.count(), optional.len(), "a no is written down too");
}

#[tokio::test]
async fn without_the_consent_that_it_needs_nobody_is_registered() {
    let town = Town::haigang().await;
    for refused in ["collect.register", "identity-document"] {
        let mut browser = town.browser();
        browser.register(&person(1), &[refused]).await;
        assert_eq!(browser.page.status, StatusCode::FORBIDDEN, "{refused}");
        let page = &browser.page;
        assert!(page.says("没有注册：您填写的内容没有保存") && page.says("对上面所说的选“同意”"), "{}", page.body);
        assert!(!page.says("本人可以在“我的同意”中查看"), "there is no account on which to decide");
        assert_eq!(page.values("registrant.phone"), [person(1).phone], "what was typed stays");
        assert!(page.scopes().iter().any(|scope| scope.ends_with(refused)), "it is asked anew");
    }
    // The same form, answered otherwise, goes on.
    let mut browser = town.browser();
    browser.register(&person(1), &["collect.register"]).await;
    browser.register(&person(1), &[]).await;
    assert_eq!(browser.page.status, StatusCode::OK, "{}", browser.page.body);
    browser.log_in(&person(1)).await;
}

#[tokio::test]
async fn an_empty_registration_says_what_to_do() {
    let optional = |policy: &str| {
        let (before, rest) = policy.split_once("id = \"register\"").unwrap();
        let (register, after) = rest.split_once("id = \"insure\"").unwrap();
        let register = register.replace("\"required\"", "\"optional\"");
        format!("{before}id = \"register\"{register}id = \"insure\"{after}")
    };
    let town = family_with(optional).await;
    let mut browser = town.browser();
    browser.get("/p/family/register/person").await;
    let page = browser.post("/p/family/register/person", &[("consent.collect.register", "yes")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
    assert!(page.says("请至少填写一项再提交") && !page.says("<h2>原因</h2>"), "{}", page.body);
}

#[tokio::test]
async fn a_ticked_or_bundled_consent_is_no_consent() {
    let town = Town::haigang().await;
    let send = async |answer: &dyn Fn(&str) -> Vec<(String, String)>| {
        let mut browser = town.browser();
        browser.get("/p/haigang/register/person").await;
        let mut fields = browser.page.hidden();
        fields.extend(super::browser::typed(&person(1)));
        for scope in browser.page.scopes() {
            fields.extend(answer(&scope));
        }
        browser.post_raw("/p/haigang/register/person", &fields).await.status
    };
    let name = |scope: &str| format!("consent.{scope}");
    let ticked = send(&|scope| vec![(name(scope), "on".to_owned())]).await;
    assert_eq!(ticked, StatusCode::FORBIDDEN, "ticked beforehand (R7)");
    let all = send(&|_| vec![("consent.all".to_owned(), "yes".to_owned())]).await;
    assert_eq!(all, StatusCode::BAD_REQUEST, "one answer for all");
    let twice = send(&|scope| vec![(name(scope), "no".to_owned()), (name(scope), "yes".to_owned())]).await;
    assert_eq!(twice, StatusCode::UNPROCESSABLE_ENTITY, "two answers are none");
    let silent = send(&|_| Vec::new()).await;
    assert_eq!(silent, StatusCode::UNPROCESSABLE_ENTITY, "silence is no answer");
    town.customer(&person(1)).await;
}

#[tokio::test]
async fn a_consent_to_other_words_than_those_of_today_is_asked_again() {
    let town = Town::haigang().await;
    let mut browser = town.browser();
    browser.get("/p/haigang/register/person").await;
    let mut fields = browser.page.hidden();
    for (name, value) in &mut fields {
        if name.starts_with("shown.") {
            let (policy, _) = value.split_once(' ').unwrap();
            *value = format!("{policy} sha256:{}", "0".repeat(64));
        }
    }
    fields.extend(super::browser::typed(&person(1)));
    fields.extend(browser.page.scopes().into_iter().map(|scope| (format!("consent.{scope}"), "yes".to_owned())));
    let page = browser.post_raw("/p/haigang/register/person", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("说明文字已经更新"));
}

#[tokio::test]
async fn withdrawing_takes_no_more_steps_than_agreeing_and_works_at_once() {
    let town = Town::haigang().await;
    let mut browser = town.customer(&person(1)).await;
    assert_eq!(browser.get("/p/haigang/records?function=query-account").await.status, StatusCode::FORBIDDEN);
    // Agreeing: open the page, answer. Withdrawing: open the page, press.
    agree(&mut browser, "query-account").await;
    assert_eq!(browser.get("/p/haigang/records?function=query-account").await.status, StatusCode::OK);
    browser.get("/p/haigang/consents").await;
    let withdraw = browser.page.links("/p/haigang/consents/").remove(0);
    browser.get(&withdraw).await;
    assert!(browser.page.says("立即停止") && browser.page.says("不受影响"));
    browser.post(&withdraw, &[]).await;
    assert!(browser.page.says("已撤回") && browser.page.says("/p/haigang/receipts/"), "{}", browser.page.body);
    for _ in 0..2 {
        browser.get("/p/haigang/consents").await;
    }
    let left: Vec<String> = browser.page.links("/p/haigang/consents/");
    for one in left {
        browser.get(&one).await;
        browser.post(&one, &[]).await;
    }
    assert_eq!(browser.get("/p/haigang/records?function=query-account").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_receipt_verifies_on_the_page_and_offline() {
    let town = Town::haigang().await;
    let mut browser = town.customer(&person(1)).await;
    agree(&mut browser, "query-account").await;
    browser.get("/p/haigang/receipts").await;
    let receipts = browser.page.links("/p/haigang/receipts/");
    assert!(receipts.len() >= 2, "{receipts:?}");
    let key = verifier_key(&town.bench.platform()).unwrap();
    for receipt in receipts {
        let page = browser.get(&receipt).await;
        assert!(page.says("核验通过"), "{}", page.body);
        let page = browser.get(&format!("{receipt}/download")).await;
        assert!(verify(&page.body, std::slice::from_ref(&key)).holds());
        assert!(page.headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"haigang-"));
    }
    assert_eq!(browser.get("/p/haigang/verifier-key").await.body.trim(), key.to_string());
}

#[tokio::test]
async fn the_code_of_a_receipt_leads_anybody_to_its_place_and_tells_nothing_about_the_person() {
    let town = Town::haigang().await;
    let someone = person(1);
    let mut browser = town.customer(&someone).await;
    agree(&mut browser, "query-account").await;
    let receipt = browser.get("/p/haigang/receipts").await.links("/p/haigang/receipts/").remove(0);
    let page = browser.get(&receipt).await;
    let path = page.links("/p/haigang/ledger/").remove(0);
    let code = Qr::of(&format!("http://localhost{path}"), String::new()).unwrap();
    assert!(page.body.contains(&code.path), "what is scanned is what is written");

    let mut stranger = town.browser();
    let page = stranger.get(&path).await;
    assert!(page.status == StatusCode::OK && page.says("在账本中") && !page.says("不在账本中"), "{}", page.body);
    for value in someone.values() {
        assert!(!page.body.contains(value), "{}", page.body);
    }
    // Neither is the subject's number there, which the receipt holds.
    let text = browser.get(&format!("{receipt}/download")).await.body.clone();
    let extra = text.lines().nth(1).unwrap().strip_prefix("extra ").unwrap();
    let extra: serde_json::Value = serde_json::from_slice(&STANDARD.decode(extra).unwrap()).unwrap();
    for (held, value) in [("subject", extra["subject"].as_str()), ("salt", extra["salt"].as_str())] {
        assert!(!stranger.page.body.contains(value.unwrap()) && !path.contains(value.unwrap()), "{held}");
    }
    // Another place, another leaf, a place that is still to come.
    let (_, leaf) = path.rsplit_once('/').unwrap();
    let other = "A".repeat(43);
    for wrong in [format!("0/{leaf}"), format!("1/{other}"), format!("{}/{leaf}", u64::MAX)] {
        let page = stranger.get(&format!("/p/haigang/ledger/{wrong}")).await;
        assert!(page.status == StatusCode::OK && page.says("不在账本中"), "{wrong}: {}", page.body);
    }
    for nothing in ["0/AAAA".to_owned(), format!("x/{leaf}"), format!("-1/{leaf}")] {
        assert_eq!(stranger.get(&format!("/p/haigang/ledger/{nothing}")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn an_agency_is_granted_and_revoked() {
    let town = Town::haigang().await;
    let mut browser = town.customer(&person(1)).await;
    let id = grant(&mut browser).await;
    assert!(browser.get(&format!("/p/haigang/grants/{id}")).await.says("已授权南屿安和"));
    assert!(browser.get("/p/haigang/agencies").await.says("授权中"));
    let path = format!("/p/haigang/grants/{id}/revoke");
    browser.get(&path).await;
    browser.post(&path, &[]).await;
    assert!(browser.page.says("已撤销对南屿安和"));
    let page = browser.get("/p/haigang/agencies").await;
    assert!(page.says("已撤销") && !page.says("授权中"));
    browser.get("/p/haigang/agencies/anhe").await;
    let refused = browser.page.scopes().remove(0);
    assert!(
        browser
            .post("/p/haigang/agencies/anhe", &[(&format!("consent.{refused}"), "no")])
            .await
            .location()
            .contains("/home")
    );
}

#[tokio::test]
async fn who_has_no_policy_is_erased_with_a_certificate() {
    let town = Town::haigang().await;
    let someone = person(1);
    let mut browser = town.customer(&someone).await;
    assert!(browser.get("/p/haigang/close").await.says("立即删除"));
    browser.post("/p/haigang/close", &[]).await;
    assert!(browser.page.says("删除证明") && browser.page.says("haigang-"), "{}", browser.page.body);
    assert!(browser.page.says("账户中作为注册用户的信息"), "what was erased is named: {}", browser.page.body);
    assert!(browser.cookies.is_empty());
    certified(&town, &browser.page, &someone).await;
    let mut again = town.browser();
    again.get("/p/haigang/login").await;
    assert_eq!(
        again.post("/p/haigang/login", &[("phone", &someone.phone)]).await.status,
        StatusCode::OK,
        "nobody learns"
    );
    town.customer(&someone).await;
}

/// What a certificate of erasure leads anybody to.
async fn certified(town: &Town, certificate: &Page, whose: &Person) {
    let path = certificate.links("/p/haigang/ledger/").remove(0);
    let code = Qr::of(&format!("http://localhost{path}"), String::new()).unwrap();
    assert!(certificate.body.contains(&code.path), "what is scanned is what is written");
    assert!(certificate.links("/v1/").is_empty(), "nobody is sent to JSON unasked");

    let mut stranger = town.browser();
    let page = stranger.get(&path).await;
    assert!(page.status == StatusCode::OK && page.says("密钥已不存在") && !page.says("不在账本中"), "{}", page.body);
    let told = |label: &str| {
        let (_, rest) = certificate.body.split_once(&format!("<dt>{label}</dt><dd>")).unwrap();
        rest.split("</dd>").next().unwrap()
    };
    for value in whose.values().into_iter().chain(["账本记录", "核验用盐值", "主体编号"].map(told)) {
        assert!(!value.is_empty() && !page.body.contains(value), "{value}: {}", page.body);
    }
    let (_, leaf) = path.strip_suffix("/destroyed").unwrap().rsplit_once('/').unwrap();
    assert!(page.says(leaf) && page.says("openssl dgst -sha256"), "how to verify it: {}", page.body);
    assert!(page.says("供程序读取（JSON）"));
    let seen = Moment(town.bench.house.now()).to_string();
    assert!(page.says(&seen) && !page.says("等待核实"), "{}", page.body);
    let (json, place) = (page.links("/v1/").remove(0), page.links("/p/haigang/ledger/").remove(0));
    assert!(stranger.get(&place).await.says("在账本中"));
    assert!(!stranger.get(&json).await.body.contains("pending"));
    // Of another leaf nothing is told.
    let page = stranger.get(&format!("/p/haigang/ledger/0/{leaf}/destroyed")).await;
    assert!(page.says("不在账本中") && !page.says(&seen), "{}", page.body);
}

#[tokio::test]
async fn the_face_is_asked_by_itself_and_there_is_another_way() {
    let town = Town::haigang().await;
    let mut browser = town.customer(&person(1)).await;
    let path = "/p/haigang/consent/collect.verify-face.biometric";
    assert!(browser.get(path).await.says("单独同意"));
    assert_eq!(browser.post(path, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "no answer");
    browser.post(path, &[("choice", "other")]).await;
    assert_eq!(browser.page.location(), "/p/haigang/other-way/collect.verify-face.biometric");
    browser.get("/p/haigang/other-way/collect.verify-face.biometric").await;
    browser.post("/p/haigang/other-way/collect.verify-face.biometric", &[("method", "verify-at-counter")]).await;
    assert!(browser.page.location().starts_with("/p/haigang/home?done="));
    browser.get(path).await;
    browser.post(path, &[("choice", "agree")]).await;
    assert_eq!(browser.page.location(), "/p/haigang/verify/verify-face");
    assert!(
        upload(&mut browser, &person(1), &[0xff, 0xd8, 0xff], 40).await.contains("照片与登记的身份不一致"),
        "too small"
    );
    assert!(upload(&mut browser, &person(1), b"GIF89a", 4000).await.contains("请选择 PNG 或 JPEG"));
    assert!(
        upload(&mut browser, &person(2), &[0xff, 0xd8, 0xff], 4000).await.contains("与证件号码不一致"),
        "another's number"
    );
    upload(&mut browser, &person(1), &[0xff, 0xd8, 0xff], 4000).await;
    assert!(browser.page.location().starts_with("/p/haigang/home?done="), "{}", browser.page.body);
    assert_eq!(town_upload_too_large(&mut browser).await, StatusCode::PAYLOAD_TOO_LARGE);
}

/// A customer who agreed that the face is compared.
async fn asked_for_the_face<'t>(town: &'t Town, someone: &Person) -> Browser<'t> {
    let mut browser = town.customer(someone).await;
    let path = "/p/haigang/consent/collect.verify-face.biometric";
    browser.get(path).await;
    browser.post(path, &[("choice", "agree")]).await;
    browser
}

#[tokio::test]
async fn a_comparison_that_does_not_answer_loses_nothing_typed_and_offers_the_other_way() {
    let town = Town::haigang().await;
    let someone = person(1);
    let mut browser = asked_for_the_face(&town, &someone).await;
    let before = town.bench.store.head(&slug("haigang")).await.unwrap().size;
    let code = json!({ "Code": "FailedOperation.CompareSystemError", "Message": "" });
    town.bench.tencent.mood().fixed(Answer::json(200, &json!({ "Response": { "Error": code, "RequestId": "r-1" } })));
    upload(&mut browser, &someone, &[0xff, 0xd8, 0xff], 4000).await;
    assert_eq!(browser.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(browser.page.says("比对没有及时答复"), "{}", browser.page.body);
    assert_eq!(browser.page.values("name"), [someone.name.as_str()]);
    assert_eq!(browser.page.values("id-number"), [someone.number.as_str()]);
    assert_eq!(browser.page.links("/p/haigang/other-way/").len(), 1, "{}", browser.page.body);
    let after = town.bench.store.head(&slug("haigang")).await.unwrap().size;
    assert_eq!(after - before, 1, "that the picture was taken, and no result");

    town.bench.tencent.mood().regular();
    upload(&mut browser, &someone, &[0xff, 0xd8, 0xff], 4000).await;
    assert!(browser.page.location().starts_with("/p/haigang/home?done="), "{}", browser.page.body);
}

#[tokio::test]
async fn r44_no_byte_of_the_face_stays_anywhere() {
    let town = Town::haigang().await;
    let someone = person(1);
    let mut browser = asked_for_the_face(&town, &someone).await;
    // Once compared, once too small to hold a face, and once by another's number, before anything is compared.
    let marker = "the-face-of-nobody-at-all";
    let mut head = vec![0xff, 0xd8, 0xff];
    head.extend_from_slice(marker.as_bytes());
    for (whose, length) in [(person(2), 4000), (person(1), 40), (person(1), 4000)] {
        upload(&mut browser, &whose, &head, length).await;
    }
    assert!(browser.page.location().starts_with("/p/haigang/home?done="), "{}", browser.page.body);
    // Every file has something of this, the journal of the database too, whose pages nobody has taken over yet.
    let files = town.bench.files_with(b"\0");
    assert!(files.iter().any(|file| file.to_string_lossy().ends_with("-wal")), "{files:?}");
    // In base64, as it stands in a longer text that begins one or two bytes earlier.
    let encoded = [&head[..27], &head[1..28], &head[2..26]].map(|part| STANDARD_NO_PAD.encode(part));
    let forms = [marker.to_owned(), hex::encode(marker), hex::encode_upper(marker)].into_iter().chain(encoded);
    for form in forms {
        assert!(town.bench.files_with(form.as_bytes()).is_empty(), "{form}");
    }
}

/// Shows the face.
pub(super) async fn verified(browser: &mut Browser<'_>, someone: &Person) {
    let path = "/p/haigang/consent/collect.verify-face.biometric";
    browser.get(path).await;
    browser.post(path, &[("choice", "agree")]).await;
    upload(browser, someone, &[0xff, 0xd8, 0xff], 4000).await;
    assert!(browser.page.location().starts_with("/p/haigang/home?done="), "{}", browser.page.body);
}

async fn upload(browser: &mut Browser<'_>, someone: &Person, head: &[u8], len: usize) -> String {
    browser.get("/p/haigang/verify/verify-face").await;
    let mut body = Vec::new();
    for (name, value) in
        [("csrf", browser.page.csrf()), ("name", someone.name.clone()), ("id-number", someone.number.clone())]
    {
        body.extend_from_slice(
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    body.extend_from_slice(b"--x\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"me\"\r\n\r\n");
    body.extend_from_slice(head);
    body.resize(body.len() + len, b'.');
    body.extend_from_slice(b"\r\n--x--\r\n");
    let request = axum::http::Request::post("/p/haigang/verify/verify-face")
        .header("content-type", "multipart/form-data; boundary=x")
        .body(axum::body::Body::from(body))
        .unwrap();
    browser.ask(request).await.body.clone()
}

async fn town_upload_too_large(browser: &mut Browser<'_>) -> StatusCode {
    upload(browser, &person(1), &[0xff, 0xd8, 0xff], 3 * 1024 * 1024).await;
    browser.page.status
}

#[tokio::test]
async fn elder_mode_stays_and_leads_back_to_the_page() {
    let town = Town::haigang().await;
    let mut browser = town.customer(&person(1)).await;
    let mut fields = browser.page.hidden();
    fields.push(("elder".to_owned(), "on".to_owned()));
    let request = axum::http::Request::post("/p/haigang/elder")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("referer", "http://localhost/p/haigang/mine")
        .body(axum::body::Body::from(super::browser::encoded(&fields)))
        .unwrap();
    assert_eq!(browser.ask(request).await.location(), "/p/haigang/mine");
    assert!(browser.get("/p/haigang/mine").await.says("data-elder"));
    browser.post("/p/haigang/elder", &[("elder", "off")]).await;
    assert!(!browser.get("/p/haigang/mine").await.says("<html lang=\"zh-CN\" data-elder"));
}

#[tokio::test]
async fn no_link_names_a_person() {
    let town = Town::haigang().await;
    let someone = person(1);
    let mut browser = town.customer(&someone).await;
    let mut seen = std::collections::BTreeSet::new();
    let mut next = vec!["/p/haigang/home".to_owned()];
    while let Some(path) = next.pop().filter(|_| seen.len() < 60) {
        if path.ends_with("/download") || !seen.insert(path.clone()) {
            continue;
        }
        browser.get(&path).await;
        if !browser.page.body.starts_with("<!doctype") {
            continue;
        }
        let mut links = browser.page.links("/p/haigang/");
        links.push(browser.page.location().to_owned());
        for link in links.iter().filter(|link| link.starts_with("/p/")) {
            assert!(someone.values().iter().all(|value| !link.contains(value)), "{link}");
            next.push(link.split('#').next().unwrap().to_owned());
        }
    }
    assert!(seen.len() > 20, "{seen:?}");
}

#[tokio::test]
async fn whoever_is_not_verified_is_shown_the_ways_to_it() {
    let town = Town::haigang().await;
    let mut browser = town.customer(&person(1)).await;
    agree(&mut browser, "query-policy").await;
    let refused = "/p/haigang/records?function=query-policy";
    for (path, status) in [
        (refused, StatusCode::FORBIDDEN),
        ("/p/haigang/mine", StatusCode::OK),
        ("/p/haigang/mine/shared", StatusCode::OK),
    ] {
        assert_eq!(browser.get(path).await.status, status, "{path}");
        let by_face = link(&browser, "/p/haigang/consent/", "verify-face.biometric");
        let otherwise = link(&browser, "/p/haigang/other-way/", "verify-face.biometric");
        for way in [by_face, otherwise] {
            assert_eq!(browser.get(&way).await.status, StatusCode::OK, "{way}");
            browser.get(path).await;
        }
    }
    browser.get("/p/haigang/records?function=query-account").await;
    assert_eq!(browser.page.status, StatusCode::FORBIDDEN);
    assert!(!browser.page.says("/other-way/"), "another refusal is mended otherwise");
}

/// The text leaves the telephone open; whoever left it out had an account that nobody could open again.
#[tokio::test]
async fn whoever_registers_is_asked_for_the_telephone_to_log_in_by() {
    let optional = |policy: &str| {
        policy.replacen(
            "items = [\"name\", \"phone\"]\nneed = \"required\"",
            "items = [\"name\", \"phone\"]\nneed = \"optional\"",
            1,
        )
    };
    let town = family_with(optional).await;
    let mut browser = town.browser();
    let form = "/p/family/register/person";
    browser.get(form).await;
    let named = [("user.name", "李示例"), ("consent.collect.register", "yes")];
    let page = browser.post(form, &named).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
    assert!(page.says("需要填写") && page.values("user.name") == ["李示例"], "{}", page.body);
    // Nobody is registered: the same form, with a telephone, opens the first account.
    let page = browser.post(form, &[&named[..], &[("user.phone", "010-88886666")]].concat()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "a code reaches no landline: {}", page.body);
    assert_eq!(page.values("user.phone"), ["010-88886666"]);
    browser.post(form, &[&named[..], &[("user.phone", "13900000001")]].concat()).await;
    let code = town.code("13900000001").await;
    browser.post("/p/family/login/code", &[("code", &code)]).await;
    assert_eq!(browser.get("/p/family/home").await.status, StatusCode::OK);
}

/// Who registers for a company is asked for the contact's telephone, with what was typed of the company.
#[tokio::test]
async fn a_company_without_a_contact_is_told_what_is_missing() {
    let with_company = |policy: &str| {
        let policy = policy.replacen("need = \"required\"", "need = \"optional\"", 1);
        let group = "[[function.collect]]\nof = \"workplace\"\nitems = [\"company-name\"]\nneed = \"optional\"\n\
            trigger = \"given\"\nsensitive = false\n\n[[function]]\nid = \"insure\"";
        policy.replacen("[[function]]\nid = \"insure\"", group, 1)
    };
    let town = family_with(with_company).await;
    let mut browser = town.browser();
    let form = "/p/family/register/company";
    browser.get(form).await;
    let typed = [("workplace.company-name", "示例科技有限公司"), ("consent.collect.register", "yes")];
    let page = browser.post(form, &typed).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
    assert!(page.says("需要填写") && !page.says("什么都没有填写"), "{}", page.body);
    assert_eq!(page.values("workplace.company-name"), ["示例科技有限公司"]);
}
