//! Filling in from a picture of a card: with the reader as Debian has it, with none, and with one that fails.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::http::StatusCode;
use desk::leaf::{Act, Entry};
use desk::ports::{Ocr, Outside};
use model::Clear;
use testkit::{TestHouse, person, slug};

use super::browser::{Browser, Town};

const FUNCTION: &str = "/p/haigang/functions/policy-service";
const PICTURE: &str = "/p/haigang/functions/policy-service/picture";
/// An invented identity card, and what stands on it.
const CARD: &[u8] = include_bytes!("../../../../connect/src/tesseract/card.png");
const NUMBER: &str = "99010519900501002X";

/// Somebody who answers what a test wants, and counts.
struct Reader(Mutex<usize>, Result<&'static str, Outside>);

impl Reader {
    fn saying(answer: Result<&'static str, Outside>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(0), answer))
    }

    fn asked(&self) -> usize {
        *self.0.lock().unwrap()
    }
}

#[async_trait]
impl Ocr for Reader {
    fn is_there(&self) -> bool {
        true
    }

    async fn read(&self, _: Clear<Vec<u8>>) -> Result<Clear<String>, Outside> {
        *self.0.lock().unwrap() += 1;
        self.1.map(|text| Clear::new(text.to_owned()))
    }
}

/// A customer at the form.
async fn at_the_form(town: &Town) -> Browser<'_> {
    let mut browser = town.customer(&person(1)).await;
    browser.get(FUNCTION).await;
    assert_eq!(browser.page.status, StatusCode::OK, "{}", browser.page.body);
    browser
}

/// Every consent that the page asks, answered.
fn answered(browser: &Browser<'_>, answer: &str) -> Vec<(String, String)> {
    browser.page.scopes().into_iter().map(|scope| (format!("consent.{scope}"), answer.to_owned())).collect()
}

async fn pictured(browser: &mut Browser<'_>, fields: &[(String, String)]) {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post_file(PICTURE, &fields, ("picture", CARD)).await;
}

async fn entries(town: &Town) -> Vec<Entry> {
    let rows = town.bench.store.leaves(&slug("haigang"), 0, 1000).await.unwrap();
    rows.iter().map(|row| serde_json::from_slice(&row.entry).unwrap()).collect()
}

fn looks(entries: &[Entry]) -> Vec<&Entry> {
    entries.iter().filter(|entry| entry.because.as_deref() == Some("read-from-picture")).collect()
}

#[tokio::test]
async fn a_card_fills_in_what_is_empty_and_nothing_of_it_is_kept_before_the_form_is_sent() {
    let town = Town::on(TestHouse::reading().await);
    let mut browser = at_the_form(&town).await;
    assert!(browser.page.says("formaction=\"/p/haigang/functions/policy-service/picture"), "{}", browser.page.body);
    let mut fields = answered(&browser, "yes");
    assert!(!fields.is_empty());
    fields.push(("applicant.email".to_owned(), "li@shili.example".to_owned()));
    fields.push(("applicant.name".to_owned(), person(1).name));
    pictured(&mut browser, &fields).await;
    assert_eq!(browser.page.status, StatusCode::OK, "{}", browser.page.body);
    assert_eq!(browser.page.values("applicant.id-number"), [NUMBER]);
    assert_eq!(browser.page.values("applicant.birth-date"), ["1990-05-01"]);
    assert_eq!(browser.page.values("applicant.email"), ["li@shili.example"], "what was typed stays");
    assert_eq!(browser.page.values("applicant.name"), [person(1).name], "and is not overwritten");
    let marks = browser.page.body.matches("识别所得，请核对</span>").count();
    assert_eq!(marks, 4, "number, birthday, sex and address: {}", browser.page.body);
    assert!(browser.page.scopes().is_empty(), "the answers count already");

    for marker in [NUMBER, "示例省示例市示例区示例路26号"] {
        assert!(town.bench.files_with(marker.as_bytes()).is_empty(), "{marker}");
    }
    assert!(town.bench.files_with(&CARD[1000..1064]).is_empty(), "no byte of the picture");
    let entries = entries(&town).await;
    let [look] = looks(&entries)[..] else { panic!("one leaf") };
    assert_eq!((look.act, look.record.as_ref()), (Act::Collect, None));
    assert!(look.items.contains(&slug("id-number")) && !look.items.contains(&slug("email")), "{:?}", look.items);
}

#[tokio::test]
async fn without_the_consents_no_picture_is_read() {
    let reader = Reader::saying(Ok("姓名李示例"));
    let town = Town::on(TestHouse::reading_by(reader.clone()).await);
    let mut browser = at_the_form(&town).await;
    pictured(&mut browser, &[("applicant.email".to_owned(), "li@shili.example".to_owned())]).await;
    assert_eq!(browser.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.page.values("applicant.email"), ["li@shili.example"]);

    let refused = answered(&browser, "no");
    pictured(&mut browser, &refused).await;
    assert_eq!(browser.page.status, StatusCode::FORBIDDEN, "{}", browser.page.body);
    assert_eq!(reader.asked(), 0);
    let entries = entries(&town).await;
    let [look] = looks(&entries)[..] else { panic!("one leaf") };
    assert_eq!(look.act, Act::Refused);
}

#[tokio::test]
async fn while_the_camera_is_switched_off_no_picture_is_read() {
    let reader = Reader::saying(Ok("姓名李示例"));
    let town = Town::on(TestHouse::reading_by(reader.clone()).await);
    let mut browser = at_the_form(&town).await;
    browser.get("/p/haigang/permissions/camera").await;
    browser.post("/p/haigang/permissions/camera", &[("state", "off")]).await;
    browser.get(FUNCTION).await;
    let fields = answered(&browser, "yes");
    pictured(&mut browser, &fields).await;
    assert_eq!((browser.page.status, reader.asked()), (StatusCode::FORBIDDEN, 0), "{}", browser.page.body);
}

#[tokio::test]
async fn a_reader_that_fails_loses_nothing_that_was_typed() {
    for (answer, words) in [
        (Err(Outside::TimedOut), "没有及时完成"),
        (Err(Outside::Busy), "没有及时完成"),
        (Err(Outside::Nobody), "暂时不可用"),
        (Err(Outside::Untrusted), "无法识别"),
        (Ok("今天天气很好"), "没有认出"),
    ] {
        let town = Town::on(TestHouse::reading_by(Reader::saying(answer)).await);
        let mut browser = at_the_form(&town).await;
        let mut fields = answered(&browser, "yes");
        fields.push(("applicant.email".to_owned(), "li@shili.example".to_owned()));
        pictured(&mut browser, &fields).await;
        assert_eq!(browser.page.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer:?}");
        assert!(browser.page.says(words), "{words}: {}", browser.page.body);
        assert_eq!(browser.page.values("applicant.email"), ["li@shili.example"]);
    }
}

#[tokio::test]
async fn without_a_reader_the_form_says_so_and_is_filled_in_by_hand() {
    let town = Town::haigang().await;
    let mut browser = at_the_form(&town).await;
    assert!(browser.page.says("还没有配置文字识别") && !browser.page.says("type=\"file\""), "{}", browser.page.body);
    let mut fields = answered(&browser, "yes");
    fields.push(("applicant.name".to_owned(), person(1).name));
    pictured(&mut browser, &fields).await;
    assert!(browser.page.says("还没有配置文字识别"));
    assert_eq!(browser.page.values("applicant.name"), [person(1).name]);
    let other = browser.post_file("/p/haigang/functions/query-policy/picture", &[], ("picture", CARD)).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND, "the text reads no pictures for it");
}

#[tokio::test]
async fn what_is_no_picture_is_told_beside_the_field() {
    let town = Town::on(TestHouse::reading_by(Reader::saying(Ok(""))).await);
    let mut browser = at_the_form(&town).await;
    for file in [&b"GIF89a"[..], b""] {
        browser.post_file(PICTURE, &[("applicant.email", "li@shili.example")], ("picture", file)).await;
        assert_eq!(browser.page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(browser.page.says("请选择 PNG 或 JPEG 照片，不超过 8 MB"), "{}", browser.page.body);
        assert_eq!(browser.page.values("applicant.email"), ["li@shili.example"]);
    }
}
