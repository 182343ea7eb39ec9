//! Coming back (a guest without an account): the link of the invitation, used up for joining, and a code to the telephone that
//! was proven then lead to the guest's own part. Withdrawing is then as easy as consenting was (PIPL art. 15, R12).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use model::act::Account;
use model::{Clear, SubjectId};
use store::{InvitationState, Joined};

use super::join::telephone;
use crate::seat::{proof_check, proof_send, sha256};
use crate::{House, Platform, Refusal};

/// Who joined by a link, while there is somebody who has no account and proved a telephone.
async fn guest(house: &House, platform: &Platform, link: &str) -> Result<Option<Joined>, Refusal> {
    let row = house.store.invitation_by_digest(&platform.id, &sha256(link.as_bytes())).await?;
    let Some(row) = row.filter(|row| row.state == InvitationState::Used) else { return Ok(None) };
    let record = house.store.record(&platform.id, row.made.record).await?;
    let mut joined = record.into_iter().flat_map(|record| record.joined);
    let Some(joined) = joined.find(|one| one.invitation == row.made.id && one.telephone.is_some()) else {
        return Ok(None);
    };
    // Who has an account since comes back by that, whose telephone may be another by now.
    let there = house.store.subject(&platform.id, joined.subject).await?;
    Ok(there.filter(|row| row.account == Account::None).map(|_| joined))
}

/// Whether a link that was used leads back to the part of a guest. It leaves no leaf: nothing of a person is told.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn leads_back(house: &House, platform: &Platform, link: &str) -> Result<bool, Refusal> {
    Ok(guest(house, platform, link).await?.is_some())
}

/// Sends a code to the telephone that the guest proved. The answer is the same for any other, to which none is sent.
///
/// # Errors
/// [`Refusal::NotFound`] for a link that leads back to nobody; [`Refusal::Fields`] for what is no telephone number,
/// [`Refusal::TooMany`].
pub async fn back_send(house: &House, platform: &Platform, link: &str, phone: Clear<String>) -> Result<(), Refusal> {
    let joined = guest(house, platform, link).await?.ok_or(Refusal::NotFound("invitation"))?;
    if is_same(&joined, &telephone(platform, link, &phone)?) {
        proof_send(house, platform, phone).await
    } else {
        Ok(())
    }
}

/// Takes the code: who it is.
///
/// # Errors
/// [`Refusal::NotFound`] for a link that leads back to nobody; [`Refusal::NotAllowed`] for another telephone, and for a
/// code that is wrong, used, too old or tried too often.
pub async fn back(
    house: &House,
    platform: &Platform,
    link: &str,
    (phone, code): (&Clear<String>, &str),
) -> Result<SubjectId, Refusal> {
    let joined = guest(house, platform, link).await?.ok_or(Refusal::NotFound("invitation"))?;
    if !is_same(&joined, &telephone(platform, link, phone)?) {
        return Err(Refusal::NotAllowed("telephone number or code"));
    }
    proof_check(house, platform, phone, code).await?;
    Ok(joined.subject)
}

fn is_same(joined: &Joined, telephone: &[u8; 32]) -> bool {
    joined.telephone.as_ref().is_some_and(|kept| verify_slices_are_equal(kept, telephone).is_ok())
}
