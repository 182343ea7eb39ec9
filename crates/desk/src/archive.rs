//! Versions that are over (rule R62): what each says of itself, and the tables by which advice about its time is given and what
//! was consented to then is told. Either is read from the store when somebody asks for the first time, and kept until a later
//! version is published.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use jiff::civil::Date;
use model::{Fingerprint, Slug};
use policy::compile::Tables;
use policy::diff::Kind;
use policy::finding::Source;
use policy::resolve::Program;
use policy::syntax::Stated;
use store::PublicationRow;

use crate::consent::ConsentView;
use crate::timeline::chain;
use crate::{House, Platform, Refusal};

/// What was read of each platform's versions, with how many there were.
type Kept<T> = Mutex<BTreeMap<Slug, (u64, Arc<[T]>)>>;

/// What was read so far.
#[derive(Default)]
pub(crate) struct Archive {
    said: Kept<Said>,
    editions: Kept<Edition>,
}

/// What a published version says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Which of the platform's versions: from 1.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// The day of its update, where its text bears one.
    pub updated: Option<Date>,
    /// The day from which its text says that it holds, where it bears one.
    pub effective: Option<Date>,
    /// What kinds of things it says otherwise than the version that it came after, the gravest first; none of the first, nor of
    /// one that never was in force.
    pub changed: Vec<Kind>,
}

/// A version that was in force, or will be.
struct Edition {
    number: u64,
    since: Timestamp,
    policy: Fingerprint,
    text: Fingerprint,
    /// None where this release makes no tables of it any more.
    tables: Option<Arc<Tables>>,
}

impl Edition {
    /// The platform as this version has it; `None` where there are no tables.
    fn of(&self, current: &Platform) -> Option<Arc<Platform>> {
        let tables = Arc::clone(self.tables.as_ref()?);
        let (text, since, version) = (self.text, self.since, self.number);
        Some(Arc::new(Platform { tables, text, since, version, ..Platform::clone(current) }))
    }
}

/// What was kept of so many versions, if it was.
fn kept<T>(of: &Kept<T>, id: &Slug, known: u64) -> Option<Arc<[T]>> {
    let kept = of.lock().ok()?;
    kept.get(id).filter(|(versions, _)| *versions == known).map(|(_, kept)| Arc::clone(kept))
}

fn keep<T>(of: &Kept<T>, id: &Slug, known: u64, what: &Arc<[T]>) {
    if let Ok(mut kept) = of.lock() {
        kept.insert(id.clone(), (known, Arc::clone(what)));
    }
}

fn count(rows: &[PublicationRow]) -> u64 {
    rows.iter().map(|row| row.head.number).max().unwrap_or(0)
}

/// What each published version of a platform says of itself, in the order of publication.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn said(house: &House, id: &Slug) -> Result<Arc<[Said]>, Refusal> {
    let archive = &house.archive;
    if let Some(said) = kept(&archive.said, id, house.store.published(id).await?) {
        return Ok(said);
    }
    let rows = house.store.publications(id).await?;
    let mut last: Option<Arc<Program>> = None;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some(program) = read(row) else { continue };
        let header = &program.policy.policy;
        let day = |stated: &Stated<Date>| stated.said().copied();
        let before = last.as_ref().filter(|_| !row.head.replaced);
        all.push(Said {
            number: row.head.number,
            title: header.title.value.clone(),
            updated: day(&header.updated),
            effective: day(&header.effective),
            changed: before.map(|before| policy::diff::changed(before, &program)).unwrap_or_default(),
        });
        if !row.head.replaced {
            last = Some(program);
        }
    }
    let all: Arc<[Said]> = all.into();
    keep(&archive.said, id, count(&rows), &all);
    Ok(all)
}

/// The program of a version; `None` where this release does not read it any more.
fn read(row: &PublicationRow) -> Option<Arc<Program>> {
    let policy = Source::new(format!("{}.toml", row.head.stem), row.texts.source.as_str());
    let operation = Source::new("operation.toml", row.texts.operation.as_str());
    policy::read(&policy::Sources { policy: &policy, operation: Some(&operation) }).program
}

/// A platform as the version has it that is in force at an instant: one that is over, the one in force, or one that was announced.
/// Before the first version the first answers: nothing else is known here.
///
/// # Errors
/// As of [`House::platform`]; [`Refusal::Wrong`] where this release makes no tables of that version any more.
pub(crate) async fn platform_at(
    house: &House,
    current: &Arc<Platform>,
    instant: Timestamp,
) -> Result<Arc<Platform>, Refusal> {
    if let Some(served) = house.served_at(&current.id, instant) {
        return Ok(served);
    }
    if current.version == 1 {
        return Ok(Arc::clone(current));
    }
    let editions = editions(house, &current.id).await?;
    let found = editions.iter().rev().find(|edition| edition.since <= instant);
    let Some(edition) = found.or_else(|| editions.iter().min_by_key(|edition| edition.since)) else {
        return Ok(Arc::clone(current));
    };
    let no_more = "the version in force at that instant is none for this release any more: ask without `at`";
    edition.of(current).ok_or_else(|| Refusal::Wrong(no_more.to_owned()))
}

/// The versions that consents were given to: a consent says what its own version says, not what the one in force does.
pub struct Given {
    current: Arc<Platform>,
    /// Empty where nothing was given to an earlier version.
    editions: Arc<[Edition]>,
}

/// The versions of a platform that these consents were given to.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn given(house: &House, current: &Arc<Platform>, consents: &[ConsentView]) -> Result<Given, Refusal> {
    let policy = current.tables.policy().to_string();
    let editions: Arc<[Edition]> = if consents.iter().all(|consent| consent.policy == policy) {
        Arc::from([])
    } else {
        editions(house, &current.id).await?
    };
    Ok(Given { current: Arc::clone(current), editions })
}

impl Given {
    /// The version in force.
    pub fn current(&self) -> &Platform {
        &self.current
    }

    /// The version that a consent was given to. `None` where it is not known here, as of a consent that was imported, or this
    /// release makes no tables of it any more.
    pub fn version(&self, consent: &ConsentView) -> Option<Arc<Platform>> {
        if self.current.tables.policy().to_string() == consent.policy {
            return Some(Arc::clone(&self.current));
        }
        // One text may have been published several times, with other operation files: the names of parties are in these.
        let own = || self.editions.iter().rev().filter(|edition| edition.policy.to_string() == consent.policy);
        own().find(|edition| edition.since <= consent.at).or_else(|| own().next())?.of(&self.current)
    }
}

async fn editions(house: &House, id: &Slug) -> Result<Arc<[Edition]>, Refusal> {
    let archive = &house.archive;
    if let Some(editions) = kept(&archive.editions, id, house.store.published(id).await?) {
        return Ok(editions);
    }
    let rows = house.store.publications(id).await?;
    let of = |(number, tables)| {
        let head = rows.iter().map(|row| &row.head).find(|head| head.number == number)?;
        Some(Edition { number, since: head.from, policy: head.policy, text: head.text, tables })
    };
    let editions: Arc<[Edition]> = chain(&rows, Timestamp::MAX).into_iter().filter_map(of).collect();
    keep(&archive.editions, id, count(&rows), &editions);
    Ok(editions)
}
