//! What the store knows of a subject when an act begins, and what it swears to when the act is done.
//!
//! [`Snapshot`] and [`Committed`] are built by the store alone. Rust cannot say "this crate only" across crates, so
//! `cargo xtask tidy` checks that no other room names their constructors.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{ConsentId, Fingerprint, RecordId, Slug, SubjectId};

/// Who gave a consent (PIPL art. 14, 31): the wire words are `self`, `guardian` and `other`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GivenBy {
    /// The subject.
    #[serde(rename = "self")]
    Oneself,
    /// A parent or other guardian of a minor subject.
    Guardian,
    /// Somebody else who claims to speak for the subject. Never enough by law (rule R19).
    Other,
}

/// How a consent was given; the evidence that rule R7 asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Artefact {
    /// One tick among others, made by the person, for a general consent.
    Tick,
    /// A separate, specific act for one scope (单独同意).
    Separate,
    /// A signed document (书面同意).
    Written,
    /// A box that was ticked beforehand. Kept as evidence of the attempt; never a consent (rule R7).
    Prechecked,
}

/// One consent of a subject for one scope, under one policy and text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Which consent; `None` when the state was written by hand for advice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ConsentId>,
    /// The scope id, as the compiled policy names it.
    pub scope: String,
    /// The party that the customer chose, for grants to one agency rather than a class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<Slug>,
    /// The policy version: its fingerprint, or as an alias the stem of its file.
    pub policy: String,
    /// The text that was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Fingerprint>,
    /// Who gave it.
    pub by: GivenBy,
    /// How it was given.
    #[serde(default = "Consent::by_separate_act")]
    pub artefact: Artefact,
    /// When it was given.
    pub at: Timestamp,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// When it was withdrawn; what was lawful before stays so (PIPL art. 15).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Timestamp>,
}

impl Consent {
    const fn by_separate_act() -> Artefact {
        Artefact::Separate
    }

    /// Whether the consent stands at `instant`: given, not ended, not withdrawn.
    pub fn stands(&self, instant: Timestamp) -> bool {
        self.at <= instant
            && self.until.is_none_or(|end| instant < end)
            && self.withdrawn.is_none_or(|end| instant < end)
    }
}

/// The state of an account (账号).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Account {
    /// No account: a subject known from somebody else's record.
    None,
    /// In use.
    #[default]
    Active,
    /// Closed by the subject: nothing but storage, security and legal duty (rule R46).
    Closed,
}

/// What may be done with a record's sealed parts (PIPL art. 47; rule R46).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Life {
    /// In use for its purposes.
    #[default]
    Live,
    /// A legal floor runs: storage and security only.
    StorageOnly,
    /// The key is destroyed.
    Erased,
}

/// One business record (业务记录) of the subject: a header free of personal information.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordState {
    /// Which record; `None` when the state was written by hand for advice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<RecordId>,
    /// The record class that the policy declares.
    pub class: Slug,
    /// The roles in which this subject stands in the record (applicant, insured, …).
    #[serde(default)]
    pub roles: Vec<Slug>,
    /// First day of cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force_from: Option<Date>,
    /// Last day of cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force_until: Option<Date>,
    /// When the matter ended (contract ended, transaction completed, cancelled).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Date>,
    /// Whether a claim or dispute is open.
    #[serde(default)]
    pub open_claim: bool,
    /// What may be done with it.
    #[serde(default)]
    pub life: Life,
}

impl RecordState {
    /// Whether cover is in force on `day`; both ends belong to the cover.
    pub fn in_force(&self, day: Date) -> bool {
        self.ended.is_none_or(|end| day < end)
            && self.in_force_from.is_none_or(|first| first <= day)
            && self.in_force_until.is_some_and(|last| day <= last)
    }
}

/// A birth date as far as it is known. Never stored in the clear; handed to a decision for the length of an act.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Born {
    /// The full date.
    On(Date),
    /// Only the year; such a person is treated as a minor while that is possible (law catalogue §8.10).
    In(i16),
}

/// A device permission (设备权限), as a device of the account reported it last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DevicePermission {
    /// Which, as the policy declares it.
    pub permission: Slug,
    /// Whether it is on. On is never a consent by itself.
    pub on: bool,
    /// Since when.
    pub at: Timestamp,
}

/// A consent that was refused: it is not asked for again before the cool-down has passed (rule R14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// The scope id.
    pub scope: String,
    /// The last time.
    pub at: Timestamp,
    /// How often.
    pub times: u32,
}

/// What somebody attested about a subject: a declared fact of the policy, or one that the house itself knows of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attested {
    /// The fact's id.
    pub fact: String,
    /// Whether it holds; `None`: what was known before no longer counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<bool>,
    /// Who or what attested it: a check of the operation file, or a word of the house.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The attester's own number of the request, to ask it again what it said. It names nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// What is known of one subject: the `subject` of a question that is asked for advice, or read by the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectState {
    /// Every consent, withdrawn ones too.
    #[serde(default)]
    pub consents: Vec<Consent>,
    /// The account.
    #[serde(default)]
    pub account: Account,
    /// The records in which the subject stands.
    #[serde(default)]
    pub records: Vec<RecordState>,
    /// Device permissions that a device reported.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<DevicePermission>,
    /// Consents that were refused and not given since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    /// What was attested about it, oldest first: of each fact the last word counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attested: Vec<Attested>,
}

impl SubjectState {
    /// Whether a fact holds, as far as anybody attested it.
    pub fn fact(&self, id: &str) -> Option<bool> {
        self.attested.iter().rfind(|attested| attested.fact == id)?.holds
    }
}

/// The state of one subject as one read transaction of the store saw it.
#[derive(Debug, Clone)]
pub struct Snapshot {
    subject: SubjectId,
    state: SubjectState,
    version: u64,
    policies: Policies,
}

/// Which policy is in force when: of those whose instant has come, the one that was published last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies(Vec<(Timestamp, Fingerprint)>);

impl Policies {
    /// From when each is in force, in the order of their publication.
    pub const fn published(from: Vec<(Timestamp, Fingerprint)>) -> Self {
        Self(from)
    }

    /// The one in force at an instant; `None` before the first.
    pub fn at(&self, instant: Timestamp) -> Option<Fingerprint> {
        self.0.iter().rev().find(|(from, _)| *from <= instant).map(|(_, policy)| *policy)
    }
}

/// One policy that always was in force.
impl From<Fingerprint> for Policies {
    fn from(policy: Fingerprint) -> Self {
        Self(vec![(Timestamp::MIN, policy)])
    }
}

impl Snapshot {
    /// For the store alone (tidy checks).
    pub fn from_store(subject: SubjectId, state: SubjectState, version: u64, policies: impl Into<Policies>) -> Self {
        Self { subject, state, version, policies: policies.into() }
    }

    /// Whose state.
    pub const fn subject(&self) -> SubjectId {
        self.subject
    }

    /// The state.
    pub const fn state(&self) -> &SubjectState {
        &self.state
    }

    /// The version of the state; a commit that expects another one fails.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The policy in force at an instant, as it was known when the state was read; `None` before the first.
    pub fn policy(&self, at: Timestamp) -> Option<Fingerprint> {
        self.policies.at(at)
    }

    /// Every policy that was known when the state was read.
    pub const fn policies(&self) -> &Policies {
        &self.policies
    }
}

/// The store's word that an act and its leaf are durable.
#[derive(Debug, Clone)]
pub struct Committed {
    leaf: u64,
}

impl Committed {
    /// For the store alone (tidy checks).
    pub const fn from_store(leaf: u64) -> Self {
        Self { leaf }
    }

    /// The index of the act's leaf in the platform's ledger.
    pub const fn leaf(&self) -> u64 {
        self.leaf
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consent(at: &str, until: Option<&str>, withdrawn: Option<&str>) -> Consent {
        let instant = |text: &str| text.parse().unwrap();
        Consent {
            id: None,
            scope: "collect.register".into(),
            party: None,
            policy: "undated".into(),
            text: None,
            by: GivenBy::Oneself,
            artefact: Artefact::Tick,
            at: instant(at),
            until: until.map(instant),
            withdrawn: withdrawn.map(instant),
        }
    }

    #[test]
    fn a_consent_stands_from_its_instant_to_its_end() {
        let consent = consent("2026-01-01T00:00:00Z", Some("2026-03-01T00:00:00Z"), Some("2026-02-01T00:00:00Z"));
        for (instant, stands) in [
            ("2025-12-31T23:59:59Z", false),
            ("2026-01-01T00:00:00Z", true),
            ("2026-01-31T23:59:59Z", true),
            ("2026-02-01T00:00:00Z", false),
        ] {
            assert_eq!(consent.stands(instant.parse().unwrap()), stands, "{instant}");
        }
    }

    #[test]
    fn cover_includes_both_its_days() {
        let record: RecordState =
            serde_json::from_str(r#"{"class":"policy","in_force_from":"2026-01-01","in_force_until":"2026-12-31"}"#)
                .unwrap();
        for (day, covered) in [("2025-12-31", false), ("2026-01-01", true), ("2026-12-31", true), ("2027-01-01", false)]
        {
            assert_eq!(record.in_force(day.parse().unwrap()), covered, "{day}");
        }
    }
}
