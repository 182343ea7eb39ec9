//! What may be kept by whoever fetched it: entity tags (RFC 9110, section 8.8.3) and how long.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::problem::{Kind, Problem};

/// How long an answer stays good.
#[derive(Debug, Clone, Copy)]
pub(super) enum Keep {
    /// It can change: ask each time, with its tag.
    Ask,
    /// It never changes.
    Always,
}

/// An answer with its tag.
pub(super) struct Cached {
    tag: String,
    keep: Keep,
}

impl Cached {
    /// `tag`: without quotes, of characters that a tag may have.
    pub(super) fn new(tag: impl Into<String>, keep: Keep) -> Self {
        Self { tag: format!("\"{}\"", tag.into()), keep }
    }

    pub(super) fn json<T: Serialize>(&self, asked: &HeaderMap, body: &T) -> Result<Response, Problem> {
        self.respond(asked, || Json(body).into_response())
    }

    pub(super) fn bytes(&self, asked: &HeaderMap, kind: &'static str, body: Vec<u8>) -> Result<Response, Problem> {
        self.respond(asked, || ([(header::CONTENT_TYPE, kind)], body).into_response())
    }

    fn respond(&self, asked: &HeaderMap, body: impl FnOnce() -> Response) -> Result<Response, Problem> {
        let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let known = known.flat_map(|list| list.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
        let fresh = known.into_iter().any(|tag| tag == self.tag || tag == "*");
        let mut response = if fresh { StatusCode::NOT_MODIFIED.into_response() } else { body() };
        let unfit = |_| Problem::new(Kind::Broken, "an entity tag does not fit into a header");
        let keep = match self.keep {
            Keep::Ask => "public, no-cache",
            Keep::Always => "public, max-age=31536000, immutable",
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, HeaderValue::from_str(&self.tag).map_err(unfit)?);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
        Ok(response)
    }
}
