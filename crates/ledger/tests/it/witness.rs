//! A witness and its word: a vector made with OpenSSL, the texts of C2SP, and every way to make a witness say two things.

use std::collections::BTreeMap;

use proptest::prelude::*;
use shouyue_ledger::checkpoint::SignedCheckpointError;
use shouyue_ledger::note::{KeyError, NoteError, VerifierKey};
use shouyue_ledger::witness::{MAX_REQUEST, Refused, Request, RequestError, judge};
use shouyue_ledger::{COSIGNATURE_V1, Checkpoint, Cosigner, Ed25519Signer, Hash, SignedCheckpoint, Signer as _};

use crate::log::{Log, ORIGIN, leaf, signer};

// The head is that of the specification; key and signature are OpenSSL's, by the seed of 32 nines.
const KEY: &str = "witness.example.com/w1+4bdc7eaa+BP0XJDhaoMdbZPt4zWAvodmR/ev3axPFjtcC6sg16fYY";
const PRIVATE: &str = "PRIVATE+KEY+witness.example.com/w1+4bdc7eaa+BAkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJ";
const LINE: &str = "— witness.example.com/w1 S9x+qgAAAABkGFDLSEwbtADY9t5XeSzDTVuiqYN5nZfoc9NQOUgkPYm4wwjIUL68Nczz1tpzCjnpmnRXttgqVVwOg3WfE7AXqa+DAg==";
const HEAD: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
const TIME: u64 = 1_679_315_147;

fn key(text: &str) -> VerifierKey {
    VerifierKey::parse(text, &[COSIGNATURE_V1]).unwrap()
}

fn cosigner() -> Cosigner {
    Cosigner::parse(PRIVATE).unwrap()
}

fn keys() -> Vec<VerifierKey> {
    vec![signer().key().clone()]
}

fn request(log: &Log, old: u64, new: u64) -> Request {
    Request { old, proof: log.consistency(old, new), head: log.signed(new) }
}

#[test]
fn a_cosignature_is_what_openssl_makes_of_the_specified_bytes() {
    assert_eq!(cosigner().key().to_string(), KEY);
    assert_eq!(Cosigner::private_text("witness.example.com/w1", &[9; 32]).unwrap(), PRIVATE);
    let head: Checkpoint = HEAD.parse().unwrap();
    assert_eq!(cosigner().cosign(&head, TIME).unwrap().to_string(), LINE);
    let signed = SignedCheckpoint::parse(&format!("{HEAD}\n{LINE}\n")).unwrap();
    assert_eq!(signed.cosigned(&key(KEY)).unwrap(), TIME);
    // The time stands in the signature: another one is another statement.
    let later = LINE.replace("S9x+qgAAAABkGFDL", "S9x+qgAAAABkGFDM");
    let signed = SignedCheckpoint::parse(&format!("{HEAD}\n{later}\n")).unwrap();
    assert!(matches!(signed.cosigned(&key(KEY)), Err(NoteError::BadSignature { .. })));
}

#[test]
fn private_keys_that_are_not_whole_are_no_keys() {
    let (headless, short) = (PRIVATE.trim_start_matches('P'), PRIVATE.trim_end_matches('J'));
    for wrong in [KEY, headless, short, &PRIVATE.replace("4bdc7eaa", "4bdc7eab")] {
        assert_eq!(Cosigner::parse(wrong).unwrap_err(), KeyError::PrivateKey, "{wrong}");
    }
    // The key of a log is none of a witness.
    assert_eq!(VerifierKey::parse(KEY, &[]).unwrap_err(), KeyError::UnknownType(4));
    assert!(cosigner().cosign(&HEAD.parse().unwrap(), u64::MAX).is_err());
}

#[test]
fn the_line_of_a_witness_stands_beside_the_logs_own_and_never_for_it() {
    let log = Log::counting(5);
    let (mut signed, witness) = (log.signed(5), cosigner());
    let line = witness.cosign(&log.checkpoint(5), TIME).unwrap();
    let stranger = Cosigner::from_seed("stranger.example", &[1; 32]).unwrap();
    let other = stranger.cosign(&log.checkpoint(5), TIME).unwrap();
    assert_eq!(signed.take_cosignature(&format!("{other}\n{line}\n"), witness.key()).unwrap(), TIME);
    assert_eq!(signed.note().signatures().len(), 2, "{signed}");
    let again = witness.cosign(&log.checkpoint(5), TIME + 1).unwrap();
    signed.take_cosignature(&format!("{again}\n"), witness.key()).unwrap();
    assert_eq!((signed.note().signatures().len(), signed.cosigned(witness.key()).unwrap()), (2, TIME + 1));
    assert_eq!(signed.verify(&[keys().remove(0), witness.key().clone()]).unwrap(), &log.checkpoint(5));
    assert!(signed.cosigned(stranger.key()).is_err());

    // What was said of another head, by nobody, or by half a line, is not taken over.
    let elsewhere = witness.cosign(&log.checkpoint(4), TIME).unwrap();
    for answer in [format!("{elsewhere}\n"), format!("{other}\n"), String::new(), "— half".to_owned()] {
        assert!(signed.take_cosignature(&answer, witness.key()).is_err(), "{answer}");
    }
    // A witness that bears the name of a log vouches for no log.
    let namesake = Cosigner::from_seed(ORIGIN, &[2; 32]).unwrap();
    let mut alone = log.checkpoint(5).sign(&[&Ed25519Signer::from_seed(ORIGIN, &[3; 32]).unwrap()]).unwrap();
    let line = namesake.cosign(&log.checkpoint(5), TIME).unwrap();
    alone.take_cosignature(&format!("{line}\n"), namesake.key()).unwrap();
    let verified = alone.verify(&[namesake.key().clone()]);
    assert!(matches!(verified, Err(SignedCheckpointError::NotTheLog { .. })), "{verified:?}");
}

#[test]
fn a_request_is_read_as_it_is_written_and_nothing_else_is() {
    let sent = request(&Log::counting(9), 3, 9);
    let text = sent.to_string();
    assert!(text.starts_with("old 3\n") && text.contains(&format!("\n\n{ORIGIN}\n9\n")), "{text}");
    assert_eq!(text.parse::<Request>().unwrap(), sent);
    assert_eq!(request(&Log::counting(9), 0, 9).to_string().lines().nth(1), Some(""));

    let read = |text: &str| text.parse::<Request>().unwrap_err();
    assert_eq!(read(""), RequestError::Old);
    for old in ["old 03", "old +3", "old", "3", "OLD 3", "old  3"] {
        assert_eq!(read(&text.replacen("old 3", old, 1)), RequestError::Old, "{old}");
    }
    assert_eq!(read("old 3\nAAAA\n\n"), RequestError::Hash(1));
    assert_eq!(read("old 3\n"), RequestError::NoCheckpoint);
    assert!(matches!(read("old 3\n\nno checkpoint\n"), RequestError::Checkpoint(_)));
    let hash = format!("{}\n", Hash([1; 32]));
    assert_eq!(read(&format!("old 3\n{}\n", hash.repeat(64))), RequestError::TooManyHashes);
    assert_eq!(read(&" ".repeat(MAX_REQUEST + 1)), RequestError::TooLong(MAX_REQUEST + 1));
}

#[test]
fn each_refusal_has_the_status_of_the_protocol() {
    let (log, keys) = (Log::counting(9), keys());
    let latest = log.checkpoint(5);
    let refused = |latest: Option<&Checkpoint>, request: &Request, keys: &[VerifierKey]| {
        judge(latest, request, keys).unwrap_err().status()
    };
    let good = request(&log, 5, 9);
    assert_eq!(judge(Some(&latest), &good, &keys).unwrap(), log.checkpoint(9));
    assert_eq!(Refused::UnknownLog(ORIGIN.to_owned()).status(), 404);
    assert_eq!(refused(Some(&latest), &good, &[]), 403);
    let stranger = Ed25519Signer::from_seed(ORIGIN, &[8; 32]).unwrap();
    let forged = Request { head: log.checkpoint(9).sign(&[&stranger]).unwrap(), ..good.clone() };
    assert_eq!(refused(Some(&latest), &forged, &keys), 403);
    assert_eq!(refused(Some(&latest), &Request { old: 10, ..good.clone() }, &keys), 400);
    for (latest, old, size) in [(Some(&latest), 4, 5), (Some(&latest), 0, 5), (None, 5, 0)] {
        assert_eq!(judge(latest, &request(&log, old, 9), &keys).unwrap_err(), Refused::Conflict { size });
    }
    assert_eq!(refused(Some(&latest), &Request { proof: Vec::new(), ..good }, &keys), 422);
    assert_eq!(refused(None, &Request { proof: vec![Hash([1; 32])], ..request(&log, 0, 9) }, &keys), 422);
    // The same size again: the same root is told the same, another one is a conflict.
    assert_eq!(judge(Some(&latest), &request(&log, 5, 5), &keys).unwrap(), latest);
    let fork = Log::of((0..5).map(|n| leaf(n + 1)));
    assert_eq!(judge(Some(&latest), &request(&fork, 5, 5), &keys).unwrap_err().status(), 409);
}

/// A log that shows two histories: the second leaves the first at its fourth leaf.
fn histories() -> [Log; 2] {
    let forked = (0..40).map(|n| if n < 3 { leaf(n) } else { leaf(n + 1000) });
    [Log::counting(40), Log::of(forked)]
}

proptest! {
    /// Whatever a log sends, in whatever order, with proofs of either history: what was cosigned is one growing history.
    #[test]
    fn a_witness_never_cosigns_two_roots_for_a_size_and_never_goes_back(
        sent in proptest::collection::vec((any::<bool>(), any::<bool>(), 0..12_u64, 0..41_u64, any::<bool>()), 1..60)
    ) {
        let (logs, keys) = (histories(), keys());
        let (mut latest, mut roots): (Option<Checkpoint>, BTreeMap<u64, Hash>) = (None, BTreeMap::new());
        for (head, proof, near, new, knows) in sent {
            let held = latest.as_ref().map_or(0, Checkpoint::size);
            // Half the time the log knows what the witness holds, as one that went on would.
            let old = if knows { held } else { near };
            let (head, proof) = (&logs[usize::from(head)], &logs[usize::from(proof)]);
            let hashes = if old <= new { proof.consistency(old, new) } else { Vec::new() };
            let request = Request { old, proof: hashes, head: head.signed(new) };
            match judge(latest.as_ref(), &request, &keys) {
                Ok(cosigned) => {
                    prop_assert_eq!(&cosigned, &head.checkpoint(new));
                    prop_assert!(cosigned.size() >= held);
                    let before = roots.insert(cosigned.size(), cosigned.root());
                    prop_assert!(before.is_none_or(|root| root == cosigned.root()));
                    latest = Some(cosigned);
                }
                Err(refused) => {
                    let honest = old == held && old <= new && (0..2).any(|n| {
                        let ours = latest.as_ref().is_none_or(|latest| logs[n].root(latest.size()) == latest.root());
                        ours && std::ptr::eq(head, &raw const logs[n]) && std::ptr::eq(proof, head)
                    });
                    prop_assert!(!honest, "{refused}");
                }
            }
        }
        // All of them are heads of one of the two histories.
        let of = |log: &Log| roots.iter().all(|(size, root)| log.root(*size) == *root);
        prop_assert!(logs.iter().any(of));
    }
}
