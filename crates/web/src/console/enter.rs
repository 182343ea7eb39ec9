//! The way in for staff.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use desk::{Refusal, seat};

use super::clerk::{Door, Entrant, on};
use crate::app::App;
use crate::pages::console::{FirstOperator, SignIn};
use crate::pages::parts::{Field, FieldKind, Form as Fields};
use crate::session::{Form, Signed, console_cookie, set_cookie};
use crate::trouble::Trouble;
use crate::words::{fault, say};

type Reply = Result<Response, Trouble>;

fn secret(name: &str, label: &'static str, new: bool) -> Field {
    Field {
        name: name.to_owned(),
        label: say(label),
        kind: FieldKind::Passphrase { new },
        hint: new.then(|| say("c-passphrase-hint")),
        required: true,
        ..Field::default()
    }
}

fn name(typed: &Form) -> Field {
    let value = typed.one("name").unwrap_or_default().to_owned();
    Field { name: "name".into(), label: say("c-name"), value, required: true, ..Field::default() }
}

/// `GET /console/first/{token}`.
pub(crate) async fn first(door: Door) -> Reply {
    door.show(StatusCode::OK, &first_page(&door, &Form::default(), None))
}

fn first_page(door: &Door, typed: &Form, problem: Option<String>) -> FirstOperator {
    let mut form =
        Fields::of(vec![name(typed), secret("passphrase", "c-passphrase", true), secret("again", "c-again", true)]);
    form.problem = problem;
    FirstOperator { shell: door.shell(), form }
}

/// `POST /console/first/{token}`: the link works once.
pub(crate) async fn first_sent(Path(link): Path<String>, Signed(door, form): Signed<Door>) -> Reply {
    let typed = |name: &str| form.one(name).unwrap_or_default();
    if typed("passphrase") != typed("again") {
        return door.show(StatusCode::UNPROCESSABLE_ENTITY, &first_page(&door, &form, Some(say("c-not-the-same"))));
    }
    let (house, stretch) = (&door.app.house, door.app.site.stretch);
    match seat::first_operator(house, stretch, &link, typed("name"), typed("passphrase")).await {
        Ok(_) => Ok(Redirect::to("/console/login").into_response()),
        Err(Refusal::Fields(faults)) => {
            let why = faults.first().map(|wrong| fault(wrong.code));
            door.show(StatusCode::UNPROCESSABLE_ENTITY, &first_page(&door, &form, why))
        }
        // Whether the link was used or never was is not told.
        Err(Refusal::NotFound(_) | Refusal::NotAllowed(_)) => Err(Trouble::Unknown),
        Err(refusal) => Err(refusal.into()),
    }
}

/// `GET /console/login`.
pub(crate) async fn login(door: Door) -> Reply {
    door.show(StatusCode::OK, &sign_in(&door, &Form::default(), None))
}

fn sign_in(door: &Door, typed: &Form, problem: Option<String>) -> SignIn {
    let mut form = Fields::of(vec![name(typed), secret("passphrase", "c-passphrase", false)]);
    form.problem = problem;
    SignIn { shell: door.shell(), form }
}

/// `POST /console/login`.
pub(crate) async fn login_sent(Signed(door, form): Signed<Door>) -> Reply {
    let typed = |name: &str| form.one(name).unwrap_or_default();
    match seat::staff_login(&door.app.house, door.app.site.stretch, typed("name"), typed("passphrase")).await {
        Ok(seat) => door.sign_in(&seat).await,
        Err(Refusal::NotAllowed(_)) => {
            door.show(StatusCode::UNPROCESSABLE_ENTITY, &sign_in(&door, &form, Some(say("c-wrong"))))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// `POST /console/logout`.
pub(crate) async fn logout(State(app): State<Arc<App>>, Signed(seated, _): Signed<Entrant>) -> Reply {
    seat::session_end(&app.house, &seated.secret).await?;
    let gone = set_cookie(&app.site, &console_cookie(&app.site), "", Some(0));
    let mut response = Redirect::to("/console/login").into_response();
    response.headers_mut().extend(gone.map(|gone| (header::SET_COOKIE, gone)));
    Ok(response)
}

/// `GET /console/on/{platform}`: goes to another platform that the seat works on.
pub(crate) async fn change(State(app): State<Arc<App>>, _: Entrant, Path(platform): Path<String>) -> Reply {
    let known = app.house.platform(&platform).map_err(|_| Trouble::Unknown)?;
    let mut response = Redirect::to("/console/").into_response();
    response.headers_mut().extend(on(&app, known.id.as_str()).map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}
