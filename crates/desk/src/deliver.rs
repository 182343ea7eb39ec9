//! Carrying a person's copy to a party that the person names (转移, PIPL art. 45; rule R40), where the operation file has a
//! `[[delivery]]` for the share.
//!
//! First comes the act: a `share` with recipient and party, decided on the consents of this instant, whose leaf is the number
//! of the parcel. Then the values leave, and a second leaf, `deliver`, says what the party answered. A copy that did not
//! arrive is sent again under its first number, as a new act decided anew: whoever took it in once takes in nothing twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use model::calendar::day_in_shanghai;
use model::{Clear, RecordId, Slug, SubjectId};
use policy::question::{Actor, Code, Effect, Facts};
use policy::syntax::{Delivery as Declared, Party, Share, Suspension};
use serde::Serialize;
use vault::PlatformKeys;

use crate::act::{Draft, Once, TRIES};
use crate::evidence::{self, verifier_key};
use crate::leaf::{Act, Entry, Who};
use crate::ports::{Parcel, Seal};
use crate::read::RecordView;
use crate::read::page::{Ask, Least, Place, Terms, look_on};
use crate::refusal::by_policy;
use crate::seat::Caller;
use crate::share::shared_places;
use crate::{House, Platform, Refusal, identity};

/// Who has a copy sent.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// The subject, on the page.
    Subject,
    /// A system of the company's, for what the customer asked there.
    Service(&'a Caller),
}

impl By<'_> {
    const fn who(self) -> Who {
        match self {
            Self::Subject => Who::Subject,
            Self::Service(caller) => caller.who(),
        }
    }
}

/// A party to whom a copy can be sent.
#[derive(Clone, Copy)]
pub struct Addressee<'p> {
    /// The party.
    pub party: &'p Party,
    /// The share under which it receives.
    pub share: &'p Share,
    declared: &'p Declared,
    /// Whether the installation knows where to send it.
    pub reachable: bool,
    /// Why nothing goes there for now (rule R63).
    pub suspended: Option<&'p Suspension>,
}

/// A copy that was let out to a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Leaf of the first act, which is the parcel's number.
    pub number: u64,
    /// To whom: id.
    pub party: Slug,
    /// Items that were let out at the first time.
    pub items: Vec<Slug>,
    /// When it was first let out.
    pub at: Timestamp,
    /// How often it was let out.
    pub tries: u32,
    /// What the party answered last.
    pub outcome: Outcome,
    /// Leaf of that answer; `None` while there is none.
    pub leaf: Option<u64>,
}

/// Whether a copy arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The party took it in: its own number of the receipt, and when.
    Arrived {
        /// Its number.
        receipt: String,
        /// When.
        at: Timestamp,
    },
    /// It did not, or nobody knows: the word of [`crate::ports::Outside`], if there was an answer at all.
    Open(Option<String>),
}

/// The word of a copy that arrived.
const ARRIVED: &str = "arrived";

/// The reason of an act that lets a copy out; the number follows where it was let out before. A share without it is not
/// ours to carry: another system reported it.
const COPY: &str = "delivery";

/// Everybody to whom the operation file lets a copy be sent, in its order.
pub fn addressees<'p>(house: &House, platform: &'p Platform) -> Vec<Addressee<'p>> {
    let program = platform.tables.program();
    let mut found = Vec::new();
    for declared in &program.operation.deliveries {
        let share = program.policy.shares.iter().find(|share| share.id.as_str() == declared.share.text);
        let Some(share) = share else { continue };
        let parties = program.operation.parties.iter().filter(|party| party.recipient == share.recipient);
        found.extend(parties.map(|party| {
            let reachable = house.parties.courier.reaches(&platform.id, &party.id.value);
            let suspended = suspension(platform, party, house.now());
            Addressee { party, share, declared, reachable, suspended }
        }));
    }
    found
}

/// The suspension of a party, or of its whole class, that holds on this day.
fn suspension<'p>(platform: &'p Platform, party: &Party, now: Timestamp) -> Option<&'p Suspension> {
    let today = day_in_shanghai(now);
    platform.tables.program().operation.suspended.iter().filter(|one| one.since.value <= today).find(|one| {
        one.party.as_ref().is_some_and(|named| named.text == party.id.as_str())
            || one.recipient.as_ref() == Some(&party.recipient)
    })
}

/// The party of that id, if a copy can be sent to it.
pub fn addressee<'p>(house: &House, platform: &'p Platform, party: &str) -> Option<Addressee<'p>> {
    addressees(house, platform).into_iter().find(|one| one.party.id.as_str() == party)
}

/// What is held of a subject that the share covers: ids of items, in their order. No value is opened for it, and what
/// systems handed in counts once the identity is verified ([`identity`]).
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn contents(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    to: &Addressee<'_>,
) -> Result<Vec<Slug>, Refusal> {
    let mut held = BTreeSet::new();
    for place in places(house, platform, subject, to.share).await? {
        let part = house.store.part(&platform.id, place.record.id, place.subject, &place.person).await?;
        let items = part.into_iter().filter(|part| part.wrapped.is_some()).flat_map(|part| part.values);
        let covered = |item: &Slug| place.only.as_ref().is_none_or(|only| only.contains(item));
        held.extend(items.map(|value| value.item).filter(covered));
    }
    Ok(held.into_iter().collect())
}

/// Where the subject's own values lie that the share covers.
async fn places(house: &House, platform: &Platform, subject: SubjectId, share: &Share) -> Result<Vec<Place>, Refusal> {
    let (_, records) = identity::seen(house, platform, subject).await?;
    let of_share =
        |class: &Slug| share.records.is_empty() || share.records.iter().any(|one| one.text == class.as_str());
    let records = records.iter().filter(|record| of_share(&record.class));
    let places = records.flat_map(|record| shared_places(platform, share, record));
    Ok(places.filter(|place| place.subject == Some(subject)).collect())
}

/// Sends a copy to a party, or one that did not arrive again, under the number `again`. One that arrived is not sent twice:
/// the answer is that of the first time.
///
/// # Errors
/// [`Refusal::NotFound`] for a party to which nothing is sent so, a number that is not this subject's, and where nothing
/// is held; [`Refusal::Denied`], with a leaf, without the consents, for a party without an address, and for a suspended one
/// (rule R63). That the party did not take it in is no error: [`Outcome::Open`] says so.
pub async fn send(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    by: By<'_>,
    party: &str,
    again: Option<u64>,
    once: Option<Once>,
) -> Result<Delivery, Refusal> {
    let platform = &*house.current(platform);
    let to = addressee(house, platform, party).ok_or(Refusal::NotFound("party"))?;
    covered(platform, by, to.share)?;
    if let Some(number) = again {
        let own = delivery(house, platform, subject, number).await?;
        if own.party != to.party.id.value {
            return Err(Refusal::NotFound("delivery"));
        }
        if matches!(own.outcome, Outcome::Arrived { .. }) {
            return Ok(own);
        }
    }
    if !to.reachable {
        return Err(unreachable(house, platform, subject, by, &to).await);
    }
    let (number, content) = match let_out(house, platform, subject, by, &to, again, once).await {
        Err(Refusal::Done { leaf, .. }) => {
            return delivery(house, platform, subject, again.unwrap_or(leaf)).await;
        }
        other => other?,
    };
    let parcel = Parcel {
        platform: platform.id.clone(),
        party: to.party.id.value.clone(),
        number: number.to_string(),
        content,
        seal: Arc::new(LedgerSeal { key: verifier_key(platform)?.to_string(), keys: Arc::clone(&platform.keys) }),
    };
    let answer = match house.parties.courier.carry(parcel).await {
        Ok(receipt) => format!("{number}:{ARRIVED}:{receipt}"),
        Err(why) => format!("{number}:{}", why.word()),
    };
    note(house, platform, subject, &to, answer).await?;
    delivery(house, platform, subject, number).await
}

/// Whether a token covers the share, by its function or its purpose. A subject needs none.
fn covered(platform: &Platform, by: By<'_>, share: &Share) -> Result<(), Refusal> {
    let By::Service(caller) = by else { return Ok(()) };
    caller.is_of_the_company()?;
    let purpose = share.purpose.said().map(|purpose| purpose.text.as_str());
    let named = purpose.into_iter().chain(share.functions.iter().map(|function| function.text.as_str()));
    let mut tried = named.map(|named| caller.may(platform, share.act.value.word(), Some(named)));
    let none = Err(Refusal::NotAllowed("the token does not cover this share"));
    tried.find(Result::is_ok).unwrap_or(none)
}

fn entry(platform: &Platform, act: Act, who: Who, to: &Addressee<'_>, now: Timestamp) -> Entry {
    let mut entry = platform.entry(act, who, now);
    entry.function = to.share.functions.first().and_then(|function| function.text.parse().ok());
    entry.purpose = to.share.purpose.said().and_then(|purpose| purpose.text.parse().ok());
    entry.recipient = to.share.recipient.text.parse().ok();
    entry.party = Some(to.party.id.value.clone());
    entry
}

/// Refuses where there is no address, before anything is opened.
async fn unreachable(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    by: By<'_>,
    to: &Addressee<'_>,
) -> Refusal {
    let mut reason = by_policy(Code::ConditionFalse, None);
    reason.fact = to.declared.fact.as_ref().map(|fact| fact.text.clone());
    reason.clause = to.share.clause.first().map(|clause| clause.value.clone());
    let entry = entry(platform, Act::Share, by.who(), to, house.now());
    house.refuse_for(platform, entry, Some(subject), vec![reason]).await
}

/// The act that lets the values out: the number of the parcel, and the copy.
async fn let_out(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    by: By<'_>,
    to: &Addressee<'_>,
    again: Option<u64>,
    once: Option<Once>,
) -> Result<(u64, Clear<Vec<u8>>), Refusal> {
    let because = again.map_or_else(|| COPY.to_owned(), |number| format!("{COPY}:{number}"));
    let ask = Ask {
        act: Act::Share,
        who: by.who(),
        actor: match by {
            By::Subject => Actor::Subject,
            By::Service(_) => Actor::System,
        },
        action: to.share.act.value,
        function: to.share.functions.first().map(|function| function.text.as_str()),
        purpose: to.share.purpose.said().map(|purpose| purpose.text.as_str()),
        channel: None,
        recipient: Some(to.share.recipient.text.as_str()),
        party: Some(to.party.id.as_str()),
        because: Some(&because),
        covered: false,
        least: Least::Something,
    };
    let declared = to.declared.fact.iter().map(|fact| (fact.text.clone(), to.reachable)).collect();
    let key = once.map(|once| once.key(&()));
    let terms = Terms { facts: Facts { declared, ..Facts::default() }, key, enclosed: false };
    let places = places(house, platform, subject, to.share).await?;
    let page = look_on(house, platform, subject, &ask, &places, &terms).await?;
    let leaf = page.leaf.ok_or(Refusal::NotFound("value: nothing is held that this party may receive"))?;
    let number = again.unwrap_or(leaf);
    let copy = Package::of(platform, to, number, &page.records, house.now());
    let content = serde_json::to_vec_pretty(&copy).map_err(|error| Refusal::Broken(error.to_string()))?;
    Ok((number, Clear::new(content)))
}

/// Puts on the ledger what the party answered.
async fn note(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    to: &Addressee<'_>,
    answer: String,
) -> Result<(), Refusal> {
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        let mut entry = entry(platform, Act::Deliver, Who::House, to, house.now());
        entry.effect = if answer.contains(ARRIVED) { Effect::Permit } else { Effect::Deny };
        entry.because = Some(answer.clone());
        let draft =
            Draft { expect: Vec::new(), writes: Vec::new(), entry, subjects: vec![subject], record: None, key: None };
        if house.commit(platform, draft).await?.is_some() {
            return Ok(());
        }
    }
    Err(Refusal::Contended)
}

/// A subject's copies that were let out, newest first.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn deliveries(house: &House, platform: &Platform, subject: SubjectId) -> Result<Vec<Delivery>, Refusal> {
    let pushed: BTreeSet<&str> =
        platform.tables.program().operation.deliveries.iter().map(|one| one.share.text.as_str()).collect();
    let shares = platform.tables.program().policy.shares.iter().filter(|share| pushed.contains(share.id.as_str()));
    let recipients: BTreeSet<&str> = shares.map(|share| share.recipient.text.as_str()).collect();
    let own = house.store.leaves_of(&platform.id, subject).await?;
    let indices: Vec<u64> = own.into_iter().map(|(index, _)| index).collect();
    let leaves = evidence::read(house, platform, &indices).await?;
    let mut found: Vec<Delivery> = Vec::new();
    for leaf in leaves.into_iter().rev() {
        let Some(entry) = leaf.entry else { continue };
        if !entry.recipient.as_ref().is_some_and(|recipient| recipients.contains(recipient.as_str())) {
            continue;
        }
        match entry.act {
            Act::Share => let_out_before(&mut found, leaf.index, entry),
            Act::Deliver => answered(&mut found, leaf.index, &entry),
            _ => {}
        }
    }
    found.reverse();
    Ok(found)
}

fn let_out_before(found: &mut Vec<Delivery>, leaf: u64, entry: Entry) {
    let Some(because) = entry.because.as_deref().and_then(|because| because.strip_prefix(COPY)) else { return };
    let first = because.strip_prefix(':').and_then(|number| number.parse::<u64>().ok());
    if let Some(known) = found.iter_mut().find(|one| Some(one.number) == first) {
        known.tries += 1;
        return;
    }
    let Some(party) = entry.party else { return };
    let (outcome, at) = (Outcome::Open(None), entry.at);
    found.push(Delivery { number: leaf, party, items: entry.items, at, tries: 1, outcome, leaf: None });
}

fn answered(found: &mut [Delivery], leaf: u64, entry: &Entry) {
    let mut words = entry.because.as_deref().unwrap_or_default().splitn(3, ':');
    let number = words.next().and_then(|number| number.parse::<u64>().ok());
    let Some(known) = found.iter_mut().find(|one| Some(one.number) == number) else { return };
    known.leaf = Some(leaf);
    known.outcome = match (words.next(), words.next()) {
        (Some(ARRIVED), receipt) => Outcome::Arrived { receipt: receipt.unwrap_or_default().to_owned(), at: entry.at },
        (word, _) => Outcome::Open(word.map(str::to_owned)),
    };
}

/// One of a subject's copies, by its number.
///
/// # Errors
/// [`Refusal::NotFound`] when there is none of that number, or it is somebody else's.
pub async fn delivery(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    number: u64,
) -> Result<Delivery, Refusal> {
    let own = deliveries(house, platform, subject).await?.into_iter().find(|one| one.number == number);
    own.ok_or(Refusal::NotFound("delivery"))
}

/// What travels. Its form is `shouyue-portability/1`: the items that the share covers, and nothing beside them.
#[derive(Serialize)]
struct Package<'a> {
    form: &'static str,
    platform: &'a Slug,
    service: &'a str,
    handler: &'a str,
    policy: String,
    party: &'a Slug,
    number: u64,
    as_of: Timestamp,
    items: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    record: RecordId,
    class: &'a Slug,
    class_name: &'a str,
    person: &'a Slug,
    person_name: &'a str,
    item: &'a Slug,
    name: &'a str,
    value: &'a str,
    collected: Timestamp,
}

impl<'a> Package<'a> {
    fn of(
        platform: &'a Platform,
        to: &Addressee<'a>,
        number: u64,
        records: &'a [RecordView],
        as_of: Timestamp,
    ) -> Self {
        let policy = &platform.tables.program().policy;
        let parts = records.iter().flat_map(|record| record.parts.iter().map(move |part| (record, part)));
        let items = parts.flat_map(|(record, part)| {
            part.items.iter().filter_map(move |shown| {
                Some(Line {
                    record: record.record,
                    class: &record.class,
                    class_name: &record.class_name,
                    person: &part.person,
                    person_name: &part.person_name,
                    item: &shown.item,
                    name: &shown.name,
                    value: shown.value.as_deref()?,
                    collected: shown.at,
                })
            })
        });
        Self {
            form: "shouyue-portability/1",
            platform: &platform.id,
            service: &policy.policy.service.value,
            handler: &policy.handler.name.value,
            policy: platform.tables.policy().to_string(),
            party: &to.party.id.value,
            number,
            as_of,
            items: items.collect(),
        }
    }
}

/// Signs with the platform's key, which never leaves the vault.
struct LedgerSeal {
    key: String,
    keys: Arc<PlatformKeys>,
}

impl Seal for LedgerSeal {
    fn key(&self) -> String {
        self.key.clone()
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.keys.sign(message)
    }
}
