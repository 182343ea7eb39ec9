//! `/v1/events`: the change feed, so that nothing that a caller keeps outlives a withdrawal.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use desk::feed::{self, Change, Cursor};
use model::{RecordId, Slug, SubjectId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::With;
use super::caller::{Calling, Events};
use super::paging::Paging;
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Which feed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Platform; that of the token, if absent.
    #[param(value_type = Option<String>)]
    platform: Option<Slug>,
    /// `next` of the page before; from the first change on, if absent.
    after: Option<String>,
    /// Most things on the page, 1 to 200; 50 when not given.
    limit: Option<usize>,
}

/// A change. It names people by the ids that callers know, and holds no value.
#[derive(Serialize, ToSchema)]
struct ChangeBody {
    /// The same wherever and however often it is told: `chg-` and 32 hexadecimal digits.
    id: String,
    /// Its place in the feed of the platform, from 1, without gaps.
    number: u64,
    /// `consent`, `withdrawal`, `erasure`, `correction` or `publication`.
    kind: &'static str,
    /// Platform.
    #[schema(value_type = String)]
    platform: Slug,
    /// Whose; absent where it is nobody's, and once the subject is forgotten.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    subject: Option<SubjectId>,
    /// In which record; absent for an erasure that forgot the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    record: Option<RecordId>,
    /// Scopes that were consented to, or withdrawn.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<String>,
    /// When.
    #[schema(value_type = String)]
    at: jiff::Timestamp,
    /// Leaf of the act on the ledger.
    leaf: u64,
}

impl From<Change> for ChangeBody {
    fn from(change: Change) -> Self {
        let Change { id, number, kind, platform, subject, record, scopes, at, leaf } = change;
        Self { id, number, kind, platform, subject, record, scopes, at, leaf }
    }
}

/// A page of the feed.
#[derive(Serialize, ToSchema)]
struct EventsBody {
    /// Changes in the order of the acts.
    items: Vec<ChangeBody>,
    /// `after` of the next call, now or later; absent while the feed is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// What changed, in order and without gaps: consents, withdrawals, erasures, corrections, publications
///
/// Ask again with `after` set to `next`, which is there on the last page too: it is where the feed goes on. A cursor that is
/// not of the feed is 422: it was restored from a backup, and what was kept by it is to be read anew.
#[utoipa::path(get, path = "/v1/events", tag = "events", params(Asked),
    security(("service-token" = [])),
    responses((status = 200, body = EventsBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn events(
    State(app): State<Arc<App>>,
    calling: Calling<Events>,
    With(Asked { platform, after, limit }): With<Asked>,
) -> Result<impl IntoResponse, Problem> {
    calling.caller.is_of_the_company()?;
    if platform.is_some_and(|named| named != calling.platform.id) {
        return Err(Problem::not_found("platform"));
    }
    let paging = Paging::new(after, limit);
    let (after, limit) = (paging.after::<Cursor>()?, paging.limit()?);
    let asked = u32::try_from(limit).unwrap_or(feed::PAGE);
    let changes = feed::changes(&app.house, &calling.platform, after.as_ref(), asked).await?;
    let next = changes.last().map(Change::cursor).or(after).map(|cursor| cursor.to_string());
    let items = changes.into_iter().map(ChangeBody::from).collect();
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(EventsBody { items, next })))
}
