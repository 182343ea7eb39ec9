//! The signature against the vendor's published example, the adapters against the simulator.

use std::time::Duration;

use desk::ports::{Dispatch, FaceCheck as _, Messages as _, RealName as _, Sms as _, To, Way};
use model::{Fingerprint, Slug};
use serde_json::json;

use super::*;
use crate::simulated::SimulatedTencent;
use crate::simulated::loopback::Answer;
use crate::steady::{Standing, steady};

/// "签名方法 v3", the worked example: listing servers of a region.
#[test]
fn the_signature_is_that_of_the_vendors_worked_example() {
    let key =
        ApiKey { id: "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE".into(), secret: "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE".into() };
    let body = r#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#;
    let now = Timestamp::from_second(1_551_113_065).unwrap();
    let made = authorization(&key, "cvm", "cvm.tencentcloudapi.com", (JSON, body.as_bytes()), now);
    assert_eq!(
        made,
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, \
         SignedHeaders=content-type;host, \
         Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    );
}

struct Bench {
    cloud: SimulatedTencent,
    clock: Arc<Standing>,
    real_name: TencentRealName,
    face: TencentFace,
    sms: TencentSms,
}

fn bench() -> Bench {
    let (clock, entropy) = steady();
    let cloud = SimulatedTencent::start(clock.clone(), entropy).unwrap();
    bench_with(cloud, clock, |key| key)
}

fn bench_with(cloud: SimulatedTencent, clock: Arc<Standing>, key: impl Fn(ApiKey) -> ApiKey) -> Bench {
    let origin = cloud.origin();
    let at = (Some(origin.as_str()), Duration::from_secs(2));
    let key = key(cloud.key());
    let real_name = TencentRealName::new(at, &key, clock.clone());
    let face = TencentFace::new(at, &key, clock.clone());
    let sms = TencentSms::new(at, &key, cloud.texts(), clock.clone());
    Bench { cloud, clock, real_name, face, sms }
}

fn text(text: &str) -> Clear<String> {
    Clear::new(text.to_owned())
}

const NUMBER: &str = "990000199001011234";

#[tokio::test]
async fn names_and_numbers_are_compared_and_the_request_is_numbered() {
    let Bench { cloud: _cloud, real_name, .. } = bench();
    let said = real_name.belong(text("周示例"), text(NUMBER)).await.unwrap();
    assert!(said.holds && said.request.is_some_and(|id| id.len() == 32));
    assert!(!real_name.belong(text("周示例"), text("990000199001019994")).await.unwrap().holds);
    assert!(!real_name.belong(text("周示例"), text("1")).await.unwrap().holds);
    assert_eq!(real_name.belong(text(""), text(NUMBER)).await, Err(Outside::Refused));
}

#[tokio::test]
async fn only_pictures_are_compared_and_small_ones_show_no_face() {
    let Bench { cloud: _cloud, face, .. } = bench();
    let jpeg = |len: usize| Clear::new([b"\xff\xd8\xff".as_slice(), &vec![0; len]].concat());
    let compared = async |picture| face.compare(text("n"), text(NUMBER), picture).await.map(|said| said.holds);
    assert_eq!(compared(Clear::new(b"GIF89a".to_vec())).await, Err(Outside::Refused));
    assert_eq!(compared(jpeg(10)).await, Ok(false));
    assert_eq!(compared(jpeg(600)).await, Ok(true));
}

#[tokio::test]
async fn the_newest_code_arrives_and_unrouted_numbers_are_refused() {
    let Bench { cloud, sms, .. } = bench();
    for code in ["111111", "222222"] {
        sms.send_code(text("13900000000"), text(code)).await.unwrap();
    }
    assert_eq!(cloud.newest_for("13900000000").as_deref(), Some("222222"));
    assert!(cloud.newest_for("13900000001").is_none());
    assert_eq!(sms.send_code(text("0"), text("1")).await, Err(Outside::Refused));
}

/// A notice to a telephone.
fn notice(phone: &str) -> Dispatch {
    Dispatch {
        platform: "haigang".parse().unwrap(),
        number: 7,
        to: To::Telephone(text(phone)),
        service: "E化服务平台".to_owned(),
        handler: "海港人寿保险有限公司".to_owned(),
        title: "个人信息保护政策".to_owned(),
        from: "2027-02-28T16:00:00Z".parse().unwrap(),
        text: Fingerprint::from_digest([0x5c; 32]),
    }
}

#[tokio::test]
async fn a_notice_tells_the_day_by_the_approved_text_of_its_platform() {
    let Bench { cloud, clock, sms, .. } = bench();
    let origin = cloud.origin();
    let at = (Some(origin.as_str()), Duration::from_secs(2));
    let haigang: Slug = "haigang".parse().unwrap();
    let by = |change: fn(&mut SmsNotices)| {
        let mut notices = cloud.notices(haigang.clone());
        change(&mut notices);
        TencentNotices::new(at, &cloud.key(), notices, clock.clone())
    };
    let notices = by(|_| ());
    assert_eq!(notices.carries(&haigang), [Way::Sms]);
    assert!(notices.carries(&"anrun".parse().unwrap()).is_empty());
    assert_eq!(notices.send(notice("13900000000")).await, Ok(()));
    assert_eq!(cloud.notices_for("13900000000"), [["2027", "3", "1"]]);
    assert_eq!(cloud.newest_for("13900000000"), None, "a notice is no code");
    sms.send_code(text("13900000000"), text("333333")).await.unwrap();
    assert_eq!(cloud.take_for("13900000000").as_deref(), Some("333333"));
    assert_eq!(cloud.notices_for("13900000000").len(), 1, "a code that is read takes no notice with it");
    assert_eq!(notices.send(notice("02112345678")).await, Err(Outside::Refused), "a landline reads nothing");
    let elsewhere = Dispatch { platform: "anrun".parse().unwrap(), ..notice("13900000000") };
    assert_eq!(notices.send(elsewhere).await, Err(Outside::Nobody));
    let letter = Dispatch { to: To::Mailbox(text("a@example.cn")), ..notice("") };
    assert_eq!(notices.send(letter).await, Err(Outside::Nobody));
    let refused = by(|notices| notices.templates.values_mut().for_each(|template| *template = "1000001".into()));
    assert_eq!(refused.send(notice("13900000000")).await, Err(Outside::Refused), "another text than was approved");
    assert_eq!(by(|notices| notices.app.clear()).send(notice("13900000000")).await, Err(Outside::Unaccepted));
    cloud.mood().silent();
    assert_eq!(notices.send(notice("13900000000")).await, Err(Outside::TimedOut));
}

#[tokio::test]
async fn wrong_keys_and_wrong_clocks_are_not_accepted() {
    let Bench { cloud, clock, .. } = bench();
    let wrong = bench_with(cloud, clock.clone(), |key| ApiKey { secret: "other".into(), ..key });
    assert_eq!(wrong.sms.send_code(text("13900000000"), text("1")).await, Err(Outside::Unaccepted));
    let unknown = bench_with(wrong.cloud, clock, |key| ApiKey { id: "AKIDother".into(), ..key });
    assert_eq!(unknown.real_name.belong(text("n"), text(NUMBER)).await, Err(Outside::Unaccepted));
    let (late, _) = steady();
    late.advance(FRESH + 1);
    let stale = bench_with(unknown.cloud, late, |key| key);
    assert_eq!(stale.real_name.belong(text("n"), text(NUMBER)).await, Err(Outside::Unaccepted));
}

#[tokio::test]
async fn silence_limits_and_nonsense_are_told_apart() {
    let Bench { cloud, real_name, face, sms, .. } = bench();
    let error = |code: &str| Answer::json(200, &json!({ "Response": { "Error": { "Code": code }, "RequestId": "r" } }));
    let result = |told: Value| Answer::json(200, &json!({ "Response": told }));
    for (answer, expected) in [
        (error("RequestLimitExceeded"), Outside::Busy),
        (error("LimitExceeded.PhoneNumberDailyLimit"), Outside::Busy),
        (error("InternalError"), Outside::TimedOut),
        (error("UnauthorizedOperation.Arrears"), Outside::Unaccepted),
        (error("FailedOperation.Other"), Outside::Refused),
        (Answer::json(502, &json!("gateway")), Outside::Untrusted),
        (result(json!({ "Result": "?" })), Outside::Untrusted),
    ] {
        cloud.mood().fixed(answer);
        assert_eq!(real_name.belong(text("n"), text(NUMBER)).await, Err(expected));
    }
    for (told, expected) in [("-6", Outside::Busy), ("-4", Outside::TimedOut)] {
        cloud.mood().fixed(result(json!({ "Result": told })));
        assert_eq!(real_name.belong(text("n"), text(NUMBER)).await, Err(expected));
    }
    cloud.mood().fixed(result(json!({ "Result": "FailedOperation.CompareSystemError" })));
    assert_eq!(face.compare(text("n"), text(NUMBER), Clear::new(Vec::new())).await, Err(Outside::TimedOut));
    for (told, expected) in [("LimitExceeded.X", Outside::Busy), ("FailedOperation.X", Outside::Refused)] {
        cloud.mood().fixed(result(json!({ "SendStatusSet": [{ "Code": told }] })));
        assert_eq!(sms.send_code(text("13900000000"), text("1")).await, Err(expected));
    }
    cloud.mood().silent();
    assert_eq!(sms.send_code(text("13900000000"), text("1")).await, Err(Outside::TimedOut));
}
