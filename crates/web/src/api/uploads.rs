//! `…/uploads`: files that come in by several requests, by the protocol tus.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::post;
use desk::attach::{self, Sender, Upload};
use model::{RecordId, SubjectId, UploadId};
use policy::syntax::Trigger;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::attachments::Course;
use super::body::{At, With};
use super::caller::{Calling, Collect};
use crate::app::App;
use crate::pieces::Raw;
use crate::problem::{Kind, Problem, ProblemBody};
use crate::tus::{self, Spoken};

/// Where an upload is.
const PLACE: &str = "/v1/platforms/{platform}/subjects/{subject}/uploads/{upload}";

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(begin, abilities))
        .routes(routes!(state, go_on, give_up))
        .route(PLACE, post(overridden).options(abilities))
        .layer(from_fn(tus::spoken))
}

/// Says what uploads can do
///
/// Versions, extensions and the largest file, as tus 1.0.0 has them; needs no token.
#[utoipa::path(options, path = "/v1/platforms/{platform}/subjects/{subject}/records/{record}/uploads/{item}",
    tag = "records",
    params(("platform" = String, Path), ("subject" = String, Path), ("record" = String, Path), ("item" = String, Path)),
    responses((status = 204, headers(("tus-version" = String), ("tus-extension" = String), ("tus-max-size" = u64))),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn abilities(State(app): State<Arc<App>>) -> Response {
    tus::abilities(app.house.largest_attachment())
}

/// Begins an upload that can be gone on with
///
/// By tus 1.0.0. Decided on as a whole file is, before a byte is sent; under way for a day. `Upload-Metadata` is not looked at and
/// not kept: what the file is stands in the path, and its name nowhere.
#[utoipa::path(post, path = "/v1/platforms/{platform}/subjects/{subject}/records/{record}/uploads/{item}",
    tag = "records",
    params(("platform" = String, Path), ("subject" = String, Path), ("record" = String, Path), ("item" = String, Path),
        ("tus-resumable" = String, Header), ("upload-length" = u64, Header), Course),
    security(("service-token" = [])),
    responses((status = 201, headers(("location" = String), ("upload-offset" = u64), ("upload-expires" = String))),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn begin(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    _: Spoken,
    At((_, subject, record, item)): At<(String, SubjectId, RecordId, String)>,
    With(course): With<Course>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    calling.covers(course.function.as_str())?;
    let size = tus::length(&headers, app.house.largest_attachment())?;
    let Course { function, person, channel } = course;
    let upload = Upload { function, channel, record, person, item, trigger: Trigger::Given };
    let begun = attach::begin(&app.house, &calling.platform, &sender(&calling, subject), &upload, size).await?;
    let place = format!("/v1/platforms/{}/subjects/{subject}/uploads/{}", calling.platform.id, begun.id);
    Ok(tus::begun(&place, &begun))
}

fn sender(calling: &Calling<Collect>, subject: SubjectId) -> Sender {
    Sender { subject, who: calling.caller.who() }
}

/// Says how far an upload is
///
/// `Upload-Offset` is how much of it is durable, whatever was sent. Once it is whole, `attachment` and `leaf` say as what it was
/// taken in.
#[utoipa::path(head, path = "/v1/platforms/{platform}/subjects/{subject}/uploads/{upload}", tag = "records",
    params(("platform" = String, Path), ("subject" = String, Path), ("upload" = String, Path),
        ("tus-resumable" = String, Header)),
    security(("service-token" = [])),
    responses((status = 200, headers(("upload-offset" = u64), ("upload-length" = u64), ("upload-expires" = String),
            ("attachment" = String), ("leaf" = u64))),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn state(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    _: Spoken,
    At((_, subject, upload)): At<(String, SubjectId, UploadId)>,
) -> Result<Response, Problem> {
    let upload = attach::under_way(&app.house, &calling.platform, &sender(&calling, subject), upload).await?;
    Ok(tus::standing(StatusCode::OK, &upload))
}

/// Goes on with an upload
///
/// The body is the file from `Upload-Offset` on, or a piece of it. What came in is kept though the request broke off; with the last
/// byte the file is taken in by one act, and `attachment` and `leaf` say as what. A refusal ends the upload.
#[utoipa::path(patch, path = "/v1/platforms/{platform}/subjects/{subject}/uploads/{upload}", tag = "records",
    params(("platform" = String, Path), ("subject" = String, Path), ("upload" = String, Path),
        ("tus-resumable" = String, Header), ("upload-offset" = u64, Header)),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    security(("service-token" = [])),
    responses((status = 204, headers(("upload-offset" = u64), ("upload-expires" = String), ("attachment" = String),
            ("leaf" = u64))),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn go_on(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    _: Spoken,
    At((_, subject, upload)): At<(String, SubjectId, UploadId)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let offset = tus::offset(&headers)?;
    let (house, platform, sender) = (&app.house, &calling.platform, sender(&calling, subject));
    let before = attach::under_way(house, platform, &sender, upload).await?;
    calling.covers(before.function.as_str())?;
    tus::fits(&headers, offset, &before)?;
    let after = attach::go_on(house, platform, &sender, (upload, offset), &mut Raw(body)).await;
    Ok(tus::standing(StatusCode::NO_CONTENT, &after.map_err(tus::refused)?))
}

/// Gives an upload up
///
/// Nothing is left of what came in. A file that was taken in stays.
#[utoipa::path(delete, path = "/v1/platforms/{platform}/subjects/{subject}/uploads/{upload}", tag = "records",
    params(("platform" = String, Path), ("subject" = String, Path), ("upload" = String, Path),
        ("tus-resumable" = String, Header)),
    security(("service-token" = [])),
    responses((status = 204),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json")))]
async fn give_up(
    State(app): State<Arc<App>>,
    calling: Calling<Collect>,
    _: Spoken,
    At((_, subject, upload)): At<(String, SubjectId, UploadId)>,
) -> Result<StatusCode, Problem> {
    attach::give_up(&app.house, &calling.platform, &sender(&calling, subject), upload).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// For callers whose network lets `GET` and `POST` through alone: the protocol has them name the method in a header.
async fn overridden(
    app: State<Arc<App>>,
    calling: Calling<Collect>,
    spoken: Spoken,
    at: At<(String, SubjectId, UploadId)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let meant = headers.get("x-http-method-override").and_then(|method| method.to_str().ok()).unwrap_or_default();
    match meant {
        "PATCH" => go_on(app, calling, spoken, at, headers, body).await,
        "HEAD" => state(app, calling, spoken, at).await,
        "DELETE" => Ok(axum::response::IntoResponse::into_response(give_up(app, calling, spoken, at).await?)),
        _ => Err(Problem::new(Kind::Method, "name the method that is meant in `X-HTTP-Method-Override`")),
    }
}
