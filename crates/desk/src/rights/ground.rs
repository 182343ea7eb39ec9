//! Grounds on which a request may be refused: those of the text and those of the law, and of these the ones that hold.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::act::{Born, Snapshot};
use model::{RequestId, Slug};
use policy::question::{Facts, Grant, RightAnswer, RightAsked, Subject};
use policy::syntax::{Condition, LawGround, Refusal as Listed};
use store::RequestRow;

use crate::seat::Duty;
use crate::{House, Platform, Refusal};

/// A ground that carries a refusal of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// What the step names: the id of the text's ground, or the word of the law's.
    pub word: Slug,
    /// The text's name of it; `None` for a ground of law that the text does not list.
    pub name: Option<String>,
    /// The ground of law.
    pub law: Option<LawGround>,
    /// Where the text has it.
    pub clause: Option<String>,
}

/// The grounds on which staff may refuse a request, in the order of the text, then those of law alone. Asked of the tables
/// one by one: what the law does not bear is none, wherever it is published (rule R43).
///
/// # Errors
/// [`Refusal::NotFound`] for a request that does not exist.
pub async fn grounds(house: &House, platform: &Platform, duty: &Duty, id: RequestId) -> Result<Vec<Ground>, Refusal> {
    duty.on(platform)?;
    let row = house.store.request(&platform.id, id).await?.ok_or(Refusal::NotFound("request"))?;
    let (snapshot, born) = house.known(platform, row.subject).await?;
    let now = house.now();
    let mut found = Vec::new();
    for candidate in candidates(platform) {
        let answer = claimed(platform, &row, &candidate.word, (&snapshot, born), now)?;
        if answer.effect != Grant::Granted {
            found.push(candidate);
        }
    }
    Ok(found)
}

fn candidates(platform: &Platform) -> Vec<Ground> {
    let listed = &platform.tables.program().policy.refusals;
    let of_text = listed.iter().map(|one| Ground {
        word: one.id.value.clone(),
        name: Some(one.name.value.clone()),
        law: one.law.said().copied(),
        clause: one.clause.first().map(|clause| clause.value.clone()),
    });
    let taken = |ground: &LawGround| listed.iter().any(|one| one.law.said() == Some(ground));
    let of_law = LawGround::ALL.iter().copied().filter(|ground| !taken(ground));
    let of_law = of_law.filter_map(|ground| {
        Some(Ground { word: ground.word().parse().ok()?, name: None, law: Some(ground), clause: None })
    });
    of_text.chain(of_law).collect()
}

/// What policy and law say of a request that is refused on a ground. Whoever refuses attests what the ground asks for.
fn claimed(
    platform: &Platform,
    row: &RequestRow,
    ground: &Slug,
    (snapshot, born): (&Snapshot, Option<Born>),
    now: Timestamp,
) -> Result<RightAnswer, Refusal> {
    let listed = platform.tables.program().policy.refusals.iter().find(|one| one.id.value == *ground);
    let question = RightAsked {
        platform: platform.id.clone(),
        at: None,
        right: super::right(row)?,
        by: row.by.clone(),
        since: row.since,
        items: Vec::new(),
        refusal: Some(ground.to_string()),
        subject: Subject::default(),
        facts: Facts { declared: listed.map(attested).unwrap_or_default(), ..Facts::default() },
    };
    Ok(platform.tables.right(&question, snapshot.state(), born, now))
}

fn attested(listed: &Listed) -> BTreeMap<String, bool> {
    let asks = listed.when.iter().flat_map(|when| when.value.atoms()).filter_map(Condition::asks);
    asks.map(|fact| (fact, true)).collect()
}

/// Whether a refusal on this ground stands.
pub(super) fn check(
    platform: &Platform,
    row: &RequestRow,
    ground: &Slug,
    known: (&Snapshot, Option<Born>),
    now: Timestamp,
) -> Result<(), Refusal> {
    if claimed(platform, row, ground, known, now)?.effect == Grant::Granted {
        return Err(Refusal::Wrong("neither policy nor law refuses this right on that ground".to_owned()));
    }
    Ok(())
}
