//! Claims: what they mean, what is found against them, how their mistakes read.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;

use super::*;
use crate::finding::Source;
use crate::question::Subject;
use crate::syntax::Action;

static HAIGANG: LazyLock<Arc<Tables>> = LazyLock::new(|| {
    let policy = Source::new("undated.toml", include_str!("../../../../platforms/haigang/undated.toml"));
    let operation = Source::new("operation.toml", include_str!("../../../../platforms/haigang/operation.toml"));
    crate::load(&crate::Sources { policy: &policy, operation: Some(&operation) }).tables.unwrap()
});

fn now() -> Timestamp {
    "2026-06-01T10:00:00+08:00".parse().unwrap()
}

fn claimed(text: &str, on: On) -> Proof {
    prove(&HAIGANG, text, on, now()).unwrap_or_else(|why| panic!("{why}"))
}

fn witness(text: &str, on: On) -> Witness {
    claimed(text, on).witness.unwrap_or_else(|| panic!("{text} holds"))
}

fn holds(text: &str, on: On) {
    if let Some(witness) = claimed(text, on).witness {
        panic!("{text}: {}", witness.json());
    }
}

#[test]
fn claims_that_hold() {
    let mut failed = Vec::new();
    for text in [
        "no recipient gets 人脸影像 without separate consent",
        "人脸影像 is never shared with 海港人寿内部其他成员",
        "no sensitive item is shown in the clear to staff without clear-view",
        "under 14 nothing is collected without a guardian or an exception",
        "withdrawing collect.register stops everything for registration by register without exceptions",
        "face-image is collected only with separate consent or an exception",
        "nothing is given to others",
    ] {
        let found = claimed(text, On::Effect).witness;
        failed.extend(found.map(|witness| format!("{text}: {}", witness.json())));
    }
    assert_eq!(failed, Vec::<String>::new());
}

#[test]
fn a_side_is_asked_by_itself() {
    holds("人脸影像 is never given to internal", On::Law);
    let face = witness("人脸影像 is never given to internal", On::Published);
    assert_eq!((face.published, face.law, face.outcome), (Outcome::Clear, Outcome::Withheld, Outcome::Withheld));
}

/// What the engine says of a witness is what the witness says.
#[test]
fn a_witness_is_a_question_in_full() {
    for (text, on) in [
        ("证件号码 is collected only by 用户注册", On::Effect),
        ("nothing is shared with 客户指定的保险代理机构", On::Effect),
        ("nothing", On::Law),
        ("under 14 nothing is collected", On::Effect),
        ("no item is shown in the clear to staff", On::Effect),
        ("no recipient gets sensitive items without separate consent", On::Published),
        ("withdrawing collect.register stops everything", On::Effect),
        ("from 18 identity-document items are never used by the system", On::Effect),
    ] {
        let found = witness(text, on);
        let question: Question = serde_json::from_value(found.json()).unwrap();
        let answer = serde_json::to_value(HAIGANG.answer(&question, Timestamp::UNIX_EPOCH).unwrap()).unwrap();
        let item = &answer["items"][0];
        let told = |outcome: Outcome| serde_json::to_value(outcome).unwrap();
        assert_eq!(item["published"], told(found.published), "{text}: {answer}");
        assert_eq!(item["law"], told(found.law), "{text}: {answer}");
        assert_eq!(item["outcome"], told(found.outcome), "{text}: {answer}");
    }
}

#[test]
fn a_witness_lies_in_the_region_of_the_claim() {
    let only = witness("证件号码 is collected only by 用户注册", On::Effect);
    assert_eq!(only.question.action, Action::Collect);
    assert_eq!((only.item.as_str(), only.question.function.as_deref()), ("id-number", Some("policy-service")));
    let child = witness("under 14 nothing is collected", On::Effect);
    let Subject::Inline(subject) = &child.question.subject else { panic!("by id") };
    assert!(subject.born.as_deref().unwrap() > "2012-06-01", "{subject:?}");
    let staff = witness("no item is shown in the clear to staff", On::Effect);
    assert!(staff.json()["actor"]["clear_view"].as_bool().unwrap());
    let withdrawn = witness("withdrawing collect.register stops everything", On::Effect);
    let json = withdrawn.json();
    assert!(json["subject"]["consents"].as_array().unwrap().iter().any(|one| one["withdrawn"].is_string()), "{json}");
}

/// A cookie belongs to no function and to no channel: it is there in the course of each, and on each of them.
#[test]
fn what_belongs_to_no_function_happens_in_every_one() {
    let asked = |text: &str| {
        let question = witness(text, On::Effect).question;
        (question.action, question.items, question.function, question.channel)
    };
    let cookie = |function: Option<&str>, channel: Option<&str>| {
        (Action::Collect, vec!["cookie-data".to_owned()], function.map(str::to_owned), channel.map(str::to_owned))
    };
    assert_eq!(asked("cookie-data is never collected"), cookie(None, None));
    assert_eq!(asked("cookie-data is never collected by 用户注册"), cookie(Some("register"), None));
    assert_eq!(asked("cookie-data is never collected on 小程序"), cookie(None, Some("mini-program")));
    let both = asked("cookie-data is never collected by login on pc");
    assert_eq!(both, cookie(Some("login"), Some("pc")));
    // Nobody is offered it without consent there, either.
    holds("cookie-data is never collected by 用户注册 without consent or an exception", On::Effect);
    // What belongs to some functions happens in no other.
    holds("证件号码 is never collected by login", On::Effect);
}

/// The staff may act in the course of a function only: what belongs to none they do in one of theirs.
#[test]
fn staff_does_what_belongs_to_no_function_in_a_function_of_its_own() {
    let policy = include_str!("../../tests/fixtures/engine/policy.toml");
    let operation = include_str!("../../tests/fixtures/engine/operation.toml");
    let (policy, operation) = (Source::new("policy.toml", policy), Source::new("operation.toml", operation));
    let tables = crate::load(&crate::Sources { policy: &policy, operation: Some(&operation) }).tables.unwrap();
    let flows = tables.flows().iter().filter(|flow| flow.functions.is_empty() && flow.action == Action::Disclose);
    assert!(flows.count() > 0, "the fixture discloses outside any function");
    let found = prove(&tables, "nothing is disclosed to staff", On::Effect, now()).unwrap().witness;
    let question = found.expect("staff discloses").question;
    assert!(question.function.is_some(), "{question:?}");
}

#[test]
fn mistakes_are_told_where_they_are() {
    let told = |text: &str| prove(&HAIGANG, text, On::Effect, now()).unwrap_err().to_string();
    let texts = [
        "no recipient gets 人脸",
        "证件号码 is colected only by 用户注册",
        "证件号码 is collected by 用户注册",
        "证件号码 is collected only by 用户注测",
        "nothing is shared with \"客户",
        "under fourteen nothing",
        "nothing without love",
        "withdrawing collect.regster stops everything",
        "证件号码",
        "",
    ];
    insta::assert_snapshot!(texts.map(told).join("\n\n"));
}
