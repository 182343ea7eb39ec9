//! `…/subjects`: found by one exact value, shown in the course of a function, added to, corrected.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::collect::{self, Added, Addition};
use desk::read::{self, Sign};
use model::{Clear, RecordId, Slug, SubjectId};
use policy::question::{Facts, ItemAnswer};
use policy::syntax::Trigger;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, At, Values};
use super::caller::{Calling, Collect, Consents, Rights, Scope, Share, Show};
use super::consents::{ChoiceBody, choices};
use super::shape::{DoneBody, RecordBody};
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(search))
        .routes(routes!(show))
        .routes(routes!(add))
        .routes(routes!(correct))
        .routes(routes!(verify))
        .routes(routes!(check))
}

/// What a subject is searched by.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum SignBody {
    /// Telephone number of an account.
    Phone,
    /// Number of an identity document.
    Document,
    /// E-mail address.
    Email,
    /// Policy number.
    PolicyNumber,
    /// Certificate number of an organisation: finds its contact.
    Organisation,
}

impl From<SignBody> for Sign {
    fn from(sign: SignBody) -> Self {
        match sign {
            SignBody::Phone => Self::Phone,
            SignBody::Document => Self::Document,
            SignBody::Email => Self::Email,
            SignBody::PolicyNumber => Self::PolicyNumber,
            SignBody::Organisation => Self::Organisation,
        }
    }
}

/// One exact value; it stands in the body, where no log and no history keeps it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SearchBody {
    /// What the value is.
    by: SignBody,
    /// The whole value.
    value: String,
}

/// Whom a value led to.
#[derive(Serialize, ToSchema)]
struct FoundBody {
    /// The subject; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

/// Finds a subject by one exact value
///
/// Leaves a leaf, found or not, without the value.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/search", tag = "subjects",
    params(("platform" = String, Path)), request_body = SearchBody,
    security(("service-token" = [])),
    responses((status = 200, body = FoundBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn search(
    State(app): State<Arc<App>>,
    calling: Calling<Show>,
    asked: Asked<SearchBody>,
) -> Result<Json<FoundBody>, Problem> {
    let SearchBody { by, value } = asked.body;
    let Calling { platform, caller, .. } = &calling;
    let found = read::find(&app.house, platform, caller, by.into(), &Clear::new(value)).await?;
    Ok(Json(FoundBody { subject: found.map(|id| id.to_string()) }))
}

/// In the course of what a subject's records are shown.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadBody {
    /// Function id; the token covers it.
    #[schema(value_type = String)]
    function: Slug,
    /// Channel id.
    #[schema(value_type = Option<String>)]
    channel: Option<Slug>,
}

/// A subject's records, as one act showed them.
#[derive(Serialize, ToSchema)]
struct ShownBody {
    /// Records.
    records: Vec<RecordBody>,
    /// Leaf; absent when nothing is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaf: Option<u64>,
}

/// Shows a subject's records in the course of a function
///
/// One act, whatever the number of records: values clear, masked or withheld, each with its reasons.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/reads", tag = "subjects",
    params(("platform" = String, Path), ("subject" = String, Path)), request_body = ReadBody,
    security(("service-token" = [])),
    responses((status = 200, body = ShownBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn show(
    State(app): State<Arc<App>>,
    calling: Calling<Show>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<ReadBody>,
) -> Result<Json<ShownBody>, Problem> {
    let ReadBody { function, channel } = asked.body;
    let Calling { platform, caller, .. } = &calling;
    let channel = channel.as_ref().map(Slug::as_str);
    let page = read::service_page(&app.house, platform, caller, subject, function.as_str(), channel).await?;
    Ok(Json(ShownBody { records: page.records.into_iter().map(RecordBody::from).collect(), leaf: page.leaf }))
}

/// Further items of a known subject.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AdditionBody {
    /// Function id in whose course they are collected.
    #[schema(value_type = String)]
    function: Slug,
    /// Channel id.
    #[schema(value_type = Option<String>)]
    channel: Option<Slug>,
    /// Product id.
    #[schema(value_type = Option<String>)]
    product: Option<Slug>,
    /// The record to put them in; absent: a new one of the class that the function makes.
    #[schema(value_type = Option<String>)]
    record: Option<RecordId>,
    /// Role.
    #[schema(value_type = String)]
    person: Slug,
    /// Texts by item.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    fields: Values,
    /// Consents given with it; they become an act of their own, before this one.
    #[serde(default)]
    consents: Vec<ChoiceBody>,
    /// Facts that conditions ask for.
    #[serde(default)]
    #[schema(value_type = Object)]
    facts: Facts,
    /// How the items came in. What another holds comes in by `…/inbound`, with its source.
    #[serde(default)]
    trigger: TriggerBody,
}

/// How items come from the person.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum TriggerBody {
    /// The person, or somebody who may, typed them.
    #[default]
    Given,
    /// They arose by using the service.
    Automatic,
}

impl From<TriggerBody> for Trigger {
    fn from(trigger: TriggerBody) -> Self {
        match trigger {
            TriggerBody::Given => Self::Given,
            TriggerBody::Automatic => Self::Automatic,
        }
    }
}

/// An addition, done.
#[derive(Serialize, ToSchema)]
pub(super) struct AddedBody {
    /// Where the items are.
    record: String,
    /// Leaf.
    leaf: u64,
    /// Items that were given and not kept, with the reasons.
    #[schema(value_type = Vec<Object>)]
    withheld: Vec<ItemAnswer>,
}

impl From<Added> for AddedBody {
    fn from(done: Added) -> Self {
        Self { record: done.record.to_string(), leaf: done.leaf, withheld: done.withheld }
    }
}

/// Collects further items of a known subject
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/records", tag = "subjects",
    params(("platform" = String, Path), ("subject" = String, Path), ("idempotency-key" = Option<String>, Header)),
    request_body = AdditionBody,
    security(("service-token" = [])),
    responses((status = 201, body = AddedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn add(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<AdditionBody>,
) -> Result<(StatusCode, Json<AddedBody>), Problem> {
    let once = asked.once(&calling.platform, &calling.caller);
    let body = asked.body;
    calling.covers(body.function.as_str())?;
    if !body.consents.is_empty() {
        calling.caller.may(&calling.platform, Consents::WORD, None)?;
    }
    let addition = Addition {
        function: body.function,
        channel: body.channel,
        product: body.product,
        record: body.record,
        person: body.person,
        fields: body.fields.0,
        consents: choices(&app.house, &calling.platform, body.consents).await?,
        facts: body.facts,
        trigger: body.trigger.into(),
    };
    let who = calling.caller.who();
    let done = collect::add(&app.house, &calling.platform, subject, addition, who, once).await?;
    Ok((StatusCode::CREATED, Json(done.into())))
}

/// One value, corrected.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CorrectionBody {
    /// Record.
    #[schema(value_type = String)]
    record: RecordId,
    /// Role.
    #[schema(value_type = String)]
    person: Slug,
    /// Item: id, published name or clause.
    item: String,
    /// What it becomes.
    value: String,
}

/// Corrects one value
#[utoipa::path(patch, path = "/v1/platforms/{platform}/subjects/{subject}/values", tag = "subjects",
    params(("platform" = String, Path), ("subject" = String, Path)), request_body = CorrectionBody,
    security(("service-token" = [])),
    responses((status = 200, body = DoneBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn correct(
    State(app): State<Arc<App>>,
    calling: Calling<Rights>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<CorrectionBody>,
) -> Result<Json<DoneBody>, Problem> {
    let CorrectionBody { record, person, item, value } = asked.body;
    let who = calling.caller.who();
    let value = Clear::new(value);
    let done = collect::correct(&app.house, &calling.platform, subject, who, record, &person, &item, value).await?;
    Ok(Json(done.into()))
}

/// By what way, other than the face, an identity was checked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VerificationBody {
    /// Id of a way of the operation file.
    way: String,
}

/// Notes that an identity was checked without a face
///
/// A system that looked at the person's papers completes the way that the customer chose instead of the face (rule R33).
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/verifications", tag = "subjects",
    params(("platform" = String, Path), ("subject" = String, Path)), request_body = VerificationBody,
    security(("service-token" = [])),
    responses((status = 201, body = DoneBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn verify(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<VerificationBody>,
) -> Result<(StatusCode, Json<DoneBody>), Problem> {
    let way = asked.body.way;
    let done = desk::verify::alternative(&app.house, &calling.platform, subject, &way, calling.caller.who()).await?;
    Ok((StatusCode::CREATED, Json(DoneBody { leaf: done.leaf, consent: None })))
}

/// What a check came to.
#[derive(Serialize, ToSchema)]
struct CheckedBody {
    /// Whether it holds; it enters every later decision about the subject as the check's fact.
    holds: bool,
    /// Leaf of the result.
    leaf: u64,
}

/// Makes a check of the operation file by real name
///
/// Name and document number as held here go to the verifier under the policy's own share; the result alone is kept.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/checks/{check}", tag = "subjects",
    params(("platform" = String, Path), ("subject" = String, Path), ("check" = String, Path)),
    security(("service-token" = [])),
    responses((status = 201, body = CheckedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn check(
    State(app): State<Arc<App>>,
    calling: Calling<Share>,
    At((_, subject, check)): At<(String, SubjectId, String)>,
) -> Result<(StatusCode, Json<CheckedBody>), Problem> {
    calling.covers(&desk::verify::check(&calling.platform, &check)?.function.text)?;
    let done = desk::verify::by_name(&app.house, &calling.platform, subject, &check, calling.caller.who()).await?;
    Ok((StatusCode::CREATED, Json(CheckedBody { holds: done.verified, leaf: done.leaf })))
}
