//! `/healthz`, `/readyz`, `/metrics`: for whoever runs the installation. They tell nothing of people.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::{Platform, Refusal, measure, threshold};

use crate::app::App;
use crate::meter::{Measured, Meter};

/// The three routes.
pub(crate) fn router(meter: Arc<Meter>) -> Router<Arc<App>> {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(async move |State(app): State<Arc<App>>| metrics(&app, &meter).await))
}

/// Ready when the store answers, keys unwrap, heads read, and every platform that is in force is served.
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
    let mut measured = Vec::new();
    for platform in app.house.platforms() {
        match of_platform(app, &platform).await {
            Ok(one) => measured.push(one),
            Err(why) => tracing::error!(platform = %platform.id, %why, "a platform could not be measured"),
        }
    }
    let text = meter.text(&app.house.acts(), &app.house.commits(), &measured);
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

async fn of_platform(app: &App, platform: &Platform) -> Result<Measured, Refusal> {
    let standings = threshold::standings(&app.house, platform).await?;
    let queues = measure::queues(&app.house, platform).await?;
    Ok(Measured { platform: platform.id.to_string(), standings, queues })
}
