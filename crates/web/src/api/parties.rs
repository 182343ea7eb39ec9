//! `…/parties`: the switch that cuts an outside party off (rule R63); `…/assignments`: customers handed to a party; `…/cases`:
//! what the party's own system sees of one.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use desk::cut_off::{self, Stand};
use desk::partner::{self, Minder, Partner};
use model::{AssignmentId, Slug, SubjectId};
use policy::syntax::Limit;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, At};
use super::caller::{Calling, Partners, Share};
use super::shape::{DoneBody, RecordBody};
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(standing))
        .routes(routes!(cut))
        .routes(routes!(restore))
        .routes(routes!(assign))
        .routes(routes!(recall))
        .routes(routes!(case))
        .route("/v1/platforms/{platform}/cases", get(cases))
}

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BecauseBody {
    /// To cut off: `misuse`, `inspection`, `leak`, `complaints`, `contract` or `legal-duty`; to restore: `mended` or
    /// `mistaken`.
    because: String,
}

/// How a party stands.
#[derive(Serialize, ToSchema)]
struct StandingBody {
    /// Whether it is cut off now.
    cut_off: bool,
    /// What was done to it, oldest first.
    history: Vec<StandBody>,
}

/// One act of the switch.
#[derive(Serialize, ToSchema)]
struct StandBody {
    /// Whether it cut off, or let in again.
    cut_off: bool,
    /// When.
    at: String,
    /// Why.
    because: String,
    /// Leaf.
    leaf: u64,
}

impl From<Stand> for StandBody {
    fn from(stand: Stand) -> Self {
        let Stand { is_cut, since, because, leaf } = stand;
        Self { cut_off: is_cut, at: since.to_string(), because, leaf }
    }
}

/// Says how a party stands
#[utoipa::path(get, path = "/v1/platforms/{platform}/parties/{party}", tag = "parties",
    params(("platform" = String, Path), ("party" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = StandingBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn standing(
    State(app): State<Arc<App>>,
    calling: Calling<Partners>,
    At((_, party)): At<(String, Slug)>,
) -> Result<Json<StandingBody>, Problem> {
    let platform = &calling.platform;
    platform.party(&party).ok_or_else(|| Problem::not_found("party"))?;
    let history = cut_off::history(&app.house, platform, &party).await?;
    let cut_off = history.last().is_some_and(|stand| stand.is_cut);
    Ok(Json(StandingBody { cut_off, history: history.into_iter().map(StandBody::from).collect() }))
}

/// Cuts a party off
///
/// From this act on every share, hand-off, view, token and session of the party is refused, what is under way included, and
/// its virtual numbers are released. No new version of the policy is needed.
#[utoipa::path(post, path = "/v1/platforms/{platform}/parties/{party}/cut-off", tag = "parties",
    params(("platform" = String, Path), ("party" = String, Path)), request_body = BecauseBody,
    security(("service-token" = [])),
    responses((status = 201, body = DoneBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn cut(
    State(app): State<Arc<App>>,
    calling: Calling<Partners>,
    At((_, party)): At<(String, Slug)>,
    asked: Asked<BecauseBody>,
) -> Result<(StatusCode, Json<DoneBody>), Problem> {
    let minder = Minder::System(&calling.caller);
    let leaf = cut_off::cut_off(&app.house, &calling.platform, minder, &party, &asked.body.because).await?;
    Ok((StatusCode::CREATED, Json(DoneBody { leaf, consent: None })))
}

/// Lets a party in again
///
/// What ended with the switch stays ended; what comes from now on is decided as ever.
#[utoipa::path(post, path = "/v1/platforms/{platform}/parties/{party}/restoration", tag = "parties",
    params(("platform" = String, Path), ("party" = String, Path)), request_body = BecauseBody,
    security(("service-token" = [])),
    responses((status = 201, body = DoneBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn restore(
    State(app): State<Arc<App>>,
    calling: Calling<Partners>,
    At((_, party)): At<(String, Slug)>,
    asked: Asked<BecauseBody>,
) -> Result<(StatusCode, Json<DoneBody>), Problem> {
    let minder = Minder::System(&calling.caller);
    let leaf = cut_off::restore(&app.house, &calling.platform, minder, &party, &asked.body.because).await?;
    Ok((StatusCode::CREATED, Json(DoneBody { leaf, consent: None })))
}

/// To whom a customer is handed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssignBody {
    /// A party whose recipient gets virtual numbers only.
    #[schema(value_type = String)]
    party: Slug,
}

/// A customer that was handed over.
#[derive(Serialize, ToSchema)]
struct AssignedBody {
    /// The number under which the party opens it.
    case: String,
    /// Open until.
    until: String,
    /// Leaf.
    leaf: u64,
}

/// Hands a customer to a party that calls by a virtual number
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/assignments", tag = "parties",
    params(("platform" = String, Path), ("subject" = String, Path)), request_body = AssignBody,
    security(("service-token" = [])),
    responses((status = 201, body = AssignedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn assign(
    State(app): State<Arc<App>>,
    calling: Calling<Partners>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<AssignBody>,
) -> Result<(StatusCode, Json<AssignedBody>), Problem> {
    let minder = Minder::System(&calling.caller);
    let done = partner::assign(&app.house, &calling.platform, minder, subject, &asked.body.party).await?;
    let body = AssignedBody { case: done.id.to_string(), until: done.until.to_string(), leaf: done.leaf };
    Ok((StatusCode::CREATED, Json(body)))
}

/// Takes a customer back
#[utoipa::path(delete, path = "/v1/platforms/{platform}/assignments/{case}", tag = "parties",
    params(("platform" = String, Path), ("case" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = DoneBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn recall(
    State(app): State<Arc<App>>,
    calling: Calling<Partners>,
    At((_, case)): At<(String, AssignmentId)>,
) -> Result<Json<DoneBody>, Problem> {
    let leaf = partner::recall(&app.house, &calling.platform, Minder::System(&calling.caller), case).await?;
    Ok(Json(DoneBody { leaf, consent: None }))
}

/// What a party sees of a case.
#[derive(Serialize, ToSchema)]
struct CaseBody {
    /// Open until.
    until: String,
    /// The virtual number, once the party's people took one; never the customer's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    /// The items of the share, as far as they may be seen.
    records: Vec<RecordBody>,
    /// Leaf of the look.
    leaf: Option<u64>,
}

/// A party asks for the list of its cases, and is refused with a leaf: it opens one at a time, by the number that it was told.
/// What never answers otherwise stands in no document.
async fn cases(State(app): State<Arc<App>>, calling: Calling<Share>) -> Problem {
    partner::barred(&app.house, &calling.platform, Partner::System(&calling.caller), Limit::NoList).await.into()
}

/// Opens one case, as a party to which it was handed
#[utoipa::path(get, path = "/v1/platforms/{platform}/cases/{case}", tag = "parties",
    params(("platform" = String, Path), ("case" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = CaseBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn case(
    State(app): State<Arc<App>>,
    calling: Calling<Share>,
    At((_, case)): At<(String, AssignmentId)>,
) -> Result<Json<CaseBody>, Problem> {
    let case = partner::open(&app.house, &calling.platform, Partner::System(&calling.caller), case).await?;
    Ok(Json(CaseBody {
        until: case.until.to_string(),
        number: case.number.map(|(number, _)| number),
        records: case.records.into_iter().map(RecordBody::from).collect(),
        leaf: case.leaf,
    }))
}
