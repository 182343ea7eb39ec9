//! `…/written-consents`: the scan of an authorisation that a customer signed by hand.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use desk::consent::written::{Authorisation, LARGEST_SCAN, attest};
use jiff::civil::Date;
use model::SubjectId;
use model::calendar::midnight_in_shanghai;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{At, With};
use super::caller::{Calling, Consents};
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(send)).layer(DefaultBodyLimit::max(LARGEST_SCAN))
}

/// What was signed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Scope id; it wants a written consent.
    scope: String,
    /// Last day of the authorisation; absent: until it is withdrawn.
    #[param(value_type = Option<String>)]
    until: Option<Date>,
}

/// A written consent, taken in.
#[derive(Serialize, ToSchema)]
struct SignedBody {
    /// Leaf.
    leaf: u64,
    /// The consent.
    consent: String,
    /// Fingerprint of the scan: SHA-256 of its bytes.
    document: String,
}

/// Takes the scan of a signed authorisation in
///
/// The body is the file: a picture or a PDF, known by its first bytes, 4 MiB at most. The paper bears the text of the
/// authorisation in force, which the portal shows. The caller attests that the customer signed it; the scan is kept sealed,
/// its fingerprint stands on the leaf.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/written-consents", tag = "consents",
    params(("platform" = String, Path), ("subject" = String, Path), Wanted),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    security(("service-token" = [])),
    responses((status = 201, body = SignedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn send(
    State(app): State<Arc<App>>,
    calling: Calling<Consents>,
    At((_, subject)): At<(String, SubjectId)>,
    With(Wanted { scope, until }): With<Wanted>,
    scan: Bytes,
) -> Result<(StatusCode, Json<SignedBody>), Problem> {
    let platform = &calling.platform;
    let text = render::consent::authorisation(&platform.tables, &scope, until);
    let ends = until.and_then(|day| midnight_in_shanghai(day.tomorrow().ok()?).ok());
    let words = text.map(|text| text.plain).unwrap_or_default();
    let authorisation = Authorisation { scope, policy: platform.tables.policy(), words, until: ends };
    let done = attest(&app.house, platform, &calling.caller, subject, &authorisation, scan.to_vec()).await?;
    let body = SignedBody { leaf: done.leaf, consent: done.consent.to_string(), document: done.document.to_string() };
    Ok((StatusCode::CREATED, Json(body)))
}
