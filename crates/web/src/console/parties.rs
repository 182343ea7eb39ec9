//! Outside parties, as staff mind them: handing a customer over, the card of each, and the switch (rule R63).

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use desk::cut_off::{Ground, Stand, cut_off, restore};
use desk::partner::{self, Handed, Line, Minder, assign, recall};
use desk::seat::Duty;
use desk::{Platform, Refusal};
use model::{Slug, SubjectId};
use policy::syntax::Kind;

use super::clerk::{BASE, Clerk};
use super::ledger::leaf_line;
use crate::pages::console::{HandedLine, Parties, PartyLine, PartyPage, PlanLine};
use crate::pages::parts::{Choice, Day, Fact, Field, FieldKind, Form as Fields, Moment, Tone};
use crate::session::Signed;
use crate::told::reasons::clause;
use crate::trouble::Trouble;
use crate::words::{because, fill, listed, say};

type Reply = Result<Response, Trouble>;

/// `GET /console/parties`.
pub(crate) async fn list(clerk: Clerk) -> Reply {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let lines = partner::lines(house, platform, Minder::Staff(&duty)).await?;
    clerk.show(&Parties { shell: clerk.shell(), parties: lines.iter().map(line).collect() })
}

fn line(line: &Line) -> PartyLine {
    let is_cut = line.stand.as_ref().is_some_and(|stand| stand.is_cut);
    let (state, tone) = match (is_cut, &line.suspended) {
        (true, _) => ("c-party-cut", Tone::Stop),
        (false, Some(_)) => ("c-party-suspended", Tone::Warn),
        (false, None) => ("c-party-open", Tone::Good),
    };
    PartyLine {
        href: format!("{BASE}/parties/{}", line.id),
        name: line.name.clone(),
        recipient: line.recipient.clone(),
        contract: line.contract.clone(),
        state: say(state),
        tone,
    }
}

/// `GET /console/parties/{id}`.
pub(crate) async fn page(clerk: Clerk, Path(id): Path<String>) -> Reply {
    let shown = card(&clerk, &id, None).await?;
    clerk.show(&shown)
}

async fn card(clerk: &Clerk, id: &str, wrong: Option<String>) -> Result<PartyPage, Trouble> {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let id: Slug = id.parse().map_err(|_| Trouble::Unknown)?;
    let card = partner::card(house, platform, Minder::Staff(&duty), &id).await?;
    let cuts = !card.line.stand.as_ref().is_some_and(|stand| stand.is_cut);
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    let refusals =
        fill("c-refusals-of", &[("count", &card.refusals.to_string()), ("leaves", &card.looked.to_string())]);
    let plan = |plan: partner::Plan| PlanLine {
        name: plan.name,
        clause: plan.clause.as_deref().map(|number| clause(platform, number)),
        purpose: plan.purpose.unwrap_or_default(),
        items: listed(plan.items),
    };
    Ok(PartyPage {
        shell: clerk.shell(),
        line: line(&card.line),
        facts: vec![
            fact("c-party-class", card.line.recipient.clone()),
            fact("c-party-contact", card.contact),
            fact("c-party-contract", card.line.contract.clone().unwrap_or_else(|| say("c-no-contract"))),
            fact("c-party-refused", refusals),
        ],
        stopped: card.line.suspended.map(|(since, why)| (Day(since), why)),
        plans: card.plans.into_iter().map(plan).collect(),
        history: card.history.iter().rev().map(told).collect(),
        shares: card.shares.iter().map(|leaf| leaf_line(platform, leaf)).collect(),
        refused: card.refused.iter().map(|leaf| leaf_line(platform, leaf)).collect(),
        handed: card.handed.iter().map(|one| handed(platform, one)).collect(),
        form: grounds(cuts, wrong),
        cuts,
    })
}

fn told(stand: &Stand) -> (Moment, String) {
    let done = if stand.is_cut { "c-was-cut" } else { "c-was-restored" };
    (Moment(stand.since), fill(done, &[("because", &because(&stand.because))]))
}

fn grounds(cuts: bool, wrong: Option<String>) -> Fields {
    let grounds: &[Ground] = if cuts { &Ground::AGAINST } else { &Ground::FOR };
    let choice =
        |ground: &Ground| Choice { value: ground.word().to_owned(), label: because(ground.word()), hint: None };
    Fields::of(vec![Field {
        name: "because".to_owned(),
        label: say("c-because"),
        kind: FieldKind::Select(grounds.iter().map(choice).collect()),
        required: true,
        error: wrong,
        ..Field::default()
    }])
}

/// `POST /console/parties/{id}`: the switch.
pub(crate) async fn switched(Path(id): Path<String>, Signed(clerk, form): Signed<Clerk>) -> Reply {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let party: Slug = id.parse().map_err(|_| Trouble::Unknown)?;
    let (minder, because) = (Minder::Staff(&duty), form.one("because").unwrap_or_default());
    let done = match form.one("to") {
        Some("cut-off") => cut_off(house, platform, minder, &party, because).await,
        Some("restore") => restore(house, platform, minder, &party, because).await,
        _ => return Err(Trouble::Unreadable),
    };
    match done {
        // Somebody else was faster: the page says how it stands.
        Ok(_) | Err(Refusal::Wrong(_)) => Ok(Redirect::to(&format!("{BASE}/parties/{party}")).into_response()),
        Err(Refusal::Fields(_)) => clerk.show_again(&card(&clerk, &id, Some(say("c-choose"))).await?),
        Err(refusal) => Err(refusal.into()),
    }
}

/// A customer that was handed over, as a row.
pub(super) fn handed(platform: &Platform, one: &Handed) -> HandedLine {
    HandedLine {
        id: one.id.to_string(),
        party: platform.tables.program().names.name_of(Kind::Party, one.party.as_str()).to_owned(),
        at: Moment(one.at),
        until: Moment(one.until),
        open: one.open,
        bound: one.bound,
    }
}

/// The parties to which the seat can hand a customer, with what was wrong with the choice; `None` where its role does not,
/// or there is no such party.
pub(super) fn choice_of_party(platform: &Platform, duty: &Duty, wrong: Option<String>) -> Option<Fields> {
    let roles = &platform.tables.program().operation.roles;
    roles.iter().find(|role| role.id.value == *duty.role()).filter(|role| role.minds_partners())?;
    let name = |id: &&Slug| Choice {
        value: id.to_string(),
        label: platform.tables.program().names.name_of(Kind::Party, id.as_str()).to_owned(),
        hint: None,
    };
    let parties: Vec<Choice> = partner::parties(platform).iter().map(name).collect();
    (!parties.is_empty()).then(|| {
        Fields::of(vec![Field {
            name: "party".to_owned(),
            label: say("c-party"),
            kind: FieldKind::Select(parties),
            required: true,
            error: wrong,
            ..Field::default()
        }])
    })
}

/// `POST /console/subjects/{id}/assignments`: hands the customer to `party`, or takes the assignment `end` back.
pub(crate) async fn assigned(Path(id): Path<String>, Signed(clerk, form): Signed<Clerk>) -> Reply {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let (minder, subject): (_, SubjectId) = (Minder::Staff(&duty), id.parse().map_err(|_| Trouble::Unknown)?);
    if let Some(end) = form.one("end") {
        let end = end.parse().map_err(|_| Trouble::Unreadable)?;
        match recall(house, platform, minder, end).await {
            Ok(_) | Err(Refusal::Wrong(_)) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    } else {
        let Some(party) = form.one("party").and_then(|party| party.parse::<Slug>().ok()) else {
            return super::subject::unchosen(&clerk, subject).await;
        };
        assign(house, platform, minder, subject, &party).await?;
    }
    Ok(Redirect::to(&format!("{BASE}/subjects/{subject}#partners")).into_response())
}
