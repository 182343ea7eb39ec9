//! Publishing (发布): a policy version comes into force here, with its leaf. Earlier versions stay readable (rule R62).

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use model::key::WrappedKey;
use model::{Fingerprint, Slug};
use policy::Sources;
use policy::finding::{Finding, Severity, Source};
use policy::syntax::Stated;
use store::{Expect, Publication, Write};
use vault::{PlatformKeys, Suite};

use crate::act::{Draft, TRIES};
use crate::leaf::{Act, Who};
use crate::{House, Platform, Refusal};

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
    /// The suite of algorithms of a platform that is new here; `None` for the international one.
    pub suite: Option<Suite>,
}

/// Puts a policy version in force and serves it from now on. Consents to earlier versions count where they carry over
/// ([`policy::diff`]), and nowhere else. A platform that is new here gets its key and database.
///
/// # Errors
/// [`Refusal::Findings`] with the errors of the language, and the errors of law and text that nobody answers for;
/// [`Refusal::Wrong`] for a fingerprint that is not the notice's.
pub async fn publish(house: &House, publish: Publish) -> Result<Arc<Platform>, Refusal> {
    let Publish { policy, operation, notice, text, who, suite } = publish;
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
    let (keys, wrapped) = keys(house, &id, suite.unwrap_or(Suite::International)).await?;
    if suite.is_some_and(|suite| suite != keys.newest_suite()) {
        return Err(Refusal::Wrong("the platform has another suite: `shouyue rotate platform` changes it".to_owned()));
    }
    for _ in 0..TRIES {
        let (now, before) = (house.now(), house.store.published(&id).await?);
        let tables = match house.newest(&id, before).await? {
            Some(newest) => Arc::new(tables.after(&newest)),
            None => Arc::clone(&tables),
        };
        let platform = Platform {
            id: id.clone(),
            tables: Arc::clone(&tables),
            text,
            since: now,
            version: before + 1,
            keys: Arc::clone(&keys),
            wrapped: Arc::clone(&wrapped),
        };
        let entry = platform.entry(Act::Publish, who.clone(), now);
        let publication = Publication {
            policy: tables.policy(),
            tables: tables.fingerprint(),
            text,
            stem: stem.clone(),
            source: policy.text.to_string(),
            operation: operation.text.to_string(),
            notice: notice.clone(),
            from: now,
        };
        let draft = Draft {
            expect: vec![Expect::Published(before)],
            writes: vec![Write::Publish(publication)],
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

/// A version that came into force here, now or earlier (rule R62). The operation file is not public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Fingerprint of the policy file's facts.
    pub policy: Fingerprint,
    /// Fingerprint of the tables.
    pub tables: Fingerprint,
    /// Fingerprint of the notice.
    pub text: Fingerprint,
    /// Name of the version: a date, or `undated`.
    pub stem: String,
    /// The policy file.
    pub source: String,
    /// The operation file, for staff.
    pub operation: String,
    /// The notice, as it was shown.
    pub notice: String,
    /// In force here since.
    pub from: Timestamp,
    /// Until the next one came.
    pub until: Option<Timestamp>,
}

/// Every version that ever was in force here, oldest first.
pub async fn versions(house: &House, platform: &Platform) -> Result<Vec<Version>, Refusal> {
    let rows = house.store.publications(&platform.id).await?;
    let version = |row: store::PublicationRow| Version {
        policy: row.policy,
        tables: row.tables,
        text: row.text,
        stem: row.stem,
        source: row.source,
        operation: row.operation,
        notice: row.notice,
        from: row.from,
        until: row.until,
    };
    Ok(rows.into_iter().map(version).collect())
}

/// Fingerprint and name of every version that ever was in force here, oldest first: without the texts, of which one is
/// some hundred kilobytes.
pub async fn names(house: &House, platform: &Platform) -> Result<Vec<(Fingerprint, String)>, Refusal> {
    Ok(house.store.publication_names(&platform.id).await?)
}

/// Whether a finding forbids publishing: an error that nobody answers for. Errors of the language nobody can answer for.
fn forbids(finding: &Finding) -> bool {
    let answered = finding.acknowledged.is_some() && !finding.code.starts_with('L');
    finding.severity == Severity::Error && !answered
}

/// The name of a version: its effective date, else its update date, else `undated`.
fn stem(effective: &Stated<jiff::civil::Date>, updated: &Stated<jiff::civil::Date>) -> String {
    effective.said().or_else(|| updated.said()).map_or_else(|| "undated".to_owned(), ToString::to_string)
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
    fn a_version_is_named_by_the_day_that_the_text_bears() {
        use policy::syntax::At;
        let day = |text: &str| Stated::Said(At::made(text.parse().unwrap()));
        let silent = || Stated::NotStated { confirmed: true };
        assert_eq!(stem(&day("2026-03-01"), &day("2026-02-01")), "2026-03-01");
        assert_eq!(stem(&silent(), &day("2026-02-01")), "2026-02-01");
        assert_eq!(stem(&silent(), &silent()), "undated");
    }
}
