//! Minors' data and staff (rule R18, 未保条例 article 36): a seat asks, with a reason, to look at one person's data in the course
//! of one function; a second person whose role may handle minors' data approves, for a while. Then the tables are asked
//! with that approval, and each look leaves its own leaf as ever.

use jiff::{SignedDuration, Timestamp};
use model::{ActorId, ApprovalId, Slug, SubjectId};
use policy::question::Code;
use policy::syntax::Kind;
use store::{ApprovalRow, NewApproval, Write};

use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Who};
use crate::read::Because;
use crate::read::staff::{not_this_role, role};
use crate::refusal::{FieldFault, by_law};
use crate::seat::{APPROVE, Duty, Eyes};
use crate::{House, Platform, Refusal};

/// How long an approval lets somebody look.
pub const HOURS: i64 = 8;

/// How long somebody may be let whom nobody has let yet.
const WAITS: i64 = 24;

/// Most that a page lists.
const LISTED: u32 = 100;

/// Who it is for the ledger, once it is sure that minors' data may be handled at all.
async fn check(house: &House, platform: &Platform, eyes: Eyes<'_>, subject: Option<SubjectId>) -> Result<Who, Refusal> {
    match eyes {
        Eyes::Staff(duty) if role(platform, duty)?.minors.value => Ok(duty.who()),
        Eyes::Staff(duty) => Err(not_this_role(house, platform, duty, subject).await),
        Eyes::System(caller) => caller.may(platform, APPROVE, None).map(|()| caller.who()),
    }
}

/// A look that a seat wants to have.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// At whose data.
    pub subject: SubjectId,
    /// In the course of which function of the seat's role.
    pub function: &'a str,
    /// Code of the reason: one of [`Because`].
    pub because: &'a str,
}

/// An approval, asked for or given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Its number.
    pub id: ApprovalId,
    /// About whom.
    pub subject: SubjectId,
    /// In the course of which function.
    pub function: Slug,
    /// Which seat wants to look.
    pub by: ActorId,
    /// Who asked: the same seat, or a system for it.
    pub asker: ActorId,
    /// Code of the reason: one of [`Because`].
    pub because: String,
    /// When.
    pub at: Timestamp,
    /// Until when it holds; `None` while nobody gave it.
    pub until: Option<Timestamp>,
}

impl From<ApprovalRow> for Approval {
    fn from(row: ApprovalRow) -> Self {
        let NewApproval { id, subject, function, by, asker, because, at } = row.asked;
        Self { id, subject, function, by, asker, because, at, until: row.given.map(|(_, until)| until) }
    }
}

/// Asks that a seat may look at a person's data in the course of a function of its role, for a reason. A seat asks for
/// itself; a system asks for a seat.
///
/// # Errors
/// [`Refusal::Fields`] for a missing reason; [`Refusal::NotFound`] for no such function or subject; [`Refusal::NotAllowed`]
/// for a token that does not say so; [`Refusal::Denied`], with a leaf, for a function that is not the role's, and for a
/// role that may not handle minors' data at all.
pub async fn ask(
    house: &House,
    platform: &Platform,
    (asker, duty): (Eyes<'_>, &Duty),
    Look { subject, function, because }: Look<'_>,
) -> Result<(ApprovalId, u64), Refusal> {
    let missing = || Refusal::Fields(vec![FieldFault::new("because", "missing")]);
    let because = Because::of(because).ok_or_else(missing)?.word();
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let known = platform.tables.program().names.entry(Kind::Function, function);
        let function = known.ok_or(Refusal::NotFound("function"))?.id.clone();
        let who = check(house, platform, asker, Some(subject)).await?;
        let own = role(platform, duty)?;
        if !own.minors.value || !own.functions.iter().any(|one| one.text == function.as_str()) {
            return Err(not_this_role(house, platform, duty, Some(subject)).await);
        }
        house.store.subject(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
        let id = ApprovalId::from_random(house.entropy.draw());
        let mut entry = platform.entry(Act::Plea, who, house.now());
        entry.function = Some(function.clone());
        entry.because = Some(because.to_owned());
        let at = entry.at;
        let (by, asker, because) = (duty.seat(), asker.id(), because.to_owned());
        let asked = NewApproval { id, subject, function, by, asker, because, at };
        let writes = vec![Write::Approval(asked)];
        let draft = Draft { expect: Vec::new(), writes, entry, subjects: vec![subject], record: None, key: None };
        if let Some(done) = house.commit(platform, draft).await? {
            return Ok((id, done.leaf()));
        }
    }
    Err(Refusal::Contended)
}

/// Approves what somebody else asked for. Gives the leaf.
///
/// # Errors
/// [`Refusal::NotFound`] for no such request, or one that is older than a day; [`Refusal::Wrong`] for one that somebody
/// approved; [`Refusal::NotAllowed`] for a token that does not say so; [`Refusal::Denied`], with a leaf, for the seat that
/// wants to look, for whoever asked, and for a role that may not handle minors' data.
pub async fn approve(house: &House, platform: &Platform, eyes: Eyes<'_>, id: ApprovalId) -> Result<u64, Refusal> {
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let now = house.now();
        let row = house.store.approval(&platform.id, id).await?.ok_or(Refusal::NotFound("approval"))?;
        let asked = row.asked;
        let who = check(house, platform, eyes, Some(asked.subject)).await?;
        if row.given.is_some() {
            return Err(Refusal::Wrong("this is approved already".into()));
        }
        if !waits(asked.at, now) {
            return Err(Refusal::NotFound("approval"));
        }
        let mut entry = platform.entry(Act::Approve, who, now);
        entry.function = Some(asked.function.clone());
        entry.because = Some(asked.because.clone());
        if [asked.by, asked.asker].contains(&eyes.id()) {
            // Two pairs of eyes: nobody approves what the same seat or system asked for.
            let reason = by_law(platform, Code::ApprovalMissing, None, "R18", now);
            return Err(house.refuse_for(platform, entry, Some(asked.subject), vec![reason]).await);
        }
        let until = now.checked_add(SignedDuration::from_hours(HOURS));
        let until = until.map_err(|_| Refusal::Broken("the clock is at its end".to_owned()))?;
        let draft = Draft {
            expect: Vec::new(),
            writes: vec![Write::Approve(id, eyes.id(), until)],
            entry,
            subjects: vec![asked.subject],
            record: None,
            key: None,
        };
        if let Some(done) = house.commit(platform, draft).await? {
            return Ok(done.leaf());
        }
    }
    Err(Refusal::Contended)
}

/// What waits for somebody's approval, newest first.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that does not say so; [`Refusal::Denied`], with a leaf, for a role that may not handle
/// minors' data.
pub async fn waiting(house: &House, platform: &Platform, eyes: Eyes<'_>) -> Result<Vec<Approval>, Refusal> {
    check(house, platform, eyes, None).await?;
    let now = house.now();
    let rows = house.store.approvals_waiting(&platform.id, LISTED).await?;
    Ok(rows.into_iter().filter(|row| waits(row.asked.at, now)).map(Approval::from).collect())
}

/// Whether this very seat may look at this very person's data in the course of this very function: a second person said
/// so, and not too long ago.
pub(crate) async fn holds(
    house: &House,
    platform: &Platform,
    seat: ActorId,
    subject: SubjectId,
    function: &str,
) -> Result<bool, Refusal> {
    let now = house.now();
    let own = |row: &ApprovalRow| {
        let asked = &row.asked;
        asked.by == seat
            && asked.function.as_str() == function
            && row.given.is_some_and(|(by, until)| by != seat && now < until)
    };
    Ok(house.store.approvals_of(&platform.id, subject).await?.iter().any(own))
}

fn waits(asked: Timestamp, now: Timestamp) -> bool {
    now.duration_since(asked) < SignedDuration::from_hours(WAITS)
}

/// Whether this seat asked to look at a person's data, and waits for somebody's approval.
pub async fn is_waiting(house: &House, platform: &Platform, duty: &Duty, subject: SubjectId) -> Result<bool, Refusal> {
    duty.on(platform)?;
    let now = house.now();
    let rows = house.store.approvals_of(&platform.id, subject).await?;
    Ok(rows.iter().any(|row| row.asked.by == duty.seat() && row.given.is_none() && waits(row.asked.at, now)))
}
