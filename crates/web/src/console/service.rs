//! What customers ask about covers in force: the list, one request with what may be seen of it, and the decision.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use desk::Refusal;
use desk::read::RecordView;
use desk::seat::Eyes;
use desk::service::{self, Decline, Open, Ruling, Viewed};
use model::RecordId;
use model::service::{Decided, Wish};

use super::clerk::{BASE, Clerk};
use super::ledger::short;
use super::subject::{items, look, may_clear};
use crate::pages::console::{HeldGroup, ServiceLine, ServicePage, Services};
use crate::pages::parts::{Choice, Day, Fact, Field, FieldKind, Form as Fields, Moment};
use crate::session::{Form, Signed};
use crate::told::payments::{fen, yuan};
use crate::told::services::{state, wish};
use crate::trouble::Trouble;
use crate::words::{declined, fault, fill, say};

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
    refund: Option<String>,
    reason: Option<String>,
    problem: Option<String>,
}

async fn shown(clerk: &Clerk, id: &str, typed: &Form, tried: Tried) -> Result<ServicePage, Trouble> {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let viewed = service::view(house, platform, &duty, named(id)?).await?;
    let may_clear = may_clear(platform, duty.role());
    let legend = |record: &RecordView| {
        let blanks = [("class", record.class_name.as_str())];
        if record.record == viewed.request { fill("c-filled-in", &blanks) } else { fill("c-now", &blanks) }
    };
    let group = |record: &RecordView| HeldGroup { legend: legend(record), items: items(platform, record, may_clear) };
    let groups = viewed.records.iter().map(group);
    let (state, tone) = state(viewed.ended.map(|(end, _)| end));
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
        refund: refundable(&viewed).then(|| refund(viewed.paid, typed, tried.refund)),
        decline: viewed.ended.is_none().then(|| decline(typed, tried.reason)),
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

/// Whether granting it may give money back.
fn refundable(viewed: &Viewed) -> bool {
    viewed.ended.is_none() && viewed.wish == Wish::Surrender && viewed.paid > 0
}

/// What goes back: by itself, all that was paid.
fn refund(paid: u64, typed: &Form, wrong: Option<String>) -> Fields {
    Fields::of(vec![Field {
        name: "refund".to_owned(),
        label: say("c-refund"),
        value: typed.one("refund").map_or_else(|| yuan(paid), str::to_owned),
        hint: Some(fill("c-refund-hint", &[("yuan", &yuan(paid))])),
        required: true,
        error: wrong,
        ..Field::default()
    }])
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

/// What was sent, as a decision; what is wrong with it.
fn ruling(form: &Form) -> Result<Result<Ruling, Tried>, Trouble> {
    let decided: Decided = form.one("to").and_then(|to| to.parse().ok()).ok_or(Trouble::Unreadable)?;
    let mut ruling = Ruling { decided, on: None, reason: None, refund: None };
    match decided {
        Decided::Accepted => {
            // Without a field nothing was paid.
            let Some(typed) = form.one("refund") else { return Ok(Ok(ruling)) };
            let Some(fen) = fen(typed) else {
                return Ok(Err(Tried { refund: Some(fault("shape")), ..Tried::default() }));
            };
            ruling.refund = Some(fen);
        }
        Decided::Declined => {
            let Some(reason) = form.one("reason").and_then(Decline::of) else {
                return Ok(Err(Tried { reason: Some(fault("missing")), ..Tried::default() }));
            };
            ruling.reason = reason.word().parse().ok();
        }
    }
    Ok(Ok(ruling))
}

/// `POST /console/services/{request}`: grants it, with a `refund` where something was paid, or declines it for a `reason`.
pub(crate) async fn sent(Path(id): Path<String>, Signed(clerk, form): Signed<Clerk>) -> Reply {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let request = named(&id)?;
    let tried = match ruling(&form)? {
        Err(tried) => tried,
        Ok(ruling) => match service::decide(house, platform, Eyes::Staff(&duty), request, ruling, None).await {
            Ok(_) => return Ok(Redirect::to(&format!("{BASE}/services")).into_response()),
            // Somebody else was faster, or the cover has ended: the page says how it stands.
            Err(Refusal::Wrong(_)) => Tried { problem: Some(say("c-service-moved")), ..Tried::default() },
            Err(Refusal::Outside(_)) => Tried { problem: Some(say("c-service-network")), ..Tried::default() },
            Err(Refusal::Fields(faults)) => {
                let why = fault(faults.first().map_or("other", |one| one.code));
                Tried { refund: Some(why), ..Tried::default() }
            }
            Err(refusal) => return Err(refusal.into()),
        },
    };
    clerk.show_again(&shown(&clerk, &id, &form, tried).await?)
}
