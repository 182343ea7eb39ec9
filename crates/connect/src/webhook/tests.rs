//! The published example of the signature, and what the other side may answer.

use std::sync::Mutex;

use super::*;
use crate::simulated::loopback::{Answer, Call, Loopback};
use crate::steady::steady;

/// The secret, message and signature that the specification's own libraries test with.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[test]
fn signatures_are_those_of_the_published_example() {
    let secret = Secret::read(SECRET).unwrap();
    let body = br#"{"test": 2432232314}"#;
    let headers = headers(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
    let signature = headers.iter().find(|(name, _)| *name == "webhook-signature").unwrap();
    assert_eq!(signature.1, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn a_secret_is_marked_and_long_enough() {
    for wrong in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_!!"] {
        assert!(Secret::read(wrong).is_none(), "{wrong}");
    }
}

fn message() -> Message {
    let platform = "minghu".parse().unwrap();
    Message { platform, webhook: "core".into(), id: "chg-1".into(), content: b"{\"a\":1}".to_vec() }
}

fn to(server: &Loopback, patience: Duration) -> HttpWebhooks {
    let address = Address::read(&format!("{}/hooks/in", server.origin())).unwrap();
    let hook = (("minghu".parse().unwrap(), "core".to_owned()), (address, Secret::read(SECRET).unwrap()));
    HttpWebhooks::new(BTreeMap::from([hook]), patience, steady().0)
}

#[tokio::test]
async fn a_message_arrives_whole_and_only_a_good_answer_is_one() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let (seen, status) = (Arc::clone(&calls), Arc::new(Mutex::new(204)));
    let now = Arc::clone(&status);
    let server = Loopback::start(move |call: &Call| {
        let header = |name: &str| call.header(name).unwrap_or_default().to_owned();
        let told = [header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"), call.path.clone()];
        seen.lock().unwrap().push((told.join(" "), call.body.clone()));
        Some(Answer { status: *now.lock().unwrap(), headers: Vec::new(), body: Vec::new() })
    })
    .unwrap();
    let hooks = to(&server, Duration::from_secs(5));
    assert_eq!(hooks.of(&"minghu".parse().unwrap()), ["core"]);
    assert!(hooks.of(&"haigang".parse().unwrap()).is_empty());
    assert_eq!(hooks.post(message()).await, Ok(()));
    let (head, body) = calls.lock().unwrap()[0].clone();
    let expected = headers(&Secret::read(SECRET).unwrap(), "chg-1", 1_780_279_200, b"{\"a\":1}");
    assert_eq!(head, format!("chg-1 1780279200 {} /hooks/in", expected[3].1));
    assert_eq!(body, b"{\"a\":1}");

    let answers = [
        (302, Outside::Refused),
        (400, Outside::Refused),
        (403, Outside::Unaccepted),
        (503, Outside::Busy),
        (500, Outside::Refused),
    ];
    for (answer, outside) in answers {
        *status.lock().unwrap() = answer;
        assert_eq!(hooks.post(message()).await, Err(outside), "{answer}");
    }
    let stranger = Message { webhook: "other".into(), ..message() };
    assert_eq!(hooks.post(stranger).await, Err(Outside::Nobody));
}

#[tokio::test]
async fn one_that_never_answers_is_given_up_in_time() {
    let silent = Loopback::start(|_| None).unwrap();
    let hooks = to(&silent, Duration::from_millis(200));
    assert_eq!(hooks.post(message()).await, Err(Outside::TimedOut));
}
