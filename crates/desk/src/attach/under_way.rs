//! Uploads under way: a file that comes in by several requests, so that one that broke off goes on where it was.
//!
//! Each request is decided on before its first byte, as a whole upload is. What came in lies sealed in parcels, and is taken in
//! as one act when the last is there: the parcels are what [`super::upload()`] then reads. Before that there is no attachment,
//! and after a day, or once the tables say no, there is nothing at all.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use model::{ActorId, AttachmentId, Clear, Slug, SubjectId, UploadId};
use policy::syntax::Trigger;
use store::{Begun, NewUpload, Parcel, Store, UploadRow};
use vault::{Parcels, SealedParcel, Whose};

use super::upload::{Target, take_in};
use super::{Attached, CutShort, Incoming, Upload};
use crate::leaf::Who;
use crate::{House, Platform, Refusal};

/// How long an upload is under way at most.
pub const OPEN: SignedDuration = SignedDuration::from_hours(24);

/// Most uploads that one sender has under way.
const MOST: u32 = 16;

/// An upload as whoever sends it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnderWay {
    /// Which.
    pub id: UploadId,
    /// Function in whose course it is collected.
    pub function: Slug,
    /// Length of the whole file, in bytes.
    pub size: u64,
    /// How much of it is durable, in bytes: the next request begins there.
    pub received: u64,
    /// Ends at.
    pub until: Timestamp,
    /// As what it was taken in, once it was whole.
    pub attached: Option<Attached>,
}

impl From<&UploadRow> for UnderWay {
    fn from(row: &UploadRow) -> Self {
        let NewUpload { id, function, size, until, .. } = &row.begun;
        let attached = row.taken.map(|(attachment, kind, leaf)| Attached { attachment, kind, size: *size, leaf });
        Self { id: *id, function: function.clone(), size: *size, received: row.received, until: *until, attached }
    }
}

/// Who goes on with an upload: it exists for nobody else.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The subject that sends it.
    pub subject: SubjectId,
    /// By whom.
    pub who: Who,
}

impl Sender {
    /// The seat or token that sends for the subject.
    fn caller(&self) -> Option<ActorId> {
        match &self.who {
            Who::Service { token } => Some(*token),
            Who::Staff { seat, .. } => Some(*seat),
            Who::Subject | Who::Relative | Who::House => None,
        }
    }
}

/// Begins an upload of `size` bytes.
///
/// # Errors
/// As of [`super::upload()`], with what its length already says; [`Refusal::TooMany`] for a sender with many under way.
pub async fn begin(
    house: &House,
    platform: &Platform,
    sender: &Sender,
    upload: &Upload,
    size: u64,
) -> Result<UnderWay, Refusal> {
    let at = &*house.current(platform);
    let target = Target::find(house, at, sender.subject, upload, &sender.who).await?;
    match size {
        0 => return Err(target.fault("missing")),
        _ if size > house.largest_attachment => return Err(target.fault("file-large")),
        _ => {}
    }
    let (_, permit, _) = target.permitted(house, at, upload, &sender.who).await?;
    let id = UploadId::from_random(house.entropy.draw());
    let wrapped = at.keys.parcel_key(permit, Whose::Subject, (&target.item, id), &*house.entropy)?;
    let new = NewUpload {
        id,
        sender: sender.subject,
        caller: sender.caller(),
        record: upload.record,
        subject: target.whose,
        role: upload.person.clone(),
        item: target.item,
        function: upload.function.clone(),
        channel: upload.channel.clone(),
        size,
        until: house.now().checked_add(OPEN).unwrap_or(Timestamp::MAX),
    };
    match house.store.upload_new(&at.id, new.clone(), wrapped, MOST).await? {
        Begun::Begun => Ok((&UploadRow { begun: new, received: 0, wrapped: None, taken: None }).into()),
        Begun::TooMany => Err(Refusal::TooMany),
        Begun::Erased => Err(Refusal::NotFound("record")),
    }
}

/// How far an upload is.
///
/// # Errors
/// [`Refusal::NotFound`] for one that is another's, or of another platform; [`Refusal::Over`] for one whose time is over.
pub async fn under_way(house: &House, platform: &Platform, sender: &Sender, id: UploadId) -> Result<UnderWay, Refusal> {
    Ok((&find(house, platform, sender, id).await?).into())
}

async fn find(house: &House, platform: &Platform, sender: &Sender, id: UploadId) -> Result<UploadRow, Refusal> {
    let row = house.store.upload(&platform.id, id).await?;
    let own = row.filter(|row| row.begun.sender == sender.subject && row.begun.caller == sender.caller());
    let row = own.ok_or(Refusal::NotFound("upload"))?;
    if row.begun.until <= house.now() { Err(Refusal::Over) } else { Ok(row) }
}

/// Ends an upload; nothing is left of what came in. One that was taken in is only forgotten: the attachment stays.
///
/// # Errors
/// As of [`under_way`].
pub async fn give_up(house: &House, platform: &Platform, sender: &Sender, id: UploadId) -> Result<(), Refusal> {
    find(house, platform, sender, id).await?;
    house.store.upload_end(&platform.id, id).await?;
    Ok(())
}

/// Takes more of an upload, from `offset` on. What came in is kept though it was cut short; with the last byte the whole is
/// taken in, by the one act that a whole upload is.
///
/// # Errors
/// As of [`under_way`]; [`Refusal::Elsewhere`] when that is not how far it is, or another request took its place;
/// [`Refusal::Wrong`] when it was cut short; as of [`super::upload()`], after which the upload is over.
pub async fn go_on(
    house: &House,
    platform: &Platform,
    sender: &Sender,
    (id, offset): (UploadId, u64),
    content: &mut dyn Incoming,
) -> Result<UnderWay, Refusal> {
    let row = find(house, platform, sender, id).await?;
    if row.received != offset {
        return Err(Refusal::Elsewhere(row.received));
    }
    if row.taken.is_some() {
        return Ok((&row).into());
    }
    let done = Course { house, platform, sender, row: &row }.run(content).await;
    if let Err(Refusal::Denied(_) | Refusal::NotFound(_) | Refusal::NotAllowed(_) | Refusal::Fields(_)) = &done {
        house.store.upload_end(&platform.id, id).await?;
    }
    done
}

/// One request that goes on with an upload.
struct Course<'a> {
    house: &'a House,
    platform: &'a Platform,
    sender: &'a Sender,
    row: &'a UploadRow,
}

impl Course<'_> {
    async fn run(&self, content: &mut dyn Incoming) -> Result<UnderWay, Refusal> {
        let (house, at) = (self.house, &*self.house.current(self.platform));
        let NewUpload { id, record, subject, role, item, function, channel, .. } = &self.row.begun;
        let upload = Upload {
            function: function.clone(),
            channel: channel.clone(),
            record: *record,
            person: role.clone(),
            item: item.to_string(),
            trigger: Trigger::Given,
        };
        let target = Target::find(house, at, self.sender.subject, &upload, &self.sender.who).await?;
        if target.whose != *subject {
            return Err(Refusal::NotFound("record"));
        }
        let (_, permit, _) = target.permitted(house, at, &upload, &self.sender.who).await?;
        let wrapped = self.row.wrapped.as_deref().ok_or(Refusal::NotFound("upload"))?;
        let named = (&target.item, *id);
        let mut parcels = at.keys.parcels(permit, Whose::Subject, named, wrapped, self.row.received)?;
        self.take(&target, &mut parcels, content).await?;
        let received = parcels.received();
        if received < self.row.begun.size {
            return Ok(UnderWay { received, ..self.row.into() });
        }
        let attached = self.whole(target, &upload, parcels).await?;
        Ok(UnderWay { received, attached: Some(attached), ..self.row.into() })
    }

    /// Seals what comes in, parcel by parcel; each is durable before more is read.
    async fn take(&self, target: &Target, parcels: &mut Parcels, content: &mut dyn Incoming) -> Result<(), Refusal> {
        loop {
            let end = match content.next().await {
                Ok(Some(piece)) => {
                    parcels.push(piece);
                    None
                }
                Ok(None) => Some(Ok(())),
                Err(CutShort) => Some(Err(CutShort)),
            };
            if parcels.received() > self.row.begun.size {
                return Err(target.fault("file-large"));
            }
            parcels.begins_as(target.validator).map_err(|_| target.fault("file-kind"))?;
            if (end.is_some() || parcels.is_full())
                && let Some(sealed) = parcels.seal(&*self.house.entropy)?
            {
                self.keep(sealed).await?;
            }
            if let Some(end) = end {
                let cut = |_| Refusal::Wrong("the piece was cut short: ask how far the upload is, and go on".into());
                return end.map_err(cut);
            }
        }
    }

    /// Object first, then row.
    async fn keep(&self, SealedParcel { start, size, bytes }: SealedParcel) -> Result<(), Refusal> {
        let (house, platform, id) = (self.house, &self.platform.id, self.row.begun.id);
        let object = AttachmentId::from_random(house.entropy.draw());
        let Some(mut writer) = house.store.parcel_new(platform, id, start, (object, house.now())).await? else {
            return Err(self.elsewhere().await);
        };
        let kept = async {
            writer.write(&bytes).await?;
            let digest = writer.finish().await?.digest;
            house.store.parcel_put(platform, id, Parcel { object, start, size, digest }).await
        };
        let kept = kept.await;
        if !matches!(kept, Ok(true)) {
            house.store.object_drop(platform, object).await?;
        }
        if kept? { Ok(()) } else { Err(self.elsewhere().await) }
    }

    /// Why a parcel has no place: another took it, or the upload ended.
    async fn elsewhere(&self) -> Refusal {
        match find(self.house, self.platform, self.sender, self.row.begun.id).await {
            Ok(row) => Refusal::Elsewhere(row.received),
            Err(refusal) => refusal,
        }
    }

    /// Takes the whole in.
    async fn whole(&self, target: Target, upload: &Upload, parcels: Parcels) -> Result<Attached, Refusal> {
        let id = self.row.begun.id;
        let (store, platform) = (Arc::clone(&self.house.store), self.platform.id.clone());
        let mut kept = Kept { store, platform, id, parcels, at: 0, size: self.row.begun.size, broken: None };
        let sent = (upload, &self.sender.who);
        match take_in(self.house, self.platform, (target, sent), &mut kept, (None, Some(id))).await {
            // Whoever asked for the same a moment before was faster.
            Err(Refusal::NotFound("upload")) => {
                let row = find(self.house, self.platform, self.sender, id).await?;
                UnderWay::from(&row).attached.ok_or(Refusal::NotFound("upload"))
            }
            Err(Refusal::Wrong(_)) if kept.broken.is_some() => Err(kept.broken.unwrap_or(Refusal::Contended)),
            taken => taken,
        }
    }
}

/// The parcels of an upload in their order, as content that comes in.
struct Kept {
    store: Arc<dyn Store>,
    platform: Slug,
    id: UploadId,
    parcels: Parcels,
    at: u64,
    size: u64,
    /// Why it does not come to its end.
    broken: Option<Refusal>,
}

impl Kept {
    async fn parcel(&mut self) -> Result<Clear<Vec<u8>>, Refusal> {
        let lost = || Refusal::Broken("the object of a parcel is missing: run `shouyue fsck`".into());
        let parcel = self.store.parcel(&self.platform, self.id, self.at).await?;
        // Ended meanwhile, as by an erasure.
        let parcel = parcel.ok_or(Refusal::NotFound("upload"))?;
        let whole = 0..SealedParcel::length(parcel.size);
        let sealed = self.store.object_read(&self.platform, parcel.object, whole).await?.ok_or_else(lost)?;
        let content = self.parcels.open(parcel.start, &sealed)?;
        self.at = self.at.saturating_add(parcel.size);
        Ok(content)
    }
}

#[async_trait]
impl Incoming for Kept {
    async fn next(&mut self) -> Result<Option<Clear<Vec<u8>>>, CutShort> {
        if self.at >= self.size {
            return Ok(None);
        }
        match self.parcel().await {
            Ok(content) => Ok(Some(content)),
            Err(refusal) => {
                self.broken = Some(refusal);
                Err(CutShort)
            }
        }
    }
}
