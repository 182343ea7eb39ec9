//! Looking at an attachment: an act with a leaf of its own for whoever looks, and only then the first byte.

use std::sync::Arc;

use model::act::Committed;
use model::attachment::FileKind;
use model::{AttachmentId, RecordId, Slug, SubjectId};
use policy::question::{Effect, Outcome};
use policy::syntax::{Action, Kind};
use store::{NewAttachment, PartRow, Store};
use vault::{AttachmentName, Opener};

use crate::act::{Draft, TRIES, reasons};
use crate::read::Because;
use crate::read::clear::{place, staff};
use crate::read::mine::access;
use crate::read::page::{Ask, Place, name, question};
use crate::read::service::asked;
use crate::refusal::FieldFault;
use crate::seat::{Caller, Duty};
use crate::{House, Platform, Refusal, identity};

/// An attachment that may be looked at: its leaf stands, its content comes in pieces.
pub struct Reading {
    /// Which.
    pub id: AttachmentId,
    /// Item.
    pub item: Slug,
    /// What it holds.
    pub kind: FileKind,
    /// Length of the content, in bytes.
    pub size: u64,
    /// Leaf of the look.
    pub leaf: u64,
    store: Arc<dyn Store>,
    platform: Slug,
    opener: Opener,
    done: Committed,
}

impl Reading {
    /// What a committed act opened.
    pub(crate) fn new(
        house: &House,
        platform: &Platform,
        row: &NewAttachment,
        opener: Opener,
        done: Committed,
    ) -> Self {
        Self {
            item: row.item.clone(),
            kind: row.kind,
            size: row.size,
            leaf: done.leaf(),
            store: Arc::clone(&house.store),
            platform: platform.id.clone(),
            id: row.id,
            opener,
            done,
        }
    }

    /// The next piece of the content, half a mebibyte at most; `None` at the end.
    ///
    /// # Errors
    /// [`Refusal::Broken`] when the object was changed, or is gone: what came before is whole, and nothing comes after.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(wanted) = self.opener.wants() else { return Ok(None) };
        let sealed = self.store.object_read(&self.platform, self.id, wanted).await?;
        let sealed = sealed.ok_or_else(lost)?;
        Ok(Some(self.opener.open(sealed)?.release(&self.done)))
    }
}

fn lost() -> Refusal {
    Refusal::Broken("the object of an attachment is missing: run `shouyue fsck`".into())
}

/// Opens an attachment for its subject, under the right of access.
///
/// # Errors
/// [`Refusal::NotFound`] for what is not there, not the subject's, or not yet its to see; [`Refusal::Denied`], with a leaf,
/// when the answer is anything less than clear.
pub async fn open_own(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    (record, person, attachment): (RecordId, &Slug, AttachmentId),
) -> Result<Reading, Refusal> {
    let row = house.store.record(&platform.id, record).await?.ok_or(Refusal::NotFound("attachment"))?;
    if !identity::sight(house, platform, subject).await?.covers(&row) {
        return Err(Refusal::NotFound("attachment"));
    }
    look(house, platform, subject, &access(None), (record, person, attachment)).await
}

/// Opens an attachment for staff, in the course of a function and for a reason: a code of [`Because`].
///
/// # Errors
/// [`Refusal::Fields`] for a missing reason; else as [`open_own`].
pub async fn open_staff(
    house: &House,
    platform: &Platform,
    (duty, function, because): (&Duty, &str, &str),
    subject: SubjectId,
    at: (RecordId, &Slug, AttachmentId),
) -> Result<Reading, Refusal> {
    let missing = FieldFault::new("because", "missing");
    let because = Because::of(because).ok_or_else(|| Refusal::Fields(vec![missing]))?;
    let ask = staff(house, platform, duty, function, subject, because).await?;
    look(house, platform, subject, &ask, at).await
}

/// Opens an attachment for one of the company's own systems, which uses it in the course of a function (id) and shows it
/// to nobody: what people see of others' pictures is masked, and a masked picture is none.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that does not cover the function; else as [`open_own`].
pub async fn open_service(
    house: &House,
    platform: &Platform,
    (caller, function, channel): (&Caller, &str, Option<&str>),
    subject: SubjectId,
    at: (RecordId, &Slug, AttachmentId),
) -> Result<Reading, Refusal> {
    let known = platform.tables.program().names.entry(Kind::Function, function);
    let function = known.ok_or(Refusal::NotFound("function"))?.id.as_str();
    caller.may(platform, Action::Use.word(), Some(function))?;
    let ask = Ask { action: Action::Use, ..asked(caller, function, channel) };
    look(house, platform, subject, &ask, at).await
}

async fn look(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    ask: &Ask<'_>,
    (record, person, id): (RecordId, &Slug, AttachmentId),
) -> Result<Reading, Refusal> {
    let gone = || Refusal::NotFound("attachment");
    for _ in 0..TRIES {
        let platform = &*house.current(platform);
        // The whole part first: under which item the attachment stands, only its row knows.
        let place = place(house, platform, subject, record, person).await.map_err(|_| gone())?;
        let part = house.store.part(&platform.id, record, place.subject, person).await?.ok_or_else(gone)?;
        let row = part.attachments.iter().find(|row| row.id == id).ok_or_else(gone)?;
        if let Some(reading) = attempt(house, platform, subject, ask, &place, (&part, row)).await? {
            return Ok(reading);
        }
    }
    Err(Refusal::Contended)
}

async fn attempt(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    ask: &Ask<'_>,
    place: &Place,
    (part, row): (&PartRow, &NewAttachment),
) -> Result<Option<Reading>, Refusal> {
    let whose = place.subject.unwrap_or(subject);
    let (snapshot, born) = house.known(platform, whose).await?;
    let now = house.now();
    let asked = question(platform, ask, place, vec![row.item.to_string()]);
    let (answer, permit) = platform.tables.permit(&snapshot, born, &asked, row.record, now);
    let mut entry = platform.entry(ask.act, ask.who.clone(), now);
    entry.person = Some(place.person.clone());
    entry.function = ask.function.and_then(|function| function.parse().ok());
    entry.items = vec![row.item.clone()];
    entry.because = ask.because.map(str::to_owned);
    let clear = answer.items.iter().all(|item| item.outcome == Outcome::Clear);
    let Some(permit) = permit.filter(|_| clear) else {
        return Err(house.refuse(platform, entry, Some(whose), answer).await);
    };
    entry.basis = answer.basis;
    entry.exception.clone_from(&answer.exception);
    entry.effect = Effect::Permit;
    entry.reasons = reasons(&answer);
    let header = header(house, platform, row).await?;
    let name = AttachmentName { part: name(place), item: row.item.clone(), id: row.id };
    let opener = platform.keys.open_attachment(permit, &name, part.wrapped.as_deref(), &header, row.size)?;
    let draft = Draft { record: Some(row.record), ..Draft::of_leaf(entry, whose, &snapshot) };
    let done = house.commit(platform, draft).await?;
    Ok(done.map(|done| Reading::new(house, platform, row, opener, done)))
}

/// The beginning of an attachment's object, which holds its key.
pub(crate) async fn header(house: &House, platform: &Platform, row: &NewAttachment) -> Result<Vec<u8>, Refusal> {
    house.store.object_read(&platform.id, row.id, Opener::HEADER).await?.ok_or_else(lost)
}
