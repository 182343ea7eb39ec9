//! Drafts (草稿): versions of a policy that are checked and kept, and not published. No act is decided by one: [`House`] serves
//! published versions alone. A draft is named by the fingerprint of its tables, so what is published is what was looked at.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use model::calendar::midnight_in_shanghai;
use model::{Fingerprint, Slug};
use policy::Sources;
use policy::ask::Text as _;
use policy::compile::Tables;
use policy::finding::{Finding, Language, Message, Place, Severity, Source};
use serde::{Deserialize, Serialize};
use store::PublicationTexts;
use store::draft::{DraftHead, DraftRow};

use crate::house::declared_suite;
use crate::leaf::Who;
use crate::publish::{Publish, Texts, forbids, keys_of, publish as publish_version, stem};
use crate::{House, Platform, Refusal};

/// What is kept.
pub struct Offer {
    /// The policy file.
    pub policy: Source,
    /// The operation file.
    pub operation: Source,
    /// The rendered notice, as it would be shown.
    pub notice: String,
    /// Fingerprint of the notice, by [`policy::shown::fingerprint`].
    pub text: Fingerprint,
}

/// A draft, without its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Fingerprint of its tables, by which it is named.
    pub tables: Fingerprint,
    /// Fingerprint of the policy file's facts.
    pub policy: Fingerprint,
    /// Fingerprint of its notice.
    pub text: Fingerprint,
    /// Name of the version: a date, or `undated`.
    pub stem: String,
    /// Errors that nobody answers for: it is not published with one.
    pub errors: u64,
    /// Warnings that nobody answers for.
    pub warnings: u64,
    /// Fingerprint of the tables that were in force when it was compared; `None`: none were.
    pub against: Option<Fingerprint>,
    /// Checked at.
    pub at: Timestamp,
}

/// A draft with everything that is kept of it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// All but the rest.
    pub draft: Draft,
    /// Its texts.
    pub texts: Texts,
    /// What was found.
    pub findings: Vec<Found>,
    /// What it would change, in words; empty where no version was in force.
    pub changes: String,
}

/// Something that was found in a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Its code.
    pub code: String,
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// What is wrong.
    pub message: String,
    /// The same in Chinese. The language of policy files speaks English alone, and so does a draft that was kept by an earlier release.
    #[serde(default)]
    pub message_zh: Option<String>,
    /// Its line in the policy file, from 1.
    pub line: Option<u64>,
    /// What would mend it.
    pub mend: Option<String>,
    /// The same in Chinese.
    #[serde(default)]
    pub mend_zh: Option<String>,
    /// Whether somebody answers for it.
    pub answered: bool,
    /// Reason and date, where somebody does.
    #[serde(default)]
    pub because: Option<Because>,
    /// Clause of the published text.
    #[serde(default)]
    pub clause: Option<String>,
    /// Articles and standards that carry the rule.
    #[serde(default)]
    pub cites: Vec<String>,
    /// The same in Chinese, one for one.
    #[serde(default)]
    pub cites_zh: Vec<String>,
    /// Where, the main place first. A draft that was kept before places were has none.
    #[serde(default)]
    pub places: Vec<Spot>,
}

/// Why somebody answers for a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Because {
    /// Why it stands all the same.
    pub reason: String,
    /// When that was decided.
    pub on: Date,
}

/// A place in one of a draft's files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// In which file.
    pub file: File,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Words under the carets; may be empty.
    pub label: String,
    /// The same in Chinese.
    #[serde(default)]
    pub label_zh: Option<String>,
}

/// One of a draft's files, whatever it was called where it was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum File {
    /// The policy file.
    Policy,
    /// The operation file.
    Operation,
}

impl From<DraftHead> for Draft {
    fn from(head: DraftHead) -> Self {
        let DraftHead { tables, policy, text, stem, errors, warnings, against, at } = head;
        Self { tables, policy, text, stem, errors, warnings, against, at }
    }
}

/// Checks a version and keeps it, in the place of one of the same fingerprint. A platform that is new here gets its key and
/// database, and serves nothing.
///
/// # Errors
/// [`Refusal::Findings`] with the errors of the language: what does not compile is no draft; [`Refusal::Wrong`] for a
/// fingerprint that is not the notice's.
pub async fn put(house: &House, offer: Offer) -> Result<Draft, Refusal> {
    let Offer { policy, operation, notice, text } = offer;
    if text != policy::shown::fingerprint(&notice) {
        return Err(Refusal::Wrong("the fingerprint is not that of the notice".to_owned()));
    }
    let loaded = policy::load_proved(&Sources { policy: &policy, operation: Some(&operation) });
    let Some(tables) = loaded.tables else {
        return Err(Refusal::Findings(loaded.findings.into_iter().filter(forbids).collect()));
    };
    let header = &tables.program().policy.policy;
    let (id, now) = (header.platform.value.clone(), house.now());
    house.is_not_overtaken(&id)?;
    keys_of(house, &id, None, declared_suite(&tables)).await?;
    let before = house.any_platform(id.as_str()).ok();
    let open = |finding: &&Finding| finding.acknowledged.is_none();
    let warnings = loaded.findings.iter().filter(|finding| finding.severity == Severity::Warning).filter(open).count();
    let head = DraftHead {
        tables: tables.fingerprint(),
        policy: tables.policy(),
        text,
        stem: stem(&header.effective, &header.updated),
        errors: count(loaded.findings.iter().filter(|finding| forbids(finding)).count()),
        warnings: count(warnings),
        against: before.as_ref().map(|before| before.tables.fingerprint()),
        at: now,
    };
    let found: Vec<Found> = loaded.findings.iter().map(|finding| found(finding, &policy)).collect();
    let row = DraftRow {
        head: head.clone(),
        texts: PublicationTexts { source: policy.text.to_string(), operation: operation.text.to_string(), notice },
        findings: serde_json::to_string(&found).map_err(|_| Refusal::Broken("a finding is no JSON".to_owned()))?,
        changes: before.as_deref().map_or_else(|| Ok(String::new()), |before| changes(before, &tables, now))?,
    };
    house.store.draft_put(&id, row).await?;
    Ok(head.into())
}

/// What a draft would change, under the law of the day on which it takes effect or, if that is over or none, of now.
fn changes(before: &Platform, tables: &Arc<Tables>, now: Timestamp) -> Result<String, Refusal> {
    let effective = tables.program().policy.policy.effective.said().copied();
    let day = effective.map(midnight_in_shanghai).transpose().ok().flatten();
    let at = day.map_or(now, |day| day.max(now));
    let diff = policy::diff::diff(&before.tables, tables, at).map_err(|why| Refusal::Wrong(why.to_string()))?;
    Ok(diff.text())
}

fn found(finding: &Finding, policy: &Source) -> Found {
    // Lines are those of the policy: a finding on the operation file alone has none here.
    let place = finding.places.first().filter(|place| place.file == policy.name);
    let before = place.and_then(|place| policy.text.get(..usize::try_from(place.span.start).ok()?));
    Found {
        code: finding.code.to_owned(),
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
        .to_owned(),
        message: finding.message.english.clone(),
        message_zh: finding.message.chinese.clone(),
        line: before.map(|before| count(before.matches('\n').count()).saturating_add(1)),
        mend: finding.mend.as_ref().map(|mend| mend.english.clone()),
        mend_zh: finding.mend.as_ref().and_then(|mend| mend.chinese.clone()),
        answered: finding.acknowledged.is_some(),
        because: finding.acknowledged.as_ref().map(|by| Because { reason: by.reason.clone(), on: by.on }),
        clause: finding.clause.clone(),
        cites: finding.cites.iter().map(|cite| cite.english.clone()).collect(),
        cites_zh: finding.cites.iter().map(|cite| cite.in_language(Language::Chinese).to_owned()).collect(),
        places: finding.places.iter().map(|place| spot(place, policy)).collect(),
    }
}

fn spot(place: &Place, policy: &Source) -> Spot {
    let file = if place.file == policy.name { File::Policy } else { File::Operation };
    let Message { english: label, chinese: label_zh } = place.label.clone();
    Spot { file, start: place.span.start, end: place.span.end, label, label_zh }
}

fn count(of: usize) -> u64 {
    u64::try_from(of).unwrap_or(u64::MAX)
}

/// Every draft of a platform, the oldest first.
///
/// # Errors
/// [`Refusal::NotFound`] where there is no such platform.
pub async fn list(house: &House, id: &Slug) -> Result<Vec<Draft>, Refusal> {
    if !house.store.platforms().await?.contains(id) {
        return Err(Refusal::NotFound("platform"));
    }
    Ok(house.store.drafts(id).await?.into_iter().map(Draft::from).collect())
}

/// A draft by its fingerprint, or by the beginning of one that no other has.
///
/// # Errors
/// [`Refusal::NotFound`] where there is none.
pub async fn find(house: &House, id: &Slug, named: &str) -> Result<Whole, Refusal> {
    let named = named.trim_start_matches("sha256:");
    let is = |draft: &Draft| !named.is_empty() && hexadecimal(draft.tables).starts_with(named);
    let drafts: Vec<Draft> = list(house, id).await?.into_iter().filter(is).collect();
    let [draft] = <[Draft; 1]>::try_from(drafts).map_err(|_| Refusal::NotFound("draft"))?;
    let row = house.store.draft(id, draft.tables).await?.ok_or(Refusal::NotFound("draft"))?;
    let PublicationTexts { source, operation, notice } = row.texts;
    Ok(Whole {
        draft,
        texts: Texts { source, operation, notice },
        findings: serde_json::from_str(&row.findings)
            .map_err(|_| Refusal::Broken("the findings of a draft do not read".to_owned()))?,
        changes: row.changes,
    })
}

fn hexadecimal(print: Fingerprint) -> String {
    print.to_string().trim_start_matches("sha256:").to_owned()
}

/// Drops a draft.
///
/// # Errors
/// As of [`find`].
pub async fn drop(house: &House, id: &Slug, named: &str) -> Result<Draft, Refusal> {
    let draft = find(house, id, named).await?.draft;
    house.store.draft_drop(id, draft.tables).await?.then_some(draft).ok_or(Refusal::NotFound("draft"))
}

/// Publishes a draft as it was checked; with that it is one no more.
///
/// # Errors
/// As of [`find`] and [`publish_version`]; [`Refusal::Wrong`] where it was checked by a release that made other tables of it.
pub async fn publish(
    house: &House,
    id: &Slug,
    named: &str,
    (who, from): (Who, Option<Timestamp>),
) -> Result<Arc<Platform>, Refusal> {
    let Whole { draft, texts: Texts { source, operation, notice }, .. } = find(house, id, named).await?;
    let policy = Source::new(format!("{}.toml", draft.stem), source);
    let operation = Source::new("operation.toml", operation);
    let tables = policy::load(&Sources { policy: &policy, operation: Some(&operation) }).tables;
    if tables.is_none_or(|tables| tables.fingerprint() != draft.tables) {
        let other = "this release makes other rules of it than the one that checked it: keep it as a draft anew";
        return Err(Refusal::Wrong(other.to_owned()));
    }
    publish_version(house, Publish { policy, operation, notice, text: draft.text, who, suite: None, from }).await
}
