//! Taking a request back (撤回申请): while nobody has decided it, who made it ends it. One act; what was asked about stays as
//! it is.

use model::service::End;
use model::{RecordId, SubjectId};

use super::decide::{Kept, concerned, writes};
use super::waiting::{check, found};
use crate::act::{Draft, Once, TRIES};
use crate::consent::Done;
use crate::leaf::{Act, Who};
use crate::read::own_row;
use crate::seat::{Caller, Eyes};
use crate::{House, Platform, Refusal};

/// Takes a request back, for who made it: on the page, or at a system of the company's.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that does not cover the function of the request;
/// [`Refusal::NotFound`] for a record that is not the subject's, or asks for nothing; [`Refusal::Wrong`] for one that has
/// come to its end.
pub async fn take_back(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    by: Option<&Caller>,
    request: RecordId,
    once: Option<Once>,
) -> Result<Done, Refusal> {
    for tried in 0..TRIES {
        let platform = house.current(platform);
        let found = found(house, &platform, request).await?;
        let who = match by {
            Some(caller) => check(house, &platform, Eyes::System(caller), found.asked.function.as_ref()).await?,
            // A customer knows of no record that is not shown.
            None => own_row(house, &platform, subject, request).await.map(|_| Who::Subject)?,
        };
        if found.asked.holder != Some(subject) {
            return Err(Refusal::NotFound("record"));
        }
        // The first time the commit knows better: the same key may have taken it back.
        if found.row.ended.is_some() && (tried > 0 || once.is_none()) {
            return Err(Refusal::Wrong("this request has come to its end: nothing is left to take back".into()));
        }
        let mut entry = platform.entry(Act::Event, who, house.now());
        entry.function.clone_from(&found.asked.function);
        entry.because = Some(format!("{}-{}", found.row.service.wish.word(), End::TakenBack.word()));
        let draft = Draft {
            expect: Vec::new(),
            writes: writes(&platform, &found, End::TakenBack, (None, None), &entry),
            entry,
            subjects: concerned(house, &platform, &found).await?,
            record: Some(request),
            key: once.map(|once| once.key(&Kept {})),
        };
        if let Some(leaf) = house.commit_once(&platform, draft).await? {
            return Ok(Done { leaf, consent: None });
        }
    }
    Err(Refusal::Contended)
}
