//! Erasing on request: keys destroyed where nothing keeps them, storage-only for the rest, the account closed.

use std::collections::BTreeSet;

use model::act::{Account, Life, RecordState, Snapshot};
use model::calendar::day_in_shanghai;
use model::{RecordId, Slug, SubjectId};
use policy::question::Code;
use policy::syntax::{Kind, PersonKind};
use store::{Expect, RecordEvent, RecordRow, Write};

use super::certificate::{Certificate, seen, sort};
use super::fate::{self, Held};
use super::{Fate, PartFate};
use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Entry, Who, tag};
use crate::{House, Platform, Refusal, identity, seat};

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
/// While a claim is open nobody may refuse to close the account (rule R50), and nobody may drop the claim for it: its record
/// stays in use for the claim alone, with the consents to the function that made it and to what is shared in its course,
/// and the subject stands in it without an account. Closing the claim makes it storage-only
/// ([`crate::collect::event`]).
///
/// Before the identity is verified this reaches what the subject gave here ([`identity`]). What systems handed in under
/// the number stays, with a subject that has no account: whoever the number belongs to can still come.
///
/// # Errors
/// [`Refusal::Denied`], with a leaf, where a record is of a class that the policy no longer declares.
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
            let open = crate::refusal::by_policy(Code::Blocked, None);
            return Err(house.refuse_for(&platform, entry, Some(subject), vec![open]).await);
        }
        entry.because = Some(outcome(&fates).to_owned());
        let matters = matters(house, &platform, &held, &fates).await?;
        let draft = Draft {
            expect: vec![Expect::Subject(subject, snapshot.version())],
            writes: writes(&platform, &snapshot, (&held, &fates), (matters, beyond), now),
            entry: entry.clone(),
            subjects: vec![subject],
            record: None,
            key: None,
        };
        let salt: [u8; 32] = house.entropy.draw();
        let Some(act) = house.commit_salted(&platform, draft, salt).await? else { continue };
        return certified(house, &platform, (subject, salt), (act.leaf(), entry), fates).await;
    }
    Err(Refusal::Contended)
}

/// What whoever asked is given. The act stands, and this is the only place where its salt is: what fails from here on is
/// logged and made up for later, and takes the answer from nobody.
async fn certified(
    house: &House,
    platform: &Platform,
    (subject, salt): (SubjectId, [u8; 32]),
    (leaf, mut entry): (u64, Entry),
    fates: Vec<PartFate>,
) -> Result<Erased, Refusal> {
    seat::end_of_erased(house, &platform.id, subject).await;
    entry.subject = Some(tag(&salt, subject.as_bytes()));
    let (erased, kept) = sort(&fates);
    let (destroyed, backups_end) = if erased.is_empty() {
        (None, None)
    } else {
        let destroyed = seen(house, platform, leaf).await;
        let days = i64::from(platform.tables.program().operation.backup_days.value);
        let since = day_in_shanghai(destroyed.at().unwrap_or_else(|| house.now()));
        (Some(destroyed), since.checked_add(jiff::Span::new().days(days)).ok())
    };
    let certificate = Certificate {
        v: 1,
        platform: platform.id.clone(),
        subject,
        destroyed,
        leaf,
        entry: String::from_utf8(entry.bytes()).unwrap_or_default(),
        salt: hex::encode(salt),
        backups_end,
        erased,
        kept,
    };
    let certificate = serde_json::to_string(&certificate).map_err(|error| Refusal::Broken(error.to_string()))?;
    Ok(Erased { leaf, fates, certificate })
}

/// What the leaf calls the erasure.
fn outcome(fates: &[PartFate]) -> &'static str {
    if fates.iter().any(|part| matches!(part.fate, Fate::Claim { .. })) {
        "claim-goes-on"
    } else if fates.iter().all(|part| part.fate == Fate::EraseNow) {
        "erased"
    } else {
        "storage-only"
    }
}

/// The event of a record whose claim was open when its subject closed the account.
const CLOSING: &str = "account-closed";

/// Whether a record becomes storage-only as soon as its claim is closed, because nothing but the claim kept it in use.
pub(crate) fn ends_with_its_claim(record: &RecordRow) -> bool {
    record.life == Life::Live && record.events.iter().any(|(word, ..)| word == CLOSING)
}

/// Whether a consent is to a function that made one of these records, or to what is shared or used in its course.
fn is_of_claim(platform: &Platform, scope: &str, claims: &[&RecordRow]) -> bool {
    let policy = &platform.tables.program().policy;
    let made =
        |function: &str| claims.iter().any(|row| row.function.as_ref().is_some_and(|own| own.as_str() == function));
    let declared = platform.tables.scopes().iter().find(|known| known.id == scope);
    declared.is_some_and(|scope| match scope.kind {
        Kind::Function => made(scope.element.as_str()),
        Kind::Share => {
            let mut own = policy.shares.iter().filter(|share| share.id.value == scope.element);
            own.any(|share| share.functions.iter().any(|function| made(&function.text)))
        }
        _ => false,
    })
}

/// Whether the erasure must leave a record alone that still is.
fn is_beyond(reach: &[RecordRow], state: &RecordState) -> bool {
    state.life != Life::Erased && !reach.iter().any(|row| Some(row.id) == state.id)
}

/// The facts of an erasure: pure. `beyond` says that the subject has records that it does not reach.
fn writes(
    platform: &Platform,
    snapshot: &Snapshot,
    (held, fates): (&[Held], &[PartFate]),
    (matters, beyond): (Vec<(RecordId, Slug)>, bool),
    now: jiff::Timestamp,
) -> Vec<Write> {
    let subject = snapshot.subject();
    let with_fates = || held.iter().zip(fates);
    let claims: Vec<&RecordRow> =
        with_fates().filter(|(_, part)| matches!(part.fate, Fate::Claim { .. })).map(|(part, _)| &part.row).collect();
    let standing = snapshot.state().consents.iter().filter(|consent| consent.stands(now));
    let standing = standing.filter(|consent| !is_of_claim(platform, &consent.scope, &claims));
    let mut writes: Vec<Write> = standing.filter_map(|consent| crate::consent::ended(subject, consent, now)).collect();
    let mut settled = BTreeSet::new();
    for (part, fate) in with_fates() {
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
            Fate::Claim { .. } if alone && settled.insert(record) => {
                let on = day_in_shanghai(now);
                let event = RecordEvent { record, event: CLOSING.to_owned(), on, at: now, reason: None };
                writes.push(Write::Event(event));
            }
            Fate::StorageOnly { .. } | Fate::Claim { .. } | Fate::Blocked(_) => {}
        }
    }
    for (record, role) in matters {
        writes.push(Write::Destroy { record, subject: None, role });
    }
    let stays = beyond || !claims.is_empty();
    writes.push(Write::Account(subject, if stays { Account::None } else { Account::Closed }));
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
