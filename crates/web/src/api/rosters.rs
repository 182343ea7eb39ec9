//! `…/roster/{role}`: many people of one role at once, as a table.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::Refusal;
use desk::collect::{self, Enrolled, EnrolledBefore, Invited, Once, Outcome, OutcomeBefore};
use model::{RecordId, Slug, SubjectId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{At, Whole, With};
use super::caller::{Calling, Collect};
use super::invitations::InvitedBody;
use crate::app::App;
use crate::problem::{FieldProblem, Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(enrol))
}

/// In what course.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Course {
    /// Only say what would become of each line.
    #[serde(default)]
    look: bool,
}

/// One line.
#[derive(Serialize, ToSchema)]
struct LineBody {
    /// Number in the table, counted from 1 with the header.
    line: u64,
    /// `taken-in`: the person is to be told; `invited`: nothing of the line is stored; `wrong`.
    outcome: &'static str,
    /// The invitation of a line that was answered so; its link is told the first time only.
    #[serde(skip_serializing_if = "Option::is_none")]
    invited: Option<InvitedBody>,
    /// What is wrong with the line, by item.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldProblem>,
}

/// What becomes of a roster.
#[derive(Serialize, ToSchema)]
struct RosterBody {
    /// Leaf; absent where it was only looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaf: Option<u64>,
    /// Each line, in the order of the table.
    lines: Vec<LineBody>,
}

type Answer = (StatusCode, Json<RosterBody>);

fn line<T>(one: Enrolled<T>, link: impl Fn(T) -> Option<InvitedBody>) -> LineBody {
    let (outcome, invited, faults) = match one.outcome {
        Outcome::TakenIn => ("taken-in", None, Vec::new()),
        Outcome::Invited(invited) => ("invited", link(invited), Vec::new()),
        Outcome::Wrong(faults) => ("wrong", None, faults),
    };
    let field = |fault: desk::refusal::FieldFault| FieldProblem {
        person: None,
        place: None,
        item: fault.item,
        code: fault.code.to_owned(),
    };
    LineBody { line: one.line, outcome, invited, fields: faults.into_iter().map(field).collect() }
}

/// A line of a roster that came once more under its key.
fn before(one: EnrolledBefore, role: &Slug) -> LineBody {
    let (outcome, invited, faults) = match one.outcome {
        OutcomeBefore::TakenIn => ("taken-in", None, Vec::new()),
        OutcomeBefore::Invited(id, until) => ("invited", Some(InvitedBody::before(id, role, until)), Vec::new()),
        OutcomeBefore::Wrong(faults) => ("wrong", None, faults),
    };
    let field = |(item, code)| FieldProblem { person: None, place: None, item, code };
    LineBody { line: one.line, outcome, invited, fields: faults.into_iter().map(field).collect() }
}

/// Takes a roster in
///
/// The body is a table of comma-separated values, UTF-8 or GB 18030, whose first line names items, at most 100 people. Who may be
/// taken in without an own consent, or has given it, is taken in and is to be told; who must answer alone gets an
/// invitation, and nothing of that line is stored. One act.
///
/// The same roster once more under its idempotency key is taken in once: the answer has the lines of the first time, without
/// the links, of which nothing is kept. `POST …/invitations/{invitation}` makes a new one, which ends the first.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/records/{record}/roster/{role}", tag = "records",
    params(("platform" = String, Path), ("subject" = String, Path), ("record" = String, Path), ("role" = String, Path),
        ("idempotency-key" = Option<String>, Header), Course),
    request_body(content = Vec<u8>, content_type = "text/csv"),
    security(("service-token" = [])),
    responses((status = 200, body = RosterBody), (status = 201, body = RosterBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn enrol(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    At((_, subject, record, role)): At<(String, SubjectId, RecordId, Slug)>,
    With(course): With<Course>,
    whole: Whole,
) -> Result<Answer, Problem> {
    let (house, platform, whom) = (&app.house, &calling.platform, (subject, record, &role));
    let once = whole.once(platform, &calling.caller).filter(|_| !course.look);
    if let Some(done) = again(&app, &calling, once, &role).await? {
        return Ok(done);
    }
    let roster = collect::roster(house, platform, whom, &whole.body).await?;
    if course.look {
        let fates = collect::roster_look(house, platform, whom, &roster).await?;
        let lines = fates.into_iter().map(|one| line(one, |()| None)).collect();
        return Ok((StatusCode::OK, Json(RosterBody { leaf: None, lines })));
    }
    let who = calling.caller.who();
    let (leaf, done) = match collect::enrol(house, platform, whom, &roster, who, once).await {
        // The same request was taken in while this one was looked at.
        Err(refusal @ Refusal::Done { .. }) => {
            return again(&app, &calling, once, &role).await?.ok_or_else(|| refusal.into());
        }
        other => other?,
    };
    let link = |invited: Invited| Some(InvitedBody::of(&app, platform, invited));
    let lines = done.into_iter().map(|one| line(one, link)).collect();
    Ok((StatusCode::CREATED, Json(RosterBody { leaf: Some(leaf), lines })))
}

/// What came of the same request before.
async fn again(
    app: &App,
    calling: &Calling<Collect>,
    once: Option<Once>,
    role: &Slug,
) -> Result<Option<Answer>, Problem> {
    let done = collect::enrolled(&app.house, &calling.platform, once).await?;
    Ok(done.map(|(leaf, lines)| {
        let lines = lines.into_iter().map(|one| before(one, role)).collect();
        (StatusCode::CREATED, Json(RosterBody { leaf: Some(leaf), lines }))
    }))
}
