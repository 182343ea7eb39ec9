//! The console's handlers. The routes are those of [`crate::pages::console`].

mod approval;
mod clerk;
mod draft;
mod enter;
mod finding;
mod ledger;
mod notices;
mod parties;
mod partner;
mod replay;
mod report;
mod request;
mod rule;
mod service;
mod subject;
mod threshold;
mod verify;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts as _};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};

use crate::app::App;
use crate::pages::console::ConsoleProblem;
use crate::security::FORM;
use crate::session::html;
use crate::told::reasons::of_answer;
use crate::trouble::{Trouble, unknown};

pub(crate) use ledger::home;

/// The routes under `/console`.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(bare))
        .route("/first/{token}", get(enter::first).post(enter::first_sent))
        .route("/login", get(enter::login).post(enter::login_sent))
        .route("/logout", post(enter::logout))
        .route("/on/{platform}", get(enter::change))
        .route("/subjects", get(subject::ask).post(subject::find))
        .route("/subjects/{id}", get(subject::page))
        .route("/subjects/{id}/clear/{item}", get(subject::ask_clear).post(subject::clear))
        .route("/subjects/{id}/attachments/{file}", get(subject::ask_open).post(subject::open))
        .route("/subjects/{id}/assignments", post(parties::assigned))
        .route("/subjects/{id}/approvals", post(approval::asked))
        .route("/subjects/{id}/verifications", post(verify::noted))
        .route("/approvals", get(approval::list).post(approval::given))
        .route("/services", get(service::list))
        .route("/services/{request}", get(service::page).post(service::sent))
        .route("/parties", get(parties::list))
        .route("/parties/{id}", get(parties::page).post(parties::switched))
        .route("/thresholds", get(threshold::list))
        .route("/thresholds/{rule}", get(threshold::page).post(threshold::filed))
        .route("/reports", get(report::list))
        .route("/reports/{kind}", post(report::made))
        .route("/case", get(partner::ask).post(partner::sent))
        .route("/cases/{case}", get(partner::page).post(partner::act))
        .route("/subjects/{id}/records/{record}/replay", get(replay::open))
        .route("/subjects/{id}/records/{record}/replay/{page}", get(replay::page))
        .route("/requests", get(ledger::requests))
        .route("/requests/{id}", get(request::page).post(request::sent))
        .route("/requests/{id}/answer", post(request::answered))
        .route("/ledger", get(ledger::ledger).post(ledger::verify))
        .route("/policy", get(ledger::policy))
        .route("/policy/map", get(ledger::map))
        .route("/policy/findings", get(finding::page))
        .route("/drafts/{print}", get(draft::page))
        .route("/drafts/{print}/changes", get(draft::changes))
        .route("/rules", get(rule::list))
        .route("/rules/{code}", get(rule::page))
        .route("/notices", get(notices::list).post(notices::again))
        .layer(DefaultBodyLimit::max(FORM))
        .fallback(unknown)
}

/// `/console` without its last slash.
async fn bare() -> Redirect {
    Redirect::permanent("/console/")
}

/// A problem, as a page of the console: around it what the seat may know, else nothing.
pub(crate) async fn problem(app: &Arc<App>, headers: &HeaderMap, trouble: &Trouble) -> Result<Response, Trouble> {
    let mut request = Request::builder().uri(clerk::BASE);
    for cookies in headers.get_all(header::COOKIE) {
        request = request.header(header::COOKIE, cookies);
    }
    let parts = request.body(()).map(|request| request.into_parts().0);
    let clerk = match parts {
        Ok(mut parts) => clerk::Clerk::from_request_parts(&mut parts, app).await.ok(),
        Err(_) => None,
    };
    let platform =
        clerk.as_ref().map(|clerk| Arc::clone(&clerk.platform)).or_else(|| app.house.platforms().into_iter().next());
    let reasons =
        |answer: &policy::question::Answer| platform.as_ref().map(|of| of_answer(of, answer)).unwrap_or_default();
    let outside = || platform.as_ref().map(|of| clerk::around(app, of)).unwrap_or_default();
    let shell = clerk.as_ref().map_or_else(outside, clerk::Clerk::shell);
    html(StatusCode::OK, &ConsoleProblem { shell, kind: trouble.for_staff(reasons), next: Vec::new() })
}
