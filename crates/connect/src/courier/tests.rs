//! The courier against a simulated party, which enforces the dialect.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::json;

use super::*;
use crate::simulated::SimulatedReceiver;
use crate::simulated::loopback::Answer;
use crate::steady::{Counted, Standing, steady};

/// The key of a ledger, by its seed.
struct Key(Ed25519KeyPair);

impl Key {
    fn of(seed: u8) -> Arc<Self> {
        Arc::new(Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()))
    }
}

impl Seal for Key {
    fn key(&self) -> String {
        let coded = STANDARD.encode([&[1], self.0.public_key().as_ref()].concat());
        format!("shouyue/minghu+0102abcd+{coded}")
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }
}

struct Bench {
    receiver: SimulatedReceiver,
    clock: Arc<Standing>,
    entropy: Arc<Counted>,
    key: Arc<Key>,
}

fn bench() -> Bench {
    let (clock, entropy) = steady();
    let (receiver, key) = (SimulatedReceiver::start(clock.clone()).unwrap(), Key::of(7));
    receiver.trust(&key.key());
    Bench { receiver, clock, entropy, key }
}

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

fn parcel(number: &str, key: &Arc<Key>) -> Parcel {
    Parcel {
        platform: slug("minghu"),
        party: slug("lakeside"),
        number: number.to_owned(),
        content: model::Clear::new(format!("{{\"number\":{number}}}").into_bytes()),
        seal: key.clone(),
    }
}

impl Bench {
    fn courier(&self, clock: Arc<dyn Clock>) -> HttpCourier {
        let doors = BTreeMap::from([((slug("minghu"), slug("lakeside")), self.receiver.address())]);
        HttpCourier::new(doors, Duration::from_millis(700), (clock, self.entropy.clone()))
    }

    async fn carried(&self, number: &str) -> Result<String, Outside> {
        self.courier(self.clock.clone()).carry(parcel(number, &self.key)).await
    }
}

/// RFC 9421, appendix B.2.6, has its own list of components; ours is made the same way, and this is the whole of it.
#[test]
fn what_is_signed_is_written_as_the_rfc_writes_it() {
    let parameters = parameters(1_618_884_473, "ab", "shouyue/minghu+0102abcd+AQ==");
    let base = base("POST", "https://partner.example/in", &content_digest(b"{}"), &idempotency_key("12"), &parameters);
    let expected = [
        "\"@method\": POST",
        "\"@target-uri\": https://partner.example/in",
        "\"content-type\": application/json",
        "\"content-digest\": sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:",
        "\"idempotency-key\": \"12\"",
        "\"@signature-params\": (\"@method\" \"@target-uri\" \"content-type\" \"content-digest\" \"idempotency-key\");\
         created=1618884473;nonce=\"ab\";keyid=\"shouyue/minghu+0102abcd+AQ==\";alg=\"ed25519\"",
    ];
    assert_eq!(base, expected.join("\n"));
}

#[tokio::test]
async fn a_copy_arrives_once_however_often_it_is_carried() {
    let bench = bench();
    let courier = bench.courier(bench.clock.clone());
    assert!(courier.reaches(&slug("minghu"), &slug("lakeside")) && !courier.reaches(&slug("minghu"), &slug("other")));
    let first = bench.carried("12").await.unwrap();
    assert_eq!(bench.carried("12").await, Ok(first.clone()), "the receipt of the first time");
    assert_ne!(bench.carried("13").await.unwrap(), first);
    assert_eq!(bench.receiver.taken().keys().collect::<Vec<_>>(), ["12", "13"]);
    assert_eq!(bench.receiver.taken()["12"], b"{\"number\":12}");
}

#[tokio::test]
async fn a_line_that_breaks_after_the_copy_arrived_makes_no_second_one() {
    let bench = bench();
    bench.receiver.be_forgetful(true);
    assert_eq!(bench.carried("12").await, Err(Outside::TimedOut));
    bench.receiver.be_forgetful(false);
    assert_eq!(bench.carried("12").await.as_deref(), Ok("R000001"));
    assert_eq!(bench.receiver.taken().len(), 1);
    bench.receiver.mood().silent();
    assert_eq!(bench.carried("13").await, Err(Outside::TimedOut));
}

#[tokio::test]
async fn a_stranger_a_stale_signature_and_a_replay_are_turned_away() {
    let bench = bench();
    let courier = bench.courier(bench.clock.clone());
    assert_eq!(courier.carry(parcel("12", &Key::of(8))).await, Err(Outside::Unaccepted), "a stranger's key");
    let (slow, _) = steady();
    slow.advance(-FRESH - 1);
    assert_eq!(bench.courier(slow).carry(parcel("12", &bench.key)).await, Err(Outside::Unaccepted));
    // The same bytes a second time, as somebody on the way would send them.
    let address = bench.receiver.address();
    let stamp = Stamp { at: bench.clock.now().as_second(), nonce: "once".to_owned() };
    let headers = signed(&*bench.key, &format!("{}{}", address.origin, address.path), "12", &stamp, b"{}");
    let line = Line::new(&address.origin, Duration::from_secs(2));
    for (body, headers, status) in [
        (&b"{}"[..], headers.clone(), 200),
        (b"{}", headers.clone(), 401),
        (b"[]", headers, 401),
        (b"{}", Vec::new(), 401),
    ] {
        let body = model::Clear::new(body.to_vec());
        let reply = line.post(&address.path, body, move |_| headers.clone()).await.unwrap();
        assert_eq!(reply.status, status);
    }
    assert_eq!(bench.receiver.taken().len(), 1);
}

#[tokio::test]
async fn whatever_a_party_answers_is_one_of_six_words_and_never_its_own() {
    let bench = bench();
    let answer = |status: u16, body: serde_json::Value| bench.receiver.mood().fixed(Answer::json(status, &body));
    let good = json!({ "number": "12", "receipt": "R1" });
    for (status, body, outcome) in [
        (201, good.clone(), Ok("R1".to_owned())),
        (200, json!({ "number": "13", "receipt": "R1" }), Err(Outside::Untrusted)),
        (200, json!({ "number": "12", "receipt": "李思远" }), Err(Outside::Untrusted)),
        (200, json!({ "number": "12" }), Err(Outside::Untrusted)),
        (403, good.clone(), Err(Outside::Refused)),
        (422, good.clone(), Err(Outside::Refused)),
        (503, good.clone(), Err(Outside::Busy)),
        (500, good.clone(), Err(Outside::Untrusted)),
        (302, good, Err(Outside::Untrusted)),
    ] {
        answer(status, body);
        assert_eq!(bench.carried("12").await, outcome, "{status}");
    }
    let nowhere =
        HttpCourier::new(BTreeMap::new(), Duration::from_secs(1), (bench.clock.clone(), bench.entropy.clone()));
    assert_eq!(nowhere.carry(parcel("12", &bench.key)).await, Err(Outside::Nobody));
}

#[test]
fn an_address_has_a_scheme_and_a_host() {
    let address = Address::read("https://partner.example:8443/in/copies?a=b").unwrap();
    assert_eq!((address.origin.as_str(), address.path.as_str()), ("https://partner.example:8443", "/in/copies?a=b"));
    assert_eq!(Address::read("https://partner.example").unwrap().path, "/");
    for text in ["partner.example/in", "https:///in", "https://a.example/#x", "https://a.example/a b", ""] {
        assert_eq!(Address::read(text), None, "{text}");
    }
}
