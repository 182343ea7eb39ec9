//! `…/attachments`: pictures, papers and recordings of a record, as bodies that are nothing but the file.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::attach::{self, Attached, Upload};
use model::{AttachmentId, RecordId, Slug, SubjectId};
use policy::syntax::Trigger;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{At, Sent, With};
use super::caller::{Calling, Collect, Use};
use crate::app::App;
use crate::pieces::{Raw, content};
use crate::problem::{Problem, ProblemBody};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(send)).routes(routes!(open))
}

/// In what course.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Course {
    /// Function id.
    #[param(value_type = String)]
    pub(super) function: Slug,
    /// Role of whom it is about.
    #[param(value_type = String)]
    pub(super) person: Slug,
    /// Channel id.
    #[param(value_type = Option<String>)]
    pub(super) channel: Option<Slug>,
}

/// An attachment, taken in.
#[derive(Serialize, ToSchema)]
struct AttachedBody {
    /// Which.
    attachment: String,
    /// What it holds, as its own bytes say: `jpeg`, `png`, `webp`, `pdf`, `mp4`, `m4a`, `mp3`, `wav`.
    #[schema(value_type = String)]
    kind: model::attachment::FileKind,
    /// Length, in bytes.
    size: u64,
    /// Leaf.
    leaf: u64,
}

impl From<Attached> for AttachedBody {
    fn from(done: Attached) -> Self {
        let Attached { attachment, kind, size, leaf } = done;
        Self { attachment: attachment.to_string(), kind, size, leaf }
    }
}

/// Sends a file in
///
/// The body is the file. It is decided on before its first byte is read and again at its end, sealed while it comes in,
/// and known by its first bytes; content type and name are not looked at.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/records/{record}/attachments/{item}",
    tag = "records",
    params(("platform" = String, Path), ("subject" = String, Path), ("record" = String, Path), ("item" = String, Path),
        ("idempotency-key" = Option<String>, Header), Course),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    security(("service-token" = [])),
    responses((status = 201, body = AttachedBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn send(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    At((_, subject, record, item)): At<(String, SubjectId, RecordId, String)>,
    With(course): With<Course>,
    sent: Sent,
) -> Result<(StatusCode, Json<AttachedBody>), Problem> {
    calling.covers(course.function.as_str())?;
    let Course { function, person, channel } = course;
    let upload = Upload { function, channel, record, person, item, trigger: Trigger::Given };
    let who = calling.caller.who();
    let once = sent.once(&calling.platform, &calling.caller);
    let mut content = Raw(sent.body);
    let done = attach::upload(&app.house, &calling.platform, subject, upload, &mut content, who, once).await?;
    Ok((StatusCode::CREATED, Json(done.into())))
}

/// Opens a file
///
/// For a system that works with it in the course of a function: it is `use`, for what is shown to people is masked. The
/// header `leaf` names the leaf of the look, which stands before the
/// first byte is sent; a file that does not come out whole breaks off.
#[utoipa::path(get, path = "/v1/platforms/{platform}/subjects/{subject}/records/{record}/attachments/{item}/{attachment}",
    tag = "records",
    params(("platform" = String, Path), ("subject" = String, Path), ("record" = String, Path), ("item" = String, Path),
        ("attachment" = String, Path), Course),
    security(("service-token" = [])),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn open(
    State(app): State<Arc<App>>,
    calling: Calling<Use>,
    At((_, subject, record, _, attachment)): At<(String, SubjectId, RecordId, String, AttachmentId)>,
    With(course): With<Course>,
) -> Result<Response, Problem> {
    let Course { function, person, channel } = &course;
    let by = (&calling.caller, function.as_str(), channel.as_ref().map(Slug::as_str));
    let at = (record, person, attachment);
    Ok(content(attach::open_service(&app.house, &calling.platform, by, subject, at).await?))
}
