//! Scenarios: questions with the answers that counsel expects. They are to a policy what tests are to a program, and
//! [`mutate`] says what they would not notice.

mod compare;
mod file;
mod mutate;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

pub use compare::Difference;
pub use file::{ExpectedItem, Given, Instant, Json, Scenario, ScenarioFile, read_scenarios};
pub use mutate::{Fact, Flip, Report, flipped, flips, mutate};

use crate::claim::{self, ClaimFile};
use crate::compile::Tables;
use crate::finding::Span;
use crate::question::Question;

/// How one scenario came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Name of the scenario.
    pub name: String,
    /// Why its answer must be so.
    pub why: String,
    /// Where the scenario stands in its file.
    pub span: Span,
    /// What came out otherwise than expected; empty when it passed.
    pub differences: Vec<Difference>,
}

impl Outcome {
    /// Whether everything came out as expected.
    pub fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.passed() {
            return write!(out, "ok      {}", self.name);
        }
        write!(out, "FAILED  {}\n        {}", self.name, self.why)?;
        self.differences.iter().try_for_each(|difference| write!(out, "\n        {difference}"))
    }
}

/// Asks every question of a file and compares the answers.
pub fn run(tables: &Tables, file: &ScenarioFile) -> Vec<Outcome> {
    file.scenarios.iter().map(|scenario| outcome(tables, file, scenario)).collect()
}

/// Everything that lies beside a policy to test it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Suite {
    /// Scenario files.
    pub scenarios: Vec<ScenarioFile>,
    /// Claim files.
    pub claims: Vec<ClaimFile>,
}

impl Suite {
    /// Whether every scenario and claim comes out as it must; stops at the first that does not.
    fn passes(&self, tables: &Tables) -> bool {
        let all = |file: &ScenarioFile| file.scenarios.iter().all(|scenario| outcome(tables, file, scenario).passed());
        self.scenarios.iter().all(all) && self.claims.iter().all(|file| claim::passes(tables, file))
    }
}

fn outcome(tables: &Tables, file: &ScenarioFile, scenario: &Scenario) -> Outcome {
    let answered = serde_json::from_value::<Question>(question(file, scenario))
        .map_err(|why| why.to_string())
        .and_then(|question| {
            let reply = tables.answer(&question, file.at.value.0).map_err(|why| why.to_string())?;
            serde_json::to_value(reply).map_err(|why| why.to_string())
        });
    let differences = match answered {
        Ok(answer) => compare::compare(scenario, &answer),
        Err(why) => vec![Difference { at: "ask".to_owned(), expected: "an answer".to_owned(), actual: why }],
    };
    Outcome { name: scenario.name.value.clone(), why: scenario.why.value.clone(), span: scenario.span.0, differences }
}

/// The question in full: file, circumstances, scenario, each laid over what came before.
fn question(file: &ScenarioFile, scenario: &Scenario) -> Value {
    let mut whole = json!({"ask": "processing", "platform": file.platform.value, "at": file.at.value.0});
    let mut consents = Vec::new();
    for name in &scenario.given {
        if let Some(given) = file.givens.iter().find(|given| given.id.as_str() == name.value) {
            lay(&mut whole, &given.ask.value.0);
            consents.extend(given.consents.iter().map(|consent| in_full(file, &consent.value.0)));
        }
    }
    lay(&mut whole, &scenario.ask.value.0);
    consents.extend(scenario.consents.iter().map(|consent| in_full(file, &consent.value.0)));
    // `due` takes neither an instant nor a subject.
    if whole.get("ask").and_then(Value::as_str) == Some("due") {
        whole.as_object_mut().map(|map| map.remove("at"));
    } else if !consents.is_empty() {
        lay(&mut whole, &json!({"subject": {"consents": consents}}));
    }
    whole
}

/// A consent in full: what is left out is what the file says of all.
fn in_full(file: &ScenarioFile, consent: &Value) -> Value {
    let mut whole = json!({"policy": file.policy.value, "by": "self", "at": file.consented.value.0});
    match consent {
        Value::String(scope) => lay(&mut whole, &json!({"scope": scope})),
        other => lay(&mut whole, other),
    }
    whole
}

/// Lays `over` onto `under`: objects key by key, everything else whole.
fn lay(under: &mut Value, over: &Value) {
    let Value::Object(over) = over else {
        *under = over.clone();
        return;
    };
    if !under.is_object() {
        *under = Value::Object(Map::new());
    }
    for (key, value) in over {
        if let Some(map) = under.as_object_mut() {
            lay(map.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}
