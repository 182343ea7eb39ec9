//! SARIF logs are what the standard's schema asks, and what they point to is there.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shouyue_policy::finding::{Finding, Language, Source};
use shouyue_policy::report::{self, Selection};
use shouyue_policy::{Sources, load};

use crate::platforms::published;

/// What the schema of SARIF 2.1.0 says of the properties that we write: name, whether it is required, and its form. Objects
/// of the schema have no other properties, so one that we begin to write is looked up there and listed here.
type Shape = &'static [(&'static str, bool, Form)];

enum Form {
    Text,
    Word(&'static [&'static str]),
    AtLeast(i64),
    Object(Shape),
    List(Shape),
    /// An object of texts under free names.
    Texts,
    /// A property bag: an object, free but for `tags`.
    Bag,
}

use Form::{AtLeast, Bag, List, Object, Text, Texts, Word};

const LEVELS: Form = Word(&["none", "note", "warning", "error"]);

const LOG: Shape = &[("$schema", false, Text), ("version", true, Word(&["2.1.0"])), ("runs", true, List(RUN))];
const RUN: Shape = &[
    ("tool", true, Object(&[("driver", true, Object(DRIVER))])),
    ("language", false, Word(&["en", "zh-CN"])),
    ("columnKind", false, Word(&["utf16CodeUnits", "unicodeCodePoints"])),
    ("results", false, List(RESULT)),
];
const DRIVER: Shape = &[("name", true, Text), ("semanticVersion", false, Text), ("rules", false, List(RULE))];
const RULE: Shape = &[
    ("id", true, Text),
    ("shortDescription", false, Object(WORDS)),
    ("help", false, Object(WORDS)),
    ("defaultConfiguration", false, Object(&[("level", false, LEVELS)])),
    ("properties", false, Bag),
];
const WORDS: Shape = &[("text", true, Text), ("markdown", false, Text)];
const RESULT: Shape = &[
    ("ruleId", false, Text),
    ("ruleIndex", false, AtLeast(-1)),
    ("level", false, LEVELS),
    ("message", true, Object(WORDS)),
    ("locations", false, List(LOCATION)),
    ("relatedLocations", false, List(LOCATION)),
    ("partialFingerprints", false, Texts),
    ("suppressions", false, List(SUPPRESSION)),
    ("properties", false, Bag),
];
const LOCATION: Shape = &[
    ("id", false, AtLeast(-1)),
    ("physicalLocation", false, Object(PHYSICAL)),
    ("logicalLocations", false, List(&[("name", false, Text), ("kind", false, Text)])),
    ("message", false, Object(WORDS)),
];
const PHYSICAL: Shape = &[("artifactLocation", true, Object(ARTIFACT)), ("region", false, Object(REGION))];
const ARTIFACT: Shape = &[("uri", false, Text), ("uriBaseId", false, Text)];
const REGION: Shape = &[
    ("startLine", false, AtLeast(1)),
    ("startColumn", false, AtLeast(1)),
    ("endLine", false, AtLeast(1)),
    ("endColumn", false, AtLeast(1)),
];
const SUPPRESSION: Shape = &[
    ("kind", true, Word(&["inSource", "external"])),
    ("status", false, Word(&["accepted", "underReview", "rejected"])),
    ("justification", false, Text),
    ("properties", false, Bag),
];

/// What breaks a shape, each by its path.
fn breaches(value: &Value, shape: Shape, at: &str) -> Vec<String> {
    let Some(object) = value.as_object() else { return vec![format!("{at} is no object")] };
    let mut found = Vec::new();
    for key in object.keys().filter(|key| !shape.iter().any(|(name, ..)| name == key)) {
        found.push(format!("{at}.{key} is not in the schema"));
    }
    for (name, required, form) in shape {
        let at = format!("{at}.{name}");
        match object.get(*name) {
            None if *required => found.push(format!("{at} is missing")),
            None => {}
            Some(value) => found.extend(misformed(value, form, &at)),
        }
    }
    found
}

fn misformed(value: &Value, form: &Form, at: &str) -> Vec<String> {
    let fine = match form {
        Object(shape) => return breaches(value, shape, at),
        List(shape) => {
            let Some(values) = value.as_array() else { return vec![format!("{at} is no array")] };
            let each = values.iter().enumerate().flat_map(|(n, value)| breaches(value, shape, &format!("{at}[{n}]")));
            return each.collect();
        }
        Text => value.as_str().is_some_and(|text| !text.is_empty()),
        Word(words) => value.as_str().is_some_and(|text| words.contains(&text)),
        AtLeast(least) => value.as_i64().is_some_and(|number| number >= *least),
        Texts => value.as_object().is_some_and(|texts| texts.values().all(Value::is_string)),
        Bag => value.is_object() && value.get("tags").is_none_or(Value::is_array),
    };
    if fine { Vec::new() } else { vec![format!("{at} is {value}")] }
}

/// Findings and texts of a policy on disk.
fn of(policy: &Source, operation: &Source) -> (Vec<Finding>, Vec<Source>) {
    let loaded = load(&Sources { policy, operation: Some(operation) });
    (loaded.findings, vec![policy.clone(), operation.clone(), shouyue_policy::vocabulary()])
}

/// The five platforms, and one that cannot be read.
fn samples() -> Vec<(Vec<Finding>, Vec<Source>)> {
    let mut all: Vec<_> = published().iter().map(|platform| of(&platform.policy, &platform.operation)).collect();
    let policy = Source::new("/a folder/保险 100%.toml", "language = 9\n[[function]]\nid = \"Ä\"\nname = \"理赔\"\n[[");
    all.push(of(&policy, &Source::new("./b:c/operation.toml", "x = \n")));
    all
}

#[test]
fn a_log_is_what_the_schema_asks_and_its_numbers_lead_somewhere() {
    for (findings, texts) in samples() {
        let log = report::sarif(&findings, &texts, Language::English);
        assert_eq!(breaches(&log, LOG, ""), [""; 0]);
        let run = &log["runs"][0];
        let (rules, results) = (run["tool"]["driver"]["rules"].as_array().unwrap(), run["results"].as_array().unwrap());
        assert_eq!(results.len(), findings.len());
        assert!(!results.is_empty(), "{}", texts[0].name);
        let mut fingerprints = BTreeSet::new();
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(fingerprints.insert(result["partialFingerprints"]["finding/v1"].to_string()), "{result}");
            assert_eq!(result["locations"].as_array().unwrap().len(), 1, "{result}");
            let region = &result["locations"][0]["physicalLocation"]["region"];
            let at = |line: &str, column: &str| (region[line].as_u64().unwrap(), region[column].as_u64().unwrap());
            assert!(at("startLine", "startColumn") <= at("endLine", "endColumn"), "{result}");
        }
        let suppressed = results.iter().filter(|result| result["suppressions"] != json!([])).count();
        assert_eq!(suppressed, findings.iter().filter(|finding| finding.acknowledged.is_some()).count());
        for rule in rules {
            let help = rule["help"]["text"].as_str().unwrap();
            assert!(help.starts_with(rule["id"].as_str().unwrap()) && help.contains("to mend it: "), "{help}");
        }
    }
}

#[test]
fn what_breaks_the_schema_is_seen() {
    let (findings, texts) = samples().pop().unwrap();
    let log = report::sarif(&findings, &texts, Language::English);
    let broken = |change: fn(&mut Value)| {
        let mut log = log.clone();
        change(&mut log);
        breaches(&log, LOG, "")
    };
    let result = |log: &mut Value, key: &str, value: Value| log["runs"][0]["results"][0][key] = value;
    assert_eq!(broken(|log| drop(log.as_object_mut().unwrap().remove("version"))), [".version is missing"]);
    assert_eq!(broken(|log| log["runs"][0]["tool"] = json!({})), [".runs[0].tool.driver is missing"]);
    assert_eq!(broken(|log| log["runs"][0]["result"] = json!([])), [".runs[0].result is not in the schema"]);
    let level = |log: &mut Value| log["runs"][0]["results"][0]["level"] = json!("grave");
    assert_eq!(broken(level), [".runs[0].results[0].level is \"grave\""]);
    let mut odd = log.clone();
    result(&mut odd, "ruleIndex", json!(-2));
    assert_eq!(breaches(&odd, LOG, ""), [".runs[0].results[0].ruleIndex is -2"]);
}

#[test]
fn paths_are_uris() {
    let (findings, texts) = samples().pop().unwrap();
    let log = report::sarif(&findings, &texts, Language::English);
    let artifacts: BTreeSet<String> = log["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["locations"][0]["physicalLocation"]["artifactLocation"].to_string())
        .collect();
    let expected = [
        json!({ "uri": "b%3Ac/operation.toml", "uriBaseId": "%SRCROOT%" }),
        json!({ "uri": "file:///a%20folder/%E4%BF%9D%E9%99%A9%20100%25.toml" }),
    ];
    assert_eq!(artifacts, expected.map(|one| one.to_string()).into());
}

#[test]
fn a_fingerprint_outlives_a_move_and_not_a_change() {
    let platform = published().remove(0);
    let fingerprints = |policy: &Source| -> BTreeSet<String> {
        let (findings, texts) = of(policy, &platform.operation);
        let log = report::sarif(&findings, &texts, Language::English);
        let results = log["runs"][0]["results"].as_array().unwrap();
        // What is found in the operation file stays where it is.
        let uri = |result: &Value| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].to_string();
        let own = results.iter().filter(|result| !uri(result).contains("operation.toml"));
        own.map(|result| result["partialFingerprints"]["finding/v1"].to_string()).collect()
    };
    let before = fingerprints(&platform.policy);
    let name = platform.policy.name.clone();
    let moved = Source::new(name.clone(), format!("\n\n# moved\n{}", platform.policy.text));
    assert_eq!(fingerprints(&moved), before);
    let elsewhere = Source::new(format!("other/{name}"), &*platform.policy.text);
    assert!(fingerprints(&elsewhere).is_disjoint(&before));
}

#[test]
fn the_order_of_a_log_does_not_hang_on_the_order_of_finding() {
    for (findings, texts) in samples() {
        let mut turned = findings.clone();
        turned.reverse();
        assert_eq!(
            report::sarif(&turned, &texts, Language::English).to_string(),
            report::sarif(&findings, &texts, Language::English).to_string()
        );
        assert_eq!(report::json(&turned, &texts), report::json(&findings, &texts));
    }
}

#[test]
fn a_selection_never_hides_what_stops_compilation() {
    let (findings, _) = samples().pop().unwrap();
    let selection = Selection { least: None, only: vec!["R41".to_owned()] };
    let stops: Vec<&Finding> = findings.iter().filter(|finding| finding.stops()).collect();
    assert!(!stops.is_empty());
    assert_eq!(findings.iter().filter(|finding| selection.takes(finding)).collect::<Vec<_>>(), stops);
}
