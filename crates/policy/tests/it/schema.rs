//! The JSON Schema says what the reader reads. The little validator here knows the keywords that our schemas use and refuses
//! all others, so a schema cannot say more than is tested.

use serde_json::{Value, json};
use shouyue_policy::{File, schema};

use crate::sample;

/// What is wrong with `value`, as paths.
fn errors(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (keyword, told) in schema.as_object().expect("a schema is an object") {
        let holds = match keyword.as_str() {
            "$schema" | "$comment" | "title" | "$defs" | "description" | "format" | "properties" => true,
            "$ref" => {
                let name = told.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                wrong.extend(errors(root, &root["$defs"][name], value, at));
                true
            }
            "type" => match told.as_str().unwrap() {
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "integer" => value.is_u64() || value.is_i64(),
                "array" => value.is_array(),
                "object" => value.is_object(),
                other => panic!("unknown type {other}"),
            },
            "minimum" => value.as_u64().is_some_and(|n| n >= told.as_u64().unwrap()),
            "minLength" => value.as_str().is_some_and(|text| text.len() as u64 >= told.as_u64().unwrap()),
            "maxLength" => value.as_str().is_some_and(|text| text.len() as u64 <= told.as_u64().unwrap()),
            "pattern" if told.as_str() == Some("\\S") => value.as_str().is_some_and(|text| !text.trim().is_empty()),
            "pattern" => value.as_str().is_some_and(|text| text.parse::<model::Slug>().is_ok()),
            "enum" => told.as_array().unwrap().contains(value),
            "const" => told == value,
            "anyOf" => told.as_array().unwrap().iter().any(|one| errors(root, one, value, at).is_empty()),
            "items" => {
                for (i, one) in value.as_array().into_iter().flatten().enumerate() {
                    wrong.extend(errors(root, told, one, &format!("{at}/{i}")));
                }
                true
            }
            "minItems" => value.as_array().is_some_and(|list| list.len() as u64 >= told.as_u64().unwrap()),
            "maxItems" => value.as_array().is_some_and(|list| list.len() as u64 <= told.as_u64().unwrap()),
            "minProperties" => value.as_object().is_some_and(|map| map.len() as u64 >= told.as_u64().unwrap()),
            "maxProperties" => value.as_object().is_some_and(|map| map.len() as u64 <= told.as_u64().unwrap()),
            "required" => told.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some()),
            "additionalProperties" => {
                assert_eq!(told, &json!(false));
                for (key, inner) in value.as_object().into_iter().flatten() {
                    match schema["properties"].get(key) {
                        Some(known) => wrong.extend(errors(root, known, inner, &format!("{at}/{key}"))),
                        None => wrong.push(format!("{at}/{key}: unknown")),
                    }
                }
                true
            }
            other => panic!("the schemas do not use {other}"),
        };
        if !holds {
            wrong.push(format!("{at}: {keyword} {told}"));
        }
    }
    wrong
}

fn validate(file: File, text: &str) -> Vec<String> {
    let schema = schema(file);
    let value: toml::Table = toml::from_str(text).unwrap();
    errors(&schema, &schema, &plain(toml::Value::Table(value)), "")
}

/// TOML as JSON, dates as texts.
fn plain(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(list) => list.into_iter().map(plain).collect(),
        toml::Value::Table(map) => Value::Object(map.into_iter().map(|(key, value)| (key, plain(value))).collect()),
        other => serde_json::to_value(other).unwrap(),
    }
}

#[test]
fn real_files_are_valid() {
    let haigang = include_str!("../../../../platforms/haigang/undated.toml");
    let operation = include_str!("../../../../platforms/haigang/operation.toml");
    let vocabulary = include_str!("../../vocabulary/items.toml");
    assert_eq!(validate(File::Policy, haigang), [""; 0]);
    assert_eq!(validate(File::Policy, &sample::policy()), [""; 0]);
    assert_eq!(validate(File::Operation, operation), [""; 0]);
    assert_eq!(validate(File::Operation, &sample::operation()), [""; 0]);
    assert_eq!(validate(File::Vocabulary, vocabulary), [""; 0]);
}

#[test]
fn what_the_reader_refuses_the_schema_refuses() {
    for (line, to) in [
        ("kind = \"life-insurer\"", "kind = \"bank\""),
        ("party = true", "party = 1"),
        ("title = \"明湖保险隐私政策\"", "titel = \"明湖保险隐私政策\""),
        ("id = \"claim\"", "id = \"理赔\""),
        ("title = \"明湖保险隐私政策\"", "title = \" \""),
        ("when = { fact = \"disputed\" }", "when = { fact = \"disputed\", age-under = 3 }"),
        ("routes = [\"phone\"]", "routes = [\"pigeon\"]"),
    ] {
        let text = sample::policy().replacen(line, to, 1);
        assert!(sample::read(&text, None).program.is_none(), "{to}: read");
        assert!(!validate(File::Policy, &text).is_empty(), "{to}: valid");
    }
}

#[test]
fn every_reference_inside_the_schema_leads_somewhere() {
    for file in [File::Policy, File::Operation, File::Vocabulary] {
        let schema = schema(file);
        let text = schema.to_string();
        for part in text.split("\"#/$defs/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(schema["$defs"][name].is_object(), "{name}");
        }
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
}
