//! The scenario file as it is written: `platforms/<id>/<name>.scenarios.toml`.

use jiff::Timestamp;
use model::Slug;
use serde_json::{Map, Number, Value, json};
use toml::de::DeValue;

use crate::finding::{Finding, Severity, Source};
use crate::syntax::declare::tables;
use crate::syntax::{At, Node, Reader, Shape, read};

tables! {
    /// Questions with the answers that counsel expects of a policy.
    ScenarioFile "a scenario file" {
        /// Version of the language: 1.
        language: At<u32>,
        /// Platform id.
        platform: At<Slug>,
        /// What consents name as their policy: a fingerprint, or the stem of the policy's file.
        policy: At<String>,
        /// The instant of a question that names none.
        at: At<Instant>,
        /// When consents written in short were given.
        consented: At<Instant>,
        /// Circumstances that several scenarios share.
        givens = "given": Vec<Given>,
        /// The scenarios.
        scenarios = "scenario": Vec<Scenario>,
    }

    /// Circumstances: keys that are laid under a question.
    Given "a circumstance" {
        /// Id.
        id: At<Slug>,
        /// Keys of the question, as in JSON.
        ask: At<Json>,
        /// Consents, in short or in full.
        consents: Vec<At<Json>>,
    }

    /// One question and the answer that must come.
    Scenario "a scenario" {
        /// What it is about.
        name: At<String>,
        /// Why the answer must be so.
        why: At<String>,
        /// Circumstances, by id; later ones and the question itself go over earlier ones.
        given: Vec<At<String>>,
        /// Consents beside those of the circumstances: a scope id, or an object as in JSON.
        consents: Vec<At<Json>>,
        /// The question, with the keys of its JSON form.
        ask: At<Json>,
        /// Effect by the published policy.
        published: Option<At<String>>,
        /// Effect by law.
        law: Option<At<String>>,
        /// What takes effect; to be written where the two differ.
        effect: Option<At<String>>,
        /// Items that come out clear in effect.
        clear: Vec<At<String>>,
        /// Items that come out masked in effect.
        masked: Vec<At<String>>,
        /// Items that are withheld in effect.
        withheld: Vec<At<String>>,
        /// Single items, side by side.
        items = "item": Vec<ExpectedItem>,
        /// Reason codes that must be among the reasons.
        reasons: Vec<At<String>>,
        /// Anything else that the answer must contain, with the keys of its JSON form.
        answer: Option<At<Json>>,
    }

    /// What must come out for one item.
    ExpectedItem "an expected item" {
        /// Which.
        item: At<String>,
        /// By the published policy.
        published: Option<At<String>>,
        /// By law.
        law: Option<At<String>>,
        /// What takes effect.
        outcome: Option<At<String>>,
        /// Mask that covers it.
        mask: Option<At<String>>,
        /// Reason codes that must be among its reasons.
        reasons: Vec<At<String>>,
    }
}

/// An instant: `2026-06-01T10:00:00+08:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant(pub Timestamp);

impl Shape for Instant {
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self> {
        let value = node.get_ref().as_datetime().and_then(|instant| instant.to_string().parse().ok());
        if value.is_none() {
            to.expected(node, "an instant such as 2026-06-01T10:00:00+08:00");
        }
        value.map(Self)
    }

    fn stand_in() -> Option<Self> {
        Some(Self(Timestamp::UNIX_EPOCH))
    }

    fn schema(_: &mut Map<String, Value>) -> Value {
        json!({"type": "string", "format": "date-time"})
    }

    fn facts(&self) -> Value {
        json!(self.0)
    }
}

/// Any value, with the keys that it has in JSON; days and instants become texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Json(pub Value);

impl Json {
    fn of(value: &DeValue<'_>) -> Option<Value> {
        Some(match value {
            DeValue::String(text) => Value::from(text.as_ref()),
            DeValue::Integer(n) => Value::from(i64::from_str_radix(n.as_str(), n.radix()).ok()?),
            DeValue::Float(n) => Value::Number(Number::from_f64(n.as_str().parse().ok()?)?),
            DeValue::Boolean(truth) => Value::from(*truth),
            DeValue::Datetime(instant) => Value::from(instant.to_string()),
            DeValue::Array(list) => {
                Value::Array(list.iter().map(|one| Self::of(one.get_ref())).collect::<Option<_>>()?)
            }
            DeValue::Table(table) => {
                let pair = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
                    let key: &std::borrow::Cow<'_, str> = key.get_ref();
                    Some((key.to_string(), Self::of(value.get_ref())?))
                };
                Value::Object(table.iter().map(pair).collect::<Option<_>>()?)
            }
        })
    }
}

impl Shape for Json {
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self> {
        let value = Self::of(node.get_ref());
        if value.is_none() {
            to.expected(node, "a value that JSON can carry");
        }
        value.map(Self)
    }

    fn stand_in() -> Option<Self> {
        Some(Self(Value::Null))
    }

    fn schema(_: &mut Map<String, Value>) -> Value {
        json!({})
    }

    fn facts(&self) -> Value {
        self.0.clone()
    }
}

/// Reads a scenario file. Nothing of it may be run when a finding is an error.
pub fn read_scenarios(source: &Source) -> (Option<ScenarioFile>, Vec<Finding>) {
    let (file, mut findings) = read::<ScenarioFile>(source);
    for scenario in file.iter().flat_map(|file| &file.scenarios) {
        findings.extend(check(scenario, file.as_ref(), source));
    }
    (file, findings)
}

fn check(scenario: &Scenario, file: Option<&ScenarioFile>, source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let error = |code, message| Finding::new(code, Severity::Error, message);
    for given in &scenario.given {
        let known = file.is_some_and(|file| file.givens.iter().any(|one| one.id.as_str() == given.value));
        if !known {
            let message = format!("no circumstance is called `{}`", given.value);
            findings.push(
                error("L0601", message).at(source, given.span, "named here").mend("declare a [[given]] of that id"),
            );
        }
    }
    if let (Some(published), Some(law), None) = (&scenario.published, &scenario.law, &scenario.effect)
        && published != law
    {
        let message = "the two verdicts differ, and nothing says which takes effect".to_owned();
        findings.push(error("L0602", message).at(source, law.span, "differs").mend("add effect = …"));
    }
    if !scenario.expects() {
        let message = format!("scenario `{}` expects nothing", scenario.name.value);
        findings.push(
            error("L0603", message)
                .at(source, scenario.name.span, "can never fail")
                .mend("say published, law, items or answer"),
        );
    }
    findings
}

impl Scenario {
    /// Whether anything is expected: a scenario that cannot fail proves nothing.
    fn expects(&self) -> bool {
        let lists = [&self.clear, &self.masked, &self.withheld, &self.reasons];
        [&self.published, &self.law, &self.effect].iter().any(|side| side.is_some())
            || lists.iter().any(|list| !list.is_empty())
            || !self.items.is_empty()
            || self.answer.is_some()
    }
}
