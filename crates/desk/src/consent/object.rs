//! Objecting (拒绝) to what is done beyond the functions themselves: marketing by channel, personalisation, profiles
//! (rule R31, PIPL art. 24). Refusing is one act; whatever the text rests the use on, nothing goes on after it.

use jiff::Timestamp;
use model::act::{Artefact, Consent, GivenBy, SubjectState};
use model::{ConsentId, Slug, SubjectId};
use policy::decide::project::OPT_OUT;
use policy::question::{Actor, Code, Facts, Outcome, Processing, Subject};
use policy::syntax::{Basis, Kind};
use policy::terms::Scope;
use store::{ConsentGiven, Expect, Write};

use super::Done;
use crate::act::{Draft, Once, TRIES};
use crate::leaf::{Act, Who};
use crate::{House, Platform, Refusal};

/// One use that the text declares, and how somebody stands to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Id of the element.
    pub id: Slug,
    /// The scope by which it is consented to and objected to.
    pub scope: String,
    /// The consent that stands, and since when.
    pub given: Option<(ConsentId, Timestamp)>,
    /// Objected to since.
    pub objected: Option<Timestamp>,
    /// Whether anything of it may be done now, by text and law.
    pub goes_on: bool,
    /// Whether the text rests it on consent, or is silent on what it rests on: then it takes a yes to begin.
    pub asks_consent: bool,
}

impl Use {
    /// Whether the switch shows on: it goes on, or would as soon as what it needs is there.
    pub const fn is_on(&self) -> bool {
        self.objected.is_none() && (self.given.is_some() || self.goes_on)
    }
}

/// The objection that stands to a scope.
pub(super) fn objection<'s>(state: &'s SubjectState, scope: &str, now: Timestamp) -> Option<&'s Consent> {
    let to_scope = |consent: &&Consent| consent.scope.strip_prefix(OPT_OUT) == Some(scope) && consent.stands(now);
    state.consents.iter().find(to_scope)
}

/// The scope by which a use is objected to. What a law commands is no matter of choice.
fn scope_of<'p>(platform: &'p Platform, used: &policy::syntax::Use) -> Option<&'p Scope> {
    let commanded =
        matches!(used.basis.said(), Some(Basis::Statutory | Basis::Emergency | Basis::News | Basis::OtherLaw));
    let own = |scope: &&Scope| scope.kind == Kind::Use && scope.element == used.id.value && scope.class.is_none();
    platform.tables.scopes().iter().find(own).filter(|_| !commanded || used.opt_out.said().is_some())
}

/// The scope of that id, if it is one that may be objected to.
pub(super) fn declared<'p>(platform: &'p Platform, scope: &str) -> Option<&'p Scope> {
    let uses = &platform.tables.program().policy.uses;
    uses.iter().filter_map(|used| scope_of(platform, used)).find(|own| own.id == scope)
}

/// Every use that somebody may have a say in, in the order of the text. Advice: nothing is written.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such subject.
pub async fn uses(house: &House, platform: &Platform, subject: SubjectId) -> Result<Vec<Use>, Refusal> {
    let (snapshot, born) = house.known(platform, subject).await?;
    let (now, state) = (house.now(), snapshot.state());
    let mut found = Vec::new();
    for used in &platform.tables.program().policy.uses {
        let Some(scope) = scope_of(platform, used) else { continue };
        let stands =
            |consent: &&Consent| consent.scope == scope.id && platform.tables.counts(consent) && consent.stands(now);
        let given = state.consents.iter().find(stands).and_then(|consent| Some((consent.id?, consent.at)));
        let goes_on = scope.persons.iter().any(|person| {
            let asked = Processing { person: person.to_string(), ..question(platform, used, scope) };
            let answer = platform.tables.decide(&asked, state, born, now);
            answer.items.iter().any(|item| item.outcome != Outcome::Withheld)
        });
        let basis = used.basis.said().copied();
        found.push(Use {
            id: used.id.value.clone(),
            scope: scope.id.clone(),
            given,
            objected: objection(state, &scope.id, now).map(|objection| objection.at),
            goes_on,
            asks_consent: basis.is_none_or(|basis| basis == Basis::Consent),
        });
    }
    Ok(found)
}

fn question(platform: &Platform, used: &policy::syntax::Use, scope: &Scope) -> Processing {
    Processing {
        platform: platform.id.clone(),
        at: None,
        action: scope.act,
        function: None,
        purpose: Some(used.purpose.text.clone()),
        product: None,
        channel: None,
        recipient: None,
        party: None,
        endpoint: None,
        actor: Actor::System,
        person: String::new(),
        items: scope.items.iter().map(Slug::to_string).collect(),
        source: None,
        exception: None,
        subject: Subject::default(),
        facts: Facts::default(),
        document: None,
    }
}

/// Objects to a use: from the leaf on nothing of it is done, whatever it rested on; consents to it end with it.
///
/// # Errors
/// [`Refusal::Denied`], with a leaf, for a scope that no use has, or one that a law commands; [`Refusal::Wrong`] when it
/// was objected to before; [`Refusal::KeyReused`].
pub async fn object(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    scope: &str,
    who: Who,
    once: Option<Once>,
) -> Result<Done, Refusal> {
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
        let now = house.now();
        let mut entry = platform.entry(Act::Object, who.clone(), now);
        let Some(declared) = declared(&platform, scope) else {
            let unknown = crate::refusal::by_policy(Code::NotDeclared, None);
            return Err(house.refuse_for(&platform, entry, Some(subject), vec![unknown]).await);
        };
        entry.scopes = vec![declared.id.clone()];
        let standing = snapshot.state().consents.iter().filter(|consent| consent.stands(now));
        let of_use = |consent: &&Consent| {
            let class = consent.scope.strip_prefix(scope).and_then(|rest| rest.strip_prefix('.'));
            consent.scope == scope || class.is_some_and(|class| !class.is_empty())
        };
        let mut writes: Vec<Write> =
            standing.filter(of_use).filter_map(|consent| super::ended(subject, consent, now)).collect();
        let id = ConsentId::from_random(house.entropy.draw());
        // Asked after the key: a link that is followed twice is answered as the first time.
        let before = objection(snapshot.state(), scope, now).is_some();
        if !before {
            writes.push(Write::Consent(ConsentGiven {
                subject,
                id,
                consent: noted(&platform, scope, now),
                paper: None,
            }));
        }
        let key = once.map(|once| once.key(&id));
        if before && key.is_none() {
            return Err(Refusal::Wrong("this use is objected to already".to_owned()));
        }
        let draft = Draft {
            expect: vec![Expect::Subject(subject, snapshot.version())],
            writes,
            entry,
            subjects: vec![subject],
            record: None,
            key,
        };
        if let Some(leaf) = house.commit_once(&platform, draft).await? {
            return Ok(Done { leaf, consent: None });
        }
    }
    Err(Refusal::Contended)
}

/// An objection, as the state of a subject carries it.
fn noted(platform: &Platform, scope: &str, now: Timestamp) -> Consent {
    Consent {
        id: None,
        scope: format!("{OPT_OUT}{scope}"),
        party: None,
        policy: platform.tables.policy().to_string(),
        text: None,
        by: GivenBy::Oneself,
        artefact: Artefact::Tick,
        at: now,
        until: None,
        withdrawn: None,
    }
}

/// Takes an objection back. It is no consent: where the use asks for one, that is given by itself.
///
/// # Errors
/// [`Refusal::NotFound`] when nothing is objected to there.
pub async fn allow(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    scope: &str,
    who: Who,
) -> Result<Done, Refusal> {
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
        let now = house.now();
        let objection = objection(snapshot.state(), scope, now);
        let ended = objection.and_then(|objection| super::ended(subject, objection, now));
        let ended = ended.ok_or(Refusal::NotFound("objection"))?;
        let mut entry = platform.entry(Act::Allow, who.clone(), now);
        entry.scopes = vec![scope.to_owned()];
        let draft = Draft {
            expect: vec![Expect::Subject(subject, snapshot.version())],
            writes: vec![ended],
            entry,
            subjects: vec![subject],
            record: None,
            key: None,
        };
        if let Some(act) = house.commit(&platform, draft).await? {
            return Ok(Done { leaf: act.leaf(), consent: None });
        }
    }
    Err(Refusal::Contended)
}
