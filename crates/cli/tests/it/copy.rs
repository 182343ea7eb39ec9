//! A copy that a person took along, checked offline: which file is whole, altered, missing or not of it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use testkit::person;

use crate::installation::{Installation, shouyue};
use crate::people::registration;

fn picture() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".to_vec();
    bytes.resize(300_000, b'.');
    bytes
}

/// Every file with the word that `shouyue verify --json` has for it.
fn fared(path: &Path, key: &str) -> Vec<(String, String)> {
    let ran = shouyue(&["verify", "--json", "--key", key, path.to_str().unwrap()]);
    let told: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
    let files = told["files"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    files.iter().map(|file| (text(&file["name"]), text(&file["found"]))).collect()
}

#[test]
fn a_copy_is_verified_file_by_file_as_it_came_and_unpacked() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let caller = server.caller(&at.token("collect,consent,rights", None).secret);
    let done = caller.post("registrations", &registration(&person(1))).good();
    let text = |name: &str| done[name].as_str().unwrap().to_owned();
    let (subject, record) = (text("subject"), text("record"));
    let to = format!("subjects/{subject}/records/{record}/attachments/id-image?function=register&person=registrant");
    caller.send("POST", &to, "", &picture()).unwrap().good();
    let archive = caller.bytes(&format!("subjects/{subject}/copies"), &json!({ "right": "copy" }));
    let key = server.key();
    server.stop();

    let file = at.folder().join("copy.zip");
    fs::write(&file, &archive).unwrap();
    let ran = shouyue(&["verify", "--key", &key, file.to_str().unwrap()]);
    let told = ran.fine();
    assert!(told.starts_with("VERIFIED") && told.contains("signed by shouyue/haigang"), "{told}");
    let names: Vec<_> = fared(&file, &key).into_iter().map(|(name, word)| (name, word == "ok")).collect();
    assert!(names.len() == 3 && names.iter().all(|(_, ok)| *ok), "{names:?}");
    let picture_name = names[2].0.clone();
    assert!(picture_name.starts_with("files/att-"));

    // One byte of the picture.
    let mut changed = archive.clone();
    let inside = archive.len() - 10_000;
    changed[inside] ^= 1;
    fs::write(&file, &changed).unwrap();
    let ran = shouyue(&["verify", "--key", &key, file.to_str().unwrap()]);
    assert!(ran.out.starts_with("REJECTED") && ran.out.contains("is not what was signed"), "{}", ran.out);
    assert!(fared(&file, &key).contains(&(picture_name.clone(), "altered".to_owned())));
    // Cut short.
    fs::write(&file, &archive[..archive.len() - 1]).unwrap();
    let ran = shouyue(&["verify", "--key", &key, file.to_str().unwrap()]);
    assert!(ran.err.contains("cut short"), "{ran:?}");

    // Unpacked, one file gone and another put in.
    let folder = at.folder().join("unpacked");
    unpack(&archive, &folder);
    shouyue(&["verify", "--key", &key, folder.to_str().unwrap()]).fine();
    fs::remove_file(folder.join("data.html")).unwrap();
    fs::write(folder.join("files/more.png"), b"more").unwrap();
    let words = fared(&folder, &key);
    assert!(words.contains(&("data.html".to_owned(), "missing".to_owned())), "{words:?}");
    assert!(words.contains(&("files/more.png".to_owned(), "unnamed".to_owned())), "{words:?}");
    fs::remove_file(folder.join("signature.txt")).unwrap();
    let ran = shouyue(&["verify", "--key", &key, folder.to_str().unwrap()]);
    assert!(ran.out.starts_with("REJECTED"), "{ran:?}");
}

/// Unpacks as a reader that begins at the front: each file says by its blocks where it ends.
fn unpack(archive: &[u8], folder: &Path) {
    let word = |at: usize| usize::from(u16::from_le_bytes([archive[at], archive[at + 1]]));
    let mut at = 0;
    while archive[at..].starts_with(b"PK\x03\x04") {
        let (name, extra) = (word(at + 26), word(at + 28));
        let path = folder.join(std::str::from_utf8(&archive[at + 30..at + 30 + name]).unwrap());
        at += 30 + name + extra;
        let mut content = Vec::new();
        loop {
            let (last, length) = (archive[at] == 1, word(at + 1));
            content.extend_from_slice(&archive[at + 5..at + 5 + length]);
            at += 5 + length;
            if last {
                break;
            }
        }
        at += 16;
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}
