//! The contract's verbs, each handed to the writer or to a reader of the right file.

use std::ops::Range;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use model::act::{Committed, Snapshot};
use model::key::{SearchToken, WrappedKey};
use model::{
    ApprovalId, AssignmentId, AttachmentId, ConsentId, Fingerprint, OrganisationId, PaymentId, RecordId, RequestId,
    Slug, SubjectId, UploadId,
};

use super::{
    Flush, SqlStore, act, approvals, blocking, changes, destruction, drafts, installation, integrity, keys, loose,
    notices, partners, payments, prune, publications, read, reports, services, thresholds, tracks, tree, uploads,
};
use crate::approval::ApprovalRow;
use crate::batch::{Batch, ConsentGiven, Key, NewSubject, TokenKind, Write};
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
use crate::sql::column::values;
use crate::sql::connection::Connection;
use crate::sql::writer::PATIENCE;
use crate::threshold::{Tally, ThresholdRow};
use crate::tracks::{OpenTrack, TrackRow, TrackShown, Visit};
use crate::upload::{Begun, NewUpload, Parcel, UploadRow};
use crate::verbs::{BackupPaths, Flushed, Store};

const CHECKPOINT_PUT: &str = "INSERT INTO checkpoint (size, note, at) VALUES (?1, ?2, ?3) \
    ON CONFLICT (size) DO UPDATE SET note = excluded.note, at = excluded.at";
/// Leaves are numbered as they come: the first one that is young enough ends the old ones. What was imported is never taken
/// in twice, however late it comes again.
const KEYS_DROP: &str = "DELETE FROM idempotency WHERE leaf < \
    coalesce((SELECT min(leaf) FROM leaf WHERE at >= ?1), (SELECT size FROM head)) \
    AND NOT EXISTS (SELECT 1 FROM leaf l WHERE l.leaf = idempotency.leaf AND l.kind = 'import')";

/// What a confirmation waits for where a scrub takes what was destroyed out of every file.
const HELD: &str =
    "the write-ahead log may hold it: a long read, such as a backup, needs that, or it cannot be emptied";

/// Whether a fact may leave objects behind that nothing holds any more.
const fn gives_objects_up(write: &Write) -> bool {
    matches!(
        write,
        Write::Destroy { .. } | Write::Forget(_) | Write::Account(..) | Write::Life(..) | Write::Uploaded(..)
    )
}

impl SqlStore {
    /// Ends uploads; says how many, once no file holds their keys and their objects are removed.
    async fn ended(
        &self,
        platform: &Slug,
        end: impl Fn(&Connection) -> Result<u64, StoreError> + Send + 'static,
    ) -> Result<u64, StoreError> {
        let end = move |flush: &mut Flush<'_>| {
            let ended = end(flush.connection)?;
            flush.erased |= ended > 0;
            Ok::<_, StoreError>(ended)
        };
        let ended = self.0.platform(platform)?.writer.run(end).await?;
        if ended > 0 {
            self.0.remove_given_up(platform).await?;
        }
        Ok(ended)
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        let database = self.0.platform(&batch.platform)?;
        let platform = batch.platform.clone();
        let destroys = batch.writes.iter().any(gives_objects_up);
        let done = database.writer.act(batch).await?;
        if destroys {
            // The act stands whatever becomes of this, and however long it takes: what stays is removed by the next sweep.
            drop(tokio::time::timeout(PATIENCE, self.0.remove_given_up(&platform)).await);
        }
        Ok(done)
    }

    fn is_shared(&self) -> bool {
        self.0.engine.is_shared()
    }

    async fn destruction_confirm(&self, platform: &Slug, now: Timestamp) -> Result<Destruction, StoreError> {
        let (house, database, id) = (self.0.clone(), self.0.platform(platform)?, platform.clone());
        if let Some(seen) = blocking(move || house.engine.confirm(&id, now)).await? {
            return Ok(seen);
        }
        // What was scrubbed by now, and not what will be in a moment: the instant is the caller's.
        let scrubbed = database.writer.scrubbed();
        let Some(leaf) = database.clone().read(destruction::newest_open).await? else {
            return Ok(Destruction::Nothing);
        };
        if leaf < scrubbed {
            return database.write(move |connection| destruction::confirm(connection, leaf + 1, now)).await;
        }
        let scrub = |flush: &mut Flush<'_>| {
            flush.erased = true;
            Ok::<_, StoreError>(())
        };
        database.writer.run(scrub).await?;
        Ok(if leaf < database.writer.scrubbed() { Destruction::Again } else { Destruction::Waiting(HELD) })
    }

    async fn destruction_seen(
        &self,
        platform: &Slug,
        leaf: u64,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let database = self.0.platform(platform)?;
        if self.0.engine.destroys_at_once() && leaf < database.writer.scrubbed() {
            return database.write(move |connection| destruction::seen(connection, leaf, now)).await;
        }
        database.read(move |connection| destruction::confirmed(connection, leaf)).await
    }

    async fn destruction(&self, platform: &Slug, leaf: u64) -> Result<Option<Timestamp>, StoreError> {
        self.0.platform(platform)?.read(move |connection| destruction::confirmed(connection, leaf)).await
    }

    async fn platforms(&self) -> Result<Vec<Slug>, StoreError> {
        let house = self.0.clone();
        blocking(move || house.known()).await
    }

    async fn platform_create(&self, platform: &Slug, keys: &[WrappedKey]) -> Result<(), StoreError> {
        let (house, platform, keys) = (self.0.clone(), platform.clone(), keys.to_vec());
        blocking(move || house.create(&platform, &keys)).await
    }

    async fn platform_keys(&self, platform: &Slug) -> Result<Vec<WrappedKey>, StoreError> {
        self.0.platform(platform)?.read(keys::all).await
    }

    async fn part_keys_under_others(
        &self,
        platform: &Slug,
        version: u32,
        after: Option<PartKeyRow>,
        limit: u32,
    ) -> Result<Vec<PartKeyRow>, StoreError> {
        let read = move |connection: &Connection| keys::old_parts(connection, version, after.as_ref(), limit);
        self.0.platform(platform)?.read(read).await
    }

    async fn part_keys_rewrap(&self, platform: &Slug, rewrapped: Vec<Rewrapped>) -> Result<u64, StoreError> {
        self.0.platform(platform)?.write(move |connection| keys::rewrap(connection, &rewrapped)).await
    }

    async fn values_under_others(
        &self,
        platform: &Slug,
        suite: u8,
        after: Option<ValueRow>,
        limit: u32,
    ) -> Result<Vec<ValueRow>, StoreError> {
        let read = move |connection: &Connection| keys::old_values(connection, suite, after.as_ref(), limit);
        self.0.platform(platform)?.read(read).await
    }

    async fn values_reseal(&self, platform: &Slug, values: Vec<(ValueRow, Vec<u8>)>) -> Result<u64, StoreError> {
        self.0.platform(platform)?.write(move |connection| keys::reseal(connection, &values)).await
    }

    async fn retoken(&self, platform: &Slug) -> Result<Option<Retoken>, StoreError> {
        self.0.platform(platform)?.read(keys::retoken).await
    }

    async fn retoken_next(
        &self,
        platform: &Slug,
        state: &Retoken,
        limit: u32,
    ) -> Result<(Vec<CarriedToken>, Vec<CarriedToken>), StoreError> {
        let state = state.clone();
        self.0.platform(platform)?.read(move |connection| keys::carried(connection, &state, limit)).await
    }

    async fn retoken_put(&self, platform: &Slug, tokens: Vec<NewToken>, state: Retoken) -> Result<(), StoreError> {
        self.0.platform(platform)?.write(move |connection| keys::made(connection, &tokens, &state)).await
    }

    async fn retoken_end(&self, platform: &Slug, old: u32, at: Timestamp) -> Result<(), StoreError> {
        self.0.platform(platform)?.write(move |connection| keys::end(connection, old, at)).await
    }

    async fn retoken_drop(&self, platform: &Slug, state: Retoken, limit: u32) -> Result<bool, StoreError> {
        self.0.platform(platform)?.write(move |connection| keys::drop_old(connection, &state, limit)).await
    }

    async fn publications(&self, platform: &Slug) -> Result<Vec<PublicationRow>, StoreError> {
        self.0.platform(platform)?.read_through(publications::all).await
    }

    async fn publication_heads(&self, platform: &Slug) -> Result<Vec<PublicationHead>, StoreError> {
        self.0.platform(platform)?.read(publications::heads).await
    }

    async fn drafts(&self, platform: &Slug) -> Result<Vec<DraftHead>, StoreError> {
        self.0.platform(platform)?.read(drafts::heads).await
    }

    async fn draft(&self, platform: &Slug, tables: Fingerprint) -> Result<Option<DraftRow>, StoreError> {
        self.0.platform(platform)?.read_through(move |connection| drafts::one(connection, tables)).await
    }

    async fn draft_put(&self, platform: &Slug, draft: DraftRow) -> Result<(), StoreError> {
        self.0.platform(platform)?.write(move |connection| drafts::put(connection, &draft)).await
    }

    async fn draft_drop(&self, platform: &Slug, tables: Fingerprint) -> Result<bool, StoreError> {
        self.0.platform(platform)?.write(move |connection| drafts::drop(connection, tables)).await
    }

    async fn publication_texts(&self, platform: &Slug, number: u64) -> Result<Option<PublicationTexts>, StoreError> {
        self.0.platform(platform)?.read_through(move |connection| publications::texts_of(connection, number)).await
    }

    async fn snapshot(&self, platform: &Slug, subject: SubjectId) -> Result<Option<Snapshot>, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::snapshot(connection, subject)).await
    }

    async fn snapshot_and_gate(
        &self,
        platform: &Slug,
        subject: SubjectId,
    ) -> Result<Option<(Snapshot, Option<PartRow>)>, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::snapshot_and_gate(connection, subject)).await
    }

    async fn view(&self, platform: &Slug, subject: SubjectId, parts: Vec<PartId>) -> Result<Option<View>, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::view(connection, subject, &parts)).await
    }

    async fn snapshot_new(
        &self,
        platform: &Slug,
        subject: &NewSubject,
        consents: &[ConsentGiven],
    ) -> Result<Option<Snapshot>, StoreError> {
        let subject = subject.clone();
        let consents = consents.to_vec();
        self.0.platform(platform)?.read(move |connection| read::snapshot_new(connection, &subject, &consents)).await
    }

    async fn snapshot_given(
        &self,
        platform: &Slug,
        subject: SubjectId,
        consents: &[ConsentGiven],
    ) -> Result<Option<Snapshot>, StoreError> {
        let consents = consents.to_vec();
        self.0.platform(platform)?.read(move |connection| read::snapshot_given(connection, subject, &consents)).await
    }

    async fn strangers(&self, platform: &Slug) -> Result<Option<Strangers>, StoreError> {
        self.0.platform(platform)?.read(read::strangers).await
    }

    async fn subject(&self, platform: &Slug, subject: SubjectId) -> Result<Option<SubjectRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::subject(connection, subject)).await
    }

    async fn subject_by_token(
        &self,
        platform: &Slug,
        kind: TokenKind,
        token: &SearchToken,
    ) -> Result<Option<SubjectId>, StoreError> {
        let token = *token;
        self.0.platform(platform)?.read(move |connection| read::subject_by_token(connection, kind, &token)).await
    }

    async fn subjects_by_tokens(
        &self,
        platform: &Slug,
        tokens: Vec<(TokenKind, SearchToken)>,
    ) -> Result<Vec<Option<SubjectId>>, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::subjects_by_tokens(connection, &tokens)).await
    }

    async fn has_sole(&self, platform: &Slug, subject: SubjectId, kind: TokenKind) -> Result<bool, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::has_sole(connection, subject, kind)).await
    }

    async fn record_by_token(
        &self,
        platform: &Slug,
        kind: TokenKind,
        token: &SearchToken,
    ) -> Result<Option<(SubjectId, RecordId, Slug)>, StoreError> {
        let token = *token;
        self.0.platform(platform)?.read(move |connection| read::record_by_token(connection, kind, &token)).await
    }

    async fn organisation(&self, platform: &Slug, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::organisation(connection, id)).await
    }

    async fn organisations_of(&self, platform: &Slug, contact: SubjectId) -> Result<Vec<Organisation>, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::organisations_of(connection, contact)).await
    }

    async fn record(&self, platform: &Slug, record: RecordId) -> Result<Option<RecordRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::record(connection, record)).await
    }

    async fn records_of(&self, platform: &Slug, subject: SubjectId) -> Result<Vec<RecordRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::records_of(connection, subject)).await
    }

    async fn part(
        &self,
        platform: &Slug,
        record: RecordId,
        subject: Option<SubjectId>,
        role: &Slug,
    ) -> Result<Option<PartRow>, StoreError> {
        let role = role.clone();
        self.0.platform(platform)?.read(move |connection| read::part(connection, record, subject, &role)).await
    }

    async fn paper(
        &self,
        platform: &Slug,
        subject: SubjectId,
        consent: ConsentId,
    ) -> Result<Option<PaperRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::paper(connection, subject, consent)).await
    }

    async fn records_ending(&self, platform: &Slug, day: Date, limit: u32) -> Result<Vec<RecordRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::records_ending(connection, day, limit)).await
    }

    async fn invitations_of(&self, platform: &Slug, record: RecordId) -> Result<Vec<InvitationRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::invitations_of(connection, record)).await
    }

    async fn invitation_by_digest(
        &self,
        platform: &Slug,
        digest: &[u8; 32],
    ) -> Result<Option<InvitationRow>, StoreError> {
        let digest = *digest;
        self.0.platform(platform)?.read(move |connection| read::invitation_by_digest(connection, &digest)).await
    }

    async fn payment(&self, platform: &Slug, id: PaymentId) -> Result<Option<PaymentRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| payments::one(connection, id)).await
    }

    async fn payments_of(&self, platform: &Slug, record: RecordId) -> Result<Vec<PaymentRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| payments::of_record(connection, record)).await
    }

    async fn payments_open(
        &self,
        platform: &Slug,
        after: Option<PaymentId>,
        limit: u32,
    ) -> Result<Vec<PaymentRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| payments::open(connection, after, limit)).await
    }

    async fn service(&self, platform: &Slug, request: RecordId) -> Result<Option<ServiceRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| services::one(connection, request)).await
    }

    async fn service_and_payments(
        &self,
        platform: &Slug,
        record: RecordId,
    ) -> Result<(Option<ServiceRow>, Vec<PaymentRow>), StoreError> {
        self.0.platform(platform)?.read(move |connection| read::service_and_payments(connection, record)).await
    }

    async fn services_about(&self, platform: &Slug, record: RecordId) -> Result<Vec<ServiceRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| services::about(connection, record)).await
    }

    async fn services_open(
        &self,
        platform: &Slug,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<ServiceRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| services::open(connection, after, limit)).await
    }

    async fn object_new(
        &self,
        platform: &Slug,
        object: AttachmentId,
        at: Timestamp,
    ) -> Result<ObjectWriter, StoreError> {
        let database = self.0.platform(platform)?;
        database.write(move |connection| loose::put(connection, object, at)).await?;
        self.0.objects.writer(platform, object).await
    }

    async fn object_read(
        &self,
        platform: &Slug,
        object: AttachmentId,
        bytes: Range<u64>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.objects.read(platform, object, bytes).await
    }

    async fn object_drop(&self, platform: &Slug, object: AttachmentId) -> Result<(), StoreError> {
        let database = self.0.platform(platform)?;
        database.write(move |connection| loose::give_up(connection, object)).await?;
        self.0.remove_given_up(platform).await.map(drop)
    }

    async fn objects_sweep(&self, platform: &Slug, before: Timestamp) -> Result<u64, StoreError> {
        self.0.sweep(platform, before).await
    }

    async fn upload_new(
        &self,
        platform: &Slug,
        upload: NewUpload,
        wrapped: Vec<u8>,
        most: u32,
    ) -> Result<Begun, StoreError> {
        let begin = move |connection: &Connection| uploads::begin(connection, &upload, &wrapped, most);
        self.0.platform(platform)?.write(begin).await
    }

    async fn upload(&self, platform: &Slug, id: UploadId) -> Result<Option<UploadRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| uploads::one(connection, id)).await
    }

    async fn parcel(&self, platform: &Slug, id: UploadId, start: u64) -> Result<Option<Parcel>, StoreError> {
        self.0.platform(platform)?.read(move |connection| uploads::parcel(connection, id, start)).await
    }

    async fn parcel_new(
        &self,
        platform: &Slug,
        id: UploadId,
        start: u64,
        object: (AttachmentId, Timestamp),
    ) -> Result<Option<ObjectWriter>, StoreError> {
        let coming = move |connection: &Connection| uploads::coming(connection, id, start, object);
        let is_next = self.0.platform(platform)?.write(coming).await?;
        if is_next { self.0.objects.writer(platform, object.0).await.map(Some) } else { Ok(None) }
    }

    async fn parcel_put(&self, platform: &Slug, id: UploadId, parcel: Parcel) -> Result<bool, StoreError> {
        self.0.platform(platform)?.write(move |connection| uploads::received(connection, id, &parcel)).await
    }

    async fn upload_end(&self, platform: &Slug, id: UploadId) -> Result<bool, StoreError> {
        Ok(self.ended(platform, move |connection| Ok(u64::from(uploads::end(connection, id)?))).await? > 0)
    }

    async fn uploads_sweep(&self, platform: &Slug, now: Timestamp) -> Result<u64, StoreError> {
        self.ended(platform, move |connection| uploads::end_over(connection, now)).await
    }

    async fn requests_of(&self, platform: &Slug, subject: SubjectId) -> Result<Vec<RequestRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::requests_of(connection, subject)).await
    }

    async fn requests_due(&self, platform: &Slug, limit: u32) -> Result<Vec<RequestRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::requests_due(connection, limit)).await
    }

    async fn requests_provisional(
        &self,
        platform: &Slug,
        calendar: &str,
        limit: u32,
    ) -> Result<Vec<RequestRow>, StoreError> {
        let calendar = calendar.to_owned();
        self.0
            .platform(platform)?
            .read(move |connection| read::requests_provisional(connection, &calendar, limit))
            .await
    }

    async fn request(&self, platform: &Slug, id: RequestId) -> Result<Option<RequestRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| read::request(connection, id)).await
    }

    async fn notices_due(&self, platform: &Slug, claim: Claim, limit: u32) -> Result<Vec<NoticeRow>, StoreError> {
        let is_due = move |connection: &Connection| notices::is_due(connection, claim.now);
        // Nothing is written while nothing is due.
        if !self.0.platform(platform)?.read(is_due).await? {
            return Ok(Vec::new());
        }
        self.0.platform(platform)?.write(move |connection| notices::claim(connection, claim, limit)).await
    }

    async fn notice_failed(&self, platform: &Slug, failed: NoticeFailed) -> Result<(), StoreError> {
        self.0.platform(platform)?.write(move |connection| notices::failed(connection, failed)).await
    }

    async fn notices_again(&self, platform: &Slug, number: Option<u64>, now: Timestamp) -> Result<u64, StoreError> {
        self.0.platform(platform)?.write(move |connection| notices::again(connection, number, now)).await
    }

    async fn notices_of(&self, platform: &Slug, subject: SubjectId) -> Result<Vec<NoticeRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| notices::of(connection, subject)).await
    }

    async fn notices_given_up(&self, platform: &Slug, limit: u32) -> Result<Vec<NoticeRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| notices::given_up(connection, limit)).await
    }

    async fn notice_counts(&self, platform: &Slug, now: Timestamp) -> Result<Vec<NoticeCounts>, StoreError> {
        self.0.platform(platform)?.read(move |connection| notices::counts(connection, now)).await
    }

    async fn approval(&self, platform: &Slug, id: ApprovalId) -> Result<Option<ApprovalRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| approvals::one(connection, id)).await
    }

    async fn approvals_of(&self, platform: &Slug, subject: SubjectId) -> Result<Vec<ApprovalRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| approvals::of(connection, subject)).await
    }

    async fn approvals_waiting(&self, platform: &Slug, limit: u32) -> Result<Vec<ApprovalRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| approvals::waiting(connection, limit)).await
    }

    async fn cut_offs(&self, platform: &Slug) -> Result<Vec<CutOffRow>, StoreError> {
        self.0.platform(platform)?.read(partners::cut_offs).await
    }

    async fn is_cut_off(&self, platform: &Slug, party: &Slug) -> Result<bool, StoreError> {
        let party = party.clone();
        self.0.platform(platform)?.read(move |connection| partners::is_cut_off(connection, &party)).await
    }

    async fn assignment(&self, platform: &Slug, id: AssignmentId) -> Result<Option<AssignmentRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| partners::assignment(connection, id)).await
    }

    async fn assignments_of(&self, platform: &Slug, subject: SubjectId) -> Result<Vec<AssignmentRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| partners::assignments_of(connection, subject)).await
    }

    async fn assignments_to(
        &self,
        platform: &Slug,
        party: &Slug,
        limit: u32,
    ) -> Result<Vec<AssignmentRow>, StoreError> {
        let party = party.clone();
        self.0.platform(platform)?.read(move |connection| partners::assignments_to(connection, &party, limit)).await
    }

    async fn assignments_bound(&self, platform: &Slug, limit: u32) -> Result<Vec<AssignmentRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| partners::assignments_bound(connection, limit)).await
    }

    async fn assignment_number(
        &self,
        platform: &Slug,
        id: AssignmentId,
        number: &VirtualNumber,
    ) -> Result<bool, StoreError> {
        let number = number.clone();
        self.0.platform(platform)?.write(move |connection| partners::number(connection, id, &number)).await
    }

    async fn tally(&self, platform: &Slug) -> Result<Tally, StoreError> {
        self.0.platform(platform)?.read(thresholds::tally).await
    }

    async fn thresholds(&self, platform: &Slug) -> Result<Vec<ThresholdRow>, StoreError> {
        self.0.platform(platform)?.read(thresholds::reached).await
    }

    async fn head(&self, platform: &Slug) -> Result<Head, StoreError> {
        self.0.platform(platform)?.read(tree::head).await
    }

    async fn leaves(&self, platform: &Slug, from: u64, limit: u32) -> Result<Vec<LeafRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| tree::leaves(connection, from, limit)).await
    }

    async fn leaves_of(&self, platform: &Slug, subject: SubjectId) -> Result<Vec<(u64, [u8; 32])>, StoreError> {
        self.0.platform(platform)?.read_through(move |connection| read::leaves_of(connection, subject)).await
    }

    async fn tiles(&self, platform: &Slug, ids: &[ledger::TileId]) -> Result<Vec<ledger::Tile>, StoreError> {
        let ids = ids.to_vec();
        self.0.platform(platform)?.read(move |connection| tree::tiles(connection, &ids)).await
    }

    async fn checkpoint_put(&self, platform: &Slug, checkpoint: CheckpointRow) -> Result<(), StoreError> {
        self.0
            .platform(platform)?
            .write(move |connection| {
                let values = values![checkpoint.size, checkpoint.note, checkpoint.at];
                connection.execute(CHECKPOINT_PUT, values)?;
                Ok(())
            })
            .await
    }

    async fn checkpoint(&self, platform: &Slug) -> Result<Option<CheckpointRow>, StoreError> {
        self.0.platform(platform)?.read(read::checkpoint).await
    }

    async fn checkpoints(&self, platform: &Slug) -> Result<Vec<CheckpointRow>, StoreError> {
        self.0.platform(platform)?.read_through(read::checkpoints).await
    }

    async fn erasures(&self, platform: &Slug, after: u64) -> Result<Vec<Erasure>, StoreError> {
        self.0.platform(platform)?.read_through(move |connection| act::list(connection, after)).await
    }

    async fn leaves_prune(&self, platform: &Slug, before: Timestamp, keep: &[&'static str]) -> Result<u64, StoreError> {
        prune::leaves(&self.0.platform(platform)?, before, keep.to_vec()).await
    }

    async fn changes(&self, platform: &Slug, after: u64, limit: u32) -> Result<Vec<ChangeRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| changes::changes(connection, after, limit)).await
    }

    async fn webhook_claim(&self, platform: &Slug, webhook: &str, claim: Claim) -> Result<bool, StoreError> {
        let webhook = webhook.to_owned();
        self.0.platform(platform)?.write(move |connection| changes::claim(connection, &webhook, claim)).await
    }

    async fn deliveries(
        &self,
        platform: &Slug,
        webhook: &str,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let (database, webhook) = (self.0.platform(platform)?, webhook.to_owned());
        let name = webhook.clone();
        if database.clone().read(move |connection| changes::is_behind(connection, &name)).await? {
            let name = webhook.clone();
            database.write(move |connection| changes::take_over(connection, &name, now)).await?;
        }
        database.read(move |connection| changes::due(connection, &webhook, now, limit)).await
    }

    async fn delivery_done(
        &self,
        platform: &Slug,
        webhook: &str,
        number: u64,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let webhook = webhook.to_owned();
        self.0.platform(platform)?.write(move |connection| changes::done(connection, &webhook, number, at)).await
    }

    async fn delivery_failed(
        &self,
        platform: &Slug,
        (webhook, number): (&str, u64),
        due: Option<Timestamp>,
        because: &'static str,
    ) -> Result<(), StoreError> {
        let of = webhook.to_owned();
        let failed = move |connection: &_| changes::failed(connection, (&of, number), due, because);
        self.0.platform(platform)?.write(failed).await
    }

    async fn delivery_again(
        &self,
        platform: &Slug,
        webhook: &str,
        number: u64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let of = webhook.to_owned();
        self.0.platform(platform)?.write(move |connection| changes::again(connection, (&of, number), now)).await
    }

    async fn webhooks(&self, platform: &Slug) -> Result<Vec<WebhookRow>, StoreError> {
        self.0.platform(platform)?.read(changes::webhooks).await
    }

    async fn dead_letters(&self, platform: &Slug, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        self.0.platform(platform)?.read(move |connection| changes::dead(connection, limit)).await
    }

    fn flushed(&self, platform: &Slug) -> Result<Flushed, StoreError> {
        let journeys = self.0.engine.journeys();
        Ok(Flushed { journeys, ..self.0.platform(platform)?.writer.flushed() })
    }

    async fn report_records(
        &self,
        platform: &Slug,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<RecordStanding>, StoreError> {
        let read = move |connection: &Connection| reports::records(connection, after, limit);
        self.0.platform(platform)?.read_through(read).await
    }

    async fn report_erased(&self, platform: &Slug, after: u64, limit: u32) -> Result<Vec<PartErased>, StoreError> {
        let read = move |connection: &Connection| reports::erased(connection, after, limit);
        self.0.platform(platform)?.read_through(read).await
    }

    async fn report_leaves(
        &self,
        platform: &Slug,
        after: Option<SubjectId>,
        leaf: u64,
        limit: u32,
    ) -> Result<Vec<(SubjectId, Vec<u64>)>, StoreError> {
        let read = move |connection: &Connection| reports::leaves(connection, after, leaf, limit);
        self.0.platform(platform)?.read_through(read).await
    }

    async fn report_told(
        &self,
        platform: &Slug,
        after: u64,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<ErasureTold>, StoreError> {
        let read = move |connection: &Connection| reports::told(connection, after, since, limit);
        self.0.platform(platform)?.read_through(read).await
    }

    async fn report_cells(&self, platform: &Slug, look: Look) -> Result<(), StoreError> {
        self.0.platform(platform)?.read_through(move |connection| reports::look_through(connection, look)).await
    }

    async fn staff_put(&self, staff: Staff) -> Result<(), StoreError> {
        self.0.installation.write(move |connection| installation::staff_put(connection, &staff)).await
    }

    async fn staff_by_name(&self, name: &str) -> Result<Option<Staff>, StoreError> {
        let name = name.to_owned();
        self.0.installation.clone().read(move |connection| installation::staff_by_name(connection, &name)).await
    }

    async fn staff(&self) -> Result<Vec<Staff>, StoreError> {
        self.0.installation.clone().read(installation::staff).await
    }

    async fn token_put(&self, token: ServiceToken) -> Result<(), StoreError> {
        self.0.installation.write(move |connection| installation::token_put(connection, &token)).await
    }

    async fn tokens(&self) -> Result<Vec<ServiceToken>, StoreError> {
        self.0.installation.clone().read(installation::tokens).await
    }

    async fn token_by_digest(&self, digest: &[u8; 32]) -> Result<Option<ServiceToken>, StoreError> {
        let digest = *digest;
        self.0.installation.clone().read(move |connection| installation::token_by_digest(connection, &digest)).await
    }

    async fn session_put(&self, session: Session) -> Result<(), StoreError> {
        self.0.installation.write(move |connection| installation::session_put(connection, &session)).await
    }

    async fn session(&self, digest: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        let digest = *digest;
        self.0.installation.clone().read(move |connection| installation::session(connection, &digest)).await
    }

    async fn session_end(&self, digest: &[u8; 32]) -> Result<(), StoreError> {
        let digest = *digest;
        self.0.installation.write(move |connection| installation::session_end(connection, &digest)).await
    }

    async fn sessions_end(&self, platform: &Slug, subject: SubjectId) -> Result<(), StoreError> {
        let platform = platform.clone();
        self.0.installation.write(move |connection| installation::sessions_end(connection, &platform, subject)).await
    }

    async fn login_code_put(&self, platform: &Slug, code: LoginCode) -> Result<(), StoreError> {
        let platform = platform.clone();
        self.0.installation.write(move |connection| installation::login_code_put(connection, &platform, &code)).await
    }

    async fn login_code_try(&self, platform: &Slug, phone: &[u8; 32]) -> Result<Option<LoginCode>, StoreError> {
        let platform = platform.clone();
        let phone = *phone;
        self.0.installation.write(move |connection| installation::login_code_try(connection, &platform, &phone)).await
    }

    async fn login_code_end(&self, platform: &Slug, phone: &[u8; 32]) -> Result<(), StoreError> {
        let platform = platform.clone();
        let phone = *phone;
        self.0.installation.write(move |connection| installation::login_code_end(connection, &platform, &phone)).await
    }

    async fn link_put(&self, link: OneTimeLink) -> Result<(), StoreError> {
        self.0.installation.write(move |connection| installation::link_put(connection, &link)).await
    }

    async fn link_use(&self, digest: &[u8; 32], now: Timestamp) -> Result<bool, StoreError> {
        let digest = *digest;
        self.0.installation.write(move |connection| installation::link_use(connection, &digest, now)).await
    }

    async fn login_try_put(&self, one: LoginTry) -> Result<(), StoreError> {
        self.0.installation.write(move |connection| installation::login_try_put(connection, &one)).await
    }

    async fn login_try_take(&self, session: &[u8; 32]) -> Result<Option<LoginTry>, StoreError> {
        let session = *session;
        self.0.installation.write(move |connection| installation::login_try_take(connection, &session)).await
    }

    async fn ticket_use(&self, digest: &[u8; 32], until: Timestamp) -> Result<bool, StoreError> {
        let digest = *digest;
        self.0.installation.write(move |connection| installation::ticket_use(connection, &digest, until)).await
    }

    async fn track_shown(&self, platform: &Slug, shown: TrackShown) -> Result<(), StoreError> {
        self.0.platform(platform)?.write(move |connection| tracks::shown(connection, &shown)).await
    }

    async fn track_open(&self, platform: &Slug, visit: &Visit) -> Result<Option<OpenTrack>, StoreError> {
        let visit = *visit;
        self.0.platform(platform)?.read(move |connection| tracks::open(connection, &visit)).await
    }

    async fn tracks_of(&self, platform: &Slug, record: RecordId) -> Result<Vec<TrackRow>, StoreError> {
        self.0.platform(platform)?.read(move |connection| tracks::tracks(connection, record)).await
    }

    async fn sale_page(&self, platform: &Slug, page: &Fingerprint) -> Result<Option<String>, StoreError> {
        let page = *page;
        self.0.platform(platform)?.read(move |connection| tracks::page(connection, &page)).await
    }

    async fn tracks_drop(&self, platform: &Slug, before: Timestamp) -> Result<usize, StoreError> {
        self.0.platform(platform)?.write(move |connection| tracks::dropped(connection, before)).await
    }

    async fn expired_drop(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.0.installation.write(move |connection| installation::expired_drop(connection, now)).await
    }

    async fn keyed(&self, platform: &Slug, digest: &[u8; 32]) -> Result<Option<(Key, u64)>, StoreError> {
        let digest = *digest;
        self.0.platform(platform)?.read(move |connection| act::keyed(connection, digest)).await
    }

    async fn keys_drop(&self, platform: &Slug, before: Timestamp) -> Result<usize, StoreError> {
        self.0.platform(platform)?.write(move |connection| Ok(connection.execute(KEYS_DROP, values![before])?)).await
    }

    async fn backup(&self, platform: &Slug, to: &BackupPaths) -> Result<(), StoreError> {
        self.0.platform(platform)?;
        let (house, platform, to) = (self.0.clone(), platform.clone(), to.clone());
        let runtime = tokio::runtime::Handle::current();
        blocking(move || house.engine.backup(&platform, (&house.objects, &runtime), &to)).await
    }

    async fn integrity(&self, platform: &Slug) -> Result<Vec<String>, StoreError> {
        let mut findings = self.0.platform(platform)?.read_through(integrity::check).await?;
        findings.extend(integrity::objects(&self.0, platform).await?);
        Ok(findings)
    }

    async fn published(&self, platform: &Slug) -> Result<u64, StoreError> {
        self.0.platform(platform)?.read(act::published).await
    }
}
