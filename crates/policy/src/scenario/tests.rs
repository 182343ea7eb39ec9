//! Scenarios: how questions are put together, what an expectation can fail on, how a failure reads.

use serde_json::{Value, json};

use super::compare::compare;
use super::{Outcome, ScenarioFile, question, read_scenarios};
use crate::finding::{Severity, Source, Span};

const HEAD: &str = r#"
language = 1
platform = "haigang"
policy = "undated"
at = 2026-06-01T10:00:00+08:00
consented = 2026-01-05T09:00:00+08:00
"#;

fn file(body: &str) -> (Option<ScenarioFile>, Vec<&'static str>) {
    let (file, findings) = read_scenarios(&Source::new("t.scenarios.toml", format!("{HEAD}{body}")));
    assert!(findings.iter().all(|finding| finding.severity == Severity::Error));
    (file, findings.iter().map(|finding| finding.code).collect())
}

fn only(body: &str) -> ScenarioFile {
    let (file, codes) = file(body);
    assert_eq!(codes, Vec::<&str>::new());
    file.unwrap()
}

const SHORT: &str = r#"
[[given]]
id = "adult"
ask = { subject = { born = "1990-05-01" }, items = ["phone"], at = 2026-07-01 }
consents = ["collect.register"]

[[scenario]]
name = "a"
why = "b"
given = ["adult"]
consents = [{ scope = "collect.login", by = "guardian", withdrawn = "2026-05-20T08:00:00+08:00" }]
ask = { action = "collect", function = "register", person = "registrant", items = ["name"] }
published = "permit"
law = "partial"
effect = "partial"
clear = ["name"]
withheld = ["id-number"]
reasons = ["separate-consent-missing"]
item = [{ item = "name", law = "clear" }]
answer = { items = [{ item = "name" }, { item = "id-number" }], basis = "consent", exception = "absent" }
"#;

#[test]
fn what_is_left_out_comes_from_the_circumstances_and_the_file() {
    let file = only(SHORT);
    let consent = |more: Value| {
        let mut whole = json!({"policy": "undated", "by": "self", "at": "2026-01-05T01:00:00Z"});
        super::lay(&mut whole, &more);
        whole
    };
    assert_eq!(
        question(&file, &file.scenarios[0]),
        json!({
            "ask": "processing", "platform": "haigang", "at": "2026-07-01", "action": "collect", "function": "register",
            "person": "registrant", "items": ["name"],
            "subject": {"born": "1990-05-01", "consents": [
                consent(json!({"scope": "collect.register"})),
                consent(json!({"scope": "collect.login", "by": "guardian", "withdrawn": "2026-05-20T08:00:00+08:00"})),
            ]},
        })
    );
}

#[test]
fn a_clock_is_asked_without_instant_and_subject() {
    let file = only(
        r#"
        [[scenario]]
        name = "a"
        why = "b"
        ask = { ask = "due", clock = "contact", since = "2026-05-29" }
        answer = { due = { day = "2026-06-22" } }
        "#,
    );
    let asked = question(&file, &file.scenarios[0]);
    assert_eq!(asked, json!({"ask": "due", "platform": "haigang", "clock": "contact", "since": "2026-05-29"}));
}

fn answer() -> Value {
    json!({
        "effect": "partial",
        "published": {"effect": "permit", "reasons": []},
        "law": {"effect": "partial", "reasons": []},
        "items": [
            {"item": "name", "outcome": "clear", "published": "clear", "law": "clear"},
            {"item": "id-number", "outcome": "withheld", "published": "clear", "law": "withheld",
             "reasons": [{"code": "separate-consent-missing", "side": "law"}]},
        ],
        "basis": "consent",
    })
}

#[test]
fn the_expected_answer_passes() {
    assert_eq!(compare(&only(SHORT).scenarios[0], &answer()), []);
}

#[test]
fn every_part_of_an_expectation_can_fail() {
    let file = only(SHORT);
    for (pointer, other, at) in [
        ("/effect", json!("permit"), "effect"),
        ("/published/effect", json!("deny"), "published"),
        ("/law/effect", json!("deny"), "law"),
        ("/items/0/outcome", json!("masked"), "items.name"),
        ("/items/0/law", json!("masked"), "items.name.law"),
        ("/items/1/outcome", json!("clear"), "items.id-number"),
        ("/items/1/reasons", json!([]), "reasons"),
        ("/items/1/item", json!("phone"), "items.id-number"),
        ("/basis", json!("contract"), "answer.basis"),
    ] {
        let mut answer = answer();
        *answer.pointer_mut(pointer).unwrap() = other;
        let differences = compare(&file.scenarios[0], &answer);
        assert!(differences.iter().any(|one| one.at == at), "{pointer}: {differences:?}");
    }
    let mut more = answer();
    more["exception"] = json!("news");
    assert_eq!(compare(&file.scenarios[0], &more)[0].at, "answer.exception");
}

#[test]
fn a_failure_reads_as_item_side_and_reason() {
    let file = only(SHORT);
    let mut answer = answer();
    answer["items"][0]["outcome"] = json!("withheld");
    answer["items"][0]["law"] = json!("withheld");
    answer["items"][0]["reasons"] = json!([{"code": "consent-missing", "side": "law"}]);
    let outcome = Outcome {
        name: "注册".to_owned(),
        why: "PIPL 29".to_owned(),
        span: Span::default(),
        differences: compare(&file.scenarios[0], &answer),
    };
    assert_eq!(
        outcome.to_string(),
        "FAILED  注册\n        PIPL 29\n        \
         items.name: expected clear, got withheld (consent-missing)\n        \
         items.name.law: expected clear, got withheld (consent-missing)"
    );
}

#[test]
fn an_expectation_that_cannot_fail_is_refused() {
    let scenario = |rest: &str| format!("[[scenario]]\nname = \"a\"\nwhy = \"b\"\nask = {{ items = [] }}\n{rest}");
    assert_eq!(file(&scenario("")).1, ["L0603"]);
    assert_eq!(file(&scenario("published = \"permit\"\nlaw = \"deny\"")).1, ["L0602"]);
    assert_eq!(file(&scenario("law = \"deny\"\ngiven = [\"nobody\"]")).1, ["L0601"]);
    assert_eq!(file("at = 3\n").1, ["L0101"]);
}

#[test]
fn an_instant_is_an_instant() {
    let text = HEAD.replace("2026-06-01T10:00:00+08:00", "2026-06-01");
    let (_, findings) = read_scenarios(&Source::new("t.scenarios.toml", text));
    assert_eq!(findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["L0103"]);
}
