//! The pages together: portals, console, assets, and what holds around all of them.

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;

use crate::app::App;
use crate::{console, portal, security, static_files, trouble};

/// Every route that people see. From the inside out: what went wrong becomes a page, a fault is caught, the headers are put on.
pub(crate) fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .route("/", get(portal::enter::root))
        .route("/p/{platform}/", get(portal::enter::start))
        .nest("/p/{platform}", portal::routes())
        .route("/console/", get(console::home))
        .nest("/console", console::routes())
        .merge(static_files::routes())
        .layer(from_fn_with_state(Arc::clone(app), trouble::pages))
        .layer(from_fn(security::caught))
        .layer(from_fn(security::headers))
}
