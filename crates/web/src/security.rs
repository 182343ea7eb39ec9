//! What holds for every page: headers, limits, and that a fault in one request is no fault of the process.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::pages::CONTENT_SECURITY_POLICY;

/// Most that a form may hold.
pub(crate) const FORM: usize = 64 * 1024;

/// Most that the picture of a face may hold.
pub(crate) const PICTURE: usize = 2 * 1024 * 1024;

/// Most that the picture of a document may hold.
pub(crate) const DOCUMENT: usize = 8 * 1024 * 1024;

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    ),
];

/// Puts the headers on that every page is served with. What says nothing of caching may hold personal information and is
/// kept nowhere.
pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // A file that is shown by itself brings a stricter policy.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Runs the request as a task of its own: an act under way is finished though the browser has gone, and a fault in it
/// ends this request alone.
pub(crate) async fn caught(request: Request, next: Next) -> Response {
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(fault) => {
            tracing::error!(panic = fault.is_panic(), "a request could not be answered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_fault_is_answered_and_the_next_request_too() {
        async fn fault() -> &'static str {
            panic!("a fault that a test makes")
        }
        let router = Router::new()
            .route("/fault", get(fault))
            .route("/fine", get(|| async { "fine" }))
            .layer(axum::middleware::from_fn(caught));
        let ask = |path: &str| Request::get(path).body(Body::empty()).unwrap();
        assert_eq!(router.clone().oneshot(ask("/fault")).await.unwrap().status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(router.oneshot(ask("/fine")).await.unwrap().status(), StatusCode::OK);
    }
}
