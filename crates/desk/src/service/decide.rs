//! Deciding: the company's core system says what became of a request. One act, with what it does to the cover.

use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use model::service::{Decided, Wish};
use model::{RecordId, Slug};
use policy::syntax::{Action, Event};
use serde::Serialize;
use store::{RecordEvent, RecordRow, ServiceDecided, ServiceRow, Write};

use super::is_served;
use crate::act::{Draft, Once, TRIES};
use crate::consent::Done;
use crate::leaf::{Act, Entry};
use crate::seat::Caller;
use crate::{House, Platform, Refusal, pay};

/// What the core system decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// How.
    pub decided: Decided,
    /// Business day; `None`: today.
    pub on: Option<Date>,
    /// A code of the caller's, free of personal information.
    pub reason: Option<Slug>,
}

/// What an idempotency key repeats: the leaf says it all.
#[derive(Serialize)]
struct Kept {}

/// Decides a request. A surrender that is accepted ends the cover, and what was paid for it goes back.
///
/// # Errors
/// [`Refusal::NotFound`] for a record that asks for nothing; [`Refusal::NotAllowed`] for a token that does not cover the
/// function of the request; [`Refusal::Wrong`] for one that is decided already, or a surrender of what is no longer in
/// force; [`Refusal::Outside`] while an order for it is open at a payment network that does not answer.
pub async fn decide(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    request: RecordId,
    ruling: Ruling,
    once: Option<Once>,
) -> Result<Done, Refusal> {
    let nothing = || Refusal::NotFound("request about a record");
    caller.may(platform, Action::Collect.word(), None)?;
    for tried in 0..TRIES {
        let platform = house.current(platform);
        let row = house.store.service(&platform.id, request).await?.ok_or_else(nothing)?;
        let asked = house.store.record(&platform.id, request).await?.ok_or_else(nothing)?;
        let cover = house.store.record(&platform.id, row.service.about).await?.ok_or_else(nothing)?;
        caller.may(&platform, Action::Collect.word(), asked.function.as_ref().map(Slug::as_str))?;
        // The first time the commit knows better: the same key may have decided it.
        if tried > 0 && row.decided.is_some() {
            return Err(Refusal::Wrong("this request is decided already".into()));
        }
        let ends = ends(&row, &ruling);
        if ends && row.decided.is_none() && !is_served(&platform, &cover, house.now()) {
            return Err(Refusal::Wrong("what it is about is not in force any more: decline it".into()));
        }
        if ends && row.decided.is_none() {
            pay::stop(house, &platform, cover.id).await?;
        }
        let mut entry = platform.entry(Act::Event, caller.who(), house.now());
        entry.function.clone_from(&asked.function);
        entry.because = Some(format!("{}-{}", row.service.wish.word(), ruling.decided.word()));
        let mut subjects = pay::stand_in(house, &platform, &asked).await?;
        for subject in pay::stand_in(house, &platform, &cover).await? {
            if !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
        let mut writes = writes(&platform, &row, (&asked, &cover), &ruling, &entry);
        if ends {
            writes.extend(pay::ended(house, &platform, cover.id, entry.at).await?);
        }
        let draft = Draft {
            expect: Vec::new(),
            writes,
            entry,
            subjects,
            record: Some(request),
            key: once.map(|once| once.key(&Kept {})),
        };
        match house.commit(&platform, draft).await {
            Ok(Some(act)) => {
                pay::send_back(house, &platform, cover.id).await;
                return Ok(Done { leaf: act.leaf(), consent: None });
            }
            Ok(None) => {}
            Err(Refusal::Done { leaf, .. }) => return Ok(Done { leaf, consent: None }),
            Err(refusal) => return Err(refusal),
        }
    }
    Err(Refusal::Contended)
}

/// Whether a decision ends the cover.
fn ends(row: &ServiceRow, ruling: &Ruling) -> bool {
    row.service.wish == Wish::Surrender && ruling.decided == Decided::Accepted
}

/// What a decision is in the life of the request, and of what it is about.
fn writes(
    platform: &Platform,
    row: &ServiceRow,
    (asked, cover): (&RecordRow, &RecordRow),
    ruling: &Ruling,
    entry: &Entry,
) -> Vec<Write> {
    let on = ruling.on.unwrap_or_else(|| day_in_shanghai(entry.at));
    let event = |record: RecordId, event: Event, reason: Option<String>| {
        Write::Event(RecordEvent { record, event: event.word().to_owned(), on, at: entry.at, reason })
    };
    let known = |row: &RecordRow, event: &Event| pay::knows(platform, row.class.as_str(), *event);
    let mut words = Event::DECIDE_REQUEST.into_iter();
    let comes_to = match ruling.decided {
        Decided::Accepted => words.find(|event| known(asked, event)),
        Decided::Declined => words.rev().find(|event| known(asked, event)),
    };
    let over = Event::ENDS_COVER.into_iter().find(|event| known(cover, event)).filter(|_| ends(row, ruling));
    let reason = ruling.reason.as_ref().map(ToString::to_string);
    let decided = ServiceDecided { service: row.service, decided: ruling.decided, at: entry.at };
    let mut writes = vec![Write::ServiceDecided(decided)];
    writes.extend(comes_to.map(|word| event(asked.id, word, reason)));
    writes.extend(over.map(|word| event(cover.id, word, Some(row.service.wish.word().to_owned()))));
    writes
}
