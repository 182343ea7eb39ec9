//! Nothing of a person lies anywhere but in the vault (design invariant 10), and a demo's folder is used again.

use crate::installation::{Installation, repository, shouyue};
use crate::people::demo_values;

/// Answers that say nothing of a person by themselves: they stand in the policy too.
const COMMON: [&str; 5] = ["居民身份证", "男", "女", "一类", "二类"];

#[test]
fn no_value_of_the_demos_people_lies_in_a_file_or_stands_in_a_log() {
    let at = Installation::new();
    let server = at.demo("haigang");
    // What is alive and what was closed: with the server at work, and after it is gone.
    let values = demo_values();
    assert!(values.len() > 10 && values.values().flatten().count() > 40, "{values:?}");
    let look = || {
        for (item, texts) in &values {
            for text in texts.iter().filter(|text| !COMMON.contains(&text.as_str())) {
                assert_eq!(at.files_with(text), Vec::<String>::new(), "{item}");
            }
        }
    };
    look();
    assert_eq!(at.files_with("passphrase"), ["demo.json"], "what lies in a file is found");
    let log = std::fs::read_to_string(at.folder().join("demo.log")).unwrap();
    assert!(log.lines().count() > 5 && log.lines().all(|line| line.starts_with('{')), "{log}");
    assert_eq!(server.log(), "", "the screen is for whoever tries it out");
    server.stop();
    look();
}

#[test]
fn the_demo_serves_every_platform_that_tells_of_people() {
    let at = Installation::new();
    let platforms = repository().join("platforms");
    let server = at.demo_of(&platforms);
    let mut served = 0;
    for folder in std::fs::read_dir(&platforms).unwrap().map(|entry| entry.unwrap().path()) {
        let id = folder.file_name().unwrap().to_str().unwrap();
        let portal = format!("/p/{id}/");
        assert!(server.said.iter().any(|line| line.trim_end().ends_with(&portal)), "{id}: {:?}", server.said);
        for page in ["", "policy", "lists"] {
            assert_eq!(server.caller("").get(&format!("{portal}{page}")).status, 200, "{portal}{page}");
        }
        let (bytes, compressed) = server.caller("").wire(&format!("{portal}policy"));
        assert!(compressed && bytes < 60_000, "the text of {id} takes {bytes} bytes");
        let size = server.caller("").get(&format!("/v1/platforms/{id}/ledger/checkpoint")).text;
        let leaves: u64 = size.lines().nth(1).unwrap().parse().unwrap();
        assert!(leaves > 5, "{id} has a life of {leaves} leaves");
        served += 1;
    }
    assert!(served >= 5, "{served} platforms");
    server.stop();
}

#[test]
fn a_second_start_serves_the_same_people_from_the_same_folder() {
    let at = Installation::new();
    let first = at.demo("haigang");
    let (size, said, key) = (first.size(), first.said.clone(), first.key());
    first.stop();
    let second = at.demo("haigang");
    assert_eq!((second.size(), second.key()), (size, key));
    // The port is another one; people, passphrases and tokens are not.
    let same =
        |lines: &[String]| -> Vec<String> { lines.iter().filter(|line| !line.contains("http://")).cloned().collect() };
    assert_eq!(same(&second.said), same(&said));
    second.told("core").get("/v1/openapi.json").good();
    second.stop();
    assert!(shouyue(&["fsck", "--demo", at.folder().to_str().unwrap()]).fine().ends_with("leaves, clean\n"));
}
