//! One request, as staff work on it: what policy and law say, the steps that may follow, and a refusal on a ground that
//! holds (rule R43).

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use desk::rights::{self, By, Ground, PROOFS, RequestView, Said, State, Talk, grounds, of_queue, step};
use desk::{Platform, Refusal};
use model::{Clear, RequestId, Slug};
use policy::question::Grant;
use policy::syntax::Delegate;

use super::clerk::{BASE, Clerk};
use super::ledger::short;
use crate::pages::console::RequestPage;
use crate::pages::parts::{Choice, Day, Fact, Field, FieldKind, Form as Fields, Link};
use crate::portal::service::topic;
use crate::session::{Form, Signed};
use crate::told::reasons::{clause, distinct, of_answer};
use crate::trouble::Trouble;
use crate::words::{fault, fill, say, state};

type Reply = Result<Response, Trouble>;

/// `GET /console/requests/{id}`.
pub(crate) async fn page(clerk: Clerk, Path(id): Path<String>) -> Reply {
    let shown = shown(&clerk, &id, None).await?;
    clerk.show(&shown)
}

async fn shown(clerk: &Clerk, id: &str, wrong: Option<String>) -> Result<RequestPage, Trouble> {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let id: RequestId = id.parse().map_err(|_| Trouble::Unknown)?;
    let request = of_queue(house, platform, &duty, id).await?;
    let answer = rights::ask(house, platform, request.subject, request.right).await?;
    let grounds = grounds(house, platform, &duty, id).await?;
    let grant = |grant: Grant| match grant {
        Grant::Granted => say("right-granted"),
        Grant::Blocked => say("right-blocked"),
        Grant::Refused => say("right-refused"),
    };
    let fact = |label: &'static str, value: String| Fact { label: say(label), value };
    let talk = rights::talk(house, platform, &request).await?;
    let topic = request.topic.as_deref().map(|word| fact("c-topic", topic(platform, word)));
    Ok(RequestPage {
        shell: clerk.shell(),
        right: policy::label::label(request.right),
        facts: topic
            .into_iter()
            .chain(vec![
                fact("c-state", state(request.state.word())),
                fact("c-by", by(&request)),
                fact("c-received", request.since.to_string()),
                fact("c-due", request.due.to_string()),
                fact("c-calendar", request.calendar.clone()),
                fact("c-published", grant(answer.published.effect)),
                fact("c-law-says", grant(answer.law.effect)),
            ])
            .collect(),
        subject: (short(&request.subject.to_string()), format!("{BASE}/subjects/{}", request.subject)),
        said: said(&request, &talk),
        answer: talk.can_answer.then(|| answer_form(None, None)),
        answer_to: format!("{BASE}/requests/{id}/answer"),
        reasons: distinct(platform, answer.published.reasons.iter().chain(&answer.law.reasons)),
        overdue: request.overdue.then_some(Day(request.due)),
        steps: steps(&request),
        form: form(platform, &request, &grounds, wrong),
        closed: request.state.is_final(),
    })
}

/// What was said: opened on the person's page, with a reason.
fn said(request: &RequestView, talk: &Talk) -> Vec<Link> {
    let link = |said: &Said, label: &'static str| Link {
        label: fill(label, &[("item", &said.name)]),
        href: format!("{BASE}/subjects/{}/clear/{}.{}.{}", request.subject, said.record, said.person, said.item),
    };
    let words = talk.words.as_ref().map(|one| link(one, "c-words"));
    words.into_iter().chain(talk.answer.as_ref().map(|one| link(one, "c-answered"))).collect()
}

fn answer_form(typed: Option<&str>, wrong: Option<String>) -> Fields {
    Fields::of(vec![Field {
        name: "answer".to_owned(),
        label: say("c-answer"),
        kind: FieldKind::LongText,
        value: typed.unwrap_or_default().to_owned(),
        hint: Some(say("c-answer-hint")),
        error: wrong,
        required: true,
        ..Field::default()
    }])
}

/// `POST /console/requests/{id}/answer`: written down, and the request is done.
pub(crate) async fn answered(Path(id): Path<String>, Signed(clerk, form): Signed<Clerk>) -> Reply {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let number: RequestId = id.parse().map_err(|_| Trouble::Unknown)?;
    let typed = form.one("answer").filter(|text| !text.trim().is_empty());
    let Some(typed) = typed else { return unanswered(&clerk, &id, None, fault("missing")).await };
    match rights::answer(house, platform, &duty, number, Clear::new(typed.to_owned())).await {
        Ok(_) => Ok(Redirect::to(&format!("{BASE}/requests/{id}")).into_response()),
        Err(Refusal::Fields(faults)) => {
            let why = fault(faults.first().map_or("other", |one| one.code));
            unanswered(&clerk, &id, Some(typed), why).await
        }
        Err(Refusal::Denied(answer)) => {
            let why = of_answer(platform, &answer).into_iter().map(|reason| reason.text);
            let why = fill("c-answer-denied", &[("why", &why.collect::<String>())]);
            unanswered(&clerk, &id, Some(typed), why).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn unanswered(clerk: &Clerk, id: &str, typed: Option<&str>, why: String) -> Reply {
    let shown = RequestPage { answer: Some(answer_form(typed, Some(why))), ..shown(clerk, id, None).await? };
    clerk.show_again(&shown)
}

fn by(request: &RequestView) -> String {
    let delegate = Delegate::ALL.iter().copied().find(|delegate| delegate.word() == request.by);
    delegate.map_or_else(|| say("c-who-subject"), policy::label::label)
}

/// The steps that need no ground: word and name.
fn steps(request: &RequestView) -> Vec<(String, String)> {
    let own = request.by == "self";
    let seen = request.state != State::Open;
    let all = [
        (State::Verified, request.state == State::Open && own),
        (State::Blocked, request.state != State::Blocked),
        (State::Done, own || seen),
    ];
    let open = all.into_iter().filter(|(_, may)| *may && !request.state.is_final());
    open.map(|(to, _)| (to.word().to_owned(), fill("c-step", &[("state", &state(to.word()))]))).collect()
}

/// What a refusal rests on, or the proof that a relative showed.
fn form(platform: &Platform, request: &RequestView, grounds: &[Ground], wrong: Option<String>) -> Fields {
    let proof = request.by != "self" && request.state == State::Open;
    let choice = |ground: &Ground| Choice {
        value: ground.word.to_string(),
        label: ground
            .name
            .clone()
            .or_else(|| ground.law.map(policy::label::label))
            .unwrap_or_else(|| ground.word.to_string()),
        hint: ground.clause.as_deref().map(|number| clause(platform, number).label),
    };
    let choices: Vec<Choice> = if proof {
        let proof = |word: &&str| Choice { value: (*word).to_owned(), label: state(word), hint: None };
        PROOFS.iter().map(proof).collect()
    } else {
        grounds.iter().map(choice).collect()
    };
    Fields::of(vec![
        Field {
            name: "to".to_owned(),
            label: say("c-to"),
            kind: FieldKind::Radio(vec![Choice {
                value: if proof { State::Verified } else { State::Refused }.word().to_owned(),
                label: state(if proof { State::Verified } else { State::Refused }.word()),
                hint: None,
            }]),
            required: true,
            ..Field::default()
        },
        Field {
            name: "reason".to_owned(),
            label: say(if proof { "c-proof" } else { "c-ground" }),
            kind: FieldKind::Select(choices),
            required: true,
            error: wrong,
            ..Field::default()
        },
    ])
}

/// `POST /console/requests/{id}`: one step.
pub(crate) async fn sent(Path(id): Path<String>, Signed(clerk, form): Signed<Clerk>) -> Reply {
    let (house, platform, duty) = (&clerk.app.house, &clerk.platform, clerk.duty()?);
    let number: RequestId = id.parse().map_err(|_| Trouble::Unknown)?;
    let request = of_queue(house, platform, &duty, number).await?;
    let Some(to) = wanted(&form) else { return again(&clerk, &id, fault("missing")).await };
    let reason: Option<Slug> = form.one("reason").and_then(|reason| reason.parse().ok());
    let who = (By::Staff(&duty), request.subject);
    match step(house, platform, who, number, to, reason.as_ref()).await {
        Ok(_) => Ok(Redirect::to(&format!("{BASE}/requests")).into_response()),
        Err(Refusal::Wrong(_)) => again(&clerk, &id, say("c-choose")).await,
        Err(refusal) => Err(refusal.into()),
    }
}

fn wanted(form: &Form) -> Option<State> {
    let steps = [State::Verified, State::Blocked, State::Done, State::Refused];
    let to = form.one("to")?;
    steps.into_iter().find(|state| state.word() == to)
}

async fn again(clerk: &Clerk, id: &str, why: String) -> Reply {
    let shown = shown(clerk, id, Some(why)).await?;
    clerk.show_again(&shown)
}
