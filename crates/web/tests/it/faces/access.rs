//! Every route of the pages, by everybody: a route that this table lacks fails the test.

use std::collections::BTreeSet;
use std::path::Path;

use axum::http::StatusCode;
use testkit::{person, slug};

use super::browser::{Browser, Town};
use super::consoles::clerk;

/// What a request with GET comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gets {
    /// The page.
    Page,
    /// On to another page.
    On,
    /// Refused.
    No,
    /// There is none, for this caller.
    None,
    /// Only posts.
    Posts,
}
use Gets::{No, None as Nothing, On, Page, Posts};

/// Route, then a path of it for the customer whom it belongs to; what an anonymous visitor, that customer and another get.
const PORTAL: &[(&str, &str, [Gets; 3])] = &[
    ("/", "/", [Page, Page, Page]),
    ("/register/person", "", [Page, Page, Page]),
    ("/register/company", "", [Page, Page, Page]),
    ("/login", "", [Page, On, On]),
    ("/login/code", "", [On, On, On]),
    ("/login/again", "", [Posts, Posts, Posts]),
    ("/login/with/{way}", "/login/with/nothing", [Nothing, Nothing, Nothing]),
    ("/login/with/{way}/away", "/login/with/nothing/away", [Nothing, Nothing, Nothing]),
    ("/login/with/{way}/go", "/login/with/nothing/go", [Nothing, Nothing, Nothing]),
    ("/login/return", "", [Page, Page, Page]),
    ("/login/open", "", [Page, Page, Page]),
    ("/login/proof", "", [Posts, Posts, Posts]),
    ("/enter", "", [Page, Page, Page]),
    ("/logout", "", [Posts, Posts, Posts]),
    ("/logout/everywhere", "", [Posts, Posts, Posts]),
    ("/elder", "", [Posts, Posts, Posts]),
    ("/home", "", [On, Page, Page]),
    ("/functions/{id}", "/functions/policy-service", [On, Page, Page]),
    ("/functions/{id}", "/functions/no-such", [On, Nothing, Nothing]),
    ("/functions/{id}", "/functions/register", [On, Nothing, Nothing]),
    ("/functions/{id}/picture", "/functions/policy-service/picture", [Posts, Posts, Posts]),
    ("/consent/{scope}", "/consent/collect.verify-face.biometric", [On, Page, Page]),
    ("/consent/{scope}", "/consent/collect.register", [On, Nothing, Nothing]),
    ("/other-way/{of}", "/other-way/collect.verify-face.biometric", [On, Page, Page]),
    ("/verify/{function}", "/verify/verify-face", [On, On, On]),
    ("/verify/{function}", "/verify/register", [On, Nothing, Nothing]),
    ("/checks/{id}", "/checks/no-such", [On, Nothing, Nothing]),
    ("/records", "/records?function=query-account", [On, Page, No]),
    ("/records/{id}", "/records/{record}", [On, Page, Nothing]),
    ("/records/{id}/certificate", "/records/{record}/certificate", [On, Nothing, Nothing]),
    ("/records/{id}/cancel", "/records/{record}/cancel", [On, Nothing, Nothing]),
    ("/records/{id}/take-back", "/records/{record}/take-back", [Posts, Posts, Posts]),
    ("/records/{id}/replay", "/records/{record}/replay", [On, Nothing, Nothing]),
    ("/records/{id}/replay/{page}", "/records/{record}/replay/1", [On, Nothing, Nothing]),
    ("/records/{id}/attachments/{item}", "/records/{record}/attachments/registrant.id-image", [On, Page, Nothing]),
    ("/records/{id}/attachments/{item}", "/records/{record}/attachments/registrant.name", [On, Nothing, Nothing]),
    (
        "/records/{id}/attachments/{item}/{file}",
        "/records/{record}/attachments/registrant.id-image/att-00000000000000000000000000000000",
        [Posts, Posts, Posts],
    ),
    ("/updates/{version}", "/updates/1", [Posts, Posts, Posts]),
    ("/records/{id}/uploads/{item}", "/records/{record}/uploads/registrant.id-image", [Posts, Posts, Posts]),
    ("/uploads/{upload}", "/uploads/upl-00000000000000000000000000000000", [Posts, Posts, Posts]),
    ("/records/{id}/invitations", "/records/{record}/invitations", [On, Nothing, Nothing]),
    ("/records/{id}/roster/{role}", "/records/{record}/roster/employee", [On, Nothing, Nothing]),
    ("/records/{id}/roster/{role}/enrol", "/records/{record}/roster/employee/enrol", [Posts, Posts, Posts]),
    (
        "/records/{id}/roster/{role}/template.csv",
        "/records/{record}/roster/employee/template.csv",
        [On, Nothing, Nothing],
    ),
    ("/records/{id}/roster/{role}/result.csv", "/records/{record}/roster/employee/result.csv", [On, Nothing, Nothing]),
    ("/join/{link}", "/join/nobody-was-invited", [Nothing, Nothing, Nothing]),
    ("/payments", "", [On, Page, Page]),
    ("/payments/{id}", "/payments/pay-00000000000000000000000000000000", [On, Nothing, Nothing]),
    ("/payments/{id}/look", "/payments/pay-00000000000000000000000000000000/look", [Posts, Posts, Posts]),
    ("/agencies", "", [On, Page, Page]),
    ("/agencies/{id}", "/agencies/anhe", [On, Page, Page]),
    ("/agencies/{id}", "/agencies/nobody", [On, Nothing, Nothing]),
    ("/grants/{id}", "/grants/{grant}", [On, Page, Nothing]),
    ("/grants/{id}/revoke", "/grants/{grant}/revoke", [On, Page, Nothing]),
    ("/send", "", [On, Nothing, Nothing]),
    ("/send/{party}", "/send/anhe", [On, Nothing, Nothing]),
    ("/sent/{number}", "/sent/1", [On, Nothing, Nothing]),
    ("/mine", "", [On, Page, Page]),
    ("/mine/shared", "", [On, Page, Page]),
    ("/mine/{id}/clear", "/mine/{record}.registrant.name/clear", [On, Page, Nothing]),
    ("/consents", "", [On, Page, Page]),
    ("/consents/{id}/withdraw", "/consents/{grant}/withdraw", [On, Page, Nothing]),
    ("/close", "", [On, Page, Page]),
    ("/receipts", "", [On, Page, Page]),
    ("/receipts/{id}", "/receipts/1", [On, Page, Nothing]),
    ("/receipts/{id}", "/receipts/0", [On, Nothing, Nothing]),
    ("/receipts/{id}/download", "/receipts/1/download", [On, Page, Nothing]),
    ("/ledger/{index}/{leaf}", "/ledger/1/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", [Page, Page, Page]),
    ("/ledger/{index}/{leaf}", "/ledger/1/AAAA", [Nothing, Nothing, Nothing]),
    (
        "/ledger/{index}/{leaf}/destroyed",
        "/ledger/1/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/destroyed",
        [Page, Page, Page],
    ),
    ("/ledger/{index}/{leaf}/destroyed", "/ledger/1/AAAA/destroyed", [Nothing, Nothing, Nothing]),
    ("/verifier-key", "", [Page, Page, Page]),
    ("/privacy", "", [Page, Page, Page]),
    ("/mine/{id}/correct", "/mine/{record}.registrant.name/correct", [On, Page, Nothing]),
    ("/written/{scope}", "/written/inbound.no-such", [On, Nothing, Nothing]),
    ("/written/{scope}/sign", "/written/inbound.no-such/sign", [Posts, Posts, Posts]),
    ("/consents/{id}/document", "/consents/{grant}/document", [On, Nothing, Nothing]),
    ("/choices", "", [On, Page, Page]),
    ("/choices/{scope}", "/choices/collect.security", [On, Page, Page]),
    ("/choices/{scope}", "/choices/share.no-such", [On, Nothing, Nothing]),
    ("/switches", "", [On, Page, Page]),
    ("/switches/{scope}", "/switches/use.no-such", [On, Nothing, Nothing]),
    ("/permissions", "", [On, Page, Page]),
    ("/permissions/{id}", "/permissions/camera", [On, Page, Page]),
    ("/permissions/{id}", "/permissions/gyroscope", [On, Nothing, Nothing]),
    ("/do-not-track", "", [Page, Page, Page]),
    ("/rights/{right}", "/rights/copy", [On, Page, Page]),
    ("/rights/{right}", "/rights/no-such", [On, Nothing, Nothing]),
    ("/requests", "", [On, Page, Page]),
    ("/requests/{id}", "/requests/{request}", [On, Page, Nothing]),
    ("/service", "/service?right=complain", [On, Page, Page]),
    ("/restrict/{record}", "/restrict/{record}", [Posts, Posts, Posts]),
    ("/export/{right}", "/export/copy", [Posts, Posts, Posts]),
    ("/unsubscribe/{token}", "/unsubscribe/no-link", [Nothing, Nothing, Nothing]),
    ("/relative", "", [Page, Page, Page]),
    ("/policy", "", [Page, Page, Page]),
    ("/policy/archive", "", [Page, Page, Page]),
    ("/policy/map", "", [Page, Page, Page]),
    ("/policy/{version}", "/policy/no-such", [Nothing, Nothing, Nothing]),
    ("/lists", "", [Page, Page, Page]),
];

/// Route, a path of it; what an anonymous visitor, a customer, an operator without a role and a claims handler get.
const CONSOLE: &[(&str, &str, [Gets; 4])] = &[
    ("/", "/", [On, On, Page, Page]),
    ("/first/{token}", "/first/nothing", [Page, Page, Page, Page]),
    ("/login", "", [Page, Page, Page, Page]),
    ("/logout", "", [Posts, Posts, Posts, Posts]),
    ("/on/{platform}", "/on/haigang", [On, On, On, On]),
    ("/on/{platform}", "/on/nowhere", [On, On, Nothing, Nothing]),
    ("/subjects", "", [On, On, No, Page]),
    ("/subjects/{id}", "/subjects/{subject}", [On, On, No, Page]),
    ("/subjects/{id}", "/subjects/sub-00000000000000000000000000000000", [On, On, No, Nothing]),
    ("/subjects/{id}/clear/{item}", "/subjects/{subject}/clear/{record}.registrant.name", [On, On, No, Page]),
    ("/subjects/{id}/clear/{item}", "/subjects/{subject}/clear/{grant}.registrant.name", [On, On, No, Nothing]),
    (
        "/subjects/{id}/attachments/{file}",
        "/subjects/{subject}/attachments/{record}.registrant.att-00000000000000000000000000000000",
        [On, On, No, Nothing],
    ),
    ("/subjects/{id}/assignments", "/subjects/{subject}/assignments", [Posts, Posts, Posts, Posts]),
    ("/subjects/{id}/approvals", "/subjects/{subject}/approvals", [Posts, Posts, Posts, Posts]),
    ("/subjects/{id}/verifications", "/subjects/{subject}/verifications", [Posts, Posts, Posts, Posts]),
    ("/approvals", "", [On, On, No, Page]),
    ("/services", "", [On, On, No, Page]),
    ("/services/{request}", "/services/rec-00000000000000000000000000000000", [On, On, No, Nothing]),
    ("/parties", "", [On, On, No, No]),
    ("/parties/{id}", "/parties/anhe", [On, On, No, No]),
    ("/thresholds", "", [On, On, No, Page]),
    ("/thresholds/{rule}", "/thresholds/R34", [On, On, No, Page]),
    ("/thresholds/{rule}", "/thresholds/R1", [On, On, No, Nothing]),
    ("/reports", "", [On, On, No, No]),
    ("/reports/{kind}", "/reports/scan", [Posts, Posts, Posts, Posts]),
    ("/case", "", [On, On, No, No]),
    ("/cases/{case}", "/cases/asg-00000000000000000000000000000000", [On, On, No, No]),
    ("/subjects/{id}/records/{record}/replay", "/subjects/{subject}/records/{record}/replay", [On, On, No, Nothing]),
    (
        "/subjects/{id}/records/{record}/replay/{page}",
        "/subjects/{subject}/records/{record}/replay/1",
        [On, On, No, Nothing],
    ),
    ("/requests", "", [On, On, No, Page]),
    ("/requests/{id}", "/requests/{request}", [On, On, No, Page]),
    ("/requests/{id}/answer", "/requests/{request}/answer", [Posts, Posts, Posts, Posts]),
    ("/requests/{id}", "/requests/req-00000000000000000000000000000000", [On, On, No, Nothing]),
    ("/ledger", "", [On, On, Page, Page]),
    ("/policy", "", [On, On, Page, Page]),
    ("/policy/map", "", [On, On, Page, Page]),
    ("/policy/findings", "", [On, On, Page, Page]),
    ("/drafts/{print}", "/drafts/00000000", [On, On, Nothing, Nothing]),
    ("/drafts/{print}/changes", "/drafts/00000000/changes", [On, On, Nothing, Nothing]),
    ("/rules", "", [On, On, Page, Page]),
    ("/rules/{code}", "/rules/R41", [On, On, Page, Page]),
    ("/rules/{code}", "/rules/R999", [On, On, Nothing, Nothing]),
    ("/notices", "", [On, On, Page, Page]),
];

/// Ids of the customer whom the table is about.
struct Ids {
    record: String,
    grant: String,
    subject: String,
    request: String,
}

fn filled(path: &str, ids: &Ids) -> String {
    path.replace("{record}", &ids.record)
        .replace("{grant}", &ids.grant)
        .replace("{subject}", &ids.subject)
        .replace("{request}", &ids.request)
}

fn got(status: StatusCode) -> Gets {
    match status {
        StatusCode::OK => Page,
        StatusCode::SEE_OTHER | StatusCode::PERMANENT_REDIRECT => On,
        StatusCode::FORBIDDEN => No,
        StatusCode::NOT_FOUND => Nothing,
        StatusCode::METHOD_NOT_ALLOWED => Posts,
        other => panic!("{other}"),
    }
}

/// Agrees to what a function asks.
pub(super) async fn agree(browser: &mut Browser<'_>, function: &str) {
    let path = format!("/p/haigang/functions/{function}");
    browser.get(&path).await;
    let answers: Vec<(String, String)> =
        browser.page.scopes().into_iter().map(|scope| (format!("consent.{scope}"), "yes".to_owned())).collect();
    let answers: Vec<(&str, &str)> = answers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(&path, &answers).await;
    assert!(
        browser.page.location().starts_with("/p/haigang/home?done="),
        "{} {}",
        browser.page.status,
        browser.page.body
    );
}

#[tokio::test]
async fn every_route_by_everybody() {
    let town = Town::haigang().await;
    let mut own = town.customer(&person(1)).await;
    agree(&mut own, "query-account").await;
    let grant = grant(&mut own).await;
    own.get("/p/haigang/mine").await;
    let clear = own.page.links("/p/haigang/mine/rec-").remove(0);
    let record = clear.trim_start_matches("/p/haigang/mine/").split('.').next().unwrap().to_owned();
    let found = town.bench.store.record(&slug("haigang"), record.parse().unwrap()).await.unwrap().unwrap();
    own.get("/p/haigang/rights/restrict").await;
    own.post("/p/haigang/rights/restrict", &[]).await;
    let request = own.page.location().trim_start_matches("/p/haigang/requests/").to_owned();
    let ids = Ids { record, grant, subject: found.roles[0].0.to_string(), request };
    let mut other = town.customer(&person(2)).await;
    let mut wrong = Vec::new();
    for (route, path, expected) in PORTAL {
        let path = format!("/p/haigang{}", filled(if path.is_empty() { route } else { path }, &ids));
        let mut stranger = town.browser();
        for (browser, expected) in [&mut stranger, &mut own, &mut other].into_iter().zip(expected) {
            let got = got(browser.get(&path).await.status);
            if got != *expected {
                wrong.push(format!("{path}: {got:?} instead of {expected:?}"));
            }
            super::guard::holds(&path, &browser.page);
        }
    }
    let (mut operator, mut claims) = (clerk(&town, &[]).await, clerk(&town, &[("haigang", "claims")]).await);
    for (route, path, expected) in CONSOLE {
        let path = format!("/console{}", filled(if path.is_empty() { route } else { path }, &ids));
        let mut stranger = town.browser();
        for (browser, expected) in [&mut stranger, &mut own, &mut operator, &mut claims].into_iter().zip(expected) {
            let got = got(browser.get(&path).await.status);
            if got != *expected {
                wrong.push(format!("{path}: {got:?} instead of {expected:?}"));
            }
            super::guard::holds(&path, &browser.page);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Grants a party and says the grant's id.
pub(super) async fn grant(browser: &mut Browser<'_>) -> String {
    browser.get("/p/haigang/agencies/anhe").await;
    let mut answers = vec![("until".to_owned(), "90".to_owned())];
    answers.extend(browser.page.scopes().into_iter().map(|scope| (format!("consent.{scope}"), "yes".to_owned())));
    let answers: Vec<(&str, &str)> = answers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post("/p/haigang/agencies/anhe", &answers).await;
    let on = browser.page.location().to_owned();
    on.strip_prefix("/p/haigang/grants/").unwrap_or_else(|| panic!("{}", browser.page.body)).to_owned()
}

#[test]
fn the_table_lacks_no_route() {
    let source = |file: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let routes = |text: &str| -> BTreeSet<String> {
        text.split(".route(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let portal: BTreeSet<String> = PORTAL.iter().map(|(route, _, _)| (*route).to_owned()).collect();
    let console: BTreeSet<String> = CONSOLE.iter().map(|(route, _, _)| (*route).to_owned()).collect();
    assert_eq!(routes(&source("src/portal/mod.rs")), portal);
    assert_eq!(routes(&source("src/console/mod.rs")), console);
}
