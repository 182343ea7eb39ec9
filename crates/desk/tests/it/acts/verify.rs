//! Checks with others: what is asked, what is kept, what a failure closes.

use jiff::SignedDuration;
use model::{Clear, SubjectId};
use policy::finding::Source;
use policy::question::Code;
use shouyue_desk::collect::{Application, Participant, PersonFields, Registration, Whom, apply, correct, register};
use shouyue_desk::leaf::{Act, Who};
use shouyue_desk::ports::Outside;
use shouyue_desk::verify::{alternative, by_name, stands};
use shouyue_desk::{Platform, Refusal};

use super::{codes, denied};
use crate::house::{Bench, field, slug, yes};

/// 京东安联: insurance is open to whose real name was verified, by a share to a body that holds the register.
fn jd() -> (Source, Source) {
    let policy = include_str!("../../../../../platforms/jd-allianz/2022-02-25.toml");
    let operation = include_str!("../../../../../platforms/jd-allianz/operation.toml");
    (Source::new("2022-02-25.toml", policy), Source::new("operation.toml", operation))
}

const NAME: &str = "周示例";
const NUMBER: &str = "990000198509172020";

fn person() -> Vec<(String, Clear<String>)> {
    let values = [
        ("name", NAME),
        ("sex", "女"),
        ("nationality", "中国"),
        ("occupation", "教师"),
        ("home-or-work-address", "某市某区某路26号"),
        ("phone", "19900000001"),
        ("id-type", "居民身份证"),
        ("id-number", NUMBER),
        ("id-validity", "2016-05-01至2036-05-01"),
    ];
    values.into_iter().map(|(item, value)| field(item, value)).collect()
}

struct Jd {
    bench: Bench,
    platform: std::sync::Arc<Platform>,
    subject: SubjectId,
}

/// Somebody who gave the items of the identity check, and was never checked.
async fn registered() -> Jd {
    let bench = Bench::empty().await;
    let platform = bench.publish(jd()).await.unwrap();
    let form = Registration {
        function: slug("identity-check"),
        channel: None,
        product: None,
        persons: vec![PersonFields { person: slug("applicant"), fields: person() }],
        consents: Vec::new(),
        facts: policy::question::Facts::default(),
    };
    let done = register(&bench.house, &platform, form, Who::Subject, None).await.unwrap();
    Jd { bench, platform, subject: done.subject }
}

impl Jd {
    async fn check(&self) -> Result<bool, Refusal> {
        let done = by_name(&self.bench.house, &self.platform, self.subject, "real-name", Who::Subject).await;
        done.map(|done| done.verified)
    }

    /// Applies for a policy; nobody says anything about the real name.
    async fn apply(&self) -> Result<(), Refusal> {
        let consents =
            vec![yes(&self.platform, "collect.apply"), yes(&self.platform, "collect.apply.identity-document")];
        let person = Participant {
            roles: vec![slug("applicant"), slug("insured")],
            whom: Whom::Typed,
            fields: person(),
            consents,
        };
        let application = Application {
            function: slug("apply"),
            channel: None,
            product: Some(slug("motor")),
            people: vec![person],
            open: Vec::new(),
            about: None,
            facts: policy::question::Facts::default(),
            trigger: policy::syntax::Trigger::Given,
            track: None,
        };
        apply(&self.bench.house, &self.platform, self.subject, application, Who::Subject, None).await.map(drop)
    }

    async fn holds(&self) -> Option<bool> {
        let stands = stands(&self.bench.house, &self.platform, self.subject).await.unwrap();
        stands.iter().find(|stand| stand.check == slug("real-name")).unwrap().holds
    }
}

#[tokio::test]
async fn what_was_never_checked_is_unknown_and_what_is_checked_opens_what_hangs_on_it() {
    let jd = registered().await;
    assert_eq!(jd.holds().await, None);
    assert!(codes(&denied(jd.apply().await.unwrap_err())).contains(&Code::FactUnknown));

    assert!(jd.check().await.unwrap());
    assert_eq!(jd.bench.names.asked(), [(NAME.to_owned(), NUMBER.to_owned())]);
    assert_eq!(jd.holds().await, Some(true));
    jd.apply().await.unwrap();
}

#[tokio::test]
async fn the_values_leave_under_the_share_and_the_result_stands_on_the_ledger() {
    let jd = registered().await;
    jd.check().await.unwrap();
    let entries = jd.bench.entries_of("jd-allianz").await;
    let [.., left, result] = entries.as_slice() else { panic!("two leaves") };
    assert_eq!((left.act, left.recipient.as_ref()), (Act::Share, Some(&slug("identity-verifiers"))));
    assert_eq!(left.party, Some(slug("zhengxin-verify")));
    assert_eq!(left.items, [slug("id-number"), slug("name")]);
    assert_eq!((result.act, result.because.as_deref()), (Act::Event, Some("name-matches")));
    let snapshot = jd.bench.store.snapshot(&jd.platform.id, jd.subject).await.unwrap().unwrap();
    let [attested] = snapshot.state().attested.as_slice() else { panic!("one fact") };
    assert_eq!((attested.fact.as_str(), attested.by.as_str()), ("real-name-verified", "real-name"));
    assert_eq!(attested.request.as_deref(), Some("request-2"));
    // A true pair may be anybody's: it tells nobody who is at the other end.
    assert!(!shouyue_desk::identity::is_verified(&jd.bench.house, &jd.platform, jd.subject).await.unwrap());
}

#[tokio::test]
async fn a_failure_closes_what_the_conditions_say_and_nothing_else() {
    let jd = registered().await;
    *jd.bench.names.answer.lock().unwrap() = Ok(false);
    assert!(!jd.check().await.unwrap());
    assert_eq!(jd.holds().await, Some(false));
    let refused = denied(jd.apply().await.unwrap_err());
    assert!(codes(&refused).contains(&Code::ConditionFalse), "{:?}", codes(&refused));
    *jd.bench.names.answer.lock().unwrap() = Ok(true);
    assert!(jd.check().await.unwrap());
    jd.apply().await.unwrap();
}

#[tokio::test]
async fn who_does_not_answer_attests_nothing_and_five_failures_are_enough_for_a_day() {
    let jd = registered().await;
    *jd.bench.names.answer.lock().unwrap() = Err(Outside::TimedOut);
    assert!(matches!(jd.check().await, Err(Refusal::Outside(Outside::TimedOut))));
    assert_eq!(jd.holds().await, None);
    *jd.bench.names.answer.lock().unwrap() = Ok(false);
    for _ in 0..5 {
        assert!(!jd.check().await.unwrap());
    }
    jd.bench.names.asked();
    assert!(matches!(jd.check().await, Err(Refusal::TooMany)));
    assert!(jd.bench.names.asked().is_empty(), "nobody is asked any more");
    jd.bench.clock.advance(SignedDuration::from_hours(25));
    assert!(!jd.check().await.unwrap());
}

#[tokio::test]
async fn another_number_is_checked_anew() {
    let jd = registered().await;
    jd.check().await.unwrap();
    let records = jd.bench.store.records_of(&jd.platform.id, jd.subject).await.unwrap();
    let (role, value) = (slug("applicant"), Clear::new("990000198509172012".to_owned()));
    let (house, record) = (&jd.bench.house, records[0].id);
    correct(house, &jd.platform, jd.subject, Who::Subject, record, &role, "id-number", value).await.unwrap();
    assert_eq!(jd.holds().await, None);
    assert!(jd.apply().await.is_err());
}

#[tokio::test]
async fn r33_a_way_without_the_face_attests_the_checks_of_its_function() {
    let jd = registered().await;
    let clerk = Who::Staff { seat: model::ActorId::from_random([9; 16]), role: slug("service") };
    let chosen = alternative(&jd.bench.house, &jd.platform, jd.subject, "check-at-branch", Who::Subject).await.unwrap();
    assert!(!chosen.verified && jd.holds().await.is_none());
    alternative(&jd.bench.house, &jd.platform, jd.subject, "check-at-branch", clerk).await.unwrap();
    assert_eq!(jd.holds().await, Some(true));
    jd.apply().await.unwrap();
}

#[tokio::test]
async fn what_a_caller_says_does_not_outweigh_a_failed_check() {
    let jd = registered().await;
    *jd.bench.names.answer.lock().unwrap() = Ok(false);
    jd.check().await.unwrap();
    let facts = policy::question::Facts {
        declared: [("real-name-verified".to_owned(), true)].into(),
        ..policy::question::Facts::default()
    };
    let consents = vec![yes(&jd.platform, "collect.apply"), yes(&jd.platform, "collect.apply.identity-document")];
    let person = Participant { roles: vec![slug("applicant")], whom: Whom::Typed, fields: person(), consents };
    let application = Application {
        function: slug("apply"),
        channel: None,
        product: Some(slug("motor")),
        people: vec![person],
        open: Vec::new(),
        about: None,
        facts,
        trigger: policy::syntax::Trigger::Given,
        track: None,
    };
    let refused = apply(&jd.bench.house, &jd.platform, jd.subject, application, Who::Subject, None).await;
    assert!(codes(&denied(refused.unwrap_err())).contains(&Code::ConditionFalse));
}
