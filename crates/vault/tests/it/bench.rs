//! A platform with one registered person, without a store: permits are made from snapshots that the test writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use model::act::{Artefact, Born, Committed, Consent, GivenBy, RecordState, Snapshot, SubjectState};
use model::field::Validator;
use model::{Entropy, RecordId, Slug, SubjectId};
use policy::compile::Tables;
use policy::decide::Permit;
use policy::finding::Source;
use policy::question::{Processing, Subject};
use policy::syntax::Action;
use shouyue_vault::field::normalise;
use shouyue_vault::{Opened, PartName, PlatformKeys, RootKey, RootKeys, Sealed, SealedPart, Suite, VaultError, Whose};

/// When platforms begin.
pub(crate) const START: Timestamp = Timestamp::UNIX_EPOCH;

pub(crate) const ALICE: SubjectId = SubjectId::from_random([1; 16]);
pub(crate) const BOB: SubjectId = SubjectId::from_random([2; 16]);
pub(crate) const ACCOUNT: RecordId = RecordId::from_random([3; 16]);
pub(crate) const OTHER_ACCOUNT: RecordId = RecordId::from_random([4; 16]);

/// Bytes that differ from draw to draw and are the same in every run.
#[derive(Default)]
pub(crate) struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let drawn = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            chunk.copy_from_slice(&drawn.to_be_bytes()[..chunk.len()]);
        }
    }
}

pub(crate) struct Bench {
    pub(crate) tables: Arc<Tables>,
    pub(crate) keys: PlatformKeys,
    pub(crate) entropy: Counting,
}

pub(crate) fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

pub(crate) fn root(byte: u8) -> RootKeys {
    RootKey::from_bytes(&mut [byte; 32]).unwrap().into()
}

impl Bench {
    /// The published policy of 海港, or the same text under another platform's name.
    pub(crate) fn new(platform: &str) -> Self {
        Self::under(platform, Suite::International)
    }

    /// The same with a suite.
    pub(crate) fn under(platform: &str, suite: Suite) -> Self {
        let rename = |text: &str| text.replace("platform = \"haigang\"", &format!("platform = \"{platform}\""));
        let policy = Source::new("undated.toml", rename(include_str!("../../../../platforms/haigang/undated.toml")));
        let operation =
            Source::new("operation.toml", rename(include_str!("../../../../platforms/haigang/operation.toml")));
        let loaded = policy::load(&policy::Sources { policy: &policy, operation: Some(&operation) });
        let errors = loaded.findings.iter().filter(|one| one.severity == policy::finding::Severity::Error);
        let errors: Vec<_> = errors.map(|one| (one.code, &one.message)).collect();
        let entropy = Counting::default();
        let wrapped = root(7).new_platform(&slug(platform), suite, START, &entropy).unwrap();
        let keys = root(7).open_platform(&slug(platform), &wrapped, START).unwrap();
        Self { tables: loaded.tables.unwrap_or_else(|| panic!("{errors:?}")), keys, entropy }
    }

    /// Somebody who has consented to everything, in the role of a registered user of both accounts.
    fn snapshot(&self, subject: SubjectId) -> Snapshot {
        let consent = |scope: &policy::terms::Scope| Consent {
            id: None,
            scope: scope.id.clone(),
            party: None,
            policy: self.tables.policy().to_string(),
            text: None,
            by: GivenBy::Oneself,
            artefact: Artefact::Written,
            at: "2026-01-01T00:00:00Z".parse().unwrap(),
            until: None,
            withdrawn: None,
        };
        let account = |id| RecordState {
            id: Some(id),
            class: slug("account"),
            roles: vec![slug("registrant")],
            in_force_from: None,
            in_force_until: None,
            ended: None,
            open_claim: false,
            life: model::act::Life::Live,
        };
        let state = SubjectState {
            consents: self.tables.scopes().iter().map(consent).collect(),
            records: vec![account(ACCOUNT), account(OTHER_ACCOUNT)],
            ..SubjectState::default()
        };
        Snapshot::from_store(subject, state, 1, self.tables.policy())
    }

    fn permit(&self, action: Action, function: &str, items: &[&str], subject: SubjectId, record: RecordId) -> Permit {
        let items = items.iter().map(|item| (*item).to_owned()).collect();
        let asked = Processing {
            function: Some(function.to_owned()),
            subject: Subject::Known { id: subject },
            ..Processing::new(self.keys.platform().clone(), action, "registrant", items)
        };
        let born = Some(Born::On("1990-05-01".parse().unwrap()));
        let now = "2026-06-01T00:00:00Z".parse().unwrap();
        let (answer, permit) = self.tables.permit(&self.snapshot(subject), born, &asked, record, now);
        permit.unwrap_or_else(|| panic!("{answer:#?}"))
    }

    /// A permit to collect.
    pub(crate) fn collecting(&self, items: &[&str], subject: SubjectId, record: RecordId) -> Permit {
        self.permit(Action::Collect, "register", items, subject, record)
    }

    /// A permit to show the subject its own account.
    pub(crate) fn showing(&self, items: &[&str], subject: SubjectId, record: RecordId) -> Permit {
        self.permit(Action::Show, "register", items, subject, record)
    }

    /// Seals one item of an account in version 1, under a new key.
    pub(crate) fn sealed(&self, item: &str, text: &str, subject: SubjectId, record: RecordId) -> SealedPart {
        self.sealed_from(item, text, (subject, record), &self.entropy)
    }

    /// The same, with randomness of another source.
    pub(crate) fn sealed_from(
        &self,
        item: &str,
        text: &str,
        (subject, record): (SubjectId, RecordId),
        entropy: &dyn Entropy,
    ) -> SealedPart {
        let value = normalise(Validator::Text, text).unwrap();
        let permit = self.collecting(&[item], subject, record);
        self.keys.seal(permit, Whose::Subject, None, vec![(slug(item), 1, value)], entropy).unwrap()
    }

    /// Opens what a permit to show one item lets see.
    pub(crate) fn opened(
        &self,
        item: &str,
        name: &PartName,
        wrapped: Option<&[u8]>,
        values: &[Sealed],
    ) -> Result<Vec<String>, VaultError> {
        let permit = self.showing(&[item], name.subject.unwrap_or(ALICE), name.record);
        let opened = self.keys.open(permit, name, wrapped, values)?;
        Ok(opened.into_iter().map(|Opened { value, .. }| value.release(&Committed::from_store(0))).collect())
    }
}
