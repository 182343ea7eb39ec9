//! What an outside party's people see: one case, opened by its number. Everything else of the console is refused to them.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use desk::partner::{self, Partner};
use desk::seat::{self, PartySeat, Session};
use desk::{Platform, Refusal};
use model::{AssignmentId, Clear};
use policy::question::Code;
use policy::syntax::Limit;

use super::clerk::{BASE, Entrant, around};
use crate::app::App;
use crate::pages::Template;
use crate::pages::console::{CaseAsk, CaseItem, CasePage};
use crate::pages::parts::{Field, FieldKind, Form as Fields, Moment};
use crate::pages::shell::{Console, Csrf, Operator};
use crate::session::{Form, Seated, Signed, html};
use crate::told::reasons::distinct;
use crate::told::records::value;
use crate::trouble::Trouble;
use crate::words::{fault, say};

type Reply = Result<Response, Trouble>;

/// Where a party's people begin.
pub(crate) const START: &str = "/console/case";

/// A seat of an outside party.
pub(crate) struct Guest {
    app: Arc<App>,
    platform: Arc<Platform>,
    seat: PartySeat,
    name: String,
    session: Session,
}

impl Seated for Guest {
    fn session(&self) -> &Session {
        &self.session
    }
}

impl FromRequestParts<Arc<App>> for Guest {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Trouble> {
        let Entrant { platform, seat, session, .. } = Entrant::from_request_parts(parts, app).await?;
        let own = seat::party_seat(&platform, &seat);
        // For staff there is no such page.
        let own = own.ok_or(Trouble::Refusal(Refusal::NotAllowed("staff have pages of their own")))?;
        Ok(Self { app: Arc::clone(app), platform, seat: own, name: seat.name, session })
    }
}

impl Guest {
    fn partner(&self) -> Partner<'_> {
        Partner::Seat(&self.seat)
    }

    fn shell(&self) -> Console {
        let mut shell = around(&self.app, &self.platform);
        shell.csrf = Csrf(self.session.csrf.clone());
        let party = self.platform.party(self.seat.party()).map(|party| party.name.value.clone());
        shell.operator = Some(Operator { name: self.name.clone(), role: party.unwrap_or_default() });
        shell
    }
}

/// Refuses a party's people a page of staff, by what it would break; their way in leads to their own first page.
pub(super) async fn barred(app: &App, platform: &Platform, seat: &PartySeat, path: &str) -> Trouble {
    let below = path.strip_prefix(BASE).unwrap_or(path);
    let limit = match below {
        "" | "/" => return Trouble::Elsewhere(START),
        _ if below.contains("/clear/") || below.contains("/attachments/") => Limit::NoCopy,
        _ if below.starts_with("/ledger") => Limit::NoExport,
        _ => Limit::NoList,
    };
    partner::barred(&app.house, platform, Partner::Seat(seat), limit).await.into()
}

/// `GET /console/case`.
pub(crate) async fn ask(guest: Guest) -> Reply {
    show(StatusCode::OK, &asking(&guest, &Form::default(), None))
}

fn asking(guest: &Guest, typed: &Form, wrong: Option<String>) -> CaseAsk {
    let case = Field {
        name: "case".to_owned(),
        label: say("c-case"),
        hint: Some(say("c-case-hint")),
        value: typed.one("case").unwrap_or_default().to_owned(),
        required: true,
        error: wrong,
        ..Field::default()
    };
    CaseAsk { shell: guest.shell(), form: Fields::of(vec![case]) }
}

/// `POST /console/case`: the number, then its page.
pub(crate) async fn sent(Signed(guest, form): Signed<Guest>) -> Reply {
    match form.one("case").and_then(|case| case.trim().parse::<AssignmentId>().ok()) {
        Some(case) => Ok(Redirect::to(&format!("{BASE}/cases/{case}")).into_response()),
        None => show(StatusCode::UNPROCESSABLE_ENTITY, &asking(&guest, &form, Some(say("c-case-shape")))),
    }
}

/// `GET /console/cases/{case}`: one look, one leaf.
pub(crate) async fn page(guest: Guest, Path(case): Path<String>) -> Reply {
    let shown = shown(&guest, &case, &Form::default(), None).await?;
    show(StatusCode::OK, &shown)
}

async fn shown(guest: &Guest, case: &str, typed: &Form, wrong: Option<String>) -> Result<CasePage, Trouble> {
    let id: AssignmentId = case.parse().map_err(|_| Trouble::Unknown)?;
    let case = partner::open(&guest.app.house, &guest.platform, guest.partner(), id).await?;
    Ok(drawn(guest, case, typed, wrong))
}

fn drawn(guest: &Guest, case: partner::Case, typed: &Form, wrong: Option<String>) -> CasePage {
    let recipients = &guest.platform.tables.program().policy.recipients;
    let limits = recipients.iter().find(|one| one.id.value == case.recipient).map(|one| &one.limits);
    let held = case.records.iter().flat_map(|record| &record.parts).flat_map(|part| &part.items);
    let items = held.map(|shown| CaseItem {
        name: shown.name.clone(),
        value: value(shown),
        // That a value is covered by default is seen.
        reasons: distinct(
            &guest.platform,
            shown.answer.reasons.iter().filter(|reason| reason.code != Code::MaskedByDefault),
        ),
    });
    let phone = Field {
        name: "phone".to_owned(),
        label: say("c-own-phone"),
        kind: FieldKind::Phone,
        value: typed.one("phone").unwrap_or_default().to_owned(),
        required: true,
        error: wrong,
        ..Field::default()
    };
    CasePage {
        shell: guest.shell(),
        id: case.id.to_string(),
        until: Moment(case.until),
        number: case.number.map(|(number, until)| (number, Moment(until))),
        items: items.collect(),
        limits: limits.into_iter().flatten().map(|limit| policy::label::label(limit.value)).collect(),
        form: Fields::of(vec![phone]),
    }
}

/// `POST /console/cases/{case}`: a number to call, or done.
pub(crate) async fn act(Path(case): Path<String>, Signed(guest, form): Signed<Guest>) -> Reply {
    let id: AssignmentId = case.parse().map_err(|_| Trouble::Unknown)?;
    let (house, platform) = (&guest.app.house, &guest.platform);
    match form.one("to") {
        Some("done") => {
            partner::finish(house, platform, guest.partner(), id).await?;
            Ok(Redirect::to(START).into_response())
        }
        Some("number") => {
            let phone = Clear::new(form.one("phone").unwrap_or_default().to_owned());
            let wrong = match partner::bind(house, platform, guest.partner(), id, phone).await {
                Ok(case) => return show(StatusCode::OK, &drawn(&guest, case, &Form::default(), None)),
                Err(Refusal::Fields(faults)) => fault(faults.first().map_or("shape", |wrong| wrong.code)),
                Err(Refusal::Outside(_)) => say("c-no-number"),
                Err(Refusal::Wrong(_)) => say("c-number-waits"),
                Err(refusal) => return Err(refusal.into()),
            };
            show(StatusCode::UNPROCESSABLE_ENTITY, &shown(&guest, &case, &form, Some(wrong)).await?)
        }
        _ => Err(Trouble::Unreadable),
    }
}

fn show(status: StatusCode, page: &impl Template) -> Reply {
    html(status, page)
}
