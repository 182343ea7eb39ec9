//! Attachments: taken in and looked at by acts of their own, whole or not at all, in memory that does not grow.

use async_trait::async_trait;
use model::attachment::FileKind;
use model::{AttachmentId, Clear, RecordId, SubjectId};
use policy::syntax::Trigger;
use shouyue_desk::attach::{Attached, CutShort, Incoming, Reading, Upload, open_own, open_staff, slots, upload};
use shouyue_desk::collect::Once;
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::retain::erase;
use shouyue_desk::{House, Platform, Refusal};

use super::*;
use crate::house::{LARGEST, LI, WANG};

/// An item of registration that is a picture, which nobody has to give.
const ITEM: &str = "id-image";

/// Content that is made while it is read.
pub(crate) struct Pieces {
    head: &'static [u8],
    left: u64,
    cut_short: bool,
    /// Runs once, when half of it is through.
    pub(crate) half_way: Option<Box<dyn FnOnce() + Send>>,
    half: u64,
}

const PIECE: u64 = 48 * 1024;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR";

/// What every piece is full of, to be looked for in files.
const FILLING: &[u8] = b"plain picture content ";

impl Pieces {
    pub(crate) fn picture(size: u64) -> Self {
        Self::of(PNG, size)
    }

    fn of(head: &'static [u8], size: u64) -> Self {
        let left = size - head.len() as u64;
        Self { head, left, cut_short: false, half_way: None, half: left / 2 }
    }
}

#[async_trait]
impl Incoming for Pieces {
    async fn next(&mut self) -> Result<Option<Clear<Vec<u8>>>, CutShort> {
        let head = std::mem::take(&mut self.head);
        if !head.is_empty() {
            return Ok(Some(Clear::new(head.to_vec())));
        }
        if self.left <= self.half {
            if let Some(deed) = self.half_way.take() {
                deed();
            }
            if self.cut_short {
                return Err(CutShort);
            }
        }
        let now = usize::try_from(self.left.min(PIECE)).unwrap();
        self.left -= now as u64;
        let mut piece = FILLING.repeat(now / FILLING.len() + 1);
        piece.truncate(now);
        Ok((now > 0).then(|| Clear::new(piece)))
    }
}

pub(crate) fn to(record: RecordId) -> Upload {
    Upload {
        function: slug("register"),
        channel: None,
        record,
        person: slug("registrant"),
        item: ITEM.to_owned(),
        trigger: Trigger::Given,
    }
}

async fn sent(
    (house, platform): (&House, &Platform),
    subject: SubjectId,
    record: RecordId,
    mut content: Pieces,
) -> Result<Attached, Refusal> {
    upload(house, platform, subject, to(record), &mut content, Who::Subject, None).await
}

/// Reads to the end and gives the length.
async fn read(mut reading: Reading) -> u64 {
    let mut length = 0;
    while let Some(piece) = reading.next().await.unwrap() {
        length += piece.len() as u64;
    }
    assert_eq!(length, reading.size);
    length
}

async fn object_is_there(bench: &Bench, id: AttachmentId) -> bool {
    bench.store.object_read(&slug("haigang"), id, 0..1).await.unwrap().is_some()
}

/// Nothing loose, nothing orphaned.
pub(super) async fn sound(bench: &Bench) {
    assert_eq!(bench.store.integrity(&slug("haigang")).await.unwrap(), Vec::<String>::new());
    let loose = bench.store.objects_sweep(&slug("haigang"), jiff::Timestamp::MAX).await.unwrap();
    assert_eq!(loose, 0, "objects that nobody holds");
}

#[tokio::test]
async fn a_picture_comes_in_is_listed_and_is_read_each_with_a_leaf() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let at = (&*bench.house, &*platform);
    let done = sent(at, li.subject, li.record, Pieces::picture(200_000)).await.unwrap();
    assert_eq!((done.kind, done.size), (FileKind::Png, 200_000));
    let entry = bench.entry(done.leaf).await;
    assert_eq!((entry.act, entry.items.as_slice()), (Act::Collect, &[slug(ITEM)][..]));
    assert!(bench.files_with("plain picture content").is_empty(), "plaintext under the data folder");

    let listed = slots(&bench.house, &platform, li.subject, li.record).await.unwrap();
    let slot = listed.iter().find(|slot| slot.item == slug(ITEM)).unwrap();
    assert!(slot.own && slot.is_open());
    assert_eq!(slot.files.iter().map(|file| file.id).collect::<Vec<_>>(), [done.attachment]);
    assert!(listed.iter().all(|slot| slot.item != slug("face-image")), "a face is compared and gone");

    let before = bench.size().await;
    let place = (li.record, &slug("registrant"), done.attachment);
    let reading = open_own(&bench.house, &platform, li.subject, place).await.unwrap();
    assert_eq!(bench.size().await, before + 1, "the leaf stands before the first byte");
    assert_eq!(bench.entry(reading.leaf).await.act, Act::Read);
    assert_eq!(read(reading).await, 200_000);
    sound(&bench).await;
}

#[tokio::test]
async fn strangers_find_nothing() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let (li, wang) = (bench.registered(&LI).await, bench.registered(&WANG).await);
    let at = (&*bench.house, &*platform);
    let done = sent(at, li.subject, li.record, Pieces::picture(100)).await.unwrap();
    let before = bench.size().await;
    let theirs = sent(at, wang.subject, li.record, Pieces::picture(100)).await;
    assert!(matches!(theirs, Err(Refusal::NotFound(_))), "{theirs:?}");
    for (record, id) in [(li.record, done.attachment), (wang.record, done.attachment)] {
        let looked = open_own(&bench.house, &platform, wang.subject, (record, &slug("registrant"), id)).await;
        assert!(matches!(looked.err(), Some(Refusal::NotFound(_))));
    }
    assert!(slots(&bench.house, &platform, wang.subject, li.record).await.is_err());
    assert_eq!(bench.size().await, before);
    sound(&bench).await;
}

#[tokio::test]
async fn without_consent_not_a_byte_is_read_and_the_refusal_has_its_leaf() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    withdraw_all(&bench, li.subject).await;
    let mut content = Pieces::picture(100_000);
    let refused = upload(&bench.house, &platform, li.subject, to(li.record), &mut content, Who::Subject, None).await;
    assert!(matches!(refused, Err(Refusal::Denied(_))), "{refused:?}");
    assert_eq!(content.head, PNG, "nothing was read");
    assert_eq!(bench.entries().await.last().unwrap().act, Act::Refused);
    sound(&bench).await;
}

/// Withdraws whatever the subject consented to.
pub(super) async fn withdraw_all(bench: &Bench, subject: SubjectId) {
    let platform = bench.platform();
    for view in shouyue_desk::consent::list(&bench.house, &platform, subject).await.unwrap() {
        shouyue_desk::consent::withdraw(&bench.house, &platform, subject, view.id).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_withdrawn_while_it_comes_in_counts() {
    let bench = std::sync::Arc::new(Bench::new().await);
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let (runtime, with, subject) = (tokio::runtime::Handle::current(), std::sync::Arc::clone(&bench), li.subject);
    let mut content = Pieces::picture(300_000);
    content.half_way = Some(Box::new(move || {
        tokio::task::block_in_place(|| runtime.block_on(withdraw_all(&with, subject)));
    }));
    let refused = upload(&bench.house, &platform, li.subject, to(li.record), &mut content, Who::Subject, None).await;
    assert!(matches!(refused, Err(Refusal::Denied(_))), "{refused:?}");
    assert_eq!(bench.entries().await.last().unwrap().act, Act::Refused);
    sound(&bench).await;
}

#[tokio::test]
async fn what_is_too_large_empty_cut_short_or_of_another_kind_leaves_nothing() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let at = (&*bench.house, &*platform);
    let before = bench.size().await;
    let code = |refused: Result<Attached, Refusal>| match refused {
        Err(Refusal::Fields(faults)) => faults[0].code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(sent(at, li.subject, li.record, Pieces::picture(LARGEST + 1)).await), "file-large");
    assert_eq!(code(sent(at, li.subject, li.record, Pieces::of(b"", 0)).await), "missing");
    for other in [
        &b"<!doctype html><script>"[..],
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1",
        b"ID3\x04\x00\x00\x00\x00\x00\x23TSSE\x00\x00",
    ] {
        assert_eq!(code(sent(at, li.subject, li.record, Pieces::of(other, 90_000)).await), "file-kind");
    }
    let typed = Upload { item: "name".to_owned(), ..to(li.record) };
    let refused =
        upload(&bench.house, &platform, li.subject, typed, &mut Pieces::picture(99), Who::Subject, None).await;
    assert_eq!(code(refused), "file-none");
    let cut_short = Pieces { cut_short: true, ..Pieces::picture(300_000) };
    let refused = sent(at, li.subject, li.record, cut_short).await;
    assert!(matches!(refused, Err(Refusal::Wrong(_))), "{refused:?}");
    assert_eq!(bench.size().await, before, "nothing happened");
    sound(&bench).await;
}

#[tokio::test]
async fn the_same_file_under_the_same_key_is_one_act_and_another_is_refused() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let send = async |mut content: Pieces, key: &str| {
        let once = Some(Once::new(&platform, "a form", key, b"POST here"));
        upload(&bench.house, &platform, li.subject, to(li.record), &mut content, Who::Subject, once).await
    };
    let first = send(Pieces::picture(100_000), "one").await.unwrap();
    let size = bench.size().await;
    assert_eq!(send(Pieces::picture(100_000), "one").await.unwrap(), first);
    let other = send(Pieces::picture(100_001), "one").await;
    assert!(matches!(other, Err(Refusal::KeyReused)), "{other:?}");
    assert_eq!(bench.size().await, size, "neither is an act");
    sound(&bench).await;
    let second = send(Pieces::picture(100_000), "two").await.unwrap();
    assert_ne!(second.attachment, first.attachment, "another key asks for another file");
    let listed = slots(&bench.house, &platform, li.subject, li.record).await.unwrap();
    assert_eq!(listed.iter().find(|slot| slot.item == slug(ITEM)).unwrap().files.len(), 2);
}

#[tokio::test]
async fn with_its_record_part_an_attachment_is_gone() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let done = sent((&bench.house, &platform), li.subject, li.record, Pieces::picture(100_000)).await.unwrap();
    assert!(object_is_there(&bench, done.attachment).await);
    erase(&bench.house, &platform, li.subject, Who::Subject).await.unwrap();
    assert!(!object_is_there(&bench, done.attachment).await);
    let place = (li.record, &slug("registrant"), done.attachment);
    let looked = open_own(&bench.house, &platform, li.subject, place).await;
    assert!(matches!(looked.err(), Some(Refusal::NotFound(_))));
    sound(&bench).await;
}

#[tokio::test]
async fn content_that_was_changed_ends_before_the_change() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let done = sent((&bench.house, &platform), li.subject, li.record, Pieces::picture(2_000_000)).await.unwrap();
    let id = done.attachment;
    let shard = format!("{:02x}", id.as_bytes()[0]);
    let file = bench.folder.path().join("objects/haigang").join(shard).join(id.to_string());
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[1_500_000] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let place = (li.record, &slug("registrant"), id);
    let mut reading = open_own(&bench.house, &platform, li.subject, place).await.unwrap();
    assert!(reading.next().await.unwrap().is_some());
    assert!(reading.next().await.unwrap().is_some());
    assert!(reading.next().await.is_err());
    assert!(reading.next().await.unwrap().is_none(), "and nothing comes after");
    let findings = bench.store.integrity(&slug("haigang")).await.unwrap();
    assert_eq!(findings, [format!("the object of an attachment was changed: {id}")]);
}

/// 32 MiB go in and out while the process's peak grows by a fraction of it.
#[tokio::test]
async fn memory_does_not_grow_with_the_content() {
    goes_through(32 << 20).await;
}

/// The same with 200 MiB.
#[cfg(feature = "soak")]
#[tokio::test]
async fn soak_memory_does_not_grow_with_a_large_content() {
    goes_through(200 << 20).await;
}

async fn goes_through(large: u64) {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let at = (&*bench.house, &*platform);
    // Everything that is made once is made.
    let done = sent(at, li.subject, li.record, Pieces::picture(6 << 20)).await.unwrap();
    let place = (li.record, &slug("registrant"), done.attachment);
    read(open_own(&bench.house, &platform, li.subject, place).await.unwrap()).await;

    let before = peak();
    let done = sent(at, li.subject, li.record, Pieces::picture(large)).await.unwrap();
    let place = (li.record, &slug("registrant"), done.attachment);
    assert_eq!(read(open_own(&bench.house, &platform, li.subject, place).await.unwrap()).await, large);
    let grown = peak() - before;
    assert!(grown < 8 << 20, "the peak grew by {grown} bytes");
}

/// The most memory that this process ever held, in bytes (`VmHWM` of proc(5)).
pub(crate) fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() * 1024
}

#[tokio::test]
async fn staff_need_a_role_with_a_clear_view_and_a_reason() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let done = sent((&bench.house, &platform), li.subject, li.record, Pieces::picture(5_000)).await.unwrap();
    let place = (li.record, &slug("registrant"), done.attachment);
    let operator = bench.operator().await;
    let roles = &platform.tables.program().operation.roles;
    for role in roles {
        let duty = bench.on_duty(&operator, role.id.value.as_str()).await;
        for function in ["register", "query-account"] {
            let no_reason = open_staff(&bench.house, &platform, (&duty, function, ""), li.subject, place).await;
            assert!(no_reason.is_err());
            let before = bench.size().await;
            let looked =
                open_staff(&bench.house, &platform, (&duty, function, "case-handling"), li.subject, place).await;
            let entry = bench.entries().await.pop().unwrap();
            assert_eq!(bench.size().await, before + 1, "every look has its leaf");
            match looked {
                Ok(reading) => {
                    assert!(role.clear_view.value, "{}", role.id.value);
                    assert_eq!((entry.act, entry.because.as_deref()), (Act::Read, Some("case-handling")));
                    read(reading).await;
                }
                Err(_) => assert_eq!(entry.act, Act::Refused),
            }
        }
    }
}
