//! What protects every page: headers, tokens, cookies, limits.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use testkit::person;

use super::browser::{Page, Town, encoded, typed};

/// The headers of a page, whatever it says.
pub(super) fn holds(path: &str, page: &Page) {
    let header = |name: &str| page.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    assert_eq!(header("content-security-policy"), shouyue_web::pages::CONTENT_SECURITY_POLICY, "{path}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(header("x-frame-options"), "DENY", "{path}");
    assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{path}");
    assert_eq!(header("referrer-policy"), "same-origin", "{path}");
    assert!(header("permissions-policy").contains("geolocation=()"), "{path}");
    assert_eq!(header("cache-control"), "no-store", "{path}");
    // The policy's text is one document and as long as it is; every other page is small.
    assert!(path.ends_with("/policy") || page.body.len() < 60_000, "{path}: {} bytes", page.body.len());
}

#[tokio::test]
async fn a_form_without_the_token_of_this_session_is_refused() {
    let town = Town::haigang().await;
    let mut browser = town.customer(&person(1)).await;
    let mut other = town.customer(&person(2)).await;
    other.get("/p/haigang/home").await;
    let foreign = other.page.csrf();
    let mut visitor = town.browser();
    visitor.get("/p/haigang/").await;
    let before_log_in = visitor.page.csrf();
    for token in ["", "0", &foreign, &before_log_in] {
        for path in ["/p/haigang/logout", "/p/haigang/close", "/p/haigang/functions/policy-service", "/p/haigang/elder"]
        {
            let page = browser.post_raw(path, &[("csrf".to_owned(), token.to_owned())]).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
            assert!(page.says("页面已过期"));
        }
    }
    assert_eq!(browser.post_raw("/p/haigang/logout", &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get("/p/haigang/home").await.status, StatusCode::OK, "nothing was done");
}

#[tokio::test]
async fn a_form_from_elsewhere_is_refused_though_the_token_is_right() {
    let town = Town::haigang().await;
    let mut browser = town.customer(&person(1)).await;
    let token = browser.page.csrf();
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let request = Request::post("/p/haigang/logout")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(name, value)
            .body(Body::from(encoded(&[("csrf".to_owned(), token.clone())])))
            .unwrap();
        assert_eq!(browser.ask(request).await.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    assert_eq!(browser.get("/p/haigang/home").await.status, StatusCode::OK);
}

#[tokio::test]
async fn bodies_that_are_no_form_of_ours_are_refused() {
    let town = Town::haigang().await;
    let mut browser = town.browser();
    browser.get("/p/haigang/login").await;
    let ask = |media: &str, body: Vec<u8>| {
        Request::post("/p/haigang/login").header(header::CONTENT_TYPE, media).body(Body::from(body)).unwrap()
    };
    let form = "application/x-www-form-urlencoded";
    for (request, status) in [
        (ask("application/json", b"{}".to_vec()), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (ask("text/plain", b"csrf=1".to_vec()), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (ask(form, vec![b'a'; 100_000]), StatusCode::PAYLOAD_TOO_LARGE),
        (ask("multipart/form-data; boundary=x", b"--y".to_vec()), StatusCode::BAD_REQUEST),
    ] {
        let page = browser.ask(request).await;
        assert_eq!(page.status, status);
        holds("/p/haigang/login ", page);
    }
    let endless = futures(form);
    assert_eq!(browser.ask(endless).await.status, StatusCode::PAYLOAD_TOO_LARGE, "without reading it all");
}

/// A hundred megabytes, told by the header and never sent.
fn futures(media: &str) -> Request<Body> {
    let body = Body::from(vec![b'a'; 70_000]);
    Request::post("/p/haigang/login")
        .header(header::CONTENT_TYPE, media)
        .header(header::CONTENT_LENGTH, "100000000")
        .body(body)
        .unwrap()
}

#[tokio::test]
async fn cookies_are_for_us_alone_and_a_log_in_makes_a_new_one() {
    let town = Town::haigang().await;
    let mut browser = town.browser();
    browser.get("/p/haigang/register/person").await;
    let set = browser.page.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(set.starts_with("portal-haigang=") && set.contains("; Path=/; HttpOnly; SameSite=Lax"), "{set}");
    let before = browser.cookies["portal-haigang"].clone();
    browser.register(&person(1), &[]).await;
    browser.log_in(&person(1)).await;
    let after = browser.cookies["portal-haigang"].clone();
    assert_ne!(before, after);
    browser.cookies.insert("portal-haigang".to_owned(), before);
    assert_eq!(browser.get("/p/haigang/home").await.location(), "/p/haigang/login", "the visitor's session is over");
    browser.cookies.insert("portal-haigang".to_owned(), after);
    assert_eq!(browser.get("/p/haigang/home").await.status, StatusCode::OK);
}

#[tokio::test]
async fn with_tls_cookies_are_secure_and_bound_to_the_host() {
    let town = Town::haigang().await;
    let site = shouyue_web::app::Site {
        origin: "https://privacy.example.cn".to_owned(),
        stretch: town.bench.app.site.stretch,
        themes: Vec::new(),
        inbox: None,
    };
    let app = shouyue_web::app::App { house: town.bench.house.clone(), site };
    let town = Town { router: shouyue_web::router(app.into()), bench: town.bench };
    let mut browser = town.browser();
    let page = browser.get("/p/haigang/").await;
    let set = page.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(set.starts_with("__Host-portal-haigang=") && set.ends_with("; Secure") && !set.contains("Domain"), "{set}");
}

#[tokio::test]
async fn one_logs_out_here_or_everywhere() {
    let town = Town::haigang().await;
    let someone = person(1);
    let mut phone = town.customer(&someone).await;
    let mut desk = town.browser();
    desk.get("/p/haigang/login").await;
    desk.post("/p/haigang/login", &[("phone", &someone.phone)]).await;
    desk.log_in(&someone).await;
    desk.post("/p/haigang/logout", &[]).await;
    assert!(desk.page.says("您已安全退出") && desk.cookies.is_empty());
    assert_eq!(phone.get("/p/haigang/home").await.status, StatusCode::OK);
    let secret = phone.cookies["portal-haigang"].clone();
    phone.get("/p/haigang/privacy").await;
    phone.post("/p/haigang/logout/everywhere", &[]).await;
    phone.cookies.insert("portal-haigang".to_owned(), secret);
    assert_eq!(phone.get("/p/haigang/home").await.location(), "/p/haigang/login");
}

#[tokio::test]
async fn unknown_places_are_not_found_and_tell_nothing() {
    let town = Town::haigang().await;
    let mut browser = town.browser();
    for path in ["/p/nowhere/", "/p/nowhere/home", "/p/haigang/nowhere", "/p/haigang/records/../..", "/console/nowhere"]
    {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.says("没有找到这一页"), "{path}");
    }
    assert!(browser.get("/").await.says("/p/haigang/"));
    assert_eq!(browser.get("/p/haigang").await.location(), "/p/haigang/");
}

#[tokio::test]
async fn hostile_words_stay_words_and_come_back_in_their_field() {
    let town = Town::haigang().await;
    let mut browser = town.browser();
    browser.get("/p/haigang/register/person").await;
    let hostile = "\"><script>alert(1)</script>";
    let mut fields = browser.page.hidden();
    fields.extend(typed(&person(1)).into_iter().filter(|(name, _)| !name.contains(".phone")));
    fields.push(("registrant.phone".to_owned(), hostile.to_owned()));
    fields.extend(browser.page.scopes().into_iter().map(|scope| (format!("consent.{scope}"), "yes".to_owned())));
    let page = browser.post_raw("/p/haigang/register/person", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.says("<script>alert"), "escaped");
    assert!(page.says("href=\"#f-registrant.phone\""), "the fault leads to its field");
    let name = page.values("registrant.name");
    assert_eq!(name, [person(1).name], "what was typed is kept");
    let ticked = crate::html::tags(&page.body);
    assert!(!ticked.iter().any(|tag| tag.get("name").is_some_and(|name| name.starts_with("consent.")) && tag.get("checked").is_some()));
}
