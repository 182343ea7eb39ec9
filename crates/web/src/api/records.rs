//! `…/records`: what the company's own systems hand in, and the life of it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::collect::{self, HandIn, Handed};
use jiff::civil::Date;
use model::{RecordId, Slug};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, At, Values};
use super::caller::{Calling, Collect};
use super::shape::DoneBody;
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(hand_in)).routes(routes!(event))
}

/// A record to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandInBody {
    /// Record class id.
    #[schema(value_type = String)]
    class: Slug,
    /// Product that it is about.
    #[schema(value_type = Option<String>)]
    product: Option<Slug>,
    /// First day of cover.
    #[schema(value_type = Option<String>)]
    in_force_from: Option<Date>,
    /// Last day of cover.
    #[schema(value_type = Option<String>)]
    in_force_until: Option<Date>,
    /// Who stands in it.
    people: Vec<HandedBody>,
}

/// One person, or organisation, of a record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandedBody {
    /// Every role in which it stands.
    #[schema(value_type = Vec<String>)]
    roles: Vec<Slug>,
    /// Texts by item.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    fields: Values,
}

impl From<HandedBody> for Handed {
    fn from(body: HandedBody) -> Self {
        Self { roles: body.roles, fields: body.fields.0 }
    }
}

/// A record, handed in.
#[derive(Serialize, ToSchema)]
struct HandedInBody {
    /// The new record.
    record: String,
    /// Its subjects, in the order of `people` without organisations.
    subjects: Vec<String>,
    /// Leaf.
    leaf: u64,
}

/// Something that happened to a record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EventBody {
    /// A word that the class declares.
    event: String,
    /// Business day.
    #[schema(value_type = String)]
    on: Date,
    /// A code, free of personal information.
    reason: Option<String>,
}

/// Hands a record in
///
/// A person is found by document number, else made known without an account. One act over everybody in the record.
#[utoipa::path(post, path = "/v1/platforms/{platform}/records", tag = "records",
    params(("platform" = String, Path), ("idempotency-key" = Option<String>, Header)), request_body = HandInBody,
    security(("service-token" = [])),
    responses((status = 201, body = HandedInBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn hand_in(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    asked: Asked<HandInBody>,
) -> Result<(StatusCode, Json<HandedInBody>), Problem> {
    let once = asked.once(&calling.platform, &calling.caller);
    let HandInBody { class, product, in_force_from, in_force_until, people } = asked.body;
    let people = people.into_iter().map(Handed::from).collect();
    let handed = HandIn { class, product, in_force_from, in_force_until, people };
    let done = collect::hand_in(&app.house, &calling.platform, &calling.caller, handed, once).await?;
    let subjects = done.subjects.iter().map(ToString::to_string).collect();
    let body = HandedInBody { record: done.record.to_string(), subjects, leaf: done.leaf };
    Ok((StatusCode::CREATED, Json(body)))
}

/// Notes an event of a record's life
#[utoipa::path(post, path = "/v1/platforms/{platform}/records/{record}/events", tag = "records",
    params(("platform" = String, Path), ("record" = String, Path), ("idempotency-key" = Option<String>, Header)), request_body = EventBody,
    security(("service-token" = [])),
    responses((status = 201, body = DoneBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn event(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    At((_, record)): At<(String, RecordId)>,
    asked: Asked<EventBody>,
) -> Result<(StatusCode, Json<DoneBody>), Problem> {
    let once = asked.once(&calling.platform, &calling.caller);
    let EventBody { event, on, reason } = asked.body;
    let Calling { platform, caller, .. } = &calling;
    let done = collect::event(&app.house, platform, caller, record, &event, on, reason.as_deref(), once).await?;
    Ok((StatusCode::CREATED, Json(done.into())))
}
