//! What waits for a decision, for whoever may decide it: one of the company's systems, whose token covers the function of the
//! request, or a seat whose role acts in its course. Staff see a request with what the tables show them of it.

use jiff::Timestamp;
use jiff::civil::Date;
use model::service::{End, Wish};
use model::{RecordId, Slug, SubjectId};
use policy::syntax::{Action, Kind};
use store::{RecordRow, ServiceRow};

use crate::leaf::Who;
use crate::read::RecordView;
use crate::read::page::{look, own_places};
use crate::read::staff::{ask, not_this_role, role};
use crate::seat::{Duty, Eyes};
use crate::{House, Platform, Refusal, approval, pay};

/// Most requests read at once.
const AT_ONCE: u32 = 100;

/// A request that is not decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The record that makes the request.
    pub request: RecordId,
    /// When it was made.
    pub at: Timestamp,
    /// The function in whose course it was made.
    pub function: Slug,
    /// The record that it is about.
    pub about: RecordId,
    /// Published name of that record's class.
    pub class_name: String,
    /// What is wanted.
    pub wish: Wish,
}

/// A request, with the two records as a seat may see them.
pub struct Viewed {
    /// The record that makes the request.
    pub request: RecordId,
    /// When it was made.
    pub at: Timestamp,
    /// Who made it.
    pub subject: SubjectId,
    /// Published name of the function in whose course it was made.
    pub function_name: String,
    /// Published name of the class of the record that it is about.
    pub class_name: String,
    /// First day of its cover.
    pub in_force_from: Option<Date>,
    /// Last day of its cover.
    pub in_force_until: Option<Date>,
    /// What is wanted.
    pub wish: Wish,
    /// How it ended, and when; `None` while it is open.
    pub ended: Option<(End, Timestamp)>,
    /// What was paid for that record and can go back, in fen.
    pub paid: u64,
    /// What was filled in, and what it is about: what each holds of whoever asks.
    pub records: Vec<RecordView>,
    /// Leaf of the look; `None` when nothing lies there.
    pub leaf: Option<u64>,
}

/// A request with its two records.
pub(super) struct Found {
    pub(super) row: ServiceRow,
    pub(super) asked: RecordRow,
    pub(super) cover: RecordRow,
}

/// Finds a request.
pub(super) async fn found(house: &House, platform: &Platform, request: RecordId) -> Result<Found, Refusal> {
    let nothing = || Refusal::NotFound("request about a record");
    let row = house.store.service(&platform.id, request).await?.ok_or_else(nothing)?;
    let asked = house.store.record(&platform.id, request).await?.ok_or_else(nothing)?;
    let cover = house.store.record(&platform.id, row.service.about).await?.ok_or_else(nothing)?;
    Ok(Found { row, asked, cover })
}

/// Whether the role of a seat has requests to decide: it acts in the course of a function that services records.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a seat that is on duty elsewhere, or in a role that is no longer declared.
pub fn decides(platform: &Platform, duty: &Duty) -> Result<bool, Refusal> {
    let services = &platform.tables.program().operation.services;
    let own = &role(platform, duty)?.functions;
    Ok(services.iter().any(|service| own.iter().any(|function| function.text == service.function.text)))
}

/// Who it is for the ledger, where requests in the course of `function` are this one's to decide; without one, any.
pub(super) async fn check(
    house: &House,
    platform: &Platform,
    eyes: Eyes<'_>,
    function: Option<&Slug>,
) -> Result<Who, Refusal> {
    match eyes {
        Eyes::Staff(duty) => {
            let own = match function {
                None => decides(platform, duty)?,
                Some(function) => role(platform, duty)?.functions.iter().any(|own| own.text == function.as_str()),
            };
            if own { Ok(duty.who()) } else { Err(not_this_role(house, platform, duty, None).await) }
        }
        Eyes::System(caller) => {
            caller.may(platform, Action::Collect.word(), function.map(Slug::as_str)).map(|()| caller.who())
        }
    }
}

/// Requests that wait for a decision, oldest first, from after the one given, at most `limit`: those that are this one's to
/// decide. Nothing of a person is told, and it leaves no leaf.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that may not collect here; [`Refusal::Denied`], with a leaf, for a role that has
/// nothing to decide.
pub async fn open(
    house: &House,
    platform: &Platform,
    eyes: Eyes<'_>,
    mut after: Option<RecordId>,
    limit: usize,
) -> Result<Vec<Open>, Refusal> {
    check(house, platform, eyes, None).await?;
    let covers = |function: &Slug| match eyes {
        Eyes::Staff(duty) => {
            role(platform, duty).is_ok_and(|role| role.functions.iter().any(|own| own.text == function.as_str()))
        }
        Eyes::System(caller) => caller.may(platform, Action::Collect.word(), Some(function.as_str())).is_ok(),
    };
    let mut found = Vec::new();
    loop {
        let rows = house.store.services_open(&platform.id, after, AT_ONCE).await?;
        let Some(last) = rows.last() else { return Ok(found) };
        after = Some(last.service.request);
        for row in rows {
            let Found { row, asked, cover } = self::found(house, platform, row.service.request).await?;
            if let Some(function) = asked.function.filter(covers) {
                found.push(Open {
                    request: asked.id,
                    at: asked.at,
                    function,
                    about: cover.id,
                    class_name: platform.name_of(Kind::Record, cover.class.as_str()),
                    wish: row.service.wish,
                });
            }
            if found.len() == limit {
                return Ok(found);
            }
        }
    }
}

/// Shows a seat a request: what whoever asks filled in, and what stands of that person in the record that it is about, in
/// the course of the request's function. One act with one leaf; what others told of themselves there is not on it.
///
/// # Errors
/// [`Refusal::NotFound`] for a record that asks for nothing, or of somebody forgotten; [`Refusal::Denied`], with a leaf, for a
/// role that does not decide it.
pub async fn view(house: &House, platform: &Platform, duty: &Duty, request: RecordId) -> Result<Viewed, Refusal> {
    check(house, platform, Eyes::Staff(duty), None).await?;
    let Found { row, asked, cover } = found(house, platform, request).await?;
    let nothing = || Refusal::NotFound("request about a record");
    let (subject, function) = asked.holder.zip(asked.function.clone()).ok_or_else(nothing)?;
    check(house, platform, Eyes::Staff(duty), Some(&function)).await?;
    let approved = approval::holds(house, platform, duty.seat(), subject, function.as_str()).await?;
    let places: Vec<_> = [&asked, &cover].into_iter().flat_map(|record| own_places(record, subject)).collect();
    let page = look(house, platform, subject, &ask(duty, function.as_str(), approved), &places).await?;
    Ok(Viewed {
        request,
        at: asked.at,
        subject,
        function_name: platform.name_of(Kind::Function, function.as_str()),
        class_name: platform.name_of(Kind::Record, cover.class.as_str()),
        in_force_from: cover.in_force_from,
        in_force_until: cover.in_force_until,
        wish: row.service.wish,
        ended: row.ended,
        paid: pay::paid_for(house, platform, cover.id).await?,
        records: page.records,
        leaf: page.leaf,
    })
}
