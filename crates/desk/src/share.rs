//! Sharing on the customer's choice: a named party asks, and gets what the customer granted to that very party.

use std::collections::BTreeSet;

use model::{Clear, RecordId, Slug, SubjectId};
use policy::question::{Actor, Code};
use policy::syntax::{Method, RecipientClass, Share};
use store::{RecordRow, TokenKind};
use vault::field::accept;

use crate::consent::by_policy;
use crate::leaf::Act;
use crate::read::RecordView;
use crate::read::page::{Ask, Least, Place, look, places};
use crate::refusal::FieldFault;
use crate::seat::Caller;
use crate::{House, Platform, Refusal};

/// What a party asks for.
pub enum Sought {
    /// The policy of this number, where its bearer has no other.
    PolicyNumber(Clear<String>),
    /// Every policy of the customer with this identity document.
    Document(Clear<String>),
    /// Every policy of this customer.
    Subject(SubjectId),
    /// One record, as an earlier answer named it.
    Record(RecordId),
}

/// Answers a party that a customer authorised, where the text lets it ask (pull access). The whole answer is one act, a
/// `share` with recipient and party on its leaf, and is decided at this instant: a grant withdrawn a moment ago no longer
/// counts.
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
) -> Result<Vec<RecordView>, Refusal> {
    let party = caller.party().ok_or(Refusal::NotAllowed("the token speaks for no party"))?;
    let share = pulled_by(platform, party).ok_or(Refusal::NotAllowed("the party may not ask under this policy"))?;
    covered(platform, caller, share)?;
    let Found { people, records } = find(house, platform, &sought, share).await?;
    let first = *people.first().filter(|_| !records.is_empty()).ok_or(UNKNOWN)?;
    let Some(subject) = who_granted(house, platform, &people, party).await? else {
        return Err(stranger(house, platform, caller, share, first).await);
    };
    // A number is of one policy, but a token leads to its bearer only.
    if matches!(sought, Sought::PolicyNumber(_)) && records.len() > 1 {
        return Err(Refusal::Wrong("this customer has several policies: ask for one by its record".to_owned()));
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
    let places: Vec<Place> = records.iter().flat_map(|record| shared_places(platform, share, record)).collect();
    let page = look(house, platform, subject, &ask, &places).await?;
    if page.records.is_empty() { Err(UNKNOWN) } else { Ok(page.records) }
}

/// What a party is told of records that do not exist, and of those that it has no business to know of.
const UNKNOWN: Refusal = Refusal::NotFound("policy");

/// Whether the token covers the share, by its function or its purpose.
fn covered(platform: &Platform, caller: &Caller, share: &Share) -> Result<(), Refusal> {
    let action = share.act.value.word();
    let purpose = share.purpose.said().map(|purpose| purpose.text.as_str());
    let functions = share.functions.iter().map(|function| function.text.as_str());
    let tried: Vec<_> =
        purpose.into_iter().chain(functions).map(|named| caller.may(platform, action, Some(named))).collect();
    let refused = || caller.may(platform, action, None).and(Err(Refusal::NotAllowed("a share without a purpose")));
    let best = tried.into_iter().reduce(|best, next| if best.is_ok() { best } else { next });
    best.unwrap_or_else(refused)
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

/// What was sought: the records, and the people through whom the party may ask for them.
struct Found {
    people: Vec<SubjectId>,
    records: Vec<RecordRow>,
}

async fn find(house: &House, platform: &Platform, sought: &Sought, share: &Share) -> Result<Found, Refusal> {
    let is_shared = |record: &RecordRow| share.records.iter().any(|class| class.text == record.class.as_str());
    let in_role = |role: &Slug| share.of.iter().any(|of| of.text == role.as_str());
    let subject = match sought {
        Sought::Record(record) => {
            let row = house.store.record(&platform.id, *record).await?.filter(is_shared);
            let roles = row.iter().flat_map(|row| &row.roles);
            let people = roles.filter(|(_, role)| in_role(role)).map(|(subject, _)| *subject).collect();
            return Ok(Found { people, records: row.into_iter().collect() });
        }
        Sought::Subject(subject) => Some(*subject),
        Sought::PolicyNumber(number) => by_value(house, platform, TokenKind::PolicyNumber, number).await?,
        Sought::Document(number) => by_value(house, platform, TokenKind::Document, number).await?,
    };
    let Some(subject) = subject else { return Ok(Found { people: Vec::new(), records: Vec::new() }) };
    let records = house.store.records_of(&platform.id, subject).await?;
    let stands = |row: &RecordRow| row.roles.iter().any(|(whose, role)| *whose == subject && in_role(role));
    Ok(Found {
        people: vec![subject],
        records: records.into_iter().filter(|row| is_shared(row) && stands(row)).collect(),
    })
}

async fn by_value(
    house: &House,
    platform: &Platform,
    kind: TokenKind,
    value: &Clear<String>,
) -> Result<Option<SubjectId>, Refusal> {
    let fault = FieldFault { item: kind.word().replace(' ', "-"), code: "shape" };
    let normal = accept(crate::read::shape(kind), value).map_err(|_| Refusal::Fields(vec![fault]))?;
    Ok(house.store.subject_by_token(&platform.id, kind, &platform.token(kind, &normal)).await?)
}

/// Who of these ever granted anything to the party: only through such a person may the party learn that there is a record.
async fn who_granted(
    house: &House,
    platform: &Platform,
    people: &[SubjectId],
    party: &Slug,
) -> Result<Option<SubjectId>, Refusal> {
    for subject in people {
        let Some(snapshot) = house.store.snapshot(&platform.id, *subject).await? else { continue };
        if snapshot.state().consents.iter().any(|consent| consent.party.as_ref() == Some(party)) {
            return Ok(Some(*subject));
        }
    }
    Ok(None)
}

/// Refuses a party to whom nothing was ever granted: inside with a leaf that says why, outside as if nothing were there.
async fn stranger(house: &House, platform: &Platform, caller: &Caller, share: &Share, subject: SubjectId) -> Refusal {
    let mut entry = platform.entry(Act::Share, caller.who(), house.now());
    entry.function = share.functions.first().and_then(|function| function.text.parse().ok());
    entry.purpose = share.purpose.said().and_then(|purpose| purpose.text.parse().ok());
    entry.recipient = share.recipient.text.parse().ok();
    entry.party = caller.party().cloned();
    let missing = by_policy(Code::ConsentMissing, None);
    match house.refuse_for(platform, entry, Some(subject), vec![missing]).await {
        Refusal::Denied(_) => UNKNOWN,
        broken => broken,
    }
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
