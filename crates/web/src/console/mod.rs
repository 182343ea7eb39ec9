//! The console's handlers.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::trouble::{Trouble, unknown};

/// The routes under `/console`.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().fallback(unknown)
}

/// A problem, as a page of the console.
pub(crate) async fn problem(_: &Arc<App>, _: &HeaderMap, _: &Trouble) -> Result<Response, Trouble> {
    Ok(StatusCode::OK.into_response())
}

/// `/console/`.
pub(crate) async fn home() -> Trouble {
    Trouble::Unknown
}
