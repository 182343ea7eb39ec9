//! `/healthz`, `/readyz`, `/metrics`: for whoever runs the installation. They tell nothing of people.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::evidence::Word;
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

/// Ready when the store answers, keys unwrap, heads read, and every platform that is in force is served. A witness that does not
/// answer is named, and nobody is turned away for it.
async fn ready(State(app): State<Arc<App>>) -> Response {
    match app.house.ready().await {
        Ok(()) => {
            let mut said = "ready\n".to_owned();
            for (platform, one) in app.house.witnesses().into_iter().filter(|(_, one)| one.last != Word::Cosigned) {
                // Writing into a string cannot fail.
                let _ = writeln!(said, "witness {} of {platform}: {}", one.witness, one.last.word());
            }
            said.into_response()
        }
        Err(refusal) => {
            tracing::error!(%refusal, "not ready");
            // What a witness has seen, and what is declared, is nobody's secret, and whoever looks here is to know what to do.
            let is_told = matches!(refusal, Refusal::Overtaken(_) | Refusal::NotAsDeclared { .. });
            let why = if is_told { format!("{refusal}\n") } else { String::new() };
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready\n{why}")).into_response()
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
    let text = meter.text(&app.house.acts(), &app.house.commits(), &measured, &app.house.witnesses());
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

async fn of_platform(app: &App, platform: &Platform) -> Result<Measured, Refusal> {
    let standings = threshold::standings(&app.house, platform).await?;
    let queues = measure::queues(&app.house, platform).await?;
    Ok(Measured { platform: platform.id.to_string(), standings, queues })
}
