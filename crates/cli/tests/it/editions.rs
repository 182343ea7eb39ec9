//! A second version by the program: published with a warning, read over HTTP, asked and acted under; what its notice prints is what
//! every decision and every receipt bears.

use std::fs;

use serde_json::{Value, json};
use testkit::person;

use crate::installation::{Installation, Server, repository, shouyue};
use crate::people::registration;

/// Publishes a later version of 海港, with a day that is over whenever this runs.
fn publish_later(at: &Installation) -> String {
    let (from, folder) = (repository().join("platforms/haigang/later"), at.folder().join("later/haigang"));
    fs::create_dir_all(&folder).unwrap();
    let text = fs::read_to_string(from.join("2026-09-01.toml")).unwrap();
    let text = text.replace("updated = 2026-08-01", "updated = 2025-08-01");
    let over = text.replace("effective = 2026-09-01", "effective = 2025-09-01");
    assert!(over != text && text.contains("updated = 2025-08-01"));
    fs::write(folder.join("2025-09-01.toml"), over).unwrap();
    fs::copy(from.join("operation.toml"), folder.join("operation.toml")).unwrap();
    at.admin(&["publish", folder.to_str().unwrap()]).fine()
}

/// The fingerprint of the tables that a document prints: under the one of the policy.
fn printed(document: &str) -> String {
    let (_, after) = document.split_once("执行表指纹").unwrap_or_else(|| panic!("none is printed: {document}"));
    let (_, print) = after.split_once("sha256:").unwrap();
    format!("sha256:{}", print.get(..64).unwrap())
}

fn page(server: &Server, path: &str) -> String {
    let answer = server.caller("").get(path);
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.text
}

/// Whether an e-mail address may be taken at registration: of the two versions the later one takes it.
fn question(at: Option<&str>) -> Value {
    let mut question = json!({
        "ask": "processing", "platform": "haigang", "action": "collect", "function": "register", "person": "registrant",
        "items": ["email"], "subject": { "born": "1990-05-01" },
    });
    question["at"] = at.map_or(Value::Null, Value::from);
    question
}

#[test]
fn the_fingerprint_that_a_notice_prints_is_that_of_every_decision_and_receipt() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let core = server.caller(&at.token("decide,collect,consent", None).secret);
    let auditor = server.caller(&at.token("audit", None).secret);
    let first = printed(&page(&server, "/p/haigang/policy"));
    let asked = |at: Option<&str>| core.post("/v1/decisions", &question(at)).good();
    assert_eq!(asked(None)["tables"], first);
    let before = core.get("policies").good()["items"][0]["from"].as_str().unwrap().to_owned();
    let registered = core.post("registrations", &registration(&person(1))).good();

    // Its day is over and people are owed a notice before it: the command says so unasked.
    let said = publish_later(&at);
    assert!(said.starts_with("haigang is in force") && said.contains("warning: 1 day is missing"), "{said}");
    assert!(said.contains("注册用户") && said.contains("could have taken effect on"), "{said}");

    let second = printed(&page(&server, "/p/haigang/policy"));
    assert_ne!(first, second);
    let rendered = shouyue(&["render", &at.path("later/haigang"), "--document", "notice", "--to", "markdown"]).fine();
    assert_eq!(printed(&rendered), second, "what is rendered from the file prints the same");
    assert_eq!(asked(None)["tables"], second);
    let versions = core.get("policies").good();
    assert_eq!(
        versions["items"].as_array().unwrap().iter().map(|one| &one["tables"]).collect::<Vec<_>>(),
        [&first, &second]
    );
    assert_eq!(printed(core.get(&format!("policies/{second}")).good()["notice"].as_str().unwrap()), second);

    // An act under it, and its receipt.
    let subject = registered["subject"].as_str().unwrap();
    let path = format!("subjects/{subject}/consents");
    let given = core.get(&path).good();
    let query = given["items"].as_array().unwrap().iter().find(|one| one["scope"] == "collect.query-policy").unwrap();
    let withdrawn = core.delete(&format!("{path}/{}", query["id"].as_str().unwrap())).good();
    let mut receipts = Vec::new();
    for done in [&registered, &withdrawn] {
        let file = auditor.keep_receipt(&at.folder().join("receipts"), &done["leaf"], Some(subject));
        let verified = shouyue(&["verify", &file, "--key", &server.key(), "--json"]).fine();
        let verified: Value = serde_json::from_str(&verified).unwrap();
        receipts.push(verified["entry"]["tables"].as_str().unwrap().to_owned());
    }
    assert_eq!(receipts, [first.clone(), second.clone()]);

    // Advice about the time of the first version is given by the first: it took no e-mail address. Before it, nothing else is known.
    for (at, tables, taken) in
        [(None, &second, true), (Some(before.as_str()), &first, false), (Some("2020-01-01T00:00:00Z"), &first, false)]
    {
        let answer = asked(at);
        assert_eq!(answer["tables"], *tables, "{at:?}");
        let undeclared =
            answer["items"][0]["reasons"].as_array().unwrap().iter().any(|why| why["code"] == "not-declared");
        assert_eq!(!undeclared, taken, "{answer}");
    }

    // What the archive prints leads to the text that it is of, as does what the text itself prints.
    let archive = page(&server, "/p/haigang/policy/archive");
    let prints: Vec<&str> = archive.split("<code>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    assert_eq!(prints.len(), 2, "{archive}");
    for print in [prints[1], first.as_str(), versions["items"][0]["policy"].as_str().unwrap()] {
        assert_eq!(printed(&page(&server, &format!("/p/haigang/policy/{print}"))), first);
    }
    for print in [prints[0], second.as_str()] {
        assert_eq!(
            server.caller("").get(&format!("/p/haigang/policy/{print}")).status,
            303,
            "the one in force has its own address"
        );
    }
    assert!(archive.contains("2025年8月1日") && archive.contains("主要变化"), "{archive}");
    server.stop();
    let server = at.serve();
    assert_eq!(
        core.at(&server).post("/v1/decisions", &question(None)).good()["tables"],
        second,
        "after a restart, too"
    );
    server.stop();
}

#[test]
fn a_demo_that_is_started_again_keeps_the_version_that_was_published_on_top() {
    let at = Installation::new();
    let server = at.demo("haigang");
    let first = printed(&page(&server, "/p/haigang/policy"));
    publish_later(&at);
    let second = printed(&page(&server, "/p/haigang/policy"));
    assert_ne!(first, second);
    server.stop();
    let server = at.demo("haigang");
    assert_eq!(printed(&page(&server, "/p/haigang/policy")), second);
    server.stop();
}
