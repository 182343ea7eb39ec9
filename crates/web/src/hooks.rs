//! `/hooks`: where parties outside post by themselves. Nobody there holds a token: what comes is believed for its signature.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use desk::ports::Outside;
use desk::{Refusal, pay};
use serde_json::json;

use crate::app::App;

/// Most that a notification may hold.
const LARGEST: usize = 64 * 1024;

/// Where the payment network posts what it has to tell; `{platform}` stands for the platform's id.
pub const PAYMENT: &str = "/hooks/payment/{platform}";

/// The routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route(PAYMENT, post(payment)).layer(DefaultBodyLimit::max(LARGEST))
}

/// The network tells again what is not answered with success; so only what was taken in is.
async fn payment(
    State(app): State<Arc<App>>,
    Path(platform): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let named = headers.iter().filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    let named: BTreeMap<String, String> = named.collect();
    let done = match app.house.platform(&platform) {
        Ok(platform) => pay::notified(&app.house, &platform, &named, &body).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => failed(&refusal),
    }
}

/// The document of a failure ("支付成功回调通知"): the word is the network's, the reason is for whoever reads its log.
fn failed(refusal: &Refusal) -> Response {
    let status = match refusal {
        Refusal::Outside(Outside::Untrusted) => StatusCode::UNAUTHORIZED,
        Refusal::Outside(Outside::Nobody) | Refusal::NotFound(_) => StatusCode::NOT_FOUND,
        Refusal::Denied(_) => StatusCode::FORBIDDEN,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    tracing::warn!(%refusal, status = status.as_u16(), "a payment notification was not taken in");
    (status, Json(json!({ "code": "FAIL", "message": refusal.to_string() }))).into_response()
}
