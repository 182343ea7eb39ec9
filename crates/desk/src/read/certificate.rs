//! The certificate of a cover (电子保险凭证): what somebody can show of a policy that is in force, and nothing else of it.
//!
//! Which records are covers their class says, by the event that begins one; what stands on the sheet the items say: whom
//! it is about, by name and document, and what was bought. An account, a telephone or an address is no business of those
//! to whom it is shown.

use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use model::field::{Mask, Validator};
use model::{RecordId, Slug, SubjectId};
use policy::syntax::{Category, Event, Sensitive};
use store::RecordRow;

use super::RecordView;
use super::own::{own_row, queries_of, view};
use super::page::Least;
use crate::{House, Platform, Refusal};

/// Shows a customer the certificate of a cover in force, as the functions read it that show such records, else under the
/// right of access. One act with one leaf.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such record, it is somebody else's, or it is no cover that is in force today;
/// [`Refusal::Denied`], with a leaf, when nothing of it may be shown.
pub async fn certificate(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    record: RecordId,
    channel: Option<&str>,
) -> Result<RecordView, Refusal> {
    let row = own_row(house, platform, subject, record).await?;
    if !is_in_force(platform, &row, day_in_shanghai(house.now())) {
        return Err(Refusal::NotFound("certificate"));
    }
    let functions: Vec<Slug> = queries_of(platform, &row.class).into_iter().map(|query| query.function).collect();
    view(
        house,
        platform,
        subject,
        (row, &functions),
        channel,
        (Least::Something, |item: &Slug| is_stated(platform, item)),
    )
    .await
}

/// Whether a customer's record has a certificate today. It leaves no leaf: no value of the record is told.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such record, or it is somebody else's.
pub async fn has_certificate(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    record: RecordId,
) -> Result<bool, Refusal> {
    let row = own_row(house, platform, subject, record).await?;
    Ok(is_in_force(platform, &row, day_in_shanghai(house.now())))
}

/// Whether a record is a cover that is in force on a day: begun, not over, and not ended before.
pub(crate) fn is_in_force(platform: &Platform, row: &RecordRow, day: Date) -> bool {
    let classes = &platform.tables.program().policy.records;
    let class = classes.iter().find(|class| class.id.value == row.class);
    let covers = class.is_some_and(|class| class.events.iter().any(|event| event.value == Event::InForceFrom));
    let begun = row.in_force_from.is_some_and(|first| first <= day);
    let over = row.in_force_until.is_some_and(|last| last < day);
    let ended = ended(row).is_some_and(|end| end <= day);
    covers && begun && !over && !ended
}

/// The first day on which something ended a record; a transaction that is completed ends nothing.
pub(super) fn ended(row: &RecordRow) -> Option<Date> {
    let ends = row.events.iter().filter(|(word, ..)| Event::ENDS_COVER.iter().any(|end| end.word() == word));
    ends.map(|(_, on, _)| *on).min()
}

/// Whether an item stands on a certificate.
fn is_stated(platform: &Platform, item: &Slug) -> bool {
    let Some(facts) = platform.tables.program().items.get(item) else { return false };
    let written = |kinds: &[Validator]| facts.validator.is_some_and(|validator| kinds.contains(&validator));
    match facts.category {
        Category::Basic => written(&[Validator::Name]),
        Category::Identity => written(&[Validator::ResidentId, Validator::Document, Validator::Text]),
        Category::Property => {
            let bought = written(&[Validator::Text, Validator::Identifier, Validator::OrganisationName]);
            bought && facts.class != Some(Sensitive::FinancialAccount) && facts.mask != Mask::Hidden
        }
        _ => false,
    }
}
