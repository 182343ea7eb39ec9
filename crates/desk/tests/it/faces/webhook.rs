//! Webhooks: each change arrives, whoever does not answer is tried again and given up, and one server sends at a time.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::SignedDuration;
use model::Slug;
use serde_json::Value;
use shouyue_desk::consent::withdraw;
use shouyue_desk::house::Parts;
use shouyue_desk::leaf::Who;
use shouyue_desk::ports::{Message, Outside, Parties, Webhooks};
use shouyue_desk::report::{Content, Kind, make};
use shouyue_desk::retain::erase;
use shouyue_desk::webhook::{begin, dead_letters, resend, send, standings};
use shouyue_desk::{House, Refusal, feed};

use crate::house::{Bench, LI};

/// Two webhooks that answer as they are told.
#[derive(Default)]
struct Hooks {
    silent: Mutex<Vec<String>>,
    taken: Mutex<Vec<(String, String, Value)>>,
}

impl Hooks {
    fn silence(&self, webhooks: &[&str]) {
        *self.silent.lock().unwrap() = webhooks.iter().map(|name| (*name).to_owned()).collect();
    }

    /// What was taken in by one of them: id and kind.
    fn taken(&self, webhook: &str) -> Vec<(String, String)> {
        let taken = self.taken.lock().unwrap();
        let own = taken.iter().filter(|(name, _, _)| name == webhook);
        own.map(|(_, id, told)| (id.clone(), told["type"].as_str().unwrap().to_owned())).collect()
    }
}

#[async_trait]
impl Webhooks for Hooks {
    fn of(&self, platform: &Slug) -> Vec<String> {
        if platform.as_str() == "haigang" { vec!["cache".into(), "core".into()] } else { Vec::new() }
    }

    async fn post(&self, message: Message) -> Result<(), Outside> {
        let Message { webhook, id, content, .. } = message;
        if self.silent.lock().unwrap().contains(&webhook) {
            return Err(Outside::TimedOut);
        }
        self.taken.lock().unwrap().push((webhook, id, serde_json::from_slice(&content).unwrap()));
        Ok(())
    }
}

async fn bench() -> (Bench, Arc<Hooks>) {
    let hooks = Arc::new(Hooks::default());
    let own = Arc::clone(&hooks);
    let bench = Bench::with(|parties| Parties { webhooks: own, ..parties }).await;
    bench.publish(crate::house::haigang()).await.unwrap();
    begin(&bench.house, &bench.platform()).await.unwrap();
    (bench, hooks)
}

/// Sends until nothing is due.
async fn sent(bench: &Bench, webhook: &str) -> usize {
    let mut sent = 0;
    loop {
        match send(&bench.house, &bench.platform(), webhook).await.unwrap() {
            0 => return sent,
            some => sent += some,
        }
    }
}

#[tokio::test]
async fn a_webhook_hears_of_each_change_as_the_feed_has_it() {
    let (bench, hooks) = bench().await;
    let li = bench.registered(&LI).await;
    let consent = bench.store.snapshot(&crate::house::slug("haigang"), li.subject).await.unwrap().unwrap();
    let consent = consent.state().consents[0].id.unwrap();
    withdraw(&bench.house, &bench.platform(), li.subject, consent).await.unwrap();
    assert_eq!(sent(&bench, "core").await, 2);
    let kinds: Vec<String> = hooks.taken("core").into_iter().map(|(_, kind)| kind).collect();
    assert_eq!(kinds, ["consent", "withdrawal"], "what was before it is in the feed alone");
    let feed = feed::changes(&bench.house, &bench.platform(), None, 50).await.unwrap();
    for ((_, id, told), change) in hooks.taken.lock().unwrap().iter().zip(&feed[1..]) {
        assert_eq!((id, &told["timestamp"]), (&change.id, &serde_json::to_value(change.at).unwrap()));
        assert_eq!(told["data"], serde_json::to_value(change).unwrap());
    }
    assert_eq!(sent(&bench, "core").await, 0, "what was taken in is not sent again");
    assert_eq!(sent(&bench, "cache").await, 2, "each of its own");
}

#[tokio::test]
async fn r49_each_is_told_of_an_erasure_until_it_answers_and_the_report_says_when() {
    let (bench, hooks) = bench().await;
    let li = bench.registered(&LI).await;
    sent(&bench, "core").await;
    sent(&bench, "cache").await;
    hooks.silence(&["cache"]);
    erase(&bench.house, &bench.platform(), li.subject, Who::Subject).await.unwrap();
    bench.clock.advance(SignedDuration::from_secs(4));
    for webhook in ["core", "cache"] {
        sent(&bench, webhook).await;
    }
    let told = async || {
        let made = make(&bench.house, &bench.platform(), Kind::Erasures, None, Who::House).await.unwrap();
        let Content::Erasures(report) = made.report.report else { panic!("{:?}", made.report) };
        report
    };
    let first = told().await;
    let counts: Vec<_> = first.webhooks.iter().map(|one| (one.answered, one.waiting, one.given_up)).collect();
    assert_eq!(counts, [(0, first.erasures, 0), (first.erasures, 0, 0)], "{first:?}");
    assert_eq!(first.webhooks[1].slowest, Some(4));
    assert_eq!((first.outstanding[0].webhook.as_str(), first.outstanding[0].stands), ("cache", "waiting"));
    // It is tried again until it answers.
    hooks.silence(&[]);
    bench.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(sent(&bench, "cache").await as u64, first.erasures + 1, "and of the consents that ended");
    let after = told().await;
    assert!(
        after.outstanding.is_empty() && after.webhooks.iter().all(|one| one.answered == first.erasures),
        "{after:?}"
    );
    // One that gives up is a fault.
    hooks.silence(&["cache"]);
    let wang = bench.registered(&crate::house::WANG).await;
    erase(&bench.house, &bench.platform(), wang.subject, Who::Subject).await.unwrap();
    sent(&bench, "core").await;
    while dead_letters(&bench.house, &bench.platform()).await.unwrap().len() < 4 {
        bench.clock.advance(SignedDuration::from_mins(30));
        sent(&bench, "cache").await;
    }
    let made = make(&bench.house, &bench.platform(), Kind::Erasures, None, Who::House).await.unwrap();
    assert_eq!(made.report.faults.iter().map(|fault| (fault.code, fault.count)).collect::<Vec<_>>(), [("given-up", 2)]);
}

#[tokio::test]
async fn whoever_does_not_answer_is_tried_for_three_days_and_holds_nobody_up() {
    let (bench, hooks) = bench().await;
    hooks.silence(&["cache"]);
    bench.registered(&LI).await;
    assert_eq!((sent(&bench, "cache").await, sent(&bench, "core").await), (1, 1));
    assert_eq!(hooks.taken("core").len(), 1);
    let began = bench.house.now();
    let mut tries = 1;
    while dead_letters(&bench.house, &bench.platform()).await.unwrap().is_empty() {
        bench.clock.advance(SignedDuration::from_mins(30));
        tries += sent(&bench, "cache").await;
    }
    let took = bench.house.now().duration_since(began).as_hours();
    assert!(tries == 10 && (72..80).contains(&took), "{tries} tries in {took} hours");
    let dead = dead_letters(&bench.house, &bench.platform()).await.unwrap();
    assert_eq!((dead[0].webhook.as_str(), dead[0].tries, dead[0].because.as_str()), ("cache", 10, "timed-out"));

    // It is back: what comes now arrives, what was given up when somebody asks for it.
    hooks.silence(&[]);
    assert_eq!(sent(&bench, "cache").await, 0);
    let number = dead[0].number;
    resend(&bench.house, &bench.platform(), "cache", number).await.unwrap();
    let again = resend(&bench.house, &bench.platform(), "cache", number).await;
    assert!(matches!(again, Err(Refusal::NotFound("dead letter"))));
    assert_eq!(sent(&bench, "cache").await, 1);
    assert_eq!(hooks.taken("cache"), hooks.taken("core"));
    let rows = standings(&bench.house, &bench.platform()).await.unwrap();
    assert!(rows.iter().all(|row| (row.new, row.waiting, row.dead) == (0, 0, 0)), "{rows:?}");
}

#[tokio::test]
async fn who_has_the_files_goes_on_at_once_where_another_server_left_off() {
    let (bench, hooks) = bench().await;
    let parts = Parts {
        store: Arc::clone(&bench.store),
        root: vault::RootKey::from_bytes(&mut [0x42; 32]).unwrap().into(),
        clock: bench.clock.clone(),
        entropy: bench.entropy.clone(),
        parties: Parties { webhooks: Arc::clone(&hooks) as _, ..Parties::default() },
        largest_attachment: crate::house::LARGEST,
    };
    let other = House::open(parts).await.unwrap();
    hooks.silence(&["core"]);
    bench.registered(&LI).await;
    assert_eq!(send(&bench.house, &bench.platform(), "core").await.unwrap(), 1);
    bench.clock.advance(SignedDuration::from_secs(10));
    hooks.silence(&[]);
    let platform = other.platform("haigang").unwrap();
    assert_eq!(send(&other, &platform, "core").await.unwrap(), 1, "files have one server: the first one is gone");
    assert_eq!(send(&bench.house, &bench.platform(), "core").await.unwrap(), 0);
    assert_eq!(hooks.taken("core").len(), 1);
}
