//! Coming back: a guest without an account proves the telephone once more, and is let in to what the guest gave.

use axum::response::Response;
use desk::{Refusal, collect};
use model::Clear;

use super::enter::{code_field, covered, newest};
use crate::pages::parts::{Field, FieldKind, Form as Fields};
use crate::pages::portal::{Back, BackStep};
use crate::session::{Form, Visit};
use crate::trouble::Trouble;
use crate::words::{fault, say};

type Reply = Result<Response, Trouble>;

/// The telephone is asked for.
pub(super) fn open(visit: &Visit, link: &str) -> Reply {
    visit.show(&page(visit, link, phone("", None)))
}

/// The telephone, then the code.
pub(super) async fn sent(visit: &Visit, link: &str, form: &Form) -> Reply {
    let (house, platform) = (&visit.app.house, &visit.platform);
    let typed = form.one("phone").unwrap_or_default().trim();
    let held = Clear::new(typed.to_owned());
    if let Some(given) = form.one("code") {
        return match collect::back(house, platform, link, (&held, given)).await {
            Ok(subject) => visit.log_in(subject, "/mine").await,
            Err(Refusal::NotAllowed(_) | Refusal::Fields(_)) => {
                let step = code(visit, typed, None, Some(fault("code"))).await;
                visit.show_again(&page(visit, link, step))
            }
            Err(refusal) => Err(refusal.into()),
        };
    }
    let before = newest(visit, typed);
    match collect::back_send(house, platform, link, held).await {
        Ok(()) => visit.show(&page(visit, link, code(visit, typed, before, None).await)),
        Err(Refusal::Fields(_)) => visit.show_again(&page(visit, link, phone(typed, Some(fault("phone"))))),
        Err(refusal) => Err(refusal.into()),
    }
}

fn page(visit: &Visit, link: &str, step: BackStep) -> Back {
    Back { shell: visit.shell(), path: format!("{}/join/{link}", visit.base()), step }
}

fn phone(typed: &str, error: Option<String>) -> BackStep {
    let field = Field {
        name: "phone".into(),
        label: say("phone"),
        kind: FieldKind::Phone,
        value: typed.to_owned(),
        hint: Some(say("back-phone-hint")),
        error,
        required: true,
        ..Field::default()
    };
    BackStep::Phone(Fields::of(vec![field]))
}

async fn code(visit: &Visit, phone: &str, before: Option<String>, error: Option<String>) -> BackStep {
    let field = code_field(visit, Some(phone), before, error).await;
    BackStep::Code { form: Fields::of(vec![field]), phone: covered(phone), typed: phone.to_owned() }
}
