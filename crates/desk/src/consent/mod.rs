//! Consent (同意): given for one scope of the policy in force, refused, withdrawn at once, listed.
//!
//! A consent that could not count is refused when it is given, with a leaf, instead of being stored and found wanting
//! later. Whether a stored consent carries a given act is for the tables to say, at every act anew.

mod check;
pub mod link;
mod object;
pub mod written;

use jiff::{SignedDuration, Timestamp};
use model::act::{Account, Artefact, Consent, GivenBy, Refused, SubjectState};
use model::{ConsentId, Fingerprint, Slug, SubjectId};
use policy::decide::project::OPT_OUT;
use policy::diff::Widened;
use policy::question::{Code, Reason};
use serde::{Deserialize, Serialize};
use store::{ConsentGiven, ConsentRefused, ConsentWithdrawn, Expect, Write};

pub(crate) use check::{faults, party_fits, scope};
pub use object::{Use, allow, object, uses};

use crate::act::{Draft, Once, TRIES};
use crate::leaf::{Act, Who};
use crate::{House, Platform, Refusal, partner};

/// How a yes is given on a page. No tick and no button is a written consent: that is a document, which
/// [`written::sign`] and [`written::attest`] alone make (rule R11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Manner {
    /// One tick among others, made by the person.
    Tick,
    /// A separate, specific act for one scope (单独同意).
    Separate,
    /// A box that was ticked beforehand; refused.
    Prechecked,
}

impl From<Manner> for Artefact {
    fn from(manner: Manner) -> Self {
        match manner {
            Manner::Tick => Self::Tick,
            Manner::Separate => Self::Separate,
            Manner::Prechecked => Self::Prechecked,
        }
    }
}

/// A yes to one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Scope id, as the compiled policy names it.
    pub scope: String,
    /// The party that the customer chose, where the scope is one grant for each party.
    pub party: Option<Slug>,
    /// How the yes was given (rules R7, R10).
    pub artefact: Manner,
    /// The policy version that the page was made from (rule R8): [`policy::compile::Tables::policy`].
    pub policy: Fingerprint,
    /// The text that was shown, kept as evidence: of the bytes that the person read for this scope.
    pub text: Fingerprint,
    /// Who gave it (rules R17, R19).
    pub by: GivenBy,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
}

/// An act about a consent, done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// Leaf of the act.
    pub leaf: u64,
    /// The consent that it made or ended.
    pub consent: Option<ConsentId>,
}

/// A consent as its giver sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentView {
    /// Which.
    pub id: ConsentId,
    /// Scope id.
    pub scope: String,
    /// Chosen party.
    pub party: Option<Slug>,
    /// Who gave it.
    pub by: GivenBy,
    /// How.
    pub artefact: Artefact,
    /// Given at.
    pub at: Timestamp,
    /// Ends by itself at.
    pub until: Option<Timestamp>,
    /// Withdrawn at.
    pub withdrawn: Option<Timestamp>,
    /// Whether it stands now, under the policy in force.
    pub stands: bool,
    /// Whether it would stand if it had been given to the version in force, to which it does not carry over.
    pub outgrown: bool,
    /// File stem of the policy version that it was given for; its fingerprint where that version is not known here.
    pub of_version: String,
    /// Fingerprint of that version, as the consent bears it: what was consented to is read from there ([`crate::archive::Given`]).
    pub policy: String,
    /// The text that was shown.
    pub text: Option<Fingerprint>,
    /// How well it is proved.
    pub evidence: Evidence,
}

/// How well a consent is proved (PIPL art. 14; rule R8): what came from elsewhere may be proved less than what was given here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The text that was shown is known, to the byte.
    Text,
    /// The version of the policy is known, not how it was shown.
    Version,
    /// A system of the company's states it, and nothing else does: it opens nothing.
    Statement,
}

/// Gives consents: one act, one leaf, all or none.
///
/// # Errors
/// [`Refusal::Denied`], with a leaf, when a choice cannot count: unknown scope or party, ticked beforehand, bundled
/// where a separate act is asked for, on a page of another version than the one in force, or not for this person to give.
pub async fn give(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    choices: Vec<Choice>,
) -> Result<Vec<Done>, Refusal> {
    give_as(house, platform, subject, choices, Who::Subject, None).await
}

/// As [`give`], brought in by somebody else: a system of the company's, on whose page the customer chose.
///
/// # Errors
/// Those of [`give`], and [`Refusal::KeyReused`].
pub async fn give_as(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    choices: Vec<Choice>,
    who: Who,
    once: Option<Once>,
) -> Result<Vec<Done>, Refusal> {
    if choices.is_empty() {
        return Err(Refusal::Wrong("nothing was consented to: name at least one scope".into()));
    }
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let (snapshot, born) = house.known(&platform, subject).await?;
        let now = house.now();
        let mut entry = platform.entry(Act::Consent, who.clone(), now);
        entry.scopes = choices.iter().map(|choice| choice.scope.clone()).collect();
        if let [only] = choices.as_slice() {
            entry.party.clone_from(&only.party);
            entry.text = Some(only.text);
        }
        let mut wrong: Vec<Reason> = choices.iter().flat_map(|choice| faults(&platform, choice, born, now)).collect();
        if snapshot.state().account == Account::Closed {
            wrong.push(crate::refusal::by_law(&platform, Code::AccountClosed, None, "R46", now));
        }
        if !wrong.is_empty() {
            // Scopes that nobody declared are the caller's words: they stay out of the ledger.
            entry.scopes.retain(|scope| check::scope(&platform, scope).is_some());
            return Err(house.refuse_for(&platform, entry, Some(subject), wrong).await);
        }
        let given = drawn(house, &platform, subject, &choices, now);
        let ids: Vec<ConsentId> = given.iter().map(|consent| consent.id).collect();
        // The latest word counts: a yes takes back an objection to the same thing.
        let objections = choices.iter().filter_map(|choice| object::objection(snapshot.state(), &choice.scope, now));
        let lifted = objections.filter_map(|objection| ended(subject, objection, now));
        let draft = Draft {
            expect: vec![Expect::Subject(subject, snapshot.version())],
            writes: lifted.chain(given.into_iter().map(Write::Consent)).collect(),
            entry,
            subjects: vec![subject],
            record: None,
            key: once.map(|once| once.key(&ids)),
        };
        match house.commit(&platform, draft).await {
            Ok(Some(act)) => return Ok(given_at(act.leaf(), ids)),
            Ok(None) => {}
            Err(Refusal::Done { leaf, answer }) => {
                let kept = serde_json::from_slice(&answer);
                return Ok(given_at(leaf, kept.map_err(|_| Refusal::Broken("a kept answer does not read".into()))?));
            }
            Err(refusal) => return Err(refusal),
        }
    }
    Err(Refusal::Contended)
}

fn given_at(leaf: u64, ids: Vec<ConsentId>) -> Vec<Done> {
    ids.into_iter().map(|id| Done { leaf, consent: Some(id) }).collect()
}

/// Gives those consents that do not stand already, so that a repeated request does not give them twice.
pub(crate) async fn give_missing(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    choices: Vec<Choice>,
) -> Result<(), Refusal> {
    if choices.is_empty() {
        return Ok(());
    }
    let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
    let missing = missing(platform, snapshot.state(), choices, house.now());
    if !missing.is_empty() {
        give(house, platform, subject, missing).await?;
    }
    Ok(())
}

/// The choices without those of which a consent stands already.
pub(crate) fn missing(
    platform: &Platform,
    state: &SubjectState,
    mut choices: Vec<Choice>,
    now: Timestamp,
) -> Vec<Choice> {
    let same = |given: &Consent, choice: &Choice| {
        let counts = platform.tables.counts(given) && given.stands(now);
        given.scope == choice.scope && given.party == choice.party && counts
    };
    choices.retain(|choice| !state.consents.iter().any(|given| same(given, choice)));
    choices
}

/// The consents that choices make, with fresh ids, under the policy and text in force.
pub(crate) fn drawn(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    choices: &[Choice],
    now: Timestamp,
) -> Vec<ConsentGiven> {
    let policy = platform.tables.policy().to_string();
    let consent = |choice: &Choice| Consent {
        id: None,
        scope: choice.scope.clone(),
        party: choice.party.clone(),
        policy: policy.clone(),
        text: Some(choice.text),
        by: choice.by,
        artefact: choice.artefact.into(),
        at: now,
        until: choice.until,
        withdrawn: None,
    };
    choices
        .iter()
        .map(|choice| ConsentGiven {
            subject,
            id: ConsentId::from_random(house.entropy.draw()),
            consent: consent(choice),
            paper: None,
        })
        .collect()
}

/// Withdraws a consent. It holds from the leaf on, in every process: the next act is decided without it, and an act
/// under way cannot commit on it (rule R12, design invariant 7). What was lawful before stays so.
///
/// # Errors
/// [`Refusal::NotFound`] when the subject gave no such consent, [`Refusal::Wrong`] when it is withdrawn already.
pub async fn withdraw(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    consent: ConsentId,
) -> Result<Done, Refusal> {
    withdraw_as(house, platform, subject, consent, Who::Subject).await
}

/// As [`withdraw`], brought in by a system of the company's.
///
/// # Errors
/// Those of [`withdraw`].
pub async fn withdraw_as(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    consent: ConsentId,
    who: Who,
) -> Result<Done, Refusal> {
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
        let mut consents = snapshot.state().consents.iter().filter(|given| !given.scope.starts_with(OPT_OUT));
        let of_subject = consents.find(|given| given.id == Some(consent));
        let given = of_subject.ok_or(Refusal::NotFound("consent"))?;
        if given.withdrawn.is_some() {
            return Err(Refusal::Wrong("this consent is withdrawn already".into()));
        }
        let now = house.now();
        let mut entry = platform.entry(Act::Withdraw, who.clone(), now);
        entry.scopes = vec![given.scope.clone()];
        entry.party.clone_from(&given.party);
        // No expectation on the subject's version: a withdrawal never has to wait for other acts.
        let draft = Draft {
            expect: Vec::new(),
            writes: ended(subject, given, now).into_iter().collect(),
            entry,
            subjects: vec![subject],
            record: None,
            key: None,
        };
        if let Some(act) = house.commit(&platform, draft).await? {
            partner::release_of(house, &platform, subject).await;
            return Ok(Done { leaf: act.leaf(), consent: Some(consent) });
        }
    }
    Err(Refusal::Contended)
}

/// The fact that a consent, or an objection, stands no longer.
pub(crate) fn ended(subject: SubjectId, given: &Consent, now: Timestamp) -> Option<Write> {
    let scope = given.scope.clone();
    given.id.map(|id| Write::Withdraw(ConsentWithdrawn { subject, id, scope, at: now }))
}

/// Notes a no, and how often it was said. Nothing else changes: a refusal takes nothing away that was there before.
/// It keeps the question from being put again during the cool-down ([`cooling`]).
///
/// # Errors
/// [`Refusal::Denied`], with a leaf, when no such scope is declared.
pub async fn refuse(house: &House, platform: &Platform, subject: SubjectId, scope: &str) -> Result<Done, Refusal> {
    refuse_as(house, platform, subject, scope, Who::Subject).await
}

/// As [`refuse`], brought in by a system of the company's.
///
/// # Errors
/// Those of [`refuse`].
pub async fn refuse_as(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    scope: &str,
    who: Who,
) -> Result<Done, Refusal> {
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let now = house.now();
        let mut entry = platform.entry(Act::Refuse, who.clone(), now);
        if check::scope(&platform, scope).is_none() {
            let unknown = crate::refusal::by_policy(Code::NotDeclared, None);
            return Err(house.refuse_for(&platform, entry, Some(subject), vec![unknown]).await);
        }
        entry.scopes = vec![scope.to_owned()];
        let refused = ConsentRefused { subject, scope: scope.to_owned(), at: now };
        let draft = Draft {
            expect: Vec::new(),
            writes: vec![Write::Refused(refused)],
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

/// A consent that was refused and that nobody asks for again until the cool-down has passed (rule R14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cooling {
    /// Scope id.
    pub scope: String,
    /// Refused last at.
    pub at: Timestamp,
    /// How often it was asked for and refused.
    pub times: u32,
    /// From when it may be asked for again. The person may come back to it at any time.
    pub until: Timestamp,
}

/// The scopes for which a subject must not be asked now, in order of their ids.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such subject.
pub async fn cooling(house: &House, platform: &Platform, subject: SubjectId) -> Result<Vec<Cooling>, Refusal> {
    let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
    let (now, days) = (house.now(), platform.tables.program().operation.cool_down_days.value);
    let cool_down = SignedDuration::from_hours(i64::from(days) * 24);
    let cools = |refused: &Refused| {
        let until = refused.at.checked_add(cool_down).unwrap_or(Timestamp::MAX);
        let Refused { scope, at, times } = refused.clone();
        (now < until).then_some(Cooling { scope, at, times, until })
    };
    Ok(snapshot.state().refused.iter().filter_map(cools).collect())
}

/// What somebody is asked again because the version in force reaches further than the one that was consented to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedAgain {
    /// Scope id.
    pub scope: String,
    /// Chosen party.
    pub party: Option<Slug>,
    /// When it was consented to last.
    pub given: Timestamp,
    /// File stem of the version that it was consented to.
    pub of_version: String,
    /// In what the version in force reaches further.
    pub why: Vec<Widened>,
}

/// The scopes that a new version left without the consent that a subject had given, in order of their ids: neither what carries
/// over nor what was never consented to, and nothing that was decided on since, whichever way (rules R9, R14).
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such subject.
pub async fn asked_again(house: &House, platform: &Platform, subject: SubjectId) -> Result<Vec<AskedAgain>, Refusal> {
    let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
    let given = list(house, platform, subject).await?;
    let refused = &snapshot.state().refused;
    let is_open = |view: &&ConsentView| {
        let same = |other: &&ConsentView| other.scope == view.scope && other.party == view.party;
        let stands = given.iter().filter(same).any(|other| other.stands);
        let declined = refused.iter().any(|one| one.scope == view.scope && one.at >= platform.since);
        let withdrawn = given.iter().filter(same).filter_map(|other| other.withdrawn).any(|at| at >= platform.since);
        !stands && !declined && !withdrawn && check::scope(platform, &view.scope).is_some()
    };
    let mut again: Vec<AskedAgain> = Vec::new();
    // The newest of each counts.
    for view in given.iter().rev().filter(|view| view.outgrown).filter(is_open) {
        let (scope, party) = (view.scope.clone(), view.party.clone());
        if !again.iter().any(|one| one.scope == scope && one.party == party) {
            let given = snapshot.state().consents.iter().find(|consent| consent.id == Some(view.id));
            let why = given.map(|consent| platform.tables.outgrown(consent)).unwrap_or_default();
            again.push(AskedAgain { scope, party, given: view.at, of_version: view.of_version.clone(), why });
        }
    }
    again.sort_by(|one, other| (&one.scope, &one.party).cmp(&(&other.scope, &other.party)));
    Ok(again)
}

/// Every consent of a subject, withdrawn ones too, oldest first.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such subject.
pub async fn list(house: &House, platform: &Platform, subject: SubjectId) -> Result<Vec<ConsentView>, Refusal> {
    let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
    let versions = house.store.publication_heads(&platform.id).await?;
    let now = house.now();
    let consents = snapshot.state().consents.iter().filter(|consent| !consent.scope.starts_with(OPT_OUT));
    let view = |consent: &Consent| {
        let version = versions.iter().find(|head| head.policy.to_string() == consent.policy);
        Some(ConsentView {
            id: consent.id?,
            scope: consent.scope.clone(),
            party: consent.party.clone(),
            by: consent.by,
            artefact: consent.artefact,
            at: consent.at,
            until: consent.until,
            withdrawn: consent.withdrawn,
            stands: consent.stands(now) && platform.tables.counts(consent),
            outgrown: consent.stands(now) && !platform.tables.counts(consent),
            of_version: version.map_or_else(|| consent.policy.clone(), |head| head.stem.clone()),
            policy: consent.policy.clone(),
            text: consent.text,
            evidence: match (consent.text, version) {
                (Some(_), _) => Evidence::Text,
                (None, Some(_)) => Evidence::Version,
                (None, None) => Evidence::Statement,
            },
        })
    };
    let mut views: Vec<ConsentView> = consents.filter_map(view).collect();
    views.sort_by_key(|view| view.at);
    Ok(views)
}
