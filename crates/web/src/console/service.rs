//! What customers ask about covers in force: the list, one request with what may be seen of it, and the decision.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use desk::Refusal;
use desk::seat::Eyes;
use desk::service::{self, Decline, Open, Ruling, Viewed};
use model::RecordId;
use model::service::Decided;

use super::clerk::{BASE, Clerk};
use super::ledger::short;
use super::subject::{items, look, may_clear};
use crate::pages::console::{HeldGroup, ServiceLine, ServicePage, Services};
use crate::pages::parts::{Choice, Day, Fact, Field, FieldKind, Form as Fields, Moment};
use crate::session::{Form, Signed};
use crate::told::services::{state, wish};
use crate::trouble::Trouble;
use crate::words::{declined, fault, say};

type Reply = Result<Response, Trouble>;

/// Requests that the list shows, the oldest.
pub(super) const LISTED: usize = 100;

/// `GET /console/services`.
pub(crate) async fn list(clerk: Clerk) -> Reply {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let open = service::open(house, platform, Eyes::Staff(&duty), None, LISTED).await?;
    let line = |one: Open| ServiceLine {
        href: format!("{BASE}/services/{}", one.request),
        wish: wish(one.wish),
        what: one.class_name,
        number: short(&one.about.to_string()),
        at: Moment(one.at),
    };
    clerk.show(&Services { shell: clerk.shell(), services: open.into_iter().map(line).collect() })
}

/// `GET /console/services/{request}`.
pub(crate) async fn page(clerk: Clerk, Path(id): Path<String>) -> Reply {
    let shown = shown(&clerk, &id, &Form::default(), Tried::default()).await?;
    clerk.show(&shown)
}

/// What came of a try to decide.
#[derive(Default)]
struct Tried {
    reason: Option<String>,
    problem: Option<String>,
}

async fn shown(clerk: &Clerk, id: &str, typed: &Form, tried: Tried) -> Result<ServicePage, Trouble> {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let viewed = service::view(house, platform, &duty, named(id)?).await?;
    let may_clear = may_clear(platform, duty.role());
    let groups = viewed
        .records
        .iter()
        .map(|record| HeldGroup { legend: record.class_name.clone(), items: items(platform, record, may_clear) });
    let (state, tone) = state(viewed.decided.map(|(decided, _)| decided));
    Ok(ServicePage {
        shell: clerk.shell(),
        wish: wish(viewed.wish),
        what: viewed.class_name.clone(),
        since: viewed.in_force_from.map(Day),
        until: viewed.in_force_until.map(Day),
        state,
        tone,
        facts: facts(&viewed),
        at: Moment(viewed.at),
        subject: (short(&viewed.subject.to_string()), viewed.subject.to_string()),
        receipt: viewed.leaf.map(|leaf| look(platform, leaf)),
        groups: groups.collect(),
        decline: viewed.decided.is_none().then(|| decline(typed, tried.reason)),
        problem: tried.problem,
    })
}

fn named(id: &str) -> Result<RecordId, Trouble> {
    id.parse().map_err(|_| Trouble::Unknown)
}

fn facts(viewed: &Viewed) -> Vec<Fact> {
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    vec![fact("c-request", viewed.request.to_string()), fact("c-course", viewed.function_name.clone())]
}

fn decline(typed: &Form, wrong: Option<String>) -> Fields {
    let choice = |one: Decline| Choice {
        value: one.word().to_owned(),
        label: declined(one.word()).unwrap_or_default(),
        hint: None,
    };
    Fields::of(vec![Field {
        name: "reason".to_owned(),
        label: say("c-decline-reason"),
        kind: FieldKind::Select(Decline::ALL.map(choice).into()),
        value: typed.one("reason").unwrap_or_default().to_owned(),
        required: true,
        error: wrong,
        ..Field::default()
    }])
}

/// `POST /console/services/{request}`: grants it, or declines it for a `reason`.
pub(crate) async fn sent(Path(id): Path<String>, Signed(clerk, form): Signed<Clerk>) -> Reply {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let decided: Decided = form.one("to").and_then(|to| to.parse().ok()).ok_or(Trouble::Unreadable)?;
    let reason = form.one("reason").and_then(Decline::of).filter(|_| decided == Decided::Declined);
    let tried = if decided == Decided::Declined && reason.is_none() {
        Tried { reason: Some(fault("missing")), ..Tried::default() }
    } else {
        let reason = reason.and_then(|reason| reason.word().parse().ok());
        let ruling = Ruling { decided, on: None, reason };
        match service::decide(house, platform, Eyes::Staff(&duty), named(&id)?, ruling, None).await {
            Ok(_) => return Ok(Redirect::to(&format!("{BASE}/services")).into_response()),
            // Somebody else was faster, or the cover has ended: the page says how it stands.
            Err(Refusal::Wrong(_)) => Tried { problem: Some(say("c-service-moved")), ..Tried::default() },
            Err(Refusal::Outside(_)) => Tried { problem: Some(say("c-service-network")), ..Tried::default() },
            Err(refusal) => return Err(refusal.into()),
        }
    };
    clerk.show_again(&shown(&clerk, &id, &form, tried).await?)
}
