//! Reports at the console: for audit and compliance, each by a post that leaves a leaf.

use axum::http::StatusCode;
use desk::report::Kind;
use testkit::person;

use super::browser::Town;
use super::consoles::clerk;

#[tokio::test]
async fn every_report_is_made_in_words_and_by_those_alone_who_may() {
    let town = Town::haigang().await;
    let customer = town.customer(&person(1)).await;
    drop(customer);
    let mut auditor = clerk(&town, &[("haigang", "auditor")]).await;
    assert!(auditor.get("/console/").await.says("/console/reports"));
    for kind in Kind::ALL {
        let path = format!("/console/reports/{}", kind.word());
        auditor.get("/console/reports").await;
        let page = auditor.post(&path, &[]).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.says("没有发现问题") && page.says("sha256:"), "{path}: {}", page.body);
        assert!(!page.says("&lt;") && !page.body.contains("&#60;"), "{path}: marks stand there as text");
        // A head that the words lack would stand there as its key.
        for (at, _) in page.body.match_indices("role=\"columnheader\">") {
            let head = page.body.get(at..).unwrap().split('>').nth(1).unwrap().split('<').next().unwrap();
            assert!(!head.is_empty() && !head.bytes().any(|byte| byte.is_ascii_lowercase()), "{path}: {head}");
        }
        for value in [&person(1).name, &person(1).phone, &person(1).number] {
            assert!(!page.body.contains(value.as_str()), "{path}");
        }
        let ledger = auditor.get("/console/ledger").await;
        assert!(ledger.says("出具报告"), "making one is an act");
    }
    assert_eq!(auditor.post("/console/reports/everything", &[]).await.status, StatusCode::NOT_FOUND);
    let mut claims = clerk(&town, &[("haigang", "claims")]).await;
    assert!(!claims.get("/console/").await.says("/console/reports"));
    assert_eq!(claims.get("/console/reports").await.status, StatusCode::FORBIDDEN);
    claims.get("/console/").await;
    assert_eq!(claims.post("/console/reports/scan", &[]).await.status, StatusCode::FORBIDDEN);
}
