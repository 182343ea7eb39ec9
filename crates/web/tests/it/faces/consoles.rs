//! Staff at the console.

use axum::http::StatusCode;
use desk::seat::{NewSeat, first_link, seat_new, staff_login};
use testkit::{person, slug};

use super::access::agree;
use super::browser::{Browser, Town};
use super::customer::verified;

const PHRASE: &str = "seven grey herons at the weir";

/// A browser in which a seat with these roles is signed in; without roles: the operator.
pub(super) async fn clerk<'t>(town: &'t Town, roles: &[(&str, &str)]) -> Browser<'t> {
    let (house, stretch) = (&town.bench.house, town.bench.app.site.stretch);
    let mut browser = town.browser();
    if let Ok(link) = first_link(house).await {
        let path = format!("/console/first/{}", link.expose());
        browser.get(&path).await;
        let fields = [("name", "operator"), ("passphrase", PHRASE), ("again", PHRASE)];
        assert_eq!(browser.post(&path, &fields).await.location(), "/console/login");
    }
    let operator = staff_login(house, stretch, "operator", PHRASE).await.unwrap();
    let mut name = "operator".to_owned();
    if !roles.is_empty() {
        name = format!("clerk-{}", roles[0].1);
        let roles = roles.iter().map(|(platform, role)| (slug(platform), slug(role))).collect();
        let seat = NewSeat { name: name.clone(), passphrase: PHRASE.to_owned(), roles, operator: false };
        seat_new(house, stretch, &operator, seat).await.unwrap();
    }
    browser.get("/console/login").await;
    browser.post("/console/login", &[("name", &name), ("passphrase", PHRASE)]).await;
    assert_eq!(browser.page.location(), "/console/", "{}", browser.page.body);
    browser
}

/// What the first page counts leads nowhere that refuses the role.
#[tokio::test]
async fn the_first_page_counts_what_the_role_may_open() {
    let town = super::centre::town("anrun").await;
    let roles = town.bench.house.platform("anrun").unwrap();
    let roles = roles.tables.program().operation.roles.iter().map(|role| role.id.value.to_string());
    for role in roles.collect::<Vec<_>>() {
        let mut staff = clerk(&town, &[("anrun", &role)]).await;
        if !staff.get("/console/").await.status.is_success() {
            continue;
        }
        for link in staff.page.links("/console/") {
            let page = staff.get(&link).await;
            assert_ne!(page.status, StatusCode::FORBIDDEN, "{role}: {link}");
        }
    }
}

#[tokio::test]
async fn the_first_link_works_once() {
    let town = Town::haigang().await;
    let link = first_link(&town.bench.house).await.unwrap();
    let path = format!("/console/first/{}", link.expose());
    let mut browser = town.browser();
    browser.get(&path).await;
    let page = browser.post(&path, &[("name", "operator"), ("passphrase", PHRASE), ("again", "another")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.says(PHRASE), "a passphrase is never written back");
    let fields = [("name", "operator"), ("passphrase", PHRASE), ("again", PHRASE)];
    assert_eq!(browser.post(&path, &fields).await.location(), "/console/login");
    browser.get(&path).await;
    assert_eq!(browser.post(&path, &fields).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn staff_find_a_person_by_an_exact_number_and_open_a_value_with_a_reason() {
    let town = Town::haigang().await;
    let someone = person(1);
    let mut own = town.customer(&someone).await;
    agree(&mut own, "query-account").await;
    verified(&mut own, &someone).await;
    let mut staff = clerk(&town, &[("haigang", "compliance")]).await;
    staff.get("/console/subjects").await;
    staff.post("/console/subjects", &[("phone", &someone.phone)]).await;
    assert!(!staff.page.says(&someone.phone), "the number is not written back");
    let found = staff.page.links("/console/subjects/sub-");
    assert_eq!(found.len(), 1, "{}", staff.page.body);
    let page = staff.get(&found[0]).await;
    assert_eq!(page.status, StatusCode::OK);
    for value in someone.values() {
        assert!(!page.says(value), "masked");
    }
    let clear = page.links(&format!("{}/clear/", found[0]));
    let number = clear.iter().find(|link| link.contains(".phone")).unwrap_or_else(|| panic!("{clear:?}")).clone();
    assert_eq!(staff.get(&number).await.status, StatusCode::OK);
    assert_eq!(staff.post(&number, &[("purpose", "query-account")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    staff.post(&number, &[("purpose", "query-account"), ("reason", "customer-asked")]).await;
    assert_eq!(staff.page.status, StatusCode::OK, "{}", staff.page.body);
    assert!(staff.page.says(&someone.phone) && staff.page.says("客户请求协助"));
    let page = own.get("/p/haigang/receipts").await;
    assert!(page.says("工作人员（合规）"), "the person sees who looked: {}", page.body);
    staff.get("/console/subjects").await;
    staff.post("/console/subjects", &[("phone", &person(9).phone)]).await;
    assert!(staff.page.says("没有找到"));
}

#[tokio::test]
async fn the_ledger_is_checked_when_somebody_asks_for_it() {
    let town = Town::haigang().await;
    town.customer(&person(1)).await;
    let mut operator = clerk(&town, &[]).await;
    let page = operator.get("/console/ledger").await;
    assert!(page.says("整本核验较费时") && page.says("shouyue/haigang"));
    let command = page.body.split("<pre class=\"command\" id=\"command\">").nth(1).unwrap();
    assert!(command.starts_with("shouyue fsck --"), "{command}");
    operator.post("/console/ledger", &[]).await;
    assert!(operator.page.says("没有发现损坏"), "{}", operator.page.body);
    let page = operator.get("/console/policy").await;
    assert!(page.says("sha256:") && page.says("id=\"findings\""), "{}", page.body);
    assert!(page.says(">错误</a></span><b>0</b>"), "the operation file answers for every error");
    assert!(page.says("href=\"/console/policy/map\""));
    let page = operator.get("/console/policy/map").await;
    assert!(page.says("<svg ") && page.says("谁收到") && page.says("◆"), "{}", page.body);
    assert!(!page.says("<style") && !page.says(" style="), "no style inside a page");
}
