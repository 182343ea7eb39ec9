//! `…/payments`: what the company's core system says is due for a record, and how it stands.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::pay::{self, Demand};
use jiff::Timestamp;
use jiff::civil::Date;
use model::RecordId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, At};
use super::caller::{Calling, Collect};
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(demand, list))
}

/// Money that is due.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DemandBody {
    /// Amount, in fen (CNY 0.01).
    fen: u32,
    /// What the payer reads: the name of a product. It names nobody.
    description: String,
    /// Until when it can be paid; absent: seven days.
    #[schema(value_type = Option<String>)]
    until: Option<Timestamp>,
    /// First day of cover, once it is paid; where the class knows one.
    #[schema(value_type = Option<String>)]
    in_force_from: Option<Date>,
    /// Last day of cover, once it is paid; where the class knows one.
    #[schema(value_type = Option<String>)]
    in_force_until: Option<Date>,
}

/// A payment that is due.
#[derive(Serialize, ToSchema)]
struct DemandedBody {
    /// Which. Its digits are the order's number with the payment network.
    payment: String,
    /// Leaf.
    leaf: u64,
}

/// A payment of a record.
#[derive(Serialize, ToSchema)]
pub(super) struct PaymentBody {
    /// Which.
    payment: String,
    /// Amount, in fen.
    fen: u32,
    /// What the payer reads.
    description: String,
    /// Until when it can be paid.
    #[schema(value_type = String)]
    until: Timestamp,
    /// `due`, `ordered`, `paid`, `closed`, `returning` or `returned`.
    state: &'static str,
    /// How much of it goes back or went, in fen.
    back: Option<u32>,
    /// Since when.
    #[schema(value_type = String)]
    at: Timestamp,
}

impl From<pay::View> for PaymentBody {
    fn from(view: pay::View) -> Self {
        Self {
            payment: view.payment.to_string(),
            fen: view.fen,
            description: view.description,
            until: view.until,
            state: view.stand.word(),
            back: view.back,
            at: view.at,
        }
    }
}

/// Payments of a record.
#[derive(Serialize, ToSchema)]
struct PaymentsBody {
    /// Oldest first.
    payments: Vec<PaymentBody>,
}

/// Says that money is due for a record
///
/// Whoever holds the record sees it there and pays it on the portal; the payment network's word makes it paid.
#[utoipa::path(post, path = "/v1/platforms/{platform}/records/{record}/payments", tag = "records",
    params(("platform" = String, Path), ("record" = String, Path), ("idempotency-key" = Option<String>, Header)), request_body = DemandBody,
    security(("service-token" = [])),
    responses((status = 201, body = DemandedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn demand(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    At((_, record)): At<(String, RecordId)>,
    asked: Asked<DemandBody>,
) -> Result<(StatusCode, Json<DemandedBody>), Problem> {
    let once = asked.once(&calling.platform, &calling.caller);
    let DemandBody { fen, description, until, in_force_from, in_force_until } = asked.body;
    let demand = Demand { fen, description, until, in_force_from, in_force_until };
    let done = pay::demand(&app.house, &calling.platform, &calling.caller, record, demand, once).await?;
    Ok((StatusCode::CREATED, Json(DemandedBody { payment: done.payment.to_string(), leaf: done.leaf })))
}

/// How the payments of a record stand
///
/// Nothing of a person is told, and it leaves no leaf.
#[utoipa::path(get, path = "/v1/platforms/{platform}/records/{record}/payments", tag = "records",
    params(("platform" = String, Path), ("record" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = PaymentsBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn list(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    At((_, record)): At<(String, RecordId)>,
) -> Result<Json<PaymentsBody>, Problem> {
    let views = pay::of_record(&app.house, &calling.platform, &calling.caller, record).await?;
    Ok(Json(PaymentsBody { payments: views.into_iter().map(PaymentBody::from).collect() }))
}
