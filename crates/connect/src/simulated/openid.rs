//! A provider of OpenID Connect on this machine: enforces what [`crate::federation`] must keep to, with invented accounts.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk::ports::Clock;
use model::Entropy;
use serde_json::{Map, Value, json};

use super::Mood;
use super::accounts::{Books, Grant, Registered, Spent, away, fields, html, query, sheet};
use super::loopback::{Answer, Call, Loopback};
use crate::client::address;
use crate::jose::{encoded, to_sign};

/// The key's name in the set.
const KEY: &str = "sim-1";

/// How long an ID token lives, in seconds.
const LIFE: i64 = 300;

/// The provider.
pub struct SimulatedOpenId {
    server: Loopback,
    inside: Arc<Inside>,
}

struct Inside {
    mood: Mood,
    books: Books,
    name: String,
    key: EcdsaKeyPair,
}

impl SimulatedOpenId {
    /// `name`: whom the page says to be a simulation of.
    ///
    /// # Errors
    /// When the machine has no port or no key.
    pub fn start(name: &str, clients: Vec<Registered>, steady: (Arc<dyn Clock>, Arc<dyn Entropy>)) -> io::Result<Self> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(io::Error::other)?;
        let books = Books::new(clients, steady)?;
        let inside = Arc::new(Inside { mood: Mood::default(), books, name: name.to_owned(), key });
        let served = Arc::clone(&inside);
        let server = Loopback::start(move |call| served.mood.answer(|| served.serve(call)))?;
        Ok(Self { server, inside })
    }

    /// The issuer.
    pub fn origin(&self) -> String {
        self.server.origin()
    }

    /// How it behaves.
    pub fn mood(&self) -> &Mood {
        &self.inside.mood
    }
}

impl Inside {
    fn serve(&self, call: &Call) -> Answer {
        let issuer = format!("http://{}", call.header("host").unwrap_or_default());
        let (path, query) = query(call);
        match (call.method.as_str(), path) {
            ("GET", "/.well-known/openid-configuration") => Answer::json(200, &metadata(&issuer)),
            ("GET", "/keys") => self.keys(),
            ("GET", "/authorise.css") => sheet(),
            ("GET", "/authorize") => self.ask(&query),
            ("POST", "/authorize") => self.said(call),
            ("POST", "/token") => self.token(call, &issuer),
            ("GET", "/userinfo") => self.userinfo(call),
            _ => Answer::json(404, &json!({ "error": "not_found" })),
        }
    }

    fn keys(&self) -> Answer {
        let point = self.key.public_key().as_ref();
        let (x, y) = point.split_at_checked(33).unwrap_or_default();
        let x = x.split_at_checked(1).map(|(_, x)| x).unwrap_or_default();
        let (x, y) = (encoded(x), encoded(y));
        let key = json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": KEY, "x": x, "y": y });
        Answer::json(200, &json!({ "keys": [key] }))
    }

    /// Core §3.1.2: a wrong client or address is told to the person, everything else to the client.
    fn ask(&self, query: &BTreeMap<String, String>) -> Answer {
        let word = |name: &str| query.get(name).cloned().unwrap_or_default();
        let client = self.books.client(&word("client_id")).filter(|client| client.back == word("redirect_uri"));
        let Some(client) = client else { return html(400, "invalid client_id or redirect_uri") };
        let wrong = |error: &str| away(address(&client.back, &[("error", error), ("state", &word("state"))]));
        if word("response_type") != "code" {
            return wrong("unsupported_response_type");
        }
        if !word("scope").split(' ').any(|scope| scope == "openid") {
            return wrong("invalid_scope");
        }
        if word("code_challenge").len() != 43 || word("code_challenge_method") != "S256" || word("nonce").is_empty() {
            return wrong("invalid_request");
        }
        let asked: Value = serde_json::from_str(&word("claims")).unwrap_or_default();
        let asked = asked.get("userinfo").and_then(Value::as_object).map(|claims| claims.keys().cloned().collect());
        let claims: Vec<String> = asked.unwrap_or_default();
        let grant = Grant {
            client: client.id.clone(),
            back: client.back.clone(),
            state: word("state"),
            nonce: word("nonce"),
            challenge: word("code_challenge"),
            claims: claims.clone(),
            ..Grant::default()
        };
        let told = std::iter::once("sub").chain(claims.iter().map(String::as_str)).collect::<Vec<_>>().join(", ");
        self.books.page(&self.name, "/authorize", grant, &told)
    }

    fn said(&self, call: &Call) -> Answer {
        let Some((grant, yes)) = self.books.answered(call) else { return html(400, "invalid request") };
        let (back, state) = (grant.back.clone(), grant.state.clone());
        if !yes {
            return away(address(&back, &[("error", "access_denied"), ("state", &state)]));
        }
        let code = self.books.keep(grant);
        away(address(&back, &[("code", &code), ("state", &state)]))
    }

    fn token(&self, call: &Call, issuer: &str) -> Answer {
        let form = fields(&String::from_utf8_lossy(&call.body));
        let word = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let error = |status, error: &str| Answer::json(status, &json!({ "error": error }));
        let Some(client) = self.authenticated(call) else { return error(401, "invalid_client") };
        if word("grant_type") != "authorization_code" {
            return error(400, "unsupported_grant_type");
        }
        let grant = match self.books.redeem(word("code")) {
            Ok(grant) => grant,
            Err(Spent::Unknown | Spent::Used | Spent::Old) => return error(400, "invalid_grant"),
        };
        let challenge = encoded(digest(&SHA256, word("code_verifier").as_bytes()));
        if grant.client != client.id || grant.back != word("redirect_uri") || grant.challenge != challenge {
            return error(400, "invalid_grant");
        }
        let now = self.books.clock.now().as_second();
        let identity = json!({
            "iss": issuer, "aud": client.id, "sub": grant.account.number, "nonce": grant.nonce,
            "iat": now, "exp": now + LIFE,
        });
        let Some(token) = self.signed(&identity) else { return error(500, "server_error") };
        let access = self.books.keep(grant);
        let answer = json!({ "access_token": access, "token_type": "Bearer", "expires_in": LIFE, "id_token": token });
        Answer::json(200, &answer).with("cache-control", "no-store")
    }

    /// RFC 6749 §2.3.1.
    fn authenticated(&self, call: &Call) -> Option<&Registered> {
        let basic = STANDARD.decode(call.header("authorization")?.strip_prefix("Basic ")?).ok()?;
        let basic = String::from_utf8(basic).ok()?;
        let (id, secret) = basic.split_once(':')?;
        let half = |text: &str| form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned());
        let secret = half(secret)?;
        self.books.client(&half(id)?).filter(|client| client.secret == secret)
    }

    fn signed(&self, payload: &Value) -> Option<String> {
        let text = to_sign(&json!({ "alg": "ES256", "kid": KEY, "typ": "JWT" }), payload);
        let signature = self.key.sign(&SystemRandom::new(), text.as_bytes()).ok()?;
        Some(format!("{text}.{}", encoded(signature)))
    }

    fn userinfo(&self, call: &Call) -> Answer {
        let access = call.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let Some(grant) = access.and_then(|access| self.books.look(access)) else {
            return Answer::json(401, &json!({ "error": "invalid_token" })).with("www-authenticate", "Bearer");
        };
        let mut told = Map::from_iter([("sub".to_owned(), json!(grant.account.number))]);
        for claim in &grant.claims {
            let value = match claim.as_str() {
                "nickname" => json!(grant.account.nickname),
                "picture" => json!(grant.account.picture),
                "phone_number" => json!(grant.account.phone),
                "phone_number_verified" => json!(grant.account.phone.is_some()),
                _ => Value::Null,
            };
            if !value.is_null() {
                told.insert(claim.clone(), value);
            }
        }
        Answer::json(200, &Value::Object(told))
    }
}

/// Discovery 1.0 §3.
fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "claims_parameter_supported": true,
        "claims_supported": ["sub", "nickname", "picture", "phone_number", "phone_number_verified"],
    })
}
