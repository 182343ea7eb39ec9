//! The adapter of OpenID Connect against the simulated provider, which enforces the protocol.

use std::collections::BTreeMap;
use std::sync::Arc;

use desk::ports::{Federation, LoginProtocol, Provider, Vouched};
use model::act::Committed;

use super::*;
use crate::federation::Federations;
use crate::simulated::loopback::{Answer, Loopback};
use crate::simulated::{Registered, SimulatedOpenId};
use crate::steady::{Standing, steady};
use crate::visitor::{answer, get, parameter};

const BACK: &str = "http://127.0.0.1:1/p/minghu/login/return";
const PATIENT: Duration = Duration::from_secs(5);

struct Bench {
    provider: SimulatedOpenId,
    clock: Arc<Standing>,
    of: Provider,
}

fn registered() -> Registered {
    Registered { id: "minghu".into(), secret: "s e:cret".into(), back: BACK.into(), name: "x".into() }
}

fn bench() -> Bench {
    let (clock, entropy) = steady();
    let provider = SimulatedOpenId::start("x", vec![registered()], (clock.clone(), entropy)).unwrap();
    let of = Provider {
        platform: "minghu".parse().unwrap(),
        login: "card".parse().unwrap(),
        protocol: LoginProtocol::OpenidConnect,
        issuer: "card".into(),
    };
    Bench { provider, clock, of }
}

fn errand(claims: &[&str]) -> Errand {
    let claims = claims.iter().map(|claim| (*claim).to_owned()).collect();
    Errand { state: "5".repeat(64), nonce: "7".repeat(64), verifier: "9".repeat(64), back: BACK.into(), claims }
}

impl Bench {
    fn federations(&self, client: impl FnOnce(&mut Client)) -> Federations {
        let registered = registered();
        let mut own =
            Client { id: registered.id, secret: registered.secret, origin: self.provider.origin(), api: None };
        client(&mut own);
        let of = (self.of.platform.clone(), self.of.login.clone());
        Federations::new(&BTreeMap::from([(of, own)]), PATIENT)
    }

    fn now(&self) -> Timestamp {
        use desk::ports::Clock as _;
        self.clock.now()
    }

    /// Goes there, says yes as somebody, and gives the code.
    async fn code(&self, with: &Federations, errand: &Errand, account: &str) -> String {
        let address = with.begin(&self.of, errand).await.unwrap();
        let back = answer(&self.provider.origin(), &address, account, "yes").await;
        assert_eq!(parameter(&back, "state").as_deref(), Some(errand.state.as_str()));
        parameter(&back, "code").unwrap()
    }

    async fn finish(&self, with: &Federations, errand: &Errand, code: &str) -> Result<Vouched, Outside> {
        with.finish(&self.of, errand, Clear::new(code.to_owned()), self.now()).await
    }
}

/// What was told, out of custody.
fn told(vouched: Vouched) -> (String, BTreeMap<String, String>) {
    let word = Committed::from_store(0);
    let claims = vouched.claims.into_iter().map(|(name, value)| (name, value.release(&word))).collect();
    (vouched.who.release(&word), claims)
}

#[tokio::test]
async fn what_was_asked_for_is_told_and_nothing_else() {
    let bench = bench();
    let with = bench.federations(|_| {});
    let all = errand(&["sub", "phone_number", "nickname"]);
    let code = bench.code(&with, &all, "sim-linwan").await;
    let (who, claims) = told(bench.finish(&with, &all, &code).await.unwrap());
    assert_eq!(claims.keys().map(String::as_str).collect::<Vec<_>>(), ["nickname", "phone_number", "sub"]);
    assert_eq!((claims["sub"].as_str(), claims["phone_number"].as_str()), ("sim-linwan", "13900000081"));
    let least = errand(&[]);
    let code = bench.code(&with, &least, "sim-linwan").await;
    let (same, claims) = told(bench.finish(&with, &least, &code).await.unwrap());
    assert_eq!((same, claims.keys().map(String::as_str).collect::<Vec<_>>()), (who.clone(), vec!["sub"]));
    let code = bench.code(&with, &all, "sim-nobody").await;
    let (other, claims) = told(bench.finish(&with, &all, &code).await.unwrap());
    assert!(other != who && !claims.contains_key("phone_number"), "a number that nobody verified is none");
}

#[tokio::test]
async fn a_code_works_once_in_time_for_its_own_way() {
    let bench = bench();
    let with = bench.federations(|_| {});
    let own = errand(&[]);
    let refused = |outcome: Result<Vouched, Outside>| assert_eq!(outcome.err(), Some(Outside::Refused));
    refused(bench.finish(&with, &own, "guessed").await);
    let code = bench.code(&with, &own, "sim-linwan").await;
    assert!(bench.finish(&with, &own, &code).await.is_ok());
    refused(bench.finish(&with, &own, &code).await);
    let code = bench.code(&with, &own, "sim-linwan").await;
    refused(bench.finish(&with, &Errand { verifier: "8".repeat(64), ..own.clone() }, &code).await);
    let code = bench.code(&with, &own, "sim-linwan").await;
    refused(bench.finish(&with, &Errand { back: format!("{BACK}/else"), ..own.clone() }, &code).await);
    let code = bench.code(&with, &own, "sim-linwan").await;
    bench.clock.advance(300);
    refused(bench.finish(&with, &own, &code).await);
    let code = bench.code(&with, &own, "sim-linwan").await;
    let other = Errand { nonce: "6".repeat(64), ..own };
    assert_eq!(bench.finish(&with, &other, &code).await.err(), Some(Outside::Untrusted), "another way's nonce");
}

#[tokio::test]
async fn a_wrong_secret_is_said_and_a_wrong_client_or_address_gets_no_page() {
    let bench = bench();
    let own = errand(&[]);
    let right = bench.federations(|_| {});
    let code = bench.code(&right, &own, "sim-linwan").await;
    let wrong = bench.federations(|client| client.secret = "other".into());
    assert_eq!(bench.finish(&wrong, &own, &code).await.err(), Some(Outside::Unaccepted));
    let stranger = bench.federations(|client| client.id = "other".into());
    let elsewhere = Errand { back: "https://evil.example/".into(), ..own };
    for (with, errand) in [(&stranger, errand(&[])), (&right, elsewhere)] {
        let address = with.begin(&bench.of, &errand).await.unwrap();
        assert_eq!(get(&bench.provider.origin(), &address).await.0, 400);
    }
}

#[tokio::test]
async fn a_refusal_comes_back_with_its_state() {
    let bench = bench();
    let with = bench.federations(|_| {});
    let own = errand(&[]);
    let address = with.begin(&bench.of, &own).await.unwrap();
    let back = answer(&bench.provider.origin(), &address, "sim-linwan", "no").await;
    assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&back, "state").as_deref(), Some(own.state.as_str()));
    assert!(back.starts_with(BACK));
}

#[tokio::test]
async fn trouble_over_there_is_told_apart() {
    let bench = bench();
    let with = bench.federations(|_| {});
    let own = errand(&[]);
    let code = bench.code(&with, &own, "sim-linwan").await;
    let cases = [
        (Answer::json(503, &json!({})), Outside::Busy),
        (Answer::json(429, &json!({})), Outside::Busy),
        (Answer::json(500, &json!({ "error": "server_error" })), Outside::TimedOut),
        (Answer::json(400, &json!({ "error": "invalid_request" })), Outside::Untrusted),
        (Answer::json(200, &json!({ "access_token": "a" })), Outside::Untrusted),
        (Answer::json(200, &json!({ "id_token": "a.b.c" })), Outside::Untrusted),
        (Answer { status: 200, headers: Vec::new(), body: b"<html>".to_vec() }, Outside::Untrusted),
    ];
    for (answer, expected) in cases {
        bench.provider.mood().fixed(answer);
        assert_eq!(bench.finish(&with, &own, &code).await.err(), Some(expected));
    }
    bench.provider.mood().silent();
    let of = (bench.of.platform.clone(), bench.of.login.clone());
    let registered = registered();
    let own_client =
        Client { id: registered.id, secret: registered.secret, origin: bench.provider.origin(), api: None };
    let hasty = Federations::new(&BTreeMap::from([(of, own_client)]), Duration::from_millis(200));
    assert_eq!(hasty.begin(&bench.of, &own).await.err(), Some(Outside::TimedOut));
    let unknown = Provider { login: "other".parse().unwrap(), ..bench.of.clone() };
    assert_eq!(hasty.begin(&unknown, &own).await.err(), Some(Outside::Nobody));
}

/// A provider that says whatever a test wants of itself.
fn speaking(metadata: impl Fn(&str) -> Value + Send + Sync + 'static) -> Loopback {
    let serve = move |call: &crate::simulated::loopback::Call| {
        let issuer = format!("http://{}", call.header("host").unwrap());
        Some(match call.path.as_str() {
            "/keys" => Answer::json(200, &json!({ "keys": [] })),
            _ => Answer::json(200, &metadata(&issuer)),
        })
    };
    Loopback::start(serve).unwrap()
}

#[tokio::test]
async fn a_provider_speaks_for_itself_and_names_safe_places() {
    let places = |issuer: &str, keys: &str| {
        json!({
            "issuer": issuer, "authorization_endpoint": "https://a.example/a", "token_endpoint": "https://a.example/t",
            "jwks_uri": keys,
        })
    };
    let start = |origin: String| {
        let client = Client { id: "a".into(), secret: "b".into(), origin, api: None };
        OpenId::new(&client, PATIENT)
    };
    let impostor = speaking(move |_| places("https://other.example", "https://a.example/k"));
    assert_eq!(start(impostor.origin()).begin(&errand(&[])).await.err(), Some(Outside::Untrusted));
    let plain = speaking(move |issuer| places(issuer, "http://a.example/k"));
    assert_eq!(start(plain.origin()).begin(&errand(&[])).await.err(), Some(Outside::Untrusted));
    let narrow = speaking(move |issuer| places(issuer, &format!("{issuer}/keys")));
    let address = start(narrow.origin()).begin(&errand(&["sub", "nickname", "phone_number"])).await.unwrap();
    assert_eq!(parameter(&address, "scope").as_deref(), Some("openid profile phone"));
    let address = start(narrow.origin()).begin(&errand(&[])).await.unwrap();
    assert_eq!(parameter(&address, "scope").as_deref(), Some("openid"));
}

#[test]
fn an_id_token_is_ours_fresh_and_of_this_way() {
    let client = Client { id: "me".into(), secret: String::new(), origin: "https://i.example".into(), api: None };
    let open = OpenId::new(&client, PATIENT);
    let own = errand(&[]);
    let now = Timestamp::from_second(1_000_000).unwrap();
    let good = json!({
        "iss": "https://i.example", "aud": ["me"], "sub": "a", "nonce": own.nonce, "iat": 1_000_000, "exp": 1_000_300,
    });
    assert_eq!(open.checked(&good, &own, now).ok().as_deref(), Some("a"));
    let changes = [
        ("iss", json!("https://i.example/")),
        ("aud", json!("you")),
        ("aud", json!(["me", "you"])),
        ("aud", Value::Null),
        ("azp", json!("you")),
        ("sub", json!("")),
        ("sub", json!("a".repeat(256))),
        ("nonce", Value::Null),
        ("nonce", json!("")),
        ("exp", json!(999_940)),
        ("exp", json!("1000300")),
        ("iat", json!(1_000_061)),
        ("iat", Value::Null),
    ];
    for (name, value) in changes {
        let mut bad = good.clone();
        bad[name] = value;
        assert_eq!(open.checked(&bad, &own, now).err(), Some(Outside::Untrusted), "{bad}");
    }
}
