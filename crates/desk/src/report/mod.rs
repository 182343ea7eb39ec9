//! Reports (报告): what a company shows an auditor or an authority, made of the rows themselves, each by an act of its own.
//!
//! A report counts; it names no customer and opens nothing. Its leaf holds the fingerprint of its JSON, so that whoever is
//! shown one can tell that it is the one that was made then. Each kind is a pure part that takes rows one by one, and a
//! service that reads them in pages.

mod access;
mod cryptography;
mod erasures;
mod retention;
mod scan;
mod table;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use model::calendar::midnight_in_shanghai;
use model::{Fingerprint, Slug};
use serde::Serialize;
use store::LeafRow;

pub use access::{Access, Actor, Grant, RoleUse};
pub use cryptography::{Cryptography, KeyInUse, Purpose};
pub use erasures::{Erasures, Outstanding, Recipient, WebhookTold};
pub use retention::{ClassKept, Evidence, FloorKept, Retention};
pub use scan::{Scan, Seen, patterns};
pub use table::{Cell, Table};

use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Who};
use crate::seat::{Duty, sha256};
use crate::{House, Platform, Refusal};

/// Rows in one read.
const PAGE: u32 = 1_000;

/// How far back a report about a time looks, unless told otherwise.
const BACK: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Kinds of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// What is kept, how long and by which floor (rules R27, R46, R47).
    Retention,
    /// Who reached what, and which roles nobody used (rule R58).
    Access,
    /// Who was told of erasures (rule R49).
    Erasures,
    /// What seals, signs and hashes, under which keys (rule R68).
    Cryptography,
    /// Whether anything lies in the clear that must not (rule R57, design invariant 10).
    Scan,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Retention, Self::Access, Self::Erasures, Self::Cryptography, Self::Scan];

    /// The word of commands, addresses and leaves.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Retention => "retention",
            Self::Access => "access",
            Self::Erasures => "erasures",
            Self::Cryptography => "cryptography",
            Self::Scan => "scan",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What one report says. Its JSON begins with the kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the kinds are those of `Kind`")]
pub enum Content {
    Retention(Retention),
    Access(Access),
    Erasures(Erasures),
    Cryptography(Cryptography),
    Scan(Scan),
}

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What, as a code.
    pub code: &'static str,
    /// How often.
    pub count: u64,
}

/// A report as it was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Platform.
    pub platform: Slug,
    /// When it was made.
    pub at: Timestamp,
    /// Policy in force.
    pub policy: Fingerprint,
    /// What is not as it must be; empty when all is well.
    pub faults: Vec<Fault>,
    /// What it says.
    pub report: Content,
}

/// A report with the leaf of making it.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// Of which kind.
    pub kind: Kind,
    /// The report.
    pub report: Report,
    /// Its JSON, as it was fingerprinted.
    pub json: String,
    /// SHA-256 of the JSON, as the leaf has it.
    pub fingerprint: Fingerprint,
    /// Leaf.
    pub leaf: u64,
}

impl Report {
    /// The same as tables.
    pub fn tables(&self) -> Vec<Table> {
        match &self.report {
            Content::Retention(report) => report.tables(),
            Content::Access(report) => report.tables(),
            Content::Erasures(report) => report.tables(),
            Content::Cryptography(report) => report.tables(),
            Content::Scan(report) => report.tables(),
        }
    }
}

/// Whether a role has reports made: one that reaches no function, because it reads proofs and not people, and one that
/// answers to authorities.
pub fn is_for(platform: &Platform, duty: &Duty) -> bool {
    let roles = &platform.tables.program().operation.roles;
    let role = roles.iter().find(|role| role.id.value == *duty.role());
    role.is_some_and(|role| role.functions.is_empty() || role.files())
}

/// Makes a report for staff.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a role that has none made ([`is_for`]), and those of [`make`].
pub async fn make_for(
    house: &House,
    platform: &Platform,
    duty: &Duty,
    kind: Kind,
    since: Option<Date>,
) -> Result<Made, Refusal> {
    duty.on(platform)?;
    if !is_for(platform, duty) {
        return Err(Refusal::NotAllowed("reports are for audit and compliance"));
    }
    make(house, platform, kind, since, duty.who()).await
}

/// Makes a report of how things stand now, and of what was since a day where it is about a time: thirty days ago, if none is
/// named. The act is about nobody.
///
/// # Errors
/// What the store answers.
pub async fn make(
    house: &House,
    platform: &Platform,
    kind: Kind,
    since: Option<Date>,
    who: Who,
) -> Result<Made, Refusal> {
    let at = house.now();
    let back = || at.checked_sub(BACK).ok();
    let since = since.and_then(|day| midnight_in_shanghai(day).ok()).or_else(back).unwrap_or(Timestamp::MIN);
    let report = match kind {
        Kind::Retention => Content::Retention(retention::read(house, platform, at).await?),
        Kind::Access => Content::Access(access::read(house, platform, since).await?),
        Kind::Erasures => Content::Erasures(erasures::read(house, platform, since).await?),
        Kind::Cryptography => Content::Cryptography(cryptography::read(house, platform).await?),
        Kind::Scan => Content::Scan(scan::read(house, platform).await?),
    };
    let faults = match &report {
        Content::Retention(report) => report.faults(),
        Content::Access(_) => Vec::new(),
        Content::Erasures(report) => report.faults(),
        Content::Cryptography(report) => report.faults(),
        Content::Scan(report) => report.faults(),
    };
    let report = Report { platform: platform.id.clone(), at, policy: platform.tables.policy(), faults, report };
    let json = serde_json::to_string(&report).map_err(|why| Refusal::Broken(why.to_string()))?;
    let fingerprint = Fingerprint::from_digest(sha256(json.as_bytes()));
    let leaf = noted(house, platform, kind, (fingerprint, who)).await?;
    Ok(Made { kind, report, json, fingerprint, leaf })
}

/// The act of making a report.
async fn noted(
    house: &House,
    platform: &Platform,
    kind: Kind,
    (fingerprint, who): (Fingerprint, Who),
) -> Result<u64, Refusal> {
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let mut entry = platform.entry(Act::Report, who.clone(), house.now());
        entry.because = Some(kind.word().to_owned());
        entry.document = Some(fingerprint);
        let (subjects, record, key) = (Vec::new(), None, None);
        let draft = Draft { expect: Vec::new(), writes: Vec::new(), entry, subjects, record, key };
        if let Some(done) = house.commit(platform, draft).await? {
            return Ok(done.leaf());
        }
    }
    Err(Refusal::Contended)
}

/// Those faults that are there at all.
fn faults(of: impl IntoIterator<Item = (&'static str, u64)>) -> Vec<Fault> {
    of.into_iter().filter(|(_, count)| *count > 0).map(|(code, count)| Fault { code, count }).collect()
}

/// Hands every leaf from one on to `take`, a page at a time.
async fn each_leaf(
    house: &House,
    platform: &Platform,
    mut from: u64,
    mut take: impl FnMut(&LeafRow) + Send,
) -> Result<(), Refusal> {
    loop {
        let page = house.store.leaves(&platform.id, from, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        from = last.index.saturating_add(1);
        page.iter().for_each(&mut take);
    }
}

/// The first leaf that is not older than an instant: leaves are numbered as they come.
async fn first_since(house: &House, platform: &Platform, since: Timestamp) -> Result<u64, Refusal> {
    let (mut low, mut high) = (0, house.store.head(&platform.id).await?.size);
    while low < high {
        let middle = low.midpoint(high);
        let leaf = house.store.leaves(&platform.id, middle, 1).await?.pop();
        match leaf {
            Some(leaf) if leaf.at < since => low = middle.saturating_add(1),
            _ => high = middle,
        }
    }
    Ok(low)
}
