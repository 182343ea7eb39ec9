//! `/v1`: JSON for other systems, in the order of `docs/api.md`. One file per resource; no cookies anywhere.
//!
//! Every request goes the same way: `caller` checks token, platform and scope; `body` reads; the handler calls one desk
//! verb; `shape` writes the answer, or [`crate::problem`] says why not.

mod acts;
mod applications;
mod approvals;
mod attachments;
mod body;
mod cached;
mod caller;
mod consents;
mod copies;
mod decisions;
mod deliveries;
mod erasure;
mod events;
mod hand_offs;
mod inbound;
mod invitations;
mod ledger;
mod paging;
mod parties;
mod payments;
mod permissions;
mod policies;
mod queries;
mod records;
mod registrations;
mod replays;
mod requests;
mod rosters;
mod services;
mod shape;
mod subjects;
mod uploads;
mod written;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use axum::{Extension, Json, Router};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::compression::Unechoing;

/// Largest body, in bytes.
const BODY: usize = 64 * 1024;

/// Largest body of a batch of questions, in bytes.
const BATCH_BODY: usize = 2 * 1024 * 1024;

/// Where the document is served.
pub const DOCUMENT: &str = "/v1/openapi.json";

fn api() -> OpenApiRouter<Arc<App>> {
    let written = OpenApiRouter::with_openapi(described())
        .merge(registrations::router())
        .merge(subjects::router())
        .merge(inbound::router())
        .merge(applications::router())
        .merge(consents::router())
        .merge(written::router())
        .merge(permissions::router())
        .merge(records::router())
        .merge(payments::router())
        .merge(services::router())
        .merge(attachments::router())
        .merge(uploads::router())
        .merge(invitations::router())
        .merge(replays::router())
        .merge(queries::router())
        .merge(parties::router())
        .merge(hand_offs::router())
        .merge(approvals::router())
        .merge(erasure::router())
        .merge(requests::router())
        .merge(copies::router())
        .merge(deliveries::router())
        .merge(acts::router())
        .merge(policies::router())
        .merge(ledger::router())
        .merge(events::router())
        .layer(DefaultBodyLimit::max(BODY));
    let written = written.merge(rosters::router().layer(DefaultBodyLimit::max(desk::collect::MOST_BYTES)));
    written.merge(decisions::router().layer(DefaultBodyLimit::max(BATCH_BODY)))
}

fn described() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Shouyue")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Ask before touching personal information; every act leaves its proof."))
        .license(Some(License::new("Apache-2.0")));
    let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = ComponentsBuilder::new().security_scheme("service-token", token).build();
    OpenApiBuilder::new().info(info.build()).components(Some(components)).build()
}

/// The OpenAPI document of `/v1`.
pub fn document() -> OpenApi {
    written(api().to_openapi())
}

/// The router's own mark of a path that goes on is not OpenAPI's.
fn written(mut document: OpenApi) -> OpenApi {
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths = paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    document
}

/// The routes of `/v1` and the document of them.
pub(crate) fn router() -> Router<Arc<App>> {
    let (router, document) = api().split_for_parts();
    let document = Arc::new(written(document));
    router.route(DOCUMENT, get(move || async move { (Extension(Unechoing), Json(OpenApi::clone(&document))) }))
}
