//! The root key on paper: split, lost, typed in again, and everything opens.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;
use testkit::person;

use crate::installation::Installation;
use crate::people::registration;

fn split(at: &Installation, of: &str, need: &str, to: &str) -> Vec<String> {
    let folder = at.path(to);
    let said = at.admin(&["recovery", "split", "--of", of, "--need", need, &folder]).fine();
    let newest = fs::read_to_string(at.path("root.key")).unwrap();
    let name = newest.lines().next().unwrap().rsplit(' ').next().unwrap().to_owned();
    assert!(said.contains(&format!("bring back root key {name}")), "{said}");
    let files = said.lines().filter(|line| line.contains("/share-")).map(str::to_owned);
    files.collect()
}

#[test]
fn a_lost_root_key_comes_back_from_any_three_of_five_shares_and_from_nothing_less() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let secret = at.token("collect,consent,show", None).secret;
    let registered = server.caller(&secret).post("registrations", &registration(&person(1))).good();
    let subject = registered["subject"].as_str().unwrap();
    let shares = split(&at, "5", "3", "shares");
    assert_eq!(shares.len(), 5);
    let key = fs::read_to_string(at.path("root.key")).unwrap();
    let digits = key.split(' ').next().unwrap();
    for share in &shares {
        assert_eq!(fs::metadata(share).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!fs::read_to_string(share).unwrap().contains(digits));
    }
    assert_eq!(at.files_with(digits), ["root.key"]);
    let again = at.admin(&["recovery", "split", "--of", "5", "--need", "3", &at.path("shares")]);
    assert!(again.status == 1 && again.err.contains("shares go where none are"), "{again:?}");
    server.stop();

    let other = split(&at, "5", "3", "others");
    let typed = at.path("typed.txt");
    let paper = fs::read_to_string(&shares[4]).unwrap().to_lowercase();
    fs::write(&typed, paper.lines().skip(4).collect::<Vec<_>>().join("\n")).unwrap();
    let wrong = at.path("wrong.txt");
    let swapped = |sign: char| if sign == '7' { '8' } else { '7' };
    let mut text = fs::read_to_string(&shares[3]).unwrap();
    let last = text.trim_end().len() - 1;
    let sign = swapped(text.trim_end().chars().next_back().unwrap());
    text.replace_range(last..=last, &sign.to_string());
    fs::write(&wrong, text).unwrap();

    let join = |files: &[&str]| at.admin(&[&["recovery", "join"], files].concat());
    let refused = |files: &[&str], words: &[&str]| {
        let ran = join(files);
        assert!(ran.status == 1 && words.iter().all(|word| ran.err.contains(word)), "{words:?}: {ran:?}");
    };
    let all: Vec<&str> = shares.iter().map(String::as_str).collect();
    refused(&all[..3], &["root.key is there already"]);
    fs::rename(at.path("root.key"), at.path("lost")).unwrap();
    assert!(at.admin(&["fsck"]).err.contains("restore it first"));
    refused(&all[..2], &["2 of the 3 shares"]);
    refused(&[all[0], all[1], &other[2]], &[&other[2], "another split"]);
    refused(&[all[0], &wrong, all[1]], &["wrong.txt", "line 4 is mistyped"]);
    refused(&[all[0], all[1], all[0]], &[all[0], "the same share"]);
    assert!(!fs::exists(at.path("root.key")).unwrap());

    let said = join(&[all[2], &typed, all[0]]).fine();
    assert!(said.contains("root.key again"), "{said}");
    assert_eq!(fs::read_to_string(at.path("root.key")).unwrap(), key);
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
    let server = at.serve();
    let read = json!({ "function": "query-account" });
    let page = server.caller(&secret).post(&format!("subjects/{subject}/reads"), &read).good();
    assert!(page.to_string().contains("****"), "{page}");
    server.stop();
}

#[test]
fn shares_are_of_a_key_that_is_in_the_file_and_numbers_make_sense() {
    let at = Installation::new();
    at.serve().stop();
    for (of, need) in [("3", "4"), ("3", "1"), ("1", "1")] {
        let ran = at.admin(&["recovery", "split", "--of", of, "--need", need, &at.path("none")]);
        assert!(ran.status == 2 && ran.err.contains("at least 2 shares"), "{ran:?}");
    }
    let file = fs::read_to_string(at.path("root.key")).unwrap();
    at.secret("root.key", &format!("hsm:0011223344556677\n{file}"));
    let ran = at.admin(&["recovery", "split", "--of", "3", "--need", "2", &at.path("none")]);
    assert!(ran.status == 1 && ran.err.contains("never leaves it"), "{ran:?}");
    let name = file.trim().rsplit(' ').next().unwrap();
    at.admin(&["recovery", "split", "--of", "3", "--need", "2", "--key", name, &at.path("older")]).fine();
    let ran =
        at.admin(&["recovery", "split", "--of", "3", "--need", "2", "--key", "ffffffffffffffff", &at.path("none")]);
    assert!(ran.status == 1 && ran.err.contains("no such root key"), "{ran:?}");
}
