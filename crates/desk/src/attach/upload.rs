//! Taking an attachment in. Decided before its first byte, and again at its end, on the state of that instant.

use aws_lc_rs::digest::{self, Digest};
use jiff::{SignedDuration, Timestamp};
use model::act::{Account, Born, Snapshot};
use model::age::is_under;
use model::attachment::FileKind;
use model::calendar::day_in_shanghai;
use model::field::Validator;
use model::{AttachmentId, Slug, SubjectId, UploadId};
use policy::decide::Permit;
use policy::question::{Answer, Code, Facts};
use policy::syntax::{Action, Function, Kind};
use serde::{Deserialize, Serialize};
use store::{Expect, NewAttachment, ObjectWriter, PartKey, PartRow, RecordRow, Write};
use vault::{Facts as Sealed, SealedAttachment, Sealer, Whose};

use super::{Attached, Incoming, Upload, groups, makers, validator};
use crate::act::{Draft, Once, TRIES, reasons};
use crate::collect::ask::{Context, question};
use crate::leaf::{Act, Entry, Who};
use crate::refusal::FieldFault;
use crate::{House, Platform, Refusal, identity};

/// Longer than any one request takes.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// Takes an attachment in for `subject`: in its own part, or in that of somebody without an account for whom it answers
/// in this matter.
///
/// # Errors
/// [`Refusal::Fields`] for an item that takes no file, a file that is too large, empty, or none of what the item takes;
/// [`Refusal::NotFound`] for a record or role in which the subject does not stand; [`Refusal::Denied`], with a leaf, when
/// the decision is no, before a byte is read or at the end; [`Refusal::Wrong`] when the content was cut short;
/// [`Refusal::KeyReused`] when the key came with another file. The same file once more under its key is the same act.
pub async fn upload(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    upload: Upload,
    content: &mut dyn Incoming,
    who: Who,
    once: Option<Once>,
) -> Result<Attached, Refusal> {
    let at = &*house.current(platform);
    let target = Target::find(house, at, subject, &upload, &who).await?;
    take_in(house, platform, (target, (&upload, &who)), content, (once, None)).await
}

/// Takes content in that is for `target`, and ends the upload that it came by, if any.
pub(super) async fn take_in(
    house: &House,
    platform: &Platform,
    (target, (upload, who)): (Target, (&Upload, &Who)),
    content: &mut dyn Incoming,
    (once, by): (Option<Once>, Option<UploadId>),
) -> Result<Attached, Refusal> {
    let at = &*house.current(platform);
    let (_, permit, _) = target.permitted(house, at, upload, who).await?;
    let id = AttachmentId::from_random(house.entropy.draw());
    let wrapped = target.part.as_ref().map(|part| part.wrapped.as_deref().ok_or(Refusal::NotFound("record")));
    let item = (&target.item, id);
    let sealer = at.keys.seal_attachment(permit, Whose::Subject, wrapped.transpose()?, item, &*house.entropy)?;
    let object = house.store.object_new(&at.id, id, house.now()).await?;
    let done = match received(house, &target, sealer, object, content).await {
        Ok((received, body)) => {
            let once = once.map(|once| once.with(at, body.as_ref()));
            target.commit(house, platform, (upload, who, once), (&received, by)).await
        }
        Err(refusal) => Err(refusal),
    };
    // What was taken in before stays, and this is one too many.
    if done.as_ref().ok().is_none_or(|done| done.attachment != id) {
        house.store.object_drop(&at.id, id).await?;
    }
    done
}

/// What an idempotency key repeats.
#[derive(Serialize, Deserialize)]
struct Kept {
    attachment: AttachmentId,
    kind: FileKind,
    size: u64,
}

/// Content that came in whole, with the digest of its object, which is durable.
struct Received(SealedAttachment, [u8; 32]);

/// Seals the content piece by piece. Gives the digest of the content beside it, by which the same file is known again.
async fn received(
    house: &House,
    target: &Target,
    mut sealer: Sealer,
    mut object: ObjectWriter,
    content: &mut dyn Incoming,
) -> Result<(Received, Digest), Refusal> {
    let fault = |code: &'static str| target.fault(code);
    let cut_short = |_| Refusal::Wrong("the file was cut short on its way: send it again".into());
    let mut body = digest::Context::new(&digest::SHA256);
    while let Some(piece) = content.next().await.map_err(cut_short)? {
        let seen = |piece: Vec<u8>| {
            body.update(&piece);
            piece
        };
        let sealed = sealer.push(piece.map(seen))?;
        if sealer.size() > house.largest_attachment {
            return Err(fault("file-large"));
        }
        sealer.kind(target.validator).map_err(|_| fault("file-kind"))?;
        object.write(&sealed).await?;
    }
    match sealer.kind(target.validator) {
        Ok(Some(_)) => {}
        _ if sealer.size() == 0 => return Err(fault("missing")),
        _ => return Err(fault("file-kind")),
    }
    let (rest, sealed) = sealer.finish()?;
    object.write(&rest).await?;
    Ok((Received(sealed, object.finish().await?.digest), body.finish()))
}

/// Where it goes.
pub(super) struct Target {
    /// Who sends it.
    subject: SubjectId,
    /// Whom it is about.
    pub(super) whose: SubjectId,
    row: RecordRow,
    pub(super) item: Slug,
    pub(super) validator: Validator,
    /// The part, when it is there.
    part: Option<PartRow>,
}

impl Target {
    pub(super) async fn find(
        house: &House,
        platform: &Platform,
        subject: SubjectId,
        upload: &Upload,
        who: &Who,
    ) -> Result<Self, Refusal> {
        let program = platform.tables.program();
        let unknown = || Refusal::Fields(vec![FieldFault::new("?", "unknown")]);
        let item = program.names.find(Kind::Item, &upload.item).map_err(|_| unknown())?;
        let facts = program.items.get(&item).ok_or_else(unknown)?;
        let typed = || Refusal::Fields(vec![FieldFault::new(item.as_str(), "file-none")]);
        let validator = validator(facts).ok_or_else(typed)?;
        let row = house.store.record(&platform.id, upload.record).await?.ok_or(Refusal::NotFound("record"))?;
        if *who == Who::Subject && !identity::sight(house, platform, subject).await?.covers(&row) {
            return Err(Refusal::NotFound("record"));
        }
        let whose = whose(house, platform, &row, subject, (&upload.function, &upload.person, &item)).await?;
        let part = house.store.part(&platform.id, row.id, Some(whose), &upload.person).await?;
        Ok(Self { subject, whose, row, item, validator, part })
    }

    /// A fault of what is sent.
    pub(super) fn fault(&self, code: &'static str) -> Refusal {
        Refusal::Fields(vec![FieldFault::new(self.item.as_str(), code)])
    }

    /// What the tables say now.
    pub(super) async fn permitted(
        &self,
        house: &House,
        platform: &Platform,
        upload: &Upload,
        who: &Who,
    ) -> Result<(Snapshot, Permit, Entry), Refusal> {
        let (snapshot, born) = house.known(platform, self.whose).await?;
        let now = house.now();
        let mut entry = platform.entry(Act::Collect, who.clone(), now);
        entry.function = Some(upload.function.clone());
        entry.person = Some(upload.person.clone());
        entry.items = vec![self.item.clone()];
        let Some(function) = makers(platform, &self.row.class).find(|one| one.id.value == upload.function) else {
            let unknown = crate::refusal::by_policy(Code::UnknownFunction, None);
            return Err(house.refuse_for(platform, entry, Some(self.subject), vec![unknown]).await);
        };
        entry.purpose = function.purposes.first().and_then(|purpose| purpose.text.parse().ok());
        let asked = (&snapshot, born, function, upload.channel.as_ref(), who, now);
        let (answer, permit) = permit(platform, &self.row, (&upload.person, &self.item), asked);
        let Some(permit) = permit else {
            return Err(house.refuse(platform, entry, Some(self.subject), answer).await);
        };
        entry.basis = answer.basis;
        entry.exception.clone_from(&answer.exception);
        entry.effect = answer.effect;
        entry.reasons = reasons(&answer);
        Ok((snapshot, permit, entry))
    }

    async fn commit(
        &self,
        house: &House,
        platform: &Platform,
        (upload, who, once): (&Upload, &Who, Option<Once>),
        (Received(sealed, digest), by): (&Received, Option<UploadId>),
    ) -> Result<Attached, Refusal> {
        for _ in 0..TRIES {
            let platform = &*house.current(platform);
            let (snapshot, permit, entry) = self.permitted(house, platform, upload, who).await?;
            let facts = sealed.under(permit)?;
            let kept = Kept { attachment: facts.name.id, kind: facts.kind, size: facts.size };
            let uploaded = by.map(|by| Write::Uploaded(by, facts.name.id));
            let others = (self.whose != self.subject).then_some(self.subject);
            let draft = Draft {
                expect: vec![Expect::Subject(self.whose, snapshot.version())],
                writes: self.writes(upload, facts, *digest, entry.at).chain(uploaded).collect(),
                entry,
                subjects: std::iter::once(self.whose).chain(others).collect(),
                record: Some(self.row.id),
                key: once.map(|once| once.key(&kept)),
            };
            let (Kept { attachment, kind, size }, leaf) = match house.commit(platform, draft).await {
                Ok(Some(done)) => (kept, done.leaf()),
                Ok(None) => continue,
                Err(Refusal::Done { leaf, answer }) => {
                    let first = serde_json::from_slice(&answer);
                    (first.map_err(|_| Refusal::Broken("a kept answer does not read".into()))?, leaf)
                }
                Err(refusal) => return Err(refusal),
            };
            return Ok(Attached { attachment, kind, size, leaf });
        }
        Err(Refusal::Contended)
    }

    fn writes(
        &self,
        upload: &Upload,
        facts: &Sealed,
        digest: [u8; 32],
        at: Timestamp,
    ) -> impl Iterator<Item = Write> + use<> {
        let (record, subject, role) = (self.row.id, Some(self.whose), upload.person.clone());
        let key = facts.wrapped.clone().map(|wrapped| PartKey { record, subject, role: role.clone(), wrapped });
        let new = NewAttachment {
            id: facts.name.id,
            record,
            subject,
            role,
            item: self.item.clone(),
            kind: facts.kind,
            size: facts.size,
            digest,
            trigger: upload.trigger.word().to_owned(),
            at,
            function: Some(upload.function.clone()),
        };
        key.map(Write::PartKey).into_iter().chain([Write::Attachment(new)])
    }
}

/// The state and the course in which one item is asked for.
pub(super) type Asked<'a> = (&'a Snapshot, Option<Born>, &'a Function, Option<&'a Slug>, &'a Who, Timestamp);

/// Asks the tables for one item of one role in a record.
pub(super) fn permit(
    platform: &Platform,
    row: &RecordRow,
    (person, item): (&Slug, &Slug),
    (snapshot, born, function, channel, who, now): Asked<'_>,
) -> (Answer, Option<Permit>) {
    let facts = Facts { same_person: Some(same(row)), ..Facts::default() };
    let context = Context { channel, ..Context::of(Action::Collect, Some(function), &facts, who, now) };
    let asked = question(platform, snapshot, context, person, vec![item.to_string()]);
    platform.tables.permit(snapshot, born, &asked, row.id, now)
}

/// Who stands in several roles of a record stands there as one and the same person.
fn same(row: &RecordRow) -> Vec<Vec<String>> {
    let mut groups: Vec<(SubjectId, Vec<String>)> = Vec::new();
    for (subject, role) in &row.roles {
        match groups.iter_mut().find(|(known, _)| known == subject) {
            Some((_, roles)) => roles.push(role.to_string()),
            None => groups.push((*subject, vec![role.to_string()])),
        }
    }
    groups.into_iter().map(|(_, roles)| roles).collect()
}

/// Whom an attachment is about: whoever sends it, where it stands in that role itself; else who stands there and has no
/// account, for whom it may send this (`typed-by`), or who is a child.
pub(super) async fn whose(
    house: &House,
    platform: &Platform,
    row: &RecordRow,
    subject: SubjectId,
    (function, person, item): (&Slug, &Slug, &Slug),
) -> Result<SubjectId, Refusal> {
    let stands = |person: &Slug| row.roles.iter().any(|(whose, role)| *whose == subject && role == person);
    if stands(person) {
        return Ok(subject);
    }
    let other = row.roles.iter().find(|(_, role)| role == person).map(|(whose, _)| *whose);
    let held = row.holder.is_none_or(|holder| holder == subject);
    let other = other.filter(|_| held && row.roles.iter().any(|(whose, _)| *whose == subject));
    let other = other.ok_or(Refusal::NotFound("record"))?;
    let (snapshot, born) = house.known(platform, other).await?;
    let child = platform.tables.program().law.ages().child;
    let child = born.is_some_and(|born| is_under(Some(born), child, day_in_shanghai(house.now())));
    let named = makers(platform, &row.class).find(|one| one.id.value == *function);
    let typed_by = named.into_iter().flat_map(|function| groups(function, person, item));
    let mut typed_by = typed_by.flat_map(|group| &group.typed_by);
    let own = |role: &str| row.roles.iter().any(|(whose, own)| *whose == subject && own.as_str() == role);
    let typed = typed_by.any(|role| own(&role.text));
    let answers = snapshot.state().account == Account::None && (child || typed);
    if answers { Ok(other) } else { Err(Refusal::NotFound("record")) }
}

/// Removes what was cut short of uploads to the process before; what came in parcels goes on. For whoever begins to serve, once
/// witnesses were asked and before anybody uploads. Where other servers serve too, what they take in is left alone.
///
/// # Errors
/// Those of the store.
pub async fn settle(house: &House) -> Result<(), Refusal> {
    if house.is_shared() {
        return Ok(());
    }
    for platform in house.platforms().into_iter().filter(|platform| house.is_current(&platform.id)) {
        house.store.objects_sweep(&platform.id, Timestamp::MAX).await?;
    }
    Ok(())
}

/// Ends uploads under way whose time is over, and removes what others left that were cut short. An old database takes for cut
/// short what the newer one holds as an attachment: nothing is removed before it is known which this is.
pub(crate) async fn sweep(house: &House, platform: &Slug) -> Result<(), Refusal> {
    if house.is_current(platform) {
        let now = house.now();
        house.store.uploads_sweep(platform, now).await?;
        house.store.objects_sweep(platform, now.checked_sub(LONGEST).unwrap_or(Timestamp::MIN)).await?;
    }
    Ok(())
}
