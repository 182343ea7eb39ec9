//! What was expected against what came out, down to the item, the side and the reason.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use super::file::{ExpectedItem, Scenario};
use crate::syntax::At;

/// One thing that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where in the answer: `law`, `items.name.published`, `reasons`.
    pub at: String,
    /// What the scenario expects.
    pub expected: String,
    /// What came out, with its reasons.
    pub actual: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: expected {}, got {}", self.at, self.expected, self.actual)
    }
}

/// Everything in which `answer` is not what `scenario` expects.
pub(super) fn compare(scenario: &Scenario, answer: &Value) -> Vec<Difference> {
    let mut to = Vec::new();
    let effect = scenario.effect.as_ref().or(scenario.law.as_ref().filter(|_| scenario.published.is_some()));
    for (side, expected) in [("published", &scenario.published), ("law", &scenario.law)] {
        same(&mut to, side, expected.as_ref(), word(&answer[side]), reasons(&answer[side]));
    }
    same(&mut to, "effect", effect, word(&answer["effect"]), BTreeSet::new());
    for (outcome, items) in [("clear", &scenario.clear), ("masked", &scenario.masked), ("withheld", &scenario.withheld)]
    {
        for item in items {
            let found = find(answer, item);
            if found["outcome"] != outcome {
                let at = format!("items.{}", item.value);
                to.push(Difference {
                    at,
                    expected: outcome.to_owned(),
                    actual: told(&found["outcome"], reasons(found)),
                });
            }
        }
    }
    for expected in &scenario.items {
        item(&mut to, expected, find(answer, &expected.item));
    }
    among(&mut to, "reasons", &scenario.reasons, &all_reasons(answer));
    if let Some(part) = &scenario.answer {
        contains(&mut to, "answer", &part.value.0, answer);
    }
    to
}

fn item(to: &mut Vec<Difference>, expected: &ExpectedItem, found: &Value) {
    let at = |side: &str| format!("items.{}.{side}", expected.item.value);
    for (side, word) in [
        ("published", &expected.published),
        ("law", &expected.law),
        ("outcome", &expected.outcome),
        ("mask", &expected.mask),
    ] {
        same(to, &at(side), word.as_ref(), found[side].as_str(), reasons(found));
    }
    among(to, &at("reasons"), &expected.reasons, &reasons(found));
}

fn same(
    to: &mut Vec<Difference>,
    at: &str,
    expected: Option<&At<String>>,
    actual: Option<&str>,
    why: BTreeSet<String>,
) {
    if let Some(expected) = expected
        && actual != Some(expected.value.as_str())
    {
        let actual = told(&actual.map_or(Value::Null, Value::from), why);
        to.push(Difference { at: at.to_owned(), expected: expected.value.clone(), actual });
    }
}

fn among(to: &mut Vec<Difference>, at: &str, expected: &[At<String>], actual: &BTreeSet<String>) {
    for code in expected.iter().filter(|code| !actual.contains(&code.value)) {
        let listed = actual.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let actual = if listed.is_empty() { "none".to_owned() } else { listed };
        to.push(Difference { at: at.to_owned(), expected: code.value.clone(), actual });
    }
}

/// Whether every key and value of `expected` is in `actual`, lists element by element.
fn contains(to: &mut Vec<Difference>, at: &str, expected: &Value, actual: &Value) {
    match (expected, actual) {
        (Value::Object(map), _) => {
            for (key, value) in map {
                contains(to, &format!("{at}.{key}"), value, &actual[key]);
            }
        }
        (Value::Array(list), Value::Array(others)) if list.len() == others.len() => {
            for (n, (one, other)) in list.iter().zip(others).enumerate() {
                contains(to, &format!("{at}.{n}"), one, other);
            }
        }
        _ if expected == actual => {}
        // TOML has no null: the text "absent" says that a key must be missing.
        _ if expected == "absent" && actual.is_null() => {}
        _ => {
            let actual = told(actual, BTreeSet::new());
            to.push(Difference { at: at.to_owned(), expected: told(expected, BTreeSet::new()), actual });
        }
    }
}

/// A side's effect: a word, or an object that has one.
fn word(side: &Value) -> Option<&str> {
    side.as_str().or_else(|| side["effect"].as_str())
}

fn find<'a>(answer: &'a Value, item: &str) -> &'a Value {
    let items = answer["items"].as_array();
    items.and_then(|items| items.iter().find(|one| one["item"] == item)).unwrap_or(&Value::Null)
}

fn reasons(at: &Value) -> BTreeSet<String> {
    let list = at["reasons"].as_array().into_iter().flatten();
    list.filter_map(|reason| Some(reason["code"].as_str()?.to_owned())).collect()
}

fn all_reasons(answer: &Value) -> BTreeSet<String> {
    let sides = ["published", "law"].iter().flat_map(|side| reasons(&answer[*side]));
    let items = answer["items"].as_array().into_iter().flatten().flat_map(reasons);
    sides.chain(items).chain(reasons(answer)).collect()
}

fn told(value: &Value, why: BTreeSet<String>) -> String {
    let value = match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if why.is_empty() { value } else { format!("{value} ({})", why.into_iter().collect::<Vec<_>>().join(", ")) }
}
