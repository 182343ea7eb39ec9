//! `…/registrations`: somebody registers, alone or as the contact of an organisation.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::collect::{self, PersonFields, Registration};
use model::Slug;
use policy::question::{Facts, ItemAnswer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, Values};
use super::caller::{Calling, Collect, Scope};
use super::consents::{ChoiceBody, choices};
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(register))
}

/// What somebody typed to register.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RegistrationBody {
    /// Function id; it must make a record.
    #[schema(value_type = String)]
    function: Slug,
    /// Channel id.
    #[schema(value_type = Option<String>)]
    channel: Option<Slug>,
    /// Product id.
    #[schema(value_type = Option<String>)]
    product: Option<Slug>,
    /// One natural person, and the organisation that the person stands for, if any.
    persons: Vec<PersonBody>,
    /// Consents given with it.
    #[serde(default)]
    consents: Vec<ChoiceBody>,
    /// Facts that conditions ask for.
    #[serde(default)]
    #[schema(value_type = Object)]
    facts: Facts,
}

/// What was typed for one role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonBody {
    /// Role.
    #[schema(value_type = String)]
    pub(super) person: Slug,
    /// Texts by item: id, published name or clause.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub(super) fields: Values,
}

/// A registration, done.
#[derive(Serialize, ToSchema)]
struct RegisteredBody {
    /// The new subject.
    subject: String,
    /// The record that holds what was collected.
    record: String,
    /// The organisation, when one was registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<String>,
    /// Leaf.
    leaf: u64,
    /// Items that were given and not kept, with the reasons.
    #[schema(value_type = Vec<Object>)]
    withheld: Vec<ItemAnswer>,
}

/// Registers somebody
///
/// A new subject, its consents and its items, in one act or not at all. The token covers `collect` and the function.
#[utoipa::path(post, path = "/v1/platforms/{platform}/registrations", tag = "subjects",
    params(("platform" = String, Path), ("idempotency-key" = Option<String>, Header)), request_body = RegistrationBody,
    security(("service-token" = [])),
    responses((status = 201, body = RegisteredBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn register(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    asked: Asked<RegistrationBody>,
) -> Result<(StatusCode, Json<RegisteredBody>), Problem> {
    let once = asked.once(&calling.platform, &calling.caller);
    let body = asked.body;
    calling.covers(body.function.as_str())?;
    if !body.consents.is_empty() {
        calling.caller.may(&calling.platform, super::caller::Consents::WORD, None)?;
    }
    let registration = Registration {
        function: body.function,
        channel: body.channel,
        product: body.product,
        persons: body.persons.into_iter().map(PersonFields::from).collect(),
        consents: choices(&app.house, &calling.platform, body.consents).await?,
        facts: body.facts,
    };
    let who = calling.caller.who();
    let done = collect::register(&app.house, &calling.platform, registration, who, once).await?;
    let body = RegisteredBody {
        subject: done.subject.to_string(),
        record: done.record.to_string(),
        organisation: done.organisation.map(|id| id.to_string()),
        leaf: done.leaf,
        withheld: done.withheld,
    };
    Ok((StatusCode::CREATED, Json(body)))
}

impl From<PersonBody> for PersonFields {
    fn from(body: PersonBody) -> Self {
        Self { person: body.person, fields: body.fields.0 }
    }
}
