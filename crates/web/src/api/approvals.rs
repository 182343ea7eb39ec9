//! `…/approvals`: a second pair of eyes for staff who look at minors' data (rule R18), asked for and given by the company's own
//! systems, which know their people.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::approval::{self, Approval, HOURS, Look};
use desk::seat::{self, Eyes};
use model::{ActorId, ApprovalId, Slug, SubjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, At};
use super::caller::{Approve, Calling};
use super::shape::DoneBody;
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(ask)).routes(routes!(list)).routes(routes!(give))
}

/// For which seat, in the course of what, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AskBody {
    /// The seat that is to look: its id, as the ledger names it.
    #[schema(value_type = String)]
    seat: ActorId,
    /// A function of the seat's role: its id.
    #[schema(value_type = String)]
    function: Slug,
    /// Code of the reason.
    because: String,
}

/// An approval that was asked for.
#[derive(Serialize, ToSchema)]
struct AskedBody {
    /// Its number.
    approval: String,
    /// Leaf.
    leaf: u64,
}

/// An approval that waits.
#[derive(Serialize, ToSchema)]
struct WaitingBody {
    /// Its number.
    approval: String,
    /// At whose data.
    subject: String,
    /// In the course of which function.
    #[schema(value_type = String)]
    function: Slug,
    /// Which seat is to look.
    seat: String,
    /// Who asked: the same seat, or a system for it.
    asker: String,
    /// Code of the reason.
    because: String,
    /// When it was asked.
    at: String,
}

impl From<Approval> for WaitingBody {
    fn from(one: Approval) -> Self {
        Self {
            approval: one.id.to_string(),
            subject: one.subject.to_string(),
            function: one.function,
            seat: one.by.to_string(),
            asker: one.asker.to_string(),
            because: one.because,
            at: one.at.to_string(),
        }
    }
}

/// What waits.
#[derive(Serialize, ToSchema)]
struct WaitingList {
    /// Newest first.
    approvals: Vec<WaitingBody>,
    /// For how many hours an approval lets somebody look.
    hours: i64,
}

/// Asks that a seat may look at a minor's data
///
/// For one seat, one person and one function. Somebody else approves: another seat, or another system; until then nothing is shown.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/approvals", tag = "approvals",
    params(("platform" = String, Path), ("subject" = String, Path)), request_body = AskBody,
    security(("service-token" = [])),
    responses((status = 201, body = AskedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn ask(
    State(app): State<Arc<App>>,
    calling: Calling<Approve>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<AskBody>,
) -> Result<(StatusCode, Json<AskedBody>), Problem> {
    let (house, platform) = (&app.house, &calling.platform);
    let AskBody { seat, function, because } = asked.body;
    let duty = seat::duty(platform, &seat::seat_of(house, seat).await?)?;
    let look = Look { subject, function: function.as_str(), because: &because };
    let (id, leaf) = approval::ask(house, platform, (Eyes::System(&calling.caller), &duty), look).await?;
    Ok((StatusCode::CREATED, Json(AskedBody { approval: id.to_string(), leaf })))
}

/// Lists what waits for a second pair of eyes
#[utoipa::path(get, path = "/v1/platforms/{platform}/approvals", tag = "approvals",
    params(("platform" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = WaitingList),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn list(State(app): State<Arc<App>>, calling: Calling<Approve>) -> Result<Json<WaitingList>, Problem> {
    let waiting = approval::waiting(&app.house, &calling.platform, Eyes::System(&calling.caller)).await?;
    Ok(Json(WaitingList { approvals: waiting.into_iter().map(WaitingBody::from).collect(), hours: HOURS }))
}

/// Approves what somebody else asked for
///
/// The system vouches that a second person looked at it. Whoever asked, seat or system, cannot approve.
#[utoipa::path(post, path = "/v1/platforms/{platform}/approvals/{approval}", tag = "approvals",
    params(("platform" = String, Path), ("approval" = String, Path)),
    security(("service-token" = [])),
    responses((status = 201, body = DoneBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn give(
    State(app): State<Arc<App>>,
    calling: Calling<Approve>,
    At((_, id)): At<(String, ApprovalId)>,
) -> Result<(StatusCode, Json<DoneBody>), Problem> {
    let leaf = approval::approve(&app.house, &calling.platform, Eyes::System(&calling.caller), id).await?;
    Ok((StatusCode::CREATED, Json(DoneBody { leaf, consent: None })))
}
