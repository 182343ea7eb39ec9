//! Bodies and paths: read once, refused with a problem that names what is wrong and repeats no value.

use std::fmt;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use desk::Platform;
use desk::collect::Once;
use desk::seat::Caller;
use model::Clear;
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::app::App;
use crate::problem::{FieldProblem, Kind, Problem};

/// Longest idempotency key, in bytes.
const KEY: usize = 128;

/// Longest member name that a problem repeats.
const NAME: usize = 40;

/// A body that is read whole, and what makes the request the same request when it comes again.
pub(super) struct Whole {
    pub(super) body: Bytes,
    key: Option<String>,
    /// Method, path and bytes.
    seen: Vec<u8>,
}

impl Whole {
    /// The caller's idempotency key, bound to the caller and the whole request.
    pub(super) fn once(&self, platform: &Platform, caller: &Caller) -> Option<Once> {
        self.key.as_deref().map(|key| Once::new(platform, &caller.id().to_string(), key, &self.seen))
    }
}

impl FromRequest<Arc<App>> for Whole {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let key = idempotency_key(request.headers())?;
        let mut seen = format!("{} {}\n", request.method(), request.uri().path()).into_bytes();
        let body = Bytes::from_request(request, app).await.map_err(|rejection| unread(&rejection))?;
        seen.extend_from_slice(&body);
        Ok(Self { body, key, seen })
    }
}

/// A JSON body, and what makes the request the same request when it comes again.
pub(super) struct Asked<T> {
    pub(super) body: T,
    whole: Whole,
}

impl<T> Asked<T> {
    /// The caller's idempotency key, bound to the caller and the whole request.
    pub(super) fn once(&self, platform: &Platform, caller: &Caller) -> Option<Once> {
        self.whole.once(platform, caller)
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Asked<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(Kind::MediaType, "send the body as `Content-Type: application/json`"));
        }
        let whole = Whole::from_request(request, app).await?;
        let body = serde_json::from_slice(&whole.body).map_err(|error| malformed(&error))?;
        Ok(Self { body, whole })
    }
}

/// A body that is read in pieces, and what makes the request the same request when it comes again, but for the body.
pub(super) struct Sent {
    pub(super) body: Body,
    key: Option<String>,
    /// Method, path and query.
    seen: Vec<u8>,
}

impl Sent {
    /// The caller's idempotency key, bound to the caller and the request.
    pub(super) fn once(&self, platform: &Platform, caller: &Caller) -> Option<Once> {
        self.key.as_deref().map(|key| Once::new(platform, &caller.id().to_string(), key, &self.seen))
    }
}

impl FromRequest<Arc<App>> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, Problem> {
        let key = idempotency_key(request.headers())?;
        let seen = format!("{} {}\n", request.method(), request.uri()).into_bytes();
        Ok(Self { body: request.into_body(), key, seen })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().ok().filter(|key| (1..=KEY).contains(&key.len()));
    let wrong =
        || Problem::new(Kind::Malformed, format!("an idempotency key is 1 to {KEY} printable ASCII characters"));
    Ok(Some(key.ok_or_else(wrong)?.to_owned()))
}

fn unread(rejection: &BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(Kind::TooLarge, "send less in one request");
    }
    Problem::new(Kind::Malformed, "the body broke off")
}

/// Says where a body does not read. The parser's own words may repeat a value: only line, column and the name of an
/// unknown or missing member are taken from them.
pub(super) fn malformed(error: &serde_json::Error) -> Problem {
    let place = match (error.line(), error.column()) {
        (0, _) => String::new(),
        (line, column) => format!(" at line {line}, column {column}"),
    };
    if !error.is_data() {
        return Problem::new(Kind::Malformed, format!("the body is not JSON{place}"));
    }
    let text = error.to_string();
    for (begins, code) in
        [("unknown field `", "unknown"), ("missing field `", "missing"), ("duplicate field `", "twice")]
    {
        let Some((name, _)) = text.strip_prefix(begins).and_then(|rest| rest.split_once('`')) else { continue };
        let field = FieldProblem { person: None, place: None, item: safe_name(name), code: code.to_owned() };
        let detail = format!("the body has a member that does not fit{place}: see `fields`");
        return Problem::new(Kind::Malformed, detail).with_fields(vec![field]);
    }
    Problem::new(Kind::Malformed, format!("the body is not what this endpoint takes{place}: see /v1/openapi.json"))
}

/// A member's name where it is a word as our names are; what may be a value in the wrong place is not repeated.
fn safe_name(name: &str) -> String {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte == b'_' || byte == b'-';
    if name.len() <= NAME && name.bytes().all(letters) { name.to_owned() } else { "?".to_owned() }
}

/// What the path names; anything that does not read does not exist.
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<App>> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let read = Path::<T>::from_request_parts(parts, app).await;
        read.map(|Path(named)| Self(named)).map_err(|_| Problem::not_found("resource"))
    }
}

/// What stands behind the question mark.
pub(super) struct With<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<App>> for With<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let read = Query::<T>::from_request_parts(parts, app).await;
        let wrong = "the parameters are not what this endpoint takes: see /v1/openapi.json";
        read.map(|Query(said)| Self(said)).map_err(|_| Problem::new(Kind::Malformed, wrong))
    }
}

/// Values by item, in custody from the moment they are read.
#[derive(Default)]
pub(super) struct Values(pub(super) Vec<(String, Clear<String>)>);

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Values;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object of texts by item")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Values, M::Error> {
                let mut values: Vec<(String, Clear<String>)> = Vec::new();
                while let Some((item, value)) = map.next_entry::<String, String>()? {
                    if values.iter().any(|(known, _)| *known == item) {
                        return Err(M::Error::custom(format!("duplicate field `{item}`")));
                    }
                    values.push((item, Clear::new(value)));
                }
                Ok(Values(values))
            }
        }

        from.deserialize_map(Members)
    }
}
