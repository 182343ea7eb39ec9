//! What is compressed on its way: only what holds no secret beside what somebody else may have chosen.
//!
//! The length of a compressed answer tells how much of it repeats. Where a page puts back what a request said and holds a form's
//! token or somebody's data too, whoever can have such requests sent and sees the lengths learns the secret letter by letter
//! (BREACH, CVE-2013-3587). So compression is asked for, not taken away: by answers that are public, the same for everybody,
//! and by the whole text of a policy, which puts nothing back of what was asked. Whatever else is sent as it is.

use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::compression::CompressionLayer;

/// Shorter answers gain nothing, in bytes.
const SHORTEST: u64 = 1024;

/// Marks an answer that puts nothing back of what the request said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unechoing;

/// When an answer is compressed.
type When = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// Compresses where whoever asks takes gzip.
pub(crate) fn layer() -> CompressionLayer<When> {
    CompressionLayer::new().gzip(true).compress_when(may_be)
}

fn may_be(status: StatusCode, _: Version, headers: &HeaderMap, extensions: &Extensions) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = text(header::CONTENT_TYPE);
    let is_text = kind.starts_with("text/") || ["json", "javascript", "svg+xml"].iter().any(|word| kind.contains(word));
    let is_short = text(header::CONTENT_LENGTH).parse::<u64>().is_ok_and(|length| length < SHORTEST);
    let is_public = text(header::CACHE_CONTROL).starts_with("public");
    status == StatusCode::OK && is_text && !is_short && (is_public || extensions.get::<Unechoing>().is_some())
}

/// What was compressed is the same thing in other bytes: its tag says no more (RFC 9110, section 8.8.1).
pub(crate) async fn tagged(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if headers.contains_key(header::CONTENT_ENCODING)
        && let Some(tag) =
            headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()).filter(|tag| tag.starts_with('"'))
        && let Ok(weak) = HeaderValue::from_str(&format!("W/{tag}"))
    {
        headers.insert(header::ETAG, weak);
    }
    response
}
