//! What the company kept elsewhere before is taken over: once, whatever happens meanwhile, and with every fault told.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use testkit::{Person, person};

use crate::calls::verify_all;
use crate::installation::{Installation, Ran, repository, shouyue};

/// A policy of one person, with the consent to a service that was given years ago.
fn policy_row(who: &Person, policy: Option<&str>) -> Value {
    json!({
        "class": "policy", "in_force_from": "2024-01-01", "in_force_until": "2045-12-31",
        "people": [{ "roles": ["applicant", "insured"], "fields": who.policy_fields() }],
        "consents": [{ "scope": "collect.customer-service", "at": "2021-02-01T09:00:00+08:00", "policy": policy }],
    })
}

fn account_row(who: &Person) -> Value {
    let mut fields = who.fields();
    fields.as_object_mut().unwrap().remove("id-image");
    json!({ "class": "account", "people": [{ "roles": ["registrant"], "fields": fields }], "account": 0 })
}

fn import(at: &Installation, file: &str, more: &[&str]) -> Ran {
    let arguments: Vec<&str> = ["import", file, "--platform", "haigang"].iter().chain(more).copied().collect();
    at.admin(&arguments)
}

fn written(at: &Installation, name: &str, rows: &[Value]) -> String {
    let text: Vec<String> = rows.iter().map(Value::to_string).collect();
    fs::write(at.folder().join(name), text.join("\n")).unwrap();
    at.path(name)
}

#[test]
fn customers_records_and_consents_come_over_with_the_grade_of_their_evidence() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let core = server.caller(&at.token("collect,consent,show", None).secret);
    let auditor = server.caller(&at.token("audit", None).secret);
    let before = server.size();
    let people: Vec<Person> = (0..3).map(person).collect();
    let mut bad = policy_row(&person(7), None);
    bad["people"][0]["fields"]["id-number"] = json!("110101199001011234");
    let mut undeclared = policy_row(&person(8), None);
    undeclared["consents"][0]["scope"] = json!("collect.nothing-of-the-sort");
    let rows = [
        account_row(&people[0]),
        policy_row(&people[0], Some("undated")),
        policy_row(&people[1], None),
        bad,
        undeclared,
        policy_row(&people[2], Some("2019-05-01")),
    ];
    let file = written(&at, "customers.jsonl", &rows);
    let ran = import(&at, &file, &["--json"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&report["rows"], &report["taken"], &report["before"]), (&json!(6), &json!(4), &json!(0)), "{report}");
    let refused = json!([
        { "line": 4, "why": [["id-number", "checksum"]] }, { "line": 5, "why": [["?", "unknown"]] },
    ]);
    assert_eq!(report["refused"], refused, "{report}");
    assert_eq!(server.size(), before + 1, "one batch is one act");
    let leaf = server.last_leaf(&auditor);
    assert_eq!((&leaf["act"], &leaf["actor"]["kind"]), (&json!("import"), &json!("house")), "{leaf}");
    assert!(leaf["parts"].is_string(), "{leaf}");
    assert!(ran.err.contains("6 of 6 rows"), "{ran:?}");
    for value in people.iter().chain([&person(7), &person(8)]).flat_map(Person::values) {
        assert!(!ran.out.contains(value) && !ran.err.contains(value), "{value}");
    }

    let mut grades = Vec::new();
    for who in &people {
        let found = core.post("subjects/search", &json!({ "by": "document", "value": who.number })).good();
        let subject = found["subject"].as_str().unwrap();
        let consents = core.get(&format!("subjects/{subject}/consents")).good();
        let [consent] = consents["items"].as_array().unwrap().as_slice() else { panic!("{consents}") };
        assert_eq!(consent["at"], "2021-02-01T01:00:00Z", "{consent}");
        grades.push((consent["evidence"].as_str().unwrap().to_owned(), consent["stands"].as_bool().unwrap()));
    }
    let statement = || ("statement".to_owned(), false);
    assert_eq!(grades, [("version".to_owned(), true), statement(), statement()]);
    // Who had an account has it, with the telephone to log in by.
    let found = core.post("subjects/search", &json!({ "by": "phone", "value": people[0].phone })).good();
    assert!(found["subject"].is_string(), "{found}");
    auditor.keep_receipt(&at.folder().join("receipts"), &report["leaves"][0], None);
    let key = server.key();
    server.stop();
    verify_all(&at.folder().join("receipts"), &key).fine();

    // Once more, without a server: nothing is taken in twice.
    let again: Value = serde_json::from_str(&import(&at, &file, &["--json"]).out).unwrap();
    assert_eq!((&again["taken"], &again["before"], &again["refused"]), (&json!(4), &json!(4), &refused), "{again}");
    // Other rows under the same name are another import, and say so.
    written(&at, "customers.jsonl", &[policy_row(&person(9), None)]);
    let other = import(&at, &file, &[]);
    assert!(other.status == 1 && other.err.contains("idempotency key"), "{other:?}");
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
}

/// Rows of the import that is killed: several batches.
const ROWS: u32 = 420;

#[test]
fn an_import_that_is_killed_again_and_again_takes_every_row_in_once() {
    let at = Installation::new();
    at.serve().stop();
    at.publish();
    let mut text = "class,in_force_from,in_force_until,account,applicant+insured.name,applicant+insured.id-type,\
        applicant+insured.id-number,applicant+insured.policy-info\n"
        .to_owned();
    for n in 0..ROWS {
        let who = person(n);
        let fields = who.policy_fields();
        let field = |name: &str| fields[name].as_str().unwrap().to_owned();
        let row = [field("name"), field("id-type"), field("id-number"), field("policy-info")].join(",");
        writeln!(text, "policy,2024-01-01,2045-12-31,,{row}").unwrap();
    }
    fs::write(at.folder().join("old.csv"), text).unwrap();
    let (file, config) = (at.path("old.csv"), at.path("shouyue.toml"));
    let arguments = ["import", &file, "--platform", "haigang", "--config", &config];
    let mut kills = 0;
    for round in 0..40 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_shouyue"))
            .args(arguments)
            .current_dir(repository())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let (_keep, never) = std::sync::mpsc::channel::<()>();
        let _ = never.recv_timeout(std::time::Duration::from_millis(150 + 90 * round));
        if child.try_wait().unwrap().is_some() {
            break;
        }
        kills += 1;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    println!("{kills} kills");
    assert!(kills > 0);
    let said = shouyue(&arguments).fine();
    assert!(said.contains(&format!("{ROWS} of {ROWS} rows are taken in")), "{said}");
    let file = rusqlite::Connection::open(at.data().join("haigang.sqlite")).unwrap();
    let count = |sql| file.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap();
    let batches = ROWS.div_ceil(50);
    assert_eq!(count("SELECT count(*) FROM record"), ROWS);
    assert_eq!(count("SELECT count(*) FROM subject"), ROWS);
    assert_eq!(count("SELECT count(*) FROM leaf WHERE kind = 'import'"), batches);
    drop(file);
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
}
