//! Restricting (限制处理, PIPL art. 44): a record is stored and secured and nothing else, because its subject says so; and
//! taking that back.

use model::act::{Account, Life};
use model::calendar::day_in_shanghai;
use model::{RecordId, SubjectId};
use store::{Expect, RecordEvent, RecordRow, Write};

use crate::act::{Draft, TRIES};
use crate::consent::Done;
use crate::leaf::{Act, Who};
use crate::{House, Platform, Refusal, identity};

/// The event of a record that its subject restricted.
const RESTRICTED: &str = "restricted";

/// The event of a record that was let go again.
const RELEASED: &str = "released";

/// Whether it is the subject who had a record restricted, and not a floor that runs.
pub fn is_restricted(record: &RecordRow) -> bool {
    let mut words = record.events.iter().map(|(word, ..)| word.as_str());
    let last = words.rfind(|word| [RESTRICTED, RELEASED].contains(word));
    record.life == Life::StorageOnly && last == Some(RESTRICTED)
}

/// A record that its subject may restrict, or has restricted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restrictable {
    /// Record.
    pub record: RecordId,
    /// Its class.
    pub class: model::Slug,
    /// Opened at.
    pub at: jiff::Timestamp,
    /// Whether it is restricted now.
    pub restricted: bool,
}

/// The records in which a subject stands alone and that are in use, or restricted by the subject. One in which others
/// stand is for staff to weigh.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn restrictable(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
) -> Result<Vec<Restrictable>, Refusal> {
    let (_, records) = identity::seen(house, platform, subject).await?;
    let mine = records.into_iter().filter(|row| is_for(row, subject, true) || is_for(row, subject, false));
    let view =
        |row: RecordRow| Restrictable { restricted: is_restricted(&row), record: row.id, class: row.class, at: row.at };
    Ok(mine.map(view).collect())
}

fn is_for(row: &RecordRow, subject: SubjectId, on: bool) -> bool {
    let alone = row.roles.iter().all(|(whose, _)| *whose == subject);
    alone && if on { row.life == Life::Live } else { is_restricted(row) }
}

/// Restricts a record of the subject, or lets it go again.
///
/// # Errors
/// [`Refusal::NotFound`] for a record that is not the subject's alone, or where there is nothing to do;
/// [`Refusal::Wrong`] once the account is closed.
pub async fn restrict(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    record: RecordId,
    on: bool,
) -> Result<Done, Refusal> {
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
        if snapshot.state().account == Account::Closed {
            return Err(Refusal::Wrong("the account is closed: what is left is storage-only".to_owned()));
        }
        let (_, records) = identity::seen(house, &platform, subject).await?;
        let row = records.into_iter().find(|row| row.id == record && is_for(row, subject, on));
        let row = row.ok_or(Refusal::NotFound("record"))?;
        let now = house.now();
        let mut entry = platform.entry(if on { Act::StorageOnly } else { Act::Event }, Who::Subject, now);
        let (word, life) = if on { (RESTRICTED, Life::StorageOnly) } else { (RELEASED, Life::Live) };
        entry.because = Some(word.to_owned());
        let event = RecordEvent { record, event: word.to_owned(), on: day_in_shanghai(now), at: now, reason: None };
        let draft = Draft {
            expect: vec![Expect::Subject(subject, snapshot.version())],
            writes: vec![Write::Life(record, life), Write::Event(event)],
            entry,
            subjects: vec![subject],
            record: Some(row.id),
            key: None,
        };
        if let Some(act) = house.commit(&platform, draft).await? {
            return Ok(Done { leaf: act.leaf(), consent: None });
        }
    }
    Err(Refusal::Contended)
}
