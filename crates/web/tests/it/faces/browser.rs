//! A browser without a window: keeps cookies, follows nothing, fills the forms that a page holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use desk::evidence::leaves;
use desk::leaf::Entry;
use policy::finding::Source;
use testkit::{Person, TestHouse};
use tower::ServiceExt as _;

use crate::html::tags;

/// A house with its router, and what browsers need of it.
pub(crate) struct Town {
    pub(crate) bench: TestHouse,
    pub(crate) router: Router,
}

/// What came back.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// One browser.
pub(crate) struct Browser<'t> {
    pub(crate) town: &'t Town,
    pub(crate) cookies: BTreeMap<String, String>,
    /// The page that is shown.
    pub(crate) page: Page,
}

impl Town {
    pub(crate) async fn haigang() -> Self {
        Self::of(testkit::haigang()).await
    }

    /// The code that a telephone received. It is sent beside the answer, so it may still be on its way.
    pub(crate) async fn code(&self, phone: &str) -> String {
        let began = std::time::Instant::now();
        while began.elapsed() < std::time::Duration::from_secs(60) {
            if let Some(code) = self.bench.tencent.take_for(phone) {
                return code;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("no code was sent");
    }

    /// The newest leaf of 海港's ledger.
    pub(crate) async fn newest(&self) -> Entry {
        let all = leaves(&self.bench.house, &self.bench.platform(), 0, 10_000).await.unwrap();
        all.into_iter().next_back().unwrap().entry.unwrap()
    }

    /// A house that serves these two texts, policy and operation file, of the platform `haigang`.
    pub(crate) async fn of(texts: (Source, Source)) -> Self {
        let bench = TestHouse::empty().await;
        bench.publish(texts).await;
        Self::on(bench)
    }

    /// A house with its router.
    pub(crate) fn on(bench: TestHouse) -> Self {
        let router = shouyue_web::router(Arc::clone(&bench.app));
        Self { bench, router }
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        let page = Page { status: StatusCode::OK, headers: HeaderMap::new(), body: String::new() };
        Browser { town: self, cookies: BTreeMap::new(), page }
    }

    /// A browser in which a person has registered and logged in.
    pub(crate) async fn customer(&self, person: &Person) -> Browser<'_> {
        let mut browser = self.browser();
        browser.register(person, &[]).await;
        assert_eq!(browser.page.status, StatusCode::OK, "{}", browser.page.body);
        browser.log_in(person).await;
        browser
    }
}

impl Page {
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |to| to.to_str().unwrap())
    }

    /// Values of the inputs of that name.
    pub(crate) fn values(&self, name: &str) -> Vec<String> {
        let inputs = tags(&self.body).into_iter().filter(|tag| tag.is("input") && tag.get("name") == Some(name));
        inputs.map(|tag| tag.get("value").unwrap_or_default().to_owned()).collect()
    }

    pub(crate) fn csrf(&self) -> String {
        self.values("csrf").first().cloned().unwrap_or_default()
    }

    /// Every link of the page that begins so.
    pub(crate) fn links(&self, begin: &str) -> Vec<String> {
        let hrefs = tags(&self.body).into_iter().filter_map(|tag| tag.get("href").map(str::to_owned));
        hrefs.filter(|href| href.starts_with(begin)).collect()
    }

    /// What a form of this page posts beside the answers: the token, and what was shown of each consent.
    pub(crate) fn hidden(&self) -> Vec<(String, String)> {
        let mut fields = vec![("csrf".to_owned(), self.csrf())];
        for tag in tags(&self.body).iter().filter(|tag| tag.is("input") && tag.get("type") == Some("hidden")) {
            let name = tag.get("name").unwrap_or_default();
            let known = fields.iter().any(|(other, _)| other == name);
            if !known && (["shown.", "count."].iter().any(|begin| name.starts_with(begin)) || name == "phone") {
                fields.push((name.to_owned(), tag.get("value").unwrap_or_default().to_owned()));
            }
        }
        fields
    }

    /// Scopes that the page asks for.
    pub(crate) fn scopes(&self) -> Vec<String> {
        let hidden = self.hidden();
        hidden.iter().filter_map(|(name, _)| name.strip_prefix("shown.")).map(str::to_owned).collect()
    }

    pub(crate) fn says(&self, words: &str) -> bool {
        self.body.contains(words)
    }
}

/// `application/x-www-form-urlencoded`.
pub(crate) fn encoded(fields: &[(String, String)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => char::from(byte).to_string(),
                b' ' => "+".to_owned(),
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    let pairs: Vec<String> = fields.iter().map(|(key, value)| format!("{}={}", escape(key), escape(value))).collect();
    pairs.join("&")
}

impl Browser<'_> {
    pub(crate) async fn ask(&mut self, request: Request<Body>) -> &Page {
        let (mut parts, body) = request.into_parts();
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !jar.is_empty() && !parts.headers.contains_key(header::COOKIE) {
            parts.headers.insert(header::COOKIE, jar.join("; ").parse().unwrap());
        }
        let response = self.town.router.clone().oneshot(Request::from_parts(parts, body)).await.unwrap();
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = set.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        self.page = Page { status: parts.status, headers: parts.headers, body };
        &self.page
    }

    pub(crate) async fn get(&mut self, path: &str) -> &Page {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Posts fields as they are.
    pub(crate) async fn post_raw(&mut self, path: &str, fields: &[(String, String)]) -> &Page {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, "http://localhost")
            .body(Body::from(encoded(fields)))
            .unwrap();
        self.ask(request).await
    }

    /// Posts a form of the page that is shown.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> &Page {
        let mut all = self.page.hidden();
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.post_raw(path, &all).await
    }

    /// Posts a form of the page that is shown with a file in it, as browsers do.
    pub(crate) async fn post_file(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        (name, file): (&str, &[u8]),
    ) -> &Page {
        let mut body = Vec::new();
        let hidden = self.page.hidden();
        let typed = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        for (name, value) in hidden.into_iter().chain(typed) {
            let part = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"IMG_0001.jpg\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--x--\r\n");
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .header(header::ORIGIN, "http://localhost");
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    /// Opens the registration form, fills it in, agrees to everything that is not refused, and sends it.
    pub(crate) async fn register(&mut self, person: &Person, refused: &[&str]) {
        self.get("/p/haigang/register/person").await;
        let mut fields = typed(person);
        for scope in self.page.scopes() {
            let answer = if refused.iter().any(|end| scope.ends_with(end)) { "no" } else { "yes" };
            fields.push((format!("consent.{scope}"), answer.to_owned()));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post("/p/haigang/register/person", &fields).await;
    }

    /// Types the code that the person's telephone received.
    pub(crate) async fn log_in(&mut self, person: &Person) {
        let code = self.town.code(&person.phone).await;
        self.post("/p/haigang/login/code", &[("code", &code)]).await;
        assert_eq!(self.page.location(), "/p/haigang/home", "{}", self.page.body);
        self.get("/p/haigang/home").await;
        assert_eq!(self.page.status, StatusCode::OK, "{}", self.page.body);
    }
}

/// What a person types to register: without anything of WeChat's, without any picture.
pub(crate) fn typed(person: &Person) -> Vec<(String, String)> {
    let fields = person.fields();
    let fields = fields.as_object().unwrap().iter().filter(|(item, _)| !item.ends_with("image"));
    fields.map(|(item, value)| (format!("registrant.{item}"), value.as_str().unwrap().to_owned())).collect()
}
