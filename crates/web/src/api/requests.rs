//! `…/requests`: that a customer asked, by when it is answered, how far it is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::rights::{self, By, RequestView};
use jiff::civil::Date;
use model::SubjectId;
use model::calendar::day_in_shanghai;
use policy::question::RightAnswer;
use policy::syntax::RightKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, At, With};
use super::caller::{Calling, Rights};
use super::paging::{Page, Paging};
use super::shape::DueBody;
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(open, list))
}

/// A request that came in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequestBody {
    /// Right: `access`, `copy`, `correct`, `delete`, …
    #[schema(value_type = String)]
    right: RightKind,
    /// The day it came in; today when not given.
    #[schema(value_type = Option<String>)]
    since: Option<Date>,
}

/// A request, opened.
#[derive(Serialize, ToSchema)]
struct OpenedBody {
    /// Id.
    id: String,
    /// Leaf.
    leaf: u64,
    /// Answered by: the earlier of promise and law.
    due: DueBody,
    /// What policy and law say of it.
    #[schema(value_type = Object)]
    answer: RightAnswer,
}

/// A request.
#[derive(Serialize, ToSchema)]
struct RequestRow {
    /// Id.
    id: String,
    /// Right.
    right: &'static str,
    /// `open`, `verified`, `blocked`, `done`, `refused` or `taken-back`.
    state: &'static str,
    /// Code of the reason of the last step.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Received on.
    since: String,
    /// The last day that is in time.
    due: String,
    /// Version of the calendar that it was counted on.
    calendar: String,
    /// Whether a notice yet to be published can change it.
    provisional: bool,
    /// Whether it is open and late.
    overdue: bool,
    /// Last step at.
    at: String,
}

impl From<RequestView> for RequestRow {
    fn from(view: RequestView) -> Self {
        Self {
            id: view.id.to_string(),
            right: view.right.word(),
            state: view.state.word(),
            reason: view.reason,
            since: view.since.to_string(),
            due: view.due.to_string(),
            calendar: view.calendar,
            provisional: view.provisional,
            overdue: view.overdue,
            at: view.at.to_string(),
        }
    }
}

/// Opens a request
///
/// It is always taken, also where the answer will be no: the answer is owed either way, by the due date.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/requests", tag = "rights",
    params(("platform" = String, Path), ("subject" = String, Path), ("idempotency-key" = Option<String>, Header)), request_body = RequestBody,
    security(("service-token" = [])),
    responses((status = 201, body = OpenedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn open(
    State(app): State<Arc<App>>,
    calling: Calling<Rights>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<RequestBody>,
) -> Result<(StatusCode, Json<OpenedBody>), Problem> {
    let once = asked.once(&calling.platform, &calling.caller);
    let RequestBody { right, since } = asked.body;
    let since = since.unwrap_or_else(|| day_in_shanghai(app.house.now()));
    let by = By::Service(&calling.caller);
    let done = rights::open_once(&app.house, &calling.platform, by, subject, right, since, once).await?;
    let due = DueBody::from(&done.due);
    Ok((StatusCode::CREATED, Json(OpenedBody { id: done.id.to_string(), leaf: done.leaf, due, answer: done.answer })))
}

/// Lists a subject's requests, newest first
#[utoipa::path(get, path = "/v1/platforms/{platform}/subjects/{subject}/requests", tag = "rights",
    params(("platform" = String, Path), ("subject" = String, Path), Paging),
    security(("service-token" = [])),
    responses((status = 200, body = Page<RequestRow>),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn list(
    State(app): State<Arc<App>>,
    calling: Calling<Rights>,
    At((_, subject)): At<(String, SubjectId)>,
    With(paging): With<Paging>,
) -> Result<Json<Page<RequestRow>>, Problem> {
    let all = rights::list(&app.house, &calling.platform, subject).await?;
    paging.of(all, |view| view.id.to_string(), RequestRow::from).map(Json)
}
