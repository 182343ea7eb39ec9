//! Coming in from the insurer's own application, by a ticket that works once.

use model::SubjectId;
use model::act::Account;

use crate::{House, Platform, Refusal};

/// What is said of any ticket that lets nobody in, whatever the cause.
const WRONG: Refusal = Refusal::NotAllowed("this ticket");

/// Uses a ticket up and says whom it lets in.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a ticket that is forged, too old, used, for another platform, or for somebody without an
/// account: all alike.
pub async fn ticket(house: &House, platform: &Platform, text: &str) -> Result<SubjectId, Refusal> {
    let now = house.now();
    let read = house.parties.tickets.read(&platform.id, text, now).map_err(|_| WRONG)?;
    if !house.store.ticket_use(&read.number, read.until).await? {
        return Err(WRONG);
    }
    let row = house.store.subject(&platform.id, read.subject).await?;
    row.filter(|row| row.account == Account::Active).map(|row| row.id).ok_or(WRONG)
}
