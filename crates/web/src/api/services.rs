//! `…/services`: what customers ask about covers in force, and what the company's core system decides.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::seat::Eyes;
use desk::service::{self, Open, Ruling};
use jiff::civil::Date;
use model::service::Decided;
use model::{RecordId, Slug, SubjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, At, With};
use super::caller::{Calling, Collect};
use super::paging::{Page, Paging};
use super::shape::DoneBody;
use crate::app::App;
use crate::problem::{Kind, Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(decide)).routes(routes!(take_back))
}

/// A request that waits for a decision.
#[derive(Serialize, ToSchema)]
struct ServiceBody {
    /// The record that makes the request.
    request: String,
    /// The function in whose course it was made.
    function: String,
    /// The record that it is about.
    about: String,
    /// `change` or `surrender`.
    wish: &'static str,
    /// When it was made.
    at: String,
}

impl From<Open> for ServiceBody {
    fn from(open: Open) -> Self {
        Self {
            request: open.request.to_string(),
            function: open.function.to_string(),
            about: open.about.to_string(),
            wish: open.wish.word(),
            at: open.at.to_string(),
        }
    }
}

/// What was decided.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DecisionBody {
    /// `accepted` or `declined`.
    decided: String,
    /// Business day; absent: today.
    #[schema(value_type = Option<String>)]
    on: Option<Date>,
    /// A code, free of personal information. The customer reads the words of `papers-missing`, `data-differs`,
    /// `not-in-contract`, `in-person` and `done-otherwise`, and nothing of others.
    #[schema(value_type = Option<String>)]
    reason: Option<Slug>,
    /// Of a surrender that is accepted: how much of what was paid goes back, in fen; absent: all of it.
    refund: Option<u64>,
}

/// Lists what waits for a decision
///
/// The requests of the functions that the token covers, oldest first. Nothing of a person is told, and it leaves no leaf.
#[utoipa::path(get, path = "/v1/platforms/{platform}/services", tag = "records",
    params(("platform" = String, Path), Paging),
    security(("service-token" = [])),
    responses((status = 200, body = Page<ServiceBody>),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn list(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    With(paging): With<Paging>,
) -> Result<Json<Page<ServiceBody>>, Problem> {
    let (after, limit) = (paging.after()?, paging.limit()?);
    let mut open =
        service::open(&app.house, &calling.platform, Eyes::System(&calling.caller), after, limit + 1).await?;
    let more = open.len() > limit;
    open.truncate(limit);
    let next = open.last().filter(|_| more).map(|last| last.request.to_string());
    Ok(Json(Page { items: open.into_iter().map(ServiceBody::from).collect(), next }))
}

/// Decides a request
///
/// Once. A surrender that is accepted ends the cover in the same act, and what was paid for it
/// goes back, or the part that `refund` names; a request that is not accepted leaves it as it is.
#[utoipa::path(post, path = "/v1/platforms/{platform}/services/{request}/decision", tag = "records",
    params(("platform" = String, Path), ("request" = String, Path), ("idempotency-key" = Option<String>, Header)),
    request_body = DecisionBody,
    security(("service-token" = [])),
    responses((status = 201, body = DoneBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn decide(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    At((_, request)): At<(String, RecordId)>,
    asked: Asked<DecisionBody>,
) -> Result<(StatusCode, Json<DoneBody>), Problem> {
    let once = asked.once(&calling.platform, &calling.caller);
    let DecisionBody { decided, on, reason, refund } = asked.body;
    let decided: Decided = decided.parse().map_err(|error| Problem::new(Kind::Wrong, format!("`decided`: {error}")))?;
    let ruling = Ruling { decided, on, reason, refund };
    let eyes = Eyes::System(&calling.caller);
    let done = service::decide(&app.house, &calling.platform, eyes, request, ruling, once).await?;
    Ok((StatusCode::CREATED, Json(done.into())))
}

/// Takes a request back
///
/// For the customer who made it, while it is not decided. What it is about stays as it is.
#[utoipa::path(delete, path = "/v1/platforms/{platform}/subjects/{subject}/services/{request}", tag = "records",
    params(("platform" = String, Path), ("subject" = String, Path), ("request" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = DoneBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn take_back(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    At((_, subject, request)): At<(String, SubjectId, RecordId)>,
) -> Result<Json<DoneBody>, Problem> {
    let by = Some(&calling.caller);
    let done = service::take_back(&app.house, &calling.platform, subject, by, request, None).await?;
    Ok(Json(done.into()))
}
