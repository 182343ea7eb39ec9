//! Advice: answers within the token's scope, opens nothing, leaves no leaf.

use policy::diff::Kind;
use policy::finding::Source;
use policy::question::Question;
use serde_json::{Value, json};
use shouyue_desk::advice::decide;
use shouyue_desk::seat::Caller;
use shouyue_desk::{House, Refusal, archive};

use crate::house::{Bench, LI};

fn processing(subject: &Value) -> Question {
    let question = json!({
        "ask": "processing", "platform": "haigang", "action": "show", "function": "保单查询", "person": "applicant",
        "items": ["name"], "subject": subject,
    });
    serde_json::from_value(question).unwrap()
}

async fn asked(bench: &Bench, caller: &Caller, subject: &Value) -> Result<Value, Refusal> {
    let json = decide(&bench.house, caller, processing(subject)).await?;
    Ok(serde_json::from_str(&json).unwrap())
}

#[tokio::test]
async fn advice_is_no_act() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let subject = bench.registered(&LI).await.subject;
    let caller = bench.system(&operator, &["decide", "show"], &["query-policy"], None).await;
    let before = bench.size().await;
    let inline = asked(&bench, &caller, &json!({"born": "1990-05-01"})).await.unwrap();
    assert_eq!(inline["effect"], "deny");
    let known = asked(&bench, &caller, &json!({"id": subject})).await.unwrap();
    assert_eq!(known["effect"], "deny");
    bench.consent(subject, &["collect.query-policy"]).await;
    let known = asked(&bench, &caller, &json!({"id": subject})).await.unwrap();
    assert_ne!(known["effect"], "deny", "the state is the store's: {known}");
    assert_eq!(bench.size().await, before + 1, "the consent's leaf alone");
}

/// Whether an e-mail address may be taken at registration is said by the version in force at the instant that is asked for.
#[tokio::test]
async fn r62_advice_about_another_instant_is_given_by_the_version_in_force_then() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let subject = bench.registered(&LI).await.subject;
    let caller = bench.system(&operator, &["decide", "collect"], &["register"], None).await;
    let first = bench.platform().tables.fingerprint().to_string();
    let operation = include_str!("../../../../../platforms/haigang/later/operation.toml");
    let publish = |name: &'static str, text: &'static str| {
        bench.publish((Source::new(name, text), Source::new("operation.toml", operation)))
    };
    let second = publish("2026-09-01.toml", include_str!("../../../../../platforms/haigang/later/2026-09-01.toml"))
        .await
        .unwrap();
    let second = second.tables.fingerprint().to_string();
    let said = async |house: &House, at: Option<&str>, subject: Value| {
        let question = json!({
            "ask": "processing", "platform": "haigang", "action": "collect", "function": "register", "at": at,
            "person": "registrant", "items": ["email"], "subject": subject,
        });
        let answer = decide(house, &caller, serde_json::from_value(question).unwrap()).await.unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let undeclared = answer["items"][0]["reasons"].to_string().contains("not-declared");
        (answer["tables"].as_str().unwrap().to_owned(), !undeclared)
    };
    let inline = || json!({"born": "1990-05-01"});
    let (before, after) = ("2026-08-31T15:59:59Z", "2026-08-31T16:00:00Z");
    assert_eq!(said(&bench.house, None, inline()).await, (first.clone(), false));
    assert_eq!(said(&bench.house, Some(after), inline()).await, (second.clone(), true), "it is announced");
    // Two versions on, the first is served no more; the archive has it.
    bench.clock.set("2026-10-01T02:00:00Z");
    let third = publish("2027-03-01.toml", include_str!("../../../../../platforms/haigang/later/2027-03-01.toml"))
        .await
        .unwrap();
    bench.clock.set("2027-04-01T02:00:00Z");
    let third = third.tables.fingerprint().to_string();
    let restarted = bench.second().await;
    for house in [&bench.house, &restarted] {
        assert_eq!(said(house, None, inline()).await.0, third);
        for subject in [inline(), json!({"id": subject})] {
            assert_eq!(said(house, Some(before), subject.clone()).await, (first.clone(), false));
            assert_eq!(said(house, Some(after), subject.clone()).await, (second.clone(), true));
            assert_eq!(
                said(house, Some("2001-01-01T00:00:00Z"), subject).await.0,
                first,
                "the first is all that is known"
            );
        }
    }
    // What the archive keeps is what each version says of itself.
    let said = archive::said(&bench.house, &crate::house::slug("haigang")).await.unwrap();
    let days: Vec<_> = said.iter().map(|one| (one.number, one.updated.map(|day| day.to_string()))).collect();
    assert_eq!(days, [(1, None), (2, Some("2026-08-01".to_owned())), (3, Some("2027-01-20".to_owned()))]);
    assert!(said[0].changed.is_empty() && said[1].changed.contains(&Kind::Recipients));
    assert_eq!(said[2].changed, [Kind::Items, Kind::Rights, Kind::Ownership, Kind::Wording]);
}

#[tokio::test]
async fn a_token_asks_only_what_it_covers() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let subject = json!({"id": bench.registered(&LI).await.subject});
    let nobody = json!({"id": "sub-000000000000000000000000000000ff"});
    let inline_only = bench.system(&operator, &["decide"], &[], None).await;
    let no_advice = bench.system(&operator, &["show"], &["query-policy"], None).await;
    let covers = bench.system(&operator, &["decide", "show"], &["query-policy"], None).await;
    assert!(asked(&bench, &inline_only, &json!({})).await.is_ok());
    assert!(matches!(asked(&bench, &inline_only, &subject).await, Err(Refusal::NotAllowed(_))));
    assert!(matches!(asked(&bench, &no_advice, &json!({})).await, Err(Refusal::NotAllowed(_))));
    assert!(matches!(asked(&bench, &covers, &nobody).await, Err(Refusal::NotFound("subject"))));
    bench.publish(crate::house::renamed("anrun")).await.unwrap();
    let elsewhere = json!({"ask": "due", "platform": "anrun", "clock": "contact", "since": "2026-06-01"});
    let elsewhere = decide(&bench.house, &covers, serde_json::from_value(elsewhere).unwrap()).await;
    assert!(matches!(elsewhere, Err(Refusal::NotAllowed(_))), "invariant 11");
}

#[tokio::test]
async fn r33_a_refused_face_closes_nothing_and_another_way_is_offered() {
    let bench = Bench::new().await;
    let operator = bench.operator().await;
    let caller = bench.system(&operator, &["decide"], &[], None).await;
    for function in ["register", "verify-face"] {
        let refused = if function == "register" { "face-image" } else { "face-video" };
        let question = json!({
            "ask": "function", "platform": "haigang", "function": function, "person": "registrant", "refused": [refused],
        });
        let answer = decide(&bench.house, &caller, serde_json::from_value(question).unwrap()).await.unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_ne!(answer["effect"], "closed", "{function}: {answer}");
        assert!(answer["alternatives"].as_array().is_some_and(|ways| !ways.is_empty()), "{function}: {answer}");
    }
}
