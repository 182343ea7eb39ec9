//! `docs/language.md` is true: its example is read without a finding and shows every table and every key.

use std::collections::BTreeSet;

use serde_json::Value;
use shouyue_policy::{File, schema};

use crate::sample;

#[test]
fn the_page_is_read_without_a_finding_of_the_language() {
    let loaded = sample::load(&sample::policy(), Some(&sample::operation()));
    let said: Vec<_> = loaded.findings.iter().filter(|finding| finding.code.starts_with('L')).collect();
    assert!(said.iter().all(|finding| finding.code == "L0204"), "{said:#?}");
    assert!(loaded.program.is_some());
}

/// Every key that the schema knows, as `Table.key`.
fn keys_of(file: File) -> BTreeSet<String> {
    let schema = schema(file);
    let tables = schema["$defs"].as_object().unwrap();
    let of = |(name, table): (&String, &Value)| {
        let keys = table["properties"].as_object().unwrap().keys();
        keys.map(|key| format!("{name}.{key}")).collect::<Vec<_>>()
    };
    tables.iter().flat_map(of).collect()
}

/// Every key that a text uses, as `Table.key`, found by walking text and schema side by side.
fn used(file: File, text: &str) -> BTreeSet<String> {
    let schema = schema(file);
    let value: toml::Value = toml::from_str(text).unwrap();
    let mut used = BTreeSet::new();
    walk(&schema, &schema, &serde_json::to_value(value).unwrap(), &mut used);
    used
}

fn walk(root: &Value, schema: &Value, value: &Value, used: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        let table = &root["$defs"][name];
        for (key, inner) in value.as_object().into_iter().flatten() {
            used.insert(format!("{name}.{key}"));
            walk(root, &table["properties"][key], inner, used);
        }
    }
    for any in schema["anyOf"].as_array().into_iter().flatten() {
        walk(root, any, value, used);
    }
    for one in value.as_array().into_iter().flatten() {
        walk(root, &schema["items"], one, used);
    }
}

#[test]
fn the_page_shows_every_key_of_the_language() {
    // What few texts need and the page leaves to the schema.
    let rare = [
        "Header.version",
        "Sdk.items",
        "Function.opt-out",
        "Recipient.overseas",
        "Retention.shortest",
        "Switches.answers",
        "Handler.aliases",
        "Item.aliases",
        "Item.class",
        "Item.level",
        "Item.face",
        "Item.genetic",
        "Item.organisation",
        "Item.searchable",
        "Use.when",
        "Use.source",
        "Suspension.recipient",
        "Disclosure.level",
        "Collect.permission",
        // Told in words under the operation file: one text in five has a function for paying.
        "Payment.function",
        "Payment.status",
        // Told in words there: the sample covers nobody for a time.
        "Operation.service",
        "Service.function",
        "Service.classes",
        "Service.answers",
        "Operation.cancel",
        "Cancel.right",
        "Cancel.classes",
        "Cancel.answers",
        // Shown there beside the sample, which collects no item in words.
        "Operation.questionnaire",
        "Questionnaire.function",
        "Questionnaire.of",
        "Questionnaire.item",
        "Questionnaire.title",
        "Questionnaire.question",
        "Questionnaire.answers",
        "Question.id",
        "Question.text",
        "Question.answers",
        "Question.many",
        // Shown there beside the sample, which sends nothing abroad.
        "Recipient.rights",
        "Operation.route",
        "ExportRoute.share",
        "ExportRoute.by",
        "ExportRoute.file",
        "ExportRoute.until",
        "ExportRoute.persons",
        "ExportRoute.sensitive",
        "ExportRoute.answers",
    ];
    for (file, text) in [(File::Policy, sample::policy()), (File::Operation, sample::operation())] {
        let used = used(file, &text);
        let missing: Vec<_> = keys_of(file)
            .into_iter()
            .filter(|key| !used.contains(key) && !rare.contains(&key.as_str()))
            .filter(|key| !key.ends_with(".silent") && !key.ends_with(".clause"))
            .collect();
        assert!(missing.is_empty(), "docs/language.md does not show {missing:?}");
    }
}
