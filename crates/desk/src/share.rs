//! Sharing on the customer's choice: a named party asks, and gets what the customer granted to that very party.

use std::collections::BTreeSet;

use model::key::SearchToken;
use model::{Clear, RecordId, Slug, SubjectId};
use policy::question::{Actor, Code, Reason};
use policy::syntax::{Limit, Method, RecipientClass, Share};
use store::{RecordRow, TokenKind};
use vault::field::accept;

use crate::identity::{self, Sight};
use crate::leaf::Act;
use crate::partner::Partner;
use crate::read::RecordView;
use crate::read::page::{Ask, Least, Place, look, places};
use crate::refusal::{FieldFault, by_policy};
use crate::seat::Caller;
use crate::{House, Platform, Refusal, partner};

/// What a party asks for.
pub enum Sought {
    /// The policy of this number.
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
/// counts. A grant reaches what systems handed in once the identity of who gave it was verified ([`identity`]).
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that speaks for no party or does not cover the share; [`Refusal::Denied`] with a
/// leaf and reasons when a grant was given to this party and no longer stands, does not reach far enough, or is of a
/// customer, asked for as such, whose identity is not verified; [`Refusal::NotFound`] when there is no such record, or its
/// customer never granted anything to this party, or is not verified, which are not told apart.
pub async fn agency_query(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    sought: Sought,
) -> Result<Vec<RecordView>, Refusal> {
    let party = caller.party().ok_or(Refusal::NotAllowed("the token speaks for no party"))?;
    if partner::calls(platform, party) {
        return Err(partner::barred(house, platform, Partner::System(caller), Limit::NoList).await);
    }
    let share = pulled_by(platform, party).ok_or(Refusal::NotAllowed("the party may not ask under this policy"))?;
    covered(platform, caller, share)?;
    let Found { people, mut records, by_customer } = find(house, platform, &sought, share).await?;
    let Some((subject, sight)) = who_granted(house, platform, &people, party).await? else {
        let first = *people.first().filter(|_| !records.is_empty()).ok_or(UNKNOWN)?;
        let missing = vec![by_policy(Code::ConsentMissing, None)];
        return Err(stranger(house, platform, caller, share, (first, missing)).await);
    };
    records.retain(|record| sight.covers(record));
    if records.is_empty() && !sight.is_verified() {
        let why = (subject, identity::unverified(platform, house.now()));
        // Who asks for a customer learns that there is more to do, and not whether there are policies.
        return Err(if by_customer {
            refused(house, platform, caller, share, why).await
        } else {
            stranger(house, platform, caller, share, why).await
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
    let mut places = Vec::new();
    for place in records.iter().flat_map(|record| shared_places(platform, share, record)) {
        if is_known(house, platform, &place).await? {
            places.push(place);
        }
    }
    let page = look(house, platform, subject, &ask, &places).await?;
    if page.records.is_empty() { Err(UNKNOWN) } else { Ok(page.records) }
}

/// What a party is told of records that do not exist, and of those that it has no business to know of.
const UNKNOWN: Refusal = Refusal::NotFound("policy");

/// Whether the token covers the share, by its function or its purpose.
pub(crate) fn covered(platform: &Platform, caller: &Caller, share: &Share) -> Result<(), Refusal> {
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
#[derive(Default)]
struct Found {
    people: Vec<SubjectId>,
    records: Vec<RecordRow>,
    /// Whether the party named the customer, not a record.
    by_customer: bool,
}

async fn find(house: &House, platform: &Platform, sought: &Sought, share: &Share) -> Result<Found, Refusal> {
    let is_shared = |record: &RecordRow| share.records.iter().any(|class| class.text == record.class.as_str());
    let in_role = |role: &Slug| share.of.iter().any(|of| of.text == role.as_str());
    let store = &house.store;
    let record = match sought {
        Sought::Record(record) => Some(*record),
        Sought::PolicyNumber(number) => {
            let token = token(platform, TokenKind::PolicyNumber, number)?;
            let found = store.record_by_token(&platform.id, TokenKind::PolicyNumber, &token).await?;
            found.map(|(_, record, _)| record)
        }
        Sought::Subject(_) | Sought::Document(_) => None,
    };
    let subject = match sought {
        Sought::Subject(subject) => Some(*subject),
        Sought::Document(number) => {
            let token = token(platform, TokenKind::Document, number)?;
            store.subject_by_token(&platform.id, TokenKind::Document, &token).await?
        }
        Sought::Record(_) | Sought::PolicyNumber(_) => None,
    };
    if let Some(record) = record {
        let row = store.record(&platform.id, record).await?.filter(is_shared);
        let roles = row.iter().flat_map(|row| &row.roles);
        let people = roles.filter(|(_, role)| in_role(role)).map(|(subject, _)| *subject).collect();
        return Ok(Found { people, records: row.into_iter().collect(), by_customer: false });
    }
    let Some(subject) = subject else { return Ok(Found::default()) };
    let stands = |row: &RecordRow| row.roles.iter().any(|(whose, role)| *whose == subject && in_role(role));
    let mut records = store.records_of(&platform.id, subject).await?;
    records.retain(|row| is_shared(row) && stands(row));
    Ok(Found { people: vec![subject], records, by_customer: true })
}

fn token(platform: &Platform, kind: TokenKind, value: &Clear<String>) -> Result<SearchToken, Refusal> {
    let fault = FieldFault::new(kind.word().replace(' ', "-"), "shape");
    let normal = accept(crate::read::shape(kind), value).map_err(|_| Refusal::Fields(vec![fault]))?;
    Ok(platform.token(kind, &normal))
}

/// Who of the people ever granted anything to the party, and what it may itself see: only through such a person may the
/// party learn that there is a record. Somebody whose identity is verified, where there is one.
async fn who_granted(
    house: &House,
    platform: &Platform,
    people: &[SubjectId],
    party: &Slug,
) -> Result<Option<(SubjectId, Sight)>, Refusal> {
    let mut unverified = None;
    for subject in people {
        let Some(snapshot) = house.store.snapshot(&platform.id, *subject).await? else { continue };
        if !snapshot.state().consents.iter().any(|consent| consent.party.as_ref() == Some(party)) {
            continue;
        }
        let sight = identity::sight(house, platform, *subject).await?;
        if sight.is_verified() {
            return Ok(Some((*subject, sight)));
        }
        unverified = unverified.or(Some((*subject, sight)));
    }
    Ok(unverified)
}

/// Whether the house knows whose part it is: what somebody else agreed to under a number opens nothing.
pub(crate) async fn is_known(house: &House, platform: &Platform, place: &Place) -> Result<bool, Refusal> {
    let Some(subject) = place.subject else { return Ok(true) };
    Ok(identity::sight(house, platform, subject).await?.covers(&place.record))
}

/// Refuses a party, with a leaf that says why.
async fn refused(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    share: &Share,
    (subject, reasons): (SubjectId, Vec<Reason>),
) -> Refusal {
    let mut entry = platform.entry(Act::Share, caller.who(), house.now());
    entry.function = share.functions.first().and_then(|function| function.text.parse().ok());
    entry.purpose = share.purpose.said().and_then(|purpose| purpose.text.parse().ok());
    entry.recipient = share.recipient.text.parse().ok();
    entry.party = caller.party().cloned();
    house.refuse_for(platform, entry, Some(subject), reasons).await
}

/// Refuses a party to whom nothing was granted that counts: inside with a leaf that says why, outside as if nothing were
/// there.
async fn stranger(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    share: &Share,
    why: (SubjectId, Vec<Reason>),
) -> Refusal {
    match refused(house, platform, caller, share, why).await {
        Refusal::Denied(_) => UNKNOWN,
        broken => broken,
    }
}

/// Where the values lie that the share is about. What it does not declare is not even asked for: a party need not learn
/// which other items a policy holds.
pub(crate) fn shared_places(platform: &Platform, share: &Share, record: &RecordRow) -> Vec<Place> {
    let scopes =
        platform.tables.scopes().iter().filter(|scope| scope.element == share.id.value && scope.act == share.act.value);
    let declared: BTreeSet<Slug> = scopes.flat_map(|scope| scope.items.iter().cloned()).collect();
    let declared: Vec<Slug> = declared.into_iter().collect();
    let roles: Vec<&str> = share.of.iter().map(|role| role.text.as_str()).collect();
    places(record, &roles).into_iter().map(|place| Place { only: Some(declared.clone()), ..place }).collect()
}
