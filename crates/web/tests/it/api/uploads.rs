//! Uploads that go on where they broke off, as a client of tus 1.0.0 sees them: every status, every header.

use axum::body::Body;
use axum::http::Request;
use jiff::SignedDuration;
use testkit::person;

use super::attachments::{COURSE, PICTURE};
use super::{Answer, Bench, below, request};

/// A customer with a record, and the token that sends for it.
struct Own {
    bench: Bench,
    subject: String,
    record: String,
}

impl Own {
    async fn new() -> Self {
        let bench = Bench::new().await;
        let registered = bench.post("registrations", &bench.registration(&person(1))).await;
        Self { subject: registered.at("/subject"), record: registered.at("/record"), bench }
    }

    fn creation(&self) -> String {
        below(&format!("subjects/{}/records/{}/uploads/id-image?{COURSE}", self.subject, self.record))
    }

    async fn begin(&self, length: &str) -> Answer {
        let request = tus(&self.bench.core, "POST", &self.creation()).header("upload-length", length);
        self.bench.send(request.body(Body::empty()).unwrap()).await
    }

    /// Where a new upload of the picture is.
    async fn begun(&self) -> String {
        let begun = self.begin("5000").await;
        assert_eq!(begun.status, 201, "{}", begun.text);
        begun.header("location").to_owned()
    }

    async fn ask(&self, method: &str, place: &str) -> Answer {
        self.bench.send(tus(&self.bench.core, method, place).body(Body::empty()).unwrap()).await
    }

    async fn send(&self, place: &str, offset: &str, bytes: &[u8]) -> Answer {
        let request = tus(&self.bench.core, "PATCH", place)
            .header("upload-offset", offset)
            .header("content-type", "application/offset+octet-stream")
            .header("content-length", bytes.len());
        self.bench.send(request.body(Body::from(bytes.to_vec())).unwrap()).await
    }
}

fn tus(token: &str, method: &str, place: &str) -> axum::http::request::Builder {
    request(token, method, place, None).header("tus-resumable", "1.0.0")
}

#[tokio::test]
async fn a_file_goes_on_where_it_was_and_is_one_act() {
    let own = Own::new().await;
    let size = own.bench.size().await;
    let begun = own.begin("5000").await;
    assert_eq!((begun.status, begun.header("upload-offset")), (201, "0"), "{}", begun.text);
    assert_eq!((begun.header("tus-resumable"), begun.header("cache-control")), ("1.0.0", "no-store"));
    let place = begun.header("location").to_owned();
    assert!(place.starts_with(&below(&format!("subjects/{}/uploads/upl-", own.subject))), "{place}");

    let sent = own.send(&place, "0", &PICTURE[..3_000]).await;
    assert_eq!((sent.status, sent.header("upload-offset"), sent.text.as_str()), (204, "3000", ""));
    assert_eq!(sent.header("upload-expires"), begun.header("upload-expires"));
    let standing = own.ask("HEAD", &place).await;
    assert_eq!((standing.status, standing.header("upload-offset")), (200, "3000"));
    assert_eq!((standing.header("upload-length"), standing.header("cache-control")), ("5000", "no-store"));
    assert_eq!((standing.header("leaf"), own.bench.size().await), ("", size), "no act before the last byte");

    let done = own.send(&place, "3000", &PICTURE[3_000..]).await;
    assert_eq!((done.status, done.header("upload-offset")), (204, "5000"), "{}", done.text);
    assert_eq!(done.header("leaf"), size.to_string());
    let attachment = done.header("attachment");
    assert_eq!(own.ask("HEAD", &place).await.header("attachment"), attachment, "for whoever lost the answer");
    let path = format!("subjects/{}/records/{}/attachments/id-image/{attachment}?{COURSE}", own.subject, own.record);
    let read = own.bench.get(&path).await;
    assert_eq!(read.status, 200);
    assert!(read.text == String::from_utf8_lossy(&PICTURE), "byte by byte");
    let findings = own.bench.kit.store.integrity(&testkit::slug("haigang")).await.unwrap();
    assert_eq!(findings, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_spoken_is_told_to_everybody_and_another_version_is_refused() {
    let own = Own::new().await;
    let place = own.begun().await;
    for path in [own.creation(), place.clone()] {
        let told = own.bench.send(Request::options(&path).body(Body::empty()).unwrap()).await;
        assert_eq!((told.status, told.header("tus-version")), (204, "1.0.0"), "{path}");
        assert_eq!(told.header("tus-extension"), "creation,termination,expiration");
        assert_eq!(told.header("tus-max-size"), own.bench.kit.app.house.largest_attachment().to_string());
    }
    for version in [None, Some("0.2.2"), Some("1.0.1")] {
        for (method, path) in [("POST", &own.creation()), ("HEAD", &place), ("PATCH", &place), ("DELETE", &place)] {
            let asked = request(&own.bench.core, method, path, None);
            let asked = version.into_iter().fold(asked, |asked, version| asked.header("tus-resumable", version));
            let refused = own.bench.send(asked.body(Body::empty()).unwrap()).await;
            assert_eq!((refused.status, refused.header("tus-version")), (412, "1.0.0"), "{method}");
            if method != "HEAD" {
                refused.problem(412, "version");
            }
        }
    }
    assert_eq!(own.ask("HEAD", &place).await.header("upload-offset"), "0", "nothing of it was done");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_says_how() {
    let own = Own::new().await;
    let size = own.bench.size().await;
    for length in ["", "x", "-1", "+1", "1.5"] {
        own.begin(length).await.problem(400, "malformed");
    }
    own.begin("0").await.problem(422, "fields");
    let largest = own.bench.kit.app.house.largest_attachment();
    own.begin(&(largest + 1).to_string()).await.problem(413, "too-large");
    let deferred = tus(&own.bench.core, "POST", &own.creation()).header("upload-defer-length", "1");
    own.bench.send(deferred.body(Body::empty()).unwrap()).await.problem(400, "malformed");

    let place = own.begun().await;
    own.send(&place, "17", &PICTURE).await.problem(409, "offset");
    own.send(&place, "", &PICTURE).await.problem(400, "malformed");
    let json = tus(&own.bench.core, "PATCH", &place).header("upload-offset", "0").header("content-type", "image/png");
    own.bench.send(json.body(Body::from(PICTURE.to_vec())).unwrap()).await.problem(415, "media-type");
    let longer = [&PICTURE[..], b"!"].concat();
    own.send(&place, "0", &longer).await.problem(413, "too-large");
    assert_eq!(own.ask("HEAD", &place).await.header("upload-offset"), "0", "told before a byte was read");
    // Where the length is not told, it shows when it is too much; then it is no file of this length, and over.
    let unsaid = tus(&own.bench.core, "PATCH", &place)
        .header("upload-offset", "0")
        .header("content-type", "application/offset+octet-stream");
    let refused = own.bench.send(unsaid.body(Body::from(longer)).unwrap()).await;
    refused.problem(413, "too-large");
    assert_eq!(own.ask("HEAD", &place).await.status, 404);
    let place = own.begun().await;
    let refused = own.send(&place, "0", b"<!doctype html><script>alert(1)</script>").await;
    refused.problem(422, "fields");
    assert_eq!((refused.at("/fields/0/code"), own.ask("HEAD", &place).await.status), ("file-kind".into(), 404));
    assert_eq!(own.bench.size().await, size, "no act");
}

#[tokio::test]
async fn another_caller_subject_or_platform_finds_no_such_upload() {
    let own = Own::new().await;
    let place = own.begun().await;
    let other = own.bench.registered(&person(2)).await;
    let places = [
        place.replace(&own.subject, &other),
        place.replace("/haigang/", "/anrun/"),
        place.replace("upl-", "upl-0"),
        format!("{}/upl-{:032x}", place.rsplit_once('/').unwrap().0, 1),
    ];
    for place in &places {
        assert_eq!(own.ask("HEAD", place).await.status, 404, "{place}");
        own.send(place, "0", &PICTURE).await.problem(404, "not-found");
        own.ask("DELETE", place).await.problem(404, "not-found");
    }
    let second = own.bench.kit.token(super::CORE).await;
    for method in ["HEAD", "PATCH", "DELETE"] {
        let asked = tus(&second, method, &place)
            .header("upload-offset", "0")
            .header("content-type", "application/offset+octet-stream");
        let refused = own.bench.send(asked.body(Body::from(PICTURE.to_vec())).unwrap()).await;
        assert_eq!(refused.status, 404, "{method}: another token's");
    }
    let agency = own.bench.kit.token(super::AGENCY).await;
    let asked = tus(&agency, "HEAD", &place).body(Body::empty()).unwrap();
    assert_eq!(own.bench.send(asked).await.status, 403, "a token that does not collect");
    let nobody = Request::head(&place).header("tus-resumable", "1.0.0").body(Body::empty()).unwrap();
    assert_eq!(own.bench.send(nobody).await.status, 401);
    assert_eq!(own.ask("HEAD", &place).await.header("upload-offset"), "0");
}

#[tokio::test]
async fn an_upload_is_given_up_and_ends_by_itself() {
    let own = Own::new().await;
    let (given_up, left) = (own.begun().await, own.begun().await);
    own.send(&given_up, "0", &PICTURE[..100]).await;
    let ended = own.ask("DELETE", &given_up).await;
    assert_eq!((ended.status, ended.header("tus-resumable")), (204, "1.0.0"));
    own.ask("DELETE", &given_up).await.problem(404, "not-found");
    assert_eq!(own.ask("HEAD", &given_up).await.status, 404);

    own.bench.kit.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(own.ask("HEAD", &left).await.status, 410);
    own.send(&left, "0", &PICTURE).await.problem(410, "gone");
    own.ask("DELETE", &left).await.problem(410, "gone");
}

#[tokio::test]
async fn the_end_is_told_as_http_tells_instants() {
    let own = Own::new().await;
    let begun = own.begin("5000").await;
    let until = own.bench.kit.app.house.now().checked_add(SignedDuration::from_hours(24)).unwrap();
    assert_eq!(begun.header("upload-expires"), until.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
    assert!(begun.header("upload-expires").ends_with(" GMT"), "{}", begun.header("upload-expires"));
}

#[tokio::test]
async fn without_consent_nothing_begins() {
    let own = Own::new().await;
    let consents = own.bench.get(&format!("subjects/{}/consents", own.subject)).await.json();
    for consent in consents["items"].as_array().unwrap() {
        let path = format!("subjects/{}/consents/{}", own.subject, consent["id"].as_str().unwrap());
        own.bench.call(&own.bench.core, "DELETE", &below(&path), None).await;
    }
    let size = own.bench.size().await;
    own.begin("5000").await.problem(403, "denied");
    assert_eq!(own.bench.size().await, size + 1, "the refusal is on the ledger");
}

#[tokio::test]
async fn a_method_that_a_network_does_not_let_through_is_named_in_a_header() {
    let own = Own::new().await;
    let place = own.begun().await;
    let meant = |method: &str| {
        tus(&own.bench.core, "POST", &place)
            .header("x-http-method-override", method)
            .header("upload-offset", "0")
            .header("content-type", "application/offset+octet-stream")
    };
    let sent = own.bench.send(meant("PATCH").body(Body::from(PICTURE[..9].to_vec())).unwrap()).await;
    assert_eq!((sent.status, sent.header("upload-offset")), (204, "9"), "{}", sent.text);
    assert_eq!(own.bench.send(meant("HEAD").body(Body::empty()).unwrap()).await.header("upload-offset"), "9");
    own.bench.send(meant("PUT").body(Body::empty()).unwrap()).await.problem(405, "method");
    assert_eq!(own.bench.send(meant("DELETE").body(Body::empty()).unwrap()).await.status, 204);
    assert_eq!(own.ask("HEAD", &place).await.status, 404);
}
