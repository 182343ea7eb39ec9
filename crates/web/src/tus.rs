//! tus 1.0.0 (<https://tus.io/protocols/resumable-upload>), the protocol of uploads that go on where they broke off: its headers,
//! the same for systems and for the portal's own script. Core, creation, termination and expiration are spoken.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use desk::Refusal;
use desk::attach::UnderWay;

use crate::problem::{Kind, Problem};

/// The one version.
const VERSION: &str = "1.0.0";

const EXTENSIONS: &str = "creation,termination,expiration";

/// Media type of a piece.
const PIECE: &str = "application/offset+octet-stream";

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const LENGTH: &str = "upload-length";
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// Puts the version on every answer, and what is spoken on one that refuses another.
pub(crate) async fn spoken(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let refused = response.status() == StatusCode::PRECONDITION_FAILED;
    let headers = response.headers_mut();
    headers.insert(RESUMABLE, HeaderValue::from_static(VERSION));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if refused {
        headers.insert("tus-version", HeaderValue::from_static(VERSION));
    }
    response
}

/// What is spoken here, for whoever asks before it begins.
pub(crate) fn abilities(largest: u64) -> Response {
    let headers = [
        ("tus-version", HeaderValue::from_static(VERSION)),
        ("tus-extension", HeaderValue::from_static(EXTENSIONS)),
        ("tus-max-size", HeaderValue::from(largest)),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// A request that speaks the version.
pub(crate) struct Spoken;

impl Spoken {
    /// Whether a request speaks it.
    pub(crate) fn by(headers: &HeaderMap) -> Result<Self, Problem> {
        let said = headers.get(RESUMABLE).and_then(|value| value.to_str().ok());
        let wrong = || Problem::new(Kind::Version, format!("send `Tus-Resumable: {VERSION}`"));
        if said == Some(VERSION) { Ok(Self) } else { Err(wrong()) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Spoken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::by(&parts.headers)
    }
}

/// How long the file is that is to come.
pub(crate) fn length(headers: &HeaderMap, largest: u64) -> Result<u64, Problem> {
    let missing = "send `Upload-Length`, the length of the file in bytes: one that is not known yet is not taken";
    let length = number(headers, LENGTH).ok_or_else(|| Problem::new(Kind::Malformed, missing))?;
    if length > largest {
        return Err(Problem::new(Kind::TooLarge, format!("a file is at most {largest} bytes long")));
    }
    Ok(length)
}

/// Where the file goes on, by a request that is of the right kind.
pub(crate) fn offset(headers: &HeaderMap) -> Result<u64, Problem> {
    if headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) != Some(PIECE) {
        return Err(Problem::new(Kind::MediaType, format!("send the piece as `Content-Type: {PIECE}`")));
    }
    let missing = "send `Upload-Offset`, where in the file the piece begins";
    number(headers, OFFSET.as_str()).ok_or_else(|| Problem::new(Kind::Malformed, missing))
}

/// Refuses a piece that says to be longer than what is still to come.
pub(crate) fn fits(headers: &HeaderMap, offset: u64, upload: &UnderWay) -> Result<(), Problem> {
    let said = number(headers, header::CONTENT_LENGTH.as_str()).unwrap_or_default();
    let left = upload.size.saturating_sub(offset);
    let beyond = || Problem::new(Kind::TooLarge, format!("{left} bytes of the file are still to come"));
    if offset == upload.received && said > left { Err(beyond()) } else { Ok(()) }
}

/// A piece that did not say how long it is, and was longer than what was still to come, is too large as well.
pub(crate) fn refused(refusal: Refusal) -> Problem {
    match &refusal {
        Refusal::Fields(faults) if faults.iter().any(|fault| fault.code == "file-large") => {
            Problem::new(Kind::TooLarge, "more came than `Upload-Length` said: the upload is over")
        }
        _ => refusal.into(),
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?;
    // A sign is no digit.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// How an upload stands; once it is taken in, as what and with which leaf.
pub(crate) fn standing(status: StatusCode, upload: &UnderWay) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert(OFFSET, HeaderValue::from(upload.received));
    headers.insert(LENGTH, HeaderValue::from(upload.size));
    // As HTTP writes instants (RFC 9110 §5.6.7).
    let expires = upload.until.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let attached = upload.attached.map(|done| (done.attachment.to_string(), done.leaf));
    let (attachment, leaf) = attached.unzip();
    let texts = [("upload-expires", Some(expires)), ("attachment", attachment)];
    for (name, text) in texts {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(name, value);
        }
    }
    if let Some(leaf) = leaf {
        headers.insert("leaf", HeaderValue::from(leaf));
    }
    response
}

/// The same for one that has just begun, with where it is.
pub(crate) fn begun(place: &str, upload: &UnderWay) -> Response {
    let mut response = standing(StatusCode::CREATED, upload);
    if let Ok(place) = HeaderValue::from_str(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}
