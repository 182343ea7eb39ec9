//! What takes no log-in: leaving a list by the link of a message, and requests of close relatives of the dead.

use axum::extract::Path;
use axum::response::Response;
use desk::consent::link;
use desk::rights::{OF_RELATIVES, by_relative};
use desk::{Platform, Refusal};
use model::Clear;
use policy::syntax::Kind;

use super::exercise::kind;
use crate::pages::parts::{Choice, Field, FieldKind, Form as Fields, Moment};
use crate::pages::portal::{Relative, Unsubscribe};
use crate::session::{Form, Signed, Visit};
use crate::told::elements::scope;
use crate::trouble::Trouble;
use crate::words::{fault, say};

type Reply = Result<Response, Trouble>;

fn name(platform: &Platform, id: &str) -> String {
    let names = &platform.tables.program().names;
    scope(platform, id).map_or_else(String::new, |scope| names.name_of(Kind::Use, scope.element.as_str()).to_owned())
}

/// `GET /unsubscribe/{token}`: looking does nothing, so that a mail program that looks ahead decides nothing.
pub(crate) async fn unsubscribe(visit: Visit, Path((_, token)): Path<(String, String)>) -> Reply {
    unsubscribing(&visit, &token, false)
}

fn unsubscribing(visit: &Visit, token: &str, done: bool) -> Reply {
    let told = link::read(&visit.app.house, &visit.platform, token)?;
    visit.show(&Unsubscribe {
        shell: visit.shell(),
        name: name(&visit.platform, &told.scope),
        until: Moment(told.until),
        done,
    })
}

/// `POST /unsubscribe/{token}`.
pub(crate) async fn unsubscribed(Path((_, token)): Path<(String, String)>, Signed(visit, _): Signed<Visit>) -> Reply {
    link::follow(&visit.app.house, &visit.platform, &token).await?;
    unsubscribing(&visit, &token, true)
}

/// `GET /relative`.
pub(crate) async fn relative(visit: Visit) -> Reply {
    visit.show(&page(&visit, &Form::default(), None, None))
}

fn page(visit: &Visit, typed: &Form, wrong: Option<(&str, &str)>, number: Option<String>) -> Relative {
    let right = |kind: &policy::syntax::RightKind| Choice {
        value: kind.word().to_owned(),
        label: policy::label::label(*kind),
        hint: None,
    };
    let error = |name: &str| wrong.filter(|(of, _)| *of == name).map(|(_, why)| (*why).to_owned());
    let field = |name: &str, label: &'static str, kind: FieldKind| Field {
        name: name.to_owned(),
        label: say(label),
        kind,
        value: typed.one(name).unwrap_or_default().to_owned(),
        required: true,
        error: error(name),
        ..Field::default()
    };
    let form = Fields::of(vec![
        field("right", "relative-right", FieldKind::Radio(OF_RELATIVES.iter().map(right).collect())),
        field("number", "relative-number", FieldKind::DocumentNumber),
    ]);
    Relative { shell: visit.shell(), form, number }
}

/// `POST /relative`: says a number, whether anybody was found or not.
pub(crate) async fn asked(Signed(visit, form): Signed<Visit>) -> Reply {
    let Some(kind) = form.one("right").and_then(|word| kind(word).ok()) else {
        return visit.show_again(&page(&visit, &form, Some(("right", &fault("missing"))), None));
    };
    let number = Clear::new(form.one("number").unwrap_or_default().trim().to_owned());
    match by_relative(&visit.app.house, &visit.platform, &number, kind).await {
        Ok(id) => visit.show(&page(&visit, &Form::default(), None, Some(id.to_string()))),
        Err(Refusal::Fields(faults)) => {
            let why = fault(faults.first().map_or("shape", |wrong| wrong.code));
            visit.show_again(&page(&visit, &form, Some(("number", &why)), None))
        }
        Err(refusal) => Err(refusal.into()),
    }
}
