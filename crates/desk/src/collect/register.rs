//! Registering (注册): a new subject, its consents and its items, in one transaction or not at all.

use jiff::Timestamp;
use model::act::{Account, Born, Snapshot};
use model::key::SearchToken;
use model::{OrganisationId, RecordId, Slug, SubjectId};
use policy::question::{Answer, Code, Effect, ItemAnswer};
use policy::syntax::{Action, Function, PersonKind, Trigger};
use serde::{Deserialize, Serialize};
use store::{ConsentGiven, Expect, NewOrganisation, NewRecord, NewSubject, Token, TokenKind, Write};
use vault::Whose;

use super::ask::{Context, Ruling, rule};
use super::fields::{Checked, Typed, born, checked, named};
use super::seal::{self, Place};
use super::{Once, Registered, Registration};
use crate::act::{Draft, TRIES, reasons};
use crate::consent::{drawn, faults};
use crate::house::tells_birth;
use crate::leaf::{Act, Entry, Who};
use crate::{House, Platform, Refusal, identity};

/// What an idempotency key repeats.
#[derive(Serialize, Deserialize)]
struct Kept {
    subject: SubjectId,
    record: RecordId,
    organisation: Option<OrganisationId>,
}

/// A registration with its fields named.
struct Form {
    registration: Registration,
    persons: Vec<(Slug, Vec<Typed>)>,
    /// The subject without an account that gets one.
    known: Option<SubjectId>,
    /// What a provider of accounts brought.
    federated: Option<Federated>,
}

/// What makes a registration one by an account that somebody else keeps.
pub(crate) struct Federated {
    /// Search token of who the person is to the provider.
    pub(crate) token: SearchToken,
    /// The item by which the person is known again. Where it is not kept, neither is the token.
    pub(crate) item: Option<Slug>,
    /// The items that came from there.
    pub(crate) came: Vec<Slug>,
    /// How they came.
    pub(crate) trigger: Trigger,
    /// The source that the policy knows the provider as.
    pub(crate) source: Option<Slug>,
}

/// Registers somebody.
///
/// Whom the company's own systems handed in before has no account and is known by document number. Such a person gets
/// the account where staff, or a system that checked the identity, registers: whoever types a number alone could be
/// anybody, and would see the policies of its bearer. The consents are then an act of their own, before this one.
/// Staff, and a system, that register somebody say by it that they checked the identity ([`identity`]).
///
/// # Errors
/// [`Refusal::Fields`] for fields that cannot be accepted or are missing, and [`Refusal::Empty`] where none of somebody's is
/// given, nothing stored; [`Refusal::Denied`], with a
/// leaf, when the decision is no; [`Refusal::Taken`] when a telephone or document number is registered already.
pub async fn register(
    house: &House,
    platform: &Platform,
    registration: Registration,
    who: Who,
    once: Option<Once>,
) -> Result<Registered, Refusal> {
    registered(house, platform, registration, None, (who, once)).await
}

/// Registers somebody who comes by an account that somebody else keeps.
///
/// # Errors
/// Those of [`register`]; [`Refusal::Taken`] also where that account is bound to somebody else.
pub(crate) async fn register_federated(
    house: &House,
    platform: &Platform,
    registration: Registration,
    federated: Federated,
) -> Result<Registered, Refusal> {
    registered(house, platform, registration, Some(federated), (Who::Subject, None)).await
}

async fn registered(
    house: &House,
    platform: &Platform,
    mut registration: Registration,
    federated: Option<Federated>,
    (who, once): (Who, Option<Once>),
) -> Result<Registered, Refusal> {
    let persons = std::mem::take(&mut registration.persons);
    let persons = persons.into_iter().map(|one| Ok((one.person, named(platform, one.fields)?)));
    let persons = persons.collect::<Result<_, Refusal>>()?;
    let mut form = Form { registration, persons, known: None, federated };
    if let Some(known) = without_account(house, platform, &form, &who).await? {
        form.known = Some(known);
        let consents = std::mem::take(&mut form.registration.consents);
        crate::consent::give_missing(house, platform, known, consents).await?;
    }
    for _ in 0..TRIES {
        match attempt(house, &house.current(platform), &form, &who, once).await {
            Ok(Some(done)) => return Ok(done),
            Ok(None) => {}
            Err(Refusal::Done { leaf, answer }) => return repeated(leaf, &answer),
            Err(refusal) => return Err(refusal),
        }
    }
    Err(Refusal::Contended)
}

fn repeated(leaf: u64, answer: &[u8]) -> Result<Registered, Refusal> {
    let Kept { subject, record, organisation } =
        serde_json::from_slice(answer).map_err(|_| Refusal::Broken("a kept answer does not read".into()))?;
    Ok(Registered { subject, record, organisation, leaf, withheld: Vec::new() })
}

async fn attempt(
    house: &House,
    platform: &Platform,
    form: &Form,
    who: &Who,
    once: Option<Once>,
) -> Result<Option<Registered>, Refusal> {
    let now = house.now();
    let asked = &form.registration;
    let mut entry = platform.entry(Act::Collect, who.clone(), now);
    let program = platform.tables.program();
    let Some(function) = program.policy.functions.iter().find(|f| f.id.value == asked.function) else {
        let unknown = crate::refusal::by_policy(Code::UnknownFunction, None);
        return Err(house.refuse_for(platform, entry, None, vec![unknown]).await);
    };
    entry.function = Some(function.id.value.clone());
    entry.purpose = function.purposes.first().and_then(|purpose| purpose.text.parse().ok());
    let people = people(platform, &form.persons)?;
    entry.person = Some(people.natural.0.clone());
    let age = born(&people.natural.1);

    let wrong: Vec<_> = asked.consents.iter().flat_map(|choice| faults(platform, choice, age, now)).collect();
    if !wrong.is_empty() {
        return Err(house.refuse_for(platform, entry, None, wrong).await);
    }
    entry.scopes = asked.consents.iter().map(|choice| choice.scope.clone()).collect();

    let start = Start::draw(house, platform, function, &people, form, now)?;
    let snapshot = start.snapshot(house, platform).await?;
    let context = Context {
        channel: asked.channel.as_ref(),
        product: asked.product.as_ref(),
        ..Context::of(Action::Collect, Some(function), &asked.facts, who, now)
    };
    let certificate = people.certificate(platform);
    let mut sealed = match seal_people(house, platform, (&snapshot, age), context, &start, people) {
        Ok(sealed) => sealed,
        Err(No::Fields(faults)) => return Err(Refusal::Fields(faults)),
        Err(No::Denied(answer)) => return Err(house.refuse(platform, entry, None, *answer).await),
        Err(No::Broken(refusal)) => return Err(refusal),
    };
    sealed.bind(form.federated.as_ref(), &start);
    sealed.tell(&mut entry);

    let (subject, record) = (start.subject.id, start.record.id);
    let organisation = certificate.map(|token| NewOrganisation {
        id: OrganisationId::from_random(house.entropy.draw()),
        record,
        contact: subject,
        token,
    });
    let kept = Kept { subject, record, organisation: organisation.as_ref().map(|new| new.id) };
    let checked = identity::checked_at_registration(who, subject, now);
    let draft = Draft {
        expect: start.expect(&snapshot),
        writes: start.writes(sealed.writes, organisation).into_iter().chain(checked).collect(),
        entry,
        subjects: vec![subject],
        record: Some(record),
        key: once.map(|once| once.key(&kept)),
    };
    let Some(act) = house.commit(platform, draft).await? else { return Ok(None) };
    let Kept { subject, record, organisation } = kept;
    Ok(Some(Registered { subject, record, organisation, leaf: act.leaf(), withheld: sealed.withheld }))
}

/// Who registers: the one natural person, and the organisation that the person stands for.
struct People {
    natural: (Slug, Vec<Checked>),
    organisations: Vec<(Slug, Vec<Checked>)>,
}

impl People {
    /// Token of the certificate of the organisation that registers.
    fn certificate(&self, platform: &Platform) -> Option<SearchToken> {
        self.organisations.iter().find_map(|(_, values)| seal::token_of(platform, TokenKind::Organisation, values))
    }
}

fn people(platform: &Platform, persons: &[(Slug, Vec<Typed>)]) -> Result<People, Refusal> {
    let declared = &platform.tables.program().policy.persons;
    let (mut natural, mut organisations, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for (person, typed) in persons {
        let role = declared.iter().find(|role| role.id.value == *person);
        let kind = role.ok_or(Refusal::Wrong("a role that the policy does not declare".into()))?.kind.value;
        match checked(typed) {
            Ok(values) if kind == PersonKind::Natural => natural.push((person.clone(), values)),
            Ok(values) => organisations.push((person.clone(), values)),
            Err(faults) => wrong.extend(faults),
        }
    }
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong));
    }
    let alone = <[_; 1]>::try_from(natural);
    let [natural] = alone.map_err(|_| Refusal::Wrong("a registration is for exactly one natural person".into()))?;
    Ok(People { natural, organisations })
}

/// The account-less subject that the document number belongs to, when the caller may give it an account.
async fn without_account(
    house: &House,
    platform: &Platform,
    form: &Form,
    who: &Who,
) -> Result<Option<SubjectId>, Refusal> {
    if !matches!(who, Who::Staff { .. } | Who::Service { .. }) {
        return Ok(None);
    }
    let (_, values) = people(platform, &form.persons)?.natural;
    let Some(token) = seal::token_of(platform, TokenKind::Document, &values) else { return Ok(None) };
    let Some(known) = house.store.subject_by_token(&platform.id, TokenKind::Document, &token).await? else {
        return Ok(None);
    };
    let row = house.store.subject(&platform.id, known).await?;
    Ok(row.filter(|row| row.account == Account::None).map(|row| row.id))
}

/// The ids, drawn, and the facts that do not depend on the decision.
struct Start {
    subject: NewSubject,
    /// Whether the subject was known before, and only gets an account.
    known: bool,
    consents: Vec<ConsentGiven>,
    record: NewRecord,
}

impl Start {
    fn draw(
        house: &House,
        platform: &Platform,
        function: &Function,
        people: &People,
        form: &Form,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let class = function.makes.as_ref().and_then(|class| class.text.parse().ok());
        let class = class.ok_or(Refusal::Wrong("this function registers nobody: it makes no record".into()))?;
        let id = form.known.unwrap_or_else(|| SubjectId::from_random(house.entropy.draw()));
        let record = RecordId::from_random(house.entropy.draw());
        let (role, values) = &people.natural;
        let tells = |one: &Checked| tells_birth(platform, &one.item) && one.value.checked_birth().is_some();
        let gate = values.iter().any(tells).then(|| (record, role.clone()));
        let record = NewRecord {
            id: record,
            class,
            function: Some(function.id.value.clone()),
            product: form.registration.product.clone(),
            holder: None,
            roles: vec![(id, role.clone())],
            in_force_from: None,
            in_force_until: None,
            at: now,
        };
        let consents = drawn(house, platform, id, &form.registration.consents, now);
        let subject = NewSubject { id, account: Account::Active, gate };
        Ok(Self { subject, known: form.known.is_some(), consents, record })
    }

    /// The state to decide on: of a new subject, the one that this act will make.
    async fn snapshot(&self, house: &House, platform: &Platform) -> Result<Snapshot, Refusal> {
        let snapshot = if self.known {
            house.store.snapshot(&platform.id, self.subject.id).await?
        } else {
            house.store.snapshot_new(&platform.id, &self.subject, &self.consents).await?
        };
        let snapshot = snapshot.ok_or(Refusal::NotFound("policy in force"))?;
        // Two clerks at two counters: the second finds the account that the first opened.
        let raced = self.known && snapshot.state().account != Account::None;
        if raced { Err(Refusal::Taken(TokenKind::Document)) } else { Ok(snapshot) }
    }

    /// A new subject is drawn at random and made here: it has no earlier state that could have moved.
    fn expect(&self, snapshot: &Snapshot) -> Vec<Expect> {
        let known = self.known.then(|| Expect::Subject(self.subject.id, snapshot.version()));
        known.into_iter().collect()
    }

    /// Everything that the one transaction writes.
    fn writes(self, sealed: Vec<Write>, organisation: Option<NewOrganisation>) -> Vec<Write> {
        let consents = self.consents.into_iter().map(Write::Consent);
        let header = [Write::Record(self.record)];
        let parts = sealed.into_iter().chain(organisation.map(Write::Organisation));
        let subject =
            if self.known { Write::Account(self.subject.id, Account::Active) } else { Write::Subject(self.subject) };
        std::iter::once(subject).chain(consents).chain(header).chain(parts).collect()
    }
}

/// Everything sealed, or why not.
#[derive(Default)]
struct Sealed {
    writes: Vec<Write>,
    items: Vec<Slug>,
    withheld: Vec<ItemAnswer>,
    /// The answer about the natural person.
    answer: Option<Box<Answer>>,
}

impl Sealed {
    /// Says of what came from a provider that it did, and binds the account to the provider's.
    fn bind(&mut self, federated: Option<&Federated>, start: &Start) {
        let Some(federated) = federated else { return };
        for write in &mut self.writes {
            if let Write::Value(value) = write
                && federated.came.contains(&value.item)
            {
                federated.trigger.word().clone_into(&mut value.trigger);
                value.source.clone_from(&federated.source);
            }
        }
        let kept = federated.item.as_ref().is_some_and(|item| self.items.contains(item));
        let role = start.record.roles.first().map(|(_, role)| role.clone()).filter(|_| kept);
        self.writes.extend(role.map(|role| {
            let (kind, subject, record) = (TokenKind::Federated, start.subject.id, start.record.id);
            Write::Token(Token { kind, token: federated.token, subject, record, role, sole: false })
        }));
    }

    /// What the ledger says of it.
    fn tell(&self, entry: &mut Entry) {
        entry.items.clone_from(&self.items);
        entry.effect = if self.withheld.is_empty() { Effect::Permit } else { Effect::Partial };
        if let Some(answer) = &self.answer {
            entry.basis = answer.basis;
            entry.reasons = reasons(answer);
        }
    }
}

enum No {
    Fields(Vec<crate::refusal::FieldFault>),
    Denied(Box<Answer>),
    Broken(Refusal),
}

fn seal_people(
    house: &House,
    platform: &Platform,
    state: (&Snapshot, Option<Born>),
    context: Context<'_>,
    start: &Start,
    people: People,
) -> Result<Sealed, No> {
    let natural = std::iter::once((Whose::Subject, people.natural));
    let others = people.organisations.into_iter().map(|other| (Whose::Matter, other));
    let mut all = Sealed::default();
    let mut missing = Vec::new();
    for (whose, (role, values)) in natural.chain(others) {
        let blank = values.is_empty();
        match rule(platform, state, context, (start.record.id, &role), values, true) {
            Ruling::Missing(faults) => missing.extend(faults),
            // Of nothing there is no decision to give reasons of.
            Ruling::Denied(_) if blank => return Err(No::Broken(Refusal::Empty(Vec::new()))),
            Ruling::Denied(answer) => return Err(No::Denied(answer)),
            Ruling::Kept { permit, answer, kept, withheld } => {
                all.items.extend(kept.iter().map(|checked| checked.item.clone()));
                all.withheld.extend(withheld);
                let place = Place {
                    record: start.record.id,
                    subject: start.subject.id,
                    role: &role,
                    whose,
                    part: None,
                    trigger: Trigger::Given,
                    source: None,
                    function: context.function.map(|function| &function.id.value),
                    at: context.now,
                };
                all.writes.extend(seal::writes(house, platform, *permit, &place, kept).map_err(No::Broken)?);
                if whose == Whose::Subject {
                    all.answer = Some(answer);
                }
            }
        }
    }
    if missing.is_empty() { Ok(all) } else { Err(No::Fields(missing)) }
}
