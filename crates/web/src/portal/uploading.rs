//! The same files, sent by the page's own script in pieces, so that what broke off goes on: by tus, as `/v1` has it. Without
//! script, the form sends them whole ([`super::attachment`]).
//!
//! The script sends the form's token as the header `csrf`. Answers are for it, and no pages.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use desk::attach::{self, Sender, Upload};
use desk::leaf::Who;
use model::UploadId;
use policy::syntax::Trigger;

use super::attachment::slot;
use crate::pieces::Raw;
use crate::problem::Problem;
use crate::session::{Customer, Scripted};
use crate::trouble::Trouble;
use crate::tus::{self, Spoken};

type Reply = Result<Response, Trouble>;

fn told(answer: Result<Response, Problem>) -> Response {
    answer.unwrap_or_else(Problem::into_response)
}

fn sender(customer: &Customer) -> Sender {
    Sender { subject: customer.subject, who: Who::Subject }
}

/// `POST /records/{id}/uploads/{item}`.
pub(crate) async fn begin(
    Path((_, record, item)): Path<(String, String, String)>,
    Scripted(customer, headers, _): Scripted<Customer>,
) -> Reply {
    let (record, slot) = slot(&customer, &record, &item).await?;
    let upload = Upload {
        function: slot.function,
        channel: None,
        record,
        person: slot.person,
        item: slot.item.to_string(),
        trigger: Trigger::Given,
    };
    Ok(told(begun(&customer, &headers, &upload).await))
}

async fn begun(customer: &Customer, headers: &HeaderMap, upload: &Upload) -> Result<Response, Problem> {
    Spoken::by(headers)?;
    let house = &customer.app.house;
    let size = tus::length(headers, house.largest_attachment())?;
    let begun = attach::begin(house, &customer.platform, &sender(customer), upload, size).await?;
    Ok(tus::begun(&format!("{}/uploads/{}", customer.base(), begun.id), &begun))
}

/// `HEAD /uploads/{upload}`.
pub(crate) async fn state(
    Path((_, upload)): Path<(String, UploadId)>,
    Scripted(customer, headers, _): Scripted<Customer>,
) -> Response {
    told(standing(&customer, &headers, upload).await)
}

async fn standing(customer: &Customer, headers: &HeaderMap, upload: UploadId) -> Result<Response, Problem> {
    Spoken::by(headers)?;
    let upload = attach::under_way(&customer.app.house, &customer.platform, &sender(customer), upload).await?;
    Ok(tus::standing(StatusCode::OK, &upload))
}

/// `PATCH /uploads/{upload}`.
pub(crate) async fn go_on(
    Path((_, upload)): Path<(String, UploadId)>,
    Scripted(customer, headers, body): Scripted<Customer>,
) -> Response {
    told(gone_on(&customer, &headers, upload, body).await)
}

async fn gone_on(customer: &Customer, headers: &HeaderMap, upload: UploadId, body: Body) -> Result<Response, Problem> {
    Spoken::by(headers)?;
    let offset = tus::offset(headers)?;
    let (house, platform, sender) = (&customer.app.house, &customer.platform, sender(customer));
    let mut content = Raw(body);
    let after = attach::go_on(house, platform, &sender, (upload, offset), &mut content).await;
    if after.is_err() {
        content.drain().await;
    }
    Ok(tus::standing(StatusCode::NO_CONTENT, &after.map_err(tus::refused)?))
}

/// `DELETE /uploads/{upload}`.
pub(crate) async fn give_up(
    Path((_, upload)): Path<(String, UploadId)>,
    Scripted(customer, headers, _): Scripted<Customer>,
) -> Response {
    told(given_up(&customer, &headers, upload).await)
}

async fn given_up(customer: &Customer, headers: &HeaderMap, upload: UploadId) -> Result<Response, Problem> {
    Spoken::by(headers)?;
    attach::give_up(&customer.app.house, &customer.platform, &sender(customer), upload).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
