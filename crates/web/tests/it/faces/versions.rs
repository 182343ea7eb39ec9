//! A later version on the pages: announced beforehand, asked again for what it widens and for nothing else, archived.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use desk::consent;
use model::SubjectId;
use policy::compile::Tables;
use policy::diff::{Fate, diff};
use policy::finding::Source;
use policy::syntax::Kind;
use testkit::{haigang, person};

use super::access::agree;
use super::browser::{Browser, Page, Town};
use super::consoles::clerk;

/// The later version of 海港's text that takes effect on the first of September.
pub(super) fn later() -> (Source, Source) {
    let policy = include_str!("../../../../../platforms/haigang/later/2026-09-01.toml");
    let operation = include_str!("../../../../../platforms/haigang/later/operation.toml");
    (Source::new("2026-09-01.toml", policy), Source::new("operation.toml", operation))
}

/// What a page asks again, by scope.
fn again(page: &Page) -> BTreeSet<String> {
    let section = page.body.split_once("<section id=\"again\">").map_or("", |(_, rest)| rest);
    let section = section.split("</section>").next().unwrap();
    let links = section.split("href=\"/p/haigang/choices/").skip(1);
    links.map(|link| link.split('"').next().unwrap().to_owned()).collect()
}

async fn decide(browser: &mut Browser<'_>, scope: &str, answer: &str) {
    let path = format!("/p/haigang/choices/{scope}");
    browser.get(&path).await;
    assert_eq!(browser.page.scopes(), [scope]);
    browser.post(&path, &[(format!("consent.{scope}").as_str(), answer)]).await;
    assert!(browser.page.location().starts_with("/p/haigang/home?done="), "{}", browser.page.body);
}

/// What needs none of the scopes that are declined.
const OTHERS: [&str; 3] = ["保单查询", "授权指定保险代理机构", "保单相关业务办理"];

/// Whether a function is open on the first page.
fn state_of(page: &Page, function: &str) -> bool {
    let card = page.body.split("<li class=\"card ").find(|card| card.contains(&format!(">{function}<"))).unwrap();
    card.starts_with("open")
}

#[tokio::test]
async fn r09_a_later_version_asks_again_for_what_it_widens_and_for_nothing_else() {
    let town = Town::haigang().await;
    let someone = person(1);
    let mut browser = town.customer(&someone).await;
    agree(&mut browser, "query-account").await;
    agree(&mut browser, "query-policy").await;
    let page = browser.get("/p/haigang/home").await;
    assert!(state_of(page, "账户信息查询"));
    let others = OTHERS.map(|function| state_of(page, function));
    assert!(others.contains(&true));
    let old = town.bench.platform();
    let new = town.bench.publish(later()).await;
    let page = browser.get("/p/haigang/consents").await;
    assert!(again(page).is_empty(), "it is announced, and not in force");
    let page = browser.get("/p/haigang/policy/archive").await;
    assert!(page.says("即将施行") && page.says("2026年9月1日</time>起施行"), "{}", page.body);

    let subject = subject(&town, &someone).await;
    let given: BTreeSet<String> = scopes(&town, subject).await;
    town.bench.clock.set("2026-08-31T16:00:00Z");
    let differs = diff(&old.tables, &new.tables, town.bench.house.now()).unwrap();
    let widened = differs.consents.iter().filter(|one| one.fate == Fate::Again).map(|one| one.scope.clone());
    let expected: BTreeSet<String> = widened.filter(|scope| given.contains(scope)).collect();
    assert!(expected.len() == 2 && given.len() > 3, "{expected:?} of {given:?}");

    let mut browser = town.browser();
    browser.get("/p/haigang/login").await;
    browser.post("/p/haigang/login", &[("phone", &someone.phone)]).await;
    browser.log_in(&someone).await;
    assert_eq!(again(browser.get("/p/haigang/consents").await), expected);
    let page = browser.get("/p/haigang/home").await;
    assert_eq!(again(page), expected);
    assert!(!state_of(page, "账户信息查询"));
    assert_eq!(OTHERS.map(|function| state_of(page, function)), others);
    // And says why: the account takes an e-mail address now, which nobody agreed to before.
    let section = page.body.split_once("<section id=\"again\">").unwrap().1.split("</section>").next().unwrap();
    let whys: Vec<&str> = section.split("<ul class=\"plain why\">").skip(1).collect();
    assert_eq!(whys.len(), expected.len());
    assert!(whys.iter().all(|why| why.starts_with("<li>")), "{section}");
    assert!(section.contains("新增了要收集或使用的信息：") && section.contains("邮箱"), "{section}");

    // Declining one closes what needs it, and nothing else; it is not asked again.
    decide(&mut browser, "collect.query-account", "no").await;
    let page = browser.get("/p/haigang/home").await;
    assert_eq!(again(page), BTreeSet::from(["collect.register".to_owned()]));
    assert!(!state_of(page, "账户信息查询"));
    assert_eq!(OTHERS.map(|function| state_of(page, function)), others);
    decide(&mut browser, "collect.register", "yes").await;
    assert!(again(browser.get("/p/haigang/consents").await).is_empty());
    assert!(browser.page.says("政策已更新，不再适用"), "what was agreed to before is no longer said to hold");
    assert!(scopes(&town, subject).await.contains("collect.register"));
}

#[tokio::test]
async fn r62_each_version_is_read_by_its_fingerprint_and_says_how_far_it_has_come() {
    let town = Town::haigang().await;
    let old = town.bench.platform();
    let new = town.bench.publish(later()).await;
    let mut browser = town.browser();
    let (was, is) =
        (format!("/p/haigang/policy/{}", old.text.short()), format!("/p/haigang/policy/{}", new.text.short()));
    let page = browser.get(&is).await;
    assert!(page.says("即将施行") && page.says("示例推送SDK"), "{}", page.body);
    assert_eq!(browser.get(&was).await.status, StatusCode::SEE_OTHER, "the one in force has its own address");
    town.bench.clock.set("2026-08-31T16:00:00Z");
    let page = browser.get(&was).await;
    assert!(page.says("这不是当前生效的版本") && !page.says("示例推送SDK"));
    assert!(browser.get("/p/haigang/policy").await.says("示例推送SDK"));
    let page = browser.get("/p/haigang/policy/archive").await;
    assert!(page.says("当前版本") && page.says("已被取代"));
    assert_eq!(haigang().0.text, town_source(&town).await, "the archive holds the file as it was published");
}

#[tokio::test]
async fn r62_the_pages_of_an_earlier_and_an_announced_version_say_what_these_say_of_themselves() {
    let town = Town::haigang().await;
    let old = town.bench.platform();
    let new = town.bench.publish(later()).await;
    let mut browser = town.browser();
    let dates = |page: &Page| {
        let facts =
            page.body.split_once("<dl class=\"facts sheet versions\">").unwrap().1.split("</dl>").next().unwrap();
        (facts.contains("2026年8月1日"), facts.contains("2026年9月1日"), facts.matches("文本未载明").count())
    };
    assert_eq!(dates(browser.get("/p/haigang/policy").await), (false, false, 2), "the first bears none");
    let of_new = format!("/p/haigang/policy/{}", new.text);
    assert_eq!(dates(browser.get(&of_new).await), (true, true, 0));
    town.bench.clock.set("2026-08-31T16:00:00Z");
    assert_eq!(dates(browser.get("/p/haigang/policy").await), (true, true, 0));
    // Whichever of its fingerprints somebody has.
    for print in
        [old.text.to_string(), old.text.short(), old.tables.policy().to_string(), old.tables.fingerprint().to_string()]
    {
        let page = browser.get(&format!("/p/haigang/policy/{print}")).await;
        assert!(page.says("这不是当前生效的版本") && dates(page) == (false, false, 2), "{print}");
    }
    assert_eq!(browser.get("/p/haigang/policy/sha256:00").await.status, StatusCode::NOT_FOUND);
    let page = browser.get("/p/haigang/policy/archive").await;
    let cards: Vec<&str> = page.body.split("<h2>").skip(1).collect();
    assert_eq!(cards.len(), 2, "{}", page.body);
    assert!(cards[0].contains("2026年8月1日") && cards[0].contains("主要变化"), "{}", cards[0]);
    assert!(cards[0].contains("接收方") && cards[0].contains(&new.text.to_string()));
    assert!(!cards[1].contains("主要变化") && cards[1].contains(&old.text.to_string()));
}

/// 海港's text says that rights are cut with a new consent only.
#[tokio::test]
async fn r09_whoever_consented_is_asked_again_where_rights_are_cut_and_reads_why() {
    let town = Town::haigang().await;
    let (policy, operation) = haigang();
    let sooner = policy.text.replacen("length = { count = 15,", "length = { count = 10,", 1);
    assert_ne!(*sooner, *policy.text);
    town.bench.publish((Source::new("undated.toml", sooner), operation)).await;
    let someone = person(1);
    town.customer(&someone).await;
    town.bench.clock.set("2026-06-20T02:00:00Z");
    town.bench.publish(haigang()).await;
    let mut browser = town.browser();
    browser.get("/p/haigang/login").await;
    browser.post("/p/haigang/login", &[("phone", &someone.phone)]).await;
    browser.log_in(&someone).await;
    let page = browser.get("/p/haigang/consents").await;
    assert!(again(page).contains("collect.register"), "{}", page.body);
    let section = page.body.split_once("<section id=\"again\">").unwrap().1.split("</section>").next().unwrap();
    assert!(section.contains("您的权利有所减少，按原政策的承诺重新征得您的同意"), "{section}");
    decide(&mut browser, "collect.register", "yes").await;
    assert!(!again(browser.get("/p/haigang/consents").await).contains("collect.register"));
}

#[tokio::test]
async fn r09_who_comes_by_is_told_of_a_new_version_until_they_say_so() {
    let town = Town::haigang().await;
    let mut browser = town.customer(&person(1)).await;
    assert!(!browser.get("/p/haigang/home").await.says("我已知悉"));
    town.bench.publish(later()).await;
    let page = browser.get("/p/haigang/home").await;
    assert!(page.says("新版本自 <time datetime=\"2026-09-01\">2026年9月1日</time>起将施行"), "{}", page.body);
    assert!(page.says("/p/haigang/updates/2"));
    browser.post("/p/haigang/updates/2", &[]).await;
    assert!(browser.page.location().starts_with("/p/haigang/home?done="), "it leaves a receipt");
    let newest = town.newest().await;
    assert_eq!((newest.act, newest.because.as_deref()), (desk::leaf::Act::Told, Some("2:pop-up")));
    assert!(!browser.get("/p/haigang/home").await.says("我已知悉"));
    browser.post("/p/haigang/updates/2", &[]).await;
    assert_eq!(browser.page.location(), "/p/haigang/home", "what was told is told");
}

/// Heading, items and version of each card on the page of consents.
fn cards(page: &Page) -> Vec<(String, Vec<String>, String)> {
    let value = |card: &str, label: &str| {
        let after = card.split_once(&format!("<dt>{label}</dt><dd>")).map_or("", |(_, after)| after);
        after.split("</dd>").next().unwrap().to_owned()
    };
    let heading = |card: &str| {
        let (_, from) = card.split_once("<h").unwrap();
        from.split_once('>').unwrap().1.split("</h").next().unwrap().to_owned()
    };
    let items = |card: &str| value(card, "涉及信息").split('、').map(str::to_owned).collect();
    let cards = page.body.split("<li class=\"consent-line\">").skip(1);
    cards.map(|card| (heading(card), items(card), value(card, "政策版本"))).collect()
}

/// What a version says of a scope: its title, and the names of its items.
fn said(tables: &Tables, id: &str) -> (String, Vec<String>) {
    let scope = tables.scopes().iter().find(|scope| scope.id == id).unwrap();
    let name = |item: &model::Slug| tables.program().names.name_of(Kind::Item, item.as_str()).to_owned();
    (render::consent::text_of(tables, id).unwrap().title, scope.items.iter().map(name).collect())
}

/// The later version adds an item to what registration takes, and here calls a function by another name.
#[tokio::test]
async fn r62_a_consent_is_shown_as_the_version_has_it_that_it_was_given_to() {
    let town = Town::haigang().await;
    let someone = person(1);
    let mut browser = town.customer(&someone).await;
    agree(&mut browser, "query-account").await;
    let old = town.bench.platform();
    let (policy, operation) = later();
    let named = "id = \"query-account\"\nname = \"账户信息查询\"";
    let renamed = policy.text.replacen(named, "id = \"query-account\"\nname = \"我的账户查询\"", 1);
    assert_ne!(*renamed, *policy.text);
    let new = town.bench.publish((Source::new("2026-09-01.toml", renamed), operation)).await;
    town.bench.clock.set("2026-08-31T16:00:00Z");
    let (register, query) = ("collect.register", "collect.query-account");
    let ((was, had), (is, has)) = (said(&old.tables, register), said(&new.tables, register));
    let email = "邮箱".to_owned();
    assert!(!had.contains(&email) && has.contains(&email), "{had:?} {has:?}");
    let ((called_before, _), (called_now, _)) = (said(&old.tables, query), said(&new.tables, query));
    assert!(called_before.contains("账户信息查询") && called_now.contains("我的账户查询"));

    let mut browser = town.browser();
    browser.get("/p/haigang/login").await;
    browser.post("/p/haigang/login", &[("phone", &someone.phone)]).await;
    browser.log_in(&someone).await;
    decide(&mut browser, register, "yes").await;
    let page = browser.get("/p/haigang/consents").await;
    let shown = cards(page);
    let of = |heading: &str, version: &str| -> Vec<Vec<String>> {
        let fits = shown.iter().filter(|(title, _, of)| title == heading && of.contains(version));
        fits.map(|(_, items, _)| items.clone()).collect()
    };
    assert_eq!(of(&was, "未载明日期"), [had], "{}", page.body);
    assert_eq!(of(&is, "2026-09-01"), [has], "{}", page.body);
    assert_eq!(of(&called_before, "未载明日期").len(), 1, "{}", page.body);
    assert!(of(&called_now, "").is_empty(), "it was not asked by that name: {}", page.body);
    // Its clause stands in the text that it was given to.
    assert!(page.says(&format!("/p/haigang/policy/{}#", old.text.short())), "{}", page.body);

    let mut staff = clerk(&town, &[("haigang", "compliance")]).await;
    let subject = subject(&town, &someone).await;
    let page = staff.get(&format!("/console/subjects/{subject}")).await;
    assert!(page.says(&format!("<b>{called_before}</b><code>{query}</code>")), "{}", page.body);
}

async fn town_source(town: &Town) -> std::sync::Arc<str> {
    let (house, platform) = (&town.bench.house, &town.bench.platform());
    let versions = desk::publish::versions(house, platform).await.unwrap();
    desk::publish::texts(house, &platform.id, &versions[0]).await.unwrap().source.into()
}

async fn subject(town: &Town, someone: &testkit::Person) -> SubjectId {
    let platform = town.bench.platform();
    let newest = town.bench.store.head(&platform.id).await.unwrap().size;
    assert!(newest > 0, "{} registered", someone.phone);
    let leaves = town.bench.store.changes(&platform.id, 0, 50).await.unwrap();
    leaves.into_iter().find_map(|row| row.change.subject).unwrap()
}

/// The scopes of which a consent stands.
async fn scopes(town: &Town, subject: SubjectId) -> BTreeSet<String> {
    let views = consent::list(&town.bench.house, &town.bench.platform(), subject).await.unwrap();
    views.into_iter().filter(|view| view.stands).map(|view| view.scope).collect()
}
