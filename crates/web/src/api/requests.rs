//! `…/requests`: that a customer asked, by when it is answered, how far it is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::Refusal;
use desk::rights::{self, Asking, By, RequestView};
use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use model::{Clear, RecordId, SubjectId};
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

/// What is said of a body that mixes the two ways in.
const TOPIC: &str = "`text` and `about` come with a `topic`, and what has a topic came in today";

/// A request that came in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequestBody {
    /// Right: `access`, `copy`, `correct`, `delete`, …
    #[schema(value_type = String)]
    right: RightKind,
    /// The day it came in; today when not given, and always for what has a topic.
    #[schema(value_type = Option<String>)]
    since: Option<Date>,
    /// What a complaint or a question is about: a function of the policy, `personal-information` or `other`.
    topic: Option<String>,
    /// In the customer's own words, where the policy takes them; with a topic.
    text: Option<String>,
    /// The record of the customer's that it is about; with a topic.
    #[schema(value_type = Option<String>)]
    about: Option<RecordId>,
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
    /// What it is about, where it came in at customer service.
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<String>,
    /// The record that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<String>,
    /// The record that holds what the customer wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<String>,
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
            topic: view.topic,
            about: view.about.map(|record| record.to_string()),
            words: view.words.map(|record| record.to_string()),
            at: view.at.to_string(),
        }
    }
}

/// Opens a request
///
/// It is always taken, also where the answer will be no: the answer is owed either way, by the due date. A complaint or a
/// question may say a topic, and the customer's own words: these are collected by the same act, on the customer's consents,
/// under the item that the policy has for them; where the policy takes none, or the customer has not agreed, nothing is
/// opened with them.
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
    let RequestBody { right, since, topic, text, about } = asked.body;
    let by = By::Service(&calling.caller);
    let today = day_in_shanghai(app.house.now());
    let done = match topic {
        Some(topic) if since.is_none_or(|since| since == today) => {
            let text = text.map(Clear::new);
            let asking = Asking { right, topic, text, about, consents: Vec::new() };
            rights::raise_once(&app.house, &calling.platform, by, subject, asking, once).await?
        }
        None if text.is_none() && about.is_none() => {
            let since = since.unwrap_or(today);
            rights::open_once(&app.house, &calling.platform, by, subject, right, since, once).await?
        }
        _ => return Err(Refusal::Wrong(TOPIC.to_owned()).into()),
    };
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
