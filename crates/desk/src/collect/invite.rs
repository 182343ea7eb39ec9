//! Invitations (邀请): roles of a matter that its holder leaves to other adults, who answer for themselves (rule R19).
//!
//! A link is 256 random bits: it names nobody, and what is kept of it is a digest. It works once ([`super::join()`]) and for
//! some days; its holder takes it back, or has it made again, which ends the one before. A matter is complete when nobody
//! is missing whom its function demands.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use model::act::Life;
use model::{InvitationId, RecordId, Slug, SubjectId};
use policy::question::Facts;
use policy::syntax::{Function, Kind, PersonKind};
use store::{Expect, InvitationRow, InvitationState, NewInvitation, RecordRow, Write};

use super::Application;
use super::outline::{Setting, is_demanded, is_for_guests, same_person};
use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Entry, Who};
use crate::refusal::Ended;
use crate::seat::Secret;
use crate::{House, Platform, Refusal, identity};

/// How many days a link works.
pub const INVITATION_DAYS: i64 = 7;

/// Most roles that one matter leaves open.
pub const MOST_INVITED: usize = 500;

/// An invitation with its link: the only time that the secret is there to be shown.
#[derive(Debug)]
pub struct Invited {
    /// Which.
    pub id: InvitationId,
    /// The role that is open.
    pub role: Slug,
    /// What the link ends with.
    pub secret: Secret,
    /// Until when it works.
    pub until: Timestamp,
}

/// How an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It can be used.
    Open,
    /// Nobody used it in time.
    Over,
    /// Somebody filled the role in.
    Used,
    /// It was taken back.
    Withdrawn,
}

impl Stage {
    pub(super) fn of(row: &InvitationRow, now: Timestamp) -> Self {
        match row.state {
            InvitationState::Open if row.made.until <= now => Self::Over,
            InvitationState::Open => Self::Open,
            InvitationState::Used => Self::Used,
            InvitationState::Withdrawn => Self::Withdrawn,
        }
    }

    /// Why the link leads nowhere; `None` when it does.
    pub(super) fn ended(self) -> Option<Ended> {
        match self {
            Self::Open => None,
            Self::Over => Some(Ended::Over),
            Self::Used => Some(Ended::Used),
            Self::Withdrawn => Some(Ended::Withdrawn),
        }
    }
}

/// An invitation as the matter's holder sees it: nothing of who used it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationView {
    /// Which.
    pub id: InvitationId,
    /// The role.
    pub role: Slug,
    /// The role's published name.
    pub role_name: String,
    /// How it stands.
    pub stage: Stage,
    /// Until when its link works.
    pub until: Timestamp,
}

/// What is written for the roles that an application leaves open, and their links.
pub(super) fn draw(
    house: &House,
    platform: &Platform,
    function: &Function,
    (record, application): (RecordId, &Application),
    now: Timestamp,
) -> Result<(Vec<Write>, Vec<Invited>), Refusal> {
    if application.open.len() > MOST_INVITED {
        return Err(Refusal::Wrong(format!("at most {MOST_INVITED} roles of a matter can be left open")));
    }
    let holder = application.people.first().map(|holder| holder.roles.as_slice()).unwrap_or_default();
    for role in application.open.iter().collect::<BTreeSet<_>>() {
        let setting = Setting {
            channel: application.channel.as_ref(),
            ..setting(function, application.product.as_ref(), holder, role)
        };
        if !is_natural(platform, role) || !is_for_guests(platform, &setting, role, now) {
            return Err(Refusal::Wrong(format!("nobody can be invited into the role `{role}` of this function")));
        }
    }
    let drawn = application.open.iter().map(|role| {
        let id = InvitationId::from_random(house.entropy.draw());
        made(house, (record, id, role), now).map(|(made, invited)| (Write::Invitation(made), invited))
    });
    Ok(drawn.collect::<Result<Vec<_>, Refusal>>()?.into_iter().unzip())
}

/// In what course somebody other than the holder fills a role in.
pub(super) fn setting<'a>(
    function: &'a Function,
    product: Option<&'a Slug>,
    holder: &[Slug],
    role: &Slug,
) -> Setting<'a> {
    let people: [&[Slug]; 2] = [holder, std::slice::from_ref(role)];
    let facts = Facts { same_person: Some(same_person(&people, 1)), ..Facts::default() };
    Setting { function, channel: None, product, facts }
}

fn is_natural(platform: &Platform, role: &Slug) -> bool {
    let persons = &platform.tables.program().policy.persons;
    persons.iter().any(|known| known.id.value == *role && known.kind.value == PersonKind::Natural)
}

pub(super) fn made(
    house: &House,
    (record, id, role): (RecordId, InvitationId, &Slug),
    now: Timestamp,
) -> Result<(NewInvitation, Invited), Refusal> {
    let secret = Secret::draw(&*house.entropy, "");
    let until = now.checked_add(SignedDuration::from_hours(24 * INVITATION_DAYS));
    let until = until.map_err(|_| Refusal::Broken("the clock is at its end".to_owned()))?;
    let made = NewInvitation { id, record, role: role.clone(), digest: secret.digest(), until, at: now };
    Ok((made, Invited { id, role: role.clone(), secret, until }))
}

/// The invitations of a matter of the holder's, in the order in which they were made. It leaves no leaf: nothing of a
/// person is told.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such record, or another holds it.
pub async fn invitations(
    house: &House,
    platform: &Platform,
    holder: SubjectId,
    record: RecordId,
) -> Result<Vec<InvitationView>, Refusal> {
    held(house, platform, holder, record).await?;
    let now = house.now();
    let view = |row: InvitationRow| InvitationView {
        id: row.made.id,
        role_name: platform.name_of(Kind::Person, row.made.role.as_str()),
        stage: Stage::of(&row, now),
        until: row.made.until,
        role: row.made.role,
    };
    Ok(house.store.invitations_of(&platform.id, record).await?.into_iter().map(view).collect())
}

/// A matter that was left open to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The record.
    pub record: RecordId,
    /// The published name of its class.
    pub class_name: String,
    /// When it was made.
    pub at: Timestamp,
    /// How many did not fill their roles in yet.
    pub waiting: usize,
    /// As [`is_complete`] says.
    pub complete: bool,
}

/// The matters of a holder that were left open to others, newest first. It leaves no leaf: nothing of a person is told.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn opened(house: &House, platform: &Platform, holder: SubjectId) -> Result<Vec<Opened>, Refusal> {
    let mut all = Vec::new();
    let (_, records) = identity::seen(house, platform, holder).await?;
    for row in records.into_iter().rev().filter(|row| row.holder == Some(holder) && row.life == Life::Live) {
        let invited = house.store.invitations_of(&platform.id, row.id).await?;
        if invited.is_empty() {
            continue;
        }
        all.push(Opened {
            record: row.id,
            class_name: platform.name_of(Kind::Record, row.class.as_str()),
            at: row.at,
            waiting: invited.iter().filter(|one| one.state == InvitationState::Open).count(),
            complete: is_complete(house, platform, row.id).await?,
        });
    }
    Ok(all)
}

/// Makes an invitation again: a new link, for as long as the first; the one before leads nowhere any more.
///
/// # Errors
/// [`Refusal::NotFound`] when there is none, or another holds the record; [`Refusal::Invitation`] when somebody joined by
/// it.
pub async fn invite_again(
    house: &House,
    platform: &Platform,
    (holder, record, id): (SubjectId, RecordId, InvitationId),
    who: Who,
) -> Result<Invited, Refusal> {
    for _ in 0..TRIES {
        let row = open(house, platform, (holder, record, id)).await?;
        let now = house.now();
        let (again, invited) = made(house, (record, id, &row.made.role), now)?;
        let draft = told(house, platform, (holder, &row), (&who, "again"), Write::Invitation(again)).await?;
        if house.commit(platform, draft).await?.is_some() {
            return Ok(invited);
        }
    }
    Err(Refusal::Contended)
}

/// Takes an invitation back. Gives the leaf.
///
/// # Errors
/// Those of [`invite_again`].
pub async fn invite_end(
    house: &House,
    platform: &Platform,
    (holder, record, id): (SubjectId, RecordId, InvitationId),
    who: Who,
) -> Result<u64, Refusal> {
    for _ in 0..TRIES {
        let row = open(house, platform, (holder, record, id)).await?;
        let end = Write::Invited(record, id, InvitationState::Withdrawn);
        let draft = told(house, platform, (holder, &row), (&who, "withdrawn"), end).await?;
        if let Some(act) = house.commit(platform, draft).await? {
            return Ok(act.leaf());
        }
    }
    Err(Refusal::Contended)
}

/// The record of a matter that somebody holds.
pub(super) async fn held(
    house: &House,
    platform: &Platform,
    holder: SubjectId,
    record: RecordId,
) -> Result<RecordRow, Refusal> {
    let row = house.store.record(&platform.id, record).await?;
    let own = row.filter(|row| row.holder == Some(holder) && row.life == Life::Live);
    own.ok_or(Refusal::NotFound("record"))
}

/// An invitation by which nobody joined yet.
async fn open(
    house: &House,
    platform: &Platform,
    (holder, record, id): (SubjectId, RecordId, InvitationId),
) -> Result<InvitationRow, Refusal> {
    held(house, platform, holder, record).await?;
    let rows = house.store.invitations_of(&platform.id, record).await?;
    let row = rows.into_iter().find(|row| row.made.id == id).ok_or(Refusal::NotFound("invitation"))?;
    if row.state == InvitationState::Used { Err(Refusal::Invitation(Ended::Used)) } else { Ok(row) }
}

/// The act of the holder on an invitation that stands as `row` says.
async fn told(
    house: &House,
    platform: &Platform,
    (holder, row): (SubjectId, &InvitationRow),
    (who, because): (&Who, &str),
    write: Write,
) -> Result<Draft, Refusal> {
    let record = row.made.record;
    let function = house.store.record(&platform.id, record).await?.and_then(|row| row.function);
    let entry = platform.entry(Act::Invite, who.clone(), house.now());
    let person = Some(row.made.role.clone());
    Ok(Draft {
        expect: vec![Expect::Invitation(record, row.made.id, row.state, row.made.digest)],
        writes: vec![write],
        entry: Entry { function, person, because: Some(because.to_owned()), ..entry },
        subjects: vec![holder],
        record: Some(record),
        key: None,
    })
}

/// Whether everybody stands in a record whom its function demands: no invitation into a demanded role is open, or over,
/// and no such role stays empty. It leaves no leaf: nothing of a person is told.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such record.
pub async fn is_complete(house: &House, platform: &Platform, record: RecordId) -> Result<bool, Refusal> {
    let row = house.store.record(&platform.id, record).await?.ok_or(Refusal::NotFound("record"))?;
    let invited = house.store.invitations_of(&platform.id, record).await?;
    let functions = &platform.tables.program().policy.functions;
    let Some(function) = functions.iter().find(|one| Some(&one.id.value) == row.function.as_ref()) else {
        return Ok(true);
    };
    let holder: Vec<Slug> =
        row.roles.iter().filter(|(id, _)| Some(*id) == row.holder).map(|(_, role)| role.clone()).collect();
    let (now, channel) = (house.now(), platform.portal_channel());
    let lacks = |one: &InvitationRow| {
        let role = &one.made.role;
        let empty = || !row.roles.iter().any(|(_, is)| is == role);
        let waits = match one.state {
            InvitationState::Open => true,
            InvitationState::Withdrawn => empty(),
            InvitationState::Used => false,
        };
        let setting = setting(function, row.product.as_ref(), &holder, role);
        let setting = Setting { channel: channel.as_ref(), ..setting };
        waits && is_demanded(platform, &setting, role, now)
    };
    Ok(!invited.iter().any(lacks))
}
