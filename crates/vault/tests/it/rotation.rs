//! Keys that are changed while what they sealed goes on opening.

use jiff::Timestamp;
use model::SubjectId;
use model::key::{KeyPurpose, WrappedKey};
use shouyue_vault::field::normalise;
use shouyue_vault::{PlatformKeys, RootKey, RootKeys, Suite, VaultError};

use crate::bench::{ACCOUNT, ALICE, Bench, Counting, START, root, slug};

fn later(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn first(entropy: &Counting) -> Vec<WrappedKey> {
    root(7).new_platform(&slug("haigang"), Suite::International, START, entropy).unwrap()
}

fn opened(wrapped: &[WrappedKey], now: Timestamp) -> PlatformKeys {
    root(7).open_platform(&slug("haigang"), wrapped, now).unwrap()
}

fn another(wrapped: &mut Vec<WrappedKey>, purpose: KeyPurpose, version: u32, since: i64, entropy: &Counting) {
    let new =
        root(7).new_version(&slug("haigang"), Suite::International, (purpose, version), later(since), entropy).unwrap();
    wrapped.push(new);
}

#[test]
fn a_part_wrapped_under_an_old_version_opens_and_is_wrapped_anew_in_its_place() {
    let mut bench = Bench::new("haigang");
    let mut wrapped = first(&bench.entropy);
    bench.keys = opened(&wrapped, START);
    let part = bench.sealed("sex", "one", ALICE, ACCOUNT);
    another(&mut wrapped, KeyPurpose::Parts, 2, 10, &bench.entropy);

    // Read, and not used before its instant: another server may not have it yet.
    bench.keys = opened(&wrapped, later(9));
    assert_eq!(bench.keys.version(), 1);
    bench.keys = opened(&wrapped, later(10));
    assert_eq!(bench.keys.version(), 2);

    let old = part.wrapped.clone().unwrap();
    let anew = bench.keys.rewrapped(&part.name, &old, &bench.entropy).unwrap().unwrap();
    assert_eq!(anew.len(), old.len(), "it takes the place of the old one");
    assert_eq!(bench.keys.rewrapped(&part.name, &anew, &bench.entropy).unwrap(), None);
    for wrapped in [&old, &anew] {
        let values = bench.opened("sex", &part.name, Some(wrapped), &part.values).unwrap();
        assert_eq!(values, ["one"]);
    }
    let mut moved = part.name.clone();
    moved.subject = Some(SubjectId::from_random([9; 16]));
    assert_eq!(bench.keys.rewrapped(&moved, &old, &bench.entropy), Err(VaultError::Sealed));

    // A server that has not read the new version says so, and nothing else.
    bench.keys = opened(&wrapped[..3], later(10));
    let unread = bench.opened("sex", &part.name, Some(&anew), &part.values);
    assert_eq!(unread.err(), Some(VaultError::Version(2)));
}

#[test]
fn while_tokens_are_made_anew_each_value_has_two() {
    let mut bench = Bench::new("haigang");
    let mut wrapped = first(&bench.entropy);
    let phone = normalise(model::field::Validator::Mobile, "13900000001").unwrap();
    let alone = opened(&wrapped, START).token("phone number", &phone);
    assert_eq!((alone.newest.version, alone.before), (1, None));
    another(&mut wrapped, KeyPurpose::Tokens, 2, 0, &bench.entropy);
    let keys = opened(&wrapped, START);
    let both = keys.token("phone number", &phone);
    assert_eq!(both.before, Some(alone.newest));
    assert_eq!(both.newest.version, 2);
    assert_ne!(both.newest.token, alone.newest.token);
    // What is marked, and what is signed, stays what it was.
    assert_eq!(keys.mark("code", &phone), opened(&wrapped[..3], START).mark("code", &phone));
    assert_eq!(keys.public_key(), opened(&wrapped[..3], START).public_key());

    bench.keys = keys;
    let part = bench.sealed("sex", "13900000001", ALICE, ACCOUNT);
    let anew = bench.keys.tokens_of(&part.name, part.wrapped.as_deref(), &[("phone number", part.values[0].clone())]);
    assert_eq!(anew, Ok(vec![both]), "of what is sealed as of what is typed");
    assert_eq!(bench.keys.tokens_of(&part.name, None, &[]).err(), Some(VaultError::Erased));
}

#[test]
fn a_new_root_key_wraps_the_same_keys_and_an_old_one_alone_opens_them_no_more() {
    let entropy = Counting::default();
    let wrapped = first(&entropy);
    let key = |byte: u8| RootKey::from_bytes(&mut [byte; 32]).unwrap();
    let both = RootKeys::new(key(8), vec![key(7)]);
    let anew: Vec<WrappedKey> =
        wrapped.iter().map(|one| both.rewrapped(&slug("haigang"), one, &entropy).unwrap().unwrap()).collect();
    assert!(anew.iter().all(|one| both.rewrapped(&slug("haigang"), one, &entropy).unwrap().is_none()));
    // Cut short in the middle, it opens as before and after.
    let mixed = [anew[..1].to_vec(), wrapped[1..].to_vec()].concat();
    let public = |keys: &RootKeys, wrapped: &[WrappedKey]| {
        keys.open_platform(&slug("haigang"), wrapped, START).map(|keys| keys.public_key().to_vec())
    };
    let before = public(&root(7), &wrapped).unwrap();
    for wrapped in [&wrapped, &mixed, &anew] {
        assert_eq!(public(&both, wrapped).unwrap(), before);
    }
    assert_eq!(public(&root(8), &anew).unwrap(), before);
    assert!(matches!(public(&root(7), &anew), Err(VaultError::Root(_))));
    assert!(both.holds(root(7).newest()) && !root(8).holds(root(7).newest()));
}

#[test]
fn keys_are_not_printed() {
    let entropy = Counting::default();
    let keys = opened(&first(&entropy), START);
    let shown = format!("{:?} {keys:?}", root(0x41));
    assert!(shown.contains("not shown"), "{shown}");
    assert!(!shown.contains("65, 65") && !shown.contains("4141"), "{shown}");
}

#[test]
fn a_platform_goes_over_to_another_suite_and_what_is_sealed_stays_readable() {
    let mut bench = Bench::new("haigang");
    let mut wrapped = first(&bench.entropy);
    bench.keys = opened(&wrapped, START);
    let old = bench.sealed("sex", "F", ALICE, ACCOUNT);
    let keys = root(7);
    let version = |purpose, version| {
        keys.new_version(&slug("haigang"), Suite::Guomi, (purpose, version), START, &bench.entropy).unwrap()
    };
    wrapped.extend([version(KeyPurpose::Parts, 2), version(KeyPurpose::Tokens, 2)]);
    bench.keys = opened(&wrapped, START);
    assert_eq!((bench.keys.suite(), bench.keys.newest_suite()), (Suite::Guomi, Suite::Guomi));

    let new = bench.sealed("sex", "F", ALICE, ACCOUNT);
    let suites = [&old, &new].map(|part| (part.wrapped.as_ref().unwrap()[4], part.values[0].bytes[0]));
    assert_eq!(suites, [(1, 1), (2, 2)], "each names its own");
    assert_eq!(old.wrapped.as_ref().map(Vec::len), new.wrapped.as_ref().map(Vec::len));
    let moved = bench.keys.rewrapped(&old.name, old.wrapped.as_ref().unwrap(), &bench.entropy).unwrap().unwrap();
    for (part, key) in [(&old, old.wrapped.as_ref().unwrap()), (&old, &moved), (&new, new.wrapped.as_ref().unwrap())] {
        assert_eq!(bench.opened("sex", &part.name, Some(key), &part.values).unwrap(), ["F"]);
    }
    let phone = normalise(model::field::Validator::Mobile, "13900000001").unwrap();
    let token = bench.keys.token("phone number", &phone);
    assert_eq!(token.before.unwrap(), opened(&wrapped[..3], START).token("phone number", &phone).newest);

    let signature = bench.keys.sign_sm2(b"a head").unwrap();
    assert!(shouyue_vault::verifies_sm2(bench.keys.public_key_sm2(), b"a head", &signature));
    assert_eq!(bench.keys.public_key_sm2(), opened(&wrapped[..3], START).public_key_sm2(), "the same before and after");
    assert_ne!(bench.keys.public_key_sm2(), Bench::new("elsewhere").keys.public_key_sm2());
}
