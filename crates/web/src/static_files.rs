//! `/assets/…`: style sheets, scripts and icon.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;
use crate::assets;

/// The route of the embedded files.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/assets/{file}", get(file))
}

async fn file(State(app): State<Arc<App>>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = assets::find(&file, &app.site.themes) else { return StatusCode::NOT_FOUND.into_response() };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tag| tag.to_str().ok());
    let known = known.is_some_and(|tag| tag.trim_start_matches("W/") == asset.etag);
    let about = [
        (header::CONTENT_TYPE, asset.content_type.to_owned()),
        (header::CACHE_CONTROL, asset.cache_control.to_owned()),
        (header::ETAG, asset.etag),
    ];
    if known { (StatusCode::NOT_MODIFIED, about).into_response() } else { (about, asset.bytes).into_response() }
}
