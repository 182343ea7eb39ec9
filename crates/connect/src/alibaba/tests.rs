//! The signature against the vendor's published example, the adapter against the simulator.

use std::time::Duration;

use desk::ports::{Bound, Numbers as _};
use serde_json::json;

use super::*;
use crate::simulated::SimulatedAlibaba;
use crate::simulated::loopback::Answer;
use crate::steady::{Standing, steady};

/// "V3 版本请求体&签名机制", "固定参数示例".
#[test]
fn the_signature_is_that_of_the_vendors_fixed_example() {
    let key = AccessKey { id: "YourAccessKeyId".into(), secret: "YourAccessKeySecret".into() };
    let query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai";
    let headers = [
        ("host", "ecs.cn-shanghai.aliyuncs.com".to_owned()),
        ("x-acs-action", "RunInstances".to_owned()),
        ("x-acs-content-sha256", hashed(b"")),
        ("x-acs-date", "2023-10-26T10:22:32Z".to_owned()),
        ("x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d".to_owned()),
        ("x-acs-version", "2014-05-26".to_owned()),
    ];
    assert_eq!(
        authorization(&key, query, &headers),
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,\
         SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,\
         Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    );
}

#[test]
fn a_form_escapes_all_that_is_not_plain() {
    assert_eq!(form(&[("a", "2026-06-01 10:00:00"), ("b", "~+é")]), b"a=2026-06-01%2010%3A00%3A00&b=~%2B%C3%A9");
}

struct Bench {
    network: SimulatedAlibaba,
    clock: Arc<Standing>,
    numbers: AlibabaNumbers,
}

fn bench(key: impl Fn(AccessKey) -> AccessKey, pool: &str) -> Bench {
    let (clock, entropy) = steady();
    let network = SimulatedAlibaba::start(clock.clone(), entropy.clone()).unwrap();
    let origin = network.origin();
    let pool = if pool.is_empty() { network.pool() } else { Pool { key: pool.into() } };
    let at = (Some(origin.as_str()), Duration::from_secs(2));
    let numbers = AlibabaNumbers::new(at, &key(network.key()), pool, (clock.clone(), entropy));
    Bench { network, clock, numbers }
}

async fn bound(bench: &Bench, customer: &str) -> Result<Bound, Outside> {
    let until = "2026-06-02T02:00:00Z".parse().unwrap();
    bench.numbers.bind(Clear::new(customer.to_owned()), Clear::new("13900000099".to_owned()), until).await
}

#[tokio::test]
async fn each_reaches_the_other_by_a_number_that_is_neithers_until_it_ends() {
    let bench = bench(|key| key, "");
    let made = bound(&bench, "13900000001").await.unwrap();
    assert!(!["13900000001", "13900000099"].contains(&made.number.as_str()));
    assert_eq!(bench.network.called(&made.number, "13900000099").as_deref(), Some("13900000001"));
    assert_eq!(bench.network.called(&made.number, "13900000001").as_deref(), Some("13900000099"));
    assert!(bench.network.called(&made.number, "13900000002").is_none(), "a stranger reaches nobody");
    bench.clock.advance(25 * 3600);
    assert!(bench.network.called(&made.number, "13900000099").is_none(), "it ended by itself");
    let made = {
        let until = "2026-06-09T02:00:00Z".parse().unwrap();
        let (a, b) = (Clear::new("13900000001".to_owned()), Clear::new("13900000099".to_owned()));
        bench.numbers.bind(a, b, until).await.unwrap()
    };
    bench.numbers.unbind(&made).await.unwrap();
    assert!(bench.network.called(&made.number, "13900000099").is_none());
    bench.numbers.unbind(&made).await.unwrap();
}

#[tokio::test]
async fn a_pool_ends_and_what_is_no_telephone_is_refused() {
    let bench = bench(|key| key, "");
    for n in 0..SimulatedAlibaba::NUMBERS {
        bound(&bench, &format!("139000{n:05}")).await.unwrap();
    }
    assert_eq!(bound(&bench, "13900099999").await.err(), Some(Outside::Busy));
    assert_eq!(bound(&bench, "1").await.err(), Some(Outside::Refused));
}

#[tokio::test]
async fn wrong_keys_pools_and_clocks_are_not_accepted() {
    let secret = |key: AccessKey| AccessKey { secret: "other".into(), ..key };
    assert_eq!(bound(&bench(secret, ""), "13900000001").await.err(), Some(Outside::Unaccepted));
    let unknown = |key: AccessKey| AccessKey { id: "other".into(), ..key };
    assert_eq!(bound(&bench(unknown, ""), "13900000001").await.err(), Some(Outside::Unaccepted));
    assert_eq!(bound(&bench(|key| key, "FC0"), "13900000001").await.err(), Some(Outside::Unaccepted));
    let own = bench(|key| key, "");
    let (late, entropy) = steady();
    late.advance(FRESH + 1);
    let origin = own.network.origin();
    let at = (Some(origin.as_str()), Duration::from_secs(2));
    let numbers = AlibabaNumbers::new(at, &own.network.key(), own.network.pool(), (late, entropy));
    let late = Bench { numbers, ..own };
    assert_eq!(bound(&late, "13900000001").await.err(), Some(Outside::Unaccepted));
}

#[tokio::test]
async fn silence_limits_and_nonsense_are_told_apart() {
    let bench = bench(|key| key, "");
    let told = |status: u16, code: &str| Answer::json(status, &json!({ "Code": code, "RequestId": "r" }));
    for (answer, expected) in [
        (told(400, "Throttling.User"), Outside::Busy),
        (told(503, "ServiceUnavailable"), Outside::TimedOut),
        (told(400, "OTHER"), Outside::Refused),
        (told(200, "OK"), Outside::Untrusted),
        (Answer::json(200, &json!({})), Outside::Untrusted),
    ] {
        bench.network.mood().fixed(answer);
        assert_eq!(bound(&bench, "13900000001").await.err(), Some(expected));
    }
    bench.network.mood().silent();
    assert_eq!(bound(&bench, "13900000001").await.err(), Some(Outside::TimedOut));
}
