//! The adapter against the simulator, and both against another implementation.

use std::collections::BTreeMap;

use super::*;
use crate::simulated::SimulatedWechatPay;
use crate::simulated::loopback::Answer;
use crate::steady::{Standing as StandingClock, steady};

const NUMBER: &str = "ORDER-000001";

struct Bench {
    network: SimulatedWechatPay,
    pay: WechatPay,
    clock: Arc<StandingClock>,
}

fn bench() -> Bench {
    let (clock, entropy) = steady();
    let network = SimulatedWechatPay::start("http://127.0.0.1:1/n/{platform}", clock.clone(), entropy.clone()).unwrap();
    let merchants = Merchants { other: Some(network.merchant()), ..Merchants::default() };
    let patience = Duration::from_millis(1500);
    let pay = WechatPay::new(&network.origin(), patience, &merchants, (clock.clone(), entropy)).unwrap();
    Bench { network, pay, clock }
}

fn platform() -> Slug {
    "minghu".parse().unwrap()
}

fn order(fen: u32) -> Order {
    let (platform, number, description) = (platform(), NUMBER.to_owned(), "premium".to_owned());
    Order { platform, number, description, fen, payer: None }
}

#[tokio::test]
async fn an_order_is_opened_scanned_paid_and_told_once_and_for_all() {
    let Bench { network, pay, .. } = bench();
    assert_eq!(pay.query(&platform(), NUMBER).await, Ok(None));
    let Prepaid::Scan(code) = pay.order(order(9900)).await.unwrap() else { panic!("no code") };
    assert_eq!(pay.order(order(9900)).await, Ok(Prepaid::Scan(code.clone())), "the same number is one order");
    assert_eq!(pay.order(order(100)).await, Err(Outside::Refused), "another amount under the same number");
    let open = pay.query(&platform(), NUMBER).await.unwrap().unwrap();
    assert_eq!((open.state, open.transaction), (PaymentState::Open, None));

    assert_eq!(network.scanned(&code).as_deref(), Some(NUMBER));
    let notice = network.pay(NUMBER).unwrap();
    let told = pay.notification(&platform(), &notice.headers, &notice.body).unwrap();
    assert_eq!((told.standing.state, told.standing.fen), (PaymentState::Paid, Some(9900)));
    assert_eq!(told.standing.order, NUMBER);
    assert!(told.standing.at.is_some() && told.standing.transaction.is_some());
    let again = network.pay(NUMBER).unwrap();
    assert_eq!(pay.notification(&platform(), &again.headers, &again.body).unwrap(), told, "the same event");
    assert_eq!(pay.query(&platform(), NUMBER).await.unwrap().unwrap(), told.standing);
    assert_eq!(pay.order(order(9900)).await, Err(Outside::Refused), "a paid order is not opened again");
}

fn refund(number: &str, fen: u32) -> Refund {
    Refund { platform: platform(), order: NUMBER.to_owned(), number: number.to_owned(), fen, total: 9900 }
}

#[tokio::test]
async fn an_order_that_nobody_paid_is_closed_and_stays_so() {
    let Bench { network, pay, .. } = bench();
    assert_eq!(pay.close(&platform(), NUMBER).await, Err(Outside::Refused), "an order that nobody opened");
    pay.order(order(9900)).await.unwrap();
    assert_eq!(pay.close(&platform(), NUMBER).await, Ok(()));
    assert_eq!(pay.close(&platform(), NUMBER).await, Ok(()), "closed is closed");
    assert_eq!(pay.query(&platform(), NUMBER).await.unwrap().unwrap().state, PaymentState::Closed);
    assert!(network.pay(NUMBER).is_none());
    assert_eq!(pay.order(order(9900)).await, Err(Outside::Refused));
    assert_eq!(pay.close(&platform(), "../escape").await, Err(Outside::Refused));
}

#[tokio::test]
async fn money_goes_back_once_for_each_refund_and_never_more_than_came() {
    let Bench { network, pay, .. } = bench();
    pay.order(order(9900)).await.unwrap();
    assert_eq!(pay.refund(refund("R-1", 9900)).await, Err(Outside::Refused), "nothing was paid");
    network.pay(NUMBER).unwrap();
    assert_eq!(pay.close(&platform(), NUMBER).await, Err(Outside::Refused), "it is paid");
    assert_eq!(pay.refund(refund("R-1", 900)).await, Ok(Refunded::Going));
    assert_eq!(pay.refund(refund("R-1", 900)).await, Ok(Refunded::Back), "asked again, it is the same refund");
    assert_eq!(pay.refund(refund("R-1", 901)).await, Err(Outside::Refused), "another amount under the same number");
    assert_eq!(pay.refund(refund("R-2", 9001)).await, Err(Outside::Refused), "more than is left");
    assert_eq!(pay.refund(refund("R-2", 9000)).await, Ok(Refunded::Going));
    assert_eq!(pay.query(&platform(), NUMBER).await.unwrap().unwrap().state, PaymentState::Returned);
}

#[tokio::test]
async fn the_network_tells_of_a_refund_once_and_for_all_and_a_part_is_not_the_whole() {
    let Bench { network, pay, clock } = bench();
    pay.order(order(9900)).await.unwrap();
    network.pay(NUMBER).unwrap();
    assert!(network.give_back(NUMBER, "R-1").is_none(), "nobody asked for it");
    pay.refund(refund("R-1", 9900)).await.unwrap();
    let notice = network.give_back(NUMBER, "R-1").unwrap();
    let told = pay.notification(&platform(), &notice.headers, &notice.body).unwrap();
    assert_eq!((told.standing.state, told.standing.fen), (PaymentState::Returned, Some(9900)));
    assert_eq!(told.standing.back, Some(9900));
    let paid = pay.query(&platform(), NUMBER).await.unwrap().unwrap();
    assert_eq!((&told.standing.order, &told.standing.transaction), (&paid.order, &paid.transaction));
    let again = network.give_back(NUMBER, "R-1").unwrap();
    assert_eq!(pay.notification(&platform(), &again.headers, &again.body).unwrap(), told, "the same event");
    let mut touched = notice.body.clone();
    touched.push(b' ');
    assert_eq!(pay.notification(&platform(), &notice.headers, &touched), Err(Outside::Untrusted));
    clock.advance(301);
    assert_eq!(pay.notification(&platform(), &notice.headers, &notice.body), Err(Outside::Untrusted), "a replay");

    let Bench { network, pay, .. } = bench();
    pay.order(order(9900)).await.unwrap();
    network.pay(NUMBER).unwrap();
    pay.refund(refund("R-2", 900)).await.unwrap();
    let notice = network.give_back(NUMBER, "R-2").unwrap();
    let told = pay.notification(&platform(), &notice.headers, &notice.body).unwrap();
    assert_eq!((told.standing.state, told.standing.fen), (PaymentState::Returned, Some(9900)));
    assert_eq!(told.standing.back, Some(900), "a part of it went back");
}

#[tokio::test]
async fn who_scans_a_code_pays_on_the_networks_own_page() {
    let Bench { network, pay, .. } = bench();
    let Prepaid::Scan(code) = pay.order(order(9900)).await.unwrap() else { panic!("no code") };
    let page = network.scan_page(&code, "http://127.0.0.1:1/p/minghu/payments/pay-1");
    let line = Line::new(&network.origin(), crate::PATIENCE);
    let path = page.strip_prefix(&network.origin()).unwrap();
    let shown = String::from_utf8(line.get(path, Vec::new()).await.unwrap().body).unwrap();
    assert!(shown.contains("¥99.00") && shown.contains("/p/minghu/payments/pay-1"), "{shown}");
    let elsewhere = network.scan_page(&code, "https://elsewhere.example/");
    let elsewhere = line.get(elsewhere.strip_prefix(&network.origin()).unwrap(), Vec::new()).await.unwrap();
    assert!(!String::from_utf8(elsewhere.body).unwrap().contains("elsewhere.example"), "leads nowhere else");
    let form = path.split_once('?').unwrap().1.as_bytes().to_vec();
    let paid = line.post("/scan", Clear::new(form), |_| Vec::new()).await.unwrap();
    assert_eq!(paid.status, 200);
    assert_eq!(pay.query(&platform(), NUMBER).await.unwrap().unwrap().state, PaymentState::Paid);
    let nothing = line.get("/scan?code=weixin%3A%2F%2Felse", Vec::new()).await.unwrap();
    assert_eq!(nothing.status, 404);
}

#[tokio::test]
async fn inside_the_app_the_script_gets_signed_parameters() {
    let Bench { network, pay, .. } = bench();
    let payer = Some("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o".to_owned().into());
    let Prepaid::Script(script) = pay.order(Order { payer, ..order(1) }).await.unwrap() else { panic!("no script") };
    let named: Vec<&str> = script.keys().copied().collect();
    assert_eq!(named, ["appId", "nonceStr", "package", "paySign", "signType", "timeStamp"]);
    let text = |name: &str| script[name].as_bytes();
    let message = lines(&[text("appId"), text("timeStamp"), text("nonceStr"), text("package")]);
    let key = KeyPair::from_pkcs8(&pem::block(&network.merchant().key, "PRIVATE KEY").unwrap()).unwrap();
    assert_eq!(script["paySign"], sign(&key, &message).unwrap());
}

#[tokio::test]
async fn a_notification_that_was_touched_or_is_old_is_believed_in_nothing() {
    let Bench { network, pay, clock } = bench();
    pay.order(order(9900)).await.unwrap();
    let notice = network.pay(NUMBER).unwrap();
    let read = |headers: &BTreeMap<String, String>, body: &[u8]| pay.notification(&platform(), headers, body);
    for name in ["wechatpay-timestamp", "wechatpay-nonce", "wechatpay-signature", "wechatpay-serial"] {
        let mut headers = notice.headers.clone();
        headers.remove(name);
        assert_eq!(read(&headers, &notice.body), Err(Outside::Untrusted), "without {name}");
        headers.insert(name.to_owned(), "WECHATPAY/SIGNTEST/x".to_owned());
        assert_eq!(read(&headers, &notice.body), Err(Outside::Untrusted), "with another {name}");
    }
    let mut body = notice.body.clone();
    body.push(b' ');
    assert_eq!(read(&notice.headers, &body), Err(Outside::Untrusted));
    clock.advance(FRESH + 1);
    assert_eq!(read(&notice.headers, &notice.body), Err(Outside::Untrusted), "a replay");
}

#[tokio::test]
async fn what_another_merchant_seals_does_not_open() {
    let (own, other) = (bench(), bench());
    other.pay.order(order(9900)).await.unwrap();
    let notice = other.network.pay(NUMBER).unwrap();
    assert_eq!(own.pay.notification(&platform(), &notice.headers, &notice.body), Err(Outside::Untrusted));
}

#[tokio::test]
async fn stale_and_repeated_requests_and_wrong_keys_are_refused() {
    let Bench { network, pay, clock } = bench();
    let account = pay.account(&platform()).unwrap();
    let stamp = |at: i64| Stamp { at, nonce: "N1".to_owned() };
    let path = format!("/v3/pay/transactions/out-trade-no/{NUMBER}?mchid={}", account.merchant);
    let now = clock.now().as_second();
    for (at, status) in [(now - FRESH - 1, 401), (now, 404), (now, 401)] {
        let reply = pay.line.get(&path, authorised(&account, "GET", &path, &stamp(at), b"")).await.unwrap();
        assert_eq!(reply.status, status);
    }
    let stranger = Merchant { key: bench().network.merchant().key, ..network.merchant() };
    let merchants = Merchants { other: Some(stranger), ..Merchants::default() };
    let (_, entropy) = steady();
    let stranger = WechatPay::new(&network.origin(), crate::PATIENCE, &merchants, (clock, entropy)).unwrap();
    assert_eq!(stranger.order(order(1)).await, Err(Outside::Unaccepted));
}

#[tokio::test]
async fn silence_limits_and_unsigned_answers_are_told_apart() {
    let Bench { network, pay, .. } = bench();
    network.mood().silent();
    assert_eq!(pay.order(order(1)).await, Err(Outside::TimedOut));
    network.mood().fixed(Answer::json(200, &json!({ "code_url": "weixin://else" })));
    assert_eq!(pay.order(order(1)).await, Err(Outside::Untrusted), "an answer that nobody signed");
    network.mood().regular();
    assert_eq!(pay.order(order(0)).await, Err(Outside::Refused));
    assert_eq!(refusal(429, "RATELIMIT_EXCEEDED"), Outside::Busy);
    assert_eq!(refusal(500, "SYSTEM_ERROR"), Outside::TimedOut);
    assert_eq!(refusal(403, "NO_AUTH"), Outside::Unaccepted);
}

#[tokio::test]
async fn a_platform_without_an_account_has_nobody_and_a_broken_account_says_what_is_wrong() {
    let (clock, entropy) = steady();
    let parts = || (clock.clone() as Arc<dyn Clock>, entropy.clone() as Arc<dyn Entropy>);
    let none = WechatPay::new(ORIGIN, crate::PATIENCE, &Merchants::default(), parts()).unwrap();
    assert_eq!(none.order(order(1)).await, Err(Outside::Nobody));
    let short = Merchant { sealing_key: "short".to_owned(), ..bench().network.merchant() };
    let merchants = Merchants { other: Some(short), ..Merchants::default() };
    let error = WechatPay::new(ORIGIN, crate::PATIENCE, &merchants, parts()).err().unwrap();
    assert!(error.to_string().contains("32 characters"), "{error}");
}

/// Sealed by Python's `cryptography` 46 (OpenSSL), so that both sides are not wrong alike.
#[test]
fn a_resource_sealed_by_another_implementation_opens() {
    let resource = json!({
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": "DUcHkaT6Ar5NbFcP4dHc0mQPviqVoryCQYZkx72M9HOV7zfzpxNFhao=",
        "associated_data": "transaction",
        "nonce": "fdasflkja484",
    });
    let resource: sealed::Resource = serde_json::from_value(resource).unwrap();
    let opened = sealed::open(b"0123456789abcdef0123456789abcdef", &resource);
    assert_eq!(opened.as_deref(), Some(b"{\"trade_state\":\"SUCCESS\"}".as_slice()));
    assert_eq!(sealed::open(b"1123456789abcdef0123456789abcdef", &resource), None);
}
