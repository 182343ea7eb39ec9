//! Signed notes and checkpoints: the vectors of the Go reference and of C2SP, key rotation, witnesses, forgeries.

use proptest::prelude::*;
use shouyue_ledger::checkpoint::{CheckpointError, CheckpointSignError, Inconsistent, SignedCheckpointError};
use shouyue_ledger::note::{
    ED25519_NOTE, KeyError, Note, NoteError, Scheme, SignError, Signer, SigningFailed, VerifierKey,
};
use shouyue_ledger::{Checkpoint, Ed25519Signer, Hash, SignedCheckpoint};

use crate::log::{Log, ORIGIN, signer};

// The key pair, texts and signatures of golang.org/x/mod/sumdb/note.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_LINE: &str =
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const ENOCH_LINE: &str =
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

fn key(text: &str) -> VerifierKey {
    text.parse().unwrap()
}

fn note(lines: &[&str]) -> Result<Note, NoteError> {
    Note::parse(&format!("{TEXT}\n{}", lines.concat()))
}

#[test]
fn the_reference_note_verifies_and_is_written_as_read() {
    let both = note(&[PETER_LINE, ENOCH_LINE]).unwrap();
    assert_eq!(both.text(), TEXT);
    assert_eq!(both.to_string(), format!("{TEXT}\n{PETER_LINE}{ENOCH_LINE}"));
    let keys = [key(PETER), key(ENOCH)];
    let names = |keys: &[VerifierKey]| -> Result<Vec<String>, NoteError> {
        Ok(both.verify(keys)?.iter().map(|key| key.name().to_owned()).collect())
    };
    assert_eq!(names(&keys).unwrap(), ["PeterNeumann", "EnochRoot"]);
    assert_eq!(names(&keys[1..]).unwrap(), ["EnochRoot"]);
    let none = names(&[]).unwrap_err();
    assert_eq!(
        none,
        NoteError::NoTrustedSignature { signed_by: "PeterNeumann (c74f20a3), EnochRoot (af0cfe78)".into() }
    );
}

#[test]
fn signing_gives_the_reference_signature() {
    // The seed stands in the published private key text after the type byte.
    let skey = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let seed = base64_of(skey)[1..].try_into().unwrap();
    let signer = Ed25519Signer::from_seed("PeterNeumann", &seed).unwrap();
    assert_eq!(signer.key().to_string(), PETER);
    let note = Note::sign(TEXT.to_owned(), &[&signer]).unwrap();
    assert_eq!(note.to_string(), format!("{TEXT}\n{PETER_LINE}"));
    assert_eq!(format!("{signer:?}"), format!("Ed25519Signer({PETER})"), "no private byte in Debug");
}

fn base64_of(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

#[test]
fn a_pkcs8_key_as_in_rfc_8410() {
    let document = base64_of("MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC");
    let signer = Ed25519Signer::from_pkcs8("example", &document).unwrap();
    let public = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
    assert_eq!(hex::encode(signer.key().public_key()), public);
    assert_eq!(Ed25519Signer::from_pkcs8("example", &document[1..]).unwrap_err(), KeyError::PrivateKey);
}

#[test]
fn malformed_notes_are_refused() {
    let unfinished = PETER_LINE.trim_end();
    for (text, error) in [
        (TEXT.to_owned(), NoteError::Form),
        (format!("{TEXT}\n"), NoteError::Form),
        (format!("{TEXT}\n{unfinished}"), NoteError::Form),
        (format!("\u{1}{TEXT}\n{PETER_LINE}"), NoteError::ControlCharacter),
        (format!("{TEXT}\n{PETER_LINE}Unexpected line.\n"), NoteError::SignatureLine(2)),
        (format!("{TEXT}\n— Bad Name x08go/ZJ\n"), NoteError::SignatureLine(1)),
        (format!("{TEXT}\n— a+b x08go/ZJ\n"), NoteError::SignatureLine(1)),
        (format!("{TEXT}\n—  x08go/ZJ\n"), NoteError::SignatureLine(1)),
        (format!("{TEXT}\n— name x08gow==\n"), NoteError::SignatureLine(1)),
        (format!("{TEXT}\n— name x08go/Z\n"), NoteError::SignatureLine(1)),
        (format!("{TEXT}\n{}", PETER_LINE.repeat(65)), NoteError::TooManySignatures),
        ("a".repeat(200_000), NoteError::TooLong(200_000)),
    ] {
        assert_eq!(Note::parse(&text), Err(error), "{}", text.chars().take(200).collect::<String>());
    }
    assert!(note(&[&PETER_LINE.repeat(64)]).unwrap().verify(&[key(PETER)]).unwrap().len() == 1);
}

#[test]
fn a_wrong_signature_of_a_known_key_rejects_the_note() {
    let altered = note(&[PETER_LINE]).unwrap().to_string().replace("cryptography", "cryptographY");
    let bad = NoteError::BadSignature { name: "PeterNeumann".into(), id: key(PETER).id() };
    assert_eq!(Note::parse(&altered).unwrap().verify(&[key(PETER)]).unwrap_err(), bad);
    // Even beside a right one.
    let swapped = PETER_LINE.replace("x08go/ZJ", "x08go/ZK");
    let keys = [key(PETER), key(ENOCH)];
    assert_eq!(note(&[ENOCH_LINE, &swapped]).unwrap().verify(&keys).unwrap_err(), bad);
    // Under the same name but another id it is an unknown key's.
    let unknown = PETER_LINE.replace("x08go/ZJ", "y08go/ZJ");
    assert_eq!(note(&[ENOCH_LINE, &unknown]).unwrap().verify(&keys).unwrap().len(), 1);
}

#[test]
fn mangled_keys_are_refused() {
    for length in 0..PETER.len() {
        assert!(PETER.split_at(length).0.parse::<VerifierKey>().is_err());
        assert!(PETER.split_at(length + 1).1.parse::<VerifierKey>().is_err());
        let mut bytes = PETER.as_bytes().to_vec();
        bytes[length] += 1;
        assert!(String::from_utf8(bytes).unwrap().parse::<VerifierKey>().is_err());
    }
    let unknown = "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse::<VerifierKey>();
    assert_eq!(unknown.unwrap_err(), KeyError::UnknownType(0x65));
    assert!(
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==".parse::<VerifierKey>().is_err()
    );
    let short = VerifierKey::new("PeterNeumann", ED25519_NOTE, &[0; 31]);
    assert_eq!(short.unwrap_err(), KeyError::PublicKey("Ed25519"));
    for name in ["", "a b", "a+b", "a\u{3000}b", "a\nb"] {
        assert_eq!(Ed25519Signer::from_seed(name, &[0; 32]).unwrap_err(), KeyError::Name);
    }
}

/// A second algorithm from outside this room, as 国密 will be: type 0xff and a longer identifier. It proves nothing.
const TOY: Scheme = Scheme {
    identifier: b"\xfftoy",
    label: "toy",
    accepts_key: |key| key.len() == 3,
    verify: |key, message, signature| signature == [key, &message.len().to_be_bytes()].concat(),
};

struct ToySigner(VerifierKey);

impl Signer for ToySigner {
    fn key(&self) -> &VerifierKey {
        &self.0
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        Ok([self.0.public_key(), &message.len().to_be_bytes()].concat())
    }
}

#[test]
fn a_scheme_from_outside_signs_beside_ed25519() {
    let toy = ToySigner(VerifierKey::new(ORIGIN, TOY, b"abc").unwrap());
    let ed = signer();
    let text = Log::counting(3).checkpoint(3).sign(&[&ed, &toy]).unwrap().to_string();
    let signed = SignedCheckpoint::parse(&text).unwrap();
    for keys in [vec![ed.key().clone()], vec![toy.0.clone()], vec![toy.0.clone(), ed.key().clone()]] {
        assert_eq!(signed.verify(&keys).unwrap().size(), 3);
    }
    let vkey = toy.0.to_string();
    assert_eq!(vkey.parse::<VerifierKey>().unwrap_err(), KeyError::UnknownType(0xff));
    let parsed = VerifierKey::parse(&vkey, &[ED25519_NOTE, TOY]).unwrap();
    assert_eq!((parsed.id(), parsed.to_string()), (toy.0.id(), vkey));
    assert_ne!(parsed.id(), ed.key().id());
}

#[test]
fn a_checkpoint_as_the_specification_writes_it() {
    let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    let checkpoint: Checkpoint = text.parse().unwrap();
    assert_eq!((checkpoint.origin(), checkpoint.size()), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(checkpoint.to_string(), text);
    let extended: Checkpoint = format!("{text}one\ntwo\n").parse().unwrap();
    assert_eq!(extended.extensions(), ["one", "two"]);
    assert_eq!(extended.to_string(), format!("{text}one\ntwo\n"));
}

#[test]
fn malformed_checkpoints_are_refused() {
    let root = Hash([1; 32]);
    for (text, error) in [
        (String::new(), CheckpointError::Unfinished),
        (format!("a\n1\n{root}"), CheckpointError::Unfinished),
        (format!("\n1\n{root}\n"), CheckpointError::Origin),
        (format!("a\n01\n{root}\n"), CheckpointError::Size),
        (format!("a\n-1\n{root}\n"), CheckpointError::Size),
        (format!("a\n18446744073709551616\n{root}\n"), CheckpointError::Size),
        ("a\n1\n".to_owned(), CheckpointError::Root),
        (format!("a\n1\n{root:x}\n"), CheckpointError::Root),
        (format!("a\n1\n{root}\n\nb\n"), CheckpointError::Extension),
        (format!("a\n0\n{root}\n"), CheckpointError::EmptyRoot),
    ] {
        assert_eq!(text.parse::<Checkpoint>(), Err(error), "{text:?}");
    }
    assert_eq!(Checkpoint::new("a\nb", 1, root).unwrap_err(), CheckpointError::Origin);
    let line = Checkpoint::new("a", 1, root).unwrap().with_extension("x\ny");
    assert_eq!(line.unwrap_err(), CheckpointError::Extension);
}

#[test]
fn only_the_logs_own_key_vouches_for_it() {
    let log = Log::counting(4);
    let witness = Ed25519Signer::from_seed("witness.example", &[9; 32]).unwrap();
    let own = signer();
    let keys = [own.key().clone(), witness.key().clone()];
    let unsigned = log.checkpoint(4).sign(&[&witness]).unwrap_err();
    assert_eq!(unsigned, CheckpointSignError::NotTheLog(ORIGIN.to_owned()));
    let signed = log.checkpoint(4).sign(&[&own, &witness]).unwrap();
    assert_eq!(signed.verify(&keys).unwrap(), &log.checkpoint(4));
    let by_witness = signed.verify(&keys[1..]).unwrap_err();
    let expected = SignedCheckpointError::NotTheLog { origin: ORIGIN.into(), signed_by: "witness.example".into() };
    assert_eq!(by_witness, expected);
    assert_eq!(Note::sign("x\n".into(), &[]).unwrap_err(), SignError::NoSigner);
    let not_a_checkpoint = Note::sign("hello\n".into(), &[&own]).unwrap().to_string();
    let refused = SignedCheckpoint::parse(&not_a_checkpoint).unwrap_err();
    assert_eq!(refused, SignedCheckpointError::Text(CheckpointError::Size));
}

#[test]
fn two_checkpoints_are_of_one_tree_or_are_evidence() {
    let log = Log::counting(40);
    let (older, newer) = (log.checkpoint(11), log.checkpoint(40));
    newer.extends(&older, &log.consistency(11, 40)).unwrap();
    older.extends(&older, &[]).unwrap();
    newer.extends(&log.checkpoint(0), &[]).unwrap();
    assert!(matches!(older.extends(&newer, &[]), Err(Inconsistent::Proof(_))));
    assert!(matches!(newer.extends(&older, &[]), Err(Inconsistent::Proof(_))));

    let rewritten = Log::of((0..40).map(|n| vec![n]));
    let fork = rewritten.checkpoint(11).extends(&older, &[]).unwrap_err();
    assert_eq!(fork, Inconsistent::Fork { size: 11, older: log.root(11), newer: rewritten.root(11) });
    let proof = rewritten.consistency(11, 40);
    assert!(matches!(rewritten.checkpoint(40).extends(&older, &proof), Err(Inconsistent::Proof(_))));
    let elsewhere = Checkpoint::new("elsewhere", 40, log.root(40)).unwrap();
    assert!(matches!(elsewhere.extends(&older, &proof), Err(Inconsistent::Origins { .. })));
}

proptest! {
    #[test]
    fn no_byte_of_a_signed_checkpoint_can_be_altered(at: usize, bit in 0..7_u32) {
        let signed = Log::counting(6).signed(6).to_string();
        let mut bytes = signed.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(text) = String::from_utf8(bytes) {
            let accepted = SignedCheckpoint::parse(&text).is_ok_and(|altered| altered.verify(&[signer().key().clone()]).is_ok());
            prop_assert!(!accepted, "{text}");
        }
    }

    #[test]
    fn whatever_parses_is_written_the_same_way(text in "(.{0,8}\n){1,4}\n(— [a-z +]{1,4} [A-Za-z0-9+/=]{8,12}\n){0,3}") {
        if let Ok(note) = Note::parse(&text) {
            prop_assert_eq!(note.to_string(), text);
        }
    }

    #[test]
    fn arbitrary_text_never_panics(text in "(?s).*", key in "[a-z+]{0,6}[+][0-9a-f]{7,9}[+][A-Za-z0-9+/=]{0,50}") {
        _ = Note::parse(&text);
        _ = SignedCheckpoint::parse(&text);
        _ = text.parse::<Checkpoint>();
        _ = key.parse::<VerifierKey>();
    }
}
