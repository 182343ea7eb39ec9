//! Advice: answers within the token's scope, opens nothing, leaves no leaf.

use policy::question::Question;
use serde_json::{Value, json};
use shouyue_desk::Refusal;
use shouyue_desk::advice::decide;
use shouyue_desk::seat::Caller;

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
