//! Killed in the middle of an upload: an attachment is there with its object or not at all, and nothing is left over.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use testkit::person;

use crate::calls::Caller;
use crate::installation::{Installation, Server, files_with};
use crate::people::registration;

/// Length of a picture: more than one part of an object, so that half of it is on disk before it is whole.
pub(crate) const LENGTH: usize = 12 << 20;

/// What stands in every picture, to be looked for in files.
pub(crate) const FILLING: &[u8] = b"a photograph that nobody reads on disk ";

pub(crate) fn picture() -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01".to_vec();
    bytes.extend(FILLING.iter().copied().cycle().take(LENGTH - bytes.len()));
    bytes
}

/// Where the files of attachments lie, with the ends of their names.
fn objects(data: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(data).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(objects(&path)) } else { found.push(path.display().to_string()) }
    }
    found.into_iter().filter(|path| path.contains("/att-")).collect()
}

/// Begins an upload and sends this much of it; the connection stays open.
pub(crate) fn begun(server: &Server, secret: &str, path: &str, bytes: usize) -> TcpStream {
    let address = server.origin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /v1/platforms/haigang/{path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {secret}\r\n\
        content-length: {LENGTH}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&picture()[..bytes]).unwrap();
    stream
}

/// How many files the account has by its page.
fn listed(caller: &Caller, subject: &str) -> usize {
    let page = caller.post(&format!("subjects/{subject}/reads"), &serde_json::json!({ "function": "register" }));
    let page = page.good();
    let items = page["records"][0]["parts"][0]["items"].as_array().unwrap().clone();
    let files = items.iter().find(|item| item["item"] == "id-image").and_then(|item| item["files"].as_array().cloned());
    files.map_or(0, |files: Vec<Value>| files.len())
}

/// What a call of the protocol of uploads answers: its status and its headers.
fn tus(server: &Server, secret: &str, (method, path): (&str, &str), headers: &str, body: &[u8]) -> (u16, String) {
    let address = server.origin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {secret}\r\ntus-resumable: 1.0.0\r\n\
        connection: close\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}

/// A header of an answer; empty where it has none.
fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let mut lines = answer.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(key, _)| *key == name).map_or("", |(_, value)| value)
}

const PIECE: &str = "content-type: application/offset+octet-stream\r\n";

/// Sends so much of the picture from an offset on, and stays on the line without an end.
fn hanging(server: &Server, secret: &str, path: &str, offset: usize, bytes: usize) -> TcpStream {
    let address = server.origin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {secret}\r\ntus-resumable: 1.0.0\r\n\
        upload-offset: {offset}\r\n{PIECE}content-length: {}\r\n\r\n",
        LENGTH - offset
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&picture()[offset..offset + bytes]).unwrap();
    stream
}

#[test]
fn an_upload_goes_on_after_a_kill_from_where_it_is_durable() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let secret = at.token("collect,consent,show,use", None).secret;
    let registered = server.caller(&secret).post("registrations", &registration(&person(1))).good();
    let text = |name: &str| registered[name].as_str().unwrap().to_owned();
    let (subject, record) = (text("subject"), text("record"));
    let course = "function=register&person=registrant";
    let creation = format!("/v1/platforms/haigang/subjects/{subject}/records/{record}/uploads/id-image?{course}");
    let (status, begun) = tus(&server, &secret, ("POST", &creation), &format!("upload-length: {LENGTH}\r\n"), b"");
    assert_eq!(status, 201, "{begun}");
    let place = header(&begun, "location").to_owned();
    let received = |server: &Server| -> usize {
        let (status, standing) = tus(server, &secret, ("HEAD", &place), "", b"");
        assert_eq!(status, 200, "{standing}");
        header(&standing, "upload-offset").parse().unwrap()
    };
    let until = |server: &Server, enough: &dyn Fn(usize) -> bool| {
        let mut waited = 0;
        while !enough(received(server)) {
            std::thread::park_timeout(Duration::from_millis(20));
            waited += 1;
            assert!(waited < 1_000, "nothing of the upload came to the disk");
        }
        received(server)
    };

    // A line that breaks: what came before it is there.
    drop(hanging(&server, &secret, &place, 0, 100_000));
    assert_eq!(until(&server, &|received| received > 0), 100_000);

    // A server that is killed: whole parcels are there, and a part of one is not.
    let half = hanging(&server, &secret, &place, 100_000, LENGTH / 2);
    let before = until(&server, &|received| received > 100_000);
    server.kill();
    drop(half);
    assert_eq!(files_with(&at.data(), FILLING), Vec::<String>::new());
    let server = at.serve();
    let durable = received(&server);
    assert!(durable >= before && durable < LENGTH, "{durable} of {before}");

    let offset = format!("upload-offset: {durable}\r\n{PIECE}");
    let (status, done) = tus(&server, &secret, ("PATCH", &place), &offset, &picture()[durable..]);
    assert_eq!(status, 204, "{done}");
    let attachment = header(&done, "attachment");
    let path = format!("subjects/{subject}/records/{record}/attachments/id-image/{attachment}?{course}");
    assert!(server.caller(&secret).file(&path) == picture(), "the same file, byte by byte");
    assert_eq!(objects(&at.data()).len(), 1, "its parcels are gone");
    assert_eq!(listed(&server.caller(&secret), &subject), 1);
    assert_eq!(files_with(&at.data(), FILLING), Vec::<String>::new());
    server.stop();
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
}

#[test]
fn a_killed_upload_leaves_an_attachment_whole_or_nothing() {
    let at = Installation::new();
    let server = at.serve();
    at.publish();
    let secret = at.token("collect,consent,show,use", None).secret;
    let registered = server.caller(&secret).post("registrations", &registration(&person(1))).good();
    let text = |name: &str| registered[name].as_str().unwrap().to_owned();
    let (subject, record) = (text("subject"), text("record"));
    let path = format!("subjects/{subject}/records/{record}/attachments/id-image?function=register&person=registrant");

    // Half of it is on disk.
    let half = begun(&server, &secret, &path, LENGTH / 2);
    let mut waited = 0;
    while objects(&at.data()).is_empty() {
        std::thread::park_timeout(Duration::from_millis(20));
        waited += 1;
        assert!(waited < 1_000, "nothing of the upload came to the disk");
    }
    server.kill();
    drop(half);
    assert!(!objects(&at.data()).is_empty(), "the test would see what a killed upload leaves");
    assert_eq!(files_with(&at.data(), FILLING), Vec::<String>::new());
    let server = at.serve();
    assert_eq!(objects(&at.data()), Vec::<String>::new(), "removed at the next start");
    assert_eq!(listed(&server.caller(&secret), &subject), 0);

    // All of it was sent, and the kill comes at any moment up to the answer and after it.
    let (mut server, mut acknowledged) = (server, 0);
    for pause in [0, 5, 20, 60, 200, 20_000] {
        let mut whole = begun(&server, &secret, &path, LENGTH);
        whole.set_read_timeout(Some(Duration::from_millis(pause + 1))).unwrap();
        let mut answer = [0; 12];
        acknowledged += usize::from(whole.read_exact(&mut answer).is_ok() && answer.ends_with(b"201"));
        server.kill();
        server = at.serve();
        let there = listed(&server.caller(&secret), &subject);
        assert!(there >= acknowledged, "{there} of {acknowledged} that were acknowledged");
        assert_eq!(objects(&at.data()).len(), there, "an object for each, and none for nobody");
    }
    assert!(acknowledged > 0, "no upload was let through");
    assert_eq!(files_with(&at.data(), FILLING), Vec::<String>::new());
    server.stop();
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
}
