//! Tickets, good and bad.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::*;
use crate::jose::{encoded, to_sign};

const NOW: i64 = 1_780_279_200;

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn keys() -> TicketKeys {
    let key = pair(1).public_key().as_ref().try_into().unwrap();
    TicketKeys::default().with("minghu".parse().unwrap(), "app".into(), key)
}

fn signed(seed: u8, kind: &str, payload: &Value) -> String {
    let text = to_sign(&json!({ "typ": kind, "alg": "EdDSA" }), payload);
    let signature = pair(seed).sign(text.as_bytes());
    format!("{text}.{}", encoded(signature))
}

fn payload() -> Value {
    let subject = SubjectId::from_random([3; 16]).to_string();
    json!({ "iss": "app", "aud": "minghu", "sub": subject, "jti": "0123456789abcdef", "iat": NOW, "exp": NOW + 120 })
}

fn read(platform: &str, ticket: &str) -> Result<Ticket, Outside> {
    keys().read(&platform.parse().unwrap(), ticket, Timestamp::from_second(NOW).unwrap())
}

#[test]
fn a_good_ticket_names_its_subject_and_number() {
    let ticket = read("minghu", &signed(1, KIND, &payload())).unwrap();
    assert_eq!(ticket.subject, SubjectId::from_random([3; 16]));
    assert_eq!(ticket.until.as_second(), NOW + 120);
    let mut other = payload();
    other["jti"] = json!("fedcba9876543210");
    assert_ne!(read("minghu", &signed(1, KIND, &other)).unwrap().number, ticket.number);
}

#[test]
fn forged_stale_long_lived_and_foreign_tickets_are_refused() {
    let good = payload();
    assert!(read("haigang", &signed(1, KIND, &good)).is_err(), "another platform");
    assert!(read("minghu", &signed(2, KIND, &good)).is_err(), "another key");
    assert!(read("minghu", &signed(1, "JWT", &good)).is_err(), "another kind of token");
    let subject = good["sub"].as_str().unwrap();
    let text = signed(1, KIND, &good);
    let other = to_sign(&json!({ "typ": KIND, "alg": "EdDSA" }), &json!({ "sub": subject }));
    assert!(read("minghu", &format!("{other}.{}", text.rsplit('.').next().unwrap())).is_err(), "another document");
    let changes = [
        ("iss", json!("other")),
        ("aud", json!("haigang")),
        ("aud", json!(["minghu"])),
        ("sub", json!("13900000000")),
        ("jti", json!("short")),
        ("jti", json!("a".repeat(65))),
        ("iat", json!(NOW - 1)),
        ("iat", json!(NOW + 31)),
        ("exp", json!(NOW)),
        ("exp", json!(NOW + 121)),
        ("phone", json!("13900000000")),
    ];
    for (name, value) in changes {
        let mut bad = good.clone();
        bad[name] = value;
        assert!(read("minghu", &signed(1, KIND, &bad)).is_err(), "{bad}");
    }
}
