//! Servicing a cover (保全): what can be asked about one that is in force, and what comes of it.
//!
//! The request is filled in as everything else is ([`crate::collect::apply()`]) and makes a record of its own; which
//! function services which classes is `[[service]]` of the operation file. Of one record one request is open at a time.

mod cancel;
mod decide;
mod take_back;
mod waiting;

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::Life;
use model::calendar::day_in_shanghai;
use model::service::{End, Wish};
use model::{RecordId, Slug, SubjectId};
use policy::question::Code;
use policy::syntax::{Function, Kind};
use store::{RecordRow, ServiceRow};

pub use cancel::{Cancelling, cancel, cancelling};
pub use decide::{Decline, Ruling, decide};
pub use take_back::take_back;
pub use waiting::{Open, Viewed, decides, open, view};

use crate::collect::Application;
use crate::leaf::{Act, Entry, Who};
use crate::read::{is_in_force, own_row};
use crate::refusal::by_policy;
use crate::{House, Platform, Refusal, collect};

/// A function by which something can be asked about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Function.
    pub function: Slug,
    /// Its published name.
    pub name: String,
}

/// Something that was asked about a record, as the customer who asked sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The record that makes the request.
    pub request: RecordId,
    /// When it was made.
    pub at: Timestamp,
    /// The record that it is about.
    pub about: RecordId,
    /// Published name of that record's class.
    pub class_name: String,
    /// First day of its cover.
    pub in_force_from: Option<Date>,
    /// Last day of its cover.
    pub in_force_until: Option<Date>,
    /// What is wanted.
    pub wish: Wish,
    /// How it ended, and when; `None` while it is open.
    pub ended: Option<(End, Timestamp)>,
    /// The code of why, where one was given: of [`Decline`], or the core system's own.
    pub reason: Option<String>,
}

impl Asked {
    fn of(platform: &Platform, row: &ServiceRow, request: &RecordRow, about: &RecordRow) -> Self {
        Self {
            request: request.id,
            at: request.at,
            about: about.id,
            class_name: platform.name_of(Kind::Record, about.class.as_str()),
            in_force_from: about.in_force_from,
            in_force_until: about.in_force_until,
            wish: row.service.wish,
            ended: row.ended,
            reason: row.reason.clone(),
        }
    }
}

/// Whether a function services records of a class.
fn serves(platform: &Platform, function: &Function, class: &Slug) -> bool {
    let services = platform.tables.program().operation.services.iter();
    let mut own = services.filter(|one| one.function.text == function.id.as_str());
    own.any(|one| one.classes.iter().any(|served| served.text == class.as_str()))
}

/// Whether somebody stands in a record as whoever fills the function in for oneself: an insured does not end what the
/// applicant bought.
fn asks(function: &Function, row: &RecordRow, subject: SubjectId) -> bool {
    let own = |role: &Slug| {
        let mut groups = collect::typed_groups(function);
        groups.any(|group| group.typed_by.is_empty() && group.of.text == role.as_str())
    };
    row.roles.iter().any(|(whose, role)| *whose == subject && own(role))
}

/// Refuses what cannot be asked about a record, but for another request ([`check_free`]). `entry` is that of the act.
///
/// # Errors
/// [`Refusal::NotFound`] for a record that is not the subject's; [`Refusal::Denied`], with a leaf.
pub(crate) async fn check(
    house: &House,
    platform: &Platform,
    entry: &Entry,
    subject: SubjectId,
    (function, about): (&Function, Option<(RecordId, Wish)>),
) -> Result<(), Refusal> {
    let Some((about, _)) = about else { return Ok(()) };
    let row = if entry.actor == Who::Subject {
        // A customer knows of no record that is not shown.
        own_row(house, platform, subject, about).await?
    } else {
        let all = house.store.records_of(&platform.id, subject).await?;
        all.into_iter().find(|record| record.id == about).ok_or(Refusal::NotFound("record"))?
    };
    let code = if !serves(platform, function, &row.class) || !asks(function, &row, subject) {
        Code::NotServiced
    } else if !is_served(platform, &row, house.now()) {
        Code::NotInForce
    } else {
        return Ok(());
    };
    Err(house.refuse_for(platform, entry.clone(), Some(subject), vec![by_policy(code, None)]).await)
}

/// Refuses what is asked about a record while another request about it is open.
///
/// # Errors
/// [`Refusal::Denied`], with a leaf.
pub(crate) async fn check_free(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    who: &Who,
    application: &Application,
) -> Result<(), Refusal> {
    let Some((about, _)) = application.about else { return Ok(()) };
    if !is_open(house, platform, about).await? {
        return Ok(());
    }
    let mut entry = platform.entry(Act::Collect, who.clone(), house.now());
    entry.function = Some(application.function.clone());
    Err(house.refuse_for(platform, entry, Some(subject), vec![by_policy(Code::ServiceOpen, None)]).await)
}

fn is_served(platform: &Platform, row: &RecordRow, now: Timestamp) -> bool {
    row.life == Life::Live && is_in_force(platform, row, day_in_shanghai(now))
}

/// Whether a request about a record is open.
async fn is_open(house: &House, platform: &Platform, about: RecordId) -> Result<bool, Refusal> {
    for row in house.store.services_about(&platform.id, about).await? {
        if row.ended.is_none() && !is_erased(house, platform, row.service.request).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn is_erased(house: &House, platform: &Platform, record: RecordId) -> Result<bool, Refusal> {
    Ok(house.store.record(&platform.id, record).await?.is_none_or(|row| row.life == Life::Erased))
}

/// What a customer can ask about a record today.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offered {
    /// By which functions.
    pub offers: Vec<Offer>,
    /// By none while a request about it is open, the customer's own or another's.
    pub waits: bool,
}

/// By which functions a customer can ask something about a record today: none while a request about it is open. It leaves
/// no leaf: nothing of the record is told.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such record, or it is somebody else's.
pub async fn offers(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    record: RecordId,
) -> Result<Offered, Refusal> {
    let row = own_row(house, platform, subject, record).await?;
    let functions = platform.tables.program().policy.functions.iter();
    let serving = functions.filter(|function| serves(platform, function, &row.class) && asks(function, &row, subject));
    let offer = |function: &Function| Offer { function: function.id.value.clone(), name: function.name.value.clone() };
    let offers: Vec<Offer> = serving.map(offer).collect();
    if offers.is_empty() || !is_served(platform, &row, house.now()) {
        return Ok(Offered::default());
    }
    let waits = is_open(house, platform, record).await?;
    Ok(Offered { offers: if waits { Vec::new() } else { offers }, waits })
}

/// What a customer asked about a record, oldest first; what others asked is theirs.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such record, or it is somebody else's.
pub async fn about(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    record: RecordId,
) -> Result<Vec<Asked>, Refusal> {
    let cover = own_row(house, platform, subject, record).await?;
    let mut asked = Vec::new();
    for row in house.store.services_about(&platform.id, record).await? {
        match own_row(house, platform, subject, row.service.request).await {
            Ok(request) => asked.push(Asked::of(platform, &row, &request, &cover)),
            Err(Refusal::NotFound(_)) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(asked)
}

/// What one of a customer's records asks for; `None` where it asks for nothing.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such record, or it is somebody else's.
pub async fn asked(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    request: RecordId,
) -> Result<Option<Asked>, Refusal> {
    let request = own_row(house, platform, subject, request).await?;
    let Some(row) = house.store.service(&platform.id, request.id).await? else { return Ok(None) };
    let cover = house.store.record(&platform.id, row.service.about).await?.ok_or(Refusal::NotFound("record"))?;
    Ok(Some(Asked::of(platform, &row, &request, &cover)))
}
