//! Applying (办理): what an account holder fills in for everybody who stands in a matter. One record, one act, one leaf.
//!
//! Each person is decided about alone, on the person's own consents: filling in a form for somebody is no consent of
//! that person (rule R19). A guardian answers for a child who has no account (R17), and another adult by an invitation
//! into a role that was left open.

use std::collections::BTreeSet;

use jiff::Timestamp;
use model::{RecordId, Slug, SubjectId};
use policy::question::{Code, Facts};
use policy::syntax::{Action, Function, PersonKind, Trigger};
use serde::{Deserialize, Serialize};
use store::{RequestOpened, Service, TokenKind, Write};
use vault::Whose;

use super::ask::Context;
use super::fields::{Checked, Typed, checked, named};
use super::invite;
use super::matter::{Matter, No, takes};
use super::outline::{AskedItem, Setting, asked, same_person, takes_pictures, vacant};
use super::seal::token_of;
use super::standing::Standing;
use super::{Application, Applied, Once, Participant, Whom};
use crate::act::TRIES;
use crate::consent::{Choice, give_missing};
use crate::leaf::{Act, Entry, Who};
use crate::refusal::{FieldFault, by_policy};
use crate::{House, Platform, Refusal, identity, service, track};

/// What an idempotency key repeats.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) record: RecordId,
}

/// One of the application, the fields named.
pub(super) struct Named {
    /// Where it stands among the people of the application.
    pub(super) place: usize,
    pub(super) whose: Whose,
    pub(super) roles: Vec<Slug>,
    pub(super) whom: Whom,
    pub(super) consents: Vec<Choice>,
    typed: Vec<Typed>,
}

impl Named {
    pub(super) fn of(platform: &Platform, place: usize, one: Participant) -> Result<Self, Refusal> {
        let Participant { roles, whom, fields, consents } = one;
        let whose = kind(platform, &roles)?;
        let mut read = Self { place, whose, roles, whom, consents, typed: Vec::new() };
        read.typed = named(platform, fields).map_err(|refusal| read.own(refusal))?;
        Ok(read)
    }

    /// The values; faults name the first of the person's roles.
    pub(super) fn read(&self) -> Result<Vec<Checked>, Refusal> {
        checked(&self.typed).map_err(Refusal::Fields).map_err(|refusal| self.own(refusal))
    }

    fn own(&self, refusal: Refusal) -> Refusal {
        match (refusal, self.roles.first()) {
            (Refusal::Fields(faults), Some(role)) => Refusal::Fields(self.faults(role, faults)),
            (refusal, _) => refusal,
        }
    }

    /// Faults of the fields of one role.
    pub(super) fn faults(&self, role: &Slug, faults: Vec<FieldFault>) -> Vec<FieldFault> {
        faults.into_iter().map(|fault| fault.of(self.place, role)).collect()
    }
}

/// Whether these are roles of a natural person or of an organisation.
fn kind(platform: &Platform, roles: &[Slug]) -> Result<Whose, Refusal> {
    let known = &platform.tables.program().policy.persons;
    let kind = |role: &Slug| known.iter().find(|known| known.id.value == *role).map(|known| known.kind.value);
    let kinds: Option<Vec<PersonKind>> = roles.iter().map(kind).collect();
    match kinds.ok_or(Refusal::Wrong("a role that the policy does not declare".into()))?.as_slice() {
        [] => Err(Refusal::Wrong("somebody without a role".into())),
        kinds if kinds.iter().all(|kind| *kind == PersonKind::Natural) => Ok(Whose::Subject),
        kinds if kinds.iter().all(|kind| *kind == PersonKind::Organisation) => Ok(Whose::Matter),
        _ => Err(Refusal::Wrong("nobody is a person and an organisation at once".into())),
    }
}

/// Fills in a function for an account holder, the first of [`Application::people`], and for others. Others are found by
/// document number or as [`Whom`] says, else made without an account. Several people may stand in one role.
///
/// # Errors
/// [`Refusal::Fields`] for fields that cannot be accepted or are missing, each with its role and person, nothing stored;
/// [`Refusal::Empty`] where nothing is given at all, with nothing kept;
/// [`Refusal::Denied`], with a leaf, when the decision about anybody is no; [`Refusal::NotFound`] for somebody who stands
/// in no record of the holder's; [`Refusal::Taken`], with nothing kept, for the holder under the number of somebody else;
/// [`Refusal::Wrong`] for a role that the policy does not declare, or into which nobody can
/// be invited. What is asked about another record ([`Application::about`]) is refused as `not-serviced`, `not-in-force` or
/// `service-open` where that record does not allow it, and as [`Refusal::NotFound`] where it is not the holder's.
pub async fn apply(
    house: &House,
    platform: &Platform,
    holder: SubjectId,
    application: Application,
    who: Who,
    once: Option<Once>,
) -> Result<Applied, Refusal> {
    apply_asking(house, platform, holder, application, None, who, once).await
}

/// As [`apply`], with a request of the holder's that is opened by the same act.
pub(crate) async fn apply_asking(
    house: &House,
    platform: &Platform,
    holder: SubjectId,
    mut application: Application,
    asks: Option<&RequestOpened>,
    who: Who,
    once: Option<Once>,
) -> Result<Applied, Refusal> {
    let people = std::mem::take(&mut application.people).into_iter().enumerate();
    let people = people.map(|(place, one)| Named::of(platform, place, one));
    let mut people: Vec<Named> = people.collect::<Result<_, Refusal>>()?;
    stand_apart(&people)?;
    // What is mistyped is said before a consent is taken for it.
    let mut wrong = Vec::new();
    for person in &people {
        match person.read() {
            Ok(_) => {}
            Err(Refusal::Fields(faults)) => wrong.extend(faults),
            Err(refusal) => return Err(refusal),
        }
    }
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong));
    }
    // Nor is one kept for a number that can never come in, or for a matter of nobody's.
    let asked = asks.is_some() || application.about.is_some();
    if !asked {
        filled(platform, &application, &people, house.now())?;
    }
    free_number(house, platform, holder, (&application.function, people.first())).await?;
    let own = people.first_mut().map(|first| std::mem::take(&mut first.consents));
    give_missing(house, platform, holder, own.unwrap_or_default()).await?;
    // A person's data stands before an organisation's: that is decided about in the holder's state.
    people.sort_by_key(|one| one.whose == Whose::Matter);
    let mut last = Refusal::Contended;
    for _ in 0..TRIES {
        let form = Form { holder, application: &application, people: &people, asks };
        match attempt(house, &house.current(platform), &form, &who, once).await {
            Ok(Some(done)) => return Ok(done),
            Ok(None) => {
                // Only now: what is open may be this very request, sent once more under its key.
                service::check_free(house, platform, holder, &who, &application).await?;
                last = Refusal::Contended;
            }
            // Somebody else brought the same new person in meanwhile, and is found the next time; or the holder typed
            // the number of somebody else.
            Err(Refusal::Taken(kind)) => last = Refusal::Taken(kind),
            Err(Refusal::Done { leaf, answer }) => {
                let kept = serde_json::from_slice::<Kept>(&answer);
                let Kept { record } = kept.map_err(|_| Refusal::Broken("a kept answer does not read".into()))?;
                return Ok(Applied { record, leaf, withheld: Vec::new(), invited: Vec::new() });
            }
            Err(refusal) => return Err(refusal),
        }
    }
    Err(last)
}

/// Whether something is given, or somebody is invited to give it. What must be given is said field by field when it is
/// decided, and a function that takes pictures alone begins with a record for them.
fn filled(platform: &Platform, application: &Application, people: &[Named], now: Timestamp) -> Result<(), Refusal> {
    let functions = &platform.tables.program().policy.functions;
    let Some(function) = functions.iter().find(|one| one.id.value == application.function) else { return Ok(()) };
    if !application.open.is_empty() || people.iter().any(|one| !one.typed.is_empty()) {
        return Ok(());
    }
    let taken: Vec<Slug> = people.iter().flat_map(|one| &one.roles).cloned().collect();
    let vacant = vacant(platform, function, &taken);
    if !vacant.is_empty() {
        return Err(Refusal::Empty(vacant));
    }
    let roles: Vec<&[Slug]> = people.iter().map(|one| one.roles.as_slice()).collect();
    let of_person = |(place, roles_of): (usize, &&[Slug])| {
        let facts = Facts { same_person: Some(same_person(&roles, place)), ..application.facts.clone() };
        let (channel, product) = (application.channel.as_ref(), application.product.as_ref());
        asked(platform, &Setting { function, channel, product, facts }, roles_of, now)
    };
    let asked: Vec<AskedItem<'_>> = roles.iter().enumerate().flat_map(of_person).collect();
    let later = asked.is_empty() && takes_pictures(platform, function, &taken);
    if later || asked.iter().any(|one| one.required) { Ok(()) } else { Err(Refusal::Empty(Vec::new())) }
}

/// Whether the number under which the holder comes in is the holder's, where one is known, and nobody else's.
async fn free_number(
    house: &House,
    platform: &Platform,
    holder: SubjectId,
    (function, first): (&Slug, Option<&Named>),
) -> Result<(), Refusal> {
    let function = platform.tables.program().policy.functions.iter().find(|one| one.id.value == *function);
    let (Some(function), Some(first)) = (function, first) else { return Ok(()) };
    let mut values = first.read()?;
    values.retain(|value| first.roles.iter().any(|role| takes(function, role, &value.item)));
    let Some(token) = token_of(platform, TokenKind::Document, &values) else { return Ok(()) };
    if let (Some(fault), Some(role)) =
        (identity::differing_number(house, platform, holder, &values).await?, first.roles.first())
    {
        return Err(Refusal::Fields(first.faults(role, vec![fault])));
    }
    let found = house.store.subject_by_token(&platform.id, TokenKind::Document, &token).await?;
    if found.is_some_and(|found| found != holder) { Err(Refusal::Taken(TokenKind::Document)) } else { Ok(()) }
}

/// The holder is a person, and no two organisations share a role: their part of the record would be one.
fn stand_apart(people: &[Named]) -> Result<(), Refusal> {
    if people.first().is_none_or(|first| first.whose == Whose::Matter || first.whom != Whom::Typed) {
        return Err(Refusal::Wrong("nobody stands in it: name the holder of the account first".into()));
    }
    let mut taken = BTreeSet::new();
    let organisations = people.iter().filter(|one| one.whose == Whose::Matter);
    let twice = organisations.flat_map(|one| &one.roles).any(|role| !taken.insert(role));
    if twice { Err(Refusal::Wrong("two organisations in one role".into())) } else { Ok(()) }
}

/// What was filled in, and by whom.
struct Form<'f> {
    holder: SubjectId,
    application: &'f Application,
    people: &'f [Named],
    /// What the holder asks with it.
    asks: Option<&'f RequestOpened>,
}

impl Form<'_> {
    /// Facts as they are of one person; who is the same as whom follows from who stands in which roles.
    fn facts(&self, of: &Named) -> Facts {
        let groups = || {
            let people = self.people.iter().map(|one| one.roles.as_slice());
            let people: Vec<&[Slug]> = people.chain(self.application.open.iter().map(std::slice::from_ref)).collect();
            let place = self.people.iter().position(|one| std::ptr::eq(one, of)).unwrap_or_default();
            same_person(&people, place)
        };
        let facts = self.application.facts.clone();
        Facts { same_person: Some(facts.same_person.unwrap_or_else(groups)), ..facts }
    }
}

/// The class of the record that a function makes.
fn made(function: &Function) -> Result<Slug, Refusal> {
    let class = function.makes.as_ref().and_then(|class| class.text.parse().ok());
    class.ok_or(Refusal::Wrong("this function makes no record to fill in".into()))
}

impl Form<'_> {
    /// What the record asks for: a right of the holder's, or something of another record.
    fn asking(&self, record: RecordId, entry: &mut Entry) -> impl Iterator<Item = Write> {
        let right = self.asks.map(|asks| RequestOpened { words: Some(record), ..asks.clone() });
        let service = self.application.about.map(|(about, wish)| Service { request: record, about, wish });
        let wish = service.map(|service| service.wish.word().to_owned());
        entry.because = self.asks.map(|asks| asks.right.clone()).or(wish);
        right.map(Write::Request).into_iter().chain(service.map(Write::Service))
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
        let unknown = by_policy(Code::UnknownFunction, None);
        return Err(house.refuse_for(platform, entry, Some(form.holder), vec![unknown]).await);
    };
    let class = made(function)?;
    entry.function = Some(function.id.value.clone());
    entry.purpose = function.purposes.first().and_then(|purpose| purpose.text.parse().ok());

    let record = RecordId::from_random(house.entropy.draw());
    let (invitations, invited) = invite::draw(house, platform, function, (record, form.application), now)?;
    let mut matter = Matter::of((record, form.holder), form.application.trigger);
    let mut lacking: Vec<FieldFault> = Vec::new();
    for (nth, person) in form.people.iter().enumerate() {
        let place = match (nth, person.whose) {
            (0, _) => {
                let holder = Standing::of(house, platform, form.holder, None, &person.read()?).await?;
                matter.begin(holder)
            }
            (_, Whose::Subject) => matter.stand(house, platform, person, who, now).await?,
            (_, Whose::Matter) => 0,
        };
        let facts = form.facts(person);
        let context = Context {
            channel: form.application.channel.as_ref(),
            product: form.application.product.as_ref(),
            files_later: true,
            typed: form.application.trigger == Trigger::Given,
            ..Context::of(Action::Collect, Some(function), &facts, who, now)
        };
        for role in &person.roles {
            match matter.fill(house, platform, context, (place, role), person) {
                Ok(()) => {}
                Err(No::Missing(faults)) => lacking.extend(faults),
                Err(No::Denied(answer)) => {
                    entry.person = Some(role.clone());
                    return Err(house.refuse(platform, entry, Some(form.holder), *answer).await);
                }
                Err(No::Broken(refusal)) => return Err(refusal),
            }
        }
    }
    // After the holder's state was read: what ends the cover from now on moves that state, and the commit fails.
    service::check(house, platform, &entry, form.holder, (function, form.application.about)).await?;
    if !lacking.is_empty() {
        return Err(Refusal::Fields(lacking));
    }
    if matter.claims_number(form.holder) {
        let values = form.people.first().map(Named::read).transpose()?.unwrap_or_default();
        let number = identity::further_number(house, platform, (form.holder, &values), (who, now)).await?;
        matter.numbered(form.holder, number);
    }
    matter.also(invitations);
    matter.also(form.asking(record, &mut entry));
    entry.person = form.people.first().and_then(|person| person.roles.first().cloned());
    matter.tell(&mut entry);
    let (draft, withheld) = matter.draft((class, form.application.product.clone()), entry, function, once, now);
    let act = track::commit(house, platform, form.application.track.as_ref(), draft).await?;
    Ok(act.map(|act| Applied { record, leaf: act.leaf(), withheld, invited }))
}
