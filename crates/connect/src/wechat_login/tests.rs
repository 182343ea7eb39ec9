//! The adapter of WeChat's dialect against the simulated provider, which enforces it.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::act::Committed;
use serde_json::json;

use super::*;
use crate::simulated::loopback::Answer;
use crate::simulated::{Registered, SimulatedWechatLogin};
use crate::steady::{Standing, steady};
use crate::visitor::{answer, get, parameter};

const BACK: &str = "http://127.0.0.1:1/p/minghu/login/return";
const PATIENT: Duration = Duration::from_secs(5);

struct Bench {
    provider: SimulatedWechatLogin,
    clock: Arc<Standing>,
}

fn bench() -> Bench {
    let (clock, entropy) = steady();
    let client = |id: &str| Registered { id: id.into(), secret: "secret".into(), back: BACK.into(), name: "x".into() };
    let clients = vec![client("wx1"), client("wx2")];
    Bench { provider: SimulatedWechatLogin::start("x", clients, (clock.clone(), entropy)).unwrap(), clock }
}

fn errand(claims: &[&str]) -> Errand {
    let claims = claims.iter().map(|claim| (*claim).to_owned()).collect();
    Errand { state: "5".repeat(64), nonce: String::new(), verifier: String::new(), back: BACK.into(), claims }
}

impl Bench {
    fn client(&self, id: &str, secret: &str) -> WechatLogin {
        let origin = self.provider.origin();
        let client = Client { id: id.into(), secret: secret.into(), origin: origin.clone(), api: Some(origin) };
        WechatLogin::new(&client, PATIENT)
    }

    async fn code(&self, client: &WechatLogin, errand: &Errand) -> String {
        let back = answer(&self.provider.origin(), &client.begin(errand), "sim-linwan", "yes").await;
        assert_eq!(parameter(&back, "state").as_deref(), Some(errand.state.as_str()));
        parameter(&back, "code").unwrap()
    }
}

fn told(claims: Claims) -> BTreeMap<String, String> {
    let word = Committed::from_store(0);
    claims.into_iter().map(|(name, value)| (name, value.release(&word))).collect()
}

#[test]
fn the_address_is_as_the_vendor_writes_it() {
    let client =
        Client { id: "wx1".into(), secret: "s".into(), origin: "https://open.weixin.qq.com".into(), api: None };
    let address = WechatLogin::new(&client, PATIENT).begin(&errand(&["openid"]));
    let expected = "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fp%2F\
        minghu%2Flogin%2Freturn&response_type=code&scope=snsapi_base&state=";
    assert_eq!(address, format!("{expected}{}#wechat_redirect", "5".repeat(64)));
}

#[tokio::test]
async fn openid_differs_by_client_and_unionid_does_not() {
    let bench = bench();
    let all = errand(&["openid", "unionid", "nickname", "headimgurl", "sex", "region"]);
    let mut seen = Vec::new();
    for id in ["wx1", "wx2"] {
        let client = bench.client(id, "secret");
        let code = bench.code(&client, &all).await;
        let (openid, claims) = client.finish(&all, Clear::new(code)).await.unwrap();
        let claims = told(claims);
        assert_eq!((claims["openid"].clone(), claims["sex"].as_str(), claims.len()), (openid, "2", 6));
        assert_eq!(claims["region"].split(' ').count(), 3);
        seen.push(claims);
    }
    assert!(seen[0]["openid"] != seen[1]["openid"] && seen[0]["unionid"] == seen[1]["unionid"]);
    let least = errand(&["openid"]);
    let client = bench.client("wx1", "secret");
    assert_eq!(parameter(&client.begin(&least), "scope").as_deref(), Some("snsapi_base"));
    let code = bench.code(&client, &least).await;
    let (_, claims) = client.finish(&least, Clear::new(code)).await.unwrap();
    assert_eq!(told(claims).into_keys().collect::<Vec<_>>(), ["openid"]);
    // What the silent scope does not tell is refused by the vendor, not left out.
    let code = bench.code(&client, &least).await;
    assert_eq!(client.finish(&all, Clear::new(code)).await.err(), Some(Outside::Unaccepted));
}

#[tokio::test]
async fn a_code_works_once_in_time_for_its_own_client() {
    let bench = bench();
    let client = bench.client("wx1", "secret");
    let own = errand(&[]);
    let finish = async |client: &WechatLogin, code: String| client.finish(&own, Clear::new(code)).await.err();
    assert_eq!(finish(&client, "guessed".into()).await, Some(Outside::Refused));
    assert_eq!(finish(&client, String::new()).await, Some(Outside::Refused));
    let code = bench.code(&client, &own).await;
    assert_eq!(finish(&client, code.clone()).await, None);
    assert_eq!(finish(&client, code).await, Some(Outside::Refused));
    let code = bench.code(&client, &own).await;
    assert_eq!(finish(&bench.client("wx2", "secret"), code).await, Some(Outside::Refused));
    let code = bench.code(&client, &own).await;
    bench.clock.advance(300);
    assert_eq!(finish(&client, code).await, Some(Outside::Refused));
}

#[tokio::test]
async fn wrong_credentials_and_addresses_are_said() {
    let bench = bench();
    let own = errand(&[]);
    for (id, secret) in [("wx1", "wrong"), ("wx9", "secret")] {
        let outcome = bench.client(id, secret).finish(&own, Clear::new("a".to_owned())).await;
        assert_eq!(outcome.err(), Some(Outside::Unaccepted));
    }
    let client = bench.client("wx1", "secret");
    let elsewhere = Errand { back: "https://evil.example/".into(), ..errand(&[]) };
    let odd = Errand { state: "a-b".into(), ..errand(&[]) };
    for errand in [elsewhere, odd] {
        let (_, page) = get(&bench.provider.origin(), &client.begin(&errand)).await;
        assert!(page.starts_with("1000"), "{page}");
    }
    let back = answer(&bench.provider.origin(), &client.begin(&own), "sim-linwan", "no").await;
    assert_eq!((parameter(&back, "code"), parameter(&back, "state")), (None, Some("5".repeat(64))));
}

#[tokio::test]
async fn the_vendors_errors_are_told_apart() {
    let bench = bench();
    let client = bench.client("wx1", "secret");
    let own = errand(&[]);
    let cases = [
        (json!({ "errcode": -1, "errmsg": "system error" }), Outside::Busy),
        (json!({ "errcode": 45011, "errmsg": "api minute-quota reach limit" }), Outside::Busy),
        (json!({ "errcode": 40163, "errmsg": "code been used" }), Outside::Refused),
        (json!({ "errcode": 50002, "errmsg": "user limited" }), Outside::Unaccepted),
        (json!({ "errcode": 99999, "errmsg": "?" }), Outside::Untrusted),
        (json!({ "access_token": "a" }), Outside::Untrusted),
        (json!({ "access_token": "a", "openid": "o", "is_snapshotuser": 1 }), Outside::Refused),
        (json!([]), Outside::Untrusted),
    ];
    for (document, expected) in cases {
        bench.provider.mood().fixed(Answer::json(200, &document));
        assert_eq!(client.finish(&own, Clear::new("a".to_owned())).await.err(), Some(expected), "{document}");
    }
    for (status, expected) in [(502, Outside::TimedOut), (404, Outside::Untrusted)] {
        bench.provider.mood().fixed(Answer::json(status, &json!({})));
        assert_eq!(client.finish(&own, Clear::new("a".to_owned())).await.err(), Some(expected));
    }
    // Somebody else's profile under our token.
    let answer = json!({ "access_token": "a", "openid": "o", "nickname": "n" });
    bench.provider.mood().fixed(Answer::json(200, &answer));
    assert!(client.finish(&errand(&["nickname"]), Clear::new("a".to_owned())).await.is_ok());
    bench.provider.mood().silent();
    let origin = bench.provider.origin();
    let hasty = Client { id: "wx1".into(), secret: "secret".into(), origin: origin.clone(), api: Some(origin) };
    let hasty = WechatLogin::new(&hasty, Duration::from_millis(200));
    assert_eq!(hasty.finish(&own, Clear::new("a".to_owned())).await.err(), Some(Outside::TimedOut));
}
