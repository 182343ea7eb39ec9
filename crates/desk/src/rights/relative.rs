//! Requests of close relatives of somebody who has died (PIPL art. 49).
//!
//! Nothing of the relative is taken on the page: the request is a number in the queue, and whoever brings the number shows
//! the proof to staff. What is said of the subject finds the subject and is not kept; whether anybody was found is not told.

use model::calendar::day_in_shanghai;
use model::{Clear, RequestId, Slug};
use policy::syntax::{Delegate, RightKind};
use store::TokenKind;
use vault::field::accept;

use super::{asked, due, opening, row};
use crate::act::TRIES;
use crate::leaf::Who;
use crate::refusal::FieldFault;
use crate::{House, Platform, Refusal, identity};

/// The rights that a close relative has (PIPL art. 49).
pub const OF_RELATIVES: [RightKind; 4] = [RightKind::Access, RightKind::Copy, RightKind::Correct, RightKind::Delete];

/// What staff note of the proof that they saw, as the reason of the step `verified`.
pub const PROOFS: [&str; 4] = ["death-and-kinship", "notarised", "guardianship", "mandate"];

/// Opens a request of a relative about the subject with this document number, and says its number. The same is said
/// where nobody was found: then nothing is written, and the number leads nowhere.
///
/// # Errors
/// [`Refusal::Wrong`] for a right that relatives do not have; [`Refusal::Fields`] for what is no document number;
/// [`Refusal::TooMany`] for too many tries about one number.
pub async fn by_relative(
    house: &House,
    platform: &Platform,
    number: &Clear<String>,
    right: RightKind,
) -> Result<RequestId, Refusal> {
    if !OF_RELATIVES.contains(&right) {
        return Err(Refusal::Wrong("relatives may look at, copy, correct and delete".to_owned()));
    }
    let kind = TokenKind::Document;
    let wrong = |_| Refusal::Fields(vec![FieldFault::new("document-number", "shape")]);
    let normal = accept(crate::read::shape(kind), number).map_err(wrong)?;
    let token = platform.token(kind, &normal);
    if !house.watch.may_ask_for_another(platform.keys.mark(kind.word(), &normal), house.now()) {
        return Err(Refusal::TooMany);
    }
    let id = RequestId::from_random(house.entropy.draw());
    let Some(subject) = house.store.subject_by_token(&platform.id, kind, &token).await? else { return Ok(id) };
    let by = Delegate::Relative.word();
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let now = house.now();
        let since = day_in_shanghai(now);
        let (snapshot, born) = house.known(platform, subject).await?;
        let state = identity::state_in_reach(house, platform, &snapshot).await?;
        let answer = asked(platform, right, by, since, &state, born, now);
        let due = due(platform, right, since, &answer, now)?;
        let request = row((&snapshot, id), right, by, since, &due, now);
        let draft = opening(platform, Who::Relative, &snapshot, request, now);
        if house.commit(platform, draft).await?.is_some() {
            return Ok(id);
        }
    }
    Err(Refusal::Contended)
}

/// Whether the proof that staff saw is one of the list: free text would end with names in it.
pub(super) fn check_proof(reason: Option<&Slug>) -> Result<(), Refusal> {
    let known = reason.is_some_and(|reason| PROOFS.contains(&reason.as_str()));
    known
        .then_some(())
        .ok_or_else(|| Refusal::Wrong(format!("the proof that was seen is one of {}", PROOFS.join(", "))))
}
