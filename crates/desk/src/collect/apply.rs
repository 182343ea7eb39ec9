//! Applying (办理): what an account holder fills in for everybody who stands in a matter. One record, one act, one leaf.
//!
//! Each person is decided about alone, on the person's own consents: filling in a form for somebody is no consent of
//! that person (rule R19). A guardian answers for a child who has no account (R17).

use std::collections::BTreeSet;

use jiff::Timestamp;
use model::act::{Account, GivenBy};
use model::age::is_under;
use model::calendar::day_in_shanghai;
use model::{RecordId, Slug, SubjectId};
use policy::question::{Answer, Code, Effect, Facts, ItemAnswer};
use policy::syntax::{Action, Function, PersonKind, Trigger};
use serde::{Deserialize, Serialize};
use store::{ConsentGiven, Expect, NewRecord, TokenKind, Write};
use vault::Whose;

use super::ask::{Context, Ruling, lacking, rule};
use super::fields::{Checked, Typed, born, checked, named};
use super::seal::{self, Place};
use super::standing::{Filed, Found, Part, Standing, find, stranger};
use super::{Application, Applied, Once};
use crate::act::{Draft, TRIES};
use crate::consent::{Choice, drawn, faults, give_missing};
use crate::leaf::{Act, Entry, Who};
use crate::refusal::FieldFault;
use crate::{House, Platform, Refusal, identity};

/// What an idempotency key repeats.
#[derive(Serialize, Deserialize)]
struct Kept {
    record: RecordId,
}

/// One person of the application, the fields named.
struct Named {
    roles: Vec<Slug>,
    typed: Vec<Typed>,
    consents: Vec<Choice>,
}

/// Fills in a function for an account holder, the first of [`Application::people`], and for others. Others are found by
/// document number, else made without an account.
///
/// # Errors
/// [`Refusal::Fields`] for fields that cannot be accepted or are missing, each with its role, nothing stored;
/// [`Refusal::Denied`], with a leaf, when the decision about anybody is no; [`Refusal::Wrong`] for a role that the policy
/// does not declare, or that two people claim.
pub async fn apply(
    house: &House,
    platform: &Platform,
    holder: SubjectId,
    mut application: Application,
    who: Who,
    once: Option<Once>,
) -> Result<Applied, Refusal> {
    let people = std::mem::take(&mut application.people).into_iter();
    let people = people.map(|one| {
        let typed = named(platform, one.fields)?;
        Ok(Named { roles: one.roles, typed, consents: one.consents })
    });
    let mut people: Vec<Named> = people.collect::<Result<_, Refusal>>()?;
    if people.is_empty() {
        return Err(Refusal::Wrong("nobody stands in it: name the holder of the account first".into()));
    }
    // What is mistyped is said before a consent is taken for it.
    for person in &people {
        read(person)?;
    }
    let own = people.first_mut().map(|first| std::mem::take(&mut first.consents));
    give_missing(house, platform, holder, own.unwrap_or_default()).await?;
    let mut last = Refusal::Contended;
    for _ in 0..TRIES {
        let form = Form { holder, application: &application, people: &people };
        match attempt(house, &house.current(platform), &form, &who, once).await {
            Ok(Some(done)) => return Ok(done),
            Ok(None) => last = Refusal::Contended,
            // Somebody else brought the same new person in meanwhile, and is found the next time; or the holder typed
            // the number of somebody else.
            Err(Refusal::Taken(kind)) => last = Refusal::Taken(kind),
            Err(Refusal::Done { leaf, answer }) => {
                let kept = serde_json::from_slice::<Kept>(&answer);
                let Kept { record } = kept.map_err(|_| Refusal::Broken("a kept answer does not read".into()))?;
                return Ok(Applied { record, leaf, withheld: Vec::new() });
            }
            Err(refusal) => return Err(refusal),
        }
    }
    Err(last)
}

/// The values of one person; faults name the first of the person's roles.
fn read(person: &Named) -> Result<Vec<Checked>, Refusal> {
    let role = person.roles.first().ok_or(Refusal::Wrong("somebody without a role".into()))?;
    let of = |faults: Vec<FieldFault>| Refusal::Fields(faults.into_iter().map(|fault| fault.of(role)).collect());
    checked(&person.typed).map_err(of)
}

/// What was filled in, and by whom.
struct Form<'f> {
    holder: SubjectId,
    application: &'f Application,
    people: &'f [Named],
}

impl Form<'_> {
    /// Who stands in several roles stands there as one and the same person; nobody else does.
    fn facts(&self) -> Facts {
        let groups = || self.people.iter().map(|one| one.roles.iter().map(ToString::to_string).collect()).collect();
        let facts = self.application.facts.clone();
        Facts { same_person: Some(facts.same_person.unwrap_or_else(groups)), ..facts }
    }
}

async fn attempt(
    house: &House,
    platform: &Platform,
    form: &Form<'_>,
    who: &Who,
    once: Option<Once>,
) -> Result<Option<Applied>, Refusal> {
    let now = house.now();
    let mut entry = platform.entry(Act::Collect, who.clone(), now);
    let functions = &platform.tables.program().policy.functions;
    let Some(function) = functions.iter().find(|function| function.id.value == form.application.function) else {
        let unknown = crate::consent::by_policy(Code::UnknownFunction, None);
        return Err(house.refuse_for(platform, entry, Some(form.holder), vec![unknown]).await);
    };
    let class = function.makes.as_ref().and_then(|class| class.text.parse::<Slug>().ok());
    let class = class.ok_or(Refusal::Wrong("this function makes no record to fill in".into()))?;
    declared(platform, form.people)?;
    entry.function = Some(function.id.value.clone());
    entry.purpose = function.purposes.first().and_then(|purpose| purpose.text.parse().ok());
    entry.person = form.people.first().and_then(|person| person.roles.first().cloned());

    let record = RecordId::from_random(house.entropy.draw());
    let facts = form.facts();
    let context = Context {
        action: Action::Collect,
        function: Some(function),
        channel: form.application.channel.as_ref(),
        product: form.application.product.as_ref(),
        facts: &facts,
        who,
        now,
    };
    let mut matter = Matter::of(form.application.trigger);
    let mut lacking: Vec<FieldFault> = Vec::new();
    for (place, person) in form.people.iter().enumerate() {
        let place = if place == 0 {
            let holder = Standing::of(house, platform, form.holder, None, &read(person)?).await?;
            matter.standings.push(holder);
            0
        } else {
            matter.stand(house, platform, person, record, now).await?
        };
        for role in &person.roles {
            match matter.fill(house, platform, context, (place, record, role), person) {
                Ok(()) => {}
                Err(No::Missing(faults)) => lacking.extend(faults),
                Err(No::Denied(answer)) => {
                    return Err(house.refuse(platform, entry, Some(form.holder), *answer).await);
                }
                Err(No::Broken(refusal)) => return Err(refusal),
            }
        }
    }
    if !lacking.is_empty() {
        return Err(Refusal::Fields(lacking));
    }
    if matter.claims_number(form.holder)
        && let Some(holder) = form.people.first()
    {
        let changed = identity::another_number(house, platform, form.holder, &read(holder)?, now).await?;
        matter.filed.writes.extend(changed);
    }
    matter.tell(&mut entry);
    let (draft, withheld) = matter.draft((record, class), entry, function, once, now);
    let act = house.commit(platform, draft).await?;
    Ok(act.map(|act| Applied { record, leaf: act.leaf(), withheld }))
}

/// Every role is a natural person's that the policy declares, and one person's alone.
fn declared(platform: &Platform, people: &[Named]) -> Result<(), Refusal> {
    let known = &platform.tables.program().policy.persons;
    let mut taken = BTreeSet::new();
    for role in people.iter().flat_map(|person| &person.roles) {
        let person = known.iter().find(|known| known.id.value == *role);
        if person.is_none_or(|person| person.kind.value != PersonKind::Natural) {
            return Err(Refusal::Wrong("a role that the policy does not declare for people".into()));
        }
        if !taken.insert(role) {
            return Err(Refusal::Wrong("two people in one role".into()));
        }
    }
    Ok(())
}

enum No {
    Missing(Vec<FieldFault>),
    Denied(Box<Answer>),
    Broken(Refusal),
}

/// The matter as it comes together.
struct Matter {
    standings: Vec<Standing>,
    consents: Vec<ConsentGiven>,
    filed: Filed,
    withheld: Vec<ItemAnswer>,
    answer: Option<Box<Answer>>,
    trigger: Trigger,
}

impl Matter {
    fn of(trigger: Trigger) -> Self {
        let (standings, consents, withheld) = (Vec::new(), Vec::new(), Vec::new());
        Self { standings, consents, filed: Filed::default(), withheld, answer: None, trigger }
    }

    /// Finds another person than the holder, or makes one with the consents given for it. Gives its place.
    async fn stand(
        &mut self,
        house: &House,
        platform: &Platform,
        person: &Named,
        record: RecordId,
        now: Timestamp,
    ) -> Result<usize, Refusal> {
        let values = read(person)?;
        let standing = match find(house, platform, &self.standings, &values).await? {
            Found::Here(place) => return Ok(place),
            Found::Known(id, document) => {
                let standing = Standing::of(house, platform, id, document, &values).await?;
                // Who has an account answers there; only a child without one is answered for.
                let child = platform.tables.program().law.ages().child;
                let child = standing.born.is_some_and(|born| is_under(Some(born), child, day_in_shanghai(now)));
                if standing.snapshot.state().account == Account::None && child {
                    let by_guardian = |choice: &&Choice| choice.by == GivenBy::Guardian;
                    let given = person.consents.iter().filter(by_guardian).cloned().collect();
                    give_missing(house, platform, id, given).await?;
                    Standing::of(house, platform, id, document, &values).await?
                } else {
                    standing
                }
            }
            Found::Nobody => {
                let new = stranger(house, platform, &values, (record, &person.roles));
                let age = born(&values);
                let counts = |choice: &&Choice| faults(platform, choice, age, now).is_empty();
                let given: Vec<Choice> = person.consents.iter().filter(counts).cloned().collect();
                let given = drawn(house, platform, new.id, &given, now);
                let standing = Standing::made(house, platform, new, &values, &given).await?;
                self.consents.extend(given);
                standing
            }
        };
        self.standings.push(standing);
        Ok(self.standings.len() - 1)
    }

    /// Decides on one role's values and seals what is permitted.
    fn fill(
        &mut self,
        house: &House,
        platform: &Platform,
        context: Context<'_>,
        (place, record, role): (usize, RecordId, &Slug),
        person: &Named,
    ) -> Result<(), No> {
        let broken = || No::Broken(Refusal::Wrong("a matter needs somebody who stands in it".into()));
        let standing = self.standings.get(place).ok_or_else(broken)?;
        let of_role = |faults: Vec<FieldFault>| faults.into_iter().map(|fault| fault.of(role)).collect();
        let mut values = read(person).map_err(No::Broken)?;
        values.retain(|value| context.function.is_some_and(|function| takes(function, role, &value.item)));
        let state = (&standing.snapshot, standing.born);
        if let Some(faults) = lacking(platform, state, context, role, &[]).filter(|_| values.is_empty()) {
            let shut = || No::Broken(Refusal::Wrong("this function is closed for one of the roles".into()));
            return Err(if faults.is_empty() { shut() } else { No::Missing(of_role(faults)) });
        }
        let stands = Some((standing.id, role.clone()));
        if values.is_empty() {
            self.filed.add(Part { role: stands, items: Vec::new(), writes: Vec::new() });
            return Ok(());
        }
        let (permit, answer, kept, withheld) = match rule(platform, state, context, (record, role), values, true) {
            Ruling::Kept { permit, answer, kept, withheld } => (permit, answer, kept, withheld),
            Ruling::Missing(faults) => return Err(No::Missing(of_role(faults))),
            // Of who stands in several roles, the items of one may be asked of another person alone.
            Ruling::Denied(answer) if person.roles.len() > 1 && is_asked_of_others(platform, &answer) => {
                self.filed.add(Part { role: stands, items: Vec::new(), writes: Vec::new() });
                return Ok(());
            }
            Ruling::Denied(answer) => return Err(No::Denied(answer)),
        };
        let place = Place {
            record,
            subject: standing.id,
            role,
            whose: Whose::Subject,
            part: None,
            trigger: self.trigger,
            function: context.function.map(|function| &function.id.value),
            at: context.now,
        };
        let items = kept.iter().map(|checked| checked.item.clone()).collect();
        let gate = seal::gate(platform, &place, standing.stored, &kept).filter(|_| standing.known().is_some());
        let mut writes = seal::writes(house, platform, *permit, &place, kept).map_err(No::Broken)?;
        writes.extend(gate);
        // By a telephone only an account is found, and nobody opens one here.
        writes.retain(|write| !matches!(write, Write::Token(token) if token.kind != TokenKind::Document));
        self.filed.add(Part { role: stands, items, writes });
        self.withheld.extend(withheld);
        self.answer.get_or_insert(answer);
        Ok(())
    }

    /// Whether a document number is sealed by which this subject will be found.
    fn claims_number(&self, subject: SubjectId) -> bool {
        self.filed.writes.iter().any(|write| matches!(write, Write::Token(token) if token.subject == subject))
    }

    /// What the ledger says of it.
    fn tell(&self, entry: &mut Entry) {
        entry.items = self.filed.items();
        entry.scopes = self.consents.iter().map(|given| given.consent.scope.clone()).collect();
        entry.effect = if self.withheld.is_empty() { Effect::Permit } else { Effect::Partial };
        if let Some(answer) = &self.answer {
            entry.basis = answer.basis;
            entry.exception.clone_from(&answer.exception);
            entry.reasons = crate::act::reasons(answer);
        }
    }

    /// The one transaction, and what was given and not kept.
    fn draft(
        self,
        (record, class): (RecordId, Slug),
        entry: Entry,
        function: &Function,
        once: Option<Once>,
        at: Timestamp,
    ) -> (Draft, Vec<ItemAnswer>) {
        let header = NewRecord {
            id: record,
            class,
            function: Some(function.id.value.clone()),
            roles: self.filed.roles,
            in_force_from: None,
            in_force_until: None,
            at,
        };
        let known = self.standings.iter().filter(|one| one.new.is_none());
        let expect = known.map(|one| Expect::Subject(one.id, one.snapshot.version())).collect();
        let subjects = self.standings.iter().map(|standing| standing.id).collect();
        let mut writes: Vec<Write> = self.standings.into_iter().filter_map(|one| one.new).map(Write::Subject).collect();
        writes.extend(self.consents.into_iter().map(Write::Consent));
        writes.push(Write::Record(header));
        writes.extend(self.filed.writes);
        let key = once.map(|once| once.key(&Kept { record }));
        (Draft { expect, writes, entry, subjects, record: Some(record), key }, self.withheld)
    }
}

/// Whether nothing stands in the way of these items but a condition on who or what it is about. A declared fact that is
/// false is none: it is about this very person.
fn is_asked_of_others(platform: &Platform, answer: &Answer) -> bool {
    let facts = &platform.tables.program().policy.facts;
    let of_person = |named: &str| facts.iter().any(|fact| fact.id.as_str() == named);
    let untrue = |item: &ItemAnswer| item.reasons.iter().any(|reason| reason.code == Code::ConditionFalse);
    let about = |item: &ItemAnswer| item.reasons.iter().any(|reason| reason.fact.as_deref().is_some_and(of_person));
    answer.items.iter().all(|item| untrue(item) && !about(item))
}

/// Whether a function collects an item from a role.
fn takes(function: &Function, role: &Slug, item: &Slug) -> bool {
    let groups = function.collects.said().into_iter().flatten().filter(|group| group.of.text == role.as_str());
    groups.flat_map(|group| &group.items).any(|taken| taken.text == item.as_str())
}
