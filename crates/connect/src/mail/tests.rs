//! What a message says, what a relay cannot be, and servers with which nobody speaks. A real one stands in the tests of `cli`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread::JoinHandle;

use model::{Clear, Fingerprint};

use super::*;
use crate::steady::steady;

fn dispatch(number: u64) -> Dispatch {
    Dispatch {
        platform: "haigang".parse().unwrap(),
        number,
        to: To::Mailbox(Clear::new("li@example.com".to_owned())),
        service: "E化服务\r\n平台".to_owned(),
        handler: "海港人寿保险有限公司".to_owned(),
        title: "个人信息保护政策".to_owned(),
        from: "2027-02-28T16:00:00Z".parse().unwrap(),
        text: Fingerprint::from_digest([0x5c; 32]),
    }
}

fn relay(port: u16, begins: Begins) -> Relay {
    Relay {
        server: "localhost".to_owned(),
        port,
        begins,
        from: "海港 <privacy@example.cn>".to_owned(),
        user: "shouyue".to_owned(),
    }
}

fn mail(relay: Relay, patience: Duration) -> SmtpMail {
    SmtpMail::new(relay, "secret".to_owned(), None, ("https://p.example.cn", steady().0, patience)).unwrap()
}

#[test]
fn a_message_says_what_changed_when_and_where_it_stands_and_is_the_same_at_every_try() {
    let text = Text::of(&dispatch(7), "https://p.example.cn");
    let (from, to) = ("privacy@example.cn".parse().unwrap(), "li@example.com".parse().unwrap());
    let at: Timestamp = "2026-12-01T01:02:03Z".parse().unwrap();
    let message = addressed(&text, from, to, ("example.cn", at)).unwrap();
    let raw = String::from_utf8(message.formatted()).unwrap();
    assert!(raw.is_ascii(), "any server takes it in");
    assert!(raw.contains("Date: Tue, 01 Dec 2026 01:02:03 +0000\r\n"), "{raw}");
    let short = Fingerprint::from_digest([0x5c; 32]).short();
    assert!(raw.contains(&format!("Message-ID: <haigang.7.{short}@example.cn>\r\n")), "{raw}");
    assert!(raw.contains("Content-Type: text/plain; charset=utf-8\r\n"), "{raw}");
    assert_eq!(text.subject, "E化服务 平台：《个人信息保护政策》更新告知");
    assert!(
        text.body.contains("海港人寿保险有限公司更新了") && text.body.contains("自2027年3月1日起施行"),
        "{}",
        text.body
    );
    assert!(text.body.contains(&format!("https://p.example.cn/p/haigang/policy/{short}\n")), "{}", text.body);
    assert!(
        text.body.contains(&Fingerprint::from_digest([0x5c; 32]).to_string()) && !text.body.contains('{'),
        "{}",
        text.body
    );
    assert_eq!(Text::of(&dispatch(7), "https://p.example.cn"), text);
    assert_ne!(Text::of(&dispatch(8), "https://p.example.cn").id, text.id);
}

#[test]
fn a_relay_has_a_name_a_port_a_writer_a_user_and_an_authority() {
    let good = relay(587, Begins::Starttls);
    assert_eq!(good.check(), Ok(()));
    let refused = |change: fn(&mut Relay)| {
        let mut relay = good.clone();
        change(&mut relay);
        relay.check().unwrap_err()
    };
    assert_eq!(refused(|relay| "smtps://mail.example".clone_into(&mut relay.server)), RelayRefused::Server);
    assert_eq!(refused(|relay| relay.server.clear()), RelayRefused::Server);
    assert_eq!(refused(|relay| relay.port = 0), RelayRefused::Port);
    assert_eq!(refused(|relay| "nobody".clone_into(&mut relay.from)), RelayRefused::From);
    assert_eq!(refused(|relay| relay.user.clear()), RelayRefused::User);
    let by = |pem: &[u8]| {
        let rest = ("https://p.example.cn", steady().0 as Arc<dyn Clock>, PATIENCE);
        SmtpMail::new(good.clone(), String::new(), Some(pem), rest).map(drop)
    };
    assert_eq!(by(b""), Err(RelayRefused::Authority));
    assert_eq!(by(b"-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n"), Err(RelayRefused::Authority));
}

/// A server that says its lines, one at the beginning and one for each that it hears; gives what it heard.
fn scripted(lines: &'static [&'static str]) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut heard = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
        let mut all = Vec::new();
        for line in lines {
            stream.write_all(line.as_bytes()).unwrap();
            all.extend(heard.next());
        }
        drop(stream);
        all.extend(heard);
        all
    };
    (port, std::thread::spawn(serve))
}

#[tokio::test]
async fn nothing_of_anybody_is_said_in_the_clear() {
    let (port, heard) = scripted(&["220 here\r\n", "250-here\r\n250 AUTH PLAIN LOGIN\r\n"]);
    let short = mail(relay(port, Begins::Starttls), Duration::from_secs(2));
    assert_eq!(short.send(dispatch(1)).await, Err(Outside::Untrusted));
    drop(short);
    assert_eq!(heard.join().unwrap(), ["EHLO example.cn"]);
}

#[tokio::test]
async fn a_server_that_is_away_or_silent_or_busy_may_be_tried_again() {
    let closed = mail(relay(1, Begins::Implicit), PATIENCE);
    assert_eq!(closed.send(dispatch(1)).await, Err(Outside::TimedOut));
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    for begins in [Begins::Implicit, Begins::Starttls] {
        let asked = mail(relay(port, begins), Duration::from_millis(200));
        assert_eq!(asked.send(dispatch(1)).await, Err(Outside::TimedOut));
    }
    let (port, _) = scripted(&["421 too many\r\n"]);
    assert_eq!(mail(relay(port, Begins::Starttls), PATIENCE).send(dispatch(1)).await, Err(Outside::Busy));
    let (port, _) = scripted(&["554 not you\r\n"]);
    assert_eq!(mail(relay(port, Begins::Starttls), PATIENCE).send(dispatch(1)).await, Err(Outside::Unaccepted));
}

#[tokio::test]
async fn it_carries_e_mail_alone() {
    let mail = mail(relay(1, Begins::Implicit), PATIENCE);
    assert_eq!(mail.carries(&"haigang".parse().unwrap()), [Way::Email]);
    assert_eq!(
        mail.send(Dispatch { to: To::Telephone(Clear::new("1".to_owned())), ..dispatch(1) }).await,
        Err(Outside::Nobody)
    );
}
