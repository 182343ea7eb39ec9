//! `…/invitations`: roles of a matter that were left open, and those who fill them in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::Platform;
use desk::collect::{self, Guest, InvitationView, Invited, Joined, Joining, Opening, Proof, Stage};
use jiff::Timestamp;
use model::{InvitationId, RecordId, Slug, SubjectId};
use policy::question::ItemAnswer;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, At, Values};
use super::caller::{Calling, Collect, Consents, Scope};
use super::consents::{ChoiceBody, choices};
use super::shape::DoneBody;
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(again, withdraw))
        .routes(routes!(open))
        .routes(routes!(join))
}

/// An invitation with its link.
#[derive(Serialize, ToSchema)]
pub(super) struct InvitedBody {
    /// Which.
    invitation: String,
    /// The role that is open.
    #[schema(value_type = String)]
    role: Slug,
    /// The link to pass on. It is told once, for what is kept of it is a digest: absent where the act that made it is told
    /// again.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// Until when it works.
    #[schema(value_type = String)]
    until: Timestamp,
}

impl InvitedBody {
    pub(super) fn of(app: &App, platform: &Platform, invited: Invited) -> Self {
        let link = Some(crate::portal::join::link(&app.site, platform, &invited.secret));
        Self { invitation: invited.id.to_string(), role: invited.role, link, until: invited.until }
    }

    /// One that was told before.
    pub(super) fn before(id: InvitationId, role: &Slug, until: Timestamp) -> Self {
        Self { invitation: id.to_string(), role: role.clone(), link: None, until }
    }
}

/// An invitation, without its link.
#[derive(Serialize, ToSchema)]
struct InvitationBody {
    /// Which.
    invitation: String,
    /// The role.
    #[schema(value_type = String)]
    role: Slug,
    /// `open`, `over`, `used` or `withdrawn`.
    state: &'static str,
    /// Until when its link works.
    #[schema(value_type = String)]
    until: Timestamp,
}

impl From<InvitationView> for InvitationBody {
    fn from(view: InvitationView) -> Self {
        let state = match view.stage {
            Stage::Open => "open",
            Stage::Over => "over",
            Stage::Used => "used",
            Stage::Withdrawn => "withdrawn",
        };
        Self { invitation: view.id.to_string(), role: view.role, state, until: view.until }
    }
}

/// The roles of a record that were left open.
#[derive(Serialize, ToSchema)]
struct InvitationsBody {
    /// Whether everybody stands in it whom the function demands.
    complete: bool,
    /// Invitations, in the order in which they were made.
    invitations: Vec<InvitationBody>,
}

/// Roles left open, and how their invitations stand
///
/// Nothing of who joined is told here. While `complete` is false the matter waits for somebody whom its function demands.
#[utoipa::path(get, path = "/v1/platforms/{platform}/subjects/{subject}/records/{record}/invitations", tag = "records",
    params(("platform" = String, Path), ("subject" = String, Path), ("record" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = InvitationsBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn list(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    At((_, subject, record)): At<(String, SubjectId, RecordId)>,
) -> Result<Json<InvitationsBody>, Problem> {
    let all = collect::invitations(&app.house, &calling.platform, subject, record).await?;
    let complete = collect::is_complete(&app.house, &calling.platform, record).await?;
    Ok(Json(InvitationsBody { complete, invitations: all.into_iter().map(InvitationBody::from).collect() }))
}

/// Makes an invitation again
///
/// A new link, for as long as the first; the one before leads nowhere from now on.
#[utoipa::path(post,
    path = "/v1/platforms/{platform}/subjects/{subject}/records/{record}/invitations/{invitation}", tag = "records",
    params(("platform" = String, Path), ("subject" = String, Path), ("record" = String, Path),
        ("invitation" = String, Path)),
    security(("service-token" = [])),
    responses((status = 201, body = InvitedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn again(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    At((_, subject, record, id)): At<(String, SubjectId, RecordId, InvitationId)>,
) -> Result<(StatusCode, Json<InvitedBody>), Problem> {
    let matter = (subject, record, id);
    let invited = collect::invite_again(&app.house, &calling.platform, matter, calling.caller.who()).await?;
    Ok((StatusCode::CREATED, Json(InvitedBody::of(&app, &calling.platform, invited))))
}

/// Takes an invitation back
#[utoipa::path(delete,
    path = "/v1/platforms/{platform}/subjects/{subject}/records/{record}/invitations/{invitation}", tag = "records",
    params(("platform" = String, Path), ("subject" = String, Path), ("record" = String, Path),
        ("invitation" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = DoneBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn withdraw(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    At((_, subject, record, id)): At<(String, SubjectId, RecordId, InvitationId)>,
) -> Result<Json<DoneBody>, Problem> {
    let matter = (subject, record, id);
    let leaf = collect::invite_end(&app.house, &calling.platform, matter, calling.caller.who()).await?;
    Ok(Json(DoneBody { leaf, consent: None }))
}

/// A link that somebody holds.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkBody {
    /// The link, or what it ends with.
    link: String,
}

/// Where a link leads.
#[derive(Serialize, ToSchema)]
struct OpeningBody {
    /// Function in whose course the role is filled in.
    #[schema(value_type = String)]
    function: Slug,
    /// Product of the matter.
    #[schema(value_type = Option<String>)]
    product: Option<Slug>,
    /// The open role.
    #[schema(value_type = String)]
    role: Slug,
    /// Until when the link works.
    #[schema(value_type = String)]
    until: Timestamp,
}

/// Looks where a link leads
///
/// It tells the function and the role, and nothing of who stands in the matter. Looking uses nothing up.
#[utoipa::path(post, path = "/v1/platforms/{platform}/invitations/look", tag = "records",
    params(("platform" = String, Path)),
    request_body = LinkBody,
    security(("service-token" = [])),
    responses((status = 200, body = OpeningBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn open(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    asked: Asked<LinkBody>,
) -> Result<Json<OpeningBody>, Problem> {
    let opening = collect::opening(&app.house, &calling.platform, secret(&asked.body.link), None).await?;
    let Opening { record: _, function, product, role, until, people: _ } = opening;
    Ok(Json(OpeningBody { function, product, role, until }))
}

/// What a link ends with.
fn secret(link: &str) -> &str {
    link.rsplit('/').next().unwrap_or_default()
}

/// What somebody fills in who was invited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct JoiningBody {
    /// The link, or what it ends with.
    link: String,
    /// The guest's account, where there is one.
    #[schema(value_type = Option<String>)]
    subject: Option<SubjectId>,
    /// Channel id.
    #[schema(value_type = Option<String>)]
    channel: Option<Slug>,
    /// Texts by item: id, published name or clause.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    fields: Values,
    /// The guest's own consents.
    #[serde(default)]
    consents: Vec<ChoiceBody>,
}

/// Somebody joined.
#[derive(Serialize, ToSchema)]
struct JoinedBody {
    /// Who.
    subject: String,
    /// The record.
    record: String,
    /// Leaf.
    leaf: u64,
    /// Items that were given and not kept, with the reasons.
    #[schema(value_type = Vec<Object>)]
    withheld: Vec<ItemAnswer>,
}

impl From<Joined> for JoinedBody {
    fn from(done: Joined) -> Self {
        let Joined { subject, record, leaf, withheld } = done;
        Self { subject: subject.to_string(), record: record.to_string(), leaf, withheld }
    }
}

/// Fills an open role in
///
/// The system that calls knows who the guest is. The role is filled in with the guest's own consents and the link is used,
/// in one act or not at all. Under 14 nobody joins by a link: a guardian fills in.
#[utoipa::path(post, path = "/v1/platforms/{platform}/invitations/join", tag = "records",
    params(("platform" = String, Path), ("idempotency-key" = Option<String>, Header)),
    request_body = JoiningBody,
    security(("service-token" = [])),
    responses((status = 201, body = JoinedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn join(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    asked: Asked<JoiningBody>,
) -> Result<(StatusCode, Json<JoinedBody>), Problem> {
    let once = asked.once(&calling.platform, &calling.caller);
    let JoiningBody { link, subject, channel, fields, consents } = asked.body;
    let (house, platform) = (&app.house, &calling.platform);
    if let Some(before) = collect::joined(house, platform, once).await? {
        return Ok((StatusCode::CREATED, Json(before.into())));
    }
    let opening = collect::opening(house, platform, secret(&link), None).await?;
    calling.covers(opening.function.as_str())?;
    if !consents.is_empty() {
        calling.caller.may(platform, Consents::WORD, None)?;
    }
    let guest = subject.map_or_else(|| Guest::Stranger(Proof::of(&calling.caller)), Guest::Account);
    let joining =
        Joining { fields: fields.0, consents: choices(house, platform, consents).await?, channel, track: None };
    let done = collect::join(house, platform, secret(&link), (guest, joining), calling.caller.who(), once).await?;
    Ok((StatusCode::CREATED, Json(done.into())))
}
