//! What goes over the wire: long public texts compressed, nothing that holds a secret beside what a request said.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use testkit::person;
use tower::ServiceExt as _;

use super::browser::Town;

/// An answer as it goes over the wire.
struct Wire {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Wire {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn is_compressed(&self) -> bool {
        let said = self.header("content-encoding") == "gzip";
        assert_eq!(said, self.body.starts_with(&[0x1f, 0x8b]));
        said
    }
}

async fn asked(town: &Town, path: &str, headers: &[(&str, &str)]) -> Wire {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let router = shouyue_web::router(std::sync::Arc::clone(&town.bench.app));
    let (head, body) = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap().to_vec();
    Wire { status: head.status, headers: head.headers, body }
}

const GZIP: (&str, &str) = ("accept-encoding", "gzip, br");

#[tokio::test]
async fn a_policy_text_is_a_fraction_of_its_length_for_who_takes_it_so() {
    let town = Town::haigang().await;
    let plain = asked(&town, "/p/haigang/policy", &[]).await;
    assert!(!plain.is_compressed() && plain.body.len() > 60_000, "{}", plain.body.len());
    let short = asked(&town, "/p/haigang/policy", &[GZIP]).await;
    assert!(short.is_compressed() && short.body.len() < 60_000, "{} of {}", short.body.len(), plain.body.len());
    assert!(short.header("vary").contains("accept-encoding"), "{:?}", short.headers);
    let print = town.bench.platform().tables.policy().to_string();
    for path in [format!("/v1/platforms/haigang/policies/{print}"), "/v1/openapi.json".to_owned()] {
        let wire = asked(&town, &path, &[GZIP]).await;
        assert!(wire.status == StatusCode::OK && wire.is_compressed(), "{path}");
    }
}

#[tokio::test]
async fn an_asset_is_kept_by_a_tag_that_says_it_was_compressed() {
    let town = Town::haigang().await;
    let page = asked(&town, "/p/haigang/policy", &[]).await;
    let page = String::from_utf8(page.body).unwrap();
    let sheet = page.split("href=\"").find_map(|rest| rest.split('"').next().filter(|link| link.contains(".css")));
    let sheet = sheet.unwrap().to_owned();
    let plain = asked(&town, &sheet, &[]).await;
    let short = asked(&town, &sheet, &[GZIP]).await;
    assert!(short.is_compressed() && !plain.is_compressed() && short.body.len() * 2 < plain.body.len());
    let (strong, weak) = (plain.header("etag"), short.header("etag"));
    assert_eq!(format!("W/{strong}"), weak);
    for tag in [strong, weak] {
        assert_eq!(asked(&town, &sheet, &[GZIP, ("if-none-match", tag)]).await.status, StatusCode::NOT_MODIFIED);
    }
}

/// BREACH: whoever can put words into a page of somebody else's and see how long it is learns what else stands in it.
#[tokio::test]
async fn no_page_that_holds_a_token_or_a_value_beside_what_was_asked_is_compressed() {
    let town = Town::haigang().await;
    let (_, cookie) = town.bench.account(&town.bench.platform()).await;
    let cookie = format!("session={cookie}");
    let of = [GZIP, ("cookie", cookie.as_str())];
    for path in ["/p/haigang/", "/p/haigang/login", "/p/haigang/me", "/p/haigang/privacy", "/console/login"] {
        for headers in [&of[..1], &of] {
            let wire = asked(&town, path, headers).await;
            assert!(!wire.is_compressed(), "{path}: {:?}", wire.headers);
        }
    }
    // The text of a policy is, though its log-out form holds a token: of what was asked it puts nothing back.
    let mut li = town.customer(&person(7)).await;
    let echo = "echoed-if-anything-is";
    let page = &li.get(&format!("/p/haigang/policy?{echo}={echo}")).await.body;
    assert!(page.contains("name=\"csrf\"") && !page.contains(echo));
}
