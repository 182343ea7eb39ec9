//! `…/queries`: a party that a customer authorised asks for what was granted to it, and nothing more.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use desk::share::{self, Sought};
use model::{Clear, RecordId, SubjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Asked;
use super::caller::{Calling, Share};
use super::shape::RecordBody;
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(query))
}

/// What is asked for: exactly one member.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum QueryBody {
    /// The policy of this number.
    PolicyNumber(String),
    /// Every policy of the customer with this identity document.
    Document(String),
    /// Every policy of this customer.
    #[schema(value_type = String)]
    Subject(SubjectId),
    /// One record, as an earlier answer named it.
    #[schema(value_type = String)]
    Record(RecordId),
}

impl From<QueryBody> for Sought {
    fn from(body: QueryBody) -> Self {
        match body {
            QueryBody::PolicyNumber(number) => Self::PolicyNumber(Clear::new(number)),
            QueryBody::Document(number) => Self::Document(Clear::new(number)),
            QueryBody::Subject(id) => Self::Subject(id),
            QueryBody::Record(id) => Self::Record(id),
        }
    }
}

/// What the party gets.
#[derive(Serialize, ToSchema)]
struct SharedBody {
    /// Records, with the declared items only.
    records: Vec<RecordBody>,
    /// Leaf of the share.
    leaf: Option<u64>,
}

/// Asks, as a party that a customer authorised
///
/// Decided at this instant: a grant withdrawn a moment ago no longer counts, and the refusal says so.
#[utoipa::path(post, path = "/v1/platforms/{platform}/queries", tag = "queries",
    params(("platform" = String, Path)), request_body = QueryBody,
    security(("service-token" = [])),
    responses((status = 200, body = SharedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn query(
    State(app): State<Arc<App>>,
    calling: Calling<Share>,
    asked: Asked<QueryBody>,
) -> Result<Json<SharedBody>, Problem> {
    let records = share::agency_query(&app.house, &calling.platform, &calling.caller, asked.body.into()).await?;
    let leaf = records.first().and_then(|record| record.leaf);
    Ok(Json(SharedBody { records: records.into_iter().map(RecordBody::from).collect(), leaf }))
}
