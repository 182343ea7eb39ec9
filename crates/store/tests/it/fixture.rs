//! Ids, instants and acts to try a store with.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::{Account, Artefact, Committed, Consent, GivenBy};
use model::attachment::FileKind;
use model::key::{KeyPurpose, SearchToken, WrappedKey};
use model::{AttachmentId, ConsentId, Fingerprint, RecordId, Slug, SubjectId};
use shouyue_store::{
    Batch, CommitError, ConsentGiven, Expect, Leaf, LeafRow, NewAttachment, NewRecord, NewSubject, PartKey,
    Publication, SealedValue, Store, Token, TokenKind, Write,
};

/// A store under test.
pub(crate) type Shared = Arc<dyn Store>;

/// Bytes that look random and are never the same twice in a process.
pub(crate) fn draw<const N: usize>() -> [u8; N] {
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    let seed = DRAWN.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let hash = ledger::leaf_hash(&seed);
    std::array::from_fn(|at| hash.as_bytes()[at % 32])
}

pub(crate) fn slug(word: &str) -> Slug {
    word.parse().unwrap()
}

pub(crate) fn platform() -> Slug {
    slug("haigang")
}

pub(crate) fn role() -> Slug {
    slug("applicant")
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Instant number `n`, a second apart.
pub(crate) fn at(n: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + n).unwrap()
}

/// A search token under the first key.
pub(crate) fn search() -> SearchToken {
    SearchToken::under(1, draw())
}

/// The first keys of a platform; `bytes` stands for the one that wraps parts.
pub(crate) fn first_keys(bytes: &[u8]) -> Vec<WrappedKey> {
    let key = |purpose: &KeyPurpose| {
        let own = if *purpose == KeyPurpose::Parts { bytes.to_vec() } else { format!("for {purpose}").into_bytes() };
        WrappedKey { purpose: *purpose, version: 1, bytes: own, since: at(0) }
    };
    KeyPurpose::ALL.iter().map(key).collect()
}

/// The key that wraps a platform's parts, as the store keeps it.
pub(crate) async fn parts_key(store: &dyn Store, platform: &Slug) -> Vec<u8> {
    let keys = store.platform_keys(platform).await.unwrap();
    keys.into_iter().find(|key| key.purpose == KeyPurpose::Parts).unwrap().bytes
}

/// An act that writes `writes`, with a leaf that concerns nobody.
pub(crate) fn act(writes: Vec<Write>) -> Batch {
    let leaf = Leaf { entry: draw::<48>().to_vec(), kind: "collect".into(), at: at(0), subjects: Vec::new() };
    Batch { platform: platform(), expect: Vec::new(), writes, leaf, key: None }
}

/// The same with a leaf that concerns `subject`, who is expected at `version`.
pub(crate) fn act_of(subject: SubjectId, version: u64, writes: Vec<Write>) -> Batch {
    let mut batch = act(writes);
    batch.expect.push(Expect::Subject(subject, version));
    batch.leaf.subjects.push((subject, draw()));
    batch
}

pub(crate) fn new_subject(id: SubjectId) -> Write {
    Write::Subject(NewSubject { id, account: Account::Active, gate: None })
}

pub(crate) fn new_record(id: RecordId, roles: Vec<(SubjectId, Slug)>) -> Write {
    Write::Record(NewRecord {
        id,
        class: slug("account"),
        function: Some(slug("register")),
        product: None,
        holder: None,
        roles,
        in_force_from: None,
        in_force_until: None,
        at: at(0),
    })
}

pub(crate) fn part_key(record: RecordId, subject: Option<SubjectId>, wrapped: Vec<u8>) -> Write {
    Write::PartKey(PartKey { record, subject, role: role(), wrapped })
}

pub(crate) fn value(record: RecordId, subject: Option<SubjectId>, item: &str, version: u32) -> SealedValue {
    SealedValue {
        record,
        subject,
        role: role(),
        item: slug(item),
        version,
        sealed: draw::<72>().to_vec(),
        trigger: "given".into(),
        source: None,
        at: at(1),
        function: Some(slug("register")),
    }
}

pub(crate) fn token(kind: TokenKind, token: SearchToken, subject: SubjectId, record: RecordId) -> Write {
    Write::Token(Token { kind, token, subject, record, role: role(), sole: kind == TokenKind::Phone })
}

pub(crate) fn consent(subject: SubjectId, id: ConsentId, scope: &str) -> ConsentGiven {
    let consent = Consent {
        id: None,
        scope: scope.into(),
        party: Some(slug("agency-7")),
        policy: "undated".into(),
        text: Some(Fingerprint::from_digest([3; 32])),
        by: GivenBy::Oneself,
        artefact: Artefact::Separate,
        at: at(2),
        until: Some(at(900)),
        withdrawn: None,
    };
    ConsentGiven { subject, id, consent, paper: None }
}

pub(crate) fn publication(policy: Fingerprint) -> Publication {
    Publication {
        policy,
        tables: Fingerprint::from_digest(draw()),
        text: Fingerprint::from_digest(draw()),
        stem: "undated".into(),
        source: "language = 1".into(),
        operation: String::new(),
        notice: "<p>notice</p>".into(),
        from: at(0),
    }
}

/// Publishes a policy and returns its fingerprint.
pub(crate) async fn published(store: &Shared) -> Fingerprint {
    let policy = Fingerprint::from_digest(draw());
    store.commit(act(vec![Write::Publish(publication(policy))])).await.unwrap();
    policy
}

/// Writes an object of these bytes and says how a person's part takes it.
pub(crate) async fn written(store: &Shared, person: &Person, bytes: &[u8]) -> NewAttachment {
    let id = AttachmentId::from_random(draw());
    let mut object = store.object_new(&platform(), id, at(3)).await.unwrap();
    for piece in bytes.chunks(100_000) {
        object.write(piece).await.unwrap();
    }
    let done = object.finish().await.unwrap();
    assert_eq!(done.size, bytes.len() as u64);
    NewAttachment {
        id,
        record: person.record,
        subject: Some(person.id),
        role: role(),
        item: slug("invoice"),
        kind: FileKind::Jpeg,
        size: 9,
        digest: done.digest,
        trigger: "given".into(),
        at: at(3),
        function: Some(slug("claim")),
    }
}

/// Writes an object and attaches it.
pub(crate) async fn attached(store: &Shared, person: &Person, bytes: &[u8]) -> NewAttachment {
    let new = written(store, person, bytes).await;
    store.commit(act(vec![Write::Attachment(new.clone())])).await.unwrap();
    new
}

/// The attachments of a person's part.
pub(crate) async fn attachments(store: &Shared, person: &Person) -> Vec<NewAttachment> {
    store.part(&platform(), person.record, Some(person.id), &role()).await.unwrap().unwrap().attachments
}

/// The first bytes of an object, if it is there.
pub(crate) async fn object(store: &Shared, id: AttachmentId) -> Option<Vec<u8>> {
    store.object_read(&platform(), id, 0..1000).await.unwrap()
}

/// A registered person: subject, record, part key, one value, one token.
pub(crate) struct Person {
    pub(crate) id: SubjectId,
    pub(crate) record: RecordId,
    pub(crate) key: Vec<u8>,
    pub(crate) phone: SearchToken,
}

impl Person {
    pub(crate) fn drawn() -> Self {
        let (id, record) = (SubjectId::from_random(draw()), RecordId::from_random(draw()));
        Self { id, record, key: draw::<60>().to_vec(), phone: search() }
    }

    /// The act of registering.
    pub(crate) fn registration(&self) -> Batch {
        let writes = vec![
            new_subject(self.id),
            new_record(self.record, vec![(self.id, role())]),
            part_key(self.record, Some(self.id), self.key.clone()),
            Write::Value(value(self.record, Some(self.id), "phone", 1)),
            token(TokenKind::Phone, self.phone, self.id, self.record),
        ];
        act_of(self.id, 0, writes)
    }

    /// Destroys the person's only part.
    pub(crate) fn destruction(&self) -> Write {
        Write::Destroy { record: self.record, subject: Some(self.id), role: role() }
    }
}

pub(crate) async fn registered(store: &Shared) -> Person {
    let person = Person::drawn();
    store.commit(person.registration()).await.unwrap();
    person
}

pub(crate) async fn version(store: &Shared, subject: SubjectId) -> u64 {
    store.subject(&platform(), subject).await.unwrap().unwrap().version
}

/// Runs all acts at once and gives their outcomes in the same order.
pub(crate) async fn all_at_once(store: &Shared, acts: Vec<Batch>) -> Vec<Result<Committed, CommitError>> {
    let commit = |act| {
        let store = store.clone();
        tokio::spawn(async move { store.commit(act).await })
    };
    let running: Vec<_> = acts.into_iter().map(commit).collect();
    let mut outcomes = Vec::new();
    for task in running {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

/// Every leaf, read in pages.
pub(crate) async fn every_leaf(store: &Shared) -> Vec<LeafRow> {
    let mut leaves = Vec::new();
    loop {
        let page = store.leaves(&platform(), leaves.len() as u64, 100).await.unwrap();
        if page.is_empty() {
            return leaves;
        }
        leaves.extend(page);
    }
}

/// Audits the stored ledger: every leaf, every tile, the head.
pub(crate) async fn audited(store: &Shared) -> ledger::Report {
    let head = store.head(&platform()).await.unwrap();
    let mut ids = Vec::new();
    for level in 0..4_u8 {
        let hashes = head.size >> (8 * u32::from(level));
        ids.extend((0..hashes).step_by(256).filter_map(|position| ledger::TileId::holding(level, position, head.size)));
    }
    let tiles = store.tiles(&platform(), &ids).await.unwrap().into_iter().collect();
    let leaves = every_leaf(store).await;
    let checkpoint = ledger::Checkpoint::new("test", head.size, head.root).unwrap();
    let hashes = leaves.iter().map(|row| (row.index, ledger::leaf_hash(&row.entry)));
    ledger::audit(head.size, hashes, tiles, [checkpoint])
}
