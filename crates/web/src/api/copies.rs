//! `…/copies`: a customer's copy, handed to the customer by one of the company's own systems.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use desk::read::export;
use model::SubjectId;
use policy::syntax::RightKind;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, At};
use super::caller::{Calling, Rights};
use crate::app::App;
use crate::copy::package;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(make))
}

/// A copy to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CopyBody {
    /// The right that is exercised: `access`, `copy` or `port`.
    #[schema(value_type = String)]
    right: RightKind,
}

/// Makes a copy of everything that is held of a subject
///
/// A ZIP archive, made while it is sent: `data.json` (form `shouyue-export/1`), `data.html`, the subject's own pictures,
/// papers and recordings under `files/`, and `signature.txt`, a signed note that names every file with its SHA-256, which
/// `shouyue verify` checks offline. It is one act; the header `leaf` names its leaf, absent where nothing is held. An archive
/// that breaks off has no directory. Each call makes a copy anew: there is no idempotency key.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/copies", tag = "rights",
    params(("platform" = String, Path), ("subject" = String, Path)), request_body = CopyBody,
    security(("service-token" = [])),
    responses((status = 200, body = Vec<u8>, content_type = "application/zip"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn make(
    State(app): State<Arc<App>>,
    calling: Calling<Rights>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<CopyBody>,
) -> Result<Response, Problem> {
    calling.caller.is_of_the_company()?;
    let who = calling.caller.who();
    let copy = export(&app.house, &calling.platform, subject, asked.body.right, who).await?;
    Ok(package(&calling.platform, copy)?)
}
