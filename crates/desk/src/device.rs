//! Device permissions (设备权限): what the devices of an account report, and what follows from it.
//!
//! Off is a withdrawal where the text says so; on is never a consent by itself. What a permission yields is not taken
//! while it is off, whatever is consented to: the tables see the state in every question. And what a browser asks of
//! trackers (Do-Not-Track, Global Privacy Control): a fact of the request, honoured where the text says so.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::act::{Consent, DevicePermission, Snapshot, SubjectState};
use model::{ConsentId, Slug, SubjectId};
use policy::question::{Actor, Answer, Facts, Processing, Subject};
use policy::syntax::{Action, Collect, Kind, Permission, PersonKind, Tracker};
use policy::terms::Scope;
use store::{Expect, PermissionReported, Write};

use crate::act::{Draft, Once, TRIES};
use crate::leaf::{Act, Who};
use crate::{House, Platform, Refusal};

/// A permission that the policy declares, as an account stands to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// Which.
    pub permission: Slug,
    /// Whether it is on; `None` while no device said anything.
    pub on: Option<bool>,
    /// Since when.
    pub at: Option<Timestamp>,
    /// Scopes to which consent ends when it is switched off: none where the text does not say so.
    pub withdraws: Vec<String>,
    /// Those of them to which a consent stands.
    pub consented: Vec<String>,
}

/// What a report came to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Noted {
    /// Leaf; `None` when everything was known already.
    pub leaf: Option<u64>,
    /// Consents that ended with it.
    pub withdrawn: Vec<ConsentId>,
}

/// The scopes that nothing but this permission feeds: of the functions that stop without it.
fn fed<'p>(platform: &'p Platform, permission: &Permission) -> Vec<&'p Scope> {
    let policy = &platform.tables.program().policy;
    let id = permission.id.as_str();
    let stops = |element: &Slug| {
        permission.modes.iter().flat_map(|mode| &mode.functions).any(|function| function.text == element.as_str())
    };
    let is_fed = |scope: &&Scope| {
        let functions = policy.functions.iter().filter(|function| function.id.value == scope.element);
        let groups: Vec<&Collect> =
            functions.clone().filter_map(|function| function.collects.said()).flatten().collect();
        let reads = functions.flat_map(|function| &function.reads).next().is_some();
        let covering = |group: &&&Collect| {
            group.items.iter().any(|item| scope.items.iter().any(|covered| covered.as_str() == item.text))
        };
        let of_permission =
            |group: &&Collect| group.permission.as_ref().is_some_and(|permission| permission.text == id);
        let mut own = groups.iter().filter(covering).peekable();
        // A function that neither takes nor shows anything is the permission and nothing else.
        let nothing_else = groups.is_empty() && !reads && stops(&scope.element);
        nothing_else || own.peek().is_some() && own.all(of_permission)
    };
    let scopes = platform.tables.scopes().iter().filter(|scope| scope.kind == Kind::Function);
    scopes.filter(is_fed).collect()
}

fn withdraws<'p>(platform: &'p Platform, permission: &Permission) -> Vec<&'p Scope> {
    if permission.off_withdraws.said() == Some(&true) { fed(platform, permission) } else { Vec::new() }
}

/// Every permission that the policy declares, in the order of the text. Nothing is written.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such subject.
pub async fn permissions(house: &House, platform: &Platform, subject: SubjectId) -> Result<Vec<Reported>, Refusal> {
    let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
    let now = house.now();
    let view = |permission: &Permission| {
        let known = known(&snapshot, &permission.id.value);
        let withdraws: Vec<String> = withdraws(platform, permission).iter().map(|scope| scope.id.clone()).collect();
        let stands = |scope: &&String| standing(&snapshot, now).any(|consent| consent.scope == **scope);
        Reported {
            permission: permission.id.value.clone(),
            on: known.map(|known| known.on),
            at: known.map(|known| known.at),
            consented: withdraws.iter().filter(stands).cloned().collect(),
            withdraws,
        }
    };
    Ok(platform.tables.program().policy.permissions.iter().map(view).collect())
}

fn known<'s>(snapshot: &'s Snapshot, permission: &Slug) -> Option<&'s DevicePermission> {
    snapshot.state().permissions.iter().find(|known| known.permission == *permission)
}

fn standing(snapshot: &Snapshot, now: Timestamp) -> impl Iterator<Item = &Consent> {
    snapshot.state().consents.iter().filter(move |consent| consent.stands(now))
}

/// Notes the states that a device reports: one act for all that changed, none where nothing did.
///
/// # Errors
/// [`Refusal::Wrong`] for a permission that the policy does not declare; [`Refusal::NotFound`] when there is no such
/// subject; [`Refusal::KeyReused`].
pub async fn report(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    states: &BTreeMap<Slug, bool>,
    who: Who,
    once: Option<Once>,
) -> Result<Noted, Refusal> {
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
        let now = house.now();
        let declared = &platform.tables.program().policy.permissions;
        let mut entry = platform.entry(Act::Permission, who.clone(), now);
        let mut writes = Vec::new();
        let mut withdrawn = Vec::new();
        for (id, on) in states {
            let permission = declared.iter().find(|permission| permission.id.value == *id);
            let permission = permission.ok_or_else(|| undeclared(declared))?;
            let ends = if *on { Vec::new() } else { withdraws(&platform, permission) };
            let ends = standing(&snapshot, now).filter(|given| ends.iter().any(|scope| scope.id == given.scope));
            let ends: Vec<&Consent> = ends.collect();
            if known(&snapshot, id).is_some_and(|known| known.on == *on) && ends.is_empty() {
                continue;
            }
            let state = DevicePermission { permission: id.clone(), on: *on, at: now };
            writes.push(Write::Permission(PermissionReported { subject, state }));
            entry.permissions.insert(id.clone(), *on);
            for given in ends {
                let Some(consent) = given.id.filter(|consent| !withdrawn.contains(consent)) else { continue };
                writes.extend(crate::consent::ended(subject, given, now));
                withdrawn.push(consent);
                entry.scopes.push(given.scope.clone());
            }
        }
        if writes.is_empty() {
            return Ok(Noted { leaf: None, withdrawn });
        }
        let draft = Draft {
            expect: vec![Expect::Subject(subject, snapshot.version())],
            writes,
            entry,
            subjects: vec![subject],
            record: None,
            key: once.map(|once| once.key(&withdrawn)),
        };
        match house.commit(&platform, draft).await {
            Ok(Some(act)) => return Ok(Noted { leaf: Some(act.leaf()), withdrawn }),
            Ok(None) => {}
            Err(Refusal::Done { leaf, answer }) => {
                let withdrawn = serde_json::from_slice(&answer);
                let withdrawn = withdrawn.map_err(|_| Refusal::Broken("a kept answer does not read".to_owned()))?;
                return Ok(Noted { leaf: Some(leaf), withdrawn });
            }
            Err(refusal) => return Err(refusal),
        }
    }
    Err(Refusal::Contended)
}

fn undeclared(declared: &[Permission]) -> Refusal {
    let known: Vec<&str> = declared.iter().map(|permission| permission.id.as_str()).collect();
    Refusal::Wrong(format!("a permission that the policy does not declare: it declares {}", known.join(", ")))
}

/// A tracker of the policy, and whether it may run now.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracking {
    /// Id of the tracker.
    pub tracker: Slug,
    /// What policy and law say of it.
    pub answer: Answer,
}

/// What may be tracked of a visitor, or of a customer, whose browser asks not to be tracked or does not. Advice: nothing is
/// written, and nothing is tracked.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such subject.
pub async fn tracking(
    house: &House,
    platform: &Platform,
    subject: Option<SubjectId>,
    do_not_track: bool,
) -> Result<Vec<Tracking>, Refusal> {
    let (state, born) = match subject {
        Some(subject) => {
            let (snapshot, born) = house.known(platform, subject).await?;
            (snapshot.state().clone(), born)
        }
        None => (SubjectState::default(), None),
    };
    let policy = &platform.tables.program().policy;
    let person = policy.persons.iter().find(|person| person.kind.value == PersonKind::Natural);
    let person = person.map(|person| person.id.to_string()).unwrap_or_default();
    let facts = Facts {
        declared: BTreeMap::from([(policy::decide::DO_NOT_TRACK.to_owned(), do_not_track)]),
        ..Facts::default()
    };
    let now = house.now();
    let view = |tracker: &Tracker| {
        let asked = Processing {
            platform: platform.id.clone(),
            at: None,
            action: Action::Collect,
            function: None,
            purpose: Some(tracker.purpose.text.clone()),
            product: None,
            channel: None,
            recipient: None,
            party: None,
            endpoint: None,
            actor: Actor::System,
            person: person.clone(),
            items: tracker.items.iter().map(|item| item.text.clone()).collect(),
            source: None,
            exception: None,
            subject: Subject::default(),
            facts: facts.clone(),
            document: None,
        };
        Tracking { tracker: tracker.id.value.clone(), answer: platform.tables.decide(&asked, &state, born, now) }
    };
    Ok(policy.trackers.iter().map(view).collect())
}
