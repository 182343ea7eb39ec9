//! Handing a record to another company that needs it to go on: a broker's order to the insurer, a claim to the assessor
//! (销售办法 article 9, rule R26). Only what the policy's share names leaves; the rest is not even opened.

use std::collections::BTreeSet;

use model::{RecordId, Slug};
use policy::question::{Actor, Facts};
use policy::syntax::{Method, Share};
use store::RecordRow;

use crate::leaf::Act;
use crate::read::RecordView;
use crate::read::page::{Ask, Least, Terms, look_on, places};
use crate::seat::Caller;
use crate::share::{covered, is_known, shared_places};
use crate::{House, Platform, Refusal};

/// A record to be handed over.
pub struct HandOff {
    /// The policy's share: its id.
    pub share: Slug,
    /// The very party, where the recipient is a class of several.
    pub party: Option<Slug>,
    /// Facts that the share's condition asks for.
    pub facts: Facts,
}

/// What was handed over, for the system that sends it on.
pub struct HandedOff {
    /// The record, with the items that go; what the share names and the answer withholds comes with its reasons.
    pub records: Vec<RecordView>,
    /// Items that the record holds and the share does not name: they stay here.
    pub kept_back: Vec<Slug>,
    /// Leaf; it names every item that went.
    pub leaf: Option<u64>,
}

/// Hands a record over under a share of the policy, as one act. Each person's part is decided about on that person's own
/// consents; a part that is refused stays, with its reasons, and the others go.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that speaks for a party, or does not cover the share; [`Refusal::NotFound`] for no
/// such share or record; [`Refusal::Wrong`] for a share that the recipient asks for itself, or of another class of records;
/// [`Refusal::Denied`], with a leaf, when nothing of the record may go, or the party is cut off.
pub async fn hand_off(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    record: RecordId,
    wanted: HandOff,
) -> Result<HandedOff, Refusal> {
    let platform = &*house.current(platform);
    caller.is_of_the_company()?;
    let shares = &platform.tables.program().policy.shares;
    let share = shares.iter().find(|share| share.id.value == wanted.share).ok_or(Refusal::NotFound("share"))?;
    covered(platform, caller, share)?;
    if share.method.said() == Some(&Method::Pull) {
        return Err(Refusal::Wrong("the recipient asks for this itself: it has `queries`".into()));
    }
    let row = house.store.record(&platform.id, record).await?.ok_or(Refusal::NotFound("record"))?;
    if !share.records.iter().any(|class| class.text == row.class.as_str()) {
        return Err(Refusal::Wrong("this share is about records of another class".into()));
    }
    let mut wanted_places = Vec::new();
    for place in shared_places(platform, share, &row) {
        if is_known(house, platform, &place).await? {
            wanted_places.push(place);
        }
    }
    let stands = |(_, role): &&(model::SubjectId, Slug)| share.of.iter().any(|of| of.text == role.as_str());
    let (first, _) = row.roles.iter().find(stands).ok_or(Refusal::NotFound("record"))?;
    let ask = Ask {
        act: Act::Share,
        who: caller.who(),
        actor: Actor::System,
        action: share.act.value,
        function: share.functions.first().map(|function| function.text.as_str()),
        purpose: share.purpose.said().map(|purpose| purpose.text.as_str()),
        channel: None,
        recipient: Some(share.recipient.text.as_str()),
        party: wanted.party.as_ref().map(Slug::as_str),
        because: None,
        covered: false,
        least: Least::Something,
    };
    let terms = Terms { facts: wanted.facts.clone(), ..Terms::default() };
    let page = look_on(house, platform, *first, &ask, &wanted_places, &terms).await?;
    let kept_back = kept_back(house, platform, share, &row, &page.records).await?;
    Ok(HandedOff { records: page.records, kept_back, leaf: page.leaf })
}

/// The items that the record holds in any role and that do not go.
async fn kept_back(
    house: &House,
    platform: &Platform,
    share: &Share,
    row: &RecordRow,
    gone: &[RecordView],
) -> Result<Vec<Slug>, Refusal> {
    let named: BTreeSet<&Slug> =
        gone.iter().flat_map(|record| &record.parts).flat_map(|part| &part.items).map(|shown| &shown.item).collect();
    let mut kept = BTreeSet::new();
    let roles: Vec<&str> = row.roles.iter().map(|(_, role)| role.as_str()).collect();
    for place in places(row, &roles) {
        let shared = share.of.iter().any(|of| of.text == place.person.as_str());
        let part = house.store.part(&platform.id, row.id, place.subject, &place.person).await?;
        let held = part.into_iter().flat_map(|part| part.values).map(|value| value.item);
        kept.extend(held.filter(|item| !(shared && named.contains(item))));
    }
    Ok(kept.into_iter().collect())
}
