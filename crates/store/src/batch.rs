//! What one act writes: its facts, its sealed values and its leaf, all or nothing.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use model::act::{Account, Attested, Consent, DevicePermission, Life};
use model::attachment::FileKind;
use model::key::{SearchToken, WrappedKey};
use model::{
    ActorId, ApprovalId, AssignmentId, AttachmentId, ConsentId, Fingerprint, InvitationId, OrganisationId, RecordId,
    RequestId, Slug, SubjectId, UploadId,
};

use crate::approval::NewApproval;
use crate::change::NewChange;
use crate::notice::Notices;
use crate::partner::{CutOff, NewAssignment};

use crate::payment::{NewPayment, PaymentMoved};
use crate::service::{Service, ServiceEnded};
use crate::threshold::Filing;
use crate::tracks::TrackClosed;

/// One act. The store commits it whole, with its leaf at the next ledger index, or not at all (design invariant 3).
#[derive(Debug)]
pub struct Batch {
    /// Platform.
    pub platform: Slug,
    /// What must still hold at commit.
    pub expect: Vec<Expect>,
    /// Facts, in order.
    pub writes: Vec<Write>,
    /// The leaf.
    pub leaf: Leaf,
    /// Idempotency of the caller's request.
    pub key: Option<Key>,
}

/// What must still hold when the batch commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// The subject's state has this version.
    Subject(SubjectId, u64),
    /// So many versions of policy and operation file were published.
    Published(u64),
    /// This one of them, counted from 1, is in force at the instant of the act, and no other is at that of any leaf before it; 0: none.
    InForce(u64),
    /// The invitation of this record stands so, and its link is the one of this hash.
    Invitation(RecordId, InvitationId, InvitationState, [u8; 32]),
    /// The party is cut off, or is not (rule R63).
    CutOff(Slug, bool),
    /// The platform's keys are these, wrapped as they are here.
    Keys(Vec<WrappedKey>),
}

/// The ledger's entry of an act: opaque to the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Canonical bytes; their RFC 6962 leaf hash enters the tree.
    pub entry: Vec<u8>,
    /// Word for listings, free of personal information: `collect`, `refused`, …
    pub kind: String,
    /// Instant of the act.
    pub at: Timestamp,
    /// Subjects that the leaf concerns, each with the salt that blinds its tag; the rows die with the subject.
    pub subjects: Vec<(SubjectId, [u8; 32])>,
}

/// A caller's idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Who called, and the key it gave, hashed together.
    pub digest: [u8; 32],
    /// Hash of the whole request.
    pub request: [u8; 32],
    /// What to answer when the request comes again.
    pub answer: Vec<u8>,
}

/// One fact of an act. Each bumps the version of the subjects it touches.
#[derive(Debug)]
#[expect(missing_docs, reason = "each variant is documented at the type it carries")]
pub enum Write {
    Subject(NewSubject),
    /// Claims a search token for a subject: unique on the platform, so that of many parallel claims one wins.
    Token(Token),
    /// Frees a subject's tokens of one kind (a corrected telephone number).
    TokenFreed(SubjectId, TokenKind),
    Organisation(NewOrganisation),
    /// The next key of a purpose. One for search tokens begins their making anew.
    PlatformKey(WrappedKey),
    /// A key that is there, wrapped under another root key.
    Rewrapped(WrappedKey),
    Account(SubjectId, Account),
    /// Where the birth date of a subject is sealed of whom none was known before: record and role of the part.
    Gate(SubjectId, RecordId, Slug),
    /// Ends a refusal of the same scope, which it answers.
    Consent(ConsentGiven),
    Withdraw(ConsentWithdrawn),
    /// A consent that was refused: counted, the newest day kept.
    Refused(ConsentRefused),
    Permission(PermissionReported),
    /// Somebody attested a fact about a subject; the rows die with it.
    Attest(SubjectId, Attested),
    Record(NewRecord),
    /// Somebody stands in a role of a record from now on.
    Stand(RecordId, SubjectId, Slug),
    /// Somebody joined in a role of a record by an invitation.
    Join(RecordId, Joined),
    /// Made, or made again: the link before it no longer leads anywhere.
    Invitation(NewInvitation),
    /// What became of an invitation.
    Invited(RecordId, InvitationId, InvitationState),
    Event(RecordEvent),
    /// What may be done with a record from now on.
    Life(RecordId, Life),
    /// A new key of a record part; wrapped, the store never sees it bare.
    PartKey(PartKey),
    Value(SealedValue),
    /// A person's part holds a face from now on (rule R34).
    Face(RecordId, SubjectId, Slug),
    /// Its object is written and durable: from now on the attachment holds it.
    Attachment(NewAttachment),
    /// What came in parcels was taken in as this attachment; they go, and their key before them.
    Uploaded(UploadId, AttachmentId),
    /// Overwrites the key of a record part, deletes its values, its attachments with their objects, and the tokens that
    /// only it carried, and notes the erasure in the list that every restore replays. `subject` is `None` for the matter itself, as in [`PartKey`].
    Destroy {
        record: RecordId,
        subject: Option<SubjectId>,
        role: Slug,
    },
    /// Removes the subject's tokens and its index to the leaves, with their salts: what remains cannot be joined to
    /// it. Noted in the list of erasures as well. Any later act that names the subject fails as erased.
    Forget(SubjectId),
    Payment(NewPayment),
    PaymentMoved(PaymentMoved),
    /// A record that the same act writes asks for something of another.
    Service(Service),
    ServiceEnded(ServiceEnded),
    Request(RequestOpened),
    Step(RequestStep),
    Recount(RequestRecount),
    /// To everybody, about the version that the same act publishes.
    Notices(Notices),
    /// A notice reached the person: its number, by which way, when.
    Told(u64, String, Timestamp),
    /// The last steps of a track; from now on it is the record's, and goes when the record is erased.
    Track(TrackClosed),
    Publish(Publication),
    Approval(NewApproval),
    /// A seat approves, until an instant; once.
    Approve(ApprovalId, ActorId, Timestamp),
    CutOff(CutOff),
    Assign(NewAssignment),
    /// An assignment is over before its time.
    Unassign(AssignmentId, Timestamp),
    /// A virtual number is bound for an assignment until an instant; [`Store::assignment_number`](crate::Store) follows.
    Bind(AssignmentId, Timestamp),
    /// The number is bound no more.
    Unbind(AssignmentId),
    /// The threshold of this rule is reached, since an instant; once.
    Reached(String, Timestamp),
    /// What was filed for a threshold that is reached; once.
    Filed(Filing),
    /// What callers must hear of: the next of the platform's change feed.
    Change(NewChange),
}

/// A new subject, with an account or without.
#[derive(Debug, Clone)]
pub struct NewSubject {
    /// Id, drawn by the caller.
    pub id: SubjectId,
    /// Account state.
    pub account: Account,
    /// Where the subject's birth date is sealed, for decisions about age: record and role of the part.
    pub gate: Option<(RecordId, Slug)>,
}

/// What a search token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenKind {
    /// Telephone number within an account.
    Phone,
    /// Identity document number.
    Document,
    /// Electronic mail address.
    Email,
    /// Policy number.
    PolicyNumber,
    /// Certificate number of an organisation.
    Organisation,
    /// The account that somebody else keeps: who vouches for it, and that one's number of the person.
    Federated,
}

impl TokenKind {
    /// The word stored and printed.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Phone => "phone number",
            Self::Document => "document number",
            Self::Email => "e-mail address",
            Self::PolicyNumber => "policy number",
            Self::Organisation => "organisation",
            Self::Federated => "federated account",
        }
    }
}

impl fmt::Display for TokenKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// A keyed token over a normalised value, for exact search; opaque here.
#[derive(Debug, Clone)]
pub struct Token {
    /// What it stands for.
    pub kind: TokenKind,
    /// The token, under every key in use.
    pub token: SearchToken,
    /// Whose.
    pub subject: SubjectId,
    /// The record whose part carries the value; the token dies with the last part that carries it.
    pub record: RecordId,
    /// The role of that part.
    pub role: Slug,
    /// Whether somebody has but one such number: a resident number, which no renewal changes as it does a passport's.
    pub sole: bool,
}

/// A new organisation: no subject; its plain items are sealed in a record like everything else.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// Id.
    pub id: OrganisationId,
    /// The record that holds its items.
    pub record: RecordId,
    /// Its contact, a subject.
    pub contact: SubjectId,
    /// Token over its certificate number; unique on the platform.
    pub token: SearchToken,
}

/// A consent to store.
#[derive(Debug, Clone)]
pub struct ConsentGiven {
    /// Whose.
    pub subject: SubjectId,
    /// Id.
    pub id: ConsentId,
    /// The consent; `consent.id` is ignored.
    pub consent: Consent,
    /// The signed document, of a written consent and of no other.
    pub paper: Option<NewPaper>,
}

/// A signed document, sealed under the key of a part of its giver's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPaper {
    /// Record.
    pub record: RecordId,
    /// Role of the giver in it.
    pub role: Slug,
    /// What it is: `note`, or what kind of file was scanned.
    pub kind: String,
    /// SHA-256 of the document.
    pub digest: Fingerprint,
    /// Header, nonce, ciphertext and tag.
    pub sealed: Vec<u8>,
}

/// A withdrawal.
#[derive(Debug, Clone)]
pub struct ConsentWithdrawn {
    /// Whose.
    pub subject: SubjectId,
    /// Which.
    pub id: ConsentId,
    /// Its scope, for who is told of it; the store withdraws by the id.
    pub scope: String,
    /// When.
    pub at: Timestamp,
}

/// A refusal.
#[derive(Debug, Clone)]
pub struct ConsentRefused {
    /// Who refused.
    pub subject: SubjectId,
    /// Scope id.
    pub scope: String,
    /// When.
    pub at: Timestamp,
}

/// The state of a device permission.
#[derive(Debug, Clone)]
pub struct PermissionReported {
    /// Whose account.
    pub subject: SubjectId,
    /// Which permission, and since when it is on or off.
    pub state: DevicePermission,
}

/// A new record: a header free of personal information.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// Id.
    pub id: RecordId,
    /// Class that the policy declares.
    pub class: Slug,
    /// Function that made it; `None` when the company's own systems handed it in.
    pub function: Option<Slug>,
    /// Product that it is about.
    pub product: Option<Slug>,
    /// Who filled the function in, for everybody who stands in it; `None` where systems or staff brought it.
    pub holder: Option<SubjectId>,
    /// Subjects and the roles in which they stand. Empty for a pure organisation record.
    pub roles: Vec<(SubjectId, Slug)>,
    /// First day of cover.
    pub in_force_from: Option<Date>,
    /// Last day of cover.
    pub in_force_until: Option<Date>,
    /// When it was opened.
    pub at: Timestamp,
}

/// Who joined in a record by an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Who.
    pub subject: SubjectId,
    /// In which role.
    pub role: Slug,
    /// By which invitation.
    pub invitation: InvitationId,
    /// Keyed digest of the link and of the telephone that was proven; none for who has an account, and once the person is
    /// forgotten.
    pub telephone: Option<[u8; 32]>,
}

/// An invitation into a role of a record that was left open: who opens its link fills the role in. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// Id; the same again replaces the link.
    pub id: InvitationId,
    /// Record.
    pub record: RecordId,
    /// The role that is open.
    pub role: Slug,
    /// Hash of the secret in the link; the secret itself is never stored.
    pub digest: [u8; 32],
    /// Ends at.
    pub until: Timestamp,
    /// Made at.
    pub at: Timestamp,
}

/// What became of an invitation. That its time is over is no state: the clock tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationState {
    /// Nobody came yet.
    Open,
    /// Somebody joined by it.
    Used,
    /// Taken back.
    Withdrawn,
}

/// A life event of a record, with business and recorded time.
#[derive(Debug, Clone)]
pub struct RecordEvent {
    /// Record.
    pub record: RecordId,
    /// Word of the closed list (`ended`, `claim-opened`, …).
    pub event: String,
    /// Business day.
    pub on: Date,
    /// Recorded at.
    pub at: Timestamp,
    /// Reason code of the caller, free of personal information.
    pub reason: Option<String>,
}

/// The wrapped key of one record part (record × subject × role). A part of the matter itself, or of an organisation,
/// has no subject.
#[derive(Debug, Clone)]
pub struct PartKey {
    /// Record.
    pub record: RecordId,
    /// Subject; `None` for the matter itself.
    pub subject: Option<SubjectId>,
    /// Role.
    pub role: Slug,
    /// Key wrapped under the platform key.
    pub wrapped: Vec<u8>,
}

/// One sealed value.
#[derive(Debug, Clone)]
pub struct SealedValue {
    /// Record.
    pub record: RecordId,
    /// Subject; `None` for the matter itself.
    pub subject: Option<SubjectId>,
    /// Role.
    pub role: Slug,
    /// Item.
    pub item: Slug,
    /// Version, from 1; bound into the associated data.
    pub version: u32,
    /// Header, nonce, ciphertext and tag.
    pub sealed: Vec<u8>,
    /// How it came in: `given`, `automatic`, `source`.
    pub trigger: String,
    /// The source that handed it in, as the policy names it.
    pub source: Option<Slug>,
    /// When.
    pub at: Timestamp,
    /// Leaf-independent provenance: the function that collected it.
    pub function: Option<Slug>,
}

/// One attachment, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    /// Id, and name of its object.
    pub id: AttachmentId,
    /// Record.
    pub record: RecordId,
    /// Subject; `None` for the matter itself.
    pub subject: Option<SubjectId>,
    /// Role.
    pub role: Slug,
    /// Item.
    pub item: Slug,
    /// What it holds.
    pub kind: FileKind,
    /// Length of the content, in bytes.
    pub size: u64,
    /// SHA-256 of the object.
    pub digest: [u8; 32],
    /// How it came in: `given`, `automatic`, `source`.
    pub trigger: String,
    /// When.
    pub at: Timestamp,
    /// The function that collected it.
    pub function: Option<Slug>,
}

/// A request of a subject.
#[derive(Debug, Clone)]
pub struct RequestOpened {
    /// Id.
    pub id: RequestId,
    /// Whose.
    pub subject: SubjectId,
    /// Right exercised.
    pub right: String,
    /// By whom: `self`, or the word of who may act for the subject.
    pub by: String,
    /// Received on.
    pub since: Date,
    /// Due on.
    pub due: Date,
    /// Calendar version that computed it, and whether it is provisional.
    pub calendar: String,
    /// Provisional.
    pub provisional: bool,
    /// What it is about: a code.
    pub topic: Option<String>,
    /// The record that it is about.
    pub about: Option<RecordId>,
    /// The record that holds the words of who asks.
    pub words: Option<RecordId>,
    /// When recorded.
    pub at: Timestamp,
}

/// A step of a request.
#[derive(Debug, Clone)]
pub struct RequestStep {
    /// Request.
    pub id: RequestId,
    /// New state: `open`, `done`, `refused`, `blocked`, …
    pub state: String,
    /// Reason code, free of personal information.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A due date that was counted again on a newer calendar (rule R64).
#[derive(Debug, Clone)]
pub struct RequestRecount {
    /// Request.
    pub id: RequestId,
    /// Due on.
    pub due: Date,
    /// Version of the calendar that it was counted on now.
    pub calendar: String,
    /// Whether a notice yet to be published can still change it.
    pub provisional: bool,
}

/// A policy version that is published: in force at once, or from a later instant on.
#[derive(Debug, Clone)]
pub struct Publication {
    /// Fingerprint `policy`.
    pub policy: Fingerprint,
    /// Fingerprint `tables`.
    pub tables: Fingerprint,
    /// Fingerprint `text` of the rendered notice.
    pub text: Fingerprint,
    /// Stem of the file (`undated`, `2026-03-01`), the alias in questions.
    pub stem: String,
    /// The policy file.
    pub source: String,
    /// The operation file.
    pub operation: String,
    /// The rendered notice, readable by fingerprint for ever (rule R62).
    pub notice: String,
    /// In force here from this instant on. Of versions whose instant has come, the one published last is in force.
    pub from: Timestamp,
}
