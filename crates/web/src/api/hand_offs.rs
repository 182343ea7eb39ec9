//! `…/hand-offs`: a record goes to another company that needs it, no more of it than the policy's share names (rule R26).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::hand_off::{HandOff, hand_off};
use model::{RecordId, Slug};
use policy::question::Facts;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, At};
use super::caller::{Calling, Share};
use super::shape::RecordBody;
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(hand))
}

/// To whom, and under what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandOffBody {
    /// The policy's share: its id.
    #[schema(value_type = String)]
    share: Slug,
    /// The very party, where the recipient is a class of several.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    party: Option<Slug>,
    /// Facts that the share's condition asks for.
    #[serde(default)]
    #[schema(value_type = Object)]
    facts: Facts,
}

/// What goes, and what stays.
#[derive(Serialize, ToSchema)]
struct HandedOffBody {
    /// The record, with what goes; what the share names and the answer withholds comes with its reasons.
    records: Vec<RecordBody>,
    /// Items that the record holds and the share does not name.
    kept_back: Vec<String>,
    /// Leaf; it names every item that went.
    leaf: Option<u64>,
}

/// Hands a record over, no more of it than the share names
///
/// One act: decided at this instant, each person's part on that person's own consents. What is not the share's is not opened.
#[utoipa::path(post, path = "/v1/platforms/{platform}/records/{record}/hand-offs", tag = "records",
    params(("platform" = String, Path), ("record" = String, Path)), request_body = HandOffBody,
    security(("service-token" = [])),
    responses((status = 201, body = HandedOffBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn hand(
    State(app): State<Arc<App>>,
    calling: Calling<Share>,
    At((_, record)): At<(String, RecordId)>,
    asked: Asked<HandOffBody>,
) -> Result<(StatusCode, Json<HandedOffBody>), Problem> {
    let HandOffBody { share, party, facts } = asked.body;
    let wanted = HandOff { share, party, facts };
    let done = hand_off(&app.house, &calling.platform, &calling.caller, record, wanted).await?;
    let body = HandedOffBody {
        records: done.records.into_iter().map(RecordBody::from).collect(),
        kept_back: done.kept_back.iter().map(Slug::to_string).collect(),
        leaf: done.leaf,
    };
    Ok((StatusCode::CREATED, Json(body)))
}
