//! Whose identity is known, and what a person may see before it is.
//!
//! Whoever registers types a document number, and may be anybody. The company's systems hand records in by that number.
//! So what they handed in belongs to nobody on the customer's side, neither page nor list nor receipt nor grant, until the
//! identity was verified: by face, by a way of the operation file that needs none, or by staff or a system that
//! registered the person. What the person gave here is the person's own from the first moment.

use jiff::Timestamp;
use model::act::{Account, Attested, Life, Snapshot, SubjectState};
use model::{RecordId, Slug, SubjectId};
use policy::question::{Code, Reason};
use policy::syntax::Function;
use store::{RecordRow, TokenKind, Write};

use crate::collect::{Checked, is_sole, searched_as};
use crate::leaf::{Act, Entry, Who, tag};
use crate::refusal::{FieldFault, by_law};
use crate::{House, Platform, Refusal};

/// The fact that the house knows who somebody is. No check of an operation file attests it but one that looks at the
/// person: by face, or by a way that stands in for it.
const VERIFIED: &str = "identity-verified";

/// The word of a search on its leaf.
pub(crate) const SEARCH: &str = "search";

/// What one subject may see: pure over the headers of its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sight {
    subject: SubjectId,
    /// Records that a function made with this subject alone, or for it, or in which it joined.
    own: Vec<RecordId>,
    /// The record on which the identity's leaves are: the oldest of the subject's own that is not erased.
    home: Option<RecordId>,
    verified: bool,
}

impl Sight {
    /// `records`: every record in which the subject stands, oldest first.
    pub(crate) fn of(subject: SubjectId, records: &[RecordRow], state: &SubjectState) -> Self {
        let own = || records.iter().filter(|record| is_own(record, subject));
        let home = own().find(|record| record.life != Life::Erased);
        let own = own().map(|record| record.id).collect();
        // Who has no record of the own left has nothing to be verified for.
        let verified = home.is_some() && state.fact(VERIFIED) == Some(true);
        Self { subject, own, home: home.map(|home| home.id), verified }
    }

    /// The record on which the identity's leaves are.
    pub(crate) const fn home(&self) -> Option<RecordId> {
        self.home
    }

    /// Whether the house knows who the subject is.
    pub(crate) const fn is_verified(&self) -> bool {
        self.verified
    }

    /// Whether the subject may see that there is this record.
    pub(crate) fn covers(&self, record: &RecordRow) -> bool {
        self.verified || is_own(record, self.subject)
    }

    /// Whether the subject may be asked about a part of a record, its own or another's: a guest sees the own alone.
    pub(crate) fn covers_part(&self, record: &RecordRow, whose: Option<SubjectId>) -> bool {
        self.verified || whose == Some(self.subject) || is_held(record, self.subject)
    }

    /// Whether the subject may see a leaf that concerns it, whose salt for it this is. Before the identity is known: the
    /// own acts, and acts of others that would look the same if no system had handed anything in. A page on which
    /// others look at all records of a person is none of them, even where it shows one record.
    pub(crate) fn covers_leaf(&self, entry: &Entry, salt: &[u8; 32]) -> bool {
        let tells_of_no_record = matches!(
            entry.act,
            Act::Consent
                | Act::Withdraw
                | Act::Refuse
                | Act::Object
                | Act::Allow
                | Act::Permission
                | Act::Request
                | Act::Step
        );
        let of_a_function = entry.act == Act::Collect && entry.function.is_some();
        let search = entry.act == Act::Read && entry.because.as_deref() == Some(SEARCH);
        let page = entry.act == Act::Read && entry.because.is_none();
        let blinded = entry.record.as_ref().filter(|_| !page);
        let on_own = blinded.is_some_and(|blinded| self.own.iter().any(|own| tag(salt, own.as_bytes()) == *blinded));
        self.verified || entry.actor == Who::Subject || tells_of_no_record || of_a_function || search || on_own
    }

    /// The word that the identity is verified now.
    ///
    /// # Errors
    /// [`Refusal::Wrong`] for somebody who never registered.
    pub(crate) fn verified_now(&self, because: &str, now: Timestamp) -> Result<Attested, Refusal> {
        self.home.ok_or(Refusal::Wrong("who never registered has no identity to verify".to_owned()))?;
        Ok(known(Some(true), because, now))
    }
}

/// Whether a function made the record of what this subject filled in, or with this subject alone, rather than a system
/// handed it in; or the subject joined in it.
fn is_own(record: &RecordRow, subject: SubjectId) -> bool {
    is_held(record, subject) || record.joined.iter().any(|joined| joined.subject == subject)
}

/// Whether a record is this subject's as a whole, and not only the part of a guest.
fn is_held(record: &RecordRow, subject: SubjectId) -> bool {
    let alone = || record.roles.iter().all(|(whose, _)| *whose == subject);
    record.function.is_some() && (record.holder == Some(subject) || alone())
}

/// What a registration by staff or by a system attests, which looked at the person's papers.
pub(crate) fn checked_at_registration(who: &Who, subject: SubjectId, now: Timestamp) -> Option<Write> {
    let looked = matches!(who, Who::Staff { .. } | Who::Service { .. });
    looked.then(|| Write::Attest(subject, known(Some(true), "registered", now)))
}

fn known(holds: Option<bool>, by: &str, at: Timestamp) -> Attested {
    Attested { fact: VERIFIED.to_owned(), holds, by: by.to_owned(), at, request: None }
}

/// What a subject may see, with every record that it covers, oldest first.
pub(crate) async fn seen(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
) -> Result<(Sight, Vec<RecordRow>), Refusal> {
    let mut records = house.store.records_of(&platform.id, subject).await?;
    let snapshot = house.store.snapshot(&platform.id, subject).await?;
    let state = snapshot.map(|snapshot| snapshot.state().clone()).unwrap_or_default();
    let sight = Sight::of(subject, &records, &state);
    records.retain(|record| sight.covers(record));
    Ok((sight, records))
}

/// What a subject may see.
pub(crate) async fn sight(house: &House, platform: &Platform, subject: SubjectId) -> Result<Sight, Refusal> {
    Ok(seen(house, platform, subject).await?.0)
}

/// Whether the house knows who a subject is. It leaves no leaf: nothing of a record is told.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn is_verified(house: &House, platform: &Platform, subject: SubjectId) -> Result<bool, Refusal> {
    Ok(sight(house, platform, subject).await?.is_verified())
}

/// Whether a function shows nothing but what systems hand in, so that it is closed until the identity is verified.
pub fn is_asked_by(platform: &Platform, function: &Function) -> bool {
    let functions = &platform.tables.program().policy.functions;
    let made_here = |class: &str| functions.iter().any(|one| one.makes.as_ref().is_some_and(|made| made.text == class));
    !function.reads.is_empty() && !function.reads.iter().any(|read| made_here(&read.class.text))
}

/// The records that an act for a subject may touch. Who has no account is acted for by the company alone, which knows
/// whom it means.
pub(crate) async fn in_reach(
    house: &House,
    platform: &Platform,
    snapshot: &Snapshot,
) -> Result<Vec<RecordRow>, Refusal> {
    let subject = snapshot.subject();
    match snapshot.state().account {
        Account::None => Ok(house.store.records_of(&platform.id, subject).await?),
        Account::Active | Account::Closed => Ok(seen(house, platform, subject).await?.1),
    }
}

/// The state on which a right is answered: without the records that the answer must not give away.
pub(crate) async fn state_in_reach(
    house: &House,
    platform: &Platform,
    snapshot: &Snapshot,
) -> Result<SubjectState, Refusal> {
    let reach = in_reach(house, platform, snapshot).await?;
    let mut state = snapshot.state().clone();
    state.records.retain(|record| reach.iter().any(|row| Some(row.id) == record.id));
    Ok(state)
}

/// What is wrong with a resident number that somebody types as the own, where the person is known by another: everybody
/// has one, and only a correction changes it. Nothing of a passport's, which is renewed, nor where none is known yet.
pub(crate) async fn differing_number(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    values: &[Checked],
) -> Result<Option<FieldFault>, Refusal> {
    let sole = |one: &&Checked| is_sole(one) && searched_as(platform, one) == Some(TokenKind::Document);
    let Some(typed) = values.iter().find(sole) else { return Ok(None) };
    let token = platform.token(TokenKind::Document, &typed.value);
    let found = house.store.subject_by_token(&platform.id, TokenKind::Document, &token).await?;
    let differs = found != Some(subject) && house.store.has_sole(&platform.id, subject, TokenKind::Document).await?;
    Ok(differs.then(|| FieldFault::new(typed.item.to_string(), "not-registered")))
}

/// How a document number is taken that somebody gives in the course of a function.
pub(crate) enum Number {
    /// The subject is found by it from now on, and what goes with that.
    Finds(Vec<Write>),
    /// It is kept, and nobody is found by it: the subject is known by another, and whose this one is nobody looked.
    Rests,
}

impl Number {
    /// Among the writes by which it is kept.
    pub(crate) fn settle(self, subject: SubjectId, writes: &mut Vec<Write>) {
        let finds = |write: &Write| matches!(write, Write::Token(token) if token.subject == subject && token.kind == TokenKind::Document);
        match self {
            Self::Finds(over) => writes.extend(over),
            Self::Rests => writes.retain(|write| !finds(write)),
        }
    }
}

/// How the document number among some values is taken. Whoever is verified stays so: a passport that is typed besides opens
/// nothing that systems hand in by it, until the company has looked at it.
pub(crate) async fn further_number(
    house: &House,
    platform: &Platform,
    (subject, values): (SubjectId, &[Checked]),
    (who, now): (&Who, Timestamp),
) -> Result<Number, Refusal> {
    if !is_unknown(house, platform, subject, values).await? {
        return Ok(Number::Finds(Vec::new()));
    }
    if !is_verified(house, platform, subject).await? {
        return Ok(Number::Finds(lapse(house, platform, subject, now).await?));
    }
    let looked = matches!(who, Who::Staff { .. } | Who::Service { .. });
    Ok(if looked { Number::Finds(Vec::new()) } else { Number::Rests })
}

/// What goes with a document number that the subject was not known by before.
pub(crate) async fn another_number(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    values: &[Checked],
    now: Timestamp,
) -> Result<Vec<Write>, Refusal> {
    if !is_unknown(house, platform, subject, values).await? {
        return Ok(Vec::new());
    }
    lapse(house, platform, subject, now).await
}

/// Whether there is a document number among some values by which the subject is not found.
async fn is_unknown(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    values: &[Checked],
) -> Result<bool, Refusal> {
    let Some(token) = crate::collect::token_of(platform, TokenKind::Document, values) else { return Ok(false) };
    Ok(house.store.subject_by_token(&platform.id, TokenKind::Document, &token).await? != Some(subject))
}

/// Whatever was attested by another number was about somebody else, or a slip, and no longer counts.
async fn lapse(house: &House, platform: &Platform, subject: SubjectId, now: Timestamp) -> Result<Vec<Write>, Refusal> {
    let Some(snapshot) = house.store.snapshot(&platform.id, subject).await? else { return Ok(Vec::new()) };
    let checks = platform.tables.program().operation.checks.iter().map(|check| check.fact.text.as_str());
    let counted = std::iter::once(VERIFIED).chain(checks).filter(|fact| snapshot.state().fact(fact).is_some());
    let over = counted.map(|fact| Attested { fact: fact.to_owned(), ..known(None, "document-number", now) });
    Ok(over.map(|over| Write::Attest(subject, over)).collect())
}

/// A function in whose course an identity is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Function.
    pub function: Slug,
    /// Its published name.
    pub name: String,
    /// Whether it looks at a face.
    pub by_face: bool,
    /// Ways of the operation file that stand in for it: id and name.
    pub alternatives: Vec<(Slug, String)>,
}

/// The functions to go to for a verified identity: those that look at a face and make no record, else those for which the
/// operation file has another way.
pub fn ways(platform: &Platform) -> Vec<Way> {
    let program = platform.tables.program();
    let ways = program.policy.functions.iter().map(|function| {
        let of_function = program.operation.alternatives.iter().filter(|way| way.function.text == function.id.as_str());
        let way = Way {
            function: function.id.value.clone(),
            name: function.name.value.clone(),
            by_face: crate::verify::faces(platform, function).is_some(),
            alternatives: of_function.map(|way| (way.id.value.clone(), way.name.value.clone())).collect(),
        };
        (function, way)
    });
    let ways: Vec<(&Function, Way)> = ways.filter(|(_, way)| way.by_face || !way.alternatives.is_empty()).collect();
    let verifying = |(function, way): &&(&Function, Way)| way.by_face && function.makes.is_none();
    let best: Vec<Way> = ways.iter().filter(verifying).map(|(_, way)| way.clone()).collect();
    if best.is_empty() { ways.into_iter().map(|(_, way)| way).collect() } else { best }
}

/// Why an unverified person is not shown what systems handed in; the scope of each reason names a function to go to.
/// The same whether there is any such record or not.
pub(crate) fn unverified(platform: &Platform, now: Timestamp) -> Vec<Reason> {
    let scopes = platform.tables.scopes();
    let scope = |way: Way| scopes.iter().find(|scope| scope.element == way.function && scope.class.is_none());
    let reason = |scope| by_law(platform, Code::IdentityUnverified, scope, "R58", now);
    let reasons: Vec<Reason> = ways(platform).into_iter().map(|way| reason(scope(way))).collect();
    if reasons.is_empty() { vec![reason(None)] } else { reasons }
}

#[cfg(test)]
mod tests;
