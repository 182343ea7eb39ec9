//! Every route of the house: `/v1`, the pages, and what whoever runs it asks.

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::meter::{Meter, measure};
use crate::problem::{Kind, Problem};
use crate::{api, compression, faces, health, hooks, security};

/// All faces of a house.
pub fn router(app: Arc<App>) -> Router {
    let meter = Arc::new(Meter::default());
    let api = api::router()
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(patiently))
        .layer(CatchPanicLayer::custom(panicked));
    Router::new()
        .merge(api)
        .merge(faces::routes(&app))
        .merge(hooks::routes().layer(from_fn(patiently)).layer(CatchPanicLayer::custom(panicked)))
        .merge(health::router(Arc::clone(&meter)))
        .fallback(nowhere)
        .layer(compression::layer())
        .layer(from_fn(compression::tagged))
        .layer(from_fn_with_state(meter, measure))
        .with_state(app)
}

async fn nowhere() -> Problem {
    Problem::not_found("resource")
}

async fn wrong_method() -> Problem {
    Problem::new(Kind::Method, "the `Allow` header lists the methods of this path")
}

/// Gives an answer up that takes too long. An act that is being committed either is on the ledger or is not.
async fn patiently(request: Request, next: Next) -> Response {
    match tokio::time::timeout(security::patience(&request), next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(Kind::Timeout, "the request took too long: try again").into_response(),
    }
}

fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    Problem::new(Kind::Broken, "the fault is on our side and in our log: try again later").into_response()
}
