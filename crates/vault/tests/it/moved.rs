//! Design invariants 8 and 11: what was moved, changed or destroyed does not open, and says nothing of what is inside.

use model::SubjectId;
use shouyue_vault::field::normalise;
use shouyue_vault::{PartName, SealedPart, Suite, VaultError, Whose};

use crate::bench::{ACCOUNT, ALICE, BOB, Bench, Counting, OTHER_ACCOUNT, START, root, slug};

/// An item that the policy shows to its subject unmasked.
const ITEM: &str = "sex";
const ANOTHER: &str = "id-type";

fn name(subject: SubjectId, record: model::RecordId) -> PartName {
    PartName { record, subject: Some(subject), role: slug("registrant") }
}

fn bench() -> (Bench, SealedPart) {
    let bench = Bench::new("haigang");
    let part = bench.sealed(ITEM, "F", ALICE, ACCOUNT);
    (bench, part)
}

#[test]
fn what_lies_where_it_was_sealed_opens() {
    let (bench, part) = bench();
    assert_eq!(bench.opened(ITEM, &part.name, part.wrapped.as_deref(), &part.values).unwrap(), ["F"]);
}

#[test]
fn a_destroyed_key_means_erased() {
    let (bench, part) = bench();
    assert_eq!(bench.opened(ITEM, &part.name, None, &part.values), Err(VaultError::Erased));
    assert_eq!(bench.keys.born(&part.name, None, &part.values[0]).err(), Some(VaultError::Erased));
}

#[test]
fn a_part_moved_to_another_subject_or_record_does_not_open() {
    let (bench, part) = bench();
    for moved in [name(BOB, ACCOUNT), name(ALICE, OTHER_ACCOUNT)] {
        let opened = bench.opened(ITEM, &moved, part.wrapped.as_deref(), &part.values);
        assert_eq!(opened, Err(VaultError::Sealed), "{moved:?}");
    }
}

#[test]
fn a_value_moved_under_the_key_of_another_part_does_not_open() {
    let (bench, part) = bench();
    for (subject, record) in [(BOB, ACCOUNT), (ALICE, OTHER_ACCOUNT)] {
        let there = bench.sealed(ITEM, "M", subject, record);
        let opened = bench.opened(ITEM, &there.name, there.wrapped.as_deref(), &part.values);
        assert_eq!(opened, Err(VaultError::Sealed));
    }
}

#[test]
fn a_value_moved_to_another_item_or_version_does_not_open() {
    let (bench, mut part) = bench();
    part.values[0].item = slug(ANOTHER);
    assert_eq!(
        bench.opened(ANOTHER, &part.name, part.wrapped.as_deref(), &part.values),
        Err(VaultError::Sealed),
        "another item"
    );
    part.values[0].item = slug(ITEM);
    part.values[0].version = 2;
    assert_eq!(
        bench.opened(ITEM, &part.name, part.wrapped.as_deref(), &part.values),
        Err(VaultError::Sealed),
        "another version"
    );
}

#[test]
fn a_part_moved_to_another_platform_does_not_open() {
    let (_, part) = bench();
    let elsewhere = Bench::new("elsewhere");
    let opened = elsewhere.opened(ITEM, &part.name, part.wrapped.as_deref(), &part.values);
    assert_eq!(opened, Err(VaultError::Sealed));
}

#[test]
fn a_permit_of_another_platform_opens_and_seals_nothing() {
    let (bench, part) = bench();
    let elsewhere = Bench::new("elsewhere");
    let permit = elsewhere.showing(&[ITEM], ALICE, ACCOUNT);
    let opened = bench.keys.open(permit, &part.name, part.wrapped.as_deref(), &part.values);
    assert_eq!(opened.err(), Some(VaultError::NotPermitted));
    let permit = elsewhere.collecting(&[ITEM], ALICE, ACCOUNT);
    let sealed = bench.keys.seal(permit, Whose::Subject, None, Vec::new(), &bench.entropy);
    assert_eq!(sealed.err(), Some(VaultError::NotPermitted));
}

#[test]
fn a_permit_opens_only_the_part_that_it_names_and_only_its_items() {
    let (bench, part) = bench();
    for other in [name(BOB, ACCOUNT), name(ALICE, OTHER_ACCOUNT)] {
        let permit = bench.showing(&[ITEM], ALICE, ACCOUNT);
        let opened = bench.keys.open(permit, &other, part.wrapped.as_deref(), &part.values);
        assert_eq!(opened.err(), Some(VaultError::NotPermitted));
    }
    assert_eq!(bench.opened(ANOTHER, &part.name, part.wrapped.as_deref(), &part.values).unwrap(), [""; 0]);
}

#[test]
fn a_permit_to_show_seals_nothing_and_one_to_collect_opens_nothing() {
    let (bench, part) = bench();
    let value = normalise(model::field::Validator::Text, "F").unwrap();
    let permit = bench.showing(&[ITEM], ALICE, ACCOUNT);
    let sealed = bench.keys.seal(permit, Whose::Subject, None, vec![(slug(ITEM), 1, value)], &bench.entropy);
    assert_eq!(sealed.err(), Some(VaultError::NotPermitted));
    let permit = bench.collecting(&[ITEM], ALICE, ACCOUNT);
    let opened = bench.keys.open(permit, &part.name, part.wrapped.as_deref(), &part.values);
    assert_eq!(opened.err(), Some(VaultError::NotPermitted));
}

#[test]
fn a_permit_does_not_seal_items_that_it_does_not_name() {
    let (bench, _) = bench();
    let value = normalise(model::field::Validator::Text, "F").unwrap();
    let permit = bench.collecting(&[ITEM], ALICE, ACCOUNT);
    let sealed = bench.keys.seal(permit, Whose::Subject, None, vec![(slug(ANOTHER), 1, value)], &bench.entropy);
    assert_eq!(sealed.err(), Some(VaultError::NotPermitted));
}

#[test]
fn another_root_key_opens_no_platform_and_a_platform_key_no_other_platform() {
    let entropy = Counting::default();
    let wrapped = root(7).new_platform(&slug("haigang"), Suite::International, START, &entropy).unwrap();
    assert!(root(7).open_platform(&slug("haigang"), &wrapped, START).is_ok());
    let other = root(8).open_platform(&slug("haigang"), &wrapped, START).err();
    assert!(matches!(other, Some(VaultError::Root(_))), "{other:?}");
    let elsewhere = root(7).open_platform(&slug("elsewhere"), &wrapped, START).err();
    assert_eq!(elsewhere, Some(VaultError::Sealed));
}

#[test]
fn tokens_of_one_value_on_two_platforms_have_nothing_in_common() {
    let phone = normalise(model::field::Validator::Mobile, "13800138000").unwrap();
    let (here, there) = (Bench::new("haigang"), Bench::new("elsewhere"));
    assert_eq!(here.keys.token("phone number", &phone), here.keys.token("phone number", &phone));
    assert_ne!(here.keys.token("phone number", &phone), there.keys.token("phone number", &phone));
    assert_ne!(here.keys.token("phone number", &phone), here.keys.token("document number", &phone));
}

#[test]
fn a_birth_date_is_read_from_a_day_and_from_an_identity_number() {
    let bench = Bench::new("haigang");
    let born = |item: &str, text: &str| {
        let part = bench.sealed(item, text, ALICE, ACCOUNT);
        bench.keys.born(&part.name, part.wrapped.as_deref(), &part.values[0]).unwrap()
    };
    let day = Some(model::act::Born::On("1990-05-01".parse().unwrap()));
    assert!(born("birth-date", "1990-05-01") == day);
    assert!(born("id-number", "990105199005010011") == day);
    assert!(born("sex", "F").is_none());
}
