//! Erasing on request: keys destroyed where nothing keeps them, storage-only for the rest, the account closed.

use std::collections::BTreeSet;

use model::act::{Account, Life, RecordState, Snapshot};
use model::calendar::day_in_shanghai;
use model::{RecordId, Slug, SubjectId};
use policy::question::Code;
use policy::syntax::PersonKind;
use store::{ConsentWithdrawn, Expect, RecordRow, Write};

use super::certificate::{Certificate, sort};
use super::fate::{self, Held};
use super::{Fate, PartFate};
use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Who, tag};
use crate::{House, Platform, Refusal, identity};

/// An erasure, done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// Leaf.
    pub leaf: u64,
    /// What became of each part.
    pub fates: Vec<PartFate>,
    /// The [`Certificate`] as JSON. The house keeps no copy.
    pub certificate: String,
}

/// Erases a subject: what may go is destroyed, what a floor keeps is storage-only, every consent ends, the account is
/// closed and its sessions with it. When nothing is left, the subject itself is forgotten.
///
/// Before the identity is verified this reaches what the subject gave here ([`identity`]). What systems handed in under
/// the number stays, with a subject that has no account: whoever the number belongs to can still come.
///
/// # Errors
/// [`Refusal::Denied`], with a leaf, while a claim is open.
pub async fn erase(house: &House, platform: &Platform, subject: SubjectId, who: Who) -> Result<Erased, Refusal> {
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
        let now = house.now();
        let reach = identity::in_reach(house, &platform, &snapshot).await?;
        let beyond = snapshot.state().records.iter().any(|state| is_beyond(&reach, state));
        let held = fate::held(house, &platform, subject, reach).await?;
        let fates = fate::fates(&platform, snapshot.state(), &held, now);
        let mut entry = platform.entry(Act::Erase, who.clone(), now);
        if fates.iter().any(|part| matches!(part.fate, Fate::Blocked(_))) {
            let open = crate::consent::by_policy(Code::Blocked, None);
            return Err(house.refuse_for(&platform, entry, Some(subject), vec![open]).await);
        }
        let whole = fates.iter().all(|part| part.fate == Fate::EraseNow);
        entry.because = Some(if whole { "erased" } else { "storage-only" }.to_owned());
        let matters = matters(house, &platform, &held, &fates).await?;
        let draft = Draft {
            expect: vec![Expect::Subject(subject, snapshot.version())],
            writes: writes(&snapshot, &held, &fates, (matters, beyond), now),
            entry: entry.clone(),
            subjects: vec![subject],
            record: None,
            key: None,
        };
        let salt: [u8; 32] = house.entropy.draw();
        let Some(act) = house.commit_salted(&platform, draft, salt).await? else { continue };
        house.store.sessions_end(&platform.id, subject).await?;
        entry.subject = Some(tag(&salt, subject.as_bytes()));
        let (erased, kept) = sort(&fates);
        // The store answers an erasure only once its keys are gone from every file: this is the instant.
        let at = house.now();
        let days = i64::from(platform.tables.program().operation.backup_days.value);
        let certificate = Certificate {
            v: 1,
            platform: platform.id.clone(),
            subject,
            at,
            leaf: act.leaf(),
            entry: String::from_utf8(entry.bytes()).unwrap_or_default(),
            salt: hex::encode(salt),
            erased,
            kept,
            backups_end: day_in_shanghai(at).checked_add(jiff::Span::new().days(days)).ok(),
        };
        let certificate = serde_json::to_string(&certificate).map_err(|error| Refusal::Broken(error.to_string()))?;
        return Ok(Erased { leaf: act.leaf(), fates, certificate });
    }
    Err(Refusal::Contended)
}

/// Whether the erasure must leave a record alone that still is.
fn is_beyond(reach: &[RecordRow], state: &RecordState) -> bool {
    state.life != Life::Erased && !reach.iter().any(|row| Some(row.id) == state.id)
}

/// The facts of an erasure: pure. `beyond` says that the subject has records that it does not reach.
fn writes(
    snapshot: &Snapshot,
    held: &[Held],
    fates: &[PartFate],
    (matters, beyond): (Vec<(RecordId, Slug)>, bool),
    now: jiff::Timestamp,
) -> Vec<Write> {
    let subject = snapshot.subject();
    let standing = snapshot.state().consents.iter().filter(|consent| consent.stands(now));
    let mut writes: Vec<Write> = standing
        .filter_map(|consent| consent.id)
        .map(|id| Write::Withdraw(ConsentWithdrawn { subject, id, at: now }))
        .collect();
    let mut settled = BTreeSet::new();
    for (part, fate) in held.iter().zip(fates) {
        let record = part.row.id;
        let alone = part.row.roles.iter().all(|(whose, _)| *whose == subject);
        match fate.fate {
            Fate::EraseNow => {
                writes.push(Write::Destroy { record, subject: Some(subject), role: part.role.clone() });
                if alone && settled.insert(record) {
                    writes.push(Write::Life(record, Life::Erased));
                }
            }
            // Where others stand in the record, the closed account keeps this subject's part still; theirs live on.
            Fate::StorageOnly { .. } if alone && part.row.life == Life::Live && settled.insert(record) => {
                writes.push(Write::Life(record, Life::StorageOnly));
            }
            Fate::StorageOnly { .. } | Fate::Blocked(_) => {}
        }
    }
    for (record, role) in matters {
        writes.push(Write::Destroy { record, subject: None, role });
    }
    writes.push(Write::Account(subject, if beyond { Account::None } else { Account::Closed }));
    if !beyond && fates.iter().all(|part| part.fate == Fate::EraseNow) {
        writes.push(Write::Forget(subject));
    }
    writes
}

/// Parts of the matter itself, or of the organisation that only this subject stands for, in records that go whole.
async fn matters(
    house: &House,
    platform: &Platform,
    held: &[Held],
    fates: &[PartFate],
) -> Result<Vec<(RecordId, Slug)>, Refusal> {
    let persons = &platform.tables.program().policy.persons;
    let organisations: Vec<&Slug> = persons
        .iter()
        .filter(|person| person.kind.value == PersonKind::Organisation)
        .map(|person| &person.id.value)
        .collect();
    let mut found = BTreeSet::new();
    for (part, fate) in held.iter().zip(fates) {
        let first = part.row.roles.first().map(|(whose, _)| *whose);
        let alone = part.row.roles.iter().all(|(whose, _)| Some(*whose) == first);
        if !alone || fate.fate != Fate::EraseNow {
            continue;
        }
        for role in &organisations {
            let matter = house.store.part(&platform.id, part.row.id, None, role).await?;
            if matter.is_some_and(|matter| matter.wrapped.is_some()) {
                found.insert((part.row.id, (*role).clone()));
            }
        }
    }
    Ok(found.into_iter().collect())
}
