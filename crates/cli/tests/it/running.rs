//! Run as it is deployed: the unit file, the configuration beside it, stopping, logs, behind a proxy.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use testkit::{person, skipped};

use crate::installation::{Installation, Server, repository, shouyue};
use crate::people::registration;

#[test]
fn the_unit_files_are_some_that_systemd_takes() {
    let server = the_unit_file_is_one_that_systemd_takes("shouyue.service", "serve --config /etc/shouyue/shouyue.toml");
    assert!(server.contains("TimeoutStopSec=45"), "longer than the server takes to stop");
    the_unit_file_is_one_that_systemd_takes("shouyue-witness.service", "witness --config /etc/shouyue/witness.toml");
}

/// Has it verified; the text of it.
fn the_unit_file_is_one_that_systemd_takes(name: &str, command: &str) -> String {
    let unit = fs::read_to_string(repository().join("deploy").join(name)).unwrap();
    assert!(unit.contains(&format!("ExecStart=/usr/local/bin/shouyue {command}\n")), "{unit}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    // Where it is installed there is nothing on this machine; the program that was built stands in.
    fs::write(&path, unit.replace("/usr/local/bin/shouyue", env!("CARGO_BIN_EXE_shouyue"))).unwrap();
    let Ok(ran) = Command::new("systemd-analyze").arg("verify").arg(&path).output() else {
        skipped(&format!("systemd-analyze is not on this machine, so nobody verified deploy/{name}"));
        return unit;
    };
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && said.is_empty(), "{said}");
    unit
}

#[test]
fn the_configuration_that_is_deployed_is_one_that_is_taken() {
    let path = repository().join("deploy/shouyue.toml");
    let shown = shouyue(&["config", "check", path.to_str().unwrap()]).fine();
    for line in ["log        Json, info", "stop       within 30 seconds", "origin     https://privacy.example.cn"] {
        assert!(shown.lines().any(|one| one == line), "{shown}");
    }
}

/// Begins to send a registration; the last byte is missing.
fn begun(server: &Server, secret: &str) -> (TcpStream, String) {
    let address = server.origin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let body = registration(&person(1)).to_string();
    let (first, last) = body.split_at(body.len() - 1);
    let head = format!(
        "POST /v1/platforms/haigang/registrations HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {secret}\r\n\
        content-type: application/json\r\ncontent-length: {}\r\n\r\n{first}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    (stream, last.to_owned())
}

#[test]
fn a_stop_lets_what_is_under_way_end_and_takes_nothing_new() {
    let at = Installation::new();
    at.serve().stop();
    at.publish();
    let core = at.token("collect,consent", None).secret;
    let server = at.serve();
    let address = server.origin.trim_start_matches("http://").to_owned();
    let (mut stream, rest) = begun(&server, &core);
    // The server has read what there is before it is told.
    server.caller("").get("/healthz");
    let stopping = std::thread::spawn(move || server.stop());
    let began = Instant::now();
    while TcpStream::connect(&address).is_ok() {
        assert!(began.elapsed() < Duration::from_secs(15), "connections are taken still");
        std::thread::yield_now();
    }
    stream.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    stopping.join().unwrap();
}

#[test]
fn a_stop_waits_no_longer_than_it_was_told() {
    let at = Installation::new();
    at.also("stop_within = 1\n[log]\nformat = 'text'\nlevel = 'warn'\n");
    at.serve().stop();
    at.publish();
    let core = at.token("collect,consent", None).secret;
    let server = at.serve();
    let (stream, _) = begun(&server, &core);
    server.caller("").get("/healthz");
    let began = Instant::now();
    let log = at.folder().join("stderr.log");
    server.stop();
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains(" WARN ") && log.contains("requests under way"), "{log}");
    assert!(!log.contains("INFO") && !log.contains('{'), "{log}");
    drop(stream);
}

#[test]
fn whatever_a_proxy_or_anybody_says_was_forwarded_changes_nothing() {
    let at = Installation::new();
    at.configure("https://privacy.example.cn", 0);
    at.serve().stop();
    at.publish();
    let server = at.serve();
    let address = server.origin.trim_start_matches("http://");
    let asked = |more: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!("GET /p/haigang/login HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{more}\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let forwarded = "x-forwarded-for: 192.0.2.99\r\nx-forwarded-proto: http\r\nx-forwarded-host: evil.example\r\n\
        forwarded: for=192.0.2.99;proto=http;host=evil.example\r\nx-real-ip: 192.0.2.99\r\n";
    for answer in [asked(""), asked(forwarded)] {
        let cookie = answer.lines().find(|line| line.to_ascii_lowercase().starts_with("set-cookie:")).unwrap();
        // The outer scheme is that of `origin`: nobody who sends a header can talk a cookie out of TLS.
        assert!(cookie.contains("__Host-") && cookie.contains("; Secure"), "{cookie}");
        assert!(!answer.contains("evil.example"), "{answer}");
    }
    let log = server.log();
    assert!(!log.contains("192.0.2.99") && !log.contains("127.0.0.1:"), "no address of anybody is written down: {log}");
    server.stop();
}
