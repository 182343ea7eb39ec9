//! What a gateway is told, and what it may answer.

use std::sync::Mutex;

use model::{Fingerprint, SubjectId};

use super::*;
use crate::simulated::loopback::{Answer, Call, Loopback};
use crate::steady::steady;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Headers and body.
type Told = (Vec<String>, Vec<u8>);

/// A gateway that answers a status, and what it was told.
struct Receiver {
    server: Loopback,
    status: Arc<Mutex<u16>>,
    told: Arc<Mutex<Vec<Told>>>,
}

impl Receiver {
    fn start() -> Self {
        let (status, told) = (Arc::new(Mutex::new(202)), Arc::<Mutex<Vec<_>>>::default());
        let (now, kept) = (Arc::clone(&status), Arc::clone(&told));
        let server = Loopback::start(move |call: &Call| {
            let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
            let headers = names.map(|name| call.header(name).unwrap_or_default().to_owned());
            kept.lock().unwrap().push(([headers.to_vec(), vec![call.path.clone()]].concat(), call.body.clone()));
            Some(Answer { status: *now.lock().unwrap(), headers: Vec::new(), body: Vec::new() })
        });
        Self { server: server.unwrap(), status, told }
    }

    fn to(&self) -> (Address, Secret) {
        (Address::read(&format!("{}/in", self.server.origin())).unwrap(), Secret::read(SECRET).unwrap())
    }

    /// What it was told last, once its signature was checked.
    fn newest(&self) -> Value {
        let (headers, body) = self.told.lock().unwrap().pop().unwrap();
        let expected = super::headers(&Secret::read(SECRET).unwrap(), "haigang-7-5c5c5c5c", 1_780_279_200, &body);
        let expected: Vec<&str> = expected.iter().skip(1).map(|(_, value)| value.as_str()).chain(["/in"]).collect();
        assert_eq!(headers, expected);
        serde_json::from_slice(&body).unwrap()
    }
}

fn dispatch(to: To) -> Dispatch {
    Dispatch {
        platform: "haigang".parse().unwrap(),
        number: 7,
        to,
        service: "E化服务平台".to_owned(),
        handler: "海港人寿保险有限公司".to_owned(),
        title: "个人信息保护政策".to_owned(),
        from: "2027-02-28T16:00:00Z".parse().unwrap(),
        text: Fingerprint::from_digest([0x5c; 32]),
    }
}

fn envelope() -> To {
    let text = |text: &str| Clear::new(text.to_owned());
    To::Envelope { name: text("李示例"), address: text("上海市示例路1号") }
}

fn steadily() -> (&'static str, Arc<dyn Clock>) {
    ("https://p.example.cn", steady().0)
}

const PATIENT: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_push_gateway_hears_of_a_user_by_id_and_a_printing_house_of_name_and_address() {
    let receiver = Receiver::start();
    let push = Gateway::push(receiver.to(), PATIENT, steadily());
    let haigang = "haigang".parse().unwrap();
    assert_eq!(push.carries(&haigang), [Way::Push]);
    let li = SubjectId::from_random([7; 16]);
    assert_eq!(push.send(dispatch(To::User(li))).await, Ok(()));
    let told = receiver.newest();
    assert_eq!((&told["type"], &told["timestamp"]), (&json!("notice.push"), &json!("2026-06-01T02:00:00Z")));
    let data = &told["data"];
    assert_eq!(
        (&data["user"], &data["platform"], &data["number"]),
        (&json!(li.to_string()), &json!("haigang"), &json!(7))
    );
    assert_eq!((&data["name"], &data["address"]), (&Value::Null, &Value::Null));
    assert_eq!(data["subject"], "E化服务平台：《个人信息保护政策》更新告知");
    assert_eq!(data["link"], "https://p.example.cn/p/haigang/policy/5c5c5c5c");
    assert_eq!(push.send(dispatch(envelope())).await, Err(Outside::Nobody));

    let letters = Gateway::letters(receiver.to(), PATIENT, steadily());
    assert_eq!(letters.carries(&haigang), [Way::Letter]);
    assert_eq!(letters.send(dispatch(envelope())).await, Ok(()));
    let told = receiver.newest();
    let data = &told["data"];
    assert_eq!((&told["type"], &data["user"]), (&json!("notice.letter"), &Value::Null));
    assert_eq!((&data["name"], &data["address"]), (&json!("李示例"), &json!("上海市示例路1号")));
    assert!(data["text"].as_str().unwrap().contains("自2027年3月1日起施行"), "{data}");
    assert_eq!(letters.send(dispatch(To::User(li))).await, Err(Outside::Nobody));
}

#[tokio::test]
async fn a_lasting_no_is_told_from_one_of_the_moment() {
    let receiver = Receiver::start();
    let push = Gateway::push(receiver.to(), PATIENT, steadily());
    let answers = [
        (404, Outside::Refused),
        (410, Outside::Refused),
        (422, Outside::Refused),
        (400, Outside::Unaccepted),
        (401, Outside::Unaccepted),
        (301, Outside::Unaccepted),
        (429, Outside::Busy),
        (503, Outside::Busy),
        (500, Outside::TimedOut),
    ];
    for (status, expected) in answers {
        *receiver.status.lock().unwrap() = status;
        assert_eq!(push.send(dispatch(To::User(SubjectId::from_random([7; 16])))).await, Err(expected), "{status}");
    }
    let silent = Loopback::start(|_| None).unwrap();
    let to = (Address::read(&silent.origin()).unwrap(), Secret::read(SECRET).unwrap());
    let hasty = Gateway::letters(to, Duration::from_millis(200), steadily());
    assert_eq!(hasty.send(dispatch(envelope())).await, Err(Outside::TimedOut));
}
