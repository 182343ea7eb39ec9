//! Notices by short message, WeChat, push message and letter, through the program to the simulated parties.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use connect::simulated::loopback::{Answer, Call, Loopback};
use connect::simulated::{SimulatedTencent, SimulatedWechatAccount};
use serde_json::Value;
use testkit::{Seeded, person};

use crate::installation::Installation;
use crate::mail::{published, registered, told};
use crate::paying::Wall;

/// How long all of them may take.
const SOON: Duration = Duration::from_secs(60);

/// What both sides know.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A gateway with one answer, and what it was told.
fn gateway(status: u16) -> (Loopback, Arc<Mutex<Vec<Value>>>) {
    let told = Arc::<Mutex<Vec<Value>>>::default();
    let kept = Arc::clone(&told);
    let server = Loopback::start(move |call: &Call| {
        kept.lock().unwrap().push(serde_json::from_slice(&call.body).unwrap());
        Some(Answer { status, headers: Vec::new(), body: Vec::new() })
    });
    (server.unwrap(), told)
}

/// An installation with everybody who carries messages.
fn configured(at: &Installation, tencent: &SimulatedTencent, wechat: &SimulatedWechatAccount, gates: [&Loopback; 2]) {
    let (key, account) = (tencent.key(), wechat.account());
    at.secret("sms.key", &format!("{}\n{}\n", key.id, key.secret));
    at.secret("wechat.secret", &account.secret);
    at.secret("gate.webhook", SECRET);
    let sms = tencent.notices("haigang".parse().unwrap());
    let [push, letter] = gates.map(Loopback::origin);
    let template = &sms.templates["haigang"];
    at.also(&format!(
        "[sms]\napp = '{}'\nsign = '{}'\nkey = 'sms.key'\ntemplates = {{ haigang = '{template}' }}\norigin = '{}'\n\
         [[wechat]]\nplatform = 'haigang'\napp = '{}'\nsecret = 'wechat.secret'\ntemplate = '{}'\nservice = '{}'\n\
         title = '{}'\nday = '{}'\norigin = '{}'\n\
         [push]\naddress = '{push}/push'\nsecret = 'gate.webhook'\n\
         [letter]\naddress = '{letter}/letters'\nsecret = 'gate.webhook'\n",
        sms.app,
        sms.sign,
        tencent.origin(),
        account.app,
        account.template,
        account.service,
        account.title,
        account.day,
        wechat.origin(),
    ));
}

#[test]
fn r09_a_version_is_told_by_short_message_wechat_and_letter_as_its_text_promises() {
    let (clock, entropy) = (Arc::new(Wall), Arc::new(Seeded::default()));
    let tencent = SimulatedTencent::start(clock.clone(), entropy.clone()).unwrap();
    let wechat = SimulatedWechatAccount::start(clock, entropy).unwrap();
    wechat.follow("o-li");
    // The application knows nobody by that id; the printing house takes every letter.
    let ((push, pushed), (letter, letters)) = (gateway(404), gateway(202));
    let at = Installation::new();
    configured(&at, &tencent, &wechat, [&push, &letter]);
    let server = at.serve();
    let each = |text: String| {
        let items = text
            .replace("\"name\", \"phone\", \"email\",", "\"name\", \"phone\", \"home-address\", \"wechat-openid\",");
        let by = items.replace("notice = [\"pop-up\", \"email\"]", "notice = [\"sms\", \"push\", \"letter\"]");
        by.replace("any-one-of = true", "any-one-of = false")
    };
    let tables = published(&at, "2026-09-01", each);
    let (core, auditor) = (at.token("collect,consent", None).secret, at.token("audit", None).secret);
    let addresses = [("home-address", "上海市示例区示例路1号"), ("wechat-openid", "o-li")];
    registered(&server, &core, &tables, (1, &addresses));
    published(&at, "2027-03-01", |text| text);

    let acts = || {
        let mut acts = told(&server, &auditor);
        acts.sort();
        acts
    };
    let expected = ["told Some(\"2:letter\")", "told Some(\"2:push\")", "told Some(\"2:sms\")"];
    let began = Instant::now();
    while acts().iter().filter(|act| act.starts_with("told")).count() < expected.len() {
        assert!(began.elapsed() < SOON, "{:?} {}", acts(), server.log());
        std::thread::park_timeout(Duration::from_millis(100));
    }
    let all = acts();
    let (out, done): (Vec<&String>, Vec<&String>) = all.iter().partition(|act| act.starts_with("notify"));
    assert_eq!(done, expected.map(str::to_owned).iter().collect::<Vec<_>>());
    let count = |route: &str| out.iter().filter(|act| act.contains(route)).count();
    assert_eq!(["sms", "letter", "push"].map(count), [1, 1, 2], "to the application, and then by WeChat");

    let days = tencent.notices_for(&person(1).phone);
    assert_eq!(days.len(), 1, "{days:?}");
    assert_eq!(wechat.delivered_to("o-li").len(), 1);
    let (pushed, letters) = (pushed.lock().unwrap(), letters.lock().unwrap());
    assert!(pushed[0]["data"]["user"].as_str().unwrap().starts_with("sub-"), "{pushed:?}");
    assert_eq!((letters[0]["data"]["name"].as_str(), letters.len()), (Some(person(1).name.as_str()), 1));
    assert_eq!(letters[0]["data"]["address"], "上海市示例区示例路1号");
    let log = server.log();
    let secrets = [person(1).phone, wechat.account().secret, tencent.key().secret];
    let values = secrets.iter().map(String::as_str).chain(["示例路", "o-li", SECRET]);
    for value in values {
        assert!(!log.contains(value), "{log}");
    }
    server.stop();
}
