//! One value in the clear: a separate act with a leaf of its own (rule R56).

use model::{RecordId, Slug, SubjectId};
use policy::question::Actor;
use policy::syntax::{Action, Kind};

use super::Shown;
use super::mine::access;
use super::page::{Ask, Least, Place, look, places};
use super::staff::{not_this_role, role};
use crate::leaf::Act;
use crate::refusal::FieldFault;
use crate::seat::Duty;
use crate::{House, Platform, Refusal, approval, identity};

/// Who looks.
#[derive(Debug, Clone, Copy)]
pub enum Viewer<'a> {
    /// The subject, under the right of access.
    Subject,
    /// Staff on duty, in the course of a function.
    Staff {
        /// The seat.
        duty: &'a Duty,
        /// Id of the function.
        function: &'a str,
    },
}

/// Why staff open a value. A closed list: the ledger takes codes, and free text would end with names in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// The customer asked for help with it.
    CustomerAsked,
    /// To make sure who the customer is.
    Identity,
    /// A claim or policy service cannot go on without it.
    CaseHandling,
    /// Two records contradict each other.
    Correction,
    /// A complaint is looked into.
    Complaint,
    /// A law or authority demands it.
    LegalDuty,
}

impl Because {
    /// Every reason.
    pub const ALL: [Self; 6] =
        [Self::CustomerAsked, Self::Identity, Self::CaseHandling, Self::Correction, Self::Complaint, Self::LegalDuty];

    /// The code on the ledger.
    pub const fn word(self) -> &'static str {
        match self {
            Self::CustomerAsked => "customer-asked",
            Self::Identity => "identity",
            Self::CaseHandling => "case-handling",
            Self::Correction => "correction",
            Self::Complaint => "complaint",
            Self::LegalDuty => "legal-duty",
        }
    }

    /// The reason of a code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|because| because.word() == code)
    }
}

/// A value that was opened, and the leaf of that very act.
pub struct ClearView {
    /// The value.
    pub shown: Shown,
    /// Leaf of the look.
    pub leaf: u64,
}

/// Opens one value in the clear.
///
/// `because` is a code of [`Because`]; a subject needs none.
///
/// # Errors
/// [`Refusal::NotFound`] for a value that does not exist, is not this subject's, or not yet its to see ([`identity`]); [`Refusal::Fields`] for a missing
/// reason; [`Refusal::Denied`], with a leaf, when the role may not, or the answer is anything less than clear.
#[expect(
    clippy::too_many_arguments,
    reason = "a value is named by subject, record, role and item; nothing can be left out"
)]
pub async fn clear_view(
    house: &House,
    platform: &Platform,
    viewer: Viewer<'_>,
    subject: SubjectId,
    record: RecordId,
    person: &Slug,
    item: &Slug,
    because: &str,
) -> Result<ClearView, Refusal> {
    let place = Place { only: Some(vec![item.clone()]), ..place(house, platform, subject, record, person).await? };
    if matches!(viewer, Viewer::Subject) && !identity::sight(house, platform, subject).await?.covers(&place.record) {
        return Err(Refusal::NotFound("value"));
    }
    let ask = match viewer {
        Viewer::Subject => Ask { covered: false, least: Least::Clear, ..access(None) },
        Viewer::Staff { duty, function } => {
            let missing = FieldFault::new("because", "missing");
            let because = Because::of(because).ok_or_else(|| Refusal::Fields(vec![missing]))?;
            staff(house, platform, duty, function, subject, because).await?
        }
    };
    let page = look(house, platform, subject, &ask, &[place]).await?;
    let mut shown = page.records.into_iter().flat_map(|record| record.parts).flat_map(|part| part.items);
    let (shown, leaf) = shown.next().zip(page.leaf).ok_or(Refusal::NotFound("value"))?;
    Ok(ClearView { shown, leaf })
}

/// Where a role's values lie, if the record is the subject's.
pub(crate) async fn place(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    record: RecordId,
    person: &Slug,
) -> Result<Place, Refusal> {
    let row = house.store.record(&platform.id, record).await?.ok_or(Refusal::NotFound("value"))?;
    if !row.roles.iter().any(|(whose, _)| *whose == subject) {
        return Err(Refusal::NotFound("value"));
    }
    let own = row.roles.iter().any(|(whose, role)| *whose == subject && role == person);
    let whose = own.then_some(subject);
    let found = places(&row, &[person.as_str()]).into_iter().find(|place| place.subject == whose);
    found.ok_or(Refusal::NotFound("value"))
}

/// What staff ask for, where the role may.
pub(crate) async fn staff<'a>(
    house: &House,
    platform: &Platform,
    duty: &Duty,
    function: &'a str,
    subject: SubjectId,
    because: Because,
) -> Result<Ask<'a>, Refusal> {
    if platform.tables.program().names.entry(Kind::Function, function).is_none() {
        return Err(Refusal::NotFound("function"));
    }
    if !role(platform, duty)?.clear_view.value {
        return Err(not_this_role(house, platform, duty, Some(subject)).await);
    }
    let approved = approval::holds(house, platform, duty.seat(), subject, function).await?;
    Ok(Ask {
        act: Act::Read,
        who: duty.who(),
        actor: Actor::Staff { role: duty.role().to_string(), approved, clear_view: true },
        action: Action::Show,
        function: Some(function),
        purpose: None,
        channel: None,
        recipient: None,
        party: None,
        because: Some(because.word()),
        covered: false,
        least: Least::Clear,
    })
}
