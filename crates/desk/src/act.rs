//! The one way every act goes: facts and leaf in one transaction, or the leaf `refused` alone (invariants 2 and 3).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use model::act::{Committed, Snapshot};
use model::{RecordId, Slug, SubjectId};
use policy::question::{Answer, Code, Effect, Reason, Side, Verdict};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Batch, CommitError, Expect, Key, Leaf, Write};

use crate::leaf::{Act, Entry, Who, tag};
use crate::measure::Ended;
use crate::{House, Platform, Refusal, feed};

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

impl Draft {
    /// An act about one subject that writes nothing but its leaf, decided on the state that was read.
    pub(crate) fn of_leaf(entry: Entry, subject: SubjectId, snapshot: &Snapshot) -> Self {
        let expect = vec![Expect::Subject(subject, snapshot.version())];
        Self { expect, writes: Vec::new(), entry, subjects: vec![subject], record: None, key: None }
    }
}

/// How often a desk decides anew when the state moved under it.
pub(crate) const TRIES: usize = 8;

/// How long anything may take that follows an act whose answer cannot be given twice.
pub(crate) const AFTER: Duration = Duration::from_secs(5);

/// A caller's idempotency key with the request it came with: the same request again gets the first answer again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Once {
    digest: [u8; 32],
    request: [u8; 32],
}

impl Once {
    /// Binds a key to who gave it and to the whole request. Both are kept as keyed digests, never as they are.
    pub fn new(platform: &Platform, caller: &str, key: &str, request: &[u8]) -> Self {
        let whose = format!("{}:{caller}:{key}", caller.len());
        Self {
            digest: platform.keys.digest("idempotency-key", whose.as_bytes()),
            request: platform.keys.digest("idempotent-request", request),
        }
    }

    /// The same, bound to a body as well that came in pieces, by its digest.
    pub(crate) fn with(self, platform: &Platform, body: &[u8]) -> Self {
        let whole = [self.request.as_slice(), body].concat();
        Self { request: platform.keys.digest("idempotent-request", &whole), ..self }
    }

    /// What the store keeps; `answer` holds ids only.
    pub(crate) fn key<T: Serialize>(self, answer: &T) -> Key {
        let answer = serde_json::to_vec(answer).unwrap_or_default();
        Key { digest: self.digest, request: self.request, answer }
    }
}

impl House {
    /// The first answer to a request that comes once more under its key, with the leaf of its act. For what stands in its
    /// own way after the first time; else the commit finds it.
    pub(crate) async fn answered<T: DeserializeOwned>(
        &self,
        platform: &Platform,
        once: Option<Once>,
    ) -> Result<Option<(u64, T)>, Refusal> {
        let Some(once) = once else { return Ok(None) };
        let Some((key, leaf)) = self.store.keyed(&platform.id, &once.digest).await? else { return Ok(None) };
        if key.request != once.request {
            return Err(Refusal::KeyReused);
        }
        let kept = serde_json::from_slice(&key.answer);
        Ok(Some((leaf, kept.map_err(|_| Refusal::Broken("a kept answer does not read".into()))?)))
    }

    /// Commits an act. `Ok(None)` says that the state moved: decide again.
    pub(crate) async fn commit(&self, platform: &Platform, draft: Draft) -> Result<Option<Committed>, Refusal> {
        self.commit_salted(platform, draft, self.entropy.draw()).await
    }

    /// As [`House::commit`], for an act whose only answer is its leaf: the same request again gets the same leaf.
    pub(crate) async fn commit_once(&self, platform: &Platform, draft: Draft) -> Result<Option<u64>, Refusal> {
        match self.commit(platform, draft).await {
            Ok(act) => Ok(act.map(|act| act.leaf())),
            Err(Refusal::Done { leaf, .. }) => Ok(Some(leaf)),
            Err(refusal) => Err(refusal),
        }
    }

    /// As [`House::commit`], for an act after which the store no longer knows the salt of its first subject.
    pub(crate) async fn commit_salted(
        &self,
        platform: &Platform,
        mut draft: Draft,
        salt: [u8; 32],
    ) -> Result<Option<Committed>, Refusal> {
        if !draft.expect.iter().any(|expect| matches!(expect, Expect::Published(_))) {
            draft.expect.push(Expect::InForce(platform.version));
        }
        // R63: what was decided before a party was cut off does not commit after it.
        if draft.entry.act.reaches_out()
            && let [party] =
                platform.reached(named(draft.entry.recipient.as_ref()), named(draft.entry.party.as_ref())).as_slice()
        {
            draft.expect.push(Expect::CutOff((*party).clone(), false));
        }
        // A witness may have closed the platform since the act began.
        self.is_not_overtaken(&platform.id)?;
        if !draft.entry.act.mends() {
            platform.is_as_declared()?;
        }
        match self.write(platform, draft, salt).await {
            Ok(done) => Ok(Some(done)),
            Err(CommitError::Moved) => {
                // It may have been the policy, by another server: whoever decides anew decides by the new one.
                self.catch_up_on(&platform.id).await?;
                Ok(None)
            }
            Err(CommitError::Behind(newest)) => {
                self.clock.not_before(newest);
                Ok(None)
            }
            Err(CommitError::Keys) => {
                self.catch_up_on_keys(&platform.id).await?;
                Ok(None)
            }
            Err(CommitError::TokenTaken(kind)) => Err(Refusal::Taken(kind)),
            Err(CommitError::Missing { what }) => Err(Refusal::NotFound(what)),
            Err(CommitError::Erased(_)) => Err(Refusal::NotFound("subject")),
            Err(CommitError::KeyReused) => Err(Refusal::KeyReused),
            Err(CommitError::Done { leaf, answer }) => Err(Refusal::Done { leaf, answer }),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    async fn write(&self, platform: &Platform, draft: Draft, salt: [u8; 32]) -> Result<Committed, CommitError> {
        let Draft { expect, mut writes, mut entry, subjects, record, key } = draft;
        writes.extend(platform.faces(&writes));
        // Each subject has a salt of its own: who holds a receipt learns nothing of the others in the act.
        let mut subjects: Vec<(SubjectId, [u8; 32])> =
            subjects.into_iter().map(|subject| (subject, self.entropy.draw())).collect();
        if let Some((_, first)) = subjects.first_mut() {
            *first = salt;
        }
        let mut tags = subjects.iter().map(|(subject, salt)| tag(salt, subject.as_bytes()));
        entry.subject = tags.next();
        entry.with = tags.collect();
        entry.record = record.map(|record| tag(&salt, record.as_bytes()));
        entry.about = writes.iter().find_map(served).map(|record| tag(&salt, record.as_bytes()));
        let named: Vec<SubjectId> = subjects.iter().map(|(subject, _)| *subject).collect();
        writes.extend(feed::told(&*self.entropy, (&entry, &writes), &named, record));
        let leaf = Leaf { entry: entry.bytes(), kind: entry.act.word().to_owned(), at: entry.at, subjects };
        let began = Instant::now();
        let done = self.store.commit(Batch { platform: platform.id.clone(), expect, writes, leaf, key }).await;
        self.measures.commit(began.elapsed());
        // What was decided against is counted by what it would have been ([`House::refuse`]).
        if entry.act != Act::Refused {
            let ended = match &done {
                Ok(_) => Ended::Done,
                Err(CommitError::Done { .. }) => Ended::Repeated,
                Err(CommitError::Moved) => Ended::Moved,
                Err(CommitError::Store(_)) => Ended::Failed,
                Err(_) => Ended::Conflict,
            };
            self.measures.act(entry.act.word(), ended);
        }
        done
    }

    /// Leaves the leaf of an act that was decided against, then gives the refusal back. The leaf is left whatever
    /// has moved since: it says what these tables answered at that instant.
    pub(crate) async fn refuse(
        &self,
        platform: &Platform,
        mut entry: Entry,
        subject: Option<SubjectId>,
        answer: Answer,
    ) -> Refusal {
        if let Err(closed) = self.is_not_overtaken(&platform.id).and_then(|()| platform.is_as_declared()) {
            return closed;
        }
        self.measures.act(entry.act.word(), Ended::Refused);
        entry.reasons = reasons(&answer);
        entry.effect = answer.effect;
        entry.act = Act::Refused;
        let draft = |entry: &Entry, subject: Option<SubjectId>| Draft {
            expect: Vec::new(),
            writes: Vec::new(),
            entry: entry.clone(),
            subjects: subject.into_iter().collect(),
            record: None,
            key: None,
        };
        let mut left = self.write(platform, draft(&entry, subject), self.entropy.draw()).await;
        if let Err(CommitError::Behind(newest)) = left {
            self.clock.not_before(newest);
            entry.at = self.now();
            left = self.write(platform, draft(&entry, subject), self.entropy.draw()).await;
        }
        if let Err(CommitError::Missing { .. } | CommitError::Erased(_)) = left {
            left = self.write(platform, draft(&entry, None), self.entropy.draw()).await;
        }
        match left {
            Ok(_) => Refusal::Denied(Box::new(answer)),
            Err(CommitError::Store(broken)) => broken.into(),
            Err(broken) => Refusal::Broken(broken.to_string()),
        }
    }

    /// Refuses for reasons that the desk found itself, before any question to the tables.
    pub(crate) async fn refuse_for(
        &self,
        platform: &Platform,
        entry: Entry,
        subject: Option<SubjectId>,
        reasons: Vec<Reason>,
    ) -> Refusal {
        let answer = denied(platform, entry.at, &reasons);
        self.refuse(platform, entry, subject, answer).await
    }
}

fn named(id: Option<&Slug>) -> Option<&str> {
    id.map(Slug::as_str)
}

/// The record that a fact about a servicing request is about.
const fn served(write: &Write) -> Option<RecordId> {
    match write {
        Write::Service(service) => Some(service.about),
        Write::ServiceEnded(ended) => Some(ended.service.about),
        _ => None,
    }
}

/// An answer that says no on the sides that the reasons name.
pub(crate) fn denied(platform: &Platform, at: Timestamp, reasons: &[Reason]) -> Answer {
    let verdict = |side: Side| {
        let reasons: Vec<Reason> = reasons.iter().filter(|reason| reason.side == side).cloned().collect();
        let effect = if reasons.is_empty() { Effect::Permit } else { Effect::Deny };
        Verdict { effect, reasons }
    };
    Answer {
        effect: Effect::Deny,
        published: verdict(Side::Published),
        law: verdict(Side::Law),
        items: Vec::new(),
        obligations: Vec::new(),
        basis: None,
        exception: None,
        retain: None,
        tables: platform.tables.fingerprint(),
        as_of: at,
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
            with: Vec::new(),
            record: None,
            about: None,
            person: None,
            function: None,
            purpose: None,
            recipient: None,
            party: None,
            source: None,
            items: Vec::new(),
            scopes: Vec::new(),
            basis: None,
            exception: None,
            effect: policy::question::Effect::Permit,
            reasons: Vec::new(),
            because: None,
            back: None,
            policy: self.tables.policy(),
            tables: self.tables.fingerprint(),
            text: Some(self.text),
            from: None,
            document: None,
            permissions: BTreeMap::new(),
            parts: None,
            track: None,
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
