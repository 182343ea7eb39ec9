//! Webhooks, by the program as it runs: told by a receiver that listens, through kills, beside one that never answers.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_lc_rs::hmac::{HMAC_SHA256, Key, verify};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connect::simulated::loopback::{Answer, Call, Loopback};
use serde_json::{Value, json};
use testkit::person;

use crate::calls::Caller;
use crate::installation::{Installation, Server};
use crate::people::{registration, yes};

/// Thirty-two bytes that both sides know.
const SECRET: [u8; 32] = [0x5a; 32];

/// How long a change may take to arrive.
const SOON: Duration = Duration::from_secs(30);

/// What arrived at one webhook: the change by its id, and how often.
type Arrived = Arc<Mutex<BTreeMap<String, (Value, u32)>>>;

/// A system of the company that checks what it is told.
struct Receiver {
    server: Loopback,
    arrived: Arrived,
    open: Arc<Mutex<bool>>,
}

impl Receiver {
    /// One that takes everything in, or one that never answers.
    fn start(open: bool) -> Self {
        let (arrived, open) = (Arrived::default(), Arc::new(Mutex::new(open)));
        let (own, is_open) = (Arc::clone(&arrived), Arc::clone(&open));
        let server = Loopback::start(move |call| {
            if !*is_open.lock().unwrap() {
                return None;
            }
            let (id, change) = checked(call);
            own.lock().unwrap().entry(id).or_insert((change, 0)).1 += 1;
            Some(Answer { status: 204, headers: Vec::new(), body: Vec::new() })
        });
        Self { server: server.unwrap(), arrived, open }
    }

    fn configure(&self, at: &Installation, name: &str) {
        at.secret(&format!("{name}.webhook"), &format!("whsec_{}", STANDARD.encode(SECRET)));
        let address = format!("{}/hooks", self.server.origin());
        at.also(&format!(
            "[[webhook]]\nplatform = 'haigang'\nid = '{name}'\naddress = '{address}'\nsecret = '{name}.webhook'\n"
        ));
    }

    /// Waits until so many changes arrived, in the order of their numbers.
    fn told(&self, count: usize) -> Vec<Value> {
        let began = Instant::now();
        let (_keep, never) = mpsc::channel::<()>();
        while self.arrived.lock().unwrap().len() < count {
            assert!(began.elapsed() < SOON, "{count} changes: {:?}", self.arrived.lock().unwrap());
            let _ = never.recv_timeout(Duration::from_millis(50));
        }
        let mut all: Vec<Value> = self.arrived.lock().unwrap().values().map(|(change, _)| change.clone()).collect();
        all.sort_by_key(|change| change["number"].as_u64());
        all
    }
}

/// The id and the change of a message whose signature holds, as any library of Standard Webhooks checks it.
fn checked(call: &Call) -> (String, Value) {
    let header = |name: &str| call.header(name).unwrap();
    let (id, at, signature) = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
    let signed = [format!("{id}.{at}.").as_bytes(), &call.body].concat();
    let signature = STANDARD.decode(signature.strip_prefix("v1,").unwrap()).unwrap();
    verify(&Key::new(HMAC_SHA256, &SECRET), &signed, &signature).unwrap();
    let told: Value = serde_json::from_slice(&call.body).unwrap();
    assert_eq!((&told["data"]["id"], &told["data"]["kind"]), (&json!(id), &told["type"]));
    (id.to_owned(), told["data"].clone())
}

/// Everything in the feed after the first change, which put the policy in force before anybody listened.
fn feed(core: &Caller) -> Vec<Value> {
    let page = core.get("/v1/events?limit=200").good();
    page["items"].as_array().unwrap()[1..].to_vec()
}

/// Somebody registers and consents once more.
fn visit(core: &Caller, n: u32) {
    let registered = core.post("registrations", &registration(&person(n))).good();
    let path = format!("subjects/{}/consents", registered["subject"].as_str().unwrap());
    core.post(&path, &json!({ "consents": [yes("collect.customer-service", None)] })).good();
}

fn installed() -> (Installation, String) {
    let at = Installation::new();
    at.serve().stop();
    at.publish();
    let core = at.token("collect,consent,events", None).secret;
    (at, core)
}

#[test]
fn what_committed_is_told_though_the_server_was_killed_before_it_told() {
    let (at, core) = installed();
    let receiver = Receiver::start(false);
    receiver.configure(&at, "core");
    for round in 0..2 {
        let server = at.serve();
        visit(&server.caller(&core), round);
        server.kill();
    }
    let server = at.serve();
    let expected = feed(&server.caller(&core));
    assert_eq!(expected.len(), 4, "{expected:?}");
    assert!(receiver.arrived.lock().unwrap().is_empty());
    *receiver.open.lock().unwrap() = true;
    assert_eq!(receiver.told(4), expected);
    // The receiver has the last one a moment before the server knows that it has.
    let began = Instant::now();
    while at.admin(&["webhooks"]).fine() != "haigang/core  0 waiting, 0 given up\n" {
        assert!(began.elapsed() < SOON, "{}", at.admin(&["webhooks"]).out);
    }
    server.stop();
}

#[test]
fn one_that_never_answers_holds_up_neither_the_other_nor_the_house() {
    let (at, core) = installed();
    let (silent, open) = (Receiver::start(false), Receiver::start(true));
    silent.configure(&at, "cache");
    open.configure(&at, "core");
    let server = at.serve();
    let caller = server.caller(&core);
    let began = Instant::now();
    for n in 0..8 {
        visit(&caller, n);
    }
    let expected = feed(&caller);
    assert_eq!(open.told(16), expected);
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    let listed = at.admin(&["webhooks", "--json"]).fine();
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!((&listed[0]["webhook"], &listed[0]["waiting"]), (&json!("cache"), &json!(16)), "{listed}");
    assert_eq!(&listed[1]["webhook"], "core", "{listed}");
    let measures = server.caller("").get("/metrics").text;
    let waiting = "shouyue_webhook_changes{platform=\"haigang\",webhook=\"cache\",state=\"waiting\"} 16\n";
    assert!(measures.contains(waiting), "{measures}");
    let nothing = at.admin(&["webhooks", "--resend", "haigang/cache/3"]);
    assert!(nothing.status == 1 && nothing.out.contains("dead letter"), "{nothing:?}");
    assert_eq!(at.admin(&["webhooks", "--resend", "nonsense"]).status, 2);
    let log = server.log();
    assert!(!log.contains(&person(0).phone) && !log.contains("whsec"), "{log}");
    stopped_in_time(server);
}

/// A call that is under way to somebody who never answers is not waited for.
fn stopped_in_time(server: Server) {
    let began = Instant::now();
    server.stop();
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}
