//! Telling people of a new version: what publishing queues, what a page told, the messages that go out, and those that do not.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use model::{Clear, Slug};
use policy::finding::Source;
use shouyue_desk::leaf::Act;
use shouyue_desk::notify::{Counts, Missing, Notice, acknowledge, counts, given_up, list, missing, resend, send};
use shouyue_desk::ports::{Carriers, Dispatch, Messages, Outside, Parties, To, Way};

use crate::house::{Bench, LI, WANG, field, haigang, yes};

/// Carries messages by some ways; answers what the test says, and keeps what it was given.
struct Mail {
    ways: Vec<Way>,
    answer: Mutex<Result<(), Outside>>,
    sent: Mutex<Vec<(Clear<String>, u64)>>,
}

impl Mail {
    fn new() -> Arc<Self> {
        Self::by(&[Way::Email])
    }

    fn by(ways: &[Way]) -> Arc<Self> {
        Arc::new(Self { ways: ways.to_vec(), answer: Mutex::new(Ok(())), sent: Mutex::default() })
    }

    fn addresses(&self) -> Vec<String> {
        let word = model::act::Committed::from_store(0);
        self.sent.lock().unwrap().drain(..).map(|(address, _)| address.release(&word)).collect()
    }
}

#[async_trait]
impl Messages for Mail {
    fn carries(&self, _: &Slug) -> Vec<Way> {
        self.ways.clone()
    }

    async fn send(&self, dispatch: Dispatch) -> Result<(), Outside> {
        let (number, way) = (dispatch.number, dispatch.to.way());
        assert!(self.ways.contains(&way), "{way:?}");
        let address = match dispatch.to {
            To::User(subject) => Clear::new(subject.to_string()),
            To::Follower(address) | To::Telephone(address) | To::Mailbox(address) => address,
            To::Envelope { name, address } => name.zip(address).map(|(name, address)| format!("{name}, {address}")),
        };
        self.sent.lock().unwrap().push((address, number));
        *self.answer.lock().unwrap()
    }
}

/// The second version, which takes an e-mail address, and the third, which is told by any one of pop-up and e-mail.
fn later(name: &str) -> (Source, Source) {
    let operation = include_str!("../../../../../platforms/haigang/later/operation.toml");
    let second = include_str!("../../../../../platforms/haigang/later/2026-09-01.toml");
    let third = include_str!("../../../../../platforms/haigang/later/2027-03-01.toml");
    let text = if name == "2026-09-01.toml" { second } else { third };
    (Source::new(name, text), Source::new("operation.toml", operation))
}

async fn numbers(bench: &Bench) -> Vec<[u64; 5]> {
    let row = |Counts { version, told, waiting, given_up, late }: Counts| [version, told, waiting, given_up, late];
    counts(&bench.house, &bench.platform()).await.unwrap().into_iter().map(row).collect()
}

#[tokio::test]
async fn r09_whoever_is_known_is_told_on_a_page_and_what_is_not_told_in_time_is_seen() {
    let bench = Bench::new().await;
    let (li, wang) = (bench.registered(&LI).await.subject, bench.registered(&WANG).await.subject);
    assert!(numbers(&bench).await.is_empty(), "of the first version nobody is told");
    bench.publish(later("2026-09-01.toml")).await.unwrap();
    // The text in force tells by pop-up; by law before it takes effect, and what is but wording at any time.
    let told = |notices: Vec<Notice>| {
        let row = |notice: Notice| (notice.version, notice.routes.join("/"), notice.latest.map(|at| at.to_string()));
        notices.into_iter().map(row).collect::<Vec<_>>()
    };
    let before = Some("2026-08-31T16:00:00Z".to_owned());
    let own = list(&bench.house, &bench.platform(), li).await.unwrap();
    assert_eq!(told(own), [(2, "pop-up".to_owned(), before)]);
    assert_eq!(numbers(&bench).await, [[2, 0, 2, 0, 0]]);
    assert_eq!(send(&bench.house, &bench.platform()).await.unwrap(), 0, "a page tells, no message");

    let leaf = acknowledge(&bench.house, &bench.platform(), li, 2).await.unwrap().unwrap();
    let entry = bench.entry(leaf).await;
    assert_eq!((entry.act, entry.because.as_deref()), (Act::Told, Some("2:pop-up")));
    assert_eq!(acknowledge(&bench.house, &bench.platform(), li, 2).await.unwrap(), None, "once");
    let own = list(&bench.house, &bench.platform(), li).await.unwrap();
    assert_eq!(own[0].told, Some((bench.house.now(), "pop-up".to_owned(), leaf)));
    assert!(!own[0].is_for_page());
    bench.clock.set("2026-08-31T16:00:00Z");
    assert_eq!(numbers(&bench).await, [[2, 1, 1, 0, 1]], "one was not told in time");
    assert!(list(&bench.house, &bench.platform(), wang).await.unwrap()[0].is_for_page());
}

/// 海港's text with another title, after one that tells so long before.
async fn missing_after(lead: &str, titled: (&str, &str)) -> Option<Missing> {
    let bench = Bench::empty().await;
    let (policy, operation) = haigang();
    let leading = |text: &str| {
        let text =
            text.replace("notice = [\"pop-up\"]", &format!("notice = [\"pop-up\"]\nbefore-effect = true\n{lead}"));
        text.replace(
            "silent = [\"lead\", \"major\", \"major-notice\", \"before-effect\",",
            "silent = [\"major\", \"major-notice\",",
        )
    };
    let first = Source::new("undated.toml", leading(&policy.text));
    bench.publish((first.clone(), operation.clone())).await.unwrap();
    bench.registered(&LI).await;
    bench.clock.set("2026-06-10T02:00:00Z");
    let (was, is) = titled;
    assert!(first.text.contains(was), "{was}");
    let second =
        bench.publish((Source::new("undated.toml", first.text.replacen(was, is, 1)), operation)).await.unwrap();
    missing(&bench.house, &second).await.unwrap()
}

#[tokio::test]
async fn what_is_missing_of_the_notice_before_a_version_is_known_when_it_is_published() {
    let renamed = ("name = \"海港人寿保险股份有限公司\"", "name = \"海港人寿保险有限责任公司\"");
    let week = missing_after("lead = { count = 7, unit = \"days\" }", renamed).await.unwrap();
    assert_eq!((week.days, week.earliest.to_string(), week.waiting), (8, "2026-06-18".to_owned(), 1));
    assert!(week.whom.contains(&"注册用户".to_owned()), "{week:?}");
    // 端午 is the nineteenth: seven working days from the tenth on end on the twenty-second.
    let working = missing_after("lead = { count = 7, unit = \"working-days\" }", renamed).await.unwrap();
    assert_eq!((working.days, working.earliest.to_string()), (13, "2026-06-23".to_owned()));
    let bench = Bench::new().await;
    bench.clock.set("2026-06-10T02:00:00Z");
    assert_eq!(
        missing(&bench.house, &bench.platform()).await.unwrap(),
        None,
        "before the first there is nobody to tell"
    );
    let dated = bench.publish(later("2026-09-01.toml")).await.unwrap();
    assert_eq!(missing(&bench.house, &dated).await.unwrap(), None, "there is time enough");
    bench.clock.set("2027-05-01T02:00:00Z");
    let late = bench.publish(later("2027-03-01.toml")).await.unwrap();
    let late = missing(&bench.house, &late).await.unwrap().unwrap();
    assert_eq!(
        (late.days, late.earliest.to_string(), late.waiting),
        (1, "2027-05-02".to_owned(), 0),
        "its day is over"
    );
}

/// 李 under the second version, with an e-mail address; the third one is announced.
async fn announced(mail: &Arc<Mail>) -> (Bench, model::SubjectId) {
    let carrier: Arc<dyn Messages> = mail.clone();
    let bench = Bench::with(|parties| Parties { messages: carrier, ..parties }).await;
    bench.publish(haigang()).await.unwrap();
    bench.publish(later("2026-09-01.toml")).await.unwrap();
    bench.clock.set("2026-09-02T00:00:00Z");
    let platform = bench.platform();
    let mut form = LI.registration(&platform);
    form.persons[0].fields.push(field("email", "li@example.com"));
    let who = shouyue_desk::leaf::Who::Subject;
    let li = shouyue_desk::collect::register(&bench.house, &platform, form, who, None).await.unwrap().subject;
    bench.publish(later("2027-03-01.toml")).await.unwrap();
    (bench, li)
}

#[tokio::test]
async fn r09_a_message_goes_to_an_address_that_a_permit_opened_and_leaves_two_leaves() {
    let mail = Mail::new();
    let (bench, li) = announced(&mail).await;
    assert_eq!(numbers(&bench).await, [[3, 0, 1, 0, 0]]);
    assert_eq!(send(&bench.house, &bench.platform()).await.unwrap(), 1);
    assert_eq!(mail.addresses(), ["li@example.com"]);
    let entries = bench.entries().await;
    let acts: Vec<_> = entries.iter().rev().take(2).map(|entry| (entry.act, entry.because.as_deref())).collect();
    assert_eq!(acts, [(Act::Told, Some("3:email")), (Act::Notify, Some("3:email"))]);
    assert_eq!(entries[entries.len() - 2].exception.as_deref(), Some("legal-duty"), "the duty to tell is the ground");
    assert!(entries.iter().all(|entry| !String::from_utf8(entry.bytes()).unwrap().contains("li@")));
    let own = list(&bench.house, &bench.platform(), li).await.unwrap();
    assert_eq!(own[0].told.as_ref().map(|(_, route, _)| route.as_str()), Some("email"));
    assert!(!own[0].is_for_page(), "any one of the two ways is enough");
    assert_eq!(numbers(&bench).await, [[3, 1, 0, 0, 0]]);
    assert_eq!(send(&bench.house, &bench.platform()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_message_that_does_not_go_is_tried_again_and_given_up_and_a_page_may_still_tell() {
    let mail = Mail::new();
    let (bench, li) = announced(&mail).await;
    *mail.answer.lock().unwrap() = Err(Outside::Busy);
    let mut tries = 0;
    for _ in 0..60 {
        tries += send(&bench.house, &bench.platform()).await.unwrap();
        bench.clock.advance(jiff::SignedDuration::from_hours(4));
    }
    assert_eq!(tries, 7, "the first, and six more");
    assert_eq!(mail.addresses().len(), 7);
    assert_eq!(numbers(&bench).await, [[3, 0, 0, 1, 0]]);
    let letters = given_up(&bench.house, &bench.platform()).await.unwrap();
    assert_eq!(letters[0].because.as_deref(), Some("busy"));
    resend(&bench.house, &bench.platform(), Some(letters[0].number)).await.unwrap();
    *mail.answer.lock().unwrap() = Err(Outside::Refused);
    assert_eq!(send(&bench.house, &bench.platform()).await.unwrap(), 1);
    assert_eq!(numbers(&bench).await, [[3, 0, 0, 1, 0]], "a no is not asked again");
    assert!(acknowledge(&bench.house, &bench.platform(), li, 3).await.unwrap().is_some());
    assert_eq!(numbers(&bench).await, [[3, 1, 0, 0, 0]]);
    resend(&bench.house, &bench.platform(), Some(letters[0].number)).await.unwrap_err();
}

#[tokio::test]
async fn who_gave_no_address_is_told_on_a_page_alone() {
    let mail = Mail::new();
    let carrier: Arc<dyn Messages> = mail.clone();
    let bench = Bench::with(|parties| Parties { messages: carrier, ..parties }).await;
    bench.publish(haigang()).await.unwrap();
    let li = bench.registered(&LI).await.subject;
    bench.publish(later("2026-09-01.toml")).await.unwrap();
    bench.clock.set("2026-09-02T00:00:00Z");
    let platform = bench.platform();
    let again = shouyue_desk::consent::give(&bench.house, &platform, li, vec![yes(&platform, "collect.register")]);
    again.await.unwrap();
    bench.publish(later("2027-03-01.toml")).await.unwrap();
    assert_eq!(send(&bench.house, &bench.platform()).await.unwrap(), 1);
    assert!(mail.addresses().is_empty());
    let own = list(&bench.house, &bench.platform(), li).await.unwrap();
    let newest = own.last().unwrap();
    assert_eq!((newest.because.as_deref(), newest.is_for_page()), (Some("no-address"), true));
}

#[tokio::test]
async fn a_way_that_nobody_carries_is_given_up_at_once_and_no_telephone_is_opened_for_a_push_message() {
    let mail = Mail::new();
    let carrier: Arc<dyn Messages> = mail.clone();
    let bench = Bench::with(|parties| Parties { messages: carrier, ..parties }).await;
    // 李 gave a telephone, and the text in force tells by a push message and by letter, each.
    let (mut text, operation) = haigang();
    text.text = text.text.replace("notice = [\"pop-up\"]", "notice = [\"push\", \"letter\"]").into();
    bench.publish((text, operation)).await.unwrap();
    let li = bench.registered(&LI).await.subject;
    bench.publish(later("2026-09-01.toml")).await.unwrap();
    let before = bench.entries().await.len();
    let tried = send(&bench.house, &bench.platform()).await.unwrap();
    assert!(tried > 0);
    assert_eq!(bench.entries().await.len(), before, "nothing was opened");
    let own = list(&bench.house, &bench.platform(), li).await.unwrap();
    let why: Vec<_> = own.iter().map(|notice| (notice.routes.join("/"), notice.because.as_deref())).collect();
    assert_eq!(why, [("letter".to_owned(), Some("no-carrier")), ("push".to_owned(), Some("no-carrier"))]);
    bench.clock.advance(jiff::SignedDuration::from_hours(48));
    assert_eq!(send(&bench.house, &bench.platform()).await.unwrap(), 0, "given up, not waiting");
    assert_eq!(given_up(&bench.house, &bench.platform()).await.unwrap().len(), tried);
}

/// 李 under an invented text that tells by a route and takes an address for it; a later version is published.
async fn told_by(route: &str, carrier: Arc<dyn Messages>) -> (Bench, model::SubjectId) {
    let bench = Bench::with(|parties| Parties { messages: carrier, ..parties }).await;
    let (mut text, operation) = later("2026-09-01.toml");
    let items = text
        .text
        .replace("\"name\", \"phone\", \"email\",", "\"name\", \"phone\", \"home-address\", \"wechat-openid\",");
    assert_ne!(*items, *text.text);
    text.text = items.replace("notice = [\"pop-up\", \"email\"]", &format!("notice = [\"{route}\"]")).into();
    bench.clock.set("2026-09-02T00:00:00Z");
    bench.publish((text, operation)).await.unwrap();
    let platform = bench.platform();
    let mut form = LI.registration(&platform);
    let typed = [("home-address", "上海市示例区示例路1号"), ("wechat-openid", "oLi-example")];
    form.persons[0].fields.extend(typed.map(|(item, value)| field(item, value)));
    let who = shouyue_desk::leaf::Who::Subject;
    let li = shouyue_desk::collect::register(&bench.house, &platform, form, who, None).await.unwrap().subject;
    bench.publish(later("2027-03-01.toml")).await.unwrap();
    (bench, li)
}

#[tokio::test]
async fn r09_every_way_opens_what_it_needs_and_nothing_else_and_leaves_two_leaves() {
    let cases: [(&str, Way, &[&str], Option<&str>); 5] = [
        ("sms", Way::Sms, &["phone"], Some("13800138001")),
        ("letter", Way::Letter, &["name", "home-address"], Some("李示例, 上海市示例区示例路1号")),
        ("push", Way::Wechat, &["wechat-openid"], Some("oLi-example")),
        // The application knows its user by our id.
        ("push", Way::Push, &[], None),
        ("email", Way::Email, &[], Some("")),
    ];
    for (route, way, items, address) in cases {
        let mail = Mail::by(&[way]);
        let (bench, li) = told_by(route, mail.clone()).await;
        assert!(send(&bench.house, &bench.platform()).await.unwrap() > 0, "{route}");
        if address == Some("") {
            assert!(mail.addresses().is_empty(), "nobody gave one");
            continue;
        }
        let expected = address.map_or_else(|| li.to_string(), str::to_owned);
        assert_eq!(mail.addresses().first(), Some(&expected), "{way:?}");
        let entries = bench.entries().await;
        let of = |act: Act| entries.iter().filter(|entry| entry.act == act).collect::<Vec<_>>();
        let (out, told) = (of(Act::Notify), of(Act::Told));
        let opened: Vec<&str> = out[0].items.iter().map(Slug::as_str).collect();
        assert_eq!(opened, items, "{way:?}");
        assert_eq!((out[0].exception.as_deref(), out[0].items.is_empty()), (duty(way), way == Way::Push));
        assert_eq!((out.len(), told[0].because.clone()), (told.len(), Some(format!("2:{route}"))));
        let bytes = |value: &str| entries.iter().any(|entry| String::from_utf8(entry.bytes()).unwrap().contains(value));
        assert!(!bytes("示例路") && !bytes("oLi-example") && !bytes("13800138001"), "no leaf holds an address");
        let own = list(&bench.house, &bench.platform(), li).await.unwrap();
        assert!(own.iter().all(|notice| notice.told.as_ref().is_some_and(|(_, by, _)| by == route)), "{own:?}");
    }
}

/// The ground on which an address is opened; none where none is.
fn duty(way: Way) -> Option<&'static str> {
    (way != Way::Push).then_some("legal-duty")
}

#[tokio::test]
async fn a_way_that_may_do_later_is_tried_again_whatever_the_other_comes_to() {
    let (push, wechat) = (Mail::by(&[Way::Push]), Mail::by(&[Way::Wechat]));
    let both = Carriers(vec![push.clone(), wechat.clone()]);
    *push.answer.lock().unwrap() = Err(Outside::Busy);
    *wechat.answer.lock().unwrap() = Err(Outside::Refused);
    let (bench, li) = told_by("push", Arc::new(both)).await;
    let tried = send(&bench.house, &bench.platform()).await.unwrap();
    let sent = (push.addresses().len(), wechat.addresses());
    assert_eq!(sent, (tried, vec!["oLi-example".to_owned(); tried]), "each by its own carrier");
    let because = async || list(&bench.house, &bench.platform(), li).await.unwrap().pop().unwrap().because;
    assert_eq!(because().await.as_deref(), Some("busy"), "not the no of the other");
    assert!(given_up(&bench.house, &bench.platform()).await.unwrap().is_empty());
    *wechat.answer.lock().unwrap() = Ok(());
    bench.clock.advance(jiff::SignedDuration::from_mins(2));
    assert_eq!(send(&bench.house, &bench.platform()).await.unwrap(), tried);
    let own = list(&bench.house, &bench.platform(), li).await.unwrap();
    assert!(own.iter().all(|notice| notice.told.is_some()), "WeChat took it in: {own:?}");
}
