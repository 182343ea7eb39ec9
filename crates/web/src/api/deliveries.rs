//! `…/deliveries`: a customer's copy, sent to a party that the customer named.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::deliver::{self, By, Delivery, Outcome};
use model::SubjectId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, At, With};
use super::caller::{Calling, Share};
use super::paging::{Page, Paging};
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(send, list))
}

/// A copy to be sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeliveryBody {
    /// Party of the operation file's register, to which the customer consented.
    party: String,
    /// Number of a copy that did not arrive: it is sent again under that number, and a party that took it in before takes
    /// nothing in twice.
    #[serde(default)]
    again: Option<u64>,
}

/// A copy that was let out.
#[derive(Serialize, ToSchema)]
struct DeliveryRow {
    /// Number of the copy: leaf of the act that first let it out.
    number: u64,
    /// Party.
    party: String,
    /// Items that were let out.
    #[schema(value_type = Vec<String>)]
    items: Vec<model::Slug>,
    /// When it was first let out.
    at: String,
    /// How often it was let out.
    tries: u32,
    /// Whether the party took it in.
    arrived: bool,
    /// The party's own number of its receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
    /// Why it did not arrive: `timed-out`, `busy`, `refused`, `unaccepted`, `untrusted`, `nobody`. Absent also while nothing is
    /// known.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// Leaf of the party's answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaf: Option<u64>,
}

impl From<Delivery> for DeliveryRow {
    fn from(done: Delivery) -> Self {
        let (arrived, receipt, why) = match done.outcome {
            Outcome::Arrived { receipt, .. } => (true, Some(receipt), None),
            Outcome::Open(why) => (false, None, why),
        };
        Self {
            number: done.number,
            party: done.party.to_string(),
            items: done.items,
            at: done.at.to_string(),
            tries: done.tries,
            arrived,
            receipt,
            why,
            leaf: done.leaf,
        }
    }
}

/// Sends a copy to a party
///
/// The values go to the party, not to the caller. Without the customer's separate consent to this very party the act is
/// denied, with its leaf. That the party did not take the copy in is an answer, not a problem: `arrived` says so.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/deliveries", tag = "rights",
    params(("platform" = String, Path), ("subject" = String, Path), ("idempotency-key" = Option<String>, Header)), request_body = DeliveryBody,
    security(("service-token" = [])),
    responses((status = 201, body = DeliveryRow),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn send(
    State(app): State<Arc<App>>,
    calling: Calling<Share>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<DeliveryBody>,
) -> Result<(StatusCode, Json<DeliveryRow>), Problem> {
    let once = asked.once(&calling.platform, &calling.caller);
    let DeliveryBody { party, again } = asked.body;
    let by = By::Service(&calling.caller);
    let done = deliver::send(&app.house, &calling.platform, subject, by, &party, again, once).await?;
    Ok((StatusCode::CREATED, Json(done.into())))
}

/// Lists a subject's copies that were let out, newest first
#[utoipa::path(get, path = "/v1/platforms/{platform}/subjects/{subject}/deliveries", tag = "rights",
    params(("platform" = String, Path), ("subject" = String, Path), Paging),
    security(("service-token" = [])),
    responses((status = 200, body = Page<DeliveryRow>),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn list(
    State(app): State<Arc<App>>,
    calling: Calling<Share>,
    At((_, subject)): At<(String, SubjectId)>,
    With(paging): With<Paging>,
) -> Result<Json<Page<DeliveryRow>>, Problem> {
    calling.caller.is_of_the_company()?;
    let all = deliver::deliveries(&app.house, &calling.platform, subject).await?;
    paging.of(all, |one| one.number.to_string(), DeliveryRow::from).map(Json)
}
