//! What the company's own systems see: a subject found by one exact value, and its records in the course of a function.

use model::{Clear, SubjectId};
use policy::question::Actor;
use policy::syntax::{Action, Kind};

use super::RecordView;
use super::page::{Ask, Least, look, own_places};
use super::staff::{Sign, sought};
use crate::leaf::Act;
use crate::seat::Caller;
use crate::{House, Platform, Refusal};

/// A subject's records, as one act shows them to a system.
pub struct ServicePage {
    /// Records; what is withheld comes with its reasons.
    pub records: Vec<RecordView>,
    /// Leaf of the look; `None` when no record holds anything.
    pub leaf: Option<u64>,
}

/// Finds a subject by one exact value. Leaves a leaf, found or not, without the value.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that may not show; [`Refusal::Fields`] for what cannot be such a value.
pub async fn find(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    sign: Sign,
    text: &Clear<String>,
) -> Result<Option<SubjectId>, Refusal> {
    caller.may(platform, Action::Show.word(), None)?;
    sought(house, platform, caller.who(), sign, text).await
}

/// Shows a system a subject's records in the course of `function` (id).
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that does not cover the function; [`Refusal::NotFound`] when there is no such
/// subject or function; [`Refusal::Denied`], with a leaf, when nothing may be shown.
pub async fn service_page(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    subject: SubjectId,
    function: &str,
    channel: Option<&str>,
) -> Result<ServicePage, Refusal> {
    let known = platform.tables.program().names.entry(Kind::Function, function);
    let function = known.ok_or(Refusal::NotFound("function"))?.id.as_str();
    caller.may(platform, Action::Show.word(), Some(function))?;
    let records = house.store.records_of(&platform.id, subject).await?;
    let places: Vec<_> = records.iter().flat_map(|record| own_places(record, subject)).collect();
    let ask = asked(caller, function, channel);
    let page = look(house, platform, subject, &ask, &places).await?;
    Ok(ServicePage { records: page.records, leaf: page.leaf })
}

/// What a system asks for in the course of a function.
pub(crate) fn asked<'a>(caller: &Caller, function: &'a str, channel: Option<&'a str>) -> Ask<'a> {
    Ask {
        act: Act::Read,
        who: caller.who(),
        actor: Actor::System,
        action: Action::Show,
        function: Some(function),
        purpose: None,
        channel,
        recipient: None,
        party: None,
        because: None,
        covered: false,
        least: Least::Something,
    }
}
