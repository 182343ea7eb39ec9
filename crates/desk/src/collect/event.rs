//! Life events of a record, from the closed list that its class declares.

use jiff::civil::Date;
use model::RecordId;
use model::act::Life;
use policy::syntax::Event;
use serde::Serialize;
use store::{RecordEvent, RecordRow, Write};

use crate::act::{Draft, Once, TRIES};
use crate::consent::Done;
use crate::leaf::Act;
use crate::seat::Caller;
use crate::{House, Platform, Refusal, retain};

/// What an idempotency key repeats: the leaf says it all.
#[derive(Serialize)]
struct Kept {}

/// The event, and what it ends: a record that only its claim kept in use is storage-only once the claim is closed.
fn writes(row: &RecordRow, noted: RecordEvent) -> Vec<Write> {
    let over = noted.event == Event::ClaimClosed.word() && retain::ends_with_its_claim(row);
    let ends = over.then_some(Write::Life(row.id, Life::StorageOnly));
    std::iter::once(Write::Event(noted)).chain(ends).collect()
}

/// Whether a record asks for something that is not decided.
async fn is_undecided(house: &House, platform: &Platform, record: RecordId) -> Result<bool, Refusal> {
    Ok(house.store.service(&platform.id, record).await?.is_some_and(|row| row.ended.is_none()))
}

/// Notes a life event with its business day; `reason` is a code of the caller's, free of personal information.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that may not collect here, [`Refusal::NotFound`] for an unknown record, [`Refusal::Wrong`] for a word that the class does not declare, or a
/// reason that is no code.
#[expect(
    clippy::too_many_arguments,
    reason = "what happened to which record, when, by whose word: none can be left out"
)]
pub async fn event(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    record: RecordId,
    word: &str,
    on: Date,
    reason: Option<&str>,
    once: Option<Once>,
) -> Result<Done, Refusal> {
    caller.may(platform, policy::syntax::Action::Collect.word(), None)?;
    // A slug cannot carry a sentence about somebody.
    let reason = reason.map(str::parse::<model::Slug>).transpose();
    let reason = reason.map_err(|_| Refusal::Wrong("a reason is a code of lower-case words and hyphens".into()))?;
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let row = house.store.record(&platform.id, record).await?.ok_or(Refusal::NotFound("record"))?;
        let classes = &platform.tables.program().policy.records;
        let class = classes.iter().find(|class| class.id.value == row.class);
        let declared = class.is_some_and(|class| class.events.iter().any(|event| event.value.word() == word));
        if !declared {
            let message = format!("records of class `{}` know no such event", row.class);
            return Err(Refusal::Wrong(message));
        }
        if Event::DECIDE_REQUEST.iter().any(|end| end.word() == word) && is_undecided(house, &platform, record).await? {
            let message = "this record asks for something of another: decide it, which ends it as well".to_owned();
            return Err(Refusal::Wrong(message));
        }
        let now = house.now();
        let mut entry = platform.entry(Act::Event, caller.who(), now);
        entry.because = Some(word.to_owned());
        let mut subjects: Vec<_> = row.roles.iter().map(|(subject, _)| *subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let noted = RecordEvent {
            record,
            event: word.to_owned(),
            on,
            at: now,
            reason: reason.as_ref().map(ToString::to_string),
        };
        let draft = Draft {
            expect: Vec::new(),
            writes: writes(&row, noted),
            entry,
            subjects,
            record: Some(record),
            key: once.map(|once| once.key(&Kept {})),
        };
        if let Some(leaf) = house.commit_once(&platform, draft).await? {
            return Ok(Done { leaf, consent: None });
        }
    }
    Err(Refusal::Contended)
}
