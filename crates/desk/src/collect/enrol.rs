//! Enrolling (登记名册): many people in one role of a matter at once, such as a company's employees. Who may be taken in
//! without an own consent, or has given it, is; who must answer alone gets an invitation, and nothing of that line is
//! stored (rule R19). One act.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use model::act::SubjectState;
use model::age::is_under;
use model::calendar::day_in_shanghai;
use model::key::SearchToken;
use model::{InvitationId, RecordId, Slug, SubjectId};
use policy::question::Facts;
use policy::syntax::{Action, Function, Kind, PersonKind, Trigger};
use serde::{Deserialize, Serialize};
use store::{InvitationRow, RecordRow, TokenKind, Write};

use super::apply::Named;
use super::ask::Context;
use super::fields::born;
use super::invite::{self, Invited, held, setting};
use super::matter::{Matter, No};
use super::outline::{Setting, asked, is_for_guests, may, typed_groups};
use super::roster::{Roster, read};
use super::seal::token_of;
use super::standing::Standing;
use super::{AskedItem, MOST_INVITED, Participant, Whom};
use crate::act::{Draft, Once, TRIES};
use crate::house::tells_birth;
use crate::leaf::{Act, Who};
use crate::refusal::FieldFault;
use crate::seat::sha256;
use crate::{House, Platform, Refusal};

/// A role of which a roster may be sent in for a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRole {
    /// Role.
    pub role: Slug,
    /// Its published name.
    pub name: String,
    /// Items that a roster may have as columns: id, published name, and whether the function cannot go on without.
    pub columns: Vec<(Slug, String, bool)>,
}

/// What becomes of one line.
#[derive(Debug)]
pub struct Enrolled<T> {
    /// Number in the table, counted from 1 with the header.
    pub line: u64,
    /// The first value of the line under its mask, by which whoever sent the table in knows the person again. Told once
    /// the act is on the ledger, not while it is only looked at.
    pub who: Option<String>,
    /// What.
    pub outcome: Outcome<T>,
}

/// One line of a roster that was taken in under an idempotency key, as it is told again. Links are not kept, so none is
/// told: the holder makes a new one for the invitation.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolledBefore {
    /// Number in the table, counted from 1 with the header.
    pub line: u64,
    /// What became of it.
    pub outcome: OutcomeBefore,
}

/// What became of one person of a roster.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeBefore {
    /// Taken in.
    TakenIn,
    /// Invited, until when the first link worked.
    Invited(InvitationId, Timestamp),
    /// Nothing: item and code of each fault.
    Wrong(Vec<(String, String)>),
}

impl From<&Enrolled<Invited>> for EnrolledBefore {
    fn from(one: &Enrolled<Invited>) -> Self {
        let outcome = match &one.outcome {
            Outcome::TakenIn => OutcomeBefore::TakenIn,
            Outcome::Invited(invited) => OutcomeBefore::Invited(invited.id, invited.until),
            Outcome::Wrong(faults) => {
                OutcomeBefore::Wrong(faults.iter().map(|one| (one.item.clone(), one.code.to_owned())).collect())
            }
        };
        Self { line: one.line, outcome }
    }
}

/// What becomes of one person of a roster.
#[derive(Debug)]
pub enum Outcome<T> {
    /// Taken in: the person is to be told.
    TakenIn,
    /// Invited to answer alone; nothing of the line is stored.
    Invited(T),
    /// Nothing: what is wrong with the line.
    Wrong(Vec<FieldFault>),
}

/// Roles of a record's function in which members of an organisation stand, other than the holder's own.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such record, or another holds it.
pub async fn roster_roles(
    house: &House,
    platform: &Platform,
    holder: SubjectId,
    record: RecordId,
) -> Result<Vec<RosterRole>, Refusal> {
    let course = Course::of(house, platform, (holder, record)).await?;
    let policy = &platform.tables.program().policy;
    let organisation =
        |of: &str| policy.persons.iter().any(|one| one.id.as_str() == of && one.kind.value == PersonKind::Organisation);
    let taken = |of: &str| typed_groups(course.function).any(|group| group.of.text == of);
    let members = policy.persons.iter().filter(|one| {
        let of = one.of.as_ref().map(|of| of.text.as_str());
        one.kind.value == PersonKind::Natural && of.is_some_and(|of| organisation(of) && taken(of))
    });
    let free = |role: &Slug| taken(role.as_str()) && !course.own.contains(role);
    let now = house.now();
    let named = members.map(|one| one.id.value.clone()).filter(free).map(|role| {
        let setting = course.setting(&role);
        let columns = asked(platform, &setting, std::slice::from_ref(&role), now).into_iter();
        let column = |one: AskedItem<'_>| (one.item.id.clone(), one.item.name.clone(), one.required);
        RosterRole { name: platform.name_of(Kind::Person, role.as_str()), columns: columns.map(column).collect(), role }
    });
    Ok(named.filter(|role| !role.columns.is_empty()).collect())
}

/// In what course people are enrolled.
struct Course<'p> {
    record: RecordRow,
    function: &'p Function,
    /// The holder's own roles.
    own: Vec<Slug>,
    invited: Vec<InvitationRow>,
    channel: Option<Slug>,
}

impl<'p> Course<'p> {
    async fn of(
        house: &House,
        platform: &'p Platform,
        (holder, record): (SubjectId, RecordId),
    ) -> Result<Course<'p>, Refusal> {
        let record = held(house, platform, holder, record).await?;
        let functions = &platform.tables.program().policy.functions;
        let function = functions.iter().find(|one| Some(&one.id.value) == record.function.as_ref());
        let function = function.ok_or(Refusal::NotFound("function of the record"))?;
        let own = record.roles.iter().filter(|(id, _)| *id == holder).map(|(_, role)| role.clone()).collect();
        let invited = house.store.invitations_of(&platform.id, record.id).await?;
        Ok(Self { record, function, own, invited, channel: platform.portal_channel() })
    }

    fn setting(&self, role: &Slug) -> Setting<'_> {
        let setting = setting(self.function, self.record.product.as_ref(), &self.own, role);
        Setting { channel: self.channel.as_ref(), ..setting }
    }
}

/// Reads a roster for a role of a record.
///
/// # Errors
/// Those of [`roster_roles`]; [`Refusal::NotFound`] for a role that takes no roster; [`Refusal::Roster`] for a table that
/// does not read.
pub async fn roster(
    house: &House,
    platform: &Platform,
    (holder, record, role): (SubjectId, RecordId, &Slug),
    bytes: &[u8],
) -> Result<Roster, Refusal> {
    let roles = roster_roles(house, platform, holder, record).await?;
    if !roles.iter().any(|one| one.role == *role) {
        return Err(Refusal::NotFound("role with a roster"));
    }
    let course = Course::of(house, platform, (holder, record)).await?;
    let asked = asked(platform, &course.setting(role), std::slice::from_ref(role), house.now());
    read(bytes, &asked).map_err(Refusal::Roster)
}

/// What would become of each line now. It leaves no leaf and stores nothing.
///
/// # Errors
/// Those of [`roster_roles`].
pub async fn roster_look(
    house: &House,
    platform: &Platform,
    (holder, record, role): (SubjectId, RecordId, &Slug),
    roster: &Roster,
) -> Result<Vec<Enrolled<()>>, Refusal> {
    let course = Course::of(house, platform, (holder, record)).await?;
    let people = people(platform, role, roster)?;
    Ok(fates(house, platform, (&course, role), &people).await?.0)
}

/// The people of a roster, the fields named, each with the number of its line.
fn people(platform: &Platform, role: &Slug, roster: &Roster) -> Result<Vec<(u64, Named)>, Refusal> {
    let named = roster.lines.iter().enumerate().map(|(place, line)| {
        let (roles, fields) = (vec![role.clone()], line.twin());
        let one = Participant { roles, whom: Whom::Typed, fields, consents: Vec::new() };
        Ok((line.number, Named::of(platform, place, one)?))
    });
    named.collect()
}

/// What would become of each, and who is taken in, by place.
async fn fates(
    house: &House,
    platform: &Platform,
    (course, role): (&Course<'_>, &Slug),
    people: &[(u64, Named)],
) -> Result<(Vec<Enrolled<()>>, Vec<usize>), Refusal> {
    let now = house.now();
    let setting = course.setting(role);
    let guests = is_for_guests(platform, &setting, role, now);
    let items = asked(platform, &setting, std::slice::from_ref(role), now);
    let (mut numbers, mut all, mut taken) = (BTreeSet::new(), Vec::with_capacity(people.len()), Vec::new());
    for (place, (line, person)) in people.iter().enumerate() {
        let known = known(house, platform, (course, role), person, &mut numbers).await;
        let outcome = match known {
            Err(Refusal::Fields(faults)) => Outcome::Wrong(faults),
            Err(refusal) => return Err(refusal),
            Ok((state, age)) if may(platform, &setting, role, (&state, age), now) => {
                let lacking = lacking(&items, person)?;
                if lacking.is_empty() { Outcome::TakenIn } else { Outcome::Wrong(lacking) }
            }
            Ok((_, age)) => {
                let child = platform.tables.program().law.ages().child;
                let is_child = age.is_some() && is_under(age, child, day_in_shanghai(now));
                // R17: for a child its guardian fills in.
                let told = items.iter().find(|one| tells_birth(platform, &one.item.id)).filter(|_| is_child);
                match told {
                    Some(one) => Outcome::Wrong(vec![FieldFault::new(one.item.id.to_string(), "child")]),
                    None if guests => Outcome::Invited(()),
                    None => Outcome::Wrong(vec![FieldFault::new(role.to_string(), "not-permitted")]),
                }
            }
        };
        if matches!(outcome, Outcome::TakenIn) {
            taken.push(place);
        }
        all.push(Enrolled { line: *line, who: None, outcome });
    }
    Ok((all, taken))
}

/// The state and age by which one line is decided about. Faults: what does not read, and who stands there already.
async fn known(
    house: &House,
    platform: &Platform,
    (course, role): (&Course<'_>, &Slug),
    person: &Named,
    numbers: &mut BTreeSet<SearchToken>,
) -> Result<(SubjectState, Option<model::act::Born>), Refusal> {
    let values = person.read()?;
    let Some(token) = token_of(platform, TokenKind::Document, &values) else {
        return Ok((SubjectState::default(), born(&values)));
    };
    let twice = || {
        let number =
            values.iter().find(|one| token_of(platform, TokenKind::Document, std::slice::from_ref(one)).is_some());
        let item = number.map_or_else(|| role.to_string(), |number| number.item.to_string());
        Refusal::Fields(vec![FieldFault::new(item, "twice-there")])
    };
    if !numbers.insert(token) {
        return Err(twice());
    }
    let Some(id) = house.store.subject_by_token(&platform.id, TokenKind::Document, &token).await? else {
        return Ok((SubjectState::default(), born(&values)));
    };
    if course.record.roles.iter().any(|(there, is)| *there == id && is == role) {
        return Err(twice());
    }
    let standing = Standing::of(house, platform, id, None, &values).await?;
    Ok((standing.snapshot.state().clone(), standing.born))
}

/// Items without which the function cannot go on and that a line leaves out.
fn lacking(items: &[AskedItem<'_>], person: &Named) -> Result<Vec<FieldFault>, Refusal> {
    let values = person.read()?;
    let given = |item: &Slug| values.iter().any(|value| value.item == *item);
    let lacking = items.iter().filter(|one| one.required && !given(&one.item.id));
    Ok(lacking.map(|one| FieldFault::new(one.item.id.to_string(), "missing")).collect())
}

/// Takes a roster in: one act over everybody who may be taken in, and an invitation for each who must answer alone.
/// Lines with something wrong are left out.
///
/// # Errors
/// [`Refusal::Done`] under a key that was used, for which [`enrolled`] tells what came of it. Those of [`roster_roles`]; [`Refusal::Wrong`] when nothing can be done with any line, or the record would have more
/// than [`MOST_INVITED`] invitations; [`Refusal::Denied`], with a leaf, when a decision came out otherwise meanwhile.
pub async fn enrol(
    house: &House,
    platform: &Platform,
    (holder, record, role): (SubjectId, RecordId, &Slug),
    roster: &Roster,
    who: Who,
    once: Option<Once>,
) -> Result<RosterDone, Refusal> {
    let people = people(platform, role, roster)?;
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let course = Course::of(house, &platform, (holder, record)).await?;
        let (fates, taken) = fates(house, &platform, (&course, role), &people).await?;
        let now = house.now();
        let mut lines = Vec::with_capacity(fates.len());
        let mut writes = Vec::new();
        for Enrolled { line, outcome, .. } in fates {
            let outcome = match outcome {
                Outcome::TakenIn => Outcome::TakenIn,
                Outcome::Wrong(faults) => Outcome::Wrong(faults),
                Outcome::Invited(()) => {
                    let id = InvitationId::from_random(house.entropy.draw());
                    let (made, invited) = invite::made(house, (record, id, role), now)?;
                    writes.push(Write::Invitation(made));
                    Outcome::Invited(invited)
                }
            };
            lines.push(Enrolled { line, who: None, outcome });
        }
        if course.invited.len() + writes.len() > MOST_INVITED {
            return Err(Refusal::Wrong(format!("a record has at most {MOST_INVITED} invitations")));
        }
        if taken.is_empty() && writes.is_empty() {
            return Err(Refusal::Wrong("nothing can be done with any line of the roster".to_owned()));
        }
        let people = taken.iter().filter_map(|place| people.get(*place)).map(|(_, person)| person);
        let whom = (&course, holder, role);
        let mut draft = draft(house, &platform, whom, (people.collect(), writes), (&who, now)).await?;
        draft.key = once.map(|once| once.key(&lines.iter().map(EnrolledBefore::from).collect::<Vec<_>>()));
        match house.commit(&platform, draft).await {
            Ok(Some(act)) => {
                let names = roster.lines.iter().map(|line| line.recognised(&platform).map(|name| name.release(&act)));
                lines.iter_mut().zip(names).for_each(|(line, name)| line.who = name);
                return Ok((act.leaf(), lines));
            }
            // Somebody else brought one of them in meanwhile.
            Ok(None) | Err(Refusal::Taken(TokenKind::Document)) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Err(Refusal::Contended)
}

/// What came of a roster that was taken in under this key; `None` for a new one. No link is told again.
///
/// # Errors
/// [`Refusal::KeyReused`] when the key came with another roster.
pub async fn enrolled(
    house: &House,
    platform: &Platform,
    once: Option<Once>,
) -> Result<Option<(u64, Vec<EnrolledBefore>)>, Refusal> {
    house.answered(platform, once).await
}

/// The one transaction.
async fn draft(
    house: &House,
    platform: &Platform,
    (course, holder, role): (&Course<'_>, SubjectId, &Slug),
    (people, writes): (Vec<&Named>, Vec<Write>),
    (who, now): (&Who, Timestamp),
) -> Result<Draft, Refusal> {
    let act = if people.is_empty() { Act::Invite } else { Act::Collect };
    let mut entry = platform.entry(act, who.clone(), now);
    entry.function = Some(course.function.id.value.clone());
    entry.purpose = course.function.purposes.first().and_then(|purpose| purpose.text.parse().ok());
    entry.person = Some(role.clone());
    let mut matter = Matter::of((course.record.id, holder), Trigger::Given);
    matter.begin(Standing::of(house, platform, holder, None, &[]).await?);
    let setting = course.setting(role);
    let facts = Facts { same_person: setting.facts.same_person.clone(), ..Facts::default() };
    for person in people {
        let place = matter.stand(house, platform, person, who, now).await?;
        let context = Context {
            channel: course.channel.as_ref(),
            product: course.record.product.as_ref(),
            ..Context::of(Action::Collect, Some(course.function), &facts, who, now)
        };
        match matter.fill(house, platform, context, (place, role), person) {
            Ok(()) => {}
            Err(No::Missing(faults)) => return Err(Refusal::Fields(faults)),
            Err(No::Denied(answer)) => return Err(house.refuse(platform, entry, Some(holder), *answer).await),
            Err(No::Broken(refusal)) => return Err(refusal),
        }
    }
    matter.also(writes);
    matter.tell(&mut entry);
    let record = course.record.id;
    Ok(matter.joining(entry, |subject, role| Write::Stand(record, subject, role)).0)
}

/// How long a roster waits between a look at it and its taking in, and what came of it after that, in minutes.
pub const ROSTER_MINUTES: i64 = 10;

/// Most rosters that one process remembers.
const ROSTERS: usize = 64;

/// What came of a roster: the leaf, and its lines.
pub type RosterDone = (u64, Vec<Enrolled<Invited>>);

/// A roster between two pages of a session, or what came of it: in the memory of this process, never on disk.
enum Waits {
    Read(Arc<Roster>),
    Done(Arc<RosterDone>),
}

/// Every roster that waits, by session and record.
#[derive(Default)]
pub(crate) struct Rosters(Mutex<BTreeMap<[u8; 32], (Timestamp, Waits)>>);

impl Rosters {
    fn put(&self, key: [u8; 32], waits: Waits, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (until, _)| now < *until);
        if all.len() >= ROSTERS
            && let Some(first) = all.iter().min_by_key(|(_, (until, _))| *until).map(|(key, _)| *key)
        {
            all.remove(&first);
        }
        let until = now.checked_add(SignedDuration::from_mins(ROSTER_MINUTES)).unwrap_or(now);
        all.insert(key, (until, waits));
    }

    /// Forgets whatever has waited for too long.
    pub(crate) fn sweep(&self, now: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, (until, _)| now < *until);
    }
}

fn key(session: &str, record: RecordId) -> [u8; 32] {
    sha256(format!("{session} {record}").as_bytes())
}

/// Keeps a roster for a session while its owner looks at what would become of it.
pub fn roster_keep(house: &House, (session, record): (&str, RecordId), roster: Roster) {
    house.rosters.put(key(session, record), Waits::Read(Arc::new(roster)), house.now());
}

/// Takes a session's roster out; `None` once it has waited for too long.
pub fn roster_take(house: &House, (session, record): (&str, RecordId)) -> Option<Arc<Roster>> {
    let mut all = house.rosters.0.lock().unwrap_or_else(PoisonError::into_inner);
    let key = key(session, record);
    let (until, Waits::Read(roster)) = all.get(&key)? else { return None };
    let roster = Arc::clone(roster).clone();
    let good = house.now() < *until;
    all.remove(&key);
    good.then_some(roster)
}

/// Keeps what came of a roster, so that its owner can take it along as a table.
pub fn roster_done(house: &House, (session, record): (&str, RecordId), done: RosterDone) -> Arc<RosterDone> {
    let done = Arc::new(done);
    house.rosters.put(key(session, record), Waits::Done(Arc::clone(&done)), house.now());
    done
}

/// What came of a session's roster, for some minutes.
pub fn roster_outcome(house: &House, (session, record): (&str, RecordId)) -> Option<Arc<RosterDone>> {
    let all = house.rosters.0.lock().unwrap_or_else(PoisonError::into_inner);
    match all.get(&key(session, record))? {
        (until, Waits::Done(done)) if house.now() < *until => Some(Arc::clone(done)),
        _ => None,
    }
}
