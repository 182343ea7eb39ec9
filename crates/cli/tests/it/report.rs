//! Reports from the command line: of the running server and of the files, with the leaf that holds the fingerprint.

use std::fs;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};
use testkit::{Postgres, person};

use crate::installation::{Installation, shouyue};
use crate::people::registration;

const KINDS: [&str; 5] = ["retention", "access", "erasures", "cryptography", "scan"];

/// Makes every report by the server at work, then on the files, and compares each with its leaf.
fn of(at: &Installation) {
    at.serve().stop();
    at.publish();
    let (core, auditor) = (at.token("collect,consent", None).secret, at.token("audit", None).secret);
    let server = at.serve();
    server.caller(&core).post("registrations", &registration(&person(1))).good();
    for kind in KINDS {
        let text = at.admin(&["report", kind]).fine();
        assert!(text.starts_with(&format!("{kind} on haigang, ")) && text.contains("\nas it must be\n"), "{text}");
        let line = at.admin(&["report", kind, "--json"]).fine();
        let said: Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&said["report"]["kind"], &said["faults"]), (&json!(kind), &json!([])));
        let leaf = server.last_leaf(&server.caller(&auditor));
        let print = hex::encode(digest(&SHA256, line.trim_end().as_bytes()));
        assert_eq!((&leaf["act"], &leaf["because"]), (&json!("report"), &json!(kind)), "{leaf}");
        assert_eq!(leaf["document"], json!(format!("sha256:{print}")), "{leaf}");
        for value in [&person(1).name, &person(1).phone, &person(1).number] {
            assert!(!line.contains(value.as_str()) && !text.contains(value.as_str()), "{kind}");
        }
    }
    server.stop();
    for kind in KINDS {
        at.admin(&["report", kind, "--platform", "haigang"]).fine();
    }
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
}

#[test]
fn a_report_is_what_its_leaf_is_the_fingerprint_of() {
    of(&Installation::new());
}

#[test]
fn a_report_of_a_database_on_postgres_is_what_its_leaf_is_the_fingerprint_of() {
    let postgres = Postgres::start();
    let at = Installation::new();
    at.also(&format!("[postgres]\naddress = '{}'\n", postgres.database()));
    of(&at);
}

#[test]
fn r57_a_log_that_says_a_number_is_found_and_r58_nobody_who_acts_is_named_but_staff() {
    let at = Installation::new();
    at.serve().stop();
    at.publish();
    let (clean, told) = (at.folder().join("clean.log"), at.folder().join("told.log"));
    fs::write(&clean, "{\"level\":\"INFO\",\"sub\":\"sub-13800138001abcdef\"}\n").unwrap();
    fs::write(&told, "{\"level\":\"INFO\"}\n{\"phone\":\"13800138001\"}\n").unwrap();
    let log = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let fine = at.admin(&["report", "scan", "--log", &log(&clean)]).fine();
    assert!(fine.contains("no number of a person"), "{fine}");
    let found = at.admin(&["report", "scan", "--log", &log(&clean), "--log", &log(&told)]);
    assert!(found.status == 1 && found.out.contains("telephone  1") && !found.out.contains("13800138001"), "{found:?}");
    assert_eq!(at.admin(&["report", "access", "--log", &log(&clean)]).status, 2, "a log is scanned and nothing else");
    assert_eq!(at.admin(&["report", "everything"]).status, 2);
    let missing = at.admin(&["report", "access", "--platform", "nowhere"]);
    assert!(missing.status == 1 && missing.out.contains("no such platform"), "{missing:?}");
    assert_eq!(shouyue(&["report", "scan"]).status, 2, "of which installation?");
    let core = at.token("collect,consent", None);
    let unused = at.admin(&["report", "access", "--since", "2026-01-01"]).fine();
    assert!(unused.contains("unused") && !unused.contains(&core.secret), "{unused}");
}

#[test]
fn r68_a_platform_is_made_under_the_suite_that_its_operation_file_declares() {
    let at = Installation::new();
    at.serve().stop();
    let refused = at.admin(&["publish", "examples/policies/songhe", "--suite", "international"]);
    assert!(refused.status == 1 && refused.out.contains("cryptography"), "{refused:?}");
    at.admin(&["publish", "examples/policies/songhe"]).fine();
    let report = at.admin(&["report", "cryptography"]).fine();
    assert!(report.contains("SM4-GCM") && report.contains("as it must be"), "{report}");
    let other = at.admin(&["rotate", "platform", "songhe", "--suite", "international"]);
    assert!(other.status == 1 && other.out.contains("declares another suite"), "{other:?}");
}
