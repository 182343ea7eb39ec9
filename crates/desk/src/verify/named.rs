//! Whether name and document number belong together (实名核验): what the house holds goes to the verifier under the
//! policy's own share, decided and on the ledger before it leaves.

use model::{Clear, Slug, SubjectId};
use policy::question::Actor;
use policy::syntax::{Check, CheckBy, Share};

use super::{Outcome, Verified, Way, check, result, spent};
use crate::leaf::{Act, Who};
use crate::read::page::{Ask, Least, Place, look, places};
use crate::{House, Platform, Refusal, identity};

/// What is compared: items of the vocabulary.
const NAME: &str = "name";
const NUMBER: &str = "id-number";

/// Makes a check of the operation file by real name. The leaf that the values leave comes first, then the verifier is
/// asked, then comes the leaf of the result.
///
/// # Errors
/// [`Refusal::NotFound`] for no such check or subject; [`Refusal::Wrong`] for a check that is not made so, or before name
/// and number are held; [`Refusal::TooMany`] after five failures within a day; [`Refusal::Denied`], with a leaf, when the
/// policy or the law does not let the values go; [`Refusal::Outside`] when the verifier does not answer.
pub async fn by_name(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    id: &str,
    who: Who,
) -> Result<Verified, Refusal> {
    let platform = &*house.current(platform);
    let made = check(platform, id)?;
    let share = made.share.as_ref().filter(|_| made.by.value == CheckBy::RealName);
    let shares = &platform.tables.program().policy.shares;
    let share = share.and_then(|named| shares.iter().find(|share| share.id.as_str() == named.text));
    let share = share.ok_or(Refusal::Wrong("this check looks at the face: go to its function".into()))?;
    let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
    if spent(snapshot.state(), &made.fact.text, house.now()) {
        return Err(Refusal::TooMany);
    }
    let place = held(house, platform, subject, made, share).await?;
    let (name, number) = released(house, platform, subject, (made, share), &who, place).await?;
    let said = house.parties.real_name.belong(name, number).await?;
    let function: Slug = made.function.text.parse().map_err(|_| Refusal::Broken("an unresolved name".into()))?;
    let because = if said.holds { "name-matches" } else { "name-differs" };
    let outcome = Outcome {
        function: &function,
        way: Way::Name,
        check: Some(made),
        because,
        holds: said.holds,
        request: said.request,
    };
    result(house, platform, subject, who, outcome).await
}

/// The record part that holds both values of the subject in a role of the share: that of the check's own function before
/// others, the newest first.
async fn held(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    made: &Check,
    share: &Share,
) -> Result<Place, Refusal> {
    let (_, mut records) = identity::seen(house, platform, subject).await?;
    let of_function = |function: Option<&Slug>| function.is_some_and(|own| own.as_str() == made.function.text);
    records.sort_by_key(|record| (!of_function(record.function.as_ref()), std::cmp::Reverse(record.at)));
    let roles: Vec<&str> = share.of.iter().map(|role| role.text.as_str()).collect();
    let own = |place: &Place| place.subject == Some(subject);
    for place in records.iter().flat_map(|record| places(record, &roles)).filter(own) {
        let part = house.store.part(&platform.id, place.record.id, place.subject, &place.person).await?;
        let values = part.map(|part| part.values).unwrap_or_default();
        let wanted: Vec<Slug> = [NAME, NUMBER].iter().filter_map(|id| id.parse().ok()).collect();
        if wanted.iter().all(|item| values.iter().any(|value| value.item == *item)) {
            return Ok(Place { only: Some(wanted), ..place });
        }
    }
    Err(Refusal::Wrong(format!("name and document number are not held yet: fill in `{}` first", made.function.text)))
}

/// Lets name and number out for the verifier, as one act.
async fn released(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    (made, share): (&Check, &Share),
    who: &Who,
    place: Place,
) -> Result<(Clear<String>, Clear<String>), Refusal> {
    let ask = Ask {
        act: Act::Share,
        who: who.clone(),
        actor: Actor::System,
        action: share.act.value,
        function: Some(&made.function.text),
        purpose: share.purpose.said().map(|purpose| purpose.text.as_str()),
        channel: None,
        recipient: Some(share.recipient.text.as_str()),
        party: made.party.as_ref().map(|party| party.text.as_str()),
        because: None,
        covered: false,
        least: Least::Clear,
    };
    let page = look(house, platform, subject, &ask, &[place]).await?;
    let shown = page.records.into_iter().flat_map(|record| record.parts).flat_map(|part| part.items);
    let (mut name, mut number) = (None, None);
    for one in shown {
        match one.item.as_str() {
            NAME => name = one.value.map(Clear::new),
            NUMBER => number = one.value.map(Clear::new),
            _ => {}
        }
    }
    // Erased since it was looked for.
    name.zip(number).ok_or(Refusal::NotFound("value"))
}
