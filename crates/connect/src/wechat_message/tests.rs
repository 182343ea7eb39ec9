//! The adapter against the simulated account, which enforces the vendor's protocol.

use model::Fingerprint;

use super::*;
use crate::simulated::SimulatedWechatAccount;
use crate::simulated::loopback::Answer;
use crate::steady::{Standing, steady};

const PATIENT: Duration = Duration::from_secs(5);

fn haigang() -> Slug {
    "haigang".parse().unwrap()
}

fn bench() -> (SimulatedWechatAccount, Arc<Standing>) {
    let (clock, entropy) = steady();
    (SimulatedWechatAccount::start(clock.clone(), entropy).unwrap(), clock)
}

fn messages(account: Account, origin: &str, clock: &Arc<Standing>, patience: Duration) -> WechatMessages {
    let accounts = BTreeMap::from([(haigang(), account)]);
    WechatMessages::new(accounts, (origin, patience), ("https://p.example.cn", clock.clone()))
}

fn dispatch(number: u64, openid: &str) -> Dispatch {
    Dispatch {
        platform: haigang(),
        number,
        to: To::Follower(Clear::new(openid.to_owned())),
        service: "一项名字长得没有任何模板放得下的网络服务平台".to_owned(),
        handler: "海港人寿保险有限公司".to_owned(),
        title: "个人信息保护政策".to_owned(),
        from: "2027-02-28T16:00:00Z".parse().unwrap(),
        text: Fingerprint::from_digest([0x5c; 32]),
    }
}

#[tokio::test]
async fn a_follower_gets_a_message_once_in_words_that_fit_and_a_token_is_asked_for_when_it_is_over() {
    let (account, clock) = bench();
    account.follow("o-li");
    let sender = messages(account.account(), &account.origin(), &clock, PATIENT);
    assert_eq!(sender.carries(&haigang()), [Way::Wechat]);
    assert!(sender.carries(&"anrun".parse().unwrap()).is_empty());
    for number in [7, 7, 8] {
        assert_eq!(sender.send(dispatch(number, "o-li")).await, Ok(()));
    }
    let delivered = account.delivered_to("o-li");
    assert_eq!(delivered.keys().collect::<Vec<_>>(), ["haigang.7.5c5c5c5c", "haigang.8.5c5c5c5c"]);
    let expected = json!({
        "words": ["一项名字长得没有任何模板放得下的网络服…", "个人信息保护政策", "2027年3月1日"],
        "url": "https://p.example.cn/p/haigang/policy/5c5c5c5c",
    });
    assert_eq!(delivered["haigang.7.5c5c5c5c"], expected);
    assert_eq!(sender.send(dispatch(9, "o-wang")).await, Err(Outside::Refused), "he does not follow it");
    clock.advance(7_100);
    assert_eq!(sender.send(dispatch(10, "o-li")).await, Ok(()), "the token is about to end");
    clock.advance(200);
    assert_eq!(sender.send(dispatch(11, "o-li")).await, Ok(()), "a new one");
    account.forget_token();
    assert_eq!(sender.send(dispatch(12, "o-li")).await, Err(Outside::Busy), "it was over before its time");
    assert_eq!(sender.send(dispatch(12, "o-li")).await, Ok(()));
    let letter = Dispatch { to: To::Mailbox(Clear::new("a@example.cn".to_owned())), ..dispatch(13, "") };
    assert_eq!(sender.send(letter).await, Err(Outside::Nobody));
    let elsewhere = Dispatch { platform: "anrun".parse().unwrap(), ..dispatch(13, "o-li") };
    assert_eq!(sender.send(elsewhere).await, Err(Outside::Nobody));
}

#[tokio::test]
async fn wrong_credentials_templates_and_answers_are_told_apart() {
    let (account, clock) = bench();
    account.follow("o-li");
    let changes: [fn(&mut Account); 4] = [
        |account| account.app.push('x'),
        |account| account.secret.push('x'),
        |account| account.template.push('x'),
        |account| account.day.push('x'),
    ];
    for change in changes {
        let mut wrong = account.account();
        change(&mut wrong);
        let sender = messages(wrong, &account.origin(), &clock, PATIENT);
        assert_eq!(sender.send(dispatch(1, "o-li")).await, Err(Outside::Unaccepted));
    }
    let cases = [
        (200, json!({ "errcode": 45009, "errmsg": "reach max api daily quota limit" }), Outside::Busy),
        (200, json!({ "errcode": 99999, "errmsg": "?" }), Outside::Untrusted),
        (200, json!({ "access_token": "a" }), Outside::Untrusted),
        (404, json!({}), Outside::Untrusted),
        (502, json!({}), Outside::TimedOut),
    ];
    for (status, document, expected) in cases {
        account.mood().fixed(Answer::json(status, &document));
        let sender = messages(account.account(), &account.origin(), &clock, PATIENT);
        assert_eq!(sender.send(dispatch(1, "o-li")).await, Err(expected), "{document}");
    }
    account.mood().silent();
    let hasty = messages(account.account(), &account.origin(), &clock, Duration::from_millis(200));
    assert_eq!(hasty.send(dispatch(1, "o-li")).await, Err(Outside::TimedOut));
}
