//! Rows as they come back.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::{Account, Consent, Life, Policies, Snapshot, SubjectState};
use model::{Fingerprint, OrganisationId, RecordId, RequestId, Slug, SubjectId};

use crate::batch::{
    ConsentGiven, InvitationState, Joined, NewAttachment, NewInvitation, NewPaper, NewSubject, SealedValue,
};
use crate::payment::PaymentRow;
use crate::service::ServiceRow;

/// A subject.
#[derive(Debug, Clone)]
pub struct SubjectRow {
    /// Id.
    pub id: SubjectId,
    /// Account.
    pub account: Account,
    /// Where the birth date is sealed.
    pub gate: Option<(RecordId, Slug)>,
    /// State version.
    pub version: u64,
}

/// What the states of subjects who do not exist yet are made with, as one read saw it.
#[derive(Debug, Clone)]
pub struct Strangers(Policies);

impl Strangers {
    pub(crate) const fn under(policies: Policies) -> Self {
        Self(policies)
    }

    /// The state of one of them, with its first consents: as [`Store::snapshot_new`](crate::Store).
    pub fn snapshot(&self, subject: &NewSubject, consents: &[ConsentGiven]) -> Snapshot {
        let consents = own(consents, subject.id).collect();
        let state = SubjectState { consents, account: subject.account, ..SubjectState::default() };
        Snapshot::from_store(subject.id, state, 0, self.0.clone())
    }
}

/// The consents that are a subject's own.
pub(crate) fn own(consents: &[ConsentGiven], subject: SubjectId) -> impl Iterator<Item = Consent> {
    let own = consents.iter().filter(move |given| given.subject == subject);
    own.map(|given| Consent { id: Some(given.id), ..given.consent.clone() })
}

/// A record's header with its events.
#[derive(Debug, Clone)]
pub struct RecordRow {
    /// Id.
    pub id: RecordId,
    /// Class.
    pub class: Slug,
    /// Function that made it.
    pub function: Option<Slug>,
    /// Product that it is about.
    pub product: Option<Slug>,
    /// Who filled the function in.
    pub holder: Option<SubjectId>,
    /// Subjects and roles.
    pub roles: Vec<(SubjectId, Slug)>,
    /// Who of them joined by an invitation.
    pub joined: Vec<Joined>,
    /// First day of cover.
    pub in_force_from: Option<Date>,
    /// Last day of cover.
    pub in_force_until: Option<Date>,
    /// What may be done with it.
    pub life: Life,
    /// Events: word, business day, recorded at.
    pub events: Vec<(String, Date, Timestamp)>,
    /// Opened at.
    pub at: Timestamp,
}

/// The part of a record, by its name: the record, whose it is (`None`: the matter's) and in which role.
pub type PartId = (RecordId, Option<SubjectId>, Slug);

/// What a page about somebody is made from, as of one instant.
pub struct View {
    /// The state of whom it is about.
    pub snapshot: Snapshot,
    /// The part in which the birth date is sealed, without its attachments.
    pub gate: Option<PartRow>,
    /// The parts that were named, in their order; `None` for one that is not there.
    pub parts: Vec<Option<PartRow>>,
    /// What each record of these parts asks for, and what is due for it.
    pub about: BTreeMap<RecordId, (Option<ServiceRow>, Vec<PaymentRow>)>,
}

/// An invitation into a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRow {
    /// As it was made last.
    pub made: NewInvitation,
    /// What became of it.
    pub state: InvitationState,
}

/// One record part: its wrapped key and sealed values.
#[derive(Debug, Clone)]
pub struct PartRow {
    /// Record.
    pub record: RecordId,
    /// Subject; `None` for the matter itself.
    pub subject: Option<SubjectId>,
    /// Role.
    pub role: Slug,
    /// The wrapped key; `None` once destroyed.
    pub wrapped: Option<Vec<u8>>,
    /// Sealed values, newest version of each item.
    pub values: Vec<SealedValue>,
    /// Attachments, oldest first.
    pub attachments: Vec<NewAttachment>,
}

/// The document of a written consent, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperRow {
    /// SHA-256 of the document.
    pub digest: Fingerprint,
    /// The document; `None` once the part that held it was erased.
    pub paper: Option<NewPaper>,
}

/// A leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafRow {
    /// Index.
    pub index: u64,
    /// Word for listings.
    pub kind: String,
    /// Canonical bytes.
    pub entry: Vec<u8>,
    /// Instant.
    pub at: Timestamp,
}

/// The head of a platform's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Leaves.
    pub size: u64,
    /// Root.
    pub root: ledger::Hash,
}

/// A signed checkpoint.
#[derive(Debug, Clone)]
pub struct CheckpointRow {
    /// Tree size.
    pub size: u64,
    /// The signed note.
    pub note: String,
    /// Signed at.
    pub at: Timestamp,
}

/// A published policy version, without its texts.
#[derive(Debug, Clone)]
pub struct PublicationHead {
    /// Which of the platform's versions: from 1.
    pub number: u64,
    /// Fingerprint `policy`.
    pub policy: Fingerprint,
    /// Fingerprint `tables`.
    pub tables: Fingerprint,
    /// Fingerprint `text`.
    pub text: Fingerprint,
    /// Stem.
    pub stem: String,
    /// In force here from this instant on.
    pub from: Timestamp,
    /// Until a later one takes its place.
    pub until: Option<Timestamp>,
    /// Whether it never was in force, and never will be: a later one came in its place before it took effect.
    pub replaced: bool,
    /// Published at.
    pub at: Timestamp,
    /// Leaf of the act.
    pub leaf: u64,
}

/// The texts of a published policy version.
#[derive(Debug, Clone)]
pub struct PublicationTexts {
    /// The policy file.
    pub source: String,
    /// The operation file.
    pub operation: String,
    /// The rendered notice.
    pub notice: String,
}

/// A published policy version.
#[derive(Debug, Clone)]
pub struct PublicationRow {
    /// All but the texts.
    pub head: PublicationHead,
    /// The texts.
    pub texts: PublicationTexts,
}

/// An organisation.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// Id.
    pub id: OrganisationId,
    /// The record that holds its items.
    pub record: RecordId,
    /// Its contact.
    pub contact: SubjectId,
}

/// A request.
#[derive(Debug, Clone)]
pub struct RequestRow {
    /// Id.
    pub id: RequestId,
    /// Whose.
    pub subject: SubjectId,
    /// Right.
    pub right: String,
    /// By whom it is exercised: `self`, or the word of who may act for the subject.
    pub by: String,
    /// State.
    pub state: String,
    /// Reason of the last step.
    pub reason: Option<String>,
    /// Received on.
    pub since: Date,
    /// Due on.
    pub due: Date,
    /// Calendar version.
    pub calendar: String,
    /// Whether the due date is provisional.
    pub provisional: bool,
    /// What it is about: a code.
    pub topic: Option<String>,
    /// The record that it is about.
    pub about: Option<RecordId>,
    /// The record that holds the words of who asks.
    pub words: Option<RecordId>,
    /// Last step at.
    pub at: Timestamp,
}

/// An entry of the erasure list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Sequence on the platform, from 1, without gaps.
    pub sequence: u64,
    /// What was erased.
    pub erased: Erased,
    /// Leaf of the act.
    pub leaf: u64,
}

/// What an erasure took away for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Erased {
    /// The key of a record part, with its values and tokens.
    Part {
        /// Record.
        record: RecordId,
        /// Subject; `None` for the matter itself.
        subject: Option<SubjectId>,
        /// Role.
        role: Slug,
    },
    /// A subject's tokens, and its index to the leaves with their salts.
    Subject(SubjectId),
}
