//! A photograph on the record's page: sent, listed, opened, kept out where it must be, gone with the record.

use axum::http::StatusCode;
use testkit::person;

use super::access::agree;
use super::browser::{Browser, Page, Town};
use super::consoles::clerk;

/// The page's form with one file; what is taken in leads on.
async fn upload<'b>(browser: &'b mut Browser<'_>, path: &str, file: &[u8]) -> &'b Page {
    browser.get(path).await;
    let once = browser.page.values("once").first().cloned().unwrap_or_default();
    browser.post_file(path, &[("once", &once)], ("photo", file)).await;
    if browser.page.status == StatusCode::SEE_OTHER {
        let on = browser.page.location().to_owned();
        browser.get(&on).await;
    }
    &browser.page
}

pub(super) fn photograph(length: usize) -> Vec<u8> {
    let mut file = vec![0xff, 0xd8, 0xff, 0xe0];
    file.resize(length, b'.');
    file
}

/// The customer's own record.
pub(super) async fn own_record(browser: &mut Browser<'_>) -> String {
    agree(browser, "query-account").await;
    browser.get("/p/haigang/mine").await;
    let clear = browser.page.links("/p/haigang/mine/rec-").remove(0);
    clear.trim_start_matches("/p/haigang/mine/").split('.').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_photograph_is_sent_listed_and_opened_and_staff_need_a_reason() {
    let town = Town::haigang().await;
    let mut own = town.customer(&person(1)).await;
    let record = own_record(&mut own).await;
    let page = format!("/p/haigang/records/{record}");
    let path = format!("{page}/attachments/registrant.id-image");
    assert!(own.get(&page).await.body.contains(&path), "the record's page leads there: {}", own.page.body);
    assert!(own.get(&path).await.says("capture=\"environment\"") && own.page.says("accept=\"image/jpeg"));

    // Larger than any form.
    let done = upload(&mut own, &path, &photograph(3_000_000)).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert!(done.says("已收到") && done.says("JPEG，3 MB"), "{}", done.body);
    let open = done.body.split("action=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    let open = open.into_iter().find(|action| action.contains("/att-")).unwrap();
    assert!(own.get(&page).await.says("已上传 1 份"));
    assert!(town.bench.store.integrity(&testkit::slug("haigang")).await.unwrap().is_empty());

    own.post(&open, &[]).await;
    assert_eq!(own.page.status, StatusCode::OK);
    assert!(own.page.body.len() >= 2_999_000, "{}", own.page.body.len());
    let mut other = town.customer(&person(2)).await;
    assert_eq!(other.post(&open, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(upload(&mut other, &path, &photograph(100)).await.status, StatusCode::NOT_FOUND);

    own.get("/p/haigang/rights/copy").await;
    own.post("/p/haigang/export/copy", &[]).await;
    assert!(own.page.body.len() >= 2_999_000 && own.page.says("signature.txt"), "{}", own.page.body.len());
    let mut other = town.customer(&person(3)).await;
    other.get("/p/haigang/rights/copy").await;
    other.post("/p/haigang/export/copy", &[]).await;
    assert!(other.page.says("data.json") && !other.page.says("files/att-"), "another's is in no copy");

    let found = town.bench.store.record(&testkit::slug("haigang"), record.parse().unwrap()).await.unwrap().unwrap();
    let subject = found.roles[0].0;
    let mut staff = clerk(&town, &[("haigang", "compliance")]).await;
    let page = staff.get(&format!("/console/subjects/{subject}")).await;
    let link = page.links(&format!("/console/subjects/{subject}/attachments/")).remove(0);
    assert!(staff.get(&link).await.says("证件影像"), "{}", staff.page.body);
    assert_eq!(staff.post(&link, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "without a reason");
    staff.post(&link, &[("purpose", "query-account"), ("reason", "case-handling")]).await;
    assert_eq!(staff.page.status, StatusCode::OK, "{}", staff.page.body);
    assert!(staff.page.body.len() >= 2_999_000);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_uploads_once() {
    let town = Town::haigang().await;
    let mut own = town.customer(&person(1)).await;
    let record = own_record(&mut own).await;
    let path = format!("/p/haigang/records/{record}/attachments/registrant.id-image");
    let once = own.get(&path).await.values("once").remove(0);
    let fields = [("once", once.as_str())];
    let mut leads = Vec::new();
    for _ in 0..2 {
        own.get(&path).await;
        let page = own.post_file(&path, &fields, ("photo", &photograph(3_000))).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        leads.push(page.location().to_owned());
    }
    assert_eq!(leads[0], leads[1]);
    assert_eq!(
        own.get(&leads[0]).await.body.matches("JPEG，3 KB").count(),
        2,
        "its line and its button: {}",
        own.page.body
    );
    assert_ne!(own.page.values("once"), [once.as_str()], "the next one is another");
    let other = own.post_file(&path, &fields, ("photo", &photograph(4_000))).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(other.says("这个页面刚才已经上传了另一个文件"), "{}", other.body);
}

#[tokio::test]
async fn what_cannot_be_taken_says_so_on_the_same_page() {
    let town = Town::haigang().await;
    let mut own = town.customer(&person(1)).await;
    let record = own_record(&mut own).await;
    let path = format!("/p/haigang/records/{record}/attachments/registrant.id-image");
    for (file, words) in [
        (b"%PDF-1.7 a paper and no photograph".to_vec(), "不是本项可以接受的文件类型"),
        (photograph(21 << 20), "文件太大"),
        (Vec::new(), "请先选择或拍摄一个文件"),
    ] {
        let refused = upload(&mut own, &path, &file).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.says(words), "{words}: {}", refused.body);
    }
    assert!(!own.get(&path).await.says("已上传"));
}
