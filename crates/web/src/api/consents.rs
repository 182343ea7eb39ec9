//! `…/consents`: what a customer consented to, on whose page whatever; withdrawn at once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::consent::{self, Choice, ConsentView, Evidence, Manner};
use desk::{House, Platform, publish};
use jiff::Timestamp;
use model::act::{Artefact, GivenBy};
use model::{ConsentId, Fingerprint, Slug, SubjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, At, With};
use super::caller::{Calling, Consents};
use super::paging::{Page, Paging};
use super::shape::DoneBody;
use crate::app::App;
use crate::problem::{FieldProblem, Kind, Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(give, list)).routes(routes!(withdraw))
}

/// A yes to one scope.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChoiceBody {
    /// Scope id.
    scope: String,
    /// The party that the customer chose, where the scope is one grant for each party.
    #[schema(value_type = Option<String>)]
    party: Option<Slug>,
    /// How it was given: `tick` or `separate`; `prechecked` is refused. A written one comes by `…/written-consents`.
    #[schema(value_type = String)]
    artefact: Manner,
    /// The policy that the page was made from: its fingerprint, or the name of its version.
    policy: String,
    /// Fingerprint of the text that was shown.
    #[schema(value_type = String)]
    text: Fingerprint,
    /// Who gave it: `self`, `guardian`; `other` is refused.
    #[serde(default = "oneself")]
    #[schema(value_type = String)]
    by: GivenBy,
    /// When it ends by itself.
    #[schema(value_type = Option<String>)]
    until: Option<Timestamp>,
}

const fn oneself() -> GivenBy {
    GivenBy::Oneself
}

/// Reads choices; a policy may be named by its version.
pub(super) async fn choices(
    house: &House,
    platform: &Platform,
    bodies: Vec<ChoiceBody>,
) -> Result<Vec<Choice>, Problem> {
    let mut choices = Vec::with_capacity(bodies.len());
    for body in bodies {
        let policy = match body.policy.parse() {
            Ok(print) => print,
            Err(_) => named(house, platform, &body.policy).await?,
        };
        let ChoiceBody { scope, party, artefact, text, by, until, .. } = body;
        choices.push(Choice { scope, party, artefact, policy, text, by, until });
    }
    Ok(choices)
}

/// The newest version of that name.
async fn named(house: &House, platform: &Platform, stem: &str) -> Result<Fingerprint, Problem> {
    let versions = publish::versions(house, platform).await?;
    let found = versions.into_iter().rev().find(|version| version.stem == stem);
    found.map(|version| version.policy).ok_or_else(|| {
        let field = FieldProblem { person: None, place: None, item: "policy".to_owned(), code: "unknown".to_owned() };
        Problem::new(Kind::Fields, "no version of that fingerprint or name").with_fields(vec![field])
    })
}

/// Consents to give, all or none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChoicesBody {
    /// At least one.
    consents: Vec<ChoiceBody>,
}

/// A consent.
#[derive(Serialize, ToSchema)]
struct ConsentBody {
    /// Id.
    id: String,
    /// Scope id.
    scope: String,
    /// Chosen party.
    #[serde(skip_serializing_if = "Option::is_none")]
    party: Option<String>,
    /// Who gave it.
    #[schema(value_type = String)]
    by: GivenBy,
    /// How.
    #[schema(value_type = String)]
    artefact: Artefact,
    /// Given at.
    at: String,
    /// Ends by itself at.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// Withdrawn at.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn: Option<String>,
    /// Whether it stands now, under the policy in force.
    stands: bool,
    /// Version of the policy that it was given for.
    of_version: String,
    /// Fingerprint of the text that was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// How well it is proved: `text`, `version` (the text that was shown is not known), or `statement` (imported, of no version
    /// that is known here: it opens nothing).
    #[schema(value_type = String)]
    evidence: Evidence,
}

impl From<ConsentView> for ConsentBody {
    fn from(view: ConsentView) -> Self {
        Self {
            id: view.id.to_string(),
            scope: view.scope,
            party: view.party.map(|party| party.to_string()),
            by: view.by,
            artefact: view.artefact,
            at: view.at.to_string(),
            until: view.until.map(|until| until.to_string()),
            withdrawn: view.withdrawn.map(|at| at.to_string()),
            stands: view.stands,
            of_version: view.of_version,
            text: view.text.map(|text| text.to_string()),
            evidence: view.evidence,
        }
    }
}

/// Gives consents
///
/// One act for all of them. A consent that could not count is refused with its leaf.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/consents", tag = "consents",
    params(("platform" = String, Path), ("subject" = String, Path), ("idempotency-key" = Option<String>, Header)),
    request_body = ChoicesBody,
    security(("service-token" = [])),
    responses((status = 201, body = Vec<DoneBody>),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn give(
    State(app): State<Arc<App>>,
    calling: Calling<Consents>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<ChoicesBody>,
) -> Result<(StatusCode, Json<Vec<DoneBody>>), Problem> {
    let once = asked.once(&calling.platform, &calling.caller);
    let choices = choices(&app.house, &calling.platform, asked.body.consents).await?;
    let who = calling.caller.who();
    let done = consent::give_as(&app.house, &calling.platform, subject, choices, who, once).await?;
    Ok((StatusCode::CREATED, Json(done.into_iter().map(DoneBody::from).collect())))
}

/// Lists a subject's consents, withdrawn ones too, oldest first
#[utoipa::path(get, path = "/v1/platforms/{platform}/subjects/{subject}/consents", tag = "consents",
    params(("platform" = String, Path), ("subject" = String, Path), Paging),
    security(("service-token" = [])),
    responses((status = 200, body = Page<ConsentBody>),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn list(
    State(app): State<Arc<App>>,
    calling: Calling<Consents>,
    At((_, subject)): At<(String, SubjectId)>,
    With(paging): With<Paging>,
) -> Result<Json<Page<ConsentBody>>, Problem> {
    let all = consent::list(&app.house, &calling.platform, subject).await?;
    paging.of(all, |view| view.id.to_string(), ConsentBody::from).map(Json)
}

/// Withdraws a consent, at once
#[utoipa::path(delete, path = "/v1/platforms/{platform}/subjects/{subject}/consents/{consent}", tag = "consents",
    params(("platform" = String, Path), ("subject" = String, Path), ("consent" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = DoneBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn withdraw(
    State(app): State<Arc<App>>,
    calling: Calling<Consents>,
    At((_, subject, consent)): At<(String, SubjectId, ConsentId)>,
) -> Result<Json<DoneBody>, Problem> {
    let who = calling.caller.who();
    let done = consent::withdraw_as(&app.house, &calling.platform, subject, consent, who).await?;
    Ok(Json(done.into()))
}
