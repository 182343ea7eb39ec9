//! Copies, verified offline and tampered with.

use ledger::{Ed25519Signer, Signer as _};

use super::*;

fn signer(name: &str) -> Ed25519Signer {
    Ed25519Signer::from_seed(name, &[5; 32]).unwrap()
}

fn digest(of: u8) -> Fingerprint {
    Fingerprint::from_digest([of; 32])
}

fn found() -> BTreeMap<String, Fingerprint> {
    BTreeMap::from([("data.json".to_owned(), digest(1)), ("files/a.png".to_owned(), digest(2))])
}

fn note(by: &str) -> String {
    let lines = found().into_iter().map(|(name, digest)| format!("sha256 {} {name}\n", hex::encode(digest.as_bytes())));
    let text = std::iter::once("shouyue/haigang/export\n".to_owned()).chain(lines).collect();
    Note::sign(text, &[&signer(by)]).unwrap().to_string()
}

fn key(name: &str) -> VerifierKey {
    signer(name).key().clone()
}

#[test]
fn each_file_is_whole_altered_missing_or_unnamed() {
    let (note, keys) = (note("shouyue/haigang"), [key("shouyue/haigang")]);
    let good = verify_copy(&note, &found(), &keys);
    assert!(good.holds(), "{good:?}");
    assert_eq!(good.origin, "shouyue/haigang");
    let mut other = found();
    other.insert("data.json".to_owned(), digest(9));
    other.remove("files/a.png");
    other.insert("files/b.png".to_owned(), digest(2));
    let bad = verify_copy(&note, &other, &keys);
    let fared: Vec<_> = bad.files.iter().map(|(name, fared)| (name.as_str(), *fared)).collect();
    let expected = [("data.json", Fared::Altered), ("files/a.png", Fared::Missing), ("files/b.png", Fared::Unnamed)];
    assert_eq!(fared, expected);
    for (name, found) in [("data.json", digest(9)), ("more", digest(1))] {
        let mut other = super::tests::found();
        other.insert(name.to_owned(), found);
        assert!(!verify_copy(&note, &other, &keys).holds(), "{name}");
    }
}

#[test]
fn who_signs_is_the_log_that_the_copy_names() {
    let keys = [key("shouyue/haigang"), key("shouyue/other")];
    assert!(verify_copy(&note("shouyue/haigang"), &found(), &keys).holds());
    assert!(!verify_copy(&note("shouyue/other"), &found(), &keys).holds(), "another log's key");
    assert!(!verify_copy(&note("shouyue/haigang"), &found(), &keys[1..]).holds(), "a key that nobody trusts");
    let changed = note("shouyue/haigang").replace("data.json", "date.json");
    assert!(!verify_copy(&changed, &found(), &keys).holds(), "the text was changed");
    for nonsense in ["", "no note", "shouyue/haigang/export\nsha256 00 a\n"] {
        let verified = verify_copy(nonsense, &found(), &keys);
        assert!(!verified.holds() && verified.files.len() == 2, "{nonsense}");
    }
}
