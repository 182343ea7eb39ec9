//! Publishing (发布): a policy version is announced here, with its leaf, and comes into force at once or at its instant. Earlier
//! versions stay readable (rule R62).

use std::iter::once;
use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use model::calendar::midnight_in_shanghai;
use model::key::WrappedKey;
use model::{Fingerprint, Slug};
use policy::Sources;
use policy::finding::{Finding, Severity, Source};
use policy::syntax::Stated;
use store::{Expect, Publication, Write};
use vault::{PlatformKeys, Suite};

use crate::act::{Draft, TRIES};
use crate::house::declared_suite;
use crate::leaf::{Act, Who};
use crate::{House, Platform, Refusal, notify};

/// What is published.
pub struct Publish {
    /// The policy file.
    pub policy: Source,
    /// The operation file.
    pub operation: Source,
    /// The rendered notice, as it is shown.
    pub notice: String,
    /// Fingerprint of the notice, by [`policy::shown::fingerprint`]: whoever consents refers to it (rule R8).
    pub text: Fingerprint,
    /// Who publishes.
    pub who: Who,
    /// The suite of algorithms of a platform that is new here; `None` for the one that the operation file declares, else the
    /// international one.
    pub suite: Option<Suite>,
    /// From when it is in force; `None`: at once. Either way not before the day on which its text says that it takes effect.
    pub from: Option<Timestamp>,
}

/// Publishes a policy version: it is in force from its instant on, and whatever was announced for that instant or later
/// never will be. Consents to earlier versions count where they carry over ([`policy::diff`]), and nowhere else. A platform
/// that is new here gets its key and database.
///
/// # Errors
/// [`Refusal::Findings`] with the errors of the language, and the errors of law and text that nobody answers for;
/// [`Refusal::Wrong`] for a fingerprint that is not the notice's, and for an instant that is over or before the text's own day.
pub async fn publish(house: &House, publish: Publish) -> Result<Arc<Platform>, Refusal> {
    let Publish { policy, operation, notice, text, who, suite, from } = publish;
    if text != policy::shown::fingerprint(&notice) {
        return Err(Refusal::Wrong("the fingerprint is not that of the notice".to_owned()));
    }
    let loaded = policy::load_proved(&Sources { policy: &policy, operation: Some(&operation) });
    let in_the_way: Vec<Finding> = loaded.findings.into_iter().filter(forbids).collect();
    let (Some(tables), []) = (loaded.tables, in_the_way.as_slice()) else {
        return Err(Refusal::Findings(in_the_way));
    };
    let header = &tables.program().policy.policy;
    let id = header.platform.value.clone();
    house.is_not_overtaken(&id)?;
    let stem = stem(&header.effective, &header.updated);
    let (keys, wrapped) = keys_of(house, &id, suite, declared_suite(&tables)).await?;
    for _ in 0..TRIES {
        let (now, known) = (house.now(), house.store.published(&id).await?);
        let since = takes_effect(&header.effective, from, now)?;
        let (tables, notices) = match house.before(&id, since, known).await? {
            Some(before) => (Arc::new(tables.after(&before)), notify::queued(&before, &tables, since, now)),
            None => (Arc::clone(&tables), Vec::new()),
        };
        let platform = Platform {
            id: id.clone(),
            tables: Arc::clone(&tables),
            text,
            since,
            version: known + 1,
            keys: Arc::clone(&keys),
            wrapped: Arc::clone(&wrapped),
        };
        let mut entry = platform.entry(Act::Publish, who.clone(), now);
        entry.from = (since > now).then_some(since);
        let publication = Publication {
            policy: tables.policy(),
            tables: tables.fingerprint(),
            text,
            stem: stem.clone(),
            source: policy.text.to_string(),
            operation: operation.text.to_string(),
            notice: notice.clone(),
            from: since,
        };
        let draft = Draft {
            expect: vec![Expect::Published(known)],
            writes: once(Write::Publish(publication)).chain(notices.into_iter().map(Write::Notices)).collect(),
            entry,
            subjects: Vec::new(),
            record: None,
            key: None,
        };
        if house.commit(&platform, draft).await?.is_some() {
            return Ok(house.serve(platform));
        }
    }
    Err(Refusal::Contended)
}

/// The keys of a platform, made where it is new here: of the suite that is asked for and that is declared (rule R68).
pub(crate) async fn keys_of(
    house: &House,
    id: &Slug,
    suite: Option<Suite>,
    declared: Option<Suite>,
) -> Result<(Arc<PlatformKeys>, Arc<[WrappedKey]>), Refusal> {
    // Before a platform that is new here gets keys of the wrong one.
    if suite.zip(declared).is_some_and(|(suite, declared)| suite != declared) {
        return Err(Refusal::Wrong("operation.toml declares another suite as `cryptography`: name none".to_owned()));
    }
    let (keys, wrapped) = keys(house, id, suite.or(declared).unwrap_or(Suite::International)).await?;
    if suite.is_some_and(|suite| suite != keys.newest_suite()) {
        return Err(Refusal::Wrong("the platform has another suite: `shouyue rotate platform` changes it".to_owned()));
    }
    // From one declared suite to another the way leads over a version that declares none.
    if declared.is_some_and(|declared| declared != keys.newest_suite()) {
        let other = "operation.toml declares a suite that the platform's keys are not of: publish without `cryptography`, \
            then `shouyue rotate platform <id> --suite <suite>`, then publish with it";
        return Err(Refusal::Wrong(other.to_owned()));
    }
    Ok((keys, wrapped))
}

/// How far a published version has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It takes effect later.
    Announced,
    /// Acts are decided by it.
    InForce,
    /// It was in force; a later one is.
    Archived,
    /// A later one came before it took effect: it never was in force, and never will be.
    Replaced,
}

impl Stage {
    /// The word for answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::InForce => "in-force",
            Self::Archived => "archived",
            Self::Replaced => "replaced",
        }
    }
}

/// A version that was published here (rule R62).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Which of the platform's versions: from 1.
    pub number: u64,
    /// How far it has come.
    pub stage: Stage,
    /// Fingerprint of the policy file's facts.
    pub policy: Fingerprint,
    /// Fingerprint of the tables.
    pub tables: Fingerprint,
    /// Fingerprint of the notice.
    pub text: Fingerprint,
    /// Name of the version: a date, or `undated`.
    pub stem: String,
    /// Published at.
    pub at: Timestamp,
    /// In force here from this instant on.
    pub from: Timestamp,
    /// Until a later one takes its place, as far as is known.
    pub until: Option<Timestamp>,
    /// Leaf of the publication on the ledger.
    pub leaf: u64,
}

/// The texts of a version. The operation file is not public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// The policy file.
    pub source: String,
    /// The operation file, for staff.
    pub operation: String,
    /// The notice, as it was shown.
    pub notice: String,
}

/// Every version that was published here, in the order of publication.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn versions(house: &House, platform: &Platform) -> Result<Vec<Version>, Refusal> {
    let (heads, now) = (house.store.publication_heads(&platform.id).await?, house.now());
    Ok(heads.into_iter().map(|head| of_head(head, now)).collect())
}

/// The same of a platform of which none is in force yet, too.
///
/// # Errors
/// [`Refusal::NotFound`] where there is no such platform.
pub async fn published(house: &House, id: &Slug) -> Result<Vec<Version>, Refusal> {
    if !house.store.platforms().await?.contains(id) {
        return Err(Refusal::NotFound("platform"));
    }
    let (heads, now) = (house.store.publication_heads(id).await?, house.now());
    Ok(heads.into_iter().map(|head| of_head(head, now)).collect())
}

/// The texts of a version of a platform.
///
/// # Errors
/// [`Refusal::NotFound`] where there is no such version.
pub async fn texts(house: &House, id: &Slug, version: &Version) -> Result<Texts, Refusal> {
    let found = house.store.publication_texts(id, version.number).await?;
    let store::PublicationTexts { source, operation, notice } = found.ok_or(Refusal::NotFound("policy"))?;
    Ok(Texts { source, operation, notice })
}

fn of_head(head: store::PublicationHead, now: Timestamp) -> Version {
    Version {
        stage: stage(&head, now),
        number: head.number,
        policy: head.policy,
        tables: head.tables,
        text: head.text,
        stem: head.stem,
        at: head.at,
        from: head.from,
        until: head.until,
        leaf: head.leaf,
    }
}

fn stage(head: &store::PublicationHead, now: Timestamp) -> Stage {
    match head.until {
        _ if head.replaced => Stage::Replaced,
        _ if now < head.from => Stage::Announced,
        Some(until) if until <= now => Stage::Archived,
        _ => Stage::InForce,
    }
}

/// The version in force now.
///
/// # Errors
/// [`Refusal::NotFound`] where none is.
pub async fn in_force(house: &House, platform: &Platform) -> Result<Version, Refusal> {
    let mut versions = versions(house, platform).await?.into_iter();
    versions.find(|version| version.stage == Stage::InForce).ok_or(Refusal::NotFound("policy"))
}

/// Whether a finding forbids publishing: an error that nobody answers for. Errors of the language nobody can answer for.
pub(crate) fn forbids(finding: &Finding) -> bool {
    let answered = finding.acknowledged.is_some() && !finding.code.starts_with('L');
    finding.severity == Severity::Error && !answered
}

/// The name of a version: its effective date, else its update date, else `undated`.
pub(crate) fn stem(effective: &Stated<jiff::civil::Date>, updated: &Stated<jiff::civil::Date>) -> String {
    effective.said().or_else(|| updated.said()).map_or_else(|| "undated".to_owned(), ToString::to_string)
}

/// From when a version is in force that is published now: not before the first instant of the day that its text names.
fn takes_effect(
    effective: &Stated<jiff::civil::Date>,
    asked: Option<Timestamp>,
    now: Timestamp,
) -> Result<Timestamp, Refusal> {
    let day = effective.said().map(|day| midnight_in_shanghai(*day)).transpose();
    let day =
        day.map_err(|_| Refusal::Wrong("the day on which the text takes effect is no day to plan for".to_owned()))?;
    let earliest = day.map_or(now, |day| day.max(now));
    match asked {
        None => Ok(earliest),
        Some(asked) if asked >= earliest => Ok(asked),
        Some(_) if earliest == now => Err(Refusal::Wrong("the instant is over: name a later one, or none".to_owned())),
        Some(_) => Err(Refusal::Wrong(format!("the text takes effect on a later day: not before {earliest}"))),
    }
}

/// The platform's keys; new ones, and a database, where it has none.
async fn keys(house: &House, id: &Slug, suite: Suite) -> Result<(Arc<PlatformKeys>, Arc<[WrappedKey]>), Refusal> {
    if !house.store.platforms().await?.contains(id) {
        let root = Arc::clone(&*house.root.read().unwrap_or_else(PoisonError::into_inner));
        let wrapped = root.new_platform(id, suite, house.now(), &*house.entropy)?;
        house.store.platform_create(id, &wrapped).await?;
    }
    // Two that publish a new platform at once both come here: what the store kept are the keys.
    house.open_keys(id).await
}

#[cfg(test)]
mod tests {
    use policy::finding::Acknowledged;

    use super::*;

    fn finding(code: &'static str, severity: Severity, answered: bool) -> Finding {
        let on = jiff::civil::date(2026, 1, 1);
        let acknowledged = answered.then(|| Acknowledged { reason: "counsel's opinion of that day".into(), on });
        Finding { acknowledged, ..Finding::new(code, severity, "something") }
    }

    #[test]
    fn errors_forbid_publishing_until_somebody_answers_for_them() {
        for (code, severity, answered, forbidden) in [
            ("R10", Severity::Error, false, true),
            ("R10", Severity::Error, true, false),
            ("R10", Severity::Warning, false, false),
            ("T07", Severity::Error, false, true),
            ("L0304", Severity::Error, false, true),
            ("L0304", Severity::Error, true, true),
            ("L0201", Severity::Warning, false, false),
        ] {
            assert_eq!(forbids(&finding(code, severity, answered)), forbidden, "{code} {severity:?} {answered}");
        }
    }

    #[test]
    fn a_version_takes_effect_on_the_day_of_its_text_at_the_earliest() {
        use policy::syntax::At;
        let instant = |text: &str| -> Timestamp { text.parse().unwrap() };
        let on = |text: &str| Stated::Said(At::made(text.parse().unwrap()));
        let silent = Stated::NotStated { confirmed: true };
        let now = instant("2026-06-01T02:00:00Z");
        assert_eq!(takes_effect(&silent, None, now).unwrap(), now);
        assert_eq!(takes_effect(&on("2026-03-01"), None, now).unwrap(), now);
        let midnight = instant("2026-08-31T16:00:00Z");
        assert_eq!(takes_effect(&on("2026-09-01"), None, now).unwrap(), midnight, "midnight in Shanghai");
        let later = instant("2026-09-01T01:00:00Z");
        assert_eq!(takes_effect(&on("2026-09-01"), Some(later), now).unwrap(), later);
        takes_effect(&on("2026-09-01"), Some(now), now).unwrap_err();
        takes_effect(&silent, Some(instant("2026-06-01T01:59:59Z")), now).unwrap_err();
    }

    #[test]
    fn a_version_is_named_by_the_day_that_the_text_bears() {
        use policy::syntax::At;
        let day = |text: &str| Stated::Said(At::made(text.parse().unwrap()));
        let silent = || Stated::NotStated { confirmed: true };
        assert_eq!(stem(&day("2026-03-01"), &day("2026-02-01")), "2026-03-01");
        assert_eq!(stem(&silent(), &day("2026-02-01")), "2026-02-01");
        assert_eq!(stem(&silent(), &silent()), "undated");
    }
}
