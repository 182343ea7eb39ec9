//! `…/erasure`: what would become of a subject's data, and doing it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use desk::retain;
use model::SubjectId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::At;
use super::caller::{Calling, Rights};
use super::shape::{DueBody, FateBody};
use crate::app::App;
use crate::problem::{Kind, Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(plan, erase))
}

/// What would become of everything that is held.
#[derive(Serialize, ToSchema)]
struct PlanBody {
    /// Part by part, oldest record first.
    parts: Vec<FateBody>,
    /// By when a request of today has to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<DueBody>,
}

/// An erasure, done.
#[derive(Serialize, ToSchema)]
struct ErasedBody {
    /// Leaf.
    leaf: u64,
    /// What became of each part.
    parts: Vec<FateBody>,
    /// The certificate, to be given to the customer. The house keeps no copy.
    #[schema(value_type = Object)]
    certificate: Value,
}

/// Says what an erasure would do
#[utoipa::path(get, path = "/v1/platforms/{platform}/subjects/{subject}/erasure", tag = "rights",
    params(("platform" = String, Path), ("subject" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = PlanBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn plan(
    State(app): State<Arc<App>>,
    calling: Calling<Rights>,
    At((_, subject)): At<(String, SubjectId)>,
) -> Result<Json<PlanBody>, Problem> {
    let plan = retain::plan(&app.house, &calling.platform, subject).await?;
    let due = plan.due.as_ref().map(DueBody::from);
    Ok(Json(PlanBody { parts: plan.parts.iter().map(FateBody::from).collect(), due }))
}

/// Erases a subject
///
/// What may go is destroyed, what a floor keeps is storage-only, every consent ends and the account is closed. The second
/// time there is no such subject, or nothing more to erase.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/erasure", tag = "rights",
    params(("platform" = String, Path), ("subject" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = ErasedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn erase(
    State(app): State<Arc<App>>,
    calling: Calling<Rights>,
    At((_, subject)): At<(String, SubjectId)>,
) -> Result<Json<ErasedBody>, Problem> {
    let done = retain::erase(&app.house, &calling.platform, subject, calling.caller.who()).await?;
    let certificate = serde_json::from_str(&done.certificate)
        .map_err(|_| Problem::new(Kind::Broken, "the certificate does not read"))?;
    Ok(Json(ErasedBody { leaf: done.leaf, parts: done.fates.iter().map(FateBody::from).collect(), certificate }))
}
