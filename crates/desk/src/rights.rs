//! Rights of the subject (主体权利请求): a request, its due date by promise and by law, its steps, the queue.
//!
//! What a right does is done by the desk that does it: a copy by [`crate::read`], a correction by `collect`, an erasure by
//! `retain`. Here stands that somebody asked, by when it is answered, and how it ended. What a person can do at once on
//! the own page needs no request: the act itself answers.

mod ground;
mod recount;
mod relative;
mod ticket;

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::{Born, Snapshot, SubjectState};
use model::calendar::{Certainty, day_in_shanghai};
use model::{RecordId, RequestId, Slug, SubjectId};
use policy::question::{DueAsked, DueDate, Facts, RightAnswer, RightAsked, Subject};
use policy::syntax::RightKind;
use store::{Expect, RequestOpened, RequestRow, RequestStep, Write};

use crate::act::{Draft, Once, TRIES};
use crate::leaf::{Act, Who};
use crate::seat::{Caller, Duty, RIGHTS};
use crate::{House, Platform, Refusal, identity};

pub use ground::{Ground, grounds};
pub use recount::recount;
pub use relative::{OF_RELATIVES, PROOFS, by_relative};
pub use ticket::{
    Asking, Concern, Counter, OF_SERVICE, OTHER, PERSONAL_INFORMATION, Said, Talk, answer, counter, matters, raise,
    raise_once, talk, topics,
};

/// Who brings a request in, or moves it on.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// The subject, on the page.
    Subject,
    /// Staff, for what came by telephone or letter.
    Staff(&'a Duty),
    /// A system of the company's, for what the customer asked there.
    Service(&'a Caller),
}

impl By<'_> {
    fn who(self, platform: &Platform) -> Result<Who, Refusal> {
        match self {
            Self::Subject => Ok(Who::Subject),
            Self::Staff(duty) => Ok(duty.on(platform)?.who()),
            Self::Service(caller) => {
                caller.may(platform, RIGHTS, None)?;
                Ok(caller.who())
            }
        }
    }
}

/// A request that was opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Id.
    pub id: RequestId,
    /// Leaf.
    pub leaf: u64,
    /// Answered by: the earlier of promise and law.
    pub due: DueDate,
    /// What policy and law say of it: granted, refused with ground and remedy, blocked by what; both due dates.
    pub answer: RightAnswer,
}

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Received.
    Open,
    /// Who asks is known.
    Verified,
    /// Something is in the way that will pass.
    Blocked,
    /// Done.
    Done,
    /// Refused, with a ground.
    Refused,
    /// Taken back by who asked.
    TakenBack,
}

impl State {
    const ALL: [Self; 6] = [Self::Open, Self::Verified, Self::Blocked, Self::Done, Self::Refused, Self::TakenBack];

    /// The word stored and printed.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Verified => "verified",
            Self::Blocked => "blocked",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::TakenBack => "taken-back",
        }
    }

    /// Nothing comes after it.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Refused | Self::TakenBack)
    }

    /// Whether a request may go from here to `next`.
    const fn leads_to(self, next: Self) -> bool {
        !self.is_final() && !matches!(next, Self::Open)
    }

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A request.
#[derive(Debug, Clone)]
pub struct RequestView {
    /// Id.
    pub id: RequestId,
    /// Whose.
    pub subject: SubjectId,
    /// Right.
    pub right: RightKind,
    /// By whom: `self`, or the word of who asks for the subject.
    pub by: String,
    /// How far it is.
    pub state: State,
    /// Code of the reason of the last step.
    pub reason: Option<String>,
    /// Received on.
    pub since: Date,
    /// Due on: the last day that is in time.
    pub due: Date,
    /// Version of the calendar that it was counted on.
    pub calendar: String,
    /// Whether a notice yet to be published can change it.
    pub provisional: bool,
    /// Whether it is open and late.
    pub overdue: bool,
    /// What it is about, where it came in at customer service: one of [`topics`].
    pub topic: Option<String>,
    /// The record that it is about.
    pub about: Option<RecordId>,
    /// The record that holds what the customer wrote.
    pub words: Option<RecordId>,
    /// Last step at.
    pub at: Timestamp,
}

/// The word for a right that its own subject exercises.
const ONESELF: &str = "self";

/// Opens a request that came in on `since`. A request is always taken, also where the answer will be no: the answer is
/// owed either way, by the due date.
///
/// # Errors
/// [`Refusal::Wrong`] for a day to come; [`Refusal::NotFound`] when there is no such subject.
pub async fn open(
    house: &House,
    platform: &Platform,
    by: By<'_>,
    subject: SubjectId,
    right: RightKind,
    since: Date,
) -> Result<Opened, Refusal> {
    open_once(house, platform, by, subject, right, since, None).await
}

/// As [`open`], under the caller's idempotency key. A repeated answer says what policy and law say now.
///
/// # Errors
/// Those of [`open`], and [`Refusal::KeyReused`].
pub async fn open_once(
    house: &House,
    platform: &Platform,
    by: By<'_>,
    subject: SubjectId,
    right: RightKind,
    since: Date,
    once: Option<Once>,
) -> Result<Opened, Refusal> {
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let now = house.now();
        if since > day_in_shanghai(now) {
            return Err(Refusal::Wrong("a request cannot have come in on a day to come".to_owned()));
        }
        let (snapshot, born) = house.known(platform, subject).await?;
        let state = identity::state_in_reach(house, platform, &snapshot).await?;
        let answer = asked(platform, right, ONESELF, since, &state, born, now);
        let due = due(platform, right, since, &answer, now)?;
        let id = RequestId::from_random(house.entropy.draw());
        let request = row((&snapshot, id), right, ONESELF, since, &due, now);
        let mut draft = opening(platform, by.who(platform)?, &snapshot, request, now);
        draft.key = once.map(|once| once.key(&id));
        match house.commit(platform, draft).await {
            Ok(Some(done)) => return Ok(Opened { id, leaf: done.leaf(), due, answer }),
            Ok(None) => {}
            Err(Refusal::Done { leaf, answer: kept }) => {
                let id = serde_json::from_slice(&kept);
                let id = id.map_err(|_| Refusal::Broken("a kept answer does not read".to_owned()))?;
                return Ok(Opened { id, leaf, due, answer });
            }
            Err(refusal) => return Err(refusal),
        }
    }
    Err(Refusal::Contended)
}

/// What policy and law say of a right, without opening a request.
pub async fn ask(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    right: RightKind,
) -> Result<RightAnswer, Refusal> {
    let (snapshot, born) = house.known(platform, subject).await?;
    let now = house.now();
    let state = identity::state_in_reach(house, platform, &snapshot).await?;
    Ok(asked(platform, right, ONESELF, day_in_shanghai(now), &state, born, now))
}

fn asked(
    platform: &Platform,
    right: RightKind,
    by: &str,
    since: Date,
    state: &SubjectState,
    born: Option<Born>,
    now: Timestamp,
) -> RightAnswer {
    let question = RightAsked {
        platform: platform.id.clone(),
        at: None,
        right,
        by: by.to_owned(),
        since,
        items: Vec::new(),
        refusal: None,
        subject: Subject::default(),
        facts: Facts::default(),
    };
    platform.tables.right(&question, state, born, now)
}

/// The earlier of promise and law. The law has a clock for every right; where the answer has no date, the clock of the
/// right by its word has.
fn due(
    platform: &Platform,
    right: RightKind,
    since: Date,
    answer: &RightAnswer,
    now: Timestamp,
) -> Result<DueDate, Refusal> {
    let by_clock = || {
        let clock = DueAsked { platform: platform.id.clone(), clock: right.word().to_owned(), since };
        platform.tables.due(&clock, now).due
    };
    let found = answer.due.clone().or_else(by_clock);
    found.ok_or_else(|| Refusal::Broken(format!("neither policy nor law gives a date for `{right}`")))
}

/// The request as the store keeps it.
fn row(
    (snapshot, id): (&Snapshot, RequestId),
    right: RightKind,
    by: &str,
    since: Date,
    due: &DueDate,
    now: Timestamp,
) -> RequestOpened {
    RequestOpened {
        id,
        subject: snapshot.subject(),
        right: right.word().to_owned(),
        by: by.to_owned(),
        since,
        due: due.day,
        calendar: due.calendar.clone(),
        provisional: due.certainty == Certainty::Provisional,
        topic: None,
        about: None,
        words: None,
        at: now,
    }
}

fn opening(platform: &Platform, who: Who, snapshot: &Snapshot, request: RequestOpened, now: Timestamp) -> Draft {
    let subject = snapshot.subject();
    let mut entry = platform.entry(Act::Request, who, now);
    entry.because = Some(request.right.clone());
    Draft {
        expect: vec![Expect::Subject(subject, snapshot.version())],
        writes: vec![Write::Request(request)],
        entry,
        subjects: vec![subject],
        record: None,
        key: None,
    }
}

/// Moves a request on. `reason` is a code; a refusal must rest on a ground that policy or law gives.
///
/// # Errors
/// [`Refusal::NotFound`] for a request that does not exist, or is not the subject's who acts; [`Refusal::Wrong`] for a
/// step that cannot follow, and for a refusal without a ground; [`Refusal::NotAllowed`] where a subject would do staff's
/// step.
pub async fn step(
    house: &House,
    platform: &Platform,
    by: (By<'_>, SubjectId),
    id: RequestId,
    to: State,
    reason: Option<&Slug>,
) -> Result<u64, Refusal> {
    let (by, subject) = by;
    if matches!(by, By::Subject) && to != State::TakenBack {
        return Err(Refusal::NotAllowed("only staff move a request on"));
    }
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let who = by.who(platform)?;
        let (snapshot, born) = house.known(platform, subject).await?;
        let row = house.store.request(&platform.id, id).await?.filter(|row| row.subject == subject);
        let row = row.ok_or(Refusal::NotFound("request"))?;
        let now = house.now();
        check_step(platform, &row, to, reason, (&snapshot, born), now)?;
        let mut entry = platform.entry(Act::Step, who, now);
        entry.because = Some(format!("{}:{}", row.right, to.word()));
        let step = RequestStep { id, state: to.word().to_owned(), reason: reason.map(Slug::to_string), at: now };
        let draft = Draft {
            expect: vec![Expect::Subject(subject, snapshot.version())],
            writes: vec![Write::Step(step)],
            entry,
            subjects: vec![subject],
            record: None,
            key: None,
        };
        if let Some(done) = house.commit(platform, draft).await? {
            return Ok(done.leaf());
        }
    }
    Err(Refusal::Contended)
}

fn check_step(
    platform: &Platform,
    row: &RequestRow,
    to: State,
    reason: Option<&Slug>,
    (snapshot, born): (&Snapshot, Option<Born>),
    now: Timestamp,
) -> Result<(), Refusal> {
    let from = State::of(&row.state).ok_or(Refusal::Broken("a request is in no known state".to_owned()))?;
    if !from.leads_to(to) {
        return Err(Refusal::Wrong(format!("a request that is {} cannot become {}", from.word(), to.word())));
    }
    match to {
        State::Refused => {
            let ground = reason.ok_or_else(|| Refusal::Wrong("a refusal names its ground".to_owned()))?;
            ground::check(platform, row, ground, (snapshot, born), now)
        }
        State::Verified if row.by != ONESELF => relative::check_proof(reason),
        State::Done if row.by != ONESELF && from == State::Open => {
            let message = "who asks for somebody else is verified first: the step `verified` names the proof";
            Err(Refusal::Wrong(message.to_owned()))
        }
        _ => Ok(()),
    }
}

/// Every request of a subject, newest first.
pub async fn list(house: &House, platform: &Platform, subject: SubjectId) -> Result<Vec<RequestView>, Refusal> {
    let rows = house.store.requests_of(&platform.id, subject).await?;
    rows.into_iter().map(|row| view(row, house.now())).collect()
}

/// Open requests, the most urgent first, for staff.
pub async fn queue(house: &House, platform: &Platform, duty: &Duty, limit: u32) -> Result<Vec<RequestView>, Refusal> {
    duty.on(platform)?;
    let rows = house.store.requests_due(&platform.id, limit).await?;
    rows.into_iter().map(|row| view(row, house.now())).collect()
}

/// One request, for staff.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn of_queue(house: &House, platform: &Platform, duty: &Duty, id: RequestId) -> Result<RequestView, Refusal> {
    duty.on(platform)?;
    let row = house.store.request(&platform.id, id).await?.ok_or(Refusal::NotFound("request"))?;
    view(row, house.now())
}

fn right(row: &RequestRow) -> Result<RightKind, Refusal> {
    let known = RightKind::ALL.iter().copied().find(|kind| kind.word() == row.right);
    known.ok_or(Refusal::Broken("a request names no known right".to_owned()))
}

fn view(row: RequestRow, now: Timestamp) -> Result<RequestView, Refusal> {
    let right = right(&row)?;
    let state = State::of(&row.state).ok_or(Refusal::Broken("a request is in no known state".to_owned()))?;
    Ok(RequestView {
        id: row.id,
        subject: row.subject,
        right,
        by: row.by,
        state,
        reason: row.reason,
        since: row.since,
        due: row.due,
        calendar: row.calendar,
        provisional: row.provisional,
        overdue: !state.is_final() && day_in_shanghai(now) > row.due,
        topic: row.topic,
        about: row.about,
        words: row.words,
        at: row.at,
    })
}
