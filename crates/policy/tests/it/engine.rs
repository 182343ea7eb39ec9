//! A company of our own, and short ways to ask about it.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use model::act::SubjectState;
use serde_json::{Value, json};
use shouyue_policy::compile::Tables;
use shouyue_policy::finding::{Severity, Source};
use shouyue_policy::question::{Answer, Code, Processing, Reason, Side};
use shouyue_policy::{Sources, load};

const POLICY: &str = include_str!("../fixtures/engine/policy.toml");
const OPERATION: &str = include_str!("../fixtures/engine/operation.toml");

static FUHE: LazyLock<Arc<Tables>> = LazyLock::new(|| compiled(POLICY, OPERATION));

/// The tables of the invented insurer.
pub(super) fn fuhe() -> &'static Tables {
    &FUHE
}

/// The insurer after a change of its files.
pub(super) fn changed(policy: &[(&str, &str)], operation: &[(&str, &str)]) -> Arc<Tables> {
    let change = |text: &str, changes: &[(&str, &str)]| {
        changes.iter().fold(text.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "nothing to change: {from}");
            text.replacen(from, to, 1)
        })
    };
    compiled(&change(POLICY, policy), &change(OPERATION, operation))
}

/// Tables of two texts that must compile.
pub(super) fn compiled(policy: &str, operation: &str) -> Arc<Tables> {
    read(policy, operation).unwrap()
}

/// Tables of two texts, or the code, the words and the places of every error.
pub(super) fn read(policy: &str, operation: &str) -> Result<Arc<Tables>, Vec<String>> {
    let policy = Source::new("policy.toml", policy);
    let operation = Source::new("operation.toml", operation);
    let loaded = load(&Sources { policy: &policy, operation: Some(&operation) });
    let errors: Vec<_> = loaded
        .findings
        .iter()
        .filter(|one| one.severity == Severity::Error && one.code.starts_with('L'))
        .map(|one| format!("{} {} {:?}", one.code, one.message.english, one.places))
        .collect();
    if errors.is_empty() { Ok(loaded.tables.unwrap()) } else { Err(errors) }
}

/// The instant of every question that does not say another: under the whole law of today.
pub(super) const NOW: &str = "2026-06-01T10:00:00+08:00";

/// A consent of the subject, given separately, that stands.
pub(super) fn consent(scope: &str) -> Value {
    json!({"scope": scope, "policy": "2021-12-01", "by": "self", "at": "2021-12-02T09:00:00+08:00"})
}

/// The same with other keys.
pub(super) fn consent_with(scope: &str, keys: &Value) -> Value {
    let mut consent = consent(scope);
    merge(&mut consent, keys);
    consent
}

fn merge(to: &mut Value, keys: &Value) {
    for (key, value) in keys.as_object().unwrap() {
        to[key] = value.clone();
    }
}

/// An adult with these consents.
pub(super) fn adult(consents: &[Value]) -> Value {
    json!({"born": "1990-05-01", "consents": consents})
}

/// Asks; `keys` are those of a question, on top of the platform and the applicant.
pub(super) fn ask_of(tables: &Tables, keys: &Value) -> Answer {
    let mut question = json!({"platform": "fuhe", "person": "applicant", "items": ["name"]});
    merge(&mut question, keys);
    let (born, state) = subject(&mut question);
    let asked: Processing = serde_json::from_value(question).unwrap();
    tables.decide(&asked, &state, born, NOW.parse::<Timestamp>().unwrap())
}

/// Asks the invented insurer.
pub(super) fn ask(keys: &Value) -> Answer {
    ask_of(fuhe(), keys)
}

fn subject(question: &mut Value) -> (Option<model::act::Born>, SubjectState) {
    let mut subject = question.as_object_mut().unwrap().remove("subject").unwrap_or_else(|| json!({}));
    let born = subject.as_object_mut().unwrap().remove("born");
    let born = born.map(|born| born.as_str().unwrap().parse().unwrap());
    (born, serde_json::from_value(subject).unwrap())
}

/// The reasons of one side for the first item.
pub(super) fn reasons(answer: &Answer, side: Side) -> Vec<&Reason> {
    answer.items[0].reasons.iter().filter(|reason| reason.side == side).collect()
}

/// The codes of the law for the first item.
pub(super) fn by_law(answer: &Answer) -> Vec<Code> {
    reasons(answer, Side::Law).into_iter().map(|reason| reason.code).collect()
}

/// The codes of the published policy for the first item.
pub(super) fn by_policy(answer: &Answer) -> Vec<Code> {
    reasons(answer, Side::Published).into_iter().map(|reason| reason.code).collect()
}
