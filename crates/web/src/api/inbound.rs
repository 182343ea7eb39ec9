//! `…/subjects/{subject}/inbound`: what others hold about a known subject, brought by a source or fetched from it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::collect::{self, Inbound};
use model::{RecordId, Slug, SubjectId};
use policy::question::Facts;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, At, Values};
use super::caller::{Calling, Collect};
use super::subjects::AddedBody;
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(inbound))
}

/// What a source holds about a subject.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InboundBody {
    /// Id of the source, as the policy names it.
    #[schema(value_type = String)]
    source: Slug,
    /// Id of the function, or of the use, that takes it from this source; the token covers the function, or the use's
    /// purpose.
    #[schema(value_type = String)]
    function: Slug,
    /// Channel id.
    #[schema(value_type = Option<String>)]
    channel: Option<Slug>,
    /// Product id.
    #[schema(value_type = Option<String>)]
    product: Option<Slug>,
    /// The record to put it in; absent: the newest that the function made.
    #[schema(value_type = Option<String>)]
    record: Option<RecordId>,
    /// Role.
    #[schema(value_type = String)]
    person: Slug,
    /// Texts by item.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    items: Values,
    /// Facts that conditions ask for; above all whether what the person once allowed the source covers this.
    #[serde(default)]
    #[schema(value_type = Object)]
    facts: Facts,
}

/// Takes in what a source holds about a known subject
///
/// Each item is decided about: what the policy does not take from this source, or what the person did not consent to, is
/// refused and not kept. The source stands on the leaf and beside each value.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/inbound", tag = "subjects",
    params(("platform" = String, Path), ("subject" = String, Path), ("idempotency-key" = Option<String>, Header)),
    request_body = InboundBody,
    security(("service-token" = [])),
    responses((status = 201, body = AddedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn inbound(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<InboundBody>,
) -> Result<(StatusCode, Json<AddedBody>), Problem> {
    let once = asked.once(&calling.platform, &calling.caller);
    let InboundBody { source, function, channel, product, record, person, items, facts } = asked.body;
    let inbound = Inbound { source, course: function, channel, product, record, person, fields: items.0, facts };
    let done = collect::inbound(&app.house, &calling.platform, &calling.caller, subject, inbound, once).await?;
    Ok((StatusCode::CREATED, Json(done.into())))
}
