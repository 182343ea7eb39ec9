//! Receipts, verified offline and tampered with: each tampering fails the check that is there for it.

use ledger::{Checkpoint, Ed25519Signer, Edge, Receipt, Signer as _, Tiles, leaf_hash, proof};
use model::{Fingerprint, RecordId, SubjectId};
use policy::question::Effect;

use super::*;
use crate::leaf::{Act, Who};

const SALT: [u8; 32] = [9; 32];

fn subject() -> SubjectId {
    SubjectId::from_random([1; 16])
}

fn record() -> RecordId {
    RecordId::from_random([2; 16])
}

fn entry() -> Entry {
    Entry {
        v: 1,
        platform: "haigang".parse().unwrap(),
        act: Act::Read,
        at: "2026-03-02T01:02:03Z".parse().unwrap(),
        actor: Who::Subject,
        subject: Some(tag(&[7; 32], &[8; 16])),
        with: vec![tag(&SALT, subject().as_bytes())],
        record: Some(tag(&SALT, record().as_bytes())),
        about: None,
        person: None,
        function: Some("query-policy".parse().unwrap()),
        purpose: None,
        recipient: None,
        party: None,
        source: None,
        items: vec!["name".parse().unwrap()],
        scopes: Vec::new(),
        basis: None,
        exception: None,
        effect: Effect::Permit,
        reasons: Vec::new(),
        because: None,
        back: None,
        policy: Fingerprint::from_digest([3; 32]),
        tables: Fingerprint::from_digest([4; 32]),
        text: None,
        from: None,
        document: None,
        permissions: std::collections::BTreeMap::new(),
        parts: None,
        track: None,
    }
}

fn extra() -> Extra {
    let entry = String::from_utf8(entry().bytes()).unwrap();
    Extra { entry, salt: Some(hex::encode(SALT)), subject: Some(subject()), record: Some(record()) }
}

fn signer() -> Ed25519Signer {
    Ed25519Signer::from_seed("shouyue/haigang", &[5; 32]).unwrap()
}

/// A receipt for leaf 1 of 3 that carries `extra`; the log holds the true entry.
fn receipt(extra: &Extra) -> String {
    let mut edge = Edge::empty();
    for leaf in [b"before".to_vec(), entry().bytes(), b"after".to_vec()] {
        edge.append(leaf_hash(&leaf));
    }
    let tiles: Tiles = edge.take_changed_tiles().into_iter().collect();
    let path = proof::inclusion(1, 3, &tiles).unwrap();
    let signed = Checkpoint::new("shouyue/haigang", 3, edge.root()).unwrap().sign(&[&signer()]).unwrap();
    Receipt::new(1, serde_json::to_vec(extra).unwrap(), path, signed).unwrap().to_string()
}

fn verified(receipt: &str) -> Verified {
    verify(receipt, std::slice::from_ref(signer().key()))
}

/// The checks that failed.
fn failed(verified: &Verified) -> Vec<Check> {
    verified.checks.iter().filter(|check| check.passed == Some(false)).map(|check| check.what).collect()
}

#[test]
fn a_true_receipt_passes_every_check() {
    let verified = verified(&receipt(&extra()));
    assert!(verified.holds(), "{:?}", verified.checks);
    assert_eq!((verified.index, verified.size, verified.origin.as_str()), (1, 3, "shouyue/haigang"));
    assert_eq!(verified.entry, Some(entry()));
    assert!(Check::ALL.into_iter().all(|what| verified.passed(what) == Some(true)));
}

#[test]
fn an_auditor_receipt_holds_without_a_salt_and_says_so() {
    let verified = verified(&receipt(&Extra { salt: None, subject: None, record: None, ..extra() }));
    assert!(verified.holds());
    assert_eq!((verified.passed(Check::Subject), verified.passed(Check::Record)), (None, None));
}

#[test]
fn somebody_elses_name_on_it_fails() {
    let other = SubjectId::from_random([6; 16]);
    let verified = verified(&receipt(&Extra { subject: Some(other), ..extra() }));
    assert_eq!(failed(&verified), [Check::Subject]);
    assert!(!verified.holds());
}

#[test]
fn another_record_fails() {
    let other = RecordId::from_random([6; 16]);
    assert_eq!(failed(&verified(&receipt(&Extra { record: Some(other), ..extra() }))), [Check::Record]);
}

#[test]
fn a_claim_without_the_salt_fails() {
    let verified = verified(&receipt(&Extra { salt: None, ..extra() }));
    assert_eq!(failed(&verified), [Check::Subject, Check::Record]);
}

#[test]
fn an_altered_entry_is_not_in_the_log() {
    let altered = Entry { act: Act::Share, ..entry() };
    let altered = String::from_utf8(altered.bytes()).unwrap();
    assert_eq!(failed(&verified(&receipt(&Extra { entry: altered, ..extra() }))), [Check::Inclusion]);
}

#[test]
fn another_spelling_of_the_entry_is_refused() {
    let spaced = extra().entry.replacen(':', ": ", 1);
    assert!(failed(&verified(&receipt(&Extra { entry: spaced, ..extra() }))).contains(&Check::Entry));
}

#[test]
fn a_forged_log_is_not_signed_by_the_trusted_key() {
    let stranger = Ed25519Signer::from_seed("shouyue/haigang", &[6; 32]).unwrap();
    let verified = verify(&receipt(&extra()), std::slice::from_ref(stranger.key()));
    assert_eq!(failed(&verified), [Check::Signature]);
    assert!(!verified.holds());
}

#[test]
fn what_is_no_receipt_fails_the_first_check_and_makes_no_other() {
    for text in ["", "hello", "c2sp.org/tlog-proof@v1\n"] {
        let verified = verified(text);
        assert_eq!(failed(&verified), [Check::Reads], "{text}");
        assert!(!verified.holds());
    }
}

proptest::proptest! {
    #[test]
    fn no_single_changed_character_passes(at in 0_usize..2000, to in "[ -~\n]") {
        let good = receipt(&extra());
        let at = at % good.len();
        if good.get(at..=at).is_some_and(|from| from != to) {
            let mut bad = good.clone();
            bad.replace_range(at..=at, &to);
            proptest::prop_assert!(!verified(&bad).holds() || same_but_for_padding(&good, &bad));
        }
    }
}

/// Base64 of the signature line of a key that is not trusted, or of bits that padding drops, may differ.
fn same_but_for_padding(good: &str, bad: &str) -> bool {
    let (good, bad) = (Receipt::parse(good).unwrap(), Receipt::parse(bad).unwrap());
    (good.index(), good.extra(), good.proof(), good.checkpoint())
        == (bad.index(), bad.extra(), bad.proof(), bad.checkpoint())
}
