//! Traceability of sales (可回溯管理): which page was shown, what was done on it and when, so that a sale can be shown again
//! as it was (银保监发〔2020〕26号, rule R61).
//!
//! A page is kept as it is before anything is filled in, once for each of its versions: no value, name or token is in it.
//! What was typed is sealed in the record and nowhere else. Showing a page is no act; the act that takes a matter in closes
//! the track and puts its chain on the ledger. Then the track is the record's, is kept as long, and goes with it.

mod replay;

use aws_lc_rs::digest;
use jiff::{SignedDuration, Timestamp};
use model::act::Committed;
use model::{Fingerprint, PaymentId, RecordId, TrackId};
use policy::syntax::{Event, Floor, Function, Payment};
use store::Write;
use store::tracks::{self, OpenTrack, TrackClosed, TrackShown, TrackStep};

use crate::act::Draft;
use crate::retain::floors;
use crate::{House, Platform, Refusal};

pub use replay::{Fault, Replay, Replayed, Sale, StepView, TrackView, Viewer, replay, sales};

/// How long a track is kept that came to nothing: longer than any session lasts.
const ABANDONED: SignedDuration = SignedDuration::from_hours(24);

/// What was done on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The page was shown.
    Shown,
    /// What was sent came back with something wrong in it.
    Returned,
    /// It was filled in; with what, the record says.
    FilledIn,
    /// A consent was given, by the control named.
    Agreed,
    /// A consent was refused, by the control named.
    Refused,
    /// The matter was submitted and taken in.
    Submitted,
    /// What is due was confirmed, and the order opened.
    Confirmed,
    /// The network's word came that it is paid.
    Paid,
}

impl Step {
    const ALL: [Self; 8] = [
        Self::Shown,
        Self::Returned,
        Self::FilledIn,
        Self::Agreed,
        Self::Refused,
        Self::Submitted,
        Self::Confirmed,
        Self::Paid,
    ];

    /// The word stored and printed.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Returned => "returned",
            Self::FilledIn => "filled-in",
            Self::Agreed => "agreed",
            Self::Refused => "refused",
            Self::Submitted => "submitted",
            Self::Confirmed => "confirmed",
            Self::Paid => "paid",
        }
    }

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.word() == word)
    }
}

/// A page of a sale in somebody's browser.
#[derive(Debug, Clone)]
pub struct SalePage {
    visit: tracks::Visit,
    function: model::Slug,
    markup: String,
    page: Fingerprint,
}

impl SalePage {
    /// `session` is what the browser holds, of which a keyed digest is kept until the track is a record's; `matter` is what
    /// there is already that the page is about, a record or a payment; `markup` is the page as it is before anything is
    /// filled in.
    pub fn new(
        platform: &Platform,
        (session, matter): (&str, Option<&str>),
        function: &Function,
        markup: String,
    ) -> Self {
        let visit = format!("{session} {} {}", function.id.value, matter.unwrap_or("-"));
        Self {
            visit: platform.keys.digest("sale-visit", visit.as_bytes()),
            function: function.id.value.clone(),
            page: fingerprint(&markup),
            markup,
        }
    }

    /// The page of a payment on which the network's word is awaited: its track ends with that word, in whatever browsers
    /// it was shown.
    pub fn awaiting(platform: &Platform, payment: PaymentId, function: &Function, markup: String) -> Self {
        Self {
            visit: awaited(platform, payment),
            function: function.id.value.clone(),
            page: fingerprint(&markup),
            markup,
        }
    }

    fn step(&self, platform: &Platform, step: Step, control: Option<String>, at: Timestamp) -> TrackStep {
        TrackStep { page: self.page, text: platform.text, action: step.word().to_owned(), control, at }
    }
}

/// Where the pages on which a payment is awaited are put down, and the word that it is paid.
fn awaited(platform: &Platform, payment: PaymentId) -> tracks::Visit {
    platform.keys.digest("sale-visit", format!("paid {payment}").as_bytes())
}

/// The fingerprint of a page.
fn fingerprint(markup: &str) -> Fingerprint {
    let digest = digest::digest(&digest::SHA256, markup.as_bytes());
    Fingerprint::from_digest(digest.as_ref().try_into().unwrap_or_default())
}

/// How a track ends: on which page, with which answers.
#[derive(Debug, Clone)]
pub struct Closing {
    /// The page.
    pub page: SalePage,
    /// Whether the page asked for anything that is filled in.
    pub filled: bool,
    /// The controls by which consents were asked, in the order of the page, and whether each was given.
    pub answers: Vec<(String, bool)>,
    /// What the act then does.
    pub end: Step,
}

/// Whether a function sells: whether the record that it makes lies under the floor of traceability, is an insurance file
/// that knows when cover begins, or is one for which customers pay.
pub fn sells(platform: &Platform, function: &Function) -> bool {
    let policy = &platform.tables.program().policy;
    let made = function.makes.as_ref();
    let Some(class) = made.and_then(|made| policy.records.iter().find(|class| class.id.as_str() == made.text)) else {
        return false;
    };
    let floors = floors(platform, &class.id.value);
    let covers = class.events.iter().any(|event| event.value == Event::InForceFrom);
    let paid = |payment: &Payment| payment.classes.iter().any(|paid| paid.text == class.id.as_str());
    floors.contains(&Floor::Traceability)
        || covers && floors.contains(&Floor::InsuranceFile)
        || platform.tables.program().operation.payments.iter().any(paid)
}

/// Puts down that a page was shown, or came back ([`Step::Returned`]).
///
/// # Errors
/// What the store answers when it cannot be written.
pub async fn shown(house: &House, platform: &Platform, page: SalePage, step: Step) -> Result<(), Refusal> {
    let shown = TrackShown {
        step: page.step(platform, step, None, house.now()),
        track: TrackId::from_random(house.entropy.draw()),
        visit: page.visit,
        function: page.function,
        markup: page.markup,
    };
    Ok(house.store.track_shown(&platform.id, shown).await?)
}

/// Commits an act; where a track ends with it, with the track's last steps.
pub(crate) async fn commit(
    house: &House,
    platform: &Platform,
    closing: Option<&Closing>,
    mut draft: Draft,
) -> Result<Option<Committed>, Refusal> {
    if let (Some(closing), Some(record)) = (closing, draft.record) {
        let (last, chain) = close(house, platform, closing, record, draft.entry.at).await?;
        draft.entry.track = Some(chain);
        draft.writes.push(last);
    }
    house.commit(platform, draft).await
}

/// The end of a sale that nobody clicks: the network's word that it is paid, on the page on which it was awaited, or else
/// the one on which it was confirmed. `None` where the record has no track.
pub(crate) async fn paid(
    house: &House,
    platform: &Platform,
    record: RecordId,
    payment: PaymentId,
) -> Result<Option<Closing>, Refusal> {
    let tracks = house.store.tracks_of(&platform.id, record).await?;
    let confirmed = |step: &&(TrackStep, ledger::Hash)| step.0.action == Step::Confirmed.word();
    let track = tracks.iter().rev().find_map(|row| Some((row, row.steps.iter().rfind(confirmed)?)));
    let Some((row, (step, _))) = track else { return Ok(None) };
    let visit = awaited(platform, payment);
    let shown = house.store.track_open(&platform.id, &visit).await?.and_then(|open| open.page);
    let page = shown.unwrap_or(step.page);
    let Some(markup) = house.store.sale_page(&platform.id, &page).await? else { return Ok(None) };
    let page = SalePage { visit, function: row.function.clone(), markup, page };
    Ok(Some(Closing { page, filled: false, answers: Vec::new(), end: Step::Paid }))
}

/// The last steps of a track, for the act that ends it, and the chain that its leaf says.
async fn close(
    house: &House,
    platform: &Platform,
    Closing { page, filled, answers, end }: &Closing,
    record: RecordId,
    now: Timestamp,
) -> Result<(Write, Fingerprint), Refusal> {
    let open = if let Some(open) = house.store.track_open(&platform.id, &page.visit).await? {
        open
    } else {
        let track = TrackId::from_random(house.entropy.draw());
        OpenTrack { track, head: tracks::start(track, &page.function), page: None }
    };
    let answer = |(control, given): &(String, bool)| {
        let step = if *given { Step::Agreed } else { Step::Refused };
        page.step(platform, step, Some(control.clone()), now)
    };
    let plain = |step: Step| page.step(platform, step, None, now);
    let steps = filled.then(|| plain(Step::FilledIn)).into_iter();
    let steps: Vec<TrackStep> = steps.chain(answers.iter().map(answer)).chain([plain(*end)]).collect();
    let head = steps.iter().fold(open.head, tracks::next);
    let closed = TrackClosed {
        visit: page.visit,
        open,
        function: page.function.clone(),
        record,
        markup: page.markup.clone(),
        steps,
    };
    Ok((Write::Track(closed), Fingerprint::from_digest(head.0)))
}

/// Drops what came to nothing on a platform.
pub(crate) async fn forget(house: &House, platform: &Platform) -> Result<usize, Refusal> {
    let before = house.now().checked_sub(ABANDONED);
    let before = before.map_err(|_| Refusal::Broken("the clock is at its beginning".to_owned()))?;
    Ok(house.store.tracks_drop(&platform.id, before).await?)
}
