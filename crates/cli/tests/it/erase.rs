//! Erasing somebody, and what a backup gives back: nothing.

use std::fs;
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use testkit::person;

use crate::calls::{Caller, verify_all};
use crate::installation::{Installation, files_with, shouyue};
use crate::people::{policy_of, registration};

/// The certificate says an instant, and whoever asks is told the same.
fn told_one_instant(core: &Caller, erased: &Value) {
    let destroyed = erased["certificate"]["destroyed"].as_str().unwrap();
    assert!(destroyed.parse::<jiff::Timestamp>().is_ok(), "{erased}");
    let asked = core.get(&format!("ledger/destroyed?leaf={}", erased["leaf"])).good();
    assert_eq!(asked["destroyed"], destroyed);
}

#[test]
fn who_has_no_policy_is_gone_from_the_files_and_from_every_backup() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let core = server.caller(&at.token("collect,consent,rights,show", None).secret);
    let auditor = server.caller(&at.token("audit", None).secret);
    let (zhao, qian) = (person(1), person(2));
    let registered = core.post("registrations", &registration(&zhao)).good();
    let subject = registered["subject"].as_str().unwrap();
    let wrapped = wrapped_keys(&at);
    assert!(!wrapped.is_empty());
    core.post("registrations", &registration(&qian)).good();
    let receipts = at.folder().join("receipts");
    auditor.keep_receipt(&receipts, &registered["leaf"], Some(subject));

    let before = at.path("before");
    at.admin(&["backup", "haigang", &before]).fine();
    let plan = core.get(&format!("subjects/{subject}/erasure")).good();
    assert_eq!(plan["parts"][0]["fate"], "erase", "{plan}");
    let erased = core.post(&format!("subjects/{subject}/erasure"), &json!({})).good();
    assert_eq!(erased["certificate"]["subject"], subject, "{erased}");
    told_one_instant(&core, &erased);
    auditor.keep_receipt(&receipts, &erased["leaf"], None);
    core.post(&format!("subjects/{subject}/erasure"), &json!({})).problem(404, "not-found");
    core.get(&format!("subjects/{subject}/consents")).problem(404, "not-found");
    assert_eq!(core.post("subjects/search", &json!({ "by": "phone", "value": zhao.phone })).good(), json!({}));
    let key = server.key();
    server.stop();
    for value in zhao.values() {
        assert_eq!(at.files_with(value), Vec::<String>::new());
    }
    // The keys of what was erased lie in the older backup's key archive alone.
    for key in &wrapped {
        assert_eq!(files_with(at.folder(), key), ["haigang.keys.sqlite"]);
    }

    // The lost folder: the backup comes back beside the same root key, by the newest list of erasures and by no older one.
    let newest = at.data().join("haigang.erasures");
    let elsewhere = Installation::new();
    fs::copy(at.path("root.key"), elsewhere.path("root.key")).unwrap();
    let older = at.path("before/haigang.erasures");
    let restore = |list: &str| {
        let data = elsewhere.data();
        let data = data.to_str().unwrap();
        fs::create_dir_all(data).unwrap();
        shouyue(&["restore", "haigang", &before, "--erasures", list, "--data", data])
    };
    let after = at.path("after");
    at.admin(&["backup", "haigang", &after]).fine();
    let refused =
        shouyue(&["restore", "haigang", &after, "--erasures", &older, "--data", elsewhere.data().to_str().unwrap()]);
    assert_eq!(refused.status, 1, "{refused:?}");
    assert!(refused.err.contains("erasures"), "{refused:?}");
    assert_eq!(restore(&at.path("no.erasures")).status, 2);
    let said = restore(newest.to_str().unwrap()).fine();
    assert!(said.contains("replayed"), "{said}");
    installed(&at, &elsewhere);
    for key in &wrapped {
        assert_eq!(files_with(elsewhere.folder(), key), Vec::<String>::new());
    }

    let server = elsewhere.serve();
    let core = server.caller(&elsewhere.token("collect,consent,rights,show", None).secret);
    core.get(&format!("subjects/{subject}/consents")).problem(404, "not-found");
    assert_eq!(core.post("subjects/search", &json!({ "by": "document", "value": zhao.number })).good(), json!({}));
    let found = core.post("subjects/search", &json!({ "by": "document", "value": qian.number })).good();
    assert!(found["subject"].is_string(), "who was not erased is there: {found}");
    let shown = core.post(
        &format!("subjects/{}/reads", found["subject"].as_str().unwrap()),
        &json!({ "function": "query-account" }),
    );
    assert!(shown.good()["records"][0]["parts"][0]["items"][0]["value"].is_string());
    server.stop();
    assert_eq!(elsewhere.admin(&["fsck"]).status, 0);
    verify_all(&receipts, &key).fine();
}

/// Waits for something that the server does by itself.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let (_keep, never) = mpsc::channel::<()>();
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(30), "{what}");
        let _ = never.recv_timeout(Duration::from_millis(100));
    }
}

#[test]
fn an_erasure_during_a_long_read_gives_its_certificate_and_is_confirmed_after_it() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let core = server.caller(&at.token("collect,consent,rights,show", None).secret);
    let registered = core.post("registrations", &registration(&person(1))).good();
    let subject = registered["subject"].as_str().unwrap();
    let wrapped = wrapped_keys(&at);
    // As a backup reads, for as long as it takes.
    let file = at.data().join("haigang.sqlite");
    let reader = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    reader.query_row("SELECT count(*) FROM leaf", [], |row| row.get::<_, u32>(0)).unwrap();

    let erased = core.post(&format!("subjects/{subject}/erasure"), &json!({})).good();
    let certificate = &erased["certificate"];
    assert_eq!((&certificate["subject"], &certificate["destroyed"]), (&json!(subject), &json!("pending")), "{erased}");
    assert!(certificate["salt"].as_str().is_some_and(|salt| salt.len() == 64), "{erased}");
    let asked = format!("ledger/destroyed?leaf={}", erased["leaf"]);
    assert_eq!(core.get(&asked).good()["destroyed"], "pending");
    let said = at.admin(&["fsck"]).fine();
    assert!(said.contains("clean") && said.contains("a long read"), "{said}");

    reader.execute_batch("COMMIT").unwrap();
    until("the keys stay in a file", || wrapped.iter().all(|key| files_with(at.folder(), key).is_empty()));
    until("it is never confirmed", || {
        at.admin(&["fsck"]).fine();
        core.get(&asked).good()["destroyed"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok()
    });
    let log = server.log();
    assert!(log.contains("what was erased is not gone from every file yet"), "{log}");
    server.stop();
}

#[test]
fn an_erasure_whose_sessions_cannot_end_gives_its_certificate_and_they_end_later() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let core = server.caller(&at.token("collect,consent,rights,show", None).secret);
    let registered = core.post("registrations", &registration(&person(1))).good();
    let subject = registered["subject"].as_str().unwrap();
    let installed = Connection::open(at.data().join("installation.sqlite")).unwrap();
    let id = hex::decode(subject.trim_start_matches("sub-")).unwrap();
    let session = "INSERT INTO session (digest, platform, subject, csrf, until) \
        VALUES (zeroblob(32), 'haigang', ?1, zeroblob(32), ?2)";
    assert_eq!(installed.execute(session, (&id, i64::MAX)).unwrap(), 1);
    // Nobody else writes there now.
    installed.execute_batch("BEGIN IMMEDIATE").unwrap();
    let erased = core.post(&format!("subjects/{subject}/erasure"), &json!({})).good();
    assert_eq!(erased["certificate"]["subject"], subject, "{erased}");
    installed.execute_batch("COMMIT").unwrap();
    let sessions = || installed.query_row("SELECT count(*) FROM session", [], |row| row.get::<_, u32>(0)).unwrap();
    until("the session goes on", || sessions() == 0);
    server.stop();
}

/// The keys of every record part, as they lie in the running server's file.
pub(crate) fn wrapped_keys(at: &Installation) -> Vec<Vec<u8>> {
    let file = Connection::open_with_flags(at.data().join("haigang.sqlite"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut keys = file.prepare("SELECT wrapped FROM key_slot JOIN part USING (slot)").unwrap();
    keys.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// What belongs to the installation and not to a platform moves with it.
fn installed(from: &Installation, to: &Installation) {
    for entry in fs::read_dir(from.data()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with("installation.") {
            fs::copy(&path, Path::new(&to.data()).join(name)).unwrap();
        }
    }
}

#[test]
fn who_has_a_policy_in_force_is_kept_until_the_day_that_is_told() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let core = server.caller(&at.token("collect,consent,rights,show", None).secret);
    let auditor = server.caller(&at.token("audit", None).secret);
    let sun = person(3);
    let registered = core.post("registrations", &registration(&sun)).good();
    let subject = registered["subject"].as_str().unwrap();
    core.post("records", &policy_of(&sun)).good();
    let erased = core.post(&format!("subjects/{subject}/erasure"), &json!({})).good();
    let parts = erased["parts"].as_array().unwrap();
    let policy = parts.iter().find(|part| part["class"] == "policy").unwrap();
    assert_eq!(policy["fate"], "storage-only", "{erased}");
    // In force to the end of 2045, and ten years after that (Insurance Act art. 87).
    assert_eq!(policy["until"], "2056-01-01", "{erased}");
    assert!(policy["article"].is_string(), "{erased}");
    let shown = core.post(&format!("subjects/{subject}/reads"), &json!({ "function": "query-policy" }));
    assert!(!shown.text.contains(&sun.number) && !shown.text.contains("\"value\""), "{shown:?}");
    let receipts = at.folder().join("receipts");
    auditor.keep_receipt(&receipts, &registered["leaf"], None);
    auditor.keep_receipt(&receipts, &erased["leaf"], None);
    let key = server.key();
    server.stop();
    verify_all(&receipts, &key).fine();
}
