//! No problem and no log line says anything of a person.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use testkit::{Person, person};

use super::{AGENCY, Bench, below};

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Every way in which a caller may put somebody's values in the wrong place.
fn wrong_ways(bench: &Bench, li: &Person, subject: &str) -> Vec<(&'static str, String, Value)> {
    let misplaced = |change: fn(&mut Value, &Person)| {
        let mut form = bench.registration(li);
        change(&mut form, li);
        form
    };
    let registrations = || below("registrations");
    vec![
        ("POST", registrations(), bench.registration(li)),
        ("POST", registrations(), misplaced(|form, li| form["function"] = json!(li.name))),
        ("POST", registrations(), misplaced(|form, li| form[&li.number] = json!(1))),
        ("POST", registrations(), misplaced(|form, li| form["persons"] = json!(li.phone))),
        ("POST", registrations(), misplaced(|form, li| form["persons"][0]["person"] = json!(li.phone))),
        ("POST", registrations(), misplaced(|form, li| form["persons"][0]["fields"][&li.name] = json!("x"))),
        ("POST", registrations(), misplaced(|form, li| form["persons"][0]["fields"]["phone"] = json!(li.number))),
        ("POST", registrations(), misplaced(|form, li| form["consents"][0]["scope"] = json!(li.name))),
        ("POST", registrations(), misplaced(|form, li| form["consents"][0]["policy"] = json!(li.phone))),
        ("POST", registrations(), misplaced(|form, li| form["facts"] = json!({ li.name.clone(): true }))),
        ("POST", below("subjects/search"), json!({ "by": "phone", "value": li.name })),
        ("POST", below("subjects/search"), json!({ "by": li.phone, "value": li.phone })),
        ("POST", below("queries"), json!({ "document": li.number })),
        ("POST", below("queries"), json!({ "subject": li.name })),
        ("POST", below("records"), json!({ "class": li.phone, "people": [] })),
        ("POST", below(&format!("subjects/{subject}/requests")), json!({ "right": li.name })),
        ("POST", below(&format!("subjects/{subject}/reads")), json!({ "function": li.phone })),
        ("POST", "/v1/decisions".to_owned(), json!({ "ask": li.name })),
        (
            "POST",
            "/v1/decisions".to_owned(),
            json!({ "ask": "due", "platform": "haigang", "clock": li.name, "since": "2026-06-01" }),
        ),
        (
            "POST",
            "/v1/decisions".to_owned(),
            json!({ "ask": "processing", "platform": "haigang", "action": "show",
            "person": li.name, "items": [li.phone], "subject": { "id": li.number } }),
        ),
        ("GET", below(&format!("subjects/{}/consents", li.number)), Value::Null),
        ("GET", below(&format!("ledger/leaves?after={}", li.phone)), Value::Null),
        ("GET", below(&format!("ledger/leaves?limit={}", li.phone)), Value::Null),
    ]
}

#[tokio::test]
async fn neither_problems_nor_the_log_repeat_a_value() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing_subscriber::util::SubscriberInitExt::set_default(subscriber);
    let bench = Bench::new().await;
    let li = person(77);
    let subject = bench.registered(&li).await;
    bench.policy_of(&li).await;
    let agency = bench.kit.token(AGENCY).await;
    for (method, path, body) in wrong_ways(&bench, &li, &subject) {
        let body = (!body.is_null()).then_some(body);
        let token = if path.ends_with("queries") { &agency } else { &bench.core };
        let answer = bench.call(token, method, &path, body.as_ref()).await;
        if answer.status == 200 {
            continue;
        }
        assert!((400..500).contains(&answer.status), "{method} {path}: {}", answer.text);
        for value in li.values() {
            assert!(!answer.text.contains(value), "{method} {path} {body:?}: {}", answer.text);
        }
    }
    drop(guard);
    let text = log.text();
    assert!(text.contains("/v1/platforms/{platform}/registrations"), "requests are logged by their route");
    for value in li.values().into_iter().chain([subject.as_str()]) {
        assert!(!text.contains(value), "the log repeats {value}");
    }
}
