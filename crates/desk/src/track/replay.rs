//! Showing a sale again: its pages as they were, what was done on each, and whether all of it is what the ledger says.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::{Fingerprint, RecordId, Slug, SubjectId};
use policy::syntax::{Action, Kind};
use store::RecordRow;
use store::tracks::{self, TrackRow};

use super::{Step, fingerprint};
use crate::leaf::{Entry, tag};
use crate::pay::{self, View};
use crate::read::RecordView;
use crate::read::mine::access;
use crate::read::page::{Ask, Least, Place, look, own_places, places};
use crate::seat::{Caller, Duty};
use crate::{House, Platform, Refusal, evidence, identity, read};

/// Why the ledger says it was looked at.
const REPLAY: &str = "replay";

/// Who looks.
#[derive(Debug, Clone, Copy)]
pub enum Viewer<'a> {
    /// Who submitted it, or joined in it, under the right of access.
    Subject(SubjectId),
    /// Staff whose role acts in the course of the function that sold it.
    Staff(&'a Duty),
    /// A system whose token covers that function.
    Service(&'a Caller),
}

/// What is wrong with a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A page is not the one that the step names, or is not there.
    Page,
    /// A step does not follow from those before.
    Step,
    /// The leaf of the act says another chain, or none.
    Leaf,
    /// The leaf is of another record.
    Record,
}

impl Fault {
    /// The code printed.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Page => "page-altered",
            Self::Step => "step-altered",
            Self::Leaf => "not-on-the-ledger",
            Self::Record => "of-another-record",
        }
    }
}

/// One step of a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    /// What was done.
    pub step: Step,
    /// The control by which it was done.
    pub control: Option<String>,
    /// The page, by fingerprint.
    pub page: Fingerprint,
    /// Text of the notice in force then.
    pub text: Fingerprint,
    /// When.
    pub at: Timestamp,
    /// The chain after it.
    pub chain: Fingerprint,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

/// What happened in one browser up to one act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackView {
    /// Function.
    pub function: Slug,
    /// Its published name.
    pub function_name: String,
    /// The leaf of the act.
    pub leaf: u64,
    /// The steps in order.
    pub steps: Vec<StepView>,
    /// What is wrong with it as a whole.
    pub faults: Vec<Fault>,
}

impl TrackView {
    /// Whether nothing is wrong with it.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty() && self.steps.iter().all(|step| step.faults.is_empty())
    }
}

/// A sale, as it was: the part of it that the ledger vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Record.
    pub record: RecordId,
    /// The tracks, in the order of their acts.
    pub tracks: Vec<TrackView>,
    /// The pages, as they were before anything was filled in.
    pub pages: BTreeMap<Fingerprint, String>,
}

/// A sale shown again.
pub struct Replayed {
    /// How it was.
    pub replay: Replay,
    /// What was filled in, as the record has it now, under masks.
    pub record: RecordView,
    /// How it was paid, and what of it went back, oldest first; for whoever holds the record, and the company.
    pub payments: Vec<View>,
    /// Leaf of the look.
    pub leaf: u64,
}

/// Shows a sale again; one act with one leaf.
///
/// # Errors
/// [`Refusal::NotFound`] for a record that is no sale, or not the viewer's to see; [`Refusal::Denied`], with a leaf, for a
/// role that does not act in the course of its function; [`Refusal::NotAllowed`] for a token that does not cover it.
pub async fn replay(
    house: &House,
    platform: &Platform,
    viewer: Viewer<'_>,
    record: RecordId,
) -> Result<Replayed, Refusal> {
    let not_found = || Refusal::NotFound("sale");
    let row = match viewer {
        Viewer::Subject(subject) => {
            let (_, records) = identity::seen(house, platform, subject).await?;
            records.into_iter().find(|row| row.id == record)
        }
        Viewer::Staff(duty) => {
            duty.on(platform)?;
            house.store.record(&platform.id, record).await?
        }
        Viewer::Service(_) => house.store.record(&platform.id, record).await?,
    };
    let row = row.ok_or_else(not_found)?;
    let (holder, function) = row.holder.zip(row.function.clone()).ok_or_else(not_found)?;
    let (viewed, rows) = match viewer {
        Viewer::Subject(subject) => (subject, own_tracks(house, platform, subject, record).await?),
        Viewer::Staff(_) | Viewer::Service(_) => (holder, house.store.tracks_of(&platform.id, record).await?),
    };
    if rows.is_empty() {
        return Err(not_found());
    }
    let (ask, places) = asked(house, platform, viewer, &row, (viewed, &function)).await?;
    let mut page = look(house, platform, viewed, &ask, &places).await?;
    if let Viewer::Subject(subject) = viewer
        && page.records.is_empty()
    {
        // Who insures a child alone gives nothing of the own.
        page = read::own::of_others(house, platform, subject, &row, REPLAY).await?;
    }
    let (view, leaf) = page.records.into_iter().next().zip(page.leaf).ok_or_else(not_found)?;
    let replay = checked(house, platform, &row, rows).await?;
    let own = !matches!(viewer, Viewer::Subject(subject) if subject != holder);
    let payments = if own { pay::told(house, platform, &row).await? } else { Vec::new() };
    Ok(Replayed { replay, record: view, payments, leaf })
}

/// The tracks of a record that are somebody's own: whose acts are about that person before all others. What a guest chose is
/// no business of whoever holds the matter, nor the other way round.
async fn own_tracks(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    record: RecordId,
) -> Result<Vec<TrackRow>, Refusal> {
    let salts: BTreeMap<u64, [u8; 32]> = house.store.leaves_of(&platform.id, subject).await?.into_iter().collect();
    let mut own = Vec::new();
    for row in house.store.tracks_of(&platform.id, record).await? {
        let Some(salt) = salts.get(&row.leaf) else { continue };
        let leaf = evidence::read(house, platform, &[row.leaf]).await?.into_iter().next();
        let first = leaf.and_then(|leaf| leaf.entry).and_then(|entry| entry.subject);
        if first.is_some_and(|first| first == tag(salt, subject.as_bytes())) {
            own.push(row);
        }
    }
    Ok(own)
}

/// A sale that somebody in it can have shown again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    /// Record.
    pub record: RecordId,
    /// Published name of its class.
    pub class_name: String,
    /// When it was taken in.
    pub at: Timestamp,
}

/// The sales of a customer, newest first. Advice: nothing of them is told.
pub async fn sales(house: &House, platform: &Platform, subject: SubjectId) -> Result<Vec<Sale>, Refusal> {
    let (_, records) = identity::seen(house, platform, subject).await?;
    let mut sales = Vec::new();
    for row in records.into_iter().rev() {
        if !own_tracks(house, platform, subject, row.id).await?.is_empty() {
            let class_name = platform.name_of(Kind::Record, row.class.as_str());
            sales.push(Sale { record: row.id, class_name, at: row.at });
        }
    }
    Ok(sales)
}

/// What is asked of the record, and which parts of it.
async fn asked<'a>(
    house: &House,
    platform: &Platform,
    viewer: Viewer<'_>,
    row: &RecordRow,
    (holder, function): (SubjectId, &'a Slug),
) -> Result<(Ask<'a>, Vec<Place>), Refusal> {
    let all = || {
        let roles: Vec<&str> = row.roles.iter().map(|(_, role)| role.as_str()).collect();
        let mut all = places(row, &roles);
        all.retain(|place| place.subject.is_some());
        all
    };
    let covered = |ask: Ask<'a>| Ask { because: Some(REPLAY), covered: true, least: Least::Reasons, ..ask };
    match viewer {
        Viewer::Subject(_) => Ok((access(Some(REPLAY)), own_places(row, holder))),
        Viewer::Staff(duty) => {
            let role = read::staff::role(platform, duty)?;
            if !role.functions.iter().any(|one| one.text == function.as_str()) {
                return Err(read::staff::not_this_role(house, platform, duty, Some(holder)).await);
            }
            // R18: an approval is for one person, and here stands everybody of the matter.
            Ok((covered(read::staff::ask(duty, function.as_str(), false)), all()))
        }
        Viewer::Service(caller) => {
            caller.may(platform, Action::Show.word(), Some(function.as_str()))?;
            Ok((covered(read::service::asked(caller, function.as_str(), None)), all()))
        }
    }
}

/// The tracks with their pages, each held against its leaf.
async fn checked(
    house: &House,
    platform: &Platform,
    record: &RecordRow,
    rows: Vec<TrackRow>,
) -> Result<Replay, Refusal> {
    let mut salts: BTreeMap<u64, Vec<[u8; 32]>> = BTreeMap::new();
    let subjects: BTreeSet<SubjectId> = record.roles.iter().map(|(subject, _)| *subject).chain(record.holder).collect();
    for subject in subjects {
        for (leaf, salt) in house.store.leaves_of(&platform.id, subject).await? {
            salts.entry(leaf).or_default().push(salt);
        }
    }
    let mut replay = Replay { record: record.id, tracks: Vec::new(), pages: BTreeMap::new() };
    for row in rows {
        for (step, _) in &row.steps {
            if !replay.pages.contains_key(&step.page)
                && let Some(markup) = house.store.sale_page(&platform.id, &step.page).await?
            {
                replay.pages.insert(step.page, markup);
            }
        }
        let leaf = evidence::read(house, platform, &[row.leaf]).await?.into_iter().next();
        let entry = leaf.and_then(|leaf| leaf.entry);
        let known = salts.get(&row.leaf).into_iter().flatten();
        let tags: Vec<String> = known.map(|salt| tag(salt, record.id.as_bytes())).collect();
        replay.tracks.push(view(platform, row, &replay.pages, (entry.as_ref(), &tags)));
    }
    // What is not what its name says is not shown as if it were.
    replay.pages.retain(|page, markup| fingerprint(markup) == *page);
    Ok(replay)
}

/// One track, held against the entry of its leaf and the tags of which its record has one there: each is under a person's
/// salt, and the salt of somebody who is forgotten is gone with them.
fn view(
    platform: &Platform,
    row: TrackRow,
    pages: &BTreeMap<Fingerprint, String>,
    (entry, tags): (Option<&Entry>, &[String]),
) -> TrackView {
    let mut chain = tracks::start(row.track, &row.function);
    let mut steps = Vec::with_capacity(row.steps.len());
    for (step, stored) in row.steps {
        let mut faults = Vec::new();
        if pages.get(&step.page).is_none_or(|markup| fingerprint(markup) != step.page) {
            faults.push(Fault::Page);
        }
        chain = tracks::next(chain, &step);
        let known = Step::of(&step.action);
        if chain != stored || known.is_none() {
            faults.push(Fault::Step);
        }
        steps.push(StepView {
            step: known.unwrap_or(Step::Shown),
            control: step.control,
            page: step.page,
            text: step.text,
            at: step.at,
            chain: Fingerprint::from_digest(stored.0),
            faults,
        });
    }
    let mut faults = Vec::new();
    if entry.and_then(|entry| entry.track) != Some(Fingerprint::from_digest(chain.0)) {
        faults.push(Fault::Leaf);
    }
    let own = entry.and_then(|entry| entry.record.as_deref());
    if own.is_none_or(|own| !tags.is_empty() && !tags.iter().any(|tag| tag == own)) {
        faults.push(Fault::Record);
    }
    let function_name = platform.name_of(Kind::Function, row.function.as_str());
    TrackView { function: row.function, function_name, leaf: row.leaf, steps, faults }
}
