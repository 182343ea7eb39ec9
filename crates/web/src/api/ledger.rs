//! `…/ledger`: what outsiders verify with. Heads, keys and hash tiles are public; entries are for auditors.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use desk::evidence::{self, LeafView};
use desk::leaf::Entry;
use desk::retain::{self, Destroyed};
use model::SubjectId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{At, With};
use super::cached::{Cached, Keep};
use super::caller::{Audit, Calling, Public};
use super::paging::{Page, Paging};
use crate::app::App;
use crate::problem::{Problem, ProblemBody};

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(checkpoint))
        .routes(routes!(witnessed))
        .routes(routes!(key))
        .routes(routes!(tile))
        .routes(routes!(inclusion))
        .routes(routes!(consistency))
        .routes(routes!(destroyed))
        .routes(routes!(entries))
        .routes(routes!(leaves))
        .routes(routes!(receipt))
}

/// The signed head, as a note (C2SP tlog-checkpoint)
#[utoipa::path(get, path = "/v1/platforms/{platform}/ledger/checkpoint", tag = "ledger", params(("platform" = String, Path)),
    responses((status = 200, body = String, content_type = "text/plain"), (status = 304),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn checkpoint(
    State(app): State<Arc<App>>,
    Public(platform): Public,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let note = evidence::checkpoint(&app.house, &platform).await?;
    // Size and root, the second and third line of a note, name the head.
    let tag: Vec<&str> = note.lines().skip(1).take(2).collect();
    Cached::new(tag.join("-"), Keep::Ask).bytes(&headers, TEXT, note.into_bytes())
}

/// The newest head that witnesses have cosigned, as a note (C2SP tlog-cosignature)
///
/// It may be a few seconds older than the newest head of all.
#[utoipa::path(get, path = "/v1/platforms/{platform}/ledger/checkpoint/witnessed", tag = "ledger",
    params(("platform" = String, Path)),
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn witnessed(State(app): State<Arc<App>>, Public(platform): Public) -> Result<Response, Problem> {
    let note = evidence::witnessed(&app.house, &platform)?;
    Ok(([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, "no-cache")], note).into_response())
}

/// The public keys that sign the heads, one a line: Ed25519, and SM2 where the platform's suite is `guomi`
#[utoipa::path(get, path = "/v1/platforms/{platform}/ledger/key", tag = "ledger", params(("platform" = String, Path)),
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn key(Public(platform): Public) -> Result<Response, Problem> {
    let keys: Vec<String> = evidence::verifier_keys(&platform)?.iter().map(ToString::to_string).collect();
    Ok(([(header::CONTENT_TYPE, TEXT)], keys.join("\n") + "\n").into_response())
}

/// A hash tile (C2SP tlog-tiles), such as `tile/0/x001/234.p/5`
#[utoipa::path(get, path = "/v1/platforms/{platform}/ledger/tile/{*path}", tag = "ledger",
    params(("platform" = String, Path), ("path" = String, Path)),
    responses((status = 200, body = String, content_type = "application/octet-stream"), (status = 304),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn tile(
    State(app): State<Arc<App>>,
    Public(platform): Public,
    At((_, path)): At<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let path = format!("tile/{path}");
    let bytes = evidence::tile(&app.house, &platform, &path).await?;
    Cached::new(path, Keep::Always).bytes(&headers, BYTES, bytes)
}

/// Two sizes of the ledger.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Sizes {
    /// Size of the head that the caller has.
    old: u64,
    /// Size of a later head.
    new: u64,
}

/// A consistency proof.
#[derive(Serialize, ToSchema)]
struct ProofBody {
    /// Hashes, base64, in the order of RFC 6962.
    hashes: Vec<String>,
}

/// A leaf and a head.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Place {
    /// Index of the leaf, from 0.
    index: u64,
    /// Size of the head.
    size: u64,
}

/// An inclusion proof.
#[derive(Serialize, ToSchema)]
struct InclusionBody {
    /// RFC 6962 leaf hash, base64.
    leaf: String,
    /// Hashes, base64, in the order of RFC 6962.
    hashes: Vec<String>,
}

/// The proof that a leaf stands in a head (RFC 6962); a receipt holds it with the head
#[utoipa::path(get, path = "/v1/platforms/{platform}/ledger/inclusion", tag = "ledger",
    params(("platform" = String, Path), Place),
    responses((status = 200, body = InclusionBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn inclusion(
    State(app): State<Arc<App>>,
    Public(platform): Public,
    With(Place { index, size }): With<Place>,
) -> Result<Json<InclusionBody>, Problem> {
    let (leaf, hashes) = evidence::inclusion(&app.house, &platform, index, size).await?;
    Ok(Json(InclusionBody { leaf: leaf.to_string(), hashes: hashes.iter().map(ToString::to_string).collect() }))
}

/// A leaf.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Index of the leaf, from 0, as a certificate names it.
    leaf: u64,
}

/// When what an act destroyed was gone.
#[derive(Serialize, ToSchema)]
struct DestroyedBody {
    /// Index of the leaf.
    leaf: u64,
    /// Since when its keys are known to be in no file, or `pending`.
    #[schema(value_type = String)]
    destroyed: Destroyed,
}

/// Since when what an act destroyed, if anything, is in no file: for whoever holds a certificate that says `pending`
#[utoipa::path(get, path = "/v1/platforms/{platform}/ledger/destroyed", tag = "ledger",
    params(("platform" = String, Path), Which),
    responses((status = 200, body = DestroyedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn destroyed(
    State(app): State<Arc<App>>,
    Public(platform): Public,
    With(Which { leaf }): With<Which>,
) -> Result<Json<DestroyedBody>, Problem> {
    let destroyed = retain::destroyed(&app.house, &platform, leaf).await?;
    Ok(Json(DestroyedBody { leaf, destroyed }))
}

/// The proof that a later head extends an earlier one (RFC 6962)
#[utoipa::path(get, path = "/v1/platforms/{platform}/ledger/consistency", tag = "ledger",
    params(("platform" = String, Path), Sizes),
    responses((status = 200, body = ProofBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn consistency(
    State(app): State<Arc<App>>,
    Public(platform): Public,
    With(Sizes { old, new }): With<Sizes>,
) -> Result<Json<ProofBody>, Problem> {
    let hashes = evidence::consistency(&app.house, &platform, old, new).await?;
    Ok(Json(ProofBody { hashes: hashes.iter().map(ToString::to_string).collect() }))
}

/// An entry bundle where C2SP tlog-tiles has it, for auditors
#[utoipa::path(get, path = "/v1/platforms/{platform}/ledger/tile/entries/{*path}", tag = "ledger",
    params(("platform" = String, Path), ("path" = String, Path)),
    security(("service-token" = [])),
    responses((status = 200, body = String, content_type = "application/octet-stream"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn entries(
    State(app): State<Arc<App>>,
    calling: Calling<Audit>,
    At((_, path)): At<(String, String)>,
) -> Result<Response, Problem> {
    let bytes = evidence::bundle(&app.house, &calling.platform, &format!("tile/entries/{path}")).await?;
    Ok(([(header::CONTENT_TYPE, BYTES), (header::CACHE_CONTROL, "private")], bytes).into_response())
}

/// A leaf.
#[derive(Serialize, ToSchema)]
struct LeafBody {
    /// Index.
    index: u64,
    /// RFC 6962 leaf hash, base64.
    hash: String,
    /// What it says; absent when the stored bytes no longer read.
    #[schema(value_type = Option<Object>)]
    entry: Option<Entry>,
}

impl From<LeafView> for LeafBody {
    fn from(view: LeafView) -> Self {
        Self { index: view.index, hash: view.hash.to_string(), entry: view.entry }
    }
}

/// Lists leaves in order, for auditors
#[utoipa::path(get, path = "/v1/platforms/{platform}/ledger/leaves", tag = "ledger",
    params(("platform" = String, Path), Paging),
    security(("service-token" = [])),
    responses((status = 200, body = Page<LeafBody>),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn leaves(
    State(app): State<Arc<App>>,
    calling: Calling<Audit>,
    With(paging): With<Paging>,
) -> Result<Json<Page<LeafBody>>, Problem> {
    let from = paging.after::<u64>()?.map_or(0, |last| last.saturating_add(1));
    let limit = paging.limit()?;
    let asked = u32::try_from(limit).unwrap_or(u32::MAX);
    let leaves = evidence::leaves(&app.house, &calling.platform, from, asked).await?;
    let next = leaves.last().filter(|_| leaves.len() == limit).map(|leaf| leaf.index.to_string());
    Ok(Json(Page { items: leaves.into_iter().map(LeafBody::from).collect(), next }))
}

/// Whose receipt it is.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// The subject that the leaf concerns: the receipt then ties the leaf to the subject.
    #[param(value_type = Option<String>)]
    subject: Option<SubjectId>,
}

/// The receipt of a leaf (C2SP tlog-proof)
///
/// For a token that covers `audit`. With a subject it is the receipt to give to the customer.
#[utoipa::path(get, path = "/v1/platforms/{platform}/receipts/{leaf}", tag = "ledger",
    params(("platform" = String, Path), ("leaf" = u64, Path), Whose),
    security(("service-token" = [])),
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn receipt(
    State(app): State<Arc<App>>,
    calling: Calling<Audit>,
    At((_, leaf)): At<(String, u64)>,
    With(Whose { subject }): With<Whose>,
) -> Result<Response, Problem> {
    let receipt = evidence::receipt(&app.house, &calling.platform, leaf, subject).await?;
    Ok(([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, "no-store")], receipt).into_response())
}
