//! `…/acts`: an act on data that another system holds, asked and noted before it is done there.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::elsewhere;
use policy::question::{Answer, Question};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Asked;
use super::caller::Bearer;
use crate::app::App;
use crate::problem::{Kind, Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(report))
}

/// An act, noted.
#[derive(Serialize, ToSchema)]
struct Reported {
    /// Leaf of the act.
    leaf: u64,
    /// What may be done; the reporter does no more. Absent when an idempotency key repeats the act.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    answer: Option<Answer>,
}

/// Reports an act on data held elsewhere
///
/// The body is a question of `ask = "processing"` about a subject by id, without `at`. What is denied must not be done;
/// the refusal has its leaf.
#[utoipa::path(post, path = "/v1/platforms/{platform}/acts", tag = "acts",
    params(("platform" = String, Path), ("idempotency-key" = Option<String>, Header)), request_body = Object,
    security(("service-token" = [])),
    responses((status = 201, body = Reported), (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn report(
    State(app): State<Arc<App>>,
    Bearer { platform, caller }: Bearer,
    asked: Asked<Question>,
) -> Result<(StatusCode, Json<Reported>), Problem> {
    let once = asked.once(&platform, &caller);
    let Question::Processing(question) = asked.body else {
        return Err(Problem::new(Kind::Wrong, "an act is a question of `ask = \"processing\"`"));
    };
    let done = elsewhere::report(&app.house, &platform, &caller, *question, once).await?;
    Ok((StatusCode::CREATED, Json(Reported { leaf: done.leaf, answer: done.answer })))
}
