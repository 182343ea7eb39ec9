//! Retention (保存与删除): what may be erased when, erasing on request, sweeping what is due.
//!
//! Erasing destroys the key of a record part. Nothing is erased before the longest legal floor under its record; what
//! a floor keeps is storage-only until then (rules R45, R46, design invariants 8 and 9).

mod certificate;
mod erase;
mod fate;
mod restrict;
mod sweep;

use jiff::civil::Date;
use model::calendar::day_in_shanghai;
use model::{RecordId, Slug, SubjectId};
use policy::question::{DueDate, RightAsked, Subject};
use policy::syntax::RightKind;

pub(crate) use fate::{dates_of, floors};

pub use certificate::{Certificate, Destroyed, Gone, Pending, Stays, confirm, destroyed};
pub(crate) use erase::ends_with_its_claim;
pub use erase::{Erased, erase};
pub use restrict::{Restrictable, is_restricted, restrict, restrictable};
pub use sweep::sweep;

use crate::{House, Platform, Refusal, identity};

/// What would become of a subject's data if it were to be erased today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasurePlan {
    /// Every part that is still there and that the subject may know of, oldest record first.
    pub parts: Vec<PartFate>,
    /// By when a request for it that comes in today has to be done.
    pub due: Option<DueDate>,
}

/// What becomes of one part of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartFate {
    /// Record.
    pub record: RecordId,
    /// Its class.
    pub class: Slug,
    /// Role of the subject.
    pub role: Slug,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Nothing stands in the way: its key is destroyed.
    EraseNow,
    /// A legal floor runs, or cover is in force: storage and security only.
    StorageOnly {
        /// First day on which it may be erased; `None` while the event that the floor counts from has not come.
        until: Option<Date>,
        /// The floor, by its word of the language.
        floor: Option<String>,
        /// Where the law says so.
        article: Option<String>,
    },
    /// A claim or dispute about it is open: it stays in use for that alone, until the claim is closed (PIPL art. 47, first
    /// case: the purpose is not achieved yet).
    Claim {
        /// Where the law says so.
        article: Option<String>,
    },
    /// Something has to end first: the code says what.
    Blocked(&'static str),
}

/// Plans an erasure. Advice: nothing is written. What systems handed in is not part of it before the identity is
/// verified ([`identity`]).
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such subject.
pub async fn plan(house: &House, platform: &Platform, subject: SubjectId) -> Result<ErasurePlan, Refusal> {
    let (snapshot, born) = house.known(platform, subject).await?;
    let now = house.now();
    let held = fate::held(house, platform, subject, identity::in_reach(house, platform, &snapshot).await?).await?;
    let asked = RightAsked {
        platform: platform.id.clone(),
        at: None,
        right: RightKind::Delete,
        by: "self".to_owned(),
        since: day_in_shanghai(now),
        items: Vec::new(),
        refusal: None,
        subject: Subject::Known { id: subject },
        facts: policy::question::Facts::default(),
    };
    let state = identity::state_in_reach(house, platform, &snapshot).await?;
    let due = platform.tables.right(&asked, &state, born, now).due;
    Ok(ErasurePlan { parts: fate::fates(platform, snapshot.state(), &held, now), due })
}
