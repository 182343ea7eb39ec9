//! Files over the API: sent as they are, listed with their item, read back byte by byte.

use axum::body::Body;
use serde_json::json;
use testkit::person;

use super::{Answer, Bench, below, request};

/// A picture of an account.
pub(super) const PICTURE: [u8; 5_000] = {
    let mut bytes = [b'.'; 5_000];
    let head = *b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR";
    let mut at = 0;
    while at < head.len() {
        bytes[at] = head[at];
        at += 1;
    }
    bytes
};

/// In what course it is collected and shown.
pub(super) const COURSE: &str = "function=register&person=registrant";

impl Bench {
    /// Sends a file in for an account.
    pub(super) async fn sent(&self, token: &str, subject: &str, record: &str, file: &[u8]) -> Answer {
        let path = below(&format!("subjects/{subject}/records/{record}/attachments/id-image?{COURSE}"));
        self.send(request(token, "POST", &path, None).body(Body::from(file.to_vec())).unwrap()).await
    }
}

#[tokio::test]
async fn a_file_is_sent_listed_and_read_back() {
    let bench = Bench::new().await;
    let li = person(1);
    let registered = bench.post("registrations", &bench.registration(&li)).await;
    let (subject, record) = (registered.at("/subject"), registered.at("/record"));
    let sent = bench.sent(&bench.core, &subject, &record, &PICTURE).await;
    assert_eq!((sent.status, sent.at("/kind"), sent.at("/size")), (201, "png".into(), "5000".into()), "{}", sent.text);

    let page = bench.post(&format!("subjects/{subject}/reads"), &json!({ "function": "register" })).await;
    assert!(page.text.contains(&sent.at("/attachment")), "{}", page.text);

    let path = format!("subjects/{subject}/records/{record}/attachments/id-image/{}?{COURSE}", sent.at("/attachment"));
    let size = bench.size().await;
    let read = bench.get(&path).await;
    assert_eq!((read.status, read.header("content-type")), (200, "image/png"));
    assert_eq!(read.header("content-length"), "5000");
    assert_eq!(read.header("leaf"), size.to_string());
    assert_eq!(read.header("content-disposition"), "inline; filename=\"id-image.png\"");
    assert!(read.text == String::from_utf8_lossy(&PICTURE), "byte by byte");

    let other = bench.registered(&person(2)).await;
    bench.get(&path.replace(&subject, &other)).await.problem(404, "not-found");
    bench.get(&path.replace("att-", "att-0")).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_file_that_is_sent_again_under_its_key_is_the_same_file() {
    let bench = Bench::new().await;
    let registered = bench.post("registrations", &bench.registration(&person(1))).await;
    let (subject, record) = (registered.at("/subject"), registered.at("/record"));
    let path = below(&format!("subjects/{subject}/records/{record}/attachments/id-image?{COURSE}"));
    let send = async |file: &[u8]| {
        let request = request(&bench.core, "POST", &path, None).header("idempotency-key", "upload-1");
        bench.send(request.body(Body::from(file.to_vec())).unwrap()).await
    };
    let first = send(&PICTURE).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let size = bench.size().await;
    assert_eq!(send(&PICTURE).await.text, first.text);
    send(&PICTURE[..4_000]).await.problem(409, "key-reused");
    assert_eq!(bench.size().await, size);
    let findings = bench.kit.store.integrity(&testkit::slug("haigang")).await.unwrap();
    assert_eq!(findings, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_no_picture_is_refused_by_its_content_and_nothing_stays() {
    let bench = Bench::new().await;
    let registered = bench.post("registrations", &bench.registration(&person(1))).await;
    let (subject, record) = (registered.at("/subject"), registered.at("/record"));
    let size = bench.size().await;
    for file in [&b"<!doctype html><script>alert(1)</script>"[..], b"%PDF-1.7 a paper, and no picture", b"short"] {
        let refused = bench.sent(&bench.core, &subject, &record, file).await;
        refused.problem(422, "fields");
        assert_eq!(refused.at("/fields/0/code"), "file-kind", "{}", refused.text);
    }
    bench.sent(&bench.core, &subject, &record, b"").await.problem(422, "fields");
    assert_eq!(bench.size().await, size);
    let findings = bench.kit.store.integrity(&testkit::slug("haigang")).await.unwrap();
    assert_eq!(findings, Vec::<String>::new());
}
