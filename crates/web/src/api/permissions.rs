//! `…/permissions`: what the devices of an account report; `…/objections`, `…/refusals`: the choices that are no consents.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::consent::{self, link};
use desk::device::{self, Reported};
use model::{Slug, SubjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, At};
use super::caller::{Calling, Consents};
use super::shape::DoneBody;
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(report, permissions))
        .routes(routes!(object, uses))
        .routes(routes!(allow))
        .routes(routes!(refuse, refusals))
        .routes(routes!(opt_out_link))
}

/// A switch of a device.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Switch {
    /// On: never a consent by itself.
    On,
    /// Off: a withdrawal where the policy says so.
    Off,
}

/// What a device reports.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SwitchesBody {
    /// `on` or `off` by the id of the permission; what is left out stays as it is.
    #[schema(value_type = Object)]
    permissions: BTreeMap<Slug, Switch>,
}

/// A permission, as the account stands to it.
#[derive(Serialize, ToSchema)]
struct PermissionBody {
    /// Id.
    permission: String,
    /// Whether it is on; absent while no device said anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<bool>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// Scopes to which consent ends when it is switched off.
    withdraws: Vec<String>,
    /// Those of them to which a consent stands.
    consented: Vec<String>,
}

impl From<Reported> for PermissionBody {
    fn from(one: Reported) -> Self {
        let Reported { permission, on, at, withdraws, consented } = one;
        Self { permission: permission.to_string(), on, at: at.map(|at| at.to_string()), withdraws, consented }
    }
}

/// What a report came to.
#[derive(Serialize, ToSchema)]
struct NotedBody {
    /// Leaf; absent when everything was known already.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaf: Option<u64>,
    /// Consents that ended with it.
    withdrawn: Vec<String>,
    /// Every permission of the policy.
    permissions: Vec<PermissionBody>,
}

/// Reports device permissions
///
/// Off withdraws the consents that nothing else feeds, where the policy says that it does; else it is noted, and what the
/// permission yields is not taken. On is never a consent by itself. One act for all that changed, none where nothing did.
#[utoipa::path(put, path = "/v1/platforms/{platform}/subjects/{subject}/permissions", tag = "consents",
    params(("platform" = String, Path), ("subject" = String, Path), ("idempotency-key" = Option<String>, Header)),
    request_body = SwitchesBody,
    security(("service-token" = [])),
    responses((status = 200, body = NotedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn report(
    State(app): State<Arc<App>>,
    calling: Calling<Consents>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<SwitchesBody>,
) -> Result<Json<NotedBody>, Problem> {
    let (house, platform) = (&app.house, &calling.platform);
    let once = asked.once(platform, &calling.caller);
    let states = asked.body.permissions.into_iter().map(|(id, switch)| (id, matches!(switch, Switch::On)));
    let who = calling.caller.who();
    let noted = device::report(house, platform, subject, &states.collect(), who, once).await?;
    let permissions = device::permissions(house, platform, subject).await?;
    Ok(Json(NotedBody {
        leaf: noted.leaf,
        withdrawn: noted.withdrawn.iter().map(ToString::to_string).collect(),
        permissions: permissions.into_iter().map(PermissionBody::from).collect(),
    }))
}

/// Lists device permissions, in the order of the policy
#[utoipa::path(get, path = "/v1/platforms/{platform}/subjects/{subject}/permissions", tag = "consents",
    params(("platform" = String, Path), ("subject" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = Vec<PermissionBody>),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn permissions(
    State(app): State<Arc<App>>,
    calling: Calling<Consents>,
    At((_, subject)): At<(String, SubjectId)>,
) -> Result<Json<Vec<PermissionBody>>, Problem> {
    let all = device::permissions(&app.house, &calling.platform, subject).await?;
    Ok(Json(all.into_iter().map(PermissionBody::from).collect()))
}

/// A scope, by its id.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScopeBody {
    /// Scope id.
    scope: String,
}

/// A use beside the functions, as the customer stands to it.
#[derive(Serialize, ToSchema)]
struct UseBody {
    /// Id of the use.
    id: String,
    /// Scope by which it is consented to and objected to.
    scope: String,
    /// Consented to since.
    #[serde(skip_serializing_if = "Option::is_none")]
    given: Option<String>,
    /// Objected to since.
    #[serde(skip_serializing_if = "Option::is_none")]
    objected: Option<String>,
    /// Whether anything of it may be done now, by text and law.
    goes_on: bool,
}

/// Objects to a use: marketing, personalisation, profiles
///
/// From its leaf on nothing of it is done, whatever it rested on; consents to it end with it.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/objections", tag = "consents",
    params(("platform" = String, Path), ("subject" = String, Path), ("idempotency-key" = Option<String>, Header)),
    request_body = ScopeBody,
    security(("service-token" = [])),
    responses((status = 201, body = DoneBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn object(
    State(app): State<Arc<App>>,
    calling: Calling<Consents>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<ScopeBody>,
) -> Result<(StatusCode, Json<DoneBody>), Problem> {
    let once = asked.once(&calling.platform, &calling.caller);
    let who = calling.caller.who();
    let done = consent::object(&app.house, &calling.platform, subject, &asked.body.scope, who, once).await?;
    Ok((StatusCode::CREATED, Json(done.into())))
}

/// Lists the uses that a customer has a say in, in the order of the policy
#[utoipa::path(get, path = "/v1/platforms/{platform}/subjects/{subject}/objections", tag = "consents",
    params(("platform" = String, Path), ("subject" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = Vec<UseBody>),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn uses(
    State(app): State<Arc<App>>,
    calling: Calling<Consents>,
    At((_, subject)): At<(String, SubjectId)>,
) -> Result<Json<Vec<UseBody>>, Problem> {
    let uses = consent::uses(&app.house, &calling.platform, subject).await?;
    let body = |one: consent::Use| UseBody {
        id: one.id.to_string(),
        scope: one.scope,
        given: one.given.map(|(_, at)| at.to_string()),
        objected: one.objected.map(|at| at.to_string()),
        goes_on: one.goes_on,
    };
    Ok(Json(uses.into_iter().map(body).collect()))
}

/// Takes an objection back. It is no consent
#[utoipa::path(delete, path = "/v1/platforms/{platform}/subjects/{subject}/objections/{scope}", tag = "consents",
    params(("platform" = String, Path), ("subject" = String, Path), ("scope" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = DoneBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn allow(
    State(app): State<Arc<App>>,
    calling: Calling<Consents>,
    At((_, subject, scope)): At<(String, SubjectId, String)>,
) -> Result<Json<DoneBody>, Problem> {
    let done = consent::allow(&app.house, &calling.platform, subject, &scope, calling.caller.who()).await?;
    Ok(Json(done.into()))
}

/// A consent that is not to be asked for now.
#[derive(Serialize, ToSchema)]
struct CoolingBody {
    /// Scope id.
    scope: String,
    /// Refused last at.
    at: String,
    /// How often it was refused.
    times: u32,
    /// From when it may be asked for again.
    until: String,
}

/// Notes that a consent was refused
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/refusals", tag = "consents",
    params(("platform" = String, Path), ("subject" = String, Path)), request_body = ScopeBody,
    security(("service-token" = [])),
    responses((status = 201, body = DoneBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn refuse(
    State(app): State<Arc<App>>,
    calling: Calling<Consents>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<ScopeBody>,
) -> Result<(StatusCode, Json<DoneBody>), Problem> {
    let who = calling.caller.who();
    let done = consent::refuse_as(&app.house, &calling.platform, subject, &asked.body.scope, who).await?;
    Ok((StatusCode::CREATED, Json(done.into())))
}

/// Lists the consents that must not be asked for now, because they were refused
#[utoipa::path(get, path = "/v1/platforms/{platform}/subjects/{subject}/refusals", tag = "consents",
    params(("platform" = String, Path), ("subject" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = Vec<CoolingBody>),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn refusals(
    State(app): State<Arc<App>>,
    calling: Calling<Consents>,
    At((_, subject)): At<(String, SubjectId)>,
) -> Result<Json<Vec<CoolingBody>>, Problem> {
    let cooling = consent::cooling(&app.house, &calling.platform, subject).await?;
    let body = |one: consent::Cooling| CoolingBody {
        scope: one.scope,
        at: one.at.to_string(),
        times: one.times,
        until: one.until.to_string(),
    };
    Ok(Json(cooling.into_iter().map(body).collect()))
}

/// The way out that a message carries.
#[derive(Serialize, ToSchema)]
struct LinkBody {
    /// Address of the page, below the origin of the portal.
    path: String,
    /// Works until.
    until: String,
}

/// Makes the link by which the reader of a message leaves the list, without logging in
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/opt-out-links", tag = "consents",
    params(("platform" = String, Path), ("subject" = String, Path)), request_body = ScopeBody,
    security(("service-token" = [])),
    responses((status = 201, body = LinkBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn opt_out_link(
    State(app): State<Arc<App>>,
    calling: Calling<Consents>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<ScopeBody>,
) -> Result<(StatusCode, Json<LinkBody>), Problem> {
    let (token, told) = link::link(&app.house, &calling.platform, subject, &asked.body.scope)?;
    let path = format!("/p/{}/unsubscribe/{token}", calling.platform.id);
    Ok((StatusCode::CREATED, Json(LinkBody { path, until: told.until.to_string() })))
}
