//! Coming in by accounts that others keep, over a provider that says what the test says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use model::{Clear, Slug, SubjectId};
use policy::finding::Source;
use shouyue_desk::collect::{PersonFields, Registration, register};
use shouyue_desk::federate::{
    Answers, Completed, Returned, complete, go, intend, logins, needs, open, prove, returned, ticket,
};
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::ports::{Errand, Federation, Outside, Parties, Provider, Ticket, Tickets, Vouched};
use shouyue_desk::retain::erase;
use shouyue_desk::seat::{Holder, forget_expired, session, session_new};
use shouyue_desk::{House, Platform, Refusal, consent};
use store::Store;

use crate::house::{Bench, SentCodes, SetClock, field, slug, yes};

const COOKIE: &str = "a cookie";
const BACK: &str = "https://privacy.example/p/x/login/return";

/// Says what it is told to say, and remembers what it was asked.
#[derive(Default)]
struct Provided {
    /// Number of the person, and what is told.
    person: Mutex<(String, BTreeMap<String, String>)>,
    asked: Mutex<Vec<Errand>>,
    fails: Mutex<Option<Outside>>,
}

#[async_trait]
impl Federation for Provided {
    fn knows(&self, _: &Provider) -> bool {
        true
    }

    async fn begin(&self, provider: &Provider, errand: &Errand) -> Result<String, Outside> {
        self.asked.lock().unwrap().push(errand.clone());
        Ok(format!("https://{}.example/", provider.issuer))
    }

    async fn finish(&self, _: &Provider, errand: &Errand, _: Clear<String>, _: Timestamp) -> Result<Vouched, Outside> {
        if let Some(outside) = *self.fails.lock().unwrap() {
            return Err(outside);
        }
        let (who, told) = self.person.lock().unwrap().clone();
        let told = told.into_iter().filter(|(claim, _)| errand.claims.contains(claim) || claim == "sub");
        let claims = told.map(|(claim, value)| (claim, Clear::new(value))).collect();
        Ok(Vouched { who: Clear::new(who), claims })
    }
}

impl Tickets for Provided {
    fn read(&self, _: &Slug, ticket: &str, now: Timestamp) -> Result<Ticket, Outside> {
        let subject: SubjectId = ticket.parse().map_err(|_| Outside::Untrusted)?;
        Ok(Ticket { subject, number: [7; 32], until: now + SignedDuration::from_secs(120) })
    }
}

/// A house that serves one of the platforms, with such a provider.
struct Town {
    house: Arc<House>,
    platform: Arc<Platform>,
    store: Arc<dyn Store>,
    clock: Arc<SetClock>,
    sms: Arc<SentCodes>,
    provider: Arc<Provided>,
    bench: Bench,
}

fn jd() -> (Source, Source) {
    let policy = include_str!("../../../../../platforms/jd-allianz/2022-02-25.toml");
    let operation = include_str!("../../../../../platforms/jd-allianz/operation.toml");
    (Source::new("2022-02-25.toml", policy), Source::new("operation.toml", operation))
}

fn anrun() -> (Source, Source) {
    let policy = include_str!("../../../../../platforms/anrun/2020-10-26.toml");
    let operation = include_str!("../../../../../platforms/anrun/operation.toml");
    (Source::new("2020-10-26.toml", policy), Source::new("operation.toml", operation))
}

fn yihui() -> (Source, Source) {
    let policy = include_str!("../../../../../platforms/yihui-xicheng/2022-09-20.toml");
    let operation = include_str!("../../../../../platforms/yihui-xicheng/operation.toml");
    (Source::new("2022-09-20.toml", policy), Source::new("operation.toml", operation))
}

impl Town {
    async fn of(texts: (Source, Source)) -> Self {
        let provider = Arc::new(Provided::default());
        let federated = Arc::clone(&provider);
        let bench =
            Bench::with(move |parties| Parties { federation: federated.clone(), tickets: federated, ..parties }).await;
        let platform = bench.publish(texts).await.unwrap();
        Self {
            house: bench.house.clone(),
            platform,
            store: bench.store.clone(),
            clock: bench.clock.clone(),
            sms: bench.sms.clone(),
            provider,
            bench,
        }
    }

    fn says(&self, who: &str, told: &[(&str, &str)]) {
        let told = told.iter().map(|(claim, value)| ((*claim).to_owned(), (*value).to_owned()));
        *self.provider.person.lock().unwrap() = (who.to_owned(), told.collect());
    }

    /// Answers with every scope of the function and its source, and these optional items.
    fn answers(&self, login: &str, items: &[&str]) -> Answers {
        let operation = &self.platform.tables.program().operation;
        let login = operation.logins.iter().find(|one| one.id.as_str() == login).unwrap();
        let own = |element: &str| {
            element == login.function.text || login.source.as_ref().is_some_and(|source| source.text == element)
        };
        let all = self.platform.tables.scopes().iter();
        let asked = all.filter(|scope| own(scope.element.as_str()) && !scope.id.ends_with(".beyond"));
        let asked = asked.filter(|scope| scope.id.starts_with("collect.") || scope.id.starts_with("inbound."));
        Answers {
            consents: asked.map(|scope| yes(&self.platform, &scope.id)).collect(),
            refused: Vec::new(),
            items: items.iter().map(|item| slug(item)).collect(),
        }
    }

    /// Goes and comes back.
    async fn way(&self, cookie: &str, login: &str, answers: Option<Answers>) -> Result<Returned, Refusal> {
        if let Some(answers) = answers {
            intend(&self.house, &self.platform, cookie, &slug(login), answers).await?;
        }
        go(&self.house, &self.platform, cookie, login, BACK.to_owned()).await?;
        let state = self.errand().state;
        self.back(cookie, &state).await
    }

    async fn back(&self, cookie: &str, state: &str) -> Result<Returned, Refusal> {
        returned(&self.house, &self.platform, cookie, state, Some(Clear::new("code".to_owned()))).await
    }

    fn errand(&self) -> Errand {
        self.provider.asked.lock().unwrap().last().unwrap().clone()
    }

    async fn proved(&self, phone: &str, fields: &[(&str, &str)]) -> Result<Completed, Refusal> {
        let fields = fields.iter().map(|(item, value)| field(item, value)).collect();
        prove(&self.house, &self.platform, COOKIE, Clear::new(phone.to_owned()), fields).await?;
        let code = self.code().await;
        complete(&self.house, &self.platform, COOKIE, &code).await
    }

    async fn code(&self) -> String {
        for _ in 0..64 {
            tokio::task::yield_now().await;
        }
        self.sms.newest().unwrap().1
    }

    /// The items that the newest collecting act kept.
    async fn collected(&self) -> Vec<String> {
        let rows = self.store.leaves(&self.platform.id, 0, 10_000).await.unwrap();
        let entries = rows.iter().map(|row| serde_json::from_slice::<shouyue_desk::leaf::Entry>(&row.entry).unwrap());
        let newest = entries.rev().find(|entry| entry.act == Act::Collect).unwrap();
        newest.items.iter().map(ToString::to_string).collect()
    }

    async fn registered_by_phone(&self, phone: &str) -> SubjectId {
        let registration = Registration {
            function: slug("register"),
            channel: None,
            product: None,
            persons: vec![PersonFields { person: slug("registrant"), fields: vec![field("phone", phone)] }],
            consents: vec![yes(&self.platform, "collect.register")],
            facts: policy::question::Facts::default(),
        };
        register(&self.house, &self.platform, registration, Who::Subject, None).await.unwrap().subject
    }
}

const LIN: [(&str, &str); 4] = [
    ("sub", "sim-lin"),
    ("phone_number", "13900000081"),
    ("nickname", "lin"),
    ("picture", "https://img.example/1.png"),
];

#[tokio::test]
async fn who_comes_first_registers_with_what_was_agreed_to_and_then_logs_in() {
    let town = Town::of(jd()).await;
    town.says("aa", &LIN);
    assert_eq!(logins(&town.house, &town.platform).len(), 2);
    let stranger = town.way(COOKIE, "jd", None).await.unwrap();
    assert!(matches!(stranger, Returned::Stranger(_)), "nothing was agreed to, and nothing is kept");
    assert!(town.errand().claims.is_empty() && town.store.head(&town.platform.id).await.unwrap().size == 1);

    let Returned::Registered(done) =
        town.way(COOKIE, "jd", Some(town.answers("jd", &["account-nickname"]))).await.unwrap()
    else {
        panic!("nothing was left to type")
    };
    assert_eq!(town.errand().claims, ["sub", "phone_number", "nickname"], "the portrait was not even asked for");
    assert_eq!(town.collected().await, ["jd-account-name", "phone", "account-nickname"]);
    for told in ["sim-lin", "13900000081"] {
        assert!(town.bench.files_with(told).is_empty(), "{told} lies in a file");
    }
    let Returned::Known(same) = town.way(COOKIE, "jd", None).await.unwrap() else { panic!("somebody known") };
    assert_eq!(same, done.subject);
    town.says("bb", &LIN);
    assert!(
        matches!(town.way(COOKIE, "jd", None).await.unwrap(), Returned::Stranger(_)),
        "the telephone alone is nobody"
    );
}

#[tokio::test]
async fn refusing_a_consent_that_is_needed_keeps_nothing() {
    let town = Town::of(jd()).await;
    town.says("aa", &LIN);
    let outcome = town.way(COOKIE, "jd", Some(Answers::default())).await;
    assert!(matches!(outcome, Err(Refusal::Denied(_))), "{outcome:?}");
    let last = town.store.leaves(&town.platform.id, 0, 10).await.unwrap();
    assert_eq!(last.last().unwrap().kind, "refused");
    assert!(matches!(town.way(COOKIE, "jd", None).await.unwrap(), Returned::Stranger(_)));
}

#[tokio::test]
async fn an_account_that_is_there_is_bound_by_a_code_and_withdrawing_undoes_it() {
    let town = Town::of(jd()).await;
    let subject = town.registered_by_phone("13900000081").await;
    town.says("aa", &LIN);
    assert!(matches!(town.way(COOKIE, "jd", Some(town.answers("jd", &[]))).await.unwrap(), Returned::Asks(_)));
    let waits = open(&town.house, COOKIE).unwrap();
    assert!(waits.known && waits.items.is_empty());
    assert!(open(&town.house, "another cookie").is_err());
    prove(&town.house, &town.platform, COOKIE, Clear::new("13900000081".to_owned()), Vec::new()).await.unwrap();
    let wrong = complete(&town.house, &town.platform, COOKIE, "000000").await;
    assert!(matches!(wrong, Err(Refusal::NotAllowed(_))));
    let code = town.code().await;
    let Completed::Bound { subject: bound, .. } = complete(&town.house, &town.platform, COOKIE, &code).await.unwrap()
    else {
        panic!("the account by that telephone")
    };
    assert_eq!(bound, subject);
    assert!(matches!(town.way(COOKIE, "jd", None).await.unwrap(), Returned::Known(known) if known == subject));

    let given = consent::list(&town.house, &town.platform, subject).await.unwrap();
    let own = given.iter().find(|one| one.scope == "collect.jd-login").unwrap();
    consent::withdraw(&town.house, &town.platform, subject, own.id).await.unwrap();
    assert!(matches!(town.way(COOKIE, "jd", None).await.unwrap(), Returned::Stranger(_)));
    // Agreeing again is not enough: whoever holds the provider's account may be somebody else by now.
    assert!(matches!(town.way(COOKIE, "jd", Some(town.answers("jd", &[]))).await.unwrap(), Returned::Asks(_)));
    assert!(matches!(town.proved("13900000081", &[]).await.unwrap(), Completed::Bound { .. }));
    assert!(matches!(town.way(COOKIE, "jd", None).await.unwrap(), Returned::Known(_)));
}

#[tokio::test]
async fn one_account_over_there_is_one_here() {
    let town = Town::of(jd()).await;
    town.says("aa", &LIN);
    town.way(COOKIE, "jd", Some(town.answers("jd", &[]))).await.unwrap();
    town.registered_by_phone("13900000090").await;
    let Returned::Known(subject) = town.way(COOKIE, "jd", None).await.unwrap() else { panic!("known") };
    let given = consent::list(&town.house, &town.platform, subject).await.unwrap();
    let own = given.iter().find(|one| one.scope == "collect.jd-login").unwrap();
    consent::withdraw(&town.house, &town.platform, subject, own.id).await.unwrap();
    town.way(COOKIE, "jd", Some(town.answers("jd", &[]))).await.unwrap();
    let taken = town.proved("13900000090", &[]).await;
    assert!(matches!(taken, Err(Refusal::Taken(_))), "{taken:?}");
    // With the account gone, so is the bond.
    erase(&town.house, &town.platform, subject, Who::Subject).await.unwrap();
    assert!(matches!(town.way(COOKIE, "jd", None).await.unwrap(), Returned::Stranger(_)));
}

#[tokio::test]
async fn an_answer_belongs_to_the_session_that_went_once_and_for_minutes() {
    let town = Town::of(jd()).await;
    town.says("aa", &LIN);
    let lost =
        |outcome: Result<Returned, Refusal>| assert!(matches!(outcome, Err(Refusal::NotFound(_))), "{outcome:?}");
    lost(town.back(COOKIE, "").await);
    intend(&town.house, &town.platform, COOKIE, &slug("jd"), town.answers("jd", &[])).await.unwrap();
    lost(town.back(COOKIE, "").await);
    go(&town.house, &town.platform, COOKIE, "jd", BACK.to_owned()).await.unwrap();
    let state = town.errand().state;
    lost(town.back("the cookie of a victim", &state).await);
    lost(town.back(COOKIE, "guessed").await);
    lost(town.back(COOKIE, &state).await);
    go(&town.house, &town.platform, COOKIE, "jd", BACK.to_owned()).await.unwrap();
    let state = town.errand().state;
    town.clock.advance(SignedDuration::from_mins(10));
    lost(town.back(COOKIE, &state).await);
    go(&town.house, &town.platform, COOKIE, "jd", BACK.to_owned()).await.unwrap();
    let first = town.errand();
    go(&town.house, &town.platform, COOKIE, "jd", BACK.to_owned()).await.unwrap();
    let second = town.errand();
    assert!(first.state != second.state && first.nonce != second.nonce && first.verifier != second.verifier);
    let declined = returned(&town.house, &town.platform, COOKIE, &second.state, None).await.unwrap();
    assert!(matches!(declined, Returned::Declined(id) if id == slug("jd")));
    let nowhere = go(&town.house, &town.platform, COOKIE, "no-such", BACK.to_owned()).await;
    assert!(matches!(nowhere, Err(Refusal::NotFound(_))));
    *town.provider.fails.lock().unwrap() = Some(Outside::Untrusted);
    assert!(matches!(town.way(COOKIE, "jd", None).await, Err(Refusal::Outside(Outside::Untrusted))));
}

#[tokio::test]
async fn what_the_provider_does_not_tell_is_typed_and_proved() {
    let town = Town::of(jd()).await;
    town.says("cc", &[("openid", "o-lin"), ("unionid", "u-lin"), ("nickname", "lin")]);
    assert!(matches!(
        town.way(COOKIE, "wechat", Some(town.answers("wechat", &["wechat-openid"]))).await.unwrap(),
        Returned::Asks(_)
    ));
    assert!(matches!(town.proved("no number", &[]).await, Err(Refusal::Fields(_))));
    let Completed::Registered(done) = town.proved("13900000085", &[]).await.unwrap() else { panic!("somebody new") };
    let mut items = town.collected().await;
    items.sort();
    assert_eq!(items, ["third-party-phone", "wechat-openid"]);
    assert!(matches!(town.way(COOKIE, "wechat", None).await.unwrap(), Returned::Known(same) if same == done.subject));
    assert!(open(&town.house, COOKIE).is_err(), "nothing waits any more");
    // By the telephone that was proved the same person is found, whatever the policy calls it.
    town.says("gg", &[("openid", "o-other")]);
    town.way(COOKIE, "wechat", Some(town.answers("wechat", &["wechat-openid"]))).await.unwrap();
    let bound = town.proved("13900000085", &[]).await.unwrap();
    assert!(matches!(bound, Completed::Bound { subject, .. } if subject == done.subject));
}

#[tokio::test]
async fn a_way_without_a_number_of_the_person_fills_in_and_opens_nothing() {
    let town = Town::of(anrun()).await;
    town.says("dd", &[("openid", "o-lin"), ("nickname", "lin"), ("sex", "2")]);
    let needs = needs(&town.house, &town.platform, logins(&town.house, &town.platform)[0]);
    assert!(needs.optional.contains(&slug("wechat-avatar")) && needs.needed.contains(&slug("phone")));
    let answers = || town.answers("wechat", &["wechat-nickname"]);
    assert!(matches!(town.way(COOKIE, "wechat", Some(answers())).await.unwrap(), Returned::Asks(_)));
    let missing = prove(&town.house, &town.platform, COOKIE, Clear::new("13900000086".to_owned()), Vec::new()).await;
    assert!(matches!(missing, Err(Refusal::Fields(_))), "the name of the account is asked for");
    assert!(matches!(
        town.proved("13900000086", &[("account-name", "lin86")]).await.unwrap(),
        Completed::Registered(_)
    ));
    let mut items = town.collected().await;
    items.sort();
    assert_eq!(items, ["account-name", "phone", "wechat-nickname"]);
    assert!(matches!(town.way(COOKIE, "wechat", None).await.unwrap(), Returned::Stranger(_)));
}

#[tokio::test]
async fn an_item_that_comes_by_itself_is_let_come_or_not() {
    let town = Town::of(yihui()).await;
    town.says("ee", &[("openid", "o-lin")]);
    assert!(matches!(
        town.way(COOKIE, "wechat", Some(town.answers("wechat", &["wechat-openid"]))).await.unwrap(),
        Returned::Asks(_)
    ));
    assert!(matches!(town.proved("13900000087", &[]).await.unwrap(), Completed::Registered(_)));
    assert!(matches!(town.way(COOKIE, "wechat", None).await.unwrap(), Returned::Known(_)));
    town.says("ff", &[("openid", "o-other")]);
    assert!(matches!(town.way(COOKIE, "wechat", Some(town.answers("wechat", &[]))).await.unwrap(), Returned::Asks(_)));
    assert!(matches!(town.proved("13900000088", &[]).await.unwrap(), Completed::Registered(_)));
    assert!(matches!(town.way(COOKIE, "wechat", None).await.unwrap(), Returned::Stranger(_)), "it was not let come");
}

#[tokio::test]
async fn a_function_that_makes_no_account_binds_one_that_is_there() {
    let town = Town::of(crate::house::haigang()).await;
    town.says("aa", &[("openid", "o-li"), ("unionid", "u-li"), ("nickname", "li")]);
    let answers = || town.answers("wechat", &["wechat-nickname"]);
    assert!(matches!(town.way(COOKIE, "wechat", Some(answers())).await.unwrap(), Returned::Asks(_)));
    let nobody = town.proved(crate::house::LI.phone, &[]).await.unwrap();
    assert!(matches!(nobody, Completed::Nobody));
    let subject = town.bench.registered(&crate::house::LI).await.subject;
    town.way(COOKIE, "wechat", Some(answers())).await.unwrap();
    let bound = town.proved(crate::house::LI.phone, &[]).await.unwrap();
    assert!(matches!(bound, Completed::Bound { subject: one, .. } if one == subject));
    assert!(matches!(town.way(COOKIE, "wechat", None).await.unwrap(), Returned::Known(one) if one == subject));
}

#[tokio::test]
async fn a_ticket_lets_its_subject_in_once() {
    let town = Town::of(jd()).await;
    let subject = town.registered_by_phone("13900000081").await;
    let text = subject.to_string();
    assert_eq!(ticket(&town.house, &town.platform, &text).await.unwrap(), subject);
    let refused = |outcome| assert!(matches!(outcome, Err(Refusal::NotAllowed(_))));
    refused(ticket(&town.house, &town.platform, &text).await);
    refused(ticket(&town.house, &town.platform, "forged").await);
}

#[tokio::test]
async fn what_has_ended_is_forgotten() {
    let town = Town::of(jd()).await;
    town.says("cc", &[("openid", "o-lin")]);
    let opened = session_new(&town.house, Holder::Visitor(town.platform.id.clone())).await.unwrap();
    town.way(COOKIE, "wechat", Some(town.answers("wechat", &[]))).await.unwrap();
    assert_eq!(forget_expired(&town.house).await.unwrap(), 0);
    town.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(forget_expired(&town.house).await.unwrap(), 1);
    assert!(session(&town.house, opened.cookie.expose()).await.unwrap().is_none());
    assert!(open(&town.house, COOKIE).is_err());
}
