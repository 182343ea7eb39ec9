//! `/v1`, called as other systems of the company call it, over a real house.

mod approvals;
mod attachments;
mod bad_input;
mod copies;
mod document;
mod events;
mod hand_offs;
mod identities;
mod journey;
mod quiet;
mod services;
mod uploads;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, header};
use policy::syntax::Form;
use serde_json::{Value, json};
use testkit::{Person, Power, TestHouse};
use tower::ServiceExt as _;

/// What a token of the company's own core system may do.
const CORE: Power<'static> = Power {
    platform: "haigang",
    actions: &[
        "decide", "collect", "show", "use", "share", "consent", "rights", "partners", "approve", "audit", "events",
    ],
    purposes: &[
        "analysis",
        "register",
        "register-company",
        "query-account",
        "query-policy",
        "policy-service",
        "account-query",
        "policy-query",
        "authorise-agency",
        "agency-service",
    ],
    party: None,
    rate: 60_000,
};

/// What an agency's token may do.
const AGENCY: Power<'static> = Power {
    platform: "haigang",
    actions: &["share"],
    purposes: &["authorise-agency", "agency-service"],
    party: Some("anhe"),
    rate: 60_000,
};

/// A house with its faces, and a token of the core system.
struct Bench {
    kit: TestHouse,
    router: Router,
    core: String,
}

/// An answer.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    /// A text inside, by JSON pointer.
    fn at(&self, pointer: &str) -> String {
        let json = self.json();
        let found = json.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {json}"));
        found.as_str().map_or_else(|| found.to_string(), str::to_owned)
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts that it is a problem of that status and code.
    fn problem(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.at("/type"), format!("/problems/{code}"), "{}", self.text);
        assert_eq!(self.at("/status"), status.to_string());
    }
}

impl Bench {
    async fn new() -> Self {
        let kit = TestHouse::haigang().await;
        let router = shouyue_web::router(Arc::clone(&kit.app));
        let core = kit.token(CORE).await;
        Self { kit, router, core }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, 16 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: head.status.as_u16(), headers: head.headers, text }
    }

    /// Calls with a token; a body is sent as JSON.
    async fn call(&self, token: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.send(request(token, method, path, body).body(text_of(body)).unwrap()).await
    }

    /// The core system posts below the platform.
    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(&self.core, "POST", &below(path), Some(body)).await
    }

    /// The core system posts under an idempotency key.
    async fn post_once(&self, key: &str, path: &str, body: &Value) -> Answer {
        let path = below(path);
        let request = request(&self.core, "POST", &path, Some(body)).header("idempotency-key", key);
        self.send(request.body(text_of(Some(body))).unwrap()).await
    }

    /// The core system gets below the platform.
    async fn get(&self, path: &str) -> Answer {
        self.call(&self.core, "GET", &below(path), None).await
    }

    /// How many leaves the ledger has.
    async fn size(&self) -> u64 {
        self.kit.store.head(&testkit::slug("haigang")).await.unwrap().size
    }

    /// A yes to a scope, in the form that it asks for, on today's text.
    fn choice(&self, scope: &str, party: Option<&str>) -> Value {
        let platform = self.kit.platform();
        let declared = platform.tables.scopes().iter().find(|known| known.id == scope).unwrap();
        let text = render::consent::text_of(&platform.tables, scope).unwrap().text;
        let artefact = if declared.form == Form::General { "tick" } else { "separate" };
        json!({ "scope": scope, "party": party, "artefact": artefact, "policy": "undated", "text": text.to_string() })
    }

    fn registration(&self, person: &Person) -> Value {
        json!({
            "function": "register",
            "persons": [{ "person": "registrant", "fields": person.fields() }],
            "consents": [
                self.choice("collect.register", None),
                self.choice("collect.register.identity-document", None),
            ],
        })
    }

    /// Registers somebody; the new subject.
    async fn registered(&self, person: &Person) -> String {
        let answer = self.post("registrations", &self.registration(person)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.at("/subject")
    }

    /// Agrees to what a function needs.
    async fn agree(&self, subject: &str, scope: &str) {
        let choices = json!({ "consents": [self.choice(scope, None)] });
        let answer = self.post(&format!("subjects/{subject}/consents"), &choices).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
    }

    /// The core system hands in a policy of which somebody is applicant and insured; the record.
    async fn policy_of(&self, person: &Person) -> String {
        let answer = self.post("records", &policy(person)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.at("/record")
    }

    /// Grants an agency everything that its share may cover; the consents' ids.
    async fn authorised(&self, subject: &str, party: &str) -> Vec<String> {
        let platform = self.kit.platform();
        let of_share = platform.tables.scopes().iter().filter(|scope| scope.element.as_str() == "agency-query");
        let choices: Vec<Value> = of_share.map(|scope| self.choice(&scope.id, Some(party))).collect();
        let answer = self.post(&format!("subjects/{subject}/consents"), &json!({ "consents": choices })).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let done = answer.json();
        done.as_array().unwrap().iter().map(|one| one["consent"].as_str().unwrap().to_owned()).collect()
    }
}

fn policy(person: &Person) -> Value {
    json!({
        "class": "policy",
        "in_force_from": "2026-01-01",
        "in_force_until": "2030-12-31",
        "people": [{ "roles": ["applicant", "insured"], "fields": person.policy_fields() }],
    })
}

fn below(path: &str) -> String {
    format!("/v1/platforms/haigang/{path}")
}

fn request(token: &str, method: &str, path: &str, body: Option<&Value>) -> axum::http::request::Builder {
    let mut request = Request::builder().method(method.parse::<Method>().unwrap()).uri(path);
    if !token.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    request
}

fn text_of(body: Option<&Value>) -> Body {
    body.map_or_else(Body::empty, |body| Body::from(body.to_string()))
}
