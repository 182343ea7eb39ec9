//! What holds for every page: headers, limits, and that a fault in one request is no fault of the process.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use desk::Refusal;

use crate::pages::CONTENT_SECURITY_POLICY;
use crate::trouble::Trouble;

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

/// Longest time for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Longest time for a file to come in.
const UPLOAD: Duration = Duration::from_secs(600);

/// How long an answer is waited for.
pub(crate) fn patience(request: &Request) -> Duration {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let path = request.uri().path();
    let is_file = kind.starts_with("multipart/") || ["/attachments/", "/uploads/"].iter().any(|one| path.contains(one));
    if is_file && matches!(*request.method(), Method::POST | Method::PATCH) { UPLOAD } else { PATIENCE }
}

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

/// Runs the request as a task of its own: an act under way is finished though the browser has gone or it took too long,
/// and a fault in it ends this request alone. Both are told as a page.
pub(crate) async fn apart(request: Request, next: Next) -> Response {
    within(patience(&request), next.run(request)).await
}

async fn within(patience: Duration, work: impl Future<Output = Response> + Send + 'static) -> Response {
    match tokio::time::timeout(patience, tokio::spawn(work)).await {
        Ok(Ok(response)) => response,
        Ok(Err(fault)) => {
            tracing::error!(panic = fault.is_panic(), "a request could not be answered");
            Trouble::Refusal(Refusal::Broken("a handler panicked".to_owned())).into_response()
        }
        Err(_) => Trouble::Slow.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_fault_is_answered_and_the_next_request_too() {
        async fn fault() -> &'static str {
            panic!("a fault that a test makes")
        }
        let router =
            Router::new().route("/fault", get(fault)).route("/fine", get(|| async { "fine" })).layer(from_fn(apart));
        let ask = |path: &str| Request::get(path).body(Body::empty()).unwrap();
        assert_eq!(router.clone().oneshot(ask("/fault")).await.unwrap().status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(router.oneshot(ask("/fine")).await.unwrap().status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn what_takes_too_long_is_answered_and_finished_all_the_same() {
        let (done, finished) = tokio::sync::oneshot::channel();
        let (go, wait) = tokio::sync::oneshot::channel::<()>();
        let work = async move {
            wait.await.unwrap();
            done.send(()).unwrap();
            StatusCode::OK.into_response()
        };
        let answer = within(Duration::from_millis(5), work).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        go.send(()).unwrap();
        finished.await.unwrap();
    }

    #[test]
    fn a_file_may_take_longer_to_come_in_than_anything_else() {
        let asked = |method: &str, path: &str, kind: &str| {
            let request = Request::builder().method(method).uri(path).header("content-type", kind);
            patience(&request.body(Body::empty()).unwrap())
        };
        assert_eq!(asked("POST", "/p/haigang/roster", "multipart/form-data; boundary=x"), UPLOAD);
        assert_eq!(asked("POST", "/v1/platforms/haigang/a/attachments/b", "image/png"), UPLOAD);
        assert_eq!(asked("PATCH", "/p/haigang/uploads/upl-1", "application/offset+octet-stream"), UPLOAD);
        assert_eq!(asked("GET", "/v1/platforms/haigang/a/attachments/b", ""), PATIENCE);
        assert_eq!(asked("POST", "/p/haigang/login", "application/x-www-form-urlencoded"), PATIENCE);
    }
}
