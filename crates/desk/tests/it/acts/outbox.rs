//! What each text makes the house tell: 安润's later versions go through its outbox, and a text that tells of every update tells
//! of one that is but wording.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use model::act::Committed;
use model::{Clear, Slug, SubjectId};
use policy::finding::Source;
use shouyue_desk::collect::{PersonFields, Registration, register};
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::notify::{acknowledge, counts, list, send};
use shouyue_desk::ports::{Dispatch, Messages, Outside, Parties, To, Way};

use crate::house::{Bench, LI, field, haigang, slug, yes};

/// Carries e-mail, and keeps what it was given.
#[derive(Default)]
struct Mail(Mutex<Vec<Clear<String>>>);

#[async_trait]
impl Messages for Mail {
    fn carries(&self, _: &Slug) -> Vec<Way> {
        vec![Way::Email]
    }

    async fn send(&self, dispatch: Dispatch) -> Result<(), Outside> {
        let To::Mailbox(address) = dispatch.to else { return Err(Outside::Nobody) };
        self.0.lock().unwrap().push(address);
        Ok(())
    }
}

macro_rules! anrun {
    ($policy:literal, $operation:literal) => {{
        let policy = include_str!(concat!("../../../../../platforms/anrun/", $policy));
        let operation = include_str!(concat!("../../../../../platforms/anrun/", $operation));
        (Source::new($policy, policy), Source::new("operation.toml", operation))
    }};
}

/// Somebody registers at 安润 under the text in force.
async fn registered(bench: &Bench, typed: &[(&str, &str)]) -> SubjectId {
    let platform = bench.house.platform("anrun").unwrap();
    let scopes = platform.tables.scopes().iter().filter(|scope| scope.id.starts_with("collect.register"));
    let fields = typed.iter().map(|(item, value)| field(item, value)).collect();
    let form = Registration {
        function: slug("register"),
        channel: None,
        product: None,
        persons: vec![PersonFields { person: slug("user"), fields }],
        consents: scopes.map(|scope| yes(&platform, &scope.id)).collect(),
        facts: policy::question::Facts::default(),
    };
    register(&bench.house, &platform, form, Who::Subject, None).await.unwrap().subject
}

/// Version, ways, before when, whether it was told.
async fn notices(bench: &Bench, id: &str, subject: SubjectId) -> Vec<(u64, String, Option<String>, bool)> {
    let platform = bench.house.platform(id).unwrap();
    let rows = list(&bench.house, &platform, subject).await.unwrap();
    let row = |row: shouyue_desk::notify::Notice| {
        (row.version, row.routes.join("/"), row.latest.map(|at| at.to_string()), row.told.is_some())
    };
    rows.into_iter().map(row).collect()
}

#[tokio::test]
async fn r09_anruns_later_versions_go_through_its_outbox() {
    let mail = Arc::new(Mail::default());
    let carrier: Arc<dyn Messages> = mail.clone();
    let bench = Bench::with(|parties| Parties { messages: carrier, ..parties }).await;
    bench.publish(anrun!("2020-10-26.toml", "operation.toml")).await.unwrap();
    let first = registered(&bench, &[("phone", "13800138001"), ("account-name", "an-account")]).await;
    bench.publish(anrun!("later/2026-09-01.toml", "later/operation.toml")).await.unwrap();
    // The first text tells of what it calls major by pop-up; by law the rest is told before it takes effect, too.
    let before = |day: &str| Some(format!("{day}T16:00:00Z"));
    let popped = |told| (2, "pop-up".to_owned(), before("2026-08-31"), told);
    assert_eq!(notices(&bench, "anrun", first).await, [popped(false)]);
    let platform = bench.house.platform("anrun").unwrap();
    assert_eq!(send(&bench.house, &platform).await.unwrap(), 0, "a page tells, no message");
    assert!(acknowledge(&bench.house, &platform, first, 2).await.unwrap().is_some());
    assert_eq!(notices(&bench, "anrun", first).await, [popped(true)]);

    bench.clock.set("2026-09-02T00:00:00Z");
    let typed = [("phone", "13900139002"), ("account-name", "another-account"), ("email", "b@example.com")];
    let second = registered(&bench, &typed).await;
    bench.publish(anrun!("later/2027-03-01.toml", "later/operation.toml")).await.unwrap();
    // The second text tells of what is major by any one of two ways; an announcement tells of the rest by standing there.
    let either = |told| (3, "pop-up/email".to_owned(), before("2027-02-28"), told);
    assert_eq!(notices(&bench, "anrun", second).await, [either(false)]);
    let platform = bench.house.platform("anrun").unwrap();
    assert_eq!(send(&bench.house, &platform).await.unwrap(), 2, "one of them gave no address");
    let word = Committed::from_store(0);
    let sent: Vec<String> = mail.0.lock().unwrap().drain(..).map(|address| address.release(&word)).collect();
    assert_eq!(sent, ["b@example.com"]);
    assert_eq!(notices(&bench, "anrun", second).await, [either(true)]);
    assert_eq!(notices(&bench, "anrun", first).await, [popped(true), either(false)], "a page may still tell");
    let counted = counts(&bench.house, &platform).await.unwrap().pop().unwrap();
    assert_eq!((counted.version, counted.told, counted.given_up), (3, 1, 1));
    let entries = bench.entries_of("anrun").await;
    let acts: Vec<Act> = entries.iter().rev().take(2).map(|entry| entry.act).collect();
    assert_eq!(acts, [Act::Told, Act::Notify]);
}

#[tokio::test]
async fn r09_a_text_that_tells_of_every_update_tells_of_mere_wording_and_one_of_major_ones_does_not() {
    let bench = Bench::new().await;
    let li = bench.registered(&LI).await.subject;
    let reworded = |(mut policy, operation): (Source, Source), (was, is): (&str, &str)| {
        let text = policy.text.replace(was, is);
        assert_ne!(text, *policy.text);
        policy.text = text.into();
        (policy, operation)
    };
    bench.publish(reworded(haigang(), ("以加粗字体标注", "以粗体标注"))).await.unwrap();
    // The law asks for nothing, so nothing says before when.
    assert_eq!(notices(&bench, "haigang", li).await, [(2, "pop-up".to_owned(), None, false)]);

    bench.publish(anrun!("2020-10-26.toml", "operation.toml")).await.unwrap();
    let somebody = registered(&bench, &[("phone", "13800138001"), ("account-name", "an-account")]).await;
    let text = anrun!("2020-10-26.toml", "operation.toml");
    bench.publish(reworded(text, ("收录的文本里看不出", "收录的文本里看不到"))).await.unwrap();
    assert!(notices(&bench, "anrun", somebody).await.is_empty(), "its text tells of major changes alone");
}
