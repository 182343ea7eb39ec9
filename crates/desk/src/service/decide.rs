//! Deciding: the company's core system, or staff at the console, says what became of a request. One act, with what it does
//! to the cover.

use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use model::service::{Decided, End, Wish};
use model::{RecordId, Slug, SubjectId};
use policy::syntax::Event;
use serde::Serialize;
use store::{RecordEvent, ServiceEnded, Write};

use super::is_served;
use super::waiting::{Found, check, found};
use crate::act::{Draft, Once, TRIES};
use crate::consent::Done;
use crate::leaf::{Act, Entry};
use crate::refusal::FieldFault;
use crate::seat::Eyes;
use crate::{House, Platform, Refusal, pay};

/// Why a request is declined, as staff say it and the customer reads it. A closed list: free text would end with names in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decline {
    /// Papers are missing, or cannot be read.
    PapersMissing,
    /// What was filled in is not what the cover says.
    DataDiffers,
    /// The contract does not provide for it.
    NotInContract,
    /// It is done at the counter, by the person.
    InPerson,
    /// It was done another way already.
    DoneOtherwise,
}

impl Decline {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::PapersMissing, Self::DataDiffers, Self::NotInContract, Self::InPerson, Self::DoneOtherwise];

    /// The code that is kept.
    pub const fn word(self) -> &'static str {
        match self {
            Self::PapersMissing => "papers-missing",
            Self::DataDiffers => "data-differs",
            Self::NotInContract => "not-in-contract",
            Self::InPerson => "in-person",
            Self::DoneOtherwise => "done-otherwise",
        }
    }

    /// The reason of a code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decline| decline.word() == code)
    }
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// How.
    pub decided: Decided,
    /// Business day; `None`: today.
    pub on: Option<Date>,
    /// A code, free of personal information. Of those of [`Decline`] the customer reads the words.
    pub reason: Option<Slug>,
    /// How much of what was paid goes back with a surrender that is accepted, in fen; `None`: all of it.
    pub refund: Option<u64>,
}

/// What an idempotency key repeats: the leaf says it all.
#[derive(Serialize)]
pub(super) struct Kept {}

/// Decides a request. A surrender that is accepted ends the cover, and what was paid for it goes back, or the part of it
/// that the ruling names.
///
/// # Errors
/// [`Refusal::NotFound`] for a record that asks for nothing; [`Refusal::NotAllowed`] for a token that does not cover the
/// function of the request; [`Refusal::Denied`], with a leaf, for a role that does not act in its course;
/// [`Refusal::Fields`] for a refund of more than was paid, or with anything but a surrender that is accepted;
/// [`Refusal::Wrong`] for one that has come to its end, or a surrender of what is no longer in force;
/// [`Refusal::Outside`] while an order for it is open at a payment network that does not answer.
pub async fn decide(
    house: &House,
    platform: &Platform,
    eyes: Eyes<'_>,
    request: RecordId,
    ruling: Ruling,
    once: Option<Once>,
) -> Result<Done, Refusal> {
    check(house, platform, eyes, None).await?;
    for tried in 0..TRIES {
        let platform = house.current(platform);
        let found = found(house, &platform, request).await?;
        let who = check(house, &platform, eyes, found.asked.function.as_ref()).await?;
        let is_open = found.row.ended.is_none();
        // The first time the commit knows better: the same key may have decided it.
        if !is_open && (tried > 0 || once.is_none()) {
            return Err(Refusal::Wrong("this request is decided already, or was taken back".into()));
        }
        let end = End::Decided(ruling.decided);
        let (cover, ends) = (&found.cover, ends(&found, end));
        if !ends && ruling.refund.is_some() {
            return Err(Refusal::Fields(vec![FieldFault::new("refund", "not-held")]));
        }
        if ends && is_open && !is_served(&platform, cover, house.now()) {
            return Err(Refusal::Wrong("what it is about is not in force any more: decline it".into()));
        }
        if ends && is_open {
            pay::stop(house, &platform, cover.id).await?;
        }
        let mut entry = platform.entry(Act::Event, who, house.now());
        entry.function.clone_from(&found.asked.function);
        entry.because = Some(format!("{}-{}", found.row.service.wish.word(), ruling.decided.word()));
        let reason = ruling.reason.as_ref().map(ToString::to_string);
        let mut writes = writes(&platform, &found, end, (ruling.on, reason), &entry);
        if ends && is_open {
            let ended = pay::ended(house, &platform, cover.id, ruling.refund, entry.at).await?;
            entry.back = Some(ended.back).filter(|back| *back > 0);
            writes.extend(ended.writes);
        }
        let draft = Draft {
            expect: Vec::new(),
            writes,
            entry,
            subjects: concerned(house, &platform, &found).await?,
            record: Some(request),
            key: once.map(|once| once.key(&Kept {})),
        };
        if let Some(leaf) = house.commit_once(&platform, draft).await? {
            pay::send_back(house, &platform, cover.id).await;
            return Ok(Done { leaf, consent: None });
        }
    }
    Err(Refusal::Contended)
}

/// Whose the end of a request is: of everybody who stands in it, and in what it is about.
pub(super) async fn concerned(house: &House, platform: &Platform, found: &Found) -> Result<Vec<SubjectId>, Refusal> {
    let mut subjects = pay::stand_in(house, platform, &found.asked).await?;
    for subject in pay::stand_in(house, platform, &found.cover).await? {
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    Ok(subjects)
}

/// Whether the end of a request is that of the cover.
fn ends(found: &Found, end: End) -> bool {
    found.row.service.wish == Wish::Surrender && end == End::Decided(Decided::Accepted)
}

/// What the end of a request is in its own life, and in that of what it is about.
pub(super) fn writes(
    platform: &Platform,
    found: &Found,
    end: End,
    (on, reason): (Option<Date>, Option<String>),
    entry: &Entry,
) -> Vec<Write> {
    let Found { row, asked, cover } = found;
    let on = on.unwrap_or_else(|| day_in_shanghai(entry.at));
    let event = |record: RecordId, event: Event, reason: Option<String>| {
        Write::Event(RecordEvent { record, event: event.word().to_owned(), on, at: entry.at, reason })
    };
    let known = |class: &Slug, event: &Event| pay::knows(platform, class.as_str(), *event);
    let mut words = Event::DECIDE_REQUEST.into_iter();
    let comes_to = match end {
        End::Decided(Decided::Accepted) => words.find(|event| known(&asked.class, event)),
        End::Decided(Decided::Declined) | End::TakenBack => words.rev().find(|event| known(&asked.class, event)),
    };
    let over = Event::ENDS_COVER.into_iter().find(|event| known(&cover.class, event)).filter(|_| ends(found, end));
    let mut writes = vec![Write::ServiceEnded(ServiceEnded { service: row.service, ended: end, at: entry.at, reason })];
    writes.extend(comes_to.map(|word| event(asked.id, word, None)));
    writes.extend(over.map(|word| event(cover.id, word, Some(row.service.wish.word().to_owned()))));
    writes
}
