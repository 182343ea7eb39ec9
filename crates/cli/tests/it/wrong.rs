//! Whatever is sent gets a problem that says what to do, never a panic and never what is somebody else's.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::json;
use testkit::person;

use crate::installation::Installation;
use crate::people::{policy_of, registration};

#[test]
fn wrong_requests_are_problems_and_the_server_goes_on() {
    let at = Installation::new();
    let server = at.demo("haigang");
    let (core, agency, nobody) = (server.told("core"), server.told("agency"), server.caller(""));
    let wu = person(7);
    let form = registration(&wu);
    let text = form.to_string();

    nobody.post("registrations", &form).problem(401, "unauthenticated");
    server.caller("shouyue_wrong").post("registrations", &form).problem(401, "unauthenticated");
    agency.post("registrations", &form).problem(403, "not-allowed");
    let sent = |media: &str, body: &str| core.send("POST", "registrations", media, body.as_bytes()).unwrap();
    sent("text/plain", &text).problem(415, "media-type");
    sent("application/x-www-form-urlencoded", "a=b").problem(415, "media-type");
    sent("", &text).problem(415, "media-type");
    sent("application/json", text.strip_suffix('}').unwrap()).problem(400, "malformed");
    sent("application/json", "").problem(400, "malformed");
    sent("application/json", "[]").problem(400, "malformed");
    sent("application/json", &"[".repeat(50_000)).problem(400, "malformed");
    sent("application/json", "{\"function\":\"\u{0}\"}").problem(400, "malformed");
    let unknown =
        sent("application/json", r#"{"function":"register","persons":[],"extra":1}"#).problem(400, "malformed");
    assert_eq!(unknown["fields"], json!([{ "item": "extra", "code": "unknown" }]));
    core.send("PUT", "registrations", "application/json", b"{}").unwrap().problem(405, "method");
    core.get("nowhere").problem(404, "not-found");
    for platform in ["anrun", "..", "HAIGANG", "%00", "haigang%2f"] {
        let path = format!("/v1/platforms/{platform}/ledger/checkpoint");
        assert_eq!(nobody.get(&path).status, 404, "{platform}");
    }
    core.post("/v1/platforms/anrun/registrations", &form).problem(404, "not-found");

    server.stop();
}

#[test]
fn what_is_not_yours_does_not_exist() {
    let at = Installation::new();
    let server = at.demo("haigang");
    let (core, agency) = (server.told("core"), server.told("agency"));
    let zheng = person(8);
    let subject = core.post("registrations", &registration(&zheng)).good()["subject"].as_str().unwrap().to_owned();
    let record = core.post("records", &policy_of(&zheng)).good()["record"].clone();
    // Records of somebody who authorised nobody, and of nobody at all, are the same to an agency.
    let absent = agency.post("queries", &json!({ "record": format!("rec-{}", "0".repeat(32)) }));
    let (absent, theirs) = (absent.text, agency.post("queries", &json!({ "record": record })));
    assert_eq!(absent, theirs.text);
    theirs.problem(404, "not-found");
    agency.post("queries", &json!({ "subject": subject })).problem(404, "not-found");
    agency.get(&format!("subjects/{subject}/consents")).problem(403, "not-allowed");
    let other = subject.replace(|digit: char| digit.is_ascii_digit(), "0");
    core.get(&format!("subjects/{other}/consents")).problem(404, "not-found");
    core.get("subjects/not-an-id/consents").problem(404, "not-found");
    core.delete(&format!("subjects/{subject}/consents/not-an-id")).problem(404, "not-found");
    server.stop();
}

#[test]
fn a_body_of_a_hundred_megabytes_is_refused_before_it_is_read() {
    let at = Installation::new();
    let server = at.demo("haigang");
    let address = server.origin.strip_prefix("http://").unwrap();
    let secret = server.said.iter().find_map(|line| line.trim().strip_prefix("token haigang/core ")).unwrap();
    let size = 100 * 1024 * 1024;
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /v1/platforms/haigang/registrations HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {size}\r\nconnection: close\r\n\r\n",
        secret.trim()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut writing = stream.try_clone().unwrap();
    let sent = std::thread::spawn(move || {
        let piece = vec![b' '; 1 << 20];
        (0..100).take_while(|_| writing.write_all(&piece).is_ok()).count()
    });
    let mut answer = Vec::new();
    // After its answer the server hangs up on what is still coming.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("/problems/too-large"), "{answer}");
    assert!(sent.join().unwrap() < 100, "it read everything");
    // It serves on.
    assert!(server.size() > 0);
    server.stop();
}

#[test]
fn a_broken_policy_is_refused_and_the_one_in_force_stays() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let before = server.caller("").get("policies").text;
    let folder = at.folder().join("broken");
    fs::create_dir_all(&folder).unwrap();
    let platform = crate::installation::repository().join("platforms/haigang");
    for name in ["undated.toml", "operation.toml"] {
        fs::copy(platform.join(name), folder.join(name)).unwrap();
    }
    let policy = fs::read_to_string(folder.join("undated.toml")).unwrap();
    for broken in [policy.replacen("items = [", "items = [\"no-such-item\", ", 1), "[[".to_owned(), String::new()] {
        fs::write(folder.join("undated.toml"), broken).unwrap();
        let path = folder.to_str().unwrap();
        let checked = crate::installation::shouyue(&["check", path]);
        assert_eq!(checked.status, 1, "{checked:?}");
        let published = at.admin(&["publish", path]);
        assert_eq!(published.status, 1, "{published:?}");
        assert!(published.out.contains("refused: ") && published.out.contains("shouyue check"), "{published:?}");
    }
    assert_eq!(server.caller("").get("policies").text, before);
    server.stop();
}
