//! Telling people of a new version (告知; rule R9): what publishing queues, what a page told, and the messages that go out.
//!
//! What has to be told, by which ways and before when, is what [`policy::diff`] reads off the text in force. The rows name people
//! by ids; a message opens an address under a permit, on the ground of the duty to tell, with a leaf before it leaves and a
//! leaf once it was taken in. What stands in public, as an announcement does, is told by being published.

mod send;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use model::calendar::{Calendar, day_in_shanghai, midnight_in_shanghai};
use model::deadline::{Span, Unit, due, floor_end_after};
use model::{Slug, SubjectId};
use policy::compile::Tables;
use policy::question::Demand;
use policy::syntax::{Route, Stated};
use store::Write;
use store::notice::{NoticeRow, Notices};

pub use send::send;

use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Who};
use crate::seat::Seat;
use crate::{House, Platform, Refusal};

/// Most notices that are listed as given up.
const LISTED: u32 = 200;

/// Ways that reach one person at a time.
const OWN: [Route; 5] = [Route::PopUp, Route::Push, Route::Sms, Route::Email, Route::Letter];

/// A notice as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its number on the platform.
    pub number: u64,
    /// Of which version it tells: its number, from 1.
    pub version: u64,
    /// Ways of which any one will do.
    pub routes: Vec<String>,
    /// Before this it has to be told.
    pub latest: Option<Timestamp>,
    /// How often a message was tried.
    pub tries: u32,
    /// Why the last try failed, as a word.
    pub because: Option<String>,
    /// Told when, by which way, with which leaf.
    pub told: Option<(Timestamp, String, u64)>,
}

/// How the notices about one version stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Which version: its number, from 1.
    pub version: u64,
    /// Told.
    pub told: u64,
    /// Not told, nor given up: a message goes out, or the person has not come by.
    pub waiting: u64,
    /// Given up as messages, and told in no other way since.
    pub given_up: u64,
    /// Of those that are not told, how many should have been by now.
    pub late: u64,
}

impl From<NoticeRow> for Notice {
    fn from(row: NoticeRow) -> Self {
        let NoticeRow { number, publication, routes, latest, tries, because, told, .. } = row;
        Self { number, version: publication, routes, latest, tries, because, told }
    }
}

impl Notice {
    /// Whether a page can tell it, and none has yet.
    pub fn is_for_page(&self) -> bool {
        self.told.is_none() && self.routes.iter().any(|route| route == Route::PopUp.word())
    }
}

/// What a version that takes effect at an instant makes us tell everybody of, each by any one of some ways.
pub(crate) fn queued(old: &Tables, new: &Tables, since: Timestamp, now: Timestamp) -> Vec<Notices> {
    let (asks, _) = policy::diff::asked(old, new, since);
    let mut due: BTreeMap<Vec<Route>, bool> = BTreeMap::new();
    for ask in asks.iter().filter(|ask| ask.demand > Demand::Nothing) {
        let public = ask.routes.contains(&Route::Announcement);
        let own: Vec<Route> = ask.routes.iter().copied().filter(|route| OWN.contains(route)).collect();
        // Where the text promises no way that reaches anybody, the law asks for a notice all the same (PIPL 17).
        let ways = match own.as_slice() {
            _ if public && (ask.any_one_of || own.is_empty()) => Vec::new(),
            [] => vec![vec![Route::PopUp]],
            _ if ask.any_one_of => vec![own],
            several => several.iter().map(|route| vec![*route]).collect(),
        };
        for routes in ways {
            *due.entry(routes).or_default() |= ask.before_effect;
        }
    }
    let row = |(routes, before): (Vec<Route>, bool)| Notices {
        due: routes.iter().any(|route| *route != Route::PopUp).then_some(now),
        routes: routes.iter().map(|route| route.word().to_owned()).collect(),
        latest: before.then_some(since),
        at: now,
    };
    due.into_iter().map(row).collect()
}

/// What is missing of the notice that text or law ask for before a version takes effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// How many days.
    pub days: u32,
    /// The first day on which it could have taken effect, told on the day on which it was published.
    pub earliest: Date,
    /// The names of the roles in which people are to be told.
    pub whom: Vec<String>,
    /// How many notices to single people wait.
    pub waiting: u64,
}

/// What is missing of the notice about a version that was published just now; `None` where nothing has to be told before it takes
/// effect, and where there is time for it. The text that was in force says how long before (`lead`), else the day before will do.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn missing(house: &House, published: &Platform) -> Result<Option<Missing>, Refusal> {
    let just_before = published.since.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(published.since);
    let Some(old) = house.served_at(&published.id, just_before) else { return Ok(None) };
    let (_, telling) = policy::diff::asked(&old.tables, &published.tables, published.since);
    let Some(telling) = telling.filter(|telling| telling.before_effect) else { return Ok(None) };
    let today = day_in_shanghai(house.now());
    let lead = old.tables.program().policy.update.lead.as_ref().and_then(Stated::said);
    let earliest = lead.and_then(|lead| told_from(today, lead.span())).or_else(|| today.tomorrow().ok());
    let takes_effect = day_in_shanghai(published.since);
    let Some(earliest) = earliest.filter(|earliest| takes_effect < *earliest) else { return Ok(None) };
    let counts = counts(house, published).await?.into_iter().find(|counts| counts.version == published.version);
    Ok(Some(Missing {
        days: takes_effect.until(earliest).map_or(0, |span| span.get_days()).try_into().unwrap_or(0),
        earliest,
        whom: telling.whom.into_iter().map(|one| one.name).collect(),
        waiting: counts.map_or(0, |counts| counts.waiting),
    }))
}

/// The first day on which what is told on a day may take effect, where it is told so long before: the day itself is not counted.
fn told_from(day: Date, lead: Span) -> Option<Date> {
    let over = match lead.unit {
        Unit::WorkingDays | Unit::Hours => due(midnight_in_shanghai(day).ok()?, lead, Calendar::bundled()).ok()?.day(),
        Unit::Days | Unit::Months | Unit::Years => floor_end_after(day, lead).ok()?,
    };
    over.tomorrow().ok()
}

/// Every notice to somebody, oldest first: what was told when, by which way.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn list(house: &House, platform: &Platform, subject: SubjectId) -> Result<Vec<Notice>, Refusal> {
    let rows = house.store.notices_of(&platform.id, subject).await?;
    Ok(rows.into_iter().map(Notice::from).collect())
}

/// How the notices about each version stand, in the order of publication.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn counts(house: &House, platform: &Platform) -> Result<Vec<Counts>, Refusal> {
    let rows = house.store.notice_counts(&platform.id, house.now()).await?;
    let counts = |row: store::notice::NoticeCounts| Counts {
        version: row.publication,
        told: row.told,
        waiting: row.waiting,
        given_up: row.given_up,
        late: row.late,
    };
    Ok(rows.into_iter().map(counts).collect())
}

/// Messages that were given up, and of which nobody was told in another way since.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn given_up(house: &House, platform: &Platform) -> Result<Vec<Notice>, Refusal> {
    let rows = house.store.notices_given_up(&platform.id, LISTED).await?;
    Ok(rows.into_iter().map(Notice::from).collect())
}

/// Sends what was given up once more, from the first try on: one notice, or all, as when somebody carries now what nobody
/// carried; how many. It is no act: what goes out is one, and is decided anew.
///
/// # Errors
/// [`Refusal::NotFound`] when no such notice was given up.
pub async fn resend(house: &House, platform: &Platform, number: Option<u64>) -> Result<u64, Refusal> {
    let again = house.store.notices_again(&platform.id, number, house.now()).await?;
    if number.is_some() && again == 0 { Err(Refusal::NotFound("notice")) } else { Ok(again) }
}

/// The same for staff.
///
/// # Errors
/// [`Refusal::NotAllowed`] for who may not ([`is_for`]), and those of [`resend`].
pub async fn resend_for(house: &House, platform: &Platform, seat: &Seat, number: Option<u64>) -> Result<u64, Refusal> {
    if !is_for(platform, seat) {
        return Err(Refusal::NotAllowed("notices are sent again by operators and by who answers to authorities"));
    }
    resend(house, platform, number).await
}

/// Whether somebody has given up notices sent again: who runs the installation, and a role that answers to authorities.
pub fn is_for(platform: &Platform, seat: &Seat) -> bool {
    let roles = &platform.tables.program().operation.roles;
    let own = |role: &&Slug| roles.iter().any(|one| one.id.value == **role && one.files());
    seat.operator || seat.roles.iter().filter(|(on, _)| *on == platform.id).map(|(_, role)| role).any(|role| own(&role))
}

/// A page told somebody of a version, who said so: every notice of it that a page can tell is told. The leaf; `None` where
/// nothing was left to tell.
///
/// # Errors
/// What the store answers.
pub async fn acknowledge(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    version: u64,
) -> Result<Option<u64>, Refusal> {
    let route = Route::PopUp.word();
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let now = house.now();
        let open = list(house, platform, subject).await?.into_iter();
        let open: Vec<Notice> = open.filter(|notice| notice.version == version && notice.is_for_page()).collect();
        if open.is_empty() {
            return Ok(None);
        }
        let mut entry = platform.entry(Act::Told, Who::Subject, now);
        entry.because = Some(format!("{version}:{route}"));
        let writes = open.iter().map(|notice| Write::Told(notice.number, route.to_owned(), now)).collect();
        let draft = Draft { expect: Vec::new(), writes, entry, subjects: vec![subject], record: None, key: None };
        match house.commit(platform, draft).await {
            Ok(Some(act)) => return Ok(Some(act.leaf())),
            // Another way was faster: what is left is looked at anew.
            Ok(None) | Err(Refusal::NotFound("notice")) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Err(Refusal::Contended)
}
