//! Sharing on the customer's choice: a named party asks, and gets what the customer granted to that very party.

use std::collections::BTreeSet;

use model::{Clear, RecordId, Slug, SubjectId};
use policy::question::{Actor, Code};
use policy::syntax::{Method, RecipientClass, Share};
use store::{RecordRow, TokenKind};
use vault::field::accept;

use crate::consent::by_policy;
use crate::leaf::{Act, Entry};
use crate::read::RecordView;
use crate::read::page::{Ask, Least, Place, look, places};
use crate::refusal::FieldFault;
use crate::seat::Caller;
use crate::{House, Platform, Refusal};

/// What a party asks for.
pub enum Sought {
    /// The policy of this number.
    PolicyNumber(Clear<String>),
    /// A record, as an earlier answer named it.
    Record(RecordId),
}

/// Answers a party that a customer authorised (一(二) of a policy with pull access). The act is a `share` with recipient
/// and party on its leaf, and it is decided at this instant: a grant withdrawn a moment ago no longer counts.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that speaks for no party or does not cover the share; [`Refusal::Denied`] with a
/// leaf and reasons when a grant was given to this party and no longer stands, or does not reach far enough;
/// [`Refusal::NotFound`] when there is no such record, or its customer never granted anything to this party, which are
/// not told apart.
pub async fn agency_query(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    sought: Sought,
) -> Result<RecordView, Refusal> {
    let party = caller.party().ok_or(Refusal::NotAllowed("the token speaks for no party"))?;
    let share = pulled_by(platform, party).ok_or(Refusal::NotAllowed("the party may not ask under this policy"))?;
    let covered = [share.purpose.said().map(|purpose| purpose.text.as_str())];
    let functions = share.functions.iter().map(|function| Some(function.text.as_str()));
    let mut named = covered.into_iter().chain(functions).flatten();
    let word = share.act.value.word();
    caller.may(platform, word, None)?;
    if !named.any(|purpose| caller.may(platform, word, Some(purpose)).is_ok()) {
        return Err(Refusal::NotAllowed("the token does not cover this function or purpose"));
    }
    let (subject, record) = find(house, platform, &sought, share).await?.ok_or(Refusal::NotFound("policy"))?;
    if !ever_granted(house, platform, subject, party).await? {
        let entry = entry(house, platform, caller, share, party);
        let reason = by_policy(Code::ConsentMissing, None);
        return Err(match house.refuse_for(platform, entry, Some(subject), vec![reason]).await {
            Refusal::Denied(_) => Refusal::NotFound("policy"),
            other => other,
        });
    }
    let ask = Ask {
        act: Act::Share,
        who: caller.who(),
        actor: Actor::Party { party: party.to_string() },
        action: share.act.value,
        function: share.functions.first().map(|function| function.text.as_str()),
        purpose: share.purpose.said().map(|purpose| purpose.text.as_str()),
        channel: None,
        recipient: Some(share.recipient.text.as_str()),
        party: Some(party.as_str()),
        because: None,
        covered: false,
        least: Least::Something,
    };
    let places = shared_places(platform, share, &record);
    let page = look(house, platform, subject, &ask, &places).await?;
    page.records.into_iter().next().ok_or(Refusal::NotFound("policy"))
}

/// The share under which a party of the operation file's register may ask.
fn pulled_by<'p>(platform: &'p Platform, party: &Slug) -> Option<&'p Share> {
    let program = platform.tables.program();
    let recipient = &program.operation.parties.iter().find(|one| one.id.value == *party)?.recipient;
    let named = program
        .policy
        .recipients
        .iter()
        .any(|one| one.id.as_str() == recipient.text && one.class.value != RecipientClass::Unnamed);
    let pulls = |share: &&Share| share.method.said() == Some(&Method::Pull) && share.recipient == *recipient;
    program.policy.shares.iter().find(pulls).filter(|_| named)
}

/// The record that is sought, among those that the share is about, and the subject through whom it is found.
async fn find(
    house: &House,
    platform: &Platform,
    sought: &Sought,
    share: &Share,
) -> Result<Option<(SubjectId, RecordRow)>, Refusal> {
    let is_shared = |record: &RecordRow| share.records.iter().any(|class| class.text == record.class.as_str());
    let record = match sought {
        Sought::Record(record) => *record,
        Sought::PolicyNumber(number) => {
            let kind = TokenKind::PolicyNumber;
            let normal = accept(crate::read::shape(kind), number)
                .map_err(|_| Refusal::Fields(vec![FieldFault { item: "policy-number".to_owned(), code: "shape" }]))?;
            let token = platform.token(kind, &normal);
            let Some(subject) = house.store.subject_by_token(&platform.id, kind, &token).await? else {
                return Ok(None);
            };
            let records = house.store.records_of(&platform.id, subject).await?;
            let mut records = records.into_iter().filter(is_shared);
            return Ok(records.next().map(|record| (subject, record)));
        }
    };
    let Some(row) = house.store.record(&platform.id, record).await?.filter(is_shared) else { return Ok(None) };
    let in_role = |role: &Slug| share.of.iter().any(|of| of.text == role.as_str());
    let subject = row.roles.iter().find(|(_, role)| in_role(role)).map(|(subject, _)| *subject);
    Ok(subject.map(|subject| (subject, row)))
}

/// Whether the subject ever granted anything to the party: only then may the party learn that there is a policy.
async fn ever_granted(house: &House, platform: &Platform, subject: SubjectId, party: &Slug) -> Result<bool, Refusal> {
    let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("policy"))?;
    Ok(snapshot.state().consents.iter().any(|consent| consent.party.as_ref() == Some(party)))
}

fn entry(house: &House, platform: &Platform, caller: &Caller, share: &Share, party: &Slug) -> Entry {
    let mut entry = platform.entry(Act::Share, caller.who(), house.now());
    entry.function = share.functions.first().and_then(|function| function.text.parse().ok());
    entry.purpose = share.purpose.said().and_then(|purpose| purpose.text.parse().ok());
    entry.recipient = share.recipient.text.parse().ok();
    entry.party = Some(party.clone());
    entry
}

/// Where the values lie that the share is about. What it does not declare is not even asked for: a party need not learn
/// which other items a policy holds.
fn shared_places(platform: &Platform, share: &Share, record: &RecordRow) -> Vec<Place> {
    let scopes =
        platform.tables.scopes().iter().filter(|scope| scope.element == share.id.value && scope.act == share.act.value);
    let declared: BTreeSet<Slug> = scopes.flat_map(|scope| scope.items.iter().cloned()).collect();
    let declared: Vec<Slug> = declared.into_iter().collect();
    let roles: Vec<&str> = share.of.iter().map(|role| role.text.as_str()).collect();
    places(record, &roles).into_iter().map(|place| Place { only: Some(declared.clone()), ..place }).collect()
}
