//! Receipts: written, read, verified without the log, and rejected for exactly the reason that holds.

use proptest::prelude::*;
use shouyue_ledger::checkpoint::SignedCheckpointError;
use shouyue_ledger::note::NoteError;
use shouyue_ledger::proof::ProofError;
use shouyue_ledger::receipt::{MAX_EXTRA, ReceiptError};
use shouyue_ledger::{Ed25519Signer, Receipt, Rejected, Signer, VerifierKey, leaf_hash, verify};

use crate::log::{Log, ORIGIN, leaf, signer};

fn keys() -> Vec<VerifierKey> {
    vec![signer().key().clone()]
}

#[test]
fn the_text_is_that_of_the_specification() {
    let text = Log::counting(3).receipt(2, 3).to_string();
    let signature = text.lines().last().unwrap().to_owned();
    assert!(signature.starts_with("— ledger.example/haigang "));
    let expected = [
        "c2sp.org/tlog-proof@v1",
        "extra c2FsdA==",
        "index 2",
        &Log::counting(2).root(2).to_string(),
        "",
        ORIGIN,
        "3",
        &Log::counting(3).root(3).to_string(),
        "",
        &signature,
        "",
    ];
    assert_eq!(text, expected.join("\n"));
}

#[test]
fn every_receipt_of_a_small_log_verifies_offline() {
    let log = Log::counting(40);
    for size in 1..=log.size() {
        for index in 0..size {
            let text = log.receipt(index, size).to_string();
            let verified = verify(&text, &leaf(index), &keys()).unwrap();
            assert_eq!((verified.index, verified.leaf_hash), (index, leaf_hash(&leaf(index))));
            assert_eq!(verified.checkpoint, log.checkpoint(size));
            let receipt = Receipt::parse(&text).unwrap();
            assert_eq!((receipt.to_string(), receipt.extra()), (text, b"salt".as_slice()));
        }
    }
}

#[test]
fn extra_data_may_be_absent_but_never_empty() {
    let log = Log::counting(2);
    let bare = Receipt::new(0, Vec::new(), log.inclusion(0, 2), log.signed(2)).unwrap();
    assert!(bare.to_string().starts_with("c2sp.org/tlog-proof@v1\nindex 0\n"));
    assert_eq!(Receipt::parse(&bare.to_string()), Ok(bare.clone()));
    let empty = bare.to_string().replace("index", "extra \nindex");
    assert_eq!(Receipt::parse(&empty), Err(ReceiptError::Extra));
    let large = vec![0; MAX_EXTRA];
    let receipt = Receipt::new(0, large.clone(), log.inclusion(0, 2), log.signed(2)).unwrap();
    verify(&receipt.to_string(), &leaf(0), &keys()).unwrap();
    let larger = Receipt::new(0, [large, vec![0]].concat(), Vec::new(), log.signed(2));
    assert_eq!(larger, Err(ReceiptError::Extra));
}

#[test]
fn a_rejection_says_which_check_failed() {
    let log = Log::counting(9);
    let text = log.receipt(5, 9).to_string();

    let other_leaf = verify(&text, &leaf(6), &keys()).unwrap_err();
    assert!(matches!(other_leaf, Rejected::OtherLeaf { index: 5, .. }));
    let moved = verify(&text.replace("index 5", "index 4"), &leaf(5), &keys()).unwrap_err();
    assert!(matches!(moved, Rejected::OtherLeaf { index: 4, .. }));
    let last = verify(&text.replace("index 5", "index 8"), &leaf(5), &keys()).unwrap_err();
    assert_eq!(last, Rejected::Proof(ProofError::Length { expected: 1, found: 4 }));
    let beyond = verify(&text.replace("index 5", "index 9"), &leaf(5), &keys()).unwrap_err();
    assert_eq!(beyond, Rejected::Proof(ProofError::IndexBeyondTree { index: 9, size: 9 }));

    let altered = verify(&text.replace("\n9\n", "\n8\n"), &leaf(5), &keys()).unwrap_err();
    let forged = NoteError::BadSignature { name: ORIGIN.into(), id: signer().key().id() };
    assert_eq!(altered, Rejected::Checkpoint(SignedCheckpointError::Note(forged)));
    let stranger = Ed25519Signer::from_seed(ORIGIN, &[8; 32]).unwrap();
    let untrusted = verify(&text, &leaf(5), &[stranger.key().clone()]).unwrap_err();
    assert!(matches!(
        untrusted,
        Rejected::Checkpoint(SignedCheckpointError::Note(NoteError::NoTrustedSignature { .. }))
    ));
    // What a person reads names the cause and the way out.
    assert_eq!(
        untrusted.to_string(),
        format!(
            "the checkpoint is not accepted: no signature is by a trusted key; the note is signed by: {ORIGIN} ({}); \
             get the log's key from a place you trust",
            signer().key().id()
        )
    );
}

#[test]
fn malformed_receipts_are_refused() {
    let text = Log::counting(9).receipt(5, 9).to_string();
    let hash = text.lines().nth(3).unwrap();
    for (text, error) in [
        (String::new(), ReceiptError::Header),
        (text.replace("@v1", "@v2"), ReceiptError::Header),
        (text.replace('\n', "\r\n"), ReceiptError::Header),
        (text.replace("c2FsdA==", "c2FsdA="), ReceiptError::Extra),
        (text.replace("index 5", "index 05"), ReceiptError::Index),
        (text.replace("index 5\n", ""), ReceiptError::Index),
        (text.replace("index 5", "index 5\nindex 5"), ReceiptError::Hash(1)),
        (text.replace(hash, hash.split_at(1).1), ReceiptError::Hash(1)),
        (text.replace(hash, &format!("{hash}\n").repeat(65)), ReceiptError::NoCheckpoint),
        (text.split("\n\n").next().unwrap().to_owned(), ReceiptError::NoCheckpoint),
        (text.trim_end().to_owned(), ReceiptError::Checkpoint(SignedCheckpointError::Note(NoteError::Form))),
        ("a".repeat(1 << 20), ReceiptError::TooLong(1 << 20)),
    ] {
        assert_eq!(Receipt::parse(&text), Err(error), "{}", text.chars().take(300).collect::<String>());
    }
}

proptest! {
    #[test]
    fn no_byte_of_a_receipt_can_be_altered_but_the_unauthenticated_extra(at: usize, bit in 0..7_u32) {
        let log = Log::counting(21);
        let mut bytes = log.receipt(13, 21).to_string().into_bytes();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(text) = String::from_utf8(bytes)
            && let Ok(verified) = verify(&text, &leaf(13), &keys())
        {
            let extra = text.lines().nth(1).unwrap().to_owned();
            prop_assert!(extra.starts_with("extra ") && extra != "extra c2FsdA==", "{}", text);
            prop_assert_eq!(verified.checkpoint, log.checkpoint(21));
        }
    }

    #[test]
    fn arbitrary_text_never_panics(head in "(?s).{0,60}", tail in "(?s).*") {
        _ = Receipt::parse(&head);
        _ = Receipt::parse(&format!("c2sp.org/tlog-proof@v1\n{tail}"));
        _ = Receipt::parse(&format!("c2sp.org/tlog-proof@v1\nindex 3\n\n{head}\n3\n{tail}\n\n— a AAAAAAAA\n"));
    }
}
