//! A parcel of an upload comes back where it was sealed, and nowhere else.

use std::sync::LazyLock;

use model::act::Committed;
use model::field::Validator;
use model::{Clear, RecordId, SubjectId, UploadId};
use shouyue_vault::{Parcels, SealedParcel, VaultError, Whose, WrongKind};

use crate::bench::{ACCOUNT, ALICE, BOB, Bench, OTHER_ACCOUNT, slug};

static BENCH: LazyLock<Bench> = LazyLock::new(|| Bench::new("haigang"));

const ITEM: &str = "sex";
const ID: UploadId = UploadId::from_random([9; 16]);

/// The wrapped key of an upload of Alice's.
fn key() -> Vec<u8> {
    let permit = BENCH.collecting(&[ITEM], ALICE, ACCOUNT);
    BENCH.keys.parcel_key(permit, Whose::Subject, (&slug(ITEM), ID), &BENCH.entropy).unwrap()
}

fn opened(
    bench: &Bench,
    wrapped: &[u8],
    (subject, record, id): (SubjectId, RecordId, UploadId),
) -> Result<Parcels, VaultError> {
    let permit = bench.collecting(&[ITEM], subject, record);
    bench.keys.parcels(permit, Whose::Subject, (&slug(ITEM), id), wrapped, 0)
}

fn content(parcels: &Parcels, start: u64, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
    Ok(parcels.open(start, sealed)?.release(&Committed::from_store(0)))
}

#[test]
fn parcels_come_back_in_order_each_from_where_it_begins() {
    let wrapped = key();
    let mut parcels = opened(&BENCH, &wrapped, (ALICE, ACCOUNT, ID)).unwrap();
    assert!(parcels.seal(&BENCH.entropy).unwrap().is_none(), "nothing came");
    parcels.push(Clear::new(b"first ".to_vec()));
    parcels.push(Clear::new(b"and more".to_vec()));
    let first = parcels.seal(&BENCH.entropy).unwrap().unwrap();
    parcels.push(Clear::new(b"last".to_vec()));
    assert_eq!(parcels.received(), 18);
    let last = parcels.seal(&BENCH.entropy).unwrap().unwrap();
    assert_eq!((first.start, first.size, last.start, last.size), (0, 14, 14, 4));
    assert_eq!(SealedParcel::length(14), first.bytes.len() as u64);
    let again = opened(&BENCH, &wrapped, (ALICE, ACCOUNT, ID)).unwrap();
    assert_eq!(content(&again, 0, &first.bytes).unwrap(), b"first and more");
    assert_eq!(content(&again, 14, &last.bytes).unwrap(), b"last");
}

#[test]
fn a_parcel_moved_anywhere_or_changed_does_not_open() {
    let wrapped = key();
    let mut parcels = opened(&BENCH, &wrapped, (ALICE, ACCOUNT, ID)).unwrap();
    parcels.push(Clear::new(b"a piece of a picture".to_vec()));
    let sealed = parcels.seal(&BENCH.entropy).unwrap().unwrap().bytes;
    assert_eq!(content(&parcels, 1, &sealed), Err(VaultError::Sealed), "elsewhere in the file");
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(content(&parcels, 0, &changed).is_err(), "byte {at}");
    }
    let other = opened(&BENCH, &key(), (ALICE, ACCOUNT, ID)).unwrap();
    assert_eq!(content(&other, 0, &sealed), Err(VaultError::Sealed), "another upload");
    let elsewhere = UploadId::from_random([8; 16]);
    for place in [(BOB, ACCOUNT, ID), (ALICE, OTHER_ACCOUNT, ID), (ALICE, ACCOUNT, elsewhere)] {
        assert_eq!(opened(&BENCH, &wrapped, place).err(), Some(VaultError::Sealed), "the key itself");
    }
    assert!(opened(&Bench::new("elsewhere"), &wrapped, (ALICE, ACCOUNT, ID)).is_err(), "another platform");
}

#[test]
fn only_a_permit_to_collect_the_item_begins_or_opens_an_upload() {
    let wrapped = key();
    let named = (&slug(ITEM), ID);
    let begun = |permit| BENCH.keys.parcel_key(permit, Whose::Subject, named, &BENCH.entropy).err();
    let opened = |permit| BENCH.keys.parcels(permit, Whose::Subject, named, &wrapped, 0).err();
    for permit in [|| BENCH.showing(&[ITEM], ALICE, ACCOUNT), || BENCH.collecting(&["id-type"], ALICE, ACCOUNT)] {
        assert_eq!(begun(permit()), Some(VaultError::NotPermitted));
        assert_eq!(opened(permit()), Some(VaultError::NotPermitted));
    }
}

#[test]
fn what_is_no_file_of_the_item_shows_in_its_first_bytes() {
    let begins = |bytes: &[u8]| {
        let mut parcels = opened(&BENCH, &key(), (ALICE, ACCOUNT, ID)).unwrap();
        parcels.push(Clear::new(bytes.to_vec()));
        parcels.begins_as(Validator::Image)
    };
    assert_eq!(begins(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), Ok(()));
    assert_eq!(begins(b"<!doctype html><script>"), Err(WrongKind));
    assert_eq!(begins(b"<!doctype"), Ok(()), "too few to tell");
}
