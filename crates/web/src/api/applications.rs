//! `…/applications`: somebody with an account fills in a function for everybody who stands in the matter.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::collect::{self, Application, Participant, Whom};
use model::service::Wish;
use model::{RecordId, Slug, SubjectId};
use policy::question::{Facts, ItemAnswer};
use policy::syntax::Trigger;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Asked, At, Values};
use super::caller::{Calling, Collect, Consents, Scope};
use super::consents::{ChoiceBody, choices};
use super::invitations::InvitedBody;
use crate::app::App;
use crate::problem::{Kind, Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(apply))
}

/// What was filled in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ApplicationBody {
    /// Function id; it must make a record.
    #[schema(value_type = String)]
    function: Slug,
    /// Channel id.
    #[schema(value_type = Option<String>)]
    channel: Option<Slug>,
    /// Product applied for.
    #[schema(value_type = Option<String>)]
    product: Option<Slug>,
    /// Everybody who stands in the matter; the holder of the account first.
    people: Vec<ParticipantBody>,
    /// Roles that are left open, once for each person: each is invited to fill it in and to consent alone.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    open: Vec<Slug>,
    /// The record that it is about, where the function services others; it must be the holder's, and in force.
    about: Option<AboutBody>,
    /// Facts that conditions ask for; who is the same person as whom follows from `people` where it is not said.
    #[serde(default)]
    #[schema(value_type = Object)]
    facts: Facts,
}

/// Another record, and what is wanted of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AboutBody {
    /// Which.
    #[schema(value_type = String)]
    record: RecordId,
    /// `change` or `surrender`.
    wish: String,
}

impl AboutBody {
    fn read(&self) -> Result<(RecordId, Wish), Problem> {
        let wish = self.wish.parse().map_err(|error| Problem::new(Kind::Wrong, format!("`wish`: {error}")))?;
        Ok((self.record, wish))
    }
}

/// One person, or one organisation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ParticipantBody {
    /// Every role in which the person, or the organisation, stands.
    #[schema(value_type = Vec<String>)]
    roles: Vec<Slug>,
    /// Who it is, where what is typed does not tell: a subject that stands in a record of the holder's.
    #[schema(value_type = Option<String>)]
    subject: Option<SubjectId>,
    /// Or whoever stands in a role of this record of the holder's: `as`, or else the first of `roles`.
    #[schema(value_type = Option<String>)]
    record: Option<RecordId>,
    /// The role in that record.
    #[serde(rename = "as")]
    #[schema(value_type = Option<String>)]
    stands_as: Option<Slug>,
    /// Texts by item: id, published name or clause.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    fields: Values,
    /// The person's own consents, or a guardian's for a child.
    #[serde(default)]
    consents: Vec<ChoiceBody>,
}

impl ParticipantBody {
    fn whom(&self) -> Result<Whom, Problem> {
        match (self.subject, self.record, self.stands_as.as_ref().or(self.roles.first())) {
            (None, None, _) if self.stands_as.is_none() => Ok(Whom::Typed),
            (Some(subject), None, _) if self.stands_as.is_none() => Ok(Whom::Subject(subject)),
            (None, Some(record), Some(role)) => Ok(Whom::Standing(record, role.clone())),
            _ => Err(Problem::new(Kind::Wrong, "name a person by `subject`, by `record` with `as`, or by neither")),
        }
    }
}

/// An application, taken in.
#[derive(Serialize, ToSchema)]
struct AppliedBody {
    /// The new record.
    record: String,
    /// Leaf.
    leaf: u64,
    /// Items that were given and not kept, with the reasons.
    #[schema(value_type = Vec<Object>)]
    withheld: Vec<ItemAnswer>,
    /// The invitations, in the order of `open`; the links are told this once, and not in a repeated answer.
    invited: Vec<InvitedBody>,
}

/// Fills in a function for one or several people
///
/// One record in which all of them stand, in one act or not at all; several people may stand in one role. Others than the
/// holder are found by document number, or are those of a record of the holder's, else made without an account. Each is
/// decided about on the own consents, and filling in is no consent of theirs.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/applications", tag = "subjects",
    params(("platform" = String, Path), ("subject" = String, Path), ("idempotency-key" = Option<String>, Header)),
    request_body = ApplicationBody,
    security(("service-token" = [])),
    responses((status = 201, body = AppliedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn apply(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    At((_, subject)): At<(String, SubjectId)>,
    asked: Asked<ApplicationBody>,
) -> Result<(StatusCode, Json<AppliedBody>), Problem> {
    let once = asked.once(&calling.platform, &calling.caller);
    let ApplicationBody { function, channel, product, people, open, about, facts } = asked.body;
    calling.covers(function.as_str())?;
    if people.iter().any(|one| !one.consents.is_empty()) {
        calling.caller.may(&calling.platform, Consents::WORD, None)?;
    }
    let mut participants = Vec::with_capacity(people.len());
    for one in people {
        let whom = one.whom()?;
        let consents = choices(&app.house, &calling.platform, one.consents).await?;
        participants.push(Participant { roles: one.roles, whom, fields: one.fields.0, consents });
    }
    let application = Application {
        function,
        channel,
        product,
        people: participants,
        open,
        about: about.as_ref().map(AboutBody::read).transpose()?,
        facts,
        trigger: Trigger::Given,
        track: None,
    };
    let who = calling.caller.who();
    let done = collect::apply(&app.house, &calling.platform, subject, application, who, once).await?;
    let link = |one| InvitedBody::of(&app, &calling.platform, one);
    let body = AppliedBody {
        record: done.record.to_string(),
        leaf: done.leaf,
        withheld: done.withheld,
        invited: done.invited.into_iter().map(link).collect(),
    };
    Ok((StatusCode::CREATED, Json(body)))
}
