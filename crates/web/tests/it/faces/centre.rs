//! The privacy centre of every platform: near, whole, and as easy to leave as to enter.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Request, StatusCode, header};
use desk::consent::link;
use policy::finding::Source;
use policy::syntax::{Form, Kind};
use testkit::person;

use super::browser::{Browser, Town};

/// Text and operation file of each platform.
pub(super) fn platforms() -> [(&'static str, Source, Source); 5] {
    macro_rules! platform {
        ($id:literal, $stem:literal) => {
            (
                $id,
                Source::new(
                    concat!($stem, ".toml"),
                    include_str!(concat!("../../../../../platforms/", $id, "/", $stem, ".toml")),
                ),
                Source::new(
                    "operation.toml",
                    include_str!(concat!("../../../../../platforms/", $id, "/operation.toml")),
                ),
            )
        };
    }
    [
        platform!("anrun", "2020-10-26"),
        platform!("haigang", "undated"),
        platform!("jd-allianz", "2022-02-25"),
        platform!("juqianbao", "2022-04-22"),
        platform!("yihui-xicheng", "2022-09-20"),
    ]
}

pub(super) async fn town(id: &str) -> Town {
    let (_, policy, operation) = platforms().into_iter().find(|(known, ..)| *known == id).unwrap();
    Town::of((policy, operation)).await
}

/// A browser that is logged in to an account of which nothing is known yet.
pub(super) async fn customer<'t>(town: &'t Town, id: &str) -> Browser<'t> {
    let platform = town.bench.house.platform(id).unwrap();
    let (_, cookie) = town.bench.account(&platform).await;
    let mut browser = town.browser();
    browser.cookies.insert(format!("portal-{id}"), cookie);
    browser
}

/// How many taps each page is from the first one, following links alone.
async fn taps(browser: &mut Browser<'_>, base: &str) -> BTreeMap<String, usize> {
    let mut near = BTreeMap::from([(format!("{base}/"), 0)]);
    let mut ring = vec![format!("{base}/")];
    for tap in 1..=4 {
        let mut next = Vec::new();
        for path in ring {
            let page = browser.get(&path).await;
            if page.status != StatusCode::OK || !page.body.starts_with("<!doctype") {
                continue;
            }
            for link in page.links(base) {
                let link = link.split('#').next().unwrap().to_owned();
                if near.insert(link.clone(), tap).is_none() {
                    next.push(link);
                } else {
                    let before = near[&link];
                    near.insert(link, before.min(tap));
                }
            }
        }
        // What changes something at every look is looked at no further.
        next.retain(|link| !link.contains("/receipts/") && !link.ends_with("/clear"));
        ring = next;
    }
    near
}

#[tokio::test]
async fn every_part_of_the_centre_is_within_four_taps_on_every_platform() {
    for (id, ..) in platforms() {
        let town = town(id).await;
        let mut browser = customer(&town, id).await;
        let base = format!("/p/{id}");
        let near = taps(&mut browser, &base).await;
        for part in [
            "/privacy",
            "/mine",
            "/mine/shared",
            "/permissions",
            "/switches",
            "/do-not-track",
            "/consents",
            "/choices",
            "/receipts",
            "/policy",
            "/policy/archive",
            "/policy/map",
            "/lists",
            "/requests",
            "/close",
            "/relative",
        ] {
            assert!(near.get(&format!("{base}{part}")).is_some_and(|taps| *taps <= 4), "{id}: {part}");
        }
        for right in policy::syntax::RightKind::ALL {
            let path = format!("{base}/rights/{}", right.word());
            assert!(near.get(&path).is_some_and(|taps| *taps <= 4), "{id}: {right}");
            assert_eq!(browser.get(&path).await.status, StatusCode::OK, "{path}");
        }
    }
}

#[tokio::test]
async fn the_centre_leads_to_the_clauses_of_the_text_and_grows_for_old_eyes() {
    for (id, ..) in platforms() {
        let town = town(id).await;
        let mut browser = customer(&town, id).await;
        let base = format!("/p/{id}");
        let text = browser.get(&format!("{base}/policy")).await.body.clone();
        let mut anchors = BTreeSet::new();
        for part in ["/privacy", "/lists", "/consents", "/switches", "/permissions", "/rights/delete"] {
            let page = browser.get(&format!("{base}{part}")).await;
            anchors.extend(page.links(&format!("{base}/policy#")));
        }
        assert!(anchors.len() > 5, "{id}: {anchors:?}");
        for link in anchors {
            let anchor = link.split('#').nth(1).unwrap();
            assert!(text.contains(&format!("id=\"{anchor}\"")), "{id}: {link}");
        }
        for part in ["/privacy", "/mine", "/mine/shared", "/consents"] {
            let page = browser.get(&format!("{base}{part}")).await;
            assert!(page.says(&format!("action=\"{base}/elder\"")) && page.says("大字版"), "{id}{part}");
        }
        browser.post(&format!("{base}/elder"), &[("elder", "on")]).await;
        let page = browser.get(&format!("{base}/privacy")).await;
        assert!(page.says("标准版"), "{id}: {}", page.body);
    }
}

/// Steps to give a consent, from the list of what can be given: open, answer and send.
async fn gives(browser: &mut Browser<'_>, base: &str, scope: &str) -> usize {
    let path = format!("{base}/choices/{scope}");
    browser.get(&path).await;
    assert_eq!(browser.page.status, StatusCode::OK, "{scope}");
    browser.post(&path, &[(&format!("consent.{scope}"), "yes")]).await;
    assert!(browser.page.location().contains("/home?done="), "{scope}: {}", browser.page.status);
    // The answer is a tap of its own beside the button.
    3
}

/// Who is logged in.
pub(super) async fn subject(town: &Town, browser: &Browser<'_>, id: &str) -> model::SubjectId {
    let cookie = &browser.cookies[&format!("portal-{id}")];
    let session = desk::seat::session(&town.bench.house, cookie).await.unwrap().unwrap();
    let desk::seat::Holder::Subject(_, subject) = session.holder else { panic!("{session:?}") };
    subject
}

/// Steps to take it back, from the list of what was given: open, confirm.
async fn withdraws(browser: &mut Browser<'_>, base: &str, town: &Town, id: &str, scope: &str) -> usize {
    let platform = town.bench.house.platform(id).unwrap();
    let subject = subject(town, browser, id).await;
    let given = desk::consent::list(&town.bench.house, &platform, subject).await.unwrap();
    let view = given.iter().rev().find(|view| view.scope == scope && view.stands).unwrap();
    let path = format!("{base}/consents/{}/withdraw", view.id);
    assert!(browser.get(&format!("{base}/consents")).await.links(&path).contains(&path), "{scope}");
    browser.get(&path).await;
    browser.post(&path, &[]).await;
    assert_eq!(browser.page.status, StatusCode::OK, "{scope}");
    2
}

#[tokio::test]
async fn r12_every_scope_of_every_platform_is_withdrawn_in_no_more_steps_than_it_is_given() {
    for (id, ..) in platforms() {
        let town = town(id).await;
        let platform = town.bench.house.platform(id).unwrap();
        let mut browser = customer(&town, id).await;
        let base = format!("/p/{id}");
        // The list names those of one's own roles, and no other has a page.
        let listed = browser.get(&format!("{base}/choices")).await.links(&format!("{base}/choices/"));
        let mut offered: BTreeSet<String> =
            listed.iter().map(|link| link.rsplit('/').next().unwrap().to_owned()).collect();
        for scope in platform.tables.scopes() {
            let page = browser.get(&format!("{base}/choices/{}", scope.id)).await;
            if page.status == StatusCode::OK {
                offered.insert(scope.id.clone());
            } else {
                assert!(!offered.contains(&scope.id), "{id}: {} is listed and has no page", scope.id);
            }
        }
        for scope in platform.tables.scopes() {
            if !offered.contains(&scope.id) {
                continue;
            }
            let give = gives(&mut browser, &base, &scope.id).await;
            let back = withdraws(&mut browser, &base, &town, id, &scope.id).await;
            assert!(back <= give, "{}", scope.id);
        }
        // What is left out is chosen with a party, signed in writing, asked of another role, or asks for no consent at all.
        let program = platform.tables.program();
        let held = town.bench.store.records_of(&platform.id, subject(&town, &browser, id).await).await.unwrap();
        let own: BTreeSet<_> = held.into_iter().flat_map(|record| record.roles).map(|(_, role)| role).collect();
        for scope in platform.tables.scopes().iter().filter(|scope| !offered.contains(&scope.id)) {
            let by_consent = match scope.kind {
                Kind::Function => program
                    .policy
                    .functions
                    .iter()
                    .filter(|one| one.id.value == scope.element)
                    .any(|one| one.basis.said() == Some(&policy::syntax::Basis::Consent)),
                Kind::Use => program
                    .policy
                    .uses
                    .iter()
                    .filter(|one| one.id.value == scope.element)
                    .any(|one| one.basis.said() == Some(&policy::syntax::Basis::Consent)),
                _ => false,
            };
            let of_others = !scope.persons.is_empty() && scope.persons.iter().all(|one| !own.contains(one));
            let elsewhere = scope.per_party || scope.form == Form::Written || scope.items.is_empty() || of_others;
            assert!(elsewhere || !by_consent, "{id}: {} can be given nowhere", scope.id);
        }
        assert!(offered.len() > 5, "{id}: {offered:?}");
    }
}

#[tokio::test]
async fn r31_every_use_of_every_platform_is_turned_off_in_a_tap_and_a_confirmation() {
    for (id, ..) in platforms() {
        let town = town(id).await;
        let platform = town.bench.house.platform(id).unwrap();
        let mut browser = customer(&town, id).await;
        let base = format!("/p/{id}");
        let switches = browser.get(&format!("{base}/switches")).await.links(&format!("{base}/switches/"));
        let has_items = |scope: &&policy::terms::Scope| scope.kind == Kind::Use && !scope.items.is_empty();
        assert_eq!(switches.is_empty(), !platform.tables.scopes().iter().any(|scope| has_items(&scope)), "{id}");
        for path in switches {
            let scope = path.rsplit('/').next().unwrap().to_owned();
            if browser.get(&path).await.location().ends_with(&format!("/choices/{scope}")) {
                gives(&mut browser, &base, &scope).await;
                browser.get(&path).await;
            }
            browser.post(&path, &[("state", "off")]).await;
            assert_eq!(browser.page.status, StatusCode::SEE_OTHER, "{path}");
            let element = platform.tables.scopes().iter().find(|one| one.id == scope).unwrap();
            let on = format!("关闭：{}", platform.tables.program().names.name_of(Kind::Use, element.element.as_str()));
            assert!(!browser.get(&format!("{base}/switches")).await.says(&on), "{path}");
        }
    }
}

#[tokio::test]
async fn a_browser_that_asks_not_to_be_tracked_is_heeded_where_the_text_promises_it() {
    let town = town("juqianbao").await;
    let mut browser = customer(&town, "juqianbao").await;
    for scope in ["track.cookie", "track.beacon", "track.pixel"] {
        gives(&mut browser, "/p/juqianbao", scope).await;
    }
    let path = "/p/juqianbao/do-not-track";
    let plain = browser.get(path).await;
    assert!(plain.says("没有表示不希望被追踪") && plain.says("可以运行") && plain.says("予以遵从"), "{}", plain.body);
    for name in ["dnt", "sec-gpc"] {
        let request = Request::get(path).header(name, "1").body(axum::body::Body::empty()).unwrap();
        let page = browser.ask(request).await;
        assert!(page.says("依您的浏览器设置，不运行") && !page.says("可以运行"), "{}", page.body);
    }
}

#[tokio::test]
async fn a_list_is_left_by_the_link_of_a_message_without_logging_in() {
    let town = town("juqianbao").await;
    let platform = town.bench.house.platform("juqianbao").unwrap();
    let (subject, _) = town.bench.account(&platform).await;
    let (token, _) = link::link(&town.bench.house, &platform, subject, "market.mailing-list").unwrap();
    let mut stranger = town.browser();
    let path = format!("/p/juqianbao/unsubscribe/{token}");
    assert!(stranger.get(&path).await.says("退订：寄信名单邮件"));
    let before = town.bench.store.head(&platform.id).await.unwrap().size;
    stranger.get(&path).await;
    assert_eq!(town.bench.store.head(&platform.id).await.unwrap().size, before, "a mail program that looks ahead");
    for _ in 0..2 {
        stranger.post(&path, &[]).await;
        assert!(stranger.page.says("已退订"), "{}", stranger.page.body);
        stranger.get(&path).await;
    }
    assert_eq!(town.bench.store.head(&platform.id).await.unwrap().size, before + 1);
}

#[tokio::test]
async fn a_value_is_corrected_and_a_copy_taken_along() {
    let town = Town::haigang().await;
    let someone = person(1);
    let mut browser = town.customer(&someone).await;
    browser.get("/p/haigang/mine").await;
    let correct = browser.page.links("/p/haigang/mine/rec-").into_iter().find(|link| link.ends_with(".phone/correct"));
    let correct = correct.unwrap();
    browser.get(&correct).await;
    assert!(!browser.page.says(&someone.phone), "a form is no way to read");
    browser.post(&correct, &[("value", "12")]).await;
    assert_eq!(browser.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(browser.page.says("value=\"12\""), "what was typed is kept");
    browser.post(&correct, &[("value", "19900005555")]).await;
    assert!(browser.page.location().contains("/home?done="), "{}", browser.page.body);
    browser.get("/p/haigang/rights/port").await;
    browser.post("/p/haigang/export/port", &[]).await;
    assert_eq!(browser.page.headers[header::CONTENT_TYPE], "application/zip");
    for words in ["19900005555", "data.json", "data.html", "signature.txt", "shouyue/haigang/export"] {
        assert!(browser.page.says(words), "{words}");
    }
    assert_eq!(browser.post_raw("/p/haigang/export/port", &[]).await.status, StatusCode::FORBIDDEN, "no token");
}

#[tokio::test]
async fn a_request_is_made_answered_by_staff_and_its_refusal_says_why_and_what_then() {
    let town = Town::haigang().await;
    let mut browser = town.customer(&person(1)).await;
    let page = browser.get("/p/haigang/rights/copy").await;
    assert!(page.says("公布文本") && page.says("12377") && page.says("人民法院"), "{}", page.body);
    browser.post("/p/haigang/rights/copy", &[]).await;
    let mine = browser.page.location().to_owned();
    assert!(browser.get(&mine).await.says("已收到"));
    let mut staff = super::consoles::clerk(&town, &[("haigang", "compliance")]).await;
    let work = staff.get("/console/requests").await.links("/console/requests/req-").remove(0);
    assert_eq!(staff.get(&work).await.status, StatusCode::OK);
    staff.post(&work, &[("to", "refused"), ("reason", "too-much-work")]).await;
    assert_eq!(staff.page.status, StatusCode::UNPROCESSABLE_ENTITY, "a ground that nobody published");
    staff.post(&work, &[("to", "refused"), ("reason", "excessive")]).await;
    assert_eq!(staff.page.status, StatusCode::SEE_OTHER, "{}", staff.page.body);
    let told = browser.get(&mine).await;
    assert!(told.says("已拒绝") && told.says("理由") && told.says("人民法院"), "{}", told.body);
    browser.get("/p/haigang/rights/correct").await;
    browser.post("/p/haigang/rights/correct", &[]).await;
    let open = browser.page.location().to_owned();
    browser.get(&open).await;
    browser.post(&open, &[]).await;
    assert!(browser.get(&open).await.says("已撤回"));
}

#[tokio::test]
async fn an_account_is_restricted_and_let_go_by_its_holder() {
    let town = Town::haigang().await;
    let mut browser = town.customer(&person(1)).await;
    let page = browser.get("/p/haigang/rights/restrict").await;
    assert!(page.says("限制处理："));
    let action = page.body.split("action=\"/p/haigang/restrict/").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/p/haigang/restrict/{action}");
    browser.post(&path, &[("state", "on")]).await;
    assert_eq!(browser.page.status, StatusCode::SEE_OTHER, "{}", browser.page.body);
    assert!(browser.get("/p/haigang/rights/restrict").await.says("已限制"));
    browser.post(&path, &[("state", "off")]).await;
    assert!(!browser.get("/p/haigang/rights/restrict").await.says("已限制"));
}

#[tokio::test]
async fn r14_what_was_refused_is_not_asked_on_the_way_and_found_by_who_looks_for_it() {
    let town = Town::haigang().await;
    let mut browser = town.customer(&person(1)).await;
    let path = "/p/haigang/choices/collect.query-account";
    browser.get(path).await;
    browser.post(path, &[("consent.collect.query-account", "no")]).await;
    let home = browser.get("/p/haigang/home").await;
    assert!(home.says("之前不再询问") && home.links(path).contains(&path.to_owned()), "{}", home.body);
    assert!(browser.get(path).await.says("拒绝过（共 1 次）"));
    browser.post(path, &[("consent.collect.query-account", "yes")]).await;
    assert!(!browser.get("/p/haigang/home").await.says("之前不再询问"));
}

#[tokio::test]
async fn only_what_ones_own_roles_are_asked_stands_among_the_choices() {
    let town = super::applying::family().await;
    let mut browser = super::applying::customer(&town).await;
    let platform = town.bench.house.platform("family").unwrap();
    let list = browser.get("/p/family/choices").await.links("/p/family/choices/");
    let of_others = |scope: &&policy::terms::Scope| {
        !scope.persons.is_empty() && scope.persons.iter().all(|role| !["user", "applicant"].contains(&role.as_str()))
    };
    let others: Vec<_> = platform.tables.scopes().iter().filter(of_others).collect();
    assert!(!others.is_empty() && !list.is_empty(), "{list:?}");
    for scope in others {
        let path = format!("/p/family/choices/{}", scope.id);
        assert!(!list.contains(&path), "{path}");
        assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        browser.get("/p/family/choices").await;
        browser.post(&path, &[(&format!("consent.{}", scope.id), "yes")]).await;
        assert_eq!(browser.page.status, StatusCode::NOT_FOUND, "nobody decides for another's role: {path}");
    }
    assert!(list.iter().any(|link| link.ends_with("/collect.insure")), "an applicant by applying: {list:?}");
}

#[tokio::test]
async fn r14_a_function_does_not_ask_again_for_what_can_be_left_out() {
    let town = super::applying::family_with(|policy| policy.replace("[\"email\"]", "[\"health-status\"]")).await;
    let platform = town.bench.house.platform("family").unwrap();
    let mut browser = super::applying::customer(&town).await;
    let form = super::applying::FORM;
    let scope = browser.get(form).await.scopes().into_iter().find(|scope| scope == "collect.insure.health");
    let scope = scope.unwrap_or_else(|| panic!("{}", browser.page.body));
    let choice = format!("/p/family/choices/{scope}");
    browser.get(&choice).await;
    browser.post(&choice, &[(&format!("consent.{scope}"), "no")]).await;
    let page = browser.get(form).await;
    assert!(!page.scopes().contains(&scope) && page.says("这里不再询问"), "{}", page.body);
    assert_eq!(page.links(&choice), [choice.as_str()], "who has changed their mind finds the way");
    assert!(!page.scopes().is_empty(), "what was not refused is asked");
    let asked = format!("consent.{scope}");
    browser.post(form, &[(&asked, "yes")]).await;
    assert_eq!(
        browser.page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a yes to words that no page showed counts for nothing"
    );
    assert!(browser.get(form).await.says("这里不再询问"), "{}", browser.page.body);
    // Its day comes, and it is asked once more.
    let days = platform.tables.program().operation.cool_down_days.value;
    town.bench.clock.advance(jiff::SignedDuration::from_hours(24 * i64::from(days)));
    browser.get("/p/family/login").await;
    browser.post("/p/family/login", &[("phone", "13900000001")]).await;
    let code = town.code("13900000001").await;
    browser.post("/p/family/login/code", &[("code", &code)]).await;
    let page = browser.get(form).await;
    assert!(page.scopes().contains(&scope) && !page.says("不再询问"), "{}", page.body);
}

#[tokio::test]
async fn a_permission_that_is_closed_here_takes_its_consent_along() {
    let town = town("anrun").await;
    let mut browser = customer(&town, "anrun").await;
    let path = "/p/anrun/permissions/camera";
    browser.get(path).await;
    assert!(browser.page.says("在设备上关闭") && browser.page.says("撤回相应的同意"));
    browser.post(path, &[("state", "off")]).await;
    assert!(browser.get("/p/anrun/permissions").await.says("恢复：相机权限"));
    browser.get(path).await;
    browser.post(path, &[("state", "on")]).await;
    assert!(browser.get("/p/anrun/permissions").await.says("关闭：相机权限"));
}

#[tokio::test]
async fn a_relative_of_the_dead_is_told_a_number_and_nothing_else() {
    let town = Town::haigang().await;
    let someone = person(1);
    town.customer(&someone).await;
    let mut stranger = town.browser();
    for number in [someone.number.as_str(), person(9).number.as_str()] {
        stranger.get("/p/haigang/relative").await;
        stranger.post("/p/haigang/relative", &[("right", "access"), ("number", number)]).await;
        assert!(stranger.page.says("req-") && !stranger.page.says(number), "{}", stranger.page.body);
    }
    stranger.get("/p/haigang/relative").await;
    stranger.post("/p/haigang/relative", &[("right", "access"), ("number", "?")]).await;
    assert_eq!(stranger.page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn r50_closing_shows_both_verdicts() {
    let town = town("anrun").await;
    let mut browser = customer(&town, "anrun").await;
    let page = browser.get("/p/anrun/close").await;
    assert!(page.says("公布文本和法律各怎么说") && page.says("暂不办理") && page.says("予以办理"), "{}", page.body);
    assert!(page.says("还没有确认：正在使用产品或服务") && !page.says("一项前提"), "{}", page.body);
}
