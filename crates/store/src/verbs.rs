//! The contract: coarse verbs, noun first, each one transaction.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use model::act::{Committed, Snapshot};
use model::key::{SearchToken, WrappedKey};
use model::{
    ApprovalId, AssignmentId, AttachmentId, ConsentId, Fingerprint, OrganisationId, PaymentId, RecordId, RequestId,
    Slug, SubjectId, UploadId,
};

use crate::approval::ApprovalRow;
use crate::batch::{Batch, ConsentGiven, Key, NewSubject, TokenKind};
use crate::change::{ChangeRow, Claim, DeadLetter, Delivery, WebhookRow};
use crate::destruction::Destruction;
use crate::draft::{DraftHead, DraftRow};
use crate::error::{CommitError, StoreError};
use crate::installation::{LoginCode, LoginTry, OneTimeLink, ServiceToken, Session, Staff};
use crate::key::{CarriedToken, NewToken, PartKeyRow, Retoken, Rewrapped, ValueRow};
use crate::notice::{NoticeCounts, NoticeFailed, NoticeRow};
use crate::objects::ObjectWriter;
use crate::partner::{AssignmentRow, CutOffRow, VirtualNumber};
use crate::payment::PaymentRow;
use crate::read::{
    CheckpointRow, Erasure, Head, InvitationRow, LeafRow, Organisation, PaperRow, PartId, PartRow, PublicationHead,
    PublicationRow, PublicationTexts, RecordRow, RequestRow, Strangers, SubjectRow, View,
};
use crate::report::{ErasureTold, Look, PartErased, RecordStanding};
use crate::service::ServiceRow;
use crate::threshold::{Tally, ThresholdRow};
use crate::tracks::{OpenTrack, TrackRow, TrackShown, Visit};
use crate::upload::{Begun, NewUpload, Parcel, UploadRow};

/// Where a backup goes: two archives, the keys on a short line of their own (design invariant 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupPaths {
    /// Everything but keys: where they lie there are zeroes.
    pub data: PathBuf,
    /// Wrapped keys.
    pub keys: PathBuf,
    /// The list of erasures up to now, one line each.
    pub erasures: PathBuf,
    /// A folder with the objects of attachments. They open with the keys alone, so they may be kept as long as the data.
    pub objects: PathBuf,
}

/// What a database's writer did since it began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flushed {
    /// Transactions: each one flush of the disk.
    pub transactions: u64,
    /// Acts and other writes in them; those that come in together share one.
    pub tasks: u64,
    /// How long the transactions took, all together.
    pub took: Duration,
    /// How often somebody in this process waited for the server behind all databases; 0 where they are files.
    pub journeys: u64,
}

/// The database behind the house.
#[async_trait]
pub trait Store: Send + Sync {
    // Acts.

    /// Commits one act with its leaf; durable when it returns. Acts that come in together share a flush. One that destroyed
    /// something waits a few seconds for that to be gone from the files as well, and stands whether it is by then or not.
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError>;

    // Platforms and policies.

    /// Whether other servers may work on the same databases at the same time.
    fn is_shared(&self) -> bool;
    /// Sees whether what acts destroyed is gone from every file of the engine by now, and notes that it was so at `now`. Where
    /// the engine keeps a log this takes several looks, each of which goes on where the last one ended.
    async fn destruction_confirm(&self, platform: &Slug, now: Timestamp) -> Result<Destruction, StoreError>;
    /// The same right after an act, for what its leaf destroyed: from when on that is known to be gone from every file, now at the
    /// latest; `None` where it is not, because the engine keeps a log or somebody still reads what was before.
    async fn destruction_seen(
        &self,
        platform: &Slug,
        leaf: u64,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError>;
    /// From when on it was known that what the act of a leaf destroyed, if anything, is gone from every file.
    async fn destruction(&self, platform: &Slug, leaf: u64) -> Result<Option<Timestamp>, StoreError>;
    /// Platforms that have a database here, in order of id, whichever server made it.
    async fn platforms(&self) -> Result<Vec<Slug>, StoreError>;
    /// Makes the database of a platform with its first keys; fine when it is there, with the keys that it has.
    async fn platform_create(&self, platform: &Slug, keys: &[WrappedKey]) -> Result<(), StoreError>;
    /// The platform's keys, each wrapped under a root key, by purpose and version.
    async fn platform_keys(&self, platform: &Slug) -> Result<Vec<WrappedKey>, StoreError>;
    /// Every published version, oldest first.
    async fn publications(&self, platform: &Slug) -> Result<Vec<PublicationRow>, StoreError>;
    /// The same without the texts, of which those of one version are some hundred kilobytes: what most want to know.
    async fn publication_heads(&self, platform: &Slug) -> Result<Vec<PublicationHead>, StoreError>;
    /// The texts of one version, by its number from 1.
    async fn publication_texts(&self, platform: &Slug, number: u64) -> Result<Option<PublicationTexts>, StoreError>;

    // Drafts: none of this is an act, for no act is decided by one.

    /// Every draft without its texts, the oldest first.
    async fn drafts(&self, platform: &Slug) -> Result<Vec<DraftHead>, StoreError>;
    /// One draft, by the fingerprint of its tables.
    async fn draft(&self, platform: &Slug, tables: Fingerprint) -> Result<Option<DraftRow>, StoreError>;
    /// Keeps a draft, in the place of one of the same fingerprint. The act that publishes its very texts takes it away.
    async fn draft_put(&self, platform: &Slug, draft: DraftRow) -> Result<(), StoreError>;
    /// Drops a draft; false where there is none.
    async fn draft_drop(&self, platform: &Slug, tables: Fingerprint) -> Result<bool, StoreError>;

    // Keys that are changed while they are in use. None of this is an act, for nothing of it changes what anybody may do.

    /// Keys of living parts that are wrapped under another version of the platform's key, in an order of their own from
    /// after the one given, at most `limit`.
    async fn part_keys_under_others(
        &self,
        platform: &Slug,
        version: u32,
        after: Option<PartKeyRow>,
        limit: u32,
    ) -> Result<Vec<PartKeyRow>, StoreError>;
    /// Puts keys that were wrapped anew in their places, each where the old one still lies; how many.
    async fn part_keys_rewrap(&self, platform: &Slug, keys: Vec<Rewrapped>) -> Result<u64, StoreError>;
    /// Values of living parts that are sealed under another suite than the one of this byte, in an order of their own from
    /// after the one given, at most `limit`.
    async fn values_under_others(
        &self,
        platform: &Slug,
        suite: u8,
        after: Option<ValueRow>,
        limit: u32,
    ) -> Result<Vec<ValueRow>, StoreError>;
    /// Puts values that were sealed anew in their places, each where the old one still lies; how many.
    async fn values_reseal(&self, platform: &Slug, values: Vec<(ValueRow, Vec<u8>)>) -> Result<u64, StoreError>;
    /// How far the making anew of search tokens has come; `None` when none is under way.
    async fn retoken(&self, platform: &Slug) -> Result<Option<Retoken>, StoreError>;
    /// What the next `limit` subjects, and as many organisations, carry under the old key: of each in order of id.
    async fn retoken_next(
        &self,
        platform: &Slug,
        state: &Retoken,
        limit: u32,
    ) -> Result<(Vec<CarriedToken>, Vec<CarriedToken>), StoreError>;
    /// Puts new tokens beside those of which they were made, as far as these still stand, and notes how far that is.
    async fn retoken_put(&self, platform: &Slug, tokens: Vec<NewToken>, state: Retoken) -> Result<(), StoreError>;
    /// Ends the old key, and with it every token made under it from now on: an act that brings one fails.
    async fn retoken_end(&self, platform: &Slug, old: u32, at: Timestamp) -> Result<(), StoreError>;
    /// Drops the tokens that the next `limit` subjects carry under the old key; `false` once none is left.
    async fn retoken_drop(&self, platform: &Slug, state: Retoken, limit: u32) -> Result<bool, StoreError>;

    // Subjects.

    /// The subject's state in one read transaction; `None` when there is no such subject, or no policy in force.
    async fn snapshot(&self, platform: &Slug, subject: SubjectId) -> Result<Option<Snapshot>, StoreError>;
    /// The same with the part in which the birth date is sealed, where there is one, without its attachments: what every decision
    /// about somebody begins with, in one read transaction.
    async fn snapshot_and_gate(
        &self,
        platform: &Slug,
        subject: SubjectId,
    ) -> Result<Option<(Snapshot, Option<PartRow>)>, StoreError>;
    /// The same with these parts and what stands about their records: all that a page is made from, in one read transaction.
    async fn view(&self, platform: &Slug, subject: SubjectId, parts: Vec<PartId>) -> Result<Option<View>, StoreError>;
    /// The state that a subject who does not exist yet will have once `consents` are written with it in the same batch:
    /// version 0, so that `Expect::Subject(id, 0)` holds while nobody else creates it. This is how a registration is
    /// decided on, before its first and only transaction. `None` when no policy is in force.
    async fn snapshot_new(
        &self,
        platform: &Slug,
        subject: &NewSubject,
        consents: &[ConsentGiven],
    ) -> Result<Option<Snapshot>, StoreError>;
    /// The state that a subject will have once `consents` are written for it in the same batch; its version is the one
    /// before. `None` as in [`Store::snapshot`].
    async fn snapshot_given(
        &self,
        platform: &Slug,
        subject: SubjectId,
        consents: &[ConsentGiven],
    ) -> Result<Option<Snapshot>, StoreError>;
    /// For the states of subjects who do not exist yet, where an act makes many of them: what [`Store::snapshot_new`] reads,
    /// read once. `None` when no policy is in force.
    async fn strangers(&self, platform: &Slug) -> Result<Option<Strangers>, StoreError>;
    /// The subject's row.
    async fn subject(&self, platform: &Slug, subject: SubjectId) -> Result<Option<SubjectRow>, StoreError>;
    /// Exact search by keyed token.
    async fn subject_by_token(
        &self,
        platform: &Slug,
        kind: TokenKind,
        token: &SearchToken,
    ) -> Result<Option<SubjectId>, StoreError>;
    /// The same for many tokens at once: whose each is.
    async fn subjects_by_tokens(
        &self,
        platform: &Slug,
        tokens: Vec<(TokenKind, SearchToken)>,
    ) -> Result<Vec<Option<SubjectId>>, StoreError>;
    /// Whether the subject is found by a token of this kind of which somebody has but one.
    async fn has_sole(&self, platform: &Slug, subject: SubjectId, kind: TokenKind) -> Result<bool, StoreError>;
    /// The record part that carries the value of a token: its subject, record and role. Where several carry it, that of
    /// the oldest record. `None` for an organisation's number, which its own row carries.
    async fn record_by_token(
        &self,
        platform: &Slug,
        kind: TokenKind,
        token: &SearchToken,
    ) -> Result<Option<(SubjectId, RecordId, Slug)>, StoreError>;
    /// An organisation by its id.
    async fn organisation(&self, platform: &Slug, id: OrganisationId) -> Result<Option<Organisation>, StoreError>;
    /// Organisations for which the subject stands.
    async fn organisations_of(&self, platform: &Slug, contact: SubjectId) -> Result<Vec<Organisation>, StoreError>;

    // Records.

    /// One record's header.
    async fn record(&self, platform: &Slug, record: RecordId) -> Result<Option<RecordRow>, StoreError>;
    /// Every record in which the subject stands, oldest first.
    async fn records_of(&self, platform: &Slug, subject: SubjectId) -> Result<Vec<RecordRow>, StoreError>;
    /// One record part; `subject` `None` for the matter itself.
    async fn part(
        &self,
        platform: &Slug,
        record: RecordId,
        subject: Option<SubjectId>,
        role: &Slug,
    ) -> Result<Option<PartRow>, StoreError>;
    /// Records whose life may have to change by `day`: ended, or beyond cover, and not erased. At most `limit`.
    async fn records_ending(&self, platform: &Slug, day: Date, limit: u32) -> Result<Vec<RecordRow>, StoreError>;

    /// Every invitation into a record, in the order in which they were first made.
    async fn invitations_of(&self, platform: &Slug, record: RecordId) -> Result<Vec<InvitationRow>, StoreError>;
    /// The invitation to which a link leads, by the hash of its secret.
    async fn invitation_by_digest(
        &self,
        platform: &Slug,
        digest: &[u8; 32],
    ) -> Result<Option<InvitationRow>, StoreError>;

    // Payments.

    /// One payment.
    async fn payment(&self, platform: &Slug, id: PaymentId) -> Result<Option<PaymentRow>, StoreError>;
    /// Every payment of a record, oldest first.
    async fn payments_of(&self, platform: &Slug, record: RecordId) -> Result<Vec<PaymentRow>, StoreError>;
    /// Payments that are due, ordered or on their way back, by id after `after`. At most `limit`.
    async fn payments_open(
        &self,
        platform: &Slug,
        after: Option<PaymentId>,
        limit: u32,
    ) -> Result<Vec<PaymentRow>, StoreError>;

    // Servicing requests.

    /// What a record asks for of which other; `None` where it asks for nothing.
    async fn service(&self, platform: &Slug, request: RecordId) -> Result<Option<ServiceRow>, StoreError>;
    /// What decides how a record stands, beside its events: what it asks for, as of [`Store::service`], and what was to be
    /// paid for it, as of [`Store::payments_of`]; in one read transaction.
    async fn service_and_payments(
        &self,
        platform: &Slug,
        record: RecordId,
    ) -> Result<(Option<ServiceRow>, Vec<PaymentRow>), StoreError>;
    /// What was asked for about a record, oldest first.
    async fn services_about(&self, platform: &Slug, record: RecordId) -> Result<Vec<ServiceRow>, StoreError>;
    /// Requests that are not decided, oldest first, from after the one given, at most `limit`.
    async fn services_open(
        &self,
        platform: &Slug,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<ServiceRow>, StoreError>;

    // Objects: what attachments hold. One is loose until an act takes it as an attachment.

    /// Begins to write an object; it is loose since `at`.
    async fn object_new(
        &self,
        platform: &Slug,
        object: AttachmentId,
        at: Timestamp,
    ) -> Result<ObjectWriter, StoreError>;
    /// Some bytes of an object; fewer where it ends before. `None` when there is no such object.
    async fn object_read(
        &self,
        platform: &Slug,
        object: AttachmentId,
        bytes: Range<u64>,
    ) -> Result<Option<Vec<u8>>, StoreError>;
    /// Removes a loose object; one that an attachment holds stays.
    async fn object_drop(&self, platform: &Slug, object: AttachmentId) -> Result<(), StoreError>;
    /// Removes every loose object that came before an instant, and what erasures left to be removed. Says how many.
    async fn objects_sweep(&self, platform: &Slug, before: Timestamp) -> Result<u64, StoreError>;

    // Uploads under way. Their parcels are objects, too, and no longer loose.

    /// Begins an upload, with the wrapped key of its parcels, unless its sender has `most` of them under way.
    async fn upload_new(
        &self,
        platform: &Slug,
        upload: NewUpload,
        wrapped: Vec<u8>,
        most: u32,
    ) -> Result<Begun, StoreError>;
    /// One upload, under way or taken in, until it is over.
    async fn upload(&self, platform: &Slug, id: UploadId) -> Result<Option<UploadRow>, StoreError>;
    /// The parcel of an upload that begins at a place in the file.
    async fn parcel(&self, platform: &Slug, id: UploadId, start: u64) -> Result<Option<Parcel>, StoreError>;
    /// Begins to write the object of the next parcel, in place of any that was begun before; it is loose since `at`.
    /// `None` where the upload does not stand at `start`.
    async fn parcel_new(
        &self,
        platform: &Slug,
        id: UploadId,
        start: u64,
        object: (AttachmentId, Timestamp),
    ) -> Result<Option<ObjectWriter>, StoreError>;
    /// Its object is durable: so much more is received. `false` where another was begun meanwhile, or the upload is over.
    async fn parcel_put(&self, platform: &Slug, id: UploadId, parcel: Parcel) -> Result<bool, StoreError>;
    /// Ends an upload: its key is destroyed, then its parcels. An attachment that it was taken in as stays.
    async fn upload_end(&self, platform: &Slug, id: UploadId) -> Result<bool, StoreError>;
    /// Ends every upload that is over by `now`; how many.
    async fn uploads_sweep(&self, platform: &Slug, now: Timestamp) -> Result<u64, StoreError>;

    // Tracks of sales.

    /// Puts down that a page was shown: one row, and the page where it is new. No act, hence no leaf.
    async fn track_shown(&self, platform: &Slug, shown: TrackShown) -> Result<(), StoreError>;
    /// The track of a browser that is no record's yet.
    async fn track_open(&self, platform: &Slug, visit: &Visit) -> Result<Option<OpenTrack>, StoreError>;
    /// The tracks of a record, in the order of their acts.
    async fn tracks_of(&self, platform: &Slug, record: RecordId) -> Result<Vec<TrackRow>, StoreError>;
    /// A page of a sale, as it was before anything was filled in.
    async fn sale_page(&self, platform: &Slug, page: &Fingerprint) -> Result<Option<String>, StoreError>;
    /// Drops tracks that are no record's and had no step since an instant, and pages that no step names; how many tracks.
    async fn tracks_drop(&self, platform: &Slug, before: Timestamp) -> Result<usize, StoreError>;

    // Requests and notices.

    /// Requests of one subject, newest first.
    async fn requests_of(&self, platform: &Slug, subject: SubjectId) -> Result<Vec<RequestRow>, StoreError>;
    /// Open requests by due date.
    async fn requests_due(&self, platform: &Slug, limit: u32) -> Result<Vec<RequestRow>, StoreError>;
    /// The document of a written consent; `None` for a consent of another kind, and for none at all.
    async fn paper(
        &self,
        platform: &Slug,
        subject: SubjectId,
        consent: ConsentId,
    ) -> Result<Option<PaperRow>, StoreError>;
    /// Open requests whose due date a calendar other than `calendar` left provisional, by due date (rule R64).
    async fn requests_provisional(
        &self,
        platform: &Slug,
        calendar: &str,
        limit: u32,
    ) -> Result<Vec<RequestRow>, StoreError>;
    /// One request.
    async fn request(&self, platform: &Slug, id: RequestId) -> Result<Option<RequestRow>, StoreError>;
    /// Notices of which a message is due, the longest due first; until the claim ends nobody else gets them.
    async fn notices_due(&self, platform: &Slug, claim: Claim, limit: u32) -> Result<Vec<NoticeRow>, StoreError>;
    /// A message did not go: due again, or given up.
    async fn notice_failed(&self, platform: &Slug, failed: NoticeFailed) -> Result<(), StoreError>;
    /// Tries what was given up once more, from the first try on: one notice, or all; how many.
    async fn notices_again(&self, platform: &Slug, number: Option<u64>, now: Timestamp) -> Result<u64, StoreError>;
    /// Every notice to somebody, oldest first.
    async fn notices_of(&self, platform: &Slug, subject: SubjectId) -> Result<Vec<NoticeRow>, StoreError>;
    /// Notices that were given up as messages, at most `limit`.
    async fn notices_given_up(&self, platform: &Slug, limit: u32) -> Result<Vec<NoticeRow>, StoreError>;
    /// How the notices about each version stand, in the order of publication.
    async fn notice_counts(&self, platform: &Slug, now: Timestamp) -> Result<Vec<NoticeCounts>, StoreError>;

    // Approvals (rule R18).

    /// One approval.
    async fn approval(&self, platform: &Slug, id: ApprovalId) -> Result<Option<ApprovalRow>, StoreError>;
    /// Approvals about a subject, asked for or given, newest first.
    async fn approvals_of(&self, platform: &Slug, subject: SubjectId) -> Result<Vec<ApprovalRow>, StoreError>;
    /// Approvals that nobody has given, newest first.
    async fn approvals_waiting(&self, platform: &Slug, limit: u32) -> Result<Vec<ApprovalRow>, StoreError>;

    // Outside parties.

    /// Every party that was ever cut off, with what was done to it, oldest first.
    async fn cut_offs(&self, platform: &Slug) -> Result<Vec<CutOffRow>, StoreError>;
    /// Whether a party is cut off now.
    async fn is_cut_off(&self, platform: &Slug, party: &Slug) -> Result<bool, StoreError>;
    /// One assignment.
    async fn assignment(&self, platform: &Slug, id: AssignmentId) -> Result<Option<AssignmentRow>, StoreError>;
    /// Assignments of a customer, newest first.
    async fn assignments_of(&self, platform: &Slug, subject: SubjectId) -> Result<Vec<AssignmentRow>, StoreError>;
    /// Assignments to a party, newest first.
    async fn assignments_to(&self, platform: &Slug, party: &Slug, limit: u32)
    -> Result<Vec<AssignmentRow>, StoreError>;
    /// Assignments with a number that is bound or being bound, those that end first first.
    async fn assignments_bound(&self, platform: &Slug, limit: u32) -> Result<Vec<AssignmentRow>, StoreError>;
    /// Keeps the number that the network gave; false when the assignment is over, or its binding ended meanwhile.
    async fn assignment_number(
        &self,
        platform: &Slug,
        id: AssignmentId,
        number: &VirtualNumber,
    ) -> Result<bool, StoreError>;

    // Thresholds (rules R34, R51).

    /// How many distinct persons there are.
    async fn tally(&self, platform: &Slug) -> Result<Tally, StoreError>;
    /// Every threshold that was reached, by rule.
    async fn thresholds(&self, platform: &Slug) -> Result<Vec<ThresholdRow>, StoreError>;

    // Ledger.

    /// Size and root.
    async fn head(&self, platform: &Slug) -> Result<Head, StoreError>;
    /// Leaves from `from`, at most `limit`, in order.
    async fn leaves(&self, platform: &Slug, from: u64, limit: u32) -> Result<Vec<LeafRow>, StoreError>;
    /// Indices of the leaves that concern a subject, with their salts, newest first.
    async fn leaves_of(&self, platform: &Slug, subject: SubjectId) -> Result<Vec<(u64, [u8; 32])>, StoreError>;
    /// Tiles by id; every one must be there.
    async fn tiles(&self, platform: &Slug, ids: &[ledger::TileId]) -> Result<Vec<ledger::Tile>, StoreError>;
    /// Keeps a signed checkpoint.
    async fn checkpoint_put(&self, platform: &Slug, checkpoint: CheckpointRow) -> Result<(), StoreError>;
    /// The newest checkpoint.
    async fn checkpoint(&self, platform: &Slug) -> Result<Option<CheckpointRow>, StoreError>;
    /// Every checkpoint that was kept, by ascending size.
    async fn checkpoints(&self, platform: &Slug) -> Result<Vec<CheckpointRow>, StoreError>;
    /// Entries of the erasure list after `sequence`.
    async fn erasures(&self, platform: &Slug, after: u64) -> Result<Vec<Erasure>, StoreError>;

    /// Empties the entries of leaves before an instant that concern nobody who is not forgotten, but for leaves of the
    /// kinds `keep`; how many. Their hashes stay, and so does every proof.
    async fn leaves_prune(&self, platform: &Slug, before: Timestamp, keep: &[&'static str]) -> Result<u64, StoreError>;

    // The change feed, and webhooks.

    /// Changes after a number, in order, at most `limit`.
    async fn changes(&self, platform: &Slug, after: u64, limit: u32) -> Result<Vec<ChangeRow>, StoreError>;
    /// Whether this server sends for a webhook from now on. A webhook that was not known hears of changes from now on.
    async fn webhook_claim(&self, platform: &Slug, webhook: &str, claim: Claim) -> Result<bool, StoreError>;
    /// What is due for a webhook, new changes included, the longest due first. Reads alone unless there is something new.
    async fn deliveries(
        &self,
        platform: &Slug,
        webhook: &str,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError>;
    /// A webhook took a change in.
    async fn delivery_done(&self, platform: &Slug, webhook: &str, number: u64, at: Timestamp)
    -> Result<(), StoreError>;
    /// It did not, for a reason of one word: due again at an instant, or given up.
    async fn delivery_failed(
        &self,
        platform: &Slug,
        (webhook, number): (&str, u64),
        due: Option<Timestamp>,
        because: &'static str,
    ) -> Result<(), StoreError>;
    /// Makes a delivery that was given up due again; false when there is none.
    async fn delivery_again(
        &self,
        platform: &Slug,
        webhook: &str,
        number: u64,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Every webhook that ever was, and how many changes it has not taken in.
    async fn webhooks(&self, platform: &Slug) -> Result<Vec<WebhookRow>, StoreError>;
    /// Deliveries that were given up, by webhook and number.
    async fn dead_letters(&self, platform: &Slug, limit: u32) -> Result<Vec<DeadLetter>, StoreError>;
    /// What this process wrote of a platform since it opened it.
    fn flushed(&self, platform: &Slug) -> Result<Flushed, StoreError>;

    // Reports: how everything stands, in pages, from after the one given, at most `limit`.

    /// Records in order of id.
    async fn report_records(
        &self,
        platform: &Slug,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<RecordStanding>, StoreError>;
    /// What the list of erasures has of record parts, in its order.
    async fn report_erased(&self, platform: &Slug, after: u64, limit: u32) -> Result<Vec<PartErased>, StoreError>;
    /// Subjects in order of id, each with its leaves from `leaf` on, newest first. Who is forgotten has none.
    async fn report_leaves(
        &self,
        platform: &Slug,
        after: Option<SubjectId>,
        leaf: u64,
        limit: u32,
    ) -> Result<Vec<(SubjectId, Vec<u64>)>, StoreError>;
    /// Erasures of the change feed that are not older than an instant, by number, with what each webhook knows of them.
    async fn report_told(
        &self,
        platform: &Slug,
        after: u64,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<ErasureTold>, StoreError>;
    /// Shows every cell of every table of a platform that holds text or bytes, as they are of one instant.
    async fn report_cells(&self, platform: &Slug, look: Look) -> Result<(), StoreError>;

    // The installation: staff, tokens, sessions.

    /// Creates or replaces a seat.
    async fn staff_put(&self, staff: Staff) -> Result<(), StoreError>;
    /// A seat by log-in name.
    async fn staff_by_name(&self, name: &str) -> Result<Option<Staff>, StoreError>;
    /// Every seat.
    async fn staff(&self) -> Result<Vec<Staff>, StoreError>;
    /// Creates or replaces a service token.
    async fn token_put(&self, token: ServiceToken) -> Result<(), StoreError>;
    /// Every service token, by name.
    async fn tokens(&self) -> Result<Vec<ServiceToken>, StoreError>;
    /// A service token by its hash.
    async fn token_by_digest(&self, digest: &[u8; 32]) -> Result<Option<ServiceToken>, StoreError>;
    /// Creates or replaces a session.
    async fn session_put(&self, session: Session) -> Result<(), StoreError>;
    /// A session by the hash of its cookie.
    async fn session(&self, digest: &[u8; 32]) -> Result<Option<Session>, StoreError>;
    /// Ends a session.
    async fn session_end(&self, digest: &[u8; 32]) -> Result<(), StoreError>;
    /// Ends every session of a subject.
    async fn sessions_end(&self, platform: &Slug, subject: SubjectId) -> Result<(), StoreError>;
    /// Keeps a log-in code, replacing an older one for the same telephone.
    async fn login_code_put(&self, platform: &Slug, code: LoginCode) -> Result<(), StoreError>;
    /// Takes one try of a code: the row as it was before, with its tries counted down in the same transaction.
    async fn login_code_try(&self, platform: &Slug, phone: &[u8; 32]) -> Result<Option<LoginCode>, StoreError>;
    /// Uses a code up.
    async fn login_code_end(&self, platform: &Slug, phone: &[u8; 32]) -> Result<(), StoreError>;
    /// Keeps a one-time link in place of every older one.
    async fn link_put(&self, link: OneTimeLink) -> Result<(), StoreError>;
    /// Uses a one-time link up; false when there is none, or it ended before `now`.
    async fn link_use(&self, digest: &[u8; 32], now: Timestamp) -> Result<bool, StoreError>;
    /// Keeps a try to log in with a provider's account, in place of the session's earlier one.
    async fn login_try_put(&self, one: LoginTry) -> Result<(), StoreError>;
    /// Takes a session's try out: it is answered once.
    async fn login_try_take(&self, session: &[u8; 32]) -> Result<Option<LoginTry>, StoreError>;
    /// Uses a ticket up; false when it was used before. Kept until `until`, when it would have ended anyhow.
    async fn ticket_use(&self, digest: &[u8; 32], until: Timestamp) -> Result<bool, StoreError>;

    // Care.

    /// What an idempotency key was given for, by its digest, and the leaf of that act; `None` while it is new.
    async fn keyed(&self, platform: &Slug, digest: &[u8; 32]) -> Result<Option<(Key, u64)>, StoreError>;

    /// Drops sessions, codes, links, tries and tickets that ended by `now`; how many.
    async fn expired_drop(&self, now: Timestamp) -> Result<usize, StoreError>;
    /// Drops idempotency keys of acts before an instant, but for acts of the kind `import`; how many.
    async fn keys_drop(&self, platform: &Slug, before: Timestamp) -> Result<usize, StoreError>;

    /// Writes two archives, the objects of attachments and the erasure list of one platform, consistent with each other.
    async fn backup(&self, platform: &Slug, to: &BackupPaths) -> Result<(), StoreError>;
    /// Checks the rows of a platform among each other (orphans, keys without parts, damaged columns), and every
    /// object against its row; each line names its row. The ledger's own check is [`ledger::audit()`].
    async fn integrity(&self, platform: &Slug) -> Result<Vec<String>, StoreError>;
    /// How many versions were published, for [`crate::Expect::Published`].
    async fn published(&self, platform: &Slug) -> Result<u64, StoreError>;
}
