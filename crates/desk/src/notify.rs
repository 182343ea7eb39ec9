//! Telling people of a new version (告知; rule R9): what publishing queues, what a page told, and the messages that go out.
//!
//! What has to be told, by which ways and before when, is what [`policy::diff`] reads off the text in force. The rows name people
//! by ids; a message opens an address under a permit, on the ground of the duty to tell, with a leaf before it leaves and a
//! leaf once it was taken in. What stands in public, as an announcement does, is told by being published.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use model::{Clear, Fingerprint, Slug, SubjectId};
use policy::compile::Tables;
use policy::question::{Demand, Processing};
use policy::syntax::{Action, Basis, Route};
use store::change::Claim;
use store::notice::{NoticeFailed, NoticeRow, Notices};
use store::{Expect, PartRow, Write};
use vault::{PartName, Sealed, VaultError};

use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Who};
use crate::ports::{Dispatch, Outside, Way};
use crate::{House, Platform, Refusal};

/// Seconds before each further try; after the last one a message is given up.
const AGAIN: [i64; 6] = [60, 600, 3_600, 14_400, 43_200, 86_400];

/// How long a server has what it took over to itself: longer than [`AT_ONCE`] messages that nobody takes in.
const CLAIMED: SignedDuration = SignedDuration::from_mins(5);

/// Messages that are sent before others are taken over.
const AT_ONCE: u32 = 10;

/// Why a message does not go of which nobody here carries any of the ways.
const NO_CARRIER: &str = "no-carrier";

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

/// Sends what was given up once more, from the first try on.
///
/// # Errors
/// [`Refusal::NotFound`] when no such notice was given up.
pub async fn resend(house: &House, platform: &Platform, number: u64) -> Result<(), Refusal> {
    let found = house.store.notice_again(&platform.id, number, house.now()).await?;
    found.then_some(()).ok_or(Refusal::NotFound("notice"))
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

/// Sends what is due, some messages at most; how many were tried.
///
/// # Errors
/// What the store answers; a message that does not go is no error.
pub async fn send(house: &House, platform: &Platform) -> Result<usize, Refusal> {
    let now = house.now();
    let until = now.checked_add(CLAIMED).unwrap_or(now);
    let rows = house.store.notices_due(&platform.id, Claim { server: house.server, now, until }, AT_ONCE).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let versions = house.store.publications(&platform.id).await?;
    for row in &rows {
        let place = usize::try_from(row.publication).ok().and_then(|number| number.checked_sub(1));
        let version = place.and_then(|place| versions.get(place));
        let version = version.ok_or_else(|| Refusal::Broken("a notice tells of no version".to_owned()))?;
        one(house, platform, row, (version.from, version.text)).await?;
    }
    Ok(rows.len())
}

/// From when a version is in force, and the fingerprint of its text.
type Version = (Timestamp, Fingerprint);

async fn one(house: &House, platform: &Platform, row: &NoticeRow, version: Version) -> Result<(), Refusal> {
    let carried = house.parties.messages.carries(&platform.id);
    let mut because = NO_CARRIER;
    let routes = OWN.into_iter().filter(|route| row.routes.iter().any(|word| word == route.word()));
    for route in routes {
        let Some(way) = Way::of(route).filter(|way| carried.contains(way)) else { continue };
        match by(house, platform, row, (route, way), version).await? {
            Ok(()) => return told(house, platform, row, route).await,
            Err(why) => because = why,
        }
    }
    let lasting = matches!(because, NO_CARRIER | "no-address" | "denied" | "refused");
    let due = if lasting { None } else { again(house.now(), row.tries) };
    tracing::warn!(platform = %platform.id, notice = row.number, because, given_up = due.is_none(), "not told");
    Ok(house.store.notice_failed(&platform.id, NoticeFailed { number: row.number, due, because }).await?)
}

/// When to try again after so many tries; `None` after the last.
fn again(now: Timestamp, tries: u32) -> Option<Timestamp> {
    let pause = AGAIN.get(usize::try_from(tries).unwrap_or(usize::MAX))?;
    now.checked_add(SignedDuration::from_secs(*pause)).ok()
}

/// Sends one message by one way; a word says why it did not go.
async fn by(
    house: &House,
    platform: &Platform,
    row: &NoticeRow,
    (route, way): (Route, Way),
    (from, text): Version,
) -> Result<Result<(), &'static str>, Refusal> {
    let Some((part, item)) = address(house, platform, row.subject, way).await? else { return Ok(Err("no-address")) };
    let address = match opened(house, platform, row, route, (part, item)).await {
        Ok(address) => address,
        Err(Refusal::Denied(_)) => return Ok(Err("denied")),
        Err(refusal) => return Err(refusal),
    };
    let policy = &platform.tables.program().policy;
    let dispatch = Dispatch {
        platform: platform.id.clone(),
        way,
        number: row.number,
        address,
        service: policy.policy.service.value.clone(),
        handler: policy.handler.name.value.clone(),
        title: policy.policy.title.value.clone(),
        from,
        text,
    };
    let sent = house.parties.messages.send(dispatch).await;
    Ok(sent.map_err(|why| if why == Outside::Nobody { NO_CARRIER } else { why.word() }))
}

/// Where an address for a way lies among what is held of somebody: the newest.
async fn address(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    way: Way,
) -> Result<Option<(PartRow, Slug)>, Refusal> {
    let items = &platform.tables.program().items;
    let fits = |item: &Slug| items.get(item).is_some_and(|facts| facts.validator == Some(way.address()));
    let mut newest: Option<(Timestamp, PartRow, Slug)> = None;
    for record in house.store.records_of(&platform.id, subject).await? {
        for (_, role) in record.roles.iter().filter(|(whose, _)| *whose == subject) {
            let Some(part) = house.store.part(&platform.id, record.id, Some(subject), role).await? else { continue };
            let found = part.values.iter().filter(|value| fits(&value.item)).max_by_key(|value| value.at);
            let Some((at, item)) = found.map(|value| (value.at, value.item.clone())) else { continue };
            if part.wrapped.is_some() && newest.as_ref().is_none_or(|(before, ..)| *before < at) {
                newest = Some((at, part, item));
            }
        }
    }
    Ok(newest.map(|(_, part, item)| (part, item)))
}

/// Opens one address for one message, once the act is on the ledger.
async fn opened(
    house: &House,
    platform: &Platform,
    row: &NoticeRow,
    route: Route,
    (part, item): (PartRow, Slug),
) -> Result<Clear<String>, Refusal> {
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let now = house.now();
        let (snapshot, born) = house.known(platform, row.subject).await?;
        // It is used in the course of what it was given for, and for nothing that this does not cover.
        let given = part.values.iter().filter(|value| value.item == item).max_by_key(|value| value.version);
        let function = given.and_then(|value| value.function.clone());
        let asked = Processing {
            function: function.as_ref().map(Slug::to_string),
            exception: duty(platform),
            ..Processing::new(platform.id.clone(), Action::Use, part.role.as_str(), vec![item.to_string()])
        };
        let (answer, permit) = platform.tables.permit(&snapshot, born, &asked, part.record, now);
        let mut entry = platform.entry(Act::Notify, Who::House, now);
        entry.person = Some(part.role.clone());
        entry.items = vec![item.clone()];
        entry.function = function;
        entry.because = Some(format!("{}:{}", row.publication, route.word()));
        entry.exception.clone_from(&answer.exception);
        entry.basis = answer.basis;
        let Some(permit) = permit else {
            return Err(house.refuse(platform, entry, Some(row.subject), answer).await);
        };
        let name = PartName { record: part.record, subject: part.subject, role: part.role.clone() };
        let seal = |value: &store::SealedValue| Sealed {
            item: value.item.clone(),
            version: value.version,
            bytes: value.sealed.clone(),
        };
        let sealed: Vec<Sealed> = part.values.iter().map(seal).collect();
        let value = match platform.keys.open(permit, &name, part.wrapped.as_deref(), &sealed) {
            Ok(values) => values.into_iter().find(|value| value.item == item && value.mask.is_none()),
            Err(VaultError::Erased) => return Err(Refusal::NotFound("value")),
            Err(other) => return Err(other.into()),
        };
        let Some(value) = value else { return Err(house.refuse(platform, entry, Some(row.subject), answer).await) };
        let draft = Draft {
            expect: vec![Expect::Subject(row.subject, snapshot.version())],
            writes: Vec::new(),
            entry,
            subjects: vec![row.subject],
            record: Some(part.record),
            key: None,
        };
        if house.commit(platform, draft).await?.is_some() {
            return Ok(value.value);
        }
    }
    Err(Refusal::Contended)
}

/// The exception under which the text lets the house do what the law makes its duty.
fn duty(platform: &Platform) -> Option<String> {
    let exceptions = platform.tables.program().policy.exceptions.iter();
    let mut fits = exceptions.filter(|one| {
        let acts = one.acts.iter().any(|act| act.value == Action::Use);
        acts && one.article.said().is_some_and(|article| *article == Basis::Statutory)
    });
    fits.next().map(|one| one.id.value.to_string())
}

/// Puts on the ledger that a message was taken in.
async fn told(house: &House, platform: &Platform, row: &NoticeRow, route: Route) -> Result<(), Refusal> {
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let now = house.now();
        let mut entry = platform.entry(Act::Told, Who::House, now);
        entry.because = Some(format!("{}:{}", row.publication, route.word()));
        let writes = vec![Write::Told(row.number, route.word().to_owned(), now)];
        let draft = Draft { expect: Vec::new(), writes, entry, subjects: vec![row.subject], record: None, key: None };
        match house.commit(platform, draft).await {
            Ok(Some(_)) | Err(Refusal::NotFound(_)) => return Ok(()),
            Ok(None) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Err(Refusal::Contended)
}
