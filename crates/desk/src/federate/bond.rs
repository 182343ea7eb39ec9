//! The bond between an account here and one that somebody else keeps: who is known by it, and binding it.

use model::act::{Account, RecordState, Snapshot};
use model::key::SearchToken;
use model::{RecordId, Slug, SubjectId};
use policy::question::Effect;
use policy::syntax::{Action, Function, Login};
use store::{Expect, NewRecord, PartRow, Token, TokenKind, Write};
use vault::Whose;

use super::waiting::Pending;
use super::{channel, identified_by, needs, source, token, trigger};
use crate::act::{Draft, TRIES, reasons};
use crate::collect::{Checked, Context, Place, Ruling, checked, named, question, rule, writes};
use crate::leaf::{Act, Who};
use crate::ports::Vouched;
use crate::{House, Platform, Refusal, identity};

/// Who is known by what the provider vouches for, and may still be: the consent that the bond rests on stands.
pub(super) async fn holder(
    house: &House,
    platform: &Platform,
    login: &Login,
    vouched: &Vouched,
) -> Result<Option<SubjectId>, Refusal> {
    let Some(item) = identified_by(login) else { return Ok(None) };
    let token = token(platform, &vouched.who)?;
    let Some(subject) = house.store.subject_by_token(&platform.id, TokenKind::Federated, &token).await? else {
        return Ok(None);
    };
    let (snapshot, born) = house.known(platform, subject).await?;
    let course = Course::of(platform, login)?;
    let facts = needs::facts(platform, login);
    let now = house.now();
    let channel = channel(login);
    let context = Context {
        channel: channel.as_ref(),
        ..Context::of(Action::Collect, Some(course.function), &facts, &Who::Subject, now)
    };
    let asked = question(platform, &snapshot, context, &course.person, vec![item.to_owned()]);
    let answer = platform.tables.decide(&asked, snapshot.state(), born, now);
    let stands = answer.effect == Effect::Permit && snapshot.state().account == Account::Active;
    Ok(stands.then_some(subject))
}

/// In what course and role one comes so.
struct Course<'p> {
    function: &'p Function,
    person: Slug,
}

impl<'p> Course<'p> {
    fn of(platform: &'p Platform, login: &Login) -> Result<Self, Refusal> {
        let policy = &platform.tables.program().policy;
        let function = policy.functions.iter().find(|function| function.id.as_str() == login.function.text);
        let person = login.person(policy).and_then(|role| role.text.parse().ok());
        function
            .zip(person)
            .map(|(function, person)| Self { function, person })
            .ok_or(Refusal::NotFound("way to log in"))
    }
}

/// Binds what the provider told to an account that is there: consents first, an act of their own, then one act that
/// collects the items and the bond.
pub(super) async fn bind(
    house: &House,
    platform: &Platform,
    login: &Login,
    subject: SubjectId,
    pending: Pending,
) -> Result<u64, Refusal> {
    let Pending { who, told, answers, .. } = pending;
    let token = token(platform, &who)?;
    let typed = named(platform, told.into_iter().map(|(item, value)| (item.to_string(), value)).collect())?;
    crate::consent::give_missing(house, platform, subject, answers.consents).await?;
    for scope in &answers.refused {
        crate::consent::refuse(house, platform, subject, scope).await?;
    }
    for _ in 0..TRIES {
        // Checked values cannot be copied: each try has its own.
        let values = checked(&typed).map_err(Refusal::Fields)?;
        let platform = house.current(platform);
        if let Some(leaf) = attempt(house, &platform, login, subject, (values, token)).await? {
            return Ok(leaf);
        }
    }
    Err(Refusal::Contended)
}

async fn attempt(
    house: &House,
    platform: &Platform,
    login: &Login,
    subject: SubjectId,
    (values, token): (Vec<Checked>, SearchToken),
) -> Result<Option<u64>, Refusal> {
    let (snapshot, born) = house.known(platform, subject).await?;
    let now = house.now();
    let course = Course::of(platform, login)?;
    let facts = needs::facts(platform, login);
    let (person, channel) = (&course.person, channel(login));
    let mut entry = platform.entry(Act::Collect, Who::Subject, now);
    entry.function = Some(course.function.id.value.clone());
    entry.purpose = course.function.purposes.first().and_then(|purpose| purpose.text.parse().ok());
    entry.person = Some(person.clone());
    let home = Home::of(house, platform, &snapshot, &course).await?;
    let context = Context {
        channel: channel.as_ref(),
        ..Context::of(Action::Collect, Some(course.function), &facts, &Who::Subject, now)
    };
    let ruled = rule(platform, (&snapshot, born), context, (home.record, person), values, false);
    let (permit, answer, kept, withheld) = match ruled {
        Ruling::Kept { permit, answer, kept, withheld } => (permit, answer, kept, withheld),
        Ruling::Missing(faults) => return Err(Refusal::Fields(faults)),
        Ruling::Denied(answer) => return Err(house.refuse(platform, entry, Some(subject), *answer).await),
    };
    entry.items = kept.iter().map(|checked| checked.item.clone()).collect();
    entry.basis = answer.basis;
    entry.effect = if withheld.is_empty() { Effect::Permit } else { Effect::Partial };
    entry.reasons = reasons(&answer);
    let bound = identified_by(login).is_some_and(|item| kept.iter().any(|checked| checked.item.as_str() == item));
    let source = source(login);
    let place = Place {
        record: home.record,
        subject,
        role: person,
        whose: Whose::Subject,
        part: home.part.as_ref(),
        trigger: trigger(login),
        source: source.as_ref(),
        function: Some(&course.function.id.value),
        at: now,
    };
    let sealed = writes(house, platform, *permit, &place, kept)?;
    let (kind, record, role) = (TokenKind::Federated, home.record, person.clone());
    let bond = Token { kind, token, subject, record, role, sole: false };
    let header = home.made(&course, subject, now).map(Write::Record);
    let draft = Draft {
        expect: vec![Expect::Subject(subject, snapshot.version())],
        writes: header.into_iter().chain(sealed).chain(bound.then_some(Write::Token(bond))).collect(),
        entry,
        subjects: vec![subject],
        record: Some(home.record),
        key: None,
    };
    Ok(house.commit(platform, draft).await?.map(|act| act.leaf()))
}

/// Where the items go: a new record of the class that the function makes, or where it makes none, the subject's own.
struct Home {
    record: RecordId,
    part: Option<PartRow>,
    class: Option<Slug>,
}

impl Home {
    async fn of(house: &House, platform: &Platform, snapshot: &Snapshot, course: &Course<'_>) -> Result<Self, Refusal> {
        if let Some(class) = course.function.makes.as_ref().and_then(|class| class.text.parse().ok()) {
            let record = RecordId::from_random(house.entropy.draw());
            return Ok(Self { record, part: None, class: Some(class) });
        }
        let own = identity::state_in_reach(house, platform, snapshot).await?;
        let there = |state: &&RecordState| state.roles.contains(&course.person);
        let record = own.records.iter().find(there).and_then(|state| state.id);
        let record = record.ok_or(Refusal::Wrong("there is no record to put this in: register first".to_owned()))?;
        let part = house.store.part(&platform.id, record, Some(snapshot.subject()), &course.person).await?;
        Ok(Self { record, part, class: None })
    }

    fn made(&self, course: &Course<'_>, subject: SubjectId, now: jiff::Timestamp) -> Option<NewRecord> {
        Some(NewRecord {
            id: self.record,
            class: self.class.clone()?,
            function: Some(course.function.id.value.clone()),
            product: None,
            roles: vec![(subject, course.person.clone())],
            holder: Some(subject),
            in_force_from: None,
            in_force_until: None,
            at: now,
        })
    }
}
