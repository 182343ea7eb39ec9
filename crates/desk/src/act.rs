//! The one way every act goes: facts and leaf in one transaction, or the leaf `refused` alone (invariants 2 and 3).

use jiff::Timestamp;
use model::act::Committed;
use model::{RecordId, SubjectId};
use policy::question::{Answer, Code};
use store::{Batch, CommitError, Expect, Key, Leaf, Write};

use crate::leaf::{Act, Entry, Who, tag};
use crate::{House, Platform, Refusal};

/// An act ready to be committed.
pub(crate) struct Draft {
    /// What must still hold.
    pub(crate) expect: Vec<Expect>,
    /// What is written.
    pub(crate) writes: Vec<Write>,
    /// What the ledger will say; subject and record tags are filled in here.
    pub(crate) entry: Entry,
    /// Whose the act is; the first is the one that the entry's tag blinds.
    pub(crate) subjects: Vec<SubjectId>,
    /// The record it is on.
    pub(crate) record: Option<RecordId>,
    /// The caller's idempotency key.
    pub(crate) key: Option<Key>,
}

/// How often a desk decides anew when the state moved under it.
pub(crate) const TRIES: usize = 8;

impl House {
    /// Commits an act. `Ok(None)` says that the state moved: decide again.
    pub(crate) async fn commit(&self, platform: &Platform, draft: Draft) -> Result<Option<Committed>, Refusal> {
        let Draft { mut expect, writes, mut entry, subjects, record, key } = draft;
        let salt: [u8; 32] = self.entropy.draw();
        entry.subject = subjects.first().map(|subject| tag(&salt, subject.as_bytes()));
        entry.record = record.map(|record| tag(&salt, record.as_bytes()));
        expect.push(Expect::Policy(Some(platform.tables.policy())));
        let leaf = Leaf {
            entry: entry.bytes(),
            kind: entry.act.word().to_owned(),
            at: entry.at,
            subjects: subjects.into_iter().map(|subject| (subject, salt)).collect(),
        };
        match self.store.commit(Batch { platform: platform.id.clone(), expect, writes, leaf, key }).await {
            Ok(done) => Ok(Some(done)),
            Err(CommitError::Moved) => Ok(None),
            Err(CommitError::TokenTaken(kind)) => Err(Refusal::Taken(kind)),
            Err(CommitError::Missing { what }) => Err(Refusal::NotFound(what)),
            Err(CommitError::Erased(_)) => Err(Refusal::NotFound("subject")),
            Err(CommitError::KeyReused) => Err(Refusal::KeyReused),
            Err(CommitError::Done { leaf, .. }) => Err(Refusal::Wrong(format!("done before, as leaf {leaf}"))),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Leaves the leaf of an act that was decided against, then gives the refusal back.
    pub(crate) async fn refuse(
        &self,
        platform: &Platform,
        mut entry: Entry,
        subject: Option<SubjectId>,
        answer: Answer,
    ) -> Refusal {
        entry.reasons = reasons(&answer);
        entry.effect = answer.effect;
        entry.act = Act::Refused;
        let draft = Draft {
            expect: Vec::new(),
            writes: Vec::new(),
            entry,
            subjects: subject.into_iter().collect(),
            record: None,
            key: None,
        };
        match self.commit(platform, draft).await {
            Ok(_) => Refusal::Denied(Box::new(answer)),
            Err(broken) => broken,
        }
    }
}

impl Platform {
    /// The entry of an act that begins now; the desk fills in the rest.
    pub(crate) fn entry(&self, act: Act, actor: Who, at: Timestamp) -> Entry {
        Entry {
            v: 1,
            platform: self.id.clone(),
            act,
            at,
            actor,
            subject: None,
            record: None,
            person: None,
            function: None,
            purpose: None,
            recipient: None,
            party: None,
            items: Vec::new(),
            scopes: Vec::new(),
            basis: None,
            exception: None,
            effect: policy::question::Effect::Permit,
            reasons: Vec::new(),
            because: None,
            policy: self.tables.policy(),
            tables: self.tables.fingerprint(),
            text: None,
            parts: None,
        }
    }
}

/// Every distinct reason code of an answer, in order.
pub(crate) fn reasons(answer: &Answer) -> Vec<Code> {
    let whole = answer.published.reasons.iter().chain(&answer.law.reasons);
    let mut codes: Vec<Code> =
        whole.chain(answer.items.iter().flat_map(|item| &item.reasons)).map(|reason| reason.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}
