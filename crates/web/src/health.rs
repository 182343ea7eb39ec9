//! `/healthz`, `/readyz`, `/metrics`: for whoever runs the installation. They tell nothing of people.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::threshold;

use crate::app::App;
use crate::meter::Meter;

/// The three routes.
pub(crate) fn router(meter: Arc<Meter>) -> Router<Arc<App>> {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(async move |State(app): State<Arc<App>>| metrics(&app, &meter).await))
}

/// Ready when the store answers and every platform that it holds is served.
async fn ready(State(app): State<Arc<App>>) -> Response {
    match app.house.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(refusal) => {
            tracing::error!(%refusal, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    }
}

async fn metrics(app: &App, meter: &Meter) -> Response {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    let mut counted = Vec::new();
    for platform in app.house.platforms() {
        match threshold::standings(&app.house, &platform).await {
            Ok(standings) => counted.push((platform.id.to_string(), standings)),
            Err(why) => tracing::error!(platform = %platform.id, %why, "persons could not be counted"),
        }
    }
    ([(header::CONTENT_TYPE, kind)], meter.text(&app.house.acts(), &counted)).into_response()
}
