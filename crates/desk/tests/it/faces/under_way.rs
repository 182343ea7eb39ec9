//! Uploads that come in by several requests: what a whole upload is, in any split; decided before each piece; nobody else's;
//! gone when they are over.

use async_trait::async_trait;
use jiff::SignedDuration;
use model::attachment::FileKind;
use model::{Clear, RecordId, SubjectId, UploadId};
use proptest::prelude::*;
use shouyue_desk::attach::{
    Attached, CutShort, Incoming, OPEN, Sender, UnderWay, begin, give_up, go_on, open_own, slots, under_way,
};
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::retain::{erase, sweep};
use shouyue_desk::{House, Platform, Refusal};

use super::attach::{sound, to, withdraw_all};
use super::*;
use crate::house::{LARGEST, LI, WANG};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR";

/// A picture no two stretches of which are alike.
fn picture(length: usize) -> Vec<u8> {
    let lines = (0_u32..).flat_map(|number| format!("plain picture content {number:08} ").into_bytes());
    PNG.iter().copied().chain(lines).take(length).collect()
}

/// Bytes that come at once, and are cut short behind their end where that is said.
struct Piece(Option<Vec<u8>>, bool);

fn piece(bytes: &[u8]) -> Piece {
    Piece(Some(bytes.to_vec()), false)
}

#[async_trait]
impl Incoming for Piece {
    async fn next(&mut self) -> Result<Option<Clear<Vec<u8>>>, CutShort> {
        match self.0.take() {
            Some(bytes) => Ok(Some(Clear::new(bytes))),
            None if self.1 => Err(CutShort),
            None => Ok(None),
        }
    }
}

fn oneself(subject: SubjectId) -> Sender {
    Sender { subject, who: Who::Subject }
}

/// An upload of somebody's own.
struct Own<'b> {
    house: &'b House,
    platform: &'b Platform,
    sender: Sender,
    id: UploadId,
}

impl<'b> Own<'b> {
    async fn begun(
        house: &'b House,
        platform: &'b Platform,
        (subject, record): (SubjectId, RecordId),
        size: usize,
    ) -> Result<Self, Refusal> {
        let sender = oneself(subject);
        let begun = begin(house, platform, &sender, &to(record), size as u64).await?;
        assert_eq!((begun.received, begun.size, begun.attached), (0, size as u64, None));
        Ok(Self { house, platform, sender, id: begun.id })
    }

    async fn send(&self, offset: usize, mut content: Piece) -> Result<UnderWay, Refusal> {
        go_on(self.house, self.platform, &self.sender, (self.id, offset as u64), &mut content).await
    }

    async fn standing(&self) -> Result<UnderWay, Refusal> {
        under_way(self.house, self.platform, &self.sender, self.id).await
    }
}

/// What the house holds under an attachment, as its subject reads it.
async fn content(bench: &Bench, (subject, record): (SubjectId, RecordId), done: Attached) -> Vec<u8> {
    let platform = bench.platform();
    let place = (record, &slug("registrant"), done.attachment);
    let mut reading = open_own(&bench.house, &platform, subject, place).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = reading.next().await.unwrap() {
        bytes.extend(piece);
    }
    bytes
}

#[tokio::test]
async fn a_file_in_pieces_is_one_act_and_the_same_file() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let file = picture(9_000_000);
    let before = bench.size().await;
    let own = Own::begun(&bench.house, &platform, (li.subject, li.record), file.len()).await.unwrap();
    assert_eq!(own.send(0, piece(&file[..5_000_000])).await.unwrap().received, 5_000_000);
    assert_eq!(bench.size().await, before, "no act before the last byte");
    assert!(bench.files_with("plain picture content").is_empty(), "nothing of it in the clear");
    let listed = slots(&bench.house, &platform, li.subject, li.record).await.unwrap();
    assert!(listed.iter().all(|slot| slot.files.is_empty()), "no attachment before the last byte");
    sound(&bench).await;

    let done = own.send(5_000_000, piece(&file[5_000_000..])).await.unwrap();
    let attached = done.attached.unwrap();
    assert_eq!((attached.kind, attached.size, attached.leaf), (FileKind::Png, 9_000_000, before));
    assert_eq!(bench.entry(attached.leaf).await.act, Act::Collect);
    assert!(content(&bench, (li.subject, li.record), attached).await == file);
    // Whoever lost the answer learns it again, and sends nothing twice.
    assert_eq!(own.standing().await.unwrap().attached, Some(attached));
    assert_eq!(own.send(file.len(), Piece(None, false)).await.unwrap().attached, Some(attached));
    sound(&bench).await;
    give_up(&bench.house, &platform, &own.sender, own.id).await.unwrap();
    assert!(matches!(own.standing().await, Err(Refusal::NotFound(_))));
    assert!(content(&bench, (li.subject, li.record), attached).await == file, "what was taken in stays");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever the pieces, and wherever requests break off: the file is the file.
    #[test]
    fn in_any_split_it_is_the_file_that_one_upload_makes(
        length in 17_usize..200_000,
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::new().await;
            let platform = bench.platform();
            let li = bench.registered(&LI).await;
            let file = picture(length);
            let mut cuts: Vec<(usize, bool)> = cuts.iter().map(|(at, cut)| (at.index(length), *cut)).collect();
            cuts.sort_unstable();
            let own = Own::begun(&bench.house, &platform, (li.subject, li.record), length).await.unwrap();
            let mut from = 0;
            for (to, cut_short) in cuts {
                let went = own.send(from, Piece(Some(file[from..to].to_vec()), cut_short)).await;
                assert_eq!(went.is_err(), cut_short);
                assert_eq!(own.standing().await.unwrap().received, to as u64, "as much as was sent is there");
                from = to;
            }
            let attached = own.send(from, piece(&file[from..])).await.unwrap().attached.unwrap();
            let mut whole = piece(&file);
            let at = (&*bench.house, &*platform);
            let once = shouyue_desk::attach::upload(at.0, at.1, li.subject, to(li.record), &mut whole, Who::Subject, None);
            let once = once.await.unwrap();
            assert_eq!((once.kind, once.size), (attached.kind, attached.size));
            let place = (li.subject, li.record);
            assert!(content(&bench, place, attached).await == content(&bench, place, once).await);
            sound(&bench).await;
        });
    }
}

#[tokio::test]
async fn another_place_is_refused_and_of_two_who_go_on_at_once_one_does() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let file = picture(300_000);
    let own = Own::begun(&bench.house, &platform, (li.subject, li.record), file.len()).await.unwrap();
    for offset in [1, 300_000, 300_001] {
        assert!(matches!(own.send(offset, piece(&file)).await, Err(Refusal::Elsewhere(0))));
    }
    let (one, other) = tokio::join!(own.send(0, piece(&file[..1_000])), own.send(0, piece(&file[..2_000])));
    let received = own.standing().await.unwrap().received;
    for went in [&one, &other] {
        match went {
            Ok(went) => assert_eq!(went.received, received),
            Err(Refusal::Elsewhere(_)) => {}
            Err(refused) => panic!("{refused}"),
        }
    }
    assert!(one.is_ok() != other.is_ok(), "one of two");
    let from = usize::try_from(received).unwrap();
    let (one, other) = tokio::join!(own.send(from, piece(&file[from..])), own.send(from, piece(&file[from..])));
    let attached = own.standing().await.unwrap().attached.unwrap();
    assert!(one.is_ok() || other.is_ok());
    assert!(content(&bench, (li.subject, li.record), attached).await == file);
    let listed = slots(&bench.house, &platform, li.subject, li.record).await.unwrap();
    assert_eq!(listed.iter().map(|slot| slot.files.len()).sum::<usize>(), 1, "one act");
    sound(&bench).await;
}

#[tokio::test]
async fn an_upload_is_its_senders_alone() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let (li, wang) = (bench.registered(&LI).await, bench.registered(&WANG).await);
    let own = Own::begun(&bench.house, &platform, (li.subject, li.record), 100).await.unwrap();
    let token = model::ActorId::from_random([7; 16]);
    for stranger in [oneself(wang.subject), Sender { subject: li.subject, who: Who::Service { token } }] {
        let at = (&*bench.house, &*platform);
        let mut bytes = piece(&picture(100));
        for refused in [
            under_way(at.0, at.1, &stranger, own.id).await.map(drop),
            go_on(at.0, at.1, &stranger, (own.id, 0), &mut bytes).await.map(drop),
            give_up(at.0, at.1, &stranger, own.id).await,
        ] {
            assert!(matches!(refused, Err(Refusal::NotFound("upload"))), "{refused:?}");
        }
        assert!(bytes.0.is_some(), "not a byte was read");
    }
    assert!(begin(&bench.house, &platform, &oneself(wang.subject), &to(li.record), 9).await.is_err());
    assert_eq!(own.standing().await.unwrap().received, 0);
}

#[tokio::test]
async fn without_consent_nothing_begins_and_nothing_goes_on() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let own = Own::begun(&bench.house, &platform, (li.subject, li.record), 100_000).await.unwrap();
    own.send(0, piece(&picture(50_000))).await.unwrap();
    withdraw_all(&bench, li.subject).await;
    let mut more = piece(&picture(50_000));
    let refused = go_on(&bench.house, &platform, &own.sender, (own.id, 50_000), &mut more).await;
    assert!(matches!(refused, Err(Refusal::Denied(_))), "{refused:?}");
    assert!(more.0.is_some(), "not a byte was read");
    assert_eq!(bench.entries().await.last().unwrap().act, Act::Refused);
    assert!(matches!(own.standing().await, Err(Refusal::NotFound(_))), "and what came before is gone");
    let refused = Own::begun(&bench.house, &platform, (li.subject, li.record), 9).await.err();
    assert!(matches!(refused, Some(Refusal::Denied(_))), "{refused:?}");
    assert_eq!(bench.entries().await.last().unwrap().act, Act::Refused);
    sound(&bench).await;
}

#[tokio::test]
async fn what_can_never_be_taken_in_ends_at_once() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let before = bench.size().await;
    let place = (li.subject, li.record);
    let code = |refusal: Option<Refusal>| match refusal {
        Some(Refusal::Fields(faults)) => faults[0].code,
        other => panic!("{other:?}"),
    };
    for (size, fault) in [(0, "missing"), (usize::try_from(LARGEST).unwrap() + 1, "file-large")] {
        assert_eq!(code(Own::begun(&bench.house, &platform, place, size).await.err()), fault);
    }
    let page = b"<!doctype html><script>".as_slice();
    // By its first bytes, though the rest is still to come; and where the first were too few to tell, at the end.
    for (size, first, fault) in [(90_000, page, "file-kind"), (5, &PNG[..5], "file-kind"), (9, PNG, "file-large")] {
        let own = Own::begun(&bench.house, &platform, place, size).await.unwrap();
        assert_eq!(code(own.send(0, piece(first)).await.err()), fault);
        assert!(matches!(own.standing().await, Err(Refusal::NotFound(_))));
    }
    let typed = shouyue_desk::attach::Upload { item: "name".to_owned(), ..to(li.record) };
    let refused = begin(&bench.house, &platform, &oneself(li.subject), &typed, 9).await;
    assert_eq!(code(refused.err()), "file-none");
    assert_eq!(bench.size().await, before, "nothing happened");
    sound(&bench).await;
}

#[tokio::test]
async fn nobody_has_more_than_a_few_under_way() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let place = (li.subject, li.record);
    let mut first = None;
    let refused = loop {
        match Own::begun(&bench.house, &platform, place, 9).await {
            Ok(own) => first = first.or(Some(own)),
            Err(refused) => break refused,
        }
    };
    assert!(matches!(refused, Refusal::TooMany), "{refused:?}");
    let first = first.unwrap();
    give_up(&bench.house, &platform, &first.sender, first.id).await.unwrap();
    Own::begun(&bench.house, &platform, place, 9).await.unwrap();
}

#[tokio::test]
async fn after_a_day_nothing_is_left_of_it() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let own = Own::begun(&bench.house, &platform, (li.subject, li.record), 100_000).await.unwrap();
    own.send(0, piece(&picture(50_000))).await.unwrap();
    bench.clock.advance(OPEN - SignedDuration::from_secs(1));
    let today = "2026-11-22".parse().unwrap();
    sweep(&bench.house, &platform, today).await.unwrap();
    assert_eq!(own.standing().await.unwrap().received, 50_000);
    bench.clock.advance(SignedDuration::from_secs(1));
    assert!(matches!(own.standing().await, Err(Refusal::Over)));
    let late = own.send(50_000, piece(b"more")).await;
    assert!(matches!(late, Err(Refusal::Over)), "{late:?}");
    sweep(&bench.house, &platform, today).await.unwrap();
    assert!(matches!(own.standing().await, Err(Refusal::NotFound(_))));
    let objects = bench.folder.path().join("objects/haigang");
    assert_eq!(files(&objects), 0, "its parcels are gone");
    sound(&bench).await;
}

/// How many files lie below a folder.
fn files(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

#[tokio::test]
async fn with_its_person_an_upload_is_gone() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let own = Own::begun(&bench.house, &platform, (li.subject, li.record), 100_000).await.unwrap();
    own.send(0, piece(&picture(50_000))).await.unwrap();
    erase(&bench.house, &platform, li.subject, Who::Subject).await.unwrap();
    assert!(matches!(own.standing().await, Err(Refusal::NotFound(_))));
    assert!(own.send(50_000, piece(b"more")).await.is_err());
    assert_eq!(files(&bench.folder.path().join("objects/haigang")), 0, "its parcels are gone");
    sound(&bench).await;
}

#[tokio::test]
async fn an_upload_goes_on_after_a_restart() {
    let bench = Bench::new().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let file = picture(100_000);
    let own = Own::begun(&bench.house, &platform, (li.subject, li.record), file.len()).await.unwrap();
    own.send(0, Piece(Some(file[..60_000].to_vec()), true)).await.unwrap_err();
    // As at the start of a server: whatever is loose goes.
    bench.store.objects_sweep(&slug("haigang"), jiff::Timestamp::MAX).await.unwrap();
    assert_eq!(own.standing().await.unwrap().received, 60_000, "what came in before it broke off");
    let attached = own.send(60_000, piece(&file[60_000..])).await.unwrap().attached.unwrap();
    assert!(content(&bench, (li.subject, li.record), attached).await == file);
    sound(&bench).await;
}
