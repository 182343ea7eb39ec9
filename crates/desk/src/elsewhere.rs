//! Acts on data that another system of the company holds: asked and noted here before they are done there.
//!
//! The values never come here. The question names a known subject and items; the answer is decided as for data of the
//! house, and the leaf says what was done to whom (design invariant 3).

use model::{Slug, SubjectId};
use policy::question::{Answer, Effect, Outcome, Processing, Subject};
use policy::syntax::{Action, Kind};
use serde::{Deserialize, Serialize};

use crate::act::{Draft, Once, TRIES, reasons};
use crate::advice::covers_processing;
use crate::leaf::{Act, Entry};
use crate::seat::Caller;
use crate::{House, Platform, Refusal};

/// An act elsewhere, noted.
#[derive(Debug, Clone, PartialEq)]
pub struct Reported {
    /// Leaf.
    pub leaf: u64,
    /// What may be done: the reporter does no more than this. `None` in a repeated answer; the leaf has it.
    pub answer: Option<Answer>,
}

/// What an idempotency key repeats.
#[derive(Serialize, Deserialize)]
struct Kept {}

/// Decides on an act that is about to be done elsewhere, and leaves its leaf.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that does not cover it; [`Refusal::Wrong`] for a question about a subject written
/// inline, about another platform, or dated by its asker; [`Refusal::Denied`], with a leaf, when it may not be done.
pub async fn report(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    asked: Processing,
    once: Option<Once>,
) -> Result<Reported, Refusal> {
    let Subject::Known { id } = asked.subject else {
        return Err(Refusal::Wrong("an act is on a subject by its id".into()));
    };
    if asked.platform != platform.id {
        return Err(Refusal::NotFound("platform"));
    }
    if asked.at.is_some() {
        return Err(Refusal::Wrong("an act bears the house's own instant: leave `at` out".into()));
    }
    covers_processing(platform, caller, &asked)?;
    for _ in 0..TRIES {
        match attempt(house, &house.current(platform), caller, (id, &asked), once).await {
            Ok(Some(done)) => return Ok(done),
            Ok(None) => {}
            Err(Refusal::Done { leaf, .. }) => return Ok(Reported { leaf, answer: None }),
            Err(refusal) => return Err(refusal),
        }
    }
    Err(Refusal::Contended)
}

async fn attempt(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    (subject, asked): (SubjectId, &Processing),
    once: Option<Once>,
) -> Result<Option<Reported>, Refusal> {
    let (snapshot, born) = house.known(platform, subject).await?;
    let now = house.now();
    let answer = platform.tables.decide(asked, snapshot.state(), born, now);
    let mut entry = platform.entry(act(asked.action), caller.who(), now);
    tell(platform, &mut entry, asked, &answer);
    house.open_to(platform, &entry, Some(subject)).await?;
    if answer.effect == Effect::Deny {
        return Err(house.refuse(platform, entry, Some(subject), answer).await);
    }
    let key = once.map(|once| once.key(&Kept {}));
    let draft = Draft { key, ..Draft::of_leaf(entry, subject, &snapshot) };
    let done = house.commit(platform, draft).await?;
    Ok(done.map(|done| Reported { leaf: done.leaf(), answer: Some(answer) }))
}

/// What the leaf calls an action. What leaves the company stands in the list of what was given to others.
const fn act(action: Action) -> Act {
    match action {
        Action::Collect => Act::Collect,
        Action::Share | Action::Entrust | Action::Transfer | Action::Export => Act::Share,
        Action::Disclose => Act::Disclose,
        _ => Act::Read,
    }
}

/// Fills in the entry: ids that the policy declares, never the asker's own words.
fn tell(platform: &Platform, entry: &mut Entry, asked: &Processing, answer: &Answer) {
    let named = |kind: Kind, text: Option<&str>| -> Option<Slug> {
        platform.tables.program().names.find(kind, text?).ok()?.to_string().parse().ok()
    };
    entry.person = named(Kind::Person, Some(&asked.person));
    entry.function = named(Kind::Function, asked.function.as_deref());
    entry.purpose = named(Kind::Purpose, asked.purpose.as_deref());
    entry.recipient = named(Kind::Recipient, asked.recipient.as_deref());
    entry.party = named(Kind::Party, asked.party.as_deref());
    let given = answer.items.iter().filter(|item| item.outcome != Outcome::Withheld);
    entry.items = given.filter_map(|item| item.item.parse().ok()).collect();
    entry.basis = answer.basis;
    entry.exception.clone_from(&answer.exception);
    entry.effect = answer.effect;
    entry.reasons = reasons(answer);
    entry.because = Some(format!("elsewhere:{}", asked.action.word()));
}
