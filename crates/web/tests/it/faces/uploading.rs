//! A large file in pieces, as the page's own script sends it.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use testkit::person;

use super::attachments::{own_record, photograph};
use super::browser::{Browser, Page, Town};

/// What the script asks; `csrf` is that of the page that is shown.
fn asked(page: &Page, method: &str, place: &str) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(place).header("origin", "http://localhost");
    request.header("csrf", page.csrf()).header("tus-resumable", "1.0.0")
}

async fn send<'b>(own: &'b mut Browser<'_>, form: &Page, place: &str, offset: usize, bytes: &[u8]) -> &'b Page {
    let request = asked(form, "PATCH", place)
        .header("upload-offset", offset)
        .header("content-type", "application/offset+octet-stream");
    own.ask(request.body(Body::from(bytes.to_vec())).unwrap()).await
}

fn header<'p>(page: &'p Page, name: &str) -> &'p str {
    page.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// The page with the form, kept while others are asked.
async fn form(own: &mut Browser<'_>, path: &str) -> Page {
    own.get(path).await;
    Page { status: own.page.status, headers: own.page.headers.clone(), body: own.page.body.clone() }
}

#[tokio::test]
async fn a_photograph_goes_on_where_it_broke_off_and_is_told_on_the_page() {
    let town = Town::haigang().await;
    let mut own = town.customer(&person(1)).await;
    let record = own_record(&mut own).await;
    let path = format!("/p/haigang/records/{record}/attachments/registrant.id-image");
    let uploads = format!("/p/haigang/records/{record}/uploads/registrant.id-image");
    let form = form(&mut own, &path).await;
    assert!(form.says(&format!("data-uploads=\"{uploads}\"")) && form.says("/assets/upload."), "{}", form.body);

    let file = photograph(3_000_000);
    let request = asked(&form, "POST", &uploads).header("upload-length", file.len()).body(Body::empty()).unwrap();
    assert_eq!(own.ask(request).await.status, StatusCode::CREATED);
    let place = header(&own.page, "location").to_owned();
    assert_eq!(send(&mut own, &form, &place, 0, &file[..1_000_000]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(send(&mut own, &form, &place, 0, &file).await.status, StatusCode::CONFLICT);
    let standing = own.ask(asked(&form, "HEAD", &place).body(Body::empty()).unwrap()).await;
    assert_eq!((standing.status, header(standing, "upload-offset")), (StatusCode::OK, "1000000"));
    let done = send(&mut own, &form, &place, 1_000_000, &file[1_000_000..]).await;
    let leaf = header(done, "leaf").to_owned();
    assert!(!leaf.is_empty(), "{}", done.body);
    let page = own.get(&format!("{path}?done={leaf}")).await;
    assert!(page.says("已收到") && page.says("JPEG，3 MB"), "{}", page.body);

    let mut other = town.customer(&person(2)).await;
    let others = self::form(&mut other, "/p/haigang/home").await;
    let stranger = other.ask(asked(&others, "HEAD", &place).body(Body::empty()).unwrap()).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_the_page_of_the_session_itself_begins_and_goes_on() {
    let town = Town::haigang().await;
    let mut own = town.customer(&person(1)).await;
    let record = own_record(&mut own).await;
    let path = format!("/p/haigang/records/{record}/attachments/registrant.id-image");
    let uploads = format!("/p/haigang/records/{record}/uploads/registrant.id-image");
    let form = form(&mut own, &path).await;
    let ask = |csrf: &str, origin: &str| {
        let request = Request::post(&uploads).header("origin", origin).header("csrf", csrf);
        request.header("tus-resumable", "1.0.0").header("upload-length", 100).body(Body::empty()).unwrap()
    };
    for (csrf, origin) in
        [("", "http://localhost"), ("forged", "http://localhost"), (&form.csrf(), "http://evil.example")]
    {
        assert_eq!(own.ask(ask(csrf, origin)).await.status, StatusCode::FORBIDDEN, "{csrf} {origin}");
    }
    let request = Request::post(&uploads).header("csrf", form.csrf()).header("origin", "http://localhost");
    let spoken = own.ask(request.header("upload-length", 100).body(Body::empty()).unwrap()).await;
    assert_eq!((spoken.status, header(spoken, "tus-version")), (StatusCode::PRECONDITION_FAILED, "1.0.0"));
    assert_eq!(own.ask(ask(&form.csrf(), "http://localhost")).await.status, StatusCode::CREATED);

    // Given up, and gone.
    let place = header(&own.page, "location").to_owned();
    for status in [StatusCode::NO_CONTENT, StatusCode::NOT_FOUND] {
        assert_eq!(own.ask(asked(&form, "DELETE", &place).body(Body::empty()).unwrap()).await.status, status);
    }
}

#[tokio::test]
async fn what_was_wrong_with_it_is_said_on_the_page_in_its_own_words() {
    let town = Town::haigang().await;
    let mut own = town.customer(&person(1)).await;
    let record = own_record(&mut own).await;
    let path = format!("/p/haigang/records/{record}/attachments/registrant.id-image");
    let uploads = format!("/p/haigang/records/{record}/uploads/registrant.id-image");
    let form = form(&mut own, &path).await;
    let request = asked(&form, "POST", &uploads).header("upload-length", 1_000_000_000).body(Body::empty()).unwrap();
    assert_eq!(own.ask(request).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let request = asked(&form, "POST", &uploads).header("upload-length", 2_000_000).body(Body::empty()).unwrap();
    let place = header(own.ask(request).await, "location").to_owned();
    let refused = send(&mut own, &form, &place, 0, b"%PDF-1.7 a paper and no photograph").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.says("\"code\":\"file-kind\""), "{}", refused.body);
    for (code, words) in
        [("file-kind", "不是本项可以接受的文件类型"), ("file-large", "文件太大"), ("too-many", "未完成的上传太多")]
    {
        assert!(own.get(&format!("{path}?wrong={code}")).await.says(words), "{code}");
    }
    let page = own.get(&format!("{path}?wrong=%3Cb%3Ebold%3C/b%3E")).await;
    assert!(page.says("内容不符合要求") && !page.says("bold"), "{}", page.body);
}
