//! The portal's handlers: parse, call the desk, fill a page. The routes are those of [`crate::pages::portal`].
//!
//! A handler that does something for a customer takes a [`crate::session::Customer`]: the session's own subject, whom no URL
//! names. A form's fields are read through [`crate::session::Signed`] alone, which has checked where the form comes from.

pub(crate) mod agency;
mod applying;
mod attachment;
mod back;
mod cancelling;
mod cast;
mod certificate;
mod check;
mod choices;
pub(crate) mod consenting;
pub(crate) mod consents;
mod correct;
mod devices;
pub(crate) mod enter;
mod exercise;
mod face;
pub(crate) mod form;
mod function;
pub(crate) mod home;
pub(crate) mod identity;
mod invite;
pub(crate) mod join;
mod leave;
mod mine;
mod outside;
mod payment;
mod privacy;
mod reading;
mod receipts;
mod receivers;
pub(crate) mod records;
mod replay;
mod roster;
mod sale;
mod send;
pub(crate) mod service;
mod servicing;
pub(crate) mod shell;
mod standing;
mod survey;
mod updates;
mod uploading;
mod way;
mod written;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, head, post};

use crate::app::App;
use crate::security::{DOCUMENT, FORM, PICTURE};
use crate::trouble::unknown;
use crate::tus;

/// The routes under `/p/{platform}`.
pub(crate) fn routes() -> Router<Arc<App>> {
    let pages = Router::new()
        .route("/", get(enter::bare))
        .route("/register/person", get(enter::person).post(enter::person_sent))
        .route("/register/company", get(enter::company).post(enter::company_sent))
        .route("/login", get(enter::login).post(enter::login_sent))
        .route("/login/code", get(enter::code).post(enter::code_sent))
        .route("/login/again", post(enter::login_sent))
        .route("/logout", post(enter::logout))
        .route("/logout/everywhere", post(enter::logout_everywhere))
        .route("/elder", post(enter::elder))
        .route("/home", get(home::home))
        .route("/functions/{id}", get(function::open).post(function::sent))
        .route("/consent/{scope}", get(face::ask).post(face::answered))
        .route("/other-way/{of}", get(face::other_way).post(face::other_chosen))
        .route("/checks/{id}", get(check::ask).post(check::sent))
        .route("/records/{id}/attachments/{item}/{file}", post(attachment::open))
        .route("/agencies", get(agency::list))
        .route("/agencies/{id}", get(agency::ask).post(agency::sent))
        .route("/grants/{id}", get(agency::done))
        .route("/grants/{id}/revoke", get(agency::ask_revoke).post(agency::revoke))
        .route("/mine", get(mine::collected))
        .route("/mine/shared", get(mine::shared))
        .route("/mine/{id}/clear", get(mine::ask).post(mine::show))
        .route("/mine/{id}/correct", get(correct::ask).post(correct::sent))
        .route("/permissions", get(devices::list))
        .route("/permissions/{id}", get(devices::ask).post(devices::sent))
        .route("/do-not-track", get(devices::do_not_track))
        .route("/rights/{right}", get(exercise::right).post(exercise::requested))
        .route("/restrict/{record}", post(exercise::restrict))
        .route("/export/{right}", post(exercise::copied))
        .route("/unsubscribe/{token}", get(outside::unsubscribe).post(outside::unsubscribed))
        .route("/relative", get(outside::relative).post(outside::asked))
        .route("/consents", get(consents::list))
        .route("/consents/{id}/withdraw", get(consents::ask).post(consents::sent))
        .route("/close", get(leave::ask).post(leave::sent))
        .route("/receipts", get(receipts::list))
        .route("/receipts/{id}", get(receipts::page))
        .route("/receipts/{id}/download", get(receipts::download))
        .layer(DefaultBodyLimit::max(FORM));
    // Room for the picture and for the form around it.
    let picture = Router::new()
        .route("/verify/{function}", get(face::picture).post(face::compare))
        .layer(DefaultBodyLimit::max(PICTURE + FORM));
    let document = Router::new()
        .route("/functions/{id}/picture", post(function::pictured))
        .layer(DefaultBodyLimit::max(DOCUMENT + FORM));
    // As large as the house takes: read in pieces, and measured there.
    let attachments = Router::new()
        .route("/records/{id}/attachments/{item}", get(attachment::ask).post(attachment::sent))
        .merge(uploads())
        .layer(DefaultBodyLimit::disable());
    pages
        .merge(deciding())
        .merge(looks())
        .merge(payments())
        .merge(ways())
        .merge(others())
        .merge(copies())
        .merge(asking())
        .merge(signing())
        .merge(texts())
        .merge(picture)
        .merge(document)
        .merge(attachments)
        .fallback(unknown)
}

/// Files that the page's own script sends in pieces.
fn uploads() -> Router<Arc<App>> {
    Router::new()
        .route("/records/{id}/uploads/{item}", post(uploading::begin))
        .route("/uploads/{upload}", head(uploading::state).patch(uploading::go_on).delete(uploading::give_up))
        .layer(from_fn(tus::spoken))
}

/// Looking at one's own records.
fn looks() -> Router<Arc<App>> {
    Router::new()
        .route("/records", get(records::list))
        .route("/records/{id}", get(records::page))
        .route("/records/{id}/certificate", get(certificate::open))
        .route("/records/{id}/take-back", post(servicing::taken_back))
        .route("/records/{id}/cancel", get(cancelling::ask).post(cancelling::sent))
        .route("/records/{id}/replay", get(replay::open))
        .route("/records/{id}/replay/{page}", get(replay::page))
        .layer(DefaultBodyLimit::max(FORM))
}

/// Roles that others than the holder of a matter fill in, one by one or as a table.
fn others() -> Router<Arc<App>> {
    let table = Router::new()
        .route("/records/{id}/roster/{role}", get(roster::ask).post(roster::sent))
        .layer(DefaultBodyLimit::max(desk::collect::MOST_BYTES + FORM));
    Router::new()
        .route("/records/{id}/invitations", get(invite::list).post(invite::sent))
        .route("/join/{link}", get(join::open).post(join::sent))
        .route("/records/{id}/roster/{role}/enrol", post(roster::confirmed))
        .route("/records/{id}/roster/{role}/template.csv", get(roster::template))
        .route("/records/{id}/roster/{role}/result.csv", get(roster::result))
        .layer(DefaultBodyLimit::max(FORM))
        .merge(table)
}

/// What somebody decides of, and is told of.
fn deciding() -> Router<Arc<App>> {
    Router::new()
        .route("/choices", get(choices::list))
        .route("/choices/{scope}", get(choices::ask).post(choices::sent))
        .route("/switches", get(choices::switches))
        .route("/switches/{scope}", get(choices::ask_switch).post(choices::switched))
        .route("/updates/{version}", post(updates::noted))
        .layer(DefaultBodyLimit::max(FORM))
}

/// What everybody may read.
fn texts() -> Router<Arc<App>> {
    Router::new()
        .route("/privacy", get(privacy::centre))
        .route("/policy", get(privacy::text))
        .route("/policy/archive", get(privacy::archive))
        .route("/policy/map", get(privacy::map))
        .route("/policy/{version}", get(privacy::earlier))
        .route("/lists", get(privacy::lists))
        .route("/ledger/{index}/{leaf}", get(receipts::place))
        .route("/ledger/{index}/{leaf}/destroyed", get(leave::destroyed))
        .route("/verifier-key", get(receipts::key))
}

/// Written consents.
fn signing() -> Router<Arc<App>> {
    Router::new()
        .route("/consents/{id}/document", get(written::document))
        .route("/written/{scope}", get(written::ask).post(written::sent))
        .route("/written/{scope}/sign", post(written::signed))
        .layer(DefaultBodyLimit::max(FORM))
}

/// Customer service, and what was asked.
fn asking() -> Router<Arc<App>> {
    Router::new()
        .route("/service", get(service::open).post(service::sent))
        .route("/requests", get(exercise::requests))
        .route("/requests/{id}", get(exercise::request).post(exercise::taken_back))
        .layer(DefaultBodyLimit::max(FORM))
}

/// Copies for whom the customer names.
fn copies() -> Router<Arc<App>> {
    Router::new()
        .route("/send", get(send::list))
        .route("/send/{party}", get(send::ask).post(send::sent))
        .route("/sent/{number}", get(send::outcome).post(send::again))
        .layer(DefaultBodyLimit::max(FORM))
}

/// Paying for what is due.
fn payments() -> Router<Arc<App>> {
    Router::new()
        .route("/payments", get(payment::list))
        .route("/payments/{id}", get(payment::ask).post(payment::begin))
        .route("/payments/{id}/look", post(payment::look))
        .layer(DefaultBodyLimit::max(FORM))
}

/// Coming in by the account of another house, or by a ticket of the insurer's own.
fn ways() -> Router<Arc<App>> {
    Router::new()
        .route("/login/with/{way}", get(way::ask).post(way::answered))
        .route("/login/with/{way}/away", get(way::away))
        .route("/login/with/{way}/go", get(way::go))
        .route("/login/return", get(way::returned))
        .route("/login/open", get(way::open).post(way::typed))
        .route("/login/proof", post(way::proof))
        .route("/enter", get(way::ticket).post(way::enter))
        .layer(DefaultBodyLimit::max(FORM))
}
