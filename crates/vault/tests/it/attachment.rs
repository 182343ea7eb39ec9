//! A sealed file comes back as it was, and not one byte of it when anything of it was moved, cut or changed.

use std::sync::LazyLock;

use model::act::Committed;
use model::attachment::FileKind;
use model::field::Validator;
use model::{AttachmentId, Clear, SubjectId};
use proptest::prelude::*;
use shouyue_vault::{
    AttachmentName, Enclosed, Facts, OpenedPart, Opener, PartName, Suite, VaultError, Whose, WrongKind,
};

use crate::bench::{ACCOUNT, ALICE, BOB, Bench, OTHER_ACCOUNT, slug};

static BENCH: LazyLock<Bench> = LazyLock::new(|| Bench::new("haigang"));

/// An item that the policy shows to its subject unmasked, so that a permit names it clear.
const ITEM: &str = "sex";
const ID: AttachmentId = AttachmentId::from_random([9; 16]);

const SEGMENT: usize = 64 * 1024;
/// Of a header, as [`Opener::HEADER`] says.
const HEADER: usize = 69;
const SEALED: usize = SEGMENT + 16;

/// A picture of this many bytes, no two of its segments alike.
fn picture(length: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".to_vec();
    bytes.extend((0..).flat_map(|number: u32| number.to_be_bytes()).take(length.saturating_sub(16)));
    bytes
}

/// Seals a content that comes in pieces of this length, as the first attachment of a new part.
fn sealed(bench: &Bench, content: &[u8], pieces: usize, subject: SubjectId) -> (Vec<u8>, Facts) {
    let permit = bench.collecting(&[ITEM], subject, ACCOUNT);
    let item = (&slug(ITEM), ID);
    let mut sealer = bench.keys.seal_attachment(permit, Whose::Subject, None, item, &bench.entropy).unwrap();
    let mut object = Vec::new();
    for piece in content.chunks(pieces) {
        object.extend(sealer.push(Clear::new(piece.to_vec())).unwrap());
    }
    assert_eq!(sealer.size(), content.len() as u64);
    let (rest, done) = sealer.finish().unwrap();
    object.extend(rest);
    let facts = done.under(bench.collecting(&[ITEM], subject, ACCOUNT)).unwrap().clone();
    (object, facts)
}

/// Opens an object as the store would hand it over, window by window.
fn opened(bench: &Bench, object: &[u8], facts: &Facts) -> Result<Vec<u8>, VaultError> {
    let Facts { name, size, wrapped, .. } = facts;
    let permit = bench.showing(&[ITEM], name.part.subject.unwrap(), name.part.record);
    let header = &object[..HEADER.min(object.len())];
    let mut opener = bench.keys.open_attachment(permit, name, wrapped.as_deref(), header, *size)?;
    let mut content = Vec::new();
    while let Some(wanted) = opener.wants() {
        let [from, to] = [wanted.start, wanted.end].map(|at| usize::try_from(at).unwrap().min(object.len()));
        let window = object.get(from..to).unwrap_or_default().to_vec();
        content.extend(opener.open(window)?.release(&Committed::from_store(0)));
    }
    Ok(content)
}

#[test]
fn a_file_sealed_under_guomi_comes_back_and_one_changed_bit_shows() {
    let bench = Bench::under("haigang", Suite::Guomi);
    let content = picture(2 * SEGMENT + 5);
    let (mut object, facts) = sealed(&bench, &content, 1000, ALICE);
    assert_eq!(object[0], 2, "its header names the suite");
    assert!(opened(&bench, &object, &facts).unwrap() == content);
    for place in [0, 5, HEADER, HEADER + SEALED, object.len() - 1] {
        object[place] ^= 1;
        assert!(opened(&bench, &object, &facts).is_err(), "{place}");
        object[place] ^= 1;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_sealed_comes_back_however_it_came_in(
        segments in 0..11_usize, off in -2..3_isize, pieces in 1..200_000_usize,
    ) {
        let content = picture((segments * SEGMENT).saturating_add_signed(off).max(16));
        let (object, facts) = sealed(&BENCH, &content, pieces.max(content.len() / 500), ALICE);
        prop_assert_eq!(facts.size, content.len() as u64);
        prop_assert_eq!(facts.kind, FileKind::Png);
        prop_assert!(opened(&BENCH, &object, &facts).unwrap() == content);
    }

    #[test]
    fn one_changed_bit_shows(place in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let (mut object, facts) = sealed(&BENCH, &picture(2 * SEGMENT + 5), SEGMENT, ALICE);
        let place = place.index(object.len());
        object[place] ^= 1 << bit;
        let opened = opened(&BENCH, &object, &facts);
        prop_assert!(matches!(opened, Err(VaultError::Sealed | VaultError::Suite(_))));
    }

    #[test]
    fn an_object_cut_short_shows_whatever_size_is_claimed(length in 0..2 * SEALED + HEADER, honest in any::<bool>()) {
        let (object, mut facts) = sealed(&BENCH, &picture(2 * SEGMENT + 5), SEGMENT, ALICE);
        let cut = &object[..length];
        if !honest {
            let body = length.saturating_sub(HEADER);
            facts.size = body.saturating_sub(16 * body.div_ceil(SEALED).max(1)) as u64;
        }
        prop_assert!(matches!(opened(&BENCH, cut, &facts), Err(VaultError::Sealed)));
    }
}

#[test]
fn segments_left_out_swapped_repeated_or_moved_show() {
    let (object, facts) = sealed(&BENCH, &picture(4 * SEGMENT), SEGMENT, ALICE);
    let (other, _) = sealed(&BENCH, &picture(4 * SEGMENT), SEGMENT, ALICE);
    let part = |object: &[u8], number: usize| object[HEADER + number * SEALED..HEADER + (number + 1) * SEALED].to_vec();
    let made = |order: &[usize]| {
        let mut made = object[..HEADER].to_vec();
        for number in order {
            made.extend(part(&object, *number));
        }
        (made, Facts { size: (order.len() * SEGMENT) as u64, ..facts.clone() })
    };
    let (whole, claimed) = made(&[0, 1, 2, 3]);
    assert!(opened(&BENCH, &whole, &claimed).is_ok());
    for order in [&[1, 0, 2, 3][..], &[0, 2, 3], &[0, 1, 1, 2, 3], &[0, 1, 2], &[1, 2, 3], &[0, 1, 2, 3, 3], &[3]] {
        let (forged, claimed) = made(order);
        assert_eq!(opened(&BENCH, &forged, &claimed), Err(VaultError::Sealed), "{order:?}");
    }
    let mut spliced = object.clone();
    spliced[HEADER + SEALED..HEADER + 2 * SEALED].copy_from_slice(&part(&other, 1));
    assert_eq!(opened(&BENCH, &spliced, &facts), Err(VaultError::Sealed), "a segment of another attachment");
    let headed = [&other[..HEADER], &object[HEADER..]].concat();
    assert_eq!(opened(&BENCH, &headed, &facts), Err(VaultError::Sealed), "the header of another attachment");
}

#[test]
fn an_attachment_moved_anywhere_does_not_open() {
    let (object, facts) = sealed(&BENCH, &picture(100), 10, ALICE);
    let under = |name: AttachmentName| Facts { name, ..facts.clone() };
    let name = &facts.name;
    let part = |subject, record| PartName { record, subject: Some(subject), role: slug("registrant") };
    for moved in [
        AttachmentName { part: part(BOB, ACCOUNT), ..name.clone() },
        AttachmentName { part: part(ALICE, OTHER_ACCOUNT), ..name.clone() },
        AttachmentName { id: AttachmentId::from_random([8; 16]), ..name.clone() },
    ] {
        assert_eq!(opened(&BENCH, &object, &under(moved)), Err(VaultError::Sealed));
    }
    let permit = BENCH.showing(&["id-type"], ALICE, ACCOUNT);
    let elsewhere = AttachmentName { item: slug("id-type"), ..name.clone() };
    let header = &object[..HEADER];
    let opened = BENCH.keys.open_attachment(permit, &elsewhere, facts.wrapped.as_deref(), header, facts.size);
    assert_eq!(opened.err(), Some(VaultError::Sealed), "another item");
    let there = Bench::new("elsewhere");
    let permit = there.showing(&[ITEM], ALICE, ACCOUNT);
    let opened = there.keys.open_attachment(permit, name, facts.wrapped.as_deref(), header, facts.size);
    assert_eq!(opened.err(), Some(VaultError::Sealed), "another platform");
}

#[test]
fn a_destroyed_part_key_means_erased() {
    let (object, facts) = sealed(&BENCH, &picture(100), 10, ALICE);
    assert_eq!(opened(&BENCH, &object, &Facts { wrapped: None, ..facts }), Err(VaultError::Erased));
}

#[test]
fn under_the_key_that_a_part_has_no_new_one_is_made() {
    let (_, first) = sealed(&BENCH, &picture(100), 10, ALICE);
    let permit = BENCH.collecting(&[ITEM], ALICE, ACCOUNT);
    let item = (&slug(ITEM), AttachmentId::from_random([7; 16]));
    let wrapped = first.wrapped.as_deref();
    let mut sealer = BENCH.keys.seal_attachment(permit, Whose::Subject, wrapped, item, &BENCH.entropy).unwrap();
    let mut object = sealer.push(Clear::new(picture(50))).unwrap();
    let (rest, done) = sealer.finish().unwrap();
    object.extend(rest);
    let facts = done.under(BENCH.collecting(&[ITEM], ALICE, ACCOUNT)).unwrap();
    assert_eq!(facts.wrapped, None);
    assert_eq!(Opener::HEADER, 0..HEADER as u64);
    let held = Facts { wrapped: first.wrapped.clone(), ..facts.clone() };
    assert_eq!(opened(&BENCH, &object, &held).unwrap(), picture(50));
}

#[test]
fn one_permit_opens_a_part_with_those_of_its_attachments_that_it_names() {
    let (object, facts) = sealed(&BENCH, &picture(100), 10, ALICE);
    let Facts { name, wrapped, size, .. } = &facts;
    let enclosed = Enclosed { item: slug(ITEM), id: ID, header: object[..HEADER].to_vec(), size: *size };
    let open = |permit, enclosed: &Enclosed| {
        let all = std::slice::from_ref(enclosed);
        BENCH.keys.open_with_attachments(permit, &name.part, wrapped.as_deref(), &[], all)
    };
    let OpenedPart { values, attachments: mut openers } =
        open(BENCH.showing(&[ITEM], ALICE, ACCOUNT), &enclosed).unwrap();
    assert!(values.is_empty() && openers.len() == 1);
    let (id, opener) = openers.first_mut().unwrap();
    let wanted = opener.wants().unwrap();
    let [from, to] = [wanted.start, wanted.end].map(|at| usize::try_from(at).unwrap());
    let content = opener.open(object[from..to].to_vec()).unwrap().release(&Committed::from_store(0));
    assert_eq!((*id, content), (ID, picture(100)));
    assert_eq!(
        open(BENCH.showing(&["id-type"], ALICE, ACCOUNT), &enclosed).unwrap().attachments.len(),
        0,
        "another item"
    );
    for permit in [BENCH.showing(&[ITEM], BOB, ACCOUNT), BENCH.collecting(&[ITEM], ALICE, ACCOUNT)] {
        assert_eq!(open(permit, &enclosed).err(), Some(VaultError::NotPermitted));
    }
    let other = Enclosed { id: AttachmentId::from_random([8; 16]), ..enclosed };
    assert_eq!(
        open(BENCH.showing(&[ITEM], ALICE, ACCOUNT), &other).err(),
        Some(VaultError::Sealed),
        "another's header"
    );
}

#[test]
fn permits_for_anything_else_seal_and_open_nothing() {
    let keys = &BENCH.keys;
    let begun =
        |permit, item: &str| keys.seal_attachment(permit, Whose::Subject, None, (&slug(item), ID), &BENCH.entropy);
    assert_eq!(begun(BENCH.showing(&[ITEM], ALICE, ACCOUNT), ITEM).err(), Some(VaultError::NotPermitted));
    assert_eq!(begun(BENCH.collecting(&["id-type"], ALICE, ACCOUNT), ITEM).err(), Some(VaultError::NotPermitted));
    let (object, facts) = sealed(&BENCH, &picture(100), 10, ALICE);
    let header = &object[..HEADER];
    for permit in [
        BENCH.collecting(&[ITEM], ALICE, ACCOUNT),
        BENCH.showing(&["id-type"], ALICE, ACCOUNT),
        BENCH.showing(&[ITEM], BOB, ACCOUNT),
        BENCH.showing(&[ITEM], ALICE, OTHER_ACCOUNT),
    ] {
        let opened = keys.open_attachment(permit, &facts.name, facts.wrapped.as_deref(), header, facts.size);
        assert_eq!(opened.err(), Some(VaultError::NotPermitted));
    }
    // The facts come out only for the place that was sealed for.
    let permit = BENCH.collecting(&[ITEM], ALICE, ACCOUNT);
    let mut sealer = begun(permit, ITEM).unwrap();
    sealer.push(Clear::new(picture(20))).unwrap();
    let (_, done) = sealer.finish().unwrap();
    assert_eq!(done.under(BENCH.collecting(&[ITEM], BOB, ACCOUNT)).err(), Some(VaultError::NotPermitted));
    assert_eq!(done.under(BENCH.collecting(&[ITEM], ALICE, OTHER_ACCOUNT)).err(), Some(VaultError::NotPermitted));
    assert_eq!(done.under(BENCH.showing(&[ITEM], ALICE, ACCOUNT)).err(), Some(VaultError::NotPermitted));
}

#[test]
fn the_kind_is_told_as_soon_as_it_can_be_and_what_is_none_is_not_finished() {
    let begun = || {
        let permit = BENCH.collecting(&[ITEM], ALICE, ACCOUNT);
        BENCH.keys.seal_attachment(permit, Whose::Subject, None, (&slug(ITEM), ID), &BENCH.entropy).unwrap()
    };
    let mut sealer = begun();
    sealer.push(Clear::new(picture(20)[..5].to_vec())).unwrap();
    assert_eq!(sealer.kind(Validator::Image), Ok(None));
    sealer.push(Clear::new(picture(20)[5..].to_vec())).unwrap();
    assert_eq!(sealer.kind(Validator::Image), Ok(Some(FileKind::Png)));
    assert_eq!(sealer.kind(Validator::Recording), Err(WrongKind));
    assert_eq!(sealer.kind(Validator::Text), Err(WrongKind));
    let mut sealer = begun();
    sealer.push(Clear::new(b"<!doctype html><script>".to_vec())).unwrap();
    assert_eq!(sealer.kind(Validator::Image), Err(WrongKind));
    assert_eq!(sealer.finish().err(), Some(VaultError::Content));
    assert_eq!(begun().finish().err(), Some(VaultError::Content), "nothing at all");
}

#[test]
fn nothing_of_the_content_stands_in_the_object() {
    let content = picture(3 * SEGMENT + 17);
    let (object, _) = sealed(&BENCH, &content, 1000, ALICE);
    for at in [0, SEGMENT, 2 * SEGMENT + 100] {
        let piece = &content[at..at + 16];
        assert!(!object.windows(16).any(|window| window == piece));
    }
}
