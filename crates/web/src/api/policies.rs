//! `…/policies`: every version that was published here, for everybody (rule R62).

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use desk::publish::{self, Version};
use model::Fingerprint;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{At, With};
use super::cached::{Cached, Keep};
use super::caller::Public;
use super::paging::{Page, Paging};
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(version))
}

/// A version, without its texts.
#[derive(Serialize, ToSchema)]
struct VersionRow {
    /// Fingerprint of the policy file's facts.
    policy: String,
    /// Fingerprint of the compiled tables.
    tables: String,
    /// Fingerprint of the notice.
    text: String,
    /// Name: a date, or `undated`.
    stem: String,
    /// `announced`, `in-force`, `archived`, or `replaced` by a later one before it took effect.
    stage: &'static str,
    /// Published at.
    published: String,
    /// Leaf of the publication on the ledger.
    leaf: u64,
    /// In force here from this instant on.
    from: String,
    /// Until a later one takes its place, as far as is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

/// A version with its texts.
#[derive(Serialize, ToSchema)]
struct VersionBody {
    #[serde(flatten)]
    version: VersionRow,
    /// The policy file.
    source: String,
    /// The notice, as it was shown: HTML.
    notice: String,
}

impl From<&Version> for VersionRow {
    fn from(version: &Version) -> Self {
        Self {
            policy: version.policy.to_string(),
            tables: version.tables.to_string(),
            text: version.text.to_string(),
            stem: version.stem.clone(),
            stage: version.stage.word(),
            published: version.at.to_string(),
            leaf: version.leaf,
            from: version.from.to_string(),
            until: version.until.map(|until| until.to_string()),
        }
    }
}

/// Lists the published versions, announced ones too, in the order of publication
#[utoipa::path(get, path = "/v1/platforms/{platform}/policies", tag = "policies",
    params(("platform" = String, Path), Paging),
    responses((status = 200, body = Page<VersionRow>), (status = 304),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn list(
    State(app): State<Arc<App>>,
    Public(platform): Public,
    With(paging): With<Paging>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let all = publish::versions(&app.house, &platform).await?;
    let tag = format!("{}-{}-{}", all.len(), platform.since, platform.tables.fingerprint());
    let page = paging.of(all, |version| version.leaf.to_string(), |version| VersionRow::from(&version))?;
    Cached::new(tag, Keep::Ask).json(&headers, &page)
}

/// Shows a published version
///
/// Named by the fingerprint of its policy, or of its tables where one policy was published several times.
#[utoipa::path(get, path = "/v1/platforms/{platform}/policies/{fingerprint}", tag = "policies",
    params(("platform" = String, Path), ("fingerprint" = String, Path)),
    responses((status = 200, body = VersionBody), (status = 304),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn version(
    State(app): State<Arc<App>>,
    Public(platform): Public,
    At((_, print)): At<(String, Fingerprint)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let all = publish::versions(&app.house, &platform).await?;
    let found = all.into_iter().rev().find(|version| version.policy == print || version.tables == print);
    let found = found.ok_or_else(|| Problem::not_found("policy"))?;
    let until = found.until.map_or_else(String::new, |until| until.to_string());
    let tag = format!("{}-{}-{until}", found.tables, found.stage.word());
    let texts = publish::texts(&app.house, &platform.id, &found).await?;
    let body = VersionBody { version: VersionRow::from(&found), source: texts.source, notice: texts.notice };
    Cached::new(tag, Keep::Ask).json(&headers, &body)
}
